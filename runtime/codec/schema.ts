/**
 * Canonical CBOR (RFC 8949, section 4.2.1) for typed values. A schema says which CBOR a type is; `encode` and
 * `decode` are the only two ways between a value and bytes. Any bytes decode to a value or to an error: sizes and
 * depth are bounded, and what would not encode to the same bytes again is refused.
 */
import { decode as decodeCbor, encode as encodeCbor, rfc8949EncodeOptions, Tokenizer, Type } from 'cborg';
import type { AbiValue } from '../../vm/index.ts';

export type Schema<T> = {
  toCbor(value: T): unknown;
  /** `cbor` as cborg decodes it, maps as `Map`. Throws an `Error` that names `path`; `decode` catches it. */
  fromCbor(cbor: unknown, path: string): T;
};

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

/** Arrays and maps within each other. */
export const CBOR_DEPTH_MAX = 16;
/** Of what an error quotes: the sender's own words, which may be as long as the input. */
const MESSAGE_UNITS_MAX = 500;

const CBOR_OPTIONS = {
  strict: true,
  useMaps: true,
  rejectDuplicateMapKeys: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowBigInt: true,
  allowInfinity: false,
  allowNaN: false,
};

/** Throws when the value does not fit its schema: that is a mistake of the caller. */
export function encode<T>(schema: Schema<T>, value: T): Uint8Array {
  return new Uint8Array(encodeCbor(schema.toCbor(value), rfc8949EncodeOptions));
}

/** `bytesMax` bounds the input, `itemsMax` the values in it: what they cost is per value, not per byte. */
export function decode<T>(
  schema: Schema<T>,
  bytes: Uint8Array,
  bytesMax: number,
  itemsMax = bytesMax,
): Decoded<T> {
  if (bytes.length > bytesMax)
    return { ok: false, message: `${bytes.length} bytes; at most ${bytesMax} are allowed` };
  try {
    const value = schema.fromCbor(
      decodeCbor(bytes, { ...CBOR_OPTIONS, tokenizer: boundedTokenizer(bytes, itemsMax) }),
      '',
    );
    if (!equalBytes(encode(schema, value), bytes))
      return { ok: false, message: 'the encoding is not canonical' };
    return { ok: true, value };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, message: message.slice(0, MESSAGE_UNITS_MAX).toWellFormed() };
  }
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

// ---- schemas -----------------------------------------------------------------------------------

/** Well-formed text of at most `unitsMax` UTF-16 units. */
export function text(unitsMax: number): Schema<string> {
  return {
    toCbor: (value) => value,
    fromCbor(cbor, path) {
      if (typeof cbor !== 'string') throw malformed(path, 'text');
      if (cbor.length > unitsMax) throw malformed(path, `text of at most ${unitsMax} characters`);
      return cbor;
    },
  };
}

export function bytes(bytesMax: number): Schema<Uint8Array> {
  return {
    toCbor: (value) => value,
    fromCbor(cbor, path) {
      if (!(cbor instanceof Uint8Array) || cbor.length > bytesMax)
        throw malformed(path, `at most ${bytesMax} bytes`);
      return new Uint8Array(cbor);
    },
  };
}

/** Exactly `size` bytes. */
export function fixed(size: number): Schema<Uint8Array> {
  return {
    toCbor: (value) => value,
    fromCbor(cbor, path) {
      if (!(cbor instanceof Uint8Array) || cbor.length !== size) throw malformed(path, `${size} bytes`);
      return new Uint8Array(cbor);
    },
  };
}

export const BOOLEAN: Schema<boolean> = {
  toCbor: (value) => value,
  fromCbor(cbor, path) {
    if (typeof cbor !== 'boolean') throw malformed(path, 'true or false');
    return cbor;
  },
};

export const INT64: Schema<bigint> = integer(-(2n ** 63n), 2n ** 63n - 1n);
/** Counts and times: never negative, within a signed word. */
export const UINT63: Schema<bigint> = integer(0n, 2n ** 63n - 1n);

/** A count that a JavaScript number holds exactly. */
export function count(max: number): Schema<number> {
  const wide = integer(0n, BigInt(max));
  return { toCbor: (value) => BigInt(value), fromCbor: (cbor, path) => Number(wide.fromCbor(cbor, path)) };
}

export function list<T>(item: Schema<T>, itemsMax: number): Schema<readonly T[]> {
  return {
    toCbor: (value) => value.map((element) => item.toCbor(element)),
    fromCbor(cbor, path) {
      if (!Array.isArray(cbor) || cbor.length > itemsMax)
        throw malformed(path, `a list of at most ${itemsMax}`);
      return cbor.map((element, index) => item.fromCbor(element, `${path}[${index}]`));
    },
  };
}

export function nullable<T>(inner: Schema<T>): Schema<T | null> {
  return {
    toCbor: (value) => (value === null ? null : inner.toCbor(value)),
    fromCbor: (cbor, path) => (cbor === null ? null : inner.fromCbor(cbor, path)),
  };
}

