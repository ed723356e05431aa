/**
 * One function of a program in, its body in WebAssembly out. Locals and stack slots become locals; what the operand
 * stack holds is known while compiling. Jumps leave blocks, loops are loops, and every trap leaves the outermost block with its code.
 */
import { listShape } from '../list.ts';
import { type OpName, opOfCode, rowOf } from '../opcodes.ts';
import { CHARGE, lengthAt, type Program } from '../program.ts';
import { ARITHMETIC } from './arithmetic.ts';
import {
  type Encoder,
  emit,
  emitI32,
  emitI64,
  emitMemory,
  emitUint,
  emitWith,
  fill,
  fillSigned,
  reserve,
  TYPE,
  WASM,
} from './encoder.ts';
import {
  asTest,
  type Body,
  callRare,
  emitLessTurns,
  emitTest,
  failIf,
  failUnlessGasLeft,
  get,
  getGas,
  getGasLeft,
  getTemp,
  type Links,
  noteOwed,
  noteOwedAt,
  OPPOSITE,
  type OpenLoop,
  pushResult,
  rangeOf,
  type Simple,
  setGas,
  setTemp,
  settle,
  settleAll,
  settleGas,
  slotAt,
  storeWords,
  TEMPS,
  takeGas,
} from './frame.ts';
import { ENVIRONMENT_OPS, type Layout, UNKNOWN } from './layout.ts';
import { factsOf, fits, type LoopFacts, noFacts, resultOf, type Step } from './locals.ts';
import { extentOf, hasLoops, NO_LOOP, type Shape } from './shape.ts';
import { emitEventWords, emitState } from './storage.ts';
import { failureCode } from './traps.ts';

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
  const facts = hasLoops(shape) ? factsOf(program, fn) : noFacts(program, fn);
  const firstStop = localCounts[fn]! + TEMPS + program.heights[fn]!;
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
    facts,
    open: [],
    expected: new Map(),
    arrivals: new Map(),
    stack: [],
    live: true,
    depth: 0,
    firstStop,
    stops: 0,
    narrow: firstStop + facts.loops.size,
    narrows: 0,
    pc: first,
    owed: 0,
  };
  emitUint(out, 2);
  emitUint(out, body.narrow - body.params);
  emit(out, TYPE.i64);
  const narrows = reserve(out);
  emit(out, TYPE.i32);
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
  keepTurns(body);
  getGas(body);
  emitWith(out, WASM.call, links.fail);
  emit(out, WASM.unreachable, WASM.end);
  fill(out, narrows, body.narrows);
}

/** Leaves the locals that count turns in memory, each at its place, for a trap to say what the turns have cost. */
function keepTurns({ out, facts, links }: Body): void {
  if (links.metering === 'checked') return;
  const loops = [...facts.loops.values()];
  const kept = new Set(
    loops.flatMap(({ counter, step }) => (step === null ? [counter] : [counter, step.local])),
  );
  for (const local of kept) {
    emitI32(out, 0);
    emitWith(out, WASM.localGet, local);
    emitMemory(out, WASM.i64Store, 3, 8 * local);
  }
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
  if (!emitState(body, op, operand) && !emitEventWords(body, op, operand)) emitRare(body, op, operand);
}

