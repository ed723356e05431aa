/** ABI values as people write and read them: `2.50 hours`, `bob`, `true`, `(alice, 3)`, `Rates { a: 1 }`. */
import {
  type AbiField,
  type AbiType,
  type AbiValue,
  type CurrencyDecl,
  hexOf,
  isDidSyntax,
} from '../vm/index.ts';

/** What a text form needs to know: the currencies that types index, and the names of accounts. */
export type Naming = {
  readonly currencies: readonly CurrencyDecl[];
  /** DID to name. */
  readonly names: ReadonlyMap<string, string>;
};

export type Read =
  | { readonly ok: true; readonly value: AbiValue }
  | { readonly ok: false; readonly message: string };

/** The value in the words of its type. */
export function showValue(value: AbiValue, type: AbiType, naming: Naming): string {
  switch (type.kind) {
    case 'Unit':
      return '()';
    case 'Amount':
      return showAmount(value as bigint, type.currency, naming);
    case 'Ratio':
      return `${showDecimal(value as bigint, 4).replace(/\.?0+$/, '')}%`;
    case 'Duration':
      return showDuration(value as bigint);
    case 'Time':
      return showTime(value as bigint);
    case 'Did':
      return showDid(value as string, naming);
    case 'Text':
      return JSON.stringify(value);
    case 'Bytes':
    case 'Hash':
      return `0x${hexOf(value as Uint8Array)}`;
    case 'Struct': {
      const fields = value as Readonly<Record<string, AbiValue>>;
      const shown = type.fields.map(
        ({ name, type: inner }) => `${name}: ${showValue(fields[name]!, inner, naming)}`,
      );
      return `${type.name} { ${shown.join(', ')} }`;
    }
    case 'Tuple': {
      const items = value as readonly AbiValue[];
      return `(${type.items.map((item, at) => showValue(items[at]!, item, naming)).join(', ')})`;
    }
    default:
      return String(value);
  }
}

/** `250` of a currency with two decimals is `2.50 hours`. */
export function showAmount(amount: bigint, currency: number, naming: Naming): string {
  const declared = naming.currencies[currency];
  return declared === undefined
    ? String(amount)
    : `${showDecimal(amount, declared.decimals)} ${declared.name}`;
}

export function showDid(did: string, naming: Naming): string {
  if (did === '') return 'nobody';
  return naming.names.get(did) ?? did;
}

/** The value of one argument as text; `people` gives the DID of a name. Structs and tuples are not read. */
export function readArgument(
  text: string,
  param: AbiField,
  naming: Naming,
  people: (name: string) => string,
): Read {
  const value = readWord(text.trim(), param.type, naming, people);
  if (value !== undefined) return { ok: true, value };
  return {
    ok: false,
    message: `${param.name}: ${JSON.stringify(text)} is not ${expected(param.type, naming)}`,
  };
}

function readWord(
  text: string,
  type: AbiType,
  naming: Naming,
  people: (name: string) => string,
): AbiValue | undefined {
  switch (type.kind) {
    case 'Int':
      return readInt(text);
    case 'Bool':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'Amount':
      return readAmount(text, naming.currencies[type.currency]!);
    case 'Ratio':
      return text.endsWith('%') ? readDecimal(text.slice(0, -1), 4) : undefined;
    case 'Duration':
      return readDuration(text);
    case 'Time':
      return readTime(text);
    case 'Did':
      if (isDidSyntax(text)) return text;
      return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? people(text) : undefined;
    case 'Text':
      return text.isWellFormed() ? text.replace(/^"(.*)"$/s, '$1') : undefined;
    default:
      return undefined;
  }
}

function expected(type: AbiType, naming: Naming): string {
  switch (type.kind) {
    case 'Amount':
      return `an amount such as ${showAmount(250n, type.currency, naming)}`;
    case 'Did':
      return 'a DID, or the name of a member such as alice';
    case 'Duration':
      return 'a duration such as 7d';
    case 'Time':
      return 'a time such as 2026-01-31T12:00Z';
    case 'Ratio':
      return 'a percentage such as 12.5%';
    case 'Struct':
    case 'Tuple':
      return `readable: arguments of type ${type.kind} cannot be written here yet`;
    default:
      return `of type ${type.kind}`;
  }
}

// ---- numbers -----------------------------------------------------------------------------------

const INT_MAX = 2n ** 63n - 1n;
const SECONDS: Readonly<Record<string, bigint>> = { s: 1n, m: 60n, h: 3600n, d: 86_400n, w: 604_800n };

function inRange(value: bigint): bigint | undefined {
  return value <= INT_MAX && value >= -INT_MAX - 1n ? value : undefined;
}

function readInt(text: string): bigint | undefined {
  return /^-?\d[\d_]*$/.test(text) ? inRange(BigInt(text.replaceAll('_', ''))) : undefined;
}

function readAmount(text: string, currency: CurrencyDecl): bigint | undefined {
  const [digits, name, ...more] = text.split(/\s+/);
  if (digits === undefined || (name !== undefined && name !== currency.name) || more.length > 0)
    return undefined;
  return readDecimal(digits, currency.decimals);
}

function readDecimal(text: string, decimals: number): bigint | undefined {
  const parts = /^(-?)(\d[\d_]*)(?:\.(\d+))?$/.exec(text);
  const [, sign = '', whole = '', fraction = ''] = parts ?? [];
  if (parts === null || fraction.length > decimals) return undefined;
  const value = BigInt(whole.replaceAll('_', '') + fraction.padEnd(decimals, '0'));
  return inRange(sign === '-' ? -value : value);
}

function showDecimal(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const sign = value < 0n ? '-' : '';
  return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-decimals)}`;
}

function readDuration(text: string): bigint | undefined {
  const parts = /^(\d+)([smhdw])$/.exec(text);
  return parts === null ? undefined : inRange(BigInt(parts[1]!) * SECONDS[parts[2]!]!);
}

function showDuration(seconds: bigint): string {
  const size = seconds < 0n ? -seconds : seconds;
  const unit = ['w', 'd', 'h', 'm'].find((name) => size !== 0n && size % SECONDS[name]! === 0n) ?? 's';
  return `${seconds / SECONDS[unit]!}${unit}`;
}

/** Beyond these a `Date` has no text: four-digit years. */
const TIME_MAX = 253_402_300_799n;

function showTime(seconds: bigint): string {
  if (seconds < 0n || seconds > TIME_MAX) return `${seconds}s`;
  return `@${new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z').replace(/:00Z$/, 'Z')}`;
}

function readTime(text: string): bigint | undefined {
  const plain = text.replace(/^@/, '');
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z$/.test(plain)) return undefined;
  const milliseconds = Date.parse(plain);
  return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds / 1000);
}
