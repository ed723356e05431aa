/**
 * One function of a program in, its body in WebAssembly out. Locals and stack slots become locals; what the operand
 * stack holds is known while compiling (`Operand`), so a constant or a local is used where it is needed and only results
 * are kept in slots. Jumps leave blocks, loops are loops, and every trap leaves the outermost block with its code.
 */
import { chunkGas } from '../gas.ts';
import { listShape } from '../list.ts';
import { type OpName, opOfCode, rowOf } from '../opcodes.ts';
import { CHARGE, lengthAt, type Program } from '../program.ts';
import { WRITTEN } from '../state.ts';
import type { PlainWord } from '../value.ts';
import {
  type Encoder,
  emit,
  emitI32,
  emitI64,
  emitMemory,
  emitUint,
  emitWith,
  fill,
  reserve,
  TYPE,
  WASM,
} from './encoder.ts';
import { ENVIRONMENT_OPS, type Layout, UNKNOWN } from './layout.ts';
import { extentOf, NO_LOOP, type Shape } from './shape.ts';
import { type Failure, failureCode } from './traps.ts';

/** Indices that the module gives to what bodies use; the function of the program with index 0 has index `functions`. */
export type Links = {
  readonly rare: number;
  readonly known: number;
  readonly fail: number;
  readonly halt: number;
  readonly mulOverflows: number;
  readonly functions: number;
  readonly gas: number;
  readonly metering: Metering;
  /** Filled while compiling: by place of a trap, gas that is spent there and not yet taken from the counter. */
  readonly owed: Map<number, number>;
};

/**
 * `checked`: gas may run out. `counted`: the limit is no less than the bound of the entry point, which validation has
 * recomputed, so it cannot, and is only counted.
 */
export type Metering = 'checked' | 'counted';

export const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** `slot` is the local of a stack slot, `local` one of the function's. */
type Simple =
  | { readonly kind: 'const'; readonly value: bigint }
  | { readonly kind: 'local'; readonly local: number }
  | { readonly kind: 'slot'; readonly slot: number };
/** A comparison that was not made yet; only on top of the stack. */
type Test = {
  readonly kind: 'test';
  readonly test: keyof typeof OPPOSITE;
  readonly a: Simple;
  readonly b: Simple;
};
type Operand = Simple | Test;

type Body = {
  readonly out: Encoder;
  readonly program: Program;
  readonly layout: Layout;
  readonly links: Links;
  readonly params: number;
  readonly owned: number;
  /** By place of a target, and of the first turn of a loop: the number of its label, counted from the outside. */
  readonly blocks: Map<number, number>;
  readonly loops: Map<number, number>;
  /** By place of a target: the height of the stack there. */
  readonly heights: Map<number, number>;
  readonly shape: Shape;
  stack: Operand[];
  /** False in code that nothing reaches. */
  live: boolean;
  depth: number;
  slots: number;
  pc: number;
  /** Gas spent on every way to here and not yet taken from the counter; 0 where gas is checked. */
  owed: number;
};

const TEMPS = 2;

/** Writes locals and code; the size in front of them is the caller's. */
export function emitBody(
  out: Encoder,
  program: Program,
  layout: Layout,
  links: Links,
  fn: number,
  shape: Shape,
): void {
  const { paramCounts, localCounts, code } = program;
  const [first, end] = extentOf(program, fn);
  const body: Body = {
    out,
    program,
    layout,
    links,
    params: paramCounts[fn]!,
    owned: localCounts[fn]!,
    blocks: new Map(),
    loops: new Map(),
    heights: new Map(),
    shape,
    stack: [],
    live: true,
    depth: 0,
    slots: 0,
    pc: first,
    owed: 0,
  };
  emitUint(out, 1);
  const count = reserve(out);
  emit(out, TYPE.i64);
  emitWith(out, WASM.globalGet, links.gas);
  setGas(body);
  emit(out, WASM.block, TYPE.i32);
  body.depth += 1;
  openBlocks(body, NO_LOOP);
  for (; body.pc < end; body.pc += lengthAt(code, body.pc)) {
    if (body.blocks.has(body.pc)) arrive(body);
    step(body);
  }
  emit(out, WASM.unreachable, WASM.end);
  getGas(body);
  emitWith(out, WASM.call, links.fail);
  emit(out, WASM.unreachable, WASM.end);
  fill(out, count, body.owned - body.params + TEMPS + body.slots);
}

