/** Clauses that are not proved and become checks at run time: what is built, claimed, and examined by whoever doubts it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  analyse,
  build,
  certificateOf,
  claimsOf,
  contractWithMarks,
  DIAGNOSTICS,
  failsBuild,
  type Guarded,
  guardDiagnostics,
  guardMarks,
  lowerProgram,
  marksOf,
  missingProofs,
  recheck,
  verifyGuarded,
  workOf,
} from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { makeRefuter } from '../../testing/index.ts';
import { openArena, takeStep } from '../../testing/refute/steps.ts';
import { memberDid } from '../../testing/world.ts';
import { encodeArtifact } from '../../vm/index.ts';

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

const SOURCE = `contract Guarded {
  state { a: Int; b: Int; m: Map<Did, Int>; }
  ghost seen: Int;
  invariant small: b < 100;
  history grows: old(b) <= b || called(reset);
  rule step() ensures a == old(a) + 1 { a += 1; if a > 50 { b = 100; } }
  rule reset() { a = 0; b = 0; }
}`;

function contractOf(text: string) {
  const analysis = analyse(new Map([['guards', text]]), 'guards');
  expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return lowerProgram(analysis).contracts[0]!;
}

async function guardedOf(text: string): Promise<Guarded> {
  return verifyGuarded(contractOf(text), (contract) => ({
    solve: solver.solve,
    // Few steps: nobody comes to where it breaks.
    refute: makeRefuter(contract, { text, stepsMax: 40 }),
    rlimit: 10_000_000,
  }));
}

describe('guards', () => {
  test('an invariant that is not inductive is checked where it could break, and then assumed', async () => {
    const { guards, report, contract } = await guardedOf(SOURCE);
    expect(guards.map(({ guard, row }) => [guard.rule, guard.kind, guard.name, row.answer])).toEqual([
      ['step', 'invariant', 'small', 'unconfirmed'],
    ]);
    expect(report.rows.filter(failsBuild)).toEqual([]);
    expect(report.assumed).toContain('small');
    const arena = openArena(contract);
    const start = takeStep(arena, null, { kind: 'deploy', args: [] }).to;
    const step = contract.functions.findIndex(({ name }) => name === 'step');
    let place = start;
    let failure = null;
    for (let i = 0; i < 60 && failure === null; i++) {
      const taken = takeStep(arena, place, { kind: 'call', callee: step, args: [], by: memberDid('bob') });
      place = taken.to ?? place;
      failure = taken.failure;
    }
    expect(failure?.trap?.kind).toBe('Guard');
  });

  test('the build is a function of the source and the marks, and stands up to whoever doubts it', async () => {
    const { guards, report, contract } = await guardedOf(SOURCE);
    const source = contractOf(SOURCE);
    const certificate = certificateOf(report, solver.build);
    const marks = [...marksOf(source), ...guardMarks(guards.map(({ guard }) => guard))];
    const bytes = encodeArtifact(build(contract, { claims: claimsOf(certificate), marks }));
    const again = contractWithMarks(source, marks)!;
    expect(encodeArtifact(build(again, { claims: claimsOf(certificate), marks }))).toEqual(bytes);
    expect(missingProofs(again, certificate)).toEqual([]);
    expect(await recheck(again, certificate, solver.solve, workOf(certificate))).toEqual({ ok: true });
    // Without its guards the same source is neither this code nor proved.
    expect(encodeArtifact(build(source, { claims: claimsOf(certificate), marks }))).not.toEqual(bytes);
    expect(missingProofs(source, certificate)).not.toEqual([]);
    expect(contractWithMarks(source, [{ kind: 'guard', clause: 'step: invariant other' }])).toBeNull();
    expect(contractWithMarks(source, [{ kind: 'guard', clause: 'step: succeeds small' }])).toBeNull();
  });

  test('what code cannot check is not guarded', async () => {
    for (const clause of [
      'invariant all: forall d: Did { m[d] < 100 };',
      'invariant sums: sum(m) < 100;',
      'invariant ghostly: seen < 100;',
    ]) {
      const text = SOURCE.replace('invariant small: b < 100;', clause).replace(
        'b = 100;',
        'm[caller] = 100; ghost seen = 100;',
      );
      const { guards, report } = await guardedOf(text);
      expect(guards, clause).toEqual([]);
      expect(report.rows.filter(failsBuild), clause).not.toEqual([]);
    }
  });

  test('what is refuted is never guarded', async () => {
    const { guards, report } = await guardedOf(SOURCE.replace('a > 50', 'a > 1'));
    expect(guards).toEqual([]);
    expect(report.rows.filter(failsBuild).map(({ answer }) => answer)).toContain('refuted');
  });

  test('the example of W0509 triggers it', async () => {
    const { guards } = await guardedOf(DIAGNOSTICS.W0509.example);
    const rows = guards.map(({ row }) => row);
    expect(guardDiagnostics(rows, 'x').map(({ code }) => code)).toEqual(['W0509']);
  });
});
