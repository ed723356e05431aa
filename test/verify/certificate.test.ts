import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  certificateOf,
  decodeCertificate,
  encodeCertificate,
  recheck,
  workOf,
} from '../../compiler/verify/certificate.ts';
import { type Report, verifyContract } from '../../compiler/verify/verify.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import {
  clause,
  contract,
  fn,
  load,
  local,
  locals,
  number,
  op,
  store,
  t,
  timeBank,
  valueSlot,
} from './build.ts';

const RLIMIT = 10_000_000;

let solver: Solver;
let report: Report;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
  report = await verify(timeBank());
});
afterAll(() => solver.close());

const verify = (subject: ReturnType<typeof timeBank>): Promise<Report> =>
  verifyContract(subject, {
    solve: solver.solve,
    refute: () => ({ kind: 'none', reason: 'not looked for' }),
    rlimit: RLIMIT,
  });

describe('certificates', () => {
  test('what was proved is proved again, within the certified work', async () => {
    const certificate = certificateOf(report, solver.build);
    expect(certificate.proofs.length).toBe(9);
    expect(await recheck(timeBank(), certificate, solver.solve, workOf(certificate))).toEqual({ ok: true });
  });

  test('one JSON text, and no other', () => {
    const text = encodeCertificate(certificateOf(report, solver.build));
    expect(encodeCertificate(decodeCertificate(text)!)).toBe(text);
    for (const other of [
      '',
      '{',
      'null',
      `${text} `,
      text.replace('"solver":', '"more":1,"solver":'),
      text.replace(/\d+\]\]/, '99]]'),
      text.replace(/\d+\]\]/, '30]]'),
    ]) {
      expect(decodeCertificate(other)).toBeNull();
    }
  });

  test('a certificate for another contract, a proof that is none, too much work', async () => {
    const certificate = certificateOf(report, solver.build);
    const refused = async (changed: typeof certificate, workMax = 2 ** 40): Promise<string> => {
      const result = await recheck(timeBank(), changed, solver.solve, workMax);
      return result.ok ? 'accepted' : result.problem;
    };
    expect(await refused({ ...certificate, contract: 'Other' })).toContain('it is for Other');
    expect(await refused({ ...certificate, proofs: [{ hash: '0'.repeat(64), limitClass: 5 }] })).toContain(
      'without proving it',
    );
    expect(
      await refused({ ...certificate, assumed: [], proofs: [{ hash: '0'.repeat(64), limitClass: 5 }] }),
    ).toContain('no obligation');
    expect(await refused({ ...certificate, assumed: [...certificate.assumed, 'ghost'] })).toContain(
      'invariant ghost',
    );
    expect(await refused(certificate, 10)).toContain('more of the solver');
  });

  test('an invariant that does not hold is assumed by nothing', async () => {
    // `small` breaks at the second call; `odd` would be kept only by its help.
    const counter = contract({
      slots: [valueSlot('n')],
      invariants: [
        clause('invariant', 'small', t.op('lt', t.load(0), t.int(2n))),
        clause('invariant', 'tiny', t.op('lt', t.load(0), t.int(3n))),
      ],
      functions: [
        fn('init', { kind: 'init' }),
        fn('step', {
          locals: locals({ kind: 'Int' }, { kind: 'Int' }),
          body: [load(0, 0), op(1, 'add', local(0), number(1n)), store(local(1), 0)],
        }),
      ],
    });
    const rows = (await verify(counter)).rows.filter(
      (row) => row.kind === 'invariant' && row.rule === 'step',
    );
    expect(rows.map((row) => [row.name, row.answer])).toEqual([
      ['small', 'unknown'],
      ['tiny', 'unknown'],
    ]);
    const certificate = certificateOf(await verify(counter), solver.build);
    expect(certificate.assumed).toEqual([]);
    const forged = { ...certificate, assumed: ['small', 'tiny'] };
    expect((await recheck(counter, forged, solver.solve, 2 ** 40)).ok).toBe(false);
  });
});
