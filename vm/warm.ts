/**
 * What an execution has surely touched before it comes to an instruction: an entry that is open costs no key, a leaf that
 * was read is not read again, one that was written is not written for the first time. A function of sound structure, and
 * what is known where it begins, in; for each instruction the most gas beyond its static gas, in the sizes of what it
 * meets, and what is known where the function ends, out.
 *
 * Values have names (`names.ts`). A loop begins with what was known before it, and new names for all that it assigns, so
 * that a name has one value within one turn. Jumps lead forward, therefore one pass is enough.
 */
import { wordsOfFields } from './abi.ts';
import type { FunctionCode, Instruction, StorageSlot } from './artifact.ts';
import { dynamicGasMax, keyBytesMax, loadGasMax, zeroGas } from './bounds.ts';
import { chunkGas, eventGas, GAS, keyGas, listGas } from './gas.ts';
import { contentBytes } from './intern.ts';
import { isListWord, listWordsMax } from './list.ts';
import {
  CHUNK_BYTES,
  leafFactor,
  measuredSize,
  meetNames,
  type Names,
  type Naming,
  namesAtTop,
  nextNames,
  sizeOf,
} from './names.ts';
import type { OpName } from './opcodes.ts';
import type { Structure } from './structure.ts';
import { constantSum, plus, ratedSum, type Sum, ZERO } from './sum.ts';
import type { Shape } from './typing.ts';
import type { WordType } from './value.ts';

/** Names of parameters or of results, and facts about the state. */
export type Known = { readonly values: readonly string[]; readonly facts: ReadonlySet<string> };

/** A call at an instruction in; what it costs, null where no formula says, and what is known behind it out. */
export type Visit = (
  at: number,
  callee: number,
  known: Known,
) => { readonly gas: Sum | null; readonly left: Known | null };

/** A valid function. */
export type Body = {
  readonly structure: Structure;
  readonly shapes: readonly (Shape | undefined)[];
};

/** `left` is null where the function does not return. */
export type Warm = { readonly gas: readonly (Sum | null)[]; readonly left: Known | null };

export function warmGas(naming: Naming, { structure, shapes }: Body, begin: Known, visit: Visit): Warm {
  const { artifact, fn, path } = naming;
  const { rows, targets, loops } = structure;
  const incoming: (State | undefined)[] = new Array(fn.code.length + 1).fill(undefined);
  const ends = new Map(loops.map(({ enter, back }) => [enter, back]));
  const locals = fn.locals.map((_, at) => begin.values[at] ?? `first ${path}${at}`);
  incoming[0] = { stack: [], locals, facts: new Set(begin.facts) };
  let left: State | undefined;
  const gas = fn.code.map((instruction, at) => {
    const state = incoming[at];
    incoming[at] = undefined;
    if (state === undefined) return constantSum(dynamicGasMax(artifact, instruction));
    const facts = LEARNS.has(instruction.op) ? new Set(state.facts) : state.facts;
    const met: Meeting = { naming, instruction, at, state, facts, types: shapes[at]?.types ?? [] };
    const height = shapes[at + 1]?.types.length ?? -1;
    if (instruction.op === 'Return') left = meet(naming, at, left, { ...state, stack: resultsOf(fn, state) });
    const { cost, after } = instruction.op === 'Call' ? called(met, height, visit) : passed(met, height);
    const back = ends.get(at);
    const ahead = back === undefined ? after : atTop(naming, at, back, after);
    if (rows[at]!.flow !== 'end') incoming[at + 1] = meet(naming, at + 1, incoming[at + 1], ahead);
    const target = targets[at]!;
    if (target > at) incoming[target] = meet(naming, target, incoming[target], after);
    return cost;
  });
  return { gas, left: left === undefined ? null : { values: left.stack, facts: left.facts } };
}

// ---- private -----------------------------------------------------------------------------------

/** Names of the values on the stack and in locals, and what is known. */
type State = Names & { readonly facts: Set<string> };

/** An instruction with what stands in front of it; facts are noted as it is weighed, in a copy where there are any. */
type Meeting = {
  readonly naming: Naming;
  readonly instruction: Instruction;
  readonly at: number;
  readonly state: State;
  readonly types: readonly WordType[];
  readonly facts: Set<string>;
};

const PRESENCE = 'presence';

/** Opcodes behind which other facts may be known than before. */
const LEARNS: ReadonlySet<OpName> = new Set<OpName>([
  'StateGet',
  'StateHas',
  'StateSet',
  'StateAdd',
  'StateRemove',
  'CallContract',
]);

function resultsOf({ results }: FunctionCode, { stack }: State): readonly string[] {
  return stack.slice(stack.length - results.length);
}

function meet(naming: Naming, at: number, known: State | undefined, state: State): State {
  if (known === undefined) return state;
  const same = known.facts === state.facts;
  const facts = same ? known.facts : new Set([...known.facts].filter((fact) => state.facts.has(fact)));
  return { ...meetNames(naming, at, known, state), facts };
}

/** Earlier turns may have removed entries. */
function atTop(naming: Naming, enter: number, back: number, state: State): State {
  const facts = new Set([...state.facts].filter((fact) => !fact.startsWith('present')));
  return { ...namesAtTop(naming, enter, back, state), facts };
}

function passed(met: Meeting, height: number): { readonly cost: Sum; readonly after: State } {
  const { naming, instruction, at, state, facts } = met;
  const cost = weigh(met, height);
  return { cost, after: { ...nextNames(naming, instruction, at, state, height), facts } };
}

