/**
 * The intern table of one execution: longer values in, handles out. Equal content of one type has one handle, so that
 * equality is one word comparison; handle 0 is the empty content (for `hash`: 32 zero bytes). Handles mean nothing
 * outside their execution.
 */
import { hexOf, utf8 } from './codec.ts';
import { LIMITS } from './limits.ts';
import type { Value, WordType } from './value.ts';

export type HandleType = Exclude<WordType, 'int' | 'bool'>;

export type InternTable = {
  readonly tables: { readonly [K in HandleType]: Table };
  /** Distinct values held, not counting the empty ones. */
  count: number;
};

type Table = { readonly values: (string | Uint8Array)[]; readonly handles: Map<string, number> };

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
    count: 0,
  };
}

/** The word of a value; null when the table is full. */
export function wordOf(table: InternTable, type: WordType, value: Value): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
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
  const value = table.tables[type].values[Number(word)];
  if (value === undefined) throw new Error(`no ${type} has handle ${word}`);
  return value;
}

/** Bytes of content of a value: what gas and limits count. */
export function contentBytes(value: Value): number {
  if (typeof value === 'bigint') return 8;
  if (typeof value === 'boolean') return 1;
  return typeof value === 'string' ? utf8Length(value) : value.length;
}

function utf8Length(value: string): number {
  return utf8(value).length;
}
