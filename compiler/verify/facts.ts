/**
 * What is always true of the words an obligation mentions: ranges, absent entries that are zero, sizes, sums,
 * balances, products. In: ground formulas. Out: the facts about their reads, instantiated at their keys.
 */
import { type Guard, type Leaf, leavesOf, type Scalar, type Type } from '../check/types.ts';
import type { Slot } from '../core/core.ts';
import { entryOf, summand } from './clause.ts';
import {
  add,
  and,
  apply,
  eq,
  eqAll,
  FALSE,
  type Formula,
  fits,
  INT_MAX,
  implies,
  int,
  ite,
  le,
  literal,
  lt,
  not,
  numbering,
  ONE,
  or,
  positivePart,
  printFormula,
  scale,
  sortOf,
  sortOfType,
  sub,
  symbol,
  TRUE,
  visitNodes,
  within,
  ZERO,
  zeroOf,
} from './formula.ts';
import { BALANCE_MAX, balanceInBounds } from './ledger.ts';
import type { Model } from './model.ts';
import { freeState } from './model.ts';
import { fieldName, hasName, sizeName, sumName } from './state.ts';

export type Apply = Extract<Formula, { readonly kind: 'apply' }>;

/** The entry that has a negative term, if one has: a sum bounds its entries where there is none. */
export function witnessesOf(model: Model, formulas: readonly Formula[]): readonly (readonly Formula[])[] {
  const reads = readsOf(formulas);
  return model.sums.flatMap((sum, i) =>
    reads.some((read) => read.name === sumName(i)) ? [witness(model, i, sum.slot)] : [],
  );
}

/**
 * For each type of key one value that no entry has: the state is finite, its keys are not. What holds for all keys
 * holds for it, too.
 */
export function absentKeys(model: Model): readonly Formula[] {
  const sorts = new Set(model.contract.slots.flatMap((slot) => slot.keys.map(sortOfType)));
  return [...sorts].filter((sort) => sort !== 'Bool').map((sort) => symbol(`${ABSENT}${sort}`, sort));
}

const ABSENT = 'absent.';

export function factsOf(model: Model, formulas: readonly Formula[]): readonly Formula[] {
  const reads = readsOf(formulas);
  const mentioned = new Set(reads.map((read) => read.name));
  const structure = [
    ...model.contract.slots.flatMap((slot, s) => slotFacts(slot, s, reads, mentioned)),
    ...reads.flatMap(absentFact),
    ...absentIsOther(formulas),
    ...model.sums.flatMap((_, i) => (mentioned.has(sumName(i)) ? sumFacts(model, i, reads) : [])),
    ...model.contract.currencies.flatMap((_, c) => ledgerFacts(model, c, reads)),
    ...arithmeticFacts(reads, constantsIn(formulas)),
  ];
  // The structure's own reads are words, too.
  const all = readsOf([...formulas, ...structure]);
  return unique([...all.flatMap((read) => rangeFact(model, read)), ...structure]);
}

/** Each fact once, and none that says nothing. */
function unique(facts: readonly Formula[]): readonly Formula[] {
  const number = numbering();
  const found = new Map(facts.map((fact) => [number(fact), fact]));
  return [...found.values()].filter((fact) => !(fact.kind === 'bool' && fact.value));
}

/** Each application once, in order of appearance. */
export function readsOf(formulas: readonly Formula[]): readonly Apply[] {
  const number = numbering();
  const found = new Map<number, Apply>();
  visitNodes(formulas, (node) => {
    if (node.kind !== 'apply') return;
    const id = number(node);
    if (!found.has(id)) found.set(id, node);
  });
  return [...found.values()];
}

// ---- state -------------------------------------------------------------------------------------

function rangeFact(model: Model, read: Apply): readonly Formula[] {
  const [kind, index, field] = read.name.split('.');
  if (kind === 'field' && read.sort === 'Int')
    return [rangeOf(read, model.contract.slots[Number(index)]!.fields[Number(field)]!.type)];
  if (kind === 'size') return [within(0n, read, largestSize(model.contract.slots[Number(index)]!))];
  if (kind === 'balance') return [balanceInBounds(read)];
  if (kind === 'total') return [within(0n, read, BALANCE_MAX)];
  return [];
}

/** What a number of the type can be: a tag counts variants, any other is a word. */
export function rangeOf(number: Formula, type: Scalar): Formula {
  return type.kind === 'Tag' ? within(0n, number, BigInt(type.variants.length - 1)) : fits(number);
}