// ---- one instruction

function step(body: Body): void {
  const { code } = body.program;
  const { pc } = body;
  if (code[pc] === CHARGE) {
    if (body.live) charge(body, code[pc + 1]!);
    return;
  }
  const op = opOfCode(code[pc]!)!;
  // Loops stand in dead code too, so that what opens there also closes.
  if (op === 'LoopEnter') enterLoop(body, code[pc + 1]!);
  else if (op === 'LoopBack') closeLoop(body);
  else if (body.live) emitLive(body, op, code[pc + 1]!);
}

function emitLive(body: Body, op: OpName, operand: number): void {
  const top = body.stack.at(-1);
  if (top?.kind === 'test' && op !== 'Not' && op !== 'JumpIf') settle(body, body.stack.length - 1);
  if (emitStack(body, op, operand) || emitWords(body, op) || emitControl(body, op, operand)) return;
  const { storage } = body.program.artifact;
  const plain = storage[operand]?.keys.length === 0;
  if (op === 'StateGet' && plain) emitPlainGet(body, operand);
  else if (op === 'StateSet' && plain) emitPlainSet(body, operand);
  else emitRare(body, op, operand);
}

/** Gas of a block. Where it is only counted, blocks that follow each other are counted together. */
function charge(body: Body, gas: number): void {
  body.owed += gas;
  if (body.links.metering === 'counted') return;
  settleGas(body);
  failUnlessGasLeft(body);
}

/** Takes what is owed from the counter. */
function settleGas(body: Body): void {
  takeOwed(body);
  body.owed = 0;
}

function takeOwed(body: Body): void {
  if (body.owed === 0) return;
  getGas(body);
  emitI64(body.out, BigInt(body.owed));
  emit(body.out, WASM.i64Sub);
  setGas(body);
}

/** Moving words about; false when the opcode does something else. */
function emitStack(body: Body, op: OpName, operand: number): boolean {
  const { stack, program } = body;
  switch (op) {
    case 'Nop':
      return true;
    case 'Push':
      stack.push({ kind: 'const', value: program.wide[operand]! });
      return true;
    case 'PushBool':
      stack.push({ kind: 'const', value: BigInt(operand) });
      return true;
    case 'PushConst': {
      const { value } = program.artifact.constants[operand]!;
      if (typeof value === 'bigint') stack.push({ kind: 'const', value });
      else if (typeof value === 'boolean') stack.push({ kind: 'const', value: value ? 1n : 0n });
      else pushKnown(body, operand);
      return true;
    }
    case 'GetCaller':
    case 'GetCreator':
    case 'GetSelf':
    case 'GetTimestamp':
    case 'GetBlockNumber':
      pushKnown(body, program.artifact.constants.length + ENVIRONMENT_OPS.indexOf(op));
      return true;
    case 'Pop':
      stack.pop();
      return true;
    case 'Dup': {
      const top = stack.at(-1) as Simple;
      if (top.kind !== 'slot') stack.push(top);
      else {
        get(body, top);
        pushResult(body);
      }
      return true;
    }
    case 'Swap':
      swap(body);
      return true;
    case 'LocalGet':
      stack.push({ kind: 'local', local: operand });
      return true;
    case 'LocalSet':
      setLocal(body, operand);
      return true;
    default:
      return false;
  }
}

function swap(body: Body): void {
  const { stack, out } = body;
  const above = stack.pop() as Simple;
  const below = stack.pop() as Simple;
  if (above.kind !== 'slot' && below.kind !== 'slot') {
    stack.push(above, below);
    return;
  }
  const height = stack.length;
  get(body, below);
  get(body, above);
  emitWith(out, WASM.localSet, slotAt(body, height));
  emitWith(out, WASM.localSet, slotAt(body, height + 1));
  stack.push({ kind: 'slot', slot: height }, { kind: 'slot', slot: height + 1 });
}

