/** Texts, bytes, hashes and lists. */
import { holdFamily, sourcesOf } from './family.ts';
import { randomSequences } from './sequences.ts';

holdFamily({
  name: 'sequences',
  subjects: sourcesOf([4, 5, 8, 17, 24], randomSequences),
  flaws: {
    indexUnchecked: 24, // every index is within
    pushForgetsLength: 17, // a list keeps its length when an element is added
  },
  refutes: true,
  // Not every preimage of a hash is looked for, and not every text that is joined of two.
  unknownMax: 1,
});
