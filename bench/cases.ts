/** The verifier on cases of our own (`verification/more/`): how many answers are right, and what would be an alarm. */
import type { Report } from './report.ts';
import { median } from './rounds.ts';
import { MORE, moreTasksOf } from './verification/more.ts';
import { type Run, runTask } from './verification/run.ts';
import { outcomeOf, POINTS_MAX, pointsOf } from './verification/score.ts';
import { taskRow, warmSolver } from './verify.ts';

export async function run(): Promise<Report> {
  const solver = await warmSolver();
  const runs: Run[] = [];
  for (const task of MORE.flatMap(moreTasksOf)) runs.push(await runTask(task, solver.solve));
  await solver.close();
  const outcomes = runs.map(({ task, answer }) => outcomeOf(task, answer));
  const points = outcomes.reduce((sum, outcome) => sum + pointsOf(outcome), 0);
  const times = runs.map(({ ms }) => ms);
  return {
    bench: 'cases',
    rows: runs.map(taskRow),
    values: {
      tasks: runs.length,
      score_share: points / (POINTS_MAX * runs.length),
      false_proofs: outcomes.filter((outcome) => outcome === 'FP!').length,
      false_refutations: outcomes.filter((outcome) => outcome === 'FN!').length,
      vacuous_proofs: runs.filter(({ vacuous }) => vacuous).length,
      median_ms: median(times),
      max_s: Math.max(...times) / 1000,
    },
  };
}