/** A map with exactly these text keys. */
export function record<T extends object>(fields: { readonly [K in keyof T]-?: Schema<T[K]> }): Schema<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return {
    toCbor: (value) => Object.fromEntries(names.map((name) => [name, fields[name].toCbor(value[name])])),
    fromCbor(cbor, path) {
      if (!(cbor instanceof Map)) throw malformed(path, 'a map');
      for (const key of cbor.keys())
        if (!names.includes(key)) throw malformed(path, `no field ${JSON.stringify(key)}`);
      return Object.fromEntries(names.map((name) => [name, readField(cbor, name, fields[name], path)])) as T;
    },
  };
}

/** A map whose field `kind` says which further fields it has. */
export function variants<T extends { readonly kind: string }>(
  table: {
    readonly [K in T['kind']]: Schema<Omit<Extract<T, { kind: K }>, 'kind'>>;
  },
): Schema<T> {
  const schemaOf = (kind: unknown): Schema<object> | undefined =>
    typeof kind === 'string' && Object.hasOwn(table, kind) ? table[kind as T['kind']] : undefined;
  return {
    toCbor(value) {
      const schema = schemaOf(value.kind);
      if (schema === undefined) throw new Error(`no variant ${value.kind}`);
      return { ...(schema.toCbor(value) as object), kind: value.kind };
    },
    fromCbor(cbor, path) {
      const schema = cbor instanceof Map ? schemaOf(cbor.get('kind')) : undefined;
      if (schema === undefined) throw malformed(`${path}.kind`, `one of ${Object.keys(table).join(', ')}`);
      const rest = new Map(cbor as Map<unknown, unknown>);
      rest.delete('kind');
      return { kind: (cbor as Map<unknown, unknown>).get('kind'), ...schema.fromCbor(rest, path) } as T;
    },
  };
}

/** Arguments and results of contracts: integers as bigint, structs as maps with text keys. The entry's ABI types them. */
export const ABI_VALUE: Schema<AbiValue> = { toCbor: (value) => value, fromCbor: readAbiValue };

/** What an error says was expected at `path`. */
export function malformed(path: string, expected: string): Error {
  return new Error(`${path === '' ? 'the whole' : path.replace(/^\./, '')}: expected ${expected}`);
}

// ---- private -----------------------------------------------------------------------------------

function integer(min: bigint, max: bigint): Schema<bigint> {
  return {
    toCbor: (value) => value,
    fromCbor(cbor, path) {
      const value = typeof cbor === 'bigint' ? cbor : Number.isInteger(cbor) ? BigInt(cbor as number) : null;
      if (value === null || value < min || value > max)
        throw malformed(path, `an integer from ${min} to ${max}`);
      return value;
    },
  };
}

function readField<T>(cbor: Map<unknown, unknown>, name: string, schema: Schema<T>, path: string): T {
  if (!cbor.has(name)) throw malformed(path, `a field "${name}"`);
  return schema.fromCbor(cbor.get(name), `${path}.${name}`);
}

function readAbiValue(cbor: unknown, path: string): AbiValue {
  if (cbor === null || typeof cbor === 'boolean' || typeof cbor === 'string') return cbor;
  if (typeof cbor === 'number' || typeof cbor === 'bigint') return INT64.fromCbor(cbor, path);
  if (cbor instanceof Uint8Array) return new Uint8Array(cbor);
  if (Array.isArray(cbor)) return cbor.map((item, index) => readAbiValue(item, `${path}[${index}]`));
  if (!(cbor instanceof Map)) throw malformed(path, 'a value of a contract');
  const entries = [...cbor].map(([key, value]): [string, AbiValue] => {
    if (typeof key !== 'string') throw malformed(path, 'fields named by text');
    return [key, readAbiValue(value, `${path}.${key}`)];
  });
  return Object.fromEntries(entries);
}

/** cborg's tokenizer, refusing more than `itemsMax` values, and what nests deeper than `CBOR_DEPTH_MAX`; cborg itself recurses without a bound. */
function boundedTokenizer(data: Uint8Array, itemsMax: number): Tokenizer {
  const tokenizer = new Tokenizer(data, CBOR_OPTIONS);
  const open: number[] = [];
  const next = tokenizer.next.bind(tokenizer);
  let items = 0;
  tokenizer.next = () => {
    const token = next();
    items += 1;
    if (items > itemsMax) throw new Error(`more than ${itemsMax} values`);
    if (open.length > 0) open[open.length - 1]! -= 1;
    if (token.type === Type.array) open.push(token.value);
    else if (token.type === Type.map) open.push(token.value * 2);
    else if (token.type === Type.tag) throw new Error('tags are not allowed');
    if (open.length > CBOR_DEPTH_MAX) throw new Error(`nested deeper than ${CBOR_DEPTH_MAX}`);
    while (open.at(-1) === 0) open.pop();
    return token;
  };
  return tokenizer;
}
