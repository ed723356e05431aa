/**
 * Texts, bytes, lists and hashes in formulas. Their sorts have equality alone; what is known besides are the functions
 * here: resolved where the structure is plain (a literal, `concat`, `append`), else unknown functions with the facts
 * that `sequenceFacts` gives. SHA-256 is assumed to give different values for different content of one type; across
 * types nothing is assumed.
 */
import { sha256, utf8 } from '../../vm/index.ts';
import { type Leaf, type List, leavesOf, type Scalar } from '../check/types.ts';
import type { Contract } from '../core/core.ts';
import {
  add,
  and,
  apply,
  eq,
  eqAll,
  FALSE,
  type Formula,
  implies,
  int,
  isListSort,
  ite,
  le,
  literal,
  lt,
  not,
  ONE,
  or,
  type Sort,
  sortOf,
  sortOfType,
  sub,
  symbol,
  visitNodes,
  within,
  ZERO,
} from './formula.ts';

/** The types of the lists that a contract handles, by sort. */
export type ListTypes = ReadonlyMap<Sort, List>;

export function listTypesOf(contract: Contract): ListTypes {
  const types = new Map<Sort, List>();
  const note = (type: Scalar): void => {
    if (type.kind !== 'List' || types.has(sortOfType(type))) return;
    types.set(sortOfType(type), type);
    for (const leaf of leavesOf(type.item)) note(leaf.type);
  };
  for (const slot of contract.slots) for (const leaf of slot.fields) note(leaf.type);
  for (const fn of contract.functions) {
    for (const local of fn.locals) note(local.type);
    for (const word of fn.resultWords) note(word);
  }
  for (const proof of contract.proofs) for (const local of proof.locals) note(local.type);
  return types;
}

/** A text or bytes of at most so many bytes. */
export const BYTES_MAX = 1024n;

// ---- what they are -----------------------------------------------------------------------------

export function lengthOf(a: Formula): Formula {
  if (a.kind === 'literal') return int(BigInt(literalBytes(a)));
  const joined = partsOf(a, 'concat');
  if (joined !== null) return add(lengthOf(joined[0]!), lengthOf(joined[1]!));
  const before = partsOf(a, 'append')?.[0];
  if (before !== undefined) return add(lengthOf(before), ONE);
  const inside = branches(a);
  if (inside !== null) return ite(inside.condition, lengthOf(inside.yes), lengthOf(inside.no));
  return apply(`length.${sortOf(a)}`, [a], 'Int');
}

export function concat(a: Formula, b: Formula): Formula {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const sort = sortOf(a);
  // A text is written as it is, bytes in digits: both are joined alike.
  if (a.kind === 'literal' && b.kind === 'literal') return literal(sort, a.value + b.value);
  return apply(`concat.${sort}`, [a, b], sort);
}

export function append(list: Formula, words: readonly Formula[]): Formula {
  const sort = sortOf(list);
  return apply(`append.${sort}`, [list, ...words], sort);
}

/** Word `part` of the element at an index that is within; of bytes the byte there. */
export function at(a: Formula, index: Formula, part: number, type: Scalar): Formula {
  const appended = partsOf(a, 'append');
  if (appended !== null) {
    const [list, ...words] = appended as [Formula, ...Formula[]];
    return ite(eq(index, lengthOf(list)), words[part]!, at(list, index, part, type));
  }
  const joined = partsOf(a, 'concat');
  if (joined !== null) {
    const [left, right] = joined as [Formula, Formula];
    const size = lengthOf(left);
    return ite(lt(index, size), at(left, index, part, type), at(right, sub(index, size), part, type));
  }
  const inside = branches(a);
  if (inside !== null)
    return ite(inside.condition, at(inside.yes, index, part, type), at(inside.no, index, part, type));
  if (a.kind === 'literal' && index.kind === 'int' && sortOf(a) === 'Bytes')
    return byteOf(a.value, index.value);
  return apply(`at.${sortOf(a)}.${part}`, [a, index], sortOfType(type));
}

/** With a tag the list has one element, whose words are what is hashed. */
export function hashOf(tag: Formula, value: Formula): Formula {
  const name = tag.kind === 'literal' ? tag.value : '';
  if (name !== '') return apply(`hash:${name}`, packedWords(value), 'Hash');
  return apply(`hash.${sortOf(value)}`, [value], 'Hash');
}

// ---- what is known of them ---------------------------------------------------------------------

