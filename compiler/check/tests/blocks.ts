/**
 * Statements of tests that hold others, and assignments. In: the statement as written. Out: a step that holds steps;
 * what decides between them is a view, as every expression of a test.
 */
import type { Step } from '../../core/tests.ts';
import type * as ast from '../../syntax/ast.ts';
import { type Draft, type Expr, inferredType, innerDraft, namedType, newSlot, report } from './draft.ts';
import { isTaken, planBlock } from './plan.ts';
import { boundNames, evaluate, takeOut } from './values.ts';
import { viewOf } from './views.ts';

/** A block of its own whose steps are steps of the test. */
export function planInner(draft: Draft, block: ast.Block): void {
  draft.steps.push(...stepsOf(draft, block));
}

export function planIf(draft: Draft, expr: Expr<'if'>): void {
  const condition = evaluate(draft, expr.condition, namedType('Bool', expr.condition.span));
  const then = stepsOf(draft, expr.then);
  const otherwise = expr.otherwise === null ? [] : stepsOf(draft, blockOf(expr.otherwise));
  draft.steps.push({ kind: 'if', condition, then, otherwise, span: expr.span });
}

/** One view says which case fits, and has all of them, so that what is missing is reported; then each case its own. */
export function planMatch(draft: Draft, expr: Expr<'match'>): void {
  const subject = takeOut(draft, expr.subject);
  const { span } = expr;
  const numbers = expr.arms.map(({ pattern }, at): ast.Arm => {
    const body: ast.Expr = { kind: 'int', digits: String(at), span };
    return { kind: 'arm', pattern, body, span };
  });
  const arm = viewOf(draft, { ...expr, subject, arms: numbers }, namedType('Int', span));
  const arms = expr.arms.map(({ pattern, body }) => {
    const inner = innerDraft(draft);
    bindPattern(inner, subject, pattern);
    planBlock(inner, blockOf(body));
    return inner.steps;
  });
  draft.steps.push({ kind: 'match', arm, arms, span });
}

export function planRange(draft: Draft, stmt: ast.ForRange): void {
  const { variable, span } = stmt;
  const int = namedType('Int', variable.span);
  const from = evaluate(draft, stmt.from, int);
  const to = evaluate(draft, stmt.to, int);
  for (const invariant of stmt.invariants)
    report(draft.unit, 'E0463', { span: invariant.span, what: '`invariant`' });
  const inner = innerDraft(draft);
  if (isTaken(inner, variable)) return;
  const slot = newSlot(inner, variable, int);
  planBlock(inner, stmt.body);
  draft.steps.push({ kind: 'repeat', slot, from, to, body: inner.steps, span });
}

/** The list is read once; the variable has its elements, one after the other. */
export function planEach(draft: Draft, stmt: ast.ForIn): void {
  const { variable, span } = stmt;
  const list = inferredType(stmt.source.span);
  const items = evaluate(draft, stmt.source, list);
  for (const invariant of stmt.invariants)
    report(draft.unit, 'E0463', { span: invariant.span, what: '`invariant`' });
  const inner = innerDraft(draft);
  if (isTaken(inner, variable)) return;
  const slot = newSlot(inner, variable, { kind: 'inferred', of: list, span: stmt.source.span });
  // So that the type is asked for, whether or not the block reads the variable.
  viewOf(inner, { ...variable }, inferredType(variable.span));
  planBlock(inner, stmt.body);
  draft.steps.push({ kind: 'each', slot, items, body: inner.steps, span });
}

/** `x += e`, `x.part = e`: a view has a copy of the variable, changes that and gives it back. */
export function planAssign(draft: Draft, stmt: Extract<ast.Stmt, { readonly kind: 'assign' }>): void {
  const root = rootOf(stmt.target);
  const slot = root === null ? undefined : draft.slotOf.get(root.text);
  if (root === null || slot === undefined || !draft.slots[slot]!.mutable) {
    report(draft.unit, 'E0461', { span: stmt.target.span });
    return;
  }
  const { span } = stmt;
  const copy: ast.Name = { kind: 'name', text: `new ${root.text}`, span: root.span };
  const value = takeOut(draft, stmt.value);
  const target = takeOut(draft, stmt.target);
  const before: ast.Stmt[] = [
    { kind: 'let', mutable: true, name: copy, type: null, value: { ...root }, span },
    { ...stmt, target: withRoot(target, copy), value },
  ];
  const type = draft.slots[slot]!.type;
  draft.steps.push({ kind: 'eval', slot, value: viewOf(draft, { ...copy }, type, before), span });
}

// ---- private -----------------------------------------------------------------------------------

function stepsOf(draft: Draft, block: ast.Block): readonly Step[] {
  const inner = innerDraft(draft);
  planBlock(inner, block);
  return inner.steps;
}

/** `else if …`, and a case without braces. */
function blockOf(expr: ast.Expr): ast.Block {
  return expr.kind === 'block' ? expr : { kind: 'block', statements: [], result: expr, span: expr.span };
}

/** What the pattern binds becomes variables of the case. */
function bindPattern(draft: Draft, subject: ast.Expr, pattern: ast.Pattern): void {
  const bindings = boundNames(pattern).map((name) => {
    const option = inferredType(name.span);
    return { name, option, value: viewOf(draft, heldBy(subject, pattern, name), option) };
  });
  for (const { name, option, value } of bindings) {
    if (isTaken(draft, name)) continue;
    const slot = newSlot(draft, name, { kind: 'inferred', of: option, span: name.span });
    draft.steps.push({ kind: 'unwrap', slot, value, span: name.span });
  }
}

/** `match subject { pattern => some(name), _ => none }` */
function heldBy(subject: ast.Expr, pattern: ast.Pattern, name: ast.Name): ast.Expr {
  const { span } = pattern;
  const nothing = { start: span.end, end: span.end };
  const held: ast.Expr = {
    kind: 'call',
    callee: { kind: 'name', text: 'some', span },
    args: [{ ...name }],
    spending: null,
    span,
  };
  const fits: ast.Arm = { kind: 'arm', pattern: structuredClone(pattern), body: held, span };
  const none: ast.Expr = { kind: 'name', text: 'none', span: nothing };
  const other: ast.Arm = {
    kind: 'arm',
    pattern: { kind: 'wildcard', span: nothing },
    body: none,
    span: nothing,
  };
  return { kind: 'match', subject: structuredClone(subject), arms: [fits, other], span };
}

function rootOf(target: ast.Expr): ast.Name | null {
  if (target.kind === 'name') return target;
  if (target.kind === 'group') return rootOf(target.inner);
  return target.kind === 'field' || target.kind === 'index' ? rootOf(target.object) : null;
}

function withRoot(target: ast.Expr, root: ast.Name): ast.Expr {
  if (target.kind === 'group') return { ...target, inner: withRoot(target.inner, root) };
  if (target.kind === 'field' || target.kind === 'index')
    return { ...target, object: withRoot(target.object, root) };
  return root;
}
