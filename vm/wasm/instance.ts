/**
 * A compiled program at work: the memory and functions of one instance, lent to one execution at a time. Compiled code
 * comes back here for what JavaScript does: rare opcodes, interning, traps.
 */
import { internedWord, type Machine, type Words } from '../machine.ts';
import type { Program } from '../program.ts';
import { constantWord, runRare } from '../rare.ts';
import type { RoomOf } from '../state.ts';
import { ENGINE, type WasmModule } from './engine.ts';
import { ENVIRONMENT_OPS, type Layout, layoutOf, UNKNOWN } from './layout.ts';
import type { IMPORTS } from './module.ts';
import { failAt, placeOfFailure } from './traps.ts';

export type Instance = {
  readonly layout: Layout;
  readonly stack: BigInt64Array;
  /** Constants, then the environment, as in `layout.ts`. */
  readonly known: BigInt64Array;
  /** Marks of all entries whose place is known, and words and marks by slot. */
  readonly marks: Uint8Array;
  readonly rooms: readonly ReturnType<RoomOf>[];
  /** Gas as of the last time that compiled code called JavaScript or returned. */
  readonly gas: { readonly value: bigint };
  /** By index of an entry point's function: gas in, gas out. */
  readonly run: (fn: number) => (gas: bigint) => bigint;
  /** Set while lent. */
  machine: Machine | null;
};

/** A module, and by place of a trap the gas that is spent there and that the counter does not show. */
export type Code = { readonly module: WasmModule; readonly owed: ReadonlyMap<number, number> };

export function createInstance({ module, owed }: Code, program: Program): Instance {
  const layout = layoutOf(program);
  const { exports } = new ENGINE.Instance(module, { vm: importsFor(() => instance, owed) });
  const { buffer } = exports['memory'] as { readonly buffer: ArrayBuffer };
  const instance: Instance = {
    layout,
    stack: new BigInt64Array(buffer, 0, layout.stackWords),
    known: new BigInt64Array(buffer, layout.known, layout.knownWords),
    marks: new Uint8Array(buffer, layout.marks, layout.bytes - layout.marks),
    rooms: program.artifact.storage.map(({ keys, fields }, slot) =>
      keys.length > 0
        ? null
        : {
            words: new BigInt64Array(buffer, layout.entryWords[slot], fields.length + 1),
            marks: new Uint8Array(buffer, layout.entryMarks[slot], fields.length + 1),
          },
    ),
    gas: exports['gas'] as unknown as { readonly value: bigint },
    run: (fn) => exports[`run${fn}`] as (gas: bigint) => bigint,
    machine: null,
  };
  return instance;
}

/** The words for a machine that is to run on an instance, as if it were new. */
export function wordsOfInstance({ stack, known, marks, rooms, layout, gas }: Instance): Words {
  known.fill(UNKNOWN);
  marks.fill(0);
  for (const room of rooms) room?.words.fill(0n);
  const constants = known.subarray(0, layout.knownWords - ENVIRONMENT_OPS.length);
  return {
    stack,
    base: 0,
    constants,
    roomOf: (slot) => rooms[slot] ?? null,
    gasApart: () => Number(gas.value),
  };
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

function importsFor(instanceOf: () => Instance, owed: ReadonlyMap<number, number>): Imports {
  const machineOf = () => instanceOf().machine!;
  return {
    rare: (place: number, operands: number) => {
      const machine = machineOf();
      return outside(instanceOf(), place, () => {
        runRare(machine, operands - 1);
      });
    },
    known: (place: number, index: number) => {
      outside(instanceOf(), place, () => learn(instanceOf(), index));
      return undefined;
    },
    fail: (code: number, gas: bigint) => {
      const machine = machineOf();
      machine.place = placeOfFailure(code);
      machine.gas = Number(gas) - (owed.get(machine.place) ?? 0);
      return failAt(machine.program, code);
    },
    halt: (place: number, height: number, gas: bigint) => {
      Object.assign(machineOf(), { place, height, gas: Number(gas) });
      throw HALTED;
    },
  };
}

/** Does something for the opcode at a place; gives the gas that it took. A trap leaves the gas that was there before. */
function outside(instance: Instance, place: number, act: () => void): number {
  const machine = instance.machine!;
  machine.place = place;
  machine.gas = 0;
  try {
    act();
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
