/**
 * `test invariants TimeBank;`: sequences of calls by several members, payments and time going by, drawn from a seed,
 * against everything that the contract promises (`watch.ts`). What breaks a promise is made as short and as plain as
 * it can be without becoming another failure, and is told as a test.
 */
import fc from 'fast-check';
import type { InvariantsPlan } from '../compiler/index.ts';
import { type Failure, storageOf } from '../host/index.ts';
import { type AbiType, type AbiValue, type Entry, type Observer, readStored } from '../vm/index.ts';
import { arbitraryOf, type Pools, poolsOf } from './arbitrary.ts';
import { type GasMeter, type GasUse, noteGas } from './gas.ts';
import { pasteRun } from './paste.ts';
import { type Judge, makeJudge } from './refute/judge.ts';
import {
  type Action,
  type Arena,
  entryOf,
  MEMBERS,
  openArena,
  type Place,
  type Step,
  takeStep,
} from './refute/steps.ts';
import type { TestProgram } from './script.ts';
import { shorten, simplify } from './shrink.ts';
import { type Broken, brokenBy, keyOf, type Within, withinOf } from './watch.ts';
import { memberDid } from './world.ts';

export type InvariantsOptions = {
  readonly seed: number;
  /** Calls in all sequences together. */
  readonly calls: number;
  /** Steps of one sequence. */
  readonly length: number;
  /** Sees what the contract executes. */
  readonly observer?: Observer | undefined;
};

export const INVARIANTS_OPTIONS: InvariantsOptions = { seed: 20_260_131, calls: 1_000, length: 120 };

export type InvariantsResult = {
  readonly contract: string;
  readonly span: InvariantsPlan['span'];
  readonly seed: number;
  readonly sequences: number;
  /** Calls of each rule, init among them. */
  readonly entries: readonly EntryTally[];
  readonly broken: BrokenRun | null;
  readonly gas: readonly GasUse[];
};

/** `refusals` are the reasons, with how often each was given, the commonest first. */
export type EntryTally = {
  readonly entry: string;
  readonly calls: number;
  readonly succeeded: number;
  readonly refusals: readonly { readonly reason: string; readonly count: number }[];
};

export type BrokenRun = Broken & {
  /** Steps of the sequence that was met, and of the one that is shown. */
  readonly met: number;
  readonly shown: number;
  /** A test that fails for the same reason. */
  readonly paste: string;
};

/** How far it has come. */
export type InvariantsProgress = Omit<InvariantsResult, 'broken' | 'gas'> & { readonly calls: number };

/**
 * Runs it, sequence by sequence: gives its progress after each, and returns the result. Whoever walks it may end it at
 * any point; the last progress is then what is known.
 */
export function* runInvariants(
  program: TestProgram,
  plan: InvariantsPlan,
  options: InvariantsOptions = INVARIANTS_OPTIONS,
): Generator<InvariantsProgress, InvariantsResult> {
  const hunt = openHunt(program, plan, options);
  let sequences = 0;
  while (hunt.counts.calls < options.calls) {
    const found = runSequence(hunt, sequences);
    sequences += 1;
    yield { ...resultOf(hunt, sequences), calls: hunt.counts.calls };
    if (found === null) continue;
    const broken = tellBroken(hunt, found);
    return { ...resultOf(hunt, sequences), broken, gas: [...hunt.gas.values()] };
  }
  return { ...resultOf(hunt, sequences), broken: null, gas: [...hunt.gas.values()] };
}

// ---- private -----------------------------------------------------------------------------------

type Tally = { calls: number; succeeded: number; readonly refusals: Map<string, number> };
type Hunt = {
  readonly plan: InvariantsPlan;
  readonly options: InvariantsOptions;
  readonly arena: Arena;
  readonly judge: Judge;
  readonly within: Within;
  readonly pools: Pools;
  readonly rules: readonly Entry[];
  readonly arbitraries: ReadonlyMap<Entry, fc.Arbitrary<AbiValue[]>>;
  readonly tallies: Map<string, Tally>;
  readonly counts: { calls: number };
  readonly gas: GasMeter;
  draws: number;
};
type Found = { readonly actions: readonly Action[]; readonly broken: Broken };

function openHunt(program: TestProgram, plan: InvariantsPlan, options: InvariantsOptions): Hunt {
  const written = program.cores.find(({ name }) => name === plan.contract)!;
  const arena = openArena(written, options.observer);
  const { artifact, contract } = arena;
  const known = poolsOf([artifact], MEMBERS);
  const pools = { ...known, dids: [...known.dids, arena.account] };
  const callable = artifact.entries.filter(({ kind }) => kind !== 'view' && kind !== 'upgrade');
  const arbitraries = new Map(
    callable.map((entry) => [entry, fc.tuple(...entry.params.map(({ type }) => arbitraryOf(type, pools)))]),
  );
  const tallies = new Map(
    callable.map(({ name }) => [name, { calls: 0, succeeded: 0, refusals: new Map<string, number>() }]),
  );
  return {
    plan,
    options,
    arena,
    judge: makeJudge(contract),
    within: withinOf(written, arena),
    pools,
    rules: callable.filter(({ kind }) => kind === 'rule' || kind === 'hook'),
    arbitraries,
    tallies,
    counts: { calls: 0 },
    gas: new Map(),
    draws: 0,
  };
}

