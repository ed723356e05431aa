/** The example contracts are what their pages say: formatted, tested and proved. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  analyse,
  failsBuild,
  format,
  lowerProgram,
  renderRow,
  verifyContract,
} from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { INVARIANTS_OPTIONS, makeRefuter, runInvariants, runTests } from '../../testing/index.ts';
import { sourceFiles } from '../sources.ts';
import { programOf } from '../testing/compiled.ts';

const ROOT = join(import.meta.dirname, '../..');

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

const EXAMPLES = sourceFiles(join(ROOT, 'examples'), '.ccl');
const SOURCES = new Map(EXAMPLES.map((name) => [name, readFileSync(join(ROOT, 'examples', name), 'utf8')]));

describe.each(EXAMPLES)('%s', (name) => {
  const text = SOURCES.get(name)!;

  test('checks without a word, and is formatted', async () => {
    expect(analyse(SOURCES, name).diagnostics).toEqual([]);
    expect(await format(text, { file: name })).toEqual({ ok: true, text });
  });

  test('passes its tests', () => {
    const results = runTests(programOf(text, name, SOURCES));
    expect(results.filter(({ failure }) => failure !== null)).toEqual([]);
  });

  test('keeps its promises whatever is called', () => {
    const program = programOf(text, name, SOURCES);
    expect(program.invariants.length).toBeGreaterThan(0);
    for (const plan of program.invariants) {
      const run = runInvariants(program, plan, { ...INVARIANTS_OPTIONS, calls: 200 });
      let step = run.next();
      while (step.done !== true) step = run.next();
      expect(step.value.broken).toBeNull();
    }
  });

  test('is proved', async () => {
    const { contracts } = lowerProgram(analyse(SOURCES, name));
    for (const contract of contracts) {
      const refute = makeRefuter(contract, { text, implementers: contracts });
      const { rows } = await verifyContract(contract, { solve: solver.solve, refute, rlimit: 10_000_000 });
      expect(rows.filter(failsBuild).map(renderRow)).toEqual([]);
      expect(rows.filter((row) => row.answer === 'unknown').map(renderRow)).toEqual([]);
    }
  });
});
