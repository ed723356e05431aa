/** Symbolic tests. */
import { holdFamily, sourcesOf } from './family.ts';
import { randomProofs } from './proofs.ts';

holdFamily({
  name: 'proofs',
  subjects: sourcesOf([1, 2, 3, 4, 5, 6], randomProofs),
  flaws: {},
  refutes: true,
  unknownMax: 0,
});
