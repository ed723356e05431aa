/** `ccl verify FILE`: every obligation of a contract with its answer; what is refuted with the run that shows it. */
import type { Command } from 'commander';
import {
  type Analysis,
  diagnosticsOf,
  failsBuild,
  type Report,
  type Row,
  renderRow,
  renderTrace,
} from '../compiler/index.ts';
import { fail } from './failure.ts';
import { command, type Shell } from './shell.ts';
import { contractOf, contractsOf, showDiagnostics, soundFile, sourcesOf } from './source.ts';
import { jsonText, type Style, type Terminal } from './terminal.ts';
import { verifyAll } from './verification.ts';

type Options = {
  readonly json?: true;
  readonly rule?: string;
  readonly contract?: string;
  readonly rlimit?: string;
  readonly cache: boolean;
};

export function declare(shell: Shell): Command {
  return command('verify <file>', 'Proves what a contract says of itself, or shows the run that breaks it.', [
    'ccl verify TimeBank.ccl',
    'ccl verify TimeBank.ccl --rule record --json',
  ])
    .option('--rule <name>', 'show only the obligations of this rule, view or init')
    .option('--contract <name>', 'only this contract of the file')
    .option('--rlimit <number>', "the solver's resource limit for one obligation")
    .option('--no-cache', 'ask the solver again where an answer is known')
    .option('--json', 'print one row per obligation as JSON')
    .action((file: string, options: Options) => verifyFile(shell, file, options));
}

async function verifyFile(shell: Shell, file: string, options: Options): Promise<void> {
  const { terminal } = shell;
  const analysis = soundFile(terminal, file);
  if (analysis === null) return shell.finish('wrong');
  const contracts =
    options.contract === undefined ? contractsOf(analysis) : [contractOf(analysis, options.contract)];
  const verified = await verifyAll(terminal, analysis, contracts, proofOptions(options));
  const reports = verified.map(({ report }) => onlyRule(report, options.rule));
  if (options.rule !== undefined)
    checkRule(
      options.rule,
      verified.map(({ report }) => report),
      reports,
    );
  if (options.json) terminal.out(jsonText(reports.flatMap(({ rows }) => rows.map(jsonRow))));
  else for (const report of reports) showReport(terminal, analysis, report);
  shell.finish(reports.some(({ rows }) => rows.some(failsBuild)) ? 'wrong' : 'fine');
}

function proofOptions({ rlimit, cache }: Options): { readonly cache: boolean; readonly rlimit?: number } {
  if (rlimit === undefined) return { cache };
  const sound = /^[1-9][0-9]{0,8}$/.test(rlimit);
  return sound
    ? { cache, rlimit: Number(rlimit) }
    : fail('C0208', { text: rlimit, what: 'resource limit', example: '10000000' });
}

function onlyRule(report: Report, rule: string | undefined): Report {
  return rule === undefined ? report : { ...report, rows: report.rows.filter((row) => row.rule === rule) };
}

function checkRule(name: string, all: readonly Report[], shown: readonly Report[]): void {
  if (shown.some(({ rows }) => rows.length > 0)) return;
  const names = [...new Set(all.flatMap(({ rows }) => rows.map(({ rule }) => rule)))].filter(
    (rule) => rule !== '',
  );
  fail('C0204', {
    contract: all.map(({ contract }) => contract).join(', '),
    what: 'rule, view or init',
    name,
    names: names.join(', '),
  });
}

/** `confirmed` is true only for a run from deployment. */
function jsonRow({ contract, rule, kind, name, answer, confirmed, trace, message, reason }: Row): object {
  return { contract, rule, kind, name, answer, confirmed, trace, message, reason };
}

const STYLES: { readonly [answer in Row['answer']]: Style } = {
  proved: 'green',
  refuted: 'red',
  unconfirmed: 'yellow',
  unknown: 'yellow',
};

/** Rows and traces are the answer; the diagnostics, with their places in the source, stand beside it. */
function showReport(terminal: Terminal, analysis: Analysis, report: Report): void {
  for (const row of report.rows) terminal.out(rowText(terminal, row));
  terminal.out(`${report.contract}: ${summary(report.rows)}\n`);
  showDiagnostics(terminal, diagnosticsOf(report, analysis.file), sourcesOf(analysis));
}

function rowText(terminal: Terminal, row: Row): string {
  const text = renderRow(row);
  const painted = terminal.paint(STYLES[row.answer], row.answer) + text.slice(row.answer.length);
  if (row.answer === 'proved' || row.trace === null) return `${painted}\n`;
  return `${painted}\n${renderTrace(row.trace)
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('')}`;
}

function summary(rows: readonly Row[]): string {
  const counts = (['proved', 'refuted', 'unconfirmed', 'unknown'] as const).map((answer) => ({
    answer,
    count: rows.filter((row) => row.answer === answer).length,
  }));
  return counts
    .filter(({ answer, count }) => count > 0 || answer === 'proved')
    .map(({ answer, count }) => `${count} ${answer}`)
    .join(', ');
}
