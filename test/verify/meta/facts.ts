/**
 * Small contracts drawn from a seed, aimed at what the verifier takes to be always true: of numbers, variants, few keys,
 * sets, sums, accounts, texts, lists, hashes, loops, witnesses. Rules bring the state into many forms, others promise what
 * is true of it and what is nearly true. In: a seed, whose remainder says what it is about. Out: a source.
 */
import { type Draw, drawFrom, one } from './random.ts';

export function randomFacts(seed: number): string {
  return THEMES[seed % THEMES.length]!(drawFrom(seed));
}

// ---- private -----------------------------------------------------------------------------------

type Theme = (draw: Draw) => string;

/** A contract of these parts, with rules that promise some of what may be promised behind their code. */
type Parts = {
  readonly declares?: string;
  readonly currency?: string;
  readonly state: string;
  /** Clauses and rules that are always there. */
  readonly members: string;
  readonly params: string;
  /** What may stand in a rule, and what it may promise then. */
  readonly bodies: readonly (readonly [body: string, promises: readonly string[]])[];
};

const RULES = 3;
const PROMISES = 4;

function contractOf(draw: Draw, parts: Parts): string {
  const rules = Array.from({ length: RULES }, (_, i) => {
    const [body, promises] = parts.bodies[draw(parts.bodies.length)]!;
    const made = [...new Set(Array.from({ length: PROMISES }, () => one(draw, promises)))];
    return [
      `  open rule r${i}(${parts.params})`,
      ...made.map((text) => `    ensures ${text}`),
      `  { ${body} }`,
    ].join('\n');
  });
  return `${parts.declares ?? ''}
contract Facts {
${parts.currency ?? ''}
  state { ${parts.state} }
${parts.members}
${rules.join('\n')}
}
`;
}

const PLAIN = 'd: Did, x: Int, b: Bool';

/** Two numbers that are anything, and one that rules work out. */
const NUMBERS = {
  state: 'n: Int; k: Int; w: Int;',
  params: PLAIN,
  members: `  open rule keep(${PLAIN}) { n = x; }
  open rule hold(${PLAIN}) { k = x; }`,
};

const products: Theme = (draw) =>
  contractOf(draw, {
    ...NUMBERS,
    bodies: [
      [
        'w = n * x;',
        [
          'w >= 0',
          'n >= 0 && x >= 0 ==> w >= 0',
          'w >= n || x <= 0',
          'n > 0 && x > 0 ==> w >= n',
          'n <= 0 && x <= 0 ==> w <= 0',
          'n >= 0 && x <= 0 ==> w <= 0',
          'n < 9_223_372_036_854_775_807',
          'n == -1 ==> w == x',
          'n == -1 ==> w == -x',
          'w == 0 ==> n == 0',
          'n == 0 ==> w == 0',
        ],
      ],
      [
        'w = n * x - k * x;',
        [
          'n >= k ==> w >= 0',
          'n >= k && x >= 0 ==> w >= 0',
          'x >= 0 && n > k ==> w >= x',
          'n == k ==> w == 0',
        ],
      ],
      ['w = n * (x + k);', ['w == n * x', 'w == n * x + n * k', 'k == 0 ==> w == n * x']],
      [
        'w = (n - k) * x;',
        ['w == n * x + k * x', 'w == n * x - k * x', 'n == k ==> w == 0', 'k == 0 ==> w == n * x'],
      ],
      [
        'w = mul_div(n, x, 3);',
        [
          'x <= 3 ==> w <= n',
          'n >= 0 && x <= 3 ==> w <= n',
          '3 * w == n * x',
          '3 * w <= n * x',
          'x == 3 ==> w == n',
        ],
      ],
    ],
  });

