/**
 * In: one core function, scheduled as trees. Out: its code for the VM. Operands stay on the stack, conditions
 * become jumps without a `Bool` in between, and a local gets a VM slot when it is first written.
 */
import type { FunctionCode, OpName, OutgoingCall, WordType } from '../../vm/index.ts';
import { HOST_FUNCTIONS } from '../builtins.ts';
import type { Scalar } from '../check/types.ts';
import { wordType, wordTypes } from '../check/words.ts';
import type * as core from '../core/core.ts';
import type { Span } from '../syntax/ast.ts';
import {
  assembleCode,
  type Code,
  type ConstantPool,
  constantIndex,
  emit,
  type Label,
  newCode,
  newLabel,
  placeLabel,
  pushConstant,
} from './code.ts';
import type { SlotPlace } from './layout.ts';
import { type Root, schedule, type Tree } from './tree.ts';

/** What all functions of one artifact share. `collections` finds the functions that `sets.ts` and `lists.ts` make, by core slot. */
export type Unit = {
  readonly constants: ConstantPool;
  readonly places: readonly SlotPlace[];
  /** What is called at other contracts, each once; grows while functions are lowered. */
  readonly calls: OutgoingCall[];
  readonly collections: ReadonlyMap<number, CollectionFunctions>;
};

/** Indices of functions; a set has no `clear`. */
export type CollectionFunctions = {
  readonly add: number;
  readonly remove: number;
  readonly clear: number;
};

export function lowerFunction(fn: core.Function, unit: Unit): FunctionCode {
  return lowerWithSlots(fn, unit).code;
}

/** `slots`: where the code keeps each core local that it keeps. */
export function lowerWithSlots(
  fn: core.Function,
  unit: Unit,
): { readonly code: FunctionCode; readonly slots: ReadonlyMap<core.LocalId, number> } {
  const { roots, uses } = schedule(fn);
  const params = fn.params.flatMap((param) => wordTypes(param.type));
  const frame: Frame = { fn, unit, uses, code: newCode(unit.constants), slots: new Map(), locals: [] };
  for (let id = 0; id < params.length; id += 1) slotOf(frame, id);
  lowerRoots(frame, roots);
  if (endsOpen(roots)) emit(frame.code, { start: fn.span.end, end: fn.span.end }, 'Return');
  const results = fn.resultWords.map(wordType);
  const code = { name: fn.name, params, results, locals: frame.locals, ...assembleCode(frame.code) };
  return { code, slots: frame.slots };
}

type Frame = {
  readonly fn: core.Function;
  readonly unit: Unit;
  readonly uses: readonly number[];
  readonly code: Code;
  readonly slots: Map<core.LocalId, number>;
  readonly locals: WordType[];
};

const OPS: Readonly<Record<Exclude<core.OpName, 'neg' | 'not' | 'at' | 'hash'>, readonly OpName[]>> = {
  add: ['Add'],
  sub: ['Sub'],
  mul: ['Mul'],
  div: ['Div'],
  mod: ['Mod'],
  mulDiv: ['MulDiv'],
  mulDivUp: ['MulDivUp'],
  isqrt: ['Isqrt'],
  pow: ['Pow'],
  eq: ['Equal'],
  ne: ['NotEqual'],
  lt: ['LessThan'],
  le: ['GreaterThan', 'Not'],
  gt: ['GreaterThan'],
  ge: ['LessThan', 'Not'],
  and: ['And'],
  or: ['Or'],
  concat: ['Concat'],
  length: ['Length'],
  checkIndex: ['CheckIndex'],
  append: ['ListAdd'],
};

/** The same operands, the opposite answer. */
const OPPOSITE: Partial<Readonly<Record<core.OpName, core.OpName>>> = {
  eq: 'ne',
  ne: 'eq',
  lt: 'ge',
  le: 'gt',
  gt: 'le',
  ge: 'lt',
};

const ENV: Readonly<Record<core.EnvName, OpName>> = {
  caller: 'GetCaller',
  creator: 'GetCreator',
  self: 'GetSelf',
  now: 'GetTimestamp',
  block: 'GetBlockNumber',
};

// ---- statements --------------------------------------------------------------------------------

function lowerRoots(frame: Frame, roots: readonly Root[]): void {
  for (const root of roots) {
    lowerRoot(frame, root);
    if (!endsOpen([root])) return;
  }
}

