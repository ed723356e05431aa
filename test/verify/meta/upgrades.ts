/** Small contracts in two versions, drawn from a seed: what the second promises rests on what the first left behind. */

import { type Draw, drawFrom, one } from './random.ts';
import type { Source } from './subject.ts';

export function randomUpgrades(seed: number): Source {
  const draw = drawFrom(seed);
  return { seed, earlier: { name: 'Up@1.0.0.ccl', text: first(draw) }, text: second(draw) };
}

function first(draw: Draw): string {
  return `contract Up {
  version "1.0.0";
  upgradable;
  uses ledger.write;
  currency coin { decimals 0; issued }
  state {
    n: Int;
    total: Int;
    m: Map<Did, Int>;
    names: Set<Did, 3>;
    who: Did;
  }
  invariant i0: ${one(draw, KEPT)};
  invariant i1: ${one(draw, KEPT)};

  rule r0(d: Did, x: Int, a: Amount<coin>)
    requires ${one(draw, CONDITIONS)} else "no"
  {
    ${one(draw, RULE_STATEMENTS)}
    ${one(draw, RULE_STATEMENTS)}
  }
  rule r1(d: Did, x: Int, a: Amount<coin>)
    requires names.size < 3 else "no"
  { names.add(d); who = caller; }
}
`;
}

function second(draw: Draw): string {
  const body = Array.from({ length: 1 + draw(3) }, () => `    ${one(draw, UPGRADE_STATEMENTS)}`);
  return `contract Up {
  version "1.1.0";
  uses ledger.write;
  currency coin { decimals 0; issued }
  state {
    n: Int;
    total: Int;
    m: Map<Did, Int>;
    fresh: Int${one(draw, ['', ' = 2'])};
    marks: Map<Did, Int>;
  }
  invariant i0: ${one(draw, KEPT)};
  invariant i1: ${one(draw, NEW)};
  invariant i2: ${one(draw, NEW)};

  upgrade from "1.0.0" {
${body.join('\n')}
  }

  rule r0(d: Did, x: Int, a: Amount<coin>)
    requires ${one(draw, CONDITIONS)} else "no"
  { ${one(draw, RULE_STATEMENTS)} }
}
`;
}

const CONDITIONS = ['x >= 0 && x < 5', 'x > 0', 'd != caller', 'a >= 0 coin', 'x == 1'];
const RULE_STATEMENTS = [
  'n = x;',
  'n = min(n + 1, 3);',
  'm[d] += x; total += x;',
  'm[d] = 1;',
  'm.remove(d);',
  'ledger.transfer(caller, self, a);',
];
const KEPT = [
  'n >= 0',
  'n <= 5',
  'n <= 3',
  'total == sum(m)',
  'total >= 0',
  'sum(m) >= 0',
  'forall d: Did { m[d] >= 0 }',
  'ledger.balance(self, coin) >= 0 coin',
];
const NEW = [
  ...KEPT,
  'fresh >= 0',
  'fresh <= 2',
  'fresh == 2',
  'fresh == sum(marks)',
  'fresh == n',
  'sum(m) <= 3',
  'sum(m) <= 0',
  'forall d: Did { marks[d] >= 0 }',
];
const UPGRADE_STATEMENTS = [
  'n = 0;',
  'n = min(n, 3);',
  'fresh = n;',
  'fresh += 1;',
  'fresh = old(names).size;',
  'fresh = max(old(names).size, 1);',
  'for d in old(names) { marks[d] = 1; }',
  'for d in old(names) { marks[d] = 1; fresh += 1; }',
  'marks[old(who)] = 1;',
  'total = 0;',
  'total = 0; n = 0;',
  'm.remove(creator);',
  'm.remove(caller);',
  'require n >= 0;',
  'assert fresh >= 0;',
  'assert n <= 3;',
  'if creator in old(names) { n = 1; }',
];
