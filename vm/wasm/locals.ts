/**
 * What is known about the locals of a function before it is compiled: between which numbers each stays, and which local
 * counts the turns of a loop beside its counter. Only functions with loops are looked at; elsewhere it does not pay.
 *
 * A local stays between the least and the most of all that is ever put into it, wherever that is; this is computed from
 * nothing upward until it stays the same. Bounds are doubles, widened by more than their rounding, so that a bound that
 * is used never lies within what it bounds.
 */
import { opOfCode } from '../opcodes.ts';
import { CHARGE, lengthAt, type Program } from '../program.ts';
import { extentOf } from './shape.ts';

/** Least and most value; beyond 64 bits where nothing is known. */
export type Range = readonly [least: number, most: number];

/** A local that is 1 more after every turn of a loop, and where its one change stands; `start`: what it begins at, if known. */
export type Step = { readonly local: number; readonly place: number; readonly start: bigint | null };

export type LoopFacts = {
  readonly counter: number;
  readonly back: number;
  readonly bound: bigint;
  readonly step: Step | null;
  readonly test: Test | null;
};

/**
 * What every turn begins with: a jump, at a place, out of the loop unless the step is below a constant or a local that the
 * loop does not change.
 */
export type Test = { readonly place: number; readonly below: bigint | { readonly local: number } };

export type LocalFacts = {
  readonly ranges: readonly Range[];
  /** By the place of a `LoopEnter`. */
  readonly loops: ReadonlyMap<number, LoopFacts>;
};

const MOST = 2 ** 63;
export const ANY: Range = [-MOST, MOST];
/** Every number of a range is one of 64 bits, rounding included. */
export const SAFE = MOST * (1 - 2 ** -40);

export function fits([least, most]: Range): boolean {
  return least >= -SAFE && most <= SAFE;
}

/** The range of a result that need not fit in 64 bits. */
export const RESULTS: {
  readonly [op in 'Add' | 'Sub' | 'Mul' | 'Div' | 'Mod']: (a: Range, b: Range) => Range;
} = {
  Add: (a, b) => wide(a[0] + b[0], a[1] + b[1]),
  Sub: (a, b) => wide(a[0] - b[1], a[1] - b[0]),
  Mul: (a, b) => {
    const corners = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]];
    return wide(Math.min(...corners), Math.max(...corners));
  },
  Div: (a) => [Math.min(a[0], -a[1], 0), Math.max(a[1], -a[0], 0)],
  Mod: (a, b) => {
    const most = Math.max(Math.abs(b[0]), Math.abs(b[1]), 1) - (fits(b) ? 1 : 0);
    return wide(a[0] >= 0 ? 0 : -most, a[1] <= 0 ? 0 : most);
  },
};

/** A division whose operands are not negative gives no more than what is divided. */
export function quotient(a: Range, b: Range): Range {
  return a[0] >= 0 && b[0] >= 0 ? [0, a[1]] : RESULTS.Div(a, b);
}

export function rangeOfConstant(value: bigint): Range {
  const number = Number(value);
  return wide(number, number);
}

/** Of a function without a loop nothing is known. */
export function noFacts({ localCounts }: Program, fn: number): LocalFacts {
  return { ranges: new Array<Range>(localCounts[fn]!).fill(ANY), loops: new Map() };
}

/** What is known of a function that has loops. */
export function factsOf(program: Program, fn: number): LocalFacts {
  const loops = loopsOf(program, fn);
  const locals = program.localCounts[fn]!;
  const ranges: (Range | null)[] = Array.from({ length: locals }, (_, local) =>
    local < program.paramCounts[fn]! ? ANY : null,
  );
  const steps = new Map(
    [...loops.values()].flatMap((loop) => (loop.step === null ? [] : [[loop.step.place, loop]])),
  );
  for (const { counter, bound } of loops.values()) ranges[counter] = [0, Number(bound)];
  for (let round = 0; ; round++) {
    const before = ranges.slice();
    scan(program, fn, ranges, steps);
    if (ranges.every((range, local) => range === before[local])) break;
    if (round >= ROUNDS_MAX) return { ranges: new Array<Range>(locals).fill(ANY), loops };
    if (round >= ROUNDS) for (const local of ranges.keys()) widen(ranges, before, local);
  }
  return { ranges: ranges.map((range) => range ?? ANY), loops };
}

