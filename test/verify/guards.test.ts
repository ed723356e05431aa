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
  printCore,
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

/** A source, its guards as marks, and what is broken by then; nothing else of it is left unproved. */
const FORMS: { readonly [what: string]: { readonly text: string; readonly marks: readonly string[] } } = {
  'every entry that a call wrote, when it is done': {
    text: `struct Range { low: Int, high: Int }
      contract Entries { state { m: Map<Did, Range>; n: Int; }
        invariant ordered: forall d: Did { m[d].low <= m[d].high };
        rule tick() { n += 1; }
        rule put(d: Did, x: Int) {
          if n > 50 { m[caller].low = x; m[caller].high = 2 * x - 7; m[d].low = x; m[d].high = 9; }
        } }`,
    marks: ['put: invariant ordered'],
  },
  'an entry that a loop wrote, when its turn is done': {
    text: `contract Turns { state { m: Map<Int, Int>; n: Int; }
        invariant small: forall i: Int { m[i] < 100 };
        rule tick() { n += 1; }
        rule fill(k: Int) {
          for i in 0..k up to 20 { if n > 50 { m[i] = n; if i == 9 { return; } } }
        } }`,
    marks: ['fill: invariant small'],
  },
  'an entry that a called function wrote, in that function': {
    text: `contract Called { state { m: Map<Did, Int>; top: Int; n: Int; }
        invariant small: forall d: Did { m[d] <= top };
        rule tick() { n += 1; }
        fn put(d: Did, x: Int) { if n > 50 { m[d] = x; } }
        rule step(x: Int) { put(caller, x); }
        rule other(x: Int) { if x > 0 { put(creator, x); } } }`,
    marks: ['put: invariant small'],
  },
  'an invariant that others can break, on entry': {
    text: `contract Open { uses ledger.read; currency hours { decimals 0 }
        state { n: Int; due: Time = now; }
        invariant solvent: ledger.balance(creator, hours) >= -5 hours;
        rule step() ensures ledger.balance(creator, hours) + 5 hours >= 0 hours { n = 1; }
        view number() -> Int { return n; } }`,
    marks: ['between calls: invariant solvent', 'init: invariant solvent'],
  },
  'what a function requires, where it is called': {
    text: `contract Asks { state { n: Int; }
        rule tick() { n += 1; }
        fn half(x: Int) -> Int requires x < 50 ensures result < 25 { return x / 2; }
        rule step() { half(n); for i in 0..20 { half(i); half(n - i); } } }`,
    marks: ['step: requires half.requires_1'],
  },
  'what a function ensures, and what is asserted in it': {
    text: `contract Says { state { n: Int; }
        rule tick() { n += 1; }
        fn next(x: Int) -> Int ensures result < 50 { assert x == n; return n; }
        rule step() { if n > 50 { next(n + 1); } } }`,
    marks: ['next: assert assert_1', 'next: ensures ensures_1'],
  },
  'the invariant of a loop, before it and after every turn': {
    text: `contract Loops { state { n: Int; }
        rule tick() { n += 1; }
        rule step() {
          var k = 0;
          for i in 0..20 invariant k <= 900 { if n > 50 { k += n; } }
          assert k <= 900;
        } }`,
    marks: ['step: assert loop_1.invariant_1'],
  },
};

describe('what a guard checks', () => {
  for (const [what, { text, marks }] of Object.entries(FORMS))
    test(what, async () => {
      const { guards, report, contract } = await guardedOf(text);
      expect(guardMarks(guards.map(({ guard }) => guard)).map(({ clause }) => clause)).toEqual(marks);
      expect(report.rows.filter(failsBuild)).toEqual([]);
      const again = contractWithMarks(contractOf(text), guardMarks(guards.map(({ guard }) => guard)))!;
      expect(printCore({ contracts: [again] })).toEqual(printCore({ contracts: [contract] }));
      expect(missingProofs(again, certificateOf(report, solver.build))).toEqual([]);
    });

  test('what others broke stops every rule, and no view', async () => {
    const { text } = FORMS['an invariant that others can break, on entry']!;
    const { contract } = await guardedOf(text);
    const arena = openArena(contract);
    const start = takeStep(arena, null, { kind: 'deploy', args: [] }).to;
    const by = memberDid('bob');
    const pay = { kind: 'pay', from: arena.creator, to: by, currency: 0, amount: 6n } as const;
    const poor = takeStep(arena, start, pay).to;
    const callee = (rule: string) => contract.functions.findIndex(({ name }) => name === rule);
    const call = (rule: string) =>
      takeStep(arena, poor, { kind: 'call', callee: callee(rule), args: [], by });
    expect(call('step').failure?.trap).toMatchObject({
      kind: 'Guard',
      message: 'between calls: invariant solvent',
    });
    expect(call('number').failure).toBeNull();
  });

  test('no contract that can be upgraded: its next version would take the invariant to hold', async () => {
    const { text } = FORMS['an invariant that others can break, on entry']!;
    const { guards, report } = await guardedOf(
      text.replace('uses ledger.read;', 'uses ledger.read; upgradable;'),
    );
    expect(guards.map(({ guard }) => guard.rule)).not.toContain('between calls');
    expect(report.rows.filter(failsBuild)).not.toEqual([]);
  });

  test('a rule that promises to succeed must do so in spite of what it checks on entry', async () => {
    const { text } = FORMS['an invariant that others can break, on entry']!;
    const { report } = await guardedOf(text.replace('rule step()', 'rule step() succeeds when true'));
    expect(report.rows.filter(failsBuild).map(({ kind }) => kind)).toEqual(['succeeds']);
  });
});

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
      'history each: forall d: Did { m[d] <= old(m[d]) + 50 };',
      'invariant others: forall d: Did, e: Did { m[d] == m[e] || m[d] < 100 };',
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
