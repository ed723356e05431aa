/**
 * Symbolic tests to the core. In: a `prove` without errors. Out: its steps. What stands in expressions becomes terms, as in
 * clauses. A call is a step of its own; one that is expected to succeed or to fail is noted, and what was noted is expected.
 */
import { ungroup } from '../check/checker.ts';
import { entryCalled, stepsOf } from '../check/proof.ts';
import { BOOL } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { type Builder, declareWords, fresh, newBuilder } from './builder.ts';
import { spendsOf } from './call.ts';
import type { Clause, LocalId, Proof, ProofCall, ProofOutcome, ProofStep, RunEnd, Term } from './core.ts';
import { entityOf, indexIn, lineOf, type Source, type Stmt, typeOf } from './source.ts';
import { clauseOf, functionScope, type Scope, termOf, termsOf } from './terms.ts';

export function lowerProof(source: Source, node: ast.Prove): Proof {
  const { title, params, body, unproved, span } = node;
  const builder = newBuilder(source);
  for (const param of params)
    declareWords(builder, param, param.name.text, typeOf(source, param), param.name.span);
  const runs = new Map<ast.AnyNode, number>();
  const scope = { ...functionScope(builder), endOf: (run: ast.Expr) => endOf(source, runs, run) };
  const lowering: Lowering = { source, builder, runs, scope, unproved, laters: 0, clauses: 0, noted: null };
  const steps = lowerSteps(lowering, body);
  return {
    title: title.value,
    params: params.map((param) => ({ name: param.name.text, type: typeOf(source, param) })),
    locals: builder.locals,
    steps,
    unproved,
    span,
  };
}

/** Every step, those inside of runs and choices included. */
export function everyStep(steps: readonly ProofStep[]): readonly ProofStep[] {
  return steps.flatMap((step) => {
    if (step.kind === 'run') return [step, ...everyStep(step.steps)];
    return step.kind === 'choice' ? [step, ...everyStep(step.yes), ...everyStep(step.no)] : [step];
  });
}

/** Every term of the proof. */
export function termsOfProof(proof: Proof): readonly Term[] {
  return everyStep(proof.steps).flatMap((step): readonly Term[] => {
    switch (step.kind) {
      case 'assume':
      case 'expect':
        return [step.clause.term];
      case 'bind':
        return step.values;
      case 'call':
        return [
          ...step.args,
          ...(step.by === null ? [] : [step.by]),
          ...(step.spends ?? []).map(({ amount }) => amount),
        ];
      case 'choice':
        return [step.condition];
      default:
        return [];
    }
  });
}

// ---- private -----------------------------------------------------------------------------------

type Lowering = {
  readonly source: Source;
  readonly builder: Builder;
  readonly runs: Map<ast.AnyNode, number>;
  readonly scope: Scope;
  readonly unproved: boolean;
  laters: number;
  clauses: number;
  /** Inside of a run: whether its last call succeeded. */
  noted: LocalId | null;
};

type Call = {
  readonly call: ast.Expr;
  readonly by: ast.Expr | null;
  readonly spending: ast.Expr | null;
};

function endOf(source: Source, runs: ReadonlyMap<ast.AnyNode, number>, run: ast.Expr): RunEnd {
  const name = ungroup(run);
  const entity = name.kind === 'name' ? entityOf(source, name) : null;
  const number = entity?.kind === 'local' ? runs.get(entity.node) : undefined;
  if (number === undefined) throw new Error('the end of what is no run');
  return `run.${number}`;
}

function lowerSteps(lowering: Lowering, block: ast.Block): readonly ProofStep[] {
  return stepsOf(block).flatMap((stmt) => lowerStep(lowering, stmt));
}

function lowerStep(lowering: Lowering, stmt: ast.Stmt): readonly ProofStep[] {
  const { span } = stmt;
  switch (stmt.kind) {
    case 'let':
      return [lowerLet(lowering, stmt)];
    case 'callBy':
      return [callStep(lowering, stmt, [], span)];
    case 'exprStmt':
      return lowerAlone(lowering, stmt.value, span);
    case 'assume':
      return [{ kind: 'assume', clause: conditionOf(lowering, stmt.condition, stmt), span }];
    case 'later':
      lowering.laters += 1;
      return [{ kind: 'later', number: lowering.laters, span }];
    case 'expect':
      return lowerExpect(lowering, stmt.outcome, span);
    default:
      throw new Error(`a ${stmt.kind} in a proof`);
  }
}

/** A choice, a call, or steps of their own. */
function lowerAlone(lowering: Lowering, value: ast.Expr, span: ast.Span): readonly ProofStep[] {
  const expr = ungroup(value);
  if (expr.kind === 'block') return lowerSteps(lowering, expr);
  if (expr.kind === 'callByExpr') return [callStep(lowering, expr, [], span)];
  if (expr.kind !== 'if') return [callStep(lowering, { call: expr, by: null, spending: null }, [], span)];
  const condition = termOf(lowering.scope, expr.condition);
  const yes = lowerSteps(lowering, expr.then);
  const no = expr.otherwise === null ? [] : lowerAlone(lowering, expr.otherwise, span);
  return [{ kind: 'choice', condition, yes, no, span }];
}

