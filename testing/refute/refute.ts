/**
 * Counterexamples on the real machine. In: what the solver says breaks (or, for vacuity, satisfies) an obligation.
 * Out: a run from deployment that does it, else one call from a built state that satisfies the invariants, else
 * nothing. The same candidate has the same answer, always.
 */
import type { Candidate, core, Effort, Refutation, Refute, Trace, TraceStep } from '../../compiler/index.ts';
import { CODE, CONTRACTS, currencyIdOf, write } from '../../host/index.ts';
import {
  type AbiField,
  type AbiValue,
  artifactHash,
  encodeArtifact,
  hexOf,
  type Value,
} from '../../vm/index.ts';
import { pasteRefutation } from '../paste.ts';
import { withinOf } from '../watch.ts';
import { COOPERATIVE, fork, memberDid } from '../world.ts';
import { buildState } from './built.ts';
import { deployOthers } from './callees.ts';
import { effortFor, findRun } from './finding.ts';
import { allHold, isGoal } from './goal.ts';
import { markPlace } from './inside.ts';
import { makeJudge } from './judge.ts';
import { type Memory, NO_MEMORY, openRuns, remember, rememberShown, wasShown } from './known.ts';
import { latersToTry } from './others.ts';
import { latersOf, nameOf, type People, peopleFor } from './people.ts';
import { paramsOf } from './proof.ts';
import { firstDeployment, type Search, WAIT_A_MOMENT } from './search.ts';
import {
  type Action,
  type Arena,
  entryOf,
  openArena,
  type Place,
  type Step,
  takeStep,
  withContract,
} from './steps.ts';
import { type Lines, lineAt, traceOf } from './tell.ts';
import { type Before, searchUpgrade, traceOfUpgrade } from './upgraded.ts';
import { takeValue, wordTypesOf } from './words.ts';

export type RefuterOptions = {
  /** The source, for the lines of traces. */
  readonly text: string;
  /** The line of an offset, where the source is several files. */
  readonly lineAt?: (offset: number) => TraceStep['lines'][number];
  /** Contracts of the same sources: those that implement what it calls are called in its runs. */
  readonly implementers?: readonly core.Contract[];
  /** Steps of one search. */
  readonly stepsMax?: number;
  /** What earlier searches found; none where absent. */
  readonly memory?: Memory;
};

const STEPS_MAX = 400;
/** How many entries that count are tried. */
const COUNTED = [0, 1, 2, 3];

/** A refuter for `verifyContract`, over the contract's own code. */
export function makeRefuter(contract: core.Contract, options: RefuterOptions): Refute {
  const arena = openArena(contract, undefined, options.implementers);
  const court = openCourt(arena, contract, options);
  return (candidate) => refute(court, candidate);
}

// ---- private -----------------------------------------------------------------------------------

/** Where a contract is tried. */
type Court = Before & {
  readonly options: RefuterOptions;
  /** Where the version before is, and there is one. */
  readonly before: () => Court | null;
};

