/**
 * Totals of which one is at most so many times another: sums, counts and sizes over keys of one type. Where no key adds
 * more to the one than so many times what it adds to the other, the whole does not either. In: what an obligation says.
 * Out: the keys that would be exceptions, at which hypotheses are instantiated, and the facts.
 */
import { typeText } from '../check/types.ts';
import { type Apply, distinctSum, keysRead, momentsIn, readsOf, termOfSum } from './facts.ts';
import {
  apply,
  childrenOf,
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
  const totals = totalsOf(model);
  if (totals.length < 2) return [];
  const reads = readsOf(formulas);
  const names = reads.map(({ name }) => name);
  const met = meetingsIn(formulas, new Set(totals.map(({ name }) => name)));
  return momentsIn(reads).flatMap((moment) => {
    const read = totals
      .map((total) => ({ total, at: names.indexOf(`${moment}${total.name}`) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at)
      .map(({ total }) => total);
    return pairsOf(read)
      .filter(([less, more]) => isComparable(model, less, more, met))
      .flatMap(([less, more]) => factorsOf(more, met).map((by) => ({ moment, less, more, by })))
      .slice(0, ORDERS_MAX);
  });
}

/** How often each total is taken, and what stands in one comparison: totals, and words of the state. */
type Meetings = {
  readonly factors: ReadonlyMap<string, ReadonlySet<bigint>>;
  readonly compared: readonly ReadonlySet<string>[];
};

function meetingsIn(formulas: readonly Formula[], names: ReadonlySet<string>): Meetings {
  const factors = new Map([...names].map((name) => [name, new Set<bigint>()] as const));
  const compared: ReadonlySet<string>[] = [];
  const inside = new Map<Formula, ReadonlySet<string>>();
  const wordOf = (node: Formula): readonly string[] =>
    node.kind === 'apply' && node.args.length === 0 ? [splitMoment(node.name)[1]] : [];
  visitNodes(formulas, (node) => {
    const found = new Set([...childrenOf(node).flatMap((child) => [...inside.get(child)!]), ...wordOf(node)]);
    inside.set(node, found);
    if (node.kind !== 'op') return;
    const [a, b] = node.args;
    if (found.size > 1 && COMPARISONS.has(node.op) && sortOf(a!) === 'Int') compared.push(found);
    if (node.op !== 'scale' || a?.kind !== 'int') return;
    for (const word of wordOf(b!)) factors.get(word)?.add(a.value < 0n ? -a.value : a.value);
  });
  return { factors, compared };
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
 * Over keys of one type, and something to do with each other: a count and a size, two of one map or set (whose size bounds
 * what is counted in it anyway) where comparisons lead from one to the other, or two that are compared.
 */
function isComparable({ contract }: Model, less: Total, more: Total, { compared }: Meetings): boolean {
  const keysOf = ({ slot }: Total): string => contract.slots[slot]!.keys.map(typeText).join(', ');
  if (keysOf(less) !== keysOf(more)) return false;
  const kinds = [less.kind, more.kind];
  if (less.slot === more.slot) return !kinds.includes('size') && areKin(compared, less, more);
  if (kinds.includes('count') && kinds.includes('size')) return true;
  return compared.some((names) => names.has(less.name) && names.has(more.name));
}

function areKin(compared: Meetings['compared'], less: Total, more: Total): boolean {
  const reached = new Set([less.name]);
  for (const name of reached)
    for (const names of compared) if (names.has(name)) for (const other of names) reached.add(other);
  return reached.has(more.name);
}

/** Once, or as many times as the formulas take it. */
function factorsOf({ name }: Total, { factors }: Meetings): readonly bigint[] {
  return [...new Set([1n, ...factors.get(name)!])].slice(0, FACTORS_MAX);
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
