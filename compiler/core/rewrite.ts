/**
 * Statements made of statements. In: bodies, and the views of clauses (`clauses.ts`). Out: the same bodies with some
 * statements replaced, and a view's code as part of another function.
 */
import type { Span } from '../syntax/ast.ts';
import type { ClauseProgram, Input } from './clauses.ts';
import type { Atom, Function as CoreFunction, Local, Stmt } from './core.ts';

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

/** Statements that compute a value, and the value. */
export type Computed = { readonly stmts: readonly Stmt[]; readonly value: Atom };

/**
 * The value of a program as part of a function: null where it takes more than one view, a variable, or something that
 * `inputAtom` does not know. Its locals are put behind `locals`.
 */
export function inlineProgram(
  { functions, main, variables }: ClauseProgram,
  locals: Local[],
  span: Span,
  inputAtom: (input: Input) => Atom | null,
): Computed | null {
  const args = main.inputs.map(inputAtom);
  if (functions.length !== 1 || variables.length > 0 || args.includes(null)) return null;
  return inlineView(functions[0]!, args as Atom[], locals, span);
}

// ---- private -----------------------------------------------------------------------------------

/** A view gives its value in its last statement. */
function inlineView(view: CoreFunction, args: readonly Atom[], locals: Local[], span: Span): Computed {
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
