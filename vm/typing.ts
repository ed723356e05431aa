/**
 * Types of one function: at every reachable instruction the operand stack has one height and one type per slot, and
 * locals are assigned before they are read. One forward pass, because all jumps but `LoopBack` lead forward. The
 * stack is a linked list, so that remembering it at a jump costs nothing.
 */

import { wordsOfFields } from './abi.ts';
import type { Artifact, FunctionCode, Instruction } from './artifact.ts';
import { callWords } from './interface.ts';
import { isListWord, listShape } from './list.ts';
import type { DynamicOp } from './opcodes.ts';
import type { CodeError, Structure } from './structure.ts';
import type { WordType } from './value.ts';

export type Typing = {
  /** Largest height of the operand stack. */
  readonly heightMax: number;
  /** The stack's types, bottom first, at each reachable `Halt`, and the type that each opcode works on which takes several. */
  readonly notes: ReadonlyMap<number, readonly WordType[]>;
};

type Cell = { readonly type: WordType; readonly below: Cell | null; readonly height: number };
/** What is known where a jump leads: the stack, and a bit for each local that is assigned. */
type State = { readonly stack: Cell | null; readonly assigned: Int32Array };

/** What checking one function accumulates; `stack` and `assigned` are those in front of the instruction `at`. */
type Check = {
  readonly artifact: Artifact;
  readonly fn: FunctionCode;
  readonly structure: Structure;
  readonly errors: CodeError[];
  readonly notes: Map<number, readonly WordType[]>;
  /** By instruction, where a jump leads that was met. */
  readonly incoming: (State | undefined)[];
  stack: Cell | null;
  assigned: Int32Array;
  heightMax: number;
  at: number;
};

/** What stands where, in front of an instruction: the stack's types, bottom first, and a bit for each local that is assigned. */
export type Shape = { readonly types: readonly WordType[]; readonly assigned: bigint };

/** Types a function of sound structure. Reports the first error only: what follows one is noise. */
export function typingOf(
  artifact: Artifact,
  fn: FunctionCode,
  structure: Structure,
): { readonly typing: Typing; readonly errors: readonly CodeError[] } {
  const { heightMax, notes, errors } = typeAll(artifact, fn, structure, () => {});
  return { typing: { heightMax, notes }, errors };
}

/** For each instruction of a valid function what stands there; undefined where it is not reached. */
export function shapesOf(
  artifact: Artifact,
  fn: FunctionCode,
  structure: Structure,
): readonly (Shape | undefined)[] {
  const shapes: (Shape | undefined)[] = fn.code.map(() => undefined);
  typeAll(artifact, fn, structure, ({ at, stack, assigned }) => {
    shapes[at] = { types: typesOf(stack), assigned: bitsOf(assigned) };
  });
  return shapes;
}

/** `reach` is told in front of each instruction that is reached. */
function typeAll(
  artifact: Artifact,
  fn: FunctionCode,
  structure: Structure,
  reach: (check: Check) => void,
): Check {
  const assigned = new Int32Array((fn.locals.length + 31) >>> 5);
  const incoming: (State | undefined)[] = new Array(fn.code.length).fill(undefined);
  const shared = { artifact, fn, structure, errors: [], notes: new Map(), incoming };
  const check: Check = { ...shared, stack: null, assigned, heightMax: 0, at: 0 };
  for (let local = 0; local < fn.params.length; local++) assign(check, local);
  for (let live = true; check.at < fn.code.length && check.errors.length === 0; check.at++) {
    const met = incoming[check.at];
    if (met !== undefined) {
      check.stack = met.stack;
      check.assigned = met.assigned.slice();
    } else if (!live) continue;
    reach(check);
    live = step(check, fn.code[check.at]!);
  }
  return check;
}

/** Types one instruction and hands its state on to those that may follow; false where the next one does not. */
function step(check: Check, instruction: Instruction): boolean {
  const { stack, flow } = check.structure.rows[check.at]!;
  if (stack === 'dynamic') applyDynamic(check, instruction);
  else {
    popAll(check, stack.pops);
    pushAll(check, stack.pushes);
  }
  if (instruction.op === 'Halt') check.notes.set(check.at, typesOf(check.stack));
  if (instruction.op === 'LoopEnter') assign(check, Number(instruction.operands[0]));
  if (check.errors.length > 0) return false;
  const target = check.structure.targets[check.at]!;
  if (target >= 0) join(check, target);
  if (flow === 'end') return false;
  const next = check.at + 1;
  if (next >= check.fn.code.length) report(check, 'FallsOffEnd', 'control runs off the end of the function');
  else if (check.incoming[next] !== undefined || instruction.op === 'LoopEnter') join(check, next);
  return true;
}

