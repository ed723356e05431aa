/** Small contracts drawn from a seed with ghosts that are maps. In: a seed. Out: a source; the same for the same seed. */
import { type Draw, drawFrom, one, someOf } from './random.ts';

export function randomGhosts(seed: number): string {
  const draw = drawFrom(seed);
  const invariants = someOf(draw, INVARIANTS, 3).map((text, i) => `  invariant i${i}: ${text};`);
  const rules = Array.from({ length: 2 }, (_, i) => rule(draw, i));
  return `contract Ghosts {
  state { n: Int; m: Map<Did, Int>; }
  ghost per: Map<Did, Int>;
  ghost pairs: Map<(Did, Bool), Int>;
${[...invariants, ...rules].join('\n')}
}
`;
}

// ---- private -----------------------------------------------------------------------------------

function rule(draw: Draw, index: number): string {
  return [
    `  rule r${index}(d: Did, x: Int, b: Bool)`,
    ...someOf(draw, GUARDS, 2).map((text) => `    requires ${text} else "no"`),
    ...someOf(draw, ENSURES, 2).map((text) => `    ensures ${text}`),
    '  {',
    ...Array.from({ length: 2 }, () => `    ${one(draw, STATEMENTS)}`),
    '  }',
  ].join('\n');
}

const INVARIANTS = [
  'sum(per) == n',
  'sum(per) >= n',
  'forall k: Did { per[k] >= 0 }',
  'forall k: Did { per[k] <= m[k] }',
  'forall k: Did { per[k] == m[k] }',
  'count(per, v => v > 0) <= 2',
  'sum(pairs) == 0',
];
const GUARDS = ['x > 0', 'x < 3', 'd != caller', 'n < 4'];
const STATEMENTS = [
  'n += 1; ghost per[caller] = per[caller] + 1;',
  'n += x; ghost per[d] = per[d] + x;',
  'm[d] += x; ghost per[d] = m[d];',
  'ghost per[d] = per[caller];',
  'if x > 1 { ghost per[d] = 0; } else { n += 1; }',
  'ghost pairs[(d, b)] = x; ghost pairs[(d, !b)] = 0 - x;',
  'm[caller] = 1;',
];
const ENSURES = [
  'per[caller] == old(per[caller]) + 1',
  'd != caller ==> per[caller] == old(per[caller])',
  'sum(per) - old(sum(per)) == n - old(n)',
  'pairs[(d, b)] + pairs[(d, !b)] == 0',
  'forall k: Did { k == d || k == caller || per[k] == old(per[k]) }',
];
