/**
 * Obligations to answers: what the solver proves is `proved`; what it refutes becomes a candidate that must break the
 * clause on the virtual machine before it counts. An invariant is assumed only where everything that keeps it is
 * proved: what was assumed wrongly is dropped and the rest shown again.
 */
import type { AssertClause, Clause, Contract } from '../core/core.ts';
import type { Span } from '../syntax/ast.ts';
import { withFound } from './candidates.ts';
import { type Counterexample, counterexampleOf } from './counterexample.ts';
import { exactAnswer } from './exact.ts';
import { type Flaws, NO_FLAWS } from './flaws.ts';
import { limitReason, reasonOf } from './hardness.ts';
import { infer } from './infer.ts';
import type { KeptObligations } from './kept.ts';
import { isDecided, type Obligation, type ObligationKind } from './obligations.ts';
import { assumptionsOf } from './passive.ts';
import { rulesBefore, type SuggestedRun, type SuggestOptions, suggestRuns } from './runs.ts';
import { isHash } from './sequence.ts';
import type { Trace } from './trace.ts';
import { type Variants, variantsOf } from './variants.ts';

export type Answer = 'proved' | 'refuted' | 'unconfirmed' | 'unknown';

export type Row = {
  readonly contract: string;
  /** `''`: the contract as a whole; `between calls`: what others can do. */
  readonly rule: string;
  readonly kind: ObligationKind;
  readonly name: string;
  readonly answer: Answer;
  /** A run from deployment showed it. */
  readonly confirmed: boolean;
  readonly trace: Trace | null;
  readonly span: Span;
  readonly message: string;
  /** Why it is `unknown`; otherwise empty. */
  readonly reason: string;
  /** What it is about, where that is a clause. */
  readonly clause: Clause | AssertClause | null;
  /** The author marked the clause `unproved`. */
  readonly marked: boolean;
  /** Solver resource spent. */
  readonly resource: number;
  readonly hash: string;
  /** What the solver was asked, and what it said; null where nothing needed to be asked. */
  readonly asked: { readonly text: string; readonly status: SolverAnswer['status'] } | null;
};

export type Report = {
  readonly contract: string;
  /** In source order. */
  readonly rows: readonly Row[];
  /** Names of the invariants that the rows assume, those of loops with their function, each proved by rows of its own. */
  readonly assumed: readonly string[];
  /** Those of them that the tool found, because something was not proved without them; each is its own text. */
  readonly found: readonly string[];
  /** Some answers rest on the assumption that different values have different SHA-256 hashes. */
  readonly restsOnHashes: boolean;
};

/** `open`: promises that are not proved, before it is known whether a run breaks them. */
export type SettledReport = { readonly report: Report; readonly open: readonly Row[] };

export type SolverQuery = {
  readonly text: string;
  readonly rlimit: number;
  readonly wants: readonly string[];
};
export type SolverAnswer = {
  readonly status: 'sat' | 'unsat' | 'unknown';
  readonly values: { readonly [name: string]: string };
  readonly rlimitUsed: number;
  readonly reason: string;
};
export type Solve = (query: SolverQuery) => Promise<SolverAnswer>;

export type Suggest = Pick<SuggestOptions, 'genesis' | 'effort' | 'hints'>;
export type Candidate = {
  readonly obligation: Obligation;
  readonly counterexample: Counterexample;
  /** What holds before a call, as far as the proofs assume it. */
  readonly assumed: readonly Clause[];
  /** The rules that could lead to it. */
  readonly rules: ReadonlySet<number>;
  /** Runs from deployment that the solver thinks of, the shortest first; null where the next are longer. */
  readonly suggest: (options: Suggest) => AsyncIterable<SuggestedRun | null>;
  /** What breaks the form that assumes less; null where the obligation has no other. */
  readonly plain: Counterexample | null;
};
/**
 * `reached`: a run from deployment ends in what the obligation speaks of. `built`: one call from a built state that
 * satisfies the invariants does. `none`: neither was found. That something is not vacuous may have no trace.
 */
export type Refutation =
  | { readonly kind: 'reached' | 'built'; readonly trace: () => Trace | null }
  | { readonly kind: 'none'; readonly reason: string };
export type Refute = (candidate: Candidate) => Refutation | Promise<Refutation>;

export type VerifyOptions = {
  readonly solve: Solve;
  readonly refute: Refute;
  /** Resource limit of one query. */
  readonly rlimit: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** What is known before runs are looked for, where a promise is not proved. */
  readonly onSettled?: (settled: SettledReport) => void;
  /** Something that holds nowhere, or not always, is looked for on the machine. */
  readonly onSearch?: (obligation: Obligation) => void;
  /**
   * Which obligations the answer is about, all where absent. Those that keep the invariants are shown besides: what
   * is assumed is always proved.
   */
  readonly wanted?: (all: readonly Obligation[]) => readonly Obligation[];
  /** What is kept of earlier texts of the contract: after an edit only what changed is made anew. */
  readonly kept?: KeptObligations;
  /** For tests of the verifier alone. */
  readonly flaws?: Flaws;
};

