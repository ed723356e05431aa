/**
 * Planted facts: each is nearly one of those in `facts.ts` and `sequence.ts`, and wrong. In: the flaws that a test has
 * switched on, and what an obligation says. Out: what is asserted besides; nothing where no flaw is on.
 *
 * What no run can show has none: mandates and freezing, which the host does not have yet; that a clause is defined, since
 * nothing judges one that is not; what times can be; that others deploy contracts in `later`.
 */
import { type Apply, allKeys, distinctSum, isAbsent, keysRead, readsOf, SELF, termOfSum } from './facts.ts';
import type { Flaw } from './flaws.ts';
import {
  absolute,
  add,
  and,
  apply,
  eq,
  type Formula,
  INT_MAX,
  implies,
  int,
  isListSort,
  ite,
  le,
  lt,
  multiply,
  not,
  ONE,
  or,
  positivePart,
  scale,
  sortOf,
  sortOfType,
  visitNodes,
  ZERO,
  zeroOf,
} from './formula.ts';
import { balanceOf } from './ledger.ts';
import type { Model, SumExpression } from './model.ts';
import type { Passive } from './passive.ts';
import { isHash, lengthOf, partsOf } from './sequence.ts';
import { balanceName, fieldName, hasName, sizeName, sumName, totalName } from './state.ts';

/** What the wrong facts speak of: each read, symbol and comparison of sequences once, and the call. */
type Said = {
  readonly model: Model;
  readonly walk: Passive | null;
  readonly reads: readonly Apply[];
  readonly symbols: readonly SymbolFormula[];
  readonly compared: readonly (readonly [Formula, Formula])[];
};
type SymbolFormula = Extract<Formula, { readonly kind: 'symbol' }>;
type Wrong = (said: Said) => readonly Formula[];

export function plantedFacts(
  model: Model,
  walk: Passive | null,
  formulas: readonly Formula[],
): readonly Formula[] {
  const wrong = [...model.flaws].flatMap((flaw) => PLANTED[flaw] ?? []);
  if (wrong.length === 0) return [];
  const said: Said = { model, walk, reads: readsOf(formulas), ...partsIn(formulas) };
  return wrong.flatMap((facts) => facts(said));
}

// ---- private -----------------------------------------------------------------------------------

function partsIn(formulas: readonly Formula[]): Pick<Said, 'symbols' | 'compared'> {
  const symbols = new Map<string, SymbolFormula>();
  const compared: (readonly [Formula, Formula])[] = [];
  visitNodes(formulas, (node) => {
    if (node.kind === 'symbol') symbols.set(node.name, node);
    if (node.kind === 'op' && node.op === 'eq') compared.push(node.args as [Formula, Formula]);
  });
  return { symbols: [...symbols.values()], compared };
}

/** Reads of the state before the call, and functions. */
function readsAt({ reads }: Said, kind: string): readonly Apply[] {
  return reads.filter(({ name }) => name === kind || name.startsWith(`${kind}.`));
}

function pairs<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((a, i) => items.slice(0, i).map((b) => [a, b] as const));
}

function has(slot: number, key: readonly Formula[]): Formula {
  return apply(hasName(slot), key, 'Bool');
}

function sizeOf(slot: number): Formula {
  return apply(sizeName(slot), [], 'Int');
}

// ---- state -------------------------------------------------------------------------------------

function fieldOf({ model }: Said, { name }: Apply) {
  const [, slot, field] = name.split('.').map(Number);
  return model.contract.slots[slot!]!.fields[field!]!;
}

