/**
 * What is always true of the words an obligation mentions: ranges, absent entries that are zero, sizes, sums,
 * balances, products. In: ground formulas. Out: the facts about their reads, instantiated at their keys.
 */
import { type Guard, type Leaf, leavesOf, type Scalar, type Type } from '../check/types.ts';
import type { Slot } from '../core/core.ts';
import { entryOf, summand } from './clause.ts';
import {
  absolute,
  add,
  and,
  apply,
  eq,
  eqAll,
  type Formula,
  fits,
  INT_MAX,
  implies,
  int,
  ite,
  le,
  literal,
  lt,
  multiply,
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
  tuplesOf,
  valuesOf,
  visitNodes,
  within,
  ZERO,
  zeroOf,
} from './formula.ts';
import { BALANCE_MAX, balanceInBounds } from './ledger.ts';
import type { Model } from './model.ts';
import { momentState } from './model.ts';
import { sequenceFacts } from './sequence.ts';
import { fieldName, hasName, type MomentName, sizeName, splitMoment, sumName } from './state.ts';

export type Apply = Extract<Formula, { readonly kind: 'apply' }>;

/** The entry that has a negative term, if one has: a sum bounds its entries where there is none. */
export function witnessesOf(model: Model, formulas: readonly Formula[]): readonly (readonly Formula[])[] {
  const reads = readsOf(formulas);
  const mentioned = new Set(reads.map(({ name }) => name));
  return momentsIn(reads).flatMap((moment) =>
    model.sums.flatMap((sum, i) =>
      mentioned.has(`${moment}${sumName(i)}`) ? [witness(moment, model, i, sum.slot)] : [],
    ),
  );
}

/**
 * For each type of key one value that no entry has: the state is finite, its keys are not. What holds for all keys
 * holds for it, too.
 */
export function absentKeys(model: Model): readonly Formula[] {
  const keyed = model.contract.slots.filter(({ kind }) => kind !== 'list');
  const sorts = new Set(keyed.flatMap((slot) => slot.keys.map(sortOfType)));
  return [...sorts].filter((sort) => sort !== 'Bool').map((sort) => symbol(`${ABSENT}${sort}`, sort));
}

const ABSENT = 'absent.';

