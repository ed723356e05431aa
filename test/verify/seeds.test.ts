/** An answer does not hang on luck: three random seeds of the solver give the same to what examples and cases ask. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleSources, lowered, loweredFrom } from '../../bench/verification/source.ts';
import { CASES, tasksOf } from '../../bench/verification/tasks.ts';
import { type core, RLIMIT_DEFAULT } from '../../compiler/index.ts';
import { isDecided, type Obligation, obligationsOf } from '../../compiler/verify/obligations.ts';
import { openSolver, type Solver } from '../../solver/index.ts';

const SEEDS = [0, 1, 2026];
/** One obligation in so many is asked, of all of them in source order. */
const STRIDE = 5;

let solvers: readonly Solver[];
beforeAll(async () => {
  solvers = await Promise.all(SEEDS.map((seed) => openSolver({ workers: 1, seed })));
});
afterAll(() => Promise.all(solvers.map((solver) => solver.close())));

test('three seeds, one answer', async () => {
  const asked = [...examples(), ...cases()]
    .flatMap((contract) => obligationsOf(contract))
    .filter((obligation) => !isDecided(obligation))
    .filter((_, index) => index % STRIDE === 0);
  expect(asked.length).toBeGreaterThan(100);
  const answers = await Promise.all(asked.map(answersTo));
  expect(answers.filter(({ statuses }) => new Set(statuses).size > 1)).toEqual([]);
});

async function answersTo({ contract, rule, kind, name, text }: Obligation) {
  const query = { text, rlimit: RLIMIT_DEFAULT, wants: [] };
  const answers = await Promise.all(solvers.map((solver) => solver.solve(query)));
  return { of: [contract, rule, kind, name].join(' '), statuses: answers.map(({ status }) => status) };
}

function examples(): readonly core.Contract[] {
  const sources = exampleSources();
  return [...sources.keys()].flatMap((path) => loweredFrom(sources, path));
}

/** Of each case the last version, with its last property. */
function cases(): readonly core.Contract[] {
  return Object.keys(CASES).flatMap((name) => lowered(tasksOf(name).at(-1)!.source));
}
