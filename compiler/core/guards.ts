/**
 * Clauses that are not proved, checked at run time. In: a contract and the clauses. Out: the contract with their checks
 * as code: at every return of the rule, where `assert` stands. It is made before obligations and gas bounds are, so both
 * see the checks; a check that overflows reverts, as all code does.
 */
import { leavesOf } from '../check/types.ts';
import { clauseProgram, type Input } from './clauses.ts';
import type { AssertClause, Atom, Clause, Contract, Function as CoreFunction, Stmt } from './core.ts';
import { inlineProgram, mapStatements } from './rewrite.ts';

/** A clause of an entry point, or one of the contract as that entry point has to keep it. */
export type Guard = {
  readonly rule: string;
  readonly kind: 'ensures' | 'invariant' | 'history' | 'assert';
  readonly name: string;
};

/** The contract with the guards; null where code cannot check one of them. */
export function withGuards(contract: Contract, guards: readonly Guard[]): Contract | null {
  const functions = contract.functions.map((fn, callee) => {
    const own = guards.filter(({ rule }) => rule === fn.name && fn.kind !== 'fn');
    return own.reduce<CoreFunction | null>(
      (guarded, guard) => (guarded === null ? null : guardFunction({ contract, fn: guarded, callee }, guard)),
      fn,
    );
  });
  const known = guards.every(({ rule }) =>
    contract.functions.some((fn) => fn.kind !== 'fn' && fn.name === rule),
  );
  return !known || functions.includes(null)
    ? null
    : { ...contract, functions: functions as readonly CoreFunction[] };
}

/** Whether code can check the clause there. */
export function isGuardable(contract: Contract, guard: Guard): boolean {
  return withGuards(contract, [guard]) !== null;
}

/** The mark in the artifact: `record: ensures ensures_1`. */
export function guardText({ rule, kind, name }: Guard): string {
  return `${rule}: ${kind} ${name}`;
}

/** Null for what `guardText` does not write. */
export function guardOf(text: string): Guard | null {
  const parts = /^(.*): (ensures|invariant|history|assert) (\S+)$/.exec(text);
  if (parts === null) return null;
  return { rule: parts[1]!, kind: parts[2] as Guard['kind'], name: parts[3]! };
}

// ---- private -----------------------------------------------------------------------------------

type Place = { readonly contract: Contract; readonly fn: CoreFunction; readonly callee: number };

function guardFunction(place: Place, guard: Guard): CoreFunction | null {
  return guard.kind === 'assert' ? guardAssert(place, guard) : guardReturns(place, guard);
}

/** What has to be so whenever the call returns. */
function guardReturns(place: Place, guard: Guard): CoreFunction | null {
  const { contract, fn, callee } = place;
  const clause = clausesOf(place, guard).find(({ name }) => name === guard.name);
  if (clause === undefined || readsGhosts(contract, clause)) return null;
  const locals = [...fn.locals];
  const entry: Stmt[] = [];
  const params = fn.params.reduce((sum, { type }) => sum + leavesOf(type).length, 0);
  let failed = false;
  const body = mapStatements(fn.body, (stmt) => {
    if (stmt.kind !== 'return') return [stmt];
    const found = inlineProgram(clauseProgram(contract, clause), locals, clause.span, (input, when) => {
      if (input.kind === 'result') return when === 'now' ? (stmt.values[input.index] ?? null) : null;
      if (input.kind === 'called') return { kind: 'const', type: input.type, value: input.callee === callee };
      return input.kind === 'local' && input.id >= params ? null : plainAtom(fn, input);
    });
    if (found === null) {
      failed = true;
      return [stmt];
    }
    entry.push(...found.before);
    return [...found.stmts, check(clause, guard, found.value), stmt];
  });
  return failed ? null : { ...fn, locals, body: [...entry, ...body] };
}

function clausesOf({ contract, fn }: Place, { kind }: Guard): readonly Clause[] {
  switch (kind) {
    case 'invariant':
      return fn.kind === 'view' ? [] : contract.invariants;
    case 'history':
      return fn.kind === 'rule' || fn.kind === 'hook' ? contract.histories : [];
    default:
      return fn.ensures;
  }
}

/** The one `assert` of that name in the body itself. */
function guardAssert({ contract, fn }: Place, guard: Guard): CoreFunction | null {
  const locals = [...fn.locals];
  let count = 0;
  const body = mapStatements(fn.body, (stmt) => {
    if (stmt.kind !== 'assert' || stmt.clause.name !== guard.name) return [stmt];
    if (readsGhosts(contract, stmt.clause)) return [stmt];
    const program = clauseProgram(contract, stmt.clause);
    const found = inlineProgram(program, locals, stmt.clause.span, (input, when) =>
      when === 'old' ? null : plainAtom(fn, input),
    );
    if (found === null || found.before.length > 0) return [stmt];
    count += 1;
    return [...found.stmts, check(stmt.clause, guard, found.value), stmt];
  });
  return count === 1 ? { ...fn, locals, body } : null;
}

/** Of a hook nobody is the caller. */
function plainAtom(fn: CoreFunction, input: Input): Atom | null {
  if (input.kind === 'local') return { kind: 'local', id: input.id };
  if (input.kind !== 'env') return null;
  return fn.kind === 'hook' && input.name === 'caller'
    ? { kind: 'const', type: input.type, value: '' }
    : { kind: 'env', name: input.name };
}

function check(clause: Clause | AssertClause, guard: Guard, condition: Atom): Stmt {
  const message = guardText(guard);
  return { kind: 'require', span: clause.span, condition, message, clause: -1, guard: true };
}

/** A ghost is nowhere to be read. */
function readsGhosts(contract: Contract, { term }: Clause | AssertClause): boolean {
  const ghosts = contract.slots.flatMap(({ ghost }, index) => (ghost ? [index] : []));
  const reads = (part: unknown): boolean => {
    if (Array.isArray(part)) return part.some(reads);
    if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return false;
    return (
      ghosts.includes((part as { readonly slot?: number }).slot ?? -1) || Object.values(part).some(reads)
    );
  };
  return ghosts.length > 0 && reads(term);
}
