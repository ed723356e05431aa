/** Several files as one program: names of modules, what a whole is made of, and that places come back to their files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  analyse,
  build,
  lowerDeployable,
  lowerLibrary,
  lowerProgram,
  normalPath,
  portableParts,
  possibleModules,
} from '../../compiler/index.ts';
import { relativePath } from '../../compiler/resolve/paths.ts';
import { validate } from '../../vm/index.ts';

const CLUB = `use "../lib/shared.ccl".{ Role, weigh };
use std.voting.{ Outcome };
contract Club {
  state { heavy: Int; last: Outcome; roles: Map<Did, Role>; }
  rule enter(role: Role) { roles[caller] = role; heavy = weigh(role); }
}
`;
const SHARED = `use "./units.ccl".{ double };
struct Role { weight: Int }
fn weigh(role: Role) -> Int { double(role.weight) }
`;
const UNITS = 'fn double(x: Int) -> Int { x * 2 }\n';
const VOTING = 'enum Outcome { No, Yes }\n';

function sourcesUnder(root: string): Map<string, string> {
  return new Map([
    [`${root}clubs/Club.ccl`, CLUB],
    [`${root}lib/shared.ccl`, SHARED],
    [`${root}lib/units.ccl`, UNITS],
    ['std.voting', VOTING],
  ]);
}

test('paths are followed from the file that uses them', () => {
  expect(
    possibleModules('a/b/C.ccl', 'use "./d.ccl".{ x };\nuse "../e/f.ccl".{ y };\nuse std.voting.{ z };'),
  ).toEqual(['a/b/d.ccl', 'a/e/f.ccl', 'std.voting']);
  expect(possibleModules('C.ccl', 'use "../e.ccl".{ y }; use "/etc/x.ccl".{ z }; use "./x".{ z };')).toEqual([
    '../e.ccl',
  ]);
  expect(
    possibleModules('coop.rules.escrow', 'use "../shared.ccl".{ x }; use "../../../x.ccl".{ y };'),
  ).toEqual(['coop.shared']);
  expect(['./a.ccl', 'a/./b/../c.ccl', '../a.ccl', '/a/../b.ccl', '.'].map(normalPath)).toEqual([
    'a.ccl',
    'a/c.ccl',
    '../a.ccl',
    '/b.ccl',
    '.',
  ]);
});

test('a relative path leads back to where it was made for', () => {
  const segment = fc.stringMatching(/^[a-z]{1,3}$/);
  const file = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `${parts.join('/')}.ccl`);
  fc.assert(
    fc.property(file, file, (from, to) => {
      expect(possibleModules(from, `use "${relativePath(from, to)}".{ x };`)).toEqual([to]);
    }),
  );
});

test('the same files give the same bytes wherever they lie', () => {
  const artifacts = ['', 'work/', '/home/anna/', '../'].map((root) => {
    const analysis = analyse(sourcesUnder(root), `${root}clubs/Club.ccl`);
    expect(analysis.diagnostics).toEqual([]);
    return build(lowerProgram(analysis).contracts[0]!, { claims: [], marks: [] });
  });
  for (const artifact of artifacts) expect(artifact).toEqual(artifacts[0]);
  expect(validate(artifacts[0]!).ok).toBe(true);
  expect(
    artifacts[0]!.meta.dependencies.map((dependency) => dependency.replace(/#[0-9a-f]{64}$/, '')),
  ).toEqual(['../lib/shared.ccl', 'std.voting', '../lib/units.ccl']);
});

test('what is sent away compiles where it arrives', () => {
  const analysis = analyse(sourcesUnder('/home/anna/'), '/home/anna/clubs/Club.ccl');
  const parts = portableParts(analysis.parts);
  expect(parts.map(({ name }) => name)).toEqual([
    'clubs/Club.ccl',
    'lib/shared.ccl',
    'std.voting',
    'lib/units.ccl',
  ]);
  const again = analyse(new Map(parts.map(({ name, text }) => [name, text])), parts[0]!.name);
  expect(again.diagnostics).toEqual([]);
  expect(lowerProgram(again)).toEqual(lowerProgram(analysis));
});

test('types of one name in two files are two types', () => {
  const sources = new Map([
    ['main.ccl', 'use "./a.ccl".{ make };\nstruct P { x: Int }\nfn f() -> P { return make(); }\n'],
    ['a.ccl', 'struct P { x: Int }\nfn make() -> P { return P { x: 1 }; }\n'],
  ]);
  expect(analyse(sources, 'main.ccl').diagnostics.map(({ code, file }) => [code, file])).toEqual([
    ['E0301', 'main.ccl'],
  ]);
});

test('a library has no contract, and its functions can be proved; tests deploy contracts of other files', () => {
  const path = join(import.meta.dirname, '../../stdlib/voting.ccl');
  const library = analyse(new Map([['voting.ccl', readFileSync(path, 'utf8')]]), 'voting.ccl');
  expect(library.diagnostics).toEqual([]);
  expect(
    lowerLibrary(library)
      ?.functions.filter(({ kind }) => kind === 'rule')
      .map(({ name }) => name),
  ).toEqual(['reaches', 'tally']);
  const tests =
    'use "./clubs/Club.ccl".{ Club };\ntest "t" { let c = deploy Club() by a; c.enter(Role { weight: 1 }) by a; }\n';
  const analysis = analyse(new Map([...sourcesUnder(''), ['t.ccl', tests]]), 't.ccl');
  expect(analysis.diagnostics).toEqual([]);
  expect(lowerProgram(analysis).contracts).toEqual([]);
  expect(lowerDeployable(analysis).contracts.map(({ name }) => name)).toEqual(['Club']);
  expect(lowerLibrary(analysis)).toBe(null);
});

test('interfaces and errors come from other files, for contracts and for tests', () => {
  const sources = new Map([
    ['token.ccl', 'interface Token { rule take(x: Int) -> Int gas 100_000; }\nerror TooMuch(x: Int);\n'],
    [
      'user.ccl',
      `use "./token.ccl".{ Token, TooMuch };
contract Impl {
  implements Token;
  rule take(x: Int) -> Int access contracts { if x > 5 { fail TooMuch(x); } return x; }
}
contract User {
  state { got: Int; }
  rule use_it(token: Did) { got = Contract<Token>.at(token).take(3); }
}
test "here" { let i = deploy Impl() by alice; expect i.take(6) by bob fails TooMuch(6); }
`,
    ],
    [
      'tests.ccl',
      'use "./user.ccl".{ Impl };\ntest "elsewhere" { let i = deploy Impl() by alice; expect i.take(6) by bob fails TooMuch(6); }\n',
    ],
  ]);
  for (const main of ['user.ccl', 'tests.ccl']) {
    const analysis = analyse(sources, main);
    expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(analysis.tests.plans).toHaveLength(1);
  }
});
