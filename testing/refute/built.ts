/**
 * A state built after a solver's model: the words it names, fillers that make sums and sizes true, balances, floors
 * and the time. Nothing here was reached by calls; whether it satisfies the invariants is for the judge to say.
 */
import type { Candidate, Counterexample, core, ModelValue } from '../../compiler/index.ts';
import {
  balanceOf,
  currencyIdOf,
  ISSUER,
  rebalance,
  setFloor,
  storageOf,
  writeStorage,
} from '../../host/index.ts';
import {
  encodeKeyWords,
  encodeLeaf,
  PRESENCE,
  readStored,
  type StorageSlot,
  storageKey,
  type Value,
} from '../../vm/index.ts';
import { COOPERATIVE, fork, memberDid, type World } from '../world.ts';
import { nameOf, type People } from './people.ts';
import { keyText, zeroOf } from './snapshot.ts';
import { type Arena, MEMBER_DIDS, type Place } from './steps.ts';

/**
 * The model's state, from that of a contract just deployed; null where the model cannot be made concrete. `counted`:
 * how many entries are added to a map with a `count`, whose terms only the judge can tell.
 */
export function buildState(
  arena: Arena,
  deployed: Place,
  candidate: Candidate,
  people: People,
  counted: number,
): Place | null {
  const world = fork(deployed.world);
  const { account } = deployed;
  const { counterexample } = candidate;
  world.names.set(arena.sink, 'everyone else');
  const name = (value: ModelValue): Value => nameOf(people, value, account)!;
  const building: Building = { arena, world, account, counterexample, name, counted };
  for (const index of arena.contract.slots.keys()) if (!buildSlot(building, index)) return null;
  buildLedger(building);
  world.clock.time = counterexample.now;
  // A call is a block of its own.
  world.clock.block = counterexample.block > 0n ? counterexample.block - 1n : 0n;
  return { world, account, last: null, depth: 0 };
}

// ---- private -----------------------------------------------------------------------------------

type Building = {
  readonly arena: Arena;
  readonly world: World;
  readonly account: string;
  readonly counterexample: Counterexample;
  readonly name: (value: ModelValue) => Value;
  readonly counted: number;
};
type Entries = Map<string, { readonly keys: readonly Value[]; readonly fields: Map<number, Value> }>;

const FILLERS_MAX = 300;
const WORD_MAX = 2n ** 63n - 1n;

function isWord(value: bigint): boolean {
  return value >= -WORD_MAX - 1n && value <= WORD_MAX;
}

function buildSlot(building: Building, index: number): boolean {
  const slot = building.arena.contract.slots[index]!;
  const words = building.counterexample.words.filter((word) => word.slot === index);
  // Numbers of ghosts have no bounds, those of the machine do.
  if (words.some(({ value }) => value.kind === 'int' && !isWord(value.value))) return false;
  if (slot.kind === 'value') {
    for (const word of words)
      writeWords(
        building,
        shapeOf(building, slot.name),
        [],
        new Map([[word.field, building.name(word.value)]]),
      );
    return true;
  }
  clearSlot(building, slot);
  if (slot.kind === 'list') return buildList(building, slot, index);
  return slot.kind === 'set' ? buildSet(building, slot, index) : buildMap(building, slot, index);
}

function buildMap(building: Building, slot: core.Slot, index: number): boolean {
  const { counterexample, name } = building;
  const entries: Entries = new Map();
  for (const { keys, present } of counterexample.presence.filter((one) => one.slot === index))
    if (present) entryAt(entries, keys.map(name));
  for (const word of counterexample.words.filter((one) => one.slot === index)) {
    const value = name(word.value);
    if (!isZero(value)) entryAt(entries, word.keys.map(name)).fields.set(word.field, value);
  }
  for (const sum of counterexample.sums.filter((one) => one.slot === index)) {
    if (sum.kind === 'count') fillCount(slot, entries, building.counted);
    else if (sum.field >= 0 && !fillSum(slot, entries, sum.field, sum.value)) return false;
  }
  const shape = shapeOf(building, slot.name);
  for (const { keys, fields } of entries.values())
    writeWords(building, shape, keys, new Map([[PRESENCE, true as Value], ...fields]));
  return true;
}