const STATE: { readonly [flaw in Flaw]?: Wrong } = {
  lastVariantForgotten: (said) =>
    readsAt(said, 'field').flatMap((read) => {
      const { type } = fieldOf(said, read);
      return type.kind === 'Tag' ? [lt(read, int(BigInt(type.variants.length - 1)))] : [];
    }),
  variantWordsZero: (said) =>
    readsAt(said, 'field')
      .filter((read) => fieldOf(said, read).guards.length > 0)
      .map((read) => eq(read, zeroOf(read.sort))),
  entriesNotZero: ({ model, reads }) =>
    model.contract.slots.flatMap(({ kind, fields: [field, ...others] }, s) => {
      if (kind !== 'map' || others.length > 0) return [];
      const sort = sortOfType(field!.type);
      const isZero = (key: readonly Formula[]): Formula =>
        eq(apply(fieldName(s, 0), key, sort), zeroOf(sort));
      return keysRead(reads, [hasName(s)]).map((key) => implies(has(s, key), not(isZero(key))));
    }),
  setsHaveRoom: (said) =>
    readsAt(said, 'size').map((size) => {
      const slot = Number(size.name.split('.')[1]);
      return lt(size, int(BigInt(said.model.contract.slots[slot]!.capacity)));
    }),
  keysNeverMeet: ({ model, reads }) =>
    model.contract.slots.flatMap(({ kind }, s) => {
      const keys = kind === 'set' ? keysRead(reads, [hasName(s)]) : [];
      return [le(keys.map((key) => ite(has(s, key), ONE, ZERO)).reduce(add, ZERO), sizeOf(s))];
    }),
  numbersNeverLargest: (said) =>
    [
      ...readsAt(said, 'field').filter(({ sort }) => sort === 'Int'),
      ...said.symbols.filter(({ name, sort }) => sort === 'Int' && name.startsWith('parameter.')),
    ].map((number) => lt(number, int(INT_MAX))),
  absentKeysNamed: ({ symbols }) =>
    symbols
      .filter(isAbsent)
      .flatMap((key) =>
        symbols
          .filter(({ name, sort }) => sort === key.sort && name.startsWith('parameter.'))
          .map((other) => eq(key, other)),
      ),
};

// ---- sums --------------------------------------------------------------------------------------

type Summed = {
  readonly sum: SumExpression;
  readonly whole: Formula;
  /** Where something of it is read. */
  readonly keys: readonly (readonly Formula[])[];
  readonly term: (key: readonly Formula[]) => Formula;
};

function ofSums(fact: (summed: Summed, said: Said) => readonly Formula[]): Wrong {
  return (said) =>
    said.model.sums.flatMap((sum, i) => {
      if (!said.reads.some(({ name }) => name === sumName(i))) return [];
      const { slot } = sum;
      const fields = said.model.contract.slots[slot]!.fields.map((_, f) => fieldName(slot, f));
      const keys = keysRead(said.reads, [hasName(slot), ...fields]);
      const term = (key: readonly Formula[]): Formula => termOfSum(said.model, '', i, key);
      return fact({ sum, whole: apply(sumName(i), [], 'Int'), keys, term }, said);
    });
}

const SUMS: { readonly [flaw in Flaw]?: Wrong } = {
  sumsBoundTerms: ofSums(({ keys, term, whole }) => keys.map((key) => le(term(key), whole))),
  termsCountedTwice: ofSums(({ keys, term, whole }) => {
    const terms = keys.map(term);
    return [implies(and(...terms.map((one) => le(ZERO, one))), le(terms.reduce(add, ZERO), whole))];
  }),
  fewKeysForgetOne: ofSums(({ sum, term, whole }, { model }) => {
    const keys = allKeys(model.contract.slots[sum.slot]!).slice(0, -1);
    return keys.length === 0 ? [] : [eq(whole, distinctSum(keys, keys.map(term)))];
  }),
  sumsOrdered: ({ model, reads }) =>
    pairs(
      model.sums.flatMap((sum, i) => (reads.some(({ name }) => name === sumName(i)) ? [{ ...sum, i }] : [])),
    )
      .filter(([a, b]) => a.slot === b.slot)
      .flatMap(([a, b]) => {
        const [x, y] = [a, b].map(({ i }) => apply(sumName(i), [], 'Int')) as [Formula, Formula];
        return [a.kind === 'count' ? le(x, y) : le(y, x)];
      }),
  countsAreComplements: ofSums(({ sum, term, whole, keys }, { model }) => {
    if (sum.kind !== 'count' || model.contract.slots[sum.slot]!.kind !== 'set') return [];
    const isOut = (key: readonly Formula[]): Formula => and(has(sum.slot, key), eq(term(key), ZERO));
    const others = distinctSum(
      keys,
      keys.map((key) => ite(isOut(key), ONE, ZERO)),
    );
    return [eq(add(whole, others), sizeOf(sum.slot))];
  }),
};

