/**
 * The verifier against what really happens. Random small contracts are verified, and apart from that every step from
 * the states they reach within a bound is taken on the VM: what is proved must not be broken by any of them. The same
 * run must notice each planted unsoundness; that is what makes its silence worth something.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  analyse,
  type core,
  lowerProgram,
  type Refute,
  type Report,
  renderRow,
  type Solve,
  verifyContract,
  verifyGuarded,
} from '../../compiler/index.ts';
import type { Flaw } from '../../compiler/verify/flaws.ts';
import { type Obligation, obligationsOf } from '../../compiler/verify/obligations.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { makeRefuter } from '../../testing/index.ts';
import { randomCalls } from './calls.ts';
import { randomForms } from './forms.ts';
import { randomHooks } from './hooks.ts';
import { randomChoices, randomContract, randomLoops, randomShapes } from './random.ts';
import { explore, type Found, nameOfObligation } from './reachable.ts';
import { randomSequences } from './sequences.ts';

/** Chosen so that between them the planted flaws show; otherwise as they fell. */
const SEEDS = [1, 5, 8, 10, 11, 12, 13, 17, 18, 24, 34, 41, 44, 69, 76, 312];
const SHAPE_SEEDS = [8, 9, 11, 24];
const CHOICE_SEEDS = [1, 2, 3, 4];
const FORM_SEEDS = [3, 5, 8, 9, 12, 15, 27];
const HOOK_SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const CALL_SEEDS = [1, 2, 4, 7, 17];
const SEQUENCE_SEEDS = [4, 5, 8, 17, 24];
const GUARD_SEEDS = [1, 5, 8];
const LOOP_SEEDS = [1, 2, 4, 5, 9, 10, 11];
const BOUNDS = { statesMax: 30, callsPerState: 12 };
const RLIMIT = 10_000_000;
/** Many contracts in one test: more than the usual time on a busy machine. */
const TIMEOUT_MS = 600_000;

/** Each makes false answers possible; the comment says which. */
const FLAWS: readonly Flaw[] = [
  'ignoreAliasing', // two keys are never the same
  'divRoundsDown', // -1 / 2 is -1
  'noOverflow', // nothing overflows
  'staleOld', // `old` reads the end
  'noEnvironmentStep', // nothing happens between calls
  'sumForgetsRemove', // a removed entry stays in the sum
  'assumeUnproved', // invariants hold because they are written
  'selfTransferMoves', // paying oneself makes money
  'amountsPositive', // amounts are never negative
  'branchForgotten', // only the first branch is ever taken
  'emptyAtInit', // nobody pays into an account before its contract is there
  'addAlwaysGrows', // an element added twice counts twice
  'transferNeverFails', // everyone can pay
  'factsTooEarly', // what a transfer shows is known before it
  'loopWritesNothing', // a loop that is cut leaves everything as it was
];

/** Those that show in the newer forms of specification. */
const FORM_FLAWS: readonly Flaw[] = [
  'failsReadsAfter', // `fails when` is about the state that the call leaves
  'changesIgnoresEntries', // `changes` says nothing of the entries of maps and sets
  'callChangesNothing', // a `fn` leaves the state as it was
  'ghostNotSet', // ghosts keep their values
  'calledAny', // `called(r)` is true of every rule
  'timeStandsStill', // no time goes by between calls
  'succeedsAssumesRequires', // what a rule requires is taken for granted where it promises to succeed
];

/** Those that show in what the host runs. */
const HOOK_FLAWS: readonly Flaw[] = [
  'hookHasCaller', // somebody calls what the host runs
];

/** Those that show in calls to other contracts. */
const CALL_FLAWS: readonly Flaw[] = [
  'callForgetsNothing', // another contract leaves all balances as they were
  'spendingForgotten', // nothing is ever spent
  'promisesOnRevert', // what an interface promises holds before its method was called
];

/** Those that show in texts and lists. */
const SEQUENCE_FLAWS: readonly Flaw[] = [
  'indexUnchecked', // every index is within
  'pushForgetsLength', // a list keeps its length when an element is added
];

type Subject = {
  readonly seed: number;
  readonly text: string;
  readonly contract: core.Contract;
  readonly obligations: readonly Obligation[];
  readonly found: Found;
};

let solver: Solver;
let solve: Solve;
let subjects: readonly Subject[];
let shapes: readonly Subject[];
let forms: readonly Subject[];
let hooks: readonly Subject[];
let calls: readonly Subject[];
let sequences: readonly Subject[];

beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
  solve = remembering(solver.solve);
  subjects = SEEDS.map((seed) => subjectOf(seed, randomContract(seed)));
  const choices = CHOICE_SEEDS.map((seed) => subjectOf(seed, randomChoices(seed)));
  hooks = HOOK_SEEDS.map((seed) => subjectOf(seed, randomHooks(seed)));
  calls = CALL_SEEDS.map((seed) => subjectOf(seed, randomCalls(seed)));
  forms = FORM_SEEDS.map((seed) => subjectOf(seed, randomForms(seed)));
  sequences = SEQUENCE_SEEDS.map((seed) => subjectOf(seed, randomSequences(seed)));
  shapes = [...SHAPE_SEEDS.map((seed) => subjectOf(seed, randomShapes(seed))), ...choices];
}, TIMEOUT_MS);
afterAll(() => solver.close());

function subjectOf(seed: number, text: string): Subject {
  const analysis = analyse(new Map([['random', text]]), 'random');
  expect(
    analysis.diagnostics.filter(({ severity }) => severity === 'error'),
    `seed ${seed}`,
  ).toEqual([]);
  const [contract, ...others] = lowerProgram(analysis).contracts as [core.Contract, ...core.Contract[]];
  const obligations = obligationsOf(contract).filter((obligation) => obligation.kind !== 'vacuity');
  return { seed, text, contract, obligations, found: explore(contract, obligations, seed, BOUNDS, others) };
}

/** Where the flaw shows. */
function subjectsFor(flaw: Flaw): Iterable<Subject> {
  if (flaw === 'loopWritesNothing') return loopSubjects();
  if (HOOK_FLAWS.includes(flaw)) return hooks;
  if (CALL_FLAWS.includes(flaw)) return calls;
  if (SEQUENCE_FLAWS.includes(flaw)) return sequences;
  return FORM_FLAWS.includes(flaw) ? forms : subjects;
}

function* loopSubjects(): Iterable<Subject> {
  for (const seed of LOOP_SEEDS) yield subjectOf(seed, randomLoops(seed));
}

/** Equal texts are asked once. */
function remembering(ask: Solve): Solve {
  const known = new Map<string, ReturnType<Solve>>();
  return (query) => {
    const answer = known.get(query.text) ?? ask(query);
    known.set(query.text, answer);
    return answer;
  };
}

/** Nothing runs without the contracts that are called; here only what is proved is looked at. */
const shownByNothing: Refute = () => ({ kind: 'none', reason: '' });

/** What the report claims and the steps taken contradict. */
function falseProofs({ found, seed }: Subject, report: Report): readonly string[] {
  const rows = report.rows.filter((row) => row.answer === 'proved' && row.kind !== 'vacuity');
  const broken = rows.map(nameOfObligation).filter((name) => found.broken.has(name));
  const fallen = report.assumed.filter((name) => found.fallen.has(name));
  return [
    ...broken.map((name) => `seed ${seed}: ${name}, by ${found.broken.get(name)}`),
    ...fallen.map((name) => `seed ${seed}: invariant ${name}`),
  ];
}

