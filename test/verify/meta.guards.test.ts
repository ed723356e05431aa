/**
 * Checks at run time against what really happens: random contracts whose clauses are not proved are built with guards,
 * and every step from the states that they reach is taken on the VM. What is guarded must not be broken by any; the
 * same run must notice each planted flaw of the guards.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OUTSIDE } from '../../compiler/core/guards.ts';
import { analyse, type core, type Guarded, lowerProgram, verifyGuarded } from '../../compiler/index.ts';
import type { Flaw } from '../../compiler/verify/flaws.ts';
import { obligationsOf } from '../../compiler/verify/obligations.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { randomKeepers } from './keepers.ts';
import { explore, type Found, nameOfObligation } from './reachable.ts';

/** Chosen so that between them every kind of guard, and the planted flaws, show. */
const SEEDS = [2, 3, 11, 12, 21, 34];
const BOUNDS = { statesMax: 30, callsPerState: 12 };
const RLIMIT = 10_000_000;
const TIMEOUT_MS = 600_000;
const FLAWS: readonly Flaw[] = ['guardsFirstEntry', 'guardsEntryLate'];

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

function contractOf(seed: number): core.Contract {
  const analysis = analyse(new Map([['random', randomKeepers(seed)]]), 'random');
  const errors = analysis.diagnostics.filter(({ severity }) => severity === 'error');
  expect(errors, `seed ${seed}`).toEqual([]);
  return lowerProgram(analysis).contracts[0]!;
}

function guard(contract: core.Contract, flaws: readonly Flaw[]): Promise<Guarded> {
  const refute = () => ({ kind: 'none', reason: '' }) as const;
  const options = { solve: solver.solve, refute, rlimit: RLIMIT, flaws: new Set(flaws) };
  return verifyGuarded(contract, () => options);
}

function exploreAll(contract: core.Contract, seed: number): Found {
  const obligations = obligationsOf(contract).filter(({ kind }) => kind !== 'vacuity');
  return explore(contract, obligations, seed, BOUNDS);
}

/** Clauses that have a guard and are broken all the same; `entered`: where others broke what a rule is to check first. */
function brokenGuards({ guards, report, contract }: Guarded, { broken }: Found): readonly string[] {
  const entered = guards
    .filter(({ guard: { rule } }) => rule === OUTSIDE)
    .flatMap(({ guard: { name } }) => contract.functions.map((fn) => `${fn.name} entered ${name}`));
  const kept = report.rows.filter(({ rule, kind, clause }) =>
    guards.some(({ row }) => row.rule === rule && row.kind === kind && row.clause?.name === clause?.name),
  );
  return [...entered, ...kept.map(nameOfObligation)].filter((name) => broken.has(name));
}

describe('guards', () => {
  test(
    'nothing proved and nothing guarded is broken',
    async () => {
      const kinds = new Map<string, number>();
      let saved = 0;
      for (const seed of SEEDS) {
        const contract = contractOf(seed);
        const guarded = await guard(contract, []);
        const found = exploreAll(guarded.contract, seed);
        expect(brokenGuards(guarded, found), `seed ${seed}`).toEqual([]);
        const proved = guarded.report.rows.filter((row) => row.answer === 'proved' && row.kind !== 'vacuity');
        expect(
          proved.map(nameOfObligation).filter((name) => found.broken.has(name)),
          `seed ${seed}`,
        ).toEqual([]);
        for (const {
          guard: { rule, kind },
        } of guarded.guards) {
          const what = rule === OUTSIDE ? OUTSIDE : kind;
          kinds.set(what, (kinds.get(what) ?? 0) + 1);
        }
        saved += brokenGuards({ ...guarded, contract }, exploreAll(contract, seed)).length;
      }
      expect([...kinds.keys()].sort()).toEqual(
        ['assert', OUTSIDE, 'ensures', 'invariant', 'requires'].sort(),
      );
      expect(saved).toBeGreaterThan(10);
    },
    TIMEOUT_MS,
  );

  for (const flaw of FLAWS)
    test(
      `a planted flaw is noticed: ${flaw}`,
      async () => {
        let noticed: readonly string[] = [];
        for (const seed of SEEDS) {
          const guarded = await guard(contractOf(seed), [flaw]);
          noticed = brokenGuards(guarded, exploreAll(guarded.contract, seed));
          if (noticed.length > 0) break;
        }
        expect(noticed).not.toEqual([]);
      },
      TIMEOUT_MS,
    );
});
