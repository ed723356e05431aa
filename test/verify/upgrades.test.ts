/** What is proved of versions that follow others, and what a run of the version before refutes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OUTSIDE, withGuards } from '../../compiler/core/guards.ts';
import {
  analyse,
  type core,
  lowerProgram,
  renderRow,
  renderTrace,
  verifyContract,
  verifyGuarded,
} from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { makeRefuter, runTests } from '../../testing/index.ts';
import { type Fixture, fixtures, goldenTests, sourcesIn } from '../harness.ts';
import { programOf } from '../testing/compiled.ts';

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

function optionsFor(contract: core.Contract, text: string) {
  return { solve: solver.solve, refute: makeRefuter(contract, { text }), rlimit: 10_000_000 };
}

function contractIn(name: string, text: string): { readonly contract: core.Contract; readonly text: string } {
  const analysis = analyse(sourcesIn(name, text), name);
  expect(analysis.diagnostics).toEqual([]);
  return { contract: lowerProgram(analysis).contracts[0]!, text: analysis.text };
}

goldenTests('upgrades', '.ccl', async (fixture) => {
  const { contract, text } = contractIn(fixture.name, fixture.text);
  const { rows } = await verifyContract(contract, optionsFor(contract, text));
  return rows
    .map((row) =>
      // Which state is built is the solver's choice.
      row.trace === null || row.answer === 'unconfirmed'
        ? `${renderRow(row)}\n`
        : `${renderRow(row)}\n${renderTrace(row.trace).replaceAll(/^/gm, '    ')}\n`,
    )
    .join('');
});

test('every run through an upgrade is a test that fails for the same reason', async () => {
  const silent: string[] = [];
  for (const fixture of fixtures('upgrades', '.ccl')) {
    const { contract, text } = contractIn(fixture.name, fixture.text);
    const { rows } = await verifyContract(contract, optionsFor(contract, text));
    const refuted = rows.filter(({ trace, answer }) => answer !== 'proved' && trace?.from === 'deployment');
    for (const row of refuted.filter(({ rule }) => rule.startsWith('upgrade '))) {
      const { test: pasted } = row.trace!;
      if (pasted === null) silent.push(`${fixture.name}: ${row.name}`);
      else
        expect(failureOf(fixture, pasted)).toMatch(
          RegExp(`breaks (the invariant )?${row.name}|breaks assert`),
        );
    }
  }
  expect(silent).toEqual([]);
});

function failureOf({ name, text }: Fixture, pasted: string): string | undefined {
  const sources = sourcesIn(name, text);
  const results = runTests(programOf(`${sources.get(name)}\n${pasted}`, name, sources));
  return results.at(-1)!.failure?.message;
}

const SECOND = `contract Box {
  version "1.1.0";
  state { n: Int; m: Map<Did, Int>; }
  invariant small: n <= 3;
  invariant few: forall d: Did { m[d] <= 3 };
  upgrade from "1.0.0" { m[creator] = 1; }
}
//// Box@1.0.0.ccl
contract Box {
  version "1.0.0";
  upgradable;
  state { n: Int; m: Map<Did, Int>; }
  unproved invariant small: n <= 3;
  rule put(x: Int) { n = x; m[caller] = x; }
}
`;

test('a clause that the version before marks is not relied on', async () => {
  const { contract, text } = contractIn('Box.ccl', SECOND);
  const { guards, report } = await verifyGuarded(contract, (guarded) => optionsFor(guarded, text));
  const failing = report.rows.filter(({ answer, kind }) => answer !== 'proved' && kind === 'invariant');
  expect(failing.map(({ rule, name, answer }) => [rule, name, answer])).toEqual([
    ['upgrade from 1.0.0', 'small', 'refuted'],
    // What the upgrade does not write it would not check.
    ['upgrade from 1.0.0', 'few', 'refuted'],
  ]);
  expect(guards).toEqual([]);
});

test('where another version may follow nothing is checked on entry in the place of a proof', () => {
  const till = (says: string) => `contract Till {
  ${says}
  currency coin { decimals 0; issued }
  state { n: Int; }
  invariant poor: ledger.balance(self, coin) <= 5 coin;
  rule count_on() { n = 1; }
}
`;
  const guard = { rule: OUTSIDE, kind: 'invariant', name: 'poor' } as const;
  const guarded = (says: string) => withGuards(contractIn('Till.ccl', till(says)).contract, [guard]);
  expect(guarded('version "1.0.0";')).not.toBeNull();
  expect(guarded('upgradable;')).toBeNull();
});