export const RLIMIT_DEFAULT = 10_000_000;

export async function verifyContract(contract: Contract, options: VerifyOptions): Promise<Report> {
  const { obligations, plain, answers, assumed, found } = await settle(contract, options);
  const helped = withFound(contract, found)!;
  const session = {
    contract: helped,
    options,
    assumed: helped.invariants.filter(({ name }) => assumed.has(name)),
    plain,
    answers,
  };
  const known = obligations.map((obligation) => {
    const answer = answers.get(obligation.hash)!;
    return { obligation, answer, row: decidedRow(session, obligation, answer) };
  });
  const report = (rows: readonly Row[]): Report => ({
    contract: contract.name,
    rows: withoutSpared(rows),
    assumed: [...assumed],
    found,
    restsOnHashes: obligations.some(restsOnHashes),
  });
  const open = openRows(known);
  if (open.length > 0) options.onSettled?.({ report: report(known.flatMap(({ row }) => row ?? [])), open });
  const rows: Row[] = [];
  for (const { obligation, answer, row } of known)
    rows.push(row ?? (await searchedRow(session, obligation, answer)));
  return report(rows);
}

/** Whether the solver's word is what the obligation needs; never for `unknown`. */
export function holdsBy(obligation: Obligation, answer: SolverAnswer): boolean {
  return obligation.unsupported === null && answer.status === obligation.holdsWhen;
}

/** Whether the row keeps a contract from being built. */
export function failsBuild(row: Row): boolean {
  if (row.answer === 'proved' || row.kind === 'may-revert') return false;
  // Code that is never reached does nothing; a promise about nothing is taken for one.
  if (row.kind === 'vacuity') return row.answer === 'refuted' && !isBranch(row);
  return row.answer === 'refuted' || !row.marked;
}

/** Whether the row is about a branch being reached, not about what a clause promises. */
export function isBranch({ kind, name }: Pick<Row, 'kind' | 'name'>): boolean {
  return kind === 'vacuity' && name.startsWith('branch.');
}

// ---- private -----------------------------------------------------------------------------------

/** A branch of a `fn` that one caller never takes is no dead code as long as another may; where none does, it is said once. */
function withoutSpared(rows: readonly Row[]): readonly Row[] {
  const placeOf = ({ span }: Row): string => `${span.start} ${span.end}`;
  const live = new Set(rows.filter((row) => isBranch(row) && row.answer !== 'refuted').map(placeOf));
  return rows.filter((row) => {
    if (!isBranch(row) || row.answer !== 'refuted') return true;
    const said = live.has(placeOf(row));
    live.add(placeOf(row));
    return !said;
  });
}

type Session = {
  readonly contract: Contract;
  readonly options: VerifyOptions;
  readonly assumed: readonly Clause[];
  readonly plain: Settled['plain'];
  readonly answers: Answers;
};
type Answers = ReadonlyMap<string, SolverAnswer>;
type Settled = {
  readonly obligations: readonly Obligation[];
  /** Of those that have two forms the one that assumes less. */
  readonly plain: ReadonlyMap<Obligation, Obligation>;
  readonly answers: Answers;
  readonly assumed: ReadonlySet<string>;
  /** Names of invariants that the tool found. */
  readonly found: readonly string[];
};

/** The largest set of invariants that hold by each other's help, and all answers under it. */
async function settle(contract: Contract, options: VerifyOptions): Promise<Settled> {
  const names = new Set([
    ...contract.invariants.filter(isAssumable).map(({ name }) => name),
    ...contract.functions.flatMap(assumptionsOf),
  ]);
  const settling = { contract, options, answers: new Map<string, SolverAnswer>() };
  const alone = await settleFrom(settling, names, []);
  const found = await foundFor(settling, alone);
  return found.length === 0 ? alone : settleFrom(settling, names, found);
}

function isAssumable({ unproved, onEntry }: Clause): boolean {
  return !unproved && !onEntry;
}

type Settling = {
  readonly contract: Contract;
  readonly options: VerifyOptions;
  readonly answers: Map<string, SolverAnswer>;
};

