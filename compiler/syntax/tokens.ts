/**
 * The words and signs of CCL, and the lexer: text in; tokens, comments and unreadable stretches out.
 *
 * Every word is lexed as `Word` and then looked up in one table. Most words of the language are *soft*: they mean
 * something only where the grammar expects them and are names elsewhere (`member`, `from`, `version`).
 */
import { createToken, type IToken, Lexer, type TokenType } from 'chevrotain';
import type { Span } from './ast.ts';
import { SIGN_HABITS } from './habits.ts';

/** `text` is without the slashes and without one leading blank. */
export type Comment = {
  readonly kind: 'comment';
  readonly span: Span;
  readonly text: string;
  readonly doc: boolean;
};

export type Lexed = {
  readonly tokens: IToken[];
  readonly comments: readonly Comment[];
  /** Stretches of text that are no token. */
  readonly unreadable: readonly Span[];
  /** Comments in the manner of other languages. */
  readonly foreignComments: readonly Span[];
};

/** Any word, also a reserved one: what may stand behind a dot. */
export const AnyWord = createToken({ name: 'AnyWord', pattern: Lexer.NA });
/** A word that may be a name: everything but the reserved words. */
export const Identifier = createToken({ name: 'Identifier', pattern: Lexer.NA, categories: [AnyWord] });
export const BinaryOperator = createToken({ name: 'BinaryOperator', pattern: Lexer.NA });
export const AssignOperator = createToken({ name: 'AssignOperator', pattern: Lexer.NA });
/** Any number without a suffix: amounts start with one. */
export const Digits = createToken({ name: 'Digits', pattern: Lexer.NA });

/** Letters of other alphabets are taken into a word, so that it is one mistake; so is what cannot be seen. */
export const Word = createToken({
  name: 'Word',
  pattern:
    // biome-ignore lint/suspicious/noMisleadingCharacterClass: combining characters are taken into the word, too
    /[A-Za-z_\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u1fff\u2c00-\u2fef\u3040-\ud7ff][A-Za-z0-9_\u00aa\u00ad\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0300-\u1fff\u200b-\u200f\u2060\u2c00-\u2fef\u3040-\ud7ff]*/,
  categories: [Identifier],
});

const RESERVED = [
  'contract',
  'interface',
  'struct',
  'enum',
  'lifecycle',
  'const',
  'fn',
  'use',
  'uses',
  'rule',
  'view',
  'event',
  'state',
  'init',
  'invariant',
  'currency',
  'let',
  'var',
  'if',
  'else',
  'match',
  'for',
  'return',
  'require',
  'requires',
  'ensures',
  'assert',
  'assume',
  'expect',
  'emit',
  'fail',
  'forall',
  'exists',
  'true',
  'false',
  'in',
] as const;
const SOFT = [
  'version',
  'purpose',
  'implements',
  'upgradable',
  'upgrade',
  'from',
  'access',
  'reputation',
  'permission',
  'contracts',
  'decimals',
  'issued',
  'ghost',
  'unproved',
  'history',
  'always',
  'error',
  'open',
  'on',
  'every',
  'gas',
  'succeeds',
  'fails',
  'when',
  'changes',
  'up',
  'to',
  'test',
  'prove',
  'invariants',
  'by',
  'spending',
  'at',
  'time',
  'member',
  'floor',
  'transfer',
  'later',
  'deploy',
  'run',
  'emits',
] as const;

export type ReservedWord = (typeof RESERVED)[number];
export type Keyword = ReservedWord | (typeof SOFT)[number];

/** The token type of each word of the language: `KEYWORDS.rule`. */
export const KEYWORDS = Object.fromEntries([
  ...RESERVED.map((word) => [word, keyword(word, word === 'in' ? [AnyWord, BinaryOperator] : [AnyWord])]),
  ...SOFT.map((word) => [word, keyword(word, [Identifier])]),
]) as { readonly [W in Keyword]: TokenType };

export const RESERVED_WORDS: ReadonlySet<string> = new Set(RESERVED);

const KEYWORD_OF: ReadonlyMap<string, TokenType> = new Map(Object.entries(KEYWORDS));

/** Words that may follow an expression, so that they are no currency behind a number: `x > 5 succeeds when …`. */
export const NO_CURRENCY: ReadonlySet<string> = new Set([
  'up',
  'by',
  'spending',
  'gas',
  'succeeds',
  'fails',
  'changes',
  'access',
  'unproved',
  'from',
  'to',
]);

