/**
 * `ccl run`: one rule or view of a contract in a fresh world, told as plain data. The contract is deployed, then
 * `before` happens, then the call.
 */
import { currencyIdOf, type Failure, type Spends, type Success, storageOf } from '../host/index.ts';
import {
  type AbiType,
  type AbiValue,
  type AbiVariant,
  type Artifact,
  type Entry,
  PRESENCE,
  readStored,
  type Trap,
  unflatten,
  type Value,
  variantsOf,
  wordsOf,
} from '../vm/index.ts';
import { type Naming, readArgument, showDid, showValue, tagType } from './values.ts';
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
/** `place` is as an author would write it, such as `worked[bob]`. What is not there has the zero of its type. */
export type StorageChange = {
  readonly place: string;
  readonly before: string;
  readonly after: string;
};
/** A value in words, and the zero of its type. */
export type Stored = { readonly shown: string; readonly zero: string };

/** Runs it. User mistakes (an unknown entry, a wrong argument) are failures with a message. */
export function runRule({ artifact, creator, initArgs, before, call: last }: RunOptions): RunReport {
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
  return report(world, artifact, deployed.contract, before.length, last, calls.at(-1)!);
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
): Success | Failure {
  const { entry, by } = step;
  if (entryOf(artifact, entry)?.kind === 'view') return ask(world, contract, entry, args);
  return call(world, { contract, entry, args, by: memberDid(by), spends: spendsOf(step) });
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
  artifact: Artifact,
  contract: string,
  at: number,
  step: RuleCall,
  args: readonly AbiValue[],
): RunReport {
  const naming: Naming = { currencies: artifact.currencies, names: world.names };
  const money = balances(world);
  const leaves = storedPlaces(world, artifact, contract, naming);
  const outcome = perform(world, artifact, contract, step, args);
  if (!outcome.ok) return failed(at, outcome);
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

// ---- storage -----------------------------------------------------------------------------------

/**
 * What an author calls each stored leaf, and its value. An element of a set is there or not, an entry of a map has
 * values; its presence bit, and parts of sets that only code reads, are left out.
 */
export function storedPlaces(
  world: World,
  artifact: Artifact,
  contract: string,
  naming: Naming,
): Map<string, Stored> {
  const places = new Map<string, Stored>();
  for (const { key, value } of storageOf(world.state, contract)) {
    const leaf = readStored(artifact.storage, key, value);
    const slot = leaf === null ? undefined : artifact.storage[leaf.slot];
    if (leaf === null || slot === undefined || slot.type === null) continue;
    const isSet = slot.type.kind === 'Set';
    if (isSet !== (leaf.field === PRESENCE)) continue;
    const keys = showKeys(slot.type, leaf.keys, naming);
    const path = keys.length === 0 ? '' : `[${keys.join(', ')}]`;
    // The elements of a list in the state lie under their indices.
    const kept = slot.type.kind === 'List' && slot.keys.length > 0 ? slot.type.item : slot.type;
    const field = isSet ? undefined : leafTypes(kept)[leaf.field];
    const type = isSet ? BOOL : field?.type;
    const zero = type === undefined ? '0' : showWord(zeroOf(type), type, naming);
    places.set(`${slot.name}${path}${field?.path ?? ''}`, {
      shown: showWord(leaf.value, type, naming),
      zero,
    });
  }
  return places;
}

const BOOL: AbiType = { kind: 'Bool' };
const INDEX: AbiType = { kind: 'Int' };

/** What storage holds where nothing was written (language.md, section 2). */
function zeroOf({ kind }: AbiType): AbiValue {
  if (kind === 'Bool') return false;
  if (kind === 'Did' || kind === 'Text') return '';
  if (kind === 'List') return [];
  return kind === 'Bytes' || kind === 'Hash' ? new Uint8Array(kind === 'Hash' ? HASH_BYTES : 0) : 0n;
}

const HASH_BYTES = 32;

function showWord(word: AbiValue, type: AbiType | undefined, naming: Naming): string {
  if (type === undefined) return String(word);
  // The type of a tag is an enum without fields, its word a number.
  if (type.kind === 'List') return showValue(unflatten(type, [word as Value])!, type, naming);
  const value = type.kind === 'Enum' ? (type.variants[Number(word)]?.name ?? String(word)) : word;
  return typeof value === 'string' && type.kind === 'Enum' ? value : showValue(value, type, naming);
}

type Leaf = { readonly path: string; readonly type: AbiType };

function leafTypes(type: AbiType, path = ''): Leaf[] {
  switch (type.kind) {
    case 'Map':
      return leafTypes(type.value, path);
    case 'Struct':
      return type.fields.flatMap((field) => leafTypes(field.type, `${path}.${field.name}`));
    case 'Tuple':
      return type.items.flatMap((item, at) => leafTypes(item, `${path}.${at}`));
    case 'Enum':
    case 'Option':
      return [
        { path, type: tagType(type) },
        ...variantsOf(type).flatMap((variant) => variantLeaves(variant, path)),
      ];
    default:
      return [{ path, type }];
  }
}

/** `vote.Block.reason`, and `vote.some`: what `some` holds is its one field, of that name. */
function variantLeaves({ name, fields }: AbiVariant, path: string): Leaf[] {
  const below = name === 'some' && fields[0]?.name === 'some' ? path : `${path}.${name}`;
  return fields.flatMap((field) => leafTypes(field.type, `${below}.${field.name}`));
}

/** The parts of a key: those of a tuple one by one, anything else as one value. */
function showKeys(type: AbiType, words: readonly Value[], naming: Naming): readonly string[] {
  const key =
    type.kind === 'Map' ? type.key : type.kind === 'Set' ? type.item : words.length > 0 ? INDEX : null;
  const parts = key === null ? [] : key.kind === 'Tuple' ? key.items : [key];
  let from = 0;
  return parts.map((part) => {
    const count = wordsOf(part).length;
    from += count;
    const value = unflatten(part, words.slice(from - count, from));
    return value === undefined ? '?' : showValue(value, part, naming);
  });
}

export function changesBetween(
  before: ReadonlyMap<string, Stored>,
  after: ReadonlyMap<string, Stored>,
): StorageChange[] {
  return [...new Map([...before, ...after])]
    .map(([place, { zero }]) => ({
      place,
      before: before.get(place)?.shown ?? zero,
      after: after.get(place)?.shown ?? zero,
    }))
    .filter((change) => change.before !== change.after);
}
