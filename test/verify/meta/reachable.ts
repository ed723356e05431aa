/**
 * What really happens: every step from the states that a contract reaches within a bound, on the VM, and which of its
 * obligations some step breaks. It knows nothing of proofs.
 */
import { build, type core } from '../../../compiler/index.ts';
import type { Obligation } from '../../../compiler/verify/obligations.ts';
import { storageOf } from '../../../host/index.ts';
import { allHold, isGoal, momentOf } from '../../../testing/refute/goal.ts';
import { makeJudge } from '../../../testing/refute/judge.ts';
import type { Later } from '../../../testing/refute/others.ts';
import { snapshotOf } from '../../../testing/refute/snapshot.ts';
import {
  type Action,
  type Arena,
  CREATOR,
  openArena,
  type Place,
  STRANGER,
  type Step,
  takeStep,
} from '../../../testing/refute/steps.ts';
import { balances, deploy, memberDid } from '../../../testing/world.ts';
import type { AbiValue } from '../../../vm/index.ts';
import { type Draw, drawFrom } from './random.ts';

export type Found = {
  /** `rule kind name` of each obligation that some step breaks, with the step in words. */
  readonly broken: ReadonlyMap<string, string>;
  /** Invariants that do not hold in some reachable state. */
  readonly fallen: ReadonlySet<string>;
  readonly steps: number;
};

export type Bounds = { readonly statesMax: number; readonly callsPerState: number };

export function nameOfObligation({ rule, kind, name }: Pick<Obligation, 'rule' | 'kind' | 'name'>): string {
  return `${rule} ${kind} ${name}`;
}

export function explore(
  contract: core.Contract,
  obligations: readonly Obligation[],
  seed: number,
  bounds: Bounds,
  others: readonly core.Contract[] = [],
): Found {
  const arena = openArena(contract);
  const accounts = others.map((other) => deployOther(arena, other));
  const judge = makeJudge(arena.contract);
  const broken = new Map<string, string>();
  const fallen = new Set<string>();
  const draw = drawFrom(seed);
  let steps = 0;
  const watch = (step: Step): Place | null => {
    steps += 1;
    for (const obligation of obligations) {
      const name = nameOfObligation(obligation);
      if (!broken.has(name) && isGoal(arena, judge, obligation, step))
        broken.set(name, JSON.stringify(step.action, plain));
    }
    if (step.to !== null && step.to.world !== null) noteFallen(arena, judge, step, fallen);
    noteEntered(arena, judge, step, broken);
    return step.to;
  };
  const open: Place[] = [...rootsOf(arena, watch), ...upgradedPlaces(arena, draw, bounds, watch)];
  const seen = new Set(open.map(fingerprint));
  for (let place = open.shift(); place !== undefined; place = open.shift()) {
    for (const action of actionsAt(arena, place, draw, bounds.callsPerState, accounts)) {
      const to = watch(takeStep(arena, place, action));
      if (to === null || action.kind === 'prove') continue;
      if (seen.size >= bounds.statesMax || seen.has(fingerprint(to))) continue;
      seen.add(fingerprint(to));
      open.push(to);
    }
  }
  return { broken, fallen, steps };
}

function rootsOf(arena: Arena, watch: (step: Step) => Place | null): Place[] {
  const deploy: Action = { kind: 'deploy', args: [] };
  const plain = watch(takeStep(arena, null, deploy));
  if (arena.contract.currencies.length === 0) return plain === null ? [] : [plain];
  const first: Action = { kind: 'pay', from: memberDid('bob'), to: null, currency: 0, amount: 3n };
  const paid = takeStep(arena, null, first).to;
  const rich = paid === null ? null : watch(takeStep(arena, paid, deploy));
  return [plain, rich].filter((place) => place !== null);
}

