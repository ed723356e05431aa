/**
 * Storage as one execution sees it: entries read once, writes kept until the end. Leaves are words; what they stand
 * for is encoded when the execution has succeeded. Every operation adds its gas to `gas`, which the machine takes.
 *
 * Entries lie in an arena, where compiled code finds and changes them too (`wasm/entries.ts`). An entry is its header
 * (the slot, and its number among the opened ones), its key words, a word for presence and each leaf, and a mark for
 * each of these, 32 bits wide. A hash table with open addressing, of places of entries, finds those of keyed slots: the
 * first empty bucket ends a search, and so do `PROBES_MAX` full ones; what finds no bucket that near is kept in a map,
 * so that nobody can make searches long by the choice of keys.
 */
import { type Arena, allot } from './arena.ts';
import type { StorageSlot } from './artifact.ts';
import { chunkGas, GAS, keyGas } from './gas.ts';
import type { Host, StorageWrite } from './host.ts';
import { type InternTable, valueOfWord, wordBytes, wordOf } from './intern.ts';
import { LIMITS } from './limits.ts';
import { decodeLeaf, encodeKeyWords, encodeLeaf, PRESENCE, storageKey } from './storage.ts';
import { trap } from './traps.ts';
import type { WordType } from './value.ts';

export type StateCache = {
  readonly slots: readonly StorageSlot[];
  readonly host: Host;
  readonly intern: InternTable;
  /** The stack, on which key words stand, and halves of its words. */
  readonly stack: BigInt64Array;
  readonly halves: Int32Array;
  readonly arena: Arena;
  /** Where `TABLE` begins in the arena, in 32-bit numbers. */
  readonly table: number;
  /** Per slot without keys the place of its entry, 0 while it is not opened. */
  readonly plain: number[];
  /** Where the entries of slots without keys must lie, when the tier wants to know; zero before the execution. */
  readonly homes: readonly number[] | null;
  /** Entries in the order in which they were opened. */
  readonly opened: OpenEntry[];
  /** Places of entries that found no bucket, by slot and key words. */
  spilled: Map<string, number> | null;
  /** Words of all entries. */
  words: number;
  gas: number;
};

type OpenEntry = { readonly slot: number; readonly at: number; readonly keyWords: Uint8Array };

/** What the tier lends: an arena with an empty table of `BUCKETS` buckets, and homes for plain entries. */
export type Room = Pick<StateCache, 'arena' | 'table' | 'homes'>;

/** By place behind `table`: the place of the buckets in bytes, their number less 1 times 4, and how many leaves were written. */
export const TABLE = { buckets: 0, mask: 1, written: 2 } as const;
/** Buckets of a new table: a power of two. */
export const BUCKETS = 64;
/** How many full buckets a search looks at. */
export const PROBES_MAX = 8;

/** Marks of a leaf whose word is known, and, for the first one written, of one that was written; 0 where neither. */
export const KNOWN = 1;
export const WRITTEN = 2;

/** Where the parts of an entry of a slot lie: the first word (presence, then leaves), the first mark, words in all. */
export function extentOf({ keys, fields }: StorageSlot): {
  readonly words: number;
  readonly marks: number;
  readonly total: number;
} {
  const words = 1 + keys.length;
  const leaves = fields.length + 1;
  return { words, marks: 2 * (words + leaves), total: words + leaves + ((leaves + 1) >> 1) };
}

/** Room in an arena for an execution that needs none in particular. */
export function makeRoom(arena: Arena): Room {
  const header = allot(arena, 2);
  const table = 2 * header;
  clearTable(arena, table, allot(arena, BUCKETS / 2));
  return { arena, table, homes: null };
}

/** Makes the table empty, with `BUCKETS` buckets at a word. */
export function clearTable({ ints, words }: Arena, table: number, buckets: number): void {
  words.fill(0n, buckets, buckets + BUCKETS / 2);
  ints[table + TABLE.buckets] = 8 * buckets;
  ints[table + TABLE.mask] = 4 * (BUCKETS - 1);
  ints[table + TABLE.written] = 0;
}

export function createStateCache(
  slots: readonly StorageSlot[],
  host: Host,
  intern: InternTable,
  words: Pick<StateCache, 'stack' | 'halves'> & { readonly room: Room },
): StateCache {
  const { stack, halves, room } = words;
  const plain = new Array<number>(slots.length).fill(0);
  return { slots, host, intern, stack, halves, plain, opened: [], spilled: null, words: 0, gas: 0, ...room };
}

