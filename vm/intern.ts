/**
 * The intern table of one execution: longer values in, handles out. Equal content of one type has one handle, so that
 * equality is one word comparison, and values of different types never share one; handle 0 is the empty content of
 * every type (for `hash`: 32 zero bytes). Handles mean nothing outside their execution.
 */
import { hexOf } from './codec.ts';
import { LIMITS } from './limits.ts';
import { isListWord, listShape } from './list.ts';
import type { Value, WordType } from './value.ts';

export type InternTable = {
  /** By handle: the value (of a list its words), its type, and the bytes of its content beyond `leastBytes`. */
  readonly values: (string | Uint8Array | readonly bigint[])[];
  readonly types: (WordType | null)[];
  readonly sizes: Sizes;
  readonly handles: Map<WordType, Map<string, number>>;
};

/** An array of numbers, or part of the memory of a tier, with room for every handle. */
export type Sizes = { [handle: number]: number };

const EMPTY_HASH = new Uint8Array(32);
const EMPTY_BYTES = new Uint8Array();
const HASH_BYTES = EMPTY_HASH.length;

/** A table that holds only the empty contents. */
export function createInternTable(sizes: Sizes = []): InternTable {
  sizes[0] = 0;
  return { values: [''], types: [null], sizes, handles: new Map() };
}

/** The word of a value; null when the table is full. */
export function wordOf(table: InternTable, type: WordType, value: Value): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'string') return intern(table, type, value, value, () => utf8Length(value));
  if (isBytes(value)) return intern(table, type, hexOf(value), value, () => value.length);
  return wordOfValues(table, type, value);
}

/** The value of a word. */
export function valueOfWord(table: InternTable, type: WordType, word: bigint): Value {
  if (type === 'int') return word;
  if (type === 'bool') return word !== 0n;
  const value = contentOf(table, type, word);
  return typeof value === 'string' || isBytes(value) ? value : valuesOfList(table, type, value);
}

/** The words of a list. */
export function wordsOfList(table: InternTable, type: WordType, word: bigint): readonly bigint[] {
  return contentOf(table, type, word) as readonly bigint[];
}

/** The word of a list of these words; null when the table is full. */
export function wordOfList(table: InternTable, type: WordType, words: readonly bigint[]): bigint | null {
  return intern(table, type, words.join(), words, () => {
    const types = elementTypes(type);
    return words.reduce((sum, word, at) => sum + wordBytes(table, types[at % types.length]!, word), 0);
  });
}

/** Bytes of content of the value of a word: what `contentBytes` says of the value. */
export function wordBytes(table: InternTable, type: WordType, word: bigint): number {
  return leastBytes(type) + (hasOneSize(type) ? 0 : table.sizes[Number(word)]!);
}

/** Bytes of the empty content of a type. */
export function leastBytes(type: WordType): number {
  return type === 'int' ? 8 : type === 'hash' ? HASH_BYTES : type === 'bool' || isListWord(type) ? 1 : 0;
}

/** Whether the contents of all values of a type have as many bytes. */
export function hasOneSize(type: WordType): boolean {
  return type === 'int' || type === 'bool' || type === 'hash';
}

/** Bytes of content of a value: what gas and limits count. */
export function contentBytes(value: Value): number {
  if (typeof value === 'bigint') return 8;
  if (typeof value === 'boolean') return 1;
  if (typeof value === 'string') return utf8Length(value);
  return isBytes(value) ? value.length : value.reduce<number>((sum, item) => sum + contentBytes(item), 1);
}

/** Whether a value is bytes, and not a list. */
export function isBytes(value: Value): value is Uint8Array {
  return value instanceof Uint8Array;
}

/** The word of a content that `key` tells from others of its type. */
function intern(
  { values, types, sizes, handles }: InternTable,
  type: WordType,
  key: string,
  value: string | Uint8Array | readonly bigint[],
  size: () => number,
): bigint | null {
  let known = handles.get(type);
  if (known === undefined) {
    known = new Map([[type === 'hash' ? hexOf(EMPTY_HASH) : '', 0]]);
    handles.set(type, known);
  }
  const handle = known.get(key);
  if (handle !== undefined) return BigInt(handle);
  if (values.length > LIMITS.internedValues) return null;
  known.set(key, values.length);
  sizes[values.length] = size();
  types.push(type);
  return BigInt(values.push(value) - 1);
}

function contentOf({ values, types }: InternTable, type: WordType, word: bigint) {
  if (word === 0n)
    return type === 'hash' ? EMPTY_HASH : type === 'bytes' ? EMPTY_BYTES : isListWord(type) ? [] : '';
  const handle = Number(word);
  const value = values[handle];
  if (value === undefined || types[handle] !== type) throw new Error(`no ${type} has handle ${word}`);
  return value;
}

function wordOfValues(table: InternTable, type: WordType, values: readonly Value[]): bigint | null {
  const types = elementTypes(type);
  const words: bigint[] = [];
  for (const [at, value] of values.entries()) {
    const word = wordOf(table, types[at % types.length]!, value);
    if (word === null) return null;
    words.push(word);
  }
  return wordOfList(table, type, words);
}

function valuesOfList(table: InternTable, type: WordType, words: readonly bigint[]): readonly Value[] {
  const types = elementTypes(type);
  return words.map((item, at) => valueOfWord(table, types[at % types.length]!, item));
}

/** The words of one element of a list. */
function elementTypes(type: WordType): readonly WordType[] {
  const shape = listShape(type);
  if (shape === null) throw new Error(`${type} is no type of lists`);
  return shape.words;
}

/** Measured without encoding; the text is well-formed, so a surrogate is one half of four bytes. */
function utf8Length(value: string): number {
  let length = value.length;
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at);
    if (unit >= 0x80) length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return length;
}
