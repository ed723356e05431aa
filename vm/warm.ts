/**
 * What an execution has surely touched before it comes to an instruction: an entry that is open costs no key, a leaf that
 * was read is not read again, one that was written is not written for the first time. A function of sound structure in;
 * for each instruction the most gas beyond its static gas out, never more than `dynamicGasMax`.
 *
 * Values have names: two key words of one name are equal, whichever way led here. A loop begins with what was known
 * before it, and new names for all that it assigns, so that a name has one value within one turn. Jumps lead forward,
 * therefore one pass is enough.
 */
import type { Artifact, FunctionCode, Instruction, StorageSlot } from './artifact.ts';
import { dynamicGasMax, keyBytesMax, loadGasMax, zeroGas } from './bounds.ts';
import { chunkGas, GAS, keyGas } from './gas.ts';
import { wordBytesMax } from './list.ts';
import { rowOf } from './opcodes.ts';
import type { Structure } from './structure.ts';
import { shapesOf } from './typing.ts';

/** The function must be valid: its stack is known. */
export function warmGas(artifact: Artifact, fn: FunctionCode, structure: Structure): readonly number[] {
  const { rows, targets, loops } = structure;
  const heights = shapesOf(artifact, fn, structure).map((shape) => shape?.types.length ?? -1);
  const incoming: (State | undefined)[] = new Array(fn.code.length + 1).fill(undefined);
  const ends = new Map(loops.map(({ enter, back }) => [enter, back]));
  incoming[0] = { stack: [], locals: fn.locals.map((_, at) => `at first ${at}`), facts: new Set() };
  return fn.code.map((instruction, at) => {
    const state = incoming[at];
    incoming[at] = undefined;
    if (state === undefined) return dynamicGasMax(artifact, instruction);
    const facts = new Set(state.facts);
    const gas = weigh(artifact, instruction, state, facts);
    const after = { ...next(artifact, instruction, at, state, heights[at + 1] ?? -1), facts };
    const back = ends.get(at);
    const ahead = back === undefined ? after : atTop(fn, at, back, after);
    if (rows[at]!.flow !== 'end') meet(incoming, at + 1, ahead);
    const target = targets[at]!;
    if (target > at) meet(incoming, target, after);
    return gas;
  });
}

// ---- private -----------------------------------------------------------------------------------

/** Names of the values on the stack and in locals, and what is known. */
type State = {
  readonly stack: readonly string[];
  readonly locals: readonly string[];
  readonly facts: ReadonlySet<string>;
};

const PRESENCE = 'presence';

function meet(incoming: (State | undefined)[], at: number, state: State): void {
  const known = incoming[at];
  if (known === undefined) {
    incoming[at] = state;
    return;
  }
  const same = (one: readonly string[], other: readonly string[], what: string) =>
    one.map((name, index) => (name === other[index] ? name : `meet ${at} ${what} ${index}`));
  incoming[at] = {
    stack: same(known.stack, state.stack, 'stack'),
    locals: same(known.locals, state.locals, 'local'),
    facts: new Set([...known.facts].filter((fact) => state.facts.has(fact))),
  };
}

/** Earlier turns may have assigned locals and removed entries. */
function atTop(fn: FunctionCode, enter: number, back: number, state: State): State {
  const assigned = new Set(
    fn.code
      .slice(enter, back + 1)
      .filter(({ op }) => op === 'LocalSet' || op === 'LoopEnter')
      .map(({ operands }) => Number(operands[0])),
  );
  return {
    stack: state.stack.map((_, index) => `loop ${enter} stack ${index}`),
    locals: state.locals.map((name, index) => (assigned.has(index) ? `loop ${enter} local ${index}` : name)),
    facts: new Set([...state.facts].filter((fact) => !fact.startsWith('present'))),
  };
}

