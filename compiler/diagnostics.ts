/**
 * Every diagnostic once: a stable code, a sentence with typed holes, what to do, a longer explanation and an
 * example that triggers it. A diagnostic is plain data; `render.ts` is the only place that makes text of it.
 *
 * Codes: E01xx syntax, E02xx names, E03xx types and units, E04xx effects, authority and structure,
 * E05xx verification, E06xx import, E09xx not in this version yet. W-codes are warnings in the same ranges.
 *
 * To report: `diagnose('E0103', { file, span, what: 'this statement' })`. The type checker asks for exactly the
 * holes that the row's `message`, `label` and `help` name in braces, and refuses a code without a row.
 */
import type { Span } from './syntax/ast.ts';

export type Severity = 'error' | 'warning';

export type Diagnostic = {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** Name of the source, as given to the compiler. */
  readonly file: string;
  readonly span: Span;
  /** The sentence, in the author's words. */
  readonly message: string;
  /** Short text under the carets; empty when the message says it all. */
  readonly label: string;
  readonly related: readonly Related[];
  /** What to do. */
  readonly help: string | null;
  readonly fix: Fix | null;
};

/** A second place that helps to understand the first: 'declared here'. */
export type Related = { readonly file: string; readonly span: Span; readonly label: string };

/** Edits of one file that the editor can apply. */
export type Fix = {
  readonly title: string;
  readonly edits: readonly { readonly span: Span; readonly text: string }[];
};

type Row = {
  readonly severity: Severity;
  /** Names of holes are in braces: `{name} is not defined`. */
  readonly message: string;
  /** Default text under the carets; may have holes too. */
  readonly label?: string;
  /** May have holes too. */
  readonly help: string | null;
  /** Markdown for `ccl explain`. */
  readonly explanation: string;
  /** A source that triggers exactly this diagnostic. */
  readonly example: string;
};

export const DIAGNOSTICS = {
  // ---- E01xx: syntax ---------------------------------------------------------------------------
  E0101: {
    severity: 'error',
    message: 'I do not know what `{text}` means here',
    help: null,
    explanation:
      'CCL is written with ASCII letters, digits and the signs that the language names. Any other character may stand only inside a text (`"…"`) or a comment.',
    example: 'const a: Int = 1 # 2;\n',
  },
  E0102: {
    severity: 'error',
    message: 'this text is never closed',
    label: 'it starts here and the line ends before a closing `"`',
    help: 'close it with `"` on the same line; write a line break inside a text as `\\n`',
    explanation:
      'A text starts and ends with `"` on one line. Inside it, `\\"` is a quotation mark, `\\\\` a backslash, `\\n` a line break and `\\t` a tab.',
    example: 'const greeting: Text = "hello;\n',
  },
  E0103: {
    severity: 'error',
    message: 'I expected `;` after {what}',
    help: null,
    explanation:
      'Statements and most declarations end with `;`. Only blocks (`{ … }`) and what ends with one stand without it.',
    example: 'const a: Int = 1\nconst b: Int = 2;\n',
  },
  E0104: {
    severity: 'error',
    message: 'I expected {expected}, but found {found}',
    help: null,
    explanation: 'The text does not continue the way the grammar needs it at this point.',
    example: 'const 5: Int = 1;\n',
  },
  E0105: {
    severity: 'error',
    message: 'I expected an expression, but found {found}',
    help: null,
    explanation: 'A value is needed at this point: a number, a name, a call, something in parentheses.',
    example: 'const a: Int = 1 + ;\n',
  },
  E0106: {
    severity: 'error',
    message: 'a file holds declarations; {found} does not start one',
    help: 'declarations start with `use`, `contract`, `interface`, `struct`, `enum`, `lifecycle`, `error`, `const`, `fn`, `test` or `prove`',
    explanation:
      'Outside of a contract only declarations can stand. Statements belong into the body of a rule, view, fn or test.',
    example: 'x = 5;\nconst a: Int = 1;\n',
  },
  E0107: {
    severity: 'error',
    message: 'this `{open}` is never closed',
    label: 'opened here',
    help: null,
    explanation: 'Every `(`, `[` and `{` needs its partner.',
    example: 'const a: Int = (1 + 2;\n',
  },
  E0108: {
    severity: 'error',
    message: 'this is nested too deeply',
    help: 'give the inner parts names with `let`, or share them in a `fn`',
    explanation:
      'Expressions, blocks and types nest at most 100 levels deep, and chains of operators have at most 400 links, so that every tool can read every contract.',
    example: `const a: Int = ${'('.repeat(101)}1${')'.repeat(101)};\n`,
  },
  E0109: {
    severity: 'error',
    message: '`{name} { … }` needs parentheses here',
    label: 'this `{` would start the block',
    help: 'write `({name} { … })`',
    explanation:
      'In the head of an `if`, `match` or `for`, and in a clause before a body, `{` starts the block. A struct literal there stands in parentheses.',
    example: 'struct P { x: Int }\nfn f(p: P) -> Int { if p == P { x: 1 } { 1 } else { 2 } }\n',
  },
  E0110: {
    severity: 'error',
    message: '`{word}` is a word of the language and cannot be a name',
    help: 'choose another name',
    explanation:
      'Words that start declarations, statements and expressions (`rule`, `let`, `if`, …) are reserved.',
    example: 'const rule: Int = 1;\n',
  },
  E0111: {
    severity: 'error',
    message: '`{text}` is not a number I can read',
    help: '{hint}',
    explanation:
      'Numbers are digits, with single underscores between them where that reads better (`10_000`). An amount is a number, a space and the name of its currency (`2.50 hours`). Durations have a suffix without space (`90s 15m 36h 7d 2w`), and a percentage ends in `%`.',
    example: 'const a: Int = 12abc;\n',
  },
  E0112: {
    severity: 'error',
    message: 'a number with decimals must be an amount or a percentage',
    help: 'write the currency behind it, as in `{digits} hours`, or `{digits}%`',
    explanation:
      'CCL has no fractional numbers. Amounts have the decimals of their currency (`2.50 hours`), ratios are percentages (`12.5%`).',
    example: 'const a: Int = 2.5;\n',
  },
  E0113: {
    severity: 'error',
    message: '`{escape}` means nothing inside a text',
    help: 'write `\\\\` for a backslash, `\\"` for a quotation mark, `\\n` for a line break, `\\t` for a tab',
    explanation: 'A backslash inside a text starts one of `\\\\`, `\\"`, `\\n`, `\\t`.',
    example: 'const a: Text = "C:\\dir";\n',
  },
  E0114: {
    severity: 'error',
    message: '`{first}` and `{second}` cannot stand side by side',
    help: 'write two comparisons joined with `&&`, or parentheses',
    explanation:
      'Comparisons do not chain: `a < b < c` would compare a `Bool` with `c`. Write `a < b && b < c`.',
    example: 'fn f(a: Int, b: Int, c: Int) -> Bool { return a < b < c; }\n',
  },
  E0115: {
    severity: 'error',
    message: '{what} stands outside of a contract',
    help: '{hint}',
    explanation:
      'State, rules, views, events and clauses belong to a contract: they stand between its braces.',
    example: 'view answer() -> Int { return 42; }\n',
  },
  E0116: {
    severity: 'error',
    message: 'a `{close}` that closes nothing',
    help: null,
    explanation: 'Every `)`, `]` and `}` needs a partner before it.',
    example: 'const a: Int = 1;\n}\n',
  },
  E0117: {
    severity: 'error',
    message: 'a value cannot be given to this',
    label: 'not a place',
    help: 'on the left of `=` stands a variable, a state field, an entry of a map or a field of one of these',
    explanation: 'Assignments write to places: `x`, `m[k]`, `s.field`.',
    example: 'fn f() { 1 + 2 = 3; }\n',
  },
  E0118: {
    severity: 'error',
    message: '{what} must be a call',
    help: null,
    explanation: '`by`, `spending`, `fails` and `succeeds` speak of a call, such as `bank.join() by bob`.',
    example: 'test "t" { expect 5 fails; }\n',
  },
  E0119: {
    severity: 'error',
    message: 'this file is larger than {limit} characters',
    help: 'split it into several files',
    explanation: 'A source file has at most 4,194,304 characters, so that every tool can read it.',
    example: '',
  },

  // ---- E02xx: names (resolve) ------------------------------------------------------------------

  // ---- E03xx: types and units (check) ----------------------------------------------------------

  // ---- E04xx: effects, authority and structure (check) -----------------------------------------

  // ---- E05xx: verification (verify) ------------------------------------------------------------

  // ---- E06xx: import (import-icn) --------------------------------------------------------------

  // ---- E09xx: not in this version yet ----------------------------------------------------------
} as const satisfies Record<string, Row>;

