/**
 * What a search looks for: whether a step of a run is what an obligation says cannot be (or, for vacuity, can be).
 * Clauses are judged on the VM, balances on the ledger.
 */
import type { Candidate, core } from '../../compiler/index.ts';
import { CONTRACTS, has } from '../../host/index.ts';
import type { TrapKind, Value } from '../../vm/index.ts';
import { balances, memberDid, movesBetween } from '../world.ts';
import { isRevert } from './failure.ts';
import { type Clause, type Judge, type Moment, meaningless, trapsAsMeant } from './judge.ts';
import { runProof } from './proof.ts';
import { type Arena, entryOf, type Place, STRANGER, type Step, snapshotAt } from './steps.ts';
import { wordsOf } from './words.ts';

export type Obligation = Candidate['obligation'];

/** What a requirement says that was put in to mark a place in the code. */
export const MARK = '#here';

export function isGoal(arena: Arena, judge: Judge, obligation: Obligation, step: Step): boolean {
  if (obligation.proof >= 0) return isGoalOfProof(arena, judge, obligation, step);
  if (!concerns(obligation, step)) return false;
  switch (obligation.kind) {
    case 'invariant':
      return breaksInvariant(arena, judge, obligation, step);
    case 'history':
    case 'changes':
    case 'ensures':
    case 'requires':
    case 'assert':
      return obligation.inside
        ? isMarked(step) || isMeaningless(arena, obligation, step)
        : breaksClause(arena, judge, obligation, step);
    case 'succeeds':
      return failsDespite(arena, judge, obligation, step);
    case 'fails':
      return succeedsDespite(arena, judge, obligation, step);
    case 'may-revert':
      return obligation.inside ? isMarked(step) : revertsAt(obligation, step);
    case 'stranger':
      return lowersAnother(arena, step);
    case 'vacuity':
      return isReached(arena, judge, obligation, step);
    case 'prove':
      return false;
  }
}

/** What makes the clause false at the end of the run, if it is that the clause has no meaning there; else null. */
export function whyMeaningless(
  arena: Arena,
  judge: Judge,
  { clause, inside, kind, proof }: Obligation,
  step: Step,
): string | null {
  if (clause === null || kind === 'vacuity') return null;
  if (inside) return meaningless(step.failure?.trap?.kind);
  if (step.action.kind === 'prove') {
    if (proof < 0 || step.from === null) return null;
    return (
      runProof(arena, judge, step.action, step.from).broken.find((one) => one.clause === clause)?.why ?? null
    );
  }
  if (step.to === null) return null;
  return judge.undefinedBy(
    clause,
    kind === 'invariant' ? momentAt(arena, step.to) : momentOf(arena, step, step.to),
  );
}

/** Whether every one of these clauses holds in a state; a clause that cannot be judged does not count as holding. */
export function allHold(arena: Arena, judge: Judge, clauses: readonly Clause[], place: Place): boolean {
  const moment = momentAt(arena, place);
  return clauses.every((clause) => judge.holds(clause, moment) === true);
}

// ---- private -----------------------------------------------------------------------------------

/** An expectation is not met; or, for vacuity, the step came to pass. */
function isGoalOfProof(arena: Arena, judge: Judge, obligation: Obligation, { action, from }: Step): boolean {
  if (action.kind !== 'prove' || action.proof !== obligation.proof || from === null) return false;
  const { broken, passed } = runProof(arena, judge, action, from);
  if (obligation.kind === 'prove') return broken.some(({ clause }) => clause === obligation.clause);
  return passed.some(({ span }) => span.start === obligation.span.start);
}

function concerns({ rule, callee, kind }: Obligation, step: Step): boolean {
  const { action } = step;
  if (rule === 'between calls') return isDeployed(step) && (action.kind === 'pay' || action.kind === 'wait');
  if (kind === 'vacuity' && rule === '') return action.kind === 'deploy';
  return calleeOf(step) === callee;
}

/** Others wait and pay before a deployment, too. */
function isDeployed({ from }: Step): boolean {
  return from !== null && has(from.world.state, CONTRACTS, from.account);
}

/** `init` is the first function. */
export function calleeOf({ action }: Step): number {
  if (action.kind === 'call') return action.callee;
  return action.kind === 'deploy' ? 0 : -1;
}

function breaksInvariant(arena: Arena, judge: Judge, obligation: Obligation, step: Step): boolean {
  if (step.to === null || obligation.clause === null) return false;
  if (judge.holds(obligation.clause, momentAt(arena, step.to)) !== false) return false;
  // It must have held before, but where it begins to hold: otherwise another step is to blame.
  return (
    step.action.kind === 'deploy' ||
    step.from === null ||
    arena.contract.functions[calleeOf(step)]?.kind === 'upgrade' ||
    judge.holds(obligation.clause, momentAt(arena, step.from)) === true
  );
}

function breaksClause(arena: Arena, judge: Judge, obligation: Obligation, step: Step): boolean {
  if (step.to === null || obligation.clause === null) return false;
  return judge.holds(obligation.clause, momentOf(arena, step, step.to)) === false;
}

function failsDespite(arena: Arena, judge: Judge, obligation: Obligation, step: Step): boolean {
  if (step.failure === null || step.from === null || obligation.clause === null) return false;
  if (!isRevert(arena, step.failure)) return false;
  return judge.holds(obligation.clause, momentOf(arena, step, step.from)) === true;
}