/** Of the words of one value: what belongs to a variant that it is not is zero. */
export function variantFacts(leaves: readonly Leaf[], word: (index: number) => Formula): readonly Formula[] {
  return leaves.flatMap((leaf, index) => {
    if (leaf.guards.length === 0) return [];
    const held = ({ tag, variant }: Guard): Formula => eq(word(tag), int(BigInt(variant)));
    return [or(and(...leaf.guards.map(held)), eq(word(index), zeroOf(sortOfType(leaf.type))))];
  });
}

/** What is known of the words of a value of the type: ranges of tags, zeros of other variants. */
export function choiceFacts(type: Type, word: (index: number) => Formula): readonly Formula[] {
  const leaves = leavesOf(type);
  const tags = leaves.flatMap((leaf, index) =>
    leaf.type.kind === 'Tag' ? [rangeOf(word(index), leaf.type)] : [],
  );
  return [...tags, ...variantFacts(leaves, word)];
}

/** A set of truth values alone runs out of them. */
function largestSize(slot: Slot): bigint {
  return BigInt(onlyBools(slot) ? Math.min(slot.capacity, 2 ** slot.keys.length) : slot.capacity);
}

function onlyBools({ keys }: Slot): boolean {
  return keys.every((key) => key.kind === 'Bool');
}

/**
 * It is nobody whom the call or the code names: there are always others. Witnesses of existentials are left out, for
 * one may have been chosen to be this very key.
 */
function absentIsOther(formulas: readonly Formula[]): readonly Formula[] {
  const atoms = new Map<string, Formula>();
  visitNodes(formulas, (node) => {
    if (isAbsent(node) || isNamed(node)) atoms.set(printFormula(node), node);
  });
  const named = [...atoms.values()].filter(isNamed);
  return [...atoms.values()]
    .filter(isAbsent)
    .flatMap((key) =>
      named.filter((other) => sortOf(other) === sortOf(key)).map((other) => not(eq(key, other))),
    );
}

function isNamed(key: Formula): boolean {
  if (key.kind !== 'symbol') return key.kind === 'literal';
  return key.name.startsWith('parameter.') || ['self', 'caller', 'creator', 'victim'].includes(key.name);
}

function isAbsent(key: Formula): boolean {
  return key.kind === 'symbol' && key.name.startsWith(ABSENT);
}

function absentFact(read: Apply): readonly Formula[] {
  const isState = read.name.startsWith('field.') || read.name.startsWith('has.');
  const absent = read.args.some(isAbsent);
  return isState && absent ? [eq(read, zeroOf(read.sort))] : [];
}

function slotFacts(
  slot: Slot,
  s: number,
  reads: readonly Apply[],
  mentioned: ReadonlySet<string>,
): readonly Formula[] {
  const values = keysRead(
    reads,
    slot.fields.flatMap((leaf, f) => (leaf.guards.length > 0 ? [fieldName(s, f)] : [])),
  ).flatMap((keys) =>
    variantFacts(slot.fields, (f) => apply(fieldName(s, f), keys, sortOfType(slot.fields[f]!.type))),
  );
  return [...values, ...entryFacts(slot, s, reads, mentioned)];
}

function entryFacts(
  slot: Slot,
  s: number,
  reads: readonly Apply[],
  mentioned: ReadonlySet<string>,
): readonly Formula[] {
  if (slot.kind === 'set') return mentioned.has(sizeName(s)) ? sizeFacts(slot, s, reads) : [];
  if (slot.kind !== 'map' || !mentioned.has(hasName(s))) return [];
  // A key without an entry reads as zero.
  return keysRead(reads, [hasName(s), ...slot.fields.map((_, f) => fieldName(s, f))]).map((keys) => {
    const zeros = slot.fields.map((field, f) => {
      const sort = sortOfType(field.type);
      return eq(apply(fieldName(s, f), keys, sort), zeroOf(sort));
    });
    return or(apply(hasName(s), keys, 'Bool'), and(...zeros));
  });
}

/** Distinct elements of a set are at most as many as its size; where all that there can be are few, just as many. */
function sizeFacts(slot: Slot, s: number, reads: readonly Apply[]): readonly Formula[] {
  const size = apply(sizeName(s), [], 'Int');
  const counted = (keys: readonly (readonly Formula[])[]): Formula =>
    distinctSum(
      keys,
      keys.map((key) => ite(apply(hasName(s), key, 'Bool'), ONE, ZERO)),
    );
  const few = onlyBools(slot) && 2 ** slot.keys.length <= DISTINCT_MAX;
  return [
    le(counted(keysRead(reads, [hasName(s)])), size),
    ...(few ? [eq(size, counted(truthValues(slot.keys.length)))] : []),
  ];
}

