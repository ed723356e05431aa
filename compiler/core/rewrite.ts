/**
 * Statements made of statements. In: bodies, and the views of clauses (`clauses.ts`). Out: the same bodies with some
 * statements replaced, and a view's code as part of another function.
 */
import type { Span } from '../syntax/ast.ts';
import type { ClauseProgram, Evaluation, Input } from './clauses.ts';
import type { Atom, Contract, Function as CoreFunction, Local, Stmt, When } from './core.ts';

/** Every statement in place of itself, those inside of branches and loops first. */
export function mapStatements(
  stmts: readonly Stmt[],
  change: (stmt: Stmt) => readonly Stmt[],
): readonly Stmt[] {
  const go = (inner: readonly Stmt[]): readonly Stmt[] => mapStatements(inner, change);
  return stmts.flatMap((stmt) => {
    if (stmt.kind === 'if')
      // biome-ignore lint/suspicious/noThenProperty: the core's word for the first branch; nobody awaits statements
      return change({ ...stmt, then: go(stmt.then), otherwise: go(stmt.otherwise) });
    return change(stmt.kind === 'loop' ? { ...stmt, body: go(stmt.body) } : stmt);
  });
}

/** These functions and all that are called from them, by their indices. */
export function reachableFrom({ functions }: Contract, callees: readonly number[]): ReadonlySet<number> {
  const reached = new Set(callees);
  for (const callee of reached)
    mapStatements(functions[callee]!.body, (stmt) => {
      if (stmt.kind === 'call') reached.add(stmt.callee);
      return [stmt];
    });
  return reached;
}

/** Statements that compute a value: `before` in the state that `old` means, `stmts` in the one that the clause is about. */
export type Computed = {
  readonly before: readonly Stmt[];
  readonly stmts: readonly Stmt[];
  readonly value: Atom;
};

/** What stands for a word of the call, in the state that is meant; null where nothing does. */
export type InputAtom = (input: Input, when: When) => Atom | null;

/**
 * The value of a program as part of a function, its variables inputs like others: null where it takes something that
 * `inputAtom` does not know. Its locals are put behind `locals`.
 */
export function inlineProgram(
  program: ClauseProgram,
  locals: Local[],
  span: Span,
  inputAtom: InputAtom,
): Computed | null {
  return inlineEvaluation({ program, locals, span, inputAtom }, program.main);
}

// ---- private -----------------------------------------------------------------------------------

type Inlining = {
  readonly program: ClauseProgram;
  readonly locals: Local[];
  readonly span: Span;
  readonly inputAtom: InputAtom;
};

function inlineEvaluation(inlining: Inlining, evaluation: Evaluation): Computed | null {
  const { program, locals, span, inputAtom } = inlining;
  const before: Stmt[] = [];
  const args: Atom[] = [];
  for (const input of evaluation.inputs) {
    const earlier =
      input.kind === 'value' && evaluation.when === 'now'
        ? inlineEvaluation(inlining, input.evaluation)
        : null;
    before.push(...(earlier?.before ?? []));
    const value = earlier?.value ?? inputAtom(input, evaluation.when);
    if (value === null) return null;
    args.push(value);
  }
  const code = inlineView(program.functions[evaluation.function]!, args, locals, span);
  return evaluation.when === 'old'
    ? { before: [...before, ...code.stmts], stmts: [], value: code.value }
    : { before, ...code };
}

/** A view gives its value in its last statement. */
function inlineView(view: CoreFunction, args: readonly Atom[], locals: Local[], span: Span) {
  const first = locals.length;
  locals.push(...view.locals);
  const given = args.map((value, i): Stmt => ({ kind: 'copy', span, target: first + i, value }));
  const body = view.body.map((stmt) => shift(stmt, first) as Stmt);
  const last = body.at(-1);
  if (last?.kind !== 'return') throw new Error('a view that does not end in its value');
  return { stmts: [...given, ...body.slice(0, -1)], value: last.values[0]! };
}

/** The same with every local moved behind so many others. */
function shift(value: unknown, by: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shift(item, by));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const node = value as { readonly [name: string]: unknown };
  const changed = Object.entries(node).map(([name, inner]) => {
    if (name === 'target') return [name, (inner as number) + by];
    if (name === 'targets') return [name, (inner as number[]).map((id) => id + by)];
    if (name === 'id' && node['kind'] === 'local') return [name, (inner as number) + by];
    return [name, shift(inner, by)];
  });
  return Object.fromEntries(changed);
}
