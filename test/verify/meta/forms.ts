/**
 * Small contracts drawn from a seed, over the forms of specification that say more than what one call changes:
 * `fails when`, `history` with `called`, `caller` and every key, `history always`, ghosts, `changes`. In: a seed. Out: a source; the same for the same seed.
 */
import { type Draw, drawFrom, one, someOf } from './random.ts';

export function randomForms(seed: number): string {
  const draw = drawFrom(seed);
  const invariants = someOf(draw, INVARIANTS, 2).map((text, i) => `  invariant i${i}: ${text};`);
  const rules = Array.from({ length: 2 + draw(2) }, (_, i) => rule(draw, i));
  const histories = [
    ...someOf(draw, HISTORIES, 2).map((text, i) => `  history h${i}: ${text};`),
    ...someOf(draw, ALWAYS, 2).map((text, i) => `  history always w${i}: ${text};`),
  ];
  return `contract Forms {
  uses ledger.write;
  currency coin { decimals 0 }
  state { n: Int; total: Int; m: Map<Did, Int>; s: Set<Did, 3>; owner: Did = creator; }
  fn bump(k: Did, v: Int) -> Int
    requires v > 0
    ensures m[k] == old(m[k]) + v
    changes m[k]
  { m[k] += v; return m[k]; }
  fn mark(k: Did)
    changes s, n
  { if s.size < 2 { s.add(k); } n = 1; m[k] = 0; }
  ghost g: Int;
  ghost f: Bool;
  ghost who: Did;
${[...invariants, ...histories, ...rules].join('\n')}
}
`;
}

// ---- private -----------------------------------------------------------------------------------

function rule(draw: Draw, index: number): string {
  const guards = someOf(draw, Object.keys(GUARDS), 2);
  const inside = draw(3) === 0;
  const requires = inside ? [] : guards.map((text) => `    requires ${text} else "no"`);
  const statements = Array.from({ length: 1 + draw(2) }, () => one(draw, STATEMENTS));
  const fails = [...new Set(Array.from({ length: 1 + draw(2) }, () => failsWhen(draw, guards, statements)))];
  const body = statements.map((text) => `    ${text}`);
  const checks = inside ? guards.map((text) => `    require ${text} else "no";`) : [];
  return [
    `  ${draw(3) === 0 ? 'open rule' : 'rule'} r${index}(d: Did, x: Int, a: Amount<coin>)`,
    ...requires,
    ...fails.map((text) => `    fails when ${text}`),
    ...(draw(2) === 0 ? [`    changes ${places(draw)}`] : []),
    ...someOf(draw, ENSURES, 2).map((text) => `    ensures ${text}`),
    ...(draw(2) === 0 ? [`    succeeds when ${one(draw, SUCCEEDS)}`] : []),
    '  {',
    ...(draw(2) === 0 ? [...checks, ...body] : [...body, ...checks]),
    '  }',
  ].join('\n');
}

function places(draw: Draw): string {
  return [...new Set(Array.from({ length: 1 + draw(4) }, () => one(draw, PLACES)))].join(', ');
}

/** What a guard rules out, what the call itself undoes, or anything. */
function failsWhen(draw: Draw, guards: readonly string[], statements: readonly string[]): string {
  const undone = statements.flatMap((text) => UNDONE[text] ?? []);
  if (undone.length > 0 && draw(2) === 0) return one(draw, undone);
  return guards.length > 0 && draw(2) === 0 ? GUARDS[one(draw, guards)]! : one(draw, FAILS);
}

/** With what they rule out, as someone might write it. */
const GUARDS: { readonly [guard: string]: string } = {
  'x > 0': 'x < 0',
  'n < 3': 'n == 3',
  'caller == owner': 'caller != owner',
  'd in s': '!(d in s)',
  'm[d] == 0': 'm[d] == 2',
  'd != caller': 'd == caller',
  's.size < 2': 's.size == 2',
  'a > 0 coin': 'a == 0 coin',
};
const UNDONE: { readonly [statement: string]: string } = {
  'n = 0;': 'n > 0',
  'm[caller] = 1;': 'm[caller] == 0',
  's.remove(d);': 'd in s',
  's.add(d);': '!(d in s)',
  'owner = d;': 'owner != d',
};
const FAILS = [
  'f',
  'g > n',
  'a < 0 coin',
  'x <= 0',
  'n > 0',
  'm[d] != 0',
  'm[caller] == 1 && x == 1',
  '!ledger.can_pay(caller, coin, a)',
  's.size >= 2',
  'n + x > 1000 && n <= 0',
  'x == 0',
];
const SUCCEEDS = [
  '!f && x == 1',
  'x == 1 && n == 0',
  'x > 0 && x < 10',
  'caller == owner',
  'd in s',
  'n == 1',
];
const STATEMENTS = [
  'n += 1;',
  'n = x;',
  'n = 0;',
  'm[d] += 1;',
  'm[d] = x;',
  'm[caller] = 1;',
  'm.remove(d);',
  's.add(d);',
  's.add(caller);',
  's.remove(d);',
  'owner = d;',
  'n += x; total += x;',
  'ledger.transfer(caller, self, a);',
  'ledger.transfer(caller, d, a);',
  'total = n / x;',
  'n = bump(d, 1);',
  'n = bump(caller, x);',
  'm[d] = 0; n = bump(d, 2);',
  'mark(d);',
  'n += 1; ghost g = g + 1;',
  'n = x; ghost g = x;',
  'n += x; ghost g = g + x * 2 - x;',
  'ghost f = true;',
  'ghost f = n > 0;',
  'ghost who = caller;',
  'if x > 1 { ghost who = d; n += 1; } else { ghost f = true; }',
];
const PLACES = ['n', 'total', 'm', 'm[d]', 'm[d]', 'm[caller]', 'm[owner]', 's', 'owner', 'n', 's'];
const ENSURES = [
  'g == old(g)',
  'g == old(g) + x',
  'f',
  'who == caller',
  'who == old(who) || who == d || who == caller',
  'n == old(n) ==> g == old(g)',
  'f == old(f)',
];
const HISTORIES = [
  'old(g) <= g',
  'old(f) ==> f',
  'called(r0) || g == old(g)',
  'called(r0) || n == old(n)',
  'called(r1) ==> caller == old(owner)',
  'called(r0) || called(r1) || m[creator] == old(m[creator])',
  'caller == old(owner) || owner == old(owner)',
  'forall k: Did { m[k] == old(m[k]) || k == caller }',
  'forall k: Did { old(m[k]) <= m[k] || called(r1) }',
  'old(total) <= total',
];
const ALWAYS = [
  'old(now) <= now && old(block) <= block',
  'old(now) == now',
  'n == old(n) || caller == old(owner)',
  'old(ledger.balance(self, coin)) <= ledger.balance(self, coin)',
  'ledger.balance(creator, coin) == old(ledger.balance(creator, coin)) || called(r0)',
  'called(r0) || s.size == old(s.size)',
  'ledger.balance(self, coin) == old(ledger.balance(self, coin)) || caller != creator',
];
const INVARIANTS = [
  'g == n',
  'g >= 0',
  'f ==> n > 0',
  'who != creator || f',
  'n >= 0',
  'total >= 0',
  'forall k: Did { m[k] >= 0 }',
  's.size <= 2',
  'owner == creator',
];