/** The place of the entry of a slot whose key words stand on the stack at `base`. */
export function entryAt(cache: StateCache, slot: number, base: number): number {
  const count = cache.slots[slot]!.keys.length;
  const found = count === 0 ? cache.plain[slot]! : find(cache, slot, base, count);
  return found === 0 ? openEntry(cache, slot, base, count) : found;
}

/** The word of a leaf (or, with `PRESENCE`, 0 or 1). */
export function readLeaf(cache: StateCache, at: number, field: number): bigint {
  const { arena } = cache;
  const shape = shapeAt(cache, at);
  if (arena.ints[markAt(shape, at, field)] === 0) loadLeaf(cache, at, field);
  return arena.words[wordAt(shape, at, field)]!;
}

export function writeLeaf(cache: StateCache, at: number, field: number, word: bigint): void {
  const { ints, words } = cache.arena;
  const shape = shapeAt(cache, at);
  const mark = markAt(shape, at, field);
  if (ints[mark]! < WRITTEN) {
    ints[mark] = WRITTEN + ints[cache.table + TABLE.written]!++;
    cache.gas += GAS.firstWrite;
  }
  words[wordAt(shape, at, field)] = word;
  cache.gas += chunkGas(wordBytes(cache.intern, leafType(shape, field), word));
}

/** Marks the entry of a keyed slot as present. */
export function markPresent(cache: StateCache, at: number): void {
  if (shapeAt(cache, at).keys.length > 0 && readLeaf(cache, at, PRESENCE) === 0n)
    writeLeaf(cache, at, PRESENCE, 1n);
}

/** Makes the entry absent and its leaves zero. */
export function clearEntry(cache: StateCache, at: number): void {
  const leaves = shapeAt(cache, at).fields.length;
  for (let field = PRESENCE; field < leaves; field++) writeLeaf(cache, at, field, 0n);
}

/** The writes of a successful execution, in order of first write. */
export function writesOf({ arena, table, slots, opened, intern }: StateCache): StorageWrite[] {
  const writes = new Array<StorageWrite>(arena.ints[table + TABLE.written]!);
  for (const { slot, at, keyWords } of opened) {
    const shape = slots[slot]!;
    for (let field = PRESENCE; field < shape.fields.length; field++) {
      const order = arena.ints[markAt(shape, at, field)]! - WRITTEN;
      if (order < 0) continue;
      const word = arena.words[wordAt(shape, at, field)]!;
      const type = leafType(shape, field);
      const value = word === 0n ? undefined : encodeLeaf(type, valueOfWord(intern, type, word));
      writes[order] = { key: storageKey(shape, keyWords, field), value };
    }
  }
  return writes;
}

/** Makes the homes of plain entries as they were before the execution. */
export function clearHomes({ arena, slots, opened }: StateCache): void {
  for (const { slot, at } of opened) {
    const shape = slots[slot]!;
    if (shape.keys.length === 0) arena.words.fill(0n, at, at + extentOf(shape).total);
  }
}

// ---- finding

/** The place of an entry with these key words, or 0. */
function find(
  { arena, table, halves, spilled }: StateCache,
  slot: number,
  base: number,
  count: number,
): number {
  const { ints } = arena;
  const buckets = ints[table + TABLE.buckets]! >> 2;
  const mask = ints[table + TABLE.mask]!;
  let probe = hashOf(slot, halves, 2 * base, count) & mask;
  for (let left = PROBES_MAX; left > 0; left--) {
    const at = ints[buckets + (probe >> 2)]! >> 3;
    if (at === 0) return 0;
    if (ints[2 * at] === slot && same(ints, 2 * at + 2, halves, 2 * base, 2 * count)) return at;
    probe = (probe + 4) & mask;
  }
  return spilled?.get(spillKey(slot, halves, 2 * base, count)) ?? 0;
}

function same(a: Int32Array, aFrom: number, b: Int32Array, bFrom: number, count: number): boolean {
  for (let which = 0; which < count; which++) if (a[aFrom + which] !== b[bFrom + which]) return false;
  return true;
}

/** Mixes a slot and its key words, halves of which begin at `from`; compiled code computes the same. */
export function hashOf(slot: number, ints: Int32Array, from: number, count: number): number {
  let hash = Math.imul(slot + 1, HASH_SLOT);
  for (let at = from; at < from + 2 * count; at += 2) {
    hash = Math.imul(hash ^ ints[at]! ^ Math.imul(ints[at + 1]!, HASH_HIGH), HASH_WORD);
    hash ^= hash >>> HASH_SHIFT;
  }
  return hash;
}

export const HASH_SLOT = 0x9e3779b1 | 0;
export const HASH_HIGH = 0xc2b2ae35 | 0;
export const HASH_WORD = 0x85ebca6b | 0;
export const HASH_SHIFT = 15;