/** Rounds after which a range that still grows is taken to grow for ever. */
const ROUNDS = 2;
/** Rounds after which nothing is taken to be known. */
const ROUNDS_MAX = 8;
/** Locals of a loop that are looked at. */
const STEPS_MAX = 4;

function widen(ranges: (Range | null)[], before: readonly (Range | null)[], local: number): void {
  const [old, now] = [before[local], ranges[local]];
  if (now == null || now === old) return;
  const least = old != null && now[0] === old[0] ? now[0] : now[0] >= 0 ? 0 : -MOST;
  const most = old != null && now[1] === old[1] ? now[1] : MOST;
  ranges[local] = [least, most];
}

/** One walk over the code: every assignment widens the range of its local. */
function scan(
  program: Program,
  fn: number,
  ranges: (Range | null)[],
  steps: ReadonlyMap<number, LoopFacts>,
): void {
  const { code, wide: constants } = program;
  const [first, end] = extentOf(program, fn);
  let stack: Range[] = [];
  const pop = (): Range => stack.pop() ?? ANY;
  for (let pc = first; pc < end; pc += lengthAt(code, pc)) {
    const op = code[pc] === CHARGE ? null : opOfCode(code[pc]!)!;
    switch (op) {
      case 'Push':
        stack.push(rangeOfConstant(constants[code[pc + 1]!]!));
        break;
      case 'LocalGet':
        // A local without a range was not assigned yet: code that reads it now runs later, if at all.
        stack.push(ranges[code[pc + 1]!] ?? NOTHING);
        break;
      case 'LocalSet': {
        const local = code[pc + 1]!;
        const value = pop();
        const loop = steps.get(pc);
        ranges[local] = join(ranges[local] ?? null, loop === undefined ? value : stepped(value, loop));
        break;
      }
      case 'Add':
      case 'Sub':
      case 'Mul':
      case 'Div':
      case 'Mod': {
        const b = pop();
        const a = pop();
        stack.push(resultOf(op, a, b));
        break;
      }
      default:
        // Other opcodes, and the beginning of a block: nothing is known of the stack.
        stack = [];
    }
  }
}

/** The range of an arithmetic result that did not trap. */
export function resultOf(op: keyof typeof RESULTS, a: Range, b: Range): Range {
  if (a === NOTHING || b === NOTHING) return NOTHING;
  const [least, most] = op === 'Div' ? quotient(a, b) : RESULTS[op](a, b);
  return [Math.max(least, -MOST), Math.min(most, MOST)];
}

/** Of code that was not reached yet. */
const NOTHING: Range = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

