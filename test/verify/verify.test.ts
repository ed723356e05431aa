import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  analyse,
  CALLED,
  CUT,
  DIAGNOSTICS,
  type DiagnosticCode,
  diagnosticsOf,
  failsBuild,
  lowerProgram,
  type Report,
  type Row,
  renderRow,
  renderTrace,
  verifyContract,
} from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { makeRefuter, runTests } from '../../testing/index.ts';
import { memberDid } from '../../testing/world.ts';
import { expectGolden, type Fixture, fixtures, goldenTests } from '../harness.ts';
import { programOf } from '../testing/compiled.ts';

const RLIMIT = 10_000_000;

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

const REPORTS = new Map<string, Report>();

/** Of a fixture, asked once. */
async function reportOf(fixture: Fixture): Promise<Report> {
  const report = REPORTS.get(fixture.name) ?? (await verify(fixture));
  REPORTS.set(fixture.name, report);
  return report;
}

async function verify({ name, text }: Pick<Fixture, 'name' | 'text'>): Promise<Report> {
  const analysis = analyse(new Map([[name, text]]), name);
  expect(analysis.diagnostics).toEqual([]);
  const { contracts } = lowerProgram(analysis);
  const contract = contracts[0]!;
  return verifyContract(contract, {
    solve: solver.solve,
    refute: makeRefuter(contract, { text, implementers: contracts }),
    rlimit: RLIMIT,
  });
}

goldenTests('verify', '.ccl', async (fixture) => {
  const report = await reportOf(fixture);
  const rows = report.rows.map((row) => {
    const head = `${renderRow(row)}${row.reason === '' ? '' : `: ${row.reason}`}`;
    return row.trace === null ? head : `${head}\n${renderTrace(row.trace).replaceAll(/^/gm, '    ')}`;
  });
  const shown = diagnosticsOf(report, fixture.name).map(
    ({ code, message, label }) => `${code} ${message}${label === '' ? '' : ` (${label})`}`,
  );
  return `${[...rows, '', ...shown, `assumed: ${report.assumed.join(', ')}`].join('\n')}\n`;
});

function expectSameReason({ text }: Fixture, row: Row, test: string): void {
  const plain = text.replaceAll(/^test .*?^}\n|^test .*;\n/gms, '');
  const results = runTests(programOf(`${plain}\n${test}`));
  const { failure } = results.at(-1)!;
  const what = `${renderRow(row)}\n${test}\n${failure?.message}`;
  expect(failure, what).not.toBeNull();
  const [clause] = /^[a-z_0-9]+/.exec(row.name) ?? [''];
  const words: { readonly [kind in Row['kind']]?: RegExp } = {
    invariant: RegExp(`breaks the invariant ${clause}`),
    history: RegExp(`breaks the history ${clause}`),
    // Of its own, or of a function that it calls.
    ensures: /does not ensure|breaks ensures .* of /,
    changes: /changes more than|breaks changes .* of /,
    requires: /calls [a-z_]+ without its requires/,
    succeeds: /is to succeed when/,
    fails: /is to fail when/,
    'may-revert': /failed: /,
    assert: row.name.startsWith('lifecycle ') ? /failed: / : /breaks assert|breaks the loop invariant/,
    stranger: /expected ledger.balance\(/,
    prove: row.message.includes('succeeds`') ? /failed: / : /was expected to fail/,
  };
  expect(failure?.message, what).toMatch(words[row.kind] ?? /no words/);
}

