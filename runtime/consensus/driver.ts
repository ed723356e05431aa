/**
 * What orders the blocks. A driver is a pure step: what it knows and what happened in, what it now knows and what is
 * to be done out. The node's loop carries the effects out and tells it what came of them.
 */

export type DriverInput =
  /** The node is ready. `rootUnsigned`: the last block changed the root, which so far stands in no signed header. */
  | { readonly kind: 'Started'; readonly rootUnsigned: boolean; readonly waiting: boolean }
  /** A transaction was taken into the mempool. */
  | { readonly kind: 'Waiting' }
  | { readonly kind: 'Tick' }
  /** A block was made; `waiting` says whether the mempool holds more. */
  | { readonly kind: 'Committed'; readonly rootUnsigned: boolean; readonly waiting: boolean }
  /** Nothing in the mempool could go into a block, so none was made. */
  | { readonly kind: 'NothingToDo' };

export type DriverEffect =
  /** Propose and commit a block of what waits; an empty one only if the last root is unsigned. */
  { readonly kind: 'MakeBlock' } | { readonly kind: 'SetTimer'; readonly afterMs: number };

export type Driver<State> = {
  readonly initial: State;
  step(
    state: State,
    input: DriverInput,
  ): { readonly state: State; readonly effects: readonly DriverEffect[] };
};