function setLocal(body: Body, local: number): void {
  const value = body.stack.pop() as Simple;
  // What was pushed from this local is the old value.
  for (const [at, operand] of body.stack.entries())
    if (operand.kind === 'local' && operand.local === local) settle(body, at);
  get(body, value);
  emitWith(body.out, WASM.localSet, local);
}

/** Arithmetic, comparison and logic. */
function emitWords(body: Body, op: OpName): boolean {
  const { stack } = body;
  switch (op) {
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'Mod': {
      const b = stack.pop() as Simple;
      const a = stack.pop() as Simple;
      ARITHMETIC[op](body, a, b);
      pushResult(body);
      return true;
    }
    case 'Equal':
    case 'NotEqual':
    case 'GreaterThan':
    case 'LessThan': {
      const b = stack.pop() as Simple;
      const a = stack.pop() as Simple;
      stack.push({ kind: 'test', test: op, a, b });
      return true;
    }
    case 'And':
    case 'Or': {
      const b = stack.pop() as Simple;
      const a = stack.pop() as Simple;
      get(body, a);
      get(body, b);
      emit(body.out, op === 'And' ? WASM.i64And : WASM.i64Or);
      pushResult(body);
      return true;
    }
    case 'Not': {
      const { test, a, b } = asTest(stack.pop()!);
      stack.push({ kind: 'test', test: OPPOSITE[test], a, b });
      return true;
    }
    default:
      return false;
  }
}

function emitControl(body: Body, op: OpName, operand: number): boolean {
  const { out, stack, links } = body;
  switch (op) {
    case 'Jump':
      settleGas(body);
      leaveFor(body, operand);
      emitWith(out, WASM.br, body.depth - 1 - body.blocks.get(operand)!);
      body.live = false;
      return true;
    case 'JumpIf': {
      const test = asTest(stack.pop()!);
      leaveFor(body, operand);
      emitTest(body, test);
      branchTo(body, operand);
      return true;
    }
    case 'Call':
      emitCall(body, operand);
      return true;
    case 'Return':
      settleGas(body);
      for (const result of stack) get(body, result as Simple);
      getGas(body);
      emitWith(out, WASM.globalSet, links.gas);
      emit(out, WASM.return);
      body.live = false;
      return true;
    case 'Halt':
      settleGas(body);
      storeWords(body, stack.length);
      emitI32(out, body.pc);
      emitI32(out, stack.length);
      getGas(body);
      emitWith(out, WASM.call, links.halt);
      emit(out, WASM.unreachable);
      body.live = false;
      return true;
    case 'Revert':
    case 'Guard':
      noteOwed(body);
      emitI32(out, failureCode(body.pc, op === 'Guard' ? 'guard' : 'requirement'));
      emitWith(out, WASM.br, body.depth - 1);
      body.live = false;
      return true;
    case 'Fail':
      emitRare(body, op, operand);
      emit(out, WASM.unreachable);
      body.live = false;
      return true;
    default:
      return false;
  }
}

/** Jumps when the test on the stack of WebAssembly holds. What is owed is taken on the way that leaves. */
function branchTo(body: Body, target: number): void {
  const { out, owed } = body;
  const label = body.depth - 1 - body.blocks.get(target)!;
  if (owed === 0) {
    emitWith(out, WASM.brIf, label);
    return;
  }
  emit(out, WASM.if, TYPE.none);
  takeOwed(body);
  emitWith(out, WASM.br, label + 1);
  emit(out, WASM.end);
}

function emitCall(body: Body, callee: number): void {
  const { out, stack, links, program } = body;
  settleGas(body);
  const base = stack.length - program.paramCounts[callee]!;
  for (const argument of stack.splice(base)) get(body, argument as Simple);
  getGas(body);
  emitWith(out, WASM.globalSet, links.gas);
  emitWith(out, WASM.call, links.functions + callee);
  const results = program.artifact.functions[callee]!.results.length;
  for (let at = base + results - 1; at >= base; at--) emitWith(out, WASM.localSet, slotAt(body, at));
  for (let at = base; at < base + results; at++) stack.push({ kind: 'slot', slot: at });
  emitWith(out, WASM.globalGet, links.gas);
  setGas(body);
}

