/** Values in the notation of the language, with members by name where a DID stands. */
import {
  type AbiField,
  type AbiType,
  type AbiValue,
  type CurrencyDecl,
  formatValue,
  type Parsed,
  parseValue,
  type VariantType,
  variantsOf,
} from '../vm/index.ts';

/** The currencies that types index, and the names of accounts by DID. */
export type Naming = {
  readonly currencies: readonly CurrencyDecl[];
  readonly names: ReadonlyMap<string, string>;
};

export function showValue(value: AbiValue, type: AbiType, { currencies, names }: Naming): string {
  // A quotation mark inside a text is escaped, so only a DID looks like one.
  return formatValue(type, value, currencies).replace(
    /did"([^"]*)"/g,
    (whole, did: string) => names.get(did) ?? whole,
  );
}

export function showDid(did: string, naming: Naming): string {
  return showValue(did, { kind: 'Did' }, naming);
}

/** A tag is the number of a variant, shown by its name. */
export function tagType(type: VariantType): Extract<AbiType, { readonly kind: 'Enum' }> {
  const variants = variantsOf(type).map(({ name }) => ({ name, fields: [] }));
  return { kind: 'Enum', name: type.kind === 'Enum' ? type.name : 'Option', variants };
}

/** One argument from text; where a DID is wanted a plain name is a member, whose DID `people` gives. */
export function readArgument(
  text: string,
  { name, type }: AbiField,
  currencies: readonly CurrencyDecl[],
  people: (name: string) => string,
): Parsed<AbiValue> {
  if (type.kind === 'Did' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(text.trim()))
    return { ok: true, value: people(text.trim()) };
  const parsed = parseValue(type, text, currencies);
  return parsed.ok ? parsed : { ok: false, message: `${name}: ${parsed.message}` };
}
