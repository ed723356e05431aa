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
  E0601: {
    severity: 'error',
    message: 'this is not JSON that I can read: {problem} ({path})',
    help: null,
    explanation:
      'An import reads strict JSON (RFC 8259): double quotes, no comments, no comma before a closing bracket, no field given twice, at most 128 levels deep.',
    example: '{ "name": "A", }',
  },
  E0602: {
    severity: 'error',
    message: '{path} is not as the format says: {problem}',
    help: null,
    explanation:
      'The file is JSON, but not a contract of the Intercooperative Network: a field is missing, a value is of another kind, a variant is unknown, or an integer has a fraction or does not fit in 64 bits.',
    example: importExample({ currency: '5' }),
  },
  E0603: {
    severity: 'error',
    message: '{path} is more than the format allows: {problem}',
    help: null,
    explanation:
      'The format has limits: names of at most 128 bytes that are there once, at most 100 participants, 100 state variables and 50 rules, loops at most 5 deep.',
    example: importExample({ name: '""' }),
  },
  E0604: {
    severity: 'error',
    message: '{path}: this version of CCL has no form for {what}',
    help: 'the nearest form is {nearest}',
    explanation:
      'An import leaves nothing out: what this version of the language cannot say is reported, with the form of CCL that comes nearest, and no source is made.',
    example: importExample({ body: '{ "For": { "var": "i", "iterable": { "List": [] }, "body": [] } }' }),
  },
  E0605: {
    severity: 'error',
    message: '{path}: `{name}` means nothing here',
    help: 'names are parameters, locals that were assigned before, state variables, `participants` and `sender`',
    explanation:
      'The reference interpreter fails when it reaches such a name. A contract that can do so has no CCL form.',
    example: importExample({ body: '{ "Return": { "value": { "Var": "x" } } }' }),
  },
  E0606: {
    severity: 'error',
    message: '{path}: `{name}` is not set on every way to here',
    help: 'assign it before the `If`, or on both of its sides',
    explanation:
      'A local of the format exists once it was assigned. Where only one side of an `If` assigns it, a later read fails on the other side, and CCL has no such failure.',
    example: importExample({
      body: '{ "If": { "condition": { "Literal": { "Bool": true } }, "then_block": [{ "Assign": { "name": "x", "value": { "Literal": { "Int": 1 } } } }], "else_block": null } }, { "Return": { "value": { "Var": "x" } } }',
    }),
  },
  E0607: {
    severity: 'error',
    message: '{path}: the money comes from {whose}',
    help: 'the nearest form is {nearest}',
    explanation:
      "In the format a contract may debit anybody. A CCL contract moves its own money (`self`), its caller's up to a spending limit, and that of accounts which signed a mandate. The one DID state variable that rules debit and that no rule sets becomes `self`; any other payer is reported.",
    example: importExample({
      params: '{ "name": "p" }',
      body: '{ "LedgerTransfer": { "from": { "Var": "p" }, "to": { "Var": "sender" }, "amount": { "Literal": { "Int": 1 } }, "currency": { "Literal": { "String": "hours" } } } }',
    }),
  },
  E0608: {
    severity: 'error',
    message: '{path}: this would be {first} and {second} at once',
    help: 'give each meaning a name of its own',
    explanation:
      'The format has no types; CCL has one for every name and expression, and the import infers it from use. Here two uses contradict each other: run in the format, one of them would fail.',
    example: importExample({
      params: '{ "name": "p" }',
      body: '{ "Expr": { "BinOp": { "op": "Sub", "left": { "Var": "p" }, "right": { "Literal": { "String": "a" } } } } }',
    }),
  },
  E0609: {
    severity: 'error',
    message: '{path}: this map has the fields {second}, and elsewhere {first}',
    help: 'the nearest form is an `enum` with a variant for each set of fields, or one struct with `Option<T>` fields',
    explanation:
      'Maps of the format become structs, whose fields are always all there. A value that has sometimes these and sometimes those fields is an `enum` with fields or a struct with `Option<T>`; both come with a later version.',
    example: importExample({
      body: '{ "If": { "condition": { "Literal": { "Bool": true } }, "then_block": [{ "Return": { "value": { "Map": [["a", { "Literal": { "Int": 1 } }]] } } }] } }, { "Return": { "value": { "Map": [["b", { "Literal": { "Int": 1 } }]] } } }',
    }),
  },
  E0610: {
    severity: 'error',
    message: '{path}: `{name}` returns a value on some ways and none on others',
    help: 'the nearest form is a result of type `Option<T>`, with `return none;`',
    explanation:
      'A rule or view of CCL has one result type: it returns a value on every way to its end, or on none.',
    example: importExample({
      body: '{ "If": { "condition": { "Literal": { "Bool": true } }, "then_block": [{ "Return": { "value": { "Literal": { "Int": 1 } } } }] } }',
    }),
  },

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

type ImportExample = { readonly [part in 'name' | 'currency' | 'params' | 'body']?: string };

/** A contract of the import's format with these parts, as JSON text. */
function importExample({ name = '"A"', currency = 'null', params = '', body = '' }: ImportExample): string {
  const rule = `{ "name": "r", "params": [${params}], "requires": [], "body": [${body}] }`;
  return `{ "name": ${name}, "participants": [], "currency": ${currency}, "state_vars": [], "rules": [${rule}], "triggers": [] }`;
}
