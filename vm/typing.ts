/**
 * Types of one function: at every reachable instruction the operand stack has one height and one type per slot, and
 * locals are assigned before they are read. One forward pass, because all jumps but `LoopBack` lead forward. The
 * stack is a linked list, so that remembering it at a jump costs nothing.
 */

import { wordsOfFields } from './abi.ts';
import type { Artifact, FunctionCode, Instruction } from './artifact.ts';
import { callWords } from './interface.ts';
import { isListWord, listShape } from './list.ts';
import { type DynamicOp, rowOf } from './opcodes.ts';
import { type CodeError, targetOf } from './structure.ts';
import type { WordType } from './value.ts';

export type Typing = {
  /** Largest height of the operand stack. */
  readonly heightMax: number;
  /** The stack's types, bottom first, at each reachable `Halt`, and the type that each opcode works on which takes several. */
  readonly notes: ReadonlyMap<number, readonly WordType[]>;
};

type Cell = { readonly type: WordType; readonly below: Cell | null; readonly height: number };
type State = { readonly stack: Cell | null; readonly assigned: bigint };

/** What checking one function accumulates. */
type Check = {
  readonly artifact: Artifact;
  readonly fn: FunctionCode;
  readonly errors: CodeError[];
  readonly notes: Map<number, readonly WordType[]>;
  stack: Cell | null;
  assigned: bigint;
  heightMax: number;
  at: number;
};

/** What stands where, in front of an instruction: the stack's types, bottom first, and a bit for each local that is assigned. */
export type Shape = { readonly types: readonly WordType[]; readonly assigned: bigint };

/** Types a function of sound structure. Reports the first error only: what follows one is noise. */
export function typingOf(
  artifact: Artifact,
  fn: FunctionCode,
): { readonly typing: Typing; readonly errors: readonly CodeError[] } {
  const { check } = typeAll(artifact, fn);
  return { typing: { heightMax: check.heightMax, notes: check.notes }, errors: check.errors };
}

/** For each instruction of a valid function what stands there; undefined where it is not reached. */
export function shapesOf(artifact: Artifact, fn: FunctionCode): readonly (Shape | undefined)[] {
  const { incoming } = typeAll(artifact, fn);
  return fn.code.map((_, at) => {
    const state = incoming[at];
    return state === undefined ? undefined : { types: typesOf(state.stack), assigned: state.assigned };
  });
}

function typeAll(
  artifact: Artifact,
  fn: FunctionCode,
): { readonly check: Check; readonly incoming: readonly (State | undefined)[] } {
  const assigned = (1n << BigInt(fn.params.length)) - 1n;
  const check: Check = {
    artifact,
    fn,
    errors: [],
    notes: new Map(),
    stack: null,
    assigned,
    heightMax: 0,
    at: 0,
  };
  const incoming: (State | undefined)[] = [{ stack: null, assigned }];
  for (let at = 0; at < fn.code.length && check.errors.length === 0; at++) {
    const state = incoming[at];
    if (state === undefined) continue;
    Object.assign(check, { at, stack: state.stack, assigned: state.assigned });
    step(check, fn.code[at] as Instruction, incoming);
  }
  return { check, incoming };
}

/** Types one instruction and hands its state on to those that may follow. */
function step(check: Check, instruction: Instruction, incoming: (State | undefined)[]): void {
  const row = rowOf(instruction.op);
  const pushes = row.stack === 'dynamic' ? applyDynamic(check, instruction) : row.stack.pushes;
  if (row.stack !== 'dynamic') popAll(check, row.stack.pops);
  for (const type of pushes) push(check, type);
  if (instruction.op === 'Halt') check.notes.set(check.at, typesOf(check.stack));
  if (instruction.op === 'LoopEnter') assign(check, Number(instruction.operands[0]));
  if (check.errors.length > 0) return;
  const target = targetOf(instruction);
  if (target >= 0) join(check, incoming, target);
  if (row.flow === 'end') return;
  if (check.at + 1 >= check.fn.code.length)
    report(check, 'FallsOffEnd', 'control runs off the end of the function');
  else join(check, incoming, check.at + 1);
}

