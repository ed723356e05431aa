/** The small logical language by itself: constructors keep the meaning, facts are true of true numbers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Slot, Term } from '../../compiler/core/core.ts';
import { factsOf } from '../../compiler/verify/facts.ts';
import { NO_FLAWS } from '../../compiler/verify/flaws.ts';
import {
  add,
  and,
  apply,
  divide,
  eq,
  type Formula,
  int,
  ite,
  le,
  lt,
  mulDiv,
  mulDivUp,
  multiply,
  not,
  or,
  power,
  remainder,
  scale,
  squareRoot,
  sub,
  symbol,
} from '../../compiler/verify/formula.ts';
import { instantiate } from '../../compiler/verify/instantiate.ts';
import { modelOf } from '../../compiler/verify/model.ts';
import { orderFacts } from '../../compiler/verify/orders.ts';
import { writeScript } from '../../compiler/verify/smt.ts';
import { clause, contract, DID, mapSlot, setSlot, t } from './build.ts';

type Value = bigint | boolean | string;
type Meaning = {
  readonly symbols: ReadonlyMap<string, Value>;
  readonly read: (name: string, args: readonly Value[]) => Value;
};

/** What a ground formula means; Euclidean division as SMT-LIB has it. */
function evaluate(formula: Formula, meaning: Meaning): Value {
  const go = (f: Formula): Value => evaluate(f, meaning);
  switch (formula.kind) {
    case 'int':
    case 'bool':
    case 'literal':
      return formula.value;
    case 'symbol':
      return meaning.symbols.get(formula.name)!;
    case 'apply': {
      const args = formula.args.map(go);
      const [a, b] = args as [bigint, bigint];
      if (formula.name === 'product') return a * b;
      if (formula.name === 'quotient') return b === 0n ? 0n : a / b;
      if (formula.name === 'mulDiv') return floorOf(a * b, args[2] as bigint);
      if (formula.name === 'isqrt') return rootOf(a);
      if (formula.name === 'pow') return b < 0n ? 7n : a ** (b > 64n ? 64n : b);
      return meaning.read(formula.name, args);
    }
    case 'op':
      return operate(formula.op, formula.args.map(go));
    default:
      throw new Error(`${formula.kind} is not ground`);
  }
}

/** By zero and less anything at all. */
function floorOf(a: bigint, by: bigint): bigint {
  return by <= 0n ? 5n : (a - (((a % by) + by) % by)) / by;
}

function rootOf(x: bigint): bigint {
  if (x < 0n) return 3n;
  let root = BigInt(Math.floor(Math.sqrt(Number(x))));
  while (root * root > x) root -= 1n;
  while ((root + 1n) * (root + 1n) <= x) root += 1n;
  return root;
}

function operate(op: string, args: readonly Value[]): Value {
  const [a, b] = args as [bigint, bigint];
  const floor = (x: bigint, y: bigint): bigint => (x - (((x % y) + y) % y)) / y;
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'scale':
      return a * b;
    case 'div':
      return floor(a, b);
    case 'mod':
      return ((a % b) + b) % b;
    case 'eq':
      return args[0] === args[1];
    case 'lt':
      return a < b;
    case 'le':
      return a <= b;
    case 'not':
      return !args[0];
    case 'and':
      return args.every(Boolean);
    case 'or':
      return args.some(Boolean);
    default:
      return args[0] ? args[1]! : args[2]!;
  }
}

const NOTHING: Meaning = { symbols: new Map(), read: () => 0n };
const ints = (...values: bigint[]): Meaning => ({
  symbols: new Map(values.map((value, i) => [`x${i}`, value])),
  read: () => 0n,
});
const [X, Y, Z] = [0, 1, 2].map((i) => symbol(`x${i}`, 'Int')) as [Formula, Formula, Formula];
const small = fc.bigInt({ min: -20n, max: 20n });
const wide = fc.oneof(small, fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }));

