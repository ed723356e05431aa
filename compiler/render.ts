/**
 * Diagnostics to text for people, to plain data for machines, and codes to pages. The only place that knows what a
 * diagnostic looks like; no IO, no terminal detection.
 */
import { DIAGNOSTICS, type Diagnostic, type DiagnosticCode, type Severity } from './diagnostics.ts';
import type { Span } from './syntax/ast.ts';
import { lineStarts, lineText, type Position, positionAt } from './syntax/lines.ts';

/** Name of a source to its text. */
export type Sources = ReadonlyMap<string, string>;

export type RenderOptions = { readonly colour: 'never' | 'always' };

/** Line and column count from 1, columns in characters. */
export type JsonPlace = { readonly line: number; readonly column: number; readonly offset: number };
export type JsonDiagnostic = {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly start: JsonPlace;
  readonly end: JsonPlace;
  readonly label: string;
  readonly related: readonly {
    readonly file: string;
    readonly start: JsonPlace;
    readonly end: JsonPlace;
    readonly label: string;
  }[];
  readonly help: string | null;
  readonly fix: Diagnostic['fix'];
};

/** Columns of a tab, and the widest excerpt. */
const TAB_COLUMNS = 4;
const EXCERPT_COLUMNS = 120;
/** Columns shown before a mark on a line that is too long. */
const LEAD_COLUMNS = 40;

/** The page of one diagnostic as it goes to a terminal; ends with a line break. A file without a source has no excerpt. */
export function renderDiagnostic(diagnostic: Diagnostic, sources: Sources, options: RenderOptions): string {
  const paint = options.colour === 'always' ? painted : plain;
  const marks = marksOf(diagnostic);
  const files = [...new Set(marks.map(({ file }) => file))];
  const excerpts = files.map((file) =>
    excerptOf(
      file,
      sources.get(file),
      marks.filter((mark) => mark.file === file),
    ),
  );
  const gutter = Math.max(1, ...excerpts.flatMap(({ rows }) => rows.map(({ number }) => number.length)));
  const head = `${paint(diagnostic.severity, `${diagnostic.severity}[${diagnostic.code}]`)}${paint('bold', `: ${printable(diagnostic.message)}`)}`;
  const body = excerpts.flatMap((excerpt, at) =>
    linesOf(excerpt, at === 0 ? '┌─' : '├─', gutter, diagnostic.severity, paint),
  );
  const tail = diagnostic.help === null ? [] : helpLines(printable(diagnostic.help), gutter, paint);
  return `${[head, ...body, ...tail].join('\n')}\n`;
}

/** The same as plain data, for `--json`. */
export function diagnosticToJson(diagnostic: Diagnostic, sources: Sources): JsonDiagnostic {
  const { code, severity, message, file, span, label, related, help, fix } = diagnostic;
  return {
    code,
    severity,
    message,
    file,
    ...placesOf(file, span, sources),
    label,
    related: related.map((other) => ({
      file: other.file,
      ...placesOf(other.file, other.span, sources),
      label: other.label,
    })),
    help,
    fix,
  };
}

/** The page that `ccl explain` prints, in Markdown; null for a code that is not in the table. */
export function explain(code: string): string | null {
  if (!Object.hasOwn(DIAGNOSTICS, code)) return null;
  const row: { message: string; help: string | null; explanation: string; example: string } =
    DIAGNOSTICS[code as keyof typeof DIAGNOSTICS];
  const parts = [`# ${code}: ${titleOf(code as DiagnosticCode)}`, row.explanation];
  if (row.example !== '') parts.push(`## Example\n\n\`\`\`ccl\n${row.example.trimEnd()}\n\`\`\``);
  if (row.help !== null) parts.push(`## What to do\n\n${withoutHoles(row.help)}.`);
  return `${parts.join('\n\n')}\n`;
}

/** A diagnostic's sentence without its holes, for headings and lists. */
export function titleOf(code: DiagnosticCode): string {
  return TITLES[code] ?? withoutHoles(DIAGNOSTICS[code].message);
}

