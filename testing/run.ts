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
  /** Contracts that are deployed before it, in this order: in what follows the name of one is its account. */
  readonly others: readonly OtherContract[];
  /** Calls that happen first and must succeed. */
  readonly before: readonly RuleCall[];
  readonly call: RuleCall;
  /** Sees every opcode of the call, and nothing of what happens before it; told of the world when that begins. */
  readonly watch?: (naming: Naming) => Observer;
};

export type OtherContract = Pick<RunOptions, 'artifact' | 'initArgs'>;

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
  const { artifact, creator, initArgs, others, before, call: last } = options;
  const members = new Set([creator, last.by, ...before.map(({ by }) => by)]);
  const init = { entry: 'init', args: initArgs };
  // Whom the arguments name is known before there is a world.
  const read = readAll(options, members);
  if (!read.ok)
    return { ok: false, failed: read.at, cause: 'words', message: read.message, trap: null, gasUsed: 0 };
  const artifacts = [...others.map((other) => other.artifact), artifact];
  const world = openWorld({ members: [...members], currencies: currenciesOf(artifacts) });
  const accounts: Accounts = new Map();
  for (const other of [...others, { artifact, initArgs }]) {
    const { name } = other.artifact;
    const args = argsOf(other.artifact, { ...init, args: other.initArgs }, accounts);
    const deployed = deploy(world, { artifact: other.artifact, args, by: memberDid(creator), name });
    const where = other.artifact === artifact ? '' : `${name}: `;
    if (!deployed.ok) return failed(-1, { ...deployed, message: `${where}${deployed.message}` });
    accounts.set(name, deployed.contract);
  }
  const contract = accounts.get(artifact.name)!;
  for (const [at, step] of before.entries()) {
    const outcome = perform(world, artifact, contract, step, argsOf(artifact, step, accounts));
    if (!outcome.ok) return failed(at, outcome);
  }
  return report(world, options, contract, argsOf(artifact, last, accounts));
}

/** Of all contracts; of a name that two declare differently the first. */
function currenciesOf(artifacts: readonly Artifact[]): Artifact['currencies'] {
  const all = artifacts.flatMap(({ currencies }) => currencies);
  return all.filter(({ name }, at) => all.findIndex((one) => one.name === name) === at);
}

// ---- arguments ---------------------------------------------------------------------------------

/** By the contract's name. */
type Accounts = Map<string, string>;
type Worded = Pick<RuleCall, 'entry' | 'args'>;
type Read =
  | { readonly ok: true; readonly values: readonly AbiValue[] }
  | { readonly ok: false; readonly message: string };

/** Whether all arguments say what is wanted; names in the place of DIDs, but those of contracts, become members. */
function readAll(
  { artifact, initArgs, others, before, call: last }: RunOptions,
  members: Set<string>,
): { readonly ok: true } | { readonly ok: false; readonly at: number; readonly message: string } {
  const accounts: Accounts = new Map();
  for (const other of [...others, { artifact, initArgs }]) {
    const read = readArgs(other.artifact, { entry: 'init', args: other.initArgs }, accounts, members);
    if (!read.ok) return { ...read, at: -1 };
    accounts.set(other.artifact.name, memberDid(other.artifact.name));
  }
  for (const [at, step] of [...before, last].entries()) {
    const read = readArgs(artifact, step, accounts, members);
    if (!read.ok) return { ...read, at };
  }
  return { ok: true };
}

/** Of a call whose arguments are known to be sound. */
function argsOf(artifact: Artifact, call: Worded, accounts: Accounts): readonly AbiValue[] {
  const read = readArgs(artifact, call, accounts, new Set());
  if (!read.ok) throw new Error(read.message);
  return read.values;
}

function readArgs(
  artifact: Artifact,
  { entry, args }: Worded,
  accounts: Accounts,
  members: Set<string>,
): Read {
  const found = entryOf(artifact, entry);
  const params = found?.params ?? [];
  if (found === undefined && entry !== 'init')
    return { ok: false, message: `${artifact.name} has no rule or view ${entry}` };
  if (params.length !== args.length)
    return { ok: false, message: `${entry} takes ${params.length} arguments, not ${args.length}` };
  const people = (name: string) => {
    const account = accounts.get(name);
    if (account === undefined) members.add(name);
    return account ?? memberDid(name);
  };
  const values: AbiValue[] = [];
  for (const [index, text] of args.entries()) {
    const value = readArgument(text, params[index]!, artifact.currencies, people);
    if (!value.ok) return { ok: false, message: `${entry}: ${value.message}` };
    values.push(value.value);
  }
  return { ok: true, values };
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
