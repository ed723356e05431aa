/**
 * Functions that every compiled program has for its storage entries, on the memory that `state.ts` describes: finding an
 * entry as `find` does there, and noting the first write of a leaf.
 */
import type { Program } from '../program.ts';
import { HASH_HIGH, HASH_SHIFT, HASH_SLOT, HASH_WORD, PROBES_MAX, TABLE, WRITTEN } from '../state.ts';
import { type Encoder, emit, emitI32, emitI64, emitMemory, emitWith, TYPE, WASM } from './encoder.ts';
import type { Layout } from './layout.ts';

/** The numbers of key words that the slots of a program have, each once. */
export function keyCountsOf({ artifact }: Program): readonly number[] {
  return [...new Set(artifact.storage.map(({ keys }) => keys.length))].filter((count) => count > 0);
}

/** Slot and `count` key words in; place of the entry out, or `nowhere` when JavaScript must look. */
export function emitFind(out: Encoder, layout: Layout, count: number): void {
  const [slot, keys] = [0, 1];
  const [hash, mask, buckets, at, left] = [1, 2, 3, 4, 5].map((which) => count + which) as [
    number,
    number,
    number,
    number,
    number,
  ];
  emit(out, 1, 5, TYPE.i32);
  emitHash(out, slot, keys, count);
  emitI32(out, 0);
  emitMemory(out, WASM.i32Load, 2, layout.table + 4 * TABLE.mask);
  emitWith(out, WASM.localTee, mask);
  emit(out, WASM.i32And);
  emitWith(out, WASM.localSet, hash);
  emitI32(out, 0);
  emitMemory(out, WASM.i32Load, 2, layout.table + 4 * TABLE.buckets);
  emitWith(out, WASM.localSet, buckets);
  emitI32(out, PROBES_MAX);
  emitWith(out, WASM.localSet, left);
  emit(out, WASM.block, TYPE.none, WASM.loop, TYPE.none);
  emitProbe(out, { hash, buckets, at });
  emitWith(out, WASM.brIf, 1);
  emitSame(out, { slot, keys, at }, count);
  emit(out, WASM.if, TYPE.none);
  emitWith(out, WASM.localGet, at);
  emit(out, WASM.return, WASM.end);
  emitWith(out, WASM.localGet, hash);
  emitI32(out, 4);
  emit(out, WASM.i32Add);
  emitWith(out, WASM.localGet, mask);
  emit(out, WASM.i32And);
  emitWith(out, WASM.localSet, hash);
  emitWith(out, WASM.localGet, left);
  emitI32(out, 1);
  emit(out, WASM.i32Sub);
  emitWith(out, WASM.localTee, left);
  emitWith(out, WASM.brIf, 0);
  emit(out, WASM.end, WASM.end);
  emitI32(out, layout.nowhere);
  emit(out, WASM.end);
}

/** Marks the leaf whose mark lies at a place as the next one written. */
export function emitFirstWrite(out: Encoder, layout: Layout): void {
  const [mark, written] = [0, 1];
  emit(out, 1, 1, TYPE.i32);
  emitWith(out, WASM.localGet, mark);
  emitI32(out, 0);
  emitMemory(out, WASM.i32Load, 2, layout.table + 4 * TABLE.written);
  emitWith(out, WASM.localTee, written);
  emitI32(out, WRITTEN);
  emit(out, WASM.i32Add);
  emitMemory(out, WASM.i32Store, 2, 0);
  emitI32(out, 0);
  emitWith(out, WASM.localGet, written);
  emitI32(out, 1);
  emit(out, WASM.i32Add);
  emitMemory(out, WASM.i32Store, 2, layout.table + 4 * TABLE.written);
  emit(out, WASM.end);
}

/** Leaves the hash of a slot and its key words, as `hashOf` computes it; uses the local behind the parameters. */
function emitHash(out: Encoder, slot: number, keys: number, count: number): void {
  const hash = keys + count;
  emitWith(out, WASM.localGet, slot);
  emitI32(out, 1);
  emit(out, WASM.i32Add);
  emitI32(out, HASH_SLOT);
  emit(out, WASM.i32Mul);
  for (let key = keys; key < keys + count; key++) {
    emitWith(out, WASM.localGet, key);
    emit(out, WASM.i32WrapI64, WASM.i32Xor);
    emitWith(out, WASM.localGet, key);
    emitI64(out, 32n);
    emit(out, WASM.i64ShrU, WASM.i32WrapI64);
    emitI32(out, HASH_HIGH);
    emit(out, WASM.i32Mul, WASM.i32Xor);
    emitI32(out, HASH_WORD);
    emit(out, WASM.i32Mul);
    emitWith(out, WASM.localTee, hash);
    emitWith(out, WASM.localGet, hash);
    emitI32(out, HASH_SHIFT);
    emit(out, WASM.i32ShrU, WASM.i32Xor);
  }
}

/** Reads a bucket; leaves whether it is empty. */
function emitProbe(out: Encoder, locals: { hash: number; buckets: number; at: number }): void {
  emitWith(out, WASM.localGet, locals.buckets);
  emitWith(out, WASM.localGet, locals.hash);
  emit(out, WASM.i32Add);
  emitMemory(out, WASM.i32Load, 2, 0);
  emitWith(out, WASM.localTee, locals.at);
  emit(out, WASM.i32Eqz);
}

/** Leaves whether the entry at a place is of the slot and has the key words. */
function emitSame(out: Encoder, locals: { slot: number; keys: number; at: number }, count: number): void {
  emitWith(out, WASM.localGet, locals.at);
  emitMemory(out, WASM.i32Load, 2, 0);
  emitWith(out, WASM.localGet, locals.slot);
  emit(out, WASM.i32Eq);
  for (let which = 0; which < count; which++) {
    emitWith(out, WASM.localGet, locals.at);
    emitMemory(out, WASM.i64Load, 3, 8 + 8 * which);
    emitWith(out, WASM.localGet, locals.keys + which);
    emit(out, WASM.i64Eq, WASM.i32And);
  }
}
