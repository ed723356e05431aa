/**
 * Where things lie in the memory of a compiled contract, in bytes from its beginning: the words that cross the border
 * (arguments, operands of rare opcodes, results), then the words that are interned at their first use.
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
  readonly bytes: number;
};

export function layoutOf({ stackWords, artifact }: Program): Layout {
  const known = 8 * (stackWords + 1);
  const knownWords = artifact.constants.length + ENVIRONMENT_OPS.length;
  return { stackWords: stackWords + 1, known, knownWords, bytes: known + 8 * knownWords };
}