function join(a: Range | null, b: Range): Range | null {
  if (b === NOTHING) return a;
  if (a === null) return b;
  return b[0] >= a[0] && b[1] <= a[1] ? a : [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

/** What a step puts into its local: at most as much as the bound of the loop allows, when its start is known. */
function stepped(value: Range, { bound, step }: LoopFacts): Range {
  if (step?.start == null) return value;
  return wide(Number(step.start) + 1, Number(step.start + bound) + 1);
}

/** Outward, where doubles are not exact. */
function wide(least: number, most: number): Range {
  return [outward(least, -1), outward(most, 1)];
}

function outward(bound: number, direction: number): number {
  return Math.abs(bound) < 2 ** 53 ? bound : bound + direction * Math.abs(bound) * 2 ** -50;
}

// ---- loops

function loopsOf(program: Program, fn: number): ReadonlyMap<number, LoopFacts> {
  const { code, wide: constants } = program;
  const [first, end] = extentOf(program, fn);
  const places: number[] = [];
  const open: number[] = [];
  const pairs: (readonly [enter: number, back: number])[] = [];
  for (let pc = first; pc < end; pc += lengthAt(code, pc)) {
    const op = code[pc] === CHARGE ? null : opOfCode(code[pc]!);
    places.push(pc);
    if (op === 'LoopEnter') open.push(pc);
    if (op === 'LoopBack') pairs.push([open.pop()!, pc]);
  }
  const indices = new Map(places.map((pc, at) => [pc, at]));
  const read = new Set(places.filter((pc) => is(code, pc, 'LocalGet')).map((pc) => code[pc + 1]!));
  return new Map(
    pairs.map(([enter, back]) => {
      const counter = code[enter + 1]!;
      const [from, to] = [indices.get(enter)!, indices.get(back)!];
      const step = read.has(counter) ? null : stepOf(program, places, from, to);
      const test = step === null ? null : testOf(program, places, from, to, step.local);
      return [enter, { counter, back, bound: constants[code[back + 2]!]!, step, test }];
    }),
  );
}

/** The local that grows by 1 in every turn, by the one assignment that it has between two places. */
function stepOf(program: Program, places: readonly number[], from: number, to: number): Step | null {
  const { code } = program;
  const assigned = new Map<number, number>();
  for (let at = from + 1; at < to; at++) {
    const local = code[places[at]! + 1]!;
    if (is(code, places[at]!, 'LocalSet')) assigned.set(local, assigned.has(local) ? -1 : at);
  }
  const adding = [...assigned].filter(([local, at]) => at >= 0 && addsOne(program, places, at, local));
  for (const [local, at] of adding.slice(0, STEPS_MAX))
    if (everyTurn(code, places.slice(from + 1, to), places[at]!, places[to]!))
      return { local, place: places[at]!, start: startOf(program, places, from, local) };
  return null;
}

/** `LocalGet local`, `Push 1`, `Add` stand in front of a `LocalSet`. */
function addsOne(
  { code, wide: constants }: Program,
  places: readonly number[],
  at: number,
  local: number,
): boolean {
  const place = places[at]!;
  return (
    places[at - 3] === place - 5 &&
    is(code, place - 5, 'LocalGet') &&
    code[place - 4] === local &&
    is(code, place - 3, 'Push') &&
    constants[code[place - 2]!] === 1n &&
    is(code, place - 1, 'Add')
  );
}

/** A place is in no inner loop, and no jump leads past it to the end of the turn. */
function everyTurn(code: Int32Array, inside: readonly number[], place: number, back: number): boolean {
  let depth = 0;
  for (const pc of inside) {
    if (pc === place) return depth === 0;
    if (is(code, pc, 'LoopEnter')) depth += 1;
    if (is(code, pc, 'LoopBack')) depth -= 1;
    const jumps = is(code, pc, 'Jump') || is(code, pc, 'JumpIf');
    if (jumps && code[pc + 1]! > place && code[pc + 1]! <= back) return false;
  }
  return false;
}

/** The constant that was put into a local in the block in front of a place. */
function startOf(
  { code, wide: constants }: Program,
  places: readonly number[],
  from: number,
  local: number,
): bigint | null {
  for (let at = from - 1; at > 0; at--) {
    const pc = places[at]!;
    if (code[pc] === CHARGE) return null;
    if (!is(code, pc, 'LocalSet') || code[pc + 1] !== local) continue;
    const pushed = places[at - 1]!;
    return is(code, pushed, 'Push') ? constants[code[pushed + 1]!]! : null;
  }
  return null;
}

/** `LocalGet step`, a limit, `LessThan`, `Not`, `JumpIf` out of the loop, in its first block. */
function testOf(
  program: Program,
  places: readonly number[],
  from: number,
  to: number,
  step: number,
): Test | null {
  const { code, wide: constants } = program;
  const [charge, get, limit, less, not, jump] = places.slice(from + 1, from + 7);
  if (jump === undefined || from + 6 >= to || code[charge!] !== CHARGE) return null;
  const shaped =
    is(code, get!, 'LocalGet') &&
    is(code, less!, 'LessThan') &&
    is(code, not!, 'Not') &&
    is(code, jump, 'JumpIf');
  const operand = code[limit! + 1]!;
  if (!shaped || code[get! + 1] !== step || code[jump + 1]! < places[to]!) return null;
  if (is(code, limit!, 'Push')) return { place: jump, below: constants[operand]! };
  if (!is(code, limit!, 'LocalGet') || operand === step) return null;
  for (let at = from + 1; at < to; at++)
    if (is(code, places[at]!, 'LocalSet') && code[places[at]! + 1] === operand) return null;
  return { place: jump, below: { local: operand } };
}

function is(
  code: Int32Array,
  pc: number,
  op:
    | 'LocalGet'
    | 'LocalSet'
    | 'Push'
    | 'Add'
    | 'LessThan'
    | 'Not'
    | 'Jump'
    | 'JumpIf'
    | 'LoopEnter'
    | 'LoopBack',
): boolean {
  return code[pc] !== CHARGE && opOfCode(code[pc]!) === op;
}
