/**
 * Typed values at the border: between the words of the machine, JSON and the notation of the language. A value of
 * `Unit` is null, a struct an object, a tuple an array; everything else is one word.
 */
import type { CurrencyDecl } from './artifact.ts';
import { bytesOfHex, hexOf } from './codec.ts';
import { isDidSyntax } from './did.ts';
import { contentBytes } from './intern.ts';
import { LIMITS } from './limits.ts';
import { isListWord, type ListShape, lengthError, listShape, listWord } from './list.ts';
import { type TrapError, trap } from './traps.ts';
import type { AbiField, AbiType, AbiValue, PlainWord, Value, WordType } from './value.ts';
import { joinVariant, splitVariant, type VariantType, variantPhrase, variantsOf } from './variant.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A value or one sentence on what is wrong. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

type Scalar = Exclude<
  AbiType['kind'],
  'Unit' | 'Struct' | 'Tuple' | 'Enum' | 'Option' | 'List' | 'Map' | 'Set'
>;

const WORD_OF: { readonly [K in Scalar]: PlainWord } = {
  Int: 'int',
  Ratio: 'int',
  Time: 'int',
  Duration: 'int',
  Amount: 'int',
  Bool: 'bool',
  Did: 'did',
  Text: 'text',
  Bytes: 'bytes',
  Hash: 'hash',
};

/** The words of a type, in order. `Map` and `Set` have none: they are state, not values, and validation refuses them elsewhere. */
export function wordsOf(type: AbiType): readonly WordType[] {
  switch (type.kind) {
    case 'Unit':
    case 'Map':
    case 'Set':
      return [];
    case 'Struct':
      return type.fields.flatMap((field) => wordsOf(field.type));
    case 'Tuple':
      return type.items.flatMap(wordsOf);
    case 'Enum':
    case 'Option':
      return ['int', ...variantsOf(type).flatMap(({ fields }) => wordsOfFields(fields))];
    case 'List':
      return [listWord({ capacity: type.capacity, words: wordsOf(type.item) })];
    default:
      return [WORD_OF[type.kind]];
  }
}

/** The words of several fields, one after the other. */
export function wordsOfFields(fields: readonly AbiField[]): readonly WordType[] {
  const known = WORDS.get(fields);
  if (known !== undefined) return known;
  const words = fields.flatMap((field) => wordsOf(field.type));
  WORDS.set(fields, words);
  return words;
}

/** Asked of an event for each instruction that emits it, and some types take long to walk. */
const WORDS = new WeakMap<readonly AbiField[], readonly WordType[]>();

/** The word values of a typed value, or a sentence on where it does not fit its type. */
export function flatten(type: AbiType, value: AbiValue): Parsed<readonly Value[]> {
  const out: Value[] = [];
  const wrong = flattenInto(out, type, value);
  return wrong === null ? { ok: true, value: out } : { ok: false, message: wrong };
}

/** The typed value of word values; undefined where a word that counts variants counts none. Throws when their number is wrong. */
export function unflatten(type: AbiType, values: readonly Value[]): AbiValue | undefined {
  const rest: Words = { words: values[Symbol.iterator](), strange: false };
  const value = take(type, rest);
  if (rest.words.next().done !== true) throw new Error('more words than the type has');
  return rest.strange ? undefined : value;
}

/** Compiled contracts always have a variant; code that was written by hand need not. */
export function typedValue(type: AbiType, words: readonly Value[], what: string): AbiValue {
  const value = unflatten(type, words);
  return value === undefined ? trap('BadVariant', `${what} holds no variant of its type`) : value;
}

/** The typed values of fields whose words stand one after the other. */
export function fieldsOf(
  name: string,
  shapes: readonly AbiField[],
  values: readonly Value[],
): TrapError['fields'] {
  let from = 0;
  return shapes.map((shape) => {
    const count = wordsOf(shape.type).length;
    from += count;
    const value = typedValue(shape.type, values.slice(from - count, from), `${name}.${shape.name}`);
    return { name: shape.name, value };
  });
}

