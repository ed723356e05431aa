/** Calls to other contracts. */
import { randomCalls } from './calls.ts';
import { holdFamily, sourcesOf } from './family.ts';

holdFamily({
  name: 'calls',
  subjects: sourcesOf([1, 2, 4, 7, 17], randomCalls),
  flaws: {
    callForgetsNothing: 1, // another contract leaves all balances as they were
    spendingForgotten: 1, // nothing is ever spent
    promisesOnRevert: 17, // what an interface promises holds before its method was called
  },
  refutes: true,
  unknownMax: 0,
});