const fractions: Theme = (draw) =>
  contractOf(draw, {
    ...NUMBERS,
    bodies: [
      [
        'w = n / x;',
        [
          'w * x <= n',
          'n >= 0 ==> w * x <= n',
          'n >= 0 ==> w >= 0',
          'n > 0 && x > 0 ==> 2 * w <= n',
          'n >= 0 && x > 1 ==> 2 * w <= n',
          'x == 1 ==> w == n',
        ],
      ],
      [
        'w = n / x - n / k;',
        [
          'x > 0 && k > 0 && x <= k ==> w >= 0',
          'n >= 0 && x > 0 && k > 0 && x <= k ==> w >= 0',
          'x == k ==> w == 0',
        ],
      ],
      [
        'w = mul_div(n, x, k);',
        [
          'k * w == n * x',
          'k * w <= n * x',
          'w <= n',
          'n >= 0 && x >= 0 && x <= k ==> w <= n',
          'x == k ==> w == n',
          'n == 0 ==> w == 0',
        ],
      ],
      ['w = isqrt(x);', ['w * w == x', 'w * w <= x', 'w <= x', 'w >= 0']],
      [
        'w = pow(x, n);',
        [
          'x > 0 ==> w >= x',
          'x > 0 && n > 0 ==> w >= x',
          'x == 0 ==> w == 0',
          'n > 0 && x == 0 ==> w == 0',
          'n == 0 ==> w == 1',
        ],
      ],
    ],
  });

const variants: Theme = (draw) =>
  contractOf(draw, {
    declares: 'enum Choice { Yes, No, Block { weight: Int } }\nenum Plain { One, Two }',
    state: 'n: Int; last: Choice; best: Option<Int>; votes: Map<Did, Choice>; asked: Map<Plain, Int>;',
    params: PLAIN,
    members: `  invariant known: match last { Block { weight: w } => w != 3, _ => true };
  open rule choose(${PLAIN}) requires x != 3 { last = match x { 0 => Yes, 1 => No, _ => Block { weight: x } }; votes[d] = last; }
  open rule keep(${PLAIN}) { best = if b { some(x) } else { none }; asked[if b { One } else { Two }] = x; }`,
    bodies: [
      [
        'n = 1;',
        [
          'last == Yes || last == No',
          'last == Yes || last == No || (match last { Block { weight: w } => w != 3, _ => false })',
          'match last { Block { weight: w } => w == 0, _ => true }',
          'match votes[d] { Block { weight: w } => w == 0, _ => true }',
          'votes[d] == Yes || votes[d] == No',
          'best == none',
          'match best { some(v) => v == 0, none => true }',
          'forall p: Plain { asked[p] == 0 }',
          'asked[Two] == 0',
          'forall p: Plain { asked[p] == asked[One] || asked[p] == asked[Two] }',
        ],
      ],
      [
        'asked[One] = 0;',
        [
          'forall p: Plain { asked[p] == 0 }',
          'asked[One] == 0',
          'best == old(best)',
          'forall k: Did { votes[k] == old(votes[k]) }',
        ],
      ],
    ],
  });

const fewKeys: Theme = (draw) =>
  contractOf(draw, {
    declares: 'enum Plain { One, Two }',
    state: 'n: Int; m: Map<Bool, Int>; p: Map<Plain, Int>; s: Set<Bool, 4>;',
    params: PLAIN,
    members: `  invariant small: forall k: Bool { m[k] < 100 };
  open rule keep(${PLAIN}) requires x < 100 { m[b] = x; s.add(b); p[if b { One } else { Two }] = x; }`,
    bodies: [
      [
        'n = 1;',
        [
          'sum(m) == m[false]',
          'sum(m) == m[true]',
          'sum(m) == m[true] + m[false]',
          'sum(p) == p[One]',
          'count(p, v => v > 0) <= 1',
          'count(p, v => v > 0) <= sum(p)',
          's.size <= 1',
          's.size <= 2',
        ],
      ],
      ['m[b] = 0;', ['sum(m) == m[!b]', 'sum(m) == 0', 'sum(m) < 100', 's.size == old(s.size)']],
    ],
  });

