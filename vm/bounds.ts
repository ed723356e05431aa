/**
 * Static bounds, recomputed from bytecode: the most gas that a function can use, and the most of the other things
 * that grow. A path is bounded by the sum of its instructions; a loop by its bound times its costliest turn. Because
 * jumps lead forward, that is one walk from the end of the code to its beginning, and one more per loop around it.
 */
import { wordsOfFields } from './abi.ts';
import type { Artifact, Entry, FunctionCode, Instruction, StorageSlot } from './artifact.ts';
import { chunkGas, eventGas, GAS, hashGas, keyGas, listGas } from './gas.ts';
import { callWords, methodOf } from './interface.ts';
import { contentBytes, leastBytes } from './intern.ts';
import { LIMITS } from './limits.ts';
import { isListWord, listShape, listWordsMax, wordBytesMax } from './list.ts';
import { type OpName, type OpRow, opOfCode, rowOf } from './opcodes.ts';
import { type Loop, type Structure, structureOf } from './structure.ts';
import type { Value, WordType } from './value.ts';

/** What is bounded: `interned` counts values that may enter the intern table anew, `internedBytes` their content. */
export type Measure = 'gas' | 'interned' | 'internedBytes' | 'events' | 'logs';

/** Functions in an order in which callees come before callers; null when the calls form a cycle. */
export function callOrder(functions: readonly FunctionCode[]): readonly number[] | null {
  const order: number[] = [];
  const state = new Uint8Array(functions.length);
  const callees = functions.map(calleesOf);
  for (let root = 0; root < functions.length; root++) if (!visit(root, callees, state, order)) return null;
  return order;
}

/** Per function whether it, or one that it calls, has an instruction of some kind. `order` is the call order. */
export function spread(
  artifact: Artifact,
  order: readonly number[],
  has: (instruction: Instruction, at: number, index: number) => boolean,
): boolean[] {
  const found: boolean[] = [];
  for (const index of order) {
    const { code } = artifact.functions[index]!;
    found[index] = code.some(
      (one, at) => has(one, at, index) || (one.op === 'Call' && found[Number(one.operands[0])] === true),
    );
  }
  return found;
}

/** Per function the bound of a measure. The functions must be of sound structure, `order` is their call order. */
export function measureBounds(
  artifact: Artifact,
  structures: readonly Structure[],
  order: readonly number[],
  measure: Measure,
): readonly number[] {
  const bounds: number[] = new Array(artifact.functions.length).fill(0);
  for (const index of order) {
    const { code } = artifact.functions[index]!;
    const structure = structures[index]!;
    if (measure !== 'gas' && !structure.rows.some(({ code: byte }) => MAKES[byte] === 1)) continue;
    const weights = new Float64Array(code.length);
    for (let at = 0; at < code.length; at++)
      weights[at] = weigh(artifact, code[at]!, structure.rows[at]!, measure, bounds);
    bounds[index] = boundOf(structure, weights);
  }
  return bounds;
}

/** Opcodes beside those of the host; a call makes what the callee makes. */
const MAKERS: readonly OpName[] = [
  'StateGet',
  'Concat',
  'Hash',
  'ListAdd',
  'CallContract',
  'Call',
  'EmitEvent',
  'Log',
];

/** By code byte, 1 for opcodes that may make a value, an event or a log: what has none of them makes none. */
const MAKES: Readonly<Uint8Array> = Uint8Array.from({ length: 256 }, (_, byte) => {
  const op = opOfCode(byte);
  return op !== undefined && (MAKERS.includes(op) || rowOf(op).host !== undefined) ? 1 : 0;
});

/**
 * Per function the most gas that it can use, callees included; null when a function is not of sound structure or
 * calls form a cycle (`validate` says what is wrong).
 */
export function gasBounds(artifact: Artifact): readonly number[] | null {
  const checked = artifact.functions.map((fn) => structureOf(artifact, fn));
  if (checked.some(({ errors }) => errors.length > 0)) return null;
  const order = callOrder(artifact.functions);
  if (order === null) return null;
  const structures = checked.map(({ structure }) => structure);
  return measureBounds(artifact, structures, order, 'gas');
}

