/**
 * The opcodes whose work outweighs a function call, for both tiers: storage, text, hashing, events and everything that
 * the host answers. Operands and results lie on the machine's stack; gas beyond the static gas is taken from the
 * machine's.
 */
import { fieldsOf, wordError } from './abi.ts';
import type { Operand } from './artifact.ts';
import { taggedContent } from './canonical.ts';
import { utf8 } from './codec.ts';
import { sha256 } from './did.ts';
import { addEvents, addEventWords, eventOf, takesAllWords } from './events.ts';
import { chunkGas, eventGas, hashGas, listGas } from './gas.ts';
import { contentBytes, valueOfWord, wordBytes, wordOfList, wordsOfList } from './intern.ts';
import { LIMITS } from './limits.ts';
import { listShape } from './list.ts';
import { internedWord, type Machine, overflow, textConstant } from './machine.ts';
import { formatValue } from './notation.ts';
import { type OpName, opOfCode, rowOf } from './opcodes.ts';
import { callContract, findContract } from './outgoing.ts';
import type { Program } from './program.ts';
import { clearEntry, entryAt, markPresent, readLeaf, writeLeaf } from './state.ts';
import { PRESENCE } from './storage.ts';
import { failWith, trap } from './traps.ts';
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
    case 0x3a: // FindContract
      return findContract(machine, operand, top);
    case 0x3b: // CallContract
      return callContract(machine, operand, top);
    case 0x40: // Store
      machine.memory ??= new Map();
      machine.memory.set(operand, stack[top]!);
      return top - 1;
    case 0x41: // Load
      stack[top + 1] = machine.memory?.get(operand) ?? missing(program, operand);
      return top + 1;
    case 0x48: // StateGet
    case 0x49: // StateSet
    case 0x4a: // StateHas
    case 0x4b: // StateAdd
    case 0x4c: // StateRemove
      return runStorage(machine, top);
    case 0x39: // Fail
      return fail(machine, operand, top);
    case 0x50: // Concat
      stack[top - 1] = concat(machine, program.types[operand]!, stack[top - 1]!, stack[top]!);
      return top - 1;
    case 0x51: // Length
      stack[top] = lengthOf(machine, program.types[operand]!, stack[top]!);
      return top;
    case 0x52: // Hash
      stack[top] = hashWord(
        machine,
        textConstant(program, operand),
        program.types[code[pc + 2]!]!,
        stack[top]!,
      );
      return top;
    case 0x53: // At
      stack[top - 1] = wordAt(machine, program.types[code[pc + 2]!]!, stack[top - 1]!, stack[top]!, operand);
      return top - 1;
    case 0x54: // ListAdd
      return addToList(machine, program.types[operand]!, top);
    case 0x55: // CheckIndex
      checkIndex(stack[top - 1]!, stack[top]!);
      return top - 1;
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
  const entry = entryAt(state, slot, base);
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
  const { program, intern, stack, host } = machine;
  const types = program.eventWords[index]!;
  const base = top + 1 - types.length;
  let bytes = 0;
  for (const [which, type] of types.entries()) bytes += wordBytes(intern, type, stack[base + which]!);
  machine.gas -= eventGas(types.length, bytes);
  // A field that holds no variant of its type must trap here, not when someone reads the event.
  if (!takesAllWords(program.artifact.events[index]!))
    eventOf(program, intern, host.env.self, index, stack, base);
  addEventWords(machine.events, index, stack, base, top + 1);
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
  addEvents(machine.events, answer.events ?? []);
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

// ---- text, bytes, lists

function concat(machine: Machine, type: WordType, a: bigint, b: bigint): bigint {
  const [left, right] = [valueOfWord(machine.intern, type, a), valueOfWord(machine.intern, type, b)];
  const joined = typeof left === 'string' ? left + right : joinBytes(left as Uint8Array, right as Uint8Array);
  const length = contentBytes(joined);
  const what = type === 'text' ? 'a text has' : 'bytes are';
  if (length > LIMITS.textBytes)
    trap('LimitReached', `${what} at most ${LIMITS.textBytes}${type === 'text' ? ' bytes' : ''}`);
  machine.gas -= chunkGas(length);
  return internedWord(machine, type, joined);
}

function joinBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  const joined = new Uint8Array(left.length + right.length);
  joined.set(left);
  joined.set(right, left.length);
  return joined;
}

function lengthOf(machine: Machine, type: WordType, word: bigint): bigint {
  const shape = listShape(type);
  if (shape !== null) return BigInt(wordsOfList(machine.intern, type, word).length / shape.words.length);
  const length = wordBytes(machine.intern, type, word);
  machine.gas -= chunkGas(length);
  return BigInt(length);
}

function wordAt(machine: Machine, type: WordType, word: bigint, index: bigint, part: number): bigint {
  const shape = listShape(type);
  if (shape === null) {
    const bytes = valueOfWord(machine.intern, type, word) as Uint8Array;
    checkIndex(index, BigInt(bytes.length));
    return BigInt(bytes[Number(index)]!);
  }
  const width = shape.words.length;
  const words = wordsOfList(machine.intern, type, word);
  checkIndex(index, BigInt(words.length / width));
  return words[Number(index) * width + part]!;
}

/** The words of the new element stand on top of the list. */
function addToList(machine: Machine, type: WordType, top: number): number {
  const { capacity, words: types } = listShape(type)!;
  const base = top - types.length;
  const words = wordsOfList(machine.intern, type, machine.stack[base]!);
  if (words.length >= capacity * types.length)
    trap('LimitReached', `the list holds at most ${capacity} elements`);
  const longer = [...words, ...machine.stack.subarray(base + 1, top + 1)];
  machine.gas -= listGas(longer.length);
  machine.stack[base] =
    wordOfList(machine.intern, type, longer) ??
    trap('LimitReached', 'too many longer values in one execution');
  return base;
}

function checkIndex(index: bigint, length: bigint): void {
  if (index >= 0n && index < length) return;
  const last = length === 1n ? 'there is one element, with index 0' : `indices go from 0 to ${length - 1n}`;
  trap('IndexOutOfRange', `there is no index ${index}: ${length <= 0n ? 'there are no elements' : last}`);
}

function hashWord(machine: Machine, tag: string, type: WordType, word: bigint): bigint {
  const value = valueOfWord(machine.intern, type, word);
  const content =
    tag === ''
      ? typeof value === 'string'
        ? utf8(value)
        : (value as Uint8Array)
      : taggedContent(tag, type, value);
  machine.gas -= hashGas(content.length);
  return internedWord(machine, 'hash', sha256(content));
}

// ---- errors

/** Ends the execution with a declared error, whose words stand on top of the stack. */
function fail(machine: Machine, index: number, top: number): never {
  const { program, intern, stack } = machine;
  const { name, fields: shapes } = program.artifact.errors[index]!;
  const types = program.errorWords[index]!;
  const base = top + 1 - types.length;
  const values = types.map((type, at) => valueOfWord(intern, type, stack[base + at]!));
  const fields = fieldsOf(name, shapes, values);
  const { currencies } = program.artifact;
  const shown = fields.map(
    (field, at) => `${field.name}: ${formatValue(shapes[at]!.type, field.value, currencies)}`,
  );
  return failWith({ name, fields }, shown.length === 0 ? name : `${name}(${shown.join(', ')})`);
}
