/**
 * How each kind of node is laid out: a node and its printed children in, a prettier document out. One row per kind.
 * There are no options for authors: 100 columns, two spaces, one clause a line, a short body on one line.
 */
import type { AstPath, Doc } from 'prettier';
import { builders, printer } from 'prettier/doc';
import type { AnyNode, Block, Expr } from '../syntax/ast.ts';
import type { Kind } from '../syntax/children.ts';
import { hasValue } from '../syntax/grammar.ts';

const { breakParent, group, hardline, ifBreak, indent, join, line, softline } = builders;

export const WIDTH = 100;
/** Clauses stand two levels deep. */
const CLAUSE_INDENT = 4;
/** How far behind a node an empty line is looked for: past a comment on its line. */
const BLANK_REACH = 2_000;

/** A node as prettier hands it out: comments were attached. */
export type Attached = AnyNode & { readonly comments?: readonly AttachedComment[] };
export type AttachedComment = {
  leading: boolean;
  trailing: boolean;
  printed: boolean;
  readonly span: AnyNode['span'];
};

type NodeOf<K extends Kind> = Extract<AnyNode, { readonly kind: K }>;
type Fields<N> = Exclude<keyof N & string, 'kind' | 'span'>;

/** What a row works with: `one` prints the child in a field, `all` those in a list; null children print as ''. */
type Context<N extends AnyNode> = {
  readonly node: N;
  readonly one: (field: Fields<N>) => Doc;
  readonly all: (field: Fields<N>) => Doc[];
  /** The clauses of a callable, with their `else` in one column where that fits. */
  readonly clauses: () => Doc[];
  /** Blanks that a `requires` puts before its `else`, and how wide the words of clauses are. */
  readonly columns: Columns;
  readonly parent: AnyNode | null;
  /** The node as it was written. */
  readonly source: string;
  /** Comments inside a node that has no child to carry them; null without. */
  readonly dangling: Doc | null;
  /** Whether a line without anything follows the node in the source. */
  readonly blankAfter: (node: AnyNode) => boolean;
};
export type Columns = { readonly beforeElse: number; readonly word: number };
type Row<K extends Kind> = (context: Context<NodeOf<K>>) => Doc;

const NO_COLUMNS: Columns = { beforeElse: 0, word: 0 };

/** Prints one node. `columns` are what the callable around a clause asks for. */
export function printNode(
  path: AstPath<Attached>,
  text: string,
  print: Print,
  columns: Columns | undefined,
): Doc {
  const { node } = path;
  const one = (field: string) => {
    const child = (node as unknown as Record<string, unknown>)[field];
    return child === null || child === undefined
      ? ''
      : (path.call as (f: unknown, name: string) => Doc)(print, field);
  };
  const all = (field: string, args?: Columns) =>
    (path.map as (f: unknown, name: string) => Doc[])(
      (child: AstPath<Attached>) => print(child, args),
      field,
    );
  const row = ROWS[node.kind] as (context: unknown) => Doc;
  return row({
    node,
    one,
    all,
    clauses: () => clausesOf(node, text, all),
    columns: columns ?? NO_COLUMNS,
    parent: path.parent as AnyNode | null,
    source: text.slice(node.span.start, node.span.end),
    dangling: danglingOf(path, text),
    blankAfter: (child: AnyNode) => isBlankAfter(text, child.span.end),
  });
}

type Print = (path: AstPath<Attached>, columns?: Columns) => Doc;

/** Prints clauses twice: once to measure them, once in columns. A comment among them turns columns off. */
function clausesOf(node: AnyNode, text: string, all: (field: string, columns?: Columns) => Doc[]): Doc[] {
  const specs = 'specs' in node ? node.specs : [];
  const word = specs.some(({ kind }) => kind === 'requires') ? 'requires'.length : 0;
  const measured = all('specs', { beforeElse: 0, word }).map((clause) => flat(clause));
  if (measured.some((clause) => clause.includes('//') || clause.includes('\n'))) return all('specs');
  const checks = specs.flatMap((spec, at) => {
    if (spec.kind !== 'requires' || spec.message === null) return [];
    const message = ` else ${text.slice(spec.message.span.start, spec.message.span.end)}`.length;
    return [{ condition: measured[at]!.length - message, message }];
  });
  const column = Math.max(0, ...checks.map(({ condition }) => condition));
  const fits = checks.every(({ message }) => CLAUSE_INDENT + column + message <= WIDTH);
  return all('specs', { beforeElse: fits ? column : 0, word });
}