/** Where a sentence is nothing but what failed. */
const TITLES: { readonly [code in DiagnosticCode]?: string } = {
  E0501: 'a clause is broken by a run from deployment',
  E0502: "a stranger can lower another's account",
  E0503: 'a clause is broken from a state that was not reached',
  E0504: 'it could not be decided whether a clause is kept',
  E0505: 'an invariant can be broken from outside, between calls',
  W0506: 'a call may revert',
  E0507: 'what nothing can satisfy promises nothing',
  W0507: 'code that is never reached',
  W0509: 'a clause is checked at run time',
  W0508: 'a clause that is marked `unproved` is not proved',
};

/** `{name} is not defined` is `… is not defined`. */
export function withoutHoles(sentence: string): string {
  return sentence.replace(/\{[A-Za-z]+\}/g, '…');
}

// ---- excerpts ------------------------------------------------------------------------------------

type Mark = { readonly file: string; readonly span: Span; readonly label: string; readonly primary: boolean };
/** A line of an excerpt: source text with a number, or marks below it. */
type Row =
  | { readonly kind: 'source' | 'gap'; readonly number: string; readonly text: string }
  | { readonly kind: 'marks'; readonly number: ''; readonly text: string; readonly primary: boolean };
type Excerpt = { readonly title: string; readonly rows: readonly Row[] };
/** A mark on one line, in UTF-16 columns. */
type Underline = {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly primary: boolean;
};

function marksOf(diagnostic: Diagnostic): readonly Mark[] {
  const { file, span, label, related } = diagnostic;
  return [{ file, span, label, primary: true }, ...related.map((other) => ({ ...other, primary: false }))];
}

function excerptOf(file: string, text: string | undefined, marks: readonly Mark[]): Excerpt {
  if (text === undefined) return { title: file, rows: [] };
  const starts = lineStarts(text);
  const first = positionAt(starts, marks[0]!.span.start);
  const column = characters(lineText(text, starts, first.line).slice(0, first.column)) + 1;
  const underlines = marks.flatMap((mark) => underlinesOf(mark, text, starts));
  return { title: `${file}:${first.line + 1}:${column}`, rows: rowsOf(underlines, text, starts) };
}

/** One underline for a mark on one line; for a longer one its first and its last line. */
function underlinesOf(mark: Mark, text: string, starts: readonly number[]): readonly Underline[] {
  const { label, primary } = mark;
  const from: Position = positionAt(starts, Math.min(mark.span.start, text.length));
  const to: Position = positionAt(starts, Math.min(mark.span.end, text.length));
  if (from.line === to.line) return [{ line: from.line, from: from.column, to: to.column, label, primary }];
  const head = {
    line: from.line,
    from: from.column,
    to: lineText(text, starts, from.line).length,
    label: '',
    primary,
  };
  const indent = /^\s*/.exec(lineText(text, starts, to.line))![0].length;
  if (to.column <= indent) return [{ ...head, label }];
  return [head, { line: to.line, from: indent, to: to.column, label, primary }];
}

function rowsOf(underlines: readonly Underline[], text: string, starts: readonly number[]): readonly Row[] {
  const rows: Row[] = [];
  const lines = [...new Set(underlines.map(({ line }) => line))].sort((a, b) => a - b);
  let previous = lines[0]!;
  for (const line of lines) {
    if (line > previous + 1) rows.push({ kind: 'gap', number: '', text: '' });
    const source = lineText(text, starts, line);
    const here = underlines.filter((underline) => underline.line === line);
    const window = windowOf(source, Math.min(...here.map(({ from }) => from)));
    rows.push({ kind: 'source', number: String(line + 1), text: window.text });
    for (const mark of here)
      rows.push({ kind: 'marks', number: '', text: markText(mark, source, window), primary: mark.primary });
    previous = line;
  }
  return rows;
}

/** What of a line is shown, and the columns cut off before it. */
type Window = { readonly text: string; readonly cut: number };

