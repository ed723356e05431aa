/**
 * Values in the notation of the language (`2.50 hours`, `67%`, `36h`, `@2026-01-31T12:00Z`, `Rates { a: 1 }`): typed
 * values in, text out, and back. What `formatValue` writes, `parseValue` reads as the same value.
 */
import { type Parsed, wordError } from './abi.ts';
import type { CurrencyDecl } from './artifact.ts';
import { bytesOfHex, hexOf } from './codec.ts';
import { parseDid } from './did.ts';
import type { AbiField, AbiType, AbiValue, AbiVariant, Value } from './value.ts';
import { joinVariant, splitVariant, type VariantType, variantPhrase, variantsOf } from './variant.ts';

/** The text of a value that fits its type. */
export function formatValue(type: AbiType, value: AbiValue, currencies: readonly CurrencyDecl[]): string {
  switch (type.kind) {
    case 'Unit':
      return '()';
    case 'Struct': {
      const fields = value as { readonly [name: string]: AbiValue };
      const values = type.fields.map(({ name }) => fields[name] as AbiValue);
      const parts = formatFields(type.fields, values, currencies);
      return parts === '' ? `${type.name} {}` : `${type.name} { ${parts} }`;
    }
    case 'Enum':
    case 'Option':
      return formatVariant(type, value, currencies);
    case 'Tuple': {
      const items = value as readonly AbiValue[];
      return `(${type.items.map((item, index) => formatValue(item, items[index] as AbiValue, currencies)).join(', ')})`;
    }
    case 'List': {
      const items = value as readonly AbiValue[];
      return `[${items.map((item) => formatValue(type.item, item, currencies)).join(', ')}]`;
    }
    case 'Map':
    case 'Set':
      throw new Error(`a ${type.kind} is not a value`);
    case 'Amount':
      return formatAmount(value as bigint, currencies[type.currency]);
    default:
      return FORMATS[type.kind](value as never);
  }
}

/**
 * The value of a text. At the top level amounts may leave out their currency, and texts and DIDs their quotes, as is
 * handy on a command line.
 */
export function parseValue(
  type: AbiType,
  text: string,
  currencies: readonly CurrencyDecl[],
): Parsed<AbiValue> {
  const trimmed = text.trim();
  if (type.kind === 'Text' && !trimmed.startsWith('"')) return checked('Text', text);
  if (type.kind === 'Did' && !trimmed.startsWith('did"')) return didOf(trimmed);
  const cursor: Cursor = { text: trimmed, at: 0, currencies };
  const parsed = parseAt(cursor, type);
  if (!parsed.ok || cursor.at === trimmed.length) return parsed;
  return fail(`${JSON.stringify(trimmed.slice(cursor.at))} stands behind ${phraseOf(type, currencies)}`);
}

// ---- formatting

const UNITS = [
  ['w', 604_800n],
  ['d', 86_400n],
  ['h', 3_600n],
  ['m', 60n],
  ['s', 1n],
] as const;

const FORMATS = {
  Int: (value: bigint) => value.toString(),
  Bool: (value: boolean) => String(value),
  Ratio: (value: bigint) => `${trimDecimals(decimal(value, 4))}%`,
  Duration: formatDuration,
  Time: formatTime,
  Did: (value: string) => `did${JSON.stringify(value)}`,
  Text: (value: string) => JSON.stringify(value),
  Bytes: (value: Uint8Array) => `0x${hexOf(value)}`,
  Hash: (value: Uint8Array) => `0x${hexOf(value)}`,
};

function formatFields(
  fields: readonly AbiField[],
  values: readonly AbiValue[],
  currencies: readonly CurrencyDecl[],
): string {
  return fields
    .map(({ name, type }, at) => `${name}: ${formatValue(type, values[at] as AbiValue, currencies)}`)
    .join(', ');
}

function formatVariant(type: VariantType, value: AbiValue, currencies: readonly CurrencyDecl[]): string {
  const split = splitVariant(type, value);
  if (split === null) throw new Error(`not a value of ${type.kind}`);
  const { name, fields } = variantsOf(type)[split.index]!;
  if (fields.length === 0) return name;
  if (type.kind === 'Option') return `some(${formatValue(type.item, split.values[0]!, currencies)})`;
  return `${name} { ${formatFields(fields, split.values, currencies)} }`;
}

function formatAmount(value: bigint, currency: CurrencyDecl | undefined): string {
  if (currency === undefined) throw new Error('an amount of no known currency');
  return `${decimal(value, currency.decimals)} ${currency.name}`;
}

