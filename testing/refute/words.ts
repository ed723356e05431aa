/** Typed values to their words and back, in the order of the fields. */
import type { AbiType, AbiValue, Value } from '../../vm/index.ts';

export function wordsOf(value: AbiValue, type: AbiType): readonly Value[] {
  switch (type.kind) {
    case 'Unit':
      return [];
    case 'Struct':
      return type.fields.flatMap((field) =>
        wordsOf((value as { readonly [name: string]: AbiValue })[field.name]!, field.type),
      );
    case 'Tuple':
      return type.items.flatMap((item, i) => wordsOf((value as readonly AbiValue[])[i]!, item));
    default:
      return [value as Value];
  }
}

/** Takes the words of one value from the front of `words`. */
export function takeValue(words: Value[], type: AbiType): AbiValue {
  switch (type.kind) {
    case 'Unit':
      return null;
    case 'Struct':
      return Object.fromEntries(type.fields.map((field) => [field.name, takeValue(words, field.type)]));
    case 'Tuple':
      return type.items.map((item) => takeValue(words, item));
    default:
      return words.shift()!;
  }
}

/** The types of a type's words. */
export function wordTypesOf(type: AbiType): readonly AbiType[] {
  switch (type.kind) {
    case 'Unit':
      return [];
    case 'Struct':
      return type.fields.flatMap((field) => wordTypesOf(field.type));
    case 'Tuple':
      return type.items.flatMap(wordTypesOf);
    default:
      return [type];
  }
}

/** One text for equal words. */
export function wordKey(word: Value): string {
  return word instanceof Uint8Array ? `x${[...word].join('.')}` : `${typeof word} ${word}`;
}