/** An opcode that JavaScript runs: operands and results cross in memory, gas beyond the static gas comes back. */
function emitRare(body: Body, op: OpName, operand: number): void {
  const { stack } = body;
  const { pops, pushes } = effectOf(body.program, op, operand);
  settleGas(body);
  callRare(body, pops);
  stack.length -= pops;
  for (let at = 0; at < pushes; at++) {
    emitI32(body.out, 0);
    emitMemory(body.out, WASM.i64Load, 3, 8 * at);
    pushResult(body);
  }
}

/** Only the call: what is on the stack stays there. */
function callRare(body: Body, pops: number): void {
  const { out, links } = body;
  storeWords(body, pops);
  getGas(body);
  emitWith(out, WASM.globalSet, links.gas);
  getGas(body);
  emitI32(out, body.pc);
  emitI32(out, pops);
  emitWith(out, WASM.call, links.rare);
  emit(out, WASM.i64ExtendI32U, WASM.i64Sub);
  setGas(body);
  failUnlessGasLeft(body);
}

/** A leaf whose place is known: read from memory when its word is, which takes no gas beyond the static gas. */
function emitPlainGet(body: Body, slot: number): void {
  const { out, layout, stack } = body;
  const field = body.program.code[body.pc + 2]!;
  const result = slotAt(body, stack.length);
  settleGas(body);
  emitI32(out, 0);
  emitMemory(out, WASM.i32Load8U, 0, layout.entryMarks[slot]! + field + 1);
  emit(out, WASM.if, TYPE.none);
  body.depth += 1;
  emitI32(out, 0);
  emitMemory(out, WASM.i64Load, 3, layout.entryWords[slot]! + 8 * (field + 1));
  emitWith(out, WASM.localSet, result);
  emit(out, WASM.else);
  callRare(body, 0);
  emitI32(out, 0);
  emitMemory(out, WASM.i64Load, 3, 0);
  emitWith(out, WASM.localSet, result);
  emit(out, WASM.end);
  body.depth -= 1;
  stack.push({ kind: 'slot', slot: stack.length });
}

/** Content of a word of these types has one size, so that writing it again costs the same gas each time. */
const FIXED_BYTES: { readonly [type in PlainWord]?: number } = { int: 8, bool: 1 };

/** A leaf whose place is known: written to memory when it was written before, so that the journal has it. */
function emitPlainSet(body: Body, slot: number): void {
  const { out, layout, stack } = body;
  const field = body.program.code[body.pc + 2]!;
  const bytes = FIXED_BYTES[body.program.artifact.storage[slot]!.fields[field] as PlainWord];
  if (bytes === undefined) {
    emitRare(body, 'StateSet', slot);
    return;
  }
  settleGas(body);
  emitI32(out, 0);
  emitMemory(out, WASM.i32Load8U, 0, layout.entryMarks[slot]! + field + 1);
  emitI32(out, WRITTEN);
  emit(out, WASM.i32Eq, WASM.if, TYPE.none);
  body.depth += 1;
  emitI32(out, 0);
  get(body, stack.at(-1) as Simple);
  emitMemory(out, WASM.i64Store, 3, layout.entryWords[slot]! + 8 * (field + 1));
  getGas(body);
  emitI64(out, BigInt(chunkGas(bytes)));
  emit(out, WASM.i64Sub);
  setGas(body);
  failUnlessGasLeft(body);
  emit(out, WASM.else);
  callRare(body, 1);
  emit(out, WASM.end);
  body.depth -= 1;
  stack.pop();
}