describe('constructors keep the meaning', () => {
  test('division truncates toward zero, by constants and by variables', () => {
    fc.assert(
      fc.property(wide, wide, (a, b) => {
        fc.pre(b !== 0n);
        const meaning = ints(a, b);
        for (const [left, right] of [
          [X, int(b)],
          [X, Y],
          [int(a), int(b)],
        ] as const) {
          expect(evaluate(divide(left, right), meaning)).toBe(a / b);
          expect(evaluate(remainder(left, right), meaning)).toBe(a % b);
        }
      }),
    );
  });

  test('products, scalings and differences', () => {
    fc.assert(
      fc.property(wide, wide, (a, b) => {
        const meaning = ints(a, b);
        for (const [left, right] of [
          [X, int(b)],
          [int(a), Y],
          [X, Y],
          [int(a), int(b)],
        ] as const) {
          expect(evaluate(multiply(left, right), meaning)).toBe(a * b);
          expect(evaluate(sub(add(left, right), right), meaning)).toBe(a);
        }
        expect(evaluate(scale(a, Y), meaning)).toBe(a * b);
      }),
    );
  });

  test('logic, with constants simplified away', () => {
    const truth = fc.constantFrom<Formula>(
      { kind: 'bool', value: true },
      { kind: 'bool', value: false },
      lt(X, Y),
      le(Y, X),
      eq(X, Y),
      not(eq(X, Y)),
    );
    fc.assert(
      fc.property(small, small, truth, truth, truth, (a, b, p, q, r) => {
        const meaning = ints(a, b);
        const [vp, vq, vr] = [p, q, r].map((f) => evaluate(f, meaning)) as [boolean, boolean, boolean];
        expect(evaluate(and(p, q, r), meaning)).toBe(vp && vq && vr);
        expect(evaluate(or(p, q, r), meaning)).toBe(vp || vq || vr);
        expect(evaluate(ite(p, q, r), meaning)).toBe(vp ? vq : vr);
        expect(evaluate(eq(p, q), meaning)).toBe(vp === vq);
        expect(evaluate(not(p), meaning)).toBe(!vp);
        expect(evaluate(ite(p, X, Y), meaning)).toBe(vp ? a : b);
      }),
    );
  });
});

describe('facts are true', () => {
  const model = modelOf(
    contract({
      slots: [mapSlot('m'), setSlot('s', 3)],
      invariants: [
        clause('invariant', 'sum', t.op('eq', t.sum(0), t.int(0n))),
        clause('invariant', 'size', t.op('le', t.size(1), t.int(3n))),
      ],
    }),
    NO_FLAWS,
  );

  test('of products and quotients', () => {
    fc.assert(
      fc.property(wide, wide, wide, fc.integer({ min: 2, max: 1000 }), (a, b, c, bound) => {
        const products = [multiply(X, Y), multiply(X, Z), multiply(Z, Y)];
        const terms = [...products, divide(X, Y), divide(Y, Z), divide(X, Z), divide(Y, X)];
        const asserted = terms.map((term) => le(term, int(BigInt(bound))));
        for (const fact of factsOf(model, asserted)) expect(evaluate(fact, ints(a, b, c))).toBe(true);
      }),
    );
  });

  test('of shares, roots and powers', () => {
    const by = fc.integer({ min: 1, max: 1000 });
    fc.assert(
      fc.property(wide, wide, wide, by, fc.bigInt(-3n, 20n), (a, b, c, bound, n) => {
        const whole = int(BigInt(bound));
        const terms = [
          mulDiv(X, Y, Z),
          mulDiv(X, Y, whole),
          mulDivUp(X, Y, whole),
          mulDivUp(X, Y, Z),
          mulDiv(Y, sub(whole, X), Z),
          multiply(X, sub(whole, Y)),
          multiply(add(X, whole), scale(-1n, Y)),
          squareRoot(X),
          squareRoot(Z),
        ];
        for (const fact of factsOf(
          model,
          terms.map((term) => le(term, whole)),
        ))
          expect(evaluate(fact, ints(a, b, c))).toBe(true);
        const powers = [power(X, Y), power(Y, Y), power(X, int(2n))].map((term) => le(term, whole));
        for (const fact of factsOf(model, powers)) expect(evaluate(fact, ints(a, n, c))).toBe(true);
      }),
    );
  });

  test('of sums and sizes, whoever the keys are', () => {
    const person = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(
        fc.dictionary(person, small),
        fc.uniqueArray(person),
        person,
        person,
        (entries, elements, k1, k2) => {
          const keys = ['key1', 'key2'].map((name) => symbol(name, DID.kind as 'Did'));
          const sum = Object.values(entries).reduce((total, value) => total + value, 0n);
          // The witness is the entry that is below zero, if one is.
          const witness = Object.entries(entries).find(([, value]) => value < 0n)?.[0] ?? 'a';
          const read = (name: string, [key]: readonly Value[]): Value => {
            if (name === 'sum.0') return sum;
            if (name === 'size.1') return BigInt(elements.length);
            return name === 'has.1'
              ? (elements as string[]).includes(key as string)
              : (entries[key as string] ?? 0n);
          };
          const symbols = new Map<string, Value>([
            ['key1', k1],
            ['key2', k2],
            ['witness.0.0', witness],
          ]);
          const asserted = [
            ...keys.map((key) => le(apply('field.0.0', [key], 'Int'), apply('sum.0', [], 'Int'))),
            ...keys.map((key) => apply('has.1', [key], 'Bool')),
            le(apply('size.1', [], 'Int'), int(3n)),
          ];
          for (const fact of factsOf(model, asserted)) expect(evaluate(fact, { symbols, read })).toBe(true);
        },
      ),
    );
  });
});

