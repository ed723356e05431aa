/** Small contracts drawn from a seed: the same seed has the same source. Every piece of the language that the verifier models has its chance. */

export type Draw = (below: number) => number;

/** Numbers from 0 to below a bound (mulberry32). */
export function drawFrom(seed: number): Draw {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export function randomContract(seed: number): string {
  const draw = drawFrom(seed);
  const invariants = someOf(draw, INVARIANTS, 3).map((text, i) => `  invariant i${i}: ${text};`);
  const histories = someOf(draw, HISTORIES, 1).map((text, i) => `  history h${i}: ${text};`);
  const rules = Array.from({ length: 2 + draw(2) }, (_, i) => rule(draw, i));
  return `contract Random {
  uses ledger.write;
  currency coin { decimals 0${draw(2) === 0 ? '' : '; issued'} }
  state {
    n: Int;
    total: Int;
    held: Amount<coin>;
    m: Map<Did, Int>;
    s: Set<Did, 2>;
    owner: Did = creator;
    opened: Time = now;
  }
${[...invariants, ...histories, ...rules].join('\n')}
}
`;
}

/** What contracts of one family are made of. */
type Family = Readonly<
  Record<'statements' | 'conditions' | 'invariants' | 'histories' | 'ensures', readonly string[]>
>;

/** The clauses and rules of a contract of the family, as lines. */
function randomMembers(draw: Draw, family: Family): readonly string[] {
  const invariants = someOf(draw, family.invariants, 3).map((text, i) => `  invariant i${i}: ${text};`);
  const histories =
    family.histories.length === 0
      ? []
      : someOf(draw, family.histories, 1).map((text, i) => `  history h${i}: ${text};`);
  const rules = Array.from({ length: 2 + draw(2) }, (_, i) => {
    const requires = someOf(draw, family.conditions, 2).map((text) => `    requires ${text} else "no"`);
    const ensures = someOf(draw, family.ensures, 3).map((text) => `    ensures ${text}`);
    const succeeds = draw(3) === 0 ? [`    succeeds when ${one(draw, family.conditions)}`] : [];
    const body = Array.from({ length: 1 + draw(3) }, () => {
      const inner = one(draw, family.statements);
      return draw(3) === 0
        ? `    if ${one(draw, family.conditions)} { ${inner} } else { ${one(draw, family.statements)} }`
        : `    ${inner}`;
    });
    return [
      `  rule r${i}(d: Did, x: Int, b: Bool)`,
      ...requires,
      ...ensures,
      ...succeeds,
      '  {',
      ...body,
      '  }',
    ].join('\n');
  });
  return [...invariants, ...histories, ...rules];
}

/** Contracts over enums, options and a lifecycle. */
export function randomChoices(seed: number): string {
  return `lifecycle Stage { Draft -> Open, Gone; Open -> Closed, Gone; }
enum Choice { Yes, No, Block { weight: Int, by: Did } }
contract Choices {
  state {
    stage: Stage;
    best: Option<Int>;
    last: Choice;
    votes: Map<Did, Option<Choice>>;
    runs: Map<Did, Stage>;
    asked: Map<Choice, Int>;
    total: Int;
  }
  fn choice(v: Int, who: Did) -> Choice
    ensures match result { Block { weight: w, by: who_by } => w == v && who_by == who, _ => v == 0 || v == 1 }
  {
    return match v { 0 => Yes, 1 => No, _ => Block { weight: v, by: who } };
  }
${randomMembers(drawFrom(seed), CHOICES).join('\n')}
}
`;
}

const CHOICES: Family = {
  statements: [
    'stage = Open;',
    'stage = Gone;',
    'stage = match stage { Draft => Open, Open => Closed, ended => ended };',
    'stage = if b { Open } else { Closed };',
    'best = some(x);',
    'best = if x > 5 { none } else { some(x) };',
    'match best { some(n) => { total = n; } none => { total = 0; } }',
    'last = choice(x, d);',
    'last = if b { Yes } else { Block { by: caller, weight: 1 } };',
    'votes[d] = some(last);',
    'votes[caller] = some(choice(x, caller));',
    'votes[d] = none;',
    'votes.remove(caller);',
    'match votes[d] { some(given) => { last = given; } none => {} }',
    'match last { Yes => { total = 1; } Block { weight: w } => { total = w; } No => { total = 0; } }',
    'runs[d] = Open;',
    'runs[d] = stage;',
    'runs.remove(d);',
    'asked[last] = x;',
    'asked[No] = 1;',
  ],
  conditions: [
    'b',
    'stage == Draft',
    'stage != Open',
    'stage == Open || stage == Gone',
    'best == none',
    'best == some(x)',
    'last == Yes',
    'match last { Block { weight: w, by: who } => w > 0 && who == caller, _ => b }',
    'votes[d] == none',
    'votes[caller] == some(last)',
    'runs[d] == Gone || runs[d] == Closed',
    'runs[d] == Draft',
    'x >= 0 && x < 10',
    'd != caller',
  ],
  invariants: [
    'match best { some(n) => n <= 5, none => true }',
    'stage == Closed ==> best != none',
    'best == none || stage != Gone',
    'forall k: Did { votes[k] != some(No) }',
    'forall k: Did { match votes[k] { some(c) => c == Yes || c != Yes, none => true } }',
    'forall k: Did { runs[k] == Draft || runs.has(k) }',
    'forall c: Choice { asked[c] >= 0 }',
    'count(votes, v => v == some(Yes)) <= 1',
    'match last { Block { weight: w } => w != 0 && w != 1, _ => true }',
    'last == Yes || last == No',
    'total <= 10',
  ],
  histories: [
    'old(stage) == Closed ==> stage == Closed',
    'old(stage) == Open ==> stage != Draft',
    'forall k: Did { old(votes[k]) == none || votes[k] != none }',
    'forall k: Did { old(runs[k]) == Open ==> runs[k] != Draft }',
    'stage == old(stage) || old(stage) == Draft || old(stage) == Open',
  ],
  ensures: [
    'stage == Open',
    'stage == old(stage)',
    'best == some(x)',
    'best == old(best)',
    'best != none',
    'last != No',
    'last == old(last)',
    'votes[d] == some(last)',
    'votes[d] == old(votes[d])',
    'votes[caller] != none',
    'runs[d] == Open',
    'match votes[d] { some(c) => match c { Block { weight: w } => w == x, _ => x <= 1 }, none => true }',
    'forall k: Did { votes[k] == old(votes[k]) || k == d || k == caller }',
    'asked[No] == old(asked[No])',
    'total == old(total)',
  ],
};

/** Loops, unrolled and cut, and the built-in functions of numbers. */
export function randomLoops(seed: number): string {
  const draw = drawFrom(seed);
  const invariants = someOf(draw, LOOPS.invariants, 2).map((text, i) => `  invariant i${i}: ${text};`);
  const rules = Array.from({ length: 2 + draw(2) }, (_, i) => {
    const requires = someOf(draw, LOOPS.conditions, 2).map((text) => `    requires ${text} else "no"`);
    const ensures = someOf(draw, LOOPS.ensures, 3).map((text) => `    ensures ${text}`);
    const succeeds = draw(2) === 0 ? [`    succeeds when ${one(draw, LOOPS.conditions)}`] : [];
    const body = Array.from({ length: 1 + draw(2) }, () => `    ${loop(draw)}`);
    return [
      `  rule r${i}(d: Did, x: Int, a: Amount<coin>)`,
      ...requires,
      ...ensures,
      ...succeeds,
      '  {',
      ...body,
      '  }',
    ].join('\n');
  });
  return `contract Loops {
  uses ledger.write;
  currency coin { decimals 0 }
  state { n: Int; total: Int; m: Map<Did, Int>; s: Set<Did, 20>; few: Set<Did, 2>; }
${[...invariants, ...rules].join('\n')}
  rule join(d: Did, x: Int, a: Amount<coin>) {
    s.add(d);
    if few.size < 2 { few.add(d); }
  }
}
`;
}

function loop(draw: Draw): string {
  const kind = draw(3);
  if (kind === 0) return one(draw, LOOPS.numbers);
  const head = one(draw, kind === 1 ? LOOPS.ranges : LOOPS.sets);
  const known = kind === 1 ? [...LOOPS.known, ...LOOPS.counted] : LOOPS.known;
  const clauses = someOf(draw, known, 2).map((text) => ` invariant ${text}`);
  const turns = kind === 1 ? LOOPS.turns : [...LOOPS.turns, ...LOOPS.elements];
  return `${head}${clauses.join('')} { ${one(draw, turns)} }`;
}

const LOOPS = {
  ranges: ['for k in 0..x up to 12', 'for k in 0..x up to 2', 'for k in 0..3', 'for k in x..n up to 12'],
  sets: ['for k in s', 'for k in few'],
  known: [
    'n >= 0',
    'n == old(n)',
    'total == sum(m)',
    'forall v: Did { m[v] >= 0 }',
    'total >= old(total)',
    'n <= 5',
  ],
  counted: ['n == old(n) + k', 'n <= old(n) + k', 'k >= 0', 'k <= x', 'total == old(total)'],
  turns: [
    'n += 1;',
    'n += x;',
    'm[d] += 1; total += 1;',
    'm[d] = x;',
    'if n > 2 { return; } n += 1;',
    'n = 1; if x == 2 { return; }',
    'total -= m[d]; m.remove(d);',
    'ledger.transfer(caller, d, a);',
    'n += 1; for j in 0..2 { n -= 1; }',
    'for j in few { m[j] += 1; total += 1; }',
  ],
  elements: [
    'm[k] += 1; total += 1;',
    'm[k] = 0;',
    'total -= m[k]; m.remove(k);',
    'ledger.transfer(self, k, a);',
  ],
  numbers: [
    'n = mul_div(x, 2, 3);',
    'n = mul_div(n, x, 3);',
    'n = mul_div(x, 3, n);',
    'n = share(x, 50%);',
    'n = share_up(x, 50%) + share(x, 50%);',
    'n = share(x, n, n + 2);',
    'n = isqrt(x);',
    'n = isqrt(x * x);',
    'n = pow(x, 2);',
    'n = pow(2, x);',
  ],
  conditions: [
    'x >= 0 && x <= 2',
    'x > 0 && x < 10',
    'n >= 0',
    's.size < 3',
    'a >= 0 coin',
    'n < 100',
    'd != caller',
  ],
  invariants: [
    'n >= 0',
    'n <= 5',
    'total == sum(m)',
    'forall v: Did { m[v] >= 0 }',
    'few.size <= s.size + 2',
    'total <= 3',
  ],
  ensures: [
    'n == old(n) + x',
    'n == old(n)',
    'n >= old(n)',
    'n == x',
    'n <= x',
    'n * n <= x',
    '3 * n <= 2 * x',
    'n <= old(n) + 3',
    'total == old(total)',
    'm[d] == old(m[d])',
    'sum(m) == old(sum(m))',
    'x >= 2 ==> n >= 1',
    'ledger.balance(d, coin) == old(ledger.balance(d, coin))',
    'ledger.total(coin) == old(ledger.total(coin))',
    's.size == old(s.size)',
  ],
} as const;

/** Contracts over keys and values of other shapes: structs, pairs, texts, flags, times, and a `fn`. */
export function randomShapes(seed: number): string {
  return `struct Account { owner: Did, amount: Int, open: Bool }
contract Shapes {
  state {
    flag: Bool;
    label: Text;
    since: Time = now;
    best: Account;
    accounts: Map<Did, Account>;
    grid: Map<(Did, Int), Int>;
    pairs: Set<(Did, Int), 2>;
    total: Int;
  }
  fn bounded(v: Int) -> Int
    ensures result <= 10
  {
    if v > 10 { return 10; }
    return v;
  }
${randomMembers(drawFrom(seed), SHAPES).join('\n')}
}
`;
}

const SHAPES: Family = {
  histories: [],
  statements: [
    'flag = b;',
    'flag = !flag;',
    'label = "a";',
    'since = now;',
    'best = accounts[d];',
    'best.amount += 1;',
    'accounts[d] = Account { owner: caller, amount: x, open: b };',
    'total += bounded(x) - accounts[d].amount; accounts[d].amount = bounded(x);',
    'accounts[d].open = b;',
    'total -= accounts[caller].amount; accounts.remove(caller);',
    'grid[(d, x)] += 1;',
    'grid[(caller, 1)] = x;',
    'grid.remove((d, x));',
    'pairs.add((d, x));',
    'pairs.remove((caller, x));',
    'total = bounded(x);',
    'total = min(x, 5);',
    'total = abs(x);',
  ],
  conditions: [
    'b',
    'flag',
    'x > 0 && x < 100',
    'label == "a"',
    'accounts[d].open',
    'accounts[d].owner == caller',
    '(d, x) in pairs',
    'grid[(d, x)] == 0',
    'accounts.has(d)',
    'since == now',
    'total < 1000 && total > 0 - 1000',
    'd != caller',
  ],
  invariants: [
    'total == sum(accounts, a => a.amount)',
    'forall k: Did { accounts[k].amount <= 10 }',
    'forall k: Did { accounts[k].open ==> accounts.has(k) }',
    'forall k: Did, i: Int { grid[(k, i)] >= 0 }',
    'count(accounts, a => a.open) <= 1',
    'pairs.size <= 1',
    'since <= now',
    'flag ==> label == "a"',
    'best.amount <= 10',
    'forall k: Did { accounts[k].amount == 0 || accounts.has(k) }',
    'exists k: Did { !accounts.has(k) }',
  ],
  ensures: [
    'flag == b',
    'accounts[d].amount == x',
    'accounts[d].open == old(accounts[d].open)',
    'accounts.has(d)',
    'grid[(d, x)] == old(grid[(d, x)]) + 1',
    'forall k: Did, i: Int { grid[(k, i)] == old(grid[(k, i)]) || k == d || k == caller }',
    'best == old(best)',
    'total <= 10',
    'total == old(total)',
    'label == old(label)',
    'pairs.size >= old(pairs.size)',
    'sum(accounts, a => a.amount) == old(sum(accounts, a => a.amount))',
    'total >= 0',
  ],
};

function rule(draw: Draw, index: number): string {
  if (draw(4) === 0) return plainRule(draw, index);
  const requires = someOf(draw, CONDITIONS, 2).map((text) => `    requires ${text} else "no"`);
  const ensures = someOf(draw, ENSURES, 3).map((text) => `    ensures ${text}`);
  const succeeds = draw(3) === 0 ? [`    succeeds when ${one(draw, SUCCEEDS)}`] : [];
  const body = Array.from({ length: 1 + draw(3) }, () => `    ${statement(draw, 2)}`);
  const open = draw(3) === 0 ? 'open rule' : 'rule';
  return [
    `  ${open} r${index}(d: Did, x: Int, a: Amount<coin>)`,
    ...requires,
    ...ensures,
    ...succeeds,
    '  {',
    ...body,
    '  }',
  ].join('\n');
}

/** One statement, and what it says of itself: little stands in the way of its clauses. */
function plainRule(draw: Draw, index: number): string {
  const ensures = someOf(draw, ENSURES, 2).map((text) => `    ensures ${text}`);
  const succeeds = [`    succeeds when ${one(draw, SUCCEEDS)}`];
  return [
    `  rule r${index}(d: Did, x: Int, a: Amount<coin>)`,
    ...ensures,
    ...succeeds,
    '  {',
    `    ${statement(draw, 0)}`,
    '  }',
  ].join('\n');
}

function statement(draw: Draw, depth: number): string {
  if (depth > 0 && draw(4) === 0) {
    const otherwise = draw(2) === 0 ? '' : ` else { ${statement(draw, depth - 1)} }`;
    return `if ${one(draw, CONDITIONS)} { ${statement(draw, depth - 1)} }${otherwise}`;
  }
  return one(draw, STATEMENTS).replace('E', one(draw, NUMBERS));
}

export function one(draw: Draw, list: readonly string[]): string {
  return list[draw(list.length)]!;
}

/** Up to `max` different ones. */
export function someOf(draw: Draw, list: readonly string[], max: number): readonly string[] {
  return [...new Set(Array.from({ length: draw(max + 1) }, () => one(draw, list)))];
}

const NUMBERS = [
  'x',
  '1',
  'n',
  'x + 1',
  'x / 2',
  'm[d]',
  'm[caller]',
  '0 - 1',
  'n - x',
  'x * 2',
  'n * x',
  'x % 2',
];
const STATEMENTS = [
  'n = E;',
  'n += E;',
  'n += x; total += x;',
  'm[d] += E;',
  'm[caller] = E;',
  'm[d] += x; total += x;',
  'm[d] += x; total += x;',
  'total -= m[d]; m.remove(d);',
  'm.remove(d);',
  's.add(d);',
  's.add(caller);',
  's.remove(d);',
  'owner = d;',
  'ledger.transfer(caller, self, a);',
  'ledger.transfer(caller, self, a); held += a;',
  'held = a + a - a; ledger.transfer(caller, self, a);',
  'ledger.transfer(self, d, a);',
  'ledger.transfer(caller, d, a);',
];
const CONDITIONS = [
  'x > 0',
  'x >= 0 && x <= 2',
  'x < 100',
  'n < 2',
  'n >= 0',
  'd != caller',
  'caller == owner',
  'd in s',
  'm[d] == 0',
  's.size < 2',
  'a > 0 coin',
  'total < 1000 && total >= 0',
  'x / 2 >= 0',
];
const INVARIANTS = [
  'n >= 0',
  'n <= 5',
  'total == sum(m)',
  'total == sum(m)',
  'forall k: Did { m[k] >= 0 }',
  'forall k: Did { m[k] <= total }',
  's.size <= 1',
  'ledger.balance(self, coin) >= held',
  'ledger.balance(self, coin) == held',
  'ledger.balance(self, coin) >= 0 coin',
  'owner == creator',
  'opened <= now',
  'opened == now',
  'count(m, v => v > 0) <= 1',
  'forall k: Did { k in s ==> m[k] > 0 || m[k] <= 0 }',
  'creator in s || s.size >= 0',
];
const HISTORIES = [
  'old(n) <= n',
  'caller == old(owner) || n == old(n)',
  'old(total) <= total',
  'called(r0) || old(held) == held',
];
const ENSURES = [
  'n == old(n) + x',
  'n >= old(n)',
  'n == old(n)',
  'm[d] == old(m[d]) + x',
  'm[d] == old(m[d])',
  'm[caller] == old(m[caller])',
  'm[caller] == x',
  'n == x / 2',
  'n / 2 * 2 <= n',
  'forall k: Did { m[k] == old(m[k]) || k == d }',
  'ledger.balance(self, coin) == old(ledger.balance(self, coin)) + a',
  'ledger.balance(self, coin) >= old(ledger.balance(self, coin))',
  'ledger.balance(d, coin) == old(ledger.balance(d, coin)) + a',
  'ledger.balance(caller, coin) == old(ledger.balance(caller, coin)) - a',
  'ledger.total(coin) == old(ledger.total(coin))',
  'd in s',
  's.size == old(s.size) + 1',
  's.size >= old(s.size)',
  'a >= 0 coin',
  'sum(m) == old(sum(m)) + x',
  'sum(m) == old(sum(m))',
];
const SUCCEEDS = [
  'x > 0',
  'x >= 0 && x <= 2',
  'ledger.can_pay(caller, coin, a)',
  'a >= 0 coin && ledger.can_pay(caller, coin, a) && d == owner',
  'a >= 0 coin && a <= ledger.balance(self, coin)',
  's.size < 2',
  'a >= 0 coin',
  'x > 0 && x < 10 && n >= 0 && n < 10',
  'true',
];