/** Gas of an execution before its first opcode, the content of its arguments apart. */
export function entryGas(entry: Entry): number {
  const items = entry.access.reputation.length + entry.access.permissions.length;
  return GAS.entry + GAS.accessItem * items + GAS.argumentWord * wordsOfFields(entry.params).length;
}

/** The most that an execution may use before its first opcode: the same, and the content of the largest arguments. */
export function entryGasMax(entry: Entry): number {
  const words = wordsOfFields(entry.params);
  return entryGas(entry) + chunkGas(words.reduce((sum, type) => sum + wordBytesMax(type), 0));
}

/** The artifact with every entry's `gasMax` set to its bound; unchanged where `gasBounds` gives none. */
export function withGasBounds(artifact: Artifact): Artifact {
  const bounds = gasBounds(artifact);
  if (bounds === null) return artifact;
  const entries = artifact.entries.map((entry) => ({
    ...entry,
    gasMax: entryGasMax(entry) + Math.min(bounds[entry.function] ?? 0, LIMITS.gasBound),
  }));
  return { ...artifact, entries };
}

/** The largest gas of an instruction beyond its static gas. */
export function dynamicGasMax(
  artifact: Artifact,
  { op, operands }: Instruction,
  row: OpRow = rowOf(op),
): number {
  if (row.host !== undefined) return row.host.gasMax;
  const weigh = DYNAMIC_GAS[row.code];
  return weigh === undefined ? 0 : weigh(artifact, Number(operands[0]), Number(operands[1] ?? 0));
}

type Weigh = (artifact: Artifact, first: number, second: number) => number;

const CONTENT: Weigh = () => chunkGas(LIMITS.textBytes);

/** Opcodes beside those of the host that charge for what they meet, by the operands. */
const DYNAMIC: { readonly [op in OpName]?: Weigh } = {
  StateGet: ({ storage }, slot, field) => storageGasMax('StateGet', storage[slot], field),
  StateHas: ({ storage }, slot, field) => storageGasMax('StateHas', storage[slot], field),
  StateSet: ({ storage }, slot, field) => storageGasMax('StateSet', storage[slot], field),
  StateAdd: ({ storage }, slot, field) => storageGasMax('StateAdd', storage[slot], field),
  StateRemove: ({ storage }, slot, field) => storageGasMax('StateRemove', storage[slot], field),
  EmitEvent: ({ events }, event) => {
    const words = wordsOfFields(events[event]?.fields ?? []);
    const bytes = words.reduce((sum, type) => sum + wordBytesMax(type), 0);
    return eventGas(words.length, bytes);
  },
  Log: ({ constants }, text) => chunkGas(contentBytes(constants[text]?.value ?? '')),
  Concat: CONTENT,
  Length: CONTENT,
  ListAdd: (artifact) => listGas(largestList(artifact).words),
  Hash: (artifact, tag) => hashGasMax(artifact, artifact.constants[tag]?.value ?? ''),
  CallContract: (artifact, call) => methodOf(artifact, call)?.gasMax ?? 0,
};

/** The same by code byte: looked up for each instruction. */
const DYNAMIC_GAS: readonly (Weigh | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  const op = opOfCode(byte);
  return op === undefined ? undefined : DYNAMIC[op];
});

/** Without a tag texts, bytes and hashes are hashed, with one lists. */
function hashGasMax(artifact: Artifact, tag: Value): number {
  const bytes = tag === '' ? LIMITS.textBytes : contentBytes(tag) + 1 + largestList(artifact).bytes;
  return hashGas(bytes);
}

/** Of the lists that code of the artifact can meet, the most words and bytes; asked for each instruction, so found once. */
function largestList(artifact: Artifact): { readonly words: number; readonly bytes: number } {
  const known = LARGEST.get(artifact);
  if (known !== undefined) return known;
  const largest = { words: 0, bytes: 0 };
  for (const type of new Set([...new Set(typesIn(artifact))].flatMap(listsWithin))) {
    largest.words = Math.max(largest.words, listWordsMax(type));
    largest.bytes = Math.max(largest.bytes, wordBytesMax(type));
  }
  LARGEST.set(artifact, largest);
  return largest;
}

