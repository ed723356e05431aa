/**
 * A contract whose unproved clauses are checked at run time, where code can check them. In: a contract. Out: the contract
 * that is compiled, its report, and the clauses that are guarded, each with what is known of it. The checks are in the
 * core before obligations are made: what they check is then proved like everything else, and may be assumed.
 */
import type { Mark } from '../../vm/index.ts';
import type { AssertClause, Clause, Contract, Function as CoreFunction, Stmt } from '../core/core.ts';
import {
  type Guard,
  guardOf,
  guardText,
  isGuardable,
  keepersOf,
  OUTSIDE,
  requirementName,
  withGuards,
} from '../core/guards.ts';
import { mapStatements } from '../core/rewrite.ts';
import { keepObligations } from './kept.ts';
import { failsBuild, type Report, type Row, type VerifyOptions, verifyContract } from './verify.ts';

export type Guarded = {
  readonly contract: Contract;
  readonly report: Report;
  /** In the order in which they were found wanting, each with the row that did not prove it. */
  readonly guards: readonly { readonly guard: Guard; readonly row: Row }[];
};

/** More rounds than contracts need: a guard can bring to light another clause that only it kept unproved. */
const ROUNDS_MAX = 8;

/** `optionsFor` gives what replays a contract as it is then. */
export async function verifyGuarded(
  contract: Contract,
  optionsFor: (contract: Contract) => VerifyOptions,
): Promise<Guarded> {
  const { kept = keepObligations(), flaws } = optionsFor(contract);
  const report = (each: Contract): Promise<Report> => verifyContract(each, { ...optionsFor(each), kept });
  let done: Guarded = { contract, report: await report(contract), guards: [] };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const found = guardsFor(contract, done.report, done.guards);
    if (found.length === 0) return done;
    const guards = [...done.guards, ...found];
    const named = guards.map(({ guard }) => guard);
    const guarded = withGuards(contract, named, flaws);
    if (guarded === null) return done;
    done = { contract: guarded, report: await report(guarded), guards };
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

/** Nothing is guarded where the contract breaks something for certain: that is for the author to mend. */
function guardsFor(contract: Contract, report: Report, known: Guarded['guards']): Guarded['guards'] {
  const failing = report.rows.filter(failsBuild);
  const seen = new Set(known.map(({ guard }) => guardText(guard)));
  const found = failing.flatMap((row) =>
    guardsOf(contract, row).flatMap((guard) => {
      if (seen.has(guardText(guard)) || !isGuardable(contract, guard)) return [];
      seen.add(guardText(guard));
      return [{ guard, row }];
    }),
  );
  const first = Math.min(...found.map((one) => rankOf(contract, one)));
  if (first > 0 && failing.some(({ answer }) => answer === 'refuted')) return [];
  return found.filter((one) => rankOf(contract, one) === first);
}

/** What stands first lets later clauses be proved that were not without it. */
function rankOf({ functions }: Contract, { guard, row }: Guarded['guards'][number]): number {
  if (guard.rule === OUTSIDE) return 0;
  if (guard.kind === 'invariant') return 1;
  if (guard.kind === 'requires') return 2;
  const loops = functions.flatMap(statementsIn).filter((stmt) => stmt.kind === 'loop');
  return loops.some(({ invariants }) => invariants.some((clause) => clause === row.clause)) ? 3 : 4;
}

/** What would keep the clause that a row did not prove. */
function guardsOf(contract: Contract, { rule, kind, clause, span, marked }: Row): readonly Guard[] {
  if (clause === null || marked) return [];
  const { name } = clause;
  switch (kind) {
    case 'invariant': {
      const invariant = contract.invariants.find((one) => one.name === name);
      if (invariant === undefined || rule === OUTSIDE) return [{ rule, kind, name }];
      return keepersOf(contract, invariant, rule).map((keeper) => ({ rule: keeper, kind, name }));
    }
    case 'history':
      return [{ rule, kind, name }];
    case 'ensures':
    case 'assert': {
      const owner = contract.functions.find((fn) => clausesIn(fn).includes(clause));
      return owner === undefined ? [] : [{ rule: owner.name, kind, name }];
    }
    case 'requires': {
      const callee = contract.functions.find((fn) => fn.requires.includes(clause as Clause));
      const caller = contract.functions.find((fn) => callsAt(fn, span));
      if (callee === undefined || caller === undefined) return [];
      return [{ rule: caller.name, kind, name: requirementName(callee, clause) }];
    }
    default:
      return [];
  }
}

/** Those that a function ensures, and those that stand in its code. */
function clausesIn(fn: CoreFunction): readonly (Clause | AssertClause)[] {
  const inside = statementsIn(fn).flatMap((stmt): readonly (Clause | AssertClause)[] => {
    if (stmt.kind === 'loop') return stmt.invariants;
    return stmt.kind === 'assert' ? [stmt.clause] : [];
  });
  return [...fn.ensures, ...inside];
}

function callsAt(fn: CoreFunction, { start, end }: Row['span']): boolean {
  return statementsIn(fn).some(
    ({ kind, span }) => kind === 'call' && span.start === start && span.end === end,
  );
}

function statementsIn(fn: CoreFunction): readonly Stmt[] {
  const found: Stmt[] = [];
  mapStatements(fn.body, (stmt) => {
    found.push(stmt);
    return [stmt];
  });
  return found;
}