/** Rules that went on although what they check on entry did not hold. */
function noteEntered(
  arena: Arena,
  judge: ReturnType<typeof makeJudge>,
  step: Step,
  broken: Map<string, string>,
): void {
  const { action, from, to } = step;
  if (action.kind !== 'call' || from === null || to === null) return;
  const { functions, invariants } = arena.contract;
  for (const clause of invariants.filter(({ onEntry }) => onEntry))
    if (judge.holds(clause, momentOf(arena, step, from)) === false)
      broken.set(`${functions[action.callee]!.name} entered ${clause.name}`, JSON.stringify(action, plain));
}

/**
 * The version before is deployed and called; from each of its states the upgrade is taken. What is deployed keeps its
 * invariants, so only states in which they hold count.
 */
function upgradedPlaces(
  arena: Arena,
  draw: Draw,
  bounds: Bounds,
  watch: (step: Step) => Place | null,
): readonly Place[] {
  const { predecessor, functions } = arena.contract;
  if (predecessor === null) return [];
  const earlier = { ...openArena(predecessor.contract), root: arena.root };
  const callee = functions.findIndex(({ kind }) => kind === 'upgrade');
  const upgrade: Action = { kind: 'call', callee, args: [], by: memberDid(CREATOR) };
  const judge = makeJudge(earlier.contract);
  const sound = (place: Place): boolean => allHold(earlier, judge, earlier.contract.invariants, place);
  const open = rootsOf(earlier, ({ to }) => to).filter(sound);
  const seen = new Set(open.map(fingerprint));
  const upgraded: Place[] = [];
  for (const place of open) {
    const after = watch(takeStep(arena, place, upgrade));
    if (after !== null) upgraded.push(after);
    for (const action of actionsAt(earlier, place, draw, bounds.callsPerState, [])) {
      const { to } = takeStep(earlier, place, action);
      if (to === null || seen.size >= bounds.statesMax || seen.has(fingerprint(to)) || !sound(to)) continue;
      seen.add(fingerprint(to));
      open.push(to);
    }
  }
  return upgraded;
}

function noteFallen(
  arena: Arena,
  judge: ReturnType<typeof makeJudge>,
  { to }: Step,
  fallen: Set<string>,
): void {
  const { world, account } = to!;
  const snapshot = snapshotOf(arena.contract, arena.artifact, world, account);
  const values = {
    caller: '',
    creator: memberDid(CREATOR),
    self: account,
    now: world.clock.time,
    block: world.clock.block,
  };
  const env = (name: core.EnvName) => values[name];
  const moment = {
    old: snapshot,
    now: snapshot,
    env,
    oldEnv: env,
    locals: [],
    result: [],
    callee: -1,
  };
  for (const clause of arena.contract.invariants) {
    if (!fallen.has(clause.name) && judge.holds(clause, moment) === false) fallen.add(clause.name);
  }
}

const NUMBERS = [-1n, 0n, 1n, 2n, 3n, 7n, 2n ** 63n - 1n, -(2n ** 63n)];
const AMOUNTS = [-1n, 0n, 1n, 2n, 10n ** 18n, 2n ** 63n - 1n];

/** A contract that is there before the one at hand. */
function deployOther(arena: Arena, contract: core.Contract): string {
  const artifact = build(contract, { claims: [], marks: [] });
  const deployed = deploy(arena.root, { artifact, args: [], by: memberDid('bob'), name: contract.name });
  if (!deployed.ok) throw new Error(deployed.message);
  return deployed.contract;
}

