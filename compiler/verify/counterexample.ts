/**
 * A solver's model as plain data: who calls with what, in which state. Identities are names (`self`, `caller`, a
 * written DID, `other.1`, …); whoever replays the case chooses what they stand for.
 */
import type { Contract, Function as CoreFunction } from '../core/core.ts';
import { CALLER, CREATOR, NEXT, SELF } from './facts.ts';
import { NO_FLAWS } from './flaws.ts';
import { type Formula, type Sort, sortOf, sortOfType } from './formula.ts';
import { modelOf } from './model.ts';
import type { Obligation } from './obligations.ts';
import { parameterTypes } from './passive.ts';
import type { Script } from './smt.ts';
import { splitMoment } from './state.ts';

/** `name`: an identity of a sort without order; `''` is the type's zero. */
export type ModelValue =
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'name'; readonly sort: Sort; readonly name: string };

export type Counterexample = {
  readonly caller: ModelValue;
  /** Words of the parameters, in order. */
  readonly params: readonly ModelValue[];
  readonly now: bigint;
  readonly block: bigint;
  /** Words of the state before the call, as far as the case depends on them. */
  readonly words: readonly ModelWord[];
  /** Presence of map entries, membership of sets. */
  readonly presence: readonly {
    readonly slot: number;
    readonly keys: readonly ModelValue[];
    readonly present: boolean;
  }[];
  readonly sizes: readonly { readonly slot: number; readonly size: bigint }[];
  readonly sums: readonly ModelSum[];
  readonly balances: readonly ModelBalance[];
  readonly floors: readonly ModelBalance[];
};

export type ModelWord = {
  readonly slot: number;
  readonly field: number;
  readonly keys: readonly ModelValue[];
  readonly value: ModelValue;
};
/** The sum over a map of one field of its entries, or a count; `field` is -1 for any other sum. */
export type ModelSum = {
  readonly kind: 'sum' | 'count';
  readonly slot: number;
  readonly field: number;
  readonly value: bigint;
};
export type ModelBalance = {
  readonly currency: number;
  readonly account: ModelValue;
  readonly amount: bigint;
};

/** `values`: the solver's, by the names of the obligation's legend. */
export function counterexampleOf(contract: Contract, obligation: Obligation, values: Values): Counterexample {
  const reading = readingOf(obligation.script, values);
  const reads = readsIn(reading);
  const fn = contract.functions[obligation.callee];
  return {
    caller: valueAt(reading, 'caller', 'Did'),
    params: fn === undefined ? [] : parametersOf(reading, fn),
    now: intAt(reading, 'now'),
    block: intAt(reading, 'block'),
    words: reads
      .filter((read) => read.table === 'field')
      .map(({ indices, keys, value }) => ({ slot: indices[0]!, field: indices[1]!, keys, value })),
    presence: reads
      .filter((read) => read.table === 'has')
      .map(({ indices, keys, value }) => ({ slot: indices[0]!, keys, present: isTrue(value) })),
    sizes: reads
      .filter((read) => read.table === 'size')
      .map(({ indices, value }) => ({ slot: indices[0]!, size: asInt(value) })),
    sums: reads.filter((read) => read.table === 'sum').map((read) => sumIn(contract, read)),
    balances: reads.filter((read) => read.table === 'balance').map(balanceIn),
    floors: reads.filter((read) => read.table === 'floor').map(balanceIn),
  };
}

export type Values = { readonly [name: string]: string };

/** What a symbol of a script is, in the solver's model. */
export function runValue(script: Script, values: Values, name: string, sort: Sort): ModelValue {
  return valueAt(readingOf(script, values), name, sort);
}

// ---- private -----------------------------------------------------------------------------------

type Reading = {
  readonly values: Values;
  readonly legend: ReadonlyMap<string, Formula>;
  /** By sort and the solver's name for an element: what we call it. */
  readonly names: ReadonlyMap<string, string>;
  /** The constant that stands for a symbol. */
  readonly symbols: ReadonlyMap<string, string>;
};

type Read = {
  readonly table: string;
  readonly indices: readonly number[];
  readonly keys: readonly ModelValue[];
  readonly value: ModelValue;
};

