/** Small contracts with hooks, drawn from a seed: what the host runs without a caller, beside rules that people call. */
import { drawFrom, one } from './random.ts';

export function randomHooks(seed: number): string {
  const draw = drawFrom(seed);
  const body = Array.from({ length: 1 + draw(3) }, () => {
    const inner = one(draw, STATEMENTS);
    return draw(3) === 0 ? `    if ${one(draw, CONDITIONS)} { ${inner} }` : `    ${inner}`;
  });
  return `contract Hooks {
  uses ledger.write;
  currency coin { decimals 0; issued }
  state {
    n: Int;
    total: Int;
    m: Map<Did, Int>;
    last: Time;
    who: Did;
  }
  invariant i0: ${one(draw, INVARIANTS)};
  invariant i1: ${one(draw, INVARIANTS)};
  history h0: ${one(draw, HISTORIES)};
  history h1: ${one(draw, HISTORIES)};

  rule r0(d: Did, x: Int, a: Amount<coin>)
    requires ${one(draw, RULE_CONDITIONS)} else "no"
  { ${one(draw, RULE_STATEMENTS)} }

  on every 1h gas 1_000_000 {
${body.join('\n')}
  }
}
`;
}

const STATEMENTS = [
  'n += periods;',
  'n = min(n + 1, 3);',
  'n -= 1;',
  'total += 1;',
  'm[creator] += 1; total += 1;',
  'm[self] = periods;',
  'm.remove(creator);',
  'last = now;',
  'who = creator;',
  'ledger.transfer(self, creator, 1 coin);',
  'require n < 3 else "enough";',
  'assert periods >= 1;',
  'assert n >= 0;',
  'total = total * periods;',
];
const CONDITIONS = [
  'n > 0',
  'periods > 1',
  'last < now',
  'total >= 2',
  'ledger.balance(self, coin) > 0 coin',
];
const RULE_STATEMENTS = [
  'n = x;',
  'm[d] += x; total += x;',
  'ledger.transfer(caller, self, a);',
  'who = caller;',
];
const RULE_CONDITIONS = ['x >= 0 && x < 5', 'x > 0', 'd != caller', 'a >= 0 coin'];
const INVARIANTS = [
  'n >= 0',
  'n <= 5',
  'total == sum(m)',
  'total >= 0',
  'last <= now',
  'ledger.balance(self, coin) >= 0 coin',
  'forall d: Did { m[d] >= 0 }',
];
const HISTORIES = [
  'caller != did""',
  'caller == did"" || n == old(n)',
  'called(r0) || total == old(total)',
  'called(r0) || last >= old(last)',
  'old(n) <= n',
  'called(r0) || ledger.balance(self, coin) >= old(ledger.balance(self, coin))',
  'who == old(who) || who == caller',
];
