/** Typed values to their words and back, in the order of the fields. */
import {
  type AbiField,
  type AbiType,
  type AbiValue,
  flatten,
  joinVariant,
  type Value,
  type VariantType,
  variantsOf,
} from '../../vm/index.ts';
import { tagType } from '../values.ts';

export function wordsOf(value: AbiValue, type: AbiType): readonly Value[] {
  const words = flatten(type, value);
  if (!words.ok) throw new Error(words.message);
  return words.value;
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
    case 'Enum':
    case 'Option':
      return takeVariant(words, type);
    case 'List':
      return takeList(words.shift()! as readonly Value[], type);
    default:
      return words.shift()!;
  }
}

function takeList(words: readonly Value[], type: Extract<AbiType, { readonly kind: 'List' }>): AbiValue {
  const left = [...words];
  const items: AbiValue[] = [];
  while (left.length > 0) items.push(takeValue(left, type.item));
  return items;
}

/** Words of variants that the value is not are left out; a tag that counts none means the first. */
function takeVariant(words: Value[], type: VariantType): AbiValue {
  const tag = Number(words.shift()! as bigint);
  const held = variantsOf(type).map(({ fields }) => fields.map((field) => takeValue(words, field.type)));
  const index = tag >= 0 && tag < held.length ? tag : 0;
  return joinVariant(type, { index, values: held[index]! });
}

/** The types of a type's words; that of a tag is an enum without fields. */
export function wordTypesOf(type: AbiType): readonly AbiType[] {
  switch (type.kind) {
    case 'Unit':
      return [];
    case 'Struct':
      return type.fields.flatMap((field) => wordTypesOf(field.type));
    case 'Tuple':
      return type.items.flatMap(wordTypesOf);
    case 'Enum':
    case 'Option':
      return [tagType(type), ...variantsOf(type).flatMap(({ fields }) => fields.flatMap(typesOfField))];
    default:
      return [type];
  }
}

function typesOfField(field: AbiField): readonly AbiType[] {
  return wordTypesOf(field.type);
}

/** One text for equal words. */
export function wordKey(word: Value): string {
  if (word instanceof Uint8Array) return `x${[...word].join('.')}`;
  return typeof word === 'object' ? `[${word.map(wordKey).join(',')}]` : `${typeof word} ${word}`;
}
