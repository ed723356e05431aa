/** Small contracts with symbolic tests, drawn from a seed: sequences of calls, runs from one state, time, spending limits. */
import { type Draw, drawFrom, one } from './random.ts';

export function randomProofs(seed: number): string {
  const draw = drawFrom(seed);
  const issued = draw(2) === 0 ? '; issued' : '';
  const invariants = [0, 1].map((i) => `  invariant i${i}: ${one(draw, INVARIANTS)};`);
  const rules = [0, 1].map((i) => randomRule(draw, i));
  const proofs = [0, 1, 2, 3].map((i) => randomProof(draw, i));
  return `error TooMuch(most: Int);

contract Proofs {
  uses ledger.write;
  currency coin { decimals 0${issued} }
  state {
    n: Int;
    total: Int;
    m: Map<Did, Int>;
    held: Map<Did, Amount<coin>>;
    due: Time = now;
    last: Int;
  }
${[...invariants, ...rules].join('\n')}
  view of(d: Did) -> Int { return m[d]; }
  view counted(x: Int) -> Int {
    var s = 0;
    for i in 0..x up to 3 { s += i; }
    return s;
  }
${[...proofs, LIMITED].join('\n')}
}
`;
}

/** The same call with and without a spending limit. */
const LIMITED = `  prove "limited" (d: Did, e: Did, x: Int, a: Amount<coin>) {
    let r = run { r0(d, x, a) by e; };
    let s = run { r0(d, x, a) by e spending 1 coin; };
    expect s.succeeded ==> r.succeeded;
    expect r.succeeded ==> s.succeeded;
  }`;

function randomRule(draw: Draw, index: number): string {
  const requires = Array.from(
    { length: draw(3) },
    () => `    requires ${one(draw, CONDITIONS)} else "${one(draw, ['no', 'not so'])}"`,
  );
  const body = Array.from({ length: 1 + draw(2) }, () => {
    const inner = one(draw, STATEMENTS);
    return draw(4) === 0 ? `    if ${one(draw, CONDITIONS)} { ${inner} }` : `    ${inner}`;
  });
  const last = `    require x != 7 else "no";`;
  return [`  rule r${index}(d: Did, x: Int, a: Amount<coin>)`, ...requires, '  {', ...body, last, '  }'].join(
    '\n',
  );
}

function randomProof(draw: Draw, index: number): string {
  const steps = draw(2) === 0 ? sequence(draw) : twoRuns(draw);
  return [
    `  prove "p${index}" (d: Did, e: Did, x: Int, y: Int, a: Amount<coin>) {`,
    ...steps.map((step) => `    ${step}`),
    '  }',
  ].join('\n');
}

/** Calls one after the other, and what is so behind them. */
function sequence(draw: Draw): readonly string[] {
  const steps: string[] = [];
  for (let i = 1 + draw(3); i > 0; i--) {
    const kind = draw(8);
    if (kind < 2) steps.push(`assume ${one(draw, ASSUMED)};`);
    else if (kind < 5) steps.push(`${call(draw)};`);
    else if (kind === 5) steps.push('later;');
    else if (kind === 6) steps.push(`if ${one(draw, ASSUMED)} { ${call(draw)}; }`);
    else steps.push(`let k${i} = ${one(draw, ['of(d)', 'counted(y)', 'n + y'])};`, `assume k${i} == y;`);
  }
  return [...steps, expectation(draw), ...(draw(2) === 0 ? [expectation(draw)] : [])];
}

/** From one state the same call with and without another before it. */
function twoRuns(draw: Draw): readonly string[] {
  const [first, second] = [call(draw), call(draw)];
  const between = draw(3) === 0 ? ' later;' : '';
  const assumed = draw(2) === 0 ? [`assume ${one(draw, ASSUMED)};`] : [];
  const before = draw(3) === 0 ? [`${call(draw)};`] : [];
  return [
    ...assumed,
    ...before,
    `let r = run { ${first}; };`,
    `let s = run { ${second};${between} ${first}; };`,
    `expect ${one(draw, COMPARED)};`,
    `expect ${one(draw, COMPARED)};`,
  ];
}

function expectation(draw: Draw): string {
  const kind = draw(6);
  if (kind < 3) return `expect ${one(draw, EXPECTED)};`;
  if (kind === 3) return `expect ${call(draw)} succeeds;`;
  return `expect ${call(draw)} fails${one(draw, ['', '', ' "no"'])};`;
}

function call(draw: Draw): string {
  const spending = draw(3) === 0 ? ` spending ${one(draw, ['a', '0 coin', '2 coin'])}` : '';
  const args = `${one(draw, ['d', 'e', 'self'])}, ${one(draw, ['x', 'y', 'x + 1'])}, ${one(draw, ['a', '1 coin'])}`;
  return `${one(draw, ['r0', 'r1'])}(${args}) by ${one(draw, ['d', 'd', 'e', 'creator'])}${spending}`;
}

const STATEMENTS = [
  'n = x;',
  'n += 1;',
  'total += 1; m[caller] += 1;',
  'm[d] = x;',
  'm.remove(caller);',
  'held[caller] += a; ledger.transfer(caller, self, a);',
  'ledger.transfer(self, caller, held[caller]); held[caller] = 0 coin;',
  'ledger.transfer(caller, d, a);',
  'due = now;',
  'last = block;',
  'if x > 5 { fail TooMuch(5); } n = x;',
  'require n < 3 else "no"; n += 1;',
];
const CONDITIONS = [
  'x > 0',
  'x >= 0 && x < 5',
  'm[caller] > 0',
  'm[caller] == 0',
  'due <= now',
  'now > due',
  'block > last',
  'd != caller',
  'held[caller] > 0 coin',
  'a > 0 coin',
  'n == 0',
];
const INVARIANTS = [
  'n >= 0',
  'total >= 0',
  'due <= now',
  'forall k: Did { held[k] >= 0 coin }',
  'ledger.balance(self, coin) >= sum(held)',
  'total == sum(m)',
];
const ASSUMED = [
  'd != e',
  'x == y',
  'x > 0',
  'n == 0',
  'of(d) == 0',
  'a > 0 coin',
  'held[d] == a',
  'now > due',
];
const EXPECTED = [
  'n >= old(n)',
  'n == old(n)',
  'n == x',
  'm[e] == old(m[e])',
  'of(d) >= old(of(d))',
  'total >= old(total)',
  'now == old(now)',
  'due <= now',
  'last <= block || last == old(last)',
  'ledger.balance(d, coin) == old(ledger.balance(d, coin))',
  'ledger.balance(self, coin) >= old(ledger.balance(self, coin))',
  'ledger.balance(d, coin) + 2 coin >= old(ledger.balance(d, coin))',
  'forall k: Did { k == d || m[k] == old(m[k]) }',
  'sum(held) >= old(sum(held))',
];
const COMPARED = [
  'r.succeeded ==> s.succeeded',
  's.succeeded ==> r.succeeded',
  'after(r, n) == after(s, n)',
  'after(r, n) >= n',
  'r.succeeded ==> after(r, m[d]) == after(s, m[d])',
  'r.succeeded || after(r, n) == n',
  'r.succeeded || after(r, ledger.balance(d, coin)) == ledger.balance(d, coin)',
  'n == old(n)',
  'after(s, now) >= now',
  'after(s, now) == now',
  'after(r, sum(held)) <= after(s, sum(held))',
  'after(s, ledger.balance(self, coin)) >= after(r, ledger.balance(self, coin))',
];
