/** Results of tests for people: what passed, where something failed and what it read, how gas was used and changed. */
import type { Analysis } from '../compiler/index.ts';
import {
  type EntryTally,
  type GasChange,
  type GasFigures,
  type GasRow,
  hasGrown,
  type InvariantsResult,
  type TestResult,
} from '../testing/index.ts';
import { excerpt, showDiagnostics, sourcesOf } from './source.ts';
import { columns, type Terminal } from './terminal.ts';
import type { Tested } from './test.ts';

/** The tests of one file. */
export function showTested(
  terminal: Terminal,
  { analysis, diagnostics, results, invariants }: Tested,
  filter: string | undefined,
): void {
  showDiagnostics(terminal, diagnostics, sourcesOf(analysis));
  if (results === null) terminal.out(`${analysis.file} was not run: the file has mistakes\n`);
  else if (results.length + invariants.length === 0) terminal.out(nothingRun(analysis.file, filter));
  else terminal.out(results.map((result) => resultText(terminal, analysis, result)).join(''));
  terminal.out(invariants.map((result) => invariantsText(terminal, analysis, result)).join(''));
}

function nothingRun(file: string, filter: string | undefined): string {
  return filter === undefined
    ? `no tests in ${file}\n`
    : `no test in ${file} has \`${filter}\` in its title\n`;
}

/** The gas table, and the last line. */
export function summary(
  results: readonly TestResult[],
  invariants: readonly InvariantsResult[],
  gas: readonly GasRow[],
): string {
  const failed =
    results.filter(({ failure }) => failure !== null).length +
    invariants.filter(({ broken }) => broken !== null).length;
  const table = gas.length === 0 ? '' : `\n${gasText(gas)}`;
  return `${table}\n${results.length + invariants.length - failed} passed, ${failed} failed\n`;
}

/** How the gas differs from what the file says, in per cent. */
export function changesText(terminal: Terminal, changes: readonly GasChange[], file: string): string {
  if (changes.length === 0) return `\ngas is as ${file} says\n`;
  const rows = changes.map(({ entry, before, after }) => [
    entry,
    changeOf(before, after, 'median'),
    changeOf(before, after, 'most'),
    changeOf(before, after, 'bound'),
  ]);
  const lines = columns([['gas against the file', 'median', 'most', 'bound'], ...rows]).split('\n');
  const painted = lines.map((line, at) => {
    const change = changes[at - 1];
    if (change === undefined) return line;
    return terminal.paint(hasGrown(change) ? 'red' : 'green', line);
  });
  return `\n${painted.join('\n')}`;
}

// ---- private -----------------------------------------------------------------------------------

function resultText(terminal: Terminal, analysis: Analysis, result: TestResult): string {
  const { title, failure, generated } = result;
  const runs = generated === null ? '' : ` (${generated.runs} runs${skippedText(generated.skipped)})`;
  if (failure === null) return `${terminal.paint('green', 'passed')}  ${title}${runs}\n`;
  const reads = readsText(failure.reads);
  const at = excerpt(analysis, failure.span);
  const inside = failure.position === null ? '' : excerpt(analysis, failure.position);
  const head = `${terminal.paint('red', 'FAILED')}  ${title}\n${at}        ${failure.message}\n${reads}${inside}`;
  if (failure.found === null || generated === null) return head;
  const { shrinks, paste } = failure.found;
  return `${head}        run ${generated.runs} of seed ${generated.seed}, made smaller ${shrinks} times; as a test:\n${indented(paste)}`;
}

function readsText(reads: readonly { readonly text: string; readonly value: string }[]): string {
  return reads.map(({ text, value }) => `        ${text} is ${value}\n`).join('');
}

function skippedText(skipped: number): string {
  return skipped === 0 ? '' : `, ${skipped} inputs not assumed`;
}

function invariantsText(terminal: Terminal, analysis: Analysis, result: InvariantsResult): string {
  const { contract, entries, sequences, broken, seed } = result;
  const calls = entries.reduce((sum, entry) => sum + entry.calls, 0);
  const title = `invariants ${contract} (${calls} calls in ${sequences} sequences)`;
  const rows = entries.map(tallyText).join('');
  if (broken === null) return `${terminal.paint('green', 'passed')}  ${title}\n${rows}`;
  const { span, says, reads = [], met, shown, paste } = broken;
  const where = excerpt(analysis, span);
  const how = `        seed ${seed}: ${met} steps made ${shown}; as a test:\n`;
  return `${terminal.paint('red', 'FAILED')}  ${title}\n${where}        ${says}\n${readsText(reads)}${rows}${how}${indented(paste)}`;
}

const REFUSALS_SHOWN = 3;

function tallyText({ entry, calls, succeeded, refusals }: EntryTally): string {
  const shown = refusals.slice(0, REFUSALS_SHOWN).map(({ reason, count }) => `${count} ${reason}`);
  const rest = refusals.length > REFUSALS_SHOWN ? ['…'] : [];
  const why = shown.length === 0 ? '' : ` (refused: ${[...shown, ...rest].join('; ')})`;
  return `        ${entry}: ${calls} calls, ${succeeded} succeeded${why}\n`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `        ${line}`))
    .join('\n');
}

function gasText(gas: readonly GasRow[]): string {
  const rows = gas.map(({ contract, entry, calls, gasUsedMin, gasUsedMedian, gasUsedMax, gasMax }) => [
    `${contract}.${entry}`,
    ...[calls, gasUsedMin, gasUsedMedian, gasUsedMax, gasMax].map(String),
  ]);
  return columns([['entry point', 'calls', 'gas least', 'median', 'most', 'bound'], ...rows]);
}

function changeOf(before: GasFigures | null, after: GasFigures | null, figure: keyof GasFigures): string {
  if (before === null) return `${after![figure]} (new)`;
  if (after === null) return `${before[figure]} (gone)`;
  const [was, is] = [before[figure], after[figure]];
  if (was === is) return `${is}`;
  const percent = was === 0 ? '' : ` ${is > was ? '+' : ''}${(((is - was) * 100) / was).toFixed(1)}%`;
  return `${was} -> ${is}${percent}`;
}
