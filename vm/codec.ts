/**
 * Codecs over bytes: a value has exactly one encoding, and decoding refuses everything else. Decoding gives a value or
 * a `DataError`, for any bytes; it never allocates more than a small multiple of its input. Encoding throws on a value
 * that the codec does not hold, because that is a bug of ours.
 *
 * Integers are LEB128 in their shortest form; lengths come before contents; unions and options begin with a tag byte.
 */

export type DataError = {
  readonly code: 'Truncated' | 'Trailing' | 'NotCanonical' | 'OutOfRange' | 'BadText' | 'BadTag' | 'TooDeep';
  readonly message: string;
  readonly offset: number;
};

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: DataError };

export type Codec<T> = {
  readonly write: (writer: Writer, value: T) => void;
  readonly read: (reader: Reader) => T;
};

/** The type that a codec holds. */
export type Of<C> = C extends Codec<infer T> ? T : never;

export type Writer = { bytes: Uint8Array; length: number };
export type Reader = { readonly bytes: Uint8Array; offset: number; depth: number };

/** The bytes of a value. */
export function encodeValue<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = newWriter();
  codec.write(writer, value);
  return writtenBytes(writer);
}

export function newWriter(): Writer {
  return { bytes: new Uint8Array(256), length: 0 };
}

export function writtenBytes({ bytes, length }: Writer): Uint8Array {
  return bytes.slice(0, length);
}

/** The value of all of `bytes`. */
export function decodeValue<T>(codec: Codec<T>, bytes: Uint8Array): Decoded<T> {
  const reader: Reader = { bytes, offset: 0, depth: 0 };
  try {
    const value = codec.read(reader);
    if (reader.offset !== bytes.length)
      return { ok: false, error: dataError('Trailing', 'bytes follow the end', reader.offset) };
    return { ok: true, value };
  } catch (thrown) {
    if (isRefusal(thrown)) return { ok: false, error: thrown.refusal };
    throw thrown;
  }
}

/** Refuses the bytes at hand; for `read` functions written by hand. */
export function refuse(reader: Reader, code: DataError['code'], message: string): never {
  throw { refusal: dataError(code, message, reader.offset) } satisfies Refusal;
}

// ---- scalars

/** An unsigned integer of at most `max`, itself at most 2^53 - 1. */
export function uint(max: number = Number.MAX_SAFE_INTEGER): Codec<number> {
  return {
    write: (writer, value) => {
      if (!Number.isSafeInteger(value) || value < 0 || value > max)
        throw new Error(`not an integer in 0..${max}: ${value}`);
      writeUnsigned(writer, BigInt(value));
    },
    read: (reader) => {
      const value = readUnsigned(reader);
      if (value > BigInt(max)) refuse(reader, 'OutOfRange', `${value} is larger than ${max}`);
      return Number(value);
    },
  };
}

/** An unsigned 64-bit integer. */
export const uint64: Codec<bigint> = {
  write: (writer, value) => {
    if (BigInt.asUintN(64, value) !== value) throw new Error(`not an unsigned 64-bit integer: ${value}`);
    writeUnsigned(writer, value);
  },
  read: readUnsigned,
};

/** A signed 64-bit integer. */
export const int64: Codec<bigint> = { write: writeSigned, read: readSigned };

/** A signed integer within 2^53. */
export const int: Codec<number> = {
  write: (writer, value) => writeSigned(writer, BigInt(value)),
  read: (reader) => {
    const value = Number(readSigned(reader));
    if (!Number.isSafeInteger(value)) refuse(reader, 'OutOfRange', 'the integer is too large');
    return value;
  },
};

/** One byte, 0 to 255. */
export const byte: Codec<number> = {
  write: (writer, value) => {
    if (!Number.isInteger(value) || value < 0 || value > 255) throw new Error(`not a byte: ${value}`);
    writeByte(writer, value);
  },
  read: readByte,
};

export const bool: Codec<boolean> = {
  write: (writer, value) => writeByte(writer, value ? 1 : 0),
  read: (reader) => {
    const value = readByte(reader);
    if (value > 1) refuse(reader, 'BadTag', 'a truth value is 0 or 1');
    return value === 1;
  },
};

