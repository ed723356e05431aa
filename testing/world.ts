/**
 * A world to try contracts in: the real VM and the real host modules over an empty state, with members who exist only
 * here. Genesis is that of language.md, section 8: every member may owe 10^9 smallest units of each mutual currency,
 * starts with 10^9 of each issued one, and may deploy and upgrade; nothing else.
 *
 * Every deployment, call and payment is a block of its own; time moves only when it is told to.
 */
import {
  type Answer,
  accountsOf,
  applyGenesis,
  callContract,
  currenciesOf,
  currencyIdOf,
  currencyOf,
  DEPLOY_PERMISSION,
  deployContract,
  EMPTY,
  type Failure,
  type GenesisMember,
  grantPermission,
  type HookRun,
  hookOf,
  type Moment,
  nextDue,
  type Overlay,
  overlay,
  runHooks,
  runUpgradeOf,
  type Spends,
  type Success,
  setFloor,
  transfer,
  UPGRADE_PERMISSION,
  upgradeContract,
  VIEW_GAS_MAX,
  viewContract,
} from '../host/index.ts';
import {
  type AbiValue,
  type Artifact,
  type CurrencyDecl,
  didOfKey,
  encodeArtifact,
  type Observer,
  sha256,
  utf8,
} from '../vm/index.ts';

export type WorldOptions = {
  /** Names of members. */
  readonly members: readonly string[];
  /** Of the cooperative; each name once. */
  readonly currencies: readonly CurrencyDecl[];
  readonly observer?: Observer | undefined;
};

/** The state and the clock change as the world goes on; `names` finds the name of an account by its DID. */
export type World = {
  readonly state: Overlay;
  readonly clock: { block: bigint; time: bigint };
  readonly names: Map<string, string>;
  /** How many copies of copies this one is. */
  readonly depth: number;
  /** Sees what deployments, calls, views and hooks execute, where no other is given. */
  readonly observer: Observer | undefined;
};

/** How a balance changed, in smallest units. */
export type Move = { readonly account: string; readonly currency: string; readonly amount: bigint };

/** The cooperative that every contract of a world belongs to. */
export const COOPERATIVE = 'test';
/** 2026-01-01T00:00Z, when worlds begin. */
export const GENESIS_TIME = 1_767_225_600n;
/** More than any entry point of this version may use. */
export const GAS_LIMIT = 1_000_000_000;
/** The most that a view may use here. */
export const VIEW_GAS_LIMIT = VIEW_GAS_MAX;
/** What a member may owe of a mutual currency, and has of an issued one, in smallest units. */
export const CREDIT = 10n ** 9n;
const HOOKS_MAX = 1_024;
const TIME_MAX = 2n ** 62n;

export function openWorld(options: WorldOptions): World {
  const world: World = {
    state: overlay(EMPTY),
    clock: { block: 1n, time: GENESIS_TIME },
    names: new Map(),
    depth: 0,
    observer: options.observer,
  };
  const currencies = options.currencies.map(({ name, decimals, kind }) => ({
    id: currencyIdOf(COOPERATIVE, name),
    cooperative: COOPERATIVE,
    name,
    decimals,
    kind,
  }));
  const members = options.members.map((name) => genesisMember(name, options.currencies));
  const genesis = { cooperatives: [{ id: COOPERATIVE, name: COOPERATIVE }], currencies, members };
  const answer = applyGenesis(world.state, world.clock, genesis);
  if (!answer.ok) throw new Error(answer.message);
  for (const name of options.members) world.names.set(memberDid(name), name);
  return world;
}

/** A copy that goes its own way; the world itself must stay as it is. */
export function fork({ state, clock, names, depth, observer }: World): World {
  const copy = { clock: { ...clock }, names: new Map(names), observer };
  if (depth < DEPTH_MAX) return { ...copy, state: overlay(state), depth: depth + 1 };
  return { ...copy, state: flat(state), depth: 0 };
}

/** A reading goes through so many copies at most. */
const DEPTH_MAX = 12;

function flat(state: Overlay): Overlay {
  const whole = overlay(EMPTY);
  for (const key of state.keys('')) whole.put(key, state.get(key)!);
  return whole;
}

/** Sets a member's floor in a mutual currency, in smallest units. */
export function limitMember(world: World, name: string, currency: string, floor: bigint): Answer<null> {
  return setFloor(world.state, currencyIdOf(COOPERATIVE, currency), memberDid(name), floor);
}

export function permitMember(world: World, name: string, permission: string): Answer<null> {
  return grantPermission(world.state, COOPERATIVE, memberDid(name), permission);
}

/** The DID of a member: made from the name alone, so that every world has the same. Nobody has a key for it. */
export function memberDid(name: string): string {
  const known = DIDS.get(name);
  if (known !== undefined) return known;
  const did = didOfKey(sha256(utf8(name)));
  if (DIDS.size < DIDS_MAX) DIDS.set(name, did);
  return did;
}

/** Searches ask for the same few a thousand times. */
const DIDS = new Map<string, string>();
const DIDS_MAX = 1000;

export type WorldDeployment = {
  readonly artifact: Artifact;
  readonly args: readonly AbiValue[];
  readonly by: string;
  readonly name: string;
};
export type WorldCall = {
  readonly contract: string;
  readonly entry: string;
  readonly args: readonly AbiValue[];
  readonly by: string;
  readonly spends: Spends;
  readonly observer?: Observer | undefined;
};