function readingOf({ legend }: Script, values: Values): Reading {
  const symbols = new Map<string, string>();
  for (const [name, formula] of legend) if (formula.kind === 'symbol') symbols.set(formula.name, name);
  const names = new Map<string, string>();
  const call = (sort: Sort, element: string | undefined, name: string): void => {
    const key = `${sort} ${element}`;
    if (element !== undefined && !names.has(key)) names.set(key, name);
  };
  for (const [name, formula] of legend)
    if (formula.kind === 'literal') call(formula.sort, values[name], formula.value);
  const known = [SELF, CREATOR, CALLER].map((account) => (account as { readonly name: string }).name);
  for (const name of known) call('Did', values[symbols.get(name) ?? ''], name);
  const counts = new Map<Sort, number>();
  for (const [name, formula] of legend) {
    const sort = sortOf(formula);
    if (sort === 'Int' || sort === 'Bool' || names.has(`${sort} ${values[name]}`)) continue;
    const count = (counts.get(sort) ?? 0) + 1;
    counts.set(sort, count);
    call(sort, values[name], `other.${count}`);
  }
  return { values, legend, names, symbols };
}

function readsIn(reading: Reading): readonly Read[] {
  const constants = new Map<Formula, string>();
  for (const [name, formula] of reading.legend) constants.set(formula, name);
  const reads: Read[] = [];
  for (const [name, formula] of reading.legend) {
    if (formula.kind !== 'apply' || splitMoment(formula.name)[0] !== '') continue;
    // The state after what others do is what comes of the case, no part of it.
    if (formula.name.endsWith(NEXT)) continue;
    const [table, ...indices] = formula.name.split('.');
    const keys = formula.args.map((arg) => keyValue(reading, arg));
    if (keys.some((key) => key === null)) continue;
    reads.push({
      table: table!,
      indices: indices.map(Number),
      keys: keys as ModelValue[],
      value: decode(reading, sortOf(formula), reading.values[name]),
    });
  }
  return reads;
}

/** The value of a key; null for one that no constant stands for. */
function keyValue(reading: Reading, key: Formula): ModelValue | null {
  if (key.kind === 'int') return { kind: 'int', value: key.value };
  if (key.kind === 'bool') return { kind: 'bool', value: key.value };
  for (const [name, formula] of reading.legend) {
    if (formula === key || sameAtom(formula, key)) return decode(reading, sortOf(key), reading.values[name]);
  }
  return null;
}

function sameAtom(a: Formula, b: Formula): boolean {
  if (a.kind === 'symbol' && b.kind === 'symbol') return a.name === b.name;
  if (a.kind === 'literal' && b.kind === 'literal') return a.value === b.value && a.sort === b.sort;
  return (
    a.kind === 'apply' &&
    b.kind === 'apply' &&
    a.name === b.name &&
    a.args.length === b.args.length &&
    a.args.every((arg, i) => arg === b.args[i] || sameAtom(arg, b.args[i]!))
  );
}

function decode(reading: Reading, sort: Sort, value: string | undefined): ModelValue {
  if (sort === 'Int') return { kind: 'int', value: value === undefined ? 0n : BigInt(value) };
  if (sort === 'Bool') return { kind: 'bool', value: value === 'true' };
  return { kind: 'name', sort, name: reading.names.get(`${sort} ${value}`) ?? '' };
}

function valueAt(reading: Reading, symbolName: string, sort: Sort): ModelValue {
  return decode(reading, sort, reading.values[reading.symbols.get(symbolName) ?? '']);
}

function intAt(reading: Reading, symbolName: string): bigint {
  return asInt(valueAt(reading, symbolName, 'Int'));
}

function parametersOf(reading: Reading, fn: CoreFunction): readonly ModelValue[] {
  return parameterTypes(fn).map((type, i) => valueAt(reading, `parameter.${i}`, sortOfType(type)));
}

function sumIn(contract: Contract, read: Read): ModelSum {
  const { slot, kind, values, body } = modelOf(contract, NO_FLAWS).sums[read.indices[0]!]!;
  const field =
    kind === 'sum' && body.kind === 'bound' ? values.findIndex((bound) => bound.id === body.id) : -1;
  return { kind, slot, field, value: asInt(read.value) };
}

function balanceIn(read: Read): ModelBalance {
  return { currency: read.indices[0]!, account: read.keys[0]!, amount: asInt(read.value) };
}

function asInt(value: ModelValue): bigint {
  return value.kind === 'int' ? value.value : 0n;
}

function isTrue(value: ModelValue): boolean {
  return value.kind === 'bool' && value.value;
}
