/**
 * Values of a solver's model: elements of sorts without order get names, texts and bytes their length, and what is
 * joined, listed or hashed is made of its parts, so that whoever replays the case can make all of it concrete.
 */
import type { WordType } from '../../vm/index.ts';
import { leavesOf } from '../check/types.ts';
import { wordType } from '../check/words.ts';
import { CALLER, CREATOR, SELF } from './facts.ts';
import { type Formula, isListSort, type Sort, sortOf, sortOfType } from './formula.ts';
import { isHash, type ListTypes, partsOf } from './sequence.ts';
import type { Script } from './smt.ts';

/**
 * `name`: an identity of a sort without order, `''` the type's zero, and how long it is where that is known. `list`: the
 * words of its elements. `hashed`: SHA-256 of bytes, or, with a tag, of the words of a value.
 */
export type ModelValue =
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'name'; readonly sort: Sort; readonly name: string; readonly length: number | null }
  | { readonly kind: 'joined'; readonly left: ModelValue; readonly right: ModelValue }
  | { readonly kind: 'list'; readonly words: readonly ModelValue[] }
  | {
      readonly kind: 'hashed';
      readonly tag: string;
      readonly types: readonly WordType[];
      readonly words: readonly ModelValue[];
    };

export type Values = { readonly [name: string]: string };

export type Reading = {
  readonly values: Values;
  readonly legend: ReadonlyMap<string, Formula>;
  readonly lists: ListTypes;
  /** By sort and the solver's name for an element: what we call it. */
  readonly names: ReadonlyMap<string, string>;
  /** By the same, what the element is made of. */
  readonly made: ReadonlyMap<string, readonly Made[]>;
  /** The constant that stands for a symbol. */
  readonly symbols: ReadonlyMap<string, string>;
};

type Made = Extract<Formula, { readonly kind: 'apply' }>;

export function readingOf({ legend }: Script, values: Values, lists: ListTypes): Reading {
  const symbols = new Map<string, string>();
  for (const [name, formula] of legend) if (formula.kind === 'symbol') symbols.set(formula.name, name);
  return {
    values,
    legend,
    lists,
    symbols,
    made: madeIn(legend, values),
    names: namesOf(legend, values, symbols),
  };
}

/** The value of a key; null for one that no constant stands for. */
export function keyValue(reading: Reading, key: Formula): ModelValue | null {
  const element = elementOf(reading, key);
  return element === null ? null : decode(reading, sortOf(key), element);
}

export function decode(reading: Reading, sort: Sort, element: string | undefined, depth = 0): ModelValue {
  if (sort === 'Int') return { kind: 'int', value: element === undefined ? 0n : BigInt(element) };
  if (sort === 'Bool') return { kind: 'bool', value: element === 'true' };
  const name = reading.names.get(`${sort} ${element}`) ?? '';
  const named: ModelValue = { kind: 'name', sort, name, length: lengthOf(reading, sort, element) };
  if (sort === 'Did' || element === undefined || depth > DEPTH_MAX) return named;
  if (isListSort(sort))
    return name === '' ? { kind: 'list', words: [] } : listOf(reading, sort, element, depth);
  return isMadeUp(name) ? (composed(reading, sort, element, depth) ?? named) : named;
}

export function valueAt(reading: Reading, symbolName: string, sort: Sort): ModelValue {
  return decode(reading, sort, reading.values[reading.symbols.get(symbolName) ?? '']);
}

// ---- private -----------------------------------------------------------------------------------

/** In a model a text can be joined of itself. */
const DEPTH_MAX = 6;
const ELEMENTS_MAX = 300;

function namesOf(
  legend: Reading['legend'],
  values: Values,
  symbols: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const call = (sort: Sort, element: string | undefined, name: string): void => {
    const key = `${sort} ${element}`;
    if (element !== undefined && !names.has(key)) names.set(key, name);
  };
  for (const [name, formula] of legend)
    if (formula.kind === 'literal') call(formula.sort, values[name], formula.value);
  const known = [SELF, CREATOR, CALLER].map((account) => (account as { readonly name: string }).name);
  for (const name of known) call('Did', values[symbols.get(name) ?? ''], name);
  const counts = new Map<Sort, number>();
  for (const [name, formula] of legend) {
    const sort = sortOf(formula);
    if (sort === 'Int' || sort === 'Bool' || names.has(`${sort} ${values[name]}`)) continue;
    const count = (counts.get(sort) ?? 0) + 1;
    counts.set(sort, count);
    call(sort, values[name], `${MADE_UP}${count}`);
  }
  return names;
}

/** Names that nobody wrote. */
const MADE_UP = 'other.';