/** Pops what an instruction takes and pushes what it gives. */
function applyDynamic(check: Check, { op, operands }: Instruction): void {
  const { artifact, fn } = check;
  const index = Number(operands[0]);
  const dynamic = op as DynamicOp;
  switch (dynamic) {
    case 'LocalGet':
      if (!isAssigned(check, index))
        report(check, 'Unassigned', `local ${index} is read before it is assigned`);
      push(check, fn.locals[index]);
      return;
    case 'LocalSet':
      popType(check, fn.locals[index]!);
      assign(check, index);
      return;
    case 'PushConst':
      push(check, artifact.constants[index]?.type);
      return;
    case 'Pop':
      pop(check);
      return;
    case 'Dup': {
      const type = pop(check);
      push(check, type);
      push(check, type);
      return;
    }
    case 'Swap': {
      const top = pop(check);
      const below = pop(check);
      push(check, top);
      push(check, below);
      return;
    }
    case 'Equal':
    case 'NotEqual': {
      const type = pop(check);
      if (type !== undefined) popType(check, type);
      push(check, 'bool');
      return;
    }
    case 'JumpIf':
      requireOneOf(check, ['bool', 'int'], pop(check));
      return;
    case 'Call':
      popAll(check, artifact.functions[index]?.params ?? []);
      pushAll(check, artifact.functions[index]?.results ?? []);
      return;
    case 'Return':
      checkReturn(check);
      return;
    case 'CallContract': {
      const { pops, pushes } = callWords(artifact, index);
      popAll(check, pops);
      pushAll(check, pushes);
      return;
    }
    case 'StateGet':
      popAll(check, artifact.storage[index]?.keys ?? []);
      push(check, artifact.storage[index]?.fields[Number(operands[1])]);
      return;
    case 'StateSet': {
      const slot = artifact.storage[index];
      const field = slot?.fields[Number(operands[1])];
      if (slot === undefined || field === undefined) return;
      popType(check, field);
      popAll(check, slot.keys);
      return;
    }
    case 'StateHas':
      popKeys(check, index);
      push(check, 'bool');
      return;
    case 'StateAdd':
    case 'StateRemove':
      popKeys(check, index);
      return;
    default:
      applyToSequence(check, dynamic, index);
  }
}

type SequenceOp = 'Concat' | 'Length' | 'At' | 'ListAdd' | 'Hash' | 'Fail' | 'EmitEvent';

/** Those that work on texts, bytes, lists and the words of records. */
function applyToSequence(check: Check, op: SequenceOp, index: number): void {
  const { artifact } = check;
  switch (op) {
    case 'Concat': {
      const type = noted(check, pop(check));
      requireOneOf(check, ['text', 'bytes'], type);
      if (type !== undefined) popType(check, type);
      push(check, type);
      return;
    }
    case 'Length':
      requireSequence(check, ['text', 'bytes'], noted(check, pop(check)));
      push(check, 'int');
      return;
    case 'At':
      popType(check, 'int');
      push(check, elementWord(check, noted(check, pop(check)), index));
      return;
    case 'ListAdd':
      push(check, addedTo(check));
      return;
    case 'Hash': {
      const type = noted(check, pop(check));
      if (artifact.constants[index]?.value === '') requireOneOf(check, ['text', 'bytes', 'hash'], type);
      else requireSequence(check, [], type);
      push(check, 'hash');
      return;
    }
    case 'Fail':
      popAll(check, wordsOfFields(artifact.errors[index]?.fields ?? []));
      return;
    case 'EmitEvent':
      popAll(check, wordsOfFields(artifact.events[index]?.fields ?? []));
      return;
  }
}

/** Remembers the type of what an instruction works on. */
function noted(check: Check, type: WordType | undefined): WordType | undefined {
  if (type !== undefined) check.notes.set(check.at, [type]);
  return type;
}

/** The type of that word of an element; of bytes there is one. */
function elementWord(check: Check, type: WordType | undefined, word: number): WordType | undefined {
  requireSequence(check, ['bytes'], type);
  const words = type === undefined || type === 'bytes' ? (['int'] as const) : listShape(type)?.words;
  if (words !== undefined && word >= words.length)
    report(check, 'BadOperand', `an element has ${words.length} words, there is no word ${word}`);
  return words?.[word];
}