function flat(printed: Doc): string {
  return printer.printDocToString(printed, {
    printWidth: Number.MAX_SAFE_INTEGER,
    tabWidth: 2,
    useTabs: false,
  }).formatted;
}

/** Whether the author left a line empty behind what ends at `end`. */
function isBlankAfter(text: string, end: number): boolean {
  return /^[;,]?[ \t]*(?:\/\/[^\n]*)?\r?\n[ \t]*\r?\n/.test(text.slice(end, end + BLANK_REACH));
}

/**
 * Stands before each comment in prettier's output. Prettier moves a comment to the end of its line, also when
 * another one is there already, and two comments on one line would become one: `separateComments` undoes that.
 */
export const COMMENT_MARK = '\ufffe';

/** A comment as it was written, marked. */
export function printComment(comment: { readonly span: AnyNode['span'] }, text: string): Doc {
  const written = text.slice(comment.span.start, comment.span.end).trimEnd();
  return text.includes(COMMENT_MARK) ? written : COMMENT_MARK + written;
}

/** Removes the marks; of several comments at the end of a line all but the last get lines of their own above it. */
export function separateComments(text: string): string {
  const lines = text.split('\n').flatMap((whole) => {
    const [code = '', ...comments] = whole.split(COMMENT_MARK);
    const space = /^ */.exec(code)![0];
    const above = comments.slice(0, -1).map((comment) => space + comment.trimEnd());
    return [...above, code + (comments.at(-1) ?? '')];
  });
  return lines.join('\n');
}

function danglingOf(path: AstPath<Attached>, text: string): Doc | null {
  const comments = (path.node.comments ?? []).filter(({ leading, trailing }) => !leading && !trailing);
  if (comments.length === 0) return null;
  for (const comment of comments) comment.printed = true;
  return [
    join(
      hardline,
      comments.map((comment) => printComment(comment, text)),
    ),
    breakParent,
  ];
}

// ---- the rows ------------------------------------------------------------------------------------

