/** A run that ends in a goal, by all ways that there are, the cheaper first. */
import type { Candidate, Effort, Refutation } from '../../compiler/index.ts';
import { alongKnown, isFruitless, type KnownRuns, rememberFruitless } from './known.ts';
import { type Search, search } from './search.ts';
import type { Step } from './steps.ts';
import { followRuns } from './suggested.ts';

/** Before the solver is asked what to try. */
const QUICK_STEPS_MAX = 40;

const PROMISED: Effort = { queries: 100, resource: 8_000_000, choosing: 250_000 };
const WARNED: Effort = { queries: 25, resource: 2_000_000, choosing: 250_000 };
/** A warning that a state shows already. */
const SHOWN: Effort = { queries: 12, resource: 1_000_000, choosing: 0 };

/** What a run is worth, given what a built state showed. */
export function effortFor({ kind }: Candidate['obligation'], built: Refutation): Effort {
  if (kind !== 'may-revert' && kind !== 'vacuity') return PROMISED;
  return built.kind === 'none' ? WARNED : SHOWN;
}

/** On the way of known runs, near the deployment, where the solver points to, or anywhere: far away the solver takes longer. */
export async function findRun(hunt: Search, known: KnownRuns, effort: Effort): Promise<Step | null> {
  const near = alongKnown(hunt, known) ?? searchBoth({ ...hunt, stepsMax: QUICK_STEPS_MAX });
  if (near !== null || isFruitless(known, hunt.candidate)) return near;
  const between = (): Step | null => (effort === SHOWN ? null : searchBoth(hunt));
  const found = await followRuns({ ...hunt, known, between }, effort);
  if (found === null) rememberFruitless(known, hunt.candidate);
  return found;
}

/** By the model of the obligation, and by that of its plain form. */
function searchBoth(hunt: Search): Step | null {
  const { candidate } = hunt;
  const found = search(hunt);
  if (found !== null || candidate.plain === null) return found;
  return search({ ...hunt, candidate: { ...candidate, counterexample: candidate.plain } });
}