/** The list lies below the words of the element, so its type is looked up there first. */
function addedTo(check: Check): WordType | undefined {
  let list = check.stack;
  while (list !== null && !isListAbove(list, check.stack)) list = list.below;
  if (list === null) {
    report(check, 'TypeMismatch', 'no list and element of it on the stack');
    return undefined;
  }
  popAll(check, [...listShape(list.type)!.words]);
  return noted(check, pop(check));
}

/** Whether the cell is a list, and the words above it, up to the top, are as many as those of one element. */
function isListAbove(cell: Cell, top: Cell | null): boolean {
  const above = (top?.height ?? 0) - cell.height;
  return isListWord(cell.type) && above > 0 && listShape(cell.type)?.words.length === above;
}

/** A list, or one of these types. */
function requireSequence(check: Check, types: readonly WordType[], found: WordType | undefined): void {
  if (found !== undefined && isListWord(found)) return;
  if (found !== undefined && !types.includes(found))
    report(
      check,
      'TypeMismatch',
      `${[...types, 'a list'].join(' or ')} expected on the stack, ${found} found`,
    );
}

function checkReturn(check: Check): void {
  const results = check.fn.results;
  const found = typesOf(check.stack);
  if (found.length !== results.length || found.some((type, at) => type !== results[at]))
    report(
      check,
      'BadReturn',
      `the stack holds (${found.join(' ')}) where (${results.join(' ')}) is returned`,
    );
}

function popKeys(check: Check, slot: number): void {
  const keys = check.artifact.storage[slot]?.keys ?? [];
  if (keys.length === 0) report(check, 'TypeMismatch', `slot ${slot} has no keys`);
  popAll(check, keys);
}

function push(check: Check, type: WordType | undefined): void {
  if (type === undefined) return;
  const height = (check.stack?.height ?? 0) + 1;
  check.stack = { type, below: check.stack, height };
  check.heightMax = Math.max(check.heightMax, height);
}

/** The type popped; undefined once an error was reported. */
function pop(check: Check): WordType | undefined {
  const top = check.stack;
  if (top === null) {
    report(check, 'StackUnderflow', 'the stack is empty');
    return undefined;
  }
  check.stack = top.below;
  return top.type;
}

function popAll(check: Check, types: readonly WordType[]): void {
  for (let index = types.length - 1; index >= 0 && check.errors.length === 0; index--)
    popType(check, types[index]!);
}

function pushAll(check: Check, types: readonly WordType[]): void {
  for (const type of types) push(check, type);
}

function popType(check: Check, type: WordType): void {
  const found = pop(check);
  if (found !== undefined && found !== type)
    report(check, 'TypeMismatch', `${type} expected on the stack, ${found} found`);
}

function requireOneOf(check: Check, types: readonly WordType[], found: WordType | undefined): void {
  if (found !== undefined && !types.includes(found))
    report(check, 'TypeMismatch', `${types.join(' or ')} expected on the stack, ${found} found`);
}

function assign({ assigned }: Check, local: number): void {
  assigned[local >>> 5]! |= 1 << (local & 31);
}

function isAssigned({ assigned }: Check, local: number): boolean {
  return ((assigned[local >>> 5]! >>> (local & 31)) & 1) === 1;
}

/** The same bits as one number. */
function bitsOf(assigned: Int32Array): bigint {
  return assigned.reduceRight((bits, word) => (bits << 32n) | BigInt(word >>> 0), 0n);
}

/** Merges the state at hand into what is known at `target`; a way back must bring the stack that was there. */
function join(check: Check, target: number): void {
  const known = check.incoming[target];
  if (known === undefined) {
    check.incoming[target] = { stack: check.stack, assigned: check.assigned.slice() };
    return;
  }
  if (!sameStack(known.stack, check.stack))
    report(
      check,
      'JoinMismatch',
      `the stack is (${typesOf(check.stack).join(' ')}) where (${typesOf(known.stack).join(' ')}) meets it, at ${target}`,
    );
  if (target <= check.at) return;
  for (let word = 0; word < known.assigned.length; word++) known.assigned[word]! &= check.assigned[word]!;
}

function sameStack(a: Cell | null, b: Cell | null): boolean {
  let left = a;
  let right = b;
  if (left?.height !== right?.height) return false;
  for (; left !== right; left = left?.below ?? null, right = right?.below ?? null)
    if (left?.type !== right?.type) return false;
  return true;
}

function typesOf(stack: Cell | null): WordType[] {
  const types: WordType[] = [];
  for (let cell = stack; cell !== null; cell = cell.below) types.push(cell.type);
  return types.reverse();
}

function report(check: Check, code: CodeError['code'], message: string): void {
  if (check.errors.length === 0) check.errors.push({ code, message, instruction: check.at });
}