const LARGEST = new WeakMap<Artifact, { readonly words: number; readonly bytes: number }>();

function typesIn(artifact: Artifact): WordType[] {
  return [
    ...artifact.constants.map(({ type }) => type),
    ...artifact.functions.flatMap(({ locals }) => locals),
    ...artifact.storage.flatMap(({ fields }) => fields),
    ...artifact.calls.flatMap((_, index) => callWords(artifact, index).pushes),
  ];
}

/** A list type, and those of the lists that it holds: `At` puts them on the stack. */
function listsWithin(type: WordType): WordType[] {
  const shape = isListWord(type) ? listShape(type) : null;
  return shape === null ? [] : [type, ...shape.words.flatMap(listsWithin)];
}

function storageGasMax(
  op: 'StateGet' | 'StateHas' | 'StateSet' | 'StateAdd' | 'StateRemove',
  slot: StorageSlot | undefined,
  field: number,
): number {
  if (slot === undefined) return 0;
  const touch = keyGas(keyBytesMax(slot));
  const type = slot.fields[field] ?? 'bool';
  const presence = slot.keys.length === 0 ? 0 : loadGasMax('bool') + writeGasMax('bool');
  switch (op) {
    case 'StateGet':
      return touch + loadGasMax(type);
    case 'StateHas':
      return touch + loadGasMax('bool');
    case 'StateSet':
      return touch + presence + writeGasMax(type);
    case 'StateAdd':
      return touch + presence;
    case 'StateRemove':
      return (['bool', ...slot.fields] as const).reduce(
        (sum, leaf) => sum + GAS.firstWrite + zeroGas(leaf),
        touch,
      );
  }
}

/** The largest content of a slot's key words: an int always takes eight bytes, and no key passes the limit. */
export function keyBytesMax({ keys }: StorageSlot): number {
  const bytes = keys.reduce((sum, type) => sum + (type === 'int' ? 8 : wordBytesMax(type)), 0);
  return Math.min(LIMITS.keyBytes, bytes);
}

export function loadGasMax(type: WordType): number {
  return GAS.coldLoad + chunkGas(wordBytesMax(type));
}

/** Gas for the content of a zero, which a leaf that is removed is written with. */
export function zeroGas(type: WordType): number {
  return chunkGas(leastBytes(type));
}

function writeGasMax(type: WordType): number {
  return GAS.firstWrite + chunkGas(wordBytesMax(type));
}

function weigh(
  artifact: Artifact,
  instruction: Instruction,
  row: OpRow,
  measure: Measure,
  bounds: readonly number[],
): number {
  const callee = instruction.op === 'Call' ? (bounds[Number(instruction.operands[0])] ?? 0) : 0;
  switch (measure) {
    case 'gas':
      return row.gas + dynamicGasMax(artifact, instruction, row) + callee;
    case 'interned':
      return callee + newValues(artifact, instruction);
    case 'internedBytes':
      return callee + newBytes(artifact, instruction);
    case 'events':
      return (
        callee + (instruction.op === 'EmitEvent' || (row.host !== undefined && row.writes === true) ? 1 : 0)
      );
    case 'logs':
      return callee + (instruction.op === 'Log' ? 1 : 0);
  }
}

/** How many values an instruction may add to the intern table; constants and the environment are counted once elsewhere. */
function newValues(artifact: Artifact, { op, operands }: Instruction): number {
  const row = rowOf(op);
  if (op === 'StateGet') {
    const type = artifact.storage[Number(operands[0])]?.fields[Number(operands[1])];
    return type === undefined ? 0 : valuesIn(type);
  }
  if (op === 'Concat' || op === 'Hash' || op === 'ListAdd') return 1;
  if (op === 'CallContract')
    return callWords(artifact, Number(operands[0])).pushes.reduce((sum, type) => sum + valuesIn(type), 0);
  if (row.host === undefined || row.stack === 'dynamic') return 0;
  return row.stack.pushes.filter(isLong).length;
}

