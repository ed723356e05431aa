/**
 * Whether a step of a run breaks what its contract promises: invariants, histories, what the call ensures, when it
 * succeeds or fails. Clauses are judged on the VM; one that cannot be judged at a moment counts as kept.
 */
import type { core } from '../compiler/index.ts';
import { calleeOf, isRevert, momentAt, momentOf } from './refute/goal.ts';
import type { Clause, Judge } from './refute/judge.ts';
import type { Arena, Place, Step } from './refute/steps.ts';

/** A clause that does not hold; `says` puts it in words. */
export type Broken = {
  readonly kind: core.Clause['kind'];
  readonly name: string;
  readonly span: core.Clause['span'];
  readonly says: string;
};

/** The first broken promise of a step, in the order of the source. */
export function brokenBy(arena: Arena, judge: Judge, step: Step): Broken | null {
  const fn = arena.contract.functions[calleeOf(step)];
  if (step.to === null) return fn === undefined ? null : brokenByFailure(arena, judge, step, fn);
  return (
    brokenInvariant(arena, judge, step.to) ??
    (fn === undefined ? brokenBetween(arena, judge, step) : brokenCall(arena, judge, step, fn))
  );
}

/** One text for the same clause broken in the same way. */
export function keyOf({ kind, name, span }: Broken): string {
  return `${kind} ${name} ${span.start}`;
}

// ---- private -----------------------------------------------------------------------------------

function brokenInvariant(arena: Arena, judge: Judge, place: Place): Broken | null {
  const { invariants } = arena.contract;
  if (invariants.length === 0) return null;
  const moment = momentAt(arena, place);
  return brokenOf(invariants.find((clause) => judge.holds(clause, moment) === false));
}

function brokenByFailure(arena: Arena, judge: Judge, step: Step, fn: core.Function): Broken | null {
  const { from, failure } = step;
  if (from === null || failure === null || fn.succeeds.length === 0 || !isRevert(failure)) return null;
  const moment = momentOf(arena, step, from);
  return brokenOf(fn.succeeds.find((clause) => judge.holds(clause, moment) === true));
}

/** A payment, time going by, or a call of another contract: only some histories are about those. */
function brokenBetween(arena: Arena, judge: Judge, step: Step): Broken | null {
  const histories = arena.contract.histories.filter(({ always }) => always);
  if (histories.length === 0) return null;
  const moment = momentOf(arena, step, step.to!);
  return brokenOf(histories.find((clause) => judge.holds(clause, moment) === false));
}

function brokenCall(arena: Arena, judge: Judge, step: Step, fn: core.Function): Broken | null {
  const { from, to } = step;
  const histories = fn.kind === 'rule' ? arena.contract.histories : [];
  const after = [...histories, ...fn.ensures];
  if (after.length > 0) {
    const moment = momentOf(arena, step, to!);
    const broken = after.find((clause) => judge.holds(clause, moment) === false);
    if (broken !== undefined) return brokenOf(broken);
  }
  if (from === null || fn.fails.length === 0) return null;
  const before = momentOf(arena, step, from);
  return brokenOf(fn.fails.find((clause) => judge.holds(clause, before) === true));
}

function brokenOf(clause: core.Clause | undefined): Broken | null {
  if (clause === undefined) return null;
  const { kind, name, span, text } = clause;
  return { kind, name, span, says: SAYS[kind](name, text) };
}

const SAYS: { readonly [kind in Clause['kind']]: (name: string, text: string) => string } = {
  invariant: (name, text) => `breaks the invariant ${name}: ${text}`,
  history: (name, text) => `breaks the history ${name}: ${text}`,
  ensures: (_, text) => `does not ensure ${text}`,
  succeeds: (_, text) => `fails, and is to succeed when ${text}`,
  fails: (_, text) => `succeeds, and is to fail when ${text}`,
  requires: (_, text) => `does not require ${text}`,
  assert: (_, text) => `does not keep ${text}`,
};
