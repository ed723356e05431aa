/**
 * When the hooks of contracts are due. In: hooks, each with the time of its next run. Out: the earliest one.
 *
 * The schedule is a binary heap of rows (Williams, 1964), ordered by time, contract and entry point: a block reads the
 * first row, and a change touches as many rows as the heap has levels, however many hooks there are.
 */
import { record, uint64 } from '../vm/index.ts';
import type { Reader, State } from './state.ts';
import { erase, read, SHORT_TEXT, type Table, table, write } from './tables.ts';

/** `due` in seconds since 1970; `failures` is how often in a row it failed. */
export type Due = {
  readonly due: bigint;
  readonly contract: string;
  /** Name of the entry point. */
  readonly entry: string;
  readonly failures: bigint;
  /** Of which version of the contract it is a hook (`ContractRecord.upgrades`). */
  readonly upgrades: bigint;
};

/** By the place in the heap: the children of `i` lie at `2i + 1` and `2i + 2`. */
const HEAP: Table<[place: string], Due> = table(
  'schedule',
  record({ due: uint64, contract: SHORT_TEXT, entry: SHORT_TEXT, failures: uint64, upgrades: uint64 }),
);
const SIZE: Table<[], { readonly count: bigint }> = table('scheduled', record({ count: uint64 }));

/** What is due first; undefined where nothing is scheduled. */
export function nextDue(state: Reader): Due | undefined {
  return read(state, HEAP, '0');
}

export function schedule(state: State, item: Due): void {
  const last = sizeOf(state);
  write(state, SIZE, [], { count: BigInt(last + 1) });
  rise(state, last, item);
}

/** Takes out what is due first. */
export function unscheduleNext(state: State): void {
  const last = sizeOf(state) - 1;
  if (last < 0) return;
  const moved = at(state, last);
  erase(state, HEAP, `${last}`);
  write(state, SIZE, [], { count: BigInt(last) });
  if (last > 0) sink(state, moved, last);
}

/** The item goes up from `place` until what is above it comes first. */
function rise(state: State, from: number, item: Due): void {
  let place = from;
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = at(state, above);
    if (!before(item, parent)) break;
    write(state, HEAP, [`${place}`], parent);
    place = above;
  }
  write(state, HEAP, [`${place}`], item);
}

/** The item goes down from the first place until nothing below it comes first. */
function sink(state: State, item: Due, size: number): void {
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    if (left >= size) break;
    const right = left + 1;
    const below = right < size && before(at(state, right), at(state, left)) ? right : left;
    const child = at(state, below);
    if (!before(child, item)) break;
    write(state, HEAP, [`${place}`], child);
    place = below;
  }
  write(state, HEAP, [`${place}`], item);
}

function before(left: Due, right: Due): boolean {
  if (left.due !== right.due) return left.due < right.due;
  if (left.contract !== right.contract) return left.contract < right.contract;
  return left.entry < right.entry;
}

function sizeOf(state: Reader): number {
  return Number(read(state, SIZE)?.count ?? 0n);
}

function at(state: Reader, place: number): Due {
  const item = read(state, HEAP, `${place}`);
  if (item === undefined) throw new Error(`the schedule has no place ${place}`);
  return item;
}