describe('facts of what can be counted are true', () => {
  const tag = { kind: 'Tag', name: 'Choice', variants: ['Yes', 'No', 'Abstain'], next: null } as const;
  const bool = { kind: 'Bool' } as const;
  const tally: Slot = { ...mapSlot('tally'), keys: [tag, bool] };
  const voted: Slot = { ...setSlot('voted', 10), keys: [tag] };
  const keys = [{ id: 0, name: 'c', type: tag }];
  const heard = (body: Term): Term => ({
    kind: 'count',
    slot: 1,
    when: 'now',
    keys,
    values: [],
    body,
    type: { kind: 'Int' },
  });
  const whole: Term = {
    kind: 'sum',
    slot: 0,
    when: 'now',
    keys: [...keys, { id: 1, name: 'b', type: bool }],
    values: [{ id: 2, name: 'v', type: { kind: 'Int' } }],
    body: { kind: 'bound', id: 2, type: { kind: 'Int' } },
    type: { kind: 'Int' },
  };
  const isYes = t.op('eq', { kind: 'bound', id: 0, type: tag }, { kind: 'const', type: tag, value: 0n });
  const always: Term = { kind: 'const', type: bool, value: true };
  const model = modelOf(
    contract({
      slots: [tally, voted],
      invariants: [
        clause('invariant', 'all', t.op('eq', whole, t.int(0n))),
        clause('invariant', 'yes', t.op('le', heard(isYes), heard(always))),
      ],
    }),
    NO_FLAWS,
  );

  test('of maps and sets with few keys', () => {
    const choice = fc.bigInt(0n, 2n);
    const cells = fc.dictionary(
      fc.constantFrom('0 true', '0 false', '1 true', '1 false', '2 true', '2 false'),
      small,
    );
    fc.assert(
      fc.property(cells, fc.uniqueArray(choice), choice, choice, (entries, elements, k1, k2) => {
        const sum = Object.values(entries).reduce((total, value) => total + value, 0n);
        const negative = Object.entries(entries).find(([, value]) => value < 0n)?.[0] ?? '0 true';
        const read = (name: string, keys: readonly Value[]): Value => {
          if (name === 'sum.0') return sum;
          if (name === 'sum.1') return elements.includes(0n) ? 1n : 0n;
          if (name === 'sum.2' || name === 'size.1') return BigInt(elements.length);
          if (name === 'has.1') return elements.includes(keys[0] as bigint);
          return entries[keys.join(' ')] ?? 0n;
        };
        const symbols = new Map<string, Value>([
          ['key1', k1],
          ['key2', k2],
          ['witness.0.0', BigInt(negative[0]!)],
          ['witness.0.1', negative.endsWith('true')],
          ['witness.1.0', 0n],
          ['witness.2.0', 0n],
          ['witness.sum.1.sum.2.1.0', 0n],
          // An element that adds more to the one count than to the other.
          ['witness.sum.2.sum.1.1.0', elements.find((element) => element !== 0n) ?? 0n],
        ]);
        const asserted = [
          ...[0, 1, 2].map((i) => le(apply(`sum.${i}`, [], 'Int'), int(3n))),
          ...['key1', 'key2'].map((name) => apply('has.1', [symbol(name, 'Int')], 'Bool')),
          le(apply('size.1', [], 'Int'), int(3n)),
        ];
        const facts = [...factsOf(model, asserted), ...orderFacts(model, asserted)];
        for (const fact of facts) expect(evaluate(fact, { symbols, read })).toBe(true);
      }),
    );
  });
});

describe('instances', () => {
  const NO_KEYS = { first: [], last: [] };
  const person = symbol('someone', 'Did');
  const positive = (account: Formula): Formula => lt(int(0n), apply('field.0.0', [account], 'Int'));
  const everyone: Formula = {
    kind: 'forall',
    variables: [{ name: 'k', sort: 'Did' }],
    body: positive({ kind: 'variable', name: 'k', sort: 'Did' }),
  };

  test('a hypothesis is used at the keys that the goal mentions', () => {
    const ground = instantiate([not(positive(person)), everyone], NO_KEYS);
    expect(writeScript(ground).text).toContain('(not (< 0 v0))');
    const meaning = { ...NOTHING, symbols: new Map([['someone', 'a']]), read: () => 5n };
    expect(ground.every((formula) => evaluate(formula, meaning) === true)).toBe(false);
  });

  test('what must be shown for all is shown for one that nobody chose', () => {
    const ground = instantiate([not(everyone)], NO_KEYS);
    expect(
      ground.some((formula) =>
        JSON.stringify(formula, (_, v: unknown) => (typeof v === 'bigint' ? `${v}` : v)).includes('"some.'),
      ),
    ).toBe(true);
  });
});
