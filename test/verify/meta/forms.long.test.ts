/** The forms of specification: `fails when`, `changes`, clauses of functions, ghosts, `called`. */
import { holdFamily, sourcesOf } from './family.ts';
import { randomForms } from './forms.ts';

holdFamily({
  name: 'forms',
  subjects: sourcesOf([3, 5, 8, 9, 12, 15, 27], randomForms),
  flaws: {
    failsReadsAfter: 3, // `fails when` is about the state that the call leaves
    changesIgnoresEntries: 8, // `changes` says nothing of the entries of maps and sets
    callChangesNothing: 15, // a `fn` leaves the state as it was
    ghostNotSet: 12, // ghosts keep their values
    calledAny: 15, // `called(r)` is true of every rule
    timeStandsStill: 5, // no time goes by between calls
    succeedsAssumesRequires: 9, // what a rule requires is taken for granted where it promises to succeed
  },
  refutes: true,
  unknownMax: 0,
});
