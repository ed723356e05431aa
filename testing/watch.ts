/**
 * Whether a step of a run breaks what its contract promises: invariants, histories, what the call ensures, when it
 * succeeds or fails. Clauses are judged on the VM; one that cannot be judged at a moment counts as kept.
 */
import type { core } from '../compiler/index.ts';
import { isRevert } from './refute/failure.ts';
import { calleeOf, momentAt, momentOf } from './refute/goal.ts';
import type { Clause, Judge, Moment } from './refute/judge.ts';
import { type Arena, type Place, type Step, withContract } from './refute/steps.ts';
import { type BrokenInside, brokenInStep, openTwin } from './twin.ts';

/** A clause that does not hold; `says` puts it in words. */
export type Broken = {
  readonly kind: Clause['kind'];
  readonly name: string;
  readonly span: core.Clause['span'];
  readonly says: string;
  /** What a clause inside of the code read. */
  readonly reads?: BrokenInside['reads'];
};

/** The promises that a step breaks: invariants first, each in the order of the source. */
export function brokenBy(arena: Arena, judge: Judge, step: Step): readonly Broken[] {
  const fn = arena.contract.functions[calleeOf(step)];
  if (step.to === null) return fn === undefined ? [] : brokenByFailure(arena, judge, step, fn);
  const invariants = brokenInvariants(arena, judge, step.to);
  if (fn === undefined) return [...invariants, ...brokenBetween(arena, judge, step)];
  return [...invariants, ...brokenByCall(arena, judge, step, fn)];
}

/** What a step breaks inside of the code; null where nothing does. */
export type Within = (step: Step) => Broken | null;

/** `arena` is one of the contract. */
export function withinOf(written: core.Contract, arena: Arena): Within {
  const twin = openTwin(written);
  if (twin === null) return () => null;
  const own = withContract(arena, twin.checked);
  return (step) => {
    const broken = brokenInStep(twin, own, step);
    if (broken === null) return null;
    const { clause, says, reads } = broken;
    return { kind: clause.kind, name: clause.name, span: clause.span, says, reads };
  };
}

/** One text for the same clause broken in the same way. */
export function keyOf({ kind, name, span }: Broken): string {
  return `${kind} ${name} ${span.start}`;
}

// ---- private -----------------------------------------------------------------------------------

function brokenInvariants(arena: Arena, judge: Judge, place: Place): readonly Broken[] {
  const { invariants } = arena.contract;
  if (invariants.length === 0) return [];
  return brokenAt(judge, invariants, momentAt(arena, place), false);
}

function brokenByFailure(arena: Arena, judge: Judge, step: Step, fn: core.Function): readonly Broken[] {
  const { from, failure } = step;
  if (from === null || failure === null || fn.succeeds.length === 0 || !isRevert(arena, failure)) return [];
  return brokenAt(judge, fn.succeeds, momentOf(arena, step, from), true);
}

/** A payment, time going by, or a call of another contract: only some histories are about those. */
function brokenBetween(arena: Arena, judge: Judge, step: Step): readonly Broken[] {
  const histories = arena.contract.histories.filter(({ always }) => always);
  if (histories.length === 0) return [];
  return brokenAt(judge, histories, momentOf(arena, step, step.to!), false);
}

function brokenByCall(arena: Arena, judge: Judge, step: Step, fn: core.Function): readonly Broken[] {
  const { from, to } = step;
  const histories = fn.kind === 'rule' ? arena.contract.histories : [];
  const after = [...histories, ...fn.ensures, ...fn.changes];
  const broken = after.length === 0 ? [] : brokenAt(judge, after, momentOf(arena, step, to!), false);
  if (from === null || fn.fails.length === 0) return broken;
  return [...broken, ...brokenAt(judge, fn.fails, momentOf(arena, step, from), true)];
}

/** The clauses that are so at a moment. */
function brokenAt(
  judge: Judge,
  clauses: readonly core.Clause[],
  moment: Moment,
  breaks: boolean,
): readonly Broken[] {
  return clauses
    .filter((clause) => judge.holds(clause, moment) === breaks)
    .map(({ kind, name, span, text }) => ({ kind, name, span, says: SAYS[kind](name, text) }));
}

const SAYS: { readonly [kind in Clause['kind']]: (name: string, text: string) => string } = {
  invariant: (name, text) => `breaks the invariant ${name}: ${text}`,
  history: (name, text) => `breaks the history ${name}: ${text}`,
  ensures: (_, text) => `does not ensure ${text}`,
  succeeds: (_, text) => `fails, and is to succeed when ${text}`,
  fails: (_, text) => `succeeds, and is to fail when ${text}`,
  changes: (_, text) => `changes more than ${text}`,
  requires: (_, text) => `does not require ${text}`,
  assert: (_, text) => `does not keep ${text}`,
  prove: (_, text) => `is not as expected: ${text}`,
};
