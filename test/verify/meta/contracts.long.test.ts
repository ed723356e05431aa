/** Plain contracts: arithmetic, maps, sets, sums, transfers, branches, time. */
import { holdFamily, sourcesOf } from './family.ts';
import { randomContract } from './random.ts';

const SEEDS = [1, 5, 8, 10, 11, 12, 13, 17, 18, 24, 34, 41, 44, 69, 76, 312];

holdFamily({
  name: 'contracts',
  subjects: sourcesOf(SEEDS, randomContract),
  flaws: {
    ignoreAliasing: 12, // two keys are never the same
    divRoundsDown: 34, // -1 / 2 is -1
    noOverflow: 17, // nothing overflows
    staleOld: 5, // `old` reads the end
    noEnvironmentStep: 11, // nothing happens between calls
    sumForgetsRemove: 24, // a removed entry stays in the sum
    assumeUnproved: 8, // invariants hold because they are written
    foundUnshown: 34, // invariants that are looked for hold if they do at the beginning
    selfTransferMoves: 69, // paying oneself makes money
    amountsPositive: 18, // amounts are never negative
    branchForgotten: 41, // only the first branch is ever taken
    emptyAtInit: 13, // nobody pays into an account before its contract is there
    addAlwaysGrows: 312, // an element added twice counts twice
    transferNeverFails: 10, // everyone can pay
    nobodyOwes: 8, // no account may go below zero
    factsTooEarly: 1, // what a transfer shows is known before it
  },
  refutes: true,
  unknownMax: 0,
});
