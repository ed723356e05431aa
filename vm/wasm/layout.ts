/**
 * Where things lie in the memory of a compiled contract, in bytes from its beginning: the words that cross the border
 * (arguments, operands of rare opcodes, results), the words that are interned at their first use, the table of
 * storage entries and its first buckets, entries whose place is known (those of slots without keys), an entry that is
 * none, events, sizes of longer values. Behind all that is the arena for other entries, which may grow.
 */
import { LIMITS } from '../limits.ts';
import type { Program } from '../program.ts';
import { BUCKETS, extentOf } from '../state.ts';

/** What `GetCaller` and its like push; the position here follows the constants in memory. */
export const ENVIRONMENT_OPS = [
  'GetCaller',
  'GetCreator',
  'GetSelf',
  'GetTimestamp',
  'GetBlockNumber',
] as const;

/** In a word whose value is not known yet. */
export const UNKNOWN = -1n;

export const PAGE_BYTES = 65_536;
/** Room for events between two times that JavaScript takes them; an event that is larger goes through JavaScript. */
const EVENT_WORDS = 2_048;

export type Layout = {
  readonly stackWords: number;
  /** Byte offset and number of the words known after their first use: constants, then the environment. */
  readonly known: number;
  readonly knownWords: number;
  /** Header of the table of entries (`TABLE`), its first buckets, and where events end (a 32-bit number). */
  readonly table: number;
  readonly buckets: number;
  readonly eventsTop: number;
  /** Entries of slots without keys, by slot, -1 for the others. */
  readonly homes: readonly number[];
  /** Zero always, as large as the largest entry: what is not found lies here. */
  readonly nowhere: number;
  readonly events: number;
  readonly eventsEnd: number;
  /** By handle the bytes of a longer value, 32-bit numbers. */
  readonly sizes: number;
  /** Where the arena begins. */
  readonly arena: number;
  /** Pages of memory, at first and at most. */
  readonly pages: number;
  readonly pagesMax: number;
};

export function layoutOf({ stackWords, localCounts, artifact }: Program): Layout {
  // A function that fails leaves locals there, even one that no entry point reaches.
  const border = 1 + Math.max(stackWords, ...localCounts);
  let end = 0;
  const take = (words: number): number => {
    end += 8 * words;
    return end - 8 * words;
  };
  const knownWords = artifact.constants.length + ENVIRONMENT_OPS.length;
  const sizes = artifact.storage.map((slot) => extentOf(slot).total);
  const parts = {
    stackWords: take(border) + border,
    known: take(knownWords),
    knownWords,
    table: take(2),
    eventsTop: take(1),
    buckets: take(BUCKETS / 2),
    homes: artifact.storage.map(({ keys }, slot) => (keys.length === 0 ? take(sizes[slot]!) : -1)),
    nowhere: take(Math.max(0, ...sizes)),
    events: take(EVENT_WORDS),
    eventsEnd: end,
    sizes: take((LIMITS.internedValues + 2) >> 1),
  };
  const pages = (bytes: number) => Math.ceil(bytes / PAGE_BYTES);
  // The tables of entries, old ones included, take less than the entries do.
  return { ...parts, arena: end, pages: pages(end + 1), pagesMax: pages(end + 16 * LIMITS.stateWords) };
}