function windowOf(source: string, from: number): Window {
  const shown = expanded(source.slice(0, 100_000));
  if (columns(shown) <= EXCERPT_COLUMNS && source.length <= 100_000) return { text: shown, cut: 0 };
  const start = Math.max(0, from - LEAD_COLUMNS);
  const piece = expanded(source.slice(start, start + EXCERPT_COLUMNS));
  return { text: `${start > 0 ? '…' : ''}${piece}…`, cut: start };
}

function markText(mark: Underline, source: string, window: Window): string {
  const lead = window.cut > 0 ? 1 : 0;
  const before = columns(expanded(source.slice(window.cut, mark.from))) + lead;
  const room = Math.max(1, columns(window.text) - before);
  const length = Math.min(
    room,
    Math.max(1, columns(expanded(source.slice(mark.from, Math.min(mark.to, mark.from + EXCERPT_COLUMNS))))),
  );
  const line = ' '.repeat(before) + (mark.primary ? '^' : '-').repeat(length);
  return mark.label === '' ? line : `${line} ${printable(mark.label)}`;
}

function linesOf(
  excerpt: Excerpt,
  corner: string,
  gutter: number,
  severity: Severity,
  paint: Paint,
): string[] {
  const margin = ' '.repeat(gutter);
  const title = `${margin} ${paint('gutter', corner)} ${excerpt.title}`;
  if (excerpt.rows.length === 0) return [title];
  const rows = excerpt.rows.map((row) => {
    const number = paint('gutter', `${row.number.padStart(gutter)} ${row.kind === 'gap' ? '·' : '│'}`);
    const text = row.kind === 'marks' ? paint(row.primary ? severity : 'gutter', row.text) : row.text;
    return text === '' ? number : `${number} ${text}`;
  });
  return [title, `${margin} ${paint('gutter', '│')}`, ...rows];
}

function helpLines(help: string, gutter: number, paint: Paint): string[] {
  const margin = ' '.repeat(gutter);
  const [first, ...rest] = help.split('\n');
  const indent = ' '.repeat('= help: '.length);
  return [
    `${margin} ${paint('gutter', '│')}`,
    `${margin} ${paint('gutter', '=')} ${paint('bold', 'help:')} ${first}`,
    ...rest.map((line) => `${margin} ${indent}${line}`),
  ];
}

// ---- characters ----------------------------------------------------------------------------------

/** Terminals would act on control characters: they are shown as a replacement. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

function expanded(text: string): string {
  return printable(text.replaceAll('\t', ' '.repeat(TAB_COLUMNS)));
}

function characters(text: string): number {
  return [...text].length;
}

/** Columns of a text in a terminal: wide characters take two, combining ones none. */
function columns(text: string): number {
  let total = 0;
  for (const character of text)
    total += NARROW.test(character) ? 1 : ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return total;
}

const NARROW = /^[\u0020-\u02ff]$/;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** Hangul, CJK, full-width forms and emoji. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

// ---- the rest ------------------------------------------------------------------------------------

type Style = Severity | 'gutter' | 'bold';
type Paint = (style: Style, text: string) => string;

const ANSI: Readonly<Record<Style, string>> = { error: '1;31', warning: '1;33', gutter: '34', bold: '1' };

function painted(style: Style, text: string): string {
  return text === '' ? '' : `\u001b[${ANSI[style]}m${text}\u001b[0m`;
}

function plain(_style: Style, text: string): string {
  return text;
}

function placesOf(
  file: string,
  span: Span,
  sources: Sources,
): { readonly start: JsonPlace; readonly end: JsonPlace } {
  const text = sources.get(file) ?? '';
  const starts = lineStarts(text);
  return { start: placeOf(text, starts, span.start), end: placeOf(text, starts, span.end) };
}

function placeOf(text: string, starts: readonly number[], offset: number): JsonPlace {
  const { line, column } = positionAt(starts, offset);
  return { line: line + 1, column: characters(lineText(text, starts, line).slice(0, column)) + 1, offset };
}
