/** The one binary form of each word: type in, codec out. */
import { bool, bytes, type Codec, fixedBytes, int64, refuse, text, uint } from './codec.ts';
import { LIMITS } from './limits.ts';
import { listShape } from './list.ts';
import type { PlainWord, Value, WordType } from './value.ts';

// biome-ignore lint/suspicious/noExplicitAny: the codec of a word type holds the values of that type
type AnyCodec = Codec<any>;

const PLAIN: { readonly [K in PlainWord]: AnyCodec } = {
  int: int64,
  bool,
  text: text(LIMITS.textBytes),
  bytes: bytes(LIMITS.textBytes),
  did: text(LIMITS.didBytes),
  hash: fixedBytes(32),
  id: text(LIMITS.idBytes),
};

/** The codec of the values of a word type. */
export function valueCodec(type: WordType): AnyCodec {
  return PLAIN[type as PlainWord] ?? listCodec(type);
}

/** The number of elements, then their words. */
function listCodec(type: WordType): AnyCodec {
  const shape = listShape(type);
  if (shape === null) throw new Error(`${type} is no type of words`);
  const codecs = shape.words.map(valueCodec);
  const count = uint(shape.capacity);
  return {
    write: (writer, values: readonly Value[]) => {
      count.write(writer, values.length / codecs.length);
      for (const [at, value] of values.entries()) codecs[at % codecs.length]!.write(writer, value);
    },
    read: (reader) => {
      const length = count.read(reader) * codecs.length;
      if (length > reader.bytes.length - reader.offset)
        refuse(reader, 'Truncated', 'the list is longer than the data');
      return Array.from({ length }, (_, at) => codecs[at % codecs.length]!.read(reader) as Value);
    },
  };
}
