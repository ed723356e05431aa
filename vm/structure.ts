/**
 * The shape of one function: operands in range, jumps that lead forward to instructions, counted loops that nest.
 * A function in, its loops or errors out. Because the only way back is `LoopBack`, everything that walks code later
 * (`typing.ts`, `bounds.ts`) needs one pass.
 */
import type { Artifact, FunctionCode, Instruction, Operand } from './artifact.ts';
import { LIMITS } from './limits.ts';
import { OPCODES, type OperandKind, type OpRow, rowOf } from './opcodes.ts';

export type CodeError = {
  readonly code: ValidationCode;
  readonly message: string;
  readonly instruction: number;
};

export type ValidationCode =
  | 'BadOperand'
  | 'BadJump'
  | 'BadLoop'
  | 'CallCycle'
  | 'StackUnderflow'
  | 'TypeMismatch'
  | 'JoinMismatch'
  | 'Unassigned'
  | 'FallsOffEnd'
  | 'BadReturn'
  | 'MissingCapability'
  | 'ViewWrites'
  | 'HaltWithResult'
  | 'GasBound'
  | 'BadName'
  | 'Duplicate'
  | 'BadConstant'
  | 'BadStorage'
  | 'BadEvent'
  | 'BadFunction'
  | 'BadEntry'
  | 'BadInterface'
  | 'BadList'
  | 'Limit';

/** The turns of a loop are the instructions behind `enter` up to `back`, which is its one `LoopBack`. */
export type Loop = {
  readonly enter: number;
  readonly back: number;
  readonly counter: number;
  readonly bound: number;
};

export type Structure = {
  /** Of each instruction its row, and where it jumps to, or -1: looked up once for all that walks the code later. */
  readonly rows: readonly OpRow[];
  readonly targets: Int32Array;
  /** Ordered by `enter`, so an outer loop comes before those inside it. */
  readonly loops: readonly Loop[];
};

/** Checks one function; the structure is meaningful only without errors. */
export function structureOf(
  artifact: Artifact,
  fn: FunctionCode,
): { readonly structure: Structure; readonly errors: readonly CodeError[] } {
  const errors: CodeError[] = [];
  const rows = fn.code.map(({ op }) => rowOf(op));
  const targets = new Int32Array(rows.length).fill(-1);
  for (let at = 0; at < rows.length; at++) {
    const instruction = fn.code[at]!;
    const { operands: kinds } = rows[at]!;
    const wrong = operandError(artifact, fn, instruction, kinds);
    if (wrong !== null)
      errors.push({ code: 'BadOperand', message: `${instruction.op}: ${wrong}`, instruction: at });
    else if (kinds.length > 0) targets[at] = targetAmong(instruction, kinds);
  }
  if (errors.length > 0) return { structure: { rows, targets, loops: [] }, errors };
  const loops = findLoops(fn, rows, errors);
  checkJumps(fn, targets, loops, errors);
  return { structure: { rows, targets, loops }, errors };
}

/** The instruction that a jump leads to, or -1. */
export function targetOf(instruction: Instruction): number {
  return targetAmong(instruction, rowOf(instruction.op).operands);
}

function targetAmong({ operands }: Instruction, kinds: readonly OperandKind[]): number {
  const at = kinds.indexOf('target');
  return at < 0 ? -1 : Number(operands[at]);
}

function operandError(
  artifact: Artifact,
  fn: FunctionCode,
  { operands }: Instruction,
  kinds: readonly OperandKind[],
): string | null {
  if (operands.length !== kinds.length) return `takes ${kinds.length} operands, not ${operands.length}`;
  for (let at = 0; at < kinds.length; at++) {
    const kind = kinds[at]!;
    const value = operands[at];
    if (kind === 'int') {
      if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) return 'takes a 64-bit integer';
      continue;
    }
    const count = countOf(artifact, fn, kind, Number(operands[0]));
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= count)
      return `no ${kind} ${value}`;
    if (kind === 'text' && artifact.constants[value]?.type !== 'text')
      return `constant ${value} is not a text`;
  }
  return null;
}