/** The function goes on with what is known here, and with what it leaves the code behind the call. */
function called(
  met: Meeting,
  height: number,
  visit: Visit,
): { readonly cost: Sum | null; readonly after: State } {
  const { naming, instruction, at, state, facts } = met;
  const callee = Number(instruction.operands[0]);
  const kept = state.stack.length - (naming.artifact.functions[callee]?.params.length ?? 0);
  const { gas, left } = visit(at, callee, { values: state.stack.slice(kept), facts });
  const made = left?.values ?? [];
  const names =
    kept + made.length === height
      ? { stack: [...state.stack.slice(0, kept), ...made], locals: state.locals }
      : nextNames(naming, instruction, at, state, height);
  return { cost: gas, after: { ...names, facts: new Set(left?.facts) } };
}

/** The gas beyond the static gas; notes what is known from here on. */
function weigh(met: Meeting, height: number): Sum {
  const { naming, instruction, state, facts, types } = met;
  const { artifact } = naming;
  const { op, operands } = instruction;
  if (op === 'CallContract') forget(facts, 'present');
  const top = (below: number): Sum =>
    sizeOf(naming, state.stack.at(-1 - below), types.at(-1 - below) ?? 'text');
  switch (op) {
    case 'StateGet':
    case 'StateHas':
    case 'StateSet':
    case 'StateAdd':
    case 'StateRemove':
      return weighStorage(met);
    case 'EmitEvent': {
      const words = wordsOfFields(artifact.events[Number(operands[0])]?.fields ?? []);
      const bytes = words.reduce((sum, _, index) => plus(sum, top(index)), ZERO);
      return plus(constantSum(eventGas(words.length, 0)), ratedSum(bytes, GAS.eventChunk, CHUNK_BYTES));
    }
    case 'Concat':
      return ratedSum(plus(top(0), top(1)), GAS.chunk, CHUNK_BYTES);
    case 'Length':
      return isListWord(types.at(-1) ?? 'text') ? ZERO : ratedSum(top(0), GAS.chunk, CHUNK_BYTES);
    case 'ListAdd':
      return constantSum(listGas(listWordsMax(types[height - 1] ?? 'int')));
    case 'Hash': {
      const tag = artifact.constants[Number(operands[0])]?.value ?? '';
      const before = tag === '' ? 0 : contentBytes(tag) + 1;
      return ratedSum(plus(constantSum(before + HASH_END_BYTES), top(0)), GAS.hashBlock, 64);
    }
    default:
      return constantSum(dynamicGasMax(artifact, instruction));
  }
}

/** What SHA-256 puts behind its input at least. */
const HASH_END_BYTES = 9;

type Entry = { readonly facts: Set<string>; readonly slot: StorageSlot; readonly name: string };

function weighStorage({ naming, instruction, state, facts, types }: Meeting): Sum {
  const { op, operands } = instruction;
  const [index, field] = [Number(operands[0]), Number(operands[1] ?? 0)];
  const slot = naming.artifact.storage[index];
  if (slot === undefined) return ZERO;
  const below = op === 'StateSet' ? state.stack.slice(0, -1) : state.stack;
  const keys = below.slice(below.length - slot.keys.length);
  const entry: Entry = { facts, slot, name: `${index} ${keys.join('; ')}` };
  const opened = constantSum(touch(entry));
  switch (op) {
    case 'StateGet':
      return plus(opened, loadLeaf(entry, index, field));
    case 'StateHas':
      return plus(opened, constantSum(loadPresence(entry)));
    case 'StateSet': {
      const size = sizeOf(naming, state.stack.at(-1), types.at(-1) ?? slot.fields[field]!);
      const gas = present(entry) + write(entry, `${field}`);
      return plus(plus(opened, constantSum(gas)), ratedSum(size, GAS.chunk, CHUNK_BYTES));
    }
    case 'StateAdd':
      return plus(opened, constantSum(present(entry)));
    default:
      return plus(opened, constantSum(remove(entry, index)));
  }
}

function remove(entry: Entry, index: number): number {
  forget(entry.facts, `present ${index} `);
  const presence = write(entry, PRESENCE) + zeroGas('bool');
  return entry.slot.fields.reduce((sum, type, at) => sum + write(entry, `${at}`) + zeroGas(type), presence);
}

function forget(facts: Set<string>, prefix: string): void {
  for (const fact of facts) if (fact.startsWith(prefix)) facts.delete(fact);
}

function touch({ facts, slot, name }: Entry): number {
  return noted(facts, `open ${name}`) ? 0 : keyGas(keyBytesMax(slot));
}

function loadLeaf({ facts, slot, name }: Entry, index: number, field: number): Sum {
  if (noted(facts, `known ${field} of ${name}`)) return ZERO;
  const size = measuredSize(slot.fields[field]!, leafFactor(index, field));
  return plus(constantSum(GAS.coldLoad), ratedSum(size, GAS.chunk, CHUNK_BYTES));
}

function loadPresence({ facts, name }: Entry): number {
  return noted(facts, `known ${PRESENCE} of ${name}`) ? 0 : loadGasMax('bool');
}

function write({ facts, name }: Entry, leaf: string): number {
  facts.add(`known ${leaf} of ${name}`);
  return noted(facts, `written ${leaf} of ${name}`) ? 0 : GAS.firstWrite;
}

/** Only where it was absent is presence written; behind it the entry is there. */
function present(entry: Entry): number {
  const { facts, slot, name } = entry;
  if (slot.keys.length === 0 || noted(facts, `present ${name}`)) return 0;
  const gas = loadPresence(entry);
  const written = facts.has(`written ${PRESENCE} of ${name}`);
  return gas + (written ? 0 : GAS.firstWrite) + chunkGas(1);
}

/** Whether it was known; it is from here on. */
function noted(facts: Set<string>, fact: string): boolean {
  const known = facts.has(fact);
  facts.add(fact);
  return known;
}
