/**
 * A validated program, a call and a host in; an outcome out. An execution either gives every effect back or, when it
 * fails, a trap and the gas used, and both tiers give the same.
 */
import { type Arena, createArena, halvesOf } from './arena.ts';
import type { Host, Outcome } from './host.ts';
import { run } from './interpreter.ts';
import { begin, type Call, createMachine, locate, type Machine, succeed } from './machine.ts';
import { type Observer, observed } from './observer.ts';
import type { Program } from './program.ts';
import { clearHomes, makeRoom } from './state.ts';
import { isTrapped } from './traps.ts';
import { runInstance, wordsOfInstance } from './wasm/instance.ts';
import { borrow, type Compiled, compilationOf, giveBack, meteringOf, noteGas, tierOf } from './wasm/tier.ts';

export type { Call } from './machine.ts';

/** `auto` compiles a program once the gas spent in it says that it pays; `wasm` at once, unless it is too large. */
export type Tier = 'interpreter' | 'wasm' | 'auto';

/** Runs an entry point; under observation always on the interpreter. Never throws on what a caller or a contract does. */
export function execute(
  program: Program,
  call: Call,
  host: Host,
  { tier = 'auto', observer }: { readonly tier?: Tier; readonly observer?: Observer | undefined } = {},
): Outcome {
  if (observer !== undefined) return interpret(observed(program), call, host, observer);
  const chosen = tier === 'auto' ? tierOf(program) : tier;
  const compiled = chosen === 'wasm' ? compilationOf(program) : null;
  const outcome =
    compiled?.ok === true
      ? executeCompiled(compiled, program, call, host)
      : interpret(program, call, host, null);
  noteGas(program, outcome.gasUsed);
  return outcome;
}

function interpret(program: Program, call: Call, host: Host, observer: Observer | null): Outcome {
  const base = program.wide.length;
  const memory = borrowMemory(base + program.stackWords, program.artifact.constants.length);
  const { stack, halves, constants, arena } = memory;
  stack.set(program.wide);
  constants.fill(-1n, 0, program.artifact.constants.length);
  arena.top = 0;
  const room = makeRoom(arena);
  const words = { stack, halves, base, constants, room, sizes: [], drain: noEvents, gasApart: noGas };
  const machine = createMachine(program, call.gasLimit, host, words);
  machine.observer = observer;
  const outcome = finish(machine, call, (fn) => run(machine, fn));
  if (IDLE.length < IDLE_MAX && arena.words.length <= ARENA_WORDS_KEPT) IDLE.push(memory);
  return outcome;
}

/** The interpreter keeps no events and no gas apart. */
const noEvents = () => null;
const noGas = () => 0;

/** What the interpreter works in, lent to one execution at a time: making it anew costs more than a small execution. */
type Memory = Pick<Machine, 'stack' | 'constants'> & {
  readonly halves: Int32Array;
  readonly arena: Arena;
};

const IDLE: Memory[] = [];
const IDLE_MAX = 16;
/** Words of a new arena, which is what few entries need, and of the largest that is kept. */
const ARENA_WORDS = 256;
const ARENA_WORDS_KEPT = 65_536;
const STACK_WORDS_LEAST = 1_024;
const CONSTANTS_LEAST = 64;

function borrowMemory(stackWords: number, constants: number): Memory {
  const idle = IDLE.pop();
  if (idle !== undefined && idle.stack.length >= stackWords && idle.constants.length >= constants)
    return idle;
  const stack = new BigInt64Array(Math.max(STACK_WORDS_LEAST, stackWords));
  return {
    stack,
    halves: halvesOf(stack),
    constants: new BigInt64Array(Math.max(CONSTANTS_LEAST, constants)),
    arena: createArena(ARENA_WORDS),
  };
}

function executeCompiled(compiled: Compiled, program: Program, call: Call, host: Host): Outcome {
  const metering = meteringOf(program, call);
  const instance = borrow(compiled, program, metering);
  const machine = createMachine(program, call.gasLimit, host, wordsOfInstance(instance));
  const outcome = finish(machine, call, (fn) => runInstance(instance, machine, fn));
  // Not after a defect of ours, which throws: nobody knows what it left behind.
  clearHomes(machine.state);
  giveBack(compiled, metering, instance);
  return outcome;
}

function finish(machine: Machine, call: Call, runFunction: (fn: number) => void): Outcome {
  try {
    const entry = begin(machine, call);
    runFunction(entry.function);
    return succeed(machine, entry, call.gasLimit);
  } catch (thrown) {
    if (!isTrapped(thrown)) throw thrown;
    const { kind, gas = 0 } = thrown.trapped;
    const gasUsed = kind === 'OutOfGas' ? call.gasLimit : call.gasLimit - machine.gas + gas;
    return { ok: false, trap: locate(machine, thrown.trapped), gasUsed };
  }
}
