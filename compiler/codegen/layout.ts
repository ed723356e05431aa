/**
 * In: a core contract. Out: its shape in the artifact: words, ABI types, and the storage slots of each state variable.
 *
 * A value or a map is one slot. A list is two: `name` (element by index) and `name.size`. A set is three: `name` (position by element, whose entries are the elements),
 * `name.items` (element by position) and `name.size`. A slot's place depends on the declarations only, so that every artifact
 * made of one contract (the contract itself, its clause functions) reads the same storage.
 */
import type { AbiField, AbiType, StorageSlot } from '../../vm/index.ts';
import type { Field, Type } from '../check/types.ts';
import { wordType } from '../check/words.ts';
import type * as core from '../core/core.ts';

/** Where a core slot lives: indices into `Layout.storage`. */
export type SlotPlace =
  | { readonly kind: 'plain'; readonly slot: number }
  | { readonly kind: 'list'; readonly items: number; readonly size: number }
  | { readonly kind: 'set'; readonly index: number; readonly items: number; readonly size: number };

export type Layout = { readonly storage: readonly StorageSlot[]; readonly places: readonly SlotPlace[] };

export function layoutOf(contract: core.Contract): Layout {
  const storage: StorageSlot[] = [];
  const places: SlotPlace[] = [];
  for (const slot of contract.slots) {
    const first = storage.length;
    storage.push(...storageOf(slot, contract));
    places.push(placeOf(slot, first));
  }
  return { storage, places };
}

/** The storage slots of a state variable, ascending. */
export function slotsAt(place: SlotPlace): readonly number[] {
  if (place.kind === 'plain') return [place.slot];
  return place.kind === 'list' ? [place.items, place.size] : [place.index, place.items, place.size];
}

function placeOf({ kind }: core.Slot, first: number): SlotPlace {
  if (kind === 'set') return { kind, index: first, items: first + 1, size: first + 2 };
  return kind === 'list' ? { kind, items: first, size: first + 1 } : { kind: 'plain', slot: first };
}

function storageOf(slot: core.Slot, contract: core.Contract): StorageSlot[] {
  const { name } = slot;
  const type = abiType(slot.type, contract);
  const keys = slot.keys.map(wordType);
  const fields = slot.fields.map((field) => wordType(field.type));
  const size: StorageSlot = { name: `${name}.size`, keys: [], fields: ['int'], type: null };
  if (slot.kind === 'list') return [{ name, keys: ['int'], fields, type }, size];
  if (slot.kind !== 'set') return [{ name, keys, fields, type }];
  return [
    { name, keys, fields: ['int'], type },
    { name: `${name}.items`, keys: ['int'], fields: keys, type: null },
    size,
  ];
}

export function abiType(type: Type, contract: core.Contract): AbiType {
  switch (type.kind) {
    case 'Amount':
      return { kind: 'Amount', currency: currencyIndex(contract, type.currency) };
    case 'Struct':
      return { kind: 'Struct', name: type.name, fields: abiFields(type.fields, contract) };
    case 'Enum': {
      const variants = type.variants.map(({ name, fields }) => ({
        name,
        fields: abiFields(fields, contract),
      }));
      return { kind: 'Enum', name: type.name, variants };
    }
    case 'Option':
      return { kind: 'Option', item: abiType(type.item, contract) };
    // A word of its own only in the views of a clause, which take words.
    case 'Tag':
      return { kind: 'Int' };
    case 'Tuple':
      return { kind: 'Tuple', items: type.items.map((item) => abiType(item, contract)) };
    case 'Map':
      return { kind: 'Map', key: abiType(type.key, contract), value: abiType(type.value, contract) };
    case 'List':
    case 'Set':
      return { kind: type.kind, item: abiType(type.item, contract), capacity: type.capacity };
    case 'Contract':
      return { kind: 'Did' };
    case 'Run':
    case 'Error':
      throw new Error('a type that was reported as wrong reached code generation');
    default:
      return { kind: type.kind };
  }
}

export function abiFields(fields: readonly Field[], contract: core.Contract): AbiField[] {
  return fields.map((field) => ({ name: field.name, type: abiType(field.type, contract) }));
}

function currencyIndex(contract: core.Contract, name: string): number {
  const index = contract.currencies.findIndex((currency) => currency.name === name);
  if (index < 0) throw new Error(`currency ${name} is not declared by ${contract.name}`);
  return index;
}