/** How many words an opcode takes and gives. */
function effectOf(
  { artifact, eventWords, errorWords, types, calls }: Program,
  op: OpName,
  operand: number,
): { pops: number; pushes: number } {
  const { stack } = rowOf(op);
  if (stack !== 'dynamic') return { pops: stack.pops.length, pushes: stack.pushes.length };
  const keys = artifact.storage[operand]?.keys.length ?? 0;
  switch (op) {
    case 'StateGet':
    case 'StateHas':
      return { pops: keys, pushes: 1 };
    case 'StateSet':
      return { pops: keys + 1, pushes: 0 };
    case 'StateAdd':
    case 'StateRemove':
      return { pops: keys, pushes: 0 };
    case 'Hash':
    case 'Length':
      return { pops: 1, pushes: 1 };
    case 'Concat':
    case 'At':
      return { pops: 2, pushes: 1 };
    case 'ListAdd':
      return { pops: 1 + listShape(types[operand]!)!.words.length, pushes: 1 };
    case 'Fail':
      return { pops: errorWords[operand]!.length, pushes: 0 };
    case 'EmitEvent':
      return { pops: eventWords[operand]!.length, pushes: 0 };
    case 'CallContract':
      return { pops: calls[operand]!.pops.length, pushes: calls[operand]!.pushes.length };
    default:
      throw new Error(`the compiler does not know ${op}`);
  }
}

/** Pushes a word that is interned at its first use, and lies in memory then. */
function pushKnown(body: Body, index: number): void {
  const { out, layout, links } = body;
  const slot = slotAt(body, body.stack.length);
  settleGas(body);
  const read = () => {
    emitI32(out, 0);
    emitMemory(out, WASM.i64Load, 3, layout.known + 8 * index);
  };
  read();
  emitWith(out, WASM.localTee, slot);
  emitI64(out, UNKNOWN);
  emit(out, WASM.i64Eq, WASM.if, TYPE.none);
  getGas(body);
  emitWith(out, WASM.globalSet, links.gas);
  emitI32(out, body.pc);
  emitI32(out, index);
  emitWith(out, WASM.call, links.known);
  read();
  emitWith(out, WASM.localSet, slot);
  emit(out, WASM.end);
  body.stack.push({ kind: 'slot', slot: body.stack.length });
}

// ---- blocks and loops

/** Opens the blocks whose ends are the targets directly inside a loop, or outside all loops. */
function openBlocks(body: Body, loop: number): void {
  for (const target of body.shape.targets.get(loop)!) {
    emit(body.out, WASM.block, TYPE.none);
    body.blocks.set(target, body.depth++);
  }
}

/** At a target: its block ends, and the stack is in its slots. */
function arrive(body: Body): void {
  const height = body.live ? body.stack.length : body.heights.get(body.pc);
  if (body.live) {
    settleAll(body);
    settleGas(body);
  }
  body.owed = 0;
  emit(body.out, WASM.end);
  body.depth -= 1;
  body.live = height !== undefined;
  body.stack = Array.from({ length: height ?? 0 }, (_, slot) => ({ kind: 'slot', slot }));
}

/** Before a jump to a target. */
function leaveFor(body: Body, target: number): void {
  settleAll(body);
  body.heights.set(target, body.stack.length);
}

function enterLoop(body: Body, counter: number): void {
  const { out } = body;
  if (body.live) {
    settleAll(body);
    settleGas(body);
    emitI64(out, 0n);
    emitWith(out, WASM.localSet, counter);
  }
  emit(out, WASM.loop, TYPE.none);
  body.loops.set(body.pc + 2, body.depth++);
  openBlocks(body, body.pc);
}

function closeLoop(body: Body): void {
  const { out, program, pc } = body;
  const [counter, bound, head] = program.code.subarray(pc + 1, pc + 4) as unknown as [number, number, number];
  if (body.live) {
    settleAll(body);
    failIf(body, 'turns', () => {
      emitWith(out, WASM.localGet, counter);
      emitI64(out, program.wide[bound]!);
      emit(out, WASM.i64GeS);
    });
    emitWith(out, WASM.localGet, counter);
    emitI64(out, 1n);
    emit(out, WASM.i64Add);
    emitWith(out, WASM.localSet, counter);
    settleGas(body);
    emitWith(out, WASM.br, body.depth - 1 - body.loops.get(head)!);
  }
  emit(out, WASM.end);
  body.depth -= 1;
  body.live = false;
}

// ---- traps

/** Leaves the function with a trap when the condition, which `test` writes, holds. */
function failIf(body: Body, failure: Failure, test: () => void): void {
  noteOwed(body);
  emitI32(body.out, failureCode(body.pc, failure));
  test();
  emitWith(body.out, WASM.brIf, body.depth - 1);
  emit(body.out, WASM.drop);
}

