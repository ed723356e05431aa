/**
 * Types of lists as words: `list<20:did,int>` holds at most 20 elements of two words each. A list lies in the intern
 * table as the words of its elements, one element after the other.
 */
import { LIMITS } from './limits.ts';
import type { ListWord, PlainWord, Value, WordType } from './value.ts';

/** What a list type holds: at most `capacity` elements of these words. */
export type ListShape = { readonly capacity: number; readonly words: readonly WordType[] };

/** The word type of lists of that shape. */
export function listWord({ capacity, words }: ListShape): ListWord {
  return `list<${capacity}:${words.join(',')}>`;
}

export function isListWord(type: WordType): type is ListWord {
  return type.startsWith('list<');
}

/** The shape of a list type; null where the type is none, or not written as `listWord` writes it. */
export function listShape(type: WordType): ListShape | null {
  const found = /^list<([1-9][0-9]{0,8}):(.+)>$/.exec(type);
  if (found === null) return null;
  const words = splitWords(found[2]!);
  return words === null ? null : { capacity: Number(found[1]), words };
}

/** Whether a text is a word type whose values are within the limits. */
export function isWordType(type: string, depth: number = LIMITS.typeDepth): type is WordType {
  if (Object.hasOwn(PLAIN_BYTES, type)) return true;
  const shape = depth > 0 ? listShape(type as WordType) : null;
  if (shape === null || shape.words.length > LIMITS.signatureWords) return false;
  return (
    shape.words.every((word) => isWordType(word, depth - 1)) &&
    wordBytesMax(type as WordType) <= LIMITS.listBytes
  );
}

/** Largest content of a word, in bytes, as stored. */
export function wordBytesMax(type: WordType): number {
  const shape = isListWord(type) ? listShape(type) : null;
  if (shape === null) return PLAIN_BYTES[type as PlainWord];
  return COUNT_BYTES + shape.capacity * shape.words.reduce((sum, word) => sum + wordBytesMax(word), 0);
}

/** The most words that a list of the type holds, those of lists inside not counted. */
export function listWordsMax(type: WordType): number {
  const shape = listShape(type);
  return shape === null ? 0 : shape.capacity * shape.words.length;
}

/** What is wrong with the number of words in a list; null when they are whole elements and not too many. */
export function lengthError({ capacity, words }: ListShape, values: readonly Value[]): string | null {
  if (values.length % words.length !== 0) return 'is a list with part of an element';
  return values.length > capacity * words.length ? `has more than ${capacity} elements` : null;
}

const COUNT_BYTES = 3;

const PLAIN_BYTES: { readonly [K in PlainWord]: number } = {
  int: 10,
  bool: 1,
  text: LIMITS.textBytes + 2,
  bytes: LIMITS.textBytes + 2,
  did: LIMITS.didBytes + 1,
  hash: 32,
  id: LIMITS.idBytes + 1,
};

/** Word types between commas, those inside of lists left together; null where one is missing. */
function splitWords(text: string): WordType[] | null {
  const words: string[] = [''];
  let depth = 0;
  for (const sign of text) {
    if (sign === '<') depth += 1;
    if (sign === '>') depth -= 1;
    if (sign === ',' && depth === 0) words.push('');
    else words[words.length - 1] += sign;
  }
  return depth !== 0 || words.includes('') ? null : (words as WordType[]);
}
