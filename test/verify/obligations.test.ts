import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Contract } from '../../compiler/core/core.ts';
import { analyse, lowerProgram } from '../../compiler/pipeline.ts';
import { NO_FLAWS } from '../../compiler/verify/flaws.ts';
import { symbol } from '../../compiler/verify/formula.ts';
import { freeState, modelOf } from '../../compiler/verify/model.ts';
import { type Obligation, obligationsOf } from '../../compiler/verify/obligations.ts';
import { printPassive, walkFunction } from '../../compiler/verify/passive.ts';
import { holdsBy } from '../../compiler/verify/verify.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { expectGolden } from '../harness.ts';
import { timeBank } from './build.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/verify');

function contractIn(name: string): Contract {
  const text = readFileSync(join(FOLDER, name), 'utf8');
  return lowerProgram(analyse(new Map([[name, text]]), name)).contracts[0]!;
}

describe('obligations', () => {
  test('the passive form of a rule', () => {
    const contract = contractIn('timebank.ccl');
    const model = modelOf(contract, NO_FLAWS);
    const record = contract.functions.find((fn) => fn.name === 'record')!;
    const passive = walkFunction(model, record, freeState(model), (name) =>
      symbol(name, name === 'now' || name === 'block' ? 'Int' : 'Did'),
    );
    expectGolden(join(FOLDER, 'record.passive.out'), printPassive(passive));
  });

  test('the text of one obligation', () => {
    const found = obligationsOf(contractIn('timebank.ccl')).find(
      (o) => o.rule === 'record' && o.name === 'adds_up',
    )!;
    expectGolden(
      join(FOLDER, 'record.adds_up.smt2.out'),
      `; ${found.hash}\n; ${found.success}\n${found.text}`,
    );
  });

  test('the same contract has the same obligations, and names do not matter', () => {
    const hashes = (obligations: readonly Obligation[]): string[] => obligations.map((o) => o.hash);
    expect(hashes(obligationsOf(contractIn('timebank.ccl')))).toEqual(
      hashes(obligationsOf(contractIn('timebank.ccl'))),
    );
    const record = (obligations: readonly Obligation[]): string[] =>
      hashes(obligations.filter((o) => o.rule === 'record' && o.kind === 'invariant'));
    expect(record(obligationsOf(timeBank()))).toEqual(record(obligationsOf(contractIn('timebank.ccl'))));
  });
});

describe('answers do not hang on the seed', () => {
  const solvers: Solver[] = [];
  beforeAll(async () => {
    for (const seed of [0, 7, 4711]) solvers.push(await openSolver({ workers: 1, seed }));
  });
  afterAll(() => Promise.all(solvers.map((solver) => solver.close())));

  for (const name of ['timebank.ccl', 'members.ccl', 'outside.ccl', 'succeeds.ccl', 'products.ccl']) {
    test(name, async () => {
      const obligations = obligationsOf(contractIn(name));
      const answersOf = (solver: Solver): Promise<string[]> =>
        Promise.all(
          obligations.map(async (o) => {
            const answer = await solver.solve({ text: o.text, rlimit: 10_000_000, wants: [] });
            return `${o.rule} ${o.kind} ${o.name}: ${answer.status}${holdsBy(o, answer) ? '' : ', open'}`;
          }),
        );
      const [first, ...others] = await Promise.all(solvers.map(answersOf));
      for (const other of others) expect(other).toEqual(first);
    });
  }
});