/** What is true of the functions above where they are mentioned. */
export function sequenceFacts(types: ListTypes, formulas: readonly Formula[]): readonly Formula[] {
  const terms = termsIn(formulas);
  const compared = comparisonsIn(formulas).flatMap(([a, b], number) => sameContent(types, a, b, number));
  const facts = [
    ...terms
      .filter((term) => isApplication(term, 'length'))
      .flatMap((read) => lengthFacts(types, read, terms)),
    ...terms.filter((term) => isApplication(term, 'at')).flatMap((read) => elementFacts(types, read, terms)),
    ...terms.filter(isHash).flatMap((hash) => knownHash(hash, terms)),
    ...pairs(terms.filter(isHash)).map(([a, b]) => differentHashes(a, b)),
    ...pairs(terms.filter((term) => isApplication(term, 'concat'))).flatMap(([a, b]) => cancelled(a, b)),
    ...compared,
  ];
  // What facts mention anew has facts of its own; once more is enough for what one step brings.
  const more = termsIn(facts).filter((term) => !terms.includes(term));
  return [
    ...facts,
    ...more.filter((term) => isApplication(term, 'length')).flatMap((read) => lengthFacts(types, read, [])),
    ...more.filter((term) => isApplication(term, 'at')).flatMap((read) => elementFacts(types, read, [])),
  ];
}

/** Whether a term is the hash of something. */
export function isHash(term: Formula): boolean {
  return term.kind === 'apply' && /^hash[.:]/.test(term.name);
}

// ---- private -----------------------------------------------------------------------------------

type Application = Extract<Formula, { readonly kind: 'apply' }>;

/** The arguments of an application of that function. */
export function partsOf(
  formula: Formula,
  name: 'length' | 'concat' | 'append' | 'at',
): readonly Formula[] | null {
  return isApplication(formula, name) ? formula.args : null;
}

function isApplication(
  formula: Formula,
  name: 'length' | 'concat' | 'append' | 'at',
): formula is Application {
  return formula.kind === 'apply' && formula.name.startsWith(`${name}.`);
}

function isEmpty(formula: Formula): boolean {
  return formula.kind === 'literal' && formula.value === '';
}

/** The two sides of an `ite` of a sequence. */
function branches(a: Formula): { condition: Formula; yes: Formula; no: Formula } | null {
  if (a.kind !== 'op' || a.op !== 'ite') return null;
  const [condition, yes, no] = a.args as [Formula, Formula, Formula];
  return { condition, yes, no };
}

type Literal = Extract<Formula, { readonly kind: 'literal' }>;