/** The largest content of what an instruction may add to the intern table; a list holds what it is made of. */
function newBytes(artifact: Artifact, { op, operands }: Instruction): number {
  const row = rowOf(op);
  if (op === 'StateGet')
    return longBytes(artifact.storage[Number(operands[0])]?.fields[Number(operands[1])] ?? 'int');
  if (op === 'Concat') return LIMITS.textBytes;
  if (op === 'Hash') return longBytes('hash');
  if (op === 'ListAdd') return largestList(artifact).bytes;
  const pushes = op === 'CallContract' ? callWords(artifact, Number(operands[0])).pushes : null;
  if (pushes !== null) return pushes.reduce((sum, type) => sum + longBytes(type), 0);
  if (row.host === undefined || row.stack === 'dynamic') return 0;
  return row.stack.pushes.reduce((sum, type) => sum + longBytes(type), 0);
}

/** The largest content of a value of the type in the intern table. */
export function longBytes(type: WordType): number {
  return isLong(type) ? wordBytesMax(type) : 0;
}

function isLong(type: WordType): boolean {
  return type !== 'int' && type !== 'bool';
}

/** How many values come into the intern table with one of the type: a list brings what it holds. */
export function valuesIn(type: WordType): number {
  const shape = listShape(type);
  if (shape !== null) return 1 + shape.capacity * shape.words.reduce((sum, word) => sum + valuesIn(word), 0);
  return type === 'int' || type === 'bool' ? 0 : 1;
}

/** The functions that a function calls, once for each place where it does. */
export function calleesOf(fn: FunctionCode): number[] {
  const callees: number[] = [];
  for (const { op, operands } of fn.code) if (op === 'Call') callees.push(Number(operands[0]));
  return callees;
}

/** Depth-first without recursion: the depth is the attacker's choice. False when a cycle is met. */
function visit(
  root: number,
  callees: readonly (readonly number[])[],
  state: Uint8Array,
  order: number[],
): boolean {
  if (state[root] === 2) return true;
  const path: { fn: number; next: number }[] = [{ fn: root, next: 0 }];
  state[root] = 1;
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const callee = callees[top.fn]?.[top.next++];
    if (callee === undefined) {
      state[top.fn] = 2;
      order.push(top.fn);
      path.pop();
    } else if (state[callee] === 1) return false;
    else if (state[callee] === 0) {
      state[callee] = 1;
      path.push({ fn: callee, next: 0 });
    }
  }
  return true;
}

const NO_WAY = Number.NEGATIVE_INFINITY;

/** The bound of a function with these weights, which it takes for its own. */
function boundOf(structure: Structure, weights: Float64Array): number {
  // A LoopEnter costs all full turns of its loop, too. The turn that ends in the trap at the bound comes on top.
  for (const loop of structure.loops.toReversed()) {
    const turn = walk(structure, weights, loop.enter + 1, loop.back, loop);
    weights[loop.enter]! += loop.bound * Math.max(0, turn);
  }
  return Math.max(0, walk(structure, weights, 0, weights.length - 1, null));
}

/**
 * The costliest way from `first` on. With a loop: to its LoopBack, staying inside; without: to any end. A LoopBack met
 * otherwise ends the way, since it can only trap once all full turns are paid for.
 */
function walk(
  { rows, targets }: Structure,
  weights: Float64Array,
  first: number,
  last: number,
  loop: Loop | null,
): number {
  const end = loop === null ? 0 : NO_WAY;
  const cost = new Float64Array(last - first + 2).fill(end);
  for (let at = last; at >= first; at--) {
    const target = targets[at]!;
    const next = rows[at]!.flow === 'end' ? NO_WAY : cost[at + 1 - first]!;
    const jump = target <= at ? NO_WAY : target > last ? end : cost[target - first]!;
    const leaves = target <= at && rows[at]!.flow === 'end';
    const ahead = at === loop?.back ? 0 : leaves ? end : Math.max(next, jump);
    cost[at - first] = weights[at]! + ahead;
  }
  return cost[0]!;
}
