/**
 * Checks at run time that stand for a proof, against what really happens: contracts whose clauses ask for them, built with
 * guards. What is guarded is never broken, each kind of guard is met, and each flaw that is planted in them shows.
 */
import { expect, test } from 'vitest';
import { OUTSIDE } from '../../../compiler/core/guards.ts';
import { type core, type Guarded, verifyGuarded } from '../../../compiler/index.ts';
import type { Flaw } from '../../../compiler/verify/flaws.ts';
import { obligationsOf } from '../../../compiler/verify/obligations.ts';
import { benchOf, sourcesOf, TIMEOUT_MS } from './family.ts';
import { randomKeepers } from './keepers.ts';
import { explore, type Found, nameOfObligation } from './reachable.ts';
import { BOUNDS, falseProofs, RLIMIT, SHOWN_BY_NOTHING, type Subject } from './subject.ts';

/** Chosen so that between them every kind of guard, and the planted flaws, show. */
const bench = benchOf({ subjects: sourcesOf([2, 3, 11, 12, 21, 34], randomKeepers) });

/** By the subject of which seed each is noticed. */
const FLAWS: { readonly [flaw in Flaw]?: number } = { guardsFirstEntry: 2, guardsEntryLate: 11 };

function guard({ contract }: Subject, flaws: readonly Flaw[]): Promise<Guarded> {
  const { solve } = bench();
  const options = { solve, refute: SHOWN_BY_NOTHING, rlimit: RLIMIT, flaws: new Set(flaws) };
  return verifyGuarded(contract, () => options);
}

function reach(contract: core.Contract, { seed }: Subject): Found {
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

test(
  'what is guarded is never broken, nor what is proved with it',
  async () => {
    const kinds = new Set<string>();
    let saved = 0;
    for (const subject of bench().subjects) {
      const guarded = await guard(subject, []);
      const found = reach(guarded.contract, subject);
      expect(brokenGuards(guarded, found), `seed ${subject.seed}`).toEqual([]);
      expect(falseProofs({ ...subject, contract: guarded.contract, found }, guarded.report)).toEqual([]);
      for (const each of guarded.guards) kinds.add(each.guard.rule === OUTSIDE ? OUTSIDE : each.guard.kind);
      saved += brokenGuards(guarded, subject.found).length;
    }
    expect([...kinds].sort()).toEqual(['assert', OUTSIDE, 'ensures', 'invariant', 'requires']);
    expect(saved).toBeGreaterThan(10);
  },
  TIMEOUT_MS,
);

for (const [flaw, seed] of Object.entries(FLAWS) as [Flaw, number][])
  test(
    `planted: ${flaw}`,
    async () => {
      const subject = bench().subjects.find((one) => one.seed === seed)!;
      const guarded = await guard(subject, [flaw]);
      expect(brokenGuards(guarded, reach(guarded.contract, subject))).not.toEqual([]);
    },
    TIMEOUT_MS,
  );
