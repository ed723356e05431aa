/** What is imported means what it meant: random calls, on the virtual machine and by the format's description, agree. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse, build, type ImportResult, importIcn, lowerProgram } from '../../compiler/index.ts';
import {
  ask,
  balances,
  call,
  deploy,
  memberDid,
  movesBetween,
  openWorld,
  pay,
  type World,
} from '../../testing/index.ts';
import type { AbiField, AbiValue, Artifact } from '../../vm/index.ts';
import { fixtures } from '../harness.ts';
import { initialState, runRule, type State, type Transfer, type Value } from './oracle.ts';
import { originals } from './originals.ts';

const PEOPLE = ['alice', 'bob', 'carol'];
const SHIPPED = join(
  import.meta.dirname,
  '..',
  '..',
  'examples',
  'infrastructure-credit',
  'original.ccl.json',
);
const OURS = ['accounts', 'conditions', 'locals', 'names', 'units'].map((name) => `${name}.icn.json`);
const CONTRACTS = [
  ...fixtures('import', '.icn.json').filter(({ name }) => OURS.includes(name)),
  { name: 'original.ccl.json', text: readFileSync(SHIPPED, 'utf8') },
  ...originals().filter(({ name, text }) => importIcn(name, text).ok),
];

type Call = { readonly rule: number; readonly by: string; readonly picks: readonly number[] };

describe('calls of an imported contract', () => {
  test.each(CONTRACTS)('$name', ({ name, text }) => {
    const imported = importIcn(name, text);
    if (!imported.ok) throw new Error(`${name} is not imported`);
    const artifact = compiled(imported.source);
    const picks = fc.array(fc.nat(), { minLength: 8, maxLength: 8 });
    const calls = fc.array(fc.record({ rule: fc.nat(), by: fc.constantFrom(...PEOPLE), picks }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(calls, (sequence) => compare(JSON.parse(text), imported, artifact, sequence)),
      { numRuns: 60 },
    );
  });
});

type Parsed = {
  readonly currency: string | null;
  readonly rules: readonly { readonly name: string; readonly params: readonly { readonly name: string }[] }[];
};

function compare(contract: Parsed, imported: Imported, artifact: Artifact, sequence: readonly Call[]): void {
  const world = openWorld({ members: PEOPLE, currencies: artifact.currencies });
  const { account, dids } = deployed(world, imported, artifact);
  let state: State = initialState(contract, dids);
  for (const { rule: pick, by, picks } of sequence) {
    const at = pick % contract.rules.length;
    const rule = contract.rules[at]!;
    const entry = artifact.entries.filter(({ kind }) => kind !== 'init')[at]!;
    const args = entry.params.map((param, index) => argumentOf(param, picks[index]!));
    const named = new Map(
      rule.params.map((param, index) => [param.name, oracleValue(entry.params[index]!, args[index]!)]),
    );
    const wanted = runRule(contract, rule.name, state, named, memberDid(by), dids);
    const before = balances(world);
    const outcome =
      entry.kind === 'view'
        ? ask(world, account, entry.name, args)
        : call(world, { contract: account, entry: entry.name, args, by: memberDid(by), spends: 'unlimited' });
    expect({ entry: entry.name, args, ok: outcome.ok }).toEqual({ entry: entry.name, args, ok: wanted.ok });
    if (!outcome.ok || !wanted.ok) continue;
    expect(contentOf(outcome.result)).toEqual(contentOf(inOrderOf(outcome.result, wanted.value)));
    expect(sumsOf(movesBetween(before, balances(world)))).toEqual(sumsOf(movesOf(wanted.transfers)));
    state = wanted.state;
  }
}

type Imported = Extract<ImportResult, { readonly ok: true }>;

/** The contract with enough in its account; who each DID of the original is. */
function deployed(world: World, { decisions }: Imported, artifact: Artifact) {
  const inits = decisions
    .filter(({ kind }) => kind === 'init')
    .map(({ text }) => /^the DID (\S+) .*`(\w+)`, a param/.exec(text)!);
  const self = decisions.find(({ kind }) => kind === 'self')?.text.match(/\((did:\S+)\)/)?.[1];
  const params = artifact.entries.find(({ kind }) => kind === 'init')?.params ?? [];
  const args = params.map(({ name }) => memberDid(name));
  const made = deploy(world, { artifact, args, by: memberDid('alice'), name: 'contract' });
  if (!made.ok) throw new Error(made.message);
  for (const { name } of artifact.currencies) pay(world, memberDid('alice'), made.contract, name, 1_000_000n);
  const dids = (text: string): string => {
    if (text === self) return made.contract;
    return memberDid(inits.find(([, did]) => did === text)?.[2] ?? text);
  };
  return { account: made.contract, dids };
}

