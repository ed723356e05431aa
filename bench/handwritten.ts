/**
 * The four loops of `vm.ts` as an author would write them in WebAssembly: native `i64`, checked for overflow, without
 * gas or a bound on turns. What the compiled tier is measured against.
 */
import {
  createEncoder,
  type Encoder,
  emit,
  emitI64,
  emitSized,
  emitUint,
  emitWith,
  TYPE,
  WASM,
} from '../vm/wasm/encoder.ts';

/** A function from the number of turns to `x`. */
export function handwritten(name: string): (turns: bigint) => bigint {
  const { WebAssembly: wasm } = globalThis as unknown as {
    WebAssembly: {
      Module: new (bytes: Uint8Array) => object;
      Instance: new (module: object) => { exports: { f: (turns: bigint) => bigint } };
    };
  };
  return new wasm.Instance(new wasm.Module(handwrittenBytes(name))).exports.f;
}

export function handwrittenBytes(name: string): Uint8Array {
  const { start, body } = LOOPS[name]!;
  return moduleOf((out) => emitFunction(out, start, body));
}

/** A module that exports one function from i64 to i64 as `f`. */
function moduleOf(write: (out: Encoder) => void): Uint8Array {
  const out = createEncoder();
  emit(out, 0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  emit(out, 1, 6, 1, TYPE.function, 1, TYPE.i64, 1, TYPE.i64);
  emit(out, 3, 2, 1, 0);
  emit(out, 7, 5, 1, 1, 'f'.charCodeAt(0), 0, 0);
  emit(out, 10);
  emitSized(out, () => {
    emitUint(out, 1);
    emitSized(out, () => write(out));
  });
  return out.bytes.slice(0, out.at);
}

/**
 * A module of one function with as many operations as a contract of that many instructions, in threes: a local, a
 * constant, checked addition into the local. `seed` makes modules differ, so that the engine knows none of them.
 */
export function handwrittenSums(instructions: number, seed: bigint): Uint8Array {
  return moduleOf((out) => {
    emit(out, 1, 3, TYPE.i64);
    emit(out, WASM.block, TYPE.none);
    for (let at = 0; at < Math.floor(instructions / 4); at++)
      addChecked(out, X, () => emitI64(out, seed + BigInt(at)), WASM.i64LtS, 0);
    get(out, X);
    emit(out, WASM.return, WASM.end, WASM.unreachable, WASM.end);
  });
}

const [TURNS, X, I, T] = [0, 1, 2, 3];

function emitFunction(out: Encoder, start: bigint, body: (out: Encoder) => void): void {
  emit(out, 1, 3, TYPE.i64);
  emitI64(out, start);
  emitWith(out, WASM.localSet, X);
  emit(out, WASM.block, TYPE.none, WASM.loop, TYPE.none);
  body(out);
  addChecked(out, I, () => emitI64(out, 1n), WASM.i64LtS);
  get(out, I);
  get(out, TURNS);
  emit(out, WASM.i64LtS);
  emitWith(out, WASM.brIf, 0);
  get(out, X);
  emit(out, WASM.return, WASM.end, WASM.end, WASM.unreachable, WASM.end);
}

/** Adds a number whose sign is known to a local; leaves the block around the loop (or that of `label`) on overflow. */
function addChecked(out: Encoder, local: number, addend: () => void, wrong: number, label = 1): void {
  get(out, local);
  addend();
  emit(out, WASM.i64Add);
  emitWith(out, WASM.localTee, T);
  get(out, local);
  emit(out, wrong);
  emitWith(out, WASM.brIf, label);
  get(out, T);
  emitWith(out, WASM.localSet, local);
}

function mulChecked(out: Encoder, by: bigint, label = 1): void {
  const most = (2n ** 63n - 1n) / by;
  get(out, X);
  emitI64(out, most);
  emit(out, WASM.i64Add);
  emitI64(out, 2n * most);
  emit(out, WASM.i64GtU);
  emitWith(out, WASM.brIf, label);
  get(out, X);
  emitI64(out, by);
  emit(out, WASM.i64Mul);
  emitWith(out, WASM.localSet, X);
}

function modulo(out: Encoder, by: bigint): void {
  get(out, X);
  emitI64(out, by);
  emit(out, WASM.i64RemS);
  emitWith(out, WASM.localSet, X);
}

type Loop = { readonly start: bigint; readonly body: (out: Encoder) => void };

const LOOPS: Readonly<Record<string, Loop>> = {
  sum: { start: 0n, body: (out) => addTurn(out) },
  lcg: {
    start: 1n,
    body: (out) => {
      mulChecked(out, 1103515n);
      addChecked(out, X, () => emitI64(out, 12345n), WASM.i64LtS);
      modulo(out, 2147483647n);
    },
  },
  wide: {
    start: 1n,
    body: (out) => {
      mulChecked(out, 1103515245n);
      addTurn(out);
      modulo(out, 4294967291n);
    },
  },
  collatz: { start: 27n, body: collatz },
};

function collatz(out: Encoder): void {
  const is = (value: bigint) => {
    emitI64(out, value);
    emit(out, WASM.i64Eq, WASM.if, TYPE.none);
  };
  get(out, X);
  is(1n);
  get(out, I);
  emitWith(out, WASM.localSet, X);
  addChecked(out, X, () => emitI64(out, 27n), WASM.i64LtS, 2);
  emit(out, WASM.else);
  get(out, X);
  emitI64(out, 2n);
  emit(out, WASM.i64RemS);
  is(0n);
  get(out, X);
  emitI64(out, 2n);
  emit(out, WASM.i64DivS);
  emitWith(out, WASM.localSet, X);
  emit(out, WASM.else);
  mulChecked(out, 3n, 3);
  addChecked(out, X, () => emitI64(out, 1n), WASM.i64LtS, 3);
  emit(out, WASM.end, WASM.end);
}

/** x + i, of which nothing is known. */
function addTurn(out: Encoder): void {
  get(out, X);
  get(out, I);
  emit(out, WASM.i64Add);
  emitWith(out, WASM.localTee, T);
  get(out, X);
  emit(out, WASM.i64Xor);
  get(out, T);
  get(out, I);
  emit(out, WASM.i64Xor, WASM.i64And);
  emitI64(out, 0n);
  emit(out, WASM.i64LtS);
  emitWith(out, WASM.brIf, 1);
  get(out, T);
  emitWith(out, WASM.localSet, X);
}

function get(out: Encoder, local: number): void {
  emitWith(out, WASM.localGet, local);
}