/** Entries under keys of nobody, until the sum is what the model says. */
function fillSum(slot: core.Slot, entries: Entries, field: number, sum: bigint): boolean {
  const known = [...entries.values()].reduce(
    (total, entry) => total + ((entry.fields.get(field) as bigint | undefined) ?? 0n),
    0n,
  );
  let missing = sum - known;
  for (let i = 0; missing !== 0n && i < FILLERS_MAX; i++) {
    const part = missing > WORD_MAX ? WORD_MAX : missing < -WORD_MAX ? -WORD_MAX : missing;
    entryAt(entries, fillerKey(slot, i)).fields.set(field, part);
    missing -= part;
  }
  return missing === 0n;
}

/** Entries that are likely to count. */
function fillCount(slot: core.Slot, entries: Entries, count: number): void {
  for (let i = 0; i < count; i++) {
    const { fields } = entryAt(entries, fillerKey(slot, i));
    for (const [field, { type, guards }] of slot.fields.entries()) {
      const zero = zeroOf(type.kind);
      // What belongs to a variant stays zero, and an enum has no more values than variants.
      if (guards.length > 0 || (type.kind === 'Tag' && type.variants.length === 1)) continue;
      if (typeof zero === 'bigint') fields.set(field, 1n);
      if (typeof zero === 'boolean') fields.set(field, true);
    }
  }
}

function buildSet(building: Building, slot: core.Slot, index: number): boolean {
  const { counterexample, name } = building;
  const elements = new Map<string, readonly Value[]>();
  for (const { keys, present } of counterexample.presence.filter((one) => one.slot === index)) {
    const words = keys.map(name);
    if (present) elements.set(keyText(words), words);
  }
  const size = Number(counterexample.sizes.find((one) => one.slot === index)?.size ?? elements.size);
  if (size - elements.size > FILLERS_MAX) return false;
  for (let i = 0; elements.size < size && i < 2 * FILLERS_MAX; i++) {
    const key = fillerKey(slot, i);
    elements.set(keyText(key), key);
  }
  if (elements.size < size) return false;
  const positions = shapeOf(building, slot.name);
  const items = shapeOf(building, `${slot.name}.items`);
  [...elements.values()].forEach((words, position) => {
    writeWords(
      building,
      positions,
      words,
      new Map<number, Value>([
        [PRESENCE, true],
        [0, BigInt(position)],
      ]),
    );
    writeWords(
      building,
      items,
      [BigInt(position)],
      new Map<number, Value>([[PRESENCE, true], ...words.entries()]),
    );
  });
  writeWords(building, shapeOf(building, `${slot.name}.size`), [], new Map([[0, BigInt(elements.size)]]));
  return true;
}

/** As long as the model says, or as what it speaks of needs; what it does not speak of is zero. */
function buildList(building: Building, slot: core.Slot, index: number): boolean {
  const { counterexample, name } = building;
  const words = counterexample.words.filter((word) => word.slot === index);
  const indices = words.map(({ keys }) => Number(name(keys[0]!) as bigint));
  const needed = Math.max(0, ...indices.map((at) => at + 1));
  const size = Number(counterexample.sizes.find((one) => one.slot === index)?.size ?? needed);
  if (size > Math.min(slot.capacity, FILLERS_MAX)) return false;
  const items = shapeOf(building, slot.name);
  for (let at = 0; at < size; at++) {
    const own = words.filter((_, i) => indices[i] === at);
    const fields = own.map(({ field, value }) => [field, name(value)] as const);
    writeWords(building, items, [BigInt(at)], new Map<number, Value>([[PRESENCE, true], ...fields]));
  }
  writeWords(building, shapeOf(building, `${slot.name}.size`), [], new Map([[0, BigInt(size)]]));
  return true;
}