/** At most `max` bytes. Decoded bytes are a copy. */
export function bytes(max: number): Codec<Uint8Array> {
  const length = uint(max);
  return {
    write: (writer, value) => {
      length.write(writer, value.length);
      writeBytes(writer, value);
    },
    read: (reader) => readBytes(reader, length.read(reader)),
  };
}

/** Exactly `size` bytes. */
export function fixedBytes(size: number): Codec<Uint8Array> {
  return {
    write: (writer, value) => {
      if (value.length !== size) throw new Error(`${value.length} bytes instead of ${size}`);
      writeBytes(writer, value);
    },
    read: (reader) => readBytes(reader, size),
  };
}

/** Well-formed text of at most `maxBytes` bytes of UTF-8. */
export function text(maxBytes: number): Codec<string> {
  const content = bytes(maxBytes);
  return {
    write: (writer, value) => {
      if (!value.isWellFormed()) throw new Error('text with a lone surrogate');
      content.write(writer, utf8(value));
    },
    read: (reader) => {
      const decoded = textOfUtf8(content.read(reader));
      return decoded ?? refuse(reader, 'BadText', 'the text is not well-formed UTF-8');
    },
  };
}

/** One of some words, by its position. */
export function choice<const T extends string>(words: readonly T[]): Codec<T> {
  return {
    write: (writer, value) => writeByte(writer, positionOf(words, value)),
    read: (reader) =>
      words[readByte(reader)] ?? refuse(reader, 'BadTag', `one of ${words.join(', ')} expected`),
  };
}

// ---- structure

/** At most `max` items. */
export function list<T>(item: Codec<T>, max: number): Codec<readonly T[]> {
  const length = uint(max);
  return {
    write: (writer, values) => {
      length.write(writer, values.length);
      for (const value of values) item.write(writer, value);
    },
    read: (reader) => {
      const count = length.read(reader);
      // Every item takes at least one byte, so a false count cannot make us allocate.
      if (count > reader.bytes.length - reader.offset)
        refuse(reader, 'Truncated', 'the list is longer than the data');
      const values: T[] = [];
      for (let index = 0; index < count; index++) values.push(item.read(reader));
      return values;
    },
  };
}

