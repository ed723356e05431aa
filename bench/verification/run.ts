/**
 * One task, as `ccl verify` would do it: the property's own obligations, those of the invariants that they assume,
 * and that what is promised is no promise about nothing.
 */
import {
  type Answer,
  type core,
  type Obligation,
  RLIMIT_DEFAULT,
  type Row,
  type Solve,
  verifyContract,
} from '../../compiler/index.ts';
import { makeRefuter } from '../../testing/index.ts';
import { lowered } from './source.ts';
import type { Task } from './tasks.ts';

export type Run = {
  readonly task: Task;
  /** `none`: the property cannot be stated. */
  readonly answer: Answer | 'none';
  /** Proved, but nothing was shown to happen under the condition. */
  readonly vacuous: boolean;
  /** Refuted without a run from deployment. */
  readonly unreplayed: boolean;
  readonly note: string;
  readonly ms: number;
  /** The solver's. */
  readonly resource: number;
  readonly rows: readonly Row[];
};

export async function runTask(task: Task, ask: Solve): Promise<Run> {
  const started = performance.now();
  let resource = 0;
  const solve: Solve = async (query) => {
    const answer = await ask(query);
    resource += answer.rlimitUsed;
    return answer;
  };
  const stated = contractOf(task);
  if ('problem' in stated) return cannot(task, stated.problem);
  const { rows } = await verifyContract(stated.contract, {
    solve,
    refute: makeRefuter(stated.contract, { text: task.source }),
    rlimit: RLIMIT_DEFAULT,
    wanted: (all) => wantedOf(task, all),
  });
  const ms = performance.now() - started;
  const own = rows.filter((row) => isOwn(task, row) && row.kind !== 'vacuity');
  const answer = own.length === 0 ? 'none' : verdictOf(own);
  const silly = rows.filter(({ kind, answer: shown }) => kind === 'vacuity' && shown !== 'proved');
  const vacuous = answer === 'proved' && silly.length > 0;
  const unreplayed = own.some((row) => row.answer === 'refuted' && !row.confirmed);
  const notes = [...own.filter((row) => row.answer === 'unknown').map(({ reason }) => reason)];
  if (vacuous) notes.push(...silly.map(({ rule, name, answer: shown }) => `${rule} ${name} ${shown}`));
  return { task, answer, vacuous, unreplayed, note: notes.join('; '), ms, resource, rows };
}

// ---- private -----------------------------------------------------------------------------------

function contractOf({ source }: Task): { readonly contract: core.Contract } | { readonly problem: string } {
  try {
    return { contract: lowered(source)[0]! };
  } catch (error) {
    return { problem: String(error) };
  }
}

function cannot(task: Task, note: string): Run {
  return { task, answer: 'none', vacuous: false, unreplayed: false, note, ms: 0, resource: 0, rows: [] };
}

/** What the property says, and that the rules it speaks of can be called and the invariants hold. */
function wantedOf(task: Task, all: readonly Obligation[]): readonly Obligation[] {
  const own = all.filter((obligation) => isOwn(task, obligation));
  const rules = new Set(own.map(({ rule }) => rule));
  const shown = all.filter(
    ({ kind, name, rule }) =>
      kind === 'vacuity' && (name === 'invariants' || (name === 'returns' && rules.has(rule))),
  );
  return [...own, ...shown];
}

function isOwn({ places }: Task, { span }: { readonly span: Row['span'] }): boolean {
  return places.some(({ start, end }) => span.start >= start && span.end <= end);
}

/** A property holds where every obligation of it does. */
function verdictOf(rows: readonly Row[]): Answer {
  const answers = rows.map(({ answer }) => answer);
  return (
    (['refuted', 'unconfirmed', 'unknown'] as const).find((answer) => answers.includes(answer)) ?? 'proved'
  );
}
