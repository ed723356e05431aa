/**
 * Random core programs, compiled and run on the VM, do what the reference interpreter of core does: same results,
 * same events, same refusal, same state. `SEED=n` replays
 * one run, `RUNS=n` makes it longer.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { build } from '../../compiler/codegen/build.ts';
import type * as core from '../../compiler/core/core.ts';
import {
  type AbiValue,
  type Artifact,
  encodeArtifact,
  execute,
  type Host,
  hexOf,
  type Outcome,
  readStored,
  type StorageWrite,
  type Tier,
  type Value,
  validate,
} from '../../vm/index.ts';
import { DIDS, randomContract } from './programs.ts';
import { emptyStore, type HostFunction, type Run, runReference, type Store, type Word } from './reference.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_131);
const RUNS = Number(process.env['RUNS'] ?? 400);
const ENV = { caller: 'did:icn:b', creator: 'did:icn:a', self: 'did:icn:c', now: 1000n, block: 7n } as const;
const FLOOR = -1000n;

describe(`compiled core and interpreted core agree (seed ${SEED})`, () => {
  test('on random programs, two calls after each other', () => {
    const reached = { ok: 0, failed: 0 };
    const property = fc.property(fc.gen(), (g) => {
      const contract = randomContract((n) => g(unbiased, n - 1));
      const artifact = build(contract, { claims: [], marks: [] });
      const calls = [0, 1].map(() => [
        INTS[g(fc.nat, 4)]!,
        INTS[g(fc.nat, 4)]!,
        g(fc.boolean),
        DIDS[g(fc.nat, 3)]!,
      ]);
      for (const outcome of compareRuns(contract, artifact, calls)) reached[outcome] += 1;
    });
    fc.assert(property, { seed: SEED, numRuns: RUNS });
    // Both ways have to be common, or the comparison says little.
    expect(Math.min(reached.ok, reached.failed)).toBeGreaterThan(RUNS / 4);
  }, 600_000);

  test('the bytes are the same every time', () => {
    const once = () => {
      let state = SEED;
      const choose = (n: number) => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return Math.floor(((state >>> 8) / 2 ** 24) * n);
      };
      return encodeArtifact(build(randomContract(choose), { claims: [], marks: [] }));
    };
    expect(hexOf(once())).toBe(hexOf(once()));
  });
});

const INTS = [0n, 1n, -7n, 50n, 2n ** 63n - 1n] as const;

/** Every choice alike: small numbers more often would make small programs of few kinds. */
const unbiased = (max: number) => fc.noBias(fc.nat(max));

type State = {
  store: Store;
  ledger: Map<string, bigint>;
  storage: Map<string, StorageWrite>;
  ledgerOfVm: Map<string, bigint>;
};

function compareRuns(
  contract: core.Contract,
  artifact: Artifact,
  calls: readonly Word[][],
): ('ok' | 'failed')[] {
  const validated = validate(artifact);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  let state: State = { store: emptyStore(), ledger: new Map(), storage: new Map(), ledgerOfVm: new Map() };
  return calls.map((args) => {
    const next = structuredClone(state);
    const host: HostFunction = (name, _, words) => ledgerCall(next.ledger, name, words);
    const wanted = runReference(
      { contract, env: ENV, host, store: next.store, events: [] },
      contract.functions.length - 1,
      args,
    );
    const run = (tier: Tier, of: State) =>
      execute(validated.program, { entry: 'main', args, gasLimit: 1e9 }, hostOf(of), { tier });
    const other = structuredClone(next);
    const outcome = run('interpreter', next);
    expect(run('wasm', other)).toEqual(outcome);
    expect(other.ledgerOfVm).toEqual(next.ledgerOfVm);
    expect(runOf(outcome)).toEqual(wanted);
    expect(outcome.gasUsed).toBeLessThanOrEqual(artifact.entries[0]!.gasMax);
    if (!outcome.ok) return 'failed';
    for (const write of outcome.writes) next.storage.set(hexOf(write.key), write);
    expect(storedOf(artifact, next.storage)).toEqual(storedIn(contract, next.store));
    expect(next.ledgerOfVm).toEqual(next.ledger);
    state = next;
    return 'ok';
  });
}

// ---- the VM's side -----------------------------------------------------------------------------

