/**
 * A compiled program at work: the memory and functions of one instance, lent to one execution at a time. Compiled code
 * comes back here for what JavaScript does: rare opcodes, interning, traps.
 */
import { type Arena, halvesOf, viewsOf } from '../arena.ts';
import { LIMITS } from '../limits.ts';
import { internedWord, type Machine, type Words } from '../machine.ts';
import type { Program } from '../program.ts';
import { constantWord, runRare } from '../rare.ts';
import { clearTable } from '../state.ts';
import { ENGINE, type WasmModule } from './engine.ts';
import type { Owed } from './frame.ts';
import { ENVIRONMENT_OPS, type Layout, layoutOf, PAGE_BYTES, UNKNOWN } from './layout.ts';
import type { IMPORTS } from './module.ts';
import { failAt, placeOfFailure } from './traps.ts';

export type Instance = {
  readonly layout: Layout;
  readonly stack: BigInt64Array;
  /** Constants, then the environment, as in `layout.ts`. */
  readonly known: BigInt64Array;
  readonly words: Words;
  /** Gas as of the last time that compiled code called JavaScript or returned. */
  readonly gas: { readonly value: bigint };
  /** By index of an entry point's function: gas in, gas out. */
  readonly run: (fn: number) => (gas: bigint) => bigint;
  /** Set while lent. */
  machine: Machine | null;
};

/** A module, and by place of a trap the gas that is spent there and that the counter does not show. */
export type Code = { readonly module: WasmModule; readonly owed: ReadonlyMap<number, Owed> };

/** The memory is of the kind that threads may share because arrays over it then outlive its growth. */
export function createInstance({ module, owed }: Code, program: Program): Instance {
  const layout = layoutOf(program);
  const { exports } = new ENGINE.Instance(module, { vm: importsFor(() => instance, owed) });
  const memory = exports['memory'] as Memory;
  const { buffer } = memory;
  const arena = { ...viewsOf(buffer), top: 0, grow: growMemory(memory, layout) };
  const homes = layout.homes.map((home) => home / 8);
  const stack = new BigInt64Array(buffer, 0, layout.stackWords);
  const known = new BigInt64Array(buffer, layout.known, layout.knownWords);
  const gas = exports['gas'] as { readonly value: bigint };
  const instance: Instance = {
    layout,
    stack,
    known,
    words: {
      stack,
      halves: halvesOf(stack),
      base: 0,
      constants: known.subarray(0, layout.knownWords - ENVIRONMENT_OPS.length),
      room: { arena, table: layout.table / 4, homes },
      sizes: new Int32Array(buffer, layout.sizes, LIMITS.internedValues + 1),
      gasApart: () => Number(gas.value),
      drain: () => drain(arena, layout),
    },
    gas,
    run: (fn) => exports[`run${fn}`] as (gas: bigint) => bigint,
    machine: null,
  };
  return instance;
}

type Memory = { readonly buffer: SharedArrayBuffer; readonly grow: (pages: number) => number };

function growMemory(memory: Memory, { pagesMax }: Layout): Arena['grow'] {
  return (arena, words) => {
    const pages = memory.buffer.byteLength / PAGE_BYTES;
    const wanted = Math.min(pagesMax, Math.max(2 * pages, Math.ceil((8 * words) / PAGE_BYTES)));
    memory.grow(wanted - pages);
    Object.assign(arena, viewsOf(memory.buffer));
  };
}

/** The words for a machine that is to run on an instance, as if it were new. */
export function wordsOfInstance({ known, layout, words }: Instance): Words {
  const { arena, table } = words.room;
  known.fill(UNKNOWN);
  clearTable(arena, table, layout.buckets / 8);
  arena.top = layout.arena / 8;
  arena.ints[layout.eventsTop / 4] = layout.events;
  return words;
}

/** The words of events emitted since the last time. */
function drain(arena: Arena, layout: Layout): BigInt64Array | null {
  const top = arena.ints[layout.eventsTop / 4]!;
  if (top === layout.events) return null;
  arena.ints[layout.eventsTop / 4] = layout.events;
  return arena.words.slice(layout.events / 8, top / 8);
}

/** Runs a function whose parameters stand at the bottom of the stack, to its `Return` or a `Halt`. */
export function runInstance(instance: Instance, machine: Machine, fn: number): void {
  instance.machine = machine;
  try {
    machine.gas = Number(instance.run(fn)(BigInt(machine.gas)));
    machine.height = machine.program.artifact.functions[fn]!.results.length;
  } catch (thrown) {
    if (thrown !== HALTED) throw thrown;
  } finally {
    instance.machine = null;
  }
}

/** What a `Halt` throws, to leave all functions. */
const HALTED = { halted: true } as const;

type Imports = { readonly [name in keyof typeof IMPORTS]: (...args: never[]) => number | undefined };

function importsFor(instanceOf: () => Instance, owed: ReadonlyMap<number, Owed>): Imports {
  return {
    rare: (place: number, operands: number) =>
      outside(instanceOf(), place, (machine) => runRare(machine, operands - 1)),
    known: (place: number, index: number) => {
      const instance = instanceOf();
      outside(instance, place, () => learn(instance, index));
      return undefined;
    },
    fail: (code: number, gas: bigint) => {
      const { machine, stack } = instanceOf() as Instance & { machine: Machine };
      machine.place = placeOfFailure(code);
      machine.gas = Number(gas) - owedAt(owed.get(machine.place), stack);
      return failAt(machine.program, code);
    },
    halt: (place: number, height: number, gas: bigint) => {
      Object.assign(instanceOf().machine!, { place, height, gas: Number(gas) });
      throw HALTED;
    },
  };
}

/** Gas that the counter does not show; locals that count turns lie in memory. */
function owedAt(owed: Owed | undefined, locals: BigInt64Array): number {
  if (owed === undefined) return 0;
  return owed.loops.reduce((sum, { counter, step, ahead, turn }) => {
    const turns = step === null ? locals[counter]! : locals[step]! - locals[counter]! - BigInt(ahead);
    return sum + Number(turns) * turn.gas;
  }, owed.gas);
}

/** Does something for the opcode at a place; gives the gas that it took. A trap leaves the gas that was there before. */
function outside(instance: Instance, place: number, act: (machine: Machine) => void): number {
  const machine = instance.machine!;
  machine.place = place;
  machine.gas = 0;
  try {
    act(machine);
    return -machine.gas;
  } catch (thrown) {
    machine.gas = Number(instance.gas.value);
    throw thrown;
  }
}

/** Finds a known word and puts it where compiled code looks for it. */
function learn({ machine, known, layout }: Instance, index: number): void {
  const { env } = machine!.host;
  const constants = layout.knownWords - ENVIRONMENT_OPS.length;
  switch (ENVIRONMENT_OPS[index - constants]) {
    case undefined:
      constantWord(machine!, index);
      return;
    case 'GetCaller':
      known[index] = internedWord(machine!, 'did', env.caller ?? '');
      return;
    case 'GetCreator':
      known[index] = internedWord(machine!, 'did', env.creator);
      return;
    case 'GetSelf':
      known[index] = internedWord(machine!, 'did', env.self);
      return;
    case 'GetTimestamp':
      known[index] = env.time;
      return;
    case 'GetBlockNumber':
      known[index] = env.block;
  }
}