export type DiagnosticCode = keyof typeof DIAGNOSTICS;

/** Names in braces inside a sentence; a lone brace, as in `{ … }`, is no hole. */
type HolesIn<S> = S extends `${string}{${infer Hole}}${infer Rest}`
  ? Hole extends `${string}${' ' | '`' | '{'}${string}` | ''
    ? HolesIn<`${Hole}}${Rest}`>
    : Hole | HolesIn<Rest>
  : never;
type TextsOf<R> = R extends { readonly label: infer L } ? Exclude<L | TextsOfBase<R>, null> : TextsOfBase<R>;
type TextsOfBase<R> = R extends { readonly message: infer M; readonly help: infer H }
  ? Exclude<M | H, null>
  : never;
/** The holes of one diagnostic. */
export type HolesOf<C extends DiagnosticCode> = HolesIn<TextsOf<(typeof DIAGNOSTICS)[C]>>;

type Place = {
  readonly file: string;
  readonly span: Span;
  /** Replaces the row's own label. */
  readonly label?: string;
  readonly related?: readonly Related[];
  readonly fix?: Fix | null;
};

/** Makes a diagnostic from its row. Holes are asked for by name, beside `file` and `span`. */
export function diagnose<C extends DiagnosticCode>(
  code: C,
  at: Place & { readonly [H in HolesOf<C>]: string | number | bigint },
): Diagnostic {
  const row: Row = DIAGNOSTICS[code];
  const holes: Readonly<Record<string, unknown>> = at;
  return {
    code,
    severity: row.severity,
    file: at.file,
    span: at.span,
    message: fill(row.message, holes),
    label: at.label ?? fill(row.label ?? '', holes),
    related: at.related ?? [],
    help: row.help === null ? null : fill(row.help, holes),
    fix: at.fix ?? null,
  };
}

function fill(sentence: string, holes: Readonly<Record<string, unknown>>): string {
  return sentence.replace(/\{([A-Za-z]+)\}/g, (whole, name: string) =>
    name in holes ? String(holes[name]) : whole,
  );
}