/** `value` units of 10^-decimals, with all decimals. */
function decimal(value: bigint, decimals: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return decimals === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-decimals)}`;
}

function trimDecimals(digits: string): string {
  return digits.replace(/\.?0+$/, '');
}

/** In the largest unit that divides it. */
function formatDuration(seconds: bigint): string {
  const [suffix, worth] =
    seconds === 0n ? (['s', 1n] as const) : UNITS.find(([, unit]) => seconds % unit === 0n)!;
  return `${seconds / worth}${suffix}`;
}

function formatTime(seconds: bigint): string {
  const days = floorDivide(seconds, 86_400n);
  const rest = seconds - days * 86_400n;
  const { year, month, day } = civilOfDays(days);
  const two = (value: bigint) => value.toString().padStart(2, '0');
  const years = (year < 0n ? '-' : '') + (year < 0n ? -year : year).toString().padStart(4, '0');
  const clock = `${two(rest / 3_600n)}:${two((rest / 60n) % 60n)}`;
  const last = rest % 60n === 0n ? '' : `:${two(rest % 60n)}`;
  return `@${years}-${two(month)}-${two(day)}T${clock}${last}Z`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a / b - (a < 0n && a % b !== 0n ? 1n : 0n);
}

/** Gregorian date of a day counted from 1970-01-01, by the era of 400 years (146,097 days) that begins on 1 March. */
function civilOfDays(days: bigint): { year: bigint; month: bigint; day: bigint } {
  const shifted = days + 719_468n;
  const era = floorDivide(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1_460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const shiftedMonth = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * shiftedMonth + 2n) / 5n + 1n;
  const month = shiftedMonth < 10n ? shiftedMonth + 3n : shiftedMonth - 9n;
  return { year: yearOfEra + era * 400n + (month <= 2n ? 1n : 0n), month, day };
}

/** The inverse of `civilOfDays`; other days than the calendar has give a neighbouring date. */
function daysOfCivil(year: bigint, month: bigint, day: bigint): bigint {
  const shiftedYear = month <= 2n ? year - 1n : year;
  const era = floorDivide(shiftedYear, 400n);
  const yearOfEra = shiftedYear - era * 400n;
  const dayOfYear = (153n * (month > 2n ? month - 3n : month + 9n) + 2n) / 5n + day - 1n;
  return era * 146_097n + yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear - 719_468n;
}

// ---- parsing

type Cursor = { readonly text: string; at: number; readonly currencies: readonly CurrencyDecl[] };

function parseAt(cursor: Cursor, type: AbiType): Parsed<AbiValue> {
  switch (type.kind) {
    case 'Unit':
      return eat(cursor, '(') && eat(cursor, ')') ? { ok: true, value: null } : expected(cursor, type);
    case 'Struct':
      return parseStruct(cursor, type.name, type.fields);
    case 'Tuple':
      return parseTuple(cursor, type.items);
    case 'Enum':
    case 'Option':
      return parseVariant(cursor, type);
    case 'List':
      return parseList(cursor, type);
    case 'Map':
    case 'Set':
      return fail(`a ${type.kind} is not a value`);
    case 'Amount':
      return parseAmount(cursor, type);
    default: {
      skipSpace(cursor);
      const found = match(cursor, TOKENS[type.kind]);
      return found === null ? expected(cursor, type) : scalarOf(type.kind, found);
    }
  }
}

type ScalarKind = keyof typeof FORMATS;

const TOKENS: { readonly [K in ScalarKind]: RegExp } = {
  Int: /-?[0-9][0-9_]{0,40}/y,
  Bool: /true\b|false\b/y,
  Ratio: /-?[0-9]{1,40}(\.[0-9]{1,40})?%/y,
  Duration: /-?[0-9]{1,40}[smhdw]\b/y,
  Time: /@-?[0-9]{4,40}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z/y,
  Did: /did"[^"]*"/y,
  Text: /"([^"\\]|\\.)*"/y,
  Bytes: /0x[0-9a-fA-F]*/y,
  Hash: /0x[0-9a-fA-F]*/y,
};

function scalarOf(kind: ScalarKind, found: string): Parsed<AbiValue> {
  switch (kind) {
    case 'Int':
      return checked(kind, BigInt(found.replaceAll('_', '')));
    case 'Bool':
      return { ok: true, value: found === 'true' };
    case 'Ratio':
      return unitsOf(found.slice(0, -1), 4, 'a percentage');
    case 'Duration': {
      const worth = UNITS.find(([suffix]) => found.endsWith(suffix))![1];
      return checked(kind, BigInt(found.slice(0, -1)) * worth);
    }
    case 'Time':
      return timeOf(found);
    case 'Did':
      return didOf(found.slice('did"'.length, -1));
    case 'Text':
      return textOf(found);
    default:
      return checked(kind, bytesOfHex(found.slice(2)) ?? null);
  }
}

function parseAmount(cursor: Cursor, type: AbiType & { readonly kind: 'Amount' }): Parsed<AbiValue> {
  const currency = cursor.currencies[type.currency];
  if (currency === undefined) return fail('an amount of no known currency');
  skipSpace(cursor);
  const digits = match(cursor, /-?[0-9][0-9_]{0,40}(\.[0-9]{1,40})?/y);
  if (digits === null) return expected(cursor, type);
  skipSpace(cursor);
  const name = match(cursor, /[A-Za-z_][A-Za-z0-9_]*/y);
  if (name !== null && name !== currency.name)
    return fail(`an amount of ${currency.name} expected, ${name} found`);
  return unitsOf(digits.replaceAll('_', ''), currency.decimals, currency.name);
}

/** A decimal number as a count of units of 10^-decimals. */
function unitsOf(digits: string, decimals: number, what: string): Parsed<AbiValue> {
  const [whole = '', fraction = ''] = digits.split('.');
  if (fraction.length > decimals) return fail(`${digits} has more decimals than ${what} has (${decimals})`);
  return checked('Int', BigInt(whole + fraction.padEnd(decimals, '0')));
}

function timeOf(found: string): Parsed<AbiValue> {
  const parts = /^@(-?[0-9]+)-([0-9]+)-([0-9]+)T([0-9]+):([0-9]+)(?::([0-9]+))?Z$/.exec(found)!;
  const [year, month, day, hour, minute, second] = parts.slice(1).map((part) => BigInt(part ?? 0)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const days = daysOfCivil(year, month, day);
  const back = civilOfDays(days);
  const exists = back.year === year && back.month === month && back.day === day;
  if (!exists || hour > 23n || minute > 59n || second > 59n)
    return fail(`${found} is no time of the calendar`);
  return checked('Time', days * 86_400n + hour * 3_600n + minute * 60n + second);
}

function didOf(text: string): Parsed<AbiValue> {
  if (text === '' || parseDid(text) !== null) return { ok: true, value: text };
  return fail(
    `${JSON.stringify(text)} is not a DID such as did:icn:z6Mk…; check for a missing or wrong character`,
  );
}

function textOf(found: string): Parsed<AbiValue> {
  try {
    return checked('Text', JSON.parse(found) as string);
  } catch {
    return fail(`${found} is not a text: after \\ stands one of " \\ n t r u`);
  }
}

