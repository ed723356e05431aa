/**
 * Storage and events in compiled code: what lies in memory already is read and written there, and everything else is
 * left to JavaScript, which runs the whole opcode as the reference does. In memory are entries that were opened and
 * leaves that were read or written, so an opcode takes the short way from its second use on.
 */
import { takesAllWords } from '../events.ts';
import { GAS } from '../gas.ts';
import { hasOneSize, leastBytes } from '../intern.ts';
import type { OpName } from '../opcodes.ts';
import { extentOf, KNOWN } from '../state.ts';
import { PRESENCE } from '../storage.ts';
import type { WordType } from '../value.ts';
import { emit, emitI32, emitI64, emitMemory, emitWith, TYPE, WASM } from './encoder.ts';
import {
  type Body,
  callRare,
  failUnlessGasLeft,
  get,
  getGas,
  newNarrow,
  type Simple,
  setGas,
  slotAt,
} from './frame.ts';

/** A storage opcode; false when all of it is JavaScript's. */
export function emitState(body: Body, op: OpName, slot: number): boolean {
  const field = body.program.code[body.pc + 2]!;
  switch (op) {
    case 'StateGet':
      emitRead(body, slot, field);
      return true;
    case 'StateHas':
      emitRead(body, slot, PRESENCE);
      return true;
    case 'StateSet':
      emitWrite(body, slot, field);
      return true;
    case 'StateAdd':
      emitAdd(body, slot);
      return true;
    default:
      return false;
  }
}

/** Writes the words of an event into memory; false when it is another opcode or the words must be looked at. */
export function emitEventWords(body: Body, op: OpName, index: number): boolean {
  const { out, layout, program, stack } = body;
  if (op !== 'EmitEvent' || !takesAllWords(program.artifact.events[index]!)) return false;
  const types = program.eventWords[index]!;
  const bytes = 8 * (types.length + 1);
  const words = stack.slice(stack.length - types.length) as Simple[];
  const top = newNarrow(body);
  emitI32(out, 0);
  emitMemory(out, WASM.i32Load, 2, layout.eventsTop);
  emitWith(out, WASM.localTee, top);
  emitI32(out, layout.eventsEnd - bytes);
  emit(out, WASM.i32LeU);
  shortOrRare(body, types.length, () => {
    emitWith(out, WASM.localGet, top);
    emitI64(out, BigInt(index));
    emitMemory(out, WASM.i64Store, 3, 0);
    for (const [at, word] of words.entries()) {
      emitWith(out, WASM.localGet, top);
      get(body, word);
      emitMemory(out, WASM.i64Store, 3, 8 + 8 * at);
    }
    emitI32(out, 0);
    emitWith(out, WASM.localGet, top);
    emitI32(out, bytes);
    emit(out, WASM.i32Add);
    emitMemory(out, WASM.i32Store, 2, layout.eventsTop);
    chargeContent(body, words, types, { start: GAS.eventWord * types.length, chunk: GAS.eventChunk });
  });
  stack.length -= types.length;
  return true;
}

/** Where an entry lies: a local holds the place, or, where that is null, it is known. */
type Place = { readonly local: number | null; readonly offset: number };

function emitRead(body: Body, slot: number, field: number): void {
  const { out, stack, program } = body;
  const count = program.artifact.storage[slot]!.keys.length;
  const result = slotAt(body, stack.length - count);
  const place = emitPlace(body, slot, stack.slice(stack.length - count) as Simple[]);
  loadMark(body, place, slot, field);
  shortOrRare(
    body,
    count,
    () => {
      loadWord(body, place, slot, field);
      emitWith(out, WASM.localSet, result);
    },
    () => {
      emitI32(out, 0);
      emitMemory(out, WASM.i64Load, 3, 0);
      emitWith(out, WASM.localSet, result);
    },
  );
  stack.length -= count;
  stack.push({ kind: 'slot', slot: stack.length });
}