/** Whether a word value fits a word type and the limits: null, or a sentence. */
export function wordError(type: WordType, value: unknown): string | null {
  const shape = listShape(type);
  if (shape !== null) return listError(shape, value);
  const plain = type as PlainWord;
  const wrong = WORD_CHECKS[plain](value) ? null : `is not ${WORD_PHRASES[plain]}`;
  if (wrong !== null) return wrong;
  const most = type === 'did' ? LIMITS.didBytes : type === 'id' ? LIMITS.idBytes : LIMITS.textBytes;
  return contentBytes(value as Value) > most ? `has more than ${most} bytes` : null;
}

function listError(shape: ListShape, value: unknown): string | null {
  if (!Array.isArray(value)) return 'is not a list';
  const values: readonly Value[] = value;
  const wrong = values.map((item, at) => wordError(shape.words[at % shape.words.length]!, item));
  return lengthError(shape, values) ?? wrong.find((one) => one !== null) ?? null;
}

/** JSON of a value: every 64-bit integer a decimal string (amounts in smallest units), bytes and hashes `0x…`. */
export function valueToJson(type: AbiType, value: AbiValue): Json {
  switch (type.kind) {
    case 'Unit':
      return null;
    case 'Struct': {
      const fields = value as { readonly [name: string]: AbiValue };
      return Object.fromEntries(
        type.fields.map(({ name, type: inner }) => [name, valueToJson(inner, fields[name] as AbiValue)]),
      );
    }
    case 'Tuple':
      return type.items.map((item, index) =>
        valueToJson(item, (value as readonly AbiValue[])[index] as AbiValue),
      );
    case 'Enum':
    case 'Option':
      return variantToJson(type, value);
    case 'List':
      return (value as readonly AbiValue[]).map((item) => valueToJson(type.item, item));
    default:
      return wordToJson(value as Value);
  }
}

/** The value of JSON as `valueToJson` writes it. */
export function valueFromJson(type: AbiType, json: unknown): Parsed<AbiValue> {
  switch (type.kind) {
    case 'Unit':
      return json === null ? { ok: true, value: null } : { ok: false, message: 'null expected' };
    case 'Struct':
      return structFromJson(type.name, type.fields, json);
    case 'Tuple':
      return tupleFromJson(type.items, json);
    case 'Enum':
    case 'Option':
      return variantFromJson(type, json);
    case 'List':
      return listFromJson(type, json);
    case 'Map':
    case 'Set':
      return { ok: false, message: `a ${type.kind} is not a value` };
    default:
      return wordFromJson(WORD_OF[type.kind], json);
  }
}

/** A type in the notation of the language. */
export function formatType(type: AbiType, currencies: readonly CurrencyDecl[]): string {
  switch (type.kind) {
    case 'Amount':
      return `Amount<${currencies[type.currency]?.name ?? `#${type.currency}`}>`;
    case 'Struct':
    case 'Enum':
      return type.name;
    case 'Option':
      return `Option<${formatType(type.item, currencies)}>`;
    case 'Tuple':
      return `(${type.items.map((item) => formatType(item, currencies)).join(', ')})`;
    case 'Map':
      return `Map<${formatType(type.key, currencies)}, ${formatType(type.value, currencies)}>`;
    case 'List':
    case 'Set':
      return `${type.kind}<${formatType(type.item, currencies)}, ${type.capacity}>`;
    default:
      return type.kind;
  }
}

function flattenInto(out: Value[], type: AbiType, value: AbiValue): string | null {
  switch (type.kind) {
    case 'Unit':
      return value === null ? null : 'a Unit has no value';
    case 'Struct': {
      if (!isObject(value) || Object.keys(value).length !== type.fields.length)
        return `is not a ${type.name} with ${type.fields.length} fields`;
      return flattenAll(out, type.fields, (name) => (Object.hasOwn(value, name) ? value[name] : undefined));
    }
    case 'Tuple': {
      if (!Array.isArray(value) || value.length !== type.items.length)
        return `is not a tuple of ${type.items.length}`;
      const fields = type.items.map((item, index) => ({ name: String(index), type: item }));
      return flattenAll(out, fields, (name) => value[Number(name)] as AbiValue);
    }
    case 'Enum':
    case 'Option':
      return flattenVariant(out, type, value);
    case 'List':
      return flattenList(out, type, value);
    case 'Map':
    case 'Set':
      return `a ${type.kind} is not a value`;
    default: {
      out.push(value as Value);
      return wordError(WORD_OF[type.kind], value);
    }
  }
}