function lowerRoot(frame: Frame, root: Root): void {
  const { code } = frame;
  const { span } = root;
  switch (root.kind) {
    case 'set':
      lowerTree(frame, root.value);
      for (const target of root.targets.toReversed()) lowerSet(frame, span, target);
      return;
    case 'store':
      lowerAll(frame, root.args);
      emit(code, span, 'StateSet', plainSlot(frame, root.slot), root.field);
      break;
    case 'add':
    case 'remove':
      lowerAll(frame, root.args);
      lowerChange(frame, root);
      break;
    case 'clear':
      lowerChange(frame, root);
      break;
    case 'fail':
      lowerAll(frame, root.args);
      emit(code, span, 'Fail', root.error);
      break;
    case 'emit':
      lowerAll(frame, root.args);
      emit(code, span, 'EmitEvent', root.event);
      break;
    case 'require':
      lowerRequire(frame, root);
      break;
    case 'if':
      lowerIf(frame, root);
      break;
    case 'loop':
      lowerLoop(frame, root);
      break;
    case 'return':
      lowerAll(frame, root.args);
      emit(code, span, 'Return');
      break;
  }
}

function lowerSet(frame: Frame, span: Span, target: core.LocalId): void {
  if (frame.uses[target] === 0) emit(frame.code, span, 'Pop');
  else emit(frame.code, span, 'LocalSet', slotOf(frame, target));
}

type Change = Extract<Root, { readonly kind: 'add' | 'remove' | 'clear' }>;

function lowerChange(frame: Frame, root: Change): void {
  const collection = frame.unit.collections.get(root.slot);
  if (collection !== undefined) {
    emit(frame.code, root.span, 'Call', collection[root.kind]);
    return;
  }
  if (root.kind !== 'remove') throw new Error(`\`${root.kind}\` on a slot that is no collection`);
  emit(frame.code, root.span, 'StateRemove', plainSlot(frame, root.slot));
}

function lowerRequire(frame: Frame, root: Extract<Root, { readonly kind: 'require' }>): void {
  const { code } = frame;
  const fine = newLabel();
  const known = constantOf(root.condition);
  if (known === true) return;
  if (known === null) lowerJump(frame, root.condition, fine, 'true');
  const message = constantIndex(code.constants, { type: 'text', value: root.message });
  emit(code, root.span, root.guard ? 'Guard' : 'Revert', message);
  placeLabel(code, fine);
}

function lowerIf(frame: Frame, root: Extract<Root, { readonly kind: 'if' }>): void {
  const { code } = frame;
  const end = newLabel();
  if (root.yes.length === 0) {
    lowerJump(frame, root.condition, end, 'true');
    lowerRoots(frame, root.no);
    placeLabel(code, end);
    return;
  }
  const otherwise = root.no.length === 0 ? end : newLabel();
  lowerJump(frame, root.condition, otherwise, 'false');
  lowerRoots(frame, root.yes);
  if (otherwise !== end) {
    if (endsOpen(root.yes)) emit(code, root.span, 'Jump', end);
    placeLabel(code, otherwise);
    lowerRoots(frame, root.no);
  }
  placeLabel(code, end);
}

/** The counter is a local of its own; the machine stops the loop at its bound. */
function lowerLoop(frame: Frame, root: Extract<Root, { readonly kind: 'loop' }>): void {
  const { code } = frame;
  const { span } = root;
  const [top, end] = [newLabel(), newLabel()];
  const counter = frame.locals.push('int') - 1;
  lowerTree(frame, root.from);
  const index = slotOf(frame, root.index);
  emit(code, span, 'LocalSet', index);
  emit(code, span, 'LoopEnter', counter);
  placeLabel(code, top);
  emit(code, span, 'LocalGet', index);
  lowerTree(frame, root.to);
  emit(code, span, 'LessThan');
  emit(code, span, 'Not');
  emit(code, span, 'JumpIf', end);
  lowerRoots(frame, root.body);
  if (endsOpen(root.body)) {
    emit(code, span, 'LocalGet', index);
    emit(code, span, 'Push', 1n);
    emit(code, span, 'Add');
    emit(code, span, 'LocalSet', index);
  }
  emit(code, span, 'LoopBack', counter, root.bound, top);
  placeLabel(code, end);
}

/** Whether what follows these statements can be reached. */
function endsOpen(roots: readonly Root[]): boolean {
  return roots.every((root) => {
    if (root.kind === 'return' || root.kind === 'fail') return false;
    if (root.kind === 'require') return constantOf(root.condition) !== false;
    return root.kind !== 'if' || endsOpen(root.yes) || endsOpen(root.no);
  });
}

// ---- values ------------------------------------------------------------------------------------

