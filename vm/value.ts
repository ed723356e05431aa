/**
 * Values at the border of the VM. Inside, a word is a signed 64-bit integer and longer values are handles
 * (`intern.ts`); outside, a word of a known type is one of these plain values. The zero of every type is the
 * word 0, which as a handle stands for the empty content.
 */

/** What one word means: validation keeps words of different types apart. `id` is an opaque identifier of a host module. */
export type PlainWord = 'int' | 'bool' | 'text' | 'bytes' | 'did' | 'hash' | 'id';
/** A list: how many elements at most, and the words of one (`list.ts`). */
export type ListWord = `list<${string}>`;
export type WordType = PlainWord | ListWord;

/**
 * `int`: bigint within 64 bits, signed; `bool`: boolean; `text`, `did`, `id`: well-formed string, `""` is zero; `bytes`,
 * `hash`: bytes; a list: the values of the words of its elements, one element after the other.
 */
export type Value = bigint | boolean | string | Uint8Array | readonly Value[];

/** The type of a parameter, result, event field or state variable as authors wrote it. */
export type AbiType =
  | {
      readonly kind:
        | 'Unit'
        | 'Int'
        | 'Bool'
        | 'Ratio'
        | 'Time'
        | 'Duration'
        | 'Did'
        | 'Text'
        | 'Bytes'
        | 'Hash';
    }
  /** `currency` is an index into the artifact's currencies. */
  | { readonly kind: 'Amount'; readonly currency: number }
  | { readonly kind: 'Struct'; readonly name: string; readonly fields: readonly AbiField[] }
  | { readonly kind: 'Tuple'; readonly items: readonly AbiType[] }
  /** Also a lifecycle. At least one variant. */
  | { readonly kind: 'Enum'; readonly name: string; readonly variants: readonly AbiVariant[] }
  | { readonly kind: 'Option'; readonly item: AbiType }
  /** At most `capacity` elements. As a state variable it grows, an element per entry. */
  | { readonly kind: 'List'; readonly item: AbiType; readonly capacity: number }
  /** State only. */
  | { readonly kind: 'Map'; readonly key: AbiType; readonly value: AbiType }
  | { readonly kind: 'Set'; readonly item: AbiType; readonly capacity: number };

export type AbiField = { readonly name: string; readonly type: AbiType };
export type AbiVariant = { readonly name: string; readonly fields: readonly AbiField[] };

/** A typed value: words, structs as objects by field name, tuples and lists as arrays, `Unit` as null, variants as `variant.ts` says. */
export type AbiValue = Value | null | readonly AbiValue[] | { readonly [field: string]: AbiValue };
