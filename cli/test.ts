/** `ccl test FILE...`: the tests of sources, each in a world of its own, and what the entry points cost. */
import type { Command } from 'commander';
import { type Analysis, lowerProgram, lowerTests } from '../compiler/index.ts';
import { type GasUse, gasTable, runTests, type TestProgram, type TestResult } from '../testing/index.ts';
import type { Exit } from './failure.ts';
import { command, type Shell } from './shell.ts';
import { excerpt, soundFile, trialArtifacts } from './source.ts';
import { columns, jsonText, type Terminal } from './terminal.ts';

type Options = { readonly json?: true };
type Tested = { readonly file: string; readonly results: readonly TestResult[]; readonly analysis: Analysis };

export function declare(shell: Shell): Command {
  return command('test <files...>', 'Runs the tests of sources on the virtual machine.', [
    'ccl test TimeBank.ccl',
  ])
    .option('--json', 'print the results as JSON')
    .action((files: readonly string[], options: Options) => testFiles(shell, files, options));
}

function testFiles(shell: Shell, files: readonly string[], options: Options): void {
  const { terminal } = shell;
  const tested = files.map((file) => testFile(terminal, file));
  const sound = tested.filter((each) => each !== null);
  const results = sound.flatMap((each) => each.results);
  if (options.json) terminal.out(jsonText({ tests: sound.flatMap(resultRows), gas: gasTable(results) }));
  else {
    for (const each of sound)
      terminal.out(each.results.map((result) => resultText(terminal, each, result)).join(''));
    terminal.out(summary(results));
  }
  shell.finish(exitOf(tested));
}

/** A file with mistakes has no results. */
function testFile(terminal: Terminal, file: string): Tested | null {
  const analysis = soundFile(terminal, file);
  const program = analysis && programOf(terminal, analysis);
  return program && { file, analysis, results: runTests(program) };
}

function programOf(terminal: Terminal, analysis: Analysis): TestProgram | null {
  const contracts = trialArtifacts(terminal, analysis, lowerProgram(analysis).contracts);
  const evaluators = trialArtifacts(terminal, analysis, lowerTests(analysis).contracts);
  return contracts && evaluators && { plans: analysis.tests.plans, contracts, evaluators };
}

function exitOf(tested: readonly (Tested | null)[]): Exit {
  const failed = tested.some((each) => each === null || each.results.some(({ failure }) => failure !== null));
  return failed ? 'wrong' : 'fine';
}

function resultRows({ file, results }: Tested): readonly object[] {
  return results.map(({ title, failure }) => ({ file, title, passed: failure === null, failure }));
}

function resultText(terminal: Terminal, { analysis }: Tested, { title, failure }: TestResult): string {
  if (failure === null) return `${terminal.paint('green', 'passed')}  ${title}\n`;
  const reads = failure.reads.map(({ text, value }) => `        ${text} is ${value}\n`).join('');
  const at = excerpt(analysis, failure.span);
  const inside = failure.position === null ? '' : excerpt(analysis, failure.position);
  return `${terminal.paint('red', 'FAILED')}  ${title}\n${at}        ${failure.message}\n${reads}${inside}`;
}

function summary(results: readonly TestResult[]): string {
  const failed = results.filter(({ failure }) => failure !== null).length;
  const gas = gasTable(results);
  const table = gas.length === 0 ? '' : `\n${gasText(gas)}`;
  return `${table}\n${results.length - failed} passed, ${failed} failed\n`;
}

function gasText(gas: readonly GasUse[]): string {
  const rows = gas.map(({ contract, entry, calls, gasUsedMax, gasMax }) => [
    `${contract}.${entry}`,
    `${calls}`,
    `${gasUsedMax}`,
    `${gasMax}`,
  ]);
  return columns([['entry point', 'calls', 'gas used at most', 'bound'], ...rows]);
}
