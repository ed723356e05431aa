/**
 * What the grammar stands on: the position in the tokens, reporting, and recovery. Chevrotain forces a class; its
 * own recovery is off, because it guesses from follow sets and speaks in token names. Ours knows lines and braces:
 *
 * - one diagnostic for one place: a second one at the same token is a consequence of the first and is dropped;
 * - what is merely missing (`;`, a closing bracket, an operand) is reported and parsing goes on as if it were there;
 * - anything else interrupts, up to the next enclosing `recover`, which skips to where its list can go on.
 */
import {
  defaultParserErrorProvider,
  EmbeddedActionsParser,
  EOF,
  type IOrAlt,
  type IToken,
  isRecognitionException,
  type ParserMethod,
  type TokenType,
  tokenMatcher,
} from 'chevrotain';
import { type Diagnostic, diagnose, type Related } from '../diagnostics.ts';
import { nearestName } from '../suggest.ts';
import type { Name, Span } from './ast.ts';
import { foreignLetterIn, type Habit, inOurLetters, type WordHabit } from './habits.ts';
import {
  AnyWord,
  Arrow,
  Colon,
  Comma,
  type Comment,
  Identifier,
  imageOf,
  KEYWORDS,
  LBrace,
  LBracket,
  type Lexed,
  LParen,
  RBrace,
  RBracket,
  RESERVED_WORDS,
  RParen,
  Semicolon,
  spanOf,
  VOCABULARY,
  Word,
} from './tokens.ts';

/** Brackets, braces and calls may nest this deep: the parser's own stack. */
export const NESTING_MAX = 64;
/** A file with more mistakes than this lists the first ones. */
export const DIAGNOSTICS_MAX = 500;

export type Production<T, A extends unknown[] = []> = ParserMethod<A, T>;

/** Where a broken part ends: skipping stops before or behind one of these. */
export type Boundary = {
  /** Skipped as well, and then the part is over. */
  readonly behind: readonly TokenType[];
  /** Not skipped. */
  readonly before: readonly TokenType[];
  /** Not skipped when they stand first on a line. */
  readonly lineStarts: readonly TokenType[];
};

/** Thrown after something was reported, caught by `recover`. */
const INTERRUPT = Object.freeze({ name: 'Interrupt' });

const OPENERS: readonly TokenType[] = [LParen, LBracket, LBrace];
const CLOSERS: readonly TokenType[] = [RParen, RBracket, RBrace];

const {
  requires,
  ensures,
  contract,
  interface: interface_,
  struct,
  enum: enum_,
  lifecycle,
  fn,
  use,
  uses,
  rule,
  view,
  event,
  state,
  init,
  currency,
  invariant,
} = KEYWORDS;
/** Words that can only start a declaration: at the start of a line they end whatever was left open. */
const DECLARATION_STARTS: readonly TokenType[] = [
  contract,
  interface_,
  struct,
  enum_,
  lifecycle,
  fn,
  use,
  uses,
  rule,
  view,
  event,
  state,
  init,
  currency,
  invariant,
];

/** What a production with alternatives asks for, in words. */
const EXPECTED_IN: Readonly<Record<string, string>> = {
  use: 'a module such as `std.voting`, or a file in quotation marks',
  member: 'a member of the contract',
  test: 'the title of the test in quotation marks, or `invariants`',
  trigger: 'an event, or `every` and a duration',
  memberSetting: '`floor` or `permission`',
  pattern: 'a pattern',
  if: '`if` or `{` behind `else`',
  method: '`rule` or `view`',
  expect: 'what to expect',
};

export class Cursor extends EmbeddedActionsParser {
  protected file = '';
  protected text = '';
  protected comments: readonly Comment[] = [];
  protected diagnostics: Diagnostic[] = [];
  /** A struct literal may stand here; not in the head of an `if`, `match` or `for`. */
  protected structsAllowed = true;
  /** Items of lists that could not be read. */
  protected brokenItems = 0;
  /** Lists in parentheses and brackets around what is read: there a comma separates. */
  protected lists = 0;
  private unreadable: readonly Span[] = [];
  private nesting = 0;
  private reportedAt = -1;

