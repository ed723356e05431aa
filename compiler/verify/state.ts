/**
 * The symbolic state at one moment: arrays (maps, sets, balances) as a base and guarded writes, single words as
 * formulas. Reading resolves writes to `ite`, so that only the base is left as functions of key terms.
 */
import type { Flaws } from './flaws.ts';
import { and, apply, eqAll, type Formula, ite, not, type Sort, zeroOf } from './formula.ts';

export type State = {
  readonly arrays: ReadonlyMap<string, SymbolicArray>;
  readonly words: ReadonlyMap<string, Formula>;
};

export type SymbolicArray = { readonly base: Base; readonly writes: readonly Write[] };
/** `free`: an unknown function of that name; `zero`: every entry is zero; `choice`: one array or the other. */
export type Base =
  | { readonly kind: 'free' | 'zero'; readonly name: string; readonly sort: Sort }
  | {
      readonly kind: 'choice';
      readonly condition: Formula;
      readonly yes: SymbolicArray;
      readonly no: SymbolicArray;
      readonly sort: Sort;
    };
export type Write = { readonly guard: Formula; readonly keys: readonly Formula[]; readonly value: Formula };

// Names of what the state holds; the part after the first dot is indices of the contract's tables.
export const fieldName = (slot: number, field: number): string => `field.${slot}.${field}`;
export const hasName = (slot: number): string => `has.${slot}`;
export const sizeName = (slot: number): string => `size.${slot}`;
export const sumName = (sum: number): string => `sum.${sum}`;
export const balanceName = (currency: number): string => `balance.${currency}`;
export const floorName = (currency: number): string => `floor.${currency}`;
/** Which accounts have given a mandate, what it allows, and what this contract has taken of it since. */
export const mandatedName = (currency: number): string => `mandated.${currency}`;
export const mandateName = (currency: number): string => `mandate.${currency}`;
export const takenName = (currency: number): string => `taken.${currency}`;
/** What the caller has paid in a call that has a spending limit. */
export const spentName = (currency: number): string => `spent.${currency}`;
export const totalName = (currency: number): string => `total.${currency}`;
/** Which accounts are contracts that implement an interface. */
export const offersName = (index: number): string => `offers.${index}`;

/**
 * Names of what the state holds at a moment inside of a function, where a loop has left it unknown; and between the calls of
 * a proof, after `later`.
 */
export type MomentName = `loop.${number}:` | `${typeof LATER}${number}:`;
export const LATER = 'later.';
export const momentName = (moment: number): MomentName => `loop.${moment}:`;
export const laterName = (number: number): MomentName => `${LATER}${number}:`;

/** The moment of a name, `''` for the state before the call, and what it names. */
export function splitMoment(name: string): readonly [moment: MomentName | '', name: string] {
  const end = name.startsWith('loop.') || name.startsWith(LATER) ? name.indexOf(':') + 1 : 0;
  return [name.slice(0, end) as MomentName | '', name.slice(end)];
}

export function readWord(state: State, name: string): Formula {
  const word = state.words.get(name);
  if (word === undefined) throw new Error(`no word ${name} in the symbolic state`);
  return word;
}

export function writeWord(state: State, name: string, value: Formula): State {
  return { arrays: state.arrays, words: new Map(state.words).set(name, value) };
}

export function readArray(state: State, name: string, keys: readonly Formula[], flaws: Flaws): Formula {
  return valueAt(arrayOf(state, name), keys, flaws);
}

function valueAt({ base, writes }: SymbolicArray, keys: readonly Formula[], flaws: Flaws): Formula {
  let value = baseAt(base, keys, flaws);
  for (const write of writes) {
    const hit = eqAll(write.keys, keys);
    if (flaws.has('ignoreAliasing') && hit.kind !== 'bool') continue;
    value = ite(and(write.guard, hit), write.value, value);
  }
  return value;
}

function baseAt(base: Base, keys: readonly Formula[], flaws: Flaws): Formula {
  if (base.kind === 'choice')
    return ite(base.condition, valueAt(base.yes, keys, flaws), valueAt(base.no, keys, flaws));
  return base.kind === 'zero' ? zeroOf(base.sort) : apply(base.name, keys, base.sort);
}

export function writeArray(state: State, name: string, write: Write): State {
  const array = arrayOf(state, name);
  const next = { base: array.base, writes: [...array.writes, write] };
  return { words: state.words, arrays: new Map(state.arrays).set(name, next) };
}

/** The state after a branch: `a` where the condition holds, else `b`; both grew from one state, or forgot what was in it. */
export function mergeStates(condition: Formula, a: State, b: State): State {
  const words = new Map<string, Formula>();
  for (const [name, value] of a.words) words.set(name, ite(condition, value, readWord(b, name)));
  const arrays = new Map<string, SymbolicArray>();
  for (const [name, array] of a.arrays) arrays.set(name, mergeArrays(condition, array, arrayOf(b, name)));
  return { arrays, words };
}

/** The keys that were written, of every array. */
export function writtenKeys(state: State): readonly Formula[] {
  return [...state.arrays.values()].flatMap(keysIn);
}

function keysIn({ base, writes }: SymbolicArray): readonly Formula[] {
  const below = base.kind === 'choice' ? [...keysIn(base.yes), ...keysIn(base.no)] : [];
  return [...below, ...writes.flatMap((write) => write.keys)];
}

export function freeArray(name: string, sort: Sort): SymbolicArray {
  return { base: { kind: 'free', name, sort }, writes: [] };
}

export function zeroArray(name: string, sort: Sort): SymbolicArray {
  return { base: { kind: 'zero', name, sort }, writes: [] };
}

function arrayOf(state: State, name: string): SymbolicArray {
  const array = state.arrays.get(name);
  if (array === undefined) throw new Error(`no array ${name} in the symbolic state`);
  return array;
}

function mergeArrays(condition: Formula, a: SymbolicArray, b: SymbolicArray): SymbolicArray {
  if (a === b) return a;
  // One of them was forgotten on the way: writes to the other say nothing of it.
  if (a.base !== b.base)
    return {
      base: { kind: 'choice', condition, yes: a, no: b, sort: a.base.sort },
      writes: [],
    };
  let common = 0;
  while (common < a.writes.length && a.writes[common] === b.writes[common]) common += 1;
  const under = (guard: Formula, writes: readonly Write[]): Write[] =>
    writes.slice(common).map((write) => ({ ...write, guard: and(guard, write.guard) }));
  return {
    base: a.base,
    writes: [...a.writes.slice(0, common), ...under(condition, a.writes), ...under(not(condition), b.writes)],
  };
}