/** How many values an operand of a kind may have, from 0. */
function countOf(
  artifact: Artifact,
  fn: FunctionCode,
  kind: Exclude<OperandKind, 'int'>,
  first: number,
): number {
  switch (kind) {
    case 'bit':
      return 2;
    case 'constant':
    case 'text':
      return artifact.constants.length;
    case 'local':
      return fn.locals.length;
    case 'target':
      return fn.code.length;
    case 'function':
      return artifact.functions.length;
    case 'slot':
      return artifact.storage.length;
    case 'field':
      return artifact.storage[first]?.fields.length ?? 0;
    case 'word':
      return LIMITS.signatureWords;
    case 'event':
      return artifact.events.length;
    case 'error':
      return artifact.errors.length;
    case 'currency':
      return artifact.currencies.length;
    case 'interface':
      return artifact.interfaces.length;
    case 'call':
      return artifact.calls.length;
    case 'bound':
      return LIMITS.loopBound + 1;
  }
}

const { LoopEnter, LoopBack } = OPCODES;

function findLoops(fn: FunctionCode, rows: readonly OpRow[], errors: CodeError[]): Loop[] {
  const open: { enter: number; counter: number }[] = [];
  const loops: Loop[] = [];
  const report = (instruction: number, message: string) =>
    errors.push({ code: 'BadLoop', message, instruction });
  let assigned: ReadonlySet<Operand | undefined> | null = null;
  for (let at = 0; at < fn.code.length; at++) {
    const { code } = rows[at]!;
    if (code !== LoopEnter.code && code !== LoopBack.code) continue;
    const { operands } = fn.code[at]!;
    const counter = Number(operands[0]);
    if (code === LoopEnter.code) {
      assigned ??= assignedIn(fn);
      const wrong = counterError(fn, counter, assigned) ?? nestingError(open, counter);
      if (wrong !== null) report(at, wrong);
      open.push({ enter: at, counter });
    } else {
      const loop = open.pop();
      if (loop === undefined || loop.counter !== counter || operands[2] !== loop.enter + 1)
        report(at, 'LoopBack does not close the innermost open loop');
      else loops.push({ ...loop, back: at, bound: Number(operands[1]) });
    }
  }
  for (const { enter } of open) report(enter, 'the loop has no LoopBack');
  return loops.sort((a, b) => a.enter - b.enter);
}

/** The locals that some `LocalSet` assigns. */
function assignedIn({ code }: FunctionCode): ReadonlySet<Operand | undefined> {
  return new Set(code.map(({ op, operands }) => (op === 'LocalSet' ? operands[0] : undefined)));
}

function counterError(
  fn: FunctionCode,
  counter: number,
  assigned: ReadonlySet<Operand | undefined>,
): string | null {
  if (fn.locals[counter] !== 'int') return `local ${counter}, the counter, is not an int`;
  if (counter < fn.params.length) return `local ${counter}, the counter, is a parameter`;
  return assigned.has(counter) ? `local ${counter}, the counter, is assigned by LocalSet` : null;
}

function nestingError(open: readonly { counter: number }[], counter: number): string | null {
  if (open.length >= LIMITS.loopDepth) return `loops nest more than ${LIMITS.loopDepth} deep`;
  return open.some((loop) => loop.counter === counter)
    ? `local ${counter} already counts an outer loop`
    : null;
}

/** Jumps lead forward, and into a loop only from inside it: its `LoopEnter` is the one way in. */
function checkJumps(
  fn: FunctionCode,
  targets: Int32Array,
  loops: readonly Loop[],
  errors: CodeError[],
): void {
  const innermost = innermostLoops(targets.length, loops);
  for (let at = 0; at < targets.length; at++) {
    const target = targets[at]!;
    if (target < 0 || fn.code[at]!.op === 'LoopBack') continue;
    const loop = loops[innermost[target] ?? -1];
    const problem =
      target <= at
        ? 'a jump leads backward'
        : loop !== undefined && !(at > loop.enter && at <= loop.back)
          ? 'a jump leads into a loop past its LoopEnter'
          : null;
    if (problem !== null)
      errors.push({ code: 'BadJump', message: `${problem} (to ${target})`, instruction: at });
  }
}

/** For each instruction the index of the innermost loop around it, or -1. */
function innermostLoops(size: number, loops: readonly Loop[]): Int32Array {
  const innermost = new Int32Array(size).fill(-1);
  for (const [index, loop] of loops.entries()) innermost.fill(index, loop.enter + 1, loop.back + 1);
  return innermost;
}
