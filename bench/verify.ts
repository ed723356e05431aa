/** How long the examples take to prove: nothing cached and the solver warm, and again with every answer cached. */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { analyse, lowerProgram, RLIMIT_DEFAULT, verifyContract } from '../compiler/index.ts';
import { openSolver, type Solver } from '../solver/index.ts';
import { makeRefuter } from '../testing/index.ts';
import type { Report } from './report.ts';
import { median } from './rounds.ts';

const EXAMPLES = join(import.meta.dirname, '..', 'examples');
const ROUNDS = 5;

export async function run(): Promise<Report> {
  const paths = globSync('*/*.ccl', { cwd: EXAMPLES })
    .map((path) => join(EXAMPLES, path))
    .sort();
  const rows = [];
  for (const path of paths) rows.push(await measure(path));
  return {
    bench: 'verify',
    rows,
    values: {
      example_cold_s: Math.max(...rows.map((row) => row['cold ms'])) / 1000,
      example_cached_s: Math.max(...rows.map((row) => row['cached ms'])) / 1000,
      peak_mb: process.resourceUsage().maxRSS / 1024,
    },
  };
}

async function measure(path: string) {
  const cold: number[] = [];
  const cached: number[] = [];
  let obligations = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const cacheDir = mkdtempSync(join(tmpdir(), 'ccl-bench-'));
    const solver = await openSolver({ workers: availableParallelism(), cacheDir });
    await solver.solve({ text: '(assert false)', rlimit: 1000, wants: [] });
    for (const times of [cold, cached]) {
      const started = performance.now();
      obligations = await prove(path, solver);
      times.push(performance.now() - started);
    }
    await solver.close();
    rmSync(cacheDir, { recursive: true });
  }
  return { example: basename(path), obligations, 'cold ms': median(cold), 'cached ms': median(cached) };
}

async function prove(path: string, solver: Solver): Promise<number> {
  const text = readFileSync(path, 'utf8');
  const { contracts } = lowerProgram(analyse(new Map([[path, text]]), path));
  let obligations = 0;
  for (const contract of contracts) {
    const { solve } = solver;
    const report = await verifyContract(contract, {
      solve,
      refute: makeRefuter(contract, { text }),
      rlimit: RLIMIT_DEFAULT,
    });
    obligations += report.rows.length;
  }
  return obligations;
}