export function factsOf(model: Model, formulas: readonly Formula[]): readonly Formula[] {
  const reads = readsOf(formulas);
  const mentioned = new Set(reads.map((read) => read.name));
  const moments = momentsIn(reads);
  const structure = [
    ...moments.flatMap((moment) => [
      ...model.contract.slots.flatMap((slot, s) => slotFacts(moment, slot, s, reads, mentioned)),
      ...model.sums.flatMap((_, i) =>
        mentioned.has(`${moment}${sumName(i)}`) ? sumFacts(moment, model, i, reads) : [],
      ),
    ]),
    ...reads.flatMap(absentFact),
    ...absentIsOther(formulas),
    ...model.contract.currencies.flatMap((_, c) => ledgerFacts(model, c, reads, moments)),
    ...arithmeticFacts(reads, constantsIn(formulas), divisorsIn(formulas)),
    ...sequenceFacts(model.lists, formulas),
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

/** The state before the call first. */
export function momentsIn(reads: readonly Apply[]): readonly (MomentName | '')[] {
  return [...new Set(['' as const, ...reads.map((read) => splitMoment(read.name)[0])])];
}

// ---- state -------------------------------------------------------------------------------------

function rangeFact(model: Model, read: Apply): readonly Formula[] {
  const [kind, index, field] = splitMoment(read.name)[1].split('.');
  if (kind === 'field' && read.sort === 'Int') {
    const slot = model.contract.slots[Number(index)]!;
    const { type } = slot.fields[Number(field)]!;
    // A number that a ghost holds is any at all.
    return slot.ghost && type.kind !== 'Tag' ? [] : [rangeOf(read, type)];
  }
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

/** A set of truth values or variants alone runs out of them. */
function largestSize({ kind, keys, capacity }: Slot): bigint {
  const count = kind === 'set' ? keys.reduce((product, key) => product * valuesOf(key).length, 1) : 0;
  return BigInt(count === 0 ? capacity : Math.min(capacity, count));
}

/** Every key there can be, where they are few; none where they are not. */
export function allKeys({ keys }: Slot): readonly (readonly Formula[])[] {
  const all = tuplesOf(keys);
  return all.length <= DISTINCT_MAX ? all : [];
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

export function isAbsent(key: Formula): boolean {
  return key.kind === 'symbol' && key.name.startsWith(ABSENT);
}

function absentFact(read: Apply): readonly Formula[] {
  const isState = read.name.startsWith('field.') || read.name.startsWith('has.');
  const absent = read.args.some(isAbsent);
  return isState && absent ? [eq(read, zeroOf(read.sort))] : [];
}

function slotFacts(
  moment: MomentName | '',
  slot: Slot,
  s: number,
  reads: readonly Apply[],
  mentioned: ReadonlySet<string>,
): readonly Formula[] {
  const fieldAt = (field: number): string => `${moment}${fieldName(s, field)}`;
  const values = keysRead(
    reads,
    slot.fields.flatMap((leaf, f) => (leaf.guards.length > 0 ? [fieldAt(f)] : [])),
  ).flatMap((keys) =>
    variantFacts(slot.fields, (f) => apply(fieldAt(f), keys, sortOfType(slot.fields[f]!.type))),
  );
  return [...values, ...entryFacts(slot, s, moment, reads, mentioned)];
}

function entryFacts(
  slot: Slot,
  s: number,
  moment: string,
  reads: readonly Apply[],
  mentioned: ReadonlySet<string>,
): readonly Formula[] {
  const [has, size] = [`${moment}${hasName(s)}`, `${moment}${sizeName(s)}`];
  const fieldAt = (field: number): string => `${moment}${fieldName(s, field)}`;
  if (slot.kind === 'set') return mentioned.has(size) ? sizeFacts(slot, has, size, reads) : [];
  if (slot.kind !== 'map' || !mentioned.has(has)) return [];
  // A key without an entry reads as zero.
  return keysRead(reads, [has, ...slot.fields.map((_, f) => fieldAt(f))]).map((keys) => {
    const zeros = slot.fields.map((field, f) => {
      const sort = sortOfType(field.type);
      return eq(apply(fieldAt(f), keys, sort), zeroOf(sort));
    });
    return or(apply(has, keys, 'Bool'), and(...zeros));
  });
}

/** Distinct elements of a set are at most as many as its size; where all that there can be are few, just as many. */
function sizeFacts(slot: Slot, has: string, sizeAt: string, reads: readonly Apply[]): readonly Formula[] {
  const size = apply(sizeAt, [], 'Int');
  const counted = (keys: readonly (readonly Formula[])[]): Formula =>
    distinctSum(
      keys,
      keys.map((key) => ite(apply(has, key, 'Bool'), ONE, ZERO)),
    );
  const few = allKeys(slot);
  return [le(counted(keysRead(reads, [has])), size), ...(few.length > 0 ? [eq(size, counted(few))] : [])];
}

function sumFacts(
  moment: MomentName | '',
  model: Model,
  i: number,
  reads: readonly Apply[],
): readonly Formula[] {
  const sum = model.sums[i]!;
  const slot = model.contract.slots[sum.slot]!;
  const term = (keys: readonly Formula[]): Formula => termOfSum(model, moment, i, keys);
  const keys = keysOfSum(moment, model, i, reads);
  const whole = apply(`${moment}${sumName(i)}`, [], 'Int');
  const bound = le(distinctSum(keys, keys.map(term)), whole);
  // Where all the keys there can be are few, the whole is what stands under them.
  const few = allKeys(slot);
  return [
    or(lt(term(witness(moment, model, i, sum.slot)), ZERO), bound),
    ...(few.length > 0 ? [eq(whole, distinctSum(few, few.map(term)))] : []),
    ...countFacts(moment, model, i, keys),
    // Where no entry has a negative term, the witness is any key there can be.
    ...witness(moment, model, i, sum.slot).flatMap((word, k) => {
      const type = slot.keys[k]!;
      return type.kind === 'Tag' ? [rangeOf(word, type)] : [];
    }),
  ];
}

/** What the entry under a key, or an element, adds to a sum. */
export function termOfSum(
  model: Model,
  moment: MomentName | '',
  i: number,
  keys: readonly Formula[],
): Formula {
  const sum = model.sums[i]!;
  const value = summand(model, sum, keys, entryOf(model, momentState(model, moment), sum.slot, keys));
  const has = apply(`${moment}${hasName(sum.slot)}`, keys, 'Bool');
  return model.contract.slots[sum.slot]!.kind === 'set' ? ite(has, value, ZERO) : value;
}

/**
 * Of a count over a set: it and the elements that are known not to count are, together, at most as many as the set
 * has; where every element counts, it is the size.
 */
function countFacts(
  moment: MomentName | '',
  model: Model,
  i: number,
  keys: readonly (readonly Formula[])[],
): readonly Formula[] {
  const sum = model.sums[i]!;
  if (sum.kind !== 'count' || model.contract.slots[sum.slot]!.kind !== 'set') return [];
  const whole = apply(`${moment}${sumName(i)}`, [], 'Int');
  const size = apply(`${moment}${sizeName(sum.slot)}`, [], 'Int');
  const counts = (key: readonly Formula[]): Formula => summand(model, sum, key, []);
  const isOut = (key: readonly Formula[]): Formula =>
    and(apply(`${moment}${hasName(sum.slot)}`, key, 'Bool'), eq(counts(key), ZERO));
  const others = distinctSum(
    keys,
    keys.map((key) => ite(isOut(key), ONE, ZERO)),
  );
  const always = counts(witness(moment, model, i, sum.slot));
  return always.kind === 'int' && always.value === 1n ? [eq(whole, size)] : [le(add(whole, others), size)];
}

function witness(moment: string, model: Model, sum: number, slot: number): readonly Formula[] {
  return model.contract.slots[slot]!.keys.map((key, i) =>
    symbol(`${moment}witness.${sum}.${i}`, sortOfType(key)),
  );
}

/** Where something of the sum is read. */
function keysOfSum(
  moment: MomentName | '',
  model: Model,
  i: number,
  reads: readonly Apply[],
): readonly (readonly Formula[])[] {
  const { slot } = model.sums[i]!;
  const fields = model.contract.slots[slot]!.fields.map((_, f) => `${moment}${fieldName(slot, f)}`);
  return keysRead(reads, [`${moment}${hasName(slot)}`, ...fields]);
}

const DISTINCT_MAX = 8;

/** The sum over keys that may coincide, each distinct one counted once. */
export function distinctSum(keys: readonly (readonly Formula[])[], terms: readonly Formula[]): Formula {
  let sum: Formula = ZERO;
  keys.slice(0, DISTINCT_MAX).forEach((key, i) => {
    const seen = or(...keys.slice(0, i).map((earlier) => eqAll(earlier, key)));
    sum = add(sum, ite(seen, ZERO, terms[i]!));
  });
  return sum;
}

/** The keys at which any of these is read, each once. */
export function keysRead(reads: readonly Apply[], names: readonly string[]): readonly (readonly Formula[])[] {
  const number = numbering();
  const found = new Map<string, readonly Formula[]>();
  for (const read of reads) {
    const key = read.args.map(number).join(' ');
    if (names.includes(read.name) && !found.has(key)) found.set(key, read.args);
  }
  return [...found.values()];
}

// ---- ledger ------------------------------------------------------------------------------------

function ledgerFacts(
  model: Model,
  c: number,
  reads: readonly Apply[],
  moments: readonly string[],
): readonly Formula[] {
  const issued = model.contract.currencies[c]!.kind === 'issued';
  const [first = '', ...others] = moments;
  const ledgers = [[first, ''], ['', NEXT], ...others.map((moment) => [moment, ''])] as const;
  const facts = ledgers.flatMap(([before, after]) => {
    const nameAt = (name: string): string => `${before}${name}.${c}${after}`;
    const floors = reads.filter((read) => read.name === nameAt('floor'));
    const known = floors.flatMap((floor) => floorFacts(floor, nameAt));
    const flawed = model.flaws.has('nobodyOwes') ? floors.map((floor) => eq(floor, ZERO)) : [];
    return [...known, ...flawed, ...creditFacts(floors, nameAt)];
  });
  for (const [before, after] of ledgers) {
    const balances = reads.filter((read) => read.name === `${before}balance.${c}${after}`);
    for (const balance of balances) {
      const account = balance.args[0]!;
      facts.push(implies(eq(account, SELF), le(ZERO, balance)));
      facts.push(implies(eq(account, zeroOf('Did')), eq(balance, ZERO)));
      if (issued) facts.push(le(ZERO, balance));
    }
    facts.push(...circulation(`${before}total.${c}${after}`, balances));
  }
  return facts;
}

/**
 * No floor is above zero or below what all floors of a currency may sum to; a limit is granted only where the balance
 * is at or above it, and each debit keeps it there. The contract's own floor is zero, whatever this function says of it.
 */
function floorFacts(floor: Apply, nameAt: (name: string) => string): Formula[] {
  const account = floor.args[0]!;
  return [
    within(-BALANCE_MAX, floor, 0n),
    implies(eq(account, zeroOf('Did')), eq(floor, ZERO)),
    or(eq(account, SELF), le(floor, apply(nameAt('balance'), [account], 'Int'))),
  ];
}

/**
 * All floors of a currency sum to at least -10^15. What these accounts may owe, and what the others do owe (all that
 * circulates, less what these owe), is therefore at most that much.
 */
function creditFacts(floors: readonly Apply[], nameAt: (name: string) => string): readonly Formula[] {
  if (floors.length === 0) return [];
  const keys = floors.map((floor) => floor.args);
  const limits = floors.map((floor) => ite(eq(floor.args[0]!, SELF), ZERO, scale(-1n, floor)));
  const owed = keys.map((key) => positivePart(scale(-1n, apply(nameAt('balance'), key, 'Int'))));
  const others = sub(apply(nameAt('total'), [], 'Int'), distinctSum(keys, owed));
  return [le(add(distinctSum(keys, limits), others), int(BALANCE_MAX))];
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

function arithmeticFacts(
  reads: readonly Apply[],
  constants: readonly bigint[],
  divisors: readonly bigint[],
): readonly Formula[] {
  const products = reads.filter((read) => read.name === 'product');
  const quotients = reads.filter((read) => read.name === 'quotient');
  const inside = quotients.map((q) => apply('product', [q.args[1]!, q], 'Int') as Apply);
  const fractions = reads.filter((read) => read.name === 'mulDiv').map(partsOfFraction);
  const roots = reads
    .filter((read) => read.name === 'isqrt')
    .map((root) => [root, multiply(root, root)] as const);
  const made = [
    ...fractions.flatMap(({ product, back }) => [product, back]),
    ...roots.map(([, square]) => square),
  ];
  const plain = eachOnce([...products, ...inside, ...made.filter(isProduct)]);
  const split = plain.map((p) => [p, splitProduct(p)] as const).filter(([, sum]) => sum !== null);
  const all = eachOnce([...plain, ...readsOf(split.map(([, sum]) => sum!)).filter(isProduct)]);
  return [
    ...split.map(([p, sum]) => eq(p, sum!)),
    ...expansions(all),
    ...fractions.flatMap(fractionFacts),
    ...roots.flatMap(([root, square]) => rootFacts(root, square)),
    ...reads.filter((read) => read.name === 'pow').flatMap(powerFacts),
    ...all.flatMap((p) => divisors.flatMap((m) => scaledFacts(p, m))),
    ...all.flatMap(productFacts),
    ...all.flatMap((p) => boundFacts(p, constants)),
    ...quotients.flatMap((q, i) => quotientFacts(q, inside[i]!)),
    ...quotients.flatMap((q, i) => quotients.slice(0, i).flatMap((r) => sharedFacts(q, r))),
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

/** `a = b * q + r` with `|r| < |b|` and the sign of `a`; a divisor beyond one gives at most the half. */
function quotientFacts(q: Apply, product: Apply): readonly Formula[] {
  const [a, b] = q.args as [Formula, Formula];
  const rest = sub(a, product);
  const sign = ite(le(ZERO, a), le(ZERO, rest), le(rest, ZERO));
  const halved = implies(le(int(2n), absolute(b)), le(scale(2n, absolute(q)), absolute(a)));
  return [or(eq(b, ZERO), and(lt(absolute(rest), absolute(b)), sign)), halved];
}

/**
 * Two products with a factor in common are ordered as their other factors: a step of one of these moves the product by
 * the common factor at least.
 */
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
    facts.push(implies(and(common, eq(x, y)), eq(p, q)));
    facts.push(implies(and(common, le(ZERO, by), lt(x, y)), le(add(p, by), q)));
    facts.push(implies(and(common, le(ZERO, by), lt(y, x)), le(add(q, by), p)));
    facts.push(implies(and(common, le(by, ZERO), lt(x, y)), le(q, add(p, by))));
    facts.push(implies(and(common, le(by, ZERO), lt(y, x)), le(p, add(q, by))));
  }
  return facts;
}

/** Of one whole, shared among more, each gets no more. */
function sharedFacts(q: Apply, r: Apply): readonly Formula[] {
  const [[a, b], [c, d]] = [q.args, r.args] as [[Formula, Formula], [Formula, Formula]];
  const whole = and(eq(a, c), le(ZERO, a), lt(ZERO, b), lt(ZERO, d));
  return [implies(and(whole, le(b, d)), le(r, q)), implies(and(whole, le(d, b)), le(q, r))];
}

/** `a * (b + 1)` as `a * b + a`: a factor with a constant part falls apart; null where neither does. */
function splitProduct(p: Apply): Formula | null {
  const [a, b] = p.args as [Formula, Formula];
  return splitBy(b, a) ?? splitBy(a, b);
}

function splitBy(sum: Formula, by: Formula): Formula | null {
  if (sum.kind !== 'op' || (sum.op !== 'add' && sum.op !== 'sub')) return null;
  if (!sum.args.some((arg) => arg.kind === 'int')) return null;
  const [left, right] = sum.args.map((arg) => multiply(arg, by)) as [Formula, Formula];
  return sum.op === 'add' ? add(left, right) : sub(left, right);
}

const PARTS_MAX = 4;

/** A number of times one term, or times nothing but one. */
type Part = { readonly by: bigint; readonly of: Formula | null };

/**
 * Products of sums, multiplied out, where one of the products that this gives is met in another place: apart they say
 * nothing of each other.
 */
function expansions(products: readonly Apply[]): readonly Formula[] {
  const number = numbering();
  const known = new Map<string, Formula>();
  const multiplied = products.flatMap((p) => {
    const [a, b] = p.args.map(partsOf) as [readonly Part[], readonly Part[]];
    if (a.length * b.length > 1 && Math.max(a.length, b.length) <= PARTS_MAX)
      return [{ p, pairs: pairsOf(a, b) }];
    known.set(pairKey(number, p.args), p);
    return [];
  });
  const keysOf = (pairs: readonly Pair[]): ReadonlySet<string> =>
    new Set(pairs.flatMap(({ of }) => (of.length === 2 ? [pairKey(number, of)] : [])));
  const met = new Map<string, number>([...known.keys()].map((key) => [key, 1]));
  for (const { pairs } of multiplied) for (const key of keysOf(pairs)) met.set(key, (met.get(key) ?? 0) + 1);
  return multiplied
    .filter(({ pairs }) => [...keysOf(pairs)].some((key) => met.get(key)! > 1))
    .map(({ p, pairs }) =>
      eq(
        p,
        pairs.reduce((sum, pair) => add(sum, term(pair)), ZERO),
      ),
    );

  function term({ by, of }: Pair): Formula {
    if (of.length < 2) return of.length === 0 ? int(by) : scale(by, of[0]!);
    const key = pairKey(number, of);
    const product = known.get(key) ?? apply('product', of, 'Int');
    known.set(key, product);
    return scale(by, product);
  }
}

type Pair = { readonly by: bigint; readonly of: readonly Formula[] };

function pairsOf(a: readonly Part[], b: readonly Part[]): readonly Pair[] {
  return a.flatMap((x) =>
    b.map((y) => ({ by: x.by * y.by, of: [x.of, y.of].filter((factor) => factor !== null) })),
  );
}

/** The same for the same two factors, whichever comes first. */
function pairKey(number: (formula: Formula) => number, factors: readonly Formula[]): string {
  return factors
    .map(number)
    .sort((a, b) => a - b)
    .join(' ');
}

/** The parts of a sum. */
function partsOf(formula: Formula): readonly Part[] {
  if (formula.kind === 'int') return [{ by: formula.value, of: null }];
  if (formula.kind !== 'op') return [{ by: 1n, of: formula }];
  const [a, b] = formula.args as [Formula, Formula];
  switch (formula.op) {
    case 'add':
      return [...partsOf(a), ...partsOf(b)];
    case 'sub':
      return [...partsOf(a), ...partsOf(b).map(({ by, of }) => ({ by: -by, of }))];
    case 'scale':
      return partsOf(b).map(({ by, of }) => ({ by: by * (a as { value: bigint }).value, of }));
    default:
      return [{ by: 1n, of: formula }];
  }
}

/** A product with one factor within a constant lies within that many times the other. */
function scaledFacts(p: Apply, m: bigint): readonly Formula[] {
  const [a, b] = p.args as [Formula, Formula];
  return [
    [a, b],
    [b, a],
  ].flatMap(([x, y]) => {
    const bound = scale(m, x!);
    return [
      implies(and(le(ZERO, x!), le(y!, int(m))), le(p, bound)),
      implies(and(le(ZERO, x!), le(int(m), y!)), le(bound, p)),
      implies(and(le(x!, ZERO), le(y!, int(m))), le(bound, p)),
      implies(and(le(x!, ZERO), le(int(m), y!)), le(p, bound)),
    ];
  });
}

/** The constants that something is divided by, in order of appearance. */
function divisorsIn(formulas: readonly Formula[]): readonly bigint[] {
  const found = new Set<bigint>();
  visitNodes(formulas, (node) => {
    const by = node.kind === 'op' && node.op === 'div' ? node.args[1] : undefined;
    if (by?.kind === 'int') found.add(by.value);
  });
  return [...found].slice(0, BOUNDS_MAX);
}

/** `a * b / c` rounded down, the exact product, and `c` times the result. */
type Fraction = { readonly read: Apply; readonly product: Formula; readonly back: Formula };

function partsOfFraction(read: Apply): Fraction {
  const [a, b, c] = read.args as [Formula, Formula, Formula];
  return { read, product: multiply(a, b), back: multiply(c, read) };
}

/** `c * q <= a * b < c * q + c`; a share that is no more than the whole lies between zero and what is shared. */
function fractionFacts({ read, product, back }: Fraction): readonly Formula[] {
  const [a, b, c] = read.args as [Formula, Formula, Formula];
  const shares = [
    [a, b],
    [b, a],
  ].flatMap(([x, n]) => {
    const between = ite(le(ZERO, x!), and(le(ZERO, read), le(read, x!)), and(le(x!, read), le(read, ZERO)));
    return [
      implies(and(lt(ZERO, c), le(ZERO, n!), le(n!, c)), between),
      implies(and(lt(ZERO, c), eq(n!, c)), eq(read, x!)),
    ];
  });
  return [or(le(c, ZERO), and(le(back, product), lt(sub(product, back), c))), ...shares];
}

/** `r * r <= x < (r + 1) * (r + 1)`. */
function rootFacts(root: Apply, square: Formula): readonly Formula[] {
  const x = root.args[0]!;
  const next = add(square, add(scale(2n, root), ONE));
  return [implies(le(ZERO, x), and(le(ZERO, root), le(root, x), le(square, x), lt(x, next)))];
}

function powerFacts(power: Apply): readonly Formula[] {
  const [a, n] = power.args as [Formula, Formula];
  return [
    implies(eq(n, ZERO), eq(power, ONE)),
    implies(eq(n, ONE), eq(power, a)),
    implies(and(eq(a, ZERO), lt(ZERO, n)), eq(power, ZERO)),
    implies(and(eq(a, ONE), le(ZERO, n)), eq(power, ONE)),
    implies(and(lt(ZERO, a), lt(ZERO, n)), le(a, power)),
  ];
}

function isProduct(formula: Formula): formula is Apply {
  return formula.kind === 'apply' && formula.name === 'product';
}

function eachOnce(reads: readonly Apply[]): readonly Apply[] {
  const number = numbering();
  return [...new Map(reads.map((read) => [number(read), read])).values()];
}

function eqv(a: Formula, b: Formula): Formula {
  return eq(a, b);
}