const ROWS: { readonly [K in Kind]: Row<K> } = {
  file: ({ node, all, dangling, blankAfter }) => {
    const nodes: readonly AnyNode[] = [...node.uses, ...node.items];
    const docs = [...all('uses'), ...all('items')];
    const ordered = nodes
      .map((item, at) => ({ item, doc: docs[at]! }))
      .sort((a, b) => a.item.span.start - b.item.span.start);
    const lines = stack(
      ordered.map(({ item }) => item),
      ordered.map((entry) => entry.doc),
      blankAfter,
    );
    if (dangling !== null) return [dangling, hardline];
    return lines.length === 0 ? '' : [lines, hardline];
  },
  use: ({ node, one, all }) => {
    const path = Array.isArray(node.path) ? join('.', all('path')) : one('path');
    return ['use ', path, '.', braced(all('names'), ',', ','), ';'];
  },
  contract: (context) => ['contract ', context.one('name'), ' ', body(context, 'members')],
  interface: (context) => ['interface ', context.one('name'), ' ', body(context, 'methods')],
  method: ({ node, one, all, clauses }) => {
    const head = group([
      node.view ? 'view ' : 'rule ',
      one('name'),
      parameters(all('params')),
      result(one('result')),
    ]);
    const specs = clauses();
    const gas = node.gas === null ? [] : [['gas ', one('gas')]];
    if (specs.length === 0) return [head, gas.map((part) => [' ', part]), ';'];
    return [head, indent([specLines(specs), gas.map((part) => [hardline, part])]), ';'];
  },
  struct: ({ one, all }) => group(['struct ', one('name'), ' ', braced(all('fields'), ',', ',')]),
  enum: ({ one, all }) => group(['enum ', one('name'), ' ', braced(all('variants'), ',', ',')]),
  variant: ({ node, one, all }) =>
    node.fields.length === 0 ? one('name') : group([one('name'), ' ', braced(all('fields'), ',', ',')]),
  lifecycle: (context) => ['lifecycle ', context.one('name'), ' ', body(context, 'transitions')],
  transition: ({ one, all }) => group([one('from'), ' -> ', indent(join([',', line], all('to'))), ';']),
  error: ({ one, all }) => group(['error ', one('name'), parameters(all('fields')), ';']),
  event: ({ one, all }) => group(['event ', one('name'), parameters(all('fields')), ';']),
  const: ({ one, node }) =>
    group(['const ', one('name'), node.type ? [': ', one('type')] : '', ' = ', one('value'), ';']),

  fn: (context) => callable('fn ', context),
  view: (context) => callable('view ', context),
  rule: (context) => callable(context.node.open ? 'open rule ' : 'rule ', context),
  init: ({ one, all, clauses }) =>
    withSpecs(group(['init', parameters(all('params'))]), clauses(), one('body')),
  test: ({ node, one, all }) =>
    group([
      'test ',
      one('title'),
      node.params.length > 0 ? [' ', parameters(all('params'))] : '',
      ' ',
      one('body'),
    ]),
  prove: ({ node, one, all }) =>
    group([
      unproved(node),
      'prove ',
      one('title'),
      node.params.length > 0 ? [' ', parameters(all('params'))] : '',
      ' ',
      one('body'),
    ]),
  testInvariants: ({ one }) => ['test invariants ', one('contract'), ';'],
  hook: ({ one }) => group(['on ', one('trigger'), ' gas ', one('gas'), ' ', one('body')]),
  onEvent: ({ one, all }) => [one('name'), parameters(all('params'))],
  onEvery: ({ one }) => ['every ', one('period')],

  version: ({ one }) => ['version ', one('text'), ';'],
  purpose: ({ one }) => ['purpose ', one('text'), ';'],
  uses: ({ all }) => group(['uses ', indent(join([',', line], all('capabilities'))), ';']),
  capability: ({ one }) => [one('module'), '.', one('right')],
  implements: ({ all }) => group(['implements ', indent(join([',', line], all('interfaces'))), ';']),
  upgradable: ({ dangling }) => ['upgradable;', dangling === null ? '' : [' ', dangling]],
  upgrade: ({ one }) => group(['upgrade from ', one('from'), ' ', one('body')]),
  access: ({ all, parent }) =>
    group(['access ', indent(join([',', line], all('items'))), parent?.kind === 'contract' ? ';' : '']),
  accessReputation: ({ one }) => ['reputation ', one('score'), ' in ', one('context')],
  accessPermission: ({ one }) => ['permission ', one('permission')],
  accessContracts: () => 'contracts',
  currency: ({ node, one }) => [
    'currency ',
    one('name'),
    ' { decimals ',
    one('decimals'),
    node.issued ? '; issued' : '',
    ' }',
  ],
  state: (context) => ['state ', body(context, 'fields')],
  stateField: ({ node, one }) =>
    group([one('name'), ': ', one('type'), node.initial ? [' = ', one('initial')] : '', ';']),
  ghost: ({ one }) => ['ghost ', one('name'), ': ', one('type'), ';'],
  invariant: ({ node, one }) =>
    group([unproved(node), 'invariant ', one('name'), ': ', one('condition'), ';']),
  history: ({ node, one }) =>
    group([
      unproved(node),
      'history ',
      node.always ? 'always ' : '',
      one('name'),
      ': ',
      one('condition'),
      ';',
    ]),
  param: ({ one }) => [one('name'), ': ', one('type')],

  requires: ({ node, one, columns }) => {
    const head = [unproved(node), 'requires ', one('condition')];
    if (node.message === null) return head;
    return [head, ' '.repeat(Math.max(0, columns.beforeElse - flat(head).length)), ' else ', one('message')];
  },
  ensures: ({ node, one, columns }) => [
    unproved(node),
    'ensures'.padEnd(columns.word),
    ' ',
    one('condition'),
  ],
  succeedsWhen: ({ node, one }) => [unproved(node), 'succeeds when ', one('condition')],
  failsWhen: ({ node, one }) => [unproved(node), 'fails when ', one('condition')],
  changes: ({ node, all }) => group([unproved(node), 'changes ', indent(join([',', line], all('places')))]),

  namedType: ({ node, one, all }) =>
    node.args.length === 0 ? one('name') : [one('name'), '<', join(', ', all('args')), '>'],
  tupleType: ({ all }) => ['(', join(', ', all('items')), ')'],
  sizeArg: ({ one }) => one('value'),

  block: (context) => blockOf(context),
  let: ({ node, one }) =>
    group([
      node.mutable ? 'var ' : 'let ',
      one('name'),
      node.type ? [': ', one('type')] : '',
      ' = ',
      one('value'),
      ';',
    ]),
  assign: ({ node, one }) => group([one('target'), ` ${node.op} `, one('value'), ';']),
  ghostAssign: ({ node, one }) => {
    const key = node.key === null ? '' : ['[', one('key'), ']'];
    return group(['ghost ', one('name'), key, ' = ', one('value'), ';']);
  },
  exprStmt: ({ node, one }) => [one('value'), isBranching(node.value) ? '' : ';'],
  return: ({ node, one, dangling }) =>
    group(['return', node.value ? [' ', one('value')] : '', ';', dangling === null ? '' : [' ', dangling]]),
  require: ({ node, one }) =>
    group(['require ', one('condition'), node.message ? [' else ', one('message')] : '', ';']),
  assert: ({ node, one }) => group([unproved(node), 'assert ', one('condition'), ';']),
  emit: ({ one, all }) => group(['emit ', one('event'), parameters(all('args')), ';']),
  fail: ({ one, all }) => group(['fail ', one('error'), parameters(all('args')), ';']),
  forIn: ({ one, all }) => [
    'for ',
    one('variable'),
    ' in ',
    one('source'),
    loopEnd(all('invariants'), one('body')),
  ],
  forRange: ({ node, one, all }) => [
    'for ',
    one('variable'),
    ' in ',
    one('from'),
    '..',
    one('to'),
    node.upTo ? [' up to ', one('upTo')] : '',
    loopEnd(all('invariants'), one('body')),
  ],
  callBy: ({ one, node }) => group([one('call'), ' by ', one('by'), spending(node, one('spending')), ';']),
  expect: ({ one }) => group(['expect ', one('outcome'), ';']),
  assume: ({ one }) => group(['assume ', one('condition'), ';']),
  atTime: ({ one }) => group(['at time +', one('offset'), ' ', one('body')]),
  member: ({ one, all, dangling }) => [
    'member ',
    one('name'),
    ' ',
    dangling === null ? braced(all('settings'), '', '') : ['{', indent([hardline, dangling]), hardline, '}'],
  ],
  floor: ({ one }) => ['floor ', one('amount'), ';'],
  permission: ({ one }) => ['permission ', one('permission'), ';'],
  payment: ({ one }) => group(['transfer ', one('amount'), ' from ', one('from'), ' to ', one('to'), ';']),
  later: ({ dangling }) => ['later;', dangling === null ? '' : [' ', dangling]],
  holds: ({ one }) => one('condition'),
  fails: ({ node, one, all }) => [
    one('call'),
    node.by ? [' by ', one('by')] : '',
    spending(node, one('spending')),
    ' fails',
    node.message ? [' ', one('message')] : '',
    node.error ? [' ', one('error')] : '',
    node.args.length > 0 ? parameters(all('args')) : '',
  ],
  succeeds: ({ node, one }) => [
    one('call'),
    node.by ? [' by ', one('by')] : '',
    spending(node, one('spending')),
    ' succeeds',
  ],
  emits: ({ one, all }) => ['emits ', one('event'), parameters(all('args'))],

  name: ({ source }) => source,
  int: ({ source }) => source,
  text: ({ source }) => source,
  bool: ({ source }) => source,
  amount: ({ node, source, one }) => [/^[0-9_.]+/.exec(source)?.[0] ?? node.digits, ' ', one('currency')],
  percent: ({ source }) => source,
  duration: ({ source }) => source,
  time: ({ source }) => source,
  did: ({ source }) => source,
  hex: ({ source }) => source,
  // Of trees that nobody wrote.
  inferred: ({ source }) => source,
  missing: ({ source }) => source,
  tuple: ({ all, dangling }) =>
    dangling === null ? parameters(all('items')) : ['(', indent([hardline, dangling]), hardline, ')'],
  list: ({ all, dangling }) =>
    dangling === null
      ? bracketed('[', all('items'), ']')
      : ['[', indent([hardline, dangling]), hardline, ']'],
  struct_: ({ node, one, all }) =>
    group([node.of === null ? '' : [one('of'), '.'], one('name'), ' ', braced(all('fields'), ',', ',')]),
  fieldInit: ({ one }) => [one('name'), ': ', one('value')],
  unary: ({ node, one }) => [node.op, one('operand')],
  binary: ({ node, one, parent }) => binary(node, one('left'), one('right'), parent),
  field: ({ one }) => [one('object'), '.', one('name')],
  index: ({ one }) => [one('object'), group(['[', indent([softline, one('index')]), softline, ']'])],
  call: ({ node, one, all }) => [one('callee'), parameters(all('args')), spending(node, one('spending'))],
  generic: ({ one, all }) => [one('name'), '<', join(', ', all('args')), '>'],
  lambda: ({ node, all, one }) => {
    const params = all('params');
    const bare = node.params.length === 1;
    return [bare ? params : ['(', join(', ', params), ')'], ' => ', one('body')];
  },
  if: ({ node, one, parent }) => {
    const parts = [
      'if ',
      one('condition'),
      ' ',
      one('then'),
      node.otherwise ? [' else ', one('otherwise')] : '',
    ];
    // One chain is one group: all of its blocks have lines of their own, or none has.
    return parent?.kind === 'if' && parent.otherwise === node ? parts : group(parts);
  },
  match: (context) => ['match ', context.one('subject'), ' ', body(context, 'arms')],
  arm: ({ one }) => group([one('pattern'), ' => ', one('body'), ',']),
  wildcard: () => '_',
  literalPattern: ({ one }) => one('value'),
  variantPattern: ({ node, one, all, source }) => {
    const name = node.type ? [one('type'), '.', one('name')] : one('name');
    if (node.bindings.length === 0)
      return /[})]$/.test(source) ? [name, source.endsWith(')') ? '()' : ' {}'] : name;
    const byField = node.bindings.some(({ field }) => field !== null);
    return group([name, byField ? [' ', braced(all('bindings'), ',', ',')] : parameters(all('bindings'))]);
  },
  bindPattern: ({ one }) => one('name'),
  binding: ({ node, one }) =>
    node.field === null || node.field === node.name ? one('name') : [one('field'), ': ', one('name')],
  quantifier: ({ node, one, all }) =>
    group([node.quantifier, ' ', join(', ', all('params')), ' {', indent([line, one('body')]), line, '}']),
  group: ({ one }) => group(['(', indent([softline, one('inner')]), softline, ')']),
  deploy: ({ node, one, all }) => [
    'deploy ',
    one('contract'),
    parameters(all('args')),
    node.version === null ? '' : [' version ', one('version')],
    ' by ',
    one('by'),
  ],
  upgradeBy: ({ one }) => ['upgrade ', one('contract'), ' by ', one('by')],
  run: ({ one }) => group(['run ', one('body')]),
  callByExpr: ({ one, node }) => [one('call'), ' by ', one('by'), spending(node, one('spending'))],
};

