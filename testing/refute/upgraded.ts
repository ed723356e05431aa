/**
 * Runs that lead through an upgrade: the version before is deployed and called, and after each step it is tried whether
 * upgrading from there is what the obligation speaks of.
 */
import type { Effort, Trace } from '../../compiler/index.ts';
import { pasteUpgrade } from '../paste.ts';
import type { Within } from '../watch.ts';
import { memberDid } from '../world.ts';
import { findRun } from './finding.ts';
import { allHold } from './goal.ts';
import type { Judge } from './judge.ts';
import { type KnownRuns, remember } from './known.ts';
import type { Search } from './search.ts';
import { type Action, type Arena, CREATOR, type Step, takeStep } from './steps.ts';
import { type Telling, tell, traceOf } from './tell.ts';

/** The version before, in the world of the contract. */
export type Before = {
  readonly arena: Arena;
  readonly judge: Judge;
  readonly within: Within;
  readonly known: () => KnownRuns;
};

/** What the version before did, and the upgrade. */
export type UpgradeRun = { readonly last: Step; readonly upgrade: Step };

/** The run, or null where none was found. */
export async function searchUpgrade(
  hunt: Search,
  before: Before,
  effort: Effort,
): Promise<UpgradeRun | null> {
  const { arena, candidate, reached } = hunt;
  const { obligation } = candidate;
  const action: Action = { kind: 'call', callee: obligation.callee, args: [], by: memberDid(CREATOR) };
  const upgraded = (last: Step): Step | null => {
    if (last.to === null) return null;
    const step = takeStep(arena, last.to, action);
    return reached(step) && isKept(before, last) ? step : null;
  };
  const toward: Search = {
    ...hunt,
    arena: before.arena,
    candidate: { ...candidate, obligation: { ...obligation, callee: -1 } },
    reached: (step) => upgraded(step) !== null,
  };
  const last = await findRun(toward, before.known(), effort);
  const upgrade = last === null ? null : upgraded(last);
  if (last === null || upgrade === null) return null;
  remember(before.known(), last);
  return { last, upgrade };
}

/** `telling` is about the new version, and `within` of it. */
export function traceOfUpgrade(run: UpgradeRun, telling: Telling, before: Before, within: Within): Trace {
  const test = pasteUpgrade(run, { ...telling, within }, before);
  const trace = traceOf({ ...telling, arena: before.arena }, run.last, test);
  return { ...trace, steps: [...trace.steps, ...tell(telling, run.upgrade)] };
}

// ---- private -----------------------------------------------------------------------------------

/**
 * Whether the version before kept its invariants all the way. As it was deployed it may check some of them, and then the
 * step that breaks one has not happened.
 */
function isKept({ arena, judge }: Before, last: Step): boolean {
  const clauses = arena.contract.invariants.filter(({ unproved }) => !unproved);
  for (let place = last.to; place !== null; place = place.last?.from ?? null) {
    if (!allHold(arena, judge, clauses, place)) return false;
    // Before that there is no contract.
    if (place.last?.action.kind === 'deploy') break;
  }
  return true;
}
