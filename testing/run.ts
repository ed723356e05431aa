/**
 * `ccl run`: one rule or view of a contract in a fresh world, told as plain data. The contract is deployed, then
 * `before` happens, then the call.
 */
import { currencyIdOf, type Failure, type Spends, type Success } from '../host/index.ts';
import type { AbiType, AbiValue, Artifact, Entry, Observer, Trap } from '../vm/index.ts';
import { changesBetween, type StorageChange, storedPlaces } from './places.ts';
import { type Naming, readArgument, showDid, showValue } from './values.ts';
import {
  ask,
  balances,
  COOPERATIVE,
  call,
  deploy,
  memberDid,
  movesBetween,
  openWorld,
  type World,
} from './world.ts';

/** A call as a person writes it: the name of a member, arguments as text (`values.ts`). */
export type RuleCall = {
  readonly entry: string;
  readonly args: readonly string[];
  readonly by: string;
  /** Smallest units by currency name; null when the caller spends freely. */
  readonly spending: readonly { readonly currency: string; readonly amount: bigint }[] | null;
};

export type RunOptions = {
  readonly artifact: Artifact;
  /** Name of the member who deploys. */
  readonly creator: string;
  readonly initArgs: readonly string[];
  /** Calls that happen first and must succeed. */
  readonly before: readonly RuleCall[];
  readonly call: RuleCall;
  /** Sees every opcode of the call, and nothing of what happens before it; told of the world when that begins. */
  readonly watch?: (naming: Naming) => Observer;
};

export type RunReport =
  | {
      readonly ok: true;
      /** In words of its type; null when there is none. */
      readonly result: string | null;
      readonly events: readonly {
        readonly name: string;
        readonly source: string;
        readonly fields: readonly Shown[];
      }[];
      readonly logs: readonly string[];
      /** Signed amounts. */
      readonly moved: readonly { readonly account: string; readonly amount: string }[];
      readonly changes: readonly StorageChange[];
      readonly gasUsed: number;
      readonly gasMax: number;
    }
  | {
      readonly ok: false;
      /** Which call failed; -1 is the deployment, and the last is the call itself. */
      readonly failed: number;
      /** `words`: an argument or a name does not say what is wanted, and nothing was run. */
      readonly cause: 'words' | 'execution';
      readonly message: string;
      readonly trap: Trap | null;
      readonly gasUsed: number;
    };

export type Shown = { readonly name: string; readonly value: string };
/** Runs it. User mistakes (an unknown entry, a wrong argument) are failures with a message. */
export function runRule(options: RunOptions): RunReport {
  const { artifact, creator, initArgs, before, call: last } = options;
  const members = new Set([creator, last.by, ...before.map(({ by }) => by)]);
  const read = readAll(artifact, members, [
    { entry: 'init', args: initArgs, by: creator, spending: null },
    ...before,
    last,
  ]);
  if (!read.ok)
    return { ok: false, failed: read.at - 1, cause: 'words', message: read.message, trap: null, gasUsed: 0 };
  const [init, ...calls] = read.args;
  const world = openWorld({ members: [...members], currencies: artifact.currencies });
  const deployed = deploy(world, { artifact, args: init!, by: memberDid(creator), name: artifact.name });
  if (!deployed.ok) return failed(-1, deployed);
  for (const [at, step] of before.entries()) {
    const outcome = perform(world, artifact, deployed.contract, step, calls[at]!);
    if (!outcome.ok) return failed(at, outcome);
  }
  return report(world, options, deployed.contract, calls.at(-1)!);
}

// ---- arguments ---------------------------------------------------------------------------------

type AllRead =
  | { readonly ok: true; readonly args: readonly (readonly AbiValue[])[] }
  | { readonly ok: false; readonly at: number; readonly message: string };

/** Names in the place of DIDs become members. */
function readAll(artifact: Artifact, members: Set<string>, calls: readonly RuleCall[]): AllRead {
  const people = (name: string) => {
    members.add(name);
    return memberDid(name);
  };
  const all: AbiValue[][] = [];
  for (const [at, { entry, args }] of calls.entries()) {
    const found = entryOf(artifact, entry);
    const params = found?.params ?? [];
    if (found === undefined && entry !== 'init')
      return { ok: false, at, message: `${artifact.name} has no rule or view ${entry}` };
    if (params.length !== args.length)
      return { ok: false, at, message: `${entry} takes ${params.length} arguments, not ${args.length}` };
    const values: AbiValue[] = [];
    for (const [index, text] of args.entries()) {
      const value = readArgument(text, params[index]!, artifact.currencies, people);
      if (!value.ok) return { ok: false, at, message: `${entry}: ${value.message}` };
      values.push(value.value);
    }
    all.push(values);
  }
  return { ok: true, args: all };
}

function entryOf(artifact: Artifact, name: string): Entry | undefined {
  return artifact.entries.find((entry) =>
    name === 'init' ? entry.kind === 'init' : entry.kind !== 'init' && entry.name === name,
  );
}

// ---- calls -------------------------------------------------------------------------------------

function perform(
  world: World,
  artifact: Artifact,
  contract: string,
  step: RuleCall,
  args: readonly AbiValue[],
  observer?: Observer,
): Success | Failure {
  const { entry, by } = step;
  if (entryOf(artifact, entry)?.kind === 'view') return ask(world, contract, entry, args, observer);
  return call(world, { contract, entry, args, by: memberDid(by), spends: spendsOf(step), observer });
}

function spendsOf({ spending }: RuleCall): Spends {
  if (spending === null) return 'unlimited';
  return spending.map(({ currency, amount }) => ({ currency: currencyIdOf(COOPERATIVE, currency), amount }));
}

function failed(at: number, { message, trap, gasUsed }: Failure): RunReport {
  return { ok: false, failed: at, cause: 'execution', message, trap: trap ?? null, gasUsed };
}

function report(
  world: World,
  { artifact, before, call: step, watch }: RunOptions,
  contract: string,
  args: readonly AbiValue[],
): RunReport {
  const naming: Naming = { currencies: artifact.currencies, names: world.names };
  const money = balances(world);
  const leaves = storedPlaces(world, artifact, contract, naming);
  const outcome = perform(world, artifact, contract, step, args, watch?.(naming));
  if (!outcome.ok) return failed(before.length, outcome);
  const entry = entryOf(artifact, step.entry)!;
  return {
    ok: true,
    result: entry.result.kind === 'Unit' ? null : showValue(outcome.result, entry.result, naming),
    events: outcome.events
      .filter(({ source }) => source === contract)
      .map((event) => ({
        name: event.name,
        source: showDid(event.source, naming),
        fields: showFields(artifact, event, naming),
      })),
    logs: outcome.logs,
    moved: movesBetween(money, balances(world)).map(({ account, currency, amount }) => ({
      account: showDid(account, naming),
      amount: showValue(amount, amountOf(artifact, currency), naming),
    })),
    changes: changesBetween(leaves, storedPlaces(world, artifact, contract, naming)),
    gasUsed: outcome.gasUsed,
    gasMax: entry.gasMax,
  };
}

function amountOf(artifact: Artifact, name: string): AbiType {
  return { kind: 'Amount', currency: artifact.currencies.findIndex((currency) => currency.name === name) };
}

function showFields(artifact: Artifact, event: Success['events'][number], naming: Naming): Shown[] {
  const shape = artifact.events.find(({ name }) => name === event.name);
  return event.fields.map(({ name, value }, at) => {
    const type = shape?.fields[at]?.type;
    return { name, value: type === undefined ? String(value) : showValue(value, type, naming) };
  });
}