// ---- shapes that several rows share --------------------------------------------------------------

/** Kinds of declarations that stand apart from their neighbours. */
const APART: ReadonlySet<Kind> = new Set<Kind>([
  'contract',
  'interface',
  'init',
  'rule',
  'view',
  'fn',
  'hook',
  'upgrade',
  'state',
  'test',
  'prove',
  'lifecycle',
]);

/** Lines below each other; one empty line where the author left one, and around what stands apart. */
function stack(
  nodes: readonly AnyNode[],
  docs: readonly Doc[],
  blankAfter: (node: AnyNode) => boolean,
): Doc[] {
  return docs.flatMap((printed, at) => {
    const node = nodes[at]!;
    const next = nodes[at + 1];
    if (next === undefined) return [printed];
    const apart = blankAfter(node) || APART.has(node.kind) || APART.has(next.kind);
    return [printed, hardline, apart ? hardline : ''];
  });
}

/** `{`, one child a line, `}`. */
function body<N extends AnyNode>(context: Context<N>, field: Fields<N>): Doc {
  const { dangling } = context;
  const docs = context.all(field);
  if (docs.length === 0) return dangling === null ? '{}' : ['{', indent([hardline, dangling]), hardline, '}'];
  const nodes = context.node[field] as unknown as readonly AnyNode[];
  return ['{', indent([hardline, stack(nodes, docs, context.blankAfter)]), hardline, '}'];
}

