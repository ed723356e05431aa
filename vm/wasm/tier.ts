/**
 * Which programs are compiled, and when: each at most once while it is kept, by the hash of its artifact, once the gas
 * spent in it says that compiling pays. Nothing here depends on time, and nothing observable depends on it.
 */
import { hexOf } from '../codec.ts';
import { artifactHash, encodeArtifact } from '../encode.ts';
import type { Program } from '../program.ts';
import { ENGINE, type WasmModule } from './engine.ts';
import { createInstance, type Instance } from './instance.ts';
import { layoutOf } from './layout.ts';
import { encodeModule } from './module.ts';

/** A program that is too large runs on the interpreter, always; `reason` says what about it. */
export type Compilation =
  | { readonly ok: true; readonly module: WasmModule; readonly idle: Instance[] }
  | { readonly ok: false; readonly reason: string };

/** Modules kept, and idle instances kept of each. */
const COMPILATIONS_MAX = 64;
const IDLE_MAX = 8;
/** Gas spent in a program from which on it is compiled; about what compiling costs, in time. */
const GAS_THAT_PAYS = 100_000;

type Record = { hash: string | null; gas: number };

const RECORDS = new WeakMap<Program, Record>();
/** Least recently used first. */
const COMPILATIONS = new Map<string, Compilation>();

/** Compiles a program, or finds it compiled. */
export function compilationOf(program: Program): Compilation {
  const record = recordOf(program);
  record.hash ??= hexOf(artifactHash(encodeArtifact(program.artifact)));
  const { hash } = record;
  const compilation = COMPILATIONS.get(hash) ?? compile(program);
  COMPILATIONS.delete(hash);
  COMPILATIONS.set(hash, compilation);
  const [oldest] = COMPILATIONS.keys();
  if (COMPILATIONS.size > COMPILATIONS_MAX && oldest !== undefined) COMPILATIONS.delete(oldest);
  return compilation;
}

/** Notes what an execution used. */
export function noteGas(program: Program, gas: number): void {
  recordOf(program).gas += gas;
}

/** Where `auto` runs a program now. */
export function tierOf(program: Program): 'interpreter' | 'wasm' {
  return recordOf(program).gas < GAS_THAT_PAYS ? 'interpreter' : 'wasm';
}

/** An instance that nobody else uses, until it is given back. */
export function borrow(compilation: Compilation & { readonly ok: true }, program: Program): Instance {
  return compilation.idle.pop() ?? createInstance(compilation.module, program);
}

export function giveBack(compilation: Compilation & { readonly ok: true }, instance: Instance): void {
  if (compilation.idle.length < IDLE_MAX) compilation.idle.push(instance);
}

function recordOf(program: Program): Record {
  const known = RECORDS.get(program);
  if (known !== undefined) return known;
  const record = { hash: null, gas: 0 };
  RECORDS.set(program, record);
  return record;
}

function compile(program: Program): Compilation {
  const bytes = encodeModule(program, layoutOf(program));
  return typeof bytes === 'string'
    ? { ok: false, reason: `too large to compile: ${bytes}` }
    : { ok: true, module: new ENGINE.Module(bytes), idle: [] };
}
