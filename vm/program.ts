/**
 * A validated artifact in, a program out that both tiers can run without checks: all functions in one typed
 * array, jump targets resolved, the gas of each basic block in front of it.
 */
import { wordsOfFields } from './abi.ts';
import type { Artifact, Entry, FunctionCode, Instruction } from './artifact.ts';
import { fuse } from './fusion.ts';
import type { OfferedInterface } from './host.ts';
import { type CallWords, callWords, offeredInterface } from './interface.ts';
import { OPCODES, type OpName, opOfCode, rowOf } from './opcodes.ts';
import { targetOf } from './structure.ts';
import type { Typing } from './typing.ts';
import type { WordType } from './value.ts';

/** Internal opcode in front of each basic block; its operand is the block's static gas. */
export const CHARGE = 0x100;

/** Opcodes that work on several types. Behind their operands stands which: a position in `Program.types`. */
const TYPED_OPS: ReadonlySet<OpName> = new Set(['Concat', 'Length', 'Hash', 'At', 'ListAdd']);

/** Internal opcode in front of each instruction of a program that is observed, before the charge of its block. */
export const WATCH = 0x114;

/** Opaque outside the VM, but for `artifact`. */
export type Program = {
  readonly artifact: Artifact;
  readonly code: Int32Array;
  /** The same with superinstructions, for the interpreter. */
  readonly fused: Int32Array;
  /** 64-bit operands; the code holds their index. */
  readonly wide: BigInt64Array;
  /** Where the code of each function begins. */
  readonly starts: Int32Array;
  /** Per function: parameters, locals. */
  readonly paramCounts: Int32Array;
  readonly localCounts: Int32Array;
  /** Per function: largest height of the operand stack. */
  readonly heights: Int32Array;
  /** For each place in `code` its function and instruction. */
  readonly functionOf: Int32Array;
  readonly instructionOf: Int32Array;
  /** Types of the stack at each `Halt`, by place in `code`. */
  readonly halts: ReadonlyMap<number, readonly WordType[]>;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly eventWords: readonly (readonly WordType[])[];
  readonly errorWords: readonly (readonly WordType[])[];
  /** What typed opcodes work on. */
  readonly types: readonly WordType[];
  /** By index of an outgoing call. */
  readonly calls: readonly CallWords[];
  /** By index of an interface. */
  readonly interfaces: readonly OfferedInterface[];
  /** The interfaces that the artifact implements, by identity. */
  readonly offers: ReadonlyMap<string, OfferedInterface>;
  /** Words of stack that the largest execution needs; frames that are open at once. */
  readonly stackWords: number;
  readonly callDepth: number;
};

/** What one instruction became. */
type Piece = { readonly op: number; readonly operands: readonly number[] };

type Sizes = { readonly stackWords: number; readonly callDepth: number };

export function buildProgram(artifact: Artifact, typings: readonly Typing[], sizes: Sizes): Program {
  const built = buildWith(artifact, typings, sizes, []);
  return { ...built, fused: fuse(built.code, lengthAt) };
}

/** The program that the interpreter runs under observation (`observer.ts`). */
export function buildObserved(artifact: Artifact, typings: readonly Typing[], sizes: Sizes): Program {
  const built = buildWith(artifact, typings, sizes, [WATCH]);
  return { ...built, fused: built.code };
}

/** `lead` stands in front of each instruction. */
function buildWith(
  artifact: Artifact,
  typings: readonly Typing[],
  { stackWords, callDepth }: Sizes,
  lead: readonly number[],
): Omit<Program, 'fused'> {
  const out = {
    code: [] as number[],
    wide: [] as bigint[],
    types: [] as WordType[],
    functionOf: [] as number[],
    instructionOf: [] as number[],
  };
  const starts: number[] = [];
  const halts = new Map<number, readonly WordType[]>();
  for (const [index, fn] of artifact.functions.entries()) {
    starts.push(out.code.length);
    emitFunction(out, halts, fn, index, typings[index] as Typing, lead);
  }
  const code = Int32Array.from(out.code);
  const interfaces = artifact.interfaces.map((_, index) => offeredInterface(artifact, index));
  return {
    artifact,
    code,
    wide: BigInt64Array.from(out.wide),
    starts: Int32Array.from(starts),
    paramCounts: Int32Array.from(artifact.functions, (fn) => fn.params.length),
    localCounts: Int32Array.from(artifact.functions, (fn) => fn.locals.length),
    heights: Int32Array.from(typings, ({ heightMax }) => heightMax),
    functionOf: Int32Array.from(out.functionOf),
    instructionOf: Int32Array.from(out.instructionOf),
    halts,
    entries: new Map(artifact.entries.map((entry) => [entry.name, entry])),
    eventWords: artifact.events.map((event) => wordsOfFields(event.fields)),
    errorWords: artifact.errors.map((error) => wordsOfFields(error.fields)),
    types: out.types,
    calls: artifact.calls.map((_, index) => callWords(artifact, index)),
    interfaces,
    offers: new Map(artifact.offers.map((index) => [interfaces[index]!.identity, interfaces[index]!])),
    stackWords,
    callDepth,
  };
}

