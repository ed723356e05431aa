/**
 * A bounded, deterministic search for a run that ends in a goal: first what the solver's model suggests, then every
 * short run, then longer runs drawn at random from a seed. Spent is the number of steps taken, never a clock.
 */
import type { Candidate, core } from '../../compiler/index.ts';
import type { AbiField, AbiType, AbiValue, Value } from '../../vm/index.ts';
import { memberDid } from '../world.ts';
import { latersToTry } from './others.ts';
import { latersOf, nameOf, numbersIn, type People } from './people.ts';
import { paramsOf } from './proof.ts';
import {
  type Action,
  type Arena,
  actionsOf,
  CREATOR,
  entryOf,
  MEMBER_DIDS,
  type Place,
  STRANGER,
  type Step,
  stepsFrom,
  stepsOf,
  takeStep,
} from './steps.ts';
import { type Alike, alikeIn, inOrder, readsOf, sightOf } from './symmetry.ts';
import { takeValue, wordTypesOf } from './words.ts';
import { textOfActions } from './written.ts';

export type Search = {
  readonly arena: Arena;
  readonly candidate: Candidate;
  readonly people: People;
  readonly reached: (step: Step) => boolean;
  readonly stepsMax: number;
};

/** The last step of a run that reaches the goal, or null. */
export function search(options: Search): Step | null {
  const hunt = huntOf(options);
  const found = searchFromDeployment(hunt);
  return found === null ? null : shorten(hunt, found);
}

/** A contract that was deployed somehow, for states that are built; null where no arguments were found that do. */
export function firstDeployment(options: Omit<Search, 'stepsMax'>): Place | null {
  for (const args of initArguments(huntOf({ ...options, stepsMax: 0 }))) {
    const { to } = takeStep(options.arena, null, { kind: 'deploy', args });
    if (to !== null) return to;
  }
  return null;
}

// ---- private -----------------------------------------------------------------------------------

function huntOf(options: Search): Hunt {
  const random = seeded(options.candidate.obligation.hash);
  const alike = alikeIn(options.arena, [memberDid(STRANGER)]);
  const { contract } = options.arena;
  const isTimed = readsOf(contract).has('now') || contract.functions.some(({ kind }) => kind === 'hook');
  return { ...options, taken: 0, random, pools: poolsOf(options), alike, isTimed, tried: new WeakMap() };
}

const FINALS_FIRST = 160;
const FINALS_EACH = 6;
const BREADTH_SHARE = 0.8;
const WALK_LENGTH = 8;
/** Where all that they come by has been tried. */
const WALKS_MAX = 100;
const DAY = 86_400n;
const WAIT_A_DAY: Action = { kind: 'wait', seconds: DAY, blocks: 0n };
export const WAIT_A_MOMENT: Action = { kind: 'wait', seconds: 1n, blocks: 1n };

function searchFromDeployment(hunt: Hunt): Step | null {
  for (const args of initArguments(hunt)) {
    const deployed = attempt(hunt, null, { kind: 'deploy', args });
    if (deployed.found !== null) return deployed.found;
    if (hunt.candidate.obligation.callee === 0) {
      const found = deployPaid(hunt, args);
      if (found !== null) return found;
    } else if (deployed.to !== null) {
      const start = deployed.to;
      const found = tryFinals(hunt, start, FINALS_FIRST) ?? breadthFirst(hunt, start) ?? wander(hunt, start);
      if (found !== null) return found;
    }
  }
  return null;
}

/** Anyone may pay into the account before there is a contract. */
function deployPaid(hunt: Hunt, args: readonly AbiValue[]): Step | null {
  for (const payment of payments(hunt)) {
    const paid = attempt(hunt, null, payment);
    const { found } = paid.to === null ? paid : attempt(hunt, paid.to, { kind: 'deploy', args });
    if (found !== null) return found;
  }
  return null;
}

