/** Runs that the solver thinks of, done on the machine: the first that reaches the goal counts. */
import type {
  Candidate,
  Effort,
  ModelValue,
  RunCall,
  RunMoment,
  SuggestedProof,
  SuggestedRun,
} from '../../compiler/index.ts';
import { isRegistered } from '../../host/index.ts';
import type { AbiField, AbiValue, Value } from '../../vm/index.ts';
import { CREDIT, fork, memberDid } from '../world.ts';
import { deployAnswers, type Other } from './callees.ts';
import { callsBefore, type KnownRuns } from './known.ts';
import { latersOf, nameOf, type People } from './people.ts';
import { paramsOf } from './proof.ts';
import { shorten, WAIT_A_MOMENT } from './search.ts';
import { type Action, type Arena, entryOf, type Place, type Step, takeStep } from './steps.ts';
import { takeValue, wordTypesOf } from './words.ts';

export type Following = {
  readonly arena: Arena;
  readonly candidate: Candidate;
  readonly people: People;
  readonly reached: (step: Step) => boolean;
  /** Runs that led far before. */
  readonly known: KnownRuns;
  /** The search without the solver, for once short runs have been asked about. */
  readonly between: () => Step | null;
};

/** The last step of the first run that reaches the goal, or null. */
export async function followRuns(following: Following, effort: Effort): Promise<Step | null> {
  const { arena, candidate, known } = following;
  const { time, block } = arena.root.clock;
  const { callee } = candidate.obligation;
  const genesis = { time, block, credit: CREDIT };
  let asked = 0;
  for await (const run of candidate.suggest({ genesis, effort, hints: callsBefore(known, callee) })) {
    const last =
      run === null ? (asked++ === BETWEEN ? following.between() : null) : followStaged(following, run);
    if (last !== null) return last;
  }
  return asked > BETWEEN ? null : following.between();
}

// ---- private -----------------------------------------------------------------------------------

function followStaged(following: Following, run: SuggestedRun): Step | null {
  for (const staged of stagings(following, run)) {
    const last = follow(staged, run);
    if (last !== null) return shorten(staged, last);
  }
  return null;
}

/** Calls between the deployment and the last, up to which the solver is asked first. */
const BETWEEN = 1;

/** Who pays in. */
const PAYER = 'erin';

/** The run with each of the contracts that could stand where it calls others. */
function stagings(following: Following, run: SuggestedRun): readonly Following[] {
  if (run.others.length === 0) return [following];
  const root = fork(following.arena.root);
  const wanted = deployAnswers(following.arena.contract, root, scriptsOf(run));
  const others = [...wanted, ...following.arena.others];
  const arena = { ...following.arena, root, others, deployments: new Map<string, Step>() };
  const most = Math.max(...arena.contract.interfaces.map((_, index) => others.filter(offers(index)).length));
  return Array.from({ length: most }, (_, n) => {
    const contracts = new Map<string, string>();
    for (const { interface: index, account } of run.others) {
      const fitting = others.filter(offers(index));
      if (account.kind === 'name' && fitting.length > 0)
        contracts.set(account.name, fitting[n % fitting.length]!.account);
    }
    return { ...following, arena, people: { ...following.people, contracts } };
  });
}

/** Each of the answers always, and all of them one after the other. */
function scriptsOf({ answers }: SuggestedRun): readonly (readonly bigint[])[] {
  const different = [...new Set(answers)];
  const inTurn = answers.slice(0, ANSWERS_MAX);
  return [...different.map((answer) => [answer]), ...(different.length > 1 ? [inTurn] : [])];
}

const ANSWERS_MAX = 8;

function offers(index: number) {
  return (other: Other): boolean => other.interface === index;
}

function follow(following: Following, run: SuggestedRun): Step | null {
  const { arena, reached } = following;
  let place: Place | null = null;
  for (const call of run.calls) {
    for (const action of actionsFor(following, place, call)) {
      const step: Step = takeStep(arena, place, action);
      if (reached(step)) return step;
      if (step.to === null) return null;
      place = step.to;
    }
  }
  if (place === null) return null;
  if (run.proof !== null) return followProof(following, place, run.proof);
  if (run.upgrade !== null) return followWait(following, place, run.upgrade);
  return run.after === null ? null : outside(following, place, run.after);
}

