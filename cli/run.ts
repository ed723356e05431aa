/** `ccl run FILE rule args --by alice`: one rule or view in a fresh test world, and what it did. */
import type { Command } from 'commander';
import { type RunOptions, type RunReport, runRule } from '../testing/index.ts';
import { type Artifact, formatType } from '../vm/index.ts';
import { type CallOptions, callOf, failureText, trialOf, withCallOptions } from './calling.ts';
import { fail } from './failure.ts';
import { command, type Shell } from './shell.ts';
import { columns, jsonText, type Terminal } from './terminal.ts';

export function declare(shell: Shell): Command {
  const declared = command(
    'run <file> [rule] [args...]',
    'Deploys the contract in a fresh test world and runs one rule or view; without a rule, lists what can be run. Members are names such as alice; put -- before arguments that begin with -.',
    [
      'ccl run TimeBank.ccl',
      'ccl run TimeBank.ccl join --by bob',
      'ccl run TimeBank.ccl record alice "2.50 hours" --by bob --creator alice --first "join() by bob"',
    ],
  );
  return withCallOptions(declared).action(
    (file: string, rule: string | undefined, args: readonly string[], options: CallOptions) => {
      const trial = trialOf(shell, file, options);
      if (trial === null) shell.finish('wrong');
      else if (rule === undefined) listEntries(shell.terminal, trial.artifact, options);
      else runEntry(shell, callOf(trial, rule, args, options), options);
    },
  );
}

function runEntry({ terminal, finish }: Shell, run: RunOptions, options: CallOptions): void {
  const report = runRule(run);
  if (!report.ok && report.cause === 'words') fail('C0205', { reason: report.message });
  terminal.out(options.json ? jsonText(report) : reportText(terminal, run, report));
  finish(report.ok ? 'fine' : 'wrong');
}

/** What can be run: each with its parameters, as a person would call it. */
function listEntries(terminal: Terminal, artifact: Artifact, { json }: CallOptions): void {
  const entries = artifact.entries.map(({ kind, name, params }) => ({
    kind,
    name,
    params: params.map((param) => ({ name: param.name, type: formatType(param.type, artifact.currencies) })),
  }));
  const rows = entries.map(({ kind, name, params }) => {
    const list = params.map((param) => `${param.name}: ${param.type}`).join(', ');
    return [kind, kind === 'init' ? `(${list})` : `${name}(${list})`];
  });
  terminal.out(json ? jsonText({ contract: artifact.name, entries }) : columns(rows));
}

function reportText(terminal: Terminal, run: RunOptions, report: RunReport): string {
  if (!report.ok) return failureText(terminal, run, report);
  const lines = [
    report.result === null ? [] : [`result   ${report.result}`],
    report.moved.map(
      ({ account, amount }) => `moved    ${account} ${amount.startsWith('-') ? amount : `+${amount}`}`,
    ),
    report.changes.map(({ place, before, after }) => `changed  ${place}: ${before} -> ${after}`),
    report.events.map(
      ({ name, fields }) =>
        `event    ${name}(${fields.map((field) => `${field.name}: ${field.value}`).join(', ')})`,
    ),
    report.logs.map((log) => `log      ${log}`),
    [`gas      ${report.gasUsed} of at most ${report.gasMax}`],
  ];
  return `${lines.flat().join('\n')}\n`;
}
