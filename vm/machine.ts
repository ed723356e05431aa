/**
 * One execution, as both tiers see it: what it is made of, what happens before the first opcode and after the last
 * one, and how it fails.
 */
import { flatten, typedValue, wordsOf, wordsOfFields } from './abi.ts';
import type { Entry } from './artifact.ts';
import { entryGas } from './bounds.ts';
import { drainInto, type EventLog, eventsOf } from './events.ts';
import { chunkGas } from './gas.ts';
import type { Event, Host, Outcome } from './host.ts';
import {
  contentBytes,
  createInternTable,
  type InternTable,
  type Sizes,
  valueOfWord,
  wordOf,
} from './intern.ts';
import { LIMITS } from './limits.ts';
import type { Observer } from './observer.ts';
import type { Program } from './program.ts';
import { createStateCache, type Room, type StateCache, writesOf } from './state.ts';
import { type Trap, trap } from './traps.ts';
import type { AbiValue, Value, WordType } from './value.ts';

export type Call = {
  readonly entry: string;
  readonly args: readonly AbiValue[];
  /** Largest gas that this execution may use. */
  readonly gasLimit: number;
};

/** `place` is where in the code the execution stands, -1 before the first opcode. */
export type Machine = {
  readonly program: Program;
  readonly host: Host;
  readonly intern: InternTable;
  readonly state: StateCache;
  /** The arguments at the beginning, the results at the end; in between as the tier likes. */
  readonly stack: BigInt64Array;
  /** Where on the stack the arguments begin. */
  readonly base: number;
  /** By text constant; null while nothing is stored. */
  memory: Map<number, bigint> | null;
  /** Words of the constants used so far; -1 while unknown. */
  readonly constants: BigInt64Array;
  readonly events: EventLog;
  readonly logs: string[];
  /** Told of every opcode when the program is one to be observed. */
  observer: Observer | null;
  gas: number;
  /** While a rare opcode runs: gas left that the tier keeps elsewhere, beside `gas`. */
  readonly gasApart: () => number;
  place: number;
  height: number;
};

/**
 * What a tier lends to one execution: the stack, as many words as there are constants, all -1, room for state and for
 * the sizes of longer values, and the way to events that compiled code emits.
 */
export type Words = Pick<Machine, 'stack' | 'base' | 'constants' | 'gasApart'> &
  Pick<EventLog, 'drain'> & { readonly halves: Int32Array; readonly room: Room; readonly sizes: Sizes };

export function createMachine(program: Program, gasLimit: number, host: Host, words: Words): Machine {
  if (!Number.isSafeInteger(gasLimit) || gasLimit < 0) throw new Error(`not a gas limit: ${gasLimit}`);
  const { sizes, stack, base, constants, gasApart, drain } = words;
  const intern = createInternTable(sizes);
  return {
    program,
    host,
    intern,
    state: createStateCache(program.artifact.storage, host, intern, words),
    memory: null,
    stack,
    base,
    constants,
    gasApart,
    events: { items: [], drain },
    logs: [],
    observer: null,
    gas: gasLimit,
    place: -1,
    height: 0,
  };
}

/** Arguments, access and re-entry, in this order; puts the arguments on the stack. */
export function begin(machine: Machine, call: Call): Entry {
  const entry = machine.program.entries.get(call.entry);
  if (entry === undefined) return trap('BadArgument', `there is no entry point ${call.entry}`);
  spend(machine, entryGas(entry));
  pushArguments(machine, entry, call.args);
  checkAccess(entry, machine.host);
  checkCallStack(machine.host);
  return entry;
}

/** The outcome once the results stand on top of the stack. */
export function succeed(machine: Machine, entry: Entry, gasLimit: number): Outcome {
  const types = machine.program.halts.get(machine.place) ?? wordsOf(entry.result);
  const base = machine.height - types.length;
  const stack = types.map((type, index) => valueOfWord(machine.intern, type, machine.stack[base + index]!));
  const halted = wordsOf(entry.result).length === 0;
  const { program, intern, host } = machine;
  // Compiled code does not say by which Return it ended, so a result that is none of its type counts for the function.
  machine.place = program.starts[entry.function]!;
  drainInto(machine.events);
  let events: readonly Event[] | null = null;
  return {
    ok: true,
    result: typedValue(entry.result, halted ? [] : stack, `the result of ${entry.name}`),
    stack,
    gasUsed: gasLimit - machine.gas,
    // A node reads them once a transaction; nobody else need pay for it.
    get events() {
      events ??= eventsOf(machine.events, program, intern, host.env.self);
      return events;
    },
    logs: machine.logs,
    writes: writesOf(machine.state),
  };
}

/** Says where a trap was met. */
export function locate({ program, place }: Machine, trapped: Pick<Trap, 'kind' | 'message' | 'error'>): Trap {
  if (place < 0) return { ...trapped, function: -1, instruction: -1, position: null };
  const fn = program.functionOf[place]!;
  const instruction = program.instructionOf[place]!;
  const position = program.artifact.functions[fn]?.positions[instruction] ?? null;
  return { ...trapped, function: fn, instruction, position };
}

/** The word of a value, interned when it is long. */
export function internedWord(machine: Machine, type: WordType, value: Value): bigint {
  return (
    wordOf(machine.intern, type, value) ?? trap('LimitReached', 'too many longer values in one execution')
  );
}

export function textConstant(program: Program, index: number): string {
  return program.artifact.constants[index]!.value as string;
}

export function outOfGas(): never {
  return trap('OutOfGas', 'the gas limit was reached');
}

export function overflow(): never {
  return trap('Overflow', 'the result does not fit in 64 bits');
}

function pushArguments(machine: Machine, entry: Entry, args: readonly AbiValue[]): void {
  if (args.length !== entry.params.length)
    trap('BadArgument', `${entry.name} takes ${entry.params.length} arguments, not ${args.length}`);
  const values = entry.params.flatMap((param, index) => {
    const flat = flatten(param.type, args[index]!);
    return flat.ok ? flat.value : trap('BadArgument', `${param.name}: ${flat.message}`);
  });
  spend(machine, chunkGas(values.reduce<number>((sum, value) => sum + contentBytes(value), 0)));
  const types = wordsOfFields(entry.params);
  for (const [at, value] of values.entries())
    machine.stack[machine.base + at] = internedWord(machine, types[at]!, value);
}

/** Views and hooks have no caller; everyone else meets the access clause. */
function checkAccess({ kind, name, access }: Entry, host: Host): void {
  if (kind === 'view' || kind === 'hook') return;
  const { caller, callerIsContract } = host.env;
  if (caller === null) trap('AccessDenied', `${name} needs a caller`);
  if (callerIsContract) {
    if (!access.contracts) trap('AccessDenied', `${name} does not admit contracts`);
    return;
  }
  for (const { context, score } of access.reputation)
    if (host.reputationOf(caller, context) < score)
      trap('AccessDenied', 'Insufficient reputation to execute contract');
  for (const permission of access.permissions)
    if (!host.holdsPermission(caller, permission)) trap('AccessDenied', `Missing permission: ${permission}`);
}

/** A contract is on the call stack at most once, so its state does not change while it waits for another. */
function checkCallStack({ env: { self, callers = [] } }: Host): void {
  if (callers.includes(self)) trap('Reentry', 'the contract is being executed already');
  if (callers.length >= LIMITS.contractDepth)
    trap('CallDepth', `at most ${LIMITS.contractDepth} contracts may call each other in a row`);
}

function spend(machine: Machine, gas: number): void {
  if (machine.gas < gas) outOfGas();
  machine.gas -= gas;
}