function succeedsDespite(arena: Arena, judge: Judge, obligation: Obligation, step: Step): boolean {
  if (step.to === null || step.from === null || obligation.clause === null) return false;
  return judge.holds(obligation.clause, momentOf(arena, step, step.from)) === true;
}

/** By the obligation's name, without its number. */
const TRAP_OF: { readonly [reason: string]: TrapKind } = {
  overflow: 'Overflow',
  divisionByZero: 'DivisionByZero',
  loopBound: 'LoopBound',
  index: 'IndexOutOfRange',
  tooLong: 'LimitReached',
};

/** Calls of one `fn` share its places: a revert there is one of the place, whichever call it came from. */
function revertsAt({ span, name }: Obligation, { failure }: Step): boolean {
  const position = failure?.trap?.position ?? null;
  if (position === null || failure?.trap?.kind !== TRAP_OF[name.split('.')[0]!]) return false;
  return position.start === span.start && position.end === span.end;
}

function isMarked({ failure }: Step): boolean {
  return failure?.trap?.kind === 'Requirement' && failure.trap.message.includes(MARK);
}

/** The code that judges the clause at its place comes to an end there. */
function isMeaningless(arena: Arena, { clause, span }: Obligation, { failure }: Step): boolean {
  const { kind, position } = failure?.trap ?? {};
  if (clause === null || meaningless(kind) === null || !isSame(position, span)) return false;
  return (
    !arena.contract.functions.some(({ body }) => hasLoopAt(body, span)) &&
    trapsAsMeant(arena.contract, clause)
  );
}

/** The invariants of a loop that nobody wrote stand where it does, and so does what it refuses. */
function hasLoopAt(stmts: readonly core.Stmt[], span: core.Stmt['span']): boolean {
  return stmts.some((stmt) => {
    if (stmt.kind === 'if') return hasLoopAt([...stmt.then, ...stmt.otherwise], span);
    return stmt.kind === 'loop' && (isSame(stmt.span, span) || hasLoopAt(stmt.body, span));
  });
}

function isSame(one: core.Stmt['span'] | null | undefined, other: core.Stmt['span']): boolean {
  return one?.start === other.start && one.end === other.end;
}

function lowersAnother(arena: Arena, { action, from, to }: Step): boolean {
  if (action.kind !== 'call' || from === null || to === null) return false;
  const stranger = memberDid(STRANGER);
  if (action.by !== stranger || isNamed(arena, from, stranger)) return false;
  const moves = movesBetween(balances(from.world), balances(to.world));
  // What the contracts that are called give away is their own.
  const own = new Set([stranger, ...arena.others.map(({ account }) => account)]);
  return moves.some((move) => move.amount < 0n && !own.has(move.account));
}

/** Whether the account stands in a key, an element or a field: whoever does is no stranger any more. */
function isNamed(arena: Arena, place: Place, account: string): boolean {
  const names = (value: Value): boolean =>
    value === account || (Array.isArray(value) && value.some((part) => names(part as Value)));
  const entries = snapshotAt(arena, place).slots.flatMap((slot) => [...slot.values()]);
  return entries.some(({ keys, fields }) => [...keys, ...fields.values()].some(names));
}

function isReached(arena: Arena, judge: Judge, obligation: Obligation, step: Step): boolean {
  if (obligation.inside) return isMarked(step);
  if (obligation.clause === null) return step.to !== null;
  return step.from !== null && judge.holds(obligation.clause, momentOf(arena, step, step.from)) === true;
}

/** The contract's own clauses, outside of any call. */
export function momentAt(arena: Arena, place: Place): Moment {
  const snapshot = snapshotAt(arena, place);
  const env = environment(arena, place, '');
  return { old: snapshot, now: snapshot, env, oldEnv: env, locals: [], result: [], callee: -1 };
}

/** A clause of the step's own call; `now` is where it is judged. */
export function momentOf(arena: Arena, step: Step, now: Place): Moment {
  const { action, from } = step;
  if (from !== null && action.kind !== 'call' && action.kind !== 'deploy')
    return { ...momentAt(arena, now), old: snapshotAt(arena, from), oldEnv: environment(arena, from, '') };
  const callee = calleeOf(step);
  const entry = entryOf(arena, callee);
  const args = action.kind === 'call' || action.kind === 'deploy' ? action.args : [];
  const by = action.kind === 'call' ? action.by : arena.creator;
  const after = snapshotAt(arena, now);
  const env = environment(arena, step.to ?? now, by);
  return {
    old: from === null ? undeployed(arena) : snapshotAt(arena, from),
    now: after,
    env,
    // Within a call time stands still.
    oldEnv: env,
    locals: entry.params.flatMap((param, i) => wordsOf(args[i]!, param.type)),
    // A call that failed has none.
    result: step.to === null ? [] : wordsOf(step.result, entry.result),
    callee,
  };
}

/** The world before there is a contract: its account may have a balance, its storage has nothing. */
function undeployed(arena: Arena): Moment['old'] {
  const { contract, root, account } = arena;
  return { slots: contract.slots.map(() => new Map()), world: root, account };
}

function environment(
  { creator }: Arena,
  { world, account }: Place,
  caller: string,
): (name: core.EnvName) => Value {
  const { time, block } = world.clock;
  const values = { caller, creator, self: account, now: time, block };
  return (name) => values[name];
}
