/** What the host runs without a caller. */
import { holdFamily, sourcesOf } from './family.ts';
import { randomHooks } from './hooks.ts';

holdFamily({
  name: 'hooks',
  subjects: sourcesOf([1, 2, 3, 4, 5, 6, 7, 8], randomHooks),
  flaws: {
    hookHasCaller: 4, // somebody calls what the host runs
  },
  refutes: true,
  unknownMax: 0,
});
