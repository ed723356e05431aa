/** What is stored, in the words of an author: which leaf of which entry, its value, and the zero of its type. */
import { storageOf } from '../host/index.ts';
import {
  type AbiType,
  type AbiValue,
  type AbiVariant,
  type Artifact,
  PRESENCE,
  readStored,
  type StorageSlot,
  unflatten,
  type Value,
  variantsOf,
  wordsOf,
} from '../vm/index.ts';
import { type Naming, showValue, tagType } from './values.ts';
import type { World } from './world.ts';

/** `place` is as an author would write it, such as `worked[bob]`. What is not there has the zero of its type. */
export type StorageChange = {
  readonly place: string;
  readonly before: string;
  readonly after: string;
};
/** A value in words, and the zero of its type. */
export type Stored = { readonly shown: string; readonly zero: string };

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
    const found = leaf === null || slot === undefined ? null : placeOf(slot, leaf.keys, leaf.field, naming);
    if (leaf === null || found === null) continue;
    const { place, type } = found;
    const zero = type === undefined ? '0' : showWord(zeroOf(type), type, naming);
    places.set(place, { shown: showWord(leaf.value, type, naming), zero });
  }
  return places;
}

/** What an author calls a leaf, and its type; null for what only code reads. */
export function placeOf(
  slot: StorageSlot,
  keyWords: readonly Value[],
  field: number,
  naming: Naming,
): { readonly place: string; readonly type: AbiType | undefined } | null {
  if (slot.type === null) return null;
  const isSet = slot.type.kind === 'Set';
  if (isSet !== (field === PRESENCE)) return null;
  const keys = showKeys(slot.type, keyWords, naming);
  const path = keys.length === 0 ? '' : `[${keys.join(', ')}]`;
  // The elements of a list in the state lie under their indices.
  const kept = slot.type.kind === 'List' && slot.keys.length > 0 ? slot.type.item : slot.type;
  const leaf = isSet ? undefined : leafTypes(kept)[field];
  return { place: `${slot.name}${path}${leaf?.path ?? ''}`, type: isSet ? BOOL : leaf?.type };
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

/** A word in the notation of its type. */
export function showWord(word: AbiValue, type: AbiType | undefined, naming: Naming): string {
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