// ---- ledger ------------------------------------------------------------------------------------

const LEDGER: { readonly [flaw in Flaw]?: Wrong } = {
  emptyAtInit: ({ model, walk }) =>
    walk?.fn.kind === 'init'
      ? model.contract.currencies.map((_, c) => eq(balanceOf(model, walk.before, c, SELF), ZERO))
      : [],
  amountsPositive: ({ walk }) =>
    (walk?.fn.locals ?? []).flatMap(({ type }, i) => {
      const value = walk!.locals[i];
      return type.kind === 'Amount' && value !== undefined ? [le(ZERO, value)] : [];
    }),
  contractsAreRich: (said) =>
    readsAt(said, 'balance').map((balance) => implies(eq(balance.args[0]!, SELF), lt(ZERO, balance))),
  balancesSmall: (said) => readsAt(said, 'balance').map((balance) => le(balance, int(2n))),
  creditsSmall: (said) => readsAt(said, 'floor').map((floor) => le(int(-2n), floor)),
  accountsNeverMeet: (said) =>
    said.model.contract.currencies.map((_, c) => {
      const balances = readsAt(said, 'balance').filter(({ name }) => name === balanceName(c));
      return le(balances.map(positivePart).reduce(add, ZERO), apply(totalName(c), [], 'Int'));
    }),
};

// ---- numbers -----------------------------------------------------------------------------------

function ofEach(kind: string, fact: (read: Apply, a: Formula, b: Formula, c: Formula) => Formula): Wrong {
  return (said) =>
    readsAt(said, kind).map((read) => {
      const [a, b, c] = read.args as [Formula, Formula, Formula];
      return fact(read, a, b, c);
    });
}

/** Of the two factors each in its turn. */
function ofFactors(fact: (product: Apply, a: Formula, b: Formula) => readonly Formula[]): Wrong {
  return (said) =>
    readsAt(said, 'product').flatMap((product) => {
      const [a, b] = product.args as [Formula, Formula];
      return [...fact(product, a, b), ...fact(product, b, a)];
    });
}

/** The parts of a sum of two, and the function that it is. */
function partsOfSum(a: Formula): readonly [Formula, Formula, isDifference: boolean] | null {
  if (a.kind !== 'op' || (a.op !== 'add' && a.op !== 'sub')) return null;
  return [a.args[0]!, a.args[1]!, a.op === 'sub'];
}

const SMALL = int(3n);

