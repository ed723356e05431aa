/**
 * The opcodes whose work outweighs a function call, for both tiers: storage, text, hashing, events and everything that
 * the host answers. Operands and results lie on the machine's stack; gas beyond the static gas is taken from the
 * machine's.
 */
import { wordError, wordsOf } from './abi.ts';
import type { Operand } from './artifact.ts';
import { utf8 } from './codec.ts';
import { sha256 } from './did.ts';
import { chunkGas, hashGas } from './gas.ts';
import { contentBytes, valueOfWord } from './intern.ts';
import { LIMITS } from './limits.ts';
import { internedWord, type Machine, overflow, textConstant, typedValue } from './machine.ts';
import { type OpName, opOfCode, rowOf } from './opcodes.ts';
import { HASHED_TYPES, type Program } from './program.ts';
import { clearEntry, entryAt, markPresent, readLeaf, writeLeaf } from './state.ts';
import { PRESENCE } from './storage.ts';
import { trap } from './traps.ts';
import type { WordType } from './value.ts';

/** Runs the opcode at the machine's place: takes the top of the stack, gives the new one. */
export function runRare(machine: Machine, top: number): number {
  const { program, stack, host } = machine;
  const { code } = program;
  const pc = machine.place;
  const operand = code[pc + 1]!;
  switch (code[pc]!) {
    case 0x15: // MulDiv
      stack[top - 2] = mulDiv(stack[top - 2]!, stack[top - 1]!, stack[top]!);
      return top - 2;
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
    const value = typedValue(type, values.slice(from - count, from), `${shape.name}.${name}`);
    return { name, value };
  });
  machine.events.push({ source: machine.host.env.self, name: shape.name, fields });
  return base - 1;
}

/** A host opcode: arguments out, results in, refusals as traps. A host that breaks its row is a bug of ours. */
function callHost(machine: Machine, op: OpName, top: number): number {
  const row = rowOf(op);
  if (row.host === undefined || row.stack === 'dynamic')
    throw new Error(`the virtual machine does not know ${op}`);
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

/** The word of a constant, interned at its first use. */
export function constantWord(machine: Machine, index: number): bigint {
  const known = machine.constants[index]!;
  const { type, value } = machine.program.artifact.constants[index]!;
  if (typeof value === 'bigint') return value;
  if (known >= 0n) return known;
  const word = internedWord(machine, type, value);
  machine.constants[index] = word;
  return word;
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