export type Replaying = Pick<Search, 'arena' | 'candidate' | 'reached'>;

/** The run without the steps and with smaller numbers, as far as it does as well; as it is where nobody is shown it. */
export function shorten(hunt: Replaying, last: Step): Step {
  if (hunt.candidate.obligation.kind === 'vacuity') return last;
  return fewer(hunt, smaller(hunt, quieter(hunt, fewer(hunt, last))));
}

/** Where the run ends in a proof: with others doing less in it. */
function quieter(hunt: Replaying, last: Step): Step {
  const { action } = last;
  if (action.kind !== 'prove') return last;
  const waits = action.laters.map((later) => ({ ...later, floors: [], balances: [] }));
  for (const laters of [[], waits]) {
    const found = replay(hunt, last.from, [{ ...action, laters }]);
    if (found !== null) return found;
  }
  return last;
}

/** The run without the steps that it does not need. */
function fewer(hunt: Replaying, last: Step): Step {
  let best = last;
  for (let i = 0; i < stepsOf(best).length - 1; ) {
    const [without, ...behind] = stepsOf(best).slice(i);
    const shorter = replay(
      hunt,
      without!.from,
      behind.map(({ action }) => action),
    );
    if (shorter === null) i += 1;
    else best = shorter;
  }
  return best;
}

/** Numbers that are tried in the place of larger ones, and how often in all. */
const SMALL = [0n, 1n, -1n, 2n, 10n, 100n];
const SMALLER_MAX = 80;

