/**
 * Typed tables over the flat state: a name, key parts, a value codec. There is one key encoding, printable ASCII:
 * the table's name, then each part with what is not `A-Z a-z 0-9 : . _ @ -` as `%XX` of its UTF-8 bytes, joined by `/`.
 */
import { bytes, type Codec, decodeValue, encodeValue, record, text } from '../vm/index.ts';
import type { Reader, State } from './state.ts';

/** Texts and byte strings in rows: ids, names, keys, leaves of storage. What is larger says so. */
export const SHORT_TEXT: Codec<string> = text(1_024);
export const SHORT_BYTES: Codec<Uint8Array> = bytes(4_096);
/** A row that says all by being there. */
export const PRESENT: Codec<Record<never, never>> = record({});

/** `Parts` is a tuple of strings, one per key part. */
export type Table<Parts extends readonly string[], T> = {
  readonly name: string;
  readonly codec: Codec<T>;
  readonly parts?: Parts;
};

export function table<Parts extends readonly string[], T>(name: string, codec: Codec<T>): Table<Parts, T> {
  return { name, codec };
}

export function read<Parts extends readonly string[], T>(
  state: Reader,
  from: Table<Parts, T>,
  ...parts: Parts
): T | undefined {
  const stored = state.get(keyOf(from, ...parts));
  return stored === undefined ? undefined : decodeRow(from, stored);
}

export function has<Parts extends readonly string[], T>(
  state: Reader,
  from: Table<Parts, T>,
  ...parts: Parts
): boolean {
  return state.get(keyOf(from, ...parts)) !== undefined;
}

export function write<Parts extends readonly string[], T>(
  state: State,
  to: Table<Parts, T>,
  parts: Parts,
  value: T,
): void {
  state.put(keyOf(to, ...parts), encodeValue(to.codec, value));
}

export function erase<Parts extends readonly string[], T>(
  state: State,
  from: Table<Parts, T>,
  ...parts: Parts
): void {
  const key = keyOf(from, ...parts);
  if (state.get(key) !== undefined) state.remove(key);
}

/** The key parts of all rows whose first parts are `parts`, in the order of the keys. */
export function list<Parts extends readonly string[], T>(
  state: Reader,
  from: Table<Parts, T>,
  ...parts: Partial<Parts>
): Parts[] {
  if (state.keys === undefined) throw new Error('this state cannot list its keys');
  const prefix = `${[from.name, ...(parts as readonly string[]).map(escapePart)].join('/')}/`;
  return [...state.keys(prefix)].map(
    (key) => key.split('/').slice(1).map(decodeURIComponent) as unknown as Parts,
  );
}

export function keyOf<Parts extends readonly string[], T>(of: Table<Parts, T>, ...parts: Parts): string {
  return [of.name, ...parts.map(escapePart)].join('/');
}

/** What is stored was written by us: bytes that do not decode are damage, not input. */
export function decodeRow<Parts extends readonly string[], T>(of: Table<Parts, T>, stored: Uint8Array): T {
  const decoded = decodeValue(of.codec, stored);
  if (!decoded.ok) throw new Error(`table ${of.name}: ${decoded.error.message}`);
  return decoded.value;
}

function escapePart(part: string): string {
  if (!part.isWellFormed()) throw new Error('a key part is not well-formed text');
  return part.replace(/[^A-Za-z0-9:._@-]+/g, (run) =>
    [...new TextEncoder().encode(run)].map(escapeByte).join(''),
  );
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