/** The first write of a leaf whose word is known is no more than a note; that of others opens or reads something. */
function emitWrite(body: Body, slot: number, field: number): void {
  const { out, stack, program, links } = body;
  const { keys, fields } = program.artifact.storage[slot]!;
  const value = stack.at(-1) as Simple;
  const mark = newNarrow(body);
  const place = emitPlace(body, slot, stack.slice(stack.length - 1 - keys.length, -1) as Simple[]);
  loadMark(body, place, slot, field);
  emitWith(out, WASM.localTee, mark);
  if (keys.length > 0) {
    emitI32(out, 0);
    emit(out, WASM.i32Ne);
    loadWord(body, place, slot, PRESENCE);
    emit(out, WASM.i32WrapI64, WASM.i32And);
  }
  shortOrRare(body, keys.length + 1, () => {
    emitWith(out, WASM.localGet, mark);
    emitI32(out, KNOWN);
    emit(out, WASM.i32Eq, WASM.if, TYPE.none);
    getPlace(body, place);
    emitI32(out, place.offset + markOffset(body, slot, field));
    emit(out, WASM.i32Add);
    emitWith(out, WASM.call, links.firstWrite);
    spend(body, () => emitI64(out, BigInt(GAS.firstWrite)));
    emit(out, WASM.end);
    getPlace(body, place);
    get(body, value);
    emitMemory(out, WASM.i64Store, 3, place.offset + wordOffset(body, slot, field));
    chargeContent(body, [value], [fields[field]!], { start: 0, chunk: GAS.chunk });
  });
  stack.length -= keys.length + 1;
}

/** Nothing changes when the entry is present. */
function emitAdd(body: Body, slot: number): void {
  const { stack, program } = body;
  const count = program.artifact.storage[slot]!.keys.length;
  const place = emitPlace(body, slot, stack.slice(stack.length - count) as Simple[]);
  loadWord(body, place, slot, PRESENCE);
  emit(body.out, WASM.i32WrapI64);
  shortOrRare(body, count, () => undefined);
  stack.length -= count;
}

/** Takes the short way when the number on the stack of WebAssembly is not 0, and lets JavaScript run the opcode otherwise. */
function shortOrRare(
  body: Body,
  pops: number,
  short: () => void,
  afterRare: () => void = () => undefined,
): void {
  const { out } = body;
  emit(out, WASM.if, TYPE.none);
  body.depth += 1;
  short();
  emit(out, WASM.else);
  callRare(body, pops);
  afterRare();
  emit(out, WASM.end);
  body.depth -= 1;
}

// ---- places

function emitPlace(body: Body, slot: number, keys: readonly Simple[]): Place {
  const { out, layout, links } = body;
  if (keys.length === 0) return { local: null, offset: layout.homes[slot]! };
  const local = newNarrow(body);
  emitI32(out, slot);
  for (const key of keys) get(body, key);
  emitWith(out, WASM.call, links.finds.get(keys.length)!);
  emitWith(out, WASM.localSet, local);
  return { local, offset: 0 };
}

function getPlace({ out }: Body, { local }: Place): void {
  if (local === null) emitI32(out, 0);
  else emitWith(out, WASM.localGet, local);
}

function loadMark(body: Body, place: Place, slot: number, field: number): void {
  getPlace(body, place);
  emitMemory(body.out, WASM.i32Load, 2, place.offset + markOffset(body, slot, field));
}

function loadWord(body: Body, place: Place, slot: number, field: number): void {
  getPlace(body, place);
  emitMemory(body.out, WASM.i64Load, 3, place.offset + wordOffset(body, slot, field));
}

function markOffset({ program }: Body, slot: number, field: number): number {
  return 4 * (extentOf(program.artifact.storage[slot]!).marks + field + 1);
}

function wordOffset({ program }: Body, slot: number, field: number): number {
  return 8 * (extentOf(program.artifact.storage[slot]!).words + field + 1);
}

// ---- gas

/** Charges for the content of words, as `chunkGas` and `eventGas` do: at first, and for each chunk begun. */
function chargeContent(
  body: Body,
  words: readonly Simple[],
  types: readonly WordType[],
  { start, chunk }: { readonly start: number; readonly chunk: number },
): void {
  const { out, layout } = body;
  const fixed = types.reduce((sum, type) => sum + leastBytes(type), 0);
  spend(body, () => {
    emitI32(out, fixed + CHUNK_BYTES - 1);
    for (const [at, type] of types.entries()) {
      if (hasOneSize(type)) continue;
      get(body, words[at]!);
      emit(out, WASM.i32WrapI64);
      emitI32(out, 4);
      emit(out, WASM.i32Mul);
      emitMemory(out, WASM.i32Load, 2, layout.sizes);
      emit(out, WASM.i32Add);
    }
    emitI32(out, CHUNK_SHIFT);
    emit(out, WASM.i32ShrU);
    emitI32(out, chunk);
    emit(out, WASM.i32Mul, WASM.i64ExtendI32U);
    emitI64(out, BigInt(start));
    emit(out, WASM.i64Add);
  });
  failUnlessGasLeft(body);
}

const CHUNK_SHIFT = 5;
const CHUNK_BYTES = 1 << CHUNK_SHIFT;

/** Takes the gas that `amount` leaves on the stack of WebAssembly. */
function spend(body: Body, amount: () => void): void {
  getGas(body);
  amount();
  emit(body.out, WASM.i64Sub);
  setGas(body);
}
