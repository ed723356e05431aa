/** The types of CCL (language.md, section 2) as plain data. Two types are the same when `sameType` says so. */

export type Type =
  | {
      readonly kind: 'Int' | 'Bool' | 'Ratio' | 'Time' | 'Duration' | 'Did' | 'Text' | 'Bytes' | 'Hash';
    }
  | { readonly kind: 'Unit' }
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

export const ERROR: Type = { kind: 'Error' };
export const UNIT: Type = { kind: 'Unit' };
export const INT: Scalar = { kind: 'Int' };
export const BOOL: Scalar = { kind: 'Bool' };
export const DID: Scalar = { kind: 'Did' };
export const TEXT: Scalar = { kind: 'Text' };

export function sameType(left: Type, right: Type): boolean {
  switch (left.kind) {
    case 'Amount':
      return right.kind === 'Amount' && left.currency === right.currency;
    case 'Struct':
      return right.kind === 'Struct' && left.name === right.name;
    case 'Tuple':
      return right.kind === 'Tuple' && sameTypes(left.items, right.items);
    case 'Map':
      return right.kind === 'Map' && sameType(left.key, right.key) && sameType(left.value, right.value);
    case 'Set':
      return right.kind === 'Set' && left.capacity === right.capacity && sameType(left.item, right.item);
    default:
      return left.kind === right.kind;
  }
}

function sameTypes(left: readonly Type[], right: readonly Type[]): boolean {
  return left.length === right.length && left.every((type, index) => sameType(type, right[index]!));
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
    case 'Map':
      return hasError(type.key) || hasError(type.value);
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
    case 'Struct':
      return type.name;
    case 'Tuple':
      return `(${type.items.map(typeText).join(', ')})`;
    case 'Map':
      return `Map<${typeText(type.key)}, ${typeText(type.value)}>`;
    case 'Set':
      return `Set<${typeText(type.item)}, ${groupDigits(type.capacity)}>`;
    case 'Unit':
      return '()';
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
    case 'Struct':
    case 'Tuple':
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
  return type.kind !== 'Map' && type.kind !== 'Set' && type.kind !== 'Unit';
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
export type Leaf = { readonly path: string; readonly type: Scalar };

/** The words that a value is split into, in order. A map, a set and an unknown type have none. */
export function leavesOf(type: Type): readonly Leaf[] {
  if (isScalar(type)) return [{ path: '', type }];
  if (type.kind === 'Struct') return type.fields.flatMap((field) => prefixed(field.name, field.type));
  if (type.kind === 'Tuple') return type.items.flatMap((item, index) => prefixed(String(index), item));
  return [];
}

function prefixed(name: string, type: Type): readonly Leaf[] {
  return leavesOf(type).map((leaf) => ({
    path: leaf.path === '' ? name : `${name}.${leaf.path}`,
    type: leaf.type,
  }));
}

/** Levels of structs and tuples inside each other. */
export function depthOf(type: Type): number {
  if (type.kind === 'Struct') return 1 + Math.max(0, ...type.fields.map((field) => depthOf(field.type)));
  return type.kind === 'Tuple' ? 1 + Math.max(0, ...type.items.map(depthOf)) : 0;
}

/** Which words of a struct value belong to one of its fields: the first index and the type; null when it has no such field. */
export function wordsOfField(
  type: Type,
  name: string,
): { readonly start: number; readonly type: Type } | null {
  if (type.kind !== 'Struct') return null;
  let start = 0;
  for (const field of type.fields) {
    if (field.name === name) return { start, type: field.type };
    start += leavesOf(field.type).length;
  }
  return null;
}
