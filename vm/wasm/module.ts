/**
 * A program in, the bytes of a WebAssembly module out: one function for each of the program's, and for each entry point's
 * function another that takes its arguments from memory and puts its results there.
 */
import type { Program } from '../program.ts';
import { LEAST } from './arithmetic.ts';
import { emitBody } from './body.ts';
import {
  createEncoder,
  type Encoder,
  emit,
  emitI32,
  emitI64,
  emitMemory,
  emitName,
  emitSized,
  emitUint,
  emitWith,
  TYPE,
  WASM,
} from './encoder.ts';
import { emitFind, emitFirstWrite, keyCountsOf } from './entries.ts';
import type { Links, Metering, Owed } from './frame.ts';
import type { Layout } from './layout.ts';
import { branchesOf, shapeOf } from './shape.ts';

/** What JavaScript gives; indices of functions begin with them. */
export const IMPORTS = {
  /** Runs the opcode at a place, whose operands are the first words in memory: place, their number; gives gas. */
  rare: { params: [TYPE.i32, TYPE.i32], results: [TYPE.i32] },
  /** Finds the known word with an index, for the opcode at a place. */
  known: { params: [TYPE.i32, TYPE.i32], results: [] },
  /** Ends the execution with a trap: what and where, gas left. */
  fail: { params: [TYPE.i32, TYPE.i64], results: [] },
  /** Ends the execution at a `Halt`: place, height of the stack, which lies in memory, and gas left. */
  halt: { params: [TYPE.i32, TYPE.i32, TYPE.i64], results: [] },
} as const;

/** Largest size of code, and largest product of branches and locals: what the engine's compilers take time for. */
export const COMPILED_WORDS_MAX = 200_000;
export const COMPILED_MERGES_MAX = 4_000_000;

const IMPORT_NAMES = Object.keys(IMPORTS) as readonly (keyof typeof IMPORTS)[];
/** Of a memory with a largest size that threads may share. */
const SHARED = 3;
const LINKS: Pick<Links, keyof typeof IMPORTS | 'mulOverflows' | 'firstWrite' | 'gas'> = {
  rare: IMPORT_NAMES.indexOf('rare'),
  known: IMPORT_NAMES.indexOf('known'),
  fail: IMPORT_NAMES.indexOf('fail'),
  halt: IMPORT_NAMES.indexOf('halt'),
  mulOverflows: IMPORT_NAMES.length,
  firstWrite: IMPORT_NAMES.length + 1,
  gas: 0,
};

type Signature = { readonly params: readonly number[]; readonly results: readonly number[] };

/** In words what is too large about a program to compile it; null when nothing is. */
export function excessOf(program: Program): string | null {
  const { code, localCounts, heights } = program;
  if (code.length > COMPILED_WORDS_MAX) return `${code.length} words of code`;
  const widest = localCounts.reduce((most, locals, fn) => Math.max(most, locals + heights[fn]!), 0);
  // Not every word is a branch: most programs need not be looked at.
  if (code.length * (widest + 2) <= COMPILED_MERGES_MAX) return null;
  const merges = program.artifact.functions.reduce(
    (sum, _, fn) => sum + branchesOf(program, fn) * (localCounts[fn]! + heights[fn]! + 2),
    0,
  );
  return merges > COMPILED_MERGES_MAX ? `${merges} merges of locals` : null;
}

/** `owed`: by place of a trap, gas that is spent there and that the counter does not show. */
export type Encoded = { readonly bytes: Uint8Array<ArrayBuffer>; readonly owed: ReadonlyMap<number, Owed> };