/** At most `max` items in strictly ascending order by `compare`; the one form of a set or of a map. */
export function sortedList<T>(
  item: Codec<T>,
  max: number,
  compare: (a: T, b: T) => number,
): Codec<readonly T[]> {
  const items = list(item, max);
  const ascends = (values: readonly T[]) =>
    values.every((value, index) => index === 0 || compare(values[index - 1] as T, value) < 0);
  return {
    write: (writer, values) => {
      if (!ascends(values)) throw new Error('a sorted list that is not in order');
      items.write(writer, values);
    },
    read: (reader) => {
      const values = items.read(reader);
      return ascends(values) ? values : refuse(reader, 'NotCanonical', 'the list is not in order');
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: codecs of several types in one list; each keeps its own in the result
type AnyCodec = Codec<any>;
type Fields = { readonly [name: string]: AnyCodec };
type RecordOf<F> = { readonly [K in keyof F]: Of<F[K]> };

/** An object, field after field in the order of `fields`. */
export function record<F extends Fields>(fields: F): Codec<RecordOf<F>> {
  const entries = Object.entries<AnyCodec>(fields);
  return {
    write: (writer, value) => {
      for (const [name, codec] of entries)
        codec.write(writer, (value as Record<string, never>)[name] as never);
    },
    read: (reader) => {
      const value: Record<string, unknown> = {};
      for (const [name, codec] of entries) value[name] = codec.read(reader);
      return value as RecordOf<F>;
    },
  };
}

/** A fixed sequence. */
export function tuple<const T extends readonly AnyCodec[]>(
  ...items: T
): Codec<{ readonly [K in keyof T]: Of<T[K]> }> {
  return {
    write: (writer, values) => {
      for (const [index, codec] of items.entries()) codec.write(writer, values[index]);
    },
    read: (reader) => items.map((codec) => codec.read(reader)) as never,
  };
}

type Variants = { readonly [kind: string]: AnyCodec };
type UnionOf<V> = { readonly [K in keyof V]: { readonly kind: K } & Of<V[K]> }[keyof V];

/** A union discriminated by `kind`; the tag is the position of the kind in `variants`. */
export function union<V extends Variants>(variants: V): Codec<UnionOf<V>> {
  const kinds = Object.keys(variants);
  return {
    write: (writer, value) => {
      const kind = (value as { kind: string }).kind;
      writeByte(writer, positionOf(kinds, kind));
      (variants[kind] as Codec<unknown>).write(writer, value);
    },
    read: (reader) => {
      const kind = kinds[readByte(reader)] ?? refuse(reader, 'BadTag', `one of ${kinds.join(', ')} expected`);
      return { kind, ...(variants[kind] as Codec<object>).read(reader) } as UnionOf<V>;
    },
  };
}

/** A value or null. */
export function option<T>(item: Codec<T>): Codec<T | null> {
  return {
    write: (writer, value) => {
      bool.write(writer, value !== null);
      if (value !== null) item.write(writer, value);
    },
    read: (reader) => (bool.read(reader) ? item.read(reader) : null),
  };
}

/** The same bytes seen as another type. `from` returns undefined for what it does not accept. */
export function mapped<A, B>(
  codec: Codec<A>,
  to: (value: B) => A,
  from: (value: A) => B | undefined,
): Codec<B> {
  return {
    write: (writer, value) => codec.write(writer, to(value)),
    read: (reader) => {
      const value = from(codec.read(reader));
      return value === undefined ? refuse(reader, 'OutOfRange', 'the value is not allowed here') : value;
    },
  };
}

/** A codec that mentions itself, nested at most `depthMax` deep. */
export function recursive<T>(depthMax: number, build: (self: Codec<T>) => Codec<T>): Codec<T> {
  let depth = 0;
  const self: Codec<T> = {
    write: (writer, value) => {
      if (depth >= depthMax) throw new Error(`nested more than ${depthMax} deep`);
      depth += 1;
      try {
        inner.write(writer, value);
      } finally {
        depth -= 1;
      }
    },
    read: (reader) => {
      if (reader.depth >= depthMax) refuse(reader, 'TooDeep', `nested more than ${depthMax} deep`);
      reader.depth += 1;
      const value = inner.read(reader);
      reader.depth -= 1;
      return value;
    },
  };
  const inner = build(self);
  return self;
}

/** The contents stand behind their length in bytes, so that a reader can skip them. */
export function sized<T>(item: Codec<T>, max: number): Codec<T> {
  const length = uint(max);
  return {
    write: (writer, value) => {
      const inner: Writer = { bytes: new Uint8Array(256), length: 0 };
      item.write(inner, value);
      length.write(writer, inner.length);
      writeBytes(writer, inner.bytes.subarray(0, inner.length));
    },
    read: (reader) => {
      const size = length.read(reader);
      const end = reader.offset + size;
      if (end > reader.bytes.length) refuse(reader, 'Truncated', 'the data ends too early');
      const inner: Reader = {
        bytes: reader.bytes.subarray(0, end),
        offset: reader.offset,
        depth: reader.depth,
      };
      const value = item.read(inner);
      if (inner.offset !== end) refuse(inner, 'Trailing', 'bytes follow the end');
      reader.offset = end;
      return value;
    },
  };
}

// ---- text and bytes

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 of a text. */
export function utf8(value: string): Uint8Array {
  return ENCODER.encode(value);
}

/** The text of well-formed UTF-8, else undefined. */
export function textOfUtf8(content: Uint8Array): string | undefined {
  try {
    return DECODER.decode(content);
  } catch {
    return undefined;
  }
}

/** Order of bytes, shorter first on a common prefix. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let index = 0; index < shared; index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Order of texts by UTF-16 code unit; no locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** Lower-case hexadecimal digits. */
export function hexOf(content: Uint8Array): string {
  let out = '';
  for (const value of content) out += (value < 16 ? '0' : '') + value.toString(16);
  return out;
}

/** Bytes of hexadecimal digits, else undefined. */
export function bytesOfHex(digits: string): Uint8Array | undefined {
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) return undefined;
  const out = new Uint8Array(digits.length / 2);
  for (let index = 0; index < out.length; index++)
    out[index] = Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16);
  return out;
}

// ---- bytes of a writer and a reader

export function writeByte(writer: Writer, value: number): void {
  if (writer.length === writer.bytes.length) grow(writer, 1);
  writer.bytes[writer.length++] = value;
}

export function writeBytes(writer: Writer, content: Uint8Array): void {
  if (writer.length + content.length > writer.bytes.length) grow(writer, content.length);
  writer.bytes.set(content, writer.length);
  writer.length += content.length;
}

/** Two's complement, the most significant byte first. */
export function writeInt64(writer: Writer, value: bigint): void {
  INT64.setBigInt64(0, value);
  writeBytes(writer, INT64_BYTES);
}

const INT64_BYTES = new Uint8Array(8);
const INT64 = new DataView(INT64_BYTES.buffer);

export function readByte(reader: Reader): number {
  const value = reader.bytes[reader.offset];
  if (value === undefined) refuse(reader, 'Truncated', 'the data ends too early');
  reader.offset += 1;
  return value;
}

export function readBytes(reader: Reader, size: number): Uint8Array {
  if (size > reader.bytes.length - reader.offset) refuse(reader, 'Truncated', 'the data ends too early');
  const content = reader.bytes.slice(reader.offset, reader.offset + size);
  reader.offset += size;
  return content;
}

type Refusal = { readonly refusal: DataError };

function isRefusal(thrown: unknown): thrown is Refusal {
  return typeof thrown === 'object' && thrown !== null && 'refusal' in thrown;
}

function dataError(code: DataError['code'], message: string, offset: number): DataError {
  return { code, message, offset };
}

function positionOf(words: readonly string[], word: string): number {
  const position = words.indexOf(word);
  if (position < 0) throw new Error(`${word} is none of ${words.join(', ')}`);
  return position;
}

function grow(writer: Writer, more: number): void {
  const larger = new Uint8Array(Math.max(writer.bytes.length * 2, writer.length + more));
  larger.set(writer.bytes.subarray(0, writer.length));
  writer.bytes = larger;
}

function writeUnsigned(writer: Writer, value: bigint): void {
  let rest = value;
  while (rest > 0x7fn) {
    writeByte(writer, Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  writeByte(writer, Number(rest));
}

function readUnsigned(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const part = readByte(reader);
    value |= BigInt(part & 0x7f) << shift;
    if (part < 0x80) {
      if (part === 0 && shift > 0n) refuse(reader, 'NotCanonical', 'an integer is longer than it need be');
      if (value > 0xffff_ffff_ffff_ffffn) break;
      return value;
    }
  }
  return refuse(reader, 'OutOfRange', 'an integer does not fit in 64 bits');
}

function writeSigned(writer: Writer, value: bigint): void {
  if (BigInt.asIntN(64, value) !== value) throw new Error(`not a signed 64-bit integer: ${value}`);
  let rest = value;
  while (rest < -0x40n || rest > 0x3fn) {
    writeByte(writer, Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  writeByte(writer, Number(rest & 0x7fn));
}

function readSigned(reader: Reader): bigint {
  let value = 0n;
  let previous = 0;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const part = readByte(reader);
    value |= BigInt(part & 0x7f) << shift;
    if (part < 0x80) {
      const signed = BigInt.asIntN(Number(shift) + 7, value);
      if (BigInt.asIntN(64, signed) !== signed) break;
      const padding = shift > 0n && ((part === 0 && previous < 0xc0) || (part === 0x7f && previous >= 0xc0));
      if (padding) refuse(reader, 'NotCanonical', 'an integer is longer than it need be');
      return signed;
    }
    previous = part;
  }
  return refuse(reader, 'OutOfRange', 'an integer does not fit in 64 bits');
}