const INTS = [0n, 1n, -1n, 2n, 3n, 5n, 7n, 40n, 41n, 100n, -50n, 1000n, 1001n, 2n ** 62n, -(2n ** 63n)];
const TEXTS = ['', 'a', 'no', 'number'];
const WHO = [...PEOPLE, 'initial_steward', 'initial_guests_1', 'participant_2'];

function argumentOf({ type }: AbiField, pick: number): AbiValue {
  switch (type.kind) {
    case 'Bool':
      return pick % 2 === 0;
    case 'Text':
      return TEXTS[pick % TEXTS.length]!;
    case 'Did':
      return memberDid(WHO[pick % WHO.length]!);
    // Beyond these an account could not pay, which the format does not look at.
    case 'Amount':
      return BigInt(pick % 60) - 3n;
    default:
      return INTS[pick % INTS.length]!;
  }
}

function oracleValue({ type }: AbiField, value: AbiValue): Value {
  return type.kind === 'Did' ? { did: value as string } : (value as bigint | boolean | string);
}

/** The fields as the struct declares them, where their names are the same: not every map has them all, or in one order. */
function inOrderOf(struct: AbiValue, value: Value): Value {
  if (typeof struct !== 'object' || struct === null) return value;
  if (typeof value !== 'object' || value === null || !('map' in value)) return value;
  const held = struct as { readonly [name: string]: AbiValue };
  const names = Object.keys(held).filter((name) => held[name] !== null);
  const given = value.map as unknown as { readonly [name: string]: Value };
  const same = names.length === Object.keys(given).length && names.every((name) => name in given);
  return same
    ? ({ map: Object.fromEntries(names.map((name) => [name, given[name]!])) } as unknown as Value)
    : value;
}

/** What a field holds that not every map has. */
function heldBySome(field: unknown): Value {
  const isHeld = typeof field === 'object' && field !== null && Object.hasOwn(field, 'some');
  return (isHeld ? (field as { readonly some: Value }).some : field) as Value;
}

/** Names of fields may have changed, so structs are compared by what their fields hold, in order. */
function contentOf(value: AbiValue | Value): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(contentOf);
  if ('did' in value && typeof value.did === 'string') return value.did;
  const fields = 'map' in value && typeof value.map === 'object' ? value.map : value;
  return Object.values(fields as { readonly [name: string]: Value })
    .filter((field) => field !== null)
    .map((field) => contentOf(heldBySome(field)));
}

function movesOf(
  transfers: readonly Transfer[],
): readonly { account: string; amount: bigint; currency: string }[] {
  return transfers.flatMap(({ from, to, amount, currency }) => [
    { account: from, amount: -amount, currency: currency.replaceAll(' ', '_') },
    { account: to, amount, currency: currency.replaceAll(' ', '_') },
  ]);
}

/** What each account gained, without those that gained nothing. */
function sumsOf(
  moves: readonly { readonly account: string; readonly amount: bigint; readonly currency: string }[],
) {
  const sums = new Map<string, bigint>();
  for (const { account, amount, currency } of moves) {
    const key = `${currency} ${account}`;
    sums.set(key, (sums.get(key) ?? 0n) + amount);
  }
  return new Map([...sums].filter(([, amount]) => amount !== 0n).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function compiled(source: string): Artifact {
  const analysis = analyse(new Map([['Imported.ccl', source]]), 'Imported.ccl');
  return build(lowerProgram(analysis).contracts[0]!, { claims: [], marks: [] });
}
