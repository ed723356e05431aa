/** Ghosts that are maps. */
import { holdFamily, sourcesOf } from './family.ts';
import { randomGhosts } from './ghosts.ts';

holdFamily({
  name: 'ghosts',
  subjects: sourcesOf([8, 60], randomGhosts),
  flaws: {
    ghostEntriesUncounted: 60, // sums over a ghost do not follow its entries
  },
  refutes: true,
  unknownMax: 0,
});
