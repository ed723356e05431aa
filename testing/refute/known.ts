/**
 * Runs that reached what was looked for in a contract. What is looked for next is often reached on the way of one of
 * them, or by the same calls with other values.
 */
import type { Replaying } from './search.ts';
import { type Action, type Arena, actionsOf, type Step, stepsFrom } from './steps.ts';
import { textOfActions } from './written.ts';

/** By what they do; the latest last. */
export type KnownRuns = {
  readonly arena: Arena;
  readonly runs: Map<string, readonly Step[]>;
};

/** What the run did, in the arena of all of them. */
export function remember({ arena, runs }: KnownRuns, last: Step): void {
  const actions = actionsOf(last);
  const key = textOfActions(arena.account, actions);
  if (runs.size < RUNS_MAX && !runs.has(key)) runs.set(key, [...stepsFrom(arena, null, actions)]);
}

/** The first step on the way of a known run that reaches the goal, or null. */
export function alongKnown(hunt: Replaying, { arena, runs }: KnownRuns): Step | null {
  for (const steps of runs.values()) {
    const again = hunt.arena === arena ? steps : stepsFrom(hunt.arena, null, steps.map(actionOf));
    for (const step of again) if (hunt.reached(step)) return step;
  }
  return null;
}

/** The calls between the deployment and one of `callee` in the known runs, the shortest first. */
export function callsBefore({ runs }: KnownRuns, callee: number): readonly (readonly number[])[] {
  const found = new Map<string, readonly number[]>();
  for (const steps of runs.values()) {
    const calls = steps.flatMap(({ action }) => (action.kind === 'call' ? [action.callee] : []));
    const last = calls.lastIndexOf(callee);
    const before = last < 0 ? calls : calls.slice(0, last);
    found.set(String(before), before);
  }
  return [...found.values()].sort((a, b) => a.length - b.length).slice(0, HINTS_MAX);
}

// ---- private -----------------------------------------------------------------------------------

function actionOf({ action }: Step): Action {
  return action;
}

const RUNS_MAX = 64;
const HINTS_MAX = 4;