/** The run with smaller numbers, where they do as well. */
function smaller(hunt: Replaying, last: Step): Step {
  let best = last;
  let tried = 0;
  for (let i = 0; i < stepsOf(best).length; i++) {
    for (let n = 0; n < numbersOf(stepsOf(best)[i]!.action).length; n++) {
      for (const value of SMALL) {
        const [step, ...behind] = stepsOf(best).slice(i);
        const { action, from } = step!;
        const size = absolute(numbersOf(action)[n]!);
        if (absolute(value) >= size || tried >= SMALLER_MAX) break;
        tried += 1;
        const rest = behind.map((each) => each.action);
        const found = replay(hunt, from, [withNumber(action, n, value), ...rest]);
        if (found === null) continue;
        best = found;
        break;
      }
    }
  }
  return best;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Plain numbers among the arguments, what is paid, how long is waited. */
function numbersOf(action: Action): readonly bigint[] {
  if (action.kind === 'pay') return [action.amount];
  if (action.kind === 'wait') return [action.seconds, action.blocks];
  if (action.kind === 'later') return [];
  return action.args.filter((arg) => typeof arg === 'bigint');
}

function withNumber(action: Action, index: number, value: bigint): Action {
  if (action.kind === 'pay') return { ...action, amount: value };
  if (action.kind === 'later') return action;
  if (action.kind === 'wait') return { ...action, [index === 0 ? 'seconds' : 'blocks']: value };
  const places = action.args.flatMap((arg, i) => (typeof arg === 'bigint' ? [i] : []));
  return { ...action, args: action.args.with(places[index]!, value) };
}

/** The last step of the actions, where all of them can be taken from that place and it reaches the goal. */
function replay(hunt: Replaying, from: Place | null, actions: readonly Action[]): Step | null {
  const steps = [...stepsFrom(hunt.arena, from, actions)];
  const last = steps.at(-1);
  const isDone = last !== undefined && steps.length === actions.length;
  return isDone && isWhole(last) && hunt.reached(last) ? last : null;
}

/** Some deployment must be part of it. */
function isWhole(last: Step): boolean {
  return actionsOf(last).some((action) => action.kind === 'deploy');
}

type Hunt = Search & {
  taken: number;
  readonly random: (below: number) => number;
  readonly pools: Pools;
  readonly alike: Alike;
  /** Whether time makes a difference. */
  readonly isTimed: boolean;
  readonly tried: WeakMap<Place, Map<string, Attempt>>;
};
type Pools = { readonly ints: readonly bigint[]; readonly dids: (place: Place | null) => readonly string[] };
type Attempt = { readonly found: Step | null; readonly to: Place | null };

/** What has been tried at a place costs nothing. */
function attempt(hunt: Hunt, from: Place | null, action: Action): Attempt {
  const tried = from === null ? new Map<string, Attempt>() : (hunt.tried.get(from) ?? new Map());
  if (from !== null) hunt.tried.set(from, tried);
  const key = textOfActions(hunt.arena.account, [action]);
  const known = tried.get(key);
  if (known !== undefined) return known;
  hunt.taken += 1;
  const step = takeStep(hunt.arena, from, action);
  const attempted = { found: hunt.reached(step) ? step : null, to: step.to };
  tried.set(key, attempted);
  return attempted;
}

/** The obligation's own rule, as the model has it and in variations. */
function tryFinals(hunt: Hunt, place: Place, count: number): Step | null {
  for (const action of finalActions(hunt, place).slice(0, count)) {
    if (hunt.taken >= hunt.stepsMax) return null;
    const { found } = attempt(hunt, place, action);
    if (found !== null) return found;
  }
  return null;
}

/** Every state once, the nearest first, until a share of the steps is spent. */
function breadthFirst(hunt: Hunt, start: Place): Step | null {
  const seen = new Set([sightOf(hunt.arena, hunt.alike, start).text]);
  const open = [start];
  for (let place = open.shift(); place !== undefined; place = open.shift()) {
    for (const action of newActions(hunt, place)) {
      if (hunt.taken >= hunt.stepsMax * BREADTH_SHARE) return null;
      const { found, to } = attempt(hunt, place, action);
      if (found !== null) return found;
      if (to === null) continue;
      const { text } = sightOf(hunt.arena, hunt.alike, to);
      if (seen.has(text)) continue;
      seen.add(text);
      open.push(to);
      const final = tryFinals(hunt, to, FINALS_EACH);
      if (final !== null) return final;
    }
  }
  return null;
}

function wander(hunt: Hunt, start: Place): Step | null {
  for (let walks = 0; walks < WALKS_MAX && hunt.taken < hunt.stepsMax; walks++) {
    let place = start;
    for (let i = 0; i < WALK_LENGTH && hunt.taken < hunt.stepsMax; i++) {
      const actions = [...stepActions(hunt, place), ...randomCalls(hunt, place)];
      const action = actions[hunt.random(actions.length)];
      if (action === undefined) return null;
      const { found, to } = attempt(hunt, place, action);
      if (found !== null) return found;
      place = to ?? place;
    }
    const final = tryFinals(hunt, place, FINALS_EACH);
    if (final !== null) return final;
  }
  return null;
}

// ---- actions -----------------------------------------------------------------------------------

function finalActions(hunt: Hunt, place: Place): readonly Action[] {
  const { obligation } = hunt.candidate;
  if (obligation.rule === 'between calls') return [...payments(hunt), ...transfers(hunt), WAIT_A_MOMENT];
  if (obligation.proof >= 0) return proofActions(hunt, place, obligation.proof);
  if (hunt.arena.contract.functions[obligation.callee] === undefined || obligation.callee === 0) return [];
  const tuples = tuplesFor(hunt, place, obligation.callee);
  return callersOf(hunt).flatMap((by, i) =>
    tuples
      .slice(0, i === 0 ? tuples.length : 4)
      .map((args): Action => ({ kind: 'call', callee: obligation.callee, args, by })),
  );
}

/** For the stranger check only the stranger's calls count; else whom the model names comes first. */
function callersOf(hunt: Hunt): readonly string[] {
  const { obligation } = hunt.candidate;
  if (hunt.arena.contract.functions[obligation.callee ?? -1]?.kind === 'hook') return [NOBODY];
  if (obligation.kind === 'stranger') return [memberDid(STRANGER)];
  const named = nameOf(hunt.people, hunt.candidate.counterexample.caller) as string;
  return [...new Set([named, memberDid(CREATOR), memberDid('bob'), memberDid('carol')])];
}

const STEP_ARGUMENTS_MAX = 5;
/** Who acts in a run, besides those who pay. */
const ACTORS = [CREATOR, 'bob', 'carol', 'dave'].map(memberDid);

/** The caller of what the host runs. */
const NOBODY = '';

/** What may come next: each rule by each of the actors, each hook, payments, a day going by. */
function stepActions(hunt: Hunt, place: Place): readonly Action[] {
  return actionsAt(hunt, place, rulesOf(hunt.arena.contract), () => true);
}

/** Without what leads nowhere, and what another newcomer could do as well. */
function newActions(hunt: Hunt, place: Place): readonly Action[] {
  const sight = sightOf(hunt.arena, hunt.alike, place);
  const rules = rulesOf(hunt.arena.contract).filter((callee) => hunt.candidate.rules.has(callee));
  return actionsAt(hunt, place, rules, (action) =>
    inOrder(sight, hunt.alike, textOfActions(hunt.arena.account, [action])),
  );
}

function rulesOf({ functions }: core.Contract): readonly number[] {
  return functions.flatMap((fn, callee) => (fn.kind === 'rule' ? [callee] : []));
}

function actionsAt(
  hunt: Hunt,
  place: Place,
  rules: readonly number[],
  isNew: (action: Action) => boolean,
): readonly Action[] {
  const calls = rules.flatMap((callee) => {
    const tuples = tuplesFor(hunt, place, callee);
    return ACTORS.flatMap((by) =>
      firstOf(
        tuples.map((args): Action => ({ kind: 'call', callee, args, by })),
        isNew,
      ),
    );
  });
  return [...payments(hunt), ...calls, ...hookRuns(hunt), ...(hunt.isTimed ? [WAIT_A_DAY] : [])];
}

function firstOf(actions: readonly Action[], isNew: (action: Action) => boolean): readonly Action[] {
  const found: Action[] = [];
  for (const action of actions) {
    if (found.length === STEP_ARGUMENTS_MAX) break;
    if (isNew(action)) found.push(action);
  }
  return found;
}

function hookRuns(hunt: Hunt): readonly Action[] {
  return hunt.arena.contract.functions.flatMap((fn, callee): readonly Action[] =>
    fn.kind === 'hook'
      ? [1n, 2n].map((periods) => ({ kind: 'call', callee, args: [periods], by: NOBODY }))
      : [],
  );
}

function randomCalls(hunt: Hunt, place: Place): readonly Action[] {
  return rulesOf(hunt.arena.contract).flatMap((callee) =>
    ACTORS.map((by): Action => ({ kind: 'call', callee, args: randomArguments(hunt, place, callee), by })),
  );
}

function payments(hunt: Hunt): readonly Action[] {
  const { counterexample } = hunt.candidate;
  return hunt.arena.artifact.currencies.flatMap((_, currency) => {
    const wanted = counterexample.balances.filter(
      (b) => b.currency === currency && b.amount > 0n && b.amount < 10n ** 9n,
    );
    const amounts = new Set([usualPayment(hunt, currency), ...wanted.map((b) => b.amount)]);
    return [...amounts]
      .slice(0, 2)
      .map((amount): Action => ({ kind: 'pay', from: memberDid('bob'), to: null, currency, amount }));
  });
}

/** What people do among themselves, as far as the deployer's account shows it. */
function transfers(hunt: Hunt): readonly Action[] {
  const [creator, bob] = [memberDid(CREATOR), memberDid('bob')];
  return hunt.arena.artifact.currencies.flatMap((_, currency): readonly Action[] => [
    { kind: 'pay', from: bob, to: creator, currency, amount: 1n },
    { kind: 'pay', from: creator, to: bob, currency, amount: 1n },
  ]);
}

// ---- arguments ---------------------------------------------------------------------------------

function initArguments(hunt: Hunt): readonly (readonly AbiValue[])[] {
  const init = hunt.arena.artifact.entries.find((entry) => entry.kind === 'init');
  if (init === undefined || init.params.length === 0) return [[]];
  return tuplesFor(hunt, null, init.function).slice(0, 12);
}

/** Each with the moments that the model says, where nothing happens, and with a day and a payment. */
function proofActions(hunt: Hunt, place: Place, proof: number): readonly Action[] {
  const { arena, people, candidate } = hunt;
  const { counterexample } = candidate;
  const tuples = argumentTuples(hunt, place, paramsOf(arena, proof), true);
  const modelled = latersOf(people, counterexample, counterexample.laters, place.account);
  const all = latersToTry(arena.contract, proof, modelled, place.account);
  return tuples.flatMap((args, i) =>
    all.slice(0, i === 0 ? all.length : 1).map((laters): Action => ({ kind: 'prove', proof, args, laters })),
  );
}

function tuplesFor(hunt: Hunt, place: Place | null, callee: number): readonly (readonly AbiValue[])[] {
  const isOwn = hunt.candidate.obligation.callee === callee;
  return argumentTuples(hunt, place, entryOf(hunt.arena, callee).params, isOwn);
}

/** The model's arguments where these are what the obligation is about, plain ones, and each with one word or with all changed. */
function argumentTuples(
  hunt: Hunt,
  place: Place | null,
  params: readonly AbiField[],
  isOwn: boolean,
): readonly (readonly AbiValue[])[] {
  const types = params.flatMap((param) => wordTypesOf(param.type));
  const choices = types.map((type) => wordPool(hunt, place, type));
  const plain = choices.map((pool) => pool[0]!);
  const { obligation, counterexample } = hunt.candidate;
  const fromModel = types.map((_, i) =>
    nameOf(hunt.people, counterexample.params[i] ?? null, place?.account ?? null),
  );
  const modelled = isOwn && !fromModel.includes(null) ? [fromModel as Value[]] : [];
  const bases = [
    ...(obligation.kind === 'stranger' ? [greedyWords(hunt, types, plain)] : []),
    ...modelled,
    plain,
    usualWords(hunt, types, plain),
  ];
  const widest = Math.max(0, ...choices.map((pool) => pool.length));
  const changed = Array.from({ length: widest }, (_, rank) => rank).flatMap((rank) => [
    ...bases.flatMap((base) =>
      choices.flatMap((pool, i) => (rank < pool.length ? [base.with(i, pool[rank]!)] : [])),
    ),
    choices.map((pool) => pool[Math.min(rank, pool.length - 1)]!),
  ]);
  const tuples = new Map([...bases, ...changed].map((words) => [words.map(String).join('|'), words]));
  return [...tuples.values()].map((words) =>
    assemble(
      params.map((param) => param.type),
      words,
    ),
  );
}

/** What a thief would try: everything that bob paid in, to themselves. */
function greedyWords(hunt: Hunt, types: readonly AbiType[], plain: readonly Value[]): readonly Value[] {
  return types.map((type, i) => {
    if (type.kind === 'Did') return memberDid(STRANGER);
    return type.kind === 'Amount' ? usualPayment(hunt, type.currency) : plain[i]!;
  });
}

/** What a contract is usually given: a different member each time, and amounts that are neither nothing nor too much. */
function usualWords(hunt: Hunt, types: readonly AbiType[], plain: readonly Value[]): readonly Value[] {
  const others = MEMBER_DIDS.filter((did) => did !== memberDid(CREATOR) && did !== memberDid(STRANGER));
  let next = 0;
  return types.map((type, i) => {
    if (type.kind === 'Did') return others[next++ % others.length]!;
    return type.kind === 'Amount' ? usualPayment(hunt, type.currency) : plain[i]!;
  });
}

/** A hundred of the currency. */
function usualPayment(hunt: Hunt, currency: number): bigint {
  return 100n * 10n ** BigInt(hunt.arena.artifact.currencies[currency]!.decimals);
}

function randomArguments(hunt: Hunt, place: Place, callee: number): readonly AbiValue[] {
  const { params } = entryOf(hunt.arena, callee);
  const words = params
    .flatMap((param) => wordTypesOf(param.type))
    .map((type) => {
      const pool = wordPool(hunt, place, type);
      return pool[hunt.random(pool.length)]!;
    });
  return assemble(
    params.map((param) => param.type),
    words,
  );
}

function assemble(types: readonly AbiType[], words: readonly Value[]): readonly AbiValue[] {
  const left = [...words];
  return types.map((type) => takeValue(left, type));
}

function wordPool(hunt: Hunt, place: Place | null, type: AbiType): readonly Value[] {
  switch (type.kind) {
    case 'Bool':
      return [true, false];
    case 'Did':
      return hunt.pools.dids(place);
    case 'Text':
      return ['a', '', 'b'];
    case 'Bytes':
      return [new Uint8Array([1]), new Uint8Array(0)];
    case 'Hash':
      return [new Uint8Array(32).fill(1), new Uint8Array(32)];
    case 'List':
      return listPool(hunt, place, type);
    case 'Enum':
      return type.variants.map((_, index) => BigInt(index));
    default:
      return hunt.pools.ints;
  }
}

/** The empty list, and lists of one and of two elements, each word the first of its pool. */
function listPool(
  hunt: Hunt,
  place: Place | null,
  type: Extract<AbiType, { readonly kind: 'List' }>,
): readonly Value[] {
  const types = wordTypesOf(type.item);
  const item = types.map((word) => wordPool(hunt, place, word)[0]!);
  const other = types.map((word) => {
    const pool = wordPool(hunt, place, word);
    return pool[hunt.random(pool.length)]!;
  });
  return type.capacity === 1 ? [item, []] : [item, [], [...item, ...other]];
}

const USUAL_NUMBERS = [1n, 0n, 2n, 100n, -1n, 10n, 1000n];
const EDGES = [2n ** 63n - 1n, -(2n ** 63n)];

function poolsOf({ arena, candidate }: Search): Pools {
  const { counterexample } = candidate;
  const constants = constantsIn(arena.contract);
  const near = constants.flatMap((value) => [value, value - 1n, value + 1n]);
  const ints = [...numbersIn(counterexample), ...USUAL_NUMBERS, ...EDGES, ...near];
  const fitting = ints.filter((value) => value >= EDGES[1]! && value <= EDGES[0]!);
  const stranger = candidate.obligation.kind === 'stranger' ? [STRANGER] : [];
  const people = ['bob', CREATOR, 'carol', 'dave', ...stranger].map(memberDid);
  return {
    ints: [...new Set(fitting)].slice(0, 40),
    dids: (place) => [
      ...arena.others.map(({ account }) => account),
      ...people,
      ...(place === null ? [] : [place.account]),
      '',
      ...arena.contract.didLiterals,
    ],
  };
}

/** Numbers that the code and the clauses are written with. */
function constantsIn(contract: core.Contract): readonly bigint[] {
  const found = new Set<bigint>();
  JSON.stringify([contract.functions, contract.invariants, contract.histories], (name, value: unknown) => {
    if (name === 'value' && typeof value === 'bigint') found.add(value);
    return typeof value === 'bigint' ? String(value) : value;
  });
  return [...found].filter((value) => value > -(2n ** 62n) && value < 2n ** 62n).slice(0, 10);
}

/** Numbers from 0 to below a bound, the same for the same seed (mulberry32). */
function seeded(seed: string): (below: number) => number {
  let state = Number.parseInt(seed.slice(0, 8), 16) | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
