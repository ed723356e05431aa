/** Rule: a function that a clause calls gives back an expression, always, and of a size that can be read. */
import type { Entity } from '../../resolve/entity.ts';
import type * as ast from '../../syntax/ast.ts';
import { childrenOf } from '../../syntax/children.ts';
import { walk } from '../../syntax/visit.ts';
import { type Called, type Checker, report } from '../checker.ts';
import { formulaOf } from '../formula.ts';
import { conditionOf, divisionsIn } from './clauses.ts';

/** The most nodes of a clause when every name and call in it stands for its expression. */
const NODES_MAX = 10_000;

type Search = {
  readonly out: Checker;
  /** Nodes of functions, written out; null: one cannot stand in a clause, and that was reported. */
  readonly sizes: Map<Called, number | null>;
};

export function checkFormulas(out: Checker, tree: ast.SourceFile): void {
  const search: Search = { out, sizes: new Map() };
  for (const effect of out.effects) {
    const clause = effect.part !== 'body' && effect.part !== 'const' && effect.part !== 'initialiser';
    if (effect.kind === 'call' && clause) sizeOfFn(search, effect.callee, effect.span, []);
  }
  // A clause that calls nothing is as large as its text.
  if (search.sizes.size === 0) return;
  walk(tree, (node) => {
    if (node.kind === 'test') return 'skip';
    const condition = node.kind === 'requires' ? node.condition : conditionOf(node);
    if (condition !== null) checkSize(search, condition);
    return condition === null ? undefined : 'skip';
  });
}

/** A clause is as large as its source, unless functions in it make more of it. */
function checkSize({ out, sizes }: Search, condition: ast.Expr): void {
  const size = sizeOf(out, condition, (fn) => sizes.get(fn) ?? null, new Map());
  const called = calledIn(out, condition);
  if (size !== null && size > NODES_MAX && called !== null)
    report(out, 'E0424', {
      span: condition.span,
      name: called,
      what: 'says too much, as often as it stands here',
    });
}

function calledIn(out: Checker, condition: ast.Expr): string | null {
  let found: string | null = null;
  walk(condition, (node) => {
    const callee = node.kind === 'call' && node.callee.kind === 'name' ? node.callee : null;
    if (callee !== null && isCalled(out.entities.get(callee))) found ??= callee.text;
    return undefined;
  });
  return found;
}

function isCalled(entity: Entity | undefined): entity is Entity & { readonly node: Called } {
  return entity?.kind === 'fn' || entity?.kind === 'view';
}

/** Reports at `span`, the call in the clause, why the function cannot stand there. A circle has its own diagnostic. */
function sizeOfFn(search: Search, fn: Called, span: ast.Span, path: readonly Called[]): number | null {
  const known = search.sizes.get(fn);
  if (known !== undefined) return known;
  if (path.includes(fn)) return null;
  const why = whyNot(search.out, fn);
  const within = (callee: Called) => sizeOfFn(search, callee, span, [...path, fn]);
  const size = why === null ? sizeOf(search.out, fn.body, within, new Map()) : null;
  const fits = size !== null && size <= NODES_MAX;
  if (why !== null || (size !== null && !fits)) {
    const { file } = search.out;
    const related = why === null ? [] : [{ file, span: why.span, label: 'here' }];
    report(search.out, 'E0424', { span, name: fn.name.text, what: why?.what ?? 'says too much', related });
  }
  search.sizes.set(fn, fits ? size : null);
  return fits ? size : null;
}

function whyNot(out: Checker, fn: Called): { readonly span: ast.Span; readonly what: string } | null {
  const formula = formulaOf(fn.body);
  if (formula.kind === 'obstacle') return { span: formula.span, what: `has ${formula.what}` };
  const requires = fn.specs.find(({ kind }) => kind === 'requires');
  if (requires !== undefined) return { span: requires.span, what: 'has a `requires` of its own' };
  const [division] = divisionsIn(out, fn.body);
  if (division !== undefined) return { span: division.span, what: 'divides by what could be zero' };
  const list = listRead(out, fn.body);
  return list === null ? null : { span: list.span, what: 'makes a value of a list in the state' };
}

/** Where elements of a list or a set in the state are read into a value, which code does one by one. */
function listRead(out: Checker, body: ast.Block): ast.Expr | null {
  let found: ast.Expr | null = null;
  const visit = (node: ast.AnyNode): 'skip' | undefined => {
    if (node.kind === 'field' || node.kind === 'index') {
      // What stands before a dot or a bracket is not read as a whole.
      if (node.object.kind !== 'name') walk(node.object, visit);
      if (node.kind === 'index') walk(node.index, visit);
      return 'skip';
    }
    const callee = node.kind === 'call' && node.callee.kind === 'field' ? node.callee.name : null;
    const entity = callee === null ? null : out.entities.get(callee);
    if (node.kind === 'call' && entity?.kind === 'builtin' && entity.name === 'page') found ??= node;
    if (
      node.kind === 'name' &&
      out.entities.get(node)?.kind === 'state' &&
      out.types.get(node)?.kind === 'List'
    )
      found ??= node;
    return undefined;
  };
  walk(body, visit);
  return found;
}

/** Nodes when each name stands for its value, and each call for the body with its arguments; stops counting at the limit. */
function sizeOf(
  out: Checker,
  node: ast.AnyNode,
  sizeOfCallee: (fn: Called) => number | null,
  names: Map<ast.AnyNode, number>,
): number | null {
  let size = 1;
  for (const child of childrenOf(node)) {
    const more = sizeOf(out, child, sizeOfCallee, names);
    if (more === null) return null;
    size += more;
  }
  if (node.kind === 'let') names.set(node, size);
  const entity = node.kind === 'name' ? out.entities.get(node) : undefined;
  if (entity?.kind === 'local') size += names.get(entity.node) ?? 0;
  const called =
    node.kind === 'call' && node.callee.kind === 'name' ? out.entities.get(node.callee) : undefined;
  if (isCalled(called)) {
    const body = sizeOfCallee(called.node);
    if (body === null) return null;
    size *= body;
  }
  return Math.min(size, NODES_MAX + 1);
}