function noteOwed({ links, owed, pc }: Body): void {
  if (owed > 0) links.owed.set(pc, owed);
}

function failUnlessGasLeft(body: Body): void {
  if (body.links.metering === 'counted') return;
  failIf(body, 'gas', () => {
    getGas(body);
    emitI64(body.out, 0n);
    emit(body.out, WASM.i64LtS);
  });
}

// ---- arithmetic: each leaves its result on the stack of WebAssembly

type Arithmetic = (body: Body, a: Simple, b: Simple) => void;

const ARITHMETIC: { readonly [op in 'Add' | 'Sub' | 'Mul' | 'Div' | 'Mod']: Arithmetic } = {
  Add: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Mod: modulo,
};

function add(body: Body, a: Simple, b: Simple): void {
  const { out } = body;
  binary(body, a, b, WASM.i64Add);
  setTemp(body);
  if (b.kind === 'const') failIf(body, 'overflow', () => compareTemp(body, a, b.value < 0n));
  else if (a.kind === 'const') failIf(body, 'overflow', () => compareTemp(body, b, a.value < 0n));
  else
    failIf(body, 'overflow', () => {
      getTemp(body);
      get(body, a);
      emit(out, WASM.i64Xor);
      getTemp(body);
      get(body, b);
      emit(out, WASM.i64Xor, WASM.i64And);
      emitI64(out, 0n);
      emit(out, WASM.i64LtS);
    });
  getTemp(body);
}

function subtract(body: Body, a: Simple, b: Simple): void {
  const { out } = body;
  binary(body, a, b, WASM.i64Sub);
  setTemp(body);
  if (b.kind === 'const') failIf(body, 'overflow', () => compareTemp(body, a, b.value > 0n));
  else
    failIf(body, 'overflow', () => {
      binary(body, a, b, WASM.i64Xor);
      get(body, a);
      getTemp(body);
      emit(out, WASM.i64Xor, WASM.i64And);
      emitI64(out, 0n);
      emit(out, WASM.i64LtS);
    });
  getTemp(body);
}

/** Whether a sum with a constant went the wrong way: up when it should fall (`falls`), else down. */
function compareTemp(body: Body, start: Simple, falls: boolean): void {
  getTemp(body);
  get(body, start);
  emit(body.out, falls ? WASM.i64GtS : WASM.i64LtS);
}

function multiply(body: Body, a: Simple, b: Simple): void {
  if (b.kind === 'const') multiplyBy(body, a, b.value);
  else if (a.kind === 'const') multiplyBy(body, b, a.value);
  else failIf(body, 'overflow', () => emitMulOverflows(body, a, b));
  binary(body, a, b, WASM.i64Mul);
}

/** Fails unless a factor lies where its product with a constant fits. */
function multiplyBy(body: Body, factor: Simple, by: bigint): void {
  const { out } = body;
  if (by === 0n || by === 1n) return;
  const least = by === -1n ? LEAST + 1n : by > 0n ? LEAST / by : MOST / by;
  const most = by === -1n ? MOST : by > 0n ? MOST / by : LEAST / by;
  failIf(body, 'overflow', () => {
    get(body, factor);
    emitI64(out, least);
    emit(out, WASM.i64Sub);
    emitI64(out, BigInt.asIntN(64, most - least));
    emit(out, WASM.i64GtU);
  });
}

/** Factors of 32 bits have a product of 64; only others are looked at closely. */
function emitMulOverflows(body: Body, a: Simple, b: Simple): void {
  const { out, links } = body;
  for (const factor of [a, b]) {
    get(body, factor);
    emitI64(out, 2n ** 31n);
    emit(out, WASM.i64Add);
  }
  emit(out, WASM.i64Or);
  emitI64(out, 2n ** 32n - 1n);
  emit(out, WASM.i64GtU, WASM.if, TYPE.i32);
  get(body, a);
  get(body, b);
  emitWith(out, WASM.call, links.mulOverflows);
  emit(out, WASM.else);
  emitI32(out, 0);
  emit(out, WASM.end);
}