function resultOf({ plan, options, tallies }: Hunt, sequences: number) {
  const entries = [...tallies].map(([entry, { calls, succeeded, refusals }]) => ({
    entry,
    calls,
    succeeded,
    refusals: [...refusals]
      .map(([reason, count]) => ({ reason, count }))
      .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
  }));
  const { contract, span } = plan;
  return { contract, span, seed: options.seed, sequences, entries };
}

/** The steps that succeeded, and the one that broke a promise; null where none did. */
function runSequence(hunt: Hunt, sequence: number): Found | null {
  const { arena, options } = hunt;
  const random = randomOf(options.seed, sequence);
  const people = peopleOf(random);
  const actions: Action[] = [];
  let place: Place | null = null;
  let refused = 0;
  for (let at = 0; at < options.length && refused < REFUSED_MAX && hunt.counts.calls < options.calls; at++) {
    const action =
      place === null ? deployment(hunt, people, random) : nextAction(hunt, place, people, random);
    const step = takeStep(arena, place, action);
    noteStep(hunt, step);
    const [broken] = brokenIn(hunt, step);
    if (step.to !== null || broken !== undefined) actions.push(action);
    if (broken !== undefined) return { actions, broken };
    if (action.kind === 'call') refused = step.to === null ? refused + 1 : 0;
    place = step.to ?? place;
    if (place === null) return null;
  }
  return null;
}

/** What a step breaks inside of the code first, as a test would say it. */
function brokenIn({ arena, judge, within }: Hunt, step: Step): readonly Broken[] {
  const inside = within(step);
  return [...(inside === null ? [] : [inside]), ...brokenBy(arena, judge, step)];
}

/** Where so much is refused in a row, a contract has come to its end. */
const REFUSED_MAX = 25;

function noteStep({ arena, counts, tallies, gas }: Hunt, { action, failure, gasUsed }: Step): void {
  if (action.kind !== 'call' && action.kind !== 'deploy') return;
  const entry = entryOf(arena, action.kind === 'call' ? action.callee : 0);
  const tally = tallies.get(entry.name)!;
  counts.calls += 1;
  tally.calls += 1;
  if (failure === null) {
    tally.succeeded += 1;
    noteGas(gas, arena.artifact, entry.name, gasUsed);
    return;
  }
  const reason = reasonOf(failure);
  tally.refusals.set(reason, (tally.refusals.get(reason) ?? 0) + 1);
}

/** A host module's refusal is one sentence, with details behind a colon. */
function reasonOf({ trap, message }: Failure): string {
  const reason = trap?.message ?? message;
  return trap?.kind === 'Refused' ? reason.split(': ')[0]! : reason;
}

// ---- drawing -----------------------------------------------------------------------------------

/** A number from 0 to below a bound. */
type Random = (below: number) => number;

/** Who calls what the host runs. */
const NOBODY = '';
const DAY = 86_400n;
const WAITS = [1n, 60n, 3_600n, DAY, 7n * DAY, 30n * DAY, 365n * DAY];

/** Whom a sequence is about: few people meet each other more often than many. */
function peopleOf(random: Random): readonly string[] {
  const count = [2, 3, 3, MEMBERS.length][random(4)]!;
  const first = random(MEMBERS.length);
  return MEMBERS.map((_, at) => memberDid(MEMBERS[(first + at) % MEMBERS.length]!)).slice(0, count);
}

function deployment(hunt: Hunt, people: readonly string[], random: Random): Action {
  return { kind: 'deploy', args: drawArguments(hunt, entryOf(hunt.arena, 0), people, new Map(), random) };
}

/** Mostly calls; payments into the contract and time going by between them. */
function nextAction(hunt: Hunt, place: Place, people: readonly string[], random: Random): Action {
  const { arena, rules } = hunt;
  const currencies = arena.artifact.currencies.length;
  const seen = valuesSeen(arena, place);
  const kind = random(10);
  if (kind === 0 || rules.length === 0)
    return { kind: 'wait', seconds: WAITS[random(WAITS.length)]!, blocks: 0n };
  const from = somebody(seen, people, random);
  if (kind === 1 && currencies > 0) {
    const currency = random(currencies);
    const unit = 10n ** BigInt(arena.artifact.currencies[currency]!.decimals);
    return { kind: 'pay', from, to: null, currency, amount: [1n, unit, 100n * unit][random(3)]! };
  }
  const entry = rules[random(rules.length)]!;
  const callee = entry.function;
  if (entry.kind === 'hook') return { kind: 'call', callee, args: [BigInt(1 + random(3))], by: NOBODY };
  return { kind: 'call', callee, args: drawArguments(hunt, entry, people, seen, random), by: from };
}

