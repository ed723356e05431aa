/** Clauses that the verifier turns into checks at run time: what they check is never broken, and it matters that they run. */
import { expect, test } from 'vitest';
import { verifyGuarded } from '../../../compiler/index.ts';
import { obligationsOf } from '../../../compiler/verify/obligations.ts';
import { benchOf, sourcesOf, TIMEOUT_MS } from './family.ts';
import { randomContract } from './random.ts';
import { explore } from './reachable.ts';
import { BOUNDS, falseProofs, RLIMIT, SHOWN_BY_NOTHING } from './subject.ts';

const bench = benchOf({ subjects: sourcesOf([1, 5, 8], randomContract) });

test(
  'what guards check is never broken, and it is noticed where they do not run',
  async () => {
    const { solve, subjects } = bench();
    let [guards, noticed] = [0, 0];
    for (const subject of subjects) {
      const options = { solve, refute: SHOWN_BY_NOTHING, rlimit: RLIMIT };
      const guarded = await verifyGuarded(subject.contract, () => options);
      guards += guarded.guards.length;
      const { contract, report } = guarded;
      const obligations = obligationsOf(contract).filter(({ kind }) => kind !== 'vacuity');
      const found = explore(contract, obligations, subject.seed, BOUNDS);
      expect(falseProofs({ ...subject, contract, found }, report)).toEqual([]);
      const rows = report.rows.filter(({ kind }) => kind !== 'may-revert');
      noticed += falseProofs(subject, { ...report, rows }).length;
    }
    expect(guards).toBeGreaterThan(5);
    expect(noticed).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
