/**
 * Storage as one execution sees it: entries read once, writes kept until the end. Leaves are words; what they stand
 * for is encoded when the execution has succeeded. Every operation adds its gas to `gas`, which the interpreter takes.
 */
import type { StorageSlot } from './artifact.ts';
import { chunkGas, GAS } from './gas.ts';
import type { Host, StorageWrite } from './host.ts';
import { contentBytes, type InternTable, valueOfWord, wordOf } from './intern.ts';
import { LIMITS } from './limits.ts';
import { decodeLeaf, encodeKeyWords, encodeLeaf, PRESENCE, storageKey } from './storage.ts';
import { trap } from './traps.ts';
import type { WordType } from './value.ts';

export type StateCache = {
  readonly slots: readonly StorageSlot[];
  readonly host: Host;
  readonly intern: InternTable;
  /** Per slot its entries by key words. */
  readonly entries: readonly Map<bigint | string, StateEntry>[];
  /** Where the leaves of a slot without keys lie, when the tier wants to reach them itself. */
  readonly roomOf: RoomOf;
  /** Leaves in order of first write. */
  readonly journal: { readonly entry: StateEntry; readonly field: number }[];
  gas: number;
};

/** Leaf `field` lies at `field + 1`, the presence bit at 0. */
export type StateEntry = {
  readonly slot: StorageSlot;
  readonly keyWords: Uint8Array;
  readonly words: BigInt64Array;
  readonly marks: Uint8Array;
};

/** Words and marks of the one entry of a slot, all zero before the execution; null: make some. */
export type RoomOf = (slot: number) => Pick<StateEntry, 'words' | 'marks'> | null;

/** Marks of a leaf whose word is known, and of one that was written; 0 where neither. */
const KNOWN = 1;
export const WRITTEN = 2;
const NO_KEY = 0n;

export function createStateCache(
  slots: readonly StorageSlot[],
  host: Host,
  intern: InternTable,
  roomOf: RoomOf,
): StateCache {
  return { slots, host, intern, entries: slots.map(() => new Map()), roomOf, journal: [], gas: 0 };
}

/** The entry of a slot whose key words stand on the stack at `base`. */
export function entryAt(cache: StateCache, slot: number, stack: BigInt64Array, base: number): StateEntry {
  const entries = cache.entries[slot]!;
  const count = cache.slots[slot]!.keys.length;
  const key = count === 0 ? NO_KEY : count === 1 ? stack[base]! : stack.subarray(base, base + count).join();
  return entries.get(key) ?? openEntry(cache, slot, stack.slice(base, base + count), key);
}

/** The word of a leaf (or, with `PRESENCE`, 0 or 1). */
export function readLeaf(cache: StateCache, entry: StateEntry, field: number): bigint {
  const at = field + 1;
  if (entry.marks[at] === 0) loadLeaf(cache, entry, field);
  return entry.words[at]!;
}

export function writeLeaf(cache: StateCache, entry: StateEntry, field: number, word: bigint): void {
  const at = field + 1;
  if (entry.marks[at] !== WRITTEN) {
    entry.marks[at] = WRITTEN;
    cache.journal.push({ entry, field });
    cache.gas += GAS.firstWrite;
  }
  entry.words[at] = word;
  cache.gas += chunkGas(contentBytes(valueOfWord(cache.intern, leafType(entry.slot, field), word)));
}

/** Marks the entry of a keyed slot as present. */
export function markPresent(cache: StateCache, entry: StateEntry): void {
  if (entry.slot.keys.length > 0 && readLeaf(cache, entry, PRESENCE) === 0n)
    writeLeaf(cache, entry, PRESENCE, 1n);
}

/** Makes the entry absent and its leaves zero. */
export function clearEntry(cache: StateCache, entry: StateEntry): void {
  for (let field = PRESENCE; field < entry.slot.fields.length; field++) writeLeaf(cache, entry, field, 0n);
}

/** The writes of a successful execution, in order of first write. */
export function writesOf(cache: StateCache): StorageWrite[] {
  return cache.journal.map(({ entry, field }) => {
    const word = entry.words[field + 1]!;
    const type = leafType(entry.slot, field);
    const value = word === 0n ? undefined : encodeLeaf(type, valueOfWord(cache.intern, type, word));
    return { key: storageKey(entry.slot, entry.keyWords, field), value };
  });
}

function openEntry(cache: StateCache, slot: number, words: BigInt64Array, key: bigint | string): StateEntry {
  const shape = cache.slots[slot]!;
  const values = shape.keys.map((type, index) => valueOfWord(cache.intern, type, words[index]!));
  const keyWords = encodeKeyWords(shape, values);
  if (keyWords === null)
    return trap(
      'LimitReached',
      `the key of an entry of ${shape.name} has more than ${LIMITS.keyBytes} bytes`,
    );
  cache.gas += chunkGas(keyWords.length);
  const leaves = shape.fields.length + 1;
  const own = shape.keys.length > 0 ? null : cache.roomOf(slot);
  const room = own ?? { words: new BigInt64Array(leaves), marks: new Uint8Array(leaves) };
  const entry = { slot: shape, keyWords, ...room };
  cache.entries[slot]!.set(key, entry);
  return entry;
}

function loadLeaf(cache: StateCache, entry: StateEntry, field: number): void {
  const type = leafType(entry.slot, field);
  const stored = cache.host.load(storageKey(entry.slot, entry.keyWords, field));
  cache.gas += GAS.coldLoad;
  entry.marks[field + 1] = KNOWN;
  if (stored === undefined) return;
  cache.gas += chunkGas(stored.length);
  const word = wordOf(cache.intern, type, decodeLeaf(type, stored));
  if (word === null) trap('LimitReached', 'too many longer values in one execution');
  entry.words[field + 1] = word;
}

function leafType(slot: StorageSlot, field: number): WordType {
  return field === PRESENCE ? 'bool' : slot.fields[field]!;
}