/** On one line when it holds no more than one short statement; the group around it decides whether it fits. */
function blockOf({ node, one, all, dangling, blankAfter }: Context<Block>): Doc {
  const docs = all('statements');
  const last = docs.length - 1;
  // Without its `;` a branching statement at the end would become the value of the block.
  const ending = node.statements[last];
  if (
    node.result === null &&
    ending?.kind === 'exprStmt' &&
    isBranching(ending.value) &&
    hasValue(ending.value)
  ) {
    docs[last] = [docs[last]!, ';'];
  }
  const nodes: readonly AnyNode[] =
    node.result === null ? node.statements : [...node.statements, node.result];
  if (node.result !== null) docs.push(one('result'));
  if (docs.length === 0) return dangling === null ? '{}' : ['{', indent([hardline, dangling]), hardline, '}'];
  const broken = docs.length > 1 || isLong(nodes[0]!) ? breakParent : '';
  return ['{', indent([line, stack(nodes, docs, blankAfter)]), line, '}', broken];
}

/** Statements that have lines of their own. */
function isLong(node: AnyNode): boolean {
  if (node.kind === 'exprStmt') return isBranching(node.value);
  return node.kind === 'forIn' || node.kind === 'forRange' || node.kind === 'atTime' || node.kind === 'match';
}

