/** Planted unsoundnesses, of the verifier and of what it lets stand for a proof. */
import type { GuardFlaw } from '../core/guards.ts';

/**
 * The verifier's own check (`test/verify/meta/`) switches each on and must notice that a false answer comes
 * out; nothing but tests passes any.
 */
export type Flaw =
  | GuardFlaw
  | 'ignoreAliasing'
  | 'divRoundsDown'
  | 'noOverflow'
  | 'staleOld'
  | 'noEnvironmentStep'
  | 'sumForgetsRemove'
  | 'assumeUnproved'
  | 'selfTransferMoves'
  | 'amountsPositive'
  | 'branchForgotten'
  | 'loopWritesNothing'
  | 'emptyAtInit'
  | 'addAlwaysGrows'
  | 'transferNeverFails'
  | 'factsTooEarly'
  | 'hookHasCaller'
  | 'failsReadsAfter'
  | 'succeedsAssumesRequires'
  | 'ghostNotSet'
  | 'ghostEntriesUncounted'
  | 'changesIgnoresEntries'
  | 'callChangesNothing'
  | 'calledAny'
  | 'timeStandsStill'
  | 'indexUnchecked'
  | 'pushForgetsLength'
  | 'callForgetsNothing'
  | 'spendingForgotten'
  | 'promisesOnRevert'
  | 'spendingIgnored'
  | 'failedCallStays'
  | 'laterKeepsBalances'
  | 'laterKeepsTime'
  | 'runsGoOn'
  | 'callsSucceed'
  | 'upgradeAssumesNew'
  | 'upgradeFindsNothing'
  | 'upgradeForgetsSums'
  | 'nobodyOwes';

export type Flaws = ReadonlySet<Flaw>;
export const NO_FLAWS: Flaws = new Set();
