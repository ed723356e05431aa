/**
 * Types of symbolic tests (language.md, section 5): the steps of a `prove`, its calls, and what it says of them. What
 * stands inside of expressions is typed as in any clause; here is what only a `prove` can do.
 */
import { type Entity, isDeclaration } from '../resolve/entity.ts';
import type * as ast from '../syntax/ast.ts';
import { walk } from '../syntax/visit.ts';
import { annotateValue, paramType, resultType } from './annotation.ts';
import { matchArgs } from './call.ts';
import { type At, type Checker, report, ungroup } from './checker.ts';
import { nameOf, reportMismatch, typeExpr, typeValue } from './expression.ts';
import { typeSpending } from './outgoing.ts';
import { agree, BOOL, DID, ERROR, RUN, type Type, UNIT } from './types.ts';

export function checkProve(out: Checker, { params, body }: ast.Prove): void {
  for (const param of params) paramType(out, param);
  checkSteps({ out, part: 'prove', owner: null, result: UNIT, insideOld: false, inRun: false }, body);
}

/** The last step of a block may stand without `;`. */
export function stepsOf({ statements, result }: ast.Block): readonly ast.Stmt[] {
  return result === null
    ? statements
    : [...statements, { kind: 'exprStmt', span: result.span, value: result }];
}

/** The rule or view that is called, where one is named. */
export function entryCalled(
  names: { readonly entities: ReadonlyMap<ast.Name, Entity> },
  call: ast.Expr,
): ast.Rule | ast.View | null {
  const callee = call.kind === 'call' ? nameOf(call.callee) : null;
  const entity = callee === null ? undefined : names.entities.get(callee);
  return entity?.kind === 'rule' || entity?.kind === 'view' ? entity.node : null;
}

// ---- private -----------------------------------------------------------------------------------

type Within = At & { readonly inRun: boolean };
type Stmt<K extends ast.Stmt['kind']> = Extract<ast.Stmt, { readonly kind: K }>;

function checkSteps(at: Within, block: ast.Block): void {
  for (const stmt of stepsOf(block)) checkStep(at, stmt);
}

function checkStep(at: Within, stmt: ast.Stmt): void {
  switch (stmt.kind) {
    case 'let':
      checkLet(at, stmt);
      return;
    case 'callBy':
      checkCall(at, stmt);
      return;
    case 'exprStmt':
      checkAlone(at, stmt.value);
      return;
    case 'later':
    case 'missing':
      return;
    case 'assume':
    case 'expect':
      if (at.inRun) reportStray(at, stmt);
      else if (stmt.kind === 'assume') typeValue(at, stmt.condition, BOOL);
      else checkOutcome(at, stmt.outcome);
      return;
    default:
      reportStray(at, stmt);
  }
}

const WORDS: { readonly [kind in ast.Stmt['kind']]?: string } = {
  assume: '`assume`',
  expect: '`expect`',
  return: '`return`',
  require: '`require`',
  assert: '`assert`',
  emit: '`emit`',
  fail: '`fail`',
  assign: 'an assignment',
  ghostAssign: '`ghost`',
  forIn: 'a loop',
  forRange: 'a loop',
  atTime: '`at time`',
  member: '`member`',
  payment: '`transfer … from … to …`',
};

function reportStray({ out, inRun }: Within, { kind, span }: ast.Stmt): void {
  const where = inRun ? 'a run' : 'a `prove`';
  report(out, 'E0472', { span, what: WORDS[kind] ?? 'this statement', where });
}

/** A choice between steps, a view that is asked, or what stands for nothing. */
function checkAlone(at: Within, value: ast.Expr): void {
  const expr = ungroup(value);
  if (expr.kind === 'if') checkIf(at, expr);
  else if (expr.kind === 'block') checkSteps(at, expr);
  else if (expr.kind === 'callByExpr') checkCall(at, expr);
  else if (entryCalled(at.out, expr) !== null) checkCall(at, { call: expr, by: null, spending: null });
  else if (expr.kind !== 'missing') report(at.out, 'E0473', { span: expr.span });
}

function checkIf(at: Within, expr: Extract<ast.Expr, { readonly kind: 'if' }>): void {
  typeValue(at, expr.condition, BOOL);
  checkSteps(at, expr.then);
  if (expr.otherwise !== null) checkAlone(at, expr.otherwise);
}

function checkLet(at: Within, stmt: Stmt<'let'>): void {
  const { value, span, mutable, name } = stmt;
  if (mutable) report(at.out, 'E0472', { span, what: '`var`', where: 'a `prove`' });
  const wanted = stmt.type === null ? null : annotateValue(at.out, stmt.type);
  const found = checkValue(at, value, name, wanted);
  if (wanted !== null && !agree(found, wanted)) reportMismatch(at, value, found, wanted);
  at.out.types.set(stmt, wanted ?? found);
}