function parseStruct(cursor: Cursor, name: string, fields: readonly AbiField[]): Parsed<AbiValue> {
  skipSpace(cursor);
  const title = match(cursor, /[A-Za-z_][A-Za-z0-9_]*/y);
  if (title !== null && title !== name) return fail(`${name} expected, ${title} found`);
  return parseFields(cursor, name, fields);
}

/** `{ a: 1, b: 2 }`: every field, in order. */
function parseFields(
  cursor: Cursor,
  name: string,
  fields: readonly AbiField[],
): Parsed<{ readonly [name: string]: AbiValue }> {
  if (!eat(cursor, '{')) return fail(`${name} { … } expected`);
  const out: [string, AbiValue][] = [];
  for (const [index, field] of fields.entries()) {
    if (index > 0 && !eat(cursor, ',')) return fail(`"," expected before ${field.name}`);
    skipSpace(cursor);
    const found = match(cursor, /[A-Za-z_][A-Za-z0-9_]*/y);
    if (found !== field.name || !eat(cursor, ':')) return fail(`"${field.name}:" expected in ${name}`);
    const value = parseAt(cursor, field.type);
    if (!value.ok) return fail(`${field.name}: ${value.message}`);
    out.push([field.name, value.value]);
  }
  return eat(cursor, '}')
    ? { ok: true, value: Object.fromEntries(out) }
    : fail(`"}" expected at the end of ${name}`);
}

/** `Yes`, `Choice.Yes`, `Block { reason: "…" }`, `none`, `some(5)`. */
function parseVariant(cursor: Cursor, type: VariantType): Parsed<AbiValue> {
  skipSpace(cursor);
  let title = match(cursor, /[A-Za-z_][A-Za-z0-9_]*/y);
  if (type.kind === 'Enum' && title === type.name && eat(cursor, '.'))
    title = match(cursor, /[A-Za-z_][A-Za-z0-9_]*/y);
  const variants = variantsOf(type);
  const index = variants.findIndex(({ name }) => name === title);
  if (index < 0)
    return title === null ? expected(cursor, type) : fail(`${variantPhrase(type)} expected, ${title} found`);
  const held =
    type.kind === 'Option' ? parseHeld(cursor, type.item, index) : parseHeldFields(cursor, variants[index]!);
  return held.ok ? { ok: true, value: joinVariant(type, { index, values: held.value }) } : held;
}

