/**
 * Where a contract's state lies: a leaf has a key made of the slot's name, the content of the key words and the
 * field, and a value made of the leaf's content. A zero leaf is absent, so equal states have equal bytes. The names,
 * not positions, are in the keys: state survives an upgrade that reorders its declarations, and tools can read it.
 */
import type { StorageSlot } from './artifact.ts';
import {
  type Codec,
  decodeValue,
  encodeValue,
  type Reader,
  readBytes,
  text,
  uint,
  type Writer,
  writeInt64,
} from './codec.ts';
import { LIMITS } from './limits.ts';
import type { Value, WordType } from './value.ts';
import { valueCodec } from './words.ts';

/** In place of a field: whether the entry of a keyed slot is present. */
export const PRESENCE = -1;

/** A stored leaf as tools see it. */
export type StoredLeaf = {
  readonly slot: number;
  readonly keys: readonly Value[];
  /** Index of the field, or `PRESENCE`. */
  readonly field: number;
  readonly value: Value;
};

const slotName = text(LIMITS.nameBytes);
const fieldNumber = uint(LIMITS.signatureWords + 1);

/** Big-endian with the sign bit turned round, so that keys sort as their integers do. */
const sortableInt: Codec<bigint> = {
  write: (writer: Writer, value: bigint) => writeInt64(writer, BigInt.asIntN(64, value ^ (1n << 63n))),
  read: (reader: Reader) => {
    let shifted = 0n;
    for (const byte of readBytes(reader, 8)) shifted = (shifted << 8n) | BigInt(byte);
    return BigInt.asIntN(64, shifted ^ (1n << 63n));
  },
};

function keyCodec(type: WordType): ReturnType<typeof valueCodec> {
  return type === 'int' ? sortableInt : valueCodec(type);
}

/** The content of the key words of an entry; null when it is longer than `LIMITS.keyBytes`. */
export function encodeKeyWords(slot: StorageSlot, keys: readonly Value[]): Uint8Array | null {
  const parts = slot.keys.map((type, index) => encodeValue(keyCodec(type), keys[index]));
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return size > LIMITS.keyBytes ? null : concat(parts);
}

/** The storage key of a leaf. `keyWords` is what `encodeKeyWords` gave (empty for a slot without keys). */
export function storageKey(slot: StorageSlot, keyWords: Uint8Array, field: number): Uint8Array {
  return concat([encodeValue(slotName, slot.name), keyWords, encodeValue(fieldNumber, field + 1)]);
}

/** The stored bytes of a leaf that is not zero. */
export function encodeLeaf(type: WordType, value: Value): Uint8Array {
  return encodeValue(valueCodec(type), value);
}

/** The value of stored bytes. Throws when they are not a leaf of that type: the store is damaged. */
export function decodeLeaf(type: WordType, stored: Uint8Array): Value {
  const decoded = decodeValue<Value>(valueCodec(type), stored);
  if (!decoded.ok) throw new Error(`stored bytes are not a ${type}: ${decoded.error.message}`);
  return decoded.value;
}

/** Reads a stored pair back for display; null when it belongs to none of the slots. */
export function readStored(
  slots: readonly StorageSlot[],
  key: Uint8Array,
  stored: Uint8Array,
): StoredLeaf | null {
  const reader: Reader = { bytes: key, offset: 0, depth: 0 };
  const name = decodePart(slotName, reader);
  const slot = slots.findIndex((one) => one.name === name);
  const shape = slots[slot];
  if (shape === undefined) return null;
  const keys = shape.keys.map((type) => decodePart<Value>(keyCodec(type), reader));
  const field = (decodePart(fieldNumber, reader) ?? 0) - 1;
  const type = field === PRESENCE ? 'bool' : shape.fields[field];
  if (type === undefined || reader.offset !== key.length || keys.includes(undefined)) return null;
  const value = decodeValue<Value>(valueCodec(type), stored);
  return value.ok ? { slot, keys: keys as Value[], field, value: value.value } : null;
}

/** One part of a key; undefined when the bytes are no such thing. */
function decodePart<T>(codec: Codec<T>, reader: Reader): T | undefined {
  const wrapped: Codec<{ readonly value: T; readonly end: number }> = {
    write: () => undefined,
    read: (inner) => {
      inner.offset = reader.offset;
      const value = codec.read(inner);
      const end = inner.offset;
      inner.offset = inner.bytes.length;
      return { value, end };
    },
  };
  const decoded = decodeValue(wrapped, reader.bytes);
  if (!decoded.ok) return undefined;
  reader.offset = decoded.value.end;
  return decoded.value.value;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
