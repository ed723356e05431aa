/**
 * One step of a run: a deployment, a call, a payment into the contract, time going by. Steps fork the world, so that
 * a search can go on from every state it has seen.
 */
import { buildFunctions, type core, ghostSpans, runGhosts } from '../../compiler/index.ts';
import { contractIdOf, currencyIdOf, type Failure, type Spends } from '../../host/index.ts';
import {
  type AbiValue,
  type Artifact,
  artifactHash,
  type Entry,
  encodeArtifact,
  type Observer,
} from '../../vm/index.ts';
import {
  advance,
  ask,
  COOPERATIVE,
  call,
  deploy,
  fork,
  memberDid,
  openWorld,
  pay,
  permitMember,
  runHookHere,
  runNextHook,
  runUpgradeHere,
  upgrade,
  type World,
} from '../world.ts';
import { deployOthers, type Other, writersFor } from './callees.ts';
import { actAsOthers, changeOthers, type Later } from './others.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';
import { textOfActions } from './written.ts';

/** The contract with the code that runs, ghosts included, and the people of every world. */
export type Arena = {
  readonly contract: core.Contract;
  readonly artifact: Artifact;
  /** Where ghosts are set: what reverts there is no revert of the contract. */
  readonly ghosts: readonly core.Stmt['span'][];
  readonly root: World;
  /** Who deploys. */
  readonly creator: string;
  /** The account that the contract will have. */
  readonly account: string;
  /** Accounts of contracts that implement what the contract calls. */
  readonly others: readonly Other[];
  /** Contracts of the sources, which may be among them. */
  readonly implementers: readonly core.Contract[];
  /** The account that the other side of built balances goes to; the contract does not know it. */
  readonly sink: string;
  /** Deployments at the root, by what they do: they take longer than calls. Null where each is to be done anew. */
  readonly deployments: Map<string, Step> | null;
};

export type Action =
  | { readonly kind: 'deploy'; readonly args: readonly AbiValue[] }
  | {
      readonly kind: 'call';
      readonly callee: number;
      readonly args: readonly AbiValue[];
      readonly by: string;
      /** Absent, or null: as much as the caller has. */
      readonly spending?: Spending | null;
    }
  /** `to`: null for the contract's own account. */
  | {
      readonly kind: 'pay';
      readonly from: string;
      readonly to: string | null;
      readonly currency: number;
      readonly amount: bigint;
    }
  | { readonly kind: 'wait'; readonly seconds: bigint; readonly blocks: bigint }
  /** One environment step. */
  | { readonly kind: 'later'; readonly later: Later }
  /** The steps of a `prove` from here on, which leave the world as it is (`proof.ts`); `laters` by number. */
  | {
      readonly kind: 'prove';
      readonly proof: number;
      readonly args: readonly AbiValue[];
      readonly laters: readonly Later[];
    };

/** What a caller allows the contract to take. */
export type Spending = readonly { readonly currency: number; readonly amount: bigint }[];

/** Where a run stands; before deployment too, when someone has paid into the account to come. */
export type Place = {
  readonly world: World;
  readonly account: string;
  /** How it came here, latest first; null in a state that was built. */
  readonly last: Step | null;
  readonly depth: number;
};

export type Step = {
  readonly action: Action;
  readonly from: Place | null;
  /** Null where the step failed. */
  readonly to: Place | null;
  readonly result: AbiValue;
  readonly failure: Failure | null;
  /** Of a deployment or a call that succeeded. */
  readonly gasUsed: number;
};

/** Who deploys; who is known to nobody; everyone. */
export const CREATOR = 'alice';
export const STRANGER = 'mallory';
export const MEMBERS = [CREATOR, 'bob', 'carol', 'dave', 'erin', STRANGER];
export const MEMBER_DIDS = MEMBERS.map(memberDid);

/** A world before deployment, in which everyone but the stranger holds what the contract's access asks for. */
export function openArena(
  written: core.Contract,
  observer?: Observer,
  implementers: readonly core.Contract[] = [],
): Arena {
  return arenaOf(runGhosts(written), ghostSpans(written), implementers, observer);
}

/** Another contract in the same arena, such as one that shows a place inside of the code. */
export function withContract(arena: Arena, contract: core.Contract): Arena {
  return arenaOf(contract, arena.ghosts, arena.implementers);
}

function arenaOf(
  contract: core.Contract,
  ghosts: Arena['ghosts'],
  implementers: Arena['implementers'],
  observer?: Observer,
): Arena {
  // Ghosts may read what the contract itself never asks for.
  const artifact = buildFunctions(contract, contract.functions, { claims: [], marks: [] });
  const root = openWorld({
    members: [...MEMBERS, ...writersFor(contract)],
    currencies: artifact.currencies,
    observer,
  });
  const permissions = [...new Set(contract.functions.flatMap((fn) => fn.access.permissions))];
  for (const name of MEMBERS.filter((member) => member !== STRANGER)) {
    for (const permission of permissions) permitMember(root, name, permission);
  }
  const creator = memberDid(CREATOR);
  const account = contractIdOf(creator, 0n, artifactHash(encodeArtifact(artifact)));
  root.names.set(account, contract.name);
  const others = deployOthers(contract, root, implementers);
  const sink = strangeAccount(contract);
  const deployments = observer === undefined ? new Map() : null;
  return { contract, artifact, ghosts, root, creator, account, others, implementers, sink, deployments };
}

function strangeAccount(contract: core.Contract): string {
  for (let i = 0; ; i++) {
    const did = memberDid(`everyone else ${i}`);
    if (!contract.didLiterals.includes(did)) return did;
  }
}

