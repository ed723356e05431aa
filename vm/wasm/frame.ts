/**
 * A function while it is compiled: what is known about its locals, operands and gas, and the pieces that everything else
 * in its body is made of. What the operand stack holds is known (`Operand`), so a constant or a local is used where it
 * is needed and only results are kept in slots.
 */
import type { Program } from '../program.ts';
import { type Encoder, emit, emitI32, emitI64, emitMemory, emitWith, reserve, WASM } from './encoder.ts';
import type { Layout } from './layout.ts';
import { ANY, type LocalFacts, type LoopFacts, type Range, rangeOfConstant } from './locals.ts';
import type { Shape } from './shape.ts';
import { type Failure, failureCode } from './traps.ts';

/** Indices that the module gives to what bodies use; the function of the program with index 0 has index `functions`. */
export type Links = {
  readonly rare: number;
  readonly known: number;
  readonly fail: number;
  readonly halt: number;
  readonly mulOverflows: number;
  readonly firstWrite: number;
  /** By number of key words the function that finds entries. */
  readonly finds: ReadonlyMap<number, number>;
  readonly functions: number;
  readonly gas: number;
  readonly metering: Metering;
  /** Filled while compiling: by place of a trap. */
  readonly owed: Map<number, Owed>;
};

/**
 * Gas that is spent at a place and not yet taken from the counter: so much, and so much for every turn that the loops
 * around it have made. `kept`: locals, which the function leaves in memory, that say how many turns these are.
 */
export type Owed = { readonly gas: number; readonly loops: readonly (Turns & { readonly ahead: number })[] };

/** `step` is `counter` and the number of turns; or it began as `counter` and is `ahead` of that. */
export type Turns = {
  readonly counter: number;
  readonly step: number | null;
  readonly turn: { gas: number };
};

/**
 * `checked`: gas may run out. `counted`: the limit is no less than the bound of the entry point, which validation has
 * recomputed, so it cannot, and is only counted.
 */
export type Metering = 'checked' | 'counted';

/** `slot` is the local of a stack slot, `local` one of the function's. */
export type Simple =
  | { readonly kind: 'const'; readonly value: bigint }
  | { readonly kind: 'local'; readonly local: number }
  | { readonly kind: 'slot'; readonly slot: number; readonly range?: Range };
/** A comparison that was not made yet; only on top of the stack. */
export type Test = {
  readonly kind: 'test';
  readonly test: keyof typeof OPPOSITE;
  readonly a: Simple;
  readonly b: Simple;
};
export type Operand = Simple | Test;

export type Body = {
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
  readonly facts: LocalFacts;
  /** Loops around the place that is compiled, outermost first. */
  readonly open: OpenLoop[];
  /** By place of a target: what is owed on every way to it, once that is known. */
  readonly expected: Map<number, number>;
  /** By place of a target within a loop: what is owed on the ways to it so far, and where the difference is taken. */
  readonly arrivals: Map<number, { readonly owed: number; readonly use: number }[]>;
  stack: Operand[];
  /** False in code that nothing reaches. */
  live: boolean;
  depth: number;
  /** The first local for stops of loops, and how many have one so far. */
  readonly firstStop: number;
  stops: number;
  /** The first local of 32 bits, and how many there are so far. */
  readonly narrow: number;
  narrows: number;
  pc: number;
  /** Gas spent on every way to here and not yet taken from the counter; 0 where gas is checked. */
  owed: number;
};

/** `uses`: places of constants that become the gas of a turn, which is known at its end. */
export type OpenLoop = LoopFacts & {
  readonly turn: { gas: number };
  readonly uses: number[];
  /** The local of where the step must stop: its limit, or one more than the bound of the loop allows. */
  readonly stop: number | null;
};

export const TEMPS = 2;

// ---- gas: where it is only counted, nothing is taken from the counter on the way from turn to turn of a loop

/** Takes what is owed from the counter, but for turns. */
export function settleGas(body: Body): void {
  takeGas(body, body.owed);
  body.owed = 0;
}

/** Takes gas from the counter, or gives some back. */
export function takeGas(body: Body, gas: number): void {
  if (gas === 0) return;
  getGas(body);
  emitI64(body.out, BigInt(gas));
  emit(body.out, WASM.i64Sub);
  setGas(body);
}

/** Takes the gas of all turns of a loop from the counter, or from what is on the stack of WebAssembly. */
export function emitLessTurns(body: Body, loop: OpenLoop): void {
  const { out, links } = body;
  if (links.metering === 'checked') return;
  const { counter, step } = loop;
  emitWith(out, WASM.localGet, step?.local ?? counter);
  if (step !== null) {
    emitWith(out, WASM.localGet, counter);
    emit(out, WASM.i64Sub);
    if (aheadAt(body, loop) > 0) {
      emitI64(out, 1n);
      emit(out, WASM.i64Sub);
    }
  }
  emit(out, WASM.i64Const);
  loop.uses.push(reserve(out));
  emit(out, WASM.i64Mul, WASM.i64Sub);
}

/** 1 where the step of a loop has been made in this turn. */
function aheadAt({ pc }: Body, { step }: OpenLoop): number {
  return step !== null && pc > step.place ? 1 : 0;
}

/** Leaves the gas that is left, exactly. */
export function getGasLeft(body: Body): void {
  const { out, owed, open } = body;
  getGas(body);
  if (owed !== 0) {
    emitI64(out, BigInt(owed));
    emit(out, WASM.i64Sub);
  }
  for (const loop of open) emitLessTurns(body, loop);
}

