/**
 * The reference: a validated program, a call and a host in; an outcome out. An execution either gives every effect
 * back or, when it fails, a trap and the gas used. What validation has shown is not checked again here.
 */
import { flatten, unflatten, wordError, wordsOf } from './abi.ts';
import type { Entry, Operand } from './artifact.ts';
import { entryGas } from './bounds.ts';
import { utf8 } from './codec.ts';
import { sha256 } from './did.ts';
import { chunkGas, hashGas } from './gas.ts';
import type { Event, Host, Outcome } from './host.ts';
import { contentBytes, createInternTable, type InternTable, valueOfWord, wordOf } from './intern.ts';
import { LIMITS } from './limits.ts';
import { type OpName, opOfCode, rowOf } from './opcodes.ts';
import { HASHED_TYPES, type Program } from './program.ts';
import {
  clearEntry,
  createStateCache,
  entryAt,
  markPresent,
  readLeaf,
  type StateCache,
  writeLeaf,
  writesOf,
} from './state.ts';
import { PRESENCE } from './storage.ts';
import { isTrapped, type Trap, trap } from './traps.ts';
import type { AbiValue, Value, WordType } from './value.ts';

export type Call = {
  readonly entry: string;
  readonly args: readonly AbiValue[];
  /** Largest gas that this execution may use. */
  readonly gasLimit: number;
};

/** Runs an entry point. Never throws on what a caller or a contract does. */
export function execute(program: Program, call: Call, host: Host): Outcome {
  const machine = createMachine(program, call.gasLimit, host);
  try {
    const entry = begin(machine, call);
    run(machine, entry.function);
    return succeed(machine, entry, call.gasLimit);
  } catch (thrown) {
    if (!isTrapped(thrown)) throw thrown;
    const gasUsed = thrown.trapped.kind === 'OutOfGas' ? call.gasLimit : call.gasLimit - machine.gas;
    return { ok: false, trap: locate(machine, thrown.trapped), gasUsed };
  }
}

/** One execution. `place` is where in the code it stands, -1 before the first opcode. */
type Machine = {
  readonly program: Program;
  readonly host: Host;
  readonly intern: InternTable;
  readonly state: StateCache;
  readonly stack: BigInt64Array;
  /** Two numbers per open call: where to go on, and the caller's frame. */
  readonly frames: Int32Array;
  readonly memory: Map<number, bigint>;
  /** Words of the constants used so far; -1 while unknown. */
  readonly constants: BigInt64Array;
  readonly events: Event[];
  readonly logs: string[];
  gas: number;
  place: number;
  height: number;
};

function createMachine(program: Program, gasLimit: number, host: Host): Machine {
  if (!Number.isSafeInteger(gasLimit) || gasLimit < 0) throw new Error(`not a gas limit: ${gasLimit}`);
  const intern = createInternTable();
  return {
    program,
    host,
    intern,
    state: createStateCache(program.artifact.storage, host, intern),
    stack: new BigInt64Array(program.stackWords),
    frames: new Int32Array(2 * program.callDepth),
    memory: new Map(),
    constants: new BigInt64Array(program.artifact.constants.length).fill(-1n),
    events: [],
    logs: [],
    gas: gasLimit,
    place: -1,
    height: 0,
  };
}

// ---- before and after the first opcode

/** Arguments and access; puts the arguments on the stack. */
function begin(machine: Machine, call: Call): Entry {
  const entry = machine.program.entries.get(call.entry);
  if (entry === undefined) return trap('BadArgument', `there is no entry point ${call.entry}`);
  spend(machine, entryGas(entry));
  pushArguments(machine, entry, call.args);
  checkAccess(entry, machine.host);
  return entry;
}

function pushArguments(machine: Machine, entry: Entry, args: readonly AbiValue[]): void {
  if (args.length !== entry.params.length)
    trap('BadArgument', `${entry.name} takes ${entry.params.length} arguments, not ${args.length}`);
  let at = 0;
  for (const [index, param] of entry.params.entries()) {
    const flat = flatten(param.type, args[index]!);
    if (!flat.ok) trap('BadArgument', `${param.name}: ${flat.message}`);
    const types = wordsOf(param.type);
    for (const [which, value] of flat.value.entries())
      machine.stack[at++] = internedWord(machine, types[which]!, value);
  }
}