function isMadeUp(name: string): boolean {
  return name.startsWith(MADE_UP);
}

function madeIn(legend: Reading['legend'], values: Values): Reading['made'] {
  const found = [...legend].flatMap(([name, formula]) => {
    const isMade =
      partsOf(formula, 'concat') !== null || partsOf(formula, 'append') !== null || isHash(formula);
    return isMade ? [[`${sortOf(formula)} ${values[name]}`, formula as Made] as const] : [];
  });
  const made = new Map<string, Made[]>();
  for (const [key, formula] of found) made.set(key, [...(made.get(key) ?? []), formula]);
  return made;
}

/** The solver's name for what a formula is. */
function elementOf(reading: Reading, formula: Formula): string | null {
  if (formula.kind === 'int' || formula.kind === 'bool') return String(formula.value);
  for (const [name, known] of reading.legend) {
    if (known === formula || sameAtom(known, formula)) return reading.values[name] ?? null;
  }
  return null;
}

function sameAtom(a: Formula, b: Formula): boolean {
  if (a.kind === 'symbol' && b.kind === 'symbol') return a.name === b.name;
  if (a.kind === 'literal' && b.kind === 'literal') return a.value === b.value && a.sort === b.sort;
  return (
    a.kind === 'apply' &&
    b.kind === 'apply' &&
    a.name === b.name &&
    a.args.length === b.args.length &&
    a.args.every((arg, i) => arg === b.args[i] || sameAtom(arg, b.args[i]!))
  );
}

/** What was asked of the element under that name, by the other arguments. */
function readsOf(reading: Reading, name: string, sort: Sort, element: string) {
  return [...reading.legend].flatMap(([constant, formula]) => {
    if (formula.kind !== 'apply' || formula.name !== name || sortOf(formula.args[0]!) !== sort) return [];
    if (elementOf(reading, formula.args[0]!) !== element) return [];
    const index = formula.args[1] === undefined ? null : elementOf(reading, formula.args[1]);
    return [{ index, value: reading.values[constant] }];
  });
}

function lengthOf(reading: Reading, sort: Sort, element: string | undefined): number | null {
  if (element === undefined || sort === 'Did' || sort === 'Hash') return null;
  const [read] = readsOf(reading, `length.${sort}`, sort, element);
  return read?.value === undefined ? null : Number(BigInt(read.value));
}

/** Of the parts that the model says; null where it says none. */
function composed(reading: Reading, sort: Sort, element: string, depth: number): ModelValue | null {
  const [made] = reading.made.get(`${sort} ${element}`) ?? [];
  if (made === undefined) return null;
  const part = (formula: Formula): ModelValue =>
    decode(reading, sortOf(formula), elementOf(reading, formula) ?? undefined, depth + 1);
  if (partsOf(made, 'concat') !== null)
    return { kind: 'joined', left: part(made.args[0]!), right: part(made.args[1]!) };
  const types = made.args.map((arg) => wordOfSort(reading, sortOf(arg)));
  const tag = made.name.startsWith('hash:') ? made.name.slice('hash:'.length) : '';
  return { kind: 'hashed', tag, types, words: made.args.map(part) };
}

const PLAIN: { readonly [sort: string]: WordType } = {
  Int: 'int',
  Bool: 'bool',
  Did: 'did',
  Text: 'text',
  Bytes: 'bytes',
  Hash: 'hash',
};

function wordOfSort({ lists }: Reading, sort: Sort): WordType {
  const list = lists.get(sort);
  return list === undefined ? (PLAIN[sort] ?? 'int') : wordType(list);
}

/** As long as the model says, each word what it says, or zero. */
function listOf(reading: Reading, sort: Sort, element: string, depth: number): ModelValue {
  const [made] = reading.made.get(`${sort} ${element}`) ?? [];
  if (made !== undefined) {
    const [before, ...words] = made.args.map((arg) =>
      decode(reading, sortOf(arg), elementOf(reading, arg) ?? undefined, depth + 1),
    );
    return { kind: 'list', words: [...(before?.kind === 'list' ? before.words : []), ...words] };
  }
  const type = reading.lists.get(sort);
  const leaves = type === undefined ? [] : leavesOf(type.item);
  const length = Math.min(lengthOf(reading, sort, element) ?? 1, type?.capacity ?? 0, ELEMENTS_MAX);
  const words = Array.from({ length }, (_, index) =>
    leaves.map((leaf, part): ModelValue => {
      const asked = readsOf(reading, `at.${sort}.${part}`, sort, element);
      const found = asked.find((read) => read.index === String(index));
      return decode(reading, sortOfType(leaf.type), found?.value, depth + 1);
    }),
  );
  return { kind: 'list', words: words.flat() };
}