  constructor() {
    super(VOCABULARY, {
      maxLookahead: 1,
      recoveryEnabled: false,
      // Its complaints are two kinds of harmless: helpers that take the same token twice in one production (the
      // numbers serve only the recovery that is off), and alternatives that are told apart by order and gates.
      skipValidations: true,
      errorMessageProvider: {
        ...defaultParserErrorProvider,
        buildNoViableAltMessage: ({ ruleName }) => EXPECTED_IN[ruleName] ?? 'something else',
        buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
      },
    });
  }

  /** Takes up a new file. */
  protected open(file: string, text: string, lexed: Lexed): void {
    this.input = lexed.tokens;
    this.file = file;
    this.text = text;
    this.comments = lexed.comments;
    this.unreadable = lexed.unreadable;
    this.diagnostics = [];
    this.structsAllowed = true;
    this.nesting = 0;
    this.lists = 0;
    this.brokenItems = 0;
    this.reportedAt = -1;
  }

  /** Lets go of the tokens: this object lasts, they are many. */
  protected shut(): void {
    this.input = [];
  }

  // ---- chevrotain's rules, typed by what they give ----

  protected production<T, A extends unknown[] = []>(name: string, body: (...args: A) => T): Production<T, A> {
    return this.RULE(name, body) as Production<T, A>;
  }

  protected choose<T>(alternatives: IOrAlt<T>[]): T {
    return this.OR(alternatives) as T;
  }

  // ---- where we are ----

  protected is(type: TokenType): boolean {
    return tokenMatcher(this.LA(1), type);
  }

  protected isAt(distance: number, type: TokenType): boolean {
    return tokenMatcher(this.LA(distance), type);
  }

  /**
   * Whether the next token is a word that the language gives no meaning to: where one may begin an expression or a
   * statement, most do, and the other ways to begin one need not be tried.
   */
  protected startsWithWord(): boolean {
    return this.LA(1).tokenType === Word;
  }

  protected isOneOf(types: readonly TokenType[]): boolean {
    const token = this.LA(1);
    return types.some((type) => tokenMatcher(token, type));
  }

  protected isOneOfAt(distance: number, types: readonly TokenType[]): boolean {
    return types.some((type) => this.isAt(distance, type));
  }

  protected isEnd(): boolean {
    return this.LA(1).tokenType === EOF;
  }

  /** Where the next token starts; the end of the text behind the last one. */
  protected here(): number {
    return this.isEnd() ? this.text.length : this.LA(1).startOffset;
  }

  /** Where the last token ended. */
  protected behind(): number {
    const last = this.LA(0);
    return last.tokenType === EOF || Number.isNaN(last.startOffset)
      ? 0
      : last.startOffset + last.image.length;
  }

  /** From `start` to the end of the last token. */
  protected since(start: number): Span {
    return { start, end: Math.max(start, this.behind()) };
  }

  /** Whether the next token is the first on its line. */
  protected startsLine(): boolean {
    const from = this.behind();
    return from === 0 || /[\n\r]/.test(this.text.slice(from, this.here()));
  }

  protected startsLineAt(distance: number): boolean {
    const [before, token] = [this.LA(distance - 1), this.LA(distance)];
    if (distance === 1) return this.startsLine();
    return /[\n\r]/.test(this.text.slice(spanOf(before).end, token.startOffset));
  }

  protected startsDeclaration(): boolean {
    return this.isOneOf(DECLARATION_STARTS) && this.startsLine();
  }

  // ---- saying what is wrong ----

  protected report(diagnostic: Diagnostic): void {
    if (this.RECORDING_PHASE) return;
    const at = this.here();
    if (at === this.reportedAt) return;
    this.reportedAt = at;
    if (this.followsUnreadable(at) || this.diagnostics.length >= DIAGNOSTICS_MAX) return;
    this.diagnostics.push(diagnostic);
  }

  /** Reports what is wrong inside a token; that is nobody's consequence. */
  protected reportAlways(diagnostic: Diagnostic): void {
    if (this.diagnostics.length < DIAGNOSTICS_MAX) this.diagnostics.push(diagnostic);
  }

  /** What is wrong with the next token follows from what was just reported. */
  protected hush(): void {
    this.reportedAt = this.here();
  }

  /** Ends the part that is being parsed; the nearest `recover` goes on. */
  protected interrupt(): never {
    throw INTERRUPT;
  }

