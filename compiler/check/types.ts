/** The types of CCL (language.md, section 2) as plain data. Two types are the same when `sameType` says so. */

export type Type =
  | {
      readonly kind:
        | 'Int'
        | 'Bool'
        | 'Ratio'
        | 'Time'
        | 'Duration'
        | 'Did'
        | 'Text'
        | 'Bytes'
        | 'Hash'
        | 'Unit';
    }
  | { readonly kind: 'Amount'; readonly currency: string }
  | { readonly kind: 'Struct'; readonly name: string; readonly fields: readonly Field[] }
  | { readonly kind: 'Tuple'; readonly items: readonly Type[] }
  /** Not a value type: state only. */
  | { readonly kind: 'Map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'Set'; readonly item: Type; readonly capacity: number }
  /** The type of an expression that was already reported; agrees with everything, so that one mistake gives one diagnostic. */
  | { readonly kind: 'Error' };

export type Field = { readonly name: string; readonly type: Type };

/** A type that is one word. Everything in the core IR has a scalar type; structs and tuples are split into their words. */
export type Scalar = Extract<
  Type,
  {
    readonly kind:
      | 'Int'
      | 'Bool'
      | 'Ratio'
      | 'Time'
      | 'Duration'
      | 'Did'
      | 'Text'
      | 'Bytes'
      | 'Hash'
      | 'Amount';
  }
>;
