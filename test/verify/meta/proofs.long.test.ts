/** Symbolic tests: calls one after the other, runs from one state, time, spending limits. */
import { holdFamily, sourcesOf } from './family.ts';
import { randomProofs } from './proofs.ts';

holdFamily({
  name: 'proofs',
  subjects: sourcesOf([2, 3, 14, 16, 27, 112], randomProofs),
  flaws: {
    callsSucceed: 2, // a call that is to fail is taken to succeed
    runsGoOn: 3, // a run begins where the one before it ended
    spendingIgnored: 14, // a contract takes more than its caller allows
    failedCallStays: 14, // what a call did stays, although it failed
    laterKeepsTime: 16, // the clock stands still in `later`
    laterKeepsBalances: 27, // nobody else pays in `later`
  },
  refutes: true,
  unknownMax: 0,
});