describe('reports', () => {
  test('every counterexample of the fixtures is shown by the virtual machine', async () => {
    for (const fixture of fixtures('verify', '.ccl')) {
      const { rows } = await reportOf(fixture);
      expect(
        rows
          .filter((row) => row.answer === 'unknown' && row.reason !== CUT && row.reason !== CALLED)
          .map(renderRow),
      ).toEqual([]);
    }
  });

  test('every run from deployment is a test that fails for the same reason', async () => {
    const silent: string[] = [];
    let told = 0;
    for (const fixture of fixtures('verify', '.ccl')) {
      for (const row of (await reportOf(fixture)).rows) {
        const { trace } = row;
        if (row.answer === 'proved' || trace?.from !== 'deployment') continue;
        if (trace.test === null) silent.push(`${fixture.name}: ${renderRow(row)}`);
        else expectSameReason(fixture, row, trace.test);
        told += trace.test === null ? 0 : 1;
      }
    }
    expect(told).toBeGreaterThan(20);
    expectGolden(join(import.meta.dirname, '../fixtures/verify/silent.out'), `${silent.join('\n')}\n`);
  });

  test('a clause is not refuted by what its own values do not show', async () => {
    const text = `contract C {
      state { m: Map<Int, Int>; n: Int; s: Set<Int, 5>; }
      rule find()
        ensures exists k: Int { m[k] == 0 && k > 100 }
        ensures exists k: Int { !(k in s) && k == n }
        ensures exists k: Int { m[k] == 0 && k / 7 == 1234 }
      { n = 1; }
      rule hold()
        succeeds when forall k: Int { m[k] == 0 && k < 100 }
        succeeds when forall k: Int { m[k] == 0 && k * 3 != 3_000_000 }
      { require n == 5 else "no"; }
    }`;
    const { rows } = await verify({ name: 'holds', text });
    const clauses = rows.filter(({ kind }) => kind === 'ensures' || kind === 'succeeds');
    expect(clauses.map(({ name, answer }) => [name, answer])).toEqual([
      ['ensures_1', 'unknown'],
      ['ensures_2', 'unknown'],
      ['ensures_3', 'unknown'],
      ['succeeds_1', 'unknown'],
      ['succeeds_2', 'unknown'],
    ]);
  });

  test('an account copied from a trace is one like others', async () => {
    const shown = memberDid('everyone else 0');
    const text = `contract C {
      uses ledger.write;
      currency coin { decimals 0 }
      state { n: Int; }
      rule take()
        ensures ledger.balance(did"${shown}", coin) < 7 coin
      { require n == 1 else "no"; ledger.transfer(caller, self, 1 coin); }
      rule open_up() requires ledger.balance(self, coin) > 3 coin else "no" { n = 1; }
    }`;
    const { rows } = await verify({ name: 'known', text });
    expect(rows.filter(({ kind }) => kind === 'ensures').map(({ answer }) => answer)).not.toContain('proved');
  });

  test('confirmed is said of runs from deployment alone', async () => {
    for (const fixture of fixtures('verify', '.ccl')) {
      for (const row of (await reportOf(fixture)).rows) {
        expect(row.confirmed).toBe(row.trace?.from === 'deployment');
        if (row.kind !== 'vacuity') expect(row.confirmed).toBe(row.answer === 'refuted');
      }
    }
  });

  test('what fails a build', async () => {
    const failing = async (name: string): Promise<string[]> => {
      const fixture = fixtures('verify', '.ccl').find((one) => one.name === name)!;
      return (await verify(fixture)).rows
        .filter(failsBuild)
        .map((row) => `${row.rule} ${row.kind} ${row.name}: ${row.answer}`);
    };
    expect(await failing('timebank.ccl')).toEqual([]);
    expect(await failing('vacuous.ccl')).toEqual([
      'never vacuity returns: refuted',
      'dead vacuity succeeds_1: refuted',
    ]);
    expect(await failing('treasury.ccl')).toEqual(['issue stranger stranger: refuted']);
    expect(await failing('not-inductive.ccl')).toEqual(['step invariant small: unconfirmed']);
  });

  test('an unproved mark lets an unproved clause stand, never a refuted one', async () => {
    const marked = (text: string) =>
      text
        .replace('invariant small', 'unproved invariant small')
        .replace('invariant adds_up', 'unproved invariant adds_up');
    const all = fixtures('verify', '.ccl');
    const open = all.find((one) => one.name === 'not-inductive.ccl')!;
    expect((await verify({ name: open.name, text: marked(open.text) })).rows.filter(failsBuild)).toEqual([]);
    const broken = all.find((one) => one.name === 'sum-broken.ccl')!;
    const rows = (await verify({ name: broken.name, text: marked(broken.text) })).rows.filter(failsBuild);
    expect(rows.map((row) => `${row.name}: ${row.answer}`)).toEqual(['adds_up: refuted']);
  });

  test('the same contract has the same report', async () => {
    const fixture = fixtures('verify', '.ccl').find((one) => one.name === 'outside.ccl')!;
    const plain = (report: Report): unknown => report.rows.map((row) => ({ ...row, resource: 0 }));
    expect(plain(await verify(fixture))).toEqual(plain(await verify(fixture)));
  });
});

describe('diagnostics', () => {
  const codes = (Object.keys(DIAGNOSTICS) as DiagnosticCode[]).filter(
    // A build says that, of the rows that did not prove a clause (`guards.test.ts`).
    (code) => /^[EW]05/.test(code) && code !== 'W0509',
  );
  for (const code of codes) {
    test(`the example of ${code} triggers it`, async () => {
      const report = await verify({ name: code, text: DIAGNOSTICS[code].example });
      const given = new Set(diagnosticsOf(report, code).map((diagnostic) => diagnostic.code));
      expect([...given]).toEqual([code]);
    });
  }
});
