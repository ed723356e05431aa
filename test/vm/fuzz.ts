/**
 * `npm run fuzz -- [SECONDS] [SEED]`: random sound programs on both tiers for a while (60 seconds), with a table of
 * what was met. Fails when the tiers differ, and when an opcode, a kind of trap or an edge of gas was never met.
 */
import fc from 'fast-check';
import { soundArtifactOf, soundSeeds } from './arbitraries.ts';
import { compareTiers, createCounts, missed } from './tiers.ts';

const [seconds = '60', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
const ends = Date.now() + 1_000 * Number(seconds);
const counts = createCounts();
console.log(`seed ${seed}`);
for (let round = 0; Date.now() < ends; round++)
  fc.assert(
    fc.property(soundSeeds, (numbers) => compareTiers(soundArtifactOf(numbers), numbers, counts)),
    { numRuns: 50, seed: Number(seed) + round },
  );
for (const [title, table] of Object.entries({
  opcode: counts.opcodes,
  trap: counts.traps,
  gas: counts.edges,
}))
  for (const [name, count] of table) console.log(`${title.padEnd(8)}${name.padEnd(28)}${count}`);
console.log(`${counts.executions.all} executions on each tier, ${counts.executions.ok} without a trap`);
const never = missed(counts);
if (never.length > 0) {
  console.error(`never met: ${never.join(', ')}`);
  process.exitCode = 1;
}