/** Every tuple of that many truth values. */
function truthValues(count: number): readonly (readonly Formula[])[] {
  if (count === 0) return [[]];
  return truthValues(count - 1).flatMap((rest) => [
    [...rest, FALSE],
    [...rest, TRUE],
  ]);
}

function sumFacts(model: Model, i: number, reads: readonly Apply[]): readonly Formula[] {
  const sum = model.sums[i]!;
  const slot = model.contract.slots[sum.slot]!;
  const state = freeState(model);
  const term = (keys: readonly Formula[]): Formula => {
    const value = summand(model, sum, keys, entryOf(model, state, sum.slot, keys));
    return slot.kind === 'set' ? ite(apply(hasName(sum.slot), keys, 'Bool'), value, ZERO) : value;
  };
  const keys = keysRead(reads, [hasName(sum.slot), ...slot.fields.map((_, f) => fieldName(sum.slot, f))]);
  const bound = le(distinctSum(keys, keys.map(term)), apply(sumName(i), [], 'Int'));
  return [or(lt(term(witness(model, i, sum.slot)), ZERO), bound)];
}

function witness(model: Model, sum: number, slot: number): readonly Formula[] {
  return model.contract.slots[slot]!.keys.map((key, i) => symbol(`witness.${sum}.${i}`, sortOfType(key)));
}

const DISTINCT_MAX = 8;

/** The sum over keys that may coincide, each distinct one counted once. */
function distinctSum(keys: readonly (readonly Formula[])[], terms: readonly Formula[]): Formula {
  let sum: Formula = ZERO;
  keys.slice(0, DISTINCT_MAX).forEach((key, i) => {
    const seen = or(...keys.slice(0, i).map((earlier) => eqAll(earlier, key)));
    sum = add(sum, ite(seen, ZERO, terms[i]!));
  });
  return sum;
}

/** The keys at which any of these is read, each once. */
function keysRead(reads: readonly Apply[], names: readonly string[]): readonly (readonly Formula[])[] {
  const number = numbering();
  const found = new Map<string, readonly Formula[]>();
  for (const read of reads) {
    const key = read.args.map(number).join(' ');
    if (names.includes(read.name) && !found.has(key)) found.set(key, read.args);
  }
  return [...found.values()];
}

// ---- ledger ------------------------------------------------------------------------------------

function ledgerFacts(model: Model, c: number, reads: readonly Apply[]): readonly Formula[] {
  const issued = model.contract.currencies[c]!.kind === 'issued';
  const facts = reads
    .filter((read) => [`floor.${c}`, `floor.${c}${NEXT}`].includes(read.name))
    .flatMap(floorFacts);
  for (const moment of ['', NEXT]) {
    const balances = reads.filter((read) => read.name === `balance.${c}${moment}`);
    for (const balance of balances) {
      const account = balance.args[0]!;
      facts.push(implies(eq(account, SELF), le(ZERO, balance)));
      facts.push(implies(eq(account, zeroOf('Did')), eq(balance, ZERO)));
      if (issued) facts.push(le(ZERO, balance));
    }
    facts.push(...circulation(`total.${c}${moment}`, balances));
  }
  return facts;
}

function floorFacts(floor: Apply): Formula[] {
  return [le(floor, ZERO), implies(eq(floor.args[0]!, zeroOf('Did')), eq(floor, ZERO))];
}

/** Distinct positive balances add up to at most what circulates; so do, of a mutual currency, the negative ones. */
function circulation(totalName: string, balances: readonly Apply[]): readonly Formula[] {
  if (balances.length === 0) return [];
  const keys = balances.map((balance) => balance.args);
  const total = apply(totalName, [], 'Int');
  const owed = balances.map((balance) => positivePart(scale(-1n, balance)));
  return [le(distinctSum(keys, balances.map(positivePart)), total), le(distinctSum(keys, owed), total)];
}

/** Names what belongs to the moment after an environment step. */
export const NEXT = "'";
export const SELF = symbol('self', 'Did');
export const CALLER = symbol('caller', 'Did');
export const CREATOR = symbol('creator', 'Did');

/** Who can stand where, and that time is a time. `now` and `block` are the symbols of one moment. */
export function environmentFacts(now: Formula, block: Formula): readonly Formula[] {
  const nobody = literal('Did', '');
  return [
    not(eq(SELF, nobody)),
    not(eq(CALLER, nobody)),
    not(eq(CALLER, SELF)),
    not(eq(CREATOR, nobody)),
    not(eq(CREATOR, SELF)),
    within(0n, now, 2n ** 63n - 1n),
    within(0n, block, 2n ** 63n - 1n),
  ];
}

