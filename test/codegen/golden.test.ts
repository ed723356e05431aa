/** Sources and the code that is made of them; every artifact validates. */
import { expect, test } from 'vitest';
import { disassemble, validate } from '../../vm/index.ts';
import { goldenTests } from '../harness.ts';
import { contractsOf } from '../testing/compiled.ts';

goldenTests('codegen', '.ccl', ({ text }) => {
  const artifacts = contractsOf(text);
  for (const artifact of artifacts) expect(validate(artifact)).toMatchObject({ ok: true });
  return artifacts.map(disassemble).join('\n');
});

test('ghosts leave no trace in the code', () => {
  const source = (ghost: string, set: string, clause: string): string =>
    `contract C { state { n: Int; m: Map<Did, Int>; } ${ghost} rule r(x: Int) { if x > 0 { n += x; ${set} } m[caller] = x; } ${clause} }`;
  const plain = contractsOf(source('', '', ''));
  const haunted = contractsOf(source('ghost g: Int;', 'ghost g = g + x;', 'invariant same: g == n;'));
  const bare = (artifacts: typeof plain) =>
    artifacts
      .map(disassemble)
      .join('\n')
      .replaceAll(/@\d+-\d+/g, '');
  expect(bare(haunted)).toBe(bare(plain));
});
