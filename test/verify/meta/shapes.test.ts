/** Values of more than one word: records, enums, options, tuples as keys and in the state. */
import { holdFamily, sourcesOf } from './family.ts';
import { randomChoices, randomShapes } from './random.ts';

holdFamily({
  name: 'shapes',
  subjects: [...sourcesOf([8, 9, 11, 24], randomShapes), ...sourcesOf([1, 2, 3, 4], randomChoices)],
  flaws: {},
  refutes: true,
  unknownMax: 0,
});
