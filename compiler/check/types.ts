/** The types of CCL (language.md, section 2) as plain data. Two types are the same when `sameType` says so. */

export type Type =
  | {
      readonly kind: 'Int' | 'Bool' | 'Ratio' | 'Time' | 'Duration' | 'Did' | 'Text' | 'Bytes' | 'Hash';
    }
  | { readonly kind: 'Unit' }
  /** Of what `run { … }` gives in a `prove`: no value, but it has ended somewhere. */
  | { readonly kind: 'Run' }
  /** Another contract, by the name of the interface that it implements: its account, and known to have the methods. */
  | { readonly kind: 'Contract'; readonly interface: string }
  | { readonly kind: 'Amount'; readonly currency: string }
  /** `declared` is the offset of its declaration: two files may each have a type of one name. */
  | {
      readonly kind: 'Struct';
      readonly name: string;
      readonly declared: number;
      readonly fields: readonly Field[];
    }
  | { readonly kind: 'Tuple'; readonly items: readonly Type[] }
  | Enum
  | { readonly kind: 'Option'; readonly item: Type }
  | List
  /** The word that says which variant a value is. Authors cannot write it: it is no type of an expression. */
  | Tag
  /** Not a value type: state only. */
  | { readonly kind: 'Map'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'Set'; readonly item: Type; readonly capacity: number }
  /** The type of an expression that was already reported; agrees with everything, so that one mistake gives one diagnostic. */
  | { readonly kind: 'Error' };

/** A value is one word; a state variable grows, an element per entry. */
export type List = { readonly kind: 'List'; readonly item: Type; readonly capacity: number };

export type Field = { readonly name: string; readonly type: Type };
export type Variant = { readonly name: string; readonly fields: readonly Field[] };

export type Enum = {
  readonly kind: 'Enum';
  readonly name: string;
  /** As of a struct. */
  readonly declared: number;
  readonly variants: readonly Variant[];
  /** Of a lifecycle: the states that each state can become, by index. Null for an enum, which can become anything. */
  readonly next: Transitions | null;
};
export type Transitions = readonly (readonly number[])[];

/** The index of a variant, from 0 to below their number. */
export type Tag = {
  readonly kind: 'Tag';
  /** Of the enum or the option. */
  readonly name: string;
  readonly variants: readonly string[];
  readonly next: Transitions | null;
};

/** A type that is one word. Everything in the core IR has a scalar type; all others are split into their words. */
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
      | 'Amount'
      | 'List'
      | 'Tag';
  }
>;

export const ERROR: Type = { kind: 'Error' };
export const UNIT: Type = { kind: 'Unit' };
export const RUN: Type = { kind: 'Run' };
export const INT: Scalar = { kind: 'Int' };
export const BOOL: Scalar = { kind: 'Bool' };
export const DID: Scalar = { kind: 'Did' };
export const TEXT: Scalar = { kind: 'Text' };
export const BYTES: Scalar = { kind: 'Bytes' };
export const HASH: Scalar = { kind: 'Hash' };

export function sameType(left: Type, right: Type): boolean {
  switch (left.kind) {
    case 'Amount':
      return right.kind === 'Amount' && left.currency === right.currency;
    case 'Contract':
      return right.kind === 'Contract' && left.interface === right.interface;
    case 'Struct':
    case 'Enum':
      return right.kind === left.kind && left.name === right.name && left.declared === right.declared;
    case 'Tag':
      return right.kind === left.kind && left.name === right.name;
    case 'Option':
      return right.kind === 'Option' && sameType(left.item, right.item);
    case 'Tuple':
      return right.kind === 'Tuple' && sameTypes(left.items, right.items);
    case 'Map':
      return right.kind === 'Map' && sameType(left.key, right.key) && sameType(left.value, right.value);
    case 'List':
    case 'Set':
      return right.kind === left.kind && left.capacity === right.capacity && sameType(left.item, right.item);
    default:
      return left.kind === right.kind;
  }
}

function sameTypes(left: readonly Type[], right: readonly Type[]): boolean {
  return left.length === right.length && left.every((type, index) => sameType(type, right[index]!));
}

/** Whether values of both are the same words with the same names, wherever the types are declared. */
export function sameShape(left: Type, right: Type): boolean {
  switch (left.kind) {
    case 'Struct':
      return right.kind === 'Struct' && sameFields(left.fields, right.fields);
    case 'Enum':
      return right.kind === 'Enum' && sameVariants(left.variants, right.variants);
    case 'Option':
      return right.kind === 'Option' && sameShape(left.item, right.item);
    case 'Tuple':
      return right.kind === 'Tuple' && sameFields(partsOf(left), partsOf(right));
    case 'Map':
      return right.kind === 'Map' && sameShape(left.key, right.key) && sameShape(left.value, right.value);
    case 'List':
    case 'Set':
      return right.kind === left.kind && left.capacity === right.capacity && sameShape(left.item, right.item);
    default:
      return sameType(left, right);
  }
}