/** Views have no caller; everyone else meets the access clause. */
function checkAccess({ kind, name, access }: Entry, host: Host): void {
  if (kind === 'view') return;
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

function succeed(machine: Machine, entry: Entry, gasLimit: number): Outcome {
  const types = machine.program.halts.get(machine.place) ?? wordsOf(entry.result);
  const base = machine.height - types.length;
  const stack = types.map((type, index) => valueOfWord(machine.intern, type, machine.stack[base + index]!));
  const halted = wordsOf(entry.result).length === 0;
  return {
    ok: true,
    result: unflatten(entry.result, halted ? [] : stack),
    stack,
    gasUsed: gasLimit - machine.gas,
    events: machine.events,
    logs: machine.logs,
    writes: writesOf(machine.state),
  };
}

function locate({ program, place }: Machine, { kind, message }: Pick<Trap, 'kind' | 'message'>): Trap {
  if (place < 0) return { kind, message, function: -1, instruction: -1, position: null };
  const fn = program.functionOf[place]!;
  const instruction = program.instructionOf[place]!;
  const position = program.artifact.functions[fn]?.positions[instruction] ?? null;
  return { kind, message, function: fn, instruction, position };
}

// ---- the loop

/**
 * Runs a function whose parameters stand at the bottom of the stack, to its `Return` or a `Halt`. The cases are the
 * code bytes of `opcodes.ts`; numbers, because then the engine makes a jump table of them.
 */
function run(machine: Machine, fn: number): void {
  const { program, stack, frames } = machine;
  const { code, wide, starts, paramCounts, localCounts } = program;
  let pc = starts[fn]!;
  let frame = 0;
  let top = localCounts[fn]! - 1;
  let depth = 0;
  let gas = machine.gas;
  try {
    for (;;) {
      switch (code[pc]!) {
        case 0x100: // CHARGE
          gas -= code[pc + 1]!;
          if (gas < 0) outOfGas();
          pc += 2;
          continue;
        case 0x00: // Nop
          pc += 1;
          continue;
        case 0x01: // Push
          stack[++top] = wide[code[pc + 1]!]!;
          pc += 2;
          continue;
        case 0x02: // PushBool
          stack[++top] = code[pc + 1] === 1 ? 1n : 0n;
          pc += 2;
          continue;
        case 0x03: // PushConst
          stack[++top] = constantWord(machine, code[pc + 1]!);
          pc += 2;
          continue;
        case 0x04: // Pop
          top -= 1;
          pc += 1;
          continue;
        case 0x05: // Dup
          stack[top + 1] = stack[top]!;
          top += 1;
          pc += 1;
          continue;
        case 0x06: {
          // Swap
          const word = stack[top]!;
          stack[top] = stack[top - 1]!;
          stack[top - 1] = word;
          pc += 1;
          continue;
        }
        case 0x07: // LocalGet
          stack[++top] = stack[frame + code[pc + 1]!]!;
          pc += 2;
          continue;
        case 0x08: // LocalSet
          stack[frame + code[pc + 1]!] = stack[top--]!;
          pc += 2;
          continue;
        case 0x10: {
          // Add
          const a = stack[top - 1]!;
          const b = stack[top]!;
          const sum = BigInt.asIntN(64, a + b);
          if (((a ^ sum) & (b ^ sum)) < 0n) overflow();
          stack[--top] = sum;
          pc += 1;
          continue;
        }
        case 0x11: {
          // Sub
          const a = stack[top - 1]!;
          const b = stack[top]!;
          const difference = BigInt.asIntN(64, a - b);
          if (((a ^ b) & (a ^ difference)) < 0n) overflow();
          stack[--top] = difference;
          pc += 1;
          continue;
        }
        case 0x12: {
          // Mul
          stack[top - 1] = product(stack[top - 1]!, stack[top]!);
          top -= 1;
          pc += 1;
          continue;
        }
        case 0x13: {
          // Div
          const divisor = stack[top]!;
          if (divisor === 0n) trap('DivisionByZero', 'Division by zero');
          if (divisor === -1n && stack[top - 1] === LEAST) overflow();
          stack[top - 1] = BigInt.asIntN(64, stack[top - 1]! / divisor);
          top -= 1;
          pc += 1;
          continue;
        }
        case 0x14: {
          // Mod
          const divisor = stack[top]!;
          if (divisor === 0n) trap('DivisionByZero', 'Modulo by zero');
          stack[top - 1] = BigInt.asIntN(64, stack[top - 1]! % divisor);
          top -= 1;
          pc += 1;
          continue;
        }
        case 0x15: // MulDiv
          top -= 2;
          stack[top] = mulDiv(stack[top]!, stack[top + 1]!, stack[top + 2]!);
          pc += 1;
          continue;
        case 0x20: // Equal
          top -= 1;
          stack[top] = stack[top] === stack[top + 1] ? 1n : 0n;
          pc += 1;
          continue;
        case 0x21: // NotEqual
          top -= 1;
          stack[top] = stack[top] === stack[top + 1] ? 0n : 1n;
          pc += 1;
          continue;
        case 0x22: // GreaterThan
          top -= 1;
          stack[top] = stack[top]! > stack[top + 1]! ? 1n : 0n;
          pc += 1;
          continue;
        case 0x23: // LessThan
          top -= 1;
          stack[top] = stack[top]! < stack[top + 1]! ? 1n : 0n;
          pc += 1;
          continue;
        case 0x24: // And
          top -= 1;
          stack[top] = BigInt.asIntN(64, stack[top]! & stack[top + 1]!);
          pc += 1;
          continue;
        case 0x25: // Or
          top -= 1;
          stack[top] = BigInt.asIntN(64, stack[top]! | stack[top + 1]!);
          pc += 1;
          continue;
        case 0x26: // Not
          stack[top] = stack[top] === 0n ? 1n : 0n;
          pc += 1;
          continue;
        case 0x30: // Jump
          pc = code[pc + 1]!;
          continue;
        case 0x31: // JumpIf
          pc = stack[top--] === 0n ? pc + 2 : code[pc + 1]!;
          continue;
        case 0x32: {
          // Call
          const callee = code[pc + 1]!;
          frames[depth++] = pc + 2;
          frames[depth++] = frame;
          frame = top + 1 - paramCounts[callee]!;
          top = frame + localCounts[callee]! - 1;
          pc = starts[callee]!;
          continue;
        }
        case 0x33: {
          // Return
          const results = code[pc + 1]!;
          stack.copyWithin(frame, top + 1 - results, top + 1);
          top = frame + results - 1;
          if (depth === 0) {
            machine.height = top + 1;
            return;
          }
          frame = frames[--depth]!;
          pc = frames[--depth]!;
          continue;
        }
        case 0x34: // Halt
          machine.height = top + 1;
          return;
        case 0x35: // LoopEnter
          stack[frame + code[pc + 1]!] = 0n;
          pc += 2;
          continue;
        case 0x36: {
          // LoopBack
          const counter = frame + code[pc + 1]!;
          const turns = stack[counter]!;
          if (turns >= wide[code[pc + 2]!]!) trap('LoopBound', `the loop has made its ${turns} turns`);
          stack[counter] = BigInt.asIntN(64, turns + 1n);
          pc = code[pc + 3]!;
          continue;
        }
        case 0x37: // Revert
          trap('Requirement', textConstant(program, code[pc + 1]!));
          continue;
        case 0x38: // Guard
          trap('Guard', textConstant(program, code[pc + 1]!));
          continue;
        default: {
          const row = rowOf(opOfCode(code[pc]!)!);
          machine.place = pc;
          machine.gas = gas;
          top = runRare(machine, top);
          gas = machine.gas;
          if (gas < 0) outOfGas();
          pc += 1 + row.operands.length + (code[pc] === 0x52 ? 1 : 0);
        }
      }
    }
  } finally {
    machine.place = pc;
    machine.gas = gas;
  }
}

/** The opcodes whose work outweighs a function call: takes the top of the stack, gives the new one. */
function runRare(machine: Machine, top: number): number {
  const { program, stack, host } = machine;
  const { code } = program;
  const pc = machine.place;
  const operand = code[pc + 1]!;
  switch (code[pc]!) {
    case 0x16: // MulDivUp
      stack[top - 2] = mulDivUp(stack[top - 2]!, stack[top - 1]!, stack[top]!);
      return top - 2;
    case 0x17: // Isqrt
      stack[top] = squareRoot(stack[top]!);
      return top;
    case 0x18: // Pow
      stack[top - 1] = power(stack[top - 1]!, stack[top]!);
      return top - 1;
    case 0x40: // Store
      machine.memory.set(operand, stack[top]!);
      return top - 1;
    case 0x41: // Load
      stack[top + 1] = machine.memory.get(operand) ?? missing(program, operand);
      return top + 1;
    case 0x48: // StateGet
    case 0x49: // StateSet
    case 0x4a: // StateHas
    case 0x4b: // StateAdd
    case 0x4c: // StateRemove
      return runStorage(machine, top);
    case 0x50: // TextConcat
      stack[top - 1] = concat(machine, stack[top - 1]!, stack[top]!);
      return top - 1;
    case 0x51: {
      // TextLength
      const length = contentBytes(valueOfWord(machine.intern, 'text', stack[top]!));
      machine.gas -= chunkGas(length);
      stack[top] = BigInt(length);
      return top;
    }
    case 0x52: // Hash
      stack[top] = hashWord(machine, HASHED_TYPES[operand]!, stack[top]!);
      return top;
    case 0x60: // GetCaller
      stack[top + 1] = internedWord(machine, 'did', host.env.caller ?? '');
      return top + 1;
    case 0x61: // GetCreator
      stack[top + 1] = internedWord(machine, 'did', host.env.creator);
      return top + 1;
    case 0x62: // GetSelf
      stack[top + 1] = internedWord(machine, 'did', host.env.self);
      return top + 1;
    case 0x63: // GetTimestamp
      stack[top + 1] = host.env.time;
      return top + 1;
    case 0x64: // GetBlockNumber
      stack[top + 1] = host.env.block;
      return top + 1;
    case 0x65: // EmitEvent
      return emitEvent(machine, operand, top);
    case 0x66: {
      // Log
      const line = textConstant(program, operand);
      machine.gas -= chunkGas(contentBytes(line));
      machine.logs.push(line);
      return top;
    }
    default:
      return callHost(machine, opOfCode(code[pc]!)!, top);
  }
}

function runStorage(machine: Machine, top: number): number {
  const { stack, state, program } = machine;
  const { code } = program;
  const op = code[machine.place]!;
  const slot = code[machine.place + 1]!;
  const field = code[machine.place + 2]!;
  const count = program.artifact.storage[slot]!.keys.length;
  const base = top + 1 - count - (op === 0x49 ? 1 : 0);
  const entry = entryAt(state, slot, stack, base);
  let height = base;
  if (op === 0x48) stack[height++] = readLeaf(state, entry, field);
  else if (op === 0x4a) stack[height++] = readLeaf(state, entry, PRESENCE);
  else if (op === 0x4c) clearEntry(state, entry);
  else markPresent(state, entry);
  if (op === 0x49) writeLeaf(state, entry, field, stack[top]!);
  machine.gas -= state.gas;
  state.gas = 0;
  return height - 1;
}

function emitEvent(machine: Machine, index: number, top: number): number {
  const shape = machine.program.artifact.events[index]!;
  const types = machine.program.eventWords[index]!;
  const base = top + 1 - types.length;
  const values = types.map((type, which) => valueOfWord(machine.intern, type, machine.stack[base + which]!));
  machine.gas -= chunkGas(values.reduce<number>((sum, value) => sum + contentBytes(value), 0));
  let from = 0;
  const fields = shape.fields.map(({ name, type }) => {
    const count = wordsOf(type).length;
    from += count;
    return { name, value: unflatten(type, values.slice(from - count, from)) };
  });
  machine.events.push({ source: machine.host.env.self, name: shape.name, fields });
  return base - 1;
}

/** A host opcode: arguments out, results in, refusals as traps. A host that breaks its row is a bug of ours. */
function callHost(machine: Machine, op: OpName, top: number): number {
  const row = rowOf(op);
  if (row.host === undefined || row.stack === 'dynamic')
    throw new Error(`the interpreter does not know ${op}`);
  const { pops, pushes } = row.stack;
  const base = top + 1 - pops.length;
  const args = pops.map((type, index) => valueOfWord(machine.intern, type, machine.stack[base + index]!));
  const answer = machine.host.call(op, operandsOf(machine), args);
  if (!answer.ok) return trap(answer.kind, answer.message);
  const gas = answer.gas ?? 0;
  if (!Number.isSafeInteger(gas) || gas < 0 || gas > row.host.gasMax)
    throw new Error(`${op} answered with ${gas} gas`);
  if (answer.values.length !== pushes.length)
    throw new Error(`${op} answered with ${answer.values.length} values`);
  machine.gas -= gas;
  machine.events.push(...(answer.events ?? []));
  for (const [index, type] of pushes.entries()) {
    const value = answer.values[index]!;
    const wrong = wordError(type, value);
    if (wrong !== null) throw new Error(`the answer of ${op} ${wrong}`);
    machine.stack[base + index] = internedWord(machine, type, value);
  }
  return base + pushes.length - 1;
}

function operandsOf({ program, place }: Machine): readonly Operand[] {
  const fn = program.artifact.functions[program.functionOf[place]!]!;
  return fn.code[program.instructionOf[place]!]!.operands;
}

// ---- words

const LEAST = -(2n ** 63n);

function product(a: bigint, b: bigint): bigint {
  const exact = a * b;
  const word = BigInt.asIntN(64, exact);
  return word === exact ? word : overflow();
}

/** a * b / c toward negative infinity. */
function mulDiv(a: bigint, b: bigint, c: bigint): bigint {
  if (c <= 0n) trap('DivisionByZero', 'the divisor of mul_div is not positive');
  const exact = a * b;
  const quotient = exact / c - (exact < 0n && exact % c !== 0n ? 1n : 0n);
  return BigInt.asIntN(64, quotient) === quotient ? quotient : overflow();
}

/** a * b / c toward positive infinity. */
function mulDivUp(a: bigint, b: bigint, c: bigint): bigint {
  if (c <= 0n) trap('DivisionByZero', 'the divisor of mul_div is not positive');
  const exact = a * b;
  const quotient = exact / c + (exact > 0n && exact % c !== 0n ? 1n : 0n);
  return BigInt.asIntN(64, quotient) === quotient ? quotient : overflow();
}

/** The largest integer whose square is at most `a`: Newton's steps from above. */
function squareRoot(a: bigint): bigint {
  if (a < 0n) trap('Overflow', 'isqrt of a negative number');
  if (a === 0n) return 0n;
  let root = 1n << BigInt((a.toString(2).length + 1) >> 1);
  for (let next = (root + a / root) >> 1n; next < root; next = (root + a / root) >> 1n) root = next;
  return root;
}

const POWER_MAX = 63n;

function power(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) trap('Overflow', 'pow with a negative exponent');
  if (base >= -1n && base <= 1n) return exponent === 0n ? 1n : exponent % 2n === 0n ? base * base : base;
  const exact = exponent > POWER_MAX ? overflow() : base ** exponent;
  return BigInt.asIntN(64, exact) === exact ? exact : overflow();
}

