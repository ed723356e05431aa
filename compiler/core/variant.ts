/** Values of enums and options as words: the tag, and the words of every variant, zero where it is another. */
import { type Choice, leavesOf, type Scalar, tagOf, variantsOf, wordsOfVariant } from '../check/types.ts';
import { type Const, constant } from './constant.ts';
import type { Constant } from './core.ts';

/** The words of the variant at `index`; `values` are the words of its fields, in order of their declaration. */
export function variantWords<T>(type: Choice, index: number, values: readonly T[]): readonly (T | Const)[] {
  const words: (T | Const)[] = [constant(tagOf(type), BigInt(index))];
  for (const [at, { fields }] of variantsOf(type).entries()) {
    if (at === index) words.push(...values);
    else for (const field of fields) for (const leaf of leavesOf(field.type)) words.push(zeroOf(leaf.type));
  }
  return words;
}

/** The words of one field of the variant at `index`, among those of a value. */
export function heldWords<T>(type: Choice, index: number, name: string, words: readonly T[]): readonly T[] {
  const field = wordsOfVariant(type, index, name);
  if (field === null) throw new Error(`no field ${name}`);
  return words.slice(field.start, field.start + leavesOf(field.type).length);
}

export function indexOfVariant(type: Choice, name: string): number {
  const index = variantsOf(type).findIndex((variant) => variant.name === name);
  if (index < 0) throw new Error(`no variant ${name}`);
  return index;
}

/** What a word is where nothing was written. */
export function zeroOf(type: Scalar): Const {
  return constant(type, ZEROS[type.kind] ?? 0n);
}

const ZEROS: { readonly [kind in Scalar['kind']]?: Constant } = {
  Bool: false,
  Did: '',
  Text: '',
  Bytes: new Uint8Array(0),
  Hash: new Uint8Array(32),
  List: [],
};
