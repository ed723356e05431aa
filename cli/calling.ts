/** A call as it is given on the command line of `run`, `trace` and `profile`: a file, a rule, arguments, and what is before. */
import type { Command } from 'commander';
import {
  type Analysis,
  type core,
  LANGUAGE_NAMES,
  lowerDeployable,
  trialArtifacts,
} from '../compiler/index.ts';
import type { OtherContract, RuleCall, RunOptions } from '../testing/index.ts';
import type { Artifact } from '../vm/index.ts';
import { readAmounts } from './amount.ts';
import { fail } from './failure.ts';
import type { Shell } from './shell.ts';
import { contractOf, soundFile, tellDiagnostics } from './source.ts';
import type { Terminal } from './terminal.ts';

export type CallOptions = {
  readonly by: string;
  readonly creator: string;
  readonly contract?: string;
  readonly init: readonly string[];
  readonly deploy: readonly string[];
  readonly first: readonly string[];
  readonly spending?: readonly string[];
  readonly json?: true;
};

/** The contract that a call is of, compiled. */
export type Trial = {
  readonly analysis: Analysis;
  readonly artifact: Artifact;
  /** It and those that can be deployed beside it, with their artifacts in the same order. */
  readonly contracts: readonly core.Contract[];
  readonly artifacts: readonly Artifact[];
};

export function withCallOptions(declared: Command): Command {
  return declared
    .option('--by <member>', 'who calls', 'alice')
    .option('--creator <member>', 'who deploys the contract', 'alice')
    .option('--contract <name>', 'which contract of the file')
    .option('--init <argument...>', 'arguments of init', [])
    .option(
      '--deploy <contract...>',
      'contracts of the file that are deployed before, such as "Jar(alice)"; their names are accounts then',
      [],
    )
    .option('--first <call...>', 'calls that happen before, such as "join() by bob"', [])
    .option(
      '--spending <amount...>',
      'the most that the call may take, such as "2.50 hours"; without it any amount',
    )
    .option('--json', 'print the result as JSON');
}

/** Null after telling what is wrong with the file, or what of it is too large. */
export function trialOf({ terminal }: Shell, file: string, options: CallOptions): Trial | null {
  const analysis = soundFile(terminal, file, options);
  if (analysis === null) return null;
  const own = contractOf(analysis, options.contract);
  const contracts = options.deploy.length === 0 ? [own] : lowerDeployable(analysis).contracts;
  const { artifacts, tooLarge } = trialArtifacts(analysis, contracts);
  const artifact = artifacts.find(({ name }) => name === own.name)!;
  if (tooLarge.length === 0) return { analysis, artifact, contracts, artifacts };
  tellDiagnostics(terminal, [{ ...analysis, diagnostics: tooLarge }], options);
  return null;
}

/** Ends the command when the call, or what is before it, is not one of the contract. */
export function callOf(
  { analysis, artifact, artifacts }: Trial,
  rule: string,
  args: readonly string[],
  options: CallOptions,
): RunOptions {
  checkEntry(artifact, 'init', options.init);
  checkEntry(artifact, rule, args);
  const before = options.first.map(readCall);
  for (const { entry, args: given } of before) checkEntry(artifact, entry, given);
  const spending = options.spending === undefined ? null : readAmounts(options.spending, artifact.currencies);
  const call = { entry: rule, args, by: memberName(options.by), spending };
  const beside = artifacts.filter((one) => one !== artifact);
  const others = options.deploy.map((text) => readDeployment(text, analysis.file, beside));
  return { artifact, creator: memberName(options.creator), initArgs: options.init, others, before, call };
}

/** What failed, in words; `calls` are those of the run. */
export function failureText(
  terminal: Terminal,
  { before, call }: Pick<RunOptions, 'before' | 'call'>,
  { failed, message }: { readonly failed: number; readonly message: string },
): string {
  const step = [...before, call][failed];
  const what = step === undefined ? 'the deployment' : `${step.entry} by ${step.by}`;
  return `${terminal.paint('red', 'failed')}  ${what}: ${message}\n`;
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
  return { entry, args: argumentsIn(list), by: memberName(by), spending: null };
}

/** `Jar(alice)` */
function readDeployment(text: string, file: string, beside: readonly Artifact[]): OtherContract {
  const [, name, list] = /^\s*(\w+)\s*\((.*)\)\s*$/.exec(text) ?? [];
  if (name === undefined || list === undefined)
    return fail('C0208', { text, what: 'deployment', example: 'Jar(alice)' });
  const artifact = beside.find((one) => one.name === name);
  const names = beside.map((one) => one.name).join(', ');
  if (artifact === undefined) return fail('C0204', { contract: file, what: 'other contract', name, names });
  const initArgs = argumentsIn(list);
  checkEntry(artifact, 'init', initArgs);
  return { artifact, initArgs };
}

function argumentsIn(list: string): readonly string[] {
  return list.trim() === '' ? [] : list.split(',').map((arg) => arg.trim());
}

function memberName(text: string): string {
  const sound = /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !LANGUAGE_NAMES.includes(text);
  return sound ? text : fail('C0211', { text });
}
