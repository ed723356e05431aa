/**
 * Values of contracts as JSON and back. 64-bit integers are decimal strings, byte values hex with `0x` in front,
 * structs objects, tuples lists, `Unit` null. Reading follows the type that the ABI gives.
 */
import {
  type AbiField,
  type AbiType,
  type AbiValue,
  joinVariant,
  splitVariant,
  type VariantType,
  variantsOf,
} from '../../vm/index.ts';
import type { Decoded } from '../codec/schema.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export function renderValue(value: AbiValue): Json {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return `0x${renderHex(value)}`;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(renderValue);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, renderValue(field)]));
}

/** Arguments in the order of `params`; the first that does not fit is named. */
export function readArgs(params: readonly AbiField[], given: unknown): Decoded<readonly AbiValue[]> {
  if (!Array.isArray(given) || given.length !== params.length)
    return {
      ok: false,
      message: `expected ${params.length} arguments (${params.map(({ name }) => name).join(', ')})`,
    };
  return collect(params.map(({ name, type }, index) => readValue(type, given[index], name)));
}

/** `path` names the place in an error. */
export function readValue(type: AbiType, json: unknown, path: string): Decoded<AbiValue> {
  switch (type.kind) {
    case 'Unit':
      return json === null ? { ok: true, value: null } : wrong(path, 'null');
    case 'Bool':
      return typeof json === 'boolean' ? { ok: true, value: json } : wrong(path, 'true or false');
    case 'Did':
    case 'Text':
      return typeof json === 'string' && json.isWellFormed()
        ? { ok: true, value: json }
        : wrong(path, 'text');
    case 'Bytes':
    case 'Hash':
      return readBytes(json, path);
    case 'Int':
    case 'Ratio':
    case 'Time':
    case 'Duration':
    case 'Amount':
      return readInt(json, path);
    case 'List':
      if (!Array.isArray(json) || json.length > type.capacity)
        return wrong(path, `a list of at most ${type.capacity}`);
      return collect(json.map((item, index) => readValue(type.item, item, `${path}[${index}]`)));
    case 'Tuple':
      if (!Array.isArray(json) || json.length !== type.items.length)
        return wrong(path, `a list of ${type.items.length}`);
      return collect(type.items.map((item, index) => readValue(item, json[index], `${path}[${index}]`)));
    case 'Struct':
      return readStruct(type.fields, json, path);
    case 'Enum':
    case 'Option':
      return readVariant(type, json, path);
    case 'Map':
    case 'Set':
      return wrong(path, 'a value; maps and sets are only state');
  }
}

export function renderHex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}

/** Null for anything but pairs of hexadecimal digits. */
export function readHex(text: string): Uint8Array | null {
  return /^([0-9a-fA-F]{2})*$/.test(text) ? new Uint8Array(Buffer.from(text, 'hex')) : null;
}

function readStruct(fields: readonly AbiField[], json: unknown, path: string): Decoded<AbiValue> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return wrong(path, 'an object');
  const stranger = Object.keys(json).find((name) => !fields.some((field) => field.name === name));
  if (stranger !== undefined)
    return wrong(`${path}.${stranger}`, `one of ${fields.map(({ name }) => name).join(', ')}`);
  const given = json as Readonly<Record<string, unknown>>;
  const values = collect(fields.map(({ name, type }) => readValue(type, given[name], `${path}.${name}`)));
  return values.ok
    ? { ok: true, value: Object.fromEntries(fields.map(({ name }, index) => [name, values.value[index]!])) }
    : values;
}

/** Names of variants without fields; `{ "Block": { "reason": "…" } }`; null and `{ "some": … }`. */
function readVariant(type: VariantType, json: unknown, path: string): Decoded<AbiValue> {
  const split = splitVariant(type, json);
  const names = variantsOf(type).map(({ name }) => name);
  if (split === null)
    return wrong(path, type.kind === 'Option' ? 'null or { "some": … }' : `one of ${names.join(', ')}`);
  const { fields } = variantsOf(type)[split.index]!;
  const values = collect(
    fields.map((field, at) => readValue(field.type, split.values[at], `${path}.${field.name}`)),
  );
  return values.ok
    ? { ok: true, value: joinVariant(type, { index: split.index, values: values.value }) }
    : values;
}

function readBytes(json: unknown, path: string): Decoded<AbiValue> {
  const bytes = typeof json === 'string' && json.startsWith('0x') ? readHex(json.slice(2)) : null;
  return bytes === null ? wrong(path, 'bytes as 0x and hexadecimal digits') : { ok: true, value: bytes };
}

/** A number only where JavaScript holds it exactly. */
function readInt(json: unknown, path: string): Decoded<AbiValue> {
  const digits = typeof json === 'number' && Number.isSafeInteger(json) ? String(json) : json;
  if (typeof digits !== 'string' || !/^-?[0-9]{1,19}$/.test(digits))
    return wrong(path, 'an integer as a decimal string');
  const value = BigInt(digits);
  return BigInt.asIntN(64, value) === value ? { ok: true, value } : wrong(path, 'an integer of 64 bits');
}

function collect(values: readonly Decoded<AbiValue>[]): Decoded<readonly AbiValue[]> {
  const failed = values.find((value) => !value.ok);
  if (failed !== undefined && !failed.ok) return failed;
  return { ok: true, value: values.flatMap((value) => (value.ok ? [value.value] : [])) };
}

function wrong(path: string, expected: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message: `${path}: expected ${expected}` };
}