  /** The next token in words. */
  protected found(): string {
    if (this.isEnd()) return 'the end of the file';
    const { image } = this.LA(1);
    return `\`${image.length > 40 ? `${image.slice(0, 37)}…` : image}\``;
  }

  protected hereSpan(): Span {
    return this.isEnd() ? { start: this.behind(), end: this.behind() } : spanOf(this.LA(1));
  }

  /** `more` may say what to do, or where else to look. */
  protected expected(
    what: string,
    more: Omit<Partial<Diagnostic>, 'help'> & { instead?: string } = {},
  ): void {
    this.report(
      diagnose('E0104', {
        file: this.file,
        span: this.hereSpan(),
        expected: what,
        found: this.found(),
        ...more,
      }),
    );
  }

  // ---- what is meant ----

  /** Says what CCL has in the place of the next tokens, of which there are `count`, or what else to call them. */
  protected habit({ instead, write }: Habit, count = 1, what?: string): void {
    const span = { start: this.here(), end: spanOf(this.LA(count)).end };
    const word = what ?? `\`${this.text.slice(span.start, span.end)}\``;
    const fix = write === undefined ? null : this.replacement(span, write);
    this.report(diagnose('E0122', { file: this.file, span, word, advice: instead, fix }));
  }

  protected replacement(span: Span, text: string) {
    if (text !== '') return { title: `Change to \`${text.trim()}\``, edits: [{ span, text }] };
    const blanks = /^[ \t]*/.exec(this.text.slice(span.end))![0].length;
    return { title: 'Remove it', edits: [{ span: { start: span.start, end: span.end + blanks }, text }] };
  }

  /** From here on, the next token is one of another type. */
  protected retype(type: TokenType, image?: string): void {
    const token = this.LA(1);
    token.tokenType = type;
    token.tokenTypeIdx = type.tokenTypeIdx!;
    if (image !== undefined) token.payload = image;
  }

  /** A word that something was meant with: says so, and puts the right one in its place, or skips what it begins. */
  protected mends(
    habits: ReadonlyMap<string, WordHabit>,
    words: readonly (keyof typeof KEYWORDS)[],
  ): boolean {
    const { image } = this.LA(1);
    if (!this.is(AnyWord)) return false;
    const habit = habits.get(image);
    if (habit !== undefined) {
      this.habit(habit);
      if (habit.write === undefined) this.skipWhole();
      else if (habit.write === '') this.SKIP_TOKEN();
      else this.retype(KEYWORDS[habit.write]);
      return true;
    }
    const meant = this.isAt(2, Colon) ? null : nearestName(image, words);
    if (meant === null) return false;
    const fix = this.replacement(this.hereSpan(), meant);
    this.expected(`\`${meant}\``, { label: `did you mean \`${meant}\`?`, fix });
    this.retype(KEYWORDS[meant as keyof typeof KEYWORDS]);
    return true;
  }

  // ---- taking tokens ----

  /** The next token, which must be of this type; `what` says so in words. */
  protected need(type: TokenType, what: string): IToken {
    if (!this.RECORDING_PHASE && !this.is(type)) {
      this.expected(what);
      this.interrupt();
    }
    return this.CONSUME(type);
  }

  /** Takes a token that is known to be there and stands for a value. */
  protected take<T>(type: TokenType, value: T): T {
    this.CONSUME(type);
    return value;
  }

  protected name(what: string): Name {
    if (!this.RECORDING_PHASE && !this.is(Identifier)) return this.reservedName(what);
    this.ACTION(() => this.checkLetters());
    const token = this.CONSUME(Identifier);
    return { kind: 'name', span: spanOf(token), text: imageOf(token) };
  }

  /** A word with letters that are none of ours is said once, and read in ours where it can be. */
  private checkLetters(): void {
    const { image } = this.LA(1);
    if (/^\w+$/.test(image)) return;
    const plain = inOurLetters(image);
    const span = this.hereSpan();
    const fix = plain === null ? null : this.replacement(span, plain);
    const letter = foreignLetterIn(image);
    this.reportAlways(diagnose('E0124', { file: this.file, span, name: this.found(), letter, fix }));
    if (plain !== null) this.LA(1).payload = plain;
  }