describe('random contracts', () => {
  test(
    'what is proved is never broken, what is refuted is shown',
    async () => {
      const unknown: string[] = [];
      let [proved, refuted] = [0, 0];
      for (const subject of [...subjects, ...shapes, ...forms, ...hooks]) {
        const { contract, text, seed } = subject;
        const report = await verifyContract(contract, {
          solve,
          refute: makeRefuter(contract, { text }),
          rlimit: RLIMIT,
        });
        expect(falseProofs(subject, report)).toEqual([]);
        for (const row of report.rows) {
          if (row.answer === 'proved') proved += 1;
          if (row.answer === 'refuted' && row.kind !== 'vacuity') {
            refuted += 1;
            expect(row.confirmed, `seed ${seed}: ${renderRow(row)}`).toBe(true);
          }
          if (row.answer === 'unknown') unknown.push(`seed ${seed}: ${renderRow(row)}`);
        }
      }
      expect(unknown).toEqual([]);
      expect(proved).toBeGreaterThan(200);
      expect(refuted).toBeGreaterThan(50);
    },
    TIMEOUT_MS,
  );

  test(
    'what is proved of loops is never broken, what is refuted is shown',
    async () => {
      let [proved, refuted] = [0, 0];
      for (const subject of loopSubjects()) {
        const { contract, text, seed } = subject;
        const refute = makeRefuter(contract, { text });
        const report = await verifyContract(contract, { solve, refute, rlimit: RLIMIT });
        expect(falseProofs(subject, report)).toEqual([]);
        proved += report.rows.filter(({ answer }) => answer === 'proved').length;
        const shown = report.rows.filter(({ answer, kind }) => answer === 'refuted' && kind !== 'vacuity');
        refuted += shown.length;
        for (const row of shown) expect(row.confirmed, `seed ${seed}: ${renderRow(row)}`).toBe(true);
      }
      expect(proved).toBeGreaterThan(60);
      expect(refuted).toBeGreaterThan(10);
    },
    TIMEOUT_MS,
  );

  test(
    'what is proved of calls to other contracts is never broken',
    async () => {
      let [proved, broken] = [0, 0];
      for (const subject of calls) {
        const report = await verifyContract(subject.contract, {
          solve,
          refute: shownByNothing,
          rlimit: RLIMIT,
        });
        expect(falseProofs(subject, report)).toEqual([]);
        const rows = report.rows.filter(({ kind }) => kind !== 'vacuity');
        proved += rows.filter(({ answer }) => answer === 'proved').length;
        broken += subject.found.broken.size;
      }
      expect(proved).toBeGreaterThan(15);
      expect(broken).toBeGreaterThan(10);
    },
    TIMEOUT_MS,
  );

  test(
    'what is proved of texts, bytes, hashes and lists is never broken, what is refuted is shown',
    async () => {
      let [proved, refuted, unknown] = [0, 0, 0];
      for (const subject of sequences) {
        const { contract, text, seed } = subject;
        const refute = makeRefuter(contract, { text });
        const report = await verifyContract(contract, { solve, refute, rlimit: RLIMIT });
        expect(falseProofs(subject, report)).toEqual([]);
        proved += report.rows.filter(({ answer }) => answer === 'proved').length;
        unknown += report.rows.filter(({ answer }) => answer === 'unknown').length;
        const shown = report.rows.filter(({ answer, kind }) => answer === 'refuted' && kind !== 'vacuity');
        refuted += shown.length;
        for (const row of shown) expect(row.confirmed, `seed ${seed}: ${renderRow(row)}`).toBe(true);
      }
      expect(proved).toBeGreaterThan(50);
      expect(refuted).toBeGreaterThan(10);
      // Not every preimage of a hash is looked for, and not every text that is joined of two.
      expect(unknown).toBeLessThan(5);
    },
    TIMEOUT_MS,
  );

  test('the run goes to where things break', () => {
    const broken = [...subjects, ...forms].flatMap(({ found }) =>
      [...found.broken.keys()].map((name) => name.split(' ').at(-2)),
    );
    for (const kind of ['invariant', 'history', 'ensures', 'succeeds', 'fails', 'may-revert', 'stranger'])
      expect(broken).toContain(kind);
  });
});

describe('guards', () => {
  test(
    'what they check is never broken, and it is noticed where they do not run',
    async () => {
      const refute = () => ({ kind: 'none', reason: '' }) as const;
      let [guards, noticed] = [0, 0];
      for (const subject of subjects.filter((each) => GUARD_SEEDS.includes(each.seed))) {
        const guarded = await verifyGuarded(subject.contract, () => ({ solve, refute, rlimit: RLIMIT }));
        guards += guarded.guards.length;
        const { contract, report } = guarded;
        const obligations = obligationsOf(contract).filter(({ kind }) => kind !== 'vacuity');
        const found = explore(contract, obligations, subject.seed, BOUNDS);
        expect(falseProofs({ ...subject, found }, report)).toEqual([]);
        const rows = report.rows.filter(({ kind }) => kind !== 'may-revert');
        noticed += falseProofs(subject, { ...report, rows }).length;
      }
      expect(guards).toBeGreaterThan(5);
      expect(noticed).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});

describe('a planted unsoundness is noticed', () => {
  for (const flaw of [...FLAWS, ...FORM_FLAWS, ...HOOK_FLAWS, ...CALL_FLAWS, ...SEQUENCE_FLAWS]) {
    test(
      flaw,
      async () => {
        const refute = () => ({ kind: 'none', reason: '' }) as const;
        let noticed: readonly string[] = [];
        for (const subject of subjectsFor(flaw)) {
          const report = await verifyContract(subject.contract, {
            solve,
            refute,
            rlimit: RLIMIT,
            flaws: new Set([flaw]),
          });
          noticed = falseProofs(subject, report);
          if (noticed.length > 0) break;
        }
        expect(noticed).not.toEqual([]);
      },
      TIMEOUT_MS,
    );
  }
});
