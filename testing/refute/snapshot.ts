/** What a contract's clauses can read at one moment: its entries by key, and the ledger behind it. */
import type { core } from '../../compiler/index.ts';
import { balanceOf, canPay, currencyIdOf, storageOf, total } from '../../host/index.ts';
import { type Artifact, PRESENCE, readStored, type Value } from '../../vm/index.ts';
import { COOPERATIVE, type World } from '../world.ts';
import { wordKey } from './words.ts';

export type Entry = {
  readonly keys: readonly Value[];
  readonly fields: Map<number, Value>;
  present: boolean;
};

export type Snapshot = {
  /** By slot of the core and key text; only entries that hold anything. */
  readonly slots: readonly ReadonlyMap<string, Entry>[];
  readonly world: World;
  readonly account: string;
};

export function snapshotOf(
  contract: core.Contract,
  artifact: Artifact,
  world: World,
  account: string,
): Snapshot {
  const slots = contract.slots.map(() => new Map<string, Entry>());
  for (const { key, value } of storageOf(world.state, account)) {
    const leaf = readStored(artifact.storage, key, value);
    const name = leaf === null ? '' : artifact.storage[leaf.slot]!.name;
    const slot = contract.slots.findIndex((declared) => declared.name === name);
    if (leaf === null || slot < 0) continue;
    const entry = entryAt(slots[slot]!, leaf.keys);
    if (leaf.field === PRESENCE) entry.present = true;
    else if (contract.slots[slot]!.kind !== 'set') entry.fields.set(leaf.field, leaf.value);
  }
  return { slots, world, account };
}

export function readField(
  snapshot: Snapshot,
  slot: core.Slot,
  index: number,
  keys: readonly Value[],
  field: number,
): Value {
  return (
    snapshot.slots[index]!.get(keyText(keys))?.fields.get(field) ?? zeroOf(slot.fields[field]!.type.kind)
  );
}

export function isPresent(snapshot: Snapshot, index: number, keys: readonly Value[]): boolean {
  return snapshot.slots[index]!.get(keyText(keys))?.present ?? false;
}

export function sizeOf(snapshot: Snapshot, index: number): bigint {
  return BigInt([...snapshot.slots[index]!.values()].filter((entry) => entry.present).length);
}

/** A readable row of the ledger, asked of the real one. */
export function readLedger(
  snapshot: Snapshot,
  currencies: readonly core.Currency[],
  name: string,
  currency: number,
  args: readonly Value[],
): Value {
  const { state } = snapshot.world;
  const id = currencyIdOf(COOPERATIVE, currencies[currency]!.name);
  switch (name) {
    case 'ledger.balance':
      return balanceOf(state, id, args[0] as string);
    case 'ledger.can_pay':
      return canPay(state, id, args[0] as string, args[1] as bigint);
    case 'ledger.total':
      return total(state, id);
    default:
      throw new Error(`no reading of ${name}`);
  }
}

export function zeroOf(kind: string): Value {
  switch (kind) {
    case 'Bool':
      return false;
    case 'Did':
    case 'Text':
      return '';
    case 'Bytes':
      return new Uint8Array(0);
    case 'Hash':
      return new Uint8Array(32);
    case 'List':
      return [];
    default:
      return 0n;
  }
}

export function keyText(keys: readonly Value[]): string {
  return keys.map(wordKey).join('|');
}

function entryAt(entries: Map<string, Entry>, keys: readonly Value[]): Entry {
  const text = keyText(keys);
  const known = entries.get(text);
  if (known !== undefined) return known;
  const entry: Entry = { keys, fields: new Map(), present: false };
  entries.set(text, entry);
  return entry;
}
