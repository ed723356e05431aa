/**
 * Ghosts are state of specifications alone. In: a contract with ghosts. Out: the contract as it is compiled, without
 * any; or as it is replayed, where they are variables of the state like others and the code that sets them runs.
 */
import type { Span } from '../syntax/ast.ts';
import { type ClauseProgram, termProgram } from './clauses.ts';
import type { Atom, Contract, Function as CoreFunction, Local, Stmt, Term } from './core.ts';
import { inlineProgram, mapStatements } from './rewrite.ts';

/** Without ghosts: they stand behind all other slots, so nothing else moves. */
export function eraseGhosts(contract: Contract): Contract {
  if (!contract.slots.some((slot) => slot.ghost)) return contract;
  const erase = (stmt: Stmt): readonly Stmt[] => (stmt.kind === 'ghost' ? [] : [stmt]);
  return {
    ...contract,
    slots: contract.slots.filter((slot) => !slot.ghost),
    functions: contract.functions.map((fn) => ({ ...fn, body: mapStatements(fn.body, erase) })),
  };
}

/** With ghosts that are set as the code runs; what overflows there stops a run that would have gone on (`ghostSpans`). */
export function runGhosts(contract: Contract): Contract {
  if (!contract.slots.some((slot) => slot.ghost)) return contract;
  return {
    ...contract,
    slots: contract.slots.map((slot) => ({ ...slot, ghost: false })),
    functions: contract.functions.map((fn) => withGhosts(contract, fn)),
  };
}

/** Where ghosts are set. */
export function ghostSpans(contract: Contract): readonly Span[] {
  const spans: Span[] = [];
  for (const fn of contract.functions)
    mapStatements(fn.body, (stmt) => {
      if (stmt.kind === 'ghost') spans.push(stmt.span);
      return [stmt];
    });
  return spans;
}

// ---- private -----------------------------------------------------------------------------------

type GhostStmt = Extract<Stmt, { readonly kind: 'ghost' }>;

function withGhosts(contract: Contract, fn: CoreFunction): CoreFunction {
  const locals = [...fn.locals];
  const body = mapStatements(fn.body, (stmt) =>
    stmt.kind === 'ghost' ? assignment(contract, stmt, locals) : [stmt],
  );
  return { ...fn, locals, body };
}

/** Every word is computed before the first is written. */
function assignment(contract: Contract, stmt: GhostStmt, locals: Local[]): readonly Stmt[] {
  const { slot, span } = stmt;
  const computed = (terms: readonly Term[]) =>
    terms.map((term) => compute(termProgram(contract, term, span), locals, span));
  const [index, words] = [computed(stmt.keys), computed(stmt.values)];
  const keys = index.map(({ value }) => value);
  const stores = words.map(
    ({ value }, field): Stmt => ({ kind: 'store', span, place: { slot, keys, field }, value }),
  );
  return [...[...index, ...words].flatMap(({ stmts }) => stmts), ...stores];
}

function compute(program: ClauseProgram, locals: Local[], span: Span) {
  const computed = inlineProgram(program, locals, span, (input): Atom | null => {
    if (input.kind === 'local') return { kind: 'local', id: input.id };
    return input.kind === 'env' ? { kind: 'env', name: input.name } : null;
  });
  if (computed === null) throw new Error('the value of a ghost that no code computes');
  return computed;
}