export function takeStep(arena: Arena, from: Place | null, action: Action): Step {
  if (from !== null || action.kind !== 'deploy' || arena.deployments === null)
    return newStep(arena, from, action);
  const key = textOfActions(arena.account, [action]);
  const known = arena.deployments.get(key);
  if (known !== undefined) return known;
  const step = newStep(arena, from, action);
  arena.deployments.set(key, step);
  return step;
}

function newStep(arena: Arena, from: Place | null, action: Action): Step {
  const world = fork(from?.world ?? arena.root);
  const depth = (from?.depth ?? 0) + 1;
  const done =
    from?.last === null && (action.kind === 'call' || action.kind === 'later')
      ? performIn(arena, world, from.account, action)
      : perform(arena, world, from?.account ?? arena.account, action);
  if (!done.ok) return { action, from, to: null, result: null, failure: done.failure, gasUsed: 0 };
  const to: { -readonly [K in keyof Place]: Place[K] } = { world, account: done.account, last: null, depth };
  const { result, gasUsed } = done;
  const step: Step = { action, from, to, result, failure: null, gasUsed };
  to.last = step;
  return step;
}

/** The actions one after the other, as far as they succeed; the last may fail. */
export function* stepsFrom(arena: Arena, from: Place | null, actions: readonly Action[]): Generator<Step> {
  let place = from;
  for (const action of actions) {
    const step: Step = takeStep(arena, place, action);
    yield step;
    if (step.to === null) return;
    place = step.to;
  }
}

/** What a run did, from its beginning. */
export function actionsOf(last: Step): readonly Action[] {
  return stepsOf(last).map(({ action }) => action);
}

export function stepsOf(last: Step): readonly Step[] {
  const steps: Step[] = [];
  for (let step: Step | null = last; step !== null; step = step.from?.last ?? null) steps.unshift(step);
  return steps;
}

/** By the currency's id. */
export function spendsOf({ contract }: Arena, spending: Spending | null | undefined): Spends {
  if (spending === null || spending === undefined) return 'unlimited';
  return spending.map(({ currency, amount }) => ({
    currency: currencyIdOf(COOPERATIVE, contract.currencies[currency]!.name),
    amount,
  }));
}

/** The entry point of a function of the contract. */
export function entryOf(arena: Arena, callee: number): Entry {
  return arena.artifact.entries.find((entry) => entry.function === callee)!;
}

export function snapshotAt(arena: Arena, place: Place): Snapshot {
  return snapshotOf(arena.contract, arena.artifact, place.world, place.account);
}

type Done =
  | {
      readonly ok: true;
      readonly account: string;
      readonly result: AbiValue;
      readonly gasUsed: number;
    }
  | { readonly ok: false; readonly failure: Failure | null };

function perform(arena: Arena, world: World, account: string, action: Action): Done {
  switch (action.kind) {
    case 'deploy': {
      const { artifact, contract } = arena;
      const outcome = deploy(world, {
        artifact,
        args: action.args,
        by: memberDid(CREATOR),
        name: contract.name,
      });
      return outcome.ok
        ? { ok: true, account: outcome.contract, result: null, gasUsed: outcome.gasUsed }
        : { ok: false, failure: outcome };
    }
    case 'call':
      return performCall(arena, world, account, action);
    case 'pay': {
      const currency = arena.artifact.currencies[action.currency]!.name;
      const paid = pay(world, action.from, action.to ?? account, currency, action.amount);
      return paid.ok ? { ok: true, account, result: null, gasUsed: 0 } : { ok: false, failure: null };
    }
    case 'wait':
      advance(world, action.seconds);
      world.clock.block += action.blocks;
      return { ok: true, account, result: null, gasUsed: 0 };
    case 'later':
      actAsOthers({ ...arena, account }, world, action.later);
      return { ok: true, account, result: null, gasUsed: 0 };
    case 'prove':
      return { ok: true, account, result: null, gasUsed: 0 };
  }
}

function performCall(
  arena: Arena,
  world: World,
  account: string,
  action: Extract<Action, { readonly kind: 'call' }>,
): Done {
  const { name, kind } = entryOf(arena, action.callee);
  const { args, by } = action;
  if (kind === 'hook') {
    const run = runNextHook(world, account, name, args[0] as bigint);
    if (run === null) return { ok: false, failure: null };
    return run.ok ? { ok: true, account, result: null, gasUsed: run.gasUsed } : { ok: false, failure: run };
  }
  const outcome =
    kind === 'upgrade'
      ? upgrade(world, { artifact: arena.artifact, contract: account, by })
      : kind === 'view'
        ? ask(world, account, name, args)
        : call(world, { contract: account, entry: name, args, by, spends: spendsOf(arena, action.spending) });
  if (!outcome.ok) return { ok: false, failure: outcome };
  return { ok: true, account, result: outcome.result, gasUsed: outcome.gasUsed };
}

/** In a state that was built nothing is scheduled, and the code is there: what the host would run runs as the state is. */
function performIn(
  arena: Arena,
  world: World,
  account: string,
  action: Extract<Action, { readonly kind: 'call' | 'later' }>,
): Done {
  if (action.kind === 'later') {
    changeOthers({ ...arena, account }, world, action.later);
    return { ok: true, account, result: null, gasUsed: 0 };
  }
  const { name, kind } = entryOf(arena, action.callee);
  if (kind !== 'hook' && kind !== 'upgrade') return performCall(arena, world, account, action);
  const outcome =
    kind === 'hook'
      ? runHookHere(world, account, name, action.args)
      : runUpgradeHere(world, account, action.by);
  return outcome.ok
    ? { ok: true, account, result: null, gasUsed: outcome.gasUsed }
    : { ok: false, failure: outcome };
}
