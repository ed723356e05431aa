/**
 * Runs that lead through an upgrade: the version before is deployed and called, and after each step it is tried whether
 * upgrading from there is what the obligation speaks of.
 */
import type { Trace } from '../../compiler/index.ts';
import { memberDid } from '../world.ts';
import { allHold } from './goal.ts';
import { makeJudge } from './judge.ts';
import { type Search, search } from './search.ts';
import { type Action, type Arena, CREATOR, openArena, type Step, takeStep } from './steps.ts';
import { type Telling, tell, traceOf } from './tell.ts';

export type UpgradeRun = {
  /** What the version before did, in its arena. */
  readonly earlier: Arena;
  readonly before: Step;
  readonly upgrade: Step;
};

/** The run, or null where none was found or there is no version before. */
export function searchUpgrade(hunt: Search): UpgradeRun | null {
  const { arena, candidate, reached } = hunt;
  const { predecessor } = arena.contract;
  if (predecessor === null) return null;
  const earlier = { ...openArena(predecessor.contract), root: arena.root };
  earlier.root.names.set(earlier.account, predecessor.contract.name);
  const action: Action = {
    kind: 'call',
    callee: candidate.obligation.callee,
    args: [],
    by: memberDid(CREATOR),
  };
  const upgraded = (before: Step): Step | null => {
    if (before.to === null) return null;
    const step = takeStep(arena, before.to, action);
    return reached(step) && isKept(earlier, before) ? step : null;
  };
  const before = search({
    ...hunt,
    arena: earlier,
    candidate: { ...candidate, obligation: { ...candidate.obligation, callee: -1 } },
    reached: (step) => upgraded(step) !== null,
  });
  const upgrade = before === null ? null : upgraded(before);
  return before === null || upgrade === null ? null : { earlier, before, upgrade };
}

/**
 * Whether the version before kept its invariants all the way. As it was deployed it may check some of them, and then the
 * step that breaks one has not happened.
 */
function isKept(earlier: Arena, last: Step): boolean {
  const judge = makeJudge(earlier.contract);
  const clauses = earlier.contract.invariants.filter(({ unproved }) => !unproved);
  for (let place = last.to; place !== null; place = place.last?.from ?? null) {
    if (!allHold(earlier, judge, clauses, place)) return false;
    // Before that there is no contract.
    if (place.last?.action.kind === 'deploy') break;
  }
  return true;
}

/** `telling` is about the new version. */
export function traceOfUpgrade({ earlier, before, upgrade }: UpgradeRun, telling: Telling): Trace {
  const trace = traceOf({ ...telling, arena: earlier }, before, null);
  return { ...trace, steps: [...trace.steps, ...tell(telling, upgrade)] };
}
