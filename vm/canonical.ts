/**
 * The canonical encoding of words that `hash` takes (docs/hashing.md): integers 8 bytes, the most significant first, in
 * two's complement; truth values one byte; hashes their 32 bytes; texts, DIDs, identifiers (in UTF-8) and bytes their
 * number of bytes in two bytes, and those; lists their number of elements in two bytes, and the words of those.
 */
import { newWriter, utf8, type Writer, writeByte, writeBytes, writeInt64, writtenBytes } from './codec.ts';
import { sha256 } from './did.ts';
import { listShape, listWord } from './list.ts';
import type { Value, WordType } from './value.ts';

/** The tag, a zero byte, and the words of the list without their number. */
export function taggedContent(tag: string, type: WordType, value: Value): Uint8Array {
  const writer = newWriter();
  writeBytes(writer, utf8(tag));
  writeByte(writer, 0);
  writeWords(writer, type, value as readonly Value[]);
  return writtenBytes(writer);
}

/** What `hash` gives for a value of that tag, with these words. */
export function hashOfWords(tag: string, types: readonly WordType[], values: readonly Value[]): Uint8Array {
  return sha256(taggedContent(tag, listWord({ capacity: 1, words: types }), values));
}

function writeWords(writer: Writer, list: WordType, values: readonly Value[]): void {
  const types = listShape(list)!.words;
  for (const [at, value] of values.entries()) writeWord(writer, types[at % types.length]!, value);
}

function writeWord(writer: Writer, type: WordType, value: Value): void {
  switch (typeof value) {
    case 'bigint':
      writeInt64(writer, value);
      return;
    case 'boolean':
      writeByte(writer, value ? 1 : 0);
      return;
    case 'string':
      writeCounted(writer, utf8(value));
      return;
    default:
      if (!(value instanceof Uint8Array)) {
        writeCount(writer, value.length / listShape(type)!.words.length);
        writeWords(writer, type, value);
      } else if (type === 'hash') writeBytes(writer, value);
      else writeCounted(writer, value);
  }
}

function writeCounted(writer: Writer, content: Uint8Array): void {
  writeCount(writer, content.length);
  writeBytes(writer, content);
}

function writeCount(writer: Writer, count: number): void {
  writeByte(writer, count >> 8);
  writeByte(writer, count & 0xff);
}