/** What few refutations need is made when it is first asked for. */
function openCourt(arena: Arena, written: core.Contract, options: RefuterOptions): Court {
  const watched = lazily(() => withinOf(written, arena));
  const { predecessor } = written;
  return {
    arena,
    judge: makeJudge(arena.contract),
    within: (step) => watched()(step),
    known: lazily(() => openRuns(arena, options.memory ?? NO_MEMORY)),
    options,
    before: lazily(() => {
      if (predecessor === null) return null;
      const alone = openArena(predecessor.contract);
      const root = fork(arena.root);
      root.names.set(alone.account, predecessor.contract.name);
      const others = deployOthers(predecessor.contract, root, arena.implementers);
      const earlier = { ...alone, root, others };
      return openCourt(earlier, predecessor.contract, options);
    }),
  };
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

async function refute(court: Court, candidate: Candidate): Promise<Refutation> {
  const { obligation } = candidate;
  const known = court.known();
  if (obligation.kind === 'vacuity' && wasShown(known, candidate)) return SHOWN_BEFORE;
  const arena = obligation.inside ? markedArena(court.arena, candidate) : court.arena;
  if (arena === null) return nothing('the solver has a counterexample, and nothing runs that can show it');
  const people = peopleFor(obligation.kind);
  const lines = court.options.lineAt ?? ((offset: number) => lineAt(court.options.text, offset));
  const reached = (step: Step): boolean => isGoal(arena, court.judge, obligation, step);
  const stepsMax = court.options.stepsMax ?? STEPS_MAX;
  const hunt = { arena, candidate, people, reached, stepsMax };
  const scene = { ...court, arena };
  const built = refuteBuilt(scene, hunt, lines);
  // That something is there at all, a state shows as well as a run does.
  if (obligation.kind === 'vacuity' && built.kind !== 'none') {
    rememberShown(known, candidate);
    return built;
  }
  const isUpgrade = arena.contract.functions[obligation.callee]?.kind === 'upgrade';
  const found = await (isUpgrade ? reachUpgrade : reach)(scene, hunt, effortFor(obligation, built), lines);
  if (found !== null && obligation.kind === 'vacuity') rememberShown(known, candidate);
  return found ?? built;
}

async function reach(court: Court, hunt: Search, effort: Effort, lines: Lines): Promise<Refutation | null> {
  const last = await findRun(hunt, court.known(), effort);
  if (last === null) return null;
  remember(court.known(), last);
  return { kind: 'reached', trace: () => toldFully(court, hunt.candidate.obligation, last, lines) };
}

/** The version before is deployed and called, and then upgraded. */
async function reachUpgrade(
  court: Court,
  hunt: Search,
  effort: Effort,
  lines: Lines,
): Promise<Refutation | null> {
  const before = court.before();
  const found = before === null ? null : await searchUpgrade(hunt, before, effort);
  if (found === null || before === null) return null;
  const telling = { ...court, obligation: hunt.candidate.obligation, lines };
  return { kind: 'reached', trace: () => traceOfUpgrade(found, telling, before, court.within) };
}

/** With the test that does the same, where there is one. */
function toldFully(court: Court, obligation: Candidate['obligation'], last: Step, lines: Lines): Trace {
  const { arena, judge, within } = court;
  const test = pasteRefutation(arena, judge, within, obligation, last);
  return traceOf({ arena, judge, obligation, lines }, last, test);
}

function refuteBuilt(court: Court, hunt: Omit<Search, 'stepsMax'>, lines: Lines): Refutation {
  const { arena, candidate, people, reached } = hunt;
  const { obligation } = candidate;
  const { judge } = court;
  const built = fromBuiltState({ ...court, arena }, candidate, people, reached);
  return built === null
    ? NOT_SHOWN
    : { kind: 'built', trace: () => traceOf({ arena, judge, obligation, lines }, built, null) };
}

const SHOWN_BEFORE: Refutation = { kind: 'built', trace: () => null };
const NOT_SHOWN = nothing('the solver has a counterexample that the virtual machine does not show');

function nothing(reason: string): Refutation {
  return { kind: 'none', reason };
}

function markedArena(arena: Arena, candidate: Candidate): Arena | null {
  const contract = markPlace(arena.contract, candidate.obligation);
  return contract === null ? null : withContract(arena, contract);
}

/** One call from the model's own state, where that satisfies what is assumed. */
function fromBuiltState(
  court: Court,
  candidate: Candidate,
  people: People,
  reached: (step: Step) => boolean,
): Step | null {
  const { arena, judge } = court;
  if (candidate.obligation.callee === 0) return null;
  // Its state is written over.
  const isUpgrade = arena.contract.functions[candidate.obligation.callee]?.kind === 'upgrade';
  const deployed =
    (isUpgrade ? null : firstDeployment({ arena, candidate, people, reached })) ?? placeContract(arena);
  const counts = candidate.counterexample.sums.some(({ kind }) => kind === 'count') ? COUNTED : [0];
  for (const counted of counts) {
    const place = buildState(arena, deployed, candidate, people, counted);
    if (place === null || !allHold(arena, judge, hypotheses(arena, candidate), place)) continue;
    for (const action of lastActions(arena, candidate, people, place)) {
      const step = takeStep(arena, place, action);
      if (reached(step)) return step;
    }
  }
  return null;
}

function hypotheses(
  { contract }: Arena,
  { assumed, obligation }: Candidate,
): readonly (core.Clause | core.AssertClause)[] {
  const { clause, kind, callee } = obligation;
  if (contract.functions[callee]?.kind === 'upgrade') return contract.predecessor?.invariants ?? [];
  return kind === 'invariant' && clause !== null && !assumed.some(({ name }) => name === clause.name)
    ? [...assumed, clause]
    : assumed;
}

/** Where `init` refuses plain arguments: the contract as it is before `init`, its code in its place. */
function placeContract({ artifact, creator, account, root }: Arena): Place {
  const world = fork(root);
  const code = encodeArtifact(artifact);
  const codeHash = artifactHash(code);
  const currencies = artifact.currencies.map(({ name }) => currencyIdOf(COOPERATIVE, name));
  const { block, time } = world.clock;
  write(world.state, CODE, [hexOf(codeHash)], code);
  write(world.state, CONTRACTS, [account], {
    creator,
    cooperative: COOPERATIVE,
    codeHash,
    currencies,
    block,
    time,
    firstCode: codeHash,
    upgrades: 0n,
  });
  return { world, account, last: null, depth: 0 };
}

function lastActions(arena: Arena, candidate: Candidate, people: People, place: Place): readonly Action[] {
  const { obligation, counterexample } = candidate;
  if (obligation.rule === 'between calls') {
    const payments = arena.contract.currencies.map(
      (_, currency): Action => ({ kind: 'pay', from: memberDid('bob'), to: null, currency, amount: 1n }),
    );
    return [...payments, WAIT_A_MOMENT];
  }
  if (obligation.callee < 0 && obligation.proof < 0) return [];
  const params =
    obligation.proof >= 0 ? paramsOf(arena, obligation.proof) : entryOf(arena, obligation.callee).params;
  const words = params
    .flatMap((param) => wordTypesOf(param.type))
    .map((_, i) => nameOf(people, counterexample.params[i] ?? null, place.account));
  if (words.includes(null)) return [];
  const args = assemble(params, words as Value[]);
  if (obligation.proof >= 0) {
    const { account } = place;
    const modelled = latersOf(people, counterexample, counterexample.laters, account);
    return latersToTry(arena.contract, obligation.proof, modelled, account).map(
      (laters): Action => ({ kind: 'prove', proof: obligation.proof, args, laters }),
    );
  }
  const by = nameOf(people, counterexample.caller, place.account) as string;
  return [{ kind: 'call', callee: obligation.callee, args, by }];
}

function assemble(params: readonly AbiField[], words: readonly Value[]): readonly AbiValue[] {
  const left = [...words];
  return params.map((param) => takeValue(left, param.type));
}