/** One of the people; as often one of those whom the state names, because they may do what others may not. */
function somebody(seen: Seen, people: readonly string[], random: Random): string {
  const everybody = MEMBERS.map(memberDid);
  const named = (seen.get('Did') ?? []).filter((did) => everybody.includes(did as string));
  const among = named.length > 0 && random(2) === 0 ? (named as readonly string[]) : people;
  return among[random(among.length)]!;
}

/** Of the type; now and then a value that the state has, or one of the people. */
function drawArguments(
  hunt: Hunt,
  entry: Entry,
  people: readonly string[],
  seen: Seen,
  random: Random,
): readonly AbiValue[] {
  if (entry.params.length === 0) return [];
  hunt.draws += 1;
  const seed = hunt.options.seed + hunt.draws;
  const [args] = fc.sample(hunt.arbitraries.get(entry)!, { seed, numRuns: 1 }) as [AbiValue[]];
  return args.map((arg, at) => {
    const { type } = entry.params[at]!;
    if (type.kind === 'Did' && random(2) === 0) return people[random(people.length)]!;
    const values = seen.get(familyOf(type)) ?? [];
    return values.length > 0 && random(2) === 0 ? values[random(values.length)]! : arg;
  });
}

/** Types whose values may stand for one another. */
function familyOf(type: AbiType): string {
  return ['Int', 'Amount', 'Time', 'Duration', 'Ratio'].includes(type.kind) ? 'number' : type.kind;
}

type Seen = ReadonlyMap<string, readonly AbiValue[]>;

/** Numbers of the state, and the DIDs that its variables hold. */
function valuesSeen(arena: Arena, place: Place): Seen {
  const numbers = new Set<bigint>();
  const dids = new Set<string>();
  const slots = arena.artifact.storage;
  for (const { key, value } of storageOf(place.world.state, place.account)) {
    const leaf = readStored(slots, key, value);
    if (leaf === null) continue;
    for (const word of [...leaf.keys, leaf.value]) if (typeof word === 'bigint') numbers.add(word);
    const type = slots[leaf.slot]!.fields[leaf.field];
    if (leaf.keys.length === 0 && type === 'did') dids.add(leaf.value as string);
  }
  return new Map<string, readonly AbiValue[]>([
    ['number', [...numbers]],
    ['Did', [...dids].filter((did) => did !== '')],
  ]);
}

/** The same for the same seed and sequence (mulberry32). */
function randomOf(seed: number, sequence: number): Random {
  let state = (seed ^ Math.imul(sequence + 1, 0x9e3779b1)) | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

// ---- telling -----------------------------------------------------------------------------------

function tellBroken(hunt: Hunt, { actions, broken }: Found): BrokenRun {
  const key = keyOf(broken);
  const replay = replayer(hunt);
  const breaks = (tried: readonly Action[]): boolean => replay(tried).some((one) => keyOf(one) === key);
  const short = shorten(actions, breaks);
  const plain = shorten(simplify(hunt.arena, short, breaks), breaks);
  return {
    ...broken,
    met: actions.length,
    shown: plain.length,
    paste: pasteRun(hunt.arena, stepsOf(hunt.arena, plain), `${hunt.plan.contract} ${broken.says}`),
  };
}

function stepsOf(arena: Arena, actions: readonly Action[]): readonly Step[] {
  let place: Place | null = null;
  return actions.map((action) => {
    const step = takeStep(arena, place, action);
    place = step.to;
    return step;
  });
}

/**
 * What the last of some actions breaks, where all others succeed. Attempts have most of their steps in common, so
 * those that the one before took are not taken again.
 */
function replayer(hunt: Hunt): (actions: readonly Action[]) => readonly Broken[] {
  const { arena } = hunt;
  const trail: { readonly action: Action; readonly place: Place }[] = [];
  return (actions) => {
    const last = actions.length - 1;
    const differs = actions.findIndex((action, at) => at === last || trail[at]?.action !== action);
    trail.length = Math.min(trail.length, differs);
    for (const action of actions.slice(differs, last)) {
      const { to } = takeStep(arena, trail.at(-1)?.place ?? null, action);
      if (to === null || (trail.length === 0 && action.kind !== 'deploy')) return [];
      trail.push({ action, place: to });
    }
    const from = trail.at(-1)?.place ?? null;
    const action = actions[last]!;
    if (from === null && action.kind !== 'deploy') return [];
    return brokenIn(hunt, takeStep(arena, from, action));
  };
}
