/** Failures of calls: which are reverts of the contract's own, and which come of what proofs take for granted. */
import type { Failure } from '../../host/index.ts';
import { isPromiseBroken } from './callees.ts';
import type { Arena } from './steps.ts';

/** What `succeeds when` takes for granted is no counterexample to it. */
const GRANTED: ReadonlySet<string> = new Set(['AccessDenied', 'OutOfGas', 'BadArgument', 'CallDepth']);

export function isRevert(arena: Arena, failure: Failure): boolean {
  return failure.code !== 'SpendingLimit' && isRefusal(arena, failure);
}

/** As `isRevert`, where a spending limit is a reason like any other. */
export function isRefusal(arena: Arena, failure: Failure): boolean {
  const { trap } = failure;
  if (trap === undefined || isPromiseBroken(arena.others, failure)) return false;
  return !isGhostly(arena, failure) && !GRANTED.has(trap.kind);
}

/** A number of a ghost that was too large for the machine: the contract itself would have gone on. */
function isGhostly({ ghosts }: Arena, { trap }: Failure): boolean {
  const position = trap?.position ?? null;
  return (
    position !== null && ghosts.some(({ start, end }) => start === position.start && end === position.end)
  );
}
