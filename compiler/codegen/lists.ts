/**
 * The functions of a list in the state that change it, once per list: `add` puts an element behind the last, `remove`
 * takes the last off, `clear` all. An element may be several words. What is not there has no entry in the store.
 */
import type { FunctionCode } from '../../vm/index.ts';
import { wordType } from '../check/words.ts';
import type * as core from '../core/core.ts';
import {
  assembleCode,
  type ConstantPool,
  constantIndex,
  emit,
  newCode,
  newLabel,
  placeLabel,
} from './code.ts';
import type { SlotPlace } from './layout.ts';
import { fullMessage } from './sets.ts';

type ListPlace = Extract<SlotPlace, { readonly kind: 'list' }>;

/** `add`, `remove` and `clear` of the list, in this order. */
export function listFunctions(
  slot: core.Slot,
  place: ListPlace,
  constants: ConstantPool,
): readonly FunctionCode[] {
  return [
    addFunction(slot, place, constants),
    removeFunction(slot, place, constants),
    clearFunction(slot, place, constants),
  ];
}

/** Locals: the element, the size before. Reverts when the list is full. */
function addFunction(slot: core.Slot, place: ListPlace, constants: ConstantPool): FunctionCode {
  const words = slot.fields.map((field) => wordType(field.type));
  const size = words.length;
  const { code, op } = writer(slot, constants);
  const room = newLabel();
  op('StateGet', place.size, 0);
  op('LocalSet', size);
  op('LocalGet', size);
  op('Push', BigInt(slot.capacity));
  op('LessThan');
  op('JumpIf', room);
  op('Revert', constantIndex(constants, { type: 'text', value: fullMessage(slot) }));
  placeLabel(code, room);
  for (const field of words.keys()) {
    op('LocalGet', size);
    op('LocalGet', field);
    op('StateSet', place.items, field);
  }
  op('LocalGet', size);
  op('Push', 1n);
  op('Add');
  op('StateSet', place.size, 0);
  op('Return');
  const name = `${slot.name}.add`;
  return { name, params: words, results: [], locals: [...words, 'int'], ...assembleCode(code) };
}

/** The one parameter is the index of the last element. */
function removeFunction(slot: core.Slot, place: ListPlace, constants: ConstantPool): FunctionCode {
  const { code, op } = writer(slot, constants);
  op('LocalGet', 0);
  op('StateRemove', place.items);
  op('LocalGet', 0);
  op('StateSet', place.size, 0);
  op('Return');
  return {
    name: `${slot.name}.remove`,
    params: ['int'],
    results: [],
    locals: ['int'],
    ...assembleCode(code),
  };
}

/** Locals: the loop's counter, the index, the size before. */
function clearFunction(slot: core.Slot, place: ListPlace, constants: ConstantPool): FunctionCode {
  const [counter, index, size] = [0, 1, 2];
  const { code, op } = writer(slot, constants);
  const [top, end] = [newLabel(), newLabel()];
  op('StateGet', place.size, 0);
  op('LocalSet', size);
  op('Push', 0n);
  op('LocalSet', index);
  op('LoopEnter', counter);
  placeLabel(code, top);
  op('LocalGet', index);
  op('LocalGet', size);
  op('LessThan');
  op('Not');
  op('JumpIf', end);
  op('LocalGet', index);
  op('StateRemove', place.items);
  op('LocalGet', index);
  op('Push', 1n);
  op('Add');
  op('LocalSet', index);
  op('LoopBack', counter, slot.capacity, top);
  placeLabel(code, end);
  op('Push', 0n);
  op('StateSet', place.size, 0);
  op('Return');
  const locals = ['int', 'int', 'int'] as const;
  return { name: `${slot.name}.clear`, params: [], results: [], locals, ...assembleCode(code) };
}

function writer(slot: core.Slot, constants: ConstantPool) {
  const code = newCode(constants);
  const op = (name: Parameters<typeof emit>[2], ...operands: Parameters<typeof emit>[3][]) =>
    emit(code, slot.span, name, ...operands);
  return { code, op };
}
