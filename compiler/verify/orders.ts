/**
 * Totals of which one is at most so many times another: sums, counts and sizes over keys of one type. Where no key adds
 * more to the one than so many times what it adds to the other, the whole does not either. In: what an obligation says.
 * Out: the keys that would be exceptions, at which hypotheses are instantiated, and the facts.
 */
import { typeText } from '../check/types.ts';
import { type Apply, distinctSum, keysRead, momentsIn, readsOf, termOfSum } from './facts.ts';
import {
  apply,
  type Formula,
  ite,
  le,
  lt,
  ONE,
  or,
  scale,
  sortOf,
  sortOfType,
  sub,
  symbol,
  visitNodes,
  ZERO,
} from './formula.ts';
import type { Model } from './model.ts';
import { fieldName, hasName, type MomentName, sizeName, splitMoment, sumName } from './state.ts';

type Moment = MomentName | '';
type Key = readonly Formula[];

/** What is added up: over the entries of a map, or over the elements of a set. */
type Total = {
  readonly kind: 'sum' | 'count' | 'size';
  readonly name: string;
  readonly slot: number;
  readonly term: (moment: Moment, key: Key) => Formula;
};
type Order = { readonly moment: Moment; readonly less: Total; readonly more: Total; readonly by: bigint };

/** Facts grow with the square of the totals that are read. */
const ORDERS_MAX = 8;
const FACTORS_MAX = 3;

/** The keys at which an order may not hold. */
export function exceptionsOf(model: Model, formulas: readonly Formula[]): readonly Formula[] {
  return ordersOf(model, formulas).flatMap((order) => exceptionOf(model, order));
}

export function orderFacts(model: Model, formulas: readonly Formula[]): readonly Formula[] {
  const reads = readsOf(formulas);
  return ordersOf(model, formulas).map((order) => orderFact(model, order, reads));
}

// ---- private -----------------------------------------------------------------------------------

/** Of two totals that are read at one moment, each by the other; those that are read first come first. */
function ordersOf(model: Model, formulas: readonly Formula[]): readonly Order[] {
  const reads = readsOf(formulas);
  const names = reads.map(({ name }) => name);
  const totals = totalsOf(model);
  const compared = comparisonsIn(formulas);
  return momentsIn(reads).flatMap((moment) => {
    const read = totals
      .map((total) => ({ total, at: names.indexOf(`${moment}${total.name}`) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at)
      .map(({ total }) => total);
    return pairsOf(read)
      .filter(([less, more]) => isComparable(model, less, more, compared))
      .flatMap(([less, more]) => factorsOf(more, formulas).map((by) => ({ moment, less, more, by })))
      .slice(0, ORDERS_MAX);
  });
}

/** What is read in each comparison of numbers. */
function comparisonsIn(formulas: readonly Formula[]): readonly ReadonlySet<string>[] {
  const found: ReadonlySet<string>[] = [];
  visitNodes(formulas, (node) => {
    if (node.kind !== 'op' || !COMPARISONS.has(node.op) || sortOf(node.args[0]!) !== 'Int') return;
    found.push(new Set(readsOf(node.args).map(({ name }) => splitMoment(name)[1])));
  });
  return found;
}

const COMPARISONS: ReadonlySet<string> = new Set(['eq', 'le', 'lt']);

/** Each with each of those before it, both ways. */
function pairsOf(totals: readonly Total[]): readonly (readonly [Total, Total])[] {
  return totals.flatMap((a, i) => totals.slice(0, i).flatMap((b) => [[a, b] as const, [b, a] as const]));
}

function totalsOf(model: Model): readonly Total[] {
  const sums = model.sums.map(
    ({ kind, slot }, i): Total => ({
      kind,
      name: sumName(i),
      slot,
      term: (moment, key) => termOfSum(model, moment, i, key),
    }),
  );
  const sizes = model.contract.slots.flatMap(({ kind }, slot): readonly Total[] => {
    const has = (moment: Moment, key: Key): Formula => apply(`${moment}${hasName(slot)}`, key, 'Bool');
    return kind === 'set'
      ? [
          {
            kind: 'size',
            name: sizeName(slot),
            slot,
            term: (moment, key) => ite(has(moment, key), ONE, ZERO),
          },
        ]
      : [];
  });
  return [...sums, ...sizes];
}

/**
 * Over keys of one type, and something to do with each other: of one map or set (whose size bounds what is counted in it
 * anyway), a count and a size, or compared.
 */
function isComparable(
  { contract }: Model,
  less: Total,
  more: Total,
  compared: readonly ReadonlySet<string>[],
): boolean {
  const keysOf = ({ slot }: Total): string => contract.slots[slot]!.keys.map(typeText).join(', ');
  if (keysOf(less) !== keysOf(more)) return false;
  const kinds = new Set([less.kind, more.kind]);
  if (less.slot === more.slot) return !kinds.has('size');
  if (kinds.has('count') && kinds.has('size')) return true;
  return compared.some((names) => names.has(less.name) && names.has(more.name));
}

/** Once, or as many times as the formulas take it. */
function factorsOf({ name }: Total, formulas: readonly Formula[]): readonly bigint[] {
  const factors = new Set([1n]);
  visitNodes(formulas, (node) => {
    const [by, of] = node.kind === 'op' && node.op === 'scale' ? node.args : [];
    if (by?.kind !== 'int' || of?.kind !== 'apply' || splitMoment(of.name)[1] !== name) return;
    factors.add(by.value < 0n ? -by.value : by.value);
  });
  return [...factors].slice(0, FACTORS_MAX);
}

function exceptionOf({ contract }: Model, { moment, less, more, by }: Order): Key {
  return contract.slots[less.slot]!.keys.map((key, k) =>
    symbol(`${moment}witness.${less.name}.${more.name}.${by}.${k}`, sortOfType(key)),
  );
}

/** Unless there is an exception: all keys but those at which something is read add no more either. */
function orderFact(model: Model, order: Order, reads: readonly Apply[]): Formula {
  const { moment, less, more, by } = order;
  const names = [less, more].flatMap(({ slot }) => [
    `${moment}${hasName(slot)}`,
    ...model.contract.slots[slot]!.fields.map((_, field) => `${moment}${fieldName(slot, field)}`),
  ]);
  const keys = keysRead(reads, names);
  const rest = ({ name, term }: Total): Formula => {
    const terms = keys.map((key) => term(moment, key));
    return sub(apply(`${moment}${name}`, [], 'Int'), distinctSum(keys, terms));
  };
  const exception = exceptionOf(model, order);
  const [one, other] = [less.term(moment, exception), more.term(moment, exception)];
  return or(lt(scale(by, other), one), le(rest(less), scale(by, rest(more))));
}
