/**
 * Source text in; tree, comments and diagnostics out. Never throws and never hangs, whatever the text: a tree
 * comes back always, with `missing` nodes where something could not be read.
 */
import { type Diagnostic, diagnose } from '../diagnostics.ts';
import type { AnyNode, SourceFile, Span } from './ast.ts';
import { childFields, childrenOf, eachChild } from './children.ts';
import { DIAGNOSTICS_MAX } from './cursor.ts';
import { Grammar } from './grammar.ts';
import { SIGN_HABITS } from './habits.ts';
import { type Comment, tokenize } from './tokens.ts';

export type { Comment } from './tokens.ts';

export type Parsed = {
  readonly tree: SourceFile;
  readonly comments: readonly Comment[];
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
};

/** Characters of a source file. */
export const SOURCE_MAX = 4_194_304;
/** Levels of the tree: consumers may walk it recursively. */
export const DEPTH_MAX = 400;

let grammar: Grammar | null = null;

/** Parses one file. `file` is its name in diagnostics. */
export function parse(file: string, text: string): Parsed {
  if (text.length > SOURCE_MAX) return tooLarge(file, text);
  // Building the grammar takes longer than parsing most files, so it happens once, and not before it is needed.
  grammar ??= new Grammar();
  const lexed = tokenize(text);
  const { tree, diagnostics } = grammar.parseFile(file, text, lexed);
  const told = diagnostics.filter(({ code }) => code === 'E0122').map(({ span }) => span);
  const unreadable = firstOfLines(text, lexed.unreadable, told).map((span) => unreadableAt(file, text, span));
  const foreign = lexed.foreignComments
    .slice(0, DIAGNOSTICS_MAX)
    .map((span) => diagnose('E0121', { file, span }));
  const tooDeep = cutBelow(tree).map((span) => diagnose('E0108', { file, span }));
  const all = [...unreadable, ...foreign, ...diagnostics, ...tooDeep].sort(
    (a, b) => a.span.start - b.span.start,
  );
  return { tree, comments: lexed.comments, diagnostics: all.slice(0, DIAGNOSTICS_MAX) };
}

function tooLarge(file: string, text: string): Parsed {
  const span = { start: 0, end: 0 };
  const tree: SourceFile = { kind: 'file', span: { start: 0, end: text.length }, uses: [], items: [] };
  return { tree, comments: [], diagnostics: [diagnose('E0119', { file, span, limit: '4,194,304' })] };
}

/** What follows on the same line is most often the same mistake; so it is behind a word of another language. */
function firstOfLines(text: string, spans: readonly Span[], told: readonly Span[]): readonly Span[] {
  const known = [...spans.map(({ end }) => end), ...told.map(({ end }) => end)].sort((a, b) => a - b);
  const first = spans.filter((span) => {
    const before = lastAtMost(known, span.start);
    return before === null || /[\n\r]/.test(text.slice(before, span.start));
  });
  return first.slice(0, DIAGNOSTICS_MAX);
}

function lastAtMost(sorted: readonly number[], offset: number): number | null {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= offset) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : sorted[low - 1]!;
}

/** With what is written in CCL for such a sign, where that is known. */
function unreadableAt(file: string, text: string, span: Span): Diagnostic {
  const found = text.slice(span.start, span.end);
  const habit = SIGN_HABITS.get(found) ?? SIGN_HABITS.get(found.slice(0, 1));
  const write = SIGN_HABITS.get(found)?.write;
  const title = write?.trim() === '' ? 'Replace it' : `Change to \`${write}\``;
  return diagnose('E0101', {
    file,
    span,
    text: shorten(found),
    instead: habit?.instead,
    fix: write === undefined ? null : { title, edits: [{ span, text: write }] },
  });
}

function shorten(text: string): string {
  return text.length > 20 ? `${text.slice(0, 19)}…` : text;
}

/** Replaces what lies deeper than `DEPTH_MAX` by `missing` nodes and gives the places. The tree is still ours alone. */
function cutBelow(tree: SourceFile): Span[] {
  const cut: Span[] = [];
  let depth = 0;
  const visit = (node: AnyNode): void => {
    if (depth === DEPTH_MAX) {
      cutChildren(node, cut);
      return;
    }
    depth += 1;
    eachChild(node, visit);
    depth -= 1;
  };
  visit(tree);
  return cut.slice(0, 1);
}

function cutChildren(node: AnyNode, cut: Span[]): void {
  const fields = node as unknown as Record<string, unknown>;
  for (const field of childFields(node.kind)) {
    const child = fields[field] as AnyNode | readonly AnyNode[] | null;
    if (child === null) continue;
    if (Array.isArray(child)) {
      for (const item of child) cut.push(item.span);
      fields[field] = [];
    } else cutChild(fields, field, child as AnyNode, cut);
  }
}

/** Where only a certain kind of node can stand, what is below it goes. */
function cutChild(fields: Record<string, unknown>, field: string, child: AnyNode, cut: Span[]): void {
  const { span } = child;
  if (childrenOf(child).length === 0) return;
  if (child.kind !== 'block' && !REPLACEABLE.has(child.kind)) {
    cutChildren(child, cut);
    return;
  }
  const block = { ...child, statements: [], result: null };
  fields[field] = child.kind === 'block' ? block : { kind: 'missing', span };
  cut.push(span);
}

/** Expressions and types, which have `missing` among them. */
const REPLACEABLE: ReadonlySet<AnyNode['kind']> = new Set<AnyNode['kind']>([
  ...([
    'tuple',
    'list',
    'struct_',
    'unary',
    'binary',
    'field',
    'index',
    'call',
    'generic',
    'lambda',
  ] as const),
  ...(['if', 'match', 'quantifier', 'group', 'amount', 'deploy', 'upgradeBy', 'run', 'callByExpr'] as const),
  ...(['namedType', 'tupleType'] as const),
]);