function fillerKey(slot: core.Slot, index: number): readonly Value[] {
  return slot.keys.map((type): Value => {
    if (type.kind === 'Tag') return 0n;
    if (type.kind === 'Did') return memberDid(nameOfFiller(index));
    if (type.kind === 'Text') return nameOfFiller(index);
    if (type.kind === 'Bool') return index % 2 === 1;
    return typeof zeroOf(type.kind) === 'bigint' ? 1_000_003n + BigInt(index) : zeroOf(type.kind);
  });
}

function nameOfFiller(index: number): string {
  return `somebody ${index + 1}`;
}

function clearSlot(building: Building, slot: core.Slot): void {
  const { arena, world, account } = building;
  const names = [slot.name, `${slot.name}.items`, `${slot.name}.size`];
  const leaves = storageOf(world.state, account).filter(({ key, value }) => {
    const leaf = readStored(arena.artifact.storage, key, value);
    return leaf !== null && names.includes(arena.artifact.storage[leaf.slot]!.name);
  });
  writeStorage(
    world.state,
    account,
    leaves.map(({ key }) => ({ key, value: undefined })),
  );
}

function writeWords(
  building: Building,
  shape: StorageSlot,
  keys: readonly Value[],
  fields: ReadonlyMap<number, Value>,
): void {
  const keyWords = encodeKeyWords(shape, keys);
  if (keyWords === null) return;
  const writes = [...fields].map(([field, value]) => {
    const type = field === PRESENCE ? 'bool' : shape.fields[field]!;
    return {
      key: storageKey(shape, keyWords, field),
      value: isZero(value) ? undefined : encodeLeaf(type, value),
    };
  });
  writeStorage(
    building.world.state,
    building.account,
    shape.keys.length === 0 ? writes.filter((_, i) => [...fields.keys()][i] !== PRESENCE) : writes,
  );
}

function shapeOf({ arena }: Building, name: string): StorageSlot {
  return arena.artifact.storage.find((slot) => slot.name === name)!;
}

function isZero(value: Value): boolean {
  return value instanceof Uint8Array
    ? value.every((byte) => byte === 0)
    : value === 0n || value === false || value === '' || (Array.isArray(value) && value.length === 0);
}

/**
 * Limits first, while every balance is what genesis gave. The other side of a balance is in an account that the case
 * does not speak of, which may owe as much; for an issued currency it is what circulates.
 */
function buildLedger({ arena, world, account, counterexample, name }: Building): void {
  const idOf = (currency: number): string =>
    currencyIdOf(COOPERATIVE, arena.contract.currencies[currency]!.name);
  // All floors together have a limit: those that the case does not speak of leave it to the others.
  for (const currency of new Set(counterexample.floors.map((floor) => floor.currency)))
    for (const member of MEMBER_DIDS) setFloor(world.state, idOf(currency), member, 0n);
  for (const { currency, account: owner, amount } of counterexample.floors) {
    const did = name(owner) as string;
    if (did !== account && did !== '') setFloor(world.state, idOf(currency), did, amount);
  }
  for (const { currency, account: owner, amount } of counterexample.balances) {
    const did = name(owner) as string;
    const { kind } = arena.contract.currencies[currency]!;
    if (did !== '')
      rebalance(world.state, idOf(currency), did, amount, kind === 'issued' ? ISSUER : arena.sink);
  }
  for (const [currency, { kind }] of arena.contract.currencies.entries()) {
    const owed = balanceOf(world.state, idOf(currency), arena.sink);
    if (kind === 'mutual' && owed < 0n) setFloor(world.state, idOf(currency), arena.sink, owed);
  }
}

function entryAt(entries: Entries, keys: readonly Value[]): { readonly fields: Map<number, Value> } {
  const text = keyText(keys);
  const known = entries.get(text) ?? { keys, fields: new Map<number, Value>() };
  entries.set(text, known);
  return known;
}