function lowerAll(frame: Frame, trees: readonly Tree[]): void {
  for (const tree of trees) lowerTree(frame, tree);
}

/** Leaves the words of the value on the operand stack. */
function lowerTree(frame: Frame, tree: Tree): void {
  const { code } = frame;
  const { span } = tree;
  if (tree.kind === 'choose') {
    lowerChoose(frame, tree);
    return;
  }
  if (tree.kind === 'op') {
    lowerOp(frame, tree);
    return;
  }
  if (tree.kind === 'atom') {
    lowerAtom(frame, tree.atom, span);
    return;
  }
  lowerAll(frame, tree.args);
  switch (tree.kind) {
    case 'load':
      emit(code, span, 'StateGet', plainSlot(frame, tree.slot), tree.field);
      break;
    case 'has':
      emit(code, span, 'StateHas', presenceSlot(frame, tree.slot));
      break;
    case 'size':
      emit(code, span, 'StateGet', sizeSlot(frame, tree.slot), 0);
      break;
    case 'element':
      emit(code, span, 'StateGet', setPlace(frame, tree.slot).items, tree.field);
      break;
    case 'host':
      emit(code, span, hostRow(tree.name).opcode, ...(tree.currency < 0 ? [] : [tree.currency]));
      break;
    case 'call':
      emit(code, span, 'Call', tree.callee);
      break;
    case 'find':
      emit(code, span, 'FindContract', tree.interface);
      break;
    case 'outgoing':
      emit(code, span, 'CallContract', callIndex(frame.unit.calls, tree.call));
      break;
  }
}

function lowerAtom(frame: Frame, atom: core.Atom, span: Span): void {
  if (atom.kind === 'env') {
    emit(frame.code, span, ENV[atom.name]);
    return;
  }
  if (atom.kind === 'const') {
    pushConstant(frame.code, span, { type: wordType(atom.type), value: atom.value });
    return;
  }
  const slot = frame.slots.get(atom.id);
  if (slot === undefined)
    throw new Error(`${frame.fn.name} reads ${localOf(frame, atom.id).name} before it is assigned`);
  emit(frame.code, span, 'LocalGet', slot);
}

function lowerOp(frame: Frame, tree: Extract<Tree, { readonly kind: 'op' }>): void {
  const { code } = frame;
  if (tree.op === 'not') {
    lowerOpposite(frame, tree.args[0]!, tree.span);
    return;
  }
  if (tree.op === 'at' || tree.op === 'hash') {
    lowerWithConstant(frame, tree);
    return;
  }
  if (tree.op === 'neg') {
    emit(code, tree.span, 'Push', 0n);
    lowerAll(frame, tree.args);
    emit(code, tree.span, 'Sub');
    return;
  }
  lowerAll(frame, tree.args);
  for (const op of OPS[tree.op]) emit(code, tree.span, op);
}

/** `At` and `Hash` have what is constant as their operand: the last argument, and the first. */
function lowerWithConstant(frame: Frame, tree: Extract<Tree, { readonly kind: 'op' }>): void {
  const { code } = frame;
  if (tree.op === 'at') {
    lowerAll(frame, tree.args.slice(0, 2));
    emit(code, tree.span, 'At', Number(literalOf(tree.args[2])));
    return;
  }
  lowerAll(frame, tree.args.slice(1));
  const value = String(literalOf(tree.args[0]));
  emit(code, tree.span, 'Hash', constantIndex(code.constants, { type: 'text', value }));
}

function literalOf(tree: Tree | undefined): core.Constant {
  if (tree?.kind !== 'atom' || tree.atom.kind !== 'const') throw new Error('an operand that is not constant');
  return tree.atom.value;
}

/** `!tree`, without a `Not` where the comparison has an opposite. */
function lowerOpposite(frame: Frame, tree: Tree, span: Span): void {
  if (tree.kind === 'op') {
    const opposite = OPPOSITE[tree.op];
    if (tree.op === 'not') {
      lowerTree(frame, tree.args[0]!);
      return;
    }
    if (opposite !== undefined) {
      lowerOp(frame, { ...tree, op: opposite });
      return;
    }
  }
  lowerTree(frame, tree);
  emit(frame.code, span, 'Not');
}

function lowerChoose(frame: Frame, tree: Extract<Tree, { readonly kind: 'choose' }>): void {
  const otherwise = newLabel();
  const end = newLabel();
  lowerJump(frame, tree.condition, otherwise, 'false');
  lowerTree(frame, tree.yes);
  emit(frame.code, tree.span, 'Jump', end);
  placeLabel(frame.code, otherwise);
  lowerTree(frame, tree.no);
  placeLabel(frame.code, end);
}

