/**
 * One validator. A block as soon as a transaction waits, or at an interval; after a block that changed the root one
 * empty block, so that every root stands in a signed header.
 */
import type { Driver, DriverEffect, DriverInput } from './driver.ts';

/** `intervalMs` 0 makes blocks at once. */
export type SoloOptions = { readonly intervalMs: number };

export type SoloState = {
  readonly started: boolean;
  /** A block is being made. */
  readonly busy: boolean;
  /** Something waits that came since the last block was begun, or that it left. */
  readonly waiting: boolean;
  readonly rootUnsigned: boolean;
};

const INITIAL: SoloState = { started: false, busy: false, waiting: false, rootUnsigned: false };

export function soloDriver(options: SoloOptions): Driver<SoloState> {
  return { initial: INITIAL, step: (state, input) => step(options, state, input) };
}

function step(
  options: SoloOptions,
  before: SoloState,
  input: DriverInput,
): { state: SoloState; effects: DriverEffect[] } {
  const state = learn(before, input);
  const effects: DriverEffect[] = [];
  if (options.intervalMs > 0 && (input.kind === 'Started' || input.kind === 'Tick'))
    effects.push({ kind: 'SetTimer', afterMs: options.intervalMs });
  if (!isDue(options, state, input)) return { state, effects };
  return { state: { ...state, busy: true, waiting: false }, effects: [...effects, { kind: 'MakeBlock' }] };
}

function learn(state: SoloState, input: DriverInput): SoloState {
  switch (input.kind) {
    case 'Started':
      return { started: true, busy: false, waiting: input.waiting, rootUnsigned: input.rootUnsigned };
    case 'Waiting':
      return { ...state, waiting: true };
    case 'Tick':
      return state;
    case 'Committed':
      return {
        ...state,
        busy: false,
        waiting: state.waiting || input.waiting,
        rootUnsigned: input.rootUnsigned,
      };
    case 'NothingToDo':
      return { ...state, busy: false };
  }
}

function isDue(options: SoloOptions, state: SoloState, input: DriverInput): boolean {
  const due = state.started && !state.busy && (state.waiting || state.rootUnsigned);
  return due && (options.intervalMs === 0 || input.kind === 'Tick' || input.kind === 'Started');
}
