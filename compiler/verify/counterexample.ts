/**
 * A solver's model as plain data: who calls with what, in which state. Identities are names (`self`, `caller`, a
 * written DID, `other.1`, …); whoever replays the case chooses what they stand for.
 */
import type { Contract } from '../core/core.ts';
import { NEXT } from './facts.ts';
import { NO_FLAWS } from './flaws.ts';
import { sortOf, sortOfType } from './formula.ts';
import { modelOf } from './model.ts';
import type { Obligation } from './obligations.ts';
import { type Parametric, parameterTypes } from './passive.ts';
import {
  decode,
  keyValue,
  type ModelValue,
  type Reading,
  readingOf,
  type Values,
  valueAt,
} from './reading.ts';
import { listTypesOf } from './sequence.ts';
import { LATER, type MomentName, splitMoment } from './state.ts';

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
  readonly laters: readonly ModelLater[];
};

/** The moment behind a `later` of a proof, by its number. */
export type ModelLater = {
  readonly number: number;
  readonly now: bigint | null;
  readonly block: bigint | null;
  readonly floors: readonly ModelBalance[];
  readonly balances: readonly ModelBalance[];
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
  const reading = readingOf(obligation.script, values, listTypesOf(contract));
  const reads = readsIn(reading);
  const fn = contract.functions[obligation.callee] ?? contract.proofs[obligation.proof];
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
    laters: latersIn(reading),
  };
}

/** What a model says of the environment steps of a proof. */
export function latersIn(reading: Reading): readonly ModelLater[] {
  const moments = new Set<MomentName>();
  for (const part of reading.legend.values()) {
    const [moment] = part.kind === 'symbol' || part.kind === 'apply' ? splitMoment(part.name) : [''];
    if (moment.startsWith(LATER)) moments.add(moment as MomentName);
  }
  return [...moments].map((moment) => {
    const at = (name: string): bigint | null =>
      reading.symbols.has(`${moment}${name}`) ? intAt(reading, `${moment}${name}`) : null;
    const reads = readsIn(reading, moment);
    return {
      number: Number(moment.slice(LATER.length, -1)),
      now: at('now'),
      block: at('block'),
      floors: reads.filter((read) => read.table === 'floor').map(balanceIn),
      balances: reads.filter((read) => read.table === 'balance').map(balanceIn),
    };
  });
}

// ---- private -----------------------------------------------------------------------------------

type Read = {
  readonly table: string;
  readonly indices: readonly number[];
  readonly keys: readonly ModelValue[];
  readonly value: ModelValue;
};

function readsIn(reading: Reading, moment: MomentName | '' = ''): readonly Read[] {
  const reads: Read[] = [];
  for (const [name, formula] of reading.legend) {
    if (formula.kind !== 'apply' || splitMoment(formula.name)[0] !== moment) continue;
    // The state after what others do is what comes of the case, no part of it.
    if (formula.name.endsWith(NEXT)) continue;
    const [table, ...indices] = splitMoment(formula.name)[1].split('.');
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

function intAt(reading: Reading, symbolName: string): bigint {
  return asInt(valueAt(reading, symbolName, 'Int'));
}

function parametersOf(reading: Reading, fn: Parametric): readonly ModelValue[] {
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