/** What a `let` names: a run, what a call gave back, or a value. */
function checkValue(at: Within, value: ast.Expr, name: ast.Name, wanted: Type | null): Type {
  const expr = ungroup(value);
  if (expr.kind === 'run') return checkRun(at, expr);
  const isView = entryCalled(at.out, expr)?.kind === 'view' && !at.inRun;
  if (expr.kind !== 'callByExpr' && !isView) return typeValue(at, value, wanted);
  if (at.inRun)
    return report(at.out, 'E0472', { span: name.span, what: 'the result of a call', where: 'a run' });
  const call = expr.kind === 'callByExpr' ? expr : { call: expr, by: null, spending: null };
  const result = checkCall(at, call);
  at.out.types.set(value, result);
  if (result.kind === 'Unit') return report(at.out, 'E0454', { span: name.span });
  return result;
}

function checkRun(at: Within, expr: Extract<ast.Expr, { readonly kind: 'run' }>): Type {
  if (at.inRun) report(at.out, 'E0472', { span: expr.span, what: 'a run', where: 'a run' });
  checkSteps({ ...at, inRun: true }, expr.body);
  let calls = 0;
  walk(expr.body, (node) => {
    if (node.kind === 'callBy' || node.kind === 'callByExpr') calls += 1;
    return undefined;
  });
  if (calls === 0) report(at.out, 'E0478', { span: expr.span });
  at.out.types.set(expr, RUN);
  return RUN;
}

// ---- calls -------------------------------------------------------------------------------------

type CallNode = {
  readonly call: ast.Expr;
  readonly by: ast.Expr | null;
  readonly spending: ast.Expr | null;
};

/** What the call gives back. */
function checkCall(at: Within, { call, by, spending }: CallNode): Type {
  const { out } = at;
  const entry = entryCalled(out, call);
  if (by !== null) typeValue(at, by, DID);
  if (spending !== null) typeSpending(at, spending);
  if (call.kind !== 'call' || entry === null) return reportNoEntry(at, call);
  const { text: name } = entry.name;
  matchArgs(
    at,
    call,
    entry.params.map((param) => paramType(out, param)),
  );
  if (entry.kind === 'view' && by !== null) report(out, 'E0453', { span: by.span, name });
  if (entry.kind === 'rule' && by === null) report(out, 'E0452', { span: call.span, name });
  const result = resultType(out, entry.result);
  out.types.set(call, result);
  return result;
}

/** The arguments are typed all the same. */
function reportNoEntry(at: Within, call: ast.Expr): Type {
  if (call.kind === 'call') for (const arg of call.args) typeExpr(at, arg, null);
  const callee = call.kind === 'call' ? nameOf(call.callee) : null;
  const entity = callee === null ? undefined : at.out.entities.get(callee);
  const unknown = callee !== null && entity === undefined;
  if (call.kind === 'missing' || unknown) return ERROR;
  const declared =
    entity !== undefined && isDeclaration(entity) ? [{ ...entity.site, label: 'declared here' }] : [];
  return report(at.out, 'E0473', { span: call.span, related: declared });
}

function checkOutcome(at: Within, outcome: ast.Outcome): void {
  switch (outcome.kind) {
    case 'holds':
      if (ungroup(outcome.condition).kind === 'callByExpr')
        report(at.out, 'E0458', { span: outcome.condition.span });
      else typeValue(at, outcome.condition, BOOL);
      return;
    case 'succeeds':
      checkCall(at, outcome);
      return;
    case 'fails':
      checkCall(at, outcome);
      checkRefusal(at, outcome);
      return;
    case 'emits':
      report(at.out, 'E0472', { span: outcome.span, what: '`expect emits`', where: 'a `prove`' });
  }
}

/** The words with which the contract itself refuses the call, or the name of its error. */
function checkRefusal(at: Within, outcome: Extract<ast.Outcome, { readonly kind: 'fails' }>): void {
  const { out } = at;
  const { message, error, args, span } = outcome;
  if (args.length > 0) {
    for (const arg of args) typeExpr(at, arg, null);
    report(out, 'E0477', { span });
  }
  const entry = entryCalled(out, outcome.call);
  const said = message ?? error;
  if (entry === null || said === null) return;
  const text = said.kind === 'text' ? said.value : said.text;
  const known = refusalsOf(out, entry).some(
    (refusal) => refusal.isError === (said.kind === 'name') && refusal.text === text,
  );
  if (!known) report(out, 'E0475', { span: said.span, name: entry.name.text });
}

type Refusal = { readonly isError: boolean; readonly text: string };

/** What the code of an entry point, and of the functions that it calls, refuses with. */
function refusalsOf(out: Checker, entry: ast.Rule | ast.View): readonly Refusal[] {
  const found: Refusal[] = [];
  const reached = new Set<ast.Rule | ast.View | ast.Fn>([entry]);
  for (const callable of reached) {
    const checks = callable === entry ? entry.specs.filter(({ kind }) => kind === 'requires') : [];
    for (const root of [...checks, callable.body]) {
      walk(root, (node) => {
        const message = node.kind === 'require' || node.kind === 'requires' ? node.message : null;
        if (message !== null) found.push({ isError: false, text: message.value });
        if (node.kind === 'fail') found.push({ isError: true, text: node.error.text });
        const entity = node.kind === 'name' ? out.entities.get(node) : undefined;
        if (entity?.kind === 'fn') reached.add(entity.node);
        return undefined;
      });
    }
  }
  return found;
}
