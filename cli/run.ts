/** `ccl run FILE rule args --by alice`: one rule or view in a fresh test world, and what it did. */
import type { Command } from 'commander';
import { type Analysis, LANGUAGE_NAMES } from '../compiler/index.ts';
import { type RuleCall, type RunReport, runRule } from '../testing/index.ts';
import { type Artifact, formatType } from '../vm/index.ts';
import { readAmounts } from './amount.ts';
import { fail } from './failure.ts';
import { command, type Shell } from './shell.ts';
import { contractOf, soundFile, tellDiagnostics, trialArtifacts } from './source.ts';
import { columns, jsonText, type Terminal } from './terminal.ts';

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
    'run <file> [rule] [args...]',
    'Deploys the contract in a fresh test world and runs one rule or view; without a rule, lists what can be run. Members are names such as alice; put -- before arguments that begin with -.',
    [
      'ccl run TimeBank.ccl',
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
    .action((file: string, rule: string | undefined, args: readonly string[], options: Options) =>
      runFile(shell, file, rule, args, options),
    );
}

function runFile(
  shell: Shell,
  file: string,
  rule: string | undefined,
  args: readonly string[],
  options: Options,
): void {
  const { terminal } = shell;
  const analysis = soundFile(terminal, file, options);
  const artifact = analysis && trialArtifact(terminal, analysis, options);
  if (artifact === null) shell.finish('wrong');
  else if (rule === undefined) listEntries(terminal, artifact, options);
  else runEntry(shell, artifact, rule, args, options);
}

/** Null after telling what is too large. */
function trialArtifact(terminal: Terminal, analysis: Analysis, options: Options): Artifact | null {
  const { artifacts, tooLarge } = trialArtifacts(analysis, [contractOf(analysis, options.contract)]);
  if (tooLarge.length === 0) return artifacts[0]!;
  tellDiagnostics(terminal, [{ ...analysis, diagnostics: tooLarge }], options);
  return null;
}

function runEntry(
  { terminal, finish }: Shell,
  artifact: Artifact,
  rule: string,
  args: readonly string[],
  options: Options,
): void {
  checkEntry(artifact, 'init', options.init);
  checkEntry(artifact, rule, args);
  const before = options.first.map(readCall);
  for (const { entry, args: given } of before) checkEntry(artifact, entry, given);
  const spending = options.spending === undefined ? null : readAmounts(options.spending, artifact.currencies);
  const call = { entry: rule, args, by: memberName(options.by), spending };
  const creator = memberName(options.creator);
  const report = runRule({ artifact, creator, initArgs: options.init, before, call });
  if (!report.ok && report.cause === 'words') fail('C0205', { reason: report.message });
  terminal.out(options.json ? jsonText(report) : reportText(terminal, [...before, call], report));
  finish(report.ok ? 'fine' : 'wrong');
}

/** What can be run: each with its parameters, as a person would call it. */
function listEntries(terminal: Terminal, artifact: Artifact, { json }: Options): void {
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

/** Mistakes in the command line have their own messages. */
function checkEntry(artifact: Artifact, name: string, args: readonly string[]): void {
  const entries = artifact.entries.filter(({ kind }) => kind !== 'init');
  const found =
    name === 'init'
      ? artifact.entries.find(({ kind }) => kind === 'init')
      : entries.find((entry) => entry.name === name);
  const names = entries.map((entry) => entry.name).join(', ');
  if (found === undefined && name !== 'init')
    fail('C0204', { contract: artifact.name, what: 'rule or view', name, names });
  const params = found?.params ?? [];
  if (params.length === args.length) return;
  const list = params.map((param) => param.name).join(', ');
  const form =
    name === 'init' ? `--init ${list === '' ? '(nothing)' : list.replaceAll(',', '')}` : `${name}(${list})`;
  fail('C0206', { entry: name, wanted: params.length, given: args.length, form });
}

/** `record(alice, 2.50 hours) by bob` */
function readCall(text: string): RuleCall {
  const [, entry, list, by] = /^\s*(\w+)\s*\((.*)\)\s+by\s+(\w+)\s*$/.exec(text) ?? [];
  if (entry === undefined || list === undefined || by === undefined)
    return fail('C0208', { text, what: 'call', example: 'record(alice, 2.50 hours) by bob' });
  const args = list.trim() === '' ? [] : list.split(',').map((arg) => arg.trim());
  return { entry, args, by: memberName(by), spending: null };
}

function memberName(text: string): string {
  const sound = /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !LANGUAGE_NAMES.includes(text);
  return sound ? text : fail('C0211', { text });
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
