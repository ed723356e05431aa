/**
 * In: functions that may call each other. Out: for each, the currencies that it may take from its caller: every transfer whose
 * payer is not certainly the contract itself counts, those of called functions included. Too many is harmless (a
 * wallet offers an allowance that is not used), too few is not.
 */
import type * as core from '../core/core.ts';
import { statementsOf } from './tree.ts';

/** Sorted indices of currencies, by function. */
export function takesOf(functions: readonly core.Function[]): number[][] {
  const known = new Map<number, ReadonlySet<number>>();
  const visit = (index: number): ReadonlySet<number> => {
    const done = known.get(index);
    if (done !== undefined) return done;
    const taken = new Set<number>();
    for (const stmt of statementsOf(functions[index]!.body)) {
      if (stmt.kind === 'host' && stmt.name === 'ledger.transfer' && !isSelf(stmt.args[0]))
        taken.add(stmt.currency);
      if (stmt.kind === 'call') for (const currency of visit(stmt.callee)) taken.add(currency);
    }
    known.set(index, taken);
    return taken;
  };
  return functions.map((_, index) => [...visit(index)].sort((a, b) => a - b));
}

function isSelf(payer: core.Atom | undefined): boolean {
  return payer?.kind === 'env' && payer.name === 'self';
}