function divide(body: Body, a: Simple, b: Simple): void {
  const { out } = body;
  if (b.kind !== 'const' || b.value === 0n) failIf(body, 'division', () => emitIsZero(body, b));
  if (b.kind !== 'const' || b.value === -1n)
    failIf(body, 'overflow', () => {
      get(body, b);
      emitI64(out, -1n);
      emit(out, WASM.i64Eq);
      get(body, a);
      emitI64(out, LEAST);
      emit(out, WASM.i64Eq, WASM.i32And);
    });
  binary(body, a, b, WASM.i64DivS);
}

function modulo(body: Body, a: Simple, b: Simple): void {
  if (b.kind !== 'const' || b.value === 0n) failIf(body, 'modulo', () => emitIsZero(body, b));
  binary(body, a, b, WASM.i64RemS);
}

function emitIsZero(body: Body, operand: Simple): void {
  get(body, operand);
  emit(body.out, WASM.i64Eqz);
}

function binary(body: Body, a: Simple, b: Simple, instruction: number): void {
  get(body, a);
  get(body, b);
  emit(body.out, instruction);
}

// ---- tests

/** By name of a comparison the one that holds when it does not. */
const OPPOSITE = {
  Equal: 'NotEqual',
  NotEqual: 'Equal',
  GreaterThan: 'AtMost',
  LessThan: 'AtLeast',
  AtMost: 'GreaterThan',
  AtLeast: 'LessThan',
} as const;

const COMPARISONS = {
  Equal: WASM.i64Eq,
  NotEqual: WASM.i64Ne,
  GreaterThan: WASM.i64GtS,
  LessThan: WASM.i64LtS,
  AtMost: WASM.i64LeS,
  AtLeast: WASM.i64GeS,
} as const;

const ZERO: Simple = { kind: 'const', value: 0n };

/** What a branch on an operand asks. */
function asTest(operand: Operand): Test {
  return operand.kind === 'test' ? operand : { kind: 'test', test: 'NotEqual', a: operand, b: ZERO };
}

/** Leaves an i32. */
function emitTest(body: Body, { test, a, b }: Test): void {
  if (test === 'Equal' && b === ZERO) emitIsZero(body, a);
  else binary(body, a, b, COMPARISONS[test]);
}

// ---- words in locals

/** Puts the operand at a height into its slot. */
function settle(body: Body, height: number): void {
  const operand = body.stack[height]!;
  if (operand.kind === 'slot') return;
  if (operand.kind !== 'test') get(body, operand);
  else {
    emitTest(body, operand);
    emit(body.out, WASM.i64ExtendI32U);
  }
  emitWith(body.out, WASM.localSet, slotAt(body, height));
  body.stack[height] = { kind: 'slot', slot: height };
}

function settleAll(body: Body): void {
  for (const height of body.stack.keys()) settle(body, height);
}

/** Takes a word from the stack of WebAssembly as the new top. */
function pushResult(body: Body): void {
  const height = body.stack.length;
  emitWith(body.out, WASM.localSet, slotAt(body, height));
  body.stack.push({ kind: 'slot', slot: height });
}

function get({ out, owned }: Body, operand: Simple): void {
  if (operand.kind === 'const') emitI64(out, operand.value);
  else emitWith(out, WASM.localGet, operand.kind === 'local' ? operand.local : owned + TEMPS + operand.slot);
}

/** The local of the slot at a height. */
function slotAt(body: Body, height: number): number {
  body.slots = Math.max(body.slots, height + 1);
  return body.owned + TEMPS + height;
}

/** Copies the topmost operands to the beginning of memory. */
function storeWords(body: Body, count: number): void {
  const { out } = body;
  for (const [at, operand] of body.stack.slice(body.stack.length - count).entries()) {
    emitI32(out, 0);
    get(body, operand as Simple);
    emitMemory(out, WASM.i64Store, 3, 8 * at);
  }
}

function getGas({ out, owned }: Body): void {
  emitWith(out, WASM.localGet, owned);
}

function setGas({ out, owned }: Body): void {
  emitWith(out, WASM.localSet, owned);
}

function getTemp({ out, owned }: Body): void {
  emitWith(out, WASM.localGet, owned + 1);
}

function setTemp({ out, owned }: Body): void {
  emitWith(out, WASM.localSet, owned + 1);
}
