/** `ccl run FILE rule args --by alice`: one rule or view in a fresh test world, and what it did. */
import type { Command } from 'commander';
import { type RuleCall, type RunReport, runRule } from '../testing/index.ts';
import type { Artifact } from '../vm/index.ts';
import { readAmounts } from './amount.ts';
import { fail } from './failure.ts';
import { command, type Shell } from './shell.ts';
import { contractOf, soundFile, trialArtifacts } from './source.ts';
import { jsonText, type Terminal } from './terminal.ts';

type Options = {
  readonly by: string;
  readonly creator: string;
  readonly contract?: string;
  readonly init: readonly string[];
  readonly first: readonly string[];
  readonly spending?: readonly string[];
  readonly json?: true;
};

export function declare(shell: Shell): Command {
  return command(
    'run <file> <rule> [args...]',
    'Deploys the contract in a fresh test world and runs one rule or view. Members are names; put -- before arguments that begin with -.',
    [
      'ccl run TimeBank.ccl join --by bob',
      'ccl run TimeBank.ccl record alice "2.50 hours" --by bob --creator alice --first "join() by bob"',
    ],
  )
    .option('--by <member>', 'who calls', 'alice')
    .option('--creator <member>', 'who deploys the contract', 'alice')
    .option('--contract <name>', 'which contract of the file')
    .option('--init <argument...>', 'arguments of init', [])
    .option('--first <call...>', 'calls that happen before, such as "join() by bob"', [])
    .option(
      '--spending <amount...>',
      'the most that the call may take, such as "2.50 hours"; without it any amount',
    )
    .option('--json', 'print the result as JSON')
    .action((file: string, rule: string, args: readonly string[], options: Options) =>
      runFile(shell, file, rule, args, options),
    );
}

function runFile(shell: Shell, file: string, rule: string, args: readonly string[], options: Options): void {
  const { terminal } = shell;
  const analysis = soundFile(terminal, file);
  const contract = analysis && contractOf(analysis, options.contract);
  const [artifact] = (contract && trialArtifacts(terminal, analysis, [contract])) ?? [];
  if (artifact === undefined) {
    shell.finish('wrong');
    return;
  }
  checkEntry(artifact, rule, args);
  const before = options.first.map(readCall);
  const spending = options.spending === undefined ? null : readAmounts(options.spending, artifact.currencies);
  const call = { entry: rule, args, by: memberName(options.by), spending };
  const report = runRule({
    artifact,
    creator: memberName(options.creator),
    initArgs: options.init,
    before,
    call,
  });
  terminal.out(options.json ? jsonText(report) : reportText(terminal, [...before, call], report));
  shell.finish(report.ok ? 'fine' : 'wrong');
}

/** Mistakes in the command line have their own messages. */
function checkEntry(artifact: Artifact, name: string, args: readonly string[]): void {
  const entries = artifact.entries.filter(({ kind }) => kind !== 'init');
  const found = entries.find((entry) => entry.name === name);
  const names = entries.map((entry) => entry.name).join(', ');
  if (found === undefined) fail('C0204', { contract: artifact.name, what: 'rule or view', name, names });
  if (found.params.length === args.length) return;
  const form = `${name}(${found.params.map((param) => param.name).join(', ')})`;
  fail('C0206', { entry: name, wanted: found.params.length, given: args.length, form });
}

/** `record(alice, 2.50 hours) by bob` */
function readCall(text: string): RuleCall {
  const [, entry, list, by] = /^\s*(\w+)\s*\((.*)\)\s+by\s+(\w+)\s*$/.exec(text) ?? [];
  if (entry === undefined || list === undefined || by === undefined)
    return fail('C0208', { text, what: 'call', example: 'record(alice, 2.50 hours) by bob' });
  const args = list.trim() === '' ? [] : list.split(',').map((arg) => arg.trim());
  return { entry, args, by, spending: null };
}

function memberName(text: string): string {
  return /^[A-Za-z_]\w*$/.test(text)
    ? text
    : fail('C0208', { text, what: 'name of a member', example: 'alice' });
}

function reportText(terminal: Terminal, calls: readonly RuleCall[], report: RunReport): string {
  if (!report.ok) {
    const failed = calls[report.failed];
    const what = failed === undefined ? 'the deployment' : `${failed.entry} by ${failed.by}`;
    return `${terminal.paint('red', 'failed')}  ${what}: ${report.message}\n`;
  }
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
