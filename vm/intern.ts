/**
 * The intern table of one execution: longer values in, handles out. Equal content of one type has one handle, so that
 * equality is one word comparison; handle 0 is the empty content (for `hash`: 32 zero bytes). Handles mean nothing
 * outside their execution.
 */
import { hexOf, utf8 } from './codec.ts';
import { LIMITS } from './limits.ts';
import { listShape } from './list.ts';
import type { PlainWord, Value, WordType } from './value.ts';

type HandleType = Exclude<PlainWord, 'int' | 'bool'>;

export type InternTable = {
  readonly tables: { readonly [K in HandleType]: Table };
  /** By type, as far as lists of it were met. */
  readonly lists: Map<WordType, Lists>;
  /** Distinct values held, not counting the empty ones. */
  count: number;
};

type Table = { readonly values: (string | Uint8Array)[]; readonly handles: Map<string, number> };
/** Lists as their words, by handle; `types` are the words of one element. */
type Lists = {
  readonly types: readonly WordType[];
  readonly values: (readonly bigint[])[];
  readonly handles: Map<string, number>;
};

const EMPTY_HASH = new Uint8Array(32);
const EMPTY_BYTES = new Uint8Array();

/** A table that holds only the empty contents. */
export function createInternTable(): InternTable {
  const texts = () => ({ values: [''], handles: new Map([['', 0]]) });
  return {
    tables: {
      text: texts(),
      did: texts(),
      id: texts(),
      bytes: { values: [EMPTY_BYTES], handles: new Map([['', 0]]) },
      hash: { values: [EMPTY_HASH], handles: new Map([[hexOf(EMPTY_HASH), 0]]) },
    },
    lists: new Map(),
    count: 0,
  };
}

/** The word of a value; null when the table is full. */
export function wordOf(table: InternTable, type: WordType, value: Value): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (!isBytes(value) && typeof value !== 'string') return wordOfValues(table, type, value);
  const { values, handles } = table.tables[type as HandleType];
  const key = typeof value === 'string' ? value : hexOf(value);
  const known = handles.get(key);
  if (known !== undefined) return BigInt(known);
  if (table.count >= LIMITS.internedValues) return null;
  table.count += 1;
  handles.set(key, values.length);
  values.push(value);
  return BigInt(values.length - 1);
}

/** The value of a word. */
export function valueOfWord(table: InternTable, type: WordType, word: bigint): Value {
  if (type === 'int') return word;
  if (type === 'bool') return word !== 0n;
  const value = table.tables[type as HandleType]?.values[Number(word)] ?? valuesOfList(table, type, word);
  if (value === undefined) throw new Error(`no ${type} has handle ${word}`);
  return value;
}

/** The words of a list. */
export function wordsOfList(table: InternTable, type: WordType, word: bigint): readonly bigint[] {
  const words = listsOf(table, type).values[Number(word)];
  if (words === undefined) throw new Error(`no ${type} has handle ${word}`);
  return words;
}

/** The word of a list of these words; null when the table is full. */
export function wordOfList(table: InternTable, type: WordType, words: readonly bigint[]): bigint | null {
  const { values, handles } = listsOf(table, type);
  const key = words.join();
  const known = handles.get(key);
  if (known !== undefined) return BigInt(known);
  if (table.count >= LIMITS.internedValues) return null;
  table.count += 1;
  handles.set(key, values.length);
  values.push(words);
  return BigInt(values.length - 1);
}

function listsOf(table: InternTable, type: WordType): Lists {
  const known = table.lists.get(type);
  if (known !== undefined) return known;
  const shape = listShape(type);
  if (shape === null) throw new Error(`${type} is no type of lists`);
  const made = { types: shape.words, values: [[]], handles: new Map([['', 0]]) };
  table.lists.set(type, made);
  return made;
}

function wordOfValues(table: InternTable, type: WordType, values: readonly Value[]): bigint | null {
  const { types } = listsOf(table, type);
  const words: bigint[] = [];
  for (const [at, value] of values.entries()) {
    const word = wordOf(table, types[at % types.length]!, value);
    if (word === null) return null;
    words.push(word);
  }
  return wordOfList(table, type, words);
}

function valuesOfList(table: InternTable, type: WordType, word: bigint): readonly Value[] {
  const { types } = listsOf(table, type);
  return wordsOfList(table, type, word).map((item, at) =>
    valueOfWord(table, types[at % types.length]!, item),
  );
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

function utf8Length(value: string): number {
  return utf8(value).length;
}
