import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { crossCheck, openSolver, type Solver } from '../../solver/index.ts';

const SAT = '(declare-const x Int)(declare-const b Bool)(assert (and b (> x 41) (< x 43)))';
const UNSAT = '(declare-const x Int)(assert (and (> x 1) (< x 2)))';
/** Factoring: no solver gets far with it. */
const HARD =
  '(declare-const x Int)(declare-const y Int)(assert (and (> x 1) (> y x) (= (* x y) 1000036000099)))';
const RLIMIT = 1_000_000;

/** The threads that are started from now on. */
function countWorkers(): () => readonly Worker[] {
  const started: Worker[] = [];
  process.on('worker', (worker) => started.push(worker));
  return () => started;
}

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

describe('solver', () => {
  test('sat, with the values asked for', async () => {
    const answer = await solver.solve({ text: SAT, rlimit: RLIMIT, wants: ['x', 'b', 'absent'] });
    expect(answer).toMatchObject({ status: 'sat', values: { x: '42', b: 'true' }, reason: '' });
  });

  test('unsat, with the resource spent', async () => {
    const answer = await solver.solve({ text: UNSAT, rlimit: RLIMIT, wants: [] });
    expect(answer.status).toBe('unsat');
    expect(answer.rlimitUsed).toBeGreaterThan(0);
  });

  test('negative numbers and elements of a declared sort', async () => {
    const text =
      '(declare-sort D 0)(declare-const n Int)(declare-const d D)(declare-const e D)(assert (and (= n (- 7)) (not (= d e))))';
    const { values } = await solver.solve({ text, rlimit: RLIMIT, wants: ['n', 'd', 'e'] });
    expect(values['n']).toBe('-7');
    expect(values['d']).not.toBe(values['e']);
  });

  test('the limit is per query, not per process', async () => {
    const small = await solver.solve({ text: HARD, rlimit: 2_000, wants: [] });
    expect(small.status).toBe('unknown');
    expect(small.reason).not.toBe('');
    const after = await solver.solve({ text: UNSAT, rlimit: RLIMIT, wants: [] });
    expect(after.status).toBe('unsat');
  });

  test('text that is not SMT-LIB is unknown, and the worker goes on', async () => {
    expect((await solver.solve({ text: '(assert (', rlimit: RLIMIT, wants: [] })).status).toBe('unknown');
    expect((await solver.solve({ text: '(assert nonsense)', rlimit: RLIMIT, wants: [] })).status).toBe(
      'unknown',
    );
    expect((await solver.solve({ text: SAT, rlimit: RLIMIT, wants: [] })).status).toBe('sat');
  });

  test('many queries at once, answered each to its own', async () => {
    const queries = Array.from({ length: 60 }, (_, i) =>
      solver.solve({ text: `(declare-const x Int)(assert (= x ${i}))`, rlimit: RLIMIT, wants: ['x'] }),
    );
    const answers = await Promise.all(queries);
    expect(answers.map((answer) => answer.values['x'])).toEqual(answers.map((_, i) => String(i)));
  });

  test('a hang is unknown and its worker replaced', async () => {
    const impatient = await openSolver({ workers: 1, killAfterMs: 300 });
    const hang = await impatient.solve({
      text: HARD.replace('1000036000099', `${2n ** 400n + 181n}`),
      rlimit: 0xffff_ffff,
      wants: [],
    });
    expect(hang).toMatchObject({ status: 'unknown', reason: 'no answer within 300 ms' });
    await impatient.close();
    expect((await impatient.solve({ text: SAT, rlimit: RLIMIT, wants: [] })).status).toBe('unknown');
  });

  test('what nobody waits for any more is not asked', async () => {
    const cacheDir = mkdtempSync(join(tmpdir(), 'ccl-solver-'));
    const busy = await openSolver({ workers: 1, cacheDir });
    const abort = new AbortController();
    const query = { text: UNSAT, rlimit: RLIMIT, wants: [] };
    const withdrawn = [SAT, HARD].map((text) => busy.solve({ ...query, text }, abort.signal));
    abort.abort();
    for (const answer of await Promise.all(withdrawn))
      expect(answer.reason).toBe('it was not asked any more');
    expect((await busy.solve(query, abort.signal)).status).toBe('unknown');
    expect((await busy.solve(query)).status).toBe('unsat');
    expect(readdirSync(cacheDir)).toHaveLength(1);
    await busy.close();
    rmSync(cacheDir, { recursive: true });
  });

  test('who asks the same while it is worked on waits with the others', async () => {
    const started = countWorkers();
    const pool = await openSolver({ workers: 1, queriesPerWorkerMax: 1 });
    const hard = { text: HARD, rlimit: RLIMIT, wants: [] };
    const abort = new AbortController();
    const first = pool.solve(hard, abort.signal);
    const second = pool.solve(hard);
    const other = pool.solve({ text: UNSAT, rlimit: RLIMIT, wants: [] });
    abort.abort();
    expect((await first).reason).toBe('it was not asked any more');
    expect((await second).rlimitUsed).toBeGreaterThan(0);
    expect((await other).status).toBe('unsat');
    expect(started()).toHaveLength(2);
    await pool.close();
  });

  test('a worker that has nothing to do ends, and another one takes its place', async () => {
    const started = countWorkers();
    const lazy = await openSolver({ workers: 1, idleAfterMs: 1 });
    const query = { text: UNSAT, rlimit: RLIMIT, wants: [] };
    expect((await lazy.solve(query)).status).toBe('unsat');
    await once(started()[0]!, 'exit');
    expect((await lazy.solve(query)).status).toBe('unsat');
    expect(started()).toHaveLength(2);
    await lazy.close();
  });

  test('workers are replaced after their share of queries', async () => {
    const recycling = await openSolver({ workers: 1, queriesPerWorkerMax: 2 });
    for (let i = 0; i < 5; i++) {
      expect((await recycling.solve({ text: UNSAT, rlimit: RLIMIT, wants: [] })).status).toBe('unsat');
    }
    await recycling.close();
  });

  test('answers come from the cache, a damaged entry does not', async () => {
    const cacheDir = mkdtempSync(join(tmpdir(), 'ccl-solver-'));
    const first = await openSolver({ workers: 1, cacheDir });
    const answer = await first.solve({ text: SAT, rlimit: RLIMIT, wants: ['x'] });
    await first.close();
    const [entry] = readdirSync(cacheDir);
    writeFileSync(join(cacheDir, entry!), JSON.stringify({ ...answer, values: { x: 'from the cache' } }));
    const second = await openSolver({ workers: 1, cacheDir });
    expect((await second.solve({ text: SAT, rlimit: RLIMIT, wants: ['x'] })).values['x']).toBe(
      'from the cache',
    );
    writeFileSync(join(cacheDir, entry!), '{"status":"unsat"}');
    expect((await second.solve({ text: SAT, rlimit: RLIMIT, wants: ['x'] })).values['x']).toBe('42');
    await second.close();
    rmSync(cacheDir, { recursive: true });
  });

  test('a second opinion agrees where a native solver is installed', async () => {
    for (const opinion of await crossCheck(UNSAT)) expect(opinion.status).toBe('unsat');
    for (const opinion of await crossCheck(SAT)) expect(opinion.status).toBe('sat');
  });
});