export const Did = createToken({ name: 'Did', pattern: /did"[^"\n\r]*"/ });
export const Text = createToken({ name: 'Text', pattern: /"(?:[^"\\\n\r]|\\.)*"/ });
/** A text whose line ends before its closing quotation mark. */
export const OpenText = createToken({
  name: 'OpenText',
  pattern: /(?:did)?"(?:[^"\\\n\r]|\\.)*/,
  categories: [Text],
});
/** A text in the quotation marks of other languages, or of a word processor. */
export const ForeignText = createToken({
  name: 'ForeignText',
  pattern:
    /"""[^"\n\r]*"""|'[^'\n\r]*'|`[^`\n\r]*`|[\u201c-\u201f\u00ab][^"\u201c-\u201f\u00bb\n\r]*["\u201c-\u201f\u00bb]/,
  categories: [Text],
});
export const Hex = createToken({ name: 'Hex', pattern: /0x[0-9a-fA-F_]*/ });
/** `10%`; `10%3` is a remainder. */
export const Percent = createToken({
  name: 'Percent',
  pattern: /[0-9][0-9_]*(?:\.[0-9_]+)?%(?![A-Za-z0-9_(])/,
});
export const Duration = createToken({ name: 'Duration', pattern: /[0-9][0-9_]*[smhdw](?![A-Za-z0-9_])/ });
export const Decimal = createToken({
  name: 'Decimal',
  pattern: /[0-9][0-9_]*\.[0-9][0-9_]*/,
  categories: [Digits],
});
export const Int = createToken({ name: 'Int', pattern: /[0-9][0-9_]*/, categories: [Digits] });
export const Time = createToken({ name: 'Time', pattern: /@[0-9][0-9T:Z-]*/ });

export const DotDot = sign('DotDot', '..');
export const Dot = sign('Dot', '.');
export const FatArrow = sign('FatArrow', '=>');
export const Arrow = sign('Arrow', '->');
export const Implies = sign('Implies', '==>', [BinaryOperator]);
export const EqualEqual = sign('EqualEqual', '==', [BinaryOperator]);
export const NotEqual = sign('NotEqual', '!=', [BinaryOperator]);
export const LessEqual = sign('LessEqual', '<=', [BinaryOperator]);
export const GreaterEqual = sign('GreaterEqual', '>=', [BinaryOperator]);
export const Less = sign('Less', '<', [BinaryOperator]);
export const Greater = sign('Greater', '>', [BinaryOperator]);
export const AndAnd = sign('AndAnd', '&&', [BinaryOperator]);
export const OrOr = sign('OrOr', '||', [BinaryOperator]);
export const AppendAssign = sign('AppendAssign', '++=', [AssignOperator]);
export const PlusAssign = sign('PlusAssign', '+=', [AssignOperator]);
export const MinusAssign = sign('MinusAssign', '-=', [AssignOperator]);
export const TimesAssign = sign('TimesAssign', '*=', [AssignOperator]);
export const DivideAssign = sign('DivideAssign', '/=', [AssignOperator]);
export const RemainderAssign = sign('RemainderAssign', '%=', [AssignOperator]);
export const Append = sign('Append', '++', [BinaryOperator]);
export const Plus = sign('Plus', '+', [BinaryOperator]);
export const Minus = sign('Minus', '-', [BinaryOperator]);
export const Times = sign('Times', '*', [BinaryOperator]);
export const Divide = sign('Divide', '/', [BinaryOperator]);
export const Remainder = sign('Remainder', '%', [BinaryOperator]);
export const Assign = sign('Assign', '=', [AssignOperator]);
export const Not = sign('Not', '!');
export const LParen = sign('LParen', '(');
export const RParen = sign('RParen', ')');
export const LBracket = sign('LBracket', '[');
export const RBracket = sign('RBracket', ']');
export const LBrace = sign('LBrace', '{');
export const RBrace = sign('RBrace', '}');
export const Comma = sign('Comma', ',');
export const Semicolon = sign('Semicolon', ';');
export const Colon = sign('Colon', ':');

const Blank = createToken({
  name: 'Blank',
  pattern: /[ \t\r\n\uFEFF]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
const LineComment = createToken({ name: 'LineComment', pattern: /\/\/[^\n\r]*/, group: 'comments' });

const ForeignComment = createToken({
  name: 'ForeignComment',
  pattern: /\/\*[\s\S]*?(?:\*\/|(?![\s\S]))/,
  group: 'foreignComments',
  line_breaks: true,
});

/** All the characters that start nothing, in runs: the lexer's own way of skipping them is slow. */
const Unreadable = createToken({
  name: 'Unreadable',
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are among what cannot be read
  pattern: /[@#$?'`~\\^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\ufefe\uff00-\uffff]+|[&|]/,
  group: 'unreadable',
  line_breaks: false,
});

/** In the order in which the lexer tries them. */
const LEXED: readonly TokenType[] = [
  Blank,
  LineComment,
  ForeignComment,
  Did,
  ForeignText,
  Text,
  OpenText,
  Hex,
  Percent,
  Duration,
  Decimal,
  Int,
  Time,
  Word,
  DotDot,
  Dot,
  FatArrow,
  Arrow,
  Implies,
  EqualEqual,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Less,
  Greater,
  AndAnd,
  OrOr,
  AppendAssign,
  PlusAssign,
  MinusAssign,
  TimesAssign,
  DivideAssign,
  RemainderAssign,
  Append,
  Plus,
  Minus,
  Times,
  Divide,
  Remainder,
  Assign,
  Not,
  LParen,
  RParen,
  LBracket,
  RBracket,
  LBrace,
  RBrace,
  Comma,
  Semicolon,
  Colon,
  Unreadable,
];

export const VOCABULARY: TokenType[] = [
  AnyWord,
  Identifier,
  BinaryOperator,
  AssignOperator,
  Digits,
  ...Object.values(KEYWORDS),
  ...LEXED,
];

const LEXER = new Lexer([...LEXED, AnyWord, Identifier, BinaryOperator, AssignOperator, Digits], {
  positionTracking: 'onlyOffset',
  ensureOptimizations: true,
});

/** Splits a text into tokens. Never fails: what is no token is named in `unreadable`. */
export function tokenize(text: string): Lexed {
  const { tokens, groups, errors } = LEXER.tokenize(text);
  for (const token of tokens) retype(token);
  const signs = (groups['unreadable'] ?? []).flatMap(signOf);
  return {
    tokens: signs.length === 0 ? tokens : [...tokens, ...signs].sort((a, b) => a.startOffset - b.startOffset),
    comments: (groups['comments'] ?? []).map(commentOf),
    foreignComments: (groups['foreignComments'] ?? []).map(spanOf),
    unreadable: [
      ...(groups['unreadable'] ?? []).map(spanOf),
      ...errors.map(({ offset, length }) => ({ start: offset, end: offset + length })),
    ].sort((a, b) => a.start - b.start),
  };
}

/** Half-open span of a token of a file. */
export function spanOf(token: IToken): Span {
  return { start: token.startOffset, end: token.startOffset + token.image.length };
}

/** A sign that plainly stands for one of ours is read as that: `≥` as `>=`. */
function signOf(token: IToken): IToken[] {
  const write = SIGN_HABITS.get(token.image)?.write;
  const type = write === undefined ? undefined : LEXED.find(({ LABEL }) => LABEL === `\`${write}\``);
  if (write === undefined || type === undefined) return [];
  return [{ ...token, tokenType: type, tokenTypeIdx: type.tokenTypeIdx!, payload: write }];
}

/** What a token stands for: as written, but where something else was plainly meant. */
export function imageOf(token: IToken): string {
  return (token.payload as string | undefined) ?? token.image;
}

function retype(token: IToken): void {
  if (token.tokenType !== Word) return;
  const type = KEYWORD_OF.get(token.image);
  if (type === undefined) return;
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx!;
}

function commentOf(token: IToken): Comment {
  const image = token.image.replace(/\r$/, '');
  const doc = /^\/\/\/(?!\/)/.test(image);
  const text = image.slice(doc ? 3 : 2).replace(/^ /, '');
  return {
    kind: 'comment',
    span: { start: token.startOffset, end: token.startOffset + image.length },
    text,
    doc,
  };
}

function keyword(word: string, categories: TokenType[]): TokenType {
  return createToken({ name: `word_${word}`, pattern: Lexer.NA, categories });
}

function sign(name: string, pattern: string, categories: TokenType[] = []): TokenType {
  return createToken({ name, pattern, label: `\`${pattern}\``, categories });
}
