/**
 * The verifier's measures: the shared cases, scored by the published scheme; how long the examples take with nothing
 * cached and with every answer cached; and how long a one-line edit takes until its verdict, in a process that has proved
 * the text before, as an editor has. The solver is warm.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type KeptObligations, keepObligations, RLIMIT_DEFAULT, verifyContract } from '../compiler/index.ts';
import { openSolver, openTexts, type Solver } from '../solver/index.ts';
import { type Memory, makeRefuter } from '../testing/index.ts';
import type { Report } from './report.ts';
import { median } from './rounds.ts';
import { type Run, runTask } from './verification/run.ts';
import { outcomeOf, POINTS_MAX, pointsOf } from './verification/score.ts';
import { exampleSources, loweredFrom } from './verification/source.ts';
import { CASES, tasksOf } from './verification/tasks.ts';

const ROUNDS = 5;

export async function run(): Promise<Report> {
  const solver = await warmSolver();
  const runs: Run[] = [];
  for (const task of Object.keys(CASES).flatMap(tasksOf)) runs.push(await runTask(task, solver.solve));
  await solver.close();
  const sources = exampleSources();
  const examples = [];
  for (const path of sources.keys()) examples.push(await measure(sources, path));
  const largest = basename(largestOf(sources));
  return {
    bench: 'verify',
    rows: [...runs.map(taskRow), ...examples],
    values: {
      ...scores(runs),
      median_ms: median(runs.map(({ ms }) => ms)),
      max_s: Math.max(...runs.map(({ ms }) => ms)) / 1000,
      edit_to_verdict_ms: examples.find(({ example }) => example === largest)!['edit ms'],
      edit_slowest_ms: Math.max(...examples.map((row) => row['edit ms'])),
      example_cold_s: Math.max(...examples.map((row) => row['cold ms'])) / 1000,
      example_cached_s: Math.max(...examples.map((row) => row['cached ms'])) / 1000,
      peak_mb: process.resourceUsage().maxRSS / 1024,
    },
  };
}

// ---- the cases ---------------------------------------------------------------------------------

export function taskRow({ task, answer, note, ms, resource }: Run) {
  const { version, property, truth } = task;
  const expected = { H: 'proved', V: 'refuted', '?': 'not scored' }[truth];
  return { case: task.case, version, property, answer, expected, seconds: ms / 1000, rlimit: resource, note };
}

/** Of the cases alone and together; `same_truth` counts the tasks where the published labels agree with ours. */
function scores(runs: readonly Run[]): Record<string, number> {
  const scored = runs.filter(({ task }) => task.truth !== '?');
  const points = (some: readonly Run[]): number =>
    some.reduce((sum, { task, answer }) => sum + pointsOf(outcomeOf(task, answer)), 0);
  const same = scored.filter(({ task }) => task.sameTruth);
  const perCase = Object.keys(CASES).map((name) => [
    `score_${name}`,
    points(scored.filter(({ task }) => task.case === name)),
  ]);
  const published = Object.entries(CASES).reduce(
    (sum, [, one]) => ({
      certora: sum.certora + one.published.Certora,
      z3: sum.z3 + one.published['SolCMC-Z3'],
      eldarica: sum.eldarica + one.published['SolCMC-Eldarica'],
    }),
    { certora: 0, z3: 0, eldarica: 0 },
  );
  return {
    score_share: points(scored) / (POINTS_MAX * scored.length),
    false_proofs: runs.filter(({ task, answer }) => outcomeOf(task, answer) === 'FP!').length,
    vacuous_proofs: runs.filter(({ vacuous }) => vacuous).length,
    refuted_unreplayed: runs.filter(({ unreplayed }) => unreplayed).length,
    score: points(scored),
    score_max: POINTS_MAX * scored.length,
    ...Object.fromEntries(perCase),
    same_truth_score: points(same),
    same_truth_max: POINTS_MAX * same.length,
    same_truth_certora: published.certora,
    same_truth_solcmc_z3: published.z3,
    same_truth_solcmc_eldarica: published.eldarica,
  };
}

// ---- the examples ------------------------------------------------------------------------------

type Sources = ReadonlyMap<string, string>;

async function measure(examples: Sources, path: string) {
  const edited = new Map(examples).set(path, editOneLine(examples.get(path)!));
  const [cold, cached, edit]: [number[], number[], number[]] = [[], [], []];
  let obligations = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const cacheDir = mkdtempSync(join(tmpdir(), 'ccl-bench-'));
    const solver = await warmSolver(cacheDir);
    const memory = openTexts(join(cacheDir, 'runs'));
    const kept = keepObligations();
    for (const [sources, times] of [
      [examples, cold],
      [examples, cached],
      [edited, edit],
    ] as const) {
      const started = performance.now();
      obligations = await prove(sources, path, { ...solver, memory, kept });
      times.push(performance.now() - started);
    }
    await solver.close();
    rmSync(cacheDir, { recursive: true });
  }
  return {
    example: basename(path),
    obligations,
    'cold ms': median(cold),
    'cached ms': median(cached),
    'edit ms': median(edit),
  };
}

/** The path of the example with the most lines. */
function largestOf(sources: Sources): string {
  const lines = (path: string): number => sources.get(path)!.split('\n').length;
  return [...sources.keys()].reduce((largest, path) => (lines(path) > lines(largest) ? path : largest));
}

/** One more requirement on the first rule: what its obligations say is new to the cache. */
function editOneLine(text: string): string {
  return text.replace(
    /\n( *)(open )?rule [a-z_]+\([^)]*\)( -> [^\n{]+)?/,
    (head, indent) =>
      `${head}\n${indent}  requires caller != creator || now >= @2020-01-01T00:00Z else "too early"`,
  );
}

export async function warmSolver(cacheDir?: string): Promise<Solver> {
  const workers = availableParallelism();
  const solver = await openSolver(cacheDir === undefined ? { workers } : { workers, cacheDir });
  await Promise.all(
    Array.from({ length: workers }, (_, i) =>
      solver.solve({ text: `(declare-const x Int)\n(assert (< x ${i}))`, rlimit: 10_000, wants: [] }),
    ),
  );
  return solver;
}

type Session = Pick<Solver, 'solve'> & { readonly memory: Memory; readonly kept: KeptObligations };

async function prove(sources: Sources, path: string, { solve, memory, kept }: Session): Promise<number> {
  let obligations = 0;
  const contracts = loweredFrom(sources, path);
  for (const contract of contracts) {
    const refute = makeRefuter(contract, { text: sources.get(path)!, memory, implementers: contracts });
    const report = await verifyContract(contract, { solve, kept, refute, rlimit: RLIMIT_DEFAULT });
    obligations += report.rows.length;
  }
  return obligations;
}