function hostOf(state: State): Host {
  const { caller, creator, self, now, block } = ENV;
  return {
    env: { self, caller, callerIsContract: false, creator, cooperative: '', time: now, block },
    load: (key) => state.storage.get(hexOf(key))?.value,
    call: (op, _, args) => {
      const name = { Transfer: 'ledger.transfer', Balance: 'ledger.balance' }[op as string];
      const values = ledgerCall(state.ledgerOfVm, name!, args);
      return values === null ? { ok: false, kind: 'Refused', message: op } : { ok: true, values };
    },
    holdsPermission: () => false,
    reputationOf: () => 0n,
  };
}

function runOf(outcome: Outcome): Run {
  if (!outcome.ok) {
    const { kind, message } = outcome.trap;
    if (kind === 'Refused') return { ok: false, why: 'refused Transfer' };
    return { ok: false, why: kind === 'Requirement' ? `Requirement: ${message}` : kind };
  }
  const events = outcome.events.map(({ name, fields }) => ({
    name,
    args: fields.flatMap(({ value }) => wordsOf(value)),
  }));
  return { ok: true, results: wordsOf(outcome.result) as Word[], events };
}

function wordsOf(value: AbiValue): Value[] {
  if (value === null) return [];
  if (typeof value !== 'object' || value instanceof Uint8Array) return [value];
  return Object.values(value).flatMap(wordsOf);
}

/** Leaves by what they are called. */
function storedOf(artifact: Artifact, storage: State['storage']): Map<string, Value> {
  const stored = new Map<string, Value>();
  for (const { key, value } of storage.values()) {
    if (value === undefined) continue;
    const leaf = readStored(artifact.storage, key, value);
    if (leaf === null) throw new Error(`no slot for ${hexOf(key)}`);
    stored.set(`${artifact.storage[leaf.slot]!.name}[${leaf.keys.join(', ')}].${leaf.field}`, leaf.value);
  }
  return sorted(stored);
}

function sorted<T>(map: ReadonlyMap<string, T>): Map<string, T> {
  return new Map([...map].sort(([left], [right]) => (left < right ? -1 : 1)));
}

// ---- the reference's side ----------------------------------------------------------------------

/** What the layout of `layout.ts` says the VM stores: zeros are absent, an entry of a keyed slot has a presence bit. */
function storedIn(contract: core.Contract, store: Store): Map<string, Word> {
  const stored = new Map<string, Word>();
  const put = (name: string, keys: readonly Word[], field: number, value: Word) => {
    if (value !== 0n && value !== false && value !== '')
      stored.set(`${name}[${keys.join(', ')}].${field}`, value);
  };
  for (const [key, value] of store.leaves) {
    const [entry, field] = key.split('#') as [string, string];
    const [slot, ...keys] = entry.split('|') as [string, ...string[]];
    put(contract.slots[Number(slot)]!.name, keys, Number(field), value);
  }
  for (const entry of store.present) {
    const [slot, ...keys] = entry.split('|') as [string, ...string[]];
    if (contract.slots[Number(slot)]!.kind === 'map') put(contract.slots[Number(slot)]!.name, keys, -1, true);
  }
  for (const [slot, elements] of store.sets) {
    const { name } = contract.slots[slot]!;
    put(`${name}.size`, [], 0, BigInt(elements.length));
    for (const [at, element] of elements.entries()) {
      put(name, element, 0, BigInt(at));
      put(name, element, -1, true);
      for (const [field, word] of element.entries()) put(`${name}.items`, [BigInt(at)], field, word);
      put(`${name}.items`, [BigInt(at)], -1, true);
    }
  }
  return sorted(stored);
}

// ---- both --------------------------------------------------------------------------------------

/** A tiny ledger; null is a refusal. */
function ledgerCall(balances: Map<string, bigint>, name: string, args: readonly Word[]): Word[] | null {
  const balanceOf = (account: Word) => balances.get(account as string) ?? 0n;
  if (name === 'ledger.balance') return [balanceOf(args[0]!)];
  const [from, to, amount] = args as [string, string, bigint];
  if (amount < 0n || to === '' || balanceOf(from) - amount < FLOOR) return null;
  balances.set(from, balanceOf(from) - amount);
  balances.set(to, balanceOf(to) + amount);
  return [];
}