/** Gas of a block. Where it is only counted, blocks that follow each other are counted together. */
function charge(body: Body, gas: number): void {
  body.owed += gas;
  if (body.links.metering === 'counted') return;
  settleGas(body);
  failUnlessGasLeft(body);
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
      pushResult(body, resultOf(op, rangeOf(body, a), rangeOf(body, b)));
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
      leaveFor(body, operand);
      takeOnLeaving(body, operand);
      emitWith(out, WASM.br, body.depth - 1 - body.blocks.get(operand)!);
      body.live = false;
      return true;
    case 'JumpIf': {
      const test = asTest(stack.pop()!);
      leaveFor(body, operand);
      if (body.open.at(-1)?.test?.place === body.pc && emitStop(body, operand)) return true;
      emitTest(body, test);
      branchTo(body, operand);
      return true;
    }
    case 'Call':
      emitCall(body, operand);
      return true;
    case 'Return':
      for (const result of stack) get(body, result as Simple);
      getGasLeft(body);
      emitWith(out, WASM.globalSet, links.gas);
      emit(out, WASM.return);
      body.live = false;
      return true;
    case 'Halt':
      storeWords(body, stack.length);
      emitI32(out, body.pc);
      emitI32(out, stack.length);
      getGasLeft(body);
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

/** Jumps when the test on the stack of WebAssembly holds. What gas differs on the way that leaves is taken there. */
function branchTo(body: Body, target: number): void {
  const { out } = body;
  const label = body.depth - 1 - body.blocks.get(target)!;
  if (!takesOnLeaving(body, target)) {
    emitWith(out, WASM.brIf, label);
    return;
  }
  emit(out, WASM.if, TYPE.none);
  takeOnLeaving(body, target);
  emitWith(out, WASM.br, label + 1);
  emit(out, WASM.end);
}

/**
 * The test of a loop whose step stops at the bound too: one comparison in every turn, and behind it the question whether
 * it was the bound. The trap is that of the `LoopBack` before, and the gas what had been spent there: this block is not.
 */
function emitStop(body: Body, target: number): boolean {
  const { out } = body;
  const { step, stop, back, bound } = body.open.at(-1)!;
  if (step === null || stop === null) return false;
  emitWith(out, WASM.localGet, step.local);
  emitWith(out, WASM.localGet, stop);
  emit(out, WASM.i64GeS, WASM.if, TYPE.none);
  noteOwedAt(body, back, 0);
  emitI32(out, failureCode(back, 'turns'));
  emitWith(out, WASM.localGet, step.local);
  emitI64(out, passedAt(step, bound));
  emit(out, WASM.i64GeS);
  emitWith(out, WASM.brIf, body.depth);
  emit(out, WASM.drop);
  takeOnLeaving(body, target);
  emitWith(out, WASM.br, body.depth - body.blocks.get(target)!);
  emit(out, WASM.end);
  return true;
}

function emitCall(body: Body, callee: number): void {
  const { out, stack, links, program } = body;
  settleGas(body);
  const base = stack.length - program.paramCounts[callee]!;
  for (const argument of stack.splice(base)) get(body, argument as Simple);
  getGasLeft(body);
  setTemp(body);
  getTemp(body);
  emitWith(out, WASM.globalSet, links.gas);
  emitWith(out, WASM.call, links.functions + callee);
  const results = program.artifact.functions[callee]!.results.length;
  for (let at = base + results - 1; at >= base; at--) emitWith(out, WASM.localSet, slotAt(body, at));
  for (let at = base; at < base + results; at++) stack.push({ kind: 'slot', slot: at });
  emitGasAfterCall(body);
}

/** The counter less what the callee has used, where turns are owed; else the callee's. */
function emitGasAfterCall(body: Body): void {
  const { out, links, open } = body;
  if (open.length > 0) {
    getGas(body);
    getTemp(body);
    emitWith(out, WASM.globalGet, links.gas);
    emit(out, WASM.i64Sub, WASM.i64Sub);
  } else emitWith(out, WASM.globalGet, links.gas);
  setGas(body);
}

/** An opcode that JavaScript runs: operands and results cross in memory, gas beyond the static gas comes back. */
function emitRare(body: Body, op: OpName, operand: number): void {
  const { stack } = body;
  const { pops, pushes } = effectOf(body.program, op, operand);
  callRare(body, pops);
  stack.length -= pops;
  for (let at = 0; at < pushes; at++) {
    emitI32(body.out, 0);
    emitMemory(body.out, WASM.i64Load, 3, 8 * at);
    pushResult(body);
  }
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
  const read = () => {
    emitI32(out, 0);
    emitMemory(out, WASM.i64Load, 3, layout.known + 8 * index);
  };
  read();
  emitWith(out, WASM.localTee, slot);
  emitI64(out, UNKNOWN);
  emit(out, WASM.i64Eq, WASM.if, TYPE.none);
  getGasLeft(body);
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
  const { out, pc, expected, arrivals, owed } = body;
  const height = body.live ? body.stack.length : body.heights.get(pc);
  const ways = arrivals.get(pc);
  if (ways !== undefined) {
    expected.set(pc, commonest([...ways.map((way) => way.owed), ...(body.live ? [owed] : [])]));
    for (const way of ways) fillSigned(out, way.use, way.owed - expected.get(pc)!);
  }
  if (body.live) {
    settleAll(body);
    takeGas(body, owed - (expected.get(pc) ?? owed));
  }
  body.owed = expected.get(pc) ?? owed;
  emit(out, WASM.end);
  body.depth -= 1;
  body.live = height !== undefined;
  body.stack = Array.from({ length: height ?? 0 }, (_, slot) => ({ kind: 'slot', slot }));
}

/** Of what is owed on several ways that which is owed on most; of those that are as many, the middle one. */
function commonest(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = [...counts.values()].reduce((max, count) => Math.max(max, count), 0);
  const candidates = values.filter((value) => counts.get(value) === most);
  return candidates[(candidates.length - 1) >> 1]!;
}

/** Before a jump to a target. Outside loops the first way to it says what is owed there. */
function leaveFor(body: Body, target: number): void {
  settleAll(body);
  body.heights.set(target, body.stack.length);
  if (isInLoop(body, target)) return;
  if (!body.expected.has(target)) body.expected.set(target, body.owed);
}

/** Whether a target lies in a loop, where it matters which way to it takes nothing. */
function isInLoop({ open, links }: Body, target: number): boolean {
  return links.metering === 'counted' && open.some(({ back }) => target < back);
}

function takesOnLeaving(body: Body, target: number): boolean {
  const { open, owed, expected, links } = body;
  const leaves = links.metering === 'counted' && open.some(({ back }) => back < target);
  return leaves || isInLoop(body, target) || owed !== expected.get(target);
}

/** Takes what is owed here and is not at a target: the difference, and the turns of the loops that are left. */
function takeOnLeaving(body: Body, target: number): void {
  const { open, owed, expected, links } = body;
  if (isInLoop(body, target)) takeLater(body, target);
  else takeGas(body, owed - expected.get(target)!);
  const left = links.metering === 'counted' ? open.filter(({ back }) => back < target) : [];
  if (left.length === 0) return;
  getGas(body);
  for (const loop of left) emitLessTurns(body, loop);
  setGas(body);
}

/** Takes a difference that is known when all ways to the target are. */
function takeLater(body: Body, target: number): void {
  const { out, owed, arrivals } = body;
  const ways = arrivals.get(target) ?? [];
  getGas(body);
  emit(out, WASM.i64Const);
  ways.push({ owed, use: reserve(out) });
  arrivals.set(target, ways);
  emit(out, WASM.i64Sub);
  setGas(body);
}

function enterLoop(body: Body, counter: number): void {
  const { out, pc, facts } = body;
  const known = facts.loops.get(pc)!;
  const stop = stopsItself(body, known) ? body.firstStop + body.stops++ : null;
  if (body.live) {
    settleAll(body);
    settleGas(body);
    // The counter of a loop with a step only remembers where the step began.
    if (known.step === null) emitI64(out, 0n);
    else emitWith(out, WASM.localGet, known.step.local);
    emitWith(out, WASM.localSet, counter);
    if (stop !== null) setStop(body, known, stop);
  }
  body.open.push({ ...known, stop, turn: { gas: 0 }, uses: [] });
  emit(out, WASM.loop, TYPE.none);
  body.loops.set(pc + 2, body.depth++);
  openBlocks(body, pc);
}

/** Whether the test of a loop can stand for its bound: where gas is checked, that of the block with the test comes first. */
function stopsItself({ links, facts }: Body, { step, test }: LoopFacts): boolean {
  const tested = test !== null && typeof test.below !== 'bigint';
  return links.metering === 'counted' && tested && step?.start != null && fits(facts.ranges[step.local]!);
}

/** What the step is when its loop has made all turns that it may. */
function passedAt({ start }: Step, bound: bigint): bigint {
  return start! + bound + 1n;
}

/** The smaller of the limit and the number that the step has when the bound is passed. */
function setStop({ out }: Body, { step, test, bound }: LoopFacts, stop: number): void {
  const { local } = test!.below as { local: number };
  const passed = passedAt(step!, bound);
  emitWith(out, WASM.localGet, local);
  emitI64(out, passed);
  emitWith(out, WASM.localGet, local);
  emitI64(out, passed);
  emit(out, WASM.i64LtS, WASM.select);
  emitWith(out, WASM.localSet, stop);
}

function closeLoop(body: Body): void {
  const { out, program, pc } = body;
  const head = program.code[pc + 3]!;
  const loop = body.open.at(-1)!;
  if (body.live) {
    settleAll(body);
    emitTurn(body, loop);
    // What a turn costs is owed from here on, once for every turn.
    loop.turn.gas = body.owed;
    emitWith(out, WASM.br, body.depth - 1 - body.loops.get(head)!);
  }
  for (const use of loop.uses) fillSigned(out, use, loop.turn.gas);
  body.open.pop();
  emit(out, WASM.end);
  body.depth -= 1;
  body.owed = 0;
  body.live = false;
}

/** Counts a turn, or fails when the loop has made them all. */
function emitTurn(body: Body, { counter, bound, step, test, stop }: OpenLoop): void {
  const { out, facts } = body;
  // The test at the head of the loop ends it in time.
  if (stop !== null) return;
  if (step?.start != null && typeof test?.below === 'bigint' && test.below <= step.start + bound) return;
  if (step === null) {
    failIf(body, 'turns', () => {
      emitWith(out, WASM.localGet, counter);
      emitI64(out, bound);
      emit(out, WASM.i64GeS);
    });
    emitWith(out, WASM.localGet, counter);
    emitI64(out, 1n);
    emit(out, WASM.i64Add);
    emitWith(out, WASM.localSet, counter);
    return;
  }
  failIf(body, 'turns', () => {
    emitWith(out, WASM.localGet, step.local);
    if (step.start !== null && fits(facts.ranges[step.local]!)) emitI64(out, step.start + bound);
    else {
      emitWith(out, WASM.localGet, counter);
      emit(out, WASM.i64Sub);
      emitI64(out, bound);
    }
    emit(out, WASM.i64GtS);
  });
}
