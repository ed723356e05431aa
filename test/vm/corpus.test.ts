/** Every program of the corpus runs alike on both tiers, with ample gas and on every edge of it. */
import { expect, test } from 'vitest';
import { numbersOf, readCorpus } from './corpus.ts';
import { compareTiers, createCounts } from './tiers.ts';

const ROUNDS = 12;
const counts = createCounts();

for (const { name, artifact } of readCorpus())
  test(name, () => {
    for (let round = 0; round < ROUNDS; round++) compareTiers(artifact, numbersOf(name, round), counts);
  });

test('the corpus meets every trap and every edge of gas', () => {
  const never = (map: ReadonlyMap<string, number>) =>
    [...map].filter(([, count]) => count === 0).map(([name]) => name);
  expect(never(counts.traps)).toEqual([]);
  expect(never(counts.edges)).toEqual([]);
});