function actionsAt(
  arena: Arena,
  place: Place,
  draw: Draw,
  calls: number,
  others: readonly string[],
): readonly Action[] {
  const rules = arena.contract.functions.flatMap((fn, callee) => (fn.kind === 'rule' ? [callee] : []));
  const people = [CREATOR, 'bob'].map(memberDid);
  const somebody = [...people, place.account, '', memberDid(STRANGER), ...others.flatMap(often)];
  const drawn = rules.flatMap((callee) =>
    Array.from({ length: calls }, (): Action => {
      const by = draw(6) === 0 ? memberDid(STRANGER) : people[draw(2)]!;
      const d = draw(3) === 0 ? by : somebody[draw(somebody.length)]!;
      const last = arena.contract.currencies.length > 0 ? AMOUNTS[draw(AMOUNTS.length)]! : draw(2) === 0;
      return {
        kind: 'call',
        callee,
        args: [d, NUMBERS[draw(NUMBERS.length)]!, last, ...furtherArgs(arena, callee, draw)],
        by,
      };
    }),
  );
  const paid = arena.contract.currencies.map(
    (_, currency): Action => ({ kind: 'pay', from: memberDid('bob'), to: null, currency, amount: 1n }),
  );
  const given = arena.contract.currencies.map(
    (_, currency): Action => ({ kind: 'pay', from: people[1]!, to: people[0]!, currency, amount: 1n }),
  );
  const due = arena.contract.functions.flatMap((fn, callee): readonly Action[] =>
    fn.kind === 'hook' ? [1n, 2n].map((periods) => ({ kind: 'call', callee, args: [periods], by: '' })) : [],
  );
  const proofs = arena.contract.proofs.flatMap((_, proof) =>
    Array.from({ length: calls / 2 }, () => proofAction(arena, place, proof, draw)),
  );
  return [...drawn, ...paid, ...given, ...due, { kind: 'wait', seconds: 1n, blocks: 1n }, ...proofs];
}

/** A `prove` with some parameters, and with some others doing something in each `later`. */
function proofAction(arena: Arena, { account }: Place, proof: number, draw: Draw): Action {
  const people = [CREATOR, 'bob', 'carol'].map(memberDid);
  const args = arena.contract.proofs[proof]!.params.map(({ type }): AbiValue => {
    if (type.kind === 'Did') return draw(8) === 0 ? account : people[draw(people.length)]!;
    const pool = type.kind === 'Amount' ? AMOUNTS : NUMBERS;
    return pool[draw(pool.length)]!;
  });
  const laters = Array.from({ length: LATERS_MAX }, (): Later => {
    const who = draw(3) === 0 ? account : people[draw(people.length)]!;
    const amount = [-5n, 0n, 3n, 100n, 10n ** 9n][draw(5)]!;
    const balances = draw(2) === 0 ? [] : [{ currency: 0, account: who, amount }];
    return { seconds: BigInt(draw(3)), blocks: BigInt(draw(2)), floors: [], balances };
  });
  return { kind: 'prove', proof, args, laters };
}

const LATERS_MAX = 6;

/** Others are called more often than anybody else. */
function often(account: string): readonly string[] {
  return Array.from({ length: 12 }, () => account);
}

/** What a rule takes besides somebody, a number, and an amount or a truth value. */
function furtherArgs(arena: Arena, callee: number, draw: Draw): readonly AbiValue[] {
  const { params } = arena.contract.functions[callee]!;
  return params.slice(3).map(({ type }) => {
    const pool = type.kind === 'Text' ? TEXTS : type.kind === 'Bytes' ? BYTES : LISTS;
    return pool[draw(pool.length)]!;
  });
}

const TEXTS = ['a', '', 'b', 'ab', 'é', 'x'.repeat(1_023)];
const BYTES = [[1], [], [1, 2], [97], Array<number>(1_024).fill(7)].map((bytes) => Uint8Array.from(bytes));
const LISTS = [[], [1n], [1n, 2n], [3n, -1n, 2n ** 63n - 1n], [0n]];

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** Text that is equal for equal states of contract and ledger. */
function fingerprint({ world, account }: Place): string {
  const leaves = storageOf(world.state, account).map(
    ({ key, value }) => `${key.join('.')}=${value.join('.')}`,
  );
  const money = balances(world).map((move) => `${move.currency} ${move.account} ${move.amount}`);
  return [...leaves, ...money, String(world.clock.time)].join('\n');
}
