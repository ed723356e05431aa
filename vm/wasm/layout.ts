/**
 * Where things lie in the memory of a compiled contract, in bytes from its beginning: the words that cross the border
 * (arguments, operands of rare opcodes, results), then the words that are interned at their first use, then
 * the storage entries whose place is known: those of slots without keys. `state.ts` works on the same words and marks.
 */
import type { Program } from '../program.ts';

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

export type Layout = {
  readonly stackWords: number;
  /** Byte offset and number of the words known after their first use: constants, then the environment. */
  readonly known: number;
  readonly knownWords: number;
  /**
   * Byte offsets of the entries of slots without keys, by slot, -1 for the others: words of presence and leaves, and as
   * many marks, one byte each, which lie side by side for all slots.
   */
  readonly entryWords: readonly number[];
  readonly entryMarks: readonly number[];
  readonly marks: number;
  readonly bytes: number;
};

export function layoutOf({ stackWords, artifact }: Program): Layout {
  const known = 8 * (stackWords + 1);
  const knownWords = artifact.constants.length + ENVIRONMENT_OPS.length;
  const sizes = artifact.storage.map(({ keys, fields }) => (keys.length === 0 ? fields.length + 1 : 0));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const words = known + 8 * knownWords;
  const marks = words + 8 * total;
  const offsets = (from: number, width: number): number[] => {
    let at = from;
    return sizes.map((size) => {
      at += width * size;
      return size === 0 ? -1 : at - width * size;
    });
  };
  return {
    stackWords: stackWords + 1,
    known,
    knownWords,
    entryWords: offsets(words, 8),
    entryMarks: offsets(marks, 1),
    marks,
    bytes: marks + total,
  };
}