function sameFields(left: readonly Field[], right: readonly Field[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ name, type }, at) => name === right[at]!.name && sameShape(type, right[at]!.type))
  );
}

function sameVariants(left: readonly Variant[], right: readonly Variant[]): boolean {
  return (
    left.length === right.length &&
    left.every(({ name, fields }, at) => name === right[at]!.name && sameFields(fields, right[at]!.fields))
  );
}

/** As `sameType`, but a type that was already reported agrees with everything. */
export function agree(left: Type, right: Type): boolean {
  return hasError(left) || hasError(right) || sameType(left, right);
}

/** Whether some part of the type was already reported. */
export function hasError(type: Type): boolean {
  switch (type.kind) {
    case 'Error':
      return true;
    case 'Tuple':
      return type.items.some(hasError);
    case 'Struct':
      return type.fields.some((field) => hasError(field.type));
    case 'Enum':
      return type.variants.some(({ fields }) => fields.some((field) => hasError(field.type)));
    case 'Option':
      return hasError(type.item);
    case 'Map':
      return hasError(type.key) || hasError(type.value);
    case 'List':
    case 'Set':
      return hasError(type.item);
    default:
      return false;
  }
}

/** The type as an author writes it. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case 'Amount':
      return `Amount<${type.currency}>`;
    case 'Contract':
      return `Contract<${type.interface}>`;
    case 'Struct':
    case 'Enum':
    case 'Tag':
      return type.name;
    case 'Option':
      return `Option<${typeText(type.item)}>`;
    case 'Tuple':
      return `(${type.items.map(typeText).join(', ')})`;
    case 'Map':
      return `Map<${typeText(type.key)}, ${typeText(type.value)}>`;
    case 'List':
    case 'Set':
      return `${type.kind}<${typeText(type.item)}, ${groupDigits(type.capacity)}>`;
    case 'Unit':
      return '()';
    case 'Run':
      return 'run';
    default:
      return type.kind;
  }
}

function groupDigits(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '_');
}

export function isScalar(type: Type): type is Scalar {
  switch (type.kind) {
    case 'Unit':
    case 'Run':
    case 'Contract':
    case 'Struct':
    case 'Tuple':
    case 'Enum':
    case 'Option':
    case 'Map':
    case 'Set':
    case 'Error':
      return false;
    default:
      return true;
  }
}

/** A value can be bound, passed and returned; maps and sets stay in state, `Unit` is the absence of a value. */
export function isValue(type: Type): boolean {
  return !['Map', 'Set', 'Unit', 'Run'].includes(type.kind);
}

/** `<` and its kin are defined. */
export function isOrdered(type: Type): boolean {
  return isNumeric(type);
}

/** The words of these types are integers of arithmetic. */
export function isNumeric(type: Type): boolean {
  return ['Int', 'Amount', 'Ratio', 'Time', 'Duration'].includes(type.kind);
}

/** One word of a value: its dotted path from the value (`''` for a scalar) and its type. */
export type Leaf = {
  readonly path: string;
  readonly type: Scalar;
  /** The word belongs to a variant: where one of these does not hold the value is another variant, and the word zero. */
  readonly guards: readonly Guard[];
};

/** The word at `tag`, an index into the words of the value, says that the value is the variant of that index. */
export type Guard = { readonly tag: number; readonly variant: number };

/**
 * The words that a value is split into, in order. A map, a set and an unknown type have none.
 *
 * A value of an enum, a lifecycle or an option is a tag, the index of its variant, and then the words of the fields of
 * every variant, one variant after the other. The words of the variants that it is not are zero, so two values are
 * equal exactly when all their words are; `Leaf.guards` says on which tags a word depends.
 */
export function leavesOf(type: Type): readonly Leaf[] {
  if (isScalar(type)) return [{ path: '', type, guards: [] }];
  if (type.kind === 'Contract') return [{ path: '', type: DID, guards: [] }];
  if (type.kind === 'Struct') return fieldLeaves(type.fields, 0);
  if (type.kind === 'Tuple') return fieldLeaves(partsOf(type), 0);
  return isChoice(type) ? variantLeaves(type) : [];
}

/** The leaves of fields that stand one after another, the first at index `start`. */
function fieldLeaves(fields: readonly Field[], start: number): readonly Leaf[] {
  const leaves: Leaf[] = [];
  for (const field of fields) leaves.push(...moved(leavesOf(field.type), field.name, start + leaves.length));
  return leaves;
}

