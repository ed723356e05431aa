/**
 * A validated artifact in, a program out that both tiers can run without checks: all functions in one typed
 * array, jump targets resolved, the gas of each basic block in front of it.
 */
import { wordsOfFields } from './abi.ts';
import type { Artifact, Entry, FunctionCode, Operand } from './artifact.ts';
import { fuse } from './fusion.ts';
import type { OfferedInterface } from './host.ts';
import { type CallWords, callWords, offeredInterface } from './interface.ts';
import { type OperandKind, type OpName, type OpRow, opOfCode, rowOf } from './opcodes.ts';
import type { Structure } from './structure.ts';
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
  /** The same with superinstructions, for the interpreter, made when it first asks. */
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

type Sizes = { readonly stackWords: number; readonly callDepth: number };

export function buildProgram(
  artifact: Artifact,
  structures: readonly Structure[],
  typings: readonly Typing[],
  sizes: Sizes,
): Program {
  const built = buildWith(artifact, structures, typings, sizes, []);
  let fused: Int32Array | null = null;
  return {
    ...built,
    get fused() {
      fused ??= fuse(built.code, lengthAt);
      return fused;
    },
  };
}

/** The program that the interpreter runs under observation (`observer.ts`). */
export function buildObserved(
  artifact: Artifact,
  structures: readonly Structure[],
  typings: readonly Typing[],
  sizes: Sizes,
): Program {
  const built = buildWith(artifact, structures, typings, sizes, [WATCH]);
  return { ...built, fused: built.code };
}

/** `lead` stands in front of each instruction. */
function buildWith(
  artifact: Artifact,
  structures: readonly Structure[],
  typings: readonly Typing[],
  { stackWords, callDepth }: Sizes,
  lead: readonly number[],
): Omit<Program, 'fused'> {
  const plans: Plan[] = [];
  let words = 0;
  for (const structure of structures) {
    const plan = planOf(structure, words, lead.length);
    plans.push(plan);
    words = plan.end;
  }
  const out = createOut(words);
  for (const [index, fn] of artifact.functions.entries())
    emitFunction(out, fn, index, structures[index]!, plans[index]!, typings[index]!.notes, lead);
  const interfaces = artifact.interfaces.map((_, index) => offeredInterface(artifact, index));
  return {
    artifact,
    code: out.code,
    wide: new BigInt64Array(out.wide),
    starts: Int32Array.from(plans, ({ start }) => start),
    paramCounts: Int32Array.from(artifact.functions, (fn) => fn.params.length),
    localCounts: Int32Array.from(artifact.functions, (fn) => fn.locals.length),
    heights: Int32Array.from(typings, ({ heightMax }) => heightMax),
    functionOf: out.functionOf,
    instructionOf: out.instructionOf,
    halts: out.halts,
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
  return code[pc] === CHARGE ? 2 : WIDTHS[code[pc]!]!;
}

/** By code byte, the words of an opcode with its operands and what stands behind them. */
const WIDTHS: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) => {
  const op = opOfCode(byte);
  if (op === undefined) return 0;
  return 1 + rowOf(op).operands.length + (op === 'Return' || TYPED_OPS.has(op) ? 1 : 0);
});

/** Where the code of a function will stand. */
type Plan = {
  readonly start: number;
  readonly end: number;
  /** For the first instruction of each basic block the static gas of the block, -1 for the others. */
  readonly blocks: Float64Array;
  /** Where each instruction begins, or the charge of the block that it leads. */
  readonly places: Int32Array;
};

function planOf({ rows, targets }: Structure, start: number, lead: number): Plan {
  const blocks = blockGas(rows, targets);
  const places = new Int32Array(rows.length);
  let place = start;
  for (let at = 0; at < rows.length; at++) {
    places[at] = place;
    place += lead + (blocks[at]! < 0 ? 0 : 2) + WIDTHS[rows[at]!.code]!;
  }
  return { start, end: place, blocks, places };
}

function blockGas(rows: readonly OpRow[], targets: Int32Array): Float64Array {
  const leads = new Uint8Array(rows.length + 1);
  leads[0] = 1;
  for (let at = 0; at < rows.length; at++) {
    const target = targets[at]!;
    if (target >= 0) leads[target] = 1;
    if (target >= 0 || rows[at]!.flow === 'end') leads[at + 1] = 1;
  }
  const gas = new Float64Array(rows.length).fill(-1);
  for (let at = rows.length - 1, sum = 0; at >= 0; at--) {
    sum += rows[at]!.gas;
    if (leads[at] === 1) {
      gas[at] = sum;
      sum = 0;
    }
  }
  return gas;
}

type Out = {
  readonly code: Int32Array;
  readonly functionOf: Int32Array;
  readonly instructionOf: Int32Array;
  readonly wide: bigint[];
  readonly types: WordType[];
  readonly halts: Map<number, readonly WordType[]>;
};

function createOut(words: number): Out {
  return {
    code: new Int32Array(words),
    functionOf: new Int32Array(words),
    instructionOf: new Int32Array(words),
    wide: [],
    types: [],
    halts: new Map(),
  };
}

function emitFunction(
  out: Out,
  fn: FunctionCode,
  index: number,
  { rows, targets }: Structure,
  { start, end, blocks, places }: Plan,
  notes: Typing['notes'],
  lead: readonly number[],
): void {
  const { code, instructionOf } = out;
  out.functionOf.fill(index, start, end);
  for (let at = 0; at < rows.length; at++) {
    let place = places[at]!;
    const next = at + 1 < rows.length ? places[at + 1]! : end;
    for (let word = place; word < next; word++) instructionOf[word] = at;
    for (const word of lead) code[place++] = word;
    if (blocks[at]! >= 0) {
      code[place++] = CHARGE;
      code[place++] = blocks[at]!;
    }
    const { op, operands } = fn.code[at]!;
    const row = rows[at]!;
    if (op === 'Halt' && notes.has(at)) out.halts.set(place, notes.get(at)!);
    code[place++] = row.code;
    for (let which = 0; which < operands.length; which++)
      code[place++] = wordOf(out, row.operands[which]!, operands[which]!, targets[at]!, places);
    if (place === next) continue;
    code[place] = op === 'Return' ? fn.results.length : positionOf(out.types, notes.get(at)?.[0] ?? 'text');
  }
}

/** An operand as it stands in the code: what may be long lies beside it. */
function wordOf(out: Out, kind: OperandKind, value: Operand, target: number, places: Int32Array): number {
  if (kind === 'int' || kind === 'bound') return out.wide.push(BigInt(value)) - 1;
  return kind === 'target' ? places[target]! : Number(value);
}

function positionOf(types: WordType[], type: WordType): number {
  const known = types.indexOf(type);
  return known < 0 ? types.push(type) - 1 : known;
}