const members: Theme = (draw) =>
  contractOf(draw, {
    state: 'n: Int; m: Map<Did, Int>; s: Set<Did, 2>; q: Set<Int, 3>; first: Set<Did, 1>;',
    params: PLAIN,
    members: `  ${draw(2) === 0 ? 'invariant sound: forall k: Did { m[k] >= 0 };' : ''}
  open rule keep(${PLAIN}) ${draw(2) === 0 ? 'requires x >= 0' : ''} { m[d] = x; }
  open rule join(${PLAIN}) { s.add(d); q.add(x); if first.size < 1 { first.add(d); } }`,
    bodies: [
      [
        'n = 1;',
        [
          'first.size < 1',
          'first.size <= 1',
          's.size <= 2',
          'd in s && caller in s ==> s.size >= 2',
          'd in s && caller in s && d != caller ==> s.size >= 2',
          '!(x in q) ==> count(q, v => v > 1) == q.size',
          'x in q && x <= 1 ==> count(q, v => v > 1) < q.size',
          'count(q, v => v > 1) <= q.size',
          'm.has(d) ==> m[d] != 0',
          'm[d] != 0 ==> m.has(d)',
        ],
      ],
      [
        'n = m[d] + m[caller];',
        [
          'sum(m) >= m[d]',
          'm[d] + m[caller] <= sum(m)',
          'd != caller && m[d] >= 0 ==> m[d] <= n || m[caller] < 0',
          'm[d] == 0',
          'n == m[d] + m[caller]',
        ],
      ],
      [
        'm[d] = 1;',
        [
          'm[d] == 1',
          'm[caller] == 0',
          '(exists k: Did { m[k] == 1 }) ==> (forall k: Did { m[k] <= 1 })',
          'exists k: Did { m[k] == 1 }',
          'exists k: Did { m[k] != 1 }',
        ],
      ],
    ],
  });

const ledger: Theme = (draw) =>
  contractOf(draw, {
    currency: `  uses ledger.write;\n  currency coin { decimals 0${draw(3) === 0 ? '; issued' : ''} }`,
    state: 'n: Int;',
    params: 'd: Did, x: Int, a: Amount<coin>',
    members: '',
    bodies: [
      [
        'n = x;',
        [
          'ledger.balance(self, coin) > 0 coin',
          'ledger.balance(self, coin) >= 0 coin',
          'ledger.balance(d, coin) <= 2 coin',
          'ledger.balance(d, coin) >= 0 coin && ledger.balance(caller, coin) >= 0 coin ==> ledger.balance(d, coin) + ledger.balance(caller, coin) <= ledger.total(coin)',
          'd != caller && ledger.balance(d, coin) >= 0 coin && ledger.balance(caller, coin) >= 0 coin ==> ledger.balance(d, coin) + ledger.balance(caller, coin) <= ledger.total(coin)',
          'ledger.balance(caller, coin) == 0 coin ==> !ledger.can_pay(caller, coin, 3 coin)',
          'ledger.balance(d, coin) <= ledger.total(coin)',
        ],
      ],
      [
        'ledger.transfer(caller, d, a);',
        [
          'ledger.total(coin) == old(ledger.total(coin))',
          'ledger.total(coin) <= old(ledger.total(coin)) + a',
          'old(ledger.balance(d, coin)) == 0 coin ==> ledger.balance(d, coin) <= 2 coin',
          'ledger.balance(d, coin) >= old(ledger.balance(d, coin))',
        ],
      ],
      [
        'ledger.transfer(self, caller, a);',
        ['ledger.balance(self, coin) > 0 coin', 'ledger.total(coin) == old(ledger.total(coin))'],
      ],
    ],
  });

