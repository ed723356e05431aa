/** `ccl test` as a person runs it: filters, seeds, the gas file, coverage, exit codes, waiting for changes. */
import { spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CCL, ccl, ended, folder, heard } from './shell.ts';

const POT = `contract Pot {
  state { total: Int; }
  invariant small: total < 1_000;
  rule add(n: Int)
    requires n >= 0 else "no less"
  { total += n; }
  view sum_of() -> Int { return total; }
}

test "ones" {
  let pot = deploy Pot() by alice;
  pot.add(1) by bob;
  expect pot.sum_of() == 1;
}

test "drawn" (n: Int) {
  expect n < 50 || n > 1_000_000;
}

test invariants Pot;
`;

async function potFolder(): Promise<string> {
  const cwd = await folder();
  await writeFile(join(cwd, 'Pot.ccl'), POT);
  return cwd;
}

describe('ccl test', () => {
  test('shows what was found as a test, and a seed replays it', async () => {
    const cwd = await potFolder();
    const first = await ccl(['test', 'Pot.ccl', '--seed', '7', '--calls', '300'], { cwd });
    expect(first.code).toBe(1);
    expect(first.out).toContain('let n: Int = 50;');
    expect(first.out).toMatch(/run \d+ of seed 7, made smaller \d+ times; as a test:/);
    expect(first.out).toContain('breaks the invariant small: total < 1_000');
    expect(first.out).toContain('1 passed, 2 failed');
    expect(await ccl(['test', 'Pot.ccl', '--seed', '7', '--calls', '300'], { cwd })).toEqual(first);
  });

  test('filters, writes and compares gas, and writes coverage', async () => {
    const cwd = await potFolder();
    const words = ['test', 'Pot.ccl', '--filter', 'ONES'];
    const written = await ccl([...words, '--snapshot', '--coverage', '--lcov', 'pot.info'], { cwd });
    expect(written).toMatchObject({ code: 0, out: expect.stringContaining('1 passed, 0 failed') });
    expect(written.out).toMatch(/Pot\.ccl +100% \(\d+ of \d+\) +50% \(1 of 2\) +100% \(2 of 2\)/);
    expect(await readFile(join(cwd, 'pot.info'), 'utf8')).toContain('SF:Pot.ccl\n');
    const gas = await readFile(join(cwd, '.gas-snapshot'), 'utf8');
    await writeFile(join(cwd, '.gas-snapshot'), gas.replace(/^(Pot\.add) (\d+)/m, '$1 10'));
    const grown = await ccl([...words, '--check'], { cwd });
    expect(grown.code).toBe(1);
    expect(grown.out).toMatch(/Pot\.add +10 -> \d+ \+\d+\.\d%/);
    expect((await ccl([...words, '--diff', '--gas-file', 'none'], { cwd })).err).toContain('error[C0111]');
  });

  test('prints one JSON document', async () => {
    const cwd = await potFolder();
    const { code, out } = await ccl(['test', 'Pot.ccl', '--json', '--calls', '20', '--runs', '5'], { cwd });
    const document = JSON.parse(out);
    expect(Object.keys(document)).toEqual(['tests', 'invariants', 'gas', 'coverage', 'diagnostics']);
    expect(document.tests[0]).toMatchObject({
      file: 'Pot.ccl',
      title: 'ones',
      passed: true,
      generated: null,
    });
    expect(code).toBeLessThanOrEqual(1);
  });

  test('--watch runs again when the file changes, and Ctrl-C ends it', async () => {
    const cwd = await potFolder();
    const child = spawn(CCL, ['test', 'Pot.ccl', '--watch', '--filter', 'ones'], { cwd });
    const done = ended(child);
    await heard(child, 'waiting for changes');
    const again = heard(child, 'FAILED  ones');
    await writeFile(join(cwd, 'Pot.ccl'), POT.replace('== 1;', '== 2;'));
    await again;
    await heard(child, 'waiting for changes');
    const gone = heard(child, 'there is nothing at Pot.ccl');
    await rm(join(cwd, 'Pot.ccl'));
    await gone;
    child.kill('SIGINT');
    const { code, out } = await done;
    expect(code).toBe(130);
    expect(out).toContain('1 passed, 0 failed');
    expect(out).toContain('0 passed, 1 failed');
  }, 60_000);

  test('Ctrl-C ends a test that takes long', async () => {
    const cwd = await potFolder();
    const words = ['test', 'Pot.ccl', '--watch', '--filter', 'ones', '--runs', '999999999'];
    const child = spawn(CCL, words, { cwd });
    const done = ended(child);
    await heard(child, 'waiting for changes');
    const begun = heard(child, '\n');
    await writeFile(join(cwd, 'Pot.ccl'), `${POT}\ntest "ones and ones" (n: Int) { expect n == n; }\n`);
    await begun;
    child.kill('SIGINT');
    const { code } = await done;
    expect([130, null]).toContain(code);
  }, 60_000);
});
