/** `ccl test FILE...`: the tests of sources, each in a world of its own, and what the entry points cost. */
import type { Command } from 'commander';
import { type Analysis, type Diagnostic, lowerDeployable, lowerTests } from '../compiler/index.ts';
import { type GasRow, gasTable, runTests, type TestResult } from '../testing/index.ts';
import { command, type Shell } from './shell.ts';
import {
  analyseFile,
  countErrors,
  diagnosticsJson,
  excerpt,
  showDiagnostics,
  sourcesOf,
  trialArtifacts,
} from './source.ts';
import { columns, jsonText, type Terminal } from './terminal.ts';

type Options = { readonly json?: true };
/** `results` is null for a file with mistakes, whose tests are not run. */
type Tested = {
  readonly analysis: Analysis;
  readonly diagnostics: readonly Diagnostic[];
  readonly results: readonly TestResult[] | null;
};

export function declare(shell: Shell): Command {
  return command('test <files...>', 'Runs the tests of sources on the virtual machine.', [
    'ccl test TimeBank.ccl',
  ])
    .option('--json', 'print the results, the gas and the diagnostics as JSON')
    .action((files: readonly string[], options: Options) => testFiles(shell, files, options));
}

function testFiles({ terminal, finish }: Shell, files: readonly string[], options: Options): void {
  const tested = files.map((file) => testFile(analyseFile(file)));
  const results = tested.flatMap((each) => each.results ?? []);
  if (options.json) terminal.out(jsonText(testedJson(tested, results)));
  else {
    for (const each of tested) showTested(terminal, each);
    if (tested.some((each) => each.results !== null)) terminal.out(summary(results));
  }
  const failed =
    tested.some((each) => each.results === null) || results.some(({ failure }) => failure !== null);
  finish(failed ? 'wrong' : 'fine');
}

function testFile(analysis: Analysis): Tested {
  const { diagnostics } = analysis;
  if (countErrors(diagnostics) > 0) return { analysis, diagnostics, results: null };
  const contracts = trialArtifacts(analysis, lowerDeployable(analysis).contracts);
  const evaluators = trialArtifacts(analysis, lowerTests(analysis).contracts);
  const all = [...diagnostics, ...contracts.tooLarge, ...evaluators.tooLarge];
  if (countErrors(all) > 0) return { analysis, diagnostics: all, results: null };
  const program = {
    plans: analysis.tests.plans,
    contracts: contracts.artifacts,
    evaluators: evaluators.artifacts,
  };
  return { analysis, diagnostics: all, results: runTests(program) };
}

function testedJson(tested: readonly Tested[], results: readonly TestResult[]): object {
  return {
    tests: tested.flatMap(resultRows),
    gas: gasTable(results.flatMap(({ gas }) => gas)),
    diagnostics: tested.flatMap(({ analysis, diagnostics }) =>
      diagnosticsJson(diagnostics, sourcesOf(analysis)),
    ),
  };
}

function resultRows({ analysis: { file }, results }: Tested): readonly object[] {
  return (results ?? []).map(({ title, failure }) => ({ file, title, passed: failure === null, failure }));
}

function showTested(terminal: Terminal, { analysis, diagnostics, results }: Tested): void {
  showDiagnostics(terminal, diagnostics, sourcesOf(analysis));
  if (results === null) terminal.out(`${analysis.file} was not run: the file has mistakes\n`);
  else if (results.length === 0) terminal.out(`no tests in ${analysis.file}\n`);
  else terminal.out(results.map((result) => resultText(terminal, analysis, result)).join(''));
}

function resultText(terminal: Terminal, analysis: Analysis, { title, failure }: TestResult): string {
  if (failure === null) return `${terminal.paint('green', 'passed')}  ${title}\n`;
  const reads = failure.reads.map(({ text, value }) => `        ${text} is ${value}\n`).join('');
  const at = excerpt(analysis, failure.span);
  const inside = failure.position === null ? '' : excerpt(analysis, failure.position);
  return `${terminal.paint('red', 'FAILED')}  ${title}\n${at}        ${failure.message}\n${reads}${inside}`;
}

function summary(results: readonly TestResult[]): string {
  const failed = results.filter(({ failure }) => failure !== null).length;
  const gas = gasTable(results.flatMap(({ gas }) => gas));
  const table = gas.length === 0 ? '' : `\n${gasText(gas)}`;
  return `${table}\n${results.length - failed} passed, ${failed} failed\n`;
}

function gasText(gas: readonly GasRow[]): string {
  const rows = gas.map(({ contract, entry, calls, gasUsedMax, gasMax }) => [
    `${contract}.${entry}`,
    `${calls}`,
    `${gasUsedMax}`,
    `${gasMax}`,
  ]);
  return columns([['entry point', 'calls', 'gas used at most', 'bound'], ...rows]);
}