/** From all of these on, without what is not kept. */
async function settleFrom(
  { contract, options, answers }: Settling,
  names: ReadonlySet<string>,
  candidates: readonly string[],
): Promise<Settled> {
  const { flaws = NO_FLAWS, kept: earlier } = options;
  const given = { flaws, ...(earlier === undefined ? {} : { kept: earlier }) };
  let assumed = names;
  let found = candidates;
  for (;;) {
    const all = variantsOf(contract, { ...given, assumed, found })!;
    const wanted = new Set(options.wanted?.(all.map(last)) ?? all.map(last));
    const taken = new Set([...assumed, ...found]);
    const isKeeper = ({ keeps }: Obligation): boolean => keeps !== null && taken.has(keeps);
    const needed = all.filter((variants) => wanted.has(last(variants)) || isKeeper(last(variants)));
    await solveVariants(needed, answers, options);
    const asked = needed.map((variants) => answered(variants, answers));
    const open = asked.filter((obligation) => !isHeld(obligation, answers));
    const shaky = new Set(open.filter(isKeeper).map(({ keeps }) => keeps!));
    const kept: ReadonlySet<string> = new Set([...assumed].filter((name) => !shaky.has(name)));
    const shown = flaws.has('foundUnshown') ? found : found.filter((name) => !shaky.has(name));
    if ((kept.size === assumed.size && shown.length === found.length) || flaws.has('assumeUnproved')) {
      const obligations = asked.filter((_, i) => wanted.has(last(needed[i]!)));
      const plain = new Map(needed.map((variants) => [last(variants), variants[0]]));
      return { obligations, plain, answers, found, assumed: namedIn(all.map(last), taken) };
    }
    assumed = kept;
    found = shown;
  }
}

function last([first, ...others]: Variants): Obligation {
  return others.at(-1) ?? first;
}

/** The form that is proved, or the one that assumes most. */
function answered(variants: Variants, answers: Answers): Obligation {
  return variants.find((obligation) => isHeld(obligation, answers)) ?? last(variants);
}

function isHeld(obligation: Obligation, answers: Answers): boolean {
  const answer = answers.get(obligation.hash);
  return answer !== undefined && holdsBy(obligation, answer);
}

/** What else would have to hold for what the author asks and is not proved; nothing where all of that is. */
async function foundFor(
  { contract, options }: Settling,
  { obligations, answers, assumed }: Settled,
): Promise<readonly string[]> {
  const open = obligations.filter((obligation) => !isHeld(obligation, answers));
  const goals = open.filter(isPromise);
  if (goals.length === 0) return [];
  const warnings = open.filter(({ kind }) => kind === 'may-revert');
  const { solve, flaws = NO_FLAWS } = options;
  const dropped = contract.invariants.filter((clause) => isAssumable(clause) && !assumed.has(clause.name));
  const found = await infer(contract, { goals, warnings, assumed, dropped, solve, flaws });
  return found.map(({ name }) => name);
}

/** That a call may revert only warns, and what can be reached is shown by reaching it. */
function isPromise({ kind, clause, unsupported }: Obligation): boolean {
  const marked = clause !== null && 'unproved' in clause && clause.unproved;
  return kind !== 'may-revert' && kind !== 'vacuity' && !marked && unsupported === null;
}

/** Without those of loops that are walked turn by turn: nothing is assumed of them. */
function namedIn(all: readonly Obligation[], assumed: ReadonlySet<string>): ReadonlySet<string> {
  const named = new Set(all.map(({ keeps }) => keeps));
  return new Set([...assumed].filter((name) => named.has(name)));
}

/** Each in the form that assumes less, and then in the other where that does not hold. */
async function solveVariants(
  needed: readonly Variants[],
  answers: Map<string, SolverAnswer>,
  options: VerifyOptions,
): Promise<void> {
  const plain = needed.map(([first]) => first);
  await solveAll(plain, answers, options);
  const others = needed.filter(([first]) => !isHeld(first, answers)).map(last);
  await solveAll(others, answers, options);
}

async function solveAll(
  obligations: readonly Obligation[],
  answers: Map<string, SolverAnswer>,
  options: VerifyOptions,
): Promise<void> {
  const open = new Map(obligations.filter((o) => !answers.has(o.hash)).map((o) => [o.hash, o]));
  let done = 0;
  const solved = [...open.values()].map(async (obligation) => {
    answers.set(obligation.hash, await decide(obligation, options));
    done += 1;
    options.onProgress?.(done, open.size);
  });
  await Promise.all(solved);
}

const PLAINLY_IMPOSSIBLE: SolverAnswer = { status: 'unsat', values: {}, rlimitUsed: 0, reason: '' };

/** What simplification alone has decided needs no solver. */
async function decide(obligation: Obligation, { solve, rlimit }: VerifyOptions): Promise<SolverAnswer> {
  const { text } = obligation;
  return isDecided(obligation) ? PLAINLY_IMPOSSIBLE : solve({ text, rlimit, wants: namesIn(obligation) });
}