const sequences: Theme = (draw) =>
  contractOf(draw, {
    declares: 'struct Kept { last: List<Int, 3>, note: Int }',
    state: 'n: Int; label: Text = "a"; data: Bytes; kept: Kept; lock: Hash = hash("a");',
    params: `${PLAIN}, t: Text, l: List<Int, 3>, y: Bytes`,
    members: `  open rule keep(${PLAIN}, t: Text, l: List<Int, 3>, y: Bytes) { label = t; kept.last = l; data = y; }
  open rule shut(${PLAIN}, t: Text, l: List<Int, 3>, y: Bytes) { lock = if b { hash(t) } else { hash(y) }; }`,
    bodies: [
      [
        'n = l.length;',
        [
          'n < 3',
          'n <= 3',
          'n > 0',
          'y.length < 1024',
          'y.length <= 1024',
          't.length > 0',
          'l.length == kept.last.length ==> l == kept.last',
          'l == kept.last ==> l.length == kept.last.length',
          'y.length == data.length ==> y == data',
          'l[0] == l[0] || n < 3',
        ],
      ],
      [
        'n = l[1];',
        [
          'n >= 0',
          'l.length == 2 ==> l == [l[0], n]',
          'l.length > 1',
          'kept.last.length > 1 && kept.last[1] == n || kept.last != l',
        ],
      ],
      [
        'n = y[0];',
        ['n <= 96', 'n >= 0 && n <= 255', 'y.length > 0', 'y.length == 1 ==> y == 0x01 || n != 1'],
      ],
      [
        'let whole = label ++ t; let other = t ++ label; n = if whole == other { 1 } else { 0 };',
        ['n == 1 ==> label == t', 'label == t ==> n == 1', 'n <= 1'],
      ],
      [
        'let h = hash(t); let g = hash(y); n = if h == g { 1 } else { 0 };',
        ['n == 0', 'n <= 1', 't == "b" && y == 0x62 ==> n == 1'],
      ],
      [
        'n = if hash(t) == hash("a") { 1 } else { 0 };',
        ['n == 0', 't == "a" ==> n == 1', 'n == 1 ==> t == "a"', 'n == 1 ==> lock == hash(t)'],
      ],
    ],
  });

const loops: Theme = (draw) =>
  contractOf(draw, {
    state: 'n: Int; m: Map<Did, Int>; few: Set<Did, 2>;',
    params: PLAIN,
    members: `  open rule join(${PLAIN}) { if few.size < 2 { few.add(d); } }`,
    bodies: [
      [
        'for k in few { m[k] = 1; } for k in few { m[k] += 1; }',
        ['n == 5 || few.size == 0', 'd in few ==> m[d] == 2', 'd in few ==> m[d] == 1'],
      ],
      [
        'for k in 0..x up to 2 { if k == 2 { n = 9; return; } n = 1; }',
        ['n == 9 ==> old(n) == 9', 'x > 2 ==> n == 9', 'x == 1 ==> n == 1'],
      ],
      [
        'for k in 0..x up to 20 { if k == 20 { n = 9; return; } }',
        ['n == 9 ==> old(n) == 9', 'x > 20 ==> n == 9', 'n == 9 || n == old(n)'],
      ],
      [
        'for k in 0..x up to 20 invariant n == old(n) || n == 3 { n = 3; m[d] = 3; }',
        [
          'x <= 0 ==> n == old(n)',
          'x <= 1 ==> n == old(n)',
          'x <= 0 ==> m[d] == old(m[d])',
          'n == old(n) || n == 3',
        ],
      ],
      ['for k in 0..x up to 2 { n = k; }', ['n < 2 || n == old(n)', 'x > 0 ==> n == x - 1', 'x <= 2']],
    ],
  });

const payers: Theme = (draw) =>
  contractOf(draw, {
    currency: '  uses ledger.write;\n  currency coin { decimals 0; issued }',
    state: 'n: Int;',
    params: 'd: Did, x: Int, a: Amount<coin>',
    members: `  rule take(d: Did, x: Int, a: Amount<coin>)
    requires ledger.balance(caller, coin) > 0 coin else "no"
  { ledger.transfer(self, caller, a); }
  rule pay(d: Did, x: Int, a: Amount<coin>)
    requires caller == creator else "no"
  { ledger.transfer(self, d, a); }`,
    bodies: [['n = x;', ['n == x', 'n >= 0']]],
  });

const THEMES: readonly Theme[] = [
  products,
  fractions,
  variants,
  fewKeys,
  members,
  ledger,
  sequences,
  loops,
  payers,
];
