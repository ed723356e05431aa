/** False proofs that there have been: what a run breaks is not called proved. The fixtures `sound-*` show the answers in full. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, analyse, lowerProgram, verifyContract } from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { openArena, takeStep } from '../../testing/refute/steps.ts';
import { memberDid } from '../../testing/world.ts';
import type { AbiValue } from '../../vm/index.ts';
import { fixtures } from '../harness.ts';

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 1 });
});
afterAll(() => solver.close());

type Case = {
  readonly fixture: string;
  /** Kind and name of the clause, the rule it stands on, and arguments that break it at once. */
  readonly clause: string;
  readonly rule: string;
  readonly args: readonly AbiValue[];
};

const CASES: readonly Case[] = [
  // A witness of an earlier round stood for the very text it had to differ from.
  { fixture: 'sound-witnesses', clause: 'succeeds succeeds_1', rule: 'seven', args: [8n] },
];

describe('a clause that a run breaks', () => {
  for (const { fixture, clause, rule, args } of CASES) {
    test(`${fixture}: ${rule} ${clause}`, async () => {
      const text = fixtures('verify', '.ccl').find(({ name }) => name.includes(fixture))!.text;
      const contract = lowerProgram(analyse(new Map([[fixture, text]]), fixture)).contracts[0]!;
      const arena = openArena(contract);
      const deployed = takeStep(arena, null, { kind: 'deploy', args: [] }).to;
      const callee = contract.functions.findIndex(({ name }) => name === rule);
      expect(takeStep(arena, deployed, { kind: 'call', callee, args, by: memberDid('bob') }).to).toBeNull();
      const refute = () => ({ kind: 'none', reason: '' }) as const;
      const report = await verifyContract(contract, { solve: solver.solve, refute, rlimit: 10_000_000 });
      const row = report.rows.find((one) => one.rule === rule && `${one.kind} ${one.name}` === clause)!;
      expect<Answer>(row.answer).toBe('unknown');
    });
  }
});