// ---- arithmetic --------------------------------------------------------------------------------

function arithmeticFacts(reads: readonly Apply[], constants: readonly bigint[]): readonly Formula[] {
  const products = reads.filter((read) => read.name === 'product');
  const quotients = reads.filter((read) => read.name === 'quotient');
  const inside = quotients.map((q) => apply('product', [q.args[1]!, q], 'Int') as Apply);
  const all = [...products, ...inside];
  return [
    ...all.flatMap(productFacts),
    ...all.flatMap((p) => boundFacts(p, constants)),
    ...quotients.flatMap((q, i) => quotientFacts(q, inside[i]!)),
    ...all.flatMap((p, i) => all.slice(0, i).flatMap((q) => monotoneFacts(p, q))),
  ];
}

/** Sign, unit and bound of one product. */
function productFacts(p: Apply): readonly Formula[] {
  const [a, b] = p.args as [Formula, Formula];
  const sameSign = or(and(lt(ZERO, a), lt(ZERO, b)), and(lt(a, ZERO), lt(b, ZERO)));
  const otherSign = or(and(lt(ZERO, a), lt(b, ZERO)), and(lt(a, ZERO), lt(ZERO, b)));
  return [
    eqv(eq(p, ZERO), or(eq(a, ZERO), eq(b, ZERO))),
    eqv(lt(ZERO, p), sameSign),
    eqv(lt(p, ZERO), otherSign),
    implies(eq(a, ONE), eq(p, b)),
    implies(eq(b, ONE), eq(p, a)),
    implies(eq(a, int(-1n)), eq(p, scale(-1n, b))),
    implies(eq(b, int(-1n)), eq(p, scale(-1n, a))),
    or(eq(p, ZERO), and(le(absolute(a), absolute(p)), le(absolute(b), absolute(p)))),
  ];
}

/** Factors within constants that the obligation speaks of give a product within the product of those. */
function boundFacts(p: Apply, constants: readonly bigint[]): readonly Formula[] {
  const [a, b] = p.args as [Formula, Formula];
  return constants.flatMap((m) =>
    constants.flatMap((n) => [
      implies(and(le(absolute(a), int(m)), le(absolute(b), int(n))), le(absolute(p), int(m * n))),
      implies(and(le(int(m), absolute(a)), le(int(n), absolute(b))), le(int(m * n), absolute(p))),
    ]),
  );
}

const BOUNDS_MAX = 6;

/** The sizes that the formulas compare with, in order of appearance. */
function constantsIn(formulas: readonly Formula[]): readonly bigint[] {
  const found = new Set<bigint>();
  visitNodes(formulas, (node) => {
    if (node.kind === 'int' && node.value !== 0n) found.add(node.value < 0n ? -node.value : node.value);
  });
  return [...found].filter((size) => size > 1n && size < INT_MAX).slice(0, BOUNDS_MAX);
}

/** `a = b * q + r` with `|r| < |b|` and the sign of `a`. */
function quotientFacts(q: Apply, product: Apply): readonly Formula[] {
  const [a, b] = q.args as [Formula, Formula];
  const rest = sub(a, product);
  const sign = ite(le(ZERO, a), le(ZERO, rest), le(rest, ZERO));
  return [or(eq(b, ZERO), and(lt(absolute(rest), absolute(b)), sign))];
}

/** Two products with a factor in common are ordered as their other factors. */
function monotoneFacts(p: Apply, q: Apply): readonly Formula[] {
  const facts: Formula[] = [];
  for (const [i, j] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const) {
    const common = eq(p.args[i]!, q.args[j]!);
    if (common.kind === 'bool' && !common.value) continue;
    const [x, y, by] = [p.args[1 - i]!, q.args[1 - j]!, p.args[i]!];
    facts.push(implies(and(common, le(ZERO, by), le(x, y)), le(p, q)));
    facts.push(implies(and(common, le(ZERO, by), le(y, x)), le(q, p)));
    facts.push(implies(and(common, le(by, ZERO), le(x, y)), le(q, p)));
    facts.push(implies(and(common, le(by, ZERO), le(y, x)), le(p, q)));
  }
  return facts;
}

function eqv(a: Formula, b: Formula): Formula {
  return eq(a, b);
}

function absolute(a: Formula): Formula {
  return ite(le(ZERO, a), a, scale(-1n, a));
}
