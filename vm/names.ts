/**
 * Names of the values of a function, in front of each instruction: two values of one name are equal, whichever way led
 * there. Beside them, what is known of the content of longer ones. An instruction and the names before it in, those behind it out.
 */
import type { Artifact, FunctionCode, Instruction } from './artifact.ts';
import { contentBytes } from './intern.ts';
import { isListWord, listShape, wordBytesMax } from './list.ts';
import { rowOf } from './opcodes.ts';
import { constantSum, larger, linearSum, plus, type Sum } from './sum.ts';
import type { WordType } from './value.ts';

/** Of the values on the stack, bottom first, and in locals. */
export type Names = { readonly stack: readonly string[]; readonly locals: readonly string[] };

/** Bytes of content by name. A name that is not there may be as large as its type. */
export type Sizes = Map<string, Sum>;

/** One function on one way through calls: names that are made here begin with `path`. */
export type Naming = {
  readonly artifact: Artifact;
  readonly fn: FunctionCode;
  readonly path: string;
  readonly sizes: Sizes;
};

/** Bytes of one chunk, the unit in which texts and bytes are measured; lists are measured in elements. */
export const CHUNK_BYTES = 32;

/** What a value of the type is measured in, and how many of that it has at most; null where its size does not matter. */
export function measureOf(type: WordType): { readonly bytes: number; readonly most: number } | null {
  if (type === 'text' || type === 'bytes')
    return { bytes: CHUNK_BYTES, most: Math.ceil(wordBytesMax(type) / CHUNK_BYTES) };
  const shape = isListWord(type) ? listShape(type) : null;
  if (shape === null) return null;
  return { bytes: shape.words.reduce((sum, word) => sum + wordBytesMax(word), 0), most: shape.capacity };
}

/** Bytes of a value whose measure is a factor of that name, as it is stored: its length stands before it. */
export function measuredSize(type: WordType, factor: string): Sum {
  const measure = measureOf(type);
  if (measure === null) return constantSum(wordBytesMax(type));
  return linearSum(isListWord(type) ? 3 : 2, measure.bytes, factor);
}

export function sizeOf({ sizes }: Naming, name: string | undefined, type: WordType): Sum {
  return sizes.get(name ?? '') ?? constantSum(wordBytesMax(type));
}

/** The factor of a leaf: the largest content of it that an execution reads. */
export function leafFactor(slot: number, field: number): string {
  return `leaf:${slot}:${field}`;
}

/** Where two ways meet, what differs gets a name of its own, as large as the larger one. */
export function meetNames({ path, sizes }: Naming, at: number, one: Names, other: Names): Names {
  const both = (mine: readonly string[], theirs: readonly string[], what: string) =>
    mine.map((name, index) => {
      if (name === theirs[index]) return name;
      const met = `meet ${path}${at} ${what} ${index}`;
      const [left, right] = [sizes.get(name), sizes.get(theirs[index]!)];
      if (left === undefined || right === undefined) sizes.delete(met);
      else sizes.set(met, larger(left, right));
      return met;
    });
  return { stack: both(one.stack, other.stack, 'stack'), locals: both(one.locals, other.locals, 'local') };
}

/** At the top of a loop: earlier turns may have assigned locals. */
export function namesAtTop({ fn, path }: Naming, enter: number, back: number, names: Names): Names {
  const assigned = new Set(
    fn.code
      .slice(enter, back + 1)
      .filter(({ op }) => op === 'LocalSet' || op === 'LoopEnter')
      .map(({ operands }) => Number(operands[0])),
  );
  const top = `loop ${path}${enter}`;
  return {
    stack: names.stack.map((_, index) => `${top} stack ${index}`),
    locals: names.locals.map((name, index) => (assigned.has(index) ? `${top} local ${index}` : name)),
  };
}

/** The names behind an instruction, where the stack is `height` high; -1 where nothing comes behind it. */
export function nextNames(
  naming: Naming,
  instruction: Instruction,
  at: number,
  { stack, locals }: Names,
  height: number,
): Names {
  const { op, operands } = instruction;
  const local = Number(operands[0]);
  switch (op) {
    case 'LocalGet':
      return { stack: [...stack, locals[local]!], locals };
    case 'LocalSet':
      return { stack: stack.slice(0, -1), locals: locals.with(local, stack.at(-1)!) };
    case 'LoopEnter':
      return { stack, locals: locals.with(local, `counter ${naming.path}${at}`) };
    case 'Push':
    case 'PushBool':
    case 'PushConst':
    case 'GetCaller':
    case 'GetCreator':
    case 'GetSelf':
    case 'GetTimestamp':
    case 'GetBlockNumber':
      return { stack: [...stack, constantName(naming, instruction)], locals };
    case 'Dup':
      return { stack: [...stack, stack.at(-1)!], locals };
  }
  const pops = popsOf(naming.artifact, instruction, stack.length);
  const kept = stack.slice(0, Math.max(0, stack.length - pops));
  const made = Array.from(
    { length: Math.max(0, height - kept.length) },
    (_, index) => `made ${naming.path}${at} ${index}`,
  );
  noteSize(naming, instruction, stack, made[0]);
  return { stack: [...kept, ...made], locals };
}

// ---- private -----------------------------------------------------------------------------------

/** The same throughout an execution. */
function constantName({ artifact, sizes }: Naming, { op, operands }: Instruction): string {
  const name = `${op} ${operands.join(' ')}`;
  const constant = op === 'PushConst' ? artifact.constants[Number(operands[0])] : undefined;
  if (constant?.type === 'text' || constant?.type === 'bytes')
    sizes.set(name, constantSum(contentBytes(constant.value)));
  return name;
}

/** Of what was read or joined the size is known by those of its parts. */
function noteSize(
  naming: Naming,
  { op, operands }: Instruction,
  stack: readonly string[],
  made: string | undefined,
): void {
  if (made === undefined) return;
  const { artifact, sizes } = naming;
  if (op === 'StateGet') {
    const type = artifact.storage[Number(operands[0])]?.fields[Number(operands[1])];
    if (type !== undefined && measureOf(type) !== null)
      sizes.set(made, measuredSize(type, leafFactor(Number(operands[0]), Number(operands[1]))));
  } else if (op === 'Concat') {
    const [left, right] = [stack.at(-2), stack.at(-1)];
    sizes.set(made, plus(sizeOf(naming, left, 'text'), sizeOf(naming, right, 'text')));
  }
}

/** How many values are taken from the stack; where that is not plain, all. */
function popsOf(artifact: Artifact, { op, operands }: Instruction, height: number): number {
  const { stack } = rowOf(op);
  if (stack !== 'dynamic') return stack.pops.length;
  const keys = artifact.storage[Number(operands[0])]?.keys.length ?? 0;
  switch (op) {
    case 'StateGet':
    case 'StateHas':
    case 'StateAdd':
    case 'StateRemove':
      return keys;
    case 'StateSet':
      return keys + 1;
    case 'Pop':
    case 'Length':
    case 'Hash':
      return 1;
    case 'Equal':
    case 'NotEqual':
    case 'Concat':
    case 'At':
    case 'Swap':
      return 2;
    case 'Call':
      return artifact.functions[Number(operands[0])]?.params.length ?? height;
    default:
      return height;
  }
}
