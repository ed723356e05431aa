/** The examples keep what their pages say: they are formatted, their tests pass, everything but "may revert" is proved. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  analyse,
  certificateOf,
  format,
  lowerProgram,
  recheck,
  verifyContract,
  workOf,
} from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { runTests } from '../../testing/index.ts';
import { programOf } from '../testing/compiled.ts';

const text = readFileSync(join(import.meta.dirname, '../../examples/dividend/Dividend.ccl'), 'utf8');

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

test('the dividend is formatted, and its tests pass', async () => {
  expect(await format(text, { file: 'Dividend.ccl' })).toMatchObject({ ok: true, text });
  expect(runTests(programOf(text)).filter(({ failure }) => failure !== null)).toEqual([]);
});

test('the dividend is proved', async () => {
  const [contract] = lowerProgram(analyse(new Map([['Dividend.ccl', text]]), 'Dividend.ccl')).contracts;
  const refute = () => ({ kind: 'none', reason: '' }) as const;
  const report = await verifyContract(contract!, { solve: solver.solve, refute, rlimit: 10_000_000 });
  const { rows } = report;
  const kept = rows.filter(({ name }) => name.endsWith('.kept')).map(({ hash }) => hash);
  const open = rows.filter(({ answer, kind }) => answer !== 'proved' && kind !== 'vacuity');
  const certificate = certificateOf(report, solver.build);
  expect(certificate.assumed).toContain('distribute loop_1.invariant_1');
  expect(await recheck(contract!, certificate, solver.solve, workOf(certificate))).toEqual({ ok: true });
  const circular = { ...certificate, proofs: certificate.proofs.filter(({ hash }) => !kept.includes(hash)) };
  expect(await recheck(contract!, circular, solver.solve, workOf(certificate))).toMatchObject({ ok: false });
  expect(open.map(({ rule, kind }) => `${rule} ${kind}`)).toEqual(['record may-revert', 'record may-revert']);
});
