/**
 * `npm run fuzz:verifier -- [SECONDS] [SEED]`: the random contracts of the meta-check (`meta/`) from seeds that nobody chose, for a
 * while (180 seconds). Fails with the contract when something is proved that a step from a reachable state breaks, or when
 * the verifier throws. No runs are looked for: what is proved alone counts.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepObligations, type Row, verifyContract } from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { randomCalls } from './meta/calls.ts';
import { randomFacts } from './meta/facts.ts';
import { randomForms } from './meta/forms.ts';
import { randomGhosts } from './meta/ghosts.ts';
import { randomHooks } from './meta/hooks.ts';
import { randomKeepers } from './meta/keepers.ts';
import { randomProofs } from './meta/proofs.ts';
import { randomChoices, randomContract, randomLoops, randomShapes } from './meta/random.ts';
import { randomSequences } from './meta/sequences.ts';
import { falseProofs, RLIMIT, SHOWN_BY_NOTHING, type Source, subjectOf } from './meta/subject.ts';
import { randomUpgrades } from './meta/upgrades.ts';

const alone =
  (draw: (seed: number) => string) =>
  (seed: number): Source => ({ seed, text: draw(seed) });

const FAMILIES: Readonly<Record<string, (seed: number) => Source>> = {
  calls: alone(randomCalls),
  choices: alone(randomChoices),
  contracts: alone(randomContract),
  facts: alone(randomFacts),
  forms: alone(randomForms),
  ghosts: alone(randomGhosts),
  hooks: alone(randomHooks),
  keepers: alone(randomKeepers),
  loops: alone(randomLoops),
  proofs: alone(randomProofs),
  sequences: alone(randomSequences),
  shapes: alone(randomShapes),
  upgrades: randomUpgrades,
};

const [seconds = '180', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
console.log(`seed ${seed}`);
const solver = await openSolver({ workers: 2 });
const wrong = await run(solver, Number(seed), Date.now() + 1_000 * Number(seconds));
await solver.close();
if (wrong) process.exitCode = 1;

async function run({ solve }: Solver, first: number, ends: number): Promise<boolean> {
  const counts = { proved: 0, refuted: 0, unconfirmed: 0, unknown: 0 };
  const kept = keepObligations();
  const names = Object.keys(FAMILIES);
  let tried = 0;
  for (; Date.now() < ends; tried++) {
    const family = names[tried % names.length]!;
    const source = FAMILIES[family]!(first + tried);
    try {
      const subject = subjectOf(source);
      const options = { solve, kept, refute: SHOWN_BY_NOTHING, rlimit: RLIMIT };
      const report = await verifyContract(subject.contract, options);
      const broken = falseProofs(subject, report);
      if (broken.length > 0) return tell(family, source, `proved, and broken:\n${broken.join('\n')}`);
      note(counts, report.rows);
    } catch (error) {
      return tell(family, source, error instanceof Error ? (error.stack ?? '') : String(error));
    }
  }
  for (const [answer, count] of Object.entries(counts)) console.log(`${answer.padEnd(12)}${count}`);
  console.log(`${tried} contracts, and nothing proved that a step breaks`);
  return counts.proved === 0;
}

function note(counts: { [answer in Row['answer']]: number }, rows: readonly Row[]): void {
  for (const { answer } of rows) counts[answer] += 1;
}

function tell(family: string, { seed: drawn, text, earlier }: Source, problem: string): true {
  const file = join(tmpdir(), `ccl-${family}-${drawn}.ccl`);
  writeFileSync(file, text);
  if (earlier !== undefined) writeFileSync(join(tmpdir(), earlier.name), earlier.text);
  console.error(`${family}, seed ${drawn}, now in ${file}:\n${problem}`);
  return true;
}