function moved(leaves: readonly Leaf[], name: string, by: number): readonly Leaf[] {
  return leaves.map(({ path, type, guards }) => ({
    path: path === '' ? name : `${name}.${path}`,
    type,
    guards: guards.map(({ tag, variant }) => ({ tag: tag + by, variant })),
  }));
}

function variantLeaves(type: Choice): readonly Leaf[] {
  const leaves: Leaf[] = [{ path: '', type: tagOf(type), guards: [] }];
  for (const [variant, { name, fields }] of variantsOf(type).entries()) {
    for (const { path, type: word, guards } of fieldLeaves(fields, leaves.length)) {
      const named = type.kind === 'Option' ? path : `${name}.${path}`;
      leaves.push({ path: named, type: word, guards: [{ tag: 0, variant }, ...guards] });
    }
  }
  return leaves;
}

/** Types whose values are one of several variants. */
export type Choice = Extract<Type, { readonly kind: 'Enum' | 'Option' }>;

export function isChoice(type: Type): type is Choice {
  return type.kind === 'Enum' || type.kind === 'Option';
}

/** An option is an enum of `none` and `some`, whose field is called `some`. */
export function variantsOf(type: Choice): readonly Variant[] {
  if (type.kind === 'Enum') return type.variants;
  return [
    { name: 'none', fields: [] },
    { name: 'some', fields: [{ name: 'some', type: type.item }] },
  ];
}

export function tagOf(type: Choice): Tag {
  const variants = variantsOf(type).map(({ name }) => name);
  return { kind: 'Tag', name: typeText(type), variants, next: type.kind === 'Enum' ? type.next : null };
}

/** Levels of structs, tuples, enums, options and lists inside each other. */
export function depthOf(type: Type): number {
  if (type.kind === 'Struct') return 1 + deepest(type.fields);
  if (isChoice(type)) return 1 + Math.max(0, ...variantsOf(type).map(({ fields }) => deepest(fields)));
  if (type.kind === 'List') return 1 + depthOf(type.item);
  return type.kind === 'Tuple' ? 1 + Math.max(0, ...type.items.map(depthOf)) : 0;
}

function deepest(fields: readonly Field[]): number {
  return Math.max(0, ...fields.map((field) => depthOf(field.type)));
}

/** Whether there is a value that stands where nothing was written: a first variant with fields is none. */
export function hasZero(type: Type): boolean {
  switch (type.kind) {
    case 'Struct':
      return type.fields.every((field) => hasZero(field.type));
    case 'Tuple':
      return type.items.every(hasZero);
    case 'Enum':
      return type.variants[0]?.fields.length === 0;
    case 'Map':
      return hasZero(type.value);
    default:
      return true;
  }
}

/** Which words of a struct or tuple belong to one of its fields: the first index and the type; null when it has no such field. */
export function wordsOfField(type: Type, name: string): Words | null {
  if (type.kind === 'Tuple') return wordsAmong(partsOf(type), name, 0);
  return type.kind === 'Struct' ? wordsAmong(type.fields, name, 0) : null;
}

/** The parts of a tuple are named by their numbers, from 0: `pair.0`. */
export function partsOf({ items }: Extract<Type, { readonly kind: 'Tuple' }>): readonly Field[] {
  return items.map((type, index) => ({ name: String(index), type }));
}

/** Which words of a value belong to a field of a variant; null when there is no such field. */
export function wordsOfVariant(type: Choice, variant: number, name: string): Words | null {
  const before = variantsOf(type)
    .slice(0, variant)
    .flatMap(({ fields }) => fields);
  const { fields } = variantsOf(type)[variant]!;
  return wordsAmong(fields, name, 1 + before.reduce((sum, field) => sum + leavesOf(field.type).length, 0));
}

type Words = { readonly start: number; readonly type: Type };

function wordsAmong(fields: readonly Field[], name: string, first: number): Words | null {
  let start = first;
  for (const field of fields) {
    if (field.name === name) return { start, type: field.type };
    start += leavesOf(field.type).length;
  }
  return null;
}

/** Whether a word is a state of a lifecycle. */
export function isLifecycle(word: Type): boolean {
  return word.kind === 'Tag' && word.next !== null;
}

/** Whether a value of the type has a lifecycle somewhere in it. */
export function holdsLifecycle(type: Type): boolean {
  return leavesOf(type).some(
    ({ type: word }) => isLifecycle(word) || (word.kind === 'List' && holdsLifecycle(word.item)),
  );
}
