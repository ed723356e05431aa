/**
 * Clauses that are not proved, checked at run time. In: a contract and the clauses. Out: the contract with their checks
 * as code: at every return, where the clause stands, or on entry. It is made before obligations and gas bounds are, so
 * both see the checks; a check that overflows reverts, as all code does.
 */
import { leavesOf } from '../check/types.ts';
import { environment, type Point, withChecks } from './checks.ts';
import { clauseProgram, type Input } from './clauses.ts';
import type { AssertClause, Atom, Clause, Contract, Function as CoreFunction, Stmt } from './core.ts';
import { type Checked, checkEntries, isOverEntries, writesEntries } from './entries.ts';
import { inlineProgram, mapStatements, reachableFrom } from './rewrite.ts';

/**
 * A clause of a function, one of the contract as that function has to keep it, or what another `fn` requires where it
 * calls that (`pay.requires_1`). Of `OUTSIDE` an invariant that is checked whenever a rule is entered.
 */
export type Guard = {
  readonly rule: string;
  readonly kind: 'requires' | 'ensures' | 'invariant' | 'history' | 'assert';
  readonly name: string;
};

/** Stands for what others do between calls. */
export const OUTSIDE = 'between calls';

/** Planted: only the first entry that is written is checked; what is to be checked on entry is checked at the end. */
export type GuardFlaw = 'guardsFirstEntry' | 'guardsEntryLate';

/** The contract with the guards; null where code cannot check one of them. */
export function withGuards(
  contract: Contract,
  guards: readonly Guard[],
  flaws: ReadonlySet<string> = new Set(),
): Contract | null {
  return guards.reduce<Contract | null>(
    (guarded, guard) => (guarded === null ? null : withGuard(guarded, guard, flaws)),
    contract,
  );
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
  const parts = /^(.*): (requires|ensures|invariant|history|assert) (.+)$/.exec(text);
  if (parts === null) return null;
  return { rule: parts[1]!, kind: parts[2] as Guard['kind'], name: parts[3]! };
}

/**
 * The functions whose checks keep an invariant in a rule: the rule itself, but of an invariant over all entries those
 * that write some, called ones among them.
 */
export function keepersOf(contract: Contract, clause: Clause, rule: string): readonly string[] {
  const isUpgrade = contract.functions.some(({ name, kind }) => kind === 'upgrade' && name === rule);
  if (isUpgrade || !isOverEntries(contract, clause)) return [rule];
  const first = contract.functions.findIndex(({ name, kind }) => name === rule && kind !== 'fn');
  return [...reachableFrom(contract, [first])]
    .map((index) => contract.functions[index]!)
    .filter((fn) => writesEntries(contract, clause, fn))
    .map(({ name }) => name);
}

// ---- private -----------------------------------------------------------------------------------

type Place = { readonly contract: Contract; readonly fn: CoreFunction; readonly callee: number };

function withGuard(contract: Contract, guard: Guard, flaws: ReadonlySet<string>): Contract | null {
  if (guard.rule === OUTSIDE) return guardOutside(contract, guard, flaws);
  const callee = contract.functions.findIndex(({ name }) => name === guard.rule);
  if (callee < 0) return null;
  if (guard.kind === 'assert' || guard.kind === 'requires') return guardInside(contract, callee, guard);
  const place = { contract, fn: contract.functions[callee]!, callee };
  const clause = clausesOf(place, guard).find(({ name }) => name === guard.name);
  if (clause === undefined || readsGhosts(contract, clause)) return null;
  const checked: Checked = { ...place, clause, guard: (condition) => check(clause, guard, condition) };
  const entries = isOverEntries(contract, clause);
  // What an upgrade does not write was there before, when nothing checked it.
  if (place.fn.kind === 'upgrade' && entries) return null;
  // A `fn` answers for entries that it writes, its rule for all else.
  if (place.fn.kind === 'fn' && guard.kind !== 'ensures' && !entries) return null;
  const fn = entries ? checkEntries(checked, flaws.has('guardsFirstEntry')) : guardReturns(checked);
  return fn === null ? null : withFunction(contract, callee, fn);
}

function withFunction(contract: Contract, callee: number, fn: CoreFunction): Contract {
  return { ...contract, functions: contract.functions.with(callee, fn) };
}

/** What has to be so whenever the call returns. */
function guardReturns({ contract, fn, callee, clause, guard }: Checked): CoreFunction | null {
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
    return [...found.stmts, guard(found.value), stmt];
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

/** An `assert` or an invariant of a loop in the body itself, or what a callee requires of every call there. */
function guardInside(contract: Contract, fn: number, guard: Guard): Contract | null {
  const { checked, partial, ...guarded } = withChecks(contract, (point) => {
    if (point.fn !== fn || nameAt(guard, point) !== guard.name) return null;
    if (readsGhosts(contract, point.clause)) return null;
    return ({ condition }) => [check(point.clause, guard, condition)];
  });
  return checked.length > 0 && partial.length === 0 ? guarded.contract : null;
}

function nameAt({ kind }: Guard, { clause, stands, owner }: Point): string | null {
  if (kind === 'assert') return clause.kind === 'assert' ? clause.name : null;
  return stands === 'requires' ? requirementName(owner, clause) : null;
}

/** What a guard calls a clause that a callee requires. */
export function requirementName({ name }: CoreFunction, clause: Clause | AssertClause): string {
  return `${name}.${clause.name}`;
}

/**
 * Before anything else in every rule and hook; nothing assumes it but what stands behind the check. Where another version
 * may take the contract's place there is none: that one rests on what holds between calls.
 */
function guardOutside(contract: Contract, guard: Guard, flaws: ReadonlySet<string>): Contract | null {
  if (contract.upgradable !== null) return null;
  const clause = contract.invariants.find(({ name }) => name === guard.name);
  if (clause === undefined || guard.kind !== 'invariant' || readsGhosts(contract, clause)) return null;
  // An `upgrade` would take it to hold, and nothing has checked it there.
  if (contract.upgradable !== null) return null;
  const functions = contract.functions.map((fn, callee) => {
    if (fn.kind !== 'rule' && fn.kind !== 'hook') return fn;
    const checked = {
      contract,
      fn,
      callee,
      clause,
      guard: (condition: Atom) => check(clause, guard, condition),
    };
    return flaws.has('guardsEntryLate') ? guardReturns(checked) : guardEntry(checked);
  });
  if (functions.includes(null)) return null;
  const invariants = contract.invariants.map((one) =>
    one === clause ? { ...one, onEntry: true as const } : one,
  );
  return { ...contract, invariants, functions: functions as readonly CoreFunction[] };
}

function guardEntry({ contract, fn, clause, guard }: Checked): CoreFunction | null {
  const locals = [...fn.locals];
  const program = clauseProgram(contract, clause);
  const found = inlineProgram(program, locals, clause.span, (input) => plainAtom(fn, input));
  if (found === null) return null;
  return { ...fn, locals, body: [...found.before, ...found.stmts, guard(found.value), ...fn.body] };
}

function plainAtom(fn: CoreFunction, input: Input): Atom | null {
  if (input.kind === 'local') return { kind: 'local', id: input.id };
  return input.kind === 'env' ? environment(fn, input) : null;
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