/** The names behind an instruction, where the stack is `height` high; -1 where nothing comes behind it. */
function next(
  artifact: Artifact,
  instruction: Instruction,
  at: number,
  { stack, locals }: State,
  height: number,
): Pick<State, 'stack' | 'locals'> {
  const { op, operands } = instruction;
  const local = Number(operands[0]);
  switch (op) {
    case 'LocalGet':
      return { stack: [...stack, locals[local]!], locals };
    case 'LocalSet':
      return { stack: stack.slice(0, -1), locals: locals.with(local, stack.at(-1)!) };
    case 'LoopEnter':
      return { stack, locals: locals.with(local, `counter ${at}`) };
    case 'Push':
    case 'PushBool':
    case 'PushConst':
    case 'GetCaller':
    case 'GetCreator':
    case 'GetSelf':
    case 'GetTimestamp':
    case 'GetBlockNumber':
      // The same throughout an execution.
      return { stack: [...stack, `${op} ${operands.join(' ')}`], locals };
    case 'Dup':
      return { stack: [...stack, stack.at(-1)!], locals };
  }
  const kept = stack.slice(0, Math.max(0, stack.length - popsOf(artifact, instruction, stack.length)));
  const made = Math.max(0, height - kept.length);
  return {
    stack: [...kept, ...Array.from({ length: made }, (_, index) => `made ${at} ${index}`)],
    locals,
  };
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

/** The gas beyond the static gas; notes what is known from here on. */
function weigh(artifact: Artifact, instruction: Instruction, { stack }: State, facts: Set<string>): number {
  const { op, operands } = instruction;
  if (op === 'Call' || op === 'CallContract') forget(facts, 'present');
  const slot = artifact.storage[Number(operands[0])];
  const last = op === 'StateSet' ? -1 : stack.length;
  switch (op) {
    case 'StateGet':
    case 'StateHas':
    case 'StateSet':
    case 'StateAdd':
    case 'StateRemove': {
      if (slot === undefined) return 0;
      const below = stack.slice(0, last);
      const keys = below.slice(below.length - slot.keys.length);
      const entry: Entry = { facts, slot, name: `${operands[0]} ${keys.join('; ')}` };
      return touch(entry) + weighEntry(op, entry, Number(operands[1] ?? 0), Number(operands[0]));
    }
    default:
      return dynamicGasMax(artifact, instruction);
  }
}

type Entry = { readonly facts: Set<string>; readonly slot: StorageSlot; readonly name: string };

function weighEntry(
  op: 'StateGet' | 'StateHas' | 'StateSet' | 'StateAdd' | 'StateRemove',
  entry: Entry,
  field: number,
  index: number,
): number {
  switch (op) {
    case 'StateGet':
      return load(entry, `${field}`);
    case 'StateHas':
      return load(entry, PRESENCE);
    case 'StateSet':
      return present(entry) + write(entry, `${field}`) + chunkGas(wordBytesMax(entry.slot.fields[field]!));
    case 'StateAdd':
      return present(entry);
    case 'StateRemove': {
      forget(entry.facts, `present ${index} `);
      const presence = write(entry, PRESENCE) + zeroGas('bool');
      return entry.slot.fields.reduce(
        (sum, type, at) => sum + write(entry, `${at}`) + zeroGas(type),
        presence,
      );
    }
  }
}

function forget(facts: Set<string>, prefix: string): void {
  for (const fact of facts) if (fact.startsWith(prefix)) facts.delete(fact);
}

function touch({ facts, slot, name }: Entry): number {
  return noted(facts, `open ${name}`) ? 0 : keyGas(keyBytesMax(slot));
}

function load({ facts, slot, name }: Entry, leaf: string): number {
  if (noted(facts, `known ${leaf} of ${name}`)) return 0;
  return loadGasMax(leaf === PRESENCE ? 'bool' : slot.fields[Number(leaf)]!);
}

function write({ facts, name }: Entry, leaf: string): number {
  facts.add(`known ${leaf} of ${name}`);
  return noted(facts, `written ${leaf} of ${name}`) ? 0 : GAS.firstWrite;
}

/** Only where it was absent is presence written; behind it the entry is there. */
function present(entry: Entry): number {
  const { facts, slot, name } = entry;
  if (slot.keys.length === 0 || noted(facts, `present ${name}`)) return 0;
  const gas = load(entry, PRESENCE);
  const written = facts.has(`written ${PRESENCE} of ${name}`);
  return gas + (written ? 0 : GAS.firstWrite) + chunkGas(wordBytesMax('bool'));
}

/** Whether it was known; it is from here on. */
function noted(facts: Set<string>, fact: string): boolean {
  const known = facts.has(fact);
  facts.add(fact);
  return known;
}