/** `by` is a DID; the contract's account is called `name` from then on. */
export function deploy(
  world: World,
  { artifact, args, by, name }: WorldDeployment,
): (Success & { readonly contract: string }) | Failure {
  const outcome = deployContract(world.state, nextBlock(world), {
    artifact: encodeArtifact(artifact),
    creator: by,
    cooperative: COOPERATIVE,
    args,
    spends: 'unlimited',
    gasLimit: GAS_LIMIT,
    observer: world.observer,
  });
  if (outcome.ok) world.names.set(outcome.contract, name);
  return outcome;
}

/** Another version takes the place of what is deployed under the account. */
export function upgrade(
  world: World,
  { artifact, contract, by }: { readonly artifact: Artifact; readonly contract: string; readonly by: string },
): Success | Failure {
  return upgradeContract(world.state, nextBlock(world), {
    artifact: encodeArtifact(artifact),
    contract,
    by,
    spends: 'unlimited',
    gasLimit: GAS_LIMIT,
    observer: world.observer,
  });
}

export function call(world: World, given: WorldCall): Success | Failure {
  nextBlock(world);
  return callHere(world, given);
}

/** As `call`, in the block at hand. */
export function callHere(
  world: World,
  { contract, entry, args, by, spends, observer = world.observer }: WorldCall,
): Success | Failure {
  return callContract(
    world.state,
    { ...world.clock },
    {
      contract,
      entry,
      args,
      caller: by,
      spends,
      gasLimit: GAS_LIMIT,
      observer,
    },
  );
}

/** Asks a view; nothing changes. */
export function ask(
  world: World,
  contract: string,
  entry: string,
  args: readonly AbiValue[],
  observer: Observer | undefined = world.observer,
): Success | Failure {
  return viewContract(world.state, world.clock, { contract, entry, args, observer });
}

/** A plain payment; anyone may pay into a contract's account. */
export function pay(
  world: World,
  from: string,
  to: string,
  currency: string,
  amount: bigint,
): Answer<unknown> {
  return transfer(world.state, nextBlock(world), {
    from,
    to,
    currency: currencyIdOf(COOPERATIVE, currency),
    amount,
  });
}

/** The clock goes forward, and what is due by then runs; the runs, in their order. */
export function advance(world: World, seconds: bigint): readonly HookRun[] {
  world.clock.time += seconds;
  const next = nextDue(world.state);
  if (next === undefined || next.due > world.clock.time) return [];
  return runHooks(world.state, nextBlock(world), HOOKS_MAX, world.observer);
}

/** Waits until a hook has been due `periods` times, and runs it; null where another one is due before it. */
export function runNextHook(
  world: World,
  contract: string,
  entry: string,
  periods: bigint,
): Success | Failure | null {
  const next = nextDue(world.state);
  if (next === undefined || next.contract !== contract || next.entry !== entry || periods < 1n) return null;
  const every = BigInt(hookOf(world.state, contract, entry).everySeconds);
  const time = next.due + (periods - 1n) * every;
  if (time < world.clock.time || time > TIME_MAX) return null;
  world.clock.time = time;
  return runHooks(world.state, nextBlock(world), 1, world.observer)[0]?.outcome ?? null;
}

/** Runs a hook as if it were due, outside of its schedule. */
export function runHookHere(
  world: World,
  contract: string,
  entry: string,
  args: readonly AbiValue[],
): Success | Failure {
  return hookOf(world.state, contract, entry).run(nextBlock(world), args);
}

/** Runs the `upgrade` of what is deployed over the state as it is. */
export function runUpgradeHere(world: World, contract: string, by: string): Success | Failure {
  return runUpgradeOf(world.state, nextBlock(world), contract, by);
}

/** Every balance that is not zero, by currency name and account. */
export function balances(world: World): Move[] {
  return currenciesOf(world.state).flatMap((id) => {
    const currency = currencyOf(world.state, id)?.name ?? id;
    return accountsOf(world.state, id).map(({ account, balance }) => ({
      account,
      currency,
      amount: balance,
    }));
  });
}

/** What changed from one `balances` to another, in the order of the second, then of what is gone. */
export function movesBetween(before: readonly Move[], after: readonly Move[]): Move[] {
  const keyOf = ({ account, currency }: Move) => `${currency} ${account}`;
  const old = new Map(before.map((move) => [keyOf(move), move]));
  const moves = after.map((move) => {
    const was = old.get(keyOf(move))?.amount ?? 0n;
    old.delete(keyOf(move));
    return { ...move, amount: move.amount - was };
  });
  const gone = [...old.values()].map((move) => ({ ...move, amount: -move.amount }));
  return [...moves, ...gone].filter(({ amount }) => amount !== 0n);
}

function nextBlock(world: World): Moment {
  world.clock.block += 1n;
  return { ...world.clock };
}

function genesisMember(name: string, currencies: readonly CurrencyDecl[]): GenesisMember {
  const idsOf = (kind: CurrencyDecl['kind']) =>
    currencies
      .filter((currency) => currency.kind === kind)
      .map((currency) => currencyIdOf(COOPERATIVE, currency.name));
  return {
    did: memberDid(name),
    key: sha256(utf8(name)),
    cooperatives: [COOPERATIVE],
    permissions: [DEPLOY_PERMISSION, UPGRADE_PERMISSION].map((permission) => ({
      cooperative: COOPERATIVE,
      permission,
    })),
    limits: idsOf('mutual').map((currency) => ({ currency, floor: -CREDIT })),
    holdings: idsOf('issued').map((currency) => ({ currency, amount: CREDIT })),
  };
}
