/**
 * Simple invariants that the author did not write, for what is not proved without them (Flanagan and Leino, Houdini, 2001).
 * In: a contract, what is not proved, and what is assumed. Out: the candidates that hold in every state between calls, given
 * each other, as far as they help. Whoever assumes them proves them again, one obligation each: nothing here is believed.
 */
import type { Clause, Contract } from '../core/core.ts';
import { candidatesOf } from './candidates.ts';
import type { Flaws } from './flaws.ts';
import { modelOf } from './model.ts';
import {
  isDecided,
  type KeepingQuestion,
  type KeepingStep,
  keepingSteps,
  keyOf,
  type Obligation,
  obligationsUnder,
} from './obligations.ts';
import { type Part, partsOf } from './parts.ts';
import type { Solve, SolverAnswer } from './verify.ts';

export type Inference = {
  /** What is not proved. */
  readonly goals: readonly Obligation[];
  /** Reverts that are not excluded. Nothing is looked for on their account, but what is found may exclude them. */
  readonly warnings: readonly Obligation[];
  /** The names of what is assumed already, invariants of loops included, all of it proved. */
  readonly assumed: ReadonlySet<string>;
  /** Invariants of the author that are not proved: they may be kept with the help of others. */
  readonly dropped: readonly Clause[];
  readonly solve: Solve;
  readonly flaws: Flaws;
};

/** Resource of one question: what is hard to see is not looked for. */
const RLIMIT = 1_000_000;

/** Candidates with which more of the goals are proved. */
export async function infer(contract: Contract, inference: Inference): Promise<readonly Clause[]> {
  const candidates = candidatesOf(contract);
  if (candidates.length === 0) return [];
  const search = searchIn({ ...contract, invariants: [...contract.invariants, ...candidates] }, inference);
  const begun = await keptBy(search, search.beginnings, [...inference.dropped, ...candidates]);
  // What is not proved with all of them, true or not, needs nothing but a counterexample.
  const within = await proved(search, inference.goals, begun);
  if (within.length === 0) return [];
  const kept = inference.flaws.has('foundUnshown') ? begun : await keptBy(search, search.steps, begun);
  const goals = await proved(search, within, kept);
  if (goals.length === 0) return [];
  const excluded = await proved(search, inference.warnings, kept);
  const needed = await neededFor(search, [...goals, ...excluded], kept);
  return candidates.filter((clause) => needed.includes(clause));
}

// ---- private -----------------------------------------------------------------------------------

type Search = {
  readonly parts: readonly Part[];
  readonly beginnings: readonly KeepingStep[];
  readonly steps: readonly KeepingStep[];
  readonly assumed: readonly Clause[];
  readonly solve: Solve;
};

function searchIn(contract: Contract, { assumed, solve, flaws }: Inference): Search {
  const parts = partsOf(modelOf(contract, flaws), (name) => assumed.has(name));
  const steps = keepingSteps(parts);
  return {
    parts,
    beginnings: steps.filter(({ begins }) => begins),
    steps: steps.filter(({ begins }) => !begins),
    assumed: contract.invariants.filter(({ name }) => assumed.has(name)),
    solve,
  };
}

/** The largest part of them that all the steps keep, given each other and what is assumed. */
async function keptBy(
  search: Search,
  steps: readonly KeepingStep[],
  clauses: readonly Clause[],
): Promise<readonly Clause[]> {
  let kept = clauses;
  // So many steps, one after the other, have broken nothing more.
  for (let clean = 0, next = 0; clean < steps.length; next = (next + 1) % steps.length) {
    const broken = await brokenBy(search, steps[next]!, kept, kept);
    clean = broken.size === 0 ? clean + 1 : 1;
    kept = kept.filter((clause) => !broken.has(clause));
  }
  return kept;
}

/** What the step breaks of `open`, where all of `given` holds before that is not found to be broken itself. */
async function brokenBy(
  search: Search,
  step: KeepingStep,
  given: readonly Clause[],
  open: readonly Clause[],
): Promise<ReadonlySet<Clause>> {
  const broken = new Set<Clause>();
  for (;;) {
    const left = open.filter((clause) => !broken.has(clause));
    const hypotheses = given.filter((clause) => !broken.has(clause));
    const question = step.asks([...search.assumed, ...hypotheses], left);
    const { status, values } = await answerTo(search, question);
    if (status === 'unsat') return broken;
    const shown = [...question.broken].filter(([name]) => status === 'sat' && values[name] === 'true');
    if (shown.length === 0)
      return new Set([...broken, ...(await brokenInHalves(search, step, hypotheses, left))]);
    for (const [, clause] of shown) broken.add(clause);
  }
}

/** Of what is too much for one question; what is so by itself is given up. */
async function brokenInHalves(
  search: Search,
  step: KeepingStep,
  given: readonly Clause[],
  open: readonly Clause[],
): Promise<ReadonlySet<Clause>> {
  if (open.length <= 1) return new Set(open);
  const middle = open.length >> 1;
  const first = await brokenBy(search, step, given, open.slice(0, middle));
  const left = given.filter((clause) => !first.has(clause));
  return new Set([...first, ...(await brokenBy(search, step, left, open.slice(middle)))]);
}

async function answerTo(
  { solve }: Search,
  { text, broken }: KeepingQuestion,
): Promise<Pick<SolverAnswer, 'status' | 'values'>> {
  if (broken.size === 0) return { status: 'unsat', values: {} };
  return solve({ text, rlimit: RLIMIT, wants: [...broken.keys()] });
}

/** The goals that hold given these. */
async function proved(
  { parts, assumed, solve }: Search,
  goals: readonly Obligation[],
  given: readonly Clause[],
): Promise<readonly Obligation[]> {
  const obligations = obligationsUnder(parts, [...assumed, ...given], new Set(goals.map(keyOf)));
  const held = new Set<string>();
  for (const obligation of obligations)
    if (
      isDecided(obligation) ||
      (await solve({ text: obligation.text, rlimit: RLIMIT, wants: [] })).status === 'unsat'
    )
      held.add(keyOf(obligation));
  return goals.filter((goal) => held.has(keyOf(goal)));
}

/** Few of those that are kept, with which the goals hold and which are kept given each other. */
async function neededFor(
  search: Search,
  goals: readonly Obligation[],
  kept: readonly Clause[],
): Promise<readonly Clause[]> {
  let needed: readonly Clause[] = [];
  const grow = async (suffices: (clauses: readonly Clause[]) => Promise<boolean>): Promise<boolean> => {
    if (await suffices(needed)) return false;
    const base = needed;
    const others = kept.filter((clause) => !base.includes(clause));
    needed = [...base, ...(await fewest(others, (few) => suffices([...base, ...few])))];
    return others.length > 0;
  };
  for (const goal of goals) await grow(async (clauses) => (await proved(search, [goal], clauses)).length > 0);
  for (let grown = true; grown; ) {
    grown = false;
    for (const step of search.steps) {
      const own = needed;
      grown =
        (await grow(async (clauses) => (await brokenBy(search, step, clauses, own)).size === 0)) || grown;
    }
  }
  return needed;
}

/** Of all that suffice together some that do, none of which can be left out; those that stand last are left out first. */
async function fewest<T>(
  all: readonly T[],
  suffices: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let few = all;
  for (let size = all.length >> 1; size >= 1; size >>= 1)
    for (let end = few.length; end > 0; end -= size) {
      const start = Math.max(0, end - size);
      const without = few.toSpliced(start, end - start);
      if (await suffices(without)) few = without;
    }
  return few;
}
