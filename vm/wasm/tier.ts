/**
 * Which programs are compiled, and when: each at most once while it is kept, by the hash of its artifact, once the gas
 * spent in it says that compiling pays. Nothing here depends on time, and nothing observable depends on it.
 *
 * The hash is only made when two programs look alike: for one that was just deployed it would cost as much as the rest.
 */
import { hexOf } from '../codec.ts';
import { artifactHash, encodeArtifact } from '../encode.ts';
import type { Call } from '../machine.ts';
import type { Program } from '../program.ts';
import { ENGINE } from './engine.ts';
import type { Metering } from './frame.ts';
import { type Code, createInstance, type Instance } from './instance.ts';
import { layoutOf } from './layout.ts';
import { encodeModule, excessOf } from './module.ts';

/** A program that is too large runs on the interpreter, always; `reason` says what about it. */
export type Compilation =
  | { readonly ok: true; readonly variants: Map<Metering, Variant> }
  | { readonly ok: false; readonly reason: string };

/** What a program becomes when it is not too large: its modules, made when needed. */
export type Compiled = Compilation & { readonly ok: true };

type Variant = Code & { readonly idle: Instance[] };

/** Modules kept, and idle instances kept of each. */
const COMPILATIONS_MAX = 64;
const IDLE_MAX = 8;
/** Gas spent in a program from which on it is compiled; about what compiling costs, in time. */
const GAS_THAT_PAYS = 100_000;

type Record = { hash: string | null; fingerprint: number | null; gas: number };

const RECORDS = new WeakMap<Program, Record>();
/** By fingerprint, least recently used first. */
const COMPILATIONS = new Map<number, { readonly program: Program; readonly compilation: Compilation }>();

/** Compiles a program, or finds it compiled. */
export function compilationOf(program: Program): Compilation {
  const record = recordOf(program);
  record.fingerprint ??= fingerprintOf(program);
  const known = COMPILATIONS.get(record.fingerprint);
  const fits =
    known !== undefined && (known.program === program || hashOf(known.program) === hashOf(program));
  const kept = fits ? known : { program, compilation: compile(program) };
  COMPILATIONS.delete(record.fingerprint);
  COMPILATIONS.set(record.fingerprint, kept);
  const [oldest] = COMPILATIONS.keys();
  if (COMPILATIONS.size > COMPILATIONS_MAX && oldest !== undefined) COMPILATIONS.delete(oldest);
  return kept.compilation;
}

function hashOf(program: Program): string {
  const record = recordOf(program);
  record.hash ??= hexOf(artifactHash(encodeArtifact(program.artifact)));
  return record.hash;
}

/** A number that programs with other code seldom share. */
function fingerprintOf({ code, wide }: Program): number {
  let sum = 0;
  for (const words of [code, new Int32Array(wide.buffer, wide.byteOffset, 2 * wide.length)])
    for (let at = 0; at < words.length; at++) sum = Math.imul(sum ^ words[at]!, 0x01000193);
  return sum;
}

/** Notes what an execution used. */
export function noteGas(program: Program, gas: number): void {
  recordOf(program).gas += gas;
}

/** Where `auto` runs a program now. */
export function tierOf(program: Program): 'interpreter' | 'wasm' {
  return recordOf(program).gas < GAS_THAT_PAYS ? 'interpreter' : 'wasm';
}

/** How a call is metered: gas that no path can use up is not checked. */
export function meteringOf(program: Program, { entry, gasLimit }: Call): Metering {
  const bound = program.entries.get(entry)?.gasMax;
  return bound !== undefined && gasLimit >= bound ? 'counted' : 'checked';
}

/** An instance that nobody else uses, until it is given back. */
export function borrow(compilation: Compiled, program: Program, metering: Metering): Instance {
  const variant = variantOf(compilation, program, metering);
  return variant.idle.pop() ?? createInstance(variant, program);
}

export function giveBack({ variants }: Compiled, metering: Metering, instance: Instance): void {
  const idle = variants.get(metering)?.idle;
  if (idle !== undefined && idle.length < IDLE_MAX) idle.push(instance);
}

function variantOf({ variants }: Compiled, program: Program, metering: Metering): Variant {
  const known = variants.get(metering);
  if (known !== undefined) return known;
  const { bytes, owed } = encodeModule(program, layoutOf(program), metering);
  const variant = { module: new ENGINE.Module(bytes), owed, idle: [] };
  variants.set(metering, variant);
  return variant;
}

function recordOf(program: Program): Record {
  const known = RECORDS.get(program);
  if (known !== undefined) return known;
  const record = { hash: null, fingerprint: null, gas: 0 };
  RECORDS.set(program, record);
  return record;
}

function compile(program: Program): Compilation {
  const excess = excessOf(program);
  return excess === null
    ? { ok: true, variants: new Map() }
    : { ok: false, reason: `too large to compile: ${excess}` };
}