/** Words of the opcode at a place. */
export function lengthAt(code: Int32Array, pc: number): number {
  if (code[pc] === CHARGE) return 2;
  const op = opOfCode(code[pc]!)!;
  return 1 + OPCODES[op].operands.length + (op === 'Return' || TYPED_OPS.has(op) ? 1 : 0);
}

type Out = {
  code: number[];
  wide: bigint[];
  types: WordType[];
  functionOf: number[];
  instructionOf: number[];
};

function emitFunction(
  out: Out,
  halts: Map<number, readonly WordType[]>,
  fn: FunctionCode,
  index: number,
  typing: Typing,
  lead: readonly number[],
): void {
  const blocks = blockGas(fn);
  const pieces = fn.code.map((instruction, at) => pieceOf(out, fn, instruction, typing.notes.get(at)));
  const places = placesOf(out.code.length, pieces, blocks, lead.length);
  for (const [at, instruction] of fn.code.entries()) {
    const { op, operands } = pieces[at] as Piece;
    const put = (word: number) => {
      out.code.push(word);
      out.functionOf.push(index);
      out.instructionOf.push(at);
    };
    const gas = blocks[at] as number;
    const target = targetOf(instruction);
    const targetAt = target < 0 ? -1 : rowOf(instruction.op).operands.indexOf('target');
    for (const word of lead) put(word);
    if (gas >= 0) {
      put(CHARGE);
      put(gas);
    }
    const notes = instruction.op === 'Halt' ? typing.notes.get(at) : undefined;
    if (notes !== undefined) halts.set(out.code.length, notes);
    put(op);
    for (const [which, value] of operands.entries())
      put(which === targetAt ? (places[target] as number) : value);
  }
}

/** For the first instruction of each basic block the static gas of the block, -1 for the others. */
function blockGas(fn: FunctionCode): Float64Array {
  const leads = new Uint8Array(fn.code.length + 1);
  leads[0] = 1;
  for (const [at, instruction] of fn.code.entries()) {
    const target = targetOf(instruction);
    if (target >= 0) leads[target] = 1;
    if (target >= 0 || rowOf(instruction.op).flow === 'end') leads[at + 1] = 1;
  }
  const gas = new Float64Array(fn.code.length).fill(-1);
  for (let at = fn.code.length - 1, sum = 0; at >= 0; at--) {
    sum += rowOf((fn.code[at] as Instruction).op).gas;
    if (leads[at] === 1) {
      gas[at] = sum;
      sum = 0;
    }
  }
  return gas;
}

function pieceOf(
  out: Out,
  fn: FunctionCode,
  { op, operands }: Instruction,
  notes: readonly WordType[] | undefined,
): Piece {
  const numbers = operands.map((operand) =>
    typeof operand === 'bigint' ? out.wide.push(operand) - 1 : operand,
  );
  if (op === 'LoopBack') numbers[1] = out.wide.push(BigInt(operands[1] ?? 0)) - 1;
  if (op === 'Return') numbers.push(fn.results.length);
  if (TYPED_OPS.has(op)) numbers.push(positionOf(out.types, notes?.[0] ?? 'text'));
  return { op: OPCODES[op].code, operands: numbers };
}

function positionOf(types: WordType[], type: WordType): number {
  const known = types.indexOf(type);
  return known < 0 ? types.push(type) - 1 : known;
}

/** Where the block that an instruction leads, or the instruction itself, will stand. */
function placesOf(start: number, pieces: readonly Piece[], blocks: Float64Array, lead: number): number[] {
  let place = start;
  return pieces.map((piece, at) => {
    const here = place;
    place += lead + ((blocks[at] as number) < 0 ? 0 : 2) + 1 + piece.operands.length;
    return here;
  });
}
