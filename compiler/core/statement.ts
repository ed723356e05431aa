/** Statements and blocks to statements of the core. */
import { ungroup } from '../check/checker.ts';
import { boundOfRange } from '../check/loop.ts';
import { INT, leavesOf, type Type } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { apart, type Builder, declareWords, emit, fresh, local, operate, wordName } from './builder.ts';
import { constant } from './constant.ts';
import type { AssertClause, Atom, LocalId } from './core.ts';
import {
  arithmetic,
  fieldWords,
  lowerAll,
  lowerScalar,
  lowerValue,
  snapshot,
  wordsAt,
} from './expression.ts';
import { checkTransitions } from './lifecycle.ts';
import { collectionOf, lowerPlace, readPlace, type StatePlace, sizeOf, slotOf, writePlace } from './place.ts';
import { entityOf, indexIn, lineOf, type Source, type Stmt, typeOf } from './source.ts';
import { assertClause, clauseOf, functionScope, termsOf } from './terms.ts';

/** The words of a block's last expression. What follows an end is left out. */
export function lowerBlock(builder: Builder, block: ast.Block): readonly Atom[] {
  for (const stmt of block.statements) if (!builder.ended) lowerStmt(builder, stmt);
  return block.result === null || builder.ended ? [] : lowerValue(builder, block.result);
}

function lowerStmt(builder: Builder, stmt: ast.Stmt): void {
  switch (stmt.kind) {
    case 'let':
      lowerLet(builder, stmt);
      return;
    case 'assign':
      lowerAssign(builder, stmt);
      return;
    case 'exprStmt':
      lowerValue(builder, stmt.value);
      return;
    case 'return':
      lowerReturn(builder, stmt);
      return;
    case 'require':
      lowerRequire(builder, stmt);
      return;
    case 'assert':
      emit(builder, { kind: 'assert', span: stmt.span, clause: assertClause(builder, stmt) });
      return;
    case 'ghostAssign':
      lowerGhost(builder, stmt);
      return;
    case 'emit':
      lowerEmit(builder, stmt);
      return;
    case 'fail':
      lowerFail(builder, stmt);
      return;
    case 'forRange':
      lowerRange(builder, stmt);
      return;
    case 'forIn':
      lowerElements(builder, stmt);
      return;
    default:
      throw new Error(`no code for ${stmt.kind}`);
  }
}

// ---- let ---------------------------------------------------------------------------------------

function lowerLet(builder: Builder, stmt: Stmt<'let'>): void {
  const first = builder.locals.length;
  const values = lowerValue(builder, stmt.value);
  if (builder.ended) return;
  const type = typeOf(builder.source, stmt);
  const ids = canRename(builder, values, first)
    ? rename(builder, stmt, type, values)
    : copy(builder, stmt, type, values);
  if (stmt.mutable) for (const id of ids) builder.mutable.add(id);
}

/** Results that were just made for this variable, and have no name yet, become the variable. */
function canRename(builder: Builder, values: readonly Atom[], first: LocalId): boolean {
  const ids = values.map((value) => (value.kind === 'local' ? value.id : -1));
  return (
    new Set(ids).size === ids.length && ids.every((id) => id >= first && builder.locals[id]!.name === '')
  );
}

function rename(
  builder: Builder,
  stmt: Stmt<'let'>,
  type: Type,
  values: readonly Atom[],
): readonly LocalId[] {
  const leaves = leavesOf(type);
  const ids = values.map((value, index) => {
    const id = value.kind === 'local' ? value.id : -1;
    builder.locals[id] = {
      ...builder.locals[id]!,
      name: wordName(stmt.name.text, leaves[index]!.path),
      span: stmt.name.span,
    };
    return id;
  });
  builder.variables.set(stmt, ids);
  return ids;
}

function copy(builder: Builder, stmt: Stmt<'let'>, type: Type, values: readonly Atom[]): readonly LocalId[] {
  const ids = declareWords(builder, stmt, stmt.name.text, type, stmt.name.span);
  assignWords(builder, ids, values, stmt.span);
  return ids;
}

// ---- assignment --------------------------------------------------------------------------------

function lowerAssign(builder: Builder, stmt: Stmt<'assign'>): void {
  const place = lowerPlace(builder, stmt.target);
  if (place === null) assignVariable(builder, stmt);
  else assignState(builder, stmt, place);
}

/** The index first, then the value, then the read and the write. */
function assignState(builder: Builder, stmt: Stmt<'assign'>, indexed: StatePlace): void {
  const place = { ...indexed, keys: snapshot(builder, indexed.keys, [stmt.value], stmt.target.span) };
  const value = lowerValue(builder, stmt.value);
  if (stmt.op === '=') {
    if (!builder.ended) checkTransitions(builder, place, value, stmt.span);
    writePlace(builder, place, value, stmt.span);
    return;
  }
  const current = readPlace(builder, place, stmt.target.span);
  writePlace(builder, place, [combine(builder, stmt, current[0]!, value[0]!)], stmt.span);
}