function literalContent({ sort, value }: Literal): Uint8Array {
  if (sort === 'Text') return utf8(value);
  if (sort === 'Hash' && value === '') return new Uint8Array(32);
  return Uint8Array.from({ length: value.length / 2 }, (_, i) =>
    Number.parseInt(value.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Of a list only the empty one is a literal. */
function literalBytes(a: Literal): number {
  return isListSort(a.sort) ? 0 : literalContent(a).length;
}

function byteOf(digits: string, index: bigint): Formula {
  const from = 2 * Number(index);
  return int(BigInt(Number.parseInt(digits.slice(from, from + 2), 16) || 0));
}

function packedWords(list: Formula): readonly Formula[] {
  return partsOf(list, 'append')?.slice(1) ?? [list];
}

function hexText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Each application and literal once. */
function termsIn(formulas: readonly Formula[]): readonly Formula[] {
  const found: Formula[] = [];
  visitNodes(formulas, (node) => {
    if (node.kind === 'apply' || node.kind === 'literal') found.push(node);
  });
  return found;
}

const PAIRS_MAX = 66;

function pairs<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((a, i) => items.slice(0, i).map((b) => [a, b] as const)).slice(0, PAIRS_MAX);
}

/** Of one sort, and more than a variable: what a sequence can be equal to. */
function structuresOf(sort: Sort, terms: readonly Formula[]): readonly Formula[] {
  return terms.filter(
    (term) =>
      sortOf(term) === sort &&
      (term.kind === 'literal' || isApplication(term, 'concat') || isApplication(term, 'append')),
  );
}

function lengthFacts(types: ListTypes, read: Application, terms: readonly Formula[]): readonly Formula[] {
  const a = read.args[0]!;
  const sort = sortOf(a);
  const most = types.get(sort)?.capacity;
  const same = structuresOf(sort, terms).map((term) => implies(eq(a, term), eq(read, lengthOf(term))));
  return [
    within(0n, read, most === undefined ? BYTES_MAX : BigInt(most)),
    eq(eq(read, ZERO), eq(a, literal(sort, ''))),
    ...same,
  ];
}

function elementFacts(types: ListTypes, read: Application, terms: readonly Formula[]): readonly Formula[] {
  const [a, index] = read.args as [Formula, Formula];
  const sort = sortOf(a);
  if (sort === 'Bytes') return [within(0n, read, 255n)];
  const leaves = leavesOfSort(types, sort);
  const part = Number(read.name.slice(read.name.lastIndexOf('.') + 1));
  const leaf = leaves[part];
  if (leaf === undefined) return [];
  const same = structuresOf(sort, terms)
    .filter((term) => term.kind !== 'literal')
    .map((term) => implies(eq(a, term), eq(read, at(term, index, part, leaf.type))));
  return [...wordFacts(leaves, part, (word) => at(a, index, word, leaves[word]!.type)), ...same];
}

/** The range of a word, and that it is zero where the element is another variant. */
function wordFacts(
  leaves: readonly Leaf[],
  part: number,
  word: (index: number) => Formula,
): readonly Formula[] {
  const { type, guards } = leaves[part]!;
  const value = word(part);
  const range =
    type.kind === 'Tag'
      ? [within(0n, value, BigInt(type.variants.length - 1))]
      : sortOf(value) === 'Int'
        ? [within(-(2n ** 63n), value, 2n ** 63n - 1n)]
        : [];
  if (guards.length === 0) return range;
  const held = guards.map(({ tag, variant }) => eq(word(tag), int(BigInt(variant))));
  return [...range, or(and(...held), eq(value, zeroWord(sortOf(value))))];
}

function zeroWord(sort: Sort): Formula {
  return sort === 'Int' ? ZERO : sort === 'Bool' ? FALSE : literal(sort, '');
}

function leavesOfSort(types: ListTypes, sort: Sort): readonly Leaf[] {
  const type = types.get(sort);
  return type === undefined ? [] : leavesOf(type.item);
}

/** Lists and bytes that are compared. */
function comparisonsIn(formulas: readonly Formula[]): readonly (readonly [Formula, Formula])[] {
  const found: (readonly [Formula, Formula])[] = [];
  visitNodes(formulas, (node) => {
    const [a, b] = node.kind === 'op' && node.op === 'eq' ? node.args : [];
    if (a === undefined || b === undefined) return;
    if (isListSort(sortOf(a)) || sortOf(a) === 'Bytes') found.push([a, b]);
  });
  return found.slice(0, PAIRS_MAX);
}

/** Two that differ do so in their length, or at some place. */
function sameContent(types: ListTypes, a: Formula, b: Formula, number: number): readonly Formula[] {
  if (isEmpty(a) || isEmpty(b)) return [];
  const sort = sortOf(a);
  const place = symbol(`differs.${number}.${sort}`, 'Int');
  const leaves: readonly Pick<Leaf, 'type'>[] =
    sort === 'Bytes' ? [{ type: { kind: 'Int' } }] : leavesOfSort(types, sort);
  if (leaves.length === 0) return [];
  const differ = leaves.map(({ type }, part) => not(eq(at(a, place, part, type), at(b, place, part, type))));
  const there = and(le(ZERO, place), lt(place, lengthOf(a)), or(...differ));
  return [or(eq(a, b), not(eq(lengthOf(a), lengthOf(b))), there)];
}

/** The assumption: equal hashes of one type are hashes of equal values. */
function differentHashes(a: Formula, b: Formula): Formula {
  const [left, right] = [a as Application, b as Application];
  if (left.name !== right.name || left.args.length !== right.args.length) return not(FALSE);
  return implies(eq(left, right), eqAll(left.args, right.args));
}

/** The hash of what is written is worked out, and of what may be equal to it. */
function knownHash(hash: Formula, terms: readonly Formula[]): readonly Formula[] {
  const [value] = hash.kind === 'apply' ? hash.args : [];
  if (hash.kind !== 'apply' || hash.name.startsWith('hash:') || value === undefined) return [];
  const sort = sortOf(value);
  if (isListSort(sort)) return [];
  const written =
    value.kind === 'literal' ? [value] : terms.filter(isLiteral).filter((one) => one.sort === sort);
  return written.map((one) =>
    implies(eq(value, one), eq(hash, literal('Hash', hexText(sha256(literalContent(one)))))),
  );
}

function isLiteral(term: Formula): term is Literal {
  return term.kind === 'literal';
}

/** What is joined to the same begin or end is the same where the whole is. */
function cancelled(a: Formula, b: Formula): readonly Formula[] {
  const [left, right] = [a as Application, b as Application];
  if (left.name !== right.name) return [];
  const [head, tail] = left.args as [Formula, Formula];
  const [otherHead, otherTail] = right.args as [Formula, Formula];
  const whole = eq(left, right);
  return [
    implies(and(whole, eq(head, otherHead)), eq(tail, otherTail)),
    implies(and(whole, eq(tail, otherTail)), eq(head, otherHead)),
  ];
}