/** What others do before an upgrade, which is tried after each step. */
function followWait(
  { arena, reached }: Following,
  start: Place,
  upgrade: NonNullable<SuggestedRun['upgrade']>,
): Step | null {
  let place = start;
  for (const action of before(start.world.clock, upgrade)) {
    const step = takeStep(arena, place, action);
    if (reached(step)) return step;
    if (step.to === null) return null;
    place = step.to;
  }
  return null;
}

/** The proof, behind what others do before it. */
function followProof(following: Following, start: Place, suggested: SuggestedProof): Step | null {
  const { arena, candidate, people, reached } = following;
  const { proof } = candidate.obligation;
  const args = argumentsOf(following, paramsOf(arena, proof), suggested.params);
  if (args === null) return null;
  let place = start;
  for (const action of before(start.world.clock, suggested)) {
    const { to } = takeStep(arena, place, action);
    if (to === null) return null;
    place = to;
  }
  const laters = latersOf(people, suggested, suggested.laters, place.account);
  const step = takeStep(arena, place, { kind: 'prove', proof, args, laters });
  return reached(step) ? step : null;
}

/** What comes before the call, and the call. */
function actionsFor(following: Following, place: Place | null, call: RunCall): readonly Action[] {
  const { arena } = following;
  const { clock } = place?.world ?? arena.root;
  const made = callOf(following, call);
  return made === null ? [] : [...before(clock, call), made];
}

/** Others wait and pay, so that the next call is made at the moment that is meant. */
function before(
  clock: Place['world']['clock'],
  { paid, now, block }: Pick<RunCall, 'paid' | 'now' | 'block'>,
): readonly Action[] {
  const payments = paid.flatMap((amount, currency): readonly Action[] =>
    amount === 0n ? [] : [{ kind: 'pay', from: memberDid(PAYER), to: null, currency, amount }],
  );
  return [...waitUntil(clock, { now, block: block - 1n - BigInt(payments.length) }), ...payments];
}

function waitUntil(
  clock: { readonly time: bigint; readonly block: bigint },
  { now, block }: RunMoment,
): readonly Action[] {
  const seconds = now > clock.time ? now - clock.time : 0n;
  const blocks = block > clock.block ? block - clock.block : 0n;
  return seconds === 0n && blocks === 0n ? [] : [{ kind: 'wait', seconds, blocks }];
}

function argumentsOf(
  { arena, people }: Following,
  params: readonly AbiField[],
  given: readonly ModelValue[],
): readonly AbiValue[] | null {
  const types = params.flatMap((param) => wordTypesOf(param.type));
  const words = types.map((_, i) => nameOf(people, given[i] ?? null, arena.account));
  if (words.includes(null)) return null;
  const left = [...(words as Value[])];
  return params.map((param) => takeValue(left, param.type));
}

function callOf(following: Following, { callee, caller, params }: RunCall): Action | null {
  const { arena, people } = following;
  const args = argumentsOf(following, entryOf(arena, callee).params, params);
  if (args === null) return null;
  if (callee === 0) return { kind: 'deploy', args };
  const by = nameOf(people, caller, arena.account) as string;
  // There are fewer members than a model may name callers.
  return { kind: 'call', callee, args, by: isRegistered(arena.root.state, by) ? by : people.caller };
}

/** Time goes by until the moment that is meant; then what others can do, a little and a lot. */
function outside(
  following: Following,
  place: Place,
  { from, to }: NonNullable<SuggestedRun['after']>,
): Step | null {
  const { arena, reached } = following;
  const [wait] = waitUntil(place.world.clock, from);
  const waited = wait === undefined ? null : takeStep(arena, place, wait);
  if (waited !== null && reached(waited)) return waited;
  return outsideAt(following, waited?.to ?? place, to);
}

function outsideAt({ arena, reached }: Following, place: Place, moment: RunMoment): Step | null {
  const pause = waitUntil(place.world.clock, moment);
  const payments = arena.contract.currencies.flatMap((_, currency) =>
    [1n, CREDIT].map(
      (amount): Action => ({ kind: 'pay', from: memberDid(PAYER), to: null, currency, amount }),
    ),
  );
  for (const action of [...pause, ...payments, WAIT_A_MOMENT]) {
    const step = takeStep(arena, place, action);
    if (reached(step)) return step;
  }
  return null;
}
