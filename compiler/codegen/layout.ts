/**
 * In: a core contract. Out: its shape in the artifact: words, ABI types, and the storage slots of each state variable.
 *
 * A value or a map is one slot. A set is three: `name` (position by element, whose entries are the elements),
 * `name.items` (element by position) and `name.size`. A slot's place depends on the declarations only, so that every artifact
 * made of one contract (the contract itself, its clause functions) reads the same storage.
 */
import type { AbiField, AbiType, StorageSlot, WordType } from '../../vm/index.ts';
import { type Field, leavesOf, type Scalar, type Type } from '../check/types.ts';
import type * as core from '../core/core.ts';

/** Where a core slot lives: indices into `Layout.storage`. */
export type SlotPlace =
  | { readonly kind: 'plain'; readonly slot: number }
  | { readonly kind: 'set'; readonly index: number; readonly items: number; readonly size: number };

export type Layout = { readonly storage: readonly StorageSlot[]; readonly places: readonly SlotPlace[] };

export function layoutOf(contract: core.Contract): Layout {
  const storage: StorageSlot[] = [];
  const places: SlotPlace[] = [];
  for (const slot of contract.slots) {
    const first = storage.length;
    storage.push(...storageOf(slot, contract));
    const set: SlotPlace = { kind: 'set', index: first, items: first + 1, size: first + 2 };
    places.push(slot.kind === 'set' ? set : { kind: 'plain', slot: first });
  }
  return { storage, places };
}

function storageOf(slot: core.Slot, contract: core.Contract): StorageSlot[] {
  const { name } = slot;
  const type = abiType(slot.type, contract);
  const keys = slot.keys.map(wordType);
  if (slot.kind !== 'set')
    return [{ name, keys, fields: slot.fields.map((field) => wordType(field.type)), type }];
  return [
    { name, keys, fields: ['int'], type },
    { name: `${name}.items`, keys: ['int'], fields: keys, type: null },
    { name: `${name}.size`, keys: [], fields: ['int'], type: null },
  ];
}

/** The word that holds a scalar. */
export function wordType(type: Scalar): WordType {
  switch (type.kind) {
    case 'Int':
    case 'Ratio':
    case 'Time':
    case 'Duration':
    case 'Amount':
    case 'Tag':
      return 'int';
    case 'Bool':
      return 'bool';
    case 'Did':
      return 'did';
    case 'Text':
      return 'text';
    case 'Bytes':
      return 'bytes';
    case 'Hash':
      return 'hash';
  }
}

/** The words of a value, in order of its fields. */
export function wordTypes(type: Type): WordType[] {
  if (type.kind === 'Map' || type.kind === 'Set' || type.kind === 'Error')
    throw new Error(`a value of type ${type.kind} reached code generation`);
  return leavesOf(type).map((leaf) => wordType(leaf.type));
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
    case 'Set':
      return { kind: 'Set', item: abiType(type.item, contract), capacity: type.capacity };
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
