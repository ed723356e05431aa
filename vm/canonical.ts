/**
 * The canonical encoding of words that `hash` takes (docs/hashing.md): integers 8 bytes, the most significant first, in
 * two's complement; truth values one byte; hashes their 32 bytes; texts, DIDs, identifiers (in UTF-8) and bytes their
 * number of bytes in two bytes, and those; lists their number of elements in two bytes, and the words of those.
 */
import { utf8 } from './codec.ts';
import { listShape } from './list.ts';
import type { Value, WordType } from './value.ts';

/** The tag, a zero byte, and the words of the list without their number. */
export function taggedContent(tag: string, type: WordType, value: Value): Uint8Array {
  return Uint8Array.from([...utf8(tag), 0, ...wordsContent(type, value as readonly Value[])]);
}

function wordsContent(type: WordType, values: readonly Value[]): readonly number[] {
  const types = listShape(type)!.words;
  return values.flatMap((value, at) => wordContent(types[at % types.length]!, value));
}

function wordContent(type: WordType, value: Value): readonly number[] {
  switch (typeof value) {
    case 'bigint':
      return Array.from({ length: 8 }, (_, at) => Number((value >> BigInt(56 - 8 * at)) & 0xffn));
    case 'boolean':
      return [value ? 1 : 0];
    case 'string':
      return counted([...utf8(value)], utf8(value).length);
    default:
      if (!(value instanceof Uint8Array))
        return counted(wordsContent(type, value), value.length / listShape(type)!.words.length);
      return type === 'hash' ? [...value] : counted([...value], value.length);
  }
}

function counted(content: readonly number[], count: number): readonly number[] {
  return [count >> 8, count & 0xff, ...content];
}
