/**
 * Small contracts drawn from a seed, whose clauses ask for checks at run time: invariants over every entry, such that
 * others break them, what a `fn` requires and ensures, `assert`s. In: a seed. Out: a source; the same for the same seed.
 */
import { drawFrom, one, someOf } from './random.ts';

export function randomKeepers(seed: number): string {
  const draw = drawFrom(seed);
  const invariants = someOf(draw, INVARIANTS, 3).map((text, i) => `  invariant i${i}: ${text};`);
  const rules = Array.from({ length: 2 + draw(2) }, (_, i) => {
    const statements = Array.from({ length: 1 + draw(3) }, () => one(draw, STATEMENTS));
    return [
      `  open rule r${i}(d: Did, x: Int, a: Amount<coin>)`,
      ...(draw(2) === 0 ? ['    requires x >= -3 && x <= 9 else "no"'] : []),
      ...someOf(draw, ENSURES, 1).map((text) => `    ensures ${text}`),
      '  {',
      ...statements.map((text) => `    ${text}`),
      '  }',
    ].join('\n');
  });
  return `contract Keepers {
  uses ledger.write;
  currency coin { decimals 0 }
  state { n: Int; m: Map<Did, Int>; q: Map<Int, Int>; s: Set<Did, 3>; owner: Did = creator; opened: Time = now; }
  fn bump(k: Did, v: Int) -> Int
    requires v > 0
    requires m[k] < 5
    ensures result <= 9
  { m[k] += v; return m[k]; }
  fn drop(k: Did)
    requires k in s
  { m[k] -= n; s.remove(k); }
${[...invariants, ...rules].join('\n')}
}
`;
}

// ---- private -----------------------------------------------------------------------------------

const INVARIANTS = [
  'forall k: Did { m[k] >= 0 }',
  'forall k: Did { m[k] <= 7 }',
  'forall k: Did { m[k] <= n }',
  'forall k: Int { q[k] < 3 }',
  'forall k: Did { k in s ==> m[k] < 7 }',
  'ledger.balance(self, coin) <= 1 coin',
  'ledger.balance(owner, coin) >= 0 coin',
  'now <= opened + 1s',
  'n <= 5',
];
const ENSURES = ['n < 7', 'm[caller] < 7', 'forall k: Did { m[k] < 9 }', 'n >= old(n)'];
const STATEMENTS = [
  'm[d] = x;',
  'm[caller] = 1; m[d] = x;',
  'm[caller] = x; m[d] = n;',
  'm[d] += 1; m[caller] -= 1;',
  'if x > 2 { m[d] = x; } else { m.remove(caller); }',
  'bump(d, x);',
  'let y = bump(caller, n); n = y;',
  'drop(d);',
  'for i in 0..x up to 12 { q[i] = n; }',
  'for k in s { m[k] = x; }',
  's.add(d);',
  'n = x;',
  'n += 1;',
  'assert x < 5;',
  'assert n < 4;',
  'ledger.transfer(caller, self, a);',
  'opened = now;',
  'opened = now;',
];