function internedWord(machine: Machine, type: WordType, value: Value): bigint {
  return (
    wordOf(machine.intern, type, value) ?? trap('LimitReached', 'too many longer values in one execution')
  );
}

function constantWord(machine: Machine, index: number): bigint {
  const known = machine.constants[index]!;
  const { type, value } = machine.program.artifact.constants[index]!;
  if (typeof value === 'bigint') return value;
  if (known >= 0n) return known;
  const word = internedWord(machine, type, value);
  machine.constants[index] = word;
  return word;
}

function textConstant(program: Program, index: number): string {
  return program.artifact.constants[index]!.value as string;
}

function missing(program: Program, index: number): never {
  return trap('MissingValue', `nothing is stored in ${JSON.stringify(textConstant(program, index))}`);
}

function concat(machine: Machine, a: bigint, b: bigint): bigint {
  const text = `${valueOfWord(machine.intern, 'text', a)}${valueOfWord(machine.intern, 'text', b)}`;
  const length = contentBytes(text);
  if (length > LIMITS.textBytes) trap('LimitReached', `a text has at most ${LIMITS.textBytes} bytes`);
  machine.gas -= chunkGas(length);
  return internedWord(machine, 'text', text);
}

function hashWord(machine: Machine, type: WordType, word: bigint): bigint {
  const value = valueOfWord(machine.intern, type, word);
  const content = typeof value === 'string' ? utf8(value) : (value as Uint8Array);
  machine.gas -= hashGas(content.length);
  return internedWord(machine, 'hash', sha256(content));
}

function spend(machine: Machine, gas: number): void {
  if (machine.gas < gas) outOfGas();
  machine.gas -= gas;
}

function outOfGas(): never {
  return trap('OutOfGas', 'the gas limit was reached');
}

function overflow(): never {
  return trap('Overflow', 'the result does not fit in 64 bits');
}