/** Null where the machine has to say more. What nothing satisfies is refuted by proof. */
function decidedRow(session: Session, obligation: Obligation, answer: SolverAnswer): Row | null {
  const { unsupported, holdsWhen } = obligation;
  if (unsupported !== null) return makeRow(obligation, answer, 'unknown', null, unsupported);
  if (answer.status === 'unknown') return unknownRow(session, obligation, answer, limitReason(answer.reason));
  if (answer.status === 'unsat')
    return makeRow(obligation, answer, holdsWhen === 'unsat' ? 'proved' : 'refuted', null, '');
  return null;
}

/** What breaks something, or that something is not vacuous, is shown by running it. */
async function searchedRow(session: Session, obligation: Obligation, answer: SolverAnswer): Promise<Row> {
  const shown = await confirm(session, obligation, answer);
  if (shown.kind === 'none') return unknownRow(session, obligation, answer, shown.reason);
  if (obligation.holdsWhen === 'sat') return makeRow(obligation, answer, 'proved', null, '');
  const verdict = shown.kind === 'reached' ? 'refuted' : 'unconfirmed';
  return makeRow(obligation, answer, verdict, shown.trace(), '');
}

type Known = { readonly obligation: Obligation; readonly answer: SolverAnswer; readonly row: Row | null };

/** Of promises alone: that a call may revert is a warning only once it is seen. */
function openRows(known: readonly Known[]): readonly Row[] {
  return known
    .filter(({ obligation, row }) => row === null && isPromise(obligation))
    .map(({ obligation, answer }) => ({
      ...makeRow(obligation, answer, 'unknown', null, ''),
      message: obligation.failure,
    }));
}

function unknownRow({ contract }: Session, obligation: Obligation, answer: SolverAnswer, said: string): Row {
  return makeRow(obligation, answer, 'unknown', null, reasonOf(contract, obligation, said));
}

async function confirm(session: Session, obligation: Obligation, answer: SolverAnswer): Promise<Refutation> {
  session.options.onSearch?.(obligation);
  const counterexample = await modelOf(session, obligation, answer);
  return session.options.refute({
    ...candidateOf(session, obligation),
    counterexample,
    plain: await plainModelOf(session, obligation),
  });
}

/** What the solver says, with exact products where it has some. */
async function modelOf(
  { contract, options: { solve, rlimit } }: Session,
  obligation: Obligation,
  answer: SolverAnswer,
): Promise<Counterexample> {
  const wants = namesIn(obligation);
  const exact = await exactAnswer(obligation.script, answer, (text) => solve({ text, rlimit, wants }));
  return counterexampleOf(contract, obligation, (exact ?? answer).values);
}

/** The search follows it, too: which of two models lies near a run is chance. */
async function plainModelOf(session: Session, obligation: Obligation): Promise<Counterexample | null> {
  const plain = session.plain.get(obligation);
  const answer = plain === undefined || plain === obligation ? null : session.answers.get(plain.hash);
  return answer?.status === 'sat' ? modelOf(session, plain!, answer) : null;
}

function namesIn(obligation: Obligation): readonly string[] {
  return [...obligation.script.legend.keys()];
}

function candidateOf(
  { contract, assumed, options }: Session,
  obligation: Obligation,
): Pick<Candidate, 'obligation' | 'assumed' | 'rules' | 'suggest'> {
  const known = obligation.kind === 'vacuity' ? assumed.filter(({ found }) => !found) : assumed;
  return {
    obligation,
    assumed: known,
    rules: rulesBefore(contract, obligation),
    suggest: (how) => suggestRuns(contract, obligation, { ...how, solve: options.solve, assumed: known }),
  };
}

function messageOf(obligation: Obligation, verdict: Answer): string {
  const { success, failure } = obligation;
  if (verdict === 'unknown') return `could not decide whether ${success}`;
  if (verdict !== 'proved') return failure;
  return restsOnHashes(obligation)
    ? `${success}, given that different values have different hashes`
    : success;
}

/** Whether the obligation speaks of hashes, which are told apart by assumption alone. */
function restsOnHashes({ script }: Obligation): boolean {
  return [...script.legend.values()].some(isHash);
}

function makeRow(
  obligation: Obligation,
  answer: SolverAnswer,
  verdict: Answer,
  trace: Trace | null,
  reason: string,
): Row {
  const { contract, rule, kind, name, span, clause, hash } = obligation;
  return {
    contract,
    rule,
    kind,
    name,
    answer: verdict,
    confirmed: trace !== null && trace.from === 'deployment',
    trace,
    span,
    message: messageOf(obligation, verdict),
    reason,
    clause,
    marked: clause !== null && 'unproved' in clause && clause.unproved,
    resource: answer.rlimitUsed,
    hash,
    asked:
      isDecided(obligation) || obligation.unsupported !== null
        ? null
        : { text: obligation.text, status: answer.status },
  };
}
