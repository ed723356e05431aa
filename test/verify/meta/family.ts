/**
 * The verifier against what really happens. A family is random small contracts of one kind, each drawn from a seed. They
 * are verified, and apart from that every step from the states they reach within a bound is taken on the VM: what is
 * proved must not be broken by any of them. The same subjects must show each unsoundness that is planted in the family;
 * that is what makes the silence worth something. A family is a file beside this one: its generator and its test.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type KeptObligations,
  keepObligations,
  type Report,
  type Row,
  renderRow,
  type Solve,
  verifyContract,
} from '../../../compiler/index.ts';
import type { Flaw } from '../../../compiler/verify/flaws.ts';
import { isOfFound } from '../../../compiler/verify/variants.ts';
import { openSolver, type Solver } from '../../../solver/index.ts';
import { makeRefuter } from '../../../testing/index.ts';
import { expectGolden } from '../../harness.ts';
import { nameOfObligation } from './reachable.ts';
import { falseProofs, RLIMIT, SHOWN_BY_NOTHING, type Source, type Subject, subjectOf } from './subject.ts';

export type Family = {
  readonly name: string;
  /** One subject each: chosen so that between them the planted flaws show; otherwise as they fell. */
  readonly subjects: readonly Source[];
  /** The planted flaws that show here, and by the subject of which seed each is noticed. */
  readonly flaws: { readonly [flaw in Flaw]?: number };
  /** Where contracts call others, of which runs have their own, only what is proved is held. */
  readonly refutes: boolean;
  /** Most rows that may be left `unknown`. */
  readonly unknownMax: number;
};

/** What the tests of a family ask of the solver, each text once. */
export type Bench = {
  readonly solve: Solve;
  /** One subject's obligations may be taken for another's. */
  readonly kept: KeptObligations;
  readonly subjects: readonly Subject[];
};

/**
 * What is true of a clause of the author's: `holds` where every row of it is proved, `fails` where a run breaks it, `vacuous` where nobody
 * gets through the rules that it speaks of. A family's numbers stand in the file of its name.
 */
export type Truth = 'holds' | 'fails' | 'vacuous' | 'open';
export type Tally = { [truth in Truth]: number };

/** Many contracts in one test: more than the usual time on a busy machine. */
export const TIMEOUT_MS = 600_000;

/** Holds what the verifier says of the family's contracts, and that each planted flaw shows. */
export function holdFamily(family: Family): void {
  const bench = benchOf(family);
  describe(family.name, () => {
    test(
      'what is proved is never broken, what is refuted is shown',
      () => holdAnswers(family, bench()),
      TIMEOUT_MS,
    );
    for (const [flaw, seed] of Object.entries(family.flaws) as [Flaw, number][])
      test(`planted: ${flaw}`, () => noticeFlaw(bench(), flaw, seed), TIMEOUT_MS);
  });
}

export function sourcesOf(seeds: readonly number[], draw: (seed: number) => string): readonly Source[] {
  return seeds.map((seed) => ({ seed, text: draw(seed) }));
}

/** A solver for this file, and the family's subjects with everything that they can reach. */
export function benchOf({ subjects }: Pick<Family, 'subjects'>): () => Bench {
  let solver: Solver;
  let bench: Bench;
  beforeAll(async () => {
    solver = await openSolver({ workers: 2 });
    bench = { solve: remembering(solver.solve), kept: keepObligations(), subjects: subjects.map(subjectOf) };
  }, TIMEOUT_MS);
  afterAll(() => solver.close());
  return () => bench;
}

// ---- private -----------------------------------------------------------------------------------

/** Equal texts are asked once: most of what a flaw leaves as it was. */
function remembering(ask: Solve): Solve {
  const known = new Map<string, ReturnType<Solve>>();
  return (query) => {
    const answer = known.get(query.text) ?? ask(query);
    known.set(query.text, answer);
    return answer;
  };
}

async function holdAnswers(family: Family, { solve, kept, subjects }: Bench): Promise<void> {
  const tally: Tally = { holds: 0, fails: 0, vacuous: 0, open: 0 };
  const answers: { [answer in Row['answer']]: number } = {
    proved: 0,
    refuted: 0,
    unconfirmed: 0,
    unknown: 0,
  };
  const unknown: string[] = [];
  for (const subject of subjects) {
    const { contract, others, text, seed } = subject;
    const refute = family.refutes ? makeRefuter(contract, { text, implementers: others }) : SHOWN_BY_NOTHING;
    const report = await verifyContract(contract, { solve, kept, refute, rlimit: RLIMIT });
    expect(falseProofs(subject, report)).toEqual([]);
    for (const row of report.rows.filter(({ kind }) => kind !== 'vacuity')) {
      answers[row.answer] += 1;
      const said = `seed ${seed}: ${renderRow(row)}`;
      if (row.answer === 'refuted') expect(row.confirmed, said).toBe(true);
      if (row.answer === 'unknown') unknown.push(said);
    }
    for (const truth of truthsOf(subject, report)) tally[truth] += 1;
  }
  console.info(`${family.name}: ${sharesText(tally)}; ${sharesText(answers)}`);
  expectGolden(join(import.meta.dirname, `${family.name}.out`), `${JSON.stringify(tally)}\n`);
  if (family.refutes) expect(unknown.slice(family.unknownMax)).toEqual([]);
}

/** Of each clause of the contract. */
function truthsOf({ found }: Subject, { rows }: Report): readonly Truth[] {
  const ofClauses = rows.filter(
    (row) => row.kind !== 'vacuity' && row.kind !== 'may-revert' && !isOfFound(row),
  );
  const clauses = Map.groupBy(ofClauses, ({ kind, span }) => `${kind} ${span.start} ${span.end}`);
  const dead = new Set(
    rows
      .filter(({ kind, name, answer }) => kind === 'vacuity' && name === 'returns' && answer === 'refuted')
      .map(({ rule }) => rule),
  );
  return [...clauses.values()].map((own) => {
    const live = own.filter(({ rule }) => !dead.has(rule));
    if (live.length === 0) return 'vacuous';
    if (live.some((row) => row.answer === 'refuted' || found.broken.has(nameOfObligation(row))))
      return 'fails';
    return live.every(({ answer }) => answer === 'proved') ? 'holds' : 'open';
  });
}

function sharesText(counts: { readonly [name: string]: number }): string {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count} (${Math.round((100 * count) / all)}%)`)
    .join(', ');
}

/** Where another subject notices it than the one named, the failure says which. */
async function noticeFlaw({ solve, kept, subjects }: Bench, flaw: Flaw, seed: number): Promise<void> {
  const [first, others] = [
    subjects.filter((one) => one.seed === seed),
    subjects.filter((one) => one.seed !== seed),
  ];
  const noticed: number[] = [];
  for (const subject of [...first, ...others]) {
    const options = { solve, kept, refute: SHOWN_BY_NOTHING, rlimit: RLIMIT, flaws: new Set([flaw]) };
    const report = await verifyContract(subject.contract, options);
    if (falseProofs(subject, report).length > 0) noticed.push(subject.seed);
    if (noticed.length > 0) break;
  }
  expect(noticed, `the first seed that notices \`${flaw}\``).toEqual([seed]);
}