// ---- jumps -------------------------------------------------------------------------------------

/** Which answer of the condition jumps. */
type Answer = 'true' | 'false';

/** Jumps to `label` when the condition gives that answer; otherwise goes on. */
function lowerJump(frame: Frame, tree: Tree, label: Label, answer: Answer): void {
  const known = constantOf(tree);
  if (known !== null) {
    if (String(known) === answer) emit(frame.code, tree.span, 'Jump', label);
    return;
  }
  if (tree.kind === 'op' && tree.op === 'not') {
    lowerJump(frame, tree.args[0]!, label, answer === 'true' ? 'false' : 'true');
    return;
  }
  if (tree.kind === 'choose') {
    lowerChooseJump(frame, tree, label, answer);
    return;
  }
  if (answer === 'true') lowerTree(frame, tree);
  else lowerOpposite(frame, tree, tree.span);
  emit(frame.code, tree.span, 'JumpIf', label);
}

/** `c ? a : b` as a condition; with a constant branch, which is what `&&` and `||` have, one jump is enough for it. */
function lowerChooseJump(
  frame: Frame,
  tree: Extract<Tree, { readonly kind: 'choose' }>,
  label: Label,
  answer: Answer,
): void {
  const skip = newLabel();
  const then = constantOf(tree.yes);
  const otherwise = constantOf(tree.no);
  if (otherwise !== null) {
    lowerJump(frame, tree.condition, String(otherwise) === answer ? label : skip, 'false');
    lowerJump(frame, tree.yes, label, answer);
  } else if (then !== null) {
    lowerJump(frame, tree.condition, String(then) === answer ? label : skip, 'true');
    lowerJump(frame, tree.no, label, answer);
  } else {
    const second = newLabel();
    lowerJump(frame, tree.condition, second, 'false');
    lowerJump(frame, tree.yes, label, answer);
    emit(frame.code, tree.span, 'Jump', skip);
    placeLabel(frame.code, second);
    lowerJump(frame, tree.no, label, answer);
  }
  placeLabel(frame.code, skip);
}

/** The answer of a constant condition, or null. */
function constantOf(tree: Tree): boolean | null {
  if (tree.kind !== 'atom' || tree.atom.kind !== 'const') return null;
  return typeof tree.atom.value === 'boolean' ? tree.atom.value : null;
}

// ---- places ------------------------------------------------------------------------------------

function slotOf(frame: Frame, id: core.LocalId): number {
  const known = frame.slots.get(id);
  if (known !== undefined) return known;
  frame.slots.set(id, frame.locals.length);
  frame.locals.push(wordType(localOf(frame, id).type));
  return frame.locals.length - 1;
}

function localOf(frame: Frame, id: core.LocalId): { readonly name: string; readonly type: Scalar } {
  const local = frame.fn.locals[id];
  if (local === undefined) throw new Error(`${frame.fn.name} has no local ${id}`);
  return local;
}

function placeOf(frame: Frame, slot: number): SlotPlace {
  const place = frame.unit.places[slot];
  if (place === undefined) throw new Error(`no state variable ${slot}`);
  return place;
}

function plainSlot(frame: Frame, slot: number): number {
  const place = placeOf(frame, slot);
  if (place.kind === 'set') throw new Error('a set is read and written by its own operations only');
  return place.kind === 'list' ? place.items : place.slot;
}

function setPlace(frame: Frame, slot: number): Extract<SlotPlace, { readonly kind: 'set' }> {
  const place = placeOf(frame, slot);
  if (place.kind !== 'set') throw new Error('an operation of a set on a slot that is none');
  return place;
}

function presenceSlot(frame: Frame, slot: number): number {
  const place = placeOf(frame, slot);
  return place.kind === 'set' ? place.index : plainSlot(frame, slot);
}

/** Where the number of elements of a set or a list lies. */
function sizeSlot(frame: Frame, slot: number): number {
  const place = placeOf(frame, slot);
  if (place.kind === 'plain') throw new Error('the size of a slot that is no collection');
  return place.size;
}

function callIndex(calls: OutgoingCall[], call: OutgoingCall): number {
  const text = JSON.stringify(call);
  const known = calls.findIndex((other) => JSON.stringify(other) === text);
  return known < 0 ? calls.push(call) - 1 : known;
}

function hostRow(name: string): (typeof HOST_FUNCTIONS)[number] {
  const row = HOST_FUNCTIONS.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`no host function ${name}`);
  return row;
}