/** The module of a program that has no excess. */
export function encodeModule(program: Program, layout: Layout, metering: Metering): Encoded {
  const shapes = program.artifact.functions.map((_, fn) => shapeOf(program, fn));
  const entries = [...new Set(program.artifact.entries.map((entry) => entry.function))];
  const types = createTypes();
  const imports = IMPORT_NAMES.map((name) => types.indexOf(IMPORTS[name]));
  const keyCounts = keyCountsOf(program);
  const first = LINKS.firstWrite + 1 + keyCounts.length;
  const functions = [
    types.indexOf({ params: [TYPE.i64, TYPE.i64], results: [TYPE.i32] }),
    types.indexOf({ params: [TYPE.i32], results: [] }),
    ...keyCounts.map((count) =>
      types.indexOf({ params: [TYPE.i32, ...new Array(count).fill(TYPE.i64)], results: [TYPE.i32] }),
    ),
    ...program.artifact.functions.map(({ params, results }) =>
      types.indexOf({ params: params.map(() => TYPE.i64), results: results.map(() => TYPE.i64) }),
    ),
    ...entries.map(() => types.indexOf({ params: [TYPE.i64], results: [TYPE.i64] })),
  ];
  const out = createEncoder();
  emit(out, 0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  section(out, 1, types.all, (type) => emitType(out, type));
  section(out, 2, [...imports.entries()], ([at, type]) => {
    emitName(out, 'vm');
    emitName(out, IMPORT_NAMES[at]!);
    emit(out, 0);
    emitUint(out, type);
  });
  section(out, 3, functions, (type) => emitUint(out, type));
  section(out, 5, [layout], ({ pages, pagesMax }) => {
    emit(out, SHARED);
    emitUint(out, pages);
    emitUint(out, pagesMax);
  });
  section(out, 6, [0n], (gas) => {
    emit(out, TYPE.i64, 1);
    emitI64(out, gas);
    emit(out, WASM.end);
  });
  const firstEntry = first + program.artifact.functions.length;
  section(out, 7, exportsOf(entries, firstEntry), ({ name, kind, index }) => {
    emitName(out, name);
    emit(out, kind);
    emitUint(out, index);
  });
  const finds = new Map(keyCounts.map((count, at) => [count, LINKS.firstWrite + 1 + at]));
  const links = { ...LINKS, finds, functions: first, metering, owed: new Map<number, Owed>() };
  const bodies = [
    () => emitMulOverflows(out),
    () => emitFirstWrite(out, layout),
    ...keyCounts.map((count) => () => emitFind(out, layout, count)),
    ...shapes.map((shape, fn) => () => emitBody(out, program, layout, links, fn, shape)),
    ...entries.map((fn) => () => emitEntry(out, program, fn, first + fn)),
  ];
  section(out, 10, bodies, (body) => emitSized(out, body));
  return { bytes: out.bytes.slice(0, out.at), owed: links.owed };
}

function createTypes() {
  const all: Signature[] = [];
  const known = new Map<string, number>();
  const indexOf = (signature: Signature): number => {
    const key = `${signature.params.join()} ${signature.results.join()}`;
    const index = known.get(key) ?? all.push(signature) - 1;
    known.set(key, index);
    return index;
  };
  return { all, indexOf };
}

function emitType(out: Encoder, { params, results }: Signature): void {
  emit(out, TYPE.function);
  emitUint(out, params.length);
  emit(out, ...params);
  emitUint(out, results.length);
  emit(out, ...results);
}

function section<T>(out: Encoder, id: number, items: readonly T[], write: (item: T) => void): void {
  emit(out, id);
  emitSized(out, () => {
    emitUint(out, items.length);
    for (const item of items) write(item);
  });
}

type Export = { readonly name: string; readonly kind: number; readonly index: number };

function exportsOf(entries: readonly number[], first: number): Export[] {
  return [
    { name: 'memory', kind: 2, index: 0 },
    { name: 'gas', kind: 3, index: LINKS.gas },
    ...entries.map((fn, at) => ({ name: `run${fn}`, kind: 0, index: first + at })),
  ];
}

/** Gas in, gas out; arguments and results are the first words in memory. */
function emitEntry(out: Encoder, program: Program, fn: number, callee: number): void {
  const { params, results } = program.artifact.functions[fn]!;
  emitUint(out, 1);
  emitUint(out, results.length);
  emit(out, TYPE.i64);
  emitWith(out, WASM.localGet, 0);
  emitWith(out, WASM.globalSet, LINKS.gas);
  for (const at of params.keys()) {
    emitI32(out, 0);
    emitMemory(out, WASM.i64Load, 3, 8 * at);
  }
  emitWith(out, WASM.call, callee);
  for (let at = results.length - 1; at >= 0; at--) emitWith(out, WASM.localSet, 1 + at);
  for (const at of results.keys()) {
    emitI32(out, 0);
    emitWith(out, WASM.localGet, 1 + at);
    emitMemory(out, WASM.i64Store, 3, 8 * at);
  }
  emitWith(out, WASM.globalGet, LINKS.gas);
  emit(out, WASM.end);
}

/** Whether a product of two words does not fit: dividing it gives another factor back. */
function emitMulOverflows(out: Encoder): void {
  const a = () => emitWith(out, WASM.localGet, 0);
  const b = () => emitWith(out, WASM.localGet, 1);
  emitUint(out, 0);
  a();
  emit(out, WASM.i64Eqz, WASM.if, TYPE.none);
  emitI32(out, 0);
  emit(out, WASM.return, WASM.end);
  a();
  emitI64(out, -1n);
  emit(out, WASM.i64Eq, WASM.if, TYPE.none);
  b();
  emitI64(out, LEAST);
  emit(out, WASM.i64Eq, WASM.return, WASM.end);
  a();
  b();
  emit(out, WASM.i64Mul);
  a();
  emit(out, WASM.i64DivS);
  b();
  emit(out, WASM.i64Ne, WASM.end);
}