function lowerLet(lowering: Lowering, stmt: Stmt<'let'>): ProofStep {
  const { source, builder, scope } = lowering;
  const { span, name } = stmt;
  const value = ungroup(stmt.value);
  if (value.kind === 'run') return lowerRun(lowering, stmt, value.body);
  const type = typeOf(source, stmt);
  const isCall = value.kind === 'callByExpr' || (lowering.noted === null && isView(source, value));
  const values = isCall ? [] : termsOf(scope, stmt.value);
  const targets = declareWords(builder, stmt, name.text, type, name.span);
  if (!isCall) return { kind: 'bind', targets, values, span };
  const call = value.kind === 'callByExpr' ? value : { call: value, by: null, spending: null };
  return callStep(lowering, call, targets, span);
}

function isView(source: Source, expr: ast.Expr): boolean {
  return entryCalled(source.analysed, expr)?.kind === 'view';
}

function lowerRun(lowering: Lowering, stmt: Stmt<'let'>, body: ast.Block): ProofStep {
  const { builder, runs } = lowering;
  const { span, name } = stmt;
  const run = runs.size;
  const succeeded = fresh(builder, BOOL, span, `${name.text}.succeeded`);
  lowering.noted = succeeded;
  const steps = lowerSteps(lowering, body);
  lowering.noted = null;
  runs.set(stmt, run);
  builder.variables.set(stmt, [succeeded]);
  return { kind: 'run', run, name: name.text, succeeded, steps, span };
}

// ---- calls and expectations --------------------------------------------------------------------

function callStep(lowering: Lowering, call: Call, targets: readonly LocalId[], span: ast.Span): ProofCall {
  const { noted } = lowering;
  const outcome: ProofOutcome = noted === null ? { kind: 'assumed' } : { kind: 'succeeds', target: noted };
  return lowerCall(lowering, call, targets, outcome, span);
}

function lowerCall(
  { source, scope }: Lowering,
  { call, by, spending }: Call,
  targets: readonly LocalId[],
  outcome: ProofOutcome,
  span: ast.Span,
): ProofCall {
  const entry = entryCalled(source.analysed, call);
  if (call.kind !== 'call' || entry === null) throw new Error('a call of no entry point');
  return {
    kind: 'call',
    span,
    callee: indexIn(source.callables, entry),
    args: call.args.flatMap((arg) => termsOf(scope, arg)),
    by: by === null ? null : termOf(scope, by),
    spends: spending === null ? null : spendsOf(source, spending, termsOf(scope, spending)),
    targets,
    outcome,
    text: textOfCall(source, { call, by, spending }),
  };
}

function textOfCall(source: Source, { call, by, spending }: Call): string {
  const who = by === null ? '' : ` by ${lineOf(source, by)}`;
  return `${lineOf(source, call)}${who}${spending === null ? '' : ` spending ${lineOf(source, spending)}`}`;
}

function lowerExpect(lowering: Lowering, outcome: ast.Outcome, span: ast.Span): readonly ProofStep[] {
  switch (outcome.kind) {
    case 'holds':
      return [{ kind: 'expect', clause: conditionOf(lowering, outcome.condition, { span }), span }];
    case 'succeeds': {
      const target = fresh(lowering.builder, BOOL, span);
      return expectedCall(lowering, outcome, { kind: 'succeeds', target }, span);
    }
    case 'fails': {
      const target = fresh(lowering.builder, BOOL, span);
      return expectedCall(lowering, outcome, { kind: 'fails', target, refusal: refusalOf(outcome) }, span);
    }
    default:
      throw new Error(`expect ${outcome.kind} in a proof`);
  }
}

function refusalOf({ message, error }: Extract<ast.Outcome, { readonly kind: 'fails' }>) {
  if (message !== null) return { kind: 'message' as const, text: message.value };
  return error === null ? null : { kind: 'error' as const, text: error.text };
}

function expectedCall(
  lowering: Lowering,
  call: Call,
  outcome: Extract<ProofOutcome, { readonly target: LocalId }>,
  span: ast.Span,
): readonly ProofStep[] {
  const step = lowerCall(lowering, call, [], outcome, span);
  const term: Term = { kind: 'local', id: outcome.target, type: BOOL };
  const text = `${step.text} ${outcome.kind}${outcome.kind === 'fails' ? refusalText(outcome.refusal) : ''}`;
  lowering.clauses += 1;
  const { unproved } = lowering;
  const name = `prove_${lowering.clauses}`;
  const clause: Clause = { kind: 'prove', name, text, term, unproved, message: null, span };
  return [step, { kind: 'expect', clause, span }];
}

function refusalText(refusal: ReturnType<typeof refusalOf>): string {
  if (refusal === null) return '';
  return ` ${refusal.kind === 'message' ? JSON.stringify(refusal.text) : refusal.text}`;
}

function conditionOf(lowering: Lowering, condition: ast.Expr, { span }: { readonly span: ast.Span }): Clause {
  lowering.clauses += 1;
  const { scope, unproved } = lowering;
  return clauseOf(scope, 'prove', `prove_${lowering.clauses}`, { span, condition, unproved });
}