/** V8 hashes texts with a seed of the process, so that their collisions cannot be chosen. */
function spillKey(slot: number, halves: Int32Array, from: number, count: number): string {
  return `${slot},${halves.subarray(from, from + 2 * count).join()}`;
}

// ---- opening

function openEntry(cache: StateCache, slot: number, base: number, count: number): number {
  const shape = cache.slots[slot]!;
  const words = cache.stack.subarray(base, base + count);
  const values = shape.keys.map((type, index) => valueOfWord(cache.intern, type, words[index]!));
  const keyWords = encodeKeyWords(shape, values);
  if (keyWords === null)
    return trap(
      'LimitReached',
      `the key of an entry of ${shape.name} has more than ${LIMITS.keyBytes} bytes`,
    );
  const { total } = extentOf(shape);
  if (cache.words + total > LIMITS.stateWords)
    return trap('LimitReached', 'too many storage entries in one execution');
  cache.words += total;
  cache.gas += keyGas(keyWords.length);
  const home = count === 0 ? cache.homes?.[slot] : undefined;
  const at = home ?? allot(cache.arena, total);
  cache.arena.ints[2 * at] = slot;
  cache.arena.ints[2 * at + 1] = cache.opened.push({ slot, at, keyWords }) - 1;
  cache.arena.words.set(words, at + 1);
  if (count === 0) cache.plain[slot] = at;
  else enterTable(cache, slot, at);
  return at;
}

/** Puts an entry into the table, which is at most half full. */
function enterTable(cache: StateCache, slot: number, at: number): void {
  const buckets = cache.arena.ints[cache.table + TABLE.mask]! / 4 + 1;
  if (2 * cache.opened.length > buckets) growTable(cache, 2 * buckets);
  else enterOrSpill(cache, slot, at);
}

function enterOrSpill(cache: StateCache, slot: number, at: number): void {
  const { arena, slots } = cache;
  const count = slots[slot]!.keys.length;
  const from = 2 * at + 2;
  if (enterBucket(cache, at, hashOf(slot, arena.ints, from, count))) return;
  cache.spilled ??= new Map();
  cache.spilled.set(spillKey(slot, arena.ints, from, count), at);
}

/** Into the first empty bucket that a search reaches; false when there is none. */
function enterBucket({ arena: { ints }, table }: StateCache, at: number, hash: number): boolean {
  const buckets = ints[table + TABLE.buckets]! >> 2;
  const mask = ints[table + TABLE.mask]!;
  let probe = hash & mask;
  for (let left = PROBES_MAX; left > 0; left--) {
    if (ints[buckets + (probe >> 2)] === 0) {
      ints[buckets + (probe >> 2)] = 8 * at;
      return true;
    }
    probe = (probe + 4) & mask;
  }
  return false;
}

function growTable(cache: StateCache, buckets: number): void {
  const { arena, table, slots, opened } = cache;
  const place = allot(arena, buckets / 2);
  arena.ints[table + TABLE.buckets] = 8 * place;
  arena.ints[table + TABLE.mask] = 4 * (buckets - 1);
  cache.spilled = null;
  for (const { slot, at } of opened) if (slots[slot]!.keys.length > 0) enterOrSpill(cache, slot, at);
}

// ---- leaves

function loadLeaf(cache: StateCache, at: number, field: number): void {
  const { arena, opened } = cache;
  const shape = shapeAt(cache, at);
  const type = leafType(shape, field);
  const { keyWords } = opened[arena.ints[2 * at + 1]!]!;
  const stored = cache.host.load(storageKey(shape, keyWords, field));
  cache.gas += GAS.coldLoad;
  arena.ints[markAt(shape, at, field)] = KNOWN;
  if (stored === undefined) return;
  cache.gas += chunkGas(stored.length);
  const word = wordOf(cache.intern, type, decodeLeaf(type, stored));
  if (word === null) trap('LimitReached', 'too many longer values in one execution');
  arena.words[wordAt(shape, at, field)] = word;
}

function shapeAt({ arena, slots }: StateCache, at: number): StorageSlot {
  return slots[arena.ints[2 * at]!]!;
}

function wordAt({ keys }: StorageSlot, at: number, field: number): number {
  return at + keys.length + field + 2;
}

function markAt({ keys, fields }: StorageSlot, at: number, field: number): number {
  return 2 * (at + keys.length + fields.length + 2) + field + 1;
}

function leafType(slot: StorageSlot, field: number): WordType {
  return field === PRESENCE ? 'bool' : slot.fields[field]!;
}