function isBranching(value: Expr): boolean {
  return value.kind === 'if' || value.kind === 'match' || value.kind === 'block';
}

type Callable = NodeOf<'rule' | 'view' | 'fn'>;

function callable<N extends Callable>(keyword: string, { one, all, clauses }: Context<N>): Doc {
  const head = group([
    keyword,
    one('name' as Fields<N>),
    parameters(all('params' as Fields<N>)),
    result(one('result' as Fields<N>)),
  ]);
  return withSpecs(head, clauses(), one('body' as Fields<N>));
}

/** One clause a line; then the body starts a line too. */
function withSpecs(head: Doc, clauses: readonly Doc[], block: Doc): Doc {
  if (clauses.length === 0) return [head, ' ', group(block)];
  return [head, indent(specLines(clauses)), hardline, group(block)];
}

function specLines(clauses: readonly Doc[]): Doc[] {
  return clauses.map((clause) => [hardline, clause]);
}

function result(type: Doc): Doc {
  return type === '' ? '' : [' -> ', type];
}

function unproved(node: { readonly unproved: boolean }): Doc {
  return node.unproved ? 'unproved ' : '';
}

function spending(node: { readonly spending: Expr | null }, printed: Doc): Doc {
  return node.spending === null ? '' : [' spending ', printed];
}

function loopEnd(invariants: readonly Doc[], printed: Doc): Doc {
  if (invariants.length === 0) return [' ', group(printed)];
  return [
    indent(invariants.map((invariant) => [hardline, 'invariant ', invariant])),
    hardline,
    group(printed),
  ];
}

/** `(a, b)`; broken, one item a line with a comma behind each. */
function parameters(items: Doc[]): Doc {
  return bracketed('(', items, ')');
}

function bracketed(open: string, items: Doc[], close: string): Doc {
  if (items.length === 0) return [open, close];
  return group([open, indent([softline, join([',', line], items)]), ifBreak(','), softline, close]);
}

/** `{ a, b }` */
function braced(items: Doc[], separator: string, last: string): Doc {
  if (items.length === 0) return '{}';
  return group(['{', indent([line, join([separator, line], items)]), ifBreak(last), line, '}']);
}

/** A chain of one operator is one group, so that it breaks at every link or at none. */
function binary(node: NodeOf<'binary'>, left: Doc, right: Doc, parent: AnyNode | null): Doc {
  const parts = [left, ` ${node.op}`, indent([line, right])];
  const continues = parent?.kind === 'binary' && parent.left === node && parent.op === node.op;
  return continues ? parts : group(parts);
}