  /** The `;` behind `what`; taken as written when it is merely missing. */
  protected semicolon(what: string): void {
    if (this.RECORDING_PHASE || this.is(Semicolon)) {
      this.CONSUME(Semicolon);
      return;
    }
    const at = { start: this.behind(), end: this.behind() };
    if (this.is(Comma) && this.isOneOfAt(2, [Identifier, RBrace])) {
      const fix = this.replacement(this.hereSpan(), ';');
      this.report(diagnose('E0103', { file: this.file, span: this.hereSpan(), what, fix }));
      this.SKIP_TOKEN();
      return;
    }
    const isMissing = this.isEnd() || this.startsLine() || this.is(RBrace);
    const isComment = this.isCommentBehind(at.start);
    const instead = isComment ? '`//` starts a comment: whole numbers are divided by `/`' : undefined;
    const fix = isMissing && !isComment ? { title: 'Insert `;`', edits: [{ span: at, text: ';' }] } : null;
    this.report(diagnose('E0103', { file: this.file, span: at, what, instead, fix }));
    this.skipLine();
  }

  /** Whether the line goes on in a comment that ends as a statement does: `return x // 2;`. */
  private isCommentBehind(at: number): boolean {
    return /^[ \t]*\/\/[^\n\r]*;[ \t]*(?:[\n\r]|$)/.test(this.text.slice(at, at + 200));
  }

  /** The partner of `opener`; taken as written when the line or the block ends without it. */
  protected close(type: TokenType, opener: IToken): void {
    if (this.RECORDING_PHASE || this.is(type)) {
      this.CONSUME(type);
      return;
    }
    const unfinished =
      this.isEnd() ||
      this.startsLine() ||
      this.isOneOf([Semicolon, RBrace, LBrace, Arrow, requires, ensures]);
    if (unfinished) {
      this.report(
        diagnose('E0107', {
          file: this.file,
          open: opener.image,
          ...this.unclosed(opener),
        }),
      );
      return;
    }
    const expected = type.LABEL ?? type.name;
    const related = [{ file: this.file, span: spanOf(opener), label: 'opened here' }];
    this.report(
      diagnose('E0104', { file: this.file, span: this.hereSpan(), expected, found: this.found(), related }),
    );
    this.interrupt();
  }

  // ---- going on after a mistake ----

  /** Runs `parse`; when it is interrupted, skips to the boundary and gives `null`. Always moves on. */
  protected recover<T>(boundary: Boundary, parse: () => T): T | null {
    if (this.RECORDING_PHASE) return parse();
    const start = this.here();
    const structsAllowed = this.structsAllowed;
    const nesting = this.nesting;
    const lists = this.lists;
    try {
      return parse();
    } catch (error) {
      if (error !== INTERRUPT && !(error instanceof Error && isRecognitionException(error))) throw error;
      if (error !== INTERRUPT) this.expected((error as Error).message);
      this.structsAllowed = structsAllowed;
      this.nesting = nesting;
      this.lists = lists;
      this.skip(boundary, start);
      // Behind a broken item of a list, a missing bracket is its consequence.
      if (boundary === LIST_END) {
        this.hush();
        this.brokenItems += 1;
      }
      return null;
    }
  }

  /**
   * Skips one broken part. `start` is where it began: at least one token from there on is left behind. Braces that
   * it has opened since are closed on the way.
   */
  protected skip(boundary: Boundary, start: number): void {
    let braces = this.bracesSince(start);
    let brackets = 0;
    while (!this.isEnd()) {
      const moved = this.here() > start;
      if (moved && this.startsDeclaration()) return;
      if (braces === 0 && brackets === 0) {
        if (this.isOneOf(boundary.behind)) return void this.SKIP_TOKEN();
        if (this.isOneOf(boundary.before)) return;
        if (moved && this.isOneOf(boundary.lineStarts) && this.startsLine()) return;
      }
      if (this.is(LBrace)) braces++;
      else if (this.isOneOf(OPENERS)) brackets++;
      else if (this.is(RBrace)) [braces, brackets] = [Math.max(0, braces - 1), 0];
      else if (this.isOneOf(CLOSERS)) brackets = Math.max(0, brackets - 1);
      const endsBlock = braces === 0 && this.is(RBrace);
      this.SKIP_TOKEN();
      if (endsBlock && this.startsLine()) return;
    }
  }

