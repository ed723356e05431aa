/**
 * Small contracts drawn from a seed that call another one, which is always the same and keeps to its interface. In: a
 * seed. Out: a source, the contract that is drawn first, then the one that it calls; the same for the same seed.
 */
import { type Draw, drawFrom, one, someOf } from './random.ts';

export function randomCalls(seed: number): string {
  const draw = drawFrom(seed);
  const invariants = someOf(draw, INVARIANTS, 2).map((text, i) => `  invariant i${i}: ${text};`);
  const rules = Array.from({ length: 2 + draw(2) }, (_, i) => rule(draw, i));
  return `${INTERFACE}
contract Caller {
  uses ledger.write;
  currency coin { decimals 0 }
  state { n: Int; total: Int; m: Map<Did, Int>; }
${[...invariants, ...rules].join('\n')}
}
${OTHER}`;
}

// ---- private -----------------------------------------------------------------------------------

/** Says less than what the other contract does. */
const INTERFACE = `
interface Peer {
  rule take(x: Int, a: Amount<coin>) -> Int
    requires x < 5
    ensures result == x + 1
    ensures ledger.balance(self, coin) >= a
    fails when a < 0 coin
    gas 80_000;
  rule turn(x: Int) -> Int
    ensures result >= 0
    gas 40_000;
  view peek(x: Int) -> Int
    ensures result >= x
    gas 10_000;
}
`;

/** Takes what it is asked to take, counts, and answers differently each time. */
const OTHER = `
contract Other {
  implements Peer;
  uses ledger.write;
  currency coin { decimals 0 }
  state { turns: Int; }
  invariant counted: turns >= 0;
  rule take(x: Int, a: Amount<coin>) -> Int
    access contracts
    requires x < 5 && a >= 0 coin
  {
    ledger.transfer(caller, self, a);
    turns = 0;
    return x + 1;
  }
  rule turn(x: Int) -> Int
    access contracts
  {
    if turns < 3 { turns += 1; } else { turns = 0; }
    return turns;
  }
  view peek(x: Int) -> Int {
    if x < 100 { return x + turns % 2; }
    return x;
  }
}
`;

function rule(draw: Draw, index: number): string {
  const requires = someOf(draw, GUARDS, 1).map((text) => `    requires ${text} else "no"`);
  const calls = Array.from({ length: 1 + draw(2) }, () => one(draw, CALLS));
  const others = Array.from({ length: draw(3) }, () => one(draw, OTHERS));
  const body = draw(2) === 0 ? [...others, ...calls] : [...calls, ...others];
  return [
    `  ${draw(2) === 0 ? 'open rule' : 'rule'} r${index}(d: Did, x: Int, a: Amount<coin>)`,
    ...requires,
    ...(draw(3) === 0 ? [`    fails when ${one(draw, FAILS)}`] : []),
    ...someOf(draw, ENSURES, 4).map((text) => `    ensures ${text}`),
    '  {',
    ...body.map((text) => `    ${text}`),
    '  }',
  ].join('\n');
}

const INVARIANTS = [
  'n >= 0',
  'n <= 5',
  'total == 0',
  'forall k: Did { m[k] >= 0 }',
  'ledger.balance(self, coin) >= 0 coin',
];
const GUARDS = ['x > 0', 'a > 0 coin', 'd != caller', 'd != self', 'x < 3'];
const CALLS = [
  'n = Contract<Peer>.at(d).take(x, a) spending a;',
  'n = Contract<Peer>.at(d).take(x, a);',
  'n = Contract<Peer>.at(d).take(1, 1 coin) spending 2 coin;',
  'n = Contract<Peer>.at(d).turn(x);',
  'm[d] = Contract<Peer>.at(d).peek(x);',
  'n = Contract<Peer>.at(d).take(0, 0 coin) spending 1 coin;',
  'if x > 1 { n = Contract<Peer>.at(d).take(x, 1 coin) spending 1 coin; }',
  'if x > 1 { n = 1; } else { n = Contract<Peer>.at(d).take(x, a) spending a; }',
  'if x == 3 { return; } n = Contract<Peer>.at(d).take(x, 1 coin) spending 1 coin;',
  'for i in 0..2 { n = Contract<Peer>.at(d).take(i, 1 coin) spending 1 coin; }',
];
const OTHERS = [
  'total += x;',
  'n = 7;',
  'ledger.transfer(caller, self, a);',
  'ledger.transfer(self, caller, 1 coin);',
  'total = n;',
];
const FAILS = ['x >= 5', 'a < 0 coin', 'x == 1', 'd == self', 'd == caller'];
const ENSURES = [
  'ledger.balance(self, coin) == old(ledger.balance(self, coin))',
  'ledger.balance(self, coin) >= old(ledger.balance(self, coin))',
  'ledger.balance(self, coin) >= old(ledger.balance(self, coin)) - a',
  'ledger.balance(self, coin) >= old(ledger.balance(self, coin)) - 2 coin',
  'ledger.balance(d, coin) == old(ledger.balance(d, coin))',
  'ledger.balance(d, coin) >= a',
  'n == x + 1',
  'n >= 0',
  'n <= 5',
  'n == old(n)',
  'm[d] >= x',
  'total == old(total)',
];
