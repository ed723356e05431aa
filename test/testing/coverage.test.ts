/** Coverage: each line, each side of each branch and each function of contracts, and nothing of the tests. */
import { expect, test } from 'vitest';
import {
  coverageOf,
  type FileCoverage,
  lcovText,
  openTally,
  runTests,
  TEST_OPTIONS,
} from '../../testing/index.ts';
import { programOf } from './compiled.ts';

const TEXT = `contract Fees {
  enum Kind { Small, Large { by: Int } }
  state { members: Set<Did, 10>; total: Int; }
  rule pay(amount: Int, kind: Kind)
    requires amount > 0 else "nothing to pay"
  {
    if amount > 10 {
      total += fee(amount);
    } else {
      total += 1;
    }
    match kind {
      Small => {},
      Large { by } => { total += by; },
    }
  }
  rule add(who: Did) { members.add(who); }
  rule all() {
    for member in members {
      total += 1;
    }
  }
  view sum_of() -> Int { return total; }
  fn fee(amount: Int) -> Int { return amount / 10; }
}
`;

function coverage(tests: string): FileCoverage {
  const text = TEXT + tests;
  const program = programOf(text);
  const tally = openTally(program.contracts);
  const results = runTests(program, { ...TEST_OPTIONS, observer: tally.observer });
  expect(results.map(({ failure }) => failure)).toEqual(results.map(() => null));
  const lineAt = (offset: number) => ({ file: 'fees.ccl', number: text.slice(0, offset).split('\n').length });
  const [file, ...others] = coverageOf(tally, { cores: program.cores, artifacts: program.contracts, lineAt });
  expect(others).toEqual([]);
  return file!;
}

const HALF = coverage(`test "half" {
  let fees = deploy Fees() by alice;
  fees.pay(5, Small) by bob;
  fees.pay(6, Small) by bob;
  expect fees.sum_of() == 2;
}
`);

test('lines count how often they ran', () => {
  const hits = new Map(HALF.lines.map(({ line, hits: count }) => [line, count]));
  expect(Object.fromEntries(hits)).toMatchObject({
    5: 2,
    7: 2,
    8: 0,
    10: 2,
    14: 0,
    17: 0,
    19: 0,
    23: 1,
    24: 0,
  });
  // Neither declarations nor tests are code.
  expect(hits.has(3)).toBe(false);
  expect(Math.max(...hits.keys())).toBeLessThanOrEqual(24);
});

test('both sides of every branch are told apart', () => {
  const on = (line: number) =>
    HALF.branches.filter((branch) => branch.line === line).map(({ sides }) => sides);
  expect(on(5)).toEqual([
    [
      { hits: 0, to: 'is refused' },
      { hits: 2, to: 'goes to line 7' },
    ],
  ]);
  expect(
    on(7)
      .flatMap((sides) => sides.map(({ hits }) => hits))
      .sort(),
  ).toEqual([0, 2]);
  expect([12, 13, 14].flatMap(on).flatMap((sides) => sides.map(({ hits }) => hits))).toEqual([0, 2]);
});

test('functions count their calls, internal ones too', () => {
  const calls = Object.fromEntries(HALF.entries.map(({ name, hits }) => [name, hits]));
  expect(calls).toEqual({ 'Fees.pay': 2, 'Fees.add': 0, 'Fees.all': 0, 'Fees.sum_of': 1, fee: 0 });
});

test('all can be covered', () => {
  const all = coverage(`test "all" (n: Int) {
  let fees = deploy Fees() by alice;
  fees.pay(5, Small) by bob;
  fees.pay(20, Large { by: 3 }) by bob;
  expect fees.pay(0, Small) by bob fails "nothing to pay";
  fees.add(carol) by bob;
  fees.all() by bob;
  expect fees.sum_of() == 7;
}
`);
  expect(all.lines.filter(({ hits }) => hits === 0)).toEqual([]);
  expect(all.entries.filter(({ hits }) => hits === 0)).toEqual([]);
  expect(all.branches.filter(({ sides }) => sides.some(({ hits }) => hits === 0))).toEqual([]);
});

/** As geninfo(1) describes a tracefile: fields by prefix; sums must agree with the rows. */
test('the tracefile is one that lcov reads', () => {
  const text = lcovText([HALF]);
  const rows = text.trimEnd().split('\n');
  expect(rows[0]).toBe('TN:');
  expect(rows[1]).toBe('SF:fees.ccl');
  expect(rows.at(-1)).toBe('end_of_record');
  for (const row of rows.slice(2, -1))
    expect(row).toMatch(
      /^(FN:\d+,.+|FNDA:\d+,.+|FN[FH]:\d+|BRDA:\d+,\d+,\d+,(\d+|-)|BR[FH]:\d+|DA:\d+,\d+|L[FH]:\d+)$/,
    );
  const count = (prefix: RegExp) => rows.filter((row) => prefix.test(row)).length;
  const sum = (name: string) =>
    Number(rows.find((row) => row.startsWith(`${name}:`))!.slice(name.length + 1));
  expect([sum('LF'), sum('LH')]).toEqual([count(/^DA:/), count(/^DA:\d+,[1-9]/)]);
  expect([sum('BRF'), sum('BRH')]).toEqual([count(/^BRDA:/), count(/^BRDA:\d+,\d+,\d+,[1-9]/)]);
  expect([sum('FNF'), sum('FNH')]).toEqual([count(/^FN:/), count(/^FNDA:[1-9]/)]);
});
