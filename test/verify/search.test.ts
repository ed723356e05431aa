/** The search for a run: what it follows, and what it comes to. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  analyse,
  type Candidate,
  lowerProgram,
  type Refute,
  RLIMIT_DEFAULT,
  type Row,
  verifyContract,
} from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { makeRefuter } from '../../testing/index.ts';

const FILE = 'search.ccl';

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

function contractOf(text: string) {
  const analysis = analyse(new Map([[FILE, text]]), FILE);
  expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return lowerProgram(analysis).contracts[0]!;
}

type Told = { readonly rows: readonly Row[]; readonly candidates: readonly Candidate[] };

/** All answers, and what the search was asked. */
async function verify(text: string, refute?: Refute): Promise<Told> {
  const contract = contractOf(text);
  const search = refute ?? makeRefuter(contract, { text });
  const candidates: Candidate[] = [];
  const noting: Refute = (candidate) => {
    candidates.push(candidate);
    return search(candidate);
  };
  const { rows } = await verifyContract(contract, {
    solve: solver.solve,
    refute: noting,
    rlimit: RLIMIT_DEFAULT,
  });
  return { rows, candidates };
}

const NOTHING: Refute = () => ({ kind: 'none', reason: '' });

describe('the models of both forms', () => {
  // That `x` is not negative is found for the first; the second has a number that stands nowhere in the text.
  const TEXT = `contract Two {
    state { x: Int; }
    rule up() requires x < 1000 ensures x > 0 { x += 1; }
    rule trap(n: Int) ensures n * 3 != 370_377 || x < 0 { let m = n; }
  }`;

  test('are there where invariants were found', async () => {
    const { candidates } = await verify(TEXT, NOTHING);
    const trap = candidates.filter(({ obligation }) => obligation.kind === 'ensures');
    expect(trap.map(({ obligation, plain }) => [obligation.rule, plain !== null])).toEqual([['trap', true]]);
  });

  test('are both followed', async () => {
    const { candidates } = await verify(TEXT, NOTHING);
    const trap = candidates.find(({ obligation }) => obligation.rule === 'trap')!;
    expect(trap.counterexample.params).toEqual([{ kind: 'int', value: 123_459n }]);
    const elsewhere = { ...trap.counterexample, params: [{ kind: 'int' as const, value: 0n }] };
    const silent = { ...trap, counterexample: elsewhere, suggest: async function* () {} };
    const answerTo = async (candidate: Candidate) =>
      (await makeRefuter(contractOf(TEXT), { text: TEXT })(candidate)).kind;
    expect(await answerTo({ ...silent, plain: null })).toBe('none');
    expect(await answerTo({ ...silent, plain: trap.counterexample })).toBe('reached');
  });
});