const NUMBERS: { readonly [flaw in Flaw]?: Wrong } = {
  productsNotNegative: ofEach('product', (p) => le(ZERO, p)),
  productsGrow: ofFactors((p, a) => [le(absolute(a), absolute(p))]),
  productsOfMinusOne: ofFactors((p, a, b) => [implies(eq(a, int(-1n)), eq(p, b))]),
  productBoundsForgetSigns: ofFactors((p, a, b) => [implies(and(le(a, ZERO), le(b, ZERO)), le(p, ZERO))]),
  productsOrdered: (said) =>
    pairs(readsAt(said, 'product')).flatMap(([p, q]) => {
      const [[a, x], [b, y]] = [p.args, q.args] as [[Formula, Formula], [Formula, Formula]];
      const ordered = ite(lt(x, y), le(p, q), le(q, p));
      return [implies(eq(a, b), ordered), implies(eq(x, y), ite(lt(a, b), le(p, q), le(q, p)))];
    }),
  productsForgetRest: ofFactors((p, a, b) => {
    const parts = partsOfSum(a);
    return parts === null ? [] : [eq(p, multiply(parts[0], b))];
  }),
  productsForgetMinus: ofFactors((p, a, b) => {
    const parts = partsOfSum(a);
    return parts === null || !parts[2] ? [] : [eq(p, add(multiply(parts[0], b), multiply(parts[1], b)))];
  }),
  scaledForgetsSigns: ofFactors((p, a, b) => [implies(le(b, SMALL), le(p, scale(3n, a)))]),
  quotientsRoundDown: ofEach('quotient', (q, a, b) => or(eq(b, ZERO), le(multiply(b, q), a))),
  quotientsHalve: ofEach('quotient', (q, a, b) => or(eq(b, ZERO), le(scale(2n, absolute(q)), absolute(a)))),
  quotientsOrdered: (said) =>
    pairs(readsAt(said, 'quotient')).map(([q, r]) => {
      const [a, b] = q.args as [Formula, Formula];
      const [c, d] = r.args as [Formula, Formula];
      return implies(and(eq(a, c), lt(ZERO, b), lt(ZERO, d)), ite(le(b, d), le(r, q), le(q, r)));
    }),
  sharesExact: ofEach('mulDiv', (read, a, b, c) => or(le(c, ZERO), eq(multiply(c, read), multiply(a, b)))),
  sharesWithinWhole: ofEach('mulDiv', (read, a, _, c) => or(le(c, ZERO), le(read, a))),
  rootsExact: ofEach('isqrt', (root, x) => eq(multiply(root, root), x)),
  powersGrow: ofEach('pow', (power, a) => implies(lt(ZERO, a), le(a, power))),
  powersOfZero: ofEach('pow', (power, a) => implies(eq(a, ZERO), eq(power, ZERO))),
};

// ---- sequences and hashes ----------------------------------------------------------------------

function isFullLength({ args: [a] }: Apply): Formula {
  return int(isListSort(sortOf(a!)) ? 3n : 1024n);
}

function hashesIn({ reads }: Said): readonly Apply[] {
  return reads.filter(isHash);
}

const SEQUENCES: { readonly [flaw in Flaw]?: Wrong } = {
  sequencesNotFull: (said) => readsAt(said, 'length').map((length) => lt(length, isFullLength(length))),
  nothingEmpty: (said) => readsAt(said, 'length').map((length) => lt(ZERO, length)),
  bytesSmall: (said) => readsAt(said, 'at.Bytes').map((byte) => le(byte, int(96n))),
  elementsNotNegative: (said) =>
    readsAt(said, 'at')
      .filter(({ sort }) => sort === 'Int')
      .map((element) => le(ZERO, element)),
  lengthsTellAll: ({ compared }) =>
    compared
      .filter(([a]) => isListSort(sortOf(a)) || sortOf(a) === 'Bytes')
      .map(([a, b]) => implies(eq(lengthOf(a), lengthOf(b)), eq(a, b))),
  joinedAlike: ({ reads }) =>
    pairs(reads.filter((read) => partsOf(read, 'concat') !== null)).map(([a, b]) =>
      a.name === b.name ? implies(eq(a, b), eq(a.args[0]!, b.args[0]!)) : not(eq(ONE, ZERO)),
    ),
  typesHashApart: (said) =>
    pairs(hashesIn(said)).flatMap(([a, b]) => (a.name === b.name ? [] : [not(eq(a, b))])),
  writtenHashesUnique: (said) =>
    pairs(hashesIn(said)).flatMap(([a, b]) =>
      (a.args[0]!.kind === 'literal') === (b.args[0]!.kind === 'literal') ? [] : [not(eq(a, b))],
    ),
};

/** Of elements of sets, by the loops that have them. */
const ELEMENTS: { readonly [flaw in Flaw]?: Wrong } = {
  elementsOnlyOnce: ({ symbols }) =>
    pairs(symbols.filter(({ name }) => name.includes('.element.'))).flatMap(([a, b]) =>
      a.sort === b.sort ? [not(eq(a, b))] : [],
    ),
};

const PLANTED: { readonly [flaw in Flaw]?: Wrong } = {
  ...STATE,
  ...SUMS,
  ...LEDGER,
  ...NUMBERS,
  ...SEQUENCES,
  ...ELEMENTS,
};
