/**
 * A validated program, a call and a host in; an outcome out. An execution either gives every effect back or, when it
 * fails, a trap and the gas used, and both tiers give the same.
 */
import { createArena } from './arena.ts';
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

/** Words of a new arena: what few entries need. */
const ARENA_WORDS = 128;

/** The interpreter keeps no events apart. */
const drain = () => null;

function interpret(program: Program, call: Call, host: Host, observer: Observer | null): Outcome {
  const base = program.wide.length;
  const stack = new BigInt64Array(base + program.stackWords);
  stack.set(program.wide);
  const constants = new BigInt64Array(program.artifact.constants.length).fill(-1n);
  const room = makeRoom(createArena(ARENA_WORDS));
  const machine = createMachine(program, call.gasLimit, host, {
    stack,
    base,
    constants,
    room,
    sizes: [],
    drain,
    gasApart: () => 0,
  });
  machine.observer = observer;
  return finish(machine, call, (fn) => run(machine, fn));
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