  /** Skips something of another language up to its `;` or the end of its block. */
  private skipWhole(): void {
    let depth = 0;
    do {
      if (this.is(LBrace)) depth += 1;
      else if (this.is(RBrace)) depth -= 1;
      const ends = depth === 0 && (this.is(Semicolon) || this.is(RBrace));
      this.SKIP_TOKEN();
      if (ends) return;
    } while (!this.isEnd() && (depth > 0 || !this.startsDeclaration()));
  }

  /** Braces that were opened since an offset and not closed. */
  private bracesSince(start: number): number {
    let open = 0;
    for (let at = 0; this.LA(at).startOffset >= start; at--) {
      if (tokenMatcher(this.LA(at), LBrace)) open++;
      else if (tokenMatcher(this.LA(at), RBrace)) open--;
    }
    return Math.max(0, open);
  }

  /** Skips the rest of a line, up to and with a `;`, so that what stands before it can be kept. */
  private skipLine(): void {
    let depth = 0;
    while (!this.isEnd()) {
      if (depth === 0 && (this.startsLine() || this.is(RBrace))) return;
      if (depth === 0 && this.is(Semicolon)) return void this.SKIP_TOKEN();
      if (this.startsDeclaration()) return;
      if (this.isOneOf(OPENERS)) depth++;
      else if (this.isOneOf(CLOSERS) && depth > 0) depth--;
      this.SKIP_TOKEN();
    }
  }

  /** Parses one level deeper; too deep is reported once, and the statement around it given up. */
  protected nested<T>(parse: () => T): T {
    if (this.RECORDING_PHASE) return parse();
    if (this.nesting >= NESTING_MAX) {
      this.report(diagnose('E0108', { file: this.file, span: this.hereSpan() }));
      this.interrupt();
    }
    this.nesting++;
    const result = parse();
    this.nesting--;
    return result;
  }

  protected withStructs<T>(parse: () => T): T {
    return this.allowing(true, parse);
  }

  protected withoutStructs<T>(parse: () => T): T {
    return this.allowing(false, parse);
  }

  private allowing<T>(structs: boolean, parse: () => T): T {
    const before = this.structsAllowed;
    this.structsAllowed = structs;
    const result = parse();
    this.structsAllowed = before;
    return result;
  }

  /** What was never closed: the opener, or a `{` inside of it whose partner stands further to the left. */
  private unclosed(opener: IToken): { readonly span: Span; readonly related: readonly Related[] } {
    const open: IToken[] = [];
    let first = 0;
    while (this.LA(first) !== opener) first -= 1;
    for (let at = first; at <= 0; at++) {
      const token = this.LA(at);
      if (tokenMatcher(token, LBrace)) open.push(token);
      const inner = tokenMatcher(token, RBrace) ? open.pop() : undefined;
      if (inner === undefined || this.indentOf(token) >= this.indentOf(inner)) continue;
      const label = 'this `}` stands further to the left';
      return { span: spanOf(inner), related: [{ file: this.file, span: spanOf(token), label }] };
    }
    const at = this.behind();
    const label = 'it was missed here';
    return { span: spanOf(opener), related: [{ file: this.file, span: { start: at, end: at }, label }] };
  }

  /** Blanks before the first character of a token's line. */
  private indentOf({ startOffset }: IToken): number {
    const before = this.text.slice(Math.max(0, startOffset - 500), startOffset);
    const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
    return (/^[ \t]*/.exec(line)?.[0] ?? '').length;
  }

  private reservedName(what: string): Name {
    const { image } = this.LA(1);
    if (!RESERVED_WORDS.has(image) || this.startsLine()) {
      this.expected(what);
      this.interrupt();
    }
    const span = this.hereSpan();
    this.report(diagnose('E0110', { file: this.file, span, word: image }));
    this.SKIP_TOKEN();
    return { kind: 'name', span, text: image };
  }

  private followsUnreadable(at: number): boolean {
    const from = this.behind();
    return this.unreadable.some((span) => span.start >= from && span.end <= at);
  }
}

/** The end of a list in parentheses or brackets. */
export const LIST_END: Boundary = {
  behind: [],
  before: [Comma, RParen, RBracket, RBrace, Semicolon, LBrace],
  lineStarts: [],
};
