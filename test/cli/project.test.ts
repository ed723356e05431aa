/** Projects: `ccl.toml` found from below, libraries by path and package, the lock file, and what `ccl new` starts. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TEMPLATES } from '../../cli/templates.ts';
import { ccl, folder } from './shell.ts';

function write(cwd: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(cwd, dirname(path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
}

const FILES = {
  'coop/ccl.toml': '[project]\nname = "coop"\nversion = "1.2.0"\nsources = ["lib"]\n',
  'coop/lib/rules.ccl': '/// Twice.\nfn double(x: Int) -> Int { x * 2 }\n',
  'work/node_modules/@coop/units/package.json': '{ "name": "@coop/units", "version": "0.3.0" }',
  'work/node_modules/@coop/units/base.ccl': 'const BASE: Int = 10;\n',
  'work/ccl.toml': `[project]
name = "work"
sources = ["contracts"]
tests = ["tests"]

[dependencies]
coop = { path = "../coop" }
units = { package = "@coop/units" }
`,
  'work/contracts/deep/C.ccl': `use coop.rules.{ double };
use units.base.{ BASE };
use std.voting.{ reaches };
contract C {
  view ten() -> Int ensures result == 20 { return double(BASE); }
  view all() -> Bool { return reaches(1, 1, 100%); }
}
`,
  'work/tests/c.ccl':
    'use "../contracts/deep/C.ccl".{ C };\ntest "t" { let c = deploy C() by a; expect c.ten() == 20; }\n',
};

test('a project is found from below, uses its dependencies, and is locked to them', async () => {
  const root = await folder();
  write(root, FILES);
  const cwd = join(root, 'work', 'contracts');
  expect(await ccl(['check'], { cwd })).toMatchObject({
    code: 0,
    out: 'deep/C.ccl, ../tests/c.ccl: no mistakes found\n',
  });
  const built = await ccl(['build'], { cwd });
  expect(built).toMatchObject({ code: 0, out: '../build/C.ccb\n../build/C.cert\n' });
  expect(built.err).toMatch(/ccl\.lock has changed: coop, units/);
  expect((await ccl(['test'], { cwd })).out).toMatch(/1 passed, 0 failed\n$/);
  const lock = readFileSync(join(root, 'work/ccl.lock'), 'utf8');
  expect(lock.replaceAll(/"[0-9a-f]{64}"/g, '"…"')).toMatchInlineSnapshot(`
    "# What each dependency held when this project was last built. Written by ccl; commit it.

    [[dependency]]
    name = "coop"
    version = "1.2.0"
    from = "path:../coop"
    hash = "…"

    [[dependency]]
    name = "units"
    version = "0.3.0"
    from = "package:@coop/units"
    hash = "…"
    "
  `);
  expect(await ccl(['build', '--locked'], { cwd })).toMatchObject({ code: 0 });
  write(root, { 'coop/lib/rules.ccl': 'fn double(x: Int) -> Int { x + x }\n' });
  expect(await ccl(['build', '--locked'], { cwd })).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error\[C0604\]: .*ccl\.lock does not fit what is there: coop\n/),
  });
  expect(readFileSync(join(root, 'work/ccl.lock'), 'utf8')).toBe(lock);
});

describe('a mistake in ccl.toml is said with its line and what to do', () => {
  test.each([
    ['no TOML', '[project\nname = "x"\n', /ccl\.toml:1: .*\n {2}help: the file is written in TOML/],
    [
      'an unknown key',
      '[project]\nname = "x"\nsource = ["a"]\n',
      /ccl\.toml:3: \[project\] has no `source`\n.*`sources`/,
    ],
    ['a number', '[project]\nname = 5\n', /ccl\.toml:2: `name` is no text\n.*name = "…"/],
    ['a missing folder', '[project]\nsources = ["nowhere"]\n', /ccl\.toml:2: there is nothing at nowhere/],
    [
      'a missing package',
      '[dependencies]\nx = { package = "x" }\n',
      /ccl\.toml:2: the package x is not installed\n.*npm install x/,
    ],
    [
      'a missing path',
      '[dependencies]\nx = { path = "../no such place" }\n',
      /ccl\.toml:2: there is no folder \.\.\/no such place/,
    ],
    ['neither', '[dependencies]\n\nx = "1.0"\n', /ccl\.toml:3: `x` says neither path nor package/],
    [
      'the standard library',
      '[dependencies]\nstd = { path = "." }\n',
      /ccl\.toml:2: `std` cannot be the name/,
    ],
    ['no source', '[project]\n', /C0603.*names no source/],
  ])('%s', async (_, text, said) => {
    const cwd = await folder();
    write(cwd, { 'ccl.toml': text });
    expect(await ccl(['check'], { cwd })).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(said),
    });
  });

  test('and without one a file is asked for', async () => {
    const cwd = await folder();
    expect(await ccl(['build'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringMatching(/C0602.*ccl new NAME/s),
    });
  });
});

describe('what is started is proved, tested, formatted and built at once', () => {
  test.each(TEMPLATES.map(({ name }) => name))('%s', async (name) => {
    const cwd = await folder();
    expect(await ccl(['new', 'Riverside', '--template', name], { cwd })).toMatchObject({
      code: 0,
      out: 'Riverside/Riverside.ccl\nRiverside/ccl.toml\n',
    });
    const inside = join(cwd, 'Riverside');
    expect(await ccl(['fmt', '--check'], { cwd: inside })).toEqual({ code: 0, out: '', err: '' });
    expect(await ccl(['test'], { cwd: inside })).toMatchObject({
      code: 0,
      out: expect.stringMatching(/, 0 failed\n$/),
    });
    expect(await ccl(['build', '--json'], { cwd: inside })).toMatchObject({ code: 0 });
    expect(await ccl(['build', '--locked', '--force'], { cwd: inside })).toMatchObject({ code: 0 });
  });
});

test.each(['verify', 'build'])('%s tells what is too large before it proves', async (command) => {
  const cwd = await folder();
  writeFileSync(
    join(cwd, 'big.ccl'),
    `contract Big {
  state { xs: List<Int, 1_600>; }
  view many(m: Int) -> Int {
    var n = m;
    for i in 0..m up to 100 { n += xs.page(0, 1_600).length; }
    return n;
  }
}
`,
  );
  const { code, err } = await ccl([command, 'big.ccl'], { cwd });
  expect(code).toBe(1);
  expect(err).toContain('error[E0701]');
  expect(err).toContain('view many(m: Int) -> Int');
});

test('standard input is formatted, and lines of it alone', async () => {
  const input = 'const a: Int=1;\nconst m: Int = 0;\nconst b: Int=2;\n';
  expect(await ccl(['fmt', '--stdin'], { input })).toMatchObject({
    code: 0,
    out: 'const a: Int = 1;\nconst m: Int = 0;\nconst b: Int = 2;\n',
  });
  expect(await ccl(['fmt', '--stdin', '--range', '3:3'], { input })).toMatchObject({
    code: 0,
    out: 'const a: Int=1;\nconst m: Int = 0;\nconst b: Int = 2;\n',
  });
  expect(await ccl(['fmt', '--stdin', '--check'], { input })).toMatchObject({ code: 1, out: '' });
  expect(await ccl(['fmt', '--stdin', '--range', '3:2'], { input })).toMatchObject({ code: 2 });
});