function parseHeld(cursor: Cursor, item: AbiType, index: number): Parsed<readonly AbiValue[]> {
  return index === 0 ? { ok: true, value: [] } : parseItems(cursor, [item]);
}

function parseHeldFields(cursor: Cursor, { name, fields }: AbiVariant): Parsed<readonly AbiValue[]> {
  if (fields.length === 0) return { ok: true, value: [] };
  const parsed = parseFields(cursor, name, fields);
  return parsed.ok ? { ok: true, value: fields.map((field) => parsed.value[field.name]!) } : parsed;
}

function parseTuple(cursor: Cursor, items: readonly AbiType[]): Parsed<AbiValue> {
  return parseItems(cursor, items);
}

function parseItems(cursor: Cursor, items: readonly AbiType[]): Parsed<readonly AbiValue[]> {
  if (!eat(cursor, '(')) return fail('"(" expected');
  const out: AbiValue[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0 && !eat(cursor, ',')) return fail('"," expected');
    const value = parseAt(cursor, item);
    if (!value.ok) return value;
    out.push(value.value);
  }
  return eat(cursor, ')') ? { ok: true, value: out } : fail('")" expected');
}

/** `[1, 2, 3]`; `[]` is the empty list. */
function parseList(cursor: Cursor, type: ListType): Parsed<AbiValue> {
  if (!eat(cursor, '[')) return expected(cursor, type);
  const out: AbiValue[] = [];
  while (!eat(cursor, ']')) {
    if (out.length === type.capacity) return fail(`a list of at most ${type.capacity} elements expected`);
    if (out.length > 0 && !eat(cursor, ',')) return fail('"," or "]" expected');
    const value = parseAt(cursor, type.item);
    if (!value.ok) return value;
    out.push(value.value);
  }
  return { ok: true, value: out };
}

type ListType = Extract<AbiType, { readonly kind: 'List' }>;

function match(cursor: Cursor, pattern: RegExp): string | null {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? null;
  if (found !== null) cursor.at += found.length;
  return found;
}

function eat(cursor: Cursor, sign: string): boolean {
  skipSpace(cursor);
  if (!cursor.text.startsWith(sign, cursor.at)) return false;
  cursor.at += sign.length;
  return true;
}

function skipSpace(cursor: Cursor): void {
  match(cursor, /\s*/y);
}

/** Accepts a word that fits the limits of its type. */
function checked(kind: ScalarKind, value: Value | null): Parsed<AbiValue> {
  const wrong = value === null ? 'has an odd number of digits' : wordError(WORDS[kind], value);
  return wrong === null ? { ok: true, value } : fail(`the ${kind} ${wrong}`);
}

const WORDS = {
  Int: 'int',
  Bool: 'bool',
  Ratio: 'int',
  Duration: 'int',
  Time: 'int',
  Did: 'did',
  Text: 'text',
  Bytes: 'bytes',
  Hash: 'hash',
} as const;

function expected(cursor: Cursor, type: AbiType): Parsed<AbiValue> {
  const rest = cursor.text.slice(cursor.at, cursor.at + 40);
  const found = rest === '' ? 'nothing' : JSON.stringify(rest);
  return fail(`${phraseOf(type, cursor.currencies)} expected, ${found} found`);
}

const EXAMPLES: { readonly [K in ScalarKind | 'Unit']: string } = {
  Unit: '()',
  Int: 'an integer such as 42',
  Bool: 'true or false',
  Ratio: 'a ratio such as 67%',
  Duration: 'a duration such as 90s, 15m, 36h, 7d or 2w',
  Time: 'a time such as @2026-01-31T12:00Z',
  Did: 'a DID',
  Text: 'a text in quotes',
  Bytes: 'bytes such as 0x00ff',
  Hash: 'a hash: 0x and 64 hexadecimal digits',
};

function phraseOf(type: AbiType, currencies: readonly CurrencyDecl[]): string {
  if (type.kind === 'Amount') return `an amount such as ${formatAmount(250n, currencies[type.currency])}`;
  if (type.kind === 'Struct') return `${type.name} { … }`;
  if (type.kind === 'Tuple') return 'a tuple';
  if (type.kind === 'List') return 'a list such as [1, 2]';
  if (type.kind === 'Enum' || type.kind === 'Option') return variantPhrase(type);
  return type.kind === 'Map' || type.kind === 'Set' ? type.kind : EXAMPLES[type.kind];
}

function fail(message: string): Parsed<never> {
  return { ok: false, message };
}
