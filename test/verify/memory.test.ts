/** What searches remember: the answers stay, the questions become fewer, and a memory that is damaged is none. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  analyse,
  lowerProgram,
  RLIMIT_DEFAULT,
  renderRow,
  type Solve,
  verifyContract,
} from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { makeRefuter } from '../../testing/index.ts';

const TEXT = `contract Pot {
  state { members: Set<Did, 8>; given: Int; stage: Int; }
  rule join() { members.add(caller); }
  rule give(x: Int) requires caller in members && x > 0 && x < 100 ensures given < 150 { given += x; }
  rule close() requires members.size == 2 && given > 120 { stage = 1; }
  rule pass(x: Int) requires stage == 1 ensures x < 7 || given > 1_000 { stage = 2; }
  rule back() requires stage == 2 { stage = 0; }
}`;

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

type Told = { readonly rows: readonly string[]; readonly asked: number };

async function verify(kept: Map<string, string>, text = TEXT): Promise<Told> {
  const analysis = analyse(new Map([['Pot.ccl', text]]), 'Pot.ccl');
  expect(analysis.diagnostics).toEqual([]);
  const contract = lowerProgram(analysis).contracts[0]!;
  let asked = 0;
  const solve: Solve = (query) => {
    asked += 1;
    return solver.solve(query);
  };
  const memory = {
    get: (name: string) => kept.get(name),
    put: (name: string, said: string) => void kept.set(name, said),
  };
  const refute = makeRefuter(contract, { text, memory });
  const { rows } = await verifyContract(contract, { solve, refute, rlimit: RLIMIT_DEFAULT });
  return { rows: rows.map(renderRow), asked };
}

test('what was found is not searched for again, and is found again', async () => {
  const kept = new Map<string, string>();
  const [first, second] = [await verify(kept), await verify(kept)];
  expect(first.rows.some((row) => row.startsWith('refuted'))).toBe(true);
  expect(second.rows).toEqual(first.rows);
  expect(second.asked).toBeLessThan(first.asked);
});

test('what a run broke before is proved where it is mended', async () => {
  const kept = new Map<string, string>();
  const isGiven = (row: string): boolean => /give +ensures/.test(row);
  expect((await verify(kept)).rows.filter(isGiven)).toEqual([
    'refuted      give             ensures     ensures_1',
  ]);
  const mended = TEXT.replace('x < 100', 'x < 100 && given + x < 150');
  const { rows } = await verify(kept, mended);
  expect(rows.filter(isGiven)).toEqual(['proved       give             ensures     ensures_1']);
});

test('a memory that is damaged, or stands under another name, counts as none', async () => {
  const kept = new Map<string, string>();
  const first = await verify(kept);
  const names = [...kept.keys()];
  const damages: ((said: string, i: number) => string)[] = [
    () => '',
    () => '["[{}]"]',
    (said) => said.replace('"', "'"),
    (said) => said.slice(0, -3),
    (_, i) => kept.get(names[(i + 1) % names.length]!)!,
  ];
  for (const damage of damages) {
    const damaged = new Map(names.map((name, i) => [name, damage(kept.get(name)!, i)]));
    expect(await verify(damaged)).toEqual(first);
  }
});
