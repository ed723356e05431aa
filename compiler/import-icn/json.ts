/**
 * A strict JSON reader (RFC 8259) that keeps positions: text in, a tree of nodes with spans and paths out, or the
 * first mistake. Repeated fields, lone surrogates and nesting beyond `DEPTH_MAX` are mistakes; numbers keep their
 * text, so that the caller decides about range and fractions.
 */
import type { Span } from '../syntax/ast.ts';

type Node<K extends string> = { readonly kind: K; readonly span: Span; readonly path: string };

export type Json =
  | (Node<'object'> & { readonly entries: readonly Entry[] })
  | (Node<'array'> & { readonly items: readonly Json[] })
  | (Node<'string'> & { readonly value: string })
  | (Node<'number'> & { readonly text: string })
  | (Node<'boolean'> & { readonly value: boolean })
  | Node<'null'>;
export type Entry = { readonly key: string; readonly keySpan: Span; readonly value: Json };

export type JsonResult =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly problem: string; readonly path: string; readonly span: Span };

/** The nesting that the reference loader accepts. */
export const DEPTH_MAX = 128;

/** Reads one JSON value and nothing after it. `path` of the root is `$`. */
export function readJson(text: string): JsonResult {
  const reader: Reader = { text, at: 0, problem: null };
  skipSpace(reader);
  const value = readValue(reader, '$', 0);
  skipSpace(reader);
  if (value !== null && reader.at < text.length)
    fail(reader, '$', 'there is text after the end of the contract');
  if (reader.problem !== null) return { ok: false, ...reader.problem };
  return { ok: true, value: value! };
}

/** The path of a field: `$.rules`, `$.value["two words"]`. */
export function fieldPath(path: string, key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

type Reader = {
  readonly text: string;
  at: number;
  problem: { problem: string; path: string; span: Span } | null;
};

function readValue(reader: Reader, path: string, depth: number): Json | null {
  const start = reader.at;
  const char = reader.text[start];
  if (depth > DEPTH_MAX)
    return fail(reader, shortened(path), `this is nested more than ${DEPTH_MAX} levels deep`);
  if (char === '{') return readObject(reader, path, depth);
  if (char === '[') return readArray(reader, path, depth);
  if (char === '"') {
    const value = readString(reader, path);
    return value === null ? null : { kind: 'string', value, span: { start, end: reader.at }, path };
  }
  return readWord(reader, path) ?? readNumber(reader, path);
}

function shortened(path: string): string {
  return path.length <= 80 ? path : `${path.slice(0, 40)}…${path.slice(-39)}`;
}

function readObject(reader: Reader, path: string, depth: number): Json | null {
  const start = reader.at++;
  const entries: Entry[] = [];
  const seen = new Set<string>();
  skipSpace(reader);
  while (reader.text[reader.at] !== '}') {
    const entry = readEntry(reader, path, depth, seen);
    if (entry === null || !endOfItem(reader, path, '}')) return null;
    entries.push(entry);
  }
  reader.at++;
  return { kind: 'object', entries, span: { start, end: reader.at }, path };
}

function readEntry(reader: Reader, path: string, depth: number, seen: Set<string>): Entry | null {
  const start = reader.at;
  if (reader.text[start] !== '"') return fail(reader, path, 'a field name in double quotes is expected here');
  const key = readString(reader, path);
  if (key === null) return null;
  const keySpan = { start, end: reader.at };
  if (seen.has(key)) return fail(reader, fieldPath(path, key), `the field "${key}" is given twice`, keySpan);
  seen.add(key);
  skipSpace(reader);
  if (reader.text[reader.at] !== ':') return fail(reader, path, `a colon is expected after "${key}"`);
  reader.at++;
  skipSpace(reader);
  const value = readValue(reader, fieldPath(path, key), depth + 1);
  return value === null ? null : { key, keySpan, value };
}

function readArray(reader: Reader, path: string, depth: number): Json | null {
  const start = reader.at++;
  const items: Json[] = [];
  skipSpace(reader);
  while (reader.text[reader.at] !== ']') {
    const item = readValue(reader, `${path}[${items.length}]`, depth + 1);
    if (item === null || !endOfItem(reader, path, ']')) return null;
    items.push(item);
  }
  reader.at++;
  return { kind: 'array', items, span: { start, end: reader.at }, path };
}

/** After an item: a comma and a further item, or the closing bracket, on which the reader then stands. */
function endOfItem(reader: Reader, path: string, close: '}' | ']'): boolean {
  skipSpace(reader);
  if (reader.text[reader.at] === close) return true;
  if (reader.text[reader.at] !== ',') {
    fail(reader, path, `a comma or "${close}" is expected here`);
    return false;
  }
  const comma = { start: reader.at, end: reader.at + 1 };
  reader.at++;
  skipSpace(reader);
  if (reader.text[reader.at] !== close) return true;
  fail(reader, path, `there is a comma before "${close}"`, comma);
  return false;
}

const ESCAPES: { readonly [char: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function readString(reader: Reader, path: string): string | null {
  const start = reader.at++;
  const parts: string[] = [];
  for (;;) {
    const from = reader.at;
    while (reader.at < reader.text.length && isPlain(reader.text.charCodeAt(reader.at))) reader.at++;
    parts.push(reader.text.slice(from, reader.at));
    const char = reader.text[reader.at];
    if (char === '"') break;
    if (char !== '\\') return fail(reader, path, 'this text is not closed on its line');
    const decoded = readEscape(reader, path);
    if (decoded === null) return null;
    parts.push(decoded);
  }
  reader.at++;
  const value = parts.join('');
  return value.isWellFormed()
    ? value
    : fail(reader, path, 'this text holds half of a character', { start, end: reader.at });
}

function isPlain(code: number): boolean {
  return code >= 0x20 && code !== 0x22 && code !== 0x5c;
}

function readEscape(reader: Reader, path: string): string | null {
  const start = reader.at;
  const char = reader.text[start + 1] ?? '';
  const hex = reader.text.slice(start + 2, start + 6);
  if (char === 'u' && /^[0-9a-fA-F]{4}$/.test(hex)) {
    reader.at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }
  reader.at += 2;
  return ESCAPES[char] ?? fail(reader, path, 'this escape is unknown', { start, end: start + 2 });
}

const WORDS = ['true', 'false', 'null'] as const;

function readWord(reader: Reader, path: string): Json | null {
  const start = reader.at;
  const word = WORDS.find((candidate) => reader.text.startsWith(candidate, start));
  if (word === undefined) return null;
  reader.at += word.length;
  const span = { start, end: reader.at };
  return word === 'null'
    ? { kind: 'null', span, path }
    : { kind: 'boolean', value: word === 'true', span, path };
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readNumber(reader: Reader, path: string): Json | null {
  const start = reader.at;
  NUMBER.lastIndex = start;
  const match = NUMBER.exec(reader.text);
  if (match === null) return fail(reader, path, 'a value is expected here');
  reader.at += match[0].length;
  return { kind: 'number', text: match[0], span: { start, end: reader.at }, path };
}

function skipSpace(reader: Reader): void {
  while (reader.at < reader.text.length && ' \t\n\r'.includes(reader.text[reader.at]!)) reader.at++;
}

function fail(reader: Reader, path: string, problem: string, span?: Span): null {
  const { length } = reader.text;
  const here = { start: Math.min(reader.at, length), end: Math.min(reader.at + 1, length) };
  reader.problem ??= { problem, path, span: span ?? here };
  return null;
}