/** Pops what an instruction takes and gives what it pushes. */
function applyDynamic(check: Check, { op, operands }: Instruction): readonly (WordType | undefined)[] {
  const { artifact, fn } = check;
  const index = Number(operands[0]);
  switch (op as DynamicOp) {
    case 'PushConst':
      return [artifact.constants[index]?.type];
    case 'Pop':
      pop(check);
      return [];
    case 'Dup': {
      const type = pop(check);
      return [type, type];
    }
    case 'Swap': {
      const top = pop(check);
      return [top, pop(check)];
    }
    case 'LocalGet':
      if (((check.assigned >> BigInt(index)) & 1n) === 0n)
        report(check, 'Unassigned', `local ${index} is read before it is assigned`);
      return [fn.locals[index]];
    case 'LocalSet':
      popAll(check, fn.locals.slice(index, index + 1));
      assign(check, index);
      return [];
    case 'Equal':
    case 'NotEqual': {
      const type = pop(check);
      if (type !== undefined) popAll(check, [type]);
      return ['bool'];
    }
    case 'JumpIf':
      requireOneOf(check, ['bool', 'int'], pop(check));
      return [];
    case 'Call':
      popAll(check, artifact.functions[index]?.params ?? []);
      return artifact.functions[index]?.results ?? [];
    case 'Return':
      checkReturn(check);
      return [];
    case 'CallContract': {
      const { pops, pushes } = callWords(artifact, index);
      popAll(check, pops);
      return pushes;
    }
    case 'StateGet':
      popAll(check, artifact.storage[index]?.keys ?? []);
      return [artifact.storage[index]?.fields[Number(operands[1])]];
    case 'StateSet': {
      const slot = artifact.storage[index];
      const field = slot?.fields[Number(operands[1])];
      popAll(check, field === undefined ? [] : [...(slot?.keys ?? []), field]);
      return [];
    }
    case 'StateHas':
      popKeys(check, index);
      return ['bool'];
    case 'StateAdd':
    case 'StateRemove':
      popKeys(check, index);
      return [];
    case 'Concat': {
      const type = noted(check, pop(check));
      requireOneOf(check, ['text', 'bytes'], type);
      if (type !== undefined) popAll(check, [type]);
      return [type];
    }
    case 'Length':
      requireSequence(check, ['text', 'bytes'], noted(check, pop(check)));
      return ['int'];
    case 'At':
      popAll(check, ['int']);
      return [elementWord(check, noted(check, pop(check)), index)];
    case 'ListAdd':
      return [addedTo(check)];
    case 'Hash': {
      const type = noted(check, pop(check));
      if (artifact.constants[index]?.value === '') requireOneOf(check, ['text', 'bytes', 'hash'], type);
      else requireSequence(check, [], type);
      return ['hash'];
    }
    case 'Fail':
      popAll(check, wordsOfFields(artifact.errors[index]?.fields ?? []));
      return [];
    case 'EmitEvent':
      popAll(check, wordsOfFields(artifact.events[index]?.fields ?? []));
      return [];
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
  for (let index = types.length - 1; index >= 0 && check.errors.length === 0; index--) {
    const type = types[index] as WordType;
    requireOneOf(check, [type], pop(check));
  }
}

function requireOneOf(check: Check, types: readonly WordType[], found: WordType | undefined): void {
  if (found !== undefined && !types.includes(found))
    report(check, 'TypeMismatch', `${types.join(' or ')} expected on the stack, ${found} found`);
}

function assign(check: Check, local: number): void {
  check.assigned |= 1n << BigInt(local);
}

/** Merges the state at hand into what is known at `target`; a way back must bring the stack that was there. */
function join(check: Check, incoming: (State | undefined)[], target: number): void {
  const known = incoming[target];
  if (known === undefined) {
    incoming[target] = { stack: check.stack, assigned: check.assigned };
    return;
  }
  if (!sameStack(known.stack, check.stack))
    report(
      check,
      'JoinMismatch',
      `the stack is (${typesOf(check.stack).join(' ')}) where (${typesOf(known.stack).join(' ')}) meets it, at ${target}`,
    );
  if (target > check.at) incoming[target] = { stack: known.stack, assigned: known.assigned & check.assigned };
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