function assignVariable(builder: Builder, stmt: Stmt<'assign'>): void {
  const ids = variableWords(builder, stmt.target);
  const value = lowerValue(builder, stmt.value);
  const values = stmt.op === '=' ? value : [combine(builder, stmt, local(ids[0]!), value[0]!)];
  assignWords(builder, ids, values, stmt.span);
}

function combine(builder: Builder, stmt: Stmt<'assign'>, current: Atom, value: Atom): Atom {
  const [leaf] = leavesOf(typeOf(builder.source, stmt.target));
  return arithmetic(builder, stmt.op.slice(0, -1) as ast.BinaryOp, [current, value], leaf!.type, stmt.span);
}

/** The words of a local variable or of a part of it. */
function variableWords(builder: Builder, target: ast.Expr): readonly LocalId[] {
  const expr = ungroup(target);
  if (expr.kind === 'field') {
    return fieldWords(
      typeOf(builder.source, expr.object),
      expr.name.text,
      variableWords(builder, expr.object),
    );
  }
  const entity = expr.kind === 'name' ? entityOf(builder.source, expr) : null;
  const ids = entity?.kind === 'local' ? builder.variables.get(entity.node) : undefined;
  if (ids === undefined) throw new Error('an assignment to no place');
  return ids;
}

/** Values that are words of the same variable are copied aside first: `p = P { x: p.y, y: p.x }`. */
function assignWords(
  builder: Builder,
  ids: readonly LocalId[],
  values: readonly Atom[],
  span: ast.Span,
): void {
  const crossed = values.some(
    (value, index) => value.kind === 'local' && ids.indexOf(value.id) >= 0 && ids.indexOf(value.id) < index,
  );
  const sources = crossed ? values.map((value) => aside(builder, value, span)) : values;
  ids.forEach((target, index) => {
    emit(builder, { kind: 'copy', span, target, value: sources[index]! });
  });
}

function aside(builder: Builder, value: Atom, span: ast.Span): Atom {
  if (value.kind !== 'local') return value;
  builder.locals.push({ name: '', type: builder.locals[value.id]!.type, span });
  const target = builder.locals.length - 1;
  emit(builder, { kind: 'copy', span, target, value });
  return local(target);
}

// ---- for ---------------------------------------------------------------------------------------

function lowerRange(builder: Builder, stmt: ast.ForRange): void {
  const { span } = stmt;
  const bound = boundOfRange(builder.source.analysed, stmt);
  if (bound === null) throw new Error('a loop without a bound');
  const [from, to] = lowerAll(builder, [stmt.from, stmt.to]).map((words, index) =>
    builder.ended ? constant(INT, 0n) : fixed(builder, words[0]!, [stmt.from, stmt.to][index]!.span),
  );
  const [index] = declareWords(builder, stmt, stmt.variable.text, INT, stmt.variable.span);
  const invariants = invariantsOf(builder, stmt);
  const { stmts: body } = apart(builder, () => lowerBlock(builder, stmt.body));
  const never = stmt.upTo === null;
  const reverts = never ? [] : [{ reason: 'loopBound', span } as const];
  emit(builder, {
    kind: 'loop',
    span,
    index: index!,
    from: from!,
    to: to!,
    bound,
    turns: turnsOfRange(builder, stmt, bound),
    invariants,
    body,
    reverts,
  });
}

/** A range of constants makes as many turns as its bound says. */
function turnsOfRange(builder: Builder, { from, to, upTo }: ast.ForRange, bound: number): string {
  if (upTo === null) return String(bound);
  const [first, end] = [lineOf(builder.source, from), lineOf(builder.source, to)];
  return first === '0' ? end : `(${end} - ${first})`;
}

/** A set or a list stays as it is while a loop goes over it. */
function lowerElements(builder: Builder, stmt: ast.ForIn): void {
  const { span, variable } = stmt;
  const over = typeOf(builder.source, stmt.source);
  if (over.kind !== 'Set' && over.kind !== 'List') throw new Error('a loop over no elements');
  const { to, element } = walked(builder, stmt.source, over.item);
  if (builder.ended) return;
  const index = fresh(builder, INT, variable.span);
  const invariants = invariantsOf(builder, stmt);
  const { stmts: body } = apart(builder, () => {
    const targets = declareWords(builder, stmt, variable.text, over.item, variable.span);
    element(targets, local(index), variable.span);
    lowerBlock(builder, stmt.body);
  });
  const from = constant(INT, 0n);
  const bound = over.capacity;
  const turns = lineOf(builder.source, stmt.source);
  emit(builder, { kind: 'loop', span, index, from, to, bound, turns, invariants, body, reverts: [] });
}