function flattenAll(
  out: Value[],
  fields: readonly AbiField[],
  fieldOf: (name: string) => AbiValue | undefined,
): string | null {
  for (const { name, type } of fields) {
    const value = fieldOf(name);
    const wrong = value === undefined ? 'is missing' : flattenInto(out, type, value);
    if (wrong !== null) return `${name}: ${wrong}`;
  }
  return null;
}

function flattenList(out: Value[], type: ListType, value: AbiValue): string | null {
  if (!Array.isArray(value)) return 'is not a list';
  if (value.length > type.capacity) return `has ${value.length} elements; at most ${type.capacity}`;
  const words: Value[] = [];
  for (const [index, item] of value.entries()) {
    const wrong = flattenInto(words, type.item, item as AbiValue);
    if (wrong !== null) return `${index}: ${wrong}`;
  }
  out.push(words);
  return null;
}

type ListType = Extract<AbiType, { readonly kind: 'List' }>;

function flattenVariant(out: Value[], type: VariantType, value: AbiValue): string | null {
  const split = splitVariant(type, value);
  if (split === null) return `is not ${variantPhrase(type)}`;
  out.push(BigInt(split.index));
  for (const [index, { name, fields }] of variantsOf(type).entries()) {
    if (index !== split.index) {
      out.push(...wordsOfFields(fields).map(zeroOf));
      continue;
    }
    const wrong = flattenAll(out, fields, (field) => split.values[fields.findIndex((f) => f.name === field)]);
    if (wrong !== null) return `${name}: ${wrong}`;
  }
  return null;
}

function zeroOf(type: WordType): Value {
  if (type === 'int') return 0n;
  if (type === 'bool') return false;
  if (isListWord(type)) return [];
  return type === 'hash' ? new Uint8Array(32) : type === 'bytes' ? new Uint8Array(0) : '';
}

/** Words still to be taken. `strange`: one of those taken stands for no variant of its type. */
type Words = { readonly words: Iterator<Value>; strange: boolean };

function takeVariant(type: VariantType, rest: Words): AbiValue {
  const index = Number(take({ kind: 'Int' }, rest));
  const all = variantsOf(type).map(({ fields }) => fields.map((field) => take(field.type, rest)));
  const values = all[index];
  if (values !== undefined) return joinVariant(type, { index, values });
  rest.strange = true;
  return null;
}

function take(type: AbiType, rest: Words): AbiValue {
  switch (type.kind) {
    case 'Unit':
      return null;
    case 'Struct':
      return Object.fromEntries(type.fields.map((field) => [field.name, take(field.type, rest)]));
    case 'Tuple':
      return type.items.map((item) => take(item, rest));
    case 'Enum':
    case 'Option':
      return takeVariant(type, rest);
    case 'List':
      return takeList(type, rest);
    default: {
      const next = rest.words.next();
      if (next.done === true) throw new Error('fewer words than the type has');
      return next.value;
    }
  }
}

function takeList(type: ListType, rest: Words): AbiValue {
  const next = rest.words.next();
  if (next.done === true) throw new Error('fewer words than the type has');
  const values = next.value as readonly Value[];
  const width = wordsOf(type.item).length;
  return Array.from({ length: values.length / width }, (_, at) => {
    const item: Words = {
      words: values.slice(at * width, (at + 1) * width)[Symbol.iterator](),
      strange: false,
    };
    const taken = take(type.item, item);
    rest.strange ||= item.strange;
    return taken;
  });
}

const WORD_PHRASES: { readonly [K in PlainWord]: string } = {
  int: 'a signed 64-bit integer',
  bool: 'true or false',
  text: 'well-formed text',
  bytes: 'bytes',
  did: 'a DID',
  hash: 'a hash of 32 bytes',
  id: 'an identifier',
};

const WORD_CHECKS: { readonly [K in PlainWord]: (value: unknown) => boolean } = {
  int: (value) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  bool: (value) => typeof value === 'boolean',
  text: (value) => typeof value === 'string' && value.isWellFormed(),
  bytes: (value) => value instanceof Uint8Array,
  did: (value) => typeof value === 'string' && (value === '' || isDidSyntax(value)),
  hash: (value) => value instanceof Uint8Array && value.length === 32,
  id: (value) => typeof value === 'string' && value.isWellFormed(),
};

