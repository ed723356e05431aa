/**
 * Hooks: what contracts have the host run every so often. Each run is an execution of its own, with the most gas that
 * the entry point can use and without a caller; a failure undoes only itself.
 */
import type { Event, Observer } from '../vm/index.ts';
import { CONTRACTS, type Failure, hookOf, type Success } from './contracts.ts';
import type { Moment } from './ledger.ts';
import { type Due, nextDue, schedule, unscheduleNext } from './schedule.ts';
import type { State } from './state.ts';
import { read } from './tables.ts';

export type HookRun = Due & { readonly periods: bigint; readonly outcome: Success | Failure };

/** A hook that fails so often in a row runs no more. */
const FAILURES_MAX = 3n;

/** Runs what is due, in order of time, contract and entry point; at most `runsMax`, the rest in the next block. */
export function runHooks(state: State, moment: Moment, runsMax: number, observer?: Observer): HookRun[] {
  const runs: HookRun[] = [];
  for (let looked = 0; looked < runsMax; looked++) {
    const next = nextDue(state);
    if (next === undefined || next.due > moment.time) break;
    if (isOfVersion(state, next)) runs.push(runNext(state, moment, next, observer));
    else unscheduleNext(state);
  }
  return runs;
}

/** What a run leaves in the block: its events, or that it failed, and that it runs no more. */
export function hookEvents({ contract, entry, failures, outcome }: HookRun): Event[] {
  if (outcome.ok) return [...outcome.events];
  const name = { name: 'hook', value: entry };
  const reason = { name: 'reason', value: `${outcome.code}: ${outcome.message}` };
  const failed = { source: contract, name: 'HookFailed', fields: [name, reason] };
  const suspended = { source: contract, name: 'HookSuspended', fields: [name] };
  return failures + 1n < FAILURES_MAX ? [failed] : [failed, suspended];
}

/** Whether the hook is one of the version that runs now. */
function isOfVersion(state: State, { contract, upgrades }: Due): boolean {
  return read(state, CONTRACTS, contract)?.upgrades === upgrades;
}

/** After a gap it runs once, for all the periods that went by. */
function runNext(state: State, moment: Moment, next: Due, observer?: Observer): HookRun {
  const { contract, entry, due, failures, upgrades } = next;
  const hook = hookOf(state, contract, entry);
  const every = BigInt(hook.everySeconds);
  const periods = (moment.time - due) / every + 1n;
  unscheduleNext(state);
  const outcome = hook.run(moment, [periods], observer);
  const failed = outcome.ok ? 0n : failures + 1n;
  if (failed < FAILURES_MAX)
    schedule(state, { contract, entry, due: due + periods * every, failures: failed, upgrades });
  return { ...next, periods, outcome };
}
