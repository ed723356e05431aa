/** Answers for people: diagnostics for the editor and the build, one line a row for the terminal. */
import { type Diagnostic, diagnose } from '../diagnostics.ts';
import { ENVIRONMENT } from './obligations.ts';
import { isBranch, type Report, type Row } from './verify.ts';

/** What the author should see; nothing for what is proved. `file` is the source's name. */
export function diagnosticsOf(report: Report, file: string): readonly Diagnostic[] {
  return report.rows.flatMap((row) => diagnosticOf(row, file) ?? []);
}

/** The same of one row. */
export function diagnosticOf(row: Row, file: string): Diagnostic | null {
  const { span, message: failure, reason } = row;
  if (row.answer === 'proved') return null;
  if (row.kind === 'may-revert') return diagnose('W0506', { file, span, failure, how: howOften(row) });
  if (row.kind === 'vacuity')
    return row.answer === 'refuted'
      ? diagnose(isBranch(row) ? 'W0507' : 'E0507', { file, span, failure })
      : null;
  if (row.answer === 'refuted') return refuted(row, file);
  if (row.marked) return diagnose('W0508', { file, span, failure });
  if (row.answer === 'unknown') return diagnose('E0504', { file, span, failure, reason });
  return row.rule === ENVIRONMENT
    ? diagnose('E0505', { file, span, failure })
    : diagnose('E0503', { file, span, failure });
}

/** What the author should see of clauses that a build checks at run time: the rows that did not prove them. */
export function guardDiagnostics(rows: readonly Row[], file: string): readonly Diagnostic[] {
  return rows.map(({ span, message: failure }) => diagnose('W0509', { file, span, failure }));
}

/** `proved       record      ensures     ensures.1`, and why where it is not proved. */
export function renderRow(row: Row): string {
  const where = row.rule === '' ? '(contract)' : row.rule;
  const columns = [row.answer.padEnd(12), where.padEnd(16), row.kind.padEnd(11), row.name];
  return columns.join(' ').trimEnd();
}

/** The invariants that the tool found, as an author would write them; what they are called is new among the invariants. */
export function foundClauses({ found, rows }: Report): readonly string[] {
  const taken = new Set(rows.map(({ name }) => name));
  let number = 0;
  const nextName = (): string => {
    do number += 1;
    while (taken.has(`found_${number}`));
    return `found_${number}`;
  };
  return found.map((text) => `invariant ${nextName()}: ${text};`);
}

function refuted(row: Row, file: string): Diagnostic {
  const { span, message: failure } = row;
  if (row.kind === 'stranger') return diagnose('E0502', { file, span, failure });
  return diagnose(row.rule === ENVIRONMENT ? 'E0505' : 'E0501', { file, span, failure });
}

function howOften(row: Row): string {
  if (row.answer === 'refuted') return 'a run from deployment does it';
  return row.answer === 'unconfirmed' ? 'a state that was not reached does it' : 'not shown to be impossible';
}