/** How many elements a loop goes over, and how one of them gets into its variable. */
type Walked = {
  readonly to: Atom;
  readonly element: (targets: readonly LocalId[], index: Atom, span: ast.Span) => void;
};

function walked(builder: Builder, source: ast.Expr, item: Type): Walked {
  const slot = collectionOf(builder.source, source);
  if (slot === null) return walkedValue(builder, source, item);
  const to = sizeOf(builder, slot, source.span);
  return { to, element: (targets, index, span) => elementOf(builder, slot, targets, index, span) };
}

/** The element of a set or a list in the state, at an index that is within. */
export function elementOf(
  builder: Builder,
  slot: number,
  targets: readonly LocalId[],
  index: Atom,
  span: ast.Span,
): void {
  if (typeOf(builder.source, builder.source.fields[slot]!).kind === 'Set')
    emit(builder, { kind: 'element', span, targets, slot, index });
  else
    targets.forEach((target, field) => {
      emit(builder, { kind: 'load', span, target, place: { slot, keys: [index], field } });
    });
}

function walkedValue(builder: Builder, source: ast.Expr, item: Type): Walked {
  const value = lowerScalar(builder, source);
  if (builder.ended) return { to: value, element: () => undefined };
  const list = fixed(builder, value, source.span);
  const to = operate(builder, 'length', [list], INT, source.span);
  const element: Walked['element'] = (targets, index, span) => {
    assignWords(builder, targets, wordsAt(builder, list, index, item, span), span);
  };
  return { to, element };
}

/** The value as it is now: a variable that the loop may change is copied. */
function fixed(builder: Builder, atom: Atom, span: ast.Span): Atom {
  return atom.kind === 'local' && builder.mutable.has(atom.id) ? aside(builder, atom, span) : atom;
}

function invariantsOf(builder: Builder, stmt: ast.ForIn | ast.ForRange): readonly AssertClause[] {
  builder.loops += 1;
  const loop = builder.loops;
  return stmt.invariants.map((condition, index) => {
    const written = { span: condition.span, condition, unproved: false };
    return clauseOf(functionScope(builder), 'assert', `loop_${loop}.invariant_${index + 1}`, written);
  });
}

// ---- the others --------------------------------------------------------------------------------

function lowerReturn(builder: Builder, stmt: Stmt<'return'>): void {
  const values = stmt.value === null ? [] : lowerValue(builder, stmt.value);
  emit(builder, { kind: 'return', span: stmt.span, values });
}

function lowerGhost(builder: Builder, stmt: Stmt<'ghostAssign'>): void {
  const slot = slotOf(builder.source, stmt.name);
  if (slot === null) throw new Error('a ghost that is none');
  const scope = functionScope(builder);
  const keys = stmt.key === null ? [] : termsOf(scope, stmt.key);
  emit(builder, { kind: 'ghost', span: stmt.span, slot, keys, values: termsOf(scope, stmt.value) });
}

function lowerRequire(builder: Builder, stmt: Stmt<'require'>): void {
  const condition = lowerScalar(builder, stmt.condition);
  const message = messageOf(builder.source, stmt);
  emit(builder, { kind: 'require', span: stmt.span, condition, message, clause: -1 });
}

/** The `else` text, or the condition in the author's words. */
export function messageOf(
  source: Source,
  node: { readonly condition: ast.Expr; readonly message: ast.TextLiteral | null },
): string {
  return node.message?.value ?? shortened(lineOf(source, node.condition));
}

/** A message has at most 1,024 bytes; 250 characters always fit. */
function shortened(line: string): string {
  const characters = [...line];
  return characters.length <= 250 ? line : `${characters.slice(0, 249).join('')}…`;
}

function lowerFail(builder: Builder, stmt: Stmt<'fail'>): void {
  const entity = entityOf(builder.source, stmt.error);
  if (entity.kind !== 'error') throw new Error('an error that is none');
  const args = lowerAll(builder, stmt.args).flat();
  emit(builder, { kind: 'fail', span: stmt.span, error: indexIn(builder.source.errors, entity.node), args });
}

function lowerEmit(builder: Builder, stmt: Stmt<'emit'>): void {
  const entity = entityOf(builder.source, stmt.event);
  if (entity.kind !== 'event') throw new Error('an event that is none');
  const args = lowerAll(builder, stmt.args).flat();
  emit(builder, { kind: 'emit', span: stmt.span, event: indexIn(builder.source.events, entity.node), args });
}