function wordToJson(value: Value): Json {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? `0x${hexOf(value)}` : (value as string | boolean);
}

function wordFromJson(type: PlainWord, json: unknown): Parsed<Value> {
  const value = wordOfJson(type, json);
  const wrong =
    value === undefined ? `is not ${JSON_PHRASES[type] ?? WORD_PHRASES[type]}` : wordError(type, value);
  return wrong === null ? { ok: true, value: value as Value } : { ok: false, message: wrong };
}

const JSON_PHRASES: { readonly [K in PlainWord]?: string } = {
  int: 'a signed 64-bit integer as a decimal string',
  bytes: 'bytes as 0x and hexadecimal digits',
  hash: '32 bytes as 0x and hexadecimal digits',
};

function wordOfJson(type: PlainWord, json: unknown): Value | undefined {
  if (type === 'bool') return typeof json === 'boolean' ? json : undefined;
  if (typeof json !== 'string') return undefined;
  if (type === 'int') return /^(0|-?[1-9][0-9]{0,18})$/.test(json) ? BigInt(json) : undefined;
  if (type === 'bytes' || type === 'hash')
    return /^0x[0-9a-f]*$/.test(json) ? bytesOfHex(json.slice(2)) : undefined;
  return json;
}

function structFromJson(title: string, fields: readonly AbiField[], json: unknown): Parsed<AbiValue> {
  if (!isObject(json)) return { ok: false, message: `is not an object for ${title}` };
  const known = new Set(fields.map((field) => field.name));
  const extra = Object.keys(json).find((name) => !known.has(name));
  if (extra !== undefined) return { ok: false, message: `${title} has no field ${extra}` };
  const out: [string, AbiValue][] = [];
  for (const { name, type } of fields) {
    if (!Object.hasOwn(json, name)) return { ok: false, message: `${name}: is missing` };
    const parsed = valueFromJson(type, json[name]);
    if (!parsed.ok) return { ok: false, message: `${name}: ${parsed.message}` };
    out.push([name, parsed.value]);
  }
  return { ok: true, value: Object.fromEntries(out) };
}

function tupleFromJson(items: readonly AbiType[], json: unknown): Parsed<AbiValue> {
  if (!Array.isArray(json) || json.length !== items.length)
    return { ok: false, message: `is not an array of ${items.length}` };
  const out: AbiValue[] = [];
  for (const [index, item] of items.entries()) {
    const parsed = valueFromJson(item, json[index]);
    if (!parsed.ok) return { ok: false, message: `${index}: ${parsed.message}` };
    out.push(parsed.value);
  }
  return { ok: true, value: out };
}

function listFromJson(type: ListType, json: unknown): Parsed<AbiValue> {
  if (!Array.isArray(json)) return { ok: false, message: 'is not an array' };
  if (json.length > type.capacity)
    return { ok: false, message: `has ${json.length} elements; at most ${type.capacity}` };
  return tupleFromJson(Array<AbiType>(json.length).fill(type.item), json);
}

function variantToJson(type: VariantType, value: AbiValue): Json {
  const split = splitVariant(type, value);
  if (split === null) throw new Error(`not a value of ${type.kind}`);
  const { fields } = variantsOf(type)[split.index]!;
  const values = fields.map((field, at) => valueToJson(field.type, split.values[at]!) as AbiValue);
  return joinVariant(type, { index: split.index, values }) as Json;
}

/** JSON has the shape of the value; what its fields hold is read by their types. */
function variantFromJson(type: VariantType, json: unknown): Parsed<AbiValue> {
  const split = splitVariant(type, json);
  if (split === null) return { ok: false, message: `is not ${variantPhrase(type)}` };
  const { name, fields } = variantsOf(type)[split.index]!;
  const values: AbiValue[] = [];
  for (const [at, field] of fields.entries()) {
    const parsed = valueFromJson(field.type, split.values[at]);
    if (!parsed.ok) return { ok: false, message: `${name}: ${field.name}: ${parsed.message}` };
    values.push(parsed.value);
  }
  return { ok: true, value: joinVariant(type, { index: split.index, values }) };
}

function isObject(value: unknown): value is { readonly [name: string]: AbiValue } {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
