/**
 * A contract whose unproved clauses are checked at run time, where code can check them. In: a contract. Out: the contract
 * that is compiled, its report, and the clauses that are guarded, each with what is known of it. The checks are in the
 * core before obligations are made: what they check is then proved like everything else, and may be assumed.
 */
import type { Mark } from '../../vm/index.ts';
import type { Contract } from '../core/core.ts';
import { type Guard, guardOf, guardText, isGuardable, withGuards } from '../core/guards.ts';
import { failsBuild, type Report, type Row, type VerifyOptions, verifyContract } from './verify.ts';

export type Guarded = {
  readonly contract: Contract;
  readonly report: Report;
  /** In the order in which they were found wanting, each with the row that did not prove it. */
  readonly guards: readonly { readonly guard: Guard; readonly row: Row }[];
};

/** More rounds than contracts need: a guard can bring to light another clause that only it kept unproved. */
const ROUNDS_MAX = 4;

/** `optionsFor` gives what replays a contract as it is then. */
export async function verifyGuarded(
  contract: Contract,
  optionsFor: (contract: Contract) => VerifyOptions,
): Promise<Guarded> {
  let done: Guarded = { contract, report: await verifyContract(contract, optionsFor(contract)), guards: [] };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const found = guardsFor(contract, done.report, done.guards);
    if (found.length === 0) return done;
    const guards = [...done.guards, ...found];
    const guarded = withGuards(
      contract,
      guards.map(({ guard }) => guard),
    );
    if (guarded === null) return done;
    done = { contract: guarded, report: await verifyContract(guarded, optionsFor(guarded)), guards };
  }
  return done;
}

/** The marks of a build with these guards. */
export function guardMarks(guards: readonly Guard[]): readonly Mark[] {
  return guards.map((guard) => ({ kind: 'guard', clause: guardText(guard) }));
}

/** The contract that a build with these marks compiles; null where the source has no such clause to check. */
export function contractWithMarks(contract: Contract, marks: readonly Mark[]): Contract | null {
  const guards = marks.filter(({ kind }) => kind === 'guard').map(({ clause }) => guardOf(clause));
  if (guards.includes(null)) return null;
  return guards.length === 0 ? contract : withGuards(contract, guards as readonly Guard[]);
}

// ---- private -----------------------------------------------------------------------------------

const KINDS: ReadonlySet<Row['kind']> = new Set(['ensures', 'invariant', 'history', 'assert']);

/** Nothing is guarded where something is broken for certain: that is for the author to mend. */
function guardsFor(contract: Contract, report: Report, known: Guarded['guards']): Guarded['guards'] {
  const failing = report.rows.filter(failsBuild);
  if (failing.some(({ answer }) => answer === 'refuted')) return [];
  const found = failing.flatMap((row) => {
    const guard = { rule: row.rule, kind: row.kind as Guard['kind'], name: row.name };
    const text = guardText(guard);
    if (!KINDS.has(row.kind) || known.some((other) => guardText(other.guard) === text)) return [];
    return isGuardable(contract, guard) ? [{ guard, row }] : [];
  });
  // With the invariants others may be proved that were not without.
  const invariants = found.filter(({ guard }) => guard.kind === 'invariant');
  return invariants.length > 0 ? invariants : found;
}
