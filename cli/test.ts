/**
 * `ccl test FILE...`: the tests of sources, each in a world of its own; what the entry points cost; the promises of
 * contracts against random sequences of calls. Ctrl-C ends it with what was found so far.
 */
import { existsSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import {
  type Analysis,
  type Diagnostic,
  lineOfPart,
  lowerDeployable,
  lowerTests,
  trialArtifacts,
} from '../compiler/index.ts';
import {
  coverageOf,
  type FileCoverage,
  type GasRow,
  gasChanges,
  gasTable,
  hasGrown,
  INVARIANTS_OPTIONS,
  type InvariantsResult,
  lcovText,
  openTally,
  readSnapshot,
  runInvariants,
  snapshotText,
  TEST_OPTIONS,
  type TestProgram,
  type TestResult,
  testsOf,
} from '../testing/index.ts';
import type { Observer } from '../vm/index.ts';
import { annotated, coverageTable } from './coverage.ts';
import { fail } from './failure.ts';
import { readText, writeFile } from './file.ts';
import { changesText, showTested, summary } from './results.ts';
import { command, type Shell } from './shell.ts';
import { analyseFile, countErrors, diagnosticsJson, namedFiles, sourcesOf } from './source.ts';
import { endProgress, jsonText, progress, type Terminal } from './terminal.ts';
import { said, WAITING, watchFiles } from './watch.ts';

type Options = {
  readonly filter?: string;
  readonly seed?: string;
  readonly runs?: string;
  readonly calls?: string;
  readonly gasFile: string;
  readonly snapshot?: true;
  readonly check?: true;
  readonly diff?: true;
  readonly coverage?: true;
  readonly annotate?: true;
  readonly lcov?: string;
  readonly watch?: true;
  readonly json?: true;
};

/** Of one file; `results` is null for a file with mistakes, whose tests are not run. */
export type Tested = {
  readonly analysis: Analysis;
  readonly diagnostics: readonly Diagnostic[];
  readonly results: readonly TestResult[] | null;
  readonly invariants: readonly InvariantsResult[];
  /** Empty where it was not asked for. */
  readonly coverage: readonly FileCoverage[];
};

export function declare(shell: Shell): Command {
  return command(
    'test [files...]',
    'Runs the tests of sources on the virtual machine; without FILES those of the project.',
    [
      'ccl test TimeBank.ccl',
      'ccl test TimeBank.ccl --filter hours --seed 7 --runs 1000',
      'ccl test TimeBank.ccl --snapshot     # then: ccl test TimeBank.ccl --diff',
    ],
  )
    .option('--filter <text>', 'only tests whose title, and contracts whose name, has this in it')
    .option('--seed <number>', 'what is drawn at random is drawn from this', `${TEST_OPTIONS.seed}`)
    .option('--runs <number>', 'inputs of each test with parameters', `${TEST_OPTIONS.runs}`)
    .option('--calls <number>', 'calls of each `test invariants`', `${INVARIANTS_OPTIONS.calls}`)
    .option('--snapshot', 'write the gas of each entry point to the gas file')
    .option('--check', 'fail where an entry point costs more than the gas file says')
    .option('--diff', 'show how gas differs from the gas file')
    .option('--gas-file <file>', 'the gas file', '.gas-snapshot')
    .option('--coverage', 'show which lines, sides of branches and functions ran')
    .option('--annotate', 'show the sources with marks beside what did not run')
    .option('--lcov <file>', 'write the coverage as an lcov tracefile')
    .option('--watch', 'run again when a file changes, until Ctrl-C')
    .option('--json', 'print the results, the gas and the diagnostics as JSON')
    .action((files: readonly string[], options: Options) => testFiles(shell, files, options));
}

async function testFiles(shell: Shell, named: readonly string[], options: Options): Promise<void> {
  const files = namedFiles(named, 'all');
  const limits = limitsOf(options);
  const stopped = { now: false };
  shell.onInterrupt(() => {
    // Once more ends it at once.
    if (stopped.now) process.exit(INTERRUPTED);
    stopped.now = true;
  });
  if (options.watch === undefined) return runAll(shell, files, options, limits, stopped);
  if (options.json) fail('C0212', { options: '--watch and --json' });
  const watcher = watchFiles(files);
  shell.onInterrupt(() => {
    stopped.now = true;
    watcher.close();
  });
  const run = async (): Promise<void> => {
    shell.terminal.out('\n');
    await runAll(shell, files, options, limits, stopped);
  };
  await run();
  while (!stopped.now) {
    shell.terminal.note(WAITING);
    if (await watcher.changed()) await said(shell.terminal, run);
  }
  shell.finish('interrupted');
}

const INTERRUPTED = 130;

/** How much is tried, from which seed. */
type Limits = {
  readonly seed: number;
  readonly runs: number;
  readonly calls: number;
  readonly observer?: Observer | undefined;
};
type Stopped = { now: boolean };

function limitsOf({ seed, runs, calls }: Options): Limits {
  return {
    seed: numberOf(seed, 'seed', TEST_OPTIONS.seed),
    runs: numberOf(runs, 'number of runs', TEST_OPTIONS.runs),
    calls: numberOf(calls, 'number of calls', INVARIANTS_OPTIONS.calls),
  };
}

function numberOf(text: string | undefined, what: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  return /^[1-9][0-9]{0,8}$/.test(text)
    ? Number(text)
    : fail('C0208', { text, what, example: `${otherwise}` });
}

async function runAll(
  { terminal, finish }: Shell,
  files: readonly string[],
  options: Options,
  limits: Limits,
  stopped: Stopped,
): Promise<void> {
  const tested: Tested[] = [];
  for (const file of files) {
    const each = await testFile(terminal, analyseFile(file), options, limits, stopped);
    tested.push(each);
    if (!options.json) showTested(terminal, each, options.filter);
  }
  const results = tested.flatMap((each) => each.results ?? []);
  const invariants = tested.flatMap((each) => each.invariants);
  const table = gasTable([...results, ...invariants].flatMap(({ gas }) => gas));
  if (options.json) terminal.out(jsonText(testedJson(tested, table)));
  else if (tested.some((each) => each.results !== null)) terminal.out(summary(results, invariants, table));
  showCoverage(terminal, tested, options);
  const grown = compareGas(terminal, results, options);
  const failed =
    tested.some((each) => each.results === null) ||
    results.some(({ failure }) => failure !== null) ||
    invariants.some(({ broken }) => broken !== null);
  const nothing = options.filter !== undefined && results.length + invariants.length === 0;
  finish(stopped.now ? 'interrupted' : failed || grown || nothing ? 'wrong' : 'fine');
}

const NOTHING = { invariants: [], coverage: [] };

async function testFile(
  terminal: Terminal,
  analysis: Analysis,
  options: Options,
  limits: Limits,
  stopped: Stopped,
): Promise<Tested> {
  const { diagnostics } = analysis;
  if (countErrors(diagnostics) > 0) return { analysis, diagnostics, results: null, ...NOTHING };
  const cores = lowerDeployable(analysis).contracts;
  const contracts = trialArtifacts(analysis, cores);
  const evaluators = trialArtifacts(analysis, lowerTests(analysis).contracts);
  const all = [...diagnostics, ...contracts.tooLarge, ...evaluators.tooLarge];
  if (countErrors(all) > 0) return { analysis, diagnostics: all, results: null, ...NOTHING };
  const has = (text: string) => text.toLowerCase().includes((options.filter ?? '').toLowerCase());
  const program: TestProgram = {
    plans: analysis.tests.plans.filter(({ title }) => has(title)),
    invariants: analysis.tests.invariants.filter(({ contract }) => has(contract)),
    contracts: contracts.artifacts,
    cores,
    evaluators: evaluators.artifacts,
  };
  const tally = wantsCoverage(options) ? openTally(program.contracts) : null;
  const observed = { ...limits, observer: tally?.observer };
  const results = await runTests(terminal, program, observed, stopped);
  const invariants = await runPromises(terminal, program, observed, stopped);
  const lineAt = (offset: number) => lineOfPart(analysis.parts, offset);
  const coverage = tally === null ? [] : coverageOf(tally, { cores, artifacts: program.contracts, lineAt });
  return { analysis, diagnostics: all, results, invariants, coverage };
}

function wantsCoverage({ coverage, annotate, lcov }: Options): boolean {
  return coverage === true || annotate === true || lcov !== undefined;
}

/** What several files' tests ran of one file is shown for each of them. */
function showCoverage(terminal: Terminal, tested: readonly Tested[], options: Options): void {
  const files = tested.flatMap(({ coverage }) => coverage);
  if (options.annotate && !options.json)
    for (const { analysis, coverage } of tested)
      for (const file of coverage)
        terminal.out(
          `\n${annotated(terminal, file, analysis.parts.find(({ name }) => name === file.file)!.text)}`,
        );
  if (options.coverage && !options.json) terminal.out(`\n${coverageTable(files)}`);
  if (options.lcov === undefined) return;
  writeFile(options.lcov, lcovText(files));
  if (!options.json) terminal.note(`the coverage is in ${options.lcov}\n`);
}

async function runTests(
  terminal: Terminal,
  program: TestProgram,
  limits: Limits,
  stopped: Stopped,
): Promise<TestResult[]> {
  const onProgress = (title: string, done: number, total: number) =>
    progress(terminal, `${title}: ${done} of ${total} runs`);
  const results: TestResult[] = [];
  const tests = testsOf(program, { ...limits, onProgress });
  for (;;) {
    // An interrupt is heard between two tests.
    await setImmediate();
    const next = stopped.now ? null : unheeding(() => tests.next());
    if (next === null || next.done === true) break;
    results.push(next.value);
  }
  endProgress(terminal);
  return results;
}

/** A test runs in one piece, in which no handler hears an interrupt: there it ends the program, as without handlers. */
function unheeding<T>(run: () => T): T {
  const handlers = process.listeners('SIGINT');
  process.removeAllListeners('SIGINT');
  try {
    return run();
  } finally {
    for (const handler of handlers) process.on('SIGINT', handler);
  }
}

/** A test that is interrupted has the calls that were made so far. */
async function runPromises(
  terminal: Terminal,
  program: TestProgram,
  limits: Limits,
  stopped: Stopped,
): Promise<InvariantsResult[]> {
  const results: InvariantsResult[] = [];
  for (const plan of program.invariants) {
    if (stopped.now) break;
    const run = runInvariants(program, plan, { ...INVARIANTS_OPTIONS, ...limits });
    for (let step = run.next(); ; step = run.next()) {
      if (step.done === true || stopped.now) {
        results.push(step.done === true ? step.value : { ...step.value, broken: null, gas: [] });
        break;
      }
      progress(terminal, `${plan.contract}: ${step.value.calls} of ${limits.calls} calls`);
      await setImmediate();
    }
  }
  endProgress(terminal);
  return results;
}

function testedJson(tested: readonly Tested[], gas: readonly GasRow[]): object {
  return {
    tests: tested.flatMap(resultRows),
    invariants: tested.flatMap(({ analysis: { file }, invariants }) =>
      invariants.map(({ gas: _, ...result }) => ({ file, passed: result.broken === null, ...result })),
    ),
    gas,
    coverage: tested.flatMap(({ coverage }) => coverage),
    diagnostics: tested.flatMap(({ analysis, diagnostics }) =>
      diagnosticsJson(diagnostics, sourcesOf(analysis)),
    ),
  };
}

function resultRows({ analysis: { file }, results }: Tested): readonly object[] {
  return (results ?? []).map(({ title, failure, generated }) => ({
    file,
    title,
    passed: failure === null,
    generated,
    failure,
  }));
}

// ---- the gas file ------------------------------------------------------------------------------

/** Of tests without parameters: theirs is the same whatever is drawn. True where something grew that must not. */
function compareGas(terminal: Terminal, results: readonly TestResult[], options: Options): boolean {
  const { gasFile, snapshot, check, diff, json } = options;
  const rows = gasTable(results.filter(({ generated }) => generated === null).flatMap(({ gas }) => gas));
  const changes = check || diff ? gasChanges(readGasFile(gasFile), rows) : [];
  if ((check || diff) && !json) terminal.out(changesText(terminal, changes, gasFile));
  if (snapshot) writeFile(gasFile, snapshotText(rows));
  if (snapshot && !json) terminal.note(`the gas of ${rows.length} entry points is in ${gasFile}\n`);
  return check === true && changes.some(hasGrown);
}

function readGasFile(path: string) {
  if (!existsSync(path)) return fail('C0111', { path });
  return readSnapshot(readText(path)) ?? fail('C0112', { path });
}
