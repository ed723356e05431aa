/**
 * The two functions of a set that change it, once per set: `add` puts a new element behind the last, `remove` moves
 * the last element into the hole, so both cost the same whatever the size. Elements may be several words.
 */
import type { FunctionCode } from '../../vm/index.ts';
import { wordType } from '../check/words.ts';
import type * as core from '../core/core.ts';
import {
  assembleCode,
  type Code,
  type ConstantPool,
  constantIndex,
  emit,
  newCode,
  newLabel,
  placeLabel,
} from './code.ts';
import type { SlotPlace } from './layout.ts';

type SetPlace = Extract<SlotPlace, { readonly kind: 'set' }>;

/** `name.add(element)`: nothing when it is there; reverts when the set is full. */
export function addFunction(slot: core.Slot, place: SetPlace, constants: ConstantPool): FunctionCode {
  const words = slot.keys.map(wordType);
  const size = words.length;
  const { code, op, pushWords } = writer(slot, constants);
  const missing = newLabel();
  const room = newLabel();
  pushWords(0);
  op('StateHas', place.index);
  op('Not');
  op('JumpIf', missing);
  op('Return');
  placeLabel(code, missing);
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
  pushWords(0);
  op('LocalGet', size);
  op('StateSet', place.index, 0);
  op('LocalGet', size);
  op('Push', 1n);
  op('Add');
  op('StateSet', place.size, 0);
  op('Return');
  return {
    name: `${slot.name}.add`,
    params: words,
    results: [],
    locals: [...words, 'int'],
    ...assembleCode(code),
  };
}

/** `name.remove(element)`: nothing when it is not there. Locals: the element, its position, the last position, the last element. */
export function removeFunction(slot: core.Slot, place: SetPlace, constants: ConstantPool): FunctionCode {
  const words = slot.keys.map(wordType);
  const hole = words.length;
  const last = hole + 1;
  const moved = hole + 2;
  const { code, op, pushWords } = writer(slot, constants);
  const present = newLabel();
  const shrink = newLabel();
  pushWords(0);
  op('StateHas', place.index);
  op('JumpIf', present);
  op('Return');
  placeLabel(code, present);
  pushWords(0);
  op('StateGet', place.index, 0);
  op('LocalSet', hole);
  op('StateGet', place.size, 0);
  op('Push', 1n);
  op('Sub');
  op('LocalSet', last);
  op('LocalGet', hole);
  op('LocalGet', last);
  op('Equal');
  op('JumpIf', shrink);
  for (const field of words.keys()) {
    op('LocalGet', last);
    op('StateGet', place.items, field);
    op('LocalSet', moved + field);
    op('LocalGet', hole);
    op('LocalGet', moved + field);
    op('StateSet', place.items, field);
  }
  pushWords(moved);
  op('LocalGet', hole);
  op('StateSet', place.index, 0);
  placeLabel(code, shrink);
  op('LocalGet', last);
  op('StateRemove', place.items);
  pushWords(0);
  op('StateRemove', place.index);
  op('LocalGet', last);
  op('StateSet', place.size, 0);
  op('Return');
  const locals = [...words, 'int' as const, 'int' as const, ...words];
  return { name: `${slot.name}.remove`, params: words, results: [], locals, ...assembleCode(code) };
}

/** What a member reads when one more does not fit. */
export function fullMessage(slot: core.Slot): string {
  return `${slot.name} is full: it holds at most ${slot.capacity} elements`;
}

function writer(slot: core.Slot, constants: ConstantPool) {
  const code: Code = newCode(constants);
  const op = (name: Parameters<typeof emit>[2], ...operands: Parameters<typeof emit>[3][]) =>
    emit(code, slot.span, name, ...operands);
  /** Pushes an element whose words are the locals from `first` on. */
  const pushWords = (first: number) => {
    for (const index of slot.keys.keys()) op('LocalGet', first + index);
  };
  return { code, op, pushWords };
}
