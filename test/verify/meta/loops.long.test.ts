/** Loops, walked turn by turn or cut at their invariants. */
import { holdFamily, sourcesOf } from './family.ts';
import { randomLoops } from './random.ts';

holdFamily({
  name: 'loops',
  subjects: sourcesOf([1, 2, 4, 5, 9, 10, 11], randomLoops),
  flaws: {
    loopWritesNothing: 9, // a loop that is cut leaves everything as it was
  },
  refutes: true,
  // What a cut loop leaves unknown is often not what a run leaves.
  unknownMax: 40,
});
