/**
 * `npm run fuzz -- [SECONDS] [SEED]`: both tiers side by side for a while (60 seconds), on random sound programs, on
 * programs with instructions changed, on compiled random contracts and on the examples; with a table of what was met.
 * Fails when the tiers differ, keeping the program in the corpus, and when an opcode, a kind of trap or an edge of gas
 * was never met.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { analyse, build, lowerProgram } from '../../compiler/index.ts';
import { type Artifact, validate, withGasBounds } from '../../vm/index.ts';
import { randomContract } from '../codegen/programs.ts';
import { soundArtifactOf, soundSeeds } from './arbitraries.ts';
import { changed } from './changes.ts';
import { keep, numbersOf, readCorpus } from './corpus.ts';
import { type Counts, compareTiers, createCounts, missed } from './tiers.ts';

/** A round of each in turn; `made` counts what was run. */
const SOURCES: readonly {
  readonly name: string;
  readonly make: (numbers: readonly number[]) => Artifact | null;
}[] = [
  { name: 'sound programs', make: soundArtifactOf },
  { name: 'changed programs', make: changedProgram },
  { name: 'compiled contracts', make: compiledContract },
];

const [seconds = '60', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
const ends = Date.now() + 1_000 * Number(seconds);
const counts = createCounts();
const made = new Map<string, number>();
console.log(`seed ${seed}`);
runKept();
for (let round = 0; Date.now() < ends; round++) {
  const { name, make } = SOURCES[round % SOURCES.length]!;
  runRound(name, make, Number(seed) + round);
}
report(counts);

/** The corpus and the examples, once. */
function runKept(): void {
  for (const { name, artifact } of [...readCorpus(), ...examples()])
    for (let round = 0; round < 20; round++) {
      compareTiers(artifact, numbersOf(`${name} ${seed}`, round), counts);
      tally('corpus and examples');
    }
}

function runRound(name: string, make: (numbers: readonly number[]) => Artifact | null, from: number): void {
  const property = fc.property(soundSeeds, (numbers) => {
    const artifact = make(numbers);
    if (artifact === null) return;
    tally(name);
    compareTiers(artifact, numbers, counts);
  });
  const result = fc.check(property, { numRuns: 25, seed: from });
  if (!result.failed) return;
  const [numbers] = result.counterexample ?? [[]];
  const artifact = make(numbers);
  const path = artifact === null ? '' : keep(artifact);
  console.error(`${name}, seed ${from}: ${String(result.errorInstance)}\nkept as ${path}`);
  process.exit(1);
}

function changedProgram(numbers: readonly number[]): Artifact | null {
  const artifact = withGasBounds(
    changed(soundArtifactOf(numbers), numbers.slice(0, 3 + ((numbers[0] ?? 0) % 4))),
  );
  return validate(artifact).ok ? artifact : null;
}

function compiledContract(numbers: readonly number[]): Artifact {
  let at = 0;
  const choose = (bound: number) => (numbers[at++ % numbers.length] ?? 0) % bound;
  return build(randomContract(choose), { claims: [], marks: [] });
}

function examples(): { name: string; artifact: Artifact }[] {
  const folder = join(import.meta.dirname, '../../examples');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ccl'),
  );
  return files.flatMap((file) => {
    const analysis = analyse(new Map([[file, readFileSync(join(folder, file), 'utf8')]]), file);
    if (analysis.diagnostics.some(({ severity }) => severity === 'error')) return [];
    const { contracts } = lowerProgram(analysis);
    return contracts.map((contract) => ({
      name: file,
      artifact: build(contract, { claims: [], marks: [] }),
    }));
  });
}

function tally(name: string): void {
  made.set(name, (made.get(name) ?? 0) + 1);
}

function report({ opcodes, traps, edges, executions }: Counts): void {
  for (const [title, table] of Object.entries({ opcode: opcodes, trap: traps, gas: edges, programs: made }))
    for (const [name, count] of table) console.log(`${title.padEnd(10)}${name.padEnd(32)}${count}`);
  console.log(`${executions.all} executions on each tier, ${executions.ok} without a trap`);
  const never = missed(counts);
  if (never.length === 0) return;
  console.error(`never met: ${never.join(', ')}`);
  process.exitCode = 1;
}
