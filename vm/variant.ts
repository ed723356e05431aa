/**
 * Values of enums and options at the border: which variant, with which fields. A variant without fields is its name,
 * one with fields `{ Block: { reason: "…" } }`; `none` is null and `some(x)` is `{ some: x }`. In words a value is the
 * index of its variant and then the words of every variant's fields, one variant after the other; the words of the
 * variants that it is not are zero.
 */
import type { AbiType, AbiValue, AbiVariant } from './value.ts';

export type VariantType = Extract<AbiType, { readonly kind: 'Enum' | 'Option' }>;

/** A variant by its index, and the values of its fields in order. */
export type VariantValue = { readonly index: number; readonly values: readonly AbiValue[] };

/** The variants of the type; an option has two, and what `some` holds is its one field. */
export function variantsOf(type: VariantType): readonly AbiVariant[] {
  if (type.kind === 'Enum') return type.variants;
  return [
    { name: 'none', fields: [] },
    { name: 'some', fields: [{ name: 'some', type: type.item }] },
  ];
}

/** The value of a variant. */
export function joinVariant(type: VariantType, { index, values }: VariantValue): AbiValue {
  const variant = variantsOf(type)[index];
  if (variant === undefined) throw new Error(`${type.kind} has no variant ${index}`);
  const fields = Object.fromEntries(variant.fields.map(({ name }, at) => [name, values[at] as AbiValue]));
  if (type.kind === 'Option') return index === 0 ? null : fields;
  return variant.fields.length === 0 ? variant.name : { [variant.name]: fields };
}

/** The variant that a value is, its fields not looked into; null where it is none of the type's. */
export function splitVariant(type: VariantType, value: unknown): VariantValue | null {
  if (type.kind === 'Option') return value === null ? { index: 0, values: [] } : heldBySome(value);
  const [name, ...others] = isRecord(value) ? Object.keys(value) : [];
  const wanted = typeof value === 'string' ? value : name;
  const index = type.variants.findIndex((variant) => variant.name === wanted);
  const variant = type.variants[index];
  if (variant === undefined || others.length > 0) return null;
  if (variant.fields.length === 0) return typeof value === 'string' ? { index, values: [] } : null;
  const given = isRecord(value) ? value[variant.name] : null;
  if (!isRecord(given) || Object.keys(given).length !== variant.fields.length) return null;
  if (!variant.fields.every((field) => Object.hasOwn(given, field.name))) return null;
  return { index, values: variant.fields.map((field) => given[field.name] as AbiValue) };
}

/** A value of the type as words for an author: which forms there are. */
export function variantPhrase(type: VariantType): string {
  if (type.kind === 'Option') return 'none or some(…)';
  return type.variants.map(({ name, fields }) => (fields.length === 0 ? name : `${name} { … }`)).join(' or ');
}

function heldBySome(value: unknown): VariantValue | null {
  if (!isRecord(value) || Object.keys(value).length !== 1 || !Object.hasOwn(value, 'some')) return null;
  return { index: 1, values: [value['some'] as AbiValue] };
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
