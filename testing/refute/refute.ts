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
import { type Within, withinOf } from '../watch.ts';
import { COOPERATIVE, fork, memberDid } from '../world.ts';
import { buildState } from './built.ts';
import { allHold, isGoal } from './goal.ts';
import { markPlace } from './inside.ts';
import { type Judge, makeJudge } from './judge.ts';
import {
  alongKnown,
  isFruitless,
  type KnownRuns,
  type Memory,
  NO_MEMORY,
  openRuns,
  remember,
  rememberFruitless,
  rememberShown,
  wasShown,
} from './known.ts';
import { latersToTry } from './others.ts';
import { latersOf, nameOf, type People, peopleFor } from './people.ts';
import { paramsOf } from './proof.ts';
import { firstDeployment, type Search, search, WAIT_A_MOMENT } from './search.ts';
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
import { followRuns } from './suggested.ts';
import { type Lines, lineAt, traceOf } from './tell.ts';
import { searchUpgrade, traceOfUpgrade } from './upgraded.ts';
import { takeValue, wordTypesOf } from './words.ts';

export type RefuterOptions = {
  /** The source, for the lines of traces. */
  readonly text: string;
  /** The line of an offset, where the source is several files. */
  readonly lineAt?: (offset: number) => TraceStep['lines'][number];
  /** Steps of one search. */
  readonly stepsMax?: number;
  /** What earlier searches found; none where absent. */
  readonly memory?: Memory;
};

const STEPS_MAX = 400;
/** Before the solver is asked what to try. */
const QUICK_STEPS_MAX = 40;
/** How many entries that count are tried. */
const COUNTED = [0, 1, 2, 3];

/** A refuter for `verifyContract`, over the contract's own code. */
export function makeRefuter(contract: core.Contract, options: RefuterOptions): Refute {
  const arena = openArena(contract);
  const judge = makeJudge(arena.contract);
  let known: KnownRuns | null = null;
  let watched: Within | null = null;
  // Few refutations need it.
  const within: Within = (step) => {
    watched ??= withinOf(contract, arena);
    return watched(step);
  };
  return (candidate) => {
    known ??= openRuns(arena, options.memory ?? NO_MEMORY);
    return refute({ arena, judge, within, known, options }, candidate);
  };
}

// ---- private -----------------------------------------------------------------------------------

type Court = {
  readonly arena: Arena;
  readonly judge: Judge;
  readonly within: Within;
  readonly known: KnownRuns;
  readonly options: RefuterOptions;
};

async function refute(court: Court, candidate: Candidate): Promise<Refutation> {
  const { obligation } = candidate;
  if (obligation.kind === 'vacuity' && wasShown(court.known, candidate)) return SHOWN_BEFORE;
  const arena = obligation.inside ? markedArena(court.arena, candidate) : court.arena;
  if (arena === null) return nothing('the solver has a counterexample, and nothing runs that can show it');
  const people = peopleFor(obligation.kind);
  const lines = court.options.lineAt ?? ((offset: number) => lineAt(court.options.text, offset));
  const reached = (step: Step): boolean => isGoal(arena, court.judge, obligation, step);
  const stepsMax = court.options.stepsMax ?? STEPS_MAX;
  const { known } = court;
  const hunt = { arena, candidate, people, reached };
  const scene = { ...court, arena };
  if (arena.contract.functions[obligation.callee]?.kind === 'upgrade')
    return refuteUpgrade(scene, { ...hunt, stepsMax }, lines);
  const built = refuteBuilt(scene, hunt, lines);
  // That something is there at all, a state shows as well as a run does.
  if (obligation.kind === 'vacuity' && built.kind !== 'none') {
    rememberShown(known, candidate);
    return built;
  }
  const last = await findRun({ ...hunt, stepsMax }, known, effortFor(obligation, built));
  if (last === null) return built;
  remember(known, last);
  if (obligation.kind === 'vacuity') rememberShown(known, candidate);
  return { kind: 'reached', trace: () => toldFully(scene, obligation, last, lines) };
}

const PROMISED: Effort = { queries: 100, resource: 8_000_000 };
const WARNED: Effort = { queries: 25, resource: 2_000_000 };
/** A warning that a state shows already. */
const SHOWN: Effort = { queries: 12, resource: 1_000_000 };

function effortFor({ kind }: Candidate['obligation'], built: Refutation): Effort {
  if (kind !== 'may-revert' && kind !== 'vacuity') return PROMISED;
  return built.kind === 'none' ? WARNED : SHOWN;
}

/** On the way of known runs, near the deployment, where the solver points to, or anywhere: far away the solver takes longer. */
async function findRun(hunt: Search, known: KnownRuns, effort: Effort): Promise<Step | null> {
  const near = alongKnown(hunt, known) ?? searchBoth({ ...hunt, stepsMax: QUICK_STEPS_MAX });
  if (near !== null || isFruitless(known, hunt.candidate)) return near;
  const between = (): Step | null => (effort === SHOWN ? null : searchBoth(hunt));
  const found = await followRuns({ ...hunt, known, between }, effort);
  if (found === null) rememberFruitless(known, hunt.candidate);
  return found;
}

/** By the model of the obligation, and by that of its plain form. */
function searchBoth(hunt: Search): Step | null {
  const { candidate } = hunt;
  const found = search(hunt);
  if (found !== null || candidate.plain === null) return found;
  return search({ ...hunt, candidate: { ...candidate, counterexample: candidate.plain } });
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

/** The version before is deployed and called, and then upgraded; or its state is built. */
function refuteUpgrade(court: Court, hunt: Search, lines: Lines): Refutation {
  const found = searchUpgrade(hunt);
  if (found === null) return refuteBuilt(court, hunt, lines);
  return {
    kind: 'reached',
    trace: () => traceOfUpgrade(found, { ...court, obligation: hunt.candidate.obligation, lines }),
  };
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