/** Only the call: what is on the stack stays there. */
export function callRare(body: Body, pops: number): void {
  const { out, links } = body;
  storeWords(body, pops);
  getGasLeft(body);
  emitWith(out, WASM.globalSet, links.gas);
  getGas(body);
  emitI32(out, body.pc);
  emitI32(out, pops);
  emitWith(out, WASM.call, links.rare);
  emit(out, WASM.i64ExtendI32U, WASM.i64Sub);
  setGas(body);
  failUnlessGasLeft(body);
}

// ---- traps

/** Leaves the function with a trap when the condition, which `test` writes, holds. */
export function failIf(body: Body, failure: Failure, test: () => void): void {
  noteOwed(body);
  emitI32(body.out, failureCode(body.pc, failure));
  test();
  emitWith(body.out, WASM.brIf, body.depth - 1);
  emit(body.out, WASM.drop);
}

export function noteOwed(body: Body): void {
  noteOwedAt(body, body.pc, body.owed);
}

/** The same for a trap that stands somewhere else. */
export function noteOwedAt(body: Body, place: number, gas: number): void {
  const { links, open } = body;
  if (links.metering === 'checked' || (gas === 0 && open.length === 0)) return;
  const loops = open.map((loop) => ({
    counter: loop.counter,
    step: loop.step?.local ?? null,
    turn: loop.turn,
    ahead: aheadAt(body, loop),
  }));
  links.owed.set(place, { gas, loops });
}

export function failUnlessGasLeft(body: Body): void {
  if (body.links.metering === 'counted') return;
  failIf(body, 'gas', () => {
    getGas(body);
    emitI64(body.out, 0n);
    emit(body.out, WASM.i64LtS);
  });
}

// ---- tests

/** By name of a comparison the one that holds when it does not. */
export const OPPOSITE = {
  Equal: 'NotEqual',
  NotEqual: 'Equal',
  GreaterThan: 'AtMost',
  LessThan: 'AtLeast',
  AtMost: 'GreaterThan',
  AtLeast: 'LessThan',
} as const;

export const COMPARISONS = {
  Equal: WASM.i64Eq,
  NotEqual: WASM.i64Ne,
  GreaterThan: WASM.i64GtS,
  LessThan: WASM.i64LtS,
  AtMost: WASM.i64LeS,
  AtLeast: WASM.i64GeS,
} as const;

export const ZERO: Simple = { kind: 'const', value: 0n };

/** What a branch on an operand asks. */
export function asTest(operand: Operand): Test {
  return operand.kind === 'test' ? operand : { kind: 'test', test: 'NotEqual', a: operand, b: ZERO };
}

/** Leaves an i32. */
export function emitTest(body: Body, { test, a, b }: Test): void {
  if (test === 'Equal' && b === ZERO) emitIsZero(body, a);
  else binary(body, a, b, COMPARISONS[test]);
}

// ---- words in locals

export function emitIsZero(body: Body, operand: Simple): void {
  get(body, operand);
  emit(body.out, WASM.i64Eqz);
}

export function binary(body: Body, a: Simple, b: Simple, instruction: number): void {
  get(body, a);
  get(body, b);
  emit(body.out, instruction);
}

/** Puts the operand at a height into its slot. */
export function settle(body: Body, height: number): void {
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

export function settleAll(body: Body): void {
  for (const height of body.stack.keys()) settle(body, height);
}

/** Takes a word from the stack of WebAssembly as the new top. */
export function pushResult(body: Body, range?: Range): void {
  const slot = body.stack.length;
  emitWith(body.out, WASM.localSet, slotAt(body, slot));
  body.stack.push(range === undefined ? { kind: 'slot', slot } : { kind: 'slot', slot, range });
}

/** Between which numbers an operand lies. */
export function rangeOf({ facts }: Body, operand: Simple): Range {
  if (operand.kind === 'const') return rangeOfConstant(operand.value);
  return operand.kind === 'local' ? facts.ranges[operand.local]! : (operand.range ?? ANY);
}

export function get({ out, owned }: Body, operand: Simple): void {
  if (operand.kind === 'const') emitI64(out, operand.value);
  else emitWith(out, WASM.localGet, operand.kind === 'local' ? operand.local : owned + TEMPS + operand.slot);
}

/** The local of the slot at a height. */
export function slotAt({ owned }: Body, height: number): number {
  return owned + TEMPS + height;
}

/** A new local of 32 bits. */
export function newNarrow(body: Body): number {
  body.narrows += 1;
  return body.narrow + body.narrows - 1;
}

/** Copies the topmost operands to the beginning of memory. */
export function storeWords(body: Body, count: number): void {
  const { out } = body;
  for (const [at, operand] of body.stack.slice(body.stack.length - count).entries()) {
    emitI32(out, 0);
    get(body, operand as Simple);
    emitMemory(out, WASM.i64Store, 3, 8 * at);
  }
}

export function getGas({ out, owned }: Body): void {
  emitWith(out, WASM.localGet, owned);
}

export function setGas({ out, owned }: Body): void {
  emitWith(out, WASM.localSet, owned);
}

export function getTemp({ out, owned }: Body): void {
  emitWith(out, WASM.localGet, owned + 1);
}

export function setTemp({ out, owned }: Body): void {
  emitWith(out, WASM.localSet, owned + 1);
}
