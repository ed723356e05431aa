/**
 * Every diagnostic once: a stable code, a sentence with typed holes, what to do, a longer explanation and an
 * example that triggers it. A diagnostic is plain data; `render.ts` is the only place that makes text of it.
 *
 * Codes: E01xx syntax, E02xx names, E03xx types and units, E04xx effects, authority and structure,
 * E05xx verification, E06xx import, E07xx code, E09xx not in this version yet. W-codes are warnings in the same ranges.
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
  /** A source that triggers exactly this diagnostic; further files follow a line `//// name.ccl`. */
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
      'Expressions, blocks and types nest at most 64 levels deep, and chains of operators have at most 400 links, so that every tool can read every contract.',
    example: `const a: Int = ${'('.repeat(65)}1${')'.repeat(65)};\n`,
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
  E0120: {
    severity: 'error',
    message: '`=` gives a value; a condition compares with `==`',
    help: 'write `==`',
    explanation:
      'A single `=` is an assignment and stands only in statements. Two values are compared with `==` or `!=`.',
    example: 'fn f(a: Int) -> Int { if a = 1 { 2 } else { 3 } }\n',
  },
  E0121: {
    severity: 'error',
    message: 'comments start with `//`',
    help: 'put `//` before each line of the comment; `///` starts documentation',
    explanation:
      'CCL has comments to the end of the line (`// …`) and documentation before a declaration (`/// …`), and no others.',
    example: '/* the answer */\nconst a: Int = 42;\n',
  },

  E0122: {
    severity: 'error',
    message: 'CCL has no {word}',
    help: '{advice}',
    explanation:
      'The word or sign is of another language. CCL says the same in another way, or leaves it out on purpose: there is one loop, `for`, whose end is known before it runs; what others call is a `rule`, what only reads a `view`; a call is refused by `require` or `fail`; contracts do not inherit.',
    example: 'contract C {\n  state { x: Int; }\n  rule f() {\n    while x < 3 { x += 1; }\n  }\n}\n',
  },
  E0123: {
    severity: 'error',
    message: 'the type stands behind the name',
    help: 'write `{example}`',
    explanation:
      'A name is declared with its type behind it: `total: Int;` in the state, `to: Did` among parameters, `let x: Int = 1;` in a body. Most local variables need no type: theirs is that of their value.',
    example: 'contract C {\n  state { Int total; }\n}\n',
  },
  E0124: {
    severity: 'error',
    message: '{name} has a letter that CCL does not read',
    label: '{letter}',
    help: 'names are made of the letters a to z and A to Z, digits and `_`; texts and comments may hold any letter',
    explanation:
      'Letters of other alphabets may look like ours, so that two names look the same and are not. Texts and comments may hold any letter.',
    example: 'const caf\u00e9: Int = 1;\n',
  },
  E0125: {
    severity: 'error',
    message: 'a text stands between `"` and `"`',
    help: null,
    explanation:
      'A text starts and ends with a straight quotation mark. Apostrophes, backticks and the curved quotation marks of word processors are none; inside of a text each of them may stand, and a `"` of its own is written `\\"`.',
    example: "const a: Text = 'yes';\n",
  },
  E0126: {
    severity: 'error',
    message: 'the reason stands behind `else`',
    help: null,
    explanation:
      'A condition that is checked may say why it refuses: `requires x > 0 else "must be positive"` before a body, `require x > 0 else "must be positive";` in it. What `assert` says is proved, so nobody is told a reason.',
    example: 'contract C {\n  rule f(x: Int) { require(x > 0, "positive"); }\n}\n',
  },
  E0127: {
    severity: 'error',
    message: 'a branch stands in braces',
    help: 'write `{ … }` around it; the condition needs no parentheses',
    explanation:
      'What happens under a condition stands between `{` and `}`, also where it is one statement, so that nobody has to guess what belongs to it.',
    example: 'contract C {\n  state { n: Int; }\n  rule f(x: Int) { if (x > 0) n = x; }\n}\n',
  },

  // ---- E02xx: names (resolve) ------------------------------------------------------------------
  E0201: {
    severity: 'error',
    message: '`{name}` is not defined',
    help: null,
    explanation:
      'A name stands for something that is declared: a state variable, parameter, local variable, currency, struct, constant, or a part of the language. Names are case-sensitive, and a local variable exists from its declaration to the end of its block.',
    example: 'contract C {\n  view f() -> Int { return totl; }\n}\n',
  },
  E0202: {
    severity: 'error',
    message: '`{name}` is declared twice',
    label: 'already {what}',
    help: 'choose another name',
    explanation: 'Within one contract, one list of parameters and one block, every name is declared once.',
    example: 'contract C {\n  const a: Int = 1;\n  const a: Int = 2;\n}\n',
  },
  E0203: {
    severity: 'error',
    message: '`{name}` already means something here',
    label: 'already {what}',
    help: 'choose another name',
    explanation:
      'A parameter or local variable never hides another name: whoever reads a rule can trust that a name means the same thing everywhere in it. This includes the names of the language, such as `caller` and `count`.',
    example: 'contract C {\n  state { total: Int; }\n  view f(total: Int) -> Int { return 1; }\n}\n',
  },
  E0204: {
    severity: 'error',
    message: '`{name}` is {what}, not {wanted}',
    help: null,
    explanation:
      'The name is known, but what it stands for has no place here: a currency is no value, a rule is no type.',
    example: 'contract C {\n  currency hours { decimals 2 }\n  view f() -> Int { return hours; }\n}\n',
  },
  E0205: {
    severity: 'error',
    message: '`{type}` has no part named `{name}`',
    help: null,
    explanation:
      'Structs have the fields that they declare; maps have `has` and `remove`; sets have `add`, `remove` and `size`.',
    example: 'contract C {\n  struct P { x: Int }\n  view f(p: P) -> Int { return p.y; }\n}\n',
  },
  E0206: {
    severity: 'error',
    message: 'the host module `{module}` has no function `{name}`',
    help: 'it has `{known}`',
    explanation:
      'A contract reaches the world only through host modules, and what has no row in their table is not in the language.',
    example: 'contract C {\n  view f() -> Bool { return ledger.blance(); }\n}\n',
  },
  E0207: {
    severity: 'error',
    message: '`{name}` is a variant of {owners}',
    help: 'write `{example}`',
    explanation:
      'Several enums may have a variant of one name. Where the place says which type it wants, the name alone is enough; elsewhere the name of the enum stands before it.',
    example:
      'contract C {\n  enum Choice { Yes, No }\n  enum Answer { Yes, Later }\n  view f() -> Int { let c = Yes; return 1; }\n}\n',
  },
  E0208: {
    severity: 'error',
    message: '`{type}` has no variant `{name}`',
    help: 'it has `{known}`',
    explanation:
      'An enum has the variants that it declares, a lifecycle the states that its transitions name.',
    example: 'contract C {\n  enum Choice { Yes, No }\n  view f() -> Choice { return Choice.Maybe; }\n}\n',
  },
  E0210: {
    severity: 'error',
    message: 'there is no file `{path}`',
    help: 'the path begins in the folder of this file',
    explanation:
      '`use "./shared.ccl".{ Role };` takes declarations from another file. The path is written from the folder of the file in which it stands, with `/`, and ends in `.ccl`.',
    example: 'use "./shard.ccl".{ fee };\nconst twice: Int = 2 * fee;\n',
  },
  E0211: {
    severity: 'error',
    message: 'there is no module `{path}`',
    help: 'modules come from the standard library (`std.…`) or from a dependency in `ccl.toml`',
    explanation:
      '`use std.voting.{ tally };` takes declarations from a module of the standard library, `use coop.rules.{ Role };` from a dependency that `ccl.toml` calls `coop`. Files of your own project are used by their path: `use "./shared.ccl".{ Role };`.',
    example: 'use std.nothing.{ fee };\nconst twice: Int = 2 * fee;\n',
  },
  E0212: {
    severity: 'error',
    message: '`{path}` is no path of a source',
    help: 'write `./` or `../` and a file that ends in `.ccl`, as in `"./shared.ccl"`',
    explanation:
      'A file is used by its path from the folder of the file in which the `use` stands. A path that begins with `/` would mean something else on every machine.',
    example: 'use "shared".{ fee };\nconst twice: Int = 2 * fee;\n',
  },
  E0213: {
    severity: 'error',
    message: 'these files use each other: {path}',
    help: 'put what they share into a file of its own',
    explanation: 'Files are read one after the other, so none may need itself by way of others.',
    example: 'use "./example.ccl".{ fee };\nconst twice: Int = 2 * fee;\n',
  },
  E0214: {
    severity: 'error',
    message: '`{module}` does not declare `{name}`',
    help: null,
    explanation:
      'What stands at the top of a file can be used in other files: contracts, interfaces, structs, enums, lifecycles, errors, constants and functions. What stands inside a contract belongs to it, and what a file itself takes from another is taken from there.',
    example:
      'use "./shared.ccl".{ feee };\nconst twice: Int = 2 * feee;\n//// shared.ccl\nconst fee: Int = 3;\n',
  },
  E0215: {
    severity: 'error',
    message: 'no host module has an event `{name}`',
    help: 'there is {known}; the clock runs hooks, too: `on every 30d gas n { … }`',
    explanation:
      'With `on` a contract waits for what happens outside of it: an event of a host module, or the time. Events that contracts emit are for those who read the chain; no contract waits for them, so that nobody pays for what others wrote.',
    example: 'contract C {\n  state { n: Int; }\n  on Payed(p: Int) gas 10_000 { n = p; }\n}\n',
  },
  W0201: {
    severity: 'warning',
    message: '`{name}` is not used',
    help: 'remove it',
    explanation: 'The file takes a declaration from another file and does nothing with it.',
    example: 'use "./shared.ccl".{ fee };\n//// shared.ccl\nconst fee: Int = 3;\n',
  },

  // ---- E03xx: types and units (check) ----------------------------------------------------------
  E0301: {
    severity: 'error',
    message: 'expected `{expected}`, found `{found}`',
    help: null,
    explanation: 'Every place says what type it takes, and CCL converts nothing by itself.',
    example: 'contract C {\n  view f() -> Int { return true; }\n}\n',
  },
  E0302: {
    severity: 'error',
    message: '`{left}` and `{right}` are different currencies',
    help: null,
    explanation:
      'A currency is a unit of measure: amounts of different currencies never add, compare or replace each other. What one is worth in the other is for the members to agree, not for the language.',
    example:
      'contract C {\n  currency hours { decimals 2 }\n  currency coin { decimals 0 }\n  view f() -> Bool { return 1 hours == 1 coin; }\n}\n',
  },
  E0303: {
    severity: 'error',
    message: '`{op}` is not defined for {types}',
    help: null,
    explanation:
      'Amounts add and subtract within one currency, and multiply and divide only by `Int`; `Time - Time` is a `Duration`, and `Time + Time` means nothing; `<` and its kin are for numbers, amounts, ratios, times and durations.',
    example: 'contract C {\n  view f(a: Time, b: Time) -> Time { return a + b; }\n}\n',
  },
  E0305: {
    severity: 'error',
    message: '`{name}` takes {wanted}, not {found}',
    help: null,
    explanation: 'A call gives one argument for each parameter.',
    example: 'contract C {\n  view f() -> Int { return min(1); }\n}\n',
  },
  E0306: {
    severity: 'error',
    message: '{what} is no value',
    help: 'read or write one entry at a time',
    explanation:
      'Maps and sets live in the state. They cannot be copied, compared, passed or given a first value as a whole. Of a set, `page(from, n)` gives some elements as a list that is a value; a list in the state is one, as long as it is not too large.',
    example: 'contract C {\n  state { m: Map<Did, Int>; n: Map<Did, Int>; }\n  init() { let x = m; }\n}\n',
  },
  E0307: {
    severity: 'error',
    message: 'this literal is out of range',
    help: 'the largest number is 9_223_372_036_854_775_807, counted in the smallest unit; a text or bytes have at most 1,024 bytes',
    explanation:
      'Numbers, amounts, ratios and durations are signed 64-bit integers of their smallest unit, and a text has at most 1,024 bytes.',
    example: 'contract C {\n  view f() -> Int { return 9_223_372_036_854_775_808; }\n}\n',
  },
  E0308: {
    severity: 'error',
    message: '`{currency}` has only {decimals} decimals',
    help: null,
    explanation:
      'An amount is a whole number of the smallest unit of its currency, so a literal has at most the decimals that the currency declares.',
    example:
      'contract C {\n  currency hours { decimals 2 }\n  view f() -> Amount<hours> { return 1.005 hours; }\n}\n',
  },
  E0309: {
    severity: 'error',
    message: '`{struct}` needs a value for {names}',
    help: null,
    explanation: 'A struct literal gives every field a value.',
    example: 'contract C {\n  struct P { x: Int, y: Int }\n  view f() -> P { return P { x: 1 }; }\n}\n',
  },
  E0310: {
    severity: 'error',
    message: '`{name}` is given twice',
    help: null,
    explanation: 'A struct literal gives every field one value.',
    example: 'contract C {\n  struct P { x: Int }\n  view f() -> P { return P { x: 1, x: 2 }; }\n}\n',
  },
  E0311: {
    severity: 'error',
    message: '`{type}` can only stand in the state',
    help: 'declare it in `state { … }`, and pass single entries',
    explanation:
      'Maps and sets live in the state of a contract; parameters, results, fields and local variables hold values.',
    example: 'contract C {\n  view f(m: Map<Did, Int>) -> Int { return 1; }\n}\n',
  },
  E0312: {
    severity: 'error',
    message: 'this type is written `{signature}`',
    help: null,
    explanation:
      'Some types need others: an amount its currency, a map its key and value, a set its element and its capacity. Other types take nothing in angle brackets.',
    example: 'contract C {\n  state { a: Amount; }\n}\n',
  },
  E0314: {
    severity: 'error',
    message: '`{name}` contains itself',
    help: null,
    explanation:
      'Structs and enums are split into their words, so none can hold itself, also not by way of another.',
    example: 'contract C {\n  struct P { next: P }\n}\n',
  },
  E0315: {
    severity: 'error',
    message: '`{type}` has no entries',
    help: 'maps, lists and bytes are read with `[…]`',
    explanation:
      '`m[k]` reads the entry of a map, `l[i]` the element of a list and `b[i]` a byte; a set is asked with `in`.',
    example: 'contract C {\n  view f(a: Int) -> Int { return a[0]; }\n}\n',
  },
  E0316: {
    severity: 'error',
    message: '`{name}` does not stand alone',
    help: 'call it with its arguments in parentheses, or call only functions',
    explanation:
      'Functions, methods and host functions are called where they are named; nothing else can be called.',
    example: 'contract C {\n  view f(a: Int) -> Int { return (a)(1); }\n}\n',
  },
  E0317: {
    severity: 'error',
    message: '`{what}` gives no value',
    help: null,
    explanation:
      'A value is needed here. Changing the state, a transfer, and a block without a last expression give none.',
    example: 'contract C {\n  state { s: Set<Did, 5>; }\n  rule f() { let x = s.add(caller); }\n}\n',
  },
  E0318: {
    severity: 'error',
    message: 'this `if` has no `else`, so it may have no value',
    help: 'add `else { … }`',
    explanation: 'Where the value of an `if` is used, both ways need one.',
    example: 'contract C {\n  view f(c: Bool) -> Int { let x: Int = if c { 1 }; return x; }\n}\n',
  },
  E0319: {
    severity: 'error',
    message: '`{text}` is not a DID',
    help: 'a DID is `did:icn:z6Mk…` or `did:key:z6Mk…` with a whole key, or `did:icn:contract:` and 64 hexadecimal digits; `did""` is nobody',
    explanation:
      'A decentralised identifier names a key or a contract, so a wrong or missing character makes it invalid. One that nobody can have would be a mistake in every use.',
    example: 'contract C {\n  view f() -> Did { return did"alice"; }\n}\n',
  },
  E0320: {
    severity: 'error',
    message: '`{text}` is not a moment',
    help: 'write it as in `@2026-01-31T12:00Z`',
    explanation:
      'A time is a date and a time of day in UTC that exist: `@2026-01-31T12:00Z`, with seconds where needed.',
    example: 'contract C {\n  view f() -> Time { return @2026-02-30T12:00Z; }\n}\n',
  },
  E0321: {
    severity: 'error',
    message: 'a percentage has at most four decimals',
    help: null,
    explanation: 'A ratio counts parts per million.',
    example: 'contract C {\n  view f() -> Ratio { return 0.00001%; }\n}\n',
  },
  E0322: {
    severity: 'error',
    message: '`{name}` needs itself',
    help: null,
    explanation: 'The value of a constant is made of literals and other constants, without a circle.',
    example: 'contract C {\n  const a: Int = a + 1;\n}\n',
  },
  E0323: {
    severity: 'error',
    message: '`in` asks a set, and this is `{type}`',
    help: null,
    explanation:
      '`x in s` is true when the set `s` has the element `x`. Whether a map has an entry is asked with `m.has(k)`.',
    example: 'contract C {\n  state { m: Map<Did, Int>; }\n  view f(d: Did) -> Bool { return d in m; }\n}\n',
  },
  E0324: {
    severity: 'error',
    message: 'a set needs its capacity here: a number from 1 to 1_000_000_000',
    help: null,
    explanation:
      'A set holds at most as many elements as its type says: `Set<Did, 10_000>`. The capacity is a number, or a constant that is one.',
    example: 'contract C {\n  state { s: Set<Did, 0>; }\n}\n',
  },
  E0325: {
    severity: 'error',
    message: '`{name}` goes over {wanted}, and this is `{type}`',
    help: null,
    explanation:
      '`sum(map)` and `count(map, v => c)` go over all entries of a map, `count(set, x => c)` over all elements of a set.',
    example: 'contract C {\n  state { n: Int; }\n  invariant i: sum(n) == 0;\n}\n',
  },
  E0326: {
    severity: 'error',
    message: '`{type}` cannot be summed',
    help: 'give a function that picks a number, as in `sum(map, v => v.field)`',
    explanation: 'Numbers, amounts, ratios and durations can be summed.',
    example: 'contract C {\n  state { m: Map<Did, Bool>; }\n  invariant i: sum(m) == 0;\n}\n',
  },
  E0327: {
    severity: 'error',
    message: 'this must be a function of the value, or of the key and the value',
    help: 'write `v => …` or `(k, v) => …`; over a set, `x => …`',
    explanation: '`sum` and `count` take a function that is written in place.',
    example: 'contract C {\n  state { m: Map<Did, Int>; }\n  invariant i: sum(m, 1) == 0;\n}\n',
  },
  E0328: {
    severity: 'error',
    message: '`{name}` is written without parentheses',
    help: null,
    explanation: '`size` is a property of a set, not a call.',
    example: 'contract C {\n  state { s: Set<Did, 5>; }\n  view f() -> Int { return s.size(); }\n}\n',
  },
  E0329: {
    severity: 'error',
    message: 'the name of a currency is needed here',
    help: null,
    explanation:
      'Host functions that read balances are told the currency by its name: `ledger.balance(d, hours)`.',
    example:
      'contract C {\n  uses ledger.read;\n  currency hours { decimals 2 }\n  view f() -> Bool { return ledger.can_pay(self, 1, 1 hours); }\n}\n',
  },
  E0330: {
    severity: 'error',
    message: 'a currency has at most {limit} decimals',
    help: null,
    explanation:
      'All balances of a currency lie within ±10^15 of its smallest unit, so more decimals would leave no room for whole units.',
    example: 'contract C {\n  currency dust { decimals 16 }\n}\n',
  },
  E0331: {
    severity: 'error',
    message: '`{name}` has no fields',
    help: null,
    explanation: 'A struct holds at least one value.',
    example: 'struct Nothing {}\n',
  },
  E0332: {
    severity: 'error',
    message: '`match` does not say what to do for {cases}',
    help: 'add a case for each, or `_ => …` for all others',
    explanation:
      'A `match` has a case for every value that it can meet: every variant of an enum or lifecycle, `none` and `some(x)` of an option, `true` and `false`; for values of any other type the last case is `_`.',
    example:
      'contract C {\n  enum Choice { Yes, No, Abstain }\n  view f(c: Choice) -> Int { return match c { Yes => 1, No => 2 }; }\n}\n',
  },
  E0333: {
    severity: 'error',
    message: '`{type}` has no variants, so it is not matched by `{text}`',
    help: 'match it with literals, a name or `_`',
    explanation:
      'Variants are of enums, lifecycles and options. Numbers, texts and truth values are matched by literals.',
    example:
      'contract C {\n  enum Choice { Yes, No }\n  view f(n: Int) -> Int { return match n { Yes => 1, _ => 2 }; }\n}\n',
  },
  E0334: {
    severity: 'error',
    message: '`{name}` has no fields',
    help: 'write `{name}` alone',
    explanation: 'A variant without fields is written and matched by its name.',
    example:
      'contract C {\n  enum Choice { Yes, No }\n  view f() -> Choice { return Yes { reason: "so" }; }\n}\n',
  },
  E0335: {
    severity: 'error',
    message: '`{type}` has no zero to stand in the state until something is written',
    help: 'use `Option<{type}>`, or put a variant without fields first',
    explanation:
      'What stands in the state begins as the zero of its type. The zero of an enum is its first variant, if that has no fields.',
    example: 'contract C {\n  enum Shape { Circle { radius: Int }, Point }\n  state { shape: Shape; }\n}\n',
  },
  E0336: {
    severity: 'error',
    message: 'it cannot be told here what `none` is an option of',
    help: 'name the type, as in `let x: Option<Int> = none;`',
    explanation:
      '`none` has the type that its place wants: a parameter, a result, a field, a variable with a type, the other side of `==`.',
    example: 'contract C {\n  view f() -> Int { let x = none; return 1; }\n}\n',
  },
  E0337: {
    severity: 'error',
    message: 'this does not match what `{name}` holds',
    help: 'write `{pattern}`',
    explanation:
      'The fields of a variant are matched by name, in braces, and those that are not needed are left out; `some(x)` gives one name to what it holds.',
    example:
      'contract C {\n  enum Choice { Yes, Block { reason: Text } }\n  view f(c: Choice) -> Text { return match c { Yes => "", Block(why) => why }; }\n}\n',
  },
  E0338: {
    severity: 'error',
    message: '`{name}` has no variants',
    help: null,
    explanation: 'A value of an enum is one of its variants, so there is at least one.',
    example: 'enum Nothing {}\n',
  },
  E0339: {
    severity: 'error',
    message: 'this always reverts: {why}',
    help: null,
    explanation:
      'Arithmetic is checked: a result beyond 64 bits or a zero divisor reverts the call. Here the operands are known, so it does so every time.',
    example: 'contract C {\n  view f() -> Int { return 1 / 0; }\n}\n',
  },
  E0340: {
    severity: 'error',
    message: 'this `for` has no bound',
    help: 'write `up to n` behind the range: a call that would need more turns reverts',
    explanation:
      'Every loop has a bound that the source shows, so that the cost of every call is known before it runs: the capacity of the set it goes over, the two numbers of a range, or `up to n`.',
    example:
      'contract C {\n  view twice(n: Int) -> Int {\n    var x = 0;\n    for i in 0..n { x += 2; }\n    return x;\n  }\n}\n',
  },
  E0341: {
    severity: 'error',
    message:
      'a loop makes at least 1 and at most {limit} turns, and the bound is a number that the source shows',
    help: 'write the bound as a number, or as the name of a constant that is one',
    explanation:
      'The bound of a loop decides what a call may cost, so it is fixed when the contract is compiled.',
    example:
      'contract C {\n  view twice(n: Int) -> Int {\n    var x = 0;\n    for i in 0..n up to n { x += 2; }\n    return x;\n  }\n}\n',
  },
  E0342: {
    severity: 'error',
    message: '`for` goes over a set, a list or a range, not over `{type}`',
    help: 'write `for x in set { … }`, `for x in list { … }` or `for i in a..b up to n { … }`',
    explanation: 'Maps are never iterated: keep the keys in a set and go over that.',
    example:
      'contract C {\n  state { m: Map<Did, Int>; }\n  view all() -> Int {\n    var x = 0;\n    for d in m { x += 1; }\n    return x;\n  }\n}\n',
  },
  E0343: {
    severity: 'error',
    message: 'there are {count} elements here, and a `{type}` has no room for them',
    help: null,
    explanation: 'The second part of the type says how many elements the list holds at most.',
    example: 'contract C {\n  view f() -> List<Int, 2> { return [1, 2, 3]; }\n}\n',
  },
  E0344: {
    severity: 'error',
    message: 'nothing says what this list would hold',
    help: 'write its type: `let x: List<Did, 10> = [];`',
    explanation: 'The type of a list is that of its elements, and an empty list has none.',
    example: 'contract C {\n  view f() -> Int {\n    let none_yet = [];\n    return 1;\n  }\n}\n',
  },
  E0345: {
    severity: 'error',
    message: 'these are no bytes: {why}',
    help: null,
    explanation:
      'Behind `0x` stand two digits for each byte. Where a `Hash` is wanted there are 32 bytes, which is 64 digits.',
    example: 'contract C {\n  view f() -> Hash { return 0x00ff; }\n}\n',
  },
  E0346: {
    severity: 'error',
    message: '`{text}` is a value, which does not change',
    help: 'make another value, or keep the elements in a list of the state',
    explanation:
      'Lists grow and change only as variables of the state: `state { items: List<Did, 100>; }`. Everywhere else, in entries of maps and fields of structs too, a list is a value as a number is: another one takes its place. Only the list in the state has `add`, `pop`, `clear` and `page`.',
    example: 'contract C {\n  rule f(l: List<Int, 3>) {\n    l.add(1);\n  }\n}\n',
  },
  E0347: {
    severity: 'error',
    message: 'how many elements at most has to be a number, or a constant that is one',
    help: null,
    explanation:
      '`page(from, n)` gives a `List<T, n>`, and the size in a type is known when the contract is compiled. From where the page begins may be any value.',
    example:
      'contract C {\n  state { s: Set<Did, 10>; }\n  view f(n: Int) -> Int { return s.page(0, n).length; }\n}\n',
  },
  E0348: {
    severity: 'error',
    message: '`{text}` is a value in code alone',
    help: 'in a clause, ask for `{text}.length` and for elements: `forall i: Int { … }`',
    explanation:
      'A list in the state is read element by element. Code does that where it uses one as a value: `let all = items;`. A clause is not run, so it speaks of the length and of single elements. Ask for what code has made of a list by a parameter or the `result`.',
    example: 'contract C {\n  state { items: List<Int, 5>; }\n  invariant none_yet: items == [];\n}\n',
  },
  E0349: {
    severity: 'error',
    message:
      '`{text}` is no value as a whole: its elements have up to {bytes} bytes, a list that is a value at most {limit}',
    help: '`page(from, n)` reads some elements; `clear` takes them off, and `add` puts them in one by one',
    explanation:
      'A list in the state may be as long as it likes, because a call touches only the elements that it asks for. A list that is a value is copied, so it has a limit, which counts every element at its largest: 97 bytes of a `Did`, 1,026 of a `Text`.',
    example: 'contract C {\n  state { names: List<Text, 100>; }\n  rule f() { names = []; }\n}\n',
  },
  E0350: {
    severity: 'error',
    message: 'what is in `{text}` has lifecycles, which end one by one',
    help: 'change them by `{text}[i] = …`, and take elements that have ended off by `pop`',
    explanation:
      'An element is taken off a list, or written over, only as its lifecycle allows. `clear`, and another list in the place of this one, would do that to all of them at once.',
    example:
      'lifecycle Stage { Open -> Done; }\ncontract C {\n  state { jobs: List<Stage, 5>; }\n  rule f() { jobs.clear(); }\n}\n',
  },

  // ---- E04xx: effects, authority and structure (check) -----------------------------------------
  E0401: {
    severity: 'error',
    message: 'a view only reads, and this {does}',
    help: 'make it a `rule`',
    explanation:
      'A view is free and has no effect: it writes no state, emits no event and moves no value, also not through a function that it calls.',
    example: 'contract C {\n  state { n: Int; }\n  view f() -> Int { n = 1; return n; }\n}\n',
  },
  E0402: {
    severity: 'error',
    message: '`{what}` does something, and here only a value can stand',
    help: null,
    explanation:
      'Clauses say what is true, and first values and constants are values: they read, and change nothing.',
    example:
      'contract C {\n  state { n: Int; s: Set<Did, 5>; }\n  uses ledger.write;\n  currency hours { decimals 2 }\n  rule f(x: Amount<hours>)\n    ensures ledger.transfer(caller, self, x)\n  { ledger.transfer(caller, self, x); }\n}\n',
  },
  E0403: {
    severity: 'error',
    message: '`{what}` needs `uses {capability}`',
    help: null,
    explanation:
      'A contract touches only the host modules that it names, so that members see what it may do before it runs. Clauses need no capability.',
    example:
      'contract C {\n  currency hours { decimals 2 }\n  rule f(to: Did, x: Amount<hours>) { ledger.transfer(caller, to, x); }\n}\n',
  },
  E0404: {
    severity: 'error',
    message: 'there is no capability `{name}`',
    help: 'this version has `{known}`',
    explanation: 'A capability is the name of a host module with `read` or `write`; `write` includes `read`.',
    example: 'contract C {\n  uses ledger.steal;\n}\n',
  },
  E0405: {
    severity: 'error',
    message: '{what} has no meaning {where}',
    help: null,
    explanation:
      'Some words belong to one place: `old` and `result` to clauses that look back on a call, `forall`, `exists`, `sum` and `count` to specifications, `called` to history clauses, `caller` to calls that someone signs.',
    example: 'contract C {\n  view f() -> Did { return caller; }\n}\n',
  },
  E0406: {
    severity: 'error',
    message: '`{name}` can end without giving back its `{type}`',
    help: 'end every way through it with `return`',
    explanation: 'A rule, view or function with a result gives one back on every way through its body.',
    example: 'contract C {\n  view f(c: Bool) -> Int { if c { return 1; } }\n}\n',
  },
  E0407: {
    severity: 'error',
    message: '`{text}` cannot be assigned: it is {what}',
    help: null,
    explanation:
      'State variables, the entries of maps, their fields, and local variables that are declared with `var` can be assigned. Parameters, constants and `let` variables keep their value.',
    example: 'contract C {\n  rule f(n: Int) { n = 1; }\n}\n',
  },
  E0408: {
    severity: 'error',
    message: '{what} stands twice in one contract',
    help: 'put everything into the first one',
    explanation:
      'A contract has one version, one purpose, one list of capabilities, one access clause, one state and one `init`.',
    example: 'contract C {\n  version "1.0.0";\n  version "1.0.1";\n}\n',
  },
  E0409: {
    severity: 'error',
    message: 'the {kind} `{name}` cannot be called from inside its own contract',
    help: 'share the code in a `fn`',
    explanation:
      'Rules and views are entry points for others. Code that several of them need stands in a `fn`.',
    example: 'contract C {\n  view f() -> Int { return 1; }\n  view g() -> Int { return f(); }\n}\n',
  },
  E0410: {
    severity: 'error',
    message: 'functions call each other in a circle: {path}',
    help: null,
    explanation: 'There is no recursion in CCL, so every call ends and its cost is known beforehand.',
    example:
      'contract C {\n  fn f() -> Int { return g(); }\n  fn g() -> Int { return f(); }\n  view v() -> Int { return f(); }\n}\n',
  },
  E0411: {
    severity: 'error',
    message: '`{divisor}` could be zero here, and then this clause means nothing',
    help: 'guard it, as in `{divisor} != 0 ==> …`',
    explanation:
      'A clause has a meaning for every state. Where it divides, the divisor is a literal that is not zero, or `==>` or `&&` before it says that it is not zero.',
    example: 'contract C {\n  state { n: Int; }\n  invariant i: 10 / n < 10;\n}\n',
  },
  E0412: {
    severity: 'error',
    message: '`{name}` must be the key of a map, the element of a set or an account',
    help: 'mention it as in `m[{name}]`, `{name} in s` or `ledger.balance({name}, c)`',
    explanation:
      'A clause about all values of a type without bound can only be decided for the keys and elements that the state mentions.',
    example: 'contract C {\n  invariant i: forall n: Int { n == n };\n}\n',
  },
  E0413: {
    severity: 'error',
    message: '`{name}` has no place in the function of `sum` and `count`',
    help: null,
    explanation:
      'That function mentions only its arguments and constants, so that one entry’s part of the sum changes only when that entry is written.',
    example:
      'contract C {\n  state { m: Map<Did, Int>; n: Int; }\n  invariant i: sum(m, v => v * n) == 0;\n}\n',
  },
  E0414: {
    severity: 'error',
    message: '`return` needs a value of type `{type}`',
    help: null,
    explanation: 'What declares a result gives one back.',
    example: 'contract C {\n  view f() -> Int { return; }\n}\n',
  },
  E0415: {
    severity: 'error',
    message: 'nothing is given back here, so this value goes nowhere',
    help: 'declare a result with `-> Type`, or end the value with `;`',
    explanation: 'Only what declares a result with `->` gives a value back.',
    example: 'contract C {\n  rule f() { return 1; }\n}\n',
  },
  E0416: {
    severity: 'error',
    message: 'the score must be a number',
    help: null,
    explanation: '`access reputation 10 in membership` asks for a reputation of at least that score.',
    example: 'contract C {\n  access reputation true in membership;\n}\n',
  },
  E0417: {
    severity: 'error',
    message: 'a clause is one expression, without statements',
    help: null,
    explanation: 'Clauses say what is true. Variables, assignments and `return` belong to bodies.',
    example: 'contract C {\n  rule f()\n    ensures ({ let a = 1; a == 1 })\n  {}\n}\n',
  },
  E0418: {
    severity: 'error',
    message: '`called` asks about a rule, and `{text}` is none',
    help: null,
    explanation:
      'In a history clause, `called(withdraw)` is true when the call was one of the rule `withdraw`.',
    example: 'contract C {\n  history h: called(1);\n}\n',
  },
  E0419: {
    severity: 'error',
    message: 'a version is three numbers, as in `"1.0.0"`',
    help: null,
    explanation: 'Versions are compared part by part.',
    example: 'contract C {\n  version "one";\n}\n',
  },
  E0420: {
    severity: 'error',
    message: '{what} has no meaning on {owner}',
    help: 'it belongs to {where}',
    explanation:
      'Access clauses stand on a contract or a rule; `succeeds when` and `fails when` on a rule or a view; `changes` on a rule or a function.',
    example: 'contract C {\n  view f() -> Int\n    access contracts\n  { return 1; }\n}\n',
  },
  E0421: {
    severity: 'error',
    message: '{what} is too large: at most {limit} {unit} are possible',
    help: null,
    explanation:
      'The virtual machine has limits, so that a contract cannot use up a node. What a contract declares stays within them.',
    example: `contract ${'C'.repeat(129)} {}\n`,
  },
  E0422: {
    severity: 'error',
    message: '{what} belongs to {owner}',
    help: null,
    explanation:
      'Deploying, calling as someone, moving the clock and expecting are what a `test` does, and a `prove`. The code of a contract does not: it calls functions, requires and asserts.',
    example: 'contract C {\n  state { n: Int; }\n  rule f() { expect n == 1; }\n}\n',
  },
  E0423: {
    severity: 'error',
    message: 'a {type} can be longer than a key: at most {limit} bytes are possible',
    help: 'let a `Did` or a number be the key, and keep the text in the value',
    explanation:
      'The keys of maps and the elements of sets are short, so that each fits into the store. A text may have 1,024 bytes: a contract that took it for a key would fail for some texts, whatever it promises.',
    example: 'contract C {\n  state { m: Map<Text, Int>; }\n}\n',
  },
  E0424: {
    severity: 'error',
    message: '`{name}` cannot stand in a clause: it {what}',
    help: null,
    explanation:
      'A clause is read, not run. A function can stand in it when its result is an expression: `let`, `if` and `return` are fine; loops, `var`, assignments, `require` and anything that changes the world are not. Neither is a division by what could be zero, and the function has no `requires` of its own.',
    example:
      'contract C {\n  state { n: Int; }\n  invariant small: sum_to(n) < 10;\n  fn sum_to(m: Int) -> Int {\n    var s = 0;\n    for i in 0..m up to 10 { s += i; }\n    return s;\n  }\n}\n',
  },
  E0425: {
    severity: 'error',
    message: 'a hook states {what}',
    help: 'write `on every 30d gas 10_000 { … }`',
    explanation:
      'The host runs `on every` again and again, so how often and with how much gas is written down in numbers: a length of time of at least a minute, and an integer. What a hook can use at most is known; it has to fit.',
    example: 'contract C {\n  state { n: Int; }\n  on every 5s gas 10_000 { n = 1; }\n}\n',
  },
  W0401: {
    severity: 'warning',
    message: 'nothing here needs `{name}`',
    help: 'remove it',
    explanation: 'A contract that may touch less is easier to trust. Its code does not use this capability.',
    example: 'contract C {\n  uses ledger.write;\n}\n',
  },
  W0402: {
    severity: 'warning',
    message: 'this is never reached',
    help: null,
    explanation: 'The code before it always returns.',
    example: 'contract C {\n  view f() -> Int { return 1; return 2; }\n}\n',
  },
  W0403: {
    severity: 'warning',
    message: 'this value is not used',
    help: null,
    explanation: 'The expression is computed and thrown away.',
    example: 'contract C {\n  rule f() { 1 + 1; }\n}\n',
  },
  W0404: {
    severity: 'warning',
    message: 'this case is never reached',
    help: null,
    explanation: 'The cases of a `match` are tried in order, and those before this one leave it nothing.',
    example:
      'contract C {\n  view f(b: Bool) -> Int { return match b { true => 1, _ => 2, false => 3 }; }\n}\n',
  },
  E0431: {
    severity: 'error',
    message: 'a permission needs a name',
    help: 'write the name that the cooperative gives it, as in `access permission "book.keep"`',
    explanation:
      'Whoever calls must hold the permission of that name. It has at least one character, and no half of a character pair.',
    example: 'contract C {\n  rule f() access permission "" {}\n}\n',
  },
  E0430: {
    severity: 'error',
    message: '`{name}` changes inside of a `for` over it',
    help: 'note what is to change, and change it behind the loop',
    explanation:
      'Removing an element of a set moves the last one into its place, so a loop over a set or a list that changes would leave elements out or meet them twice.',
    example:
      'contract C {\n  state { s: Set<Did, 10>; }\n  rule clear() {\n    for d in s { s.remove(d); }\n  }\n}\n',
  },
  E0440: {
    severity: 'error',
    message: '`{text}` is no place in the state',
    help: 'a place is a variable of the state, an entry `m[k]` of a map, or a field of those',
    explanation:
      '`changes` lists the places that a rule or a function may change; all else in the state stays as it was. Keys are those on entry, and an entry of a map covers its presence, too.',
    example: 'contract C {\n  state { n: Int; }\n  rule f(x: Int)\n    changes x\n  { n = x; }\n}\n',
  },
  E0450: {
    severity: 'error',
    message: 'a test calls contracts that it deployed',
    help: 'write `let bank = deploy Bank() by alice;`, then `bank.join() by bob;`',
    explanation:
      'The statements of a test are deployments, calls of the contracts it deployed, payments and expectations. Other expressions stand inside them.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; 1 + 1; }\n',
  },
  E0451: {
    severity: 'error',
    message: 'there is no contract `{name}` in this file',
    help: null,
    explanation: 'A test deploys contracts of its own file, by their names.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; let other = deploy Bnak() by bob; }\n',
  },
  E0452: {
    severity: 'error',
    message: 'somebody has to call the rule `{name}`',
    help: 'write `by` and a member behind the call, as in `by alice`',
    explanation: 'Rules change the state and have a `caller`. Only views are asked without one.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; expect bank.join() == 1; }\n',
  },
  E0453: {
    severity: 'error',
    message: 'the view `{name}` has no caller',
    help: 'leave `by` out',
    explanation: 'A view only reads, and gives everybody the same answer.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; bank.size() by bob; }\n',
  },
  E0454: {
    severity: 'error',
    message: 'this call gives no value',
    help: null,
    explanation: 'The rule or view has no result (`-> Type`), so there is nothing to keep or compare.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; let x = bank.join() by bob; }\n',
  },
  E0455: {
    severity: 'error',
    message: 'there is no event `{name}` in this file',
    help: null,
    explanation: '`expect emits` names an event that a contract of this file declares.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; bank.join() by bob; expect emits Jioned(bob); }\n',
  },
  E0456: {
    severity: 'error',
    message: '`{contract}` has no rule or view `{name}`',
    help: null,
    explanation: 'From outside, a test reaches the rules and views of a contract, and its `account`.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; bank.jion() by bob; }\n',
  },
  E0457: {
    severity: 'error',
    message: 'I cannot tell the currency of this amount',
    help: 'write a number and a currency, as in `2.50 hours`',
    explanation:
      'Payments, spending limits and floors are amounts of a currency. It is told by a literal amount, or by a variable that is an amount.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; transfer 5 from alice to bob; }\n',
  },
  E0458: {
    severity: 'error',
    message: 'this changes the world, so it stands alone',
    help: 'give it a line of its own, as in `let r = bank.take(1) by bob;`',
    explanation:
      'Deployments and calls of rules happen in the order of the lines of a test or a `prove`. An expression only reads.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; expect (bank.join() by bob) == 1; }\n',
  },
  E0459: {
    severity: 'error',
    message: '`{name}` is a contract, not a value',
    help: 'ask one of its views, or write `{name}.account` for its account',
    explanation: 'A deployed contract stands only before a dot.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; expect bank == alice; }\n',
  },
  E0460: {
    severity: 'error',
    message: '`gas` takes one call of a deployed contract',
    help: 'write `gas(bank.join() by bob)`',
    explanation: 'The call happens where it stands, and `gas(…)` is the gas that it used.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { let bank = deploy Bank() by alice; expect gas(1) <= 100; }\n',
  },
  E0461: {
    severity: 'error',
    message: 'only a variable of the test that was declared with `var` can be assigned',
    help: 'declare it with `var x = …;`',
    explanation: 'Members, deployed contracts and what was declared with `let` stay what they are.',
    example: 'test "t" { let x = 1; x = 2; }\n',
  },
  E0462: {
    severity: 'error',
    message: '`{name}` stays the contract that it is',
    help: 'write `let`',
    explanation: 'A deployed contract is no value, so no variable changes from one to another.',
    example:
      'contract Bank {\n  rule join() { }\n  view size() -> Int { return 1; }\n  event Joined(who: Did);\n}\ntest "t" { var bank = deploy Bank() by alice; }\n',
  },
  E0463: {
    severity: 'error',
    message: '{what} has no meaning in a test',
    help: 'write `expect …;` for what is to hold',
    explanation:
      'A test runs; it is not proved. What contracts check and promise stands in contracts, and a test expects.',
    example: 'test "t" { require true else "why"; }\n',
  },
  E0464: {
    severity: 'error',
    message: 'there is no error `{name}` in this file',
    help: null,
    explanation: '`expect … fails Name` names an error that a contract of this file, or the file, declares.',
    example:
      'error TooMuch(most: Int);\ncontract Bank {\n  rule take(x: Int) {\n    if x > 5 { fail TooMuch(5); }\n  }\n}\ntest "t" { let bank = deploy Bank() by alice; expect bank.take(6) by bob fails TooMany; }\n',
  },

  E0465: {
    severity: 'error',
    message: 'there is no version {version} of `{name}` to deploy',
    help: 'there are `{known}`',
    explanation:
      'A test deploys a contract of the file, or of one that it uses, or a version from which one of those comes: `deploy TimeBank() version "1.0.0" by alice`.',
    example: 'contract C { }\ntest "deployed" {\n  let c = deploy C() version "9.0.0" by alice;\n}\n',
  },
  E0466: {
    severity: 'error',
    message: '`{name}` is nothing that this test deployed',
    help: 'name the variable that holds the contract: `let newer = upgrade bank by alice;`',
    explanation: 'What is upgraded was deployed before, in the same test, and has a name.',
    example: 'contract C { }\ntest "upgraded" {\n  let c = upgrade nothing by alice;\n}\n',
  },
  E0467: {
    severity: 'error',
    message: 'nothing follows version {version} of `{contract}`',
    help: 'deploy an earlier version: `deploy {contract}() version "…" by …`',
    explanation:
      'A test upgrades a contract to the version that comes from it, which has to be in the file, or in one that the file uses.',
    example:
      'contract C { }\ntest "upgraded" {\n  let c = deploy C() by alice;\n  let d = upgrade c by alice;\n}\n',
  },
  E0432: {
    severity: 'error',
    message: 'there is no source of version {version} of `{contract}`',
    label: 'looked for the contract in `{source}`, beside this file',
    help: 'keep the file of each version that was deployed, unchanged, as `{source}`',
    explanation:
      'What an upgrade may assume and has to keep is written in the version that it comes from: its variables, its invariants and its interfaces. So that text is needed. It stands beside the file of the new version, under the name of the contract, `@` and its version. A node compares it with what the deployed contract was made of.',
    example: 'contract C {\n  version "1.1.0";\n  upgrade from "1.0.0" { }\n}\n',
  },
  E0433: {
    severity: 'error',
    message: '`{source}` holds version {found} of `{contract}`',
    help: 'let the name of the file and the `version` in it say the same',
    explanation: 'The file of an earlier version is found by its name, and has to be that version.',
    example:
      'contract C {\n  version "1.1.0";\n  upgrade from "1.0.0" { }\n}\n//// C@1.0.0.ccl\ncontract C {\n  version "0.9.0";\n  upgradable;\n}\n',
  },
  E0434: {
    severity: 'error',
    message: 'version {version} of `{contract}` is fixed: it does not say `upgradable;`',
    help: 'deploy this as a contract of its own, without `upgrade`',
    explanation:
      'A contract without `upgradable;` stays as it was deployed, so that those who rely on it need not watch it. Nothing that is written later changes that.',
    example:
      'contract C {\n  version "1.1.0";\n  upgrade from "1.0.0" { }\n}\n//// C@1.0.0.ccl\ncontract C {\n  version "1.0.0";\n}\n',
  },
  E0435: {
    severity: 'error',
    message: 'an upgrade goes from a lower version to a higher one, and {from} is not below {version}',
    help: 'raise `version`',
    explanation: 'Versions are compared part by part, so that everybody can tell which of two comes later.',
    example: 'contract C {\n  version "1.0.0";\n  upgrade from "1.0.0" { }\n}\n',
  },
  E0436: {
    severity: 'error',
    message: '`{name}` was `{old}` in version {version}, and is `{type}` here',
    help: 'give the new variable another name, and fill it in `upgrade` from `old({name})`',
    explanation:
      'State is kept by name: what both versions have keeps its value, so it keeps its type. A set or a list may get more room; the variants of an enum and the states of a lifecycle, and the fields of a struct, stay. A map is never gone through, so the entries of one can only be carried over where the keys stand in a set or a list.',
    example:
      'contract C {\n  version "1.1.0";\n  state { limit: Bool; }\n  upgrade from "1.0.0" { }\n}\n//// C@1.0.0.ccl\ncontract C {\n  version "1.0.0";\n  upgradable;\n  state { limit: Int; }\n}\n',
  },
  E0437: {
    severity: 'error',
    message: 'version {version} implements `{interface}`, and this one {does}',
    help: 'write `implements {interface};` with the interface as it was',
    explanation:
      'Other contracts found the one before by its interfaces and go on calling it, so a version implements what the one before it implemented, with the same methods, gas and clauses.',
    example:
      'contract C {\n  version "1.1.0";\n  upgrade from "1.0.0" { }\n}\n//// C@1.0.0.ccl\ninterface Desk { view open() -> Bool gas 1000; }\ncontract C {\n  version "1.0.0";\n  upgradable;\n  implements Desk;\n  view open() -> Bool { return true; }\n}\n',
  },
  E0438: {
    severity: 'error',
    message: 'version {version} has the currency `{currency}`, which this one {does}',
    help: 'declare it as it was',
    explanation: 'The contract may hold an amount of it, and amounts in its state count its smallest units.',
    example:
      'contract C {\n  version "1.1.0";\n  upgrade from "1.0.0" { }\n}\n//// C@1.0.0.ccl\ncontract C {\n  version "1.0.0";\n  upgradable;\n  currency hours { decimals 2 }\n}\n',
  },
  E0439: {
    severity: 'error',
    message: '`{name}` is the name of a variable that version {version} had',
    help: 'take another name',
    explanation:
      'What a version gives up stays where it was, out of reach. A new variable begins with the zero of its type, so it cannot bear the name of one whose entries may still be there.',
    example:
      'contract C {\n  version "1.2.0";\n  state { limit: Int; }\n  upgrade from "1.1.0" { }\n}\n//// C@1.1.0.ccl\ncontract C {\n  version "1.1.0";\n  upgradable;\n  upgrade from "1.0.0" { }\n}\n//// C@1.0.0.ccl\ncontract C {\n  version "1.0.0";\n  upgradable;\n  state { limit: Int; }\n}\n',
  },
  E0441: {
    severity: 'error',
    message: '`{name}` is still there: read it by its name',
    help: null,
    explanation:
      'In the code of an upgrade `old(…)` reads what only the version before had. A variable that both have keeps its value, and its name gives what it is at that moment.',
    example:
      'contract C {\n  version "1.1.0";\n  state { limit: Int; }\n  upgrade from "1.0.0" { limit = old(limit) + 1; }\n}\n//// C@1.0.0.ccl\ncontract C {\n  version "1.0.0";\n  upgradable;\n  state { limit: Int; }\n}\n',
  },
  E0442: {
    severity: 'error',
    message: '`{name}` belongs to the version before, and is only read',
    help: 'write to a variable of this version',
    explanation:
      'What a version gives up can be read once, in `upgrade`. Nothing reads it later, so there is no reason to change it.',
    example:
      'contract C {\n  version "1.1.0";\n  upgrade from "1.0.0" { old(names).add(caller); }\n}\n//// C@1.0.0.ccl\ncontract C {\n  version "1.0.0";\n  upgradable;\n  state { names: Set<Did, 10>; }\n}\n',
  },
  E0470: {
    severity: 'error',
    message: 'a `prove` stands inside of the contract that it is about',
    help: 'move it into the contract, beside its invariants',
    explanation:
      'A `prove` is a promise of one contract, proved of all of its states. A `test` runs, and stands outside of contracts.',
    example: 'contract Box { state { n: Int; } }\nprove "nothing" { expect true; }\n',
  },
  E0471: {
    severity: 'error',
    message: 'a run is no value',
    help: 'ask whether its last call succeeded with `r.succeeded`, or what is so at its end with `after(r, e)`',
    explanation:
      '`run { … }` is what would happen. It is named by a `let`, and stands before a dot or first in `after`.',
    example:
      'contract Box {\n  state { n: Int; }\n  rule put(x: Int) { n = x; }\n  prove "put" (a: Did) { let r = run { put(1) by a; }; let end = r; }\n}\n',
  },
  E0472: {
    severity: 'error',
    message: '{what} has no meaning in {where}',
    help: null,
    explanation:
      'A `prove` assumes, calls, names values, lets time go by (`later;`), chooses with `if`, and expects. A run holds calls, names of values, `later;` and `if`: it goes on where a call fails, and what is expected of it stands behind it.',
    example:
      'contract Box {\n  state { n: Int; }\n  rule put(x: Int) { n = x; }\n  prove "put" (a: Did) { require n > 0 else "why"; put(1) by a; }\n}\n',
  },
  E0473: {
    severity: 'error',
    message: 'a `prove` calls the rules and views of its contract',
    help: 'write `withdraw(x) by a;`, with the name of a rule; what is to hold stands behind `expect`',
    explanation: 'Functions are called by rules, and other contracts are what an interface says of them.',
    example:
      'contract Box {\n  state { n: Int; }\n  fn twice(x: Int) -> Int { return x + x; }\n  prove "twice" (a: Did) { twice(1) by a; }\n}\n',
  },
  E0474: {
    severity: 'error',
    message: '`after` asks what is so at the end of a run',
    help: 'write `let r = run { … };`, and then `after(r, e)`',
    explanation: 'The first argument of `after` is the name of a run, the second what is read there.',
    example:
      'contract Box {\n  state { n: Int; }\n  rule put(x: Int) { n = x; }\n  prove "put" (a: Did) { put(1) by a; expect after(n, n == 1); }\n}\n',
  },
  E0475: {
    severity: 'error',
    message: '`{name}` refuses no call with this',
    help: 'leave it out for what the ledger or another contract says: a proof knows the words of the contract itself',
    explanation:
      'Behind `fails` stands a text that a `requires` or `require` of the rule, or of a function that it calls, has behind `else`, or the name of an error that they fail with.',
    example:
      'contract Box {\n  state { n: Int; }\n  rule put(x: Int) requires x > 0 else "not positive" { n = x; }\n  prove "put" (a: Did) { expect put(0) by a fails "not postive"; }\n}\n',
  },
  E0476: {
    severity: 'error',
    message: 'there is another `prove` with the title "{title}"',
    help: 'say what is different about this one',
    explanation: 'Reports, marks and certificates name a `prove` by its title.',
    example:
      'contract Box {\n  state { n: Int; }\n  prove "same" { expect n == n; }\n  prove "same" { expect n >= n; }\n}\n',
  },
  E0477: {
    severity: 'error',
    message: 'a proof does not compare the values of an error',
    help: 'name the error alone',
    explanation:
      '`expect … fails Name(…)` compares values in a `test`. In a `prove` the name of the error is compared.',
    example:
      'error TooMuch(most: Int);\ncontract Box {\n  state { n: Int; }\n  rule put(x: Int) { if x > 5 { fail TooMuch(5); } n = x; }\n  prove "put" (a: Did) { expect put(6) by a fails TooMuch(5); }\n}\n',
  },
  E0478: {
    severity: 'error',
    message: 'this run calls nothing',
    help: 'write a call in it, as in `run { withdraw(x) by a; }`',
    explanation: 'A run is a sequence of calls, and `r.succeeded` is about the last of them.',
    example:
      'contract Box {\n  state { n: Int; }\n  prove "nothing" { let r = run { later; }; expect after(r, n == n); }\n}\n',
  },
  E0480: {
    severity: 'error',
    message: '`{contract}` implements `{interface}` and has no `{signature}`',
    help: 'write it, or leave `implements {interface};` out',
    explanation:
      'Who implements an interface has a rule or a view for each of its methods, of the same name, parameters and result, so that other contracts can rely on it.',
    example:
      'interface Desk { view held() -> Int gas 1000; }\ncontract Till {\n  implements Desk;\n  view kept() -> Int { return 1; }\n}\n',
  },
  E0481: {
    severity: 'error',
    message: '`{name}` is not what the interface `{interface}` says',
    label: 'should be `{expected}`',
    help: null,
    explanation:
      'A method is implemented by a rule or a view of its name with the same types of parameters and result; the names of parameters are free.',
    example:
      'interface Desk { view held() -> Int gas 1000; }\ncontract Till {\n  implements Desk;\n  view held() -> Bool { return true; }\n}\n',
  },
  E0482: {
    severity: 'error',
    message: '`{name}` belongs to the interface `{interface}`, and no contract may call it',
    help: 'write `access contracts` on it: without it a rule admits members alone',
    explanation:
      'Interfaces are for other contracts. A rule admits contracts only where its access clause, and that of the contract, say so.',
    example:
      'interface Desk { rule ring() gas 1000; }\ncontract Till {\n  implements Desk;\n  rule ring() { }\n}\n',
  },
  E0484: {
    severity: 'error',
    message: 'the interface does not say how much gas `{name}` may use',
    help: 'write `gas n` behind its clauses, such as `gas 20_000`',
    explanation:
      'A call to another contract gets at most the gas that the interface states, so that the cost of the caller is known before it runs.',
    example: 'interface Desk { view held() -> Int; }\n',
  },
  E0485: {
    severity: 'error',
    message: 'the interface `{interface}` speaks of `{currency}`, which `{contract}` {does}',
    help: 'declare `currency {currency}` as the others do',
    explanation:
      'Amounts cross a call with their currency, so both contracts declare it, with the same decimals and of the same kind.',
    example:
      'interface Desk { view held() -> Amount<hours> gas 1000; }\ncontract Clerk {\n  view same(id: Did) -> Bool { let x = Contract<Desk>.at(id).held(); return x == x; }\n}\n',
  },
  E0486: {
    severity: 'error',
    message: 'a `{type}` is known within one call only',
    help: 'keep its `Did` here, and ask `Contract<{interface}>.at(id)` where it is called',
    explanation:
      'Whether an account is that of a contract which implements an interface is checked when it is called, by `at`. What lasts longer than a call, or goes from one function to another, is the account.',
    example:
      'interface Desk { view held() -> Int gas 1000; }\ncontract Clerk {\n  state { desk: Contract<Desk>; }\n}\n',
  },
  E0487: {
    severity: 'error',
    message: 'nothing can be spent here',
    help: null,
    explanation:
      '`spending` says what a rule of another contract may take from this one. Views take nothing, and what is called inside of the contract needs no allowance.',
    example:
      'contract C {\n  currency hours { decimals 2 }\n  fn one() -> Int { return 1; }\n  view f() -> Int { return one() spending 1 hours; }\n}\n',
  },
  E0488: {
    severity: 'error',
    message: '`spending` takes an amount, or a tuple of amounts of different currencies, not `{type}`',
    help: null,
    explanation:
      'What another contract may take is an amount of a currency; of currencies that are not named it may take nothing.',
    example:
      'interface Desk { rule ring() gas 1000; }\ncontract Clerk {\n  rule f(id: Did) { Contract<Desk>.at(id).ring() spending 5; }\n}\n',
  },
  E0490: {
    severity: 'error',
    message: '`{type}` is no value',
    help: 'write `{type}.at(id)`: the contract with that account',
    explanation: 'A contract is found by its account, which has to implement the interface.',
    example:
      'interface Desk { view held() -> Int gas 1000; }\ncontract Clerk {\n  view f() -> Int { return Contract<Desk>; }\n}\n',
  },
  E0491: {
    severity: 'error',
    message: 'gas is a number from 1 to {limit} that the source shows',
    help: 'write a number, or the name of a constant that is one',
    explanation:
      'The gas of a method decides what its callers may cost, so it is fixed when they are compiled.',
    example: 'interface Desk { view held(n: Int) -> Int gas 0; }\n',
  },

  // ---- E05xx: verification (verify) ------------------------------------------------------------
  E0501: {
    severity: 'error',
    message: '{failure}',
    help: 'the run shows how it breaks: change the code, or the clause',
    explanation:
      'The clause was *refuted*: a run on the virtual machine that starts at deployment ends in a state that breaks it. The run is printed step by step, with the balances and the state that changed. Nothing is assumed in it; anyone can repeat it.',
    example:
      'contract C {\n  state { n: Int; }\n  rule set(x: Int)\n    ensures n == x + 1\n  { n = x; }\n}\n',
  },
  E0502: {
    severity: 'error',
    message: '{failure}',
    help: 'require who may call it, or write `open rule` where it is meant for everyone',
    explanation:
      'No single call by a stranger may lower any account but their own, unless the rule says `open`. A stranger is not the creator, is named nowhere in the contract or its state, and holds no role, permission or mandate. The run shows whose account falls.',
    example:
      'contract C {\n  uses ledger.write;\n  currency hours { decimals 2 }\n  rule take(x: Amount<hours>) { ledger.transfer(self, caller, x); }\n}\n',
  },
  E0503: {
    severity: 'error',
    message: '{failure}, from a state that was not reached',
    help: 'add an invariant that rules out the state shown; where it can happen, change the code; `unproved` before the clause lets it stand',
    explanation:
      'The clause is *not inductive*: the virtual machine breaks it from a state that satisfies all invariants, but no run from deployment to that state was found. Usually an invariant is missing that says why the state cannot be, and it is none of the simple ones that the tool looks for itself. `ccl build` checks such a clause at run time where code can (`W0509`).',
    example:
      'contract C {\n  state { a: Int; b: Int; }\n  invariant small: b < 100;\n  rule up() { if a < 10 { a += 2; } }\n  rule step() { if a == 7 { b = 1000; } }\n}\n',
  },
  E0504: {
    severity: 'error',
    message: '{failure}: {reason}',
    help: 'say more in invariants, split the rule, or write `unproved` before the clause',
    explanation:
      'The answer is *unknown*: the solver gave up within its resource limit, or what it found does not happen on the virtual machine. An unknown answer is never taken for a proof. `ccl build` checks such a clause at run time where code can (`W0509`).',
    example:
      'contract C {\n  view f(x: Int, y: Int) -> Int\n    requires x > 0 && x < 1000 && y > 0 && y < 1000 else "small"\n    ensures result * (x - y) == x * x * x - y * y * y\n  { return x * x + x * y + y * y; }\n}\n',
  },
  E0505: {
    severity: 'error',
    message: '{failure}',
    help: 'an invariant may say that the own balance is at least something, never that it is exactly so: anyone may pay in',
    explanation:
      "Between two calls time passes, anyone may pay into the contract's account, and everything else outside may change. An invariant that such a step can break is assumed nowhere; `ccl build` checks it whenever a rule is entered, where code can (`W0509`). A `history always` that such a step can break does not hold.",
    example: 'contract C {\n  state { opened: Time = now; }\n  invariant still: opened == now;\n}\n',
  },
  W0506: {
    severity: 'warning',
    message: '{failure}',
    label: '{how}',
    help: null,
    explanation:
      'Arithmetic is checked: a result beyond 64 bits or a zero divisor reverts the call, and so does adding to a full set. This says that it can happen here, or that it could not be shown that it cannot. Nothing is lost by a revert; where the call must go through, say so with `succeeds when`.',
    example: 'contract C {\n  view half(x: Int, y: Int) -> Int { return x / y; }\n}\n',
  },
  E0507: {
    severity: 'error',
    message: '{failure}',
    help: null,
    explanation:
      'What nothing can satisfy proves everything: invariants that no state satisfies, a requirement that never holds, a promise whose condition contradicts the invariants. What was proved about it is worth nothing.',
    example:
      'contract C {\n  state { n: Int; }\n  rule never(x: Int)\n    requires x > 1 && x < 1 else "impossible"\n  { n = x; }\n}\n',
  },
  W0507: {
    severity: 'warning',
    message: '{failure}',
    help: null,
    explanation:
      'No call of any rule comes here. A branch of a function is meant only where no caller takes it.',
    example:
      'contract C {\n  state { n: Int; }\n  rule dead(x: Int)\n    requires x > 0 else "positive"\n  { if x < 0 { n = 1; } else { n = x; } }\n}\n',
  },
  W0508: {
    severity: 'warning',
    message: '{failure}; it is marked `unproved`',
    help: null,
    explanation:
      'The author wrote `unproved` before the clause: it is assumed nowhere, the mark is in the artifact, and nodes refuse to deploy the contract by default.',
    example:
      'contract C {\n  state { a: Int; b: Int; }\n  unproved invariant small: b < 100;\n  rule step() { if a > 50 { b = 1000; } }\n}\n',
  },
  W0509: {
    severity: 'warning',
    message: '{failure}; it is not proved, and checked at run time',
    help: 'say more in invariants, or refuse such builds with `--strict`',
    explanation:
      'A clause that was neither proved nor refuted, and that code can check, becomes a guard: a call that would break it reverts. An invariant that others can break between calls is checked on entry: while it does not hold no rule does anything. The gas of a guard is in the bound of the entry point, and the artifact and its ABI are marked. It may then be assumed elsewhere.',
    example:
      'contract C {\n  view f(x: Int, y: Int) -> Int\n    requires x > 0 && x < 1000 && y > 0 && y < 1000 else "small"\n    ensures result * (x - y) == x * x * x - y * y * y\n  { return x * x + x * y + y * y; }\n}\n',
  },

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
    help: 'the nearest form is an `enum` with a variant for each set of fields',
    explanation:
      'Maps of the format become structs, whose fields are always all there. A field that only some of the maps have becomes an `Option<T>`; but a rule that reads such a field as if it were there would fail for the other maps, and CCL asks for a `match` in its place. An empty map beside others is refused, because a condition takes it for false.',
    example: importExample({
      body: '{ "Assign": { "name": "m", "value": { "Map": [["a", { "Literal": { "Int": 1 } }]] } } }, { "If": { "condition": { "Literal": { "Bool": true } }, "then_block": [{ "Assign": { "name": "m", "value": { "Map": [["b", { "Literal": { "Int": 1 } }]] } } }] } }, { "Return": { "value": { "FieldAccess": { "object": { "Var": "m" }, "field": "a" } } } }',
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

  // ---- E07xx: size of the code (codegen) -------------------------------------------------------
  E0702: {
    severity: 'error',
    message: '`{name}` can use {used} gas, and has {granted}',
    help: 'grant it more, or let it do less',
    explanation:
      'A hook runs with the gas that its author grants, and the most that it can use is known before it runs.',
    example: 'contract C {\n  state { n: Int; }\n  on every 1d gas 10 { n = 1; }\n}\n',
  },
  E0701: {
    severity: 'error',
    message: 'this is too large for the virtual machine: {reason}',
    help: 'share code in a `fn`, split the contract, or give loops and lists smaller bounds',
    explanation:
      'The virtual machine has limits, so that a contract cannot use up a node: the length of a function, its local variables, the gas and the events of a call with everything that it calls. Calls multiply: here every function calls the one before it twice.',
    example: `contract Doubling {\n  fn f0(x: Int) -> Int { return x + 1; }\n${Array.from({ length: 40 }, (_, at) => `  fn f${at + 1}(x: Int) -> Int { return f${at}(f${at}(x)); }\n`).join('')}  view all(x: Int) -> Int { return f40(x); }\n}\n`,
  },

  // ---- E09xx: not in this version yet ----------------------------------------------------------
  E0703: {
    severity: 'error',
    message: '`{name}` may use {found} gas, and the interface `{interface}` states at most {stated}',
    help: 'make it cheaper, or state more in the interface',
    explanation:
      'Callers rely on what an interface states: they hand on that much gas and no more. The bound of the rule or view, from its loops and the largest sizes, must not be above it.',
    example:
      'interface Desk { view held() -> Int gas 10; }\ncontract Till {\n  implements Desk;\n  state { n: Int; }\n  view held() -> Int { return n; }\n}\n',
  },
  E0901: {
    severity: 'error',
    message: '{what} is not in this version of CCL yet',
    help: 'docs/status.md lists what is not built yet',
    explanation:
      'The language book describes it, and this version of the compiler does not have it. Nothing is compiled in its place.',
    example: 'lifecycle Stage { Draft -> Open; }\ncontract C {\n  state { stage: Option<Stage>; }\n}\n',
  },
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
  /** Stands before the row's own help. */
  readonly instead?: string | undefined;
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
    help: helpOf(row, at.instead, holes),
    fix: at.fix ?? null,
  };
}

function helpOf(
  row: Row,
  instead: string | undefined,
  holes: Readonly<Record<string, unknown>>,
): string | null {
  const parts = [
    ...(instead === undefined ? [] : [instead]),
    ...(row.help === null ? [] : [fill(row.help, holes)]),
  ];
  return parts.length === 0 ? null : parts.join('; ');
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
