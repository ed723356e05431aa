/**
 * What the verifier answers to properties of common contracts whose truth is known (`bench/verification/more`): each
 * property on one version, where it is violated if there is such; `npm run -s bench -- verify` asks them all.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MORE, moreTasksOf } from '../../bench/verification/more.ts';
import { runTask } from '../../bench/verification/run.ts';
import type { Task } from '../../bench/verification/tasks.ts';
import { openSolver, type Solver } from '../../solver/index.ts';

/** The others take longer than they are worth here. */
const ASKED = [
  'auction',
  'crowd',
  'deposit',
  'dutch',
  'lottery',
  'raffle',
  'shares',
  'splitter',
  'staking',
  'subscription',
  'token',
  'vault',
  'vesting',
];

/** A busy machine. */
const TIMEOUT_MS = 300_000;

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

test('the cases that are asked are there', () => {
  expect(MORE).toEqual(expect.arrayContaining(ASKED));
});

describe.each(ASKED)('%s', (name) => {
  test.concurrent.each(oneVersionEach(moreTasksOf(name)).map((task) => [nameOf(task), task] as const))(
    '%s',
    async (_, task) => {
      const { answer, vacuous, unreplayed, note } = await runTask(task, solver.solve);
      expect({ answer, vacuous, unreplayed }, note).toEqual({
        answer: task.truth === 'H' ? 'proved' : 'refuted',
        vacuous: false,
        unreplayed: false,
      });
    },
    TIMEOUT_MS,
  );
});

// ---- private -----------------------------------------------------------------------------------

function nameOf({ property, version, truth }: Task): string {
  return `${property} ${version} ${truth}`;
}

/** Of each property the first version that violates it, else one version after the other. */
function oneVersionEach(tasks: readonly Task[]): readonly Task[] {
  const properties = [...Map.groupBy(tasks, ({ property }) => property).values()];
  return properties.map(
    (versions, i) => versions.find(({ truth }) => truth === 'V') ?? versions[i % versions.length]!,
  );
}
