/** `ccl verify FILE...`: every obligation of a contract with its answer; what is refuted with the run that shows it. */
import { dirname, relative, sep } from 'node:path';
import type { Command } from 'commander';
import {
  type Analysis,
  type core,
  diagnosticsOf,
  failsBuild,
  foundClauses,
  isOfFound,
  lowerProvable,
  type Report,
  type Row,
  renderTrace,
  trialArtifacts,
} from '../compiler/index.ts';
import { type Exit, fail } from './failure.ts';
import { writeNewFile } from './file.ts';
import { type Inquired, type Inquiry, inquire } from './inquiry.ts';
import { command, type Shell } from './shell.ts';
import {
  analyseFile,
  contractOf,
  contractsOf,
  countErrors,
  inTheirFiles,
  namedFiles,
  showDiagnostics,
  sourcesOf,
  tellDiagnostics,
} from './source.ts';
import { jsonText, type Style, type Terminal } from './terminal.ts';
import { openVerifier, type Verifier } from './verification.ts';
import { said, WAITING, type Watcher, watchFiles } from './watch.ts';

type Options = {
  readonly json?: true;
  readonly rule?: string;
  readonly contract?: string;
  readonly rlimit?: string;
  readonly cache: boolean;
  readonly emitTest?: string;
  readonly all?: true;
  readonly watch?: true;
} & Inquiry;

export function declare(shell: Shell): Command {
  return command(
    'verify [files...]',
    'Proves what contracts say of themselves, or shows the run that breaks it; without FILES in the whole project.',
    [
      'ccl verify TimeBank.ccl',
      'ccl verify TimeBank.ccl --rule record --json',
      'ccl verify TimeBank.ccl --emit-test found.ccl     # then: ccl test found.ccl',
      'ccl verify TimeBank.ccl --mutate',
      'ccl verify TimeBank.ccl --watch',
    ],
  )
    .option('--rule <name>', 'show only the obligations of this rule, view or init')
    .option('--contract <name>', 'only this contract of the file')
    .option('--rlimit <number>', "the solver's resource limit for one obligation")
    .option('--no-cache', 'ask the solver again where an answer is known')
    .option('--emit-test <file>', 'write the runs that break something as tests')
    .option('--mutate', 'change the code a little, many times, and list what no specification notices')
    .option('--profile', 'list the obligations by what they cost the solver')
    .option('--cross-check', 'ask the installed native solvers, z3 and cvc5, for a second opinion')
    .option('--certificate <file>', 'prove again what a certificate claims, without trusting it')
    .option('--emit-smt2 <folder>', 'write every obligation as SMT-LIB 2 text, for any solver')
    .option('--all', 'print every row, and not only those that are not proved')
    .option('--watch', 'prove again what changed whenever a file does, until Ctrl-C')
    .option(
      '--json',
      'print one row per obligation as JSON; for sources with mistakes what check --json prints',
    )
    .action((files: readonly string[], options: Options) => verifyFiles(shell, files, options));
}

async function verifyFiles(shell: Shell, files: readonly string[], options: Options): Promise<void> {
  const { terminal, finish } = shell;
  const proof = proofOptions(options);
  let opened: Promise<Verifier> | undefined;
  const verifier = (): Promise<Verifier> => {
    opened ??= openVerifier(terminal, proof);
    return opened;
  };
  const verify = async (analyses: readonly Analysis[]): Promise<void> =>
    finish(await verifySources({ terminal, verifier, options }, analyses));
  try {
    if (options.watch) await watchSources(terminal, () => sourcesNamed(files), verify, options);
    else await verify(sourcesNamed(files));
  } finally {
    await (await opened)?.close();
  }
}

function sourcesNamed(files: readonly string[]): readonly Analysis[] {
  return namedFiles(files, 'sources')
    .map(analyseFile)
    .filter((each) => files.length > 0 || isProvable(each));
}

/** Whenever one of the files has changed, or one that they use; Ctrl-C ends the process. */
async function watchSources(
  terminal: Terminal,
  read: () => readonly Analysis[],
  verify: (analyses: readonly Analysis[]) => Promise<void>,
  { json, emitTest, emitSmt2, certificate }: Options,
): Promise<void> {
  const once = {
    '--json': json,
    '--emit-test': emitTest,
    '--emit-smt2': emitSmt2,
    '--certificate': certificate,
  };
  for (const [name, value] of Object.entries(once))
    if (value !== undefined) fail('C0212', { options: `--watch and ${name}` });
  let watcher: Watcher | null = null;
  const round = async (): Promise<void> => {
    const analyses = read();
    watcher?.close();
    watcher = watchFiles(analyses.flatMap(({ parts }) => parts.map(({ name }) => name)));
    terminal.out('\n');
    await verify(analyses);
  };
  // What is wrong from the start does not become right by waiting.
  await round();
  for (;;) {
    terminal.note(WAITING);
    await watcher!.changed();
    await said(terminal, round);
  }
}

type Session = {
  readonly terminal: Terminal;
  /** The same each time. */
  readonly verifier: () => Promise<Verifier>;
  readonly options: Options;
};

async function verifySources(
  { terminal, verifier: open, options }: Session,
  analyses: readonly Analysis[],
): Promise<Exit> {
  const wrong = mistakesIn(analyses, options);
  if (wrong !== null) {
    tellDiagnostics(terminal, wrong, options);
    return 'wrong';
  }
  const verifier = await open();
  const shown: Shown[] = [];
  for (const analysis of analyses) {
    showDiagnostics(terminal, analysis.diagnostics, sourcesOf(analysis));
    for (const contract of provableOf(analysis, options.contract)) {
      const { report } = await verifier.verify(analysis, contract);
      shown.push({ analysis, contract, all: report, report: onlyRule(report, options.rule) });
    }
  }
  const exit = await inquire({ terminal, verifier, shown, options });
  if (exit !== null) return exit;
  if (options.rule !== undefined) checkRule(options.rule, shown);
  const rows = shown.flatMap(({ report }) => report.rows);
  if (options.emitTest !== undefined) emitTests(terminal, options.emitTest, shown);
  if (options.json) terminal.out(jsonText(rows.map(jsonRow)));
  else for (const each of shown) showReport(terminal, each, options);
  return rows.some(failsBuild) ? 'wrong' : 'fine';
}

/** What keeps them from being proved: mistakes, or what is too large; null where nothing does. */
function mistakesIn(analyses: readonly Analysis[], options: Options): readonly Analysis[] | null {
  if (analyses.some(({ diagnostics }) => countErrors(diagnostics) > 0)) return analyses;
  const large = analyses.map((analysis) => ({ ...analysis, diagnostics: tooLargeIn(analysis, options) }));
  return large.some(({ diagnostics }) => diagnostics.length > 0) ? large : null;
}

/** The contracts of the file, or its functions where it has none. */
function provableOf(analysis: Analysis, name: string | undefined): readonly core.Contract[] {
  if (name !== undefined) return [contractOf(analysis, name)];
  const contracts = lowerProvable(analysis);
  return contracts.length === 0 ? contractsOf(analysis) : contracts;
}

/** Whether a source of the project has anything to prove: one with only types or tests has not. */
function isProvable({ tree, diagnostics }: Analysis): boolean {
  return countErrors(diagnostics) > 0 || tree.items.some(({ kind }) => kind === 'contract' || kind === 'fn');
}

/** What no run can show, since it cannot be deployed: a contract that is too large, or needs more gas than it states. */
function tooLargeIn(analysis: Analysis, { contract }: Options): Analysis['diagnostics'] {
  return trialArtifacts(analysis, provableOf(analysis, contract)).tooLarge;
}

type Shown = Inquired & { readonly all: Report };

/** Tests that fail for the reasons that were found, in a file of their own that uses the contracts. */
function emitTests(terminal: Terminal, path: string, shown: readonly Shown[]): void {
  const refuted = shown.map(({ analysis, report }) => ({
    file: analysis.file,
    contract: report.contract,
    rows: report.rows.filter(({ answer, trace }) => answer !== 'proved' && trace?.from === 'deployment'),
  }));
  const told = refuted.flatMap(({ file, contract, rows }) => {
    const tests = rows.flatMap(({ trace }) => trace?.test ?? []);
    return tests.length === 0 ? [] : [{ file, contract, tests: [...new Set(tests)] }];
  });
  const uses = told.map(({ file, contract, tests }) => {
    const names = [contract, ...deployedIn(tests).filter((name) => name !== contract)];
    return `use "${relativeTo(path, file)}".{ ${names.join(', ')} };\n`;
  });
  const tests = told.flatMap((each) => each.tests);
  const silent = refuted.flatMap(({ rows }) => rows.filter(({ trace }) => trace?.test === null)).length;
  const rest =
    silent === 0 ? '' : `; ${silent === 1 ? '1 run' : `${silent} runs`} cannot be written as a test`;
  if (tests.length > 0) writeNewFile(path, [[...new Set(uses)].join(''), ...tests].join('\n'));
  terminal.note(
    tests.length === 0
      ? `there is nothing to test${rest}\n`
      : `${tests.length} tests are in ${path}${rest}\n`,
  );
}

/** Contracts that stand beside the one that is tested. */
function deployedIn(tests: readonly string[]): readonly string[] {
  const names = tests.flatMap((test) =>
    [...test.matchAll(/^ {2}let \w+ = deploy (\w+)/gm)].map(([, name]) => name!),
  );
  return [...new Set(names)].sort();
}

/** The path of a source as a `use` in another writes it. */
function relativeTo(path: string, source: string): string {
  const found = relative(dirname(path), source).split(sep).join('/');
  return found.startsWith('../') ? found : `./${found}`;
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

function checkRule(name: string, shown: readonly Shown[]): void {
  if (shown.some(({ report }) => report.rows.length > 0)) return;
  const rules = shown.flatMap(({ all }) => all.rows.map(({ rule }) => rule)).filter((rule) => rule !== '');
  fail('C0204', {
    contract: shown.map(({ all }) => all.contract).join(', '),
    what: 'rule, view or init',
    name,
    names: [...new Set(rules)].join(', '),
  });
}

/** `confirmed` is true only for a run from deployment, `found` only of an invariant that the author did not write. */
function jsonRow(row: Row): object {
  const { contract, rule, kind, name, answer, confirmed, trace, message, reason } = row;
  return { contract, rule, kind, name, answer, confirmed, trace, message, reason, found: isOfFound(row) };
}

const STYLES: { readonly [answer in Row['answer']]: Style } = {
  proved: 'green',
  refuted: 'red',
  unconfirmed: 'yellow',
  unknown: 'yellow',
};

/** Rows and traces are the answer, and its sum the last line; the diagnostics, with their places, stand beside it. */
function showReport(terminal: Terminal, { analysis, report }: Shown, { all }: Options): void {
  const rules = [...new Set(report.rows.map(ruleOf))];
  const width = Math.max(...rules.map(({ length }) => length), 0);
  for (const rule of rules) {
    const rows = report.rows.filter((row) => ruleOf(row) === rule);
    const open = rows.filter((row) => all || row.answer !== 'proved');
    const proved = rows.length - rows.filter((row) => row.answer !== 'proved').length;
    if (!all) terminal.out(`${rule}: ${proved} proved\n`);
    for (const row of open) terminal.out(rowText(terminal, row, width));
  }
  const diagnostics = inTheirFiles(analysis, diagnosticsOf(report, analysis.file));
  showDiagnostics(terminal, diagnostics, sourcesOf(analysis));
  terminal.out(foundText(report));
  const given = report.restsOnHashes ? ' (given that different values have different SHA-256 hashes)' : '';
  terminal.out(`${terminal.paint('bold', report.contract)}: ${summary(report.rows)}${given}\n`);
}

/** What proofs rest on although nobody wrote it. */
function foundText(report: Report): string {
  const clauses = foundClauses(report);
  if (clauses.length === 0) return '';
  const head =
    'found and proved, since something is not proved without; write it down, and the contract says so:\n';
  return `${head}${clauses.map((clause) => `    ${clause}\n`).join('')}`;
}

function ruleOf({ rule }: Row): string {
  return rule === '' ? '(contract)' : rule;
}

function rowText(terminal: Terminal, row: Row, ruleWidth: number): string {
  const { answer, how } = wordsOf(row);
  const cells = [answer.padEnd(12), ruleOf(row).padEnd(ruleWidth), row.kind.padEnd(10), row.name, how];
  const line = terminal.paint(STYLES[row.answer], answer) + cells.join('  ').trimEnd().slice(answer.length);
  if (row.answer === 'proved' || row.trace === null) return `${line}\n`;
  const trace = renderTrace(row.trace).split('\n');
  return `${line}\n${trace.map((step) => `    ${step}\n`).join('')}`;
}

/** That a call may revert is no promise that broke: the words say how it was seen. */
function wordsOf({ kind, answer }: Row): { readonly answer: string; readonly how: string } {
  if (kind !== 'may-revert' || answer === 'proved') return { answer, how: '' };
  const how = {
    refuted: 'seen from deployment',
    unconfirmed: 'from a state that was not reached',
    unknown: 'not shown to be impossible',
  };
  return { answer: 'may revert', how: `(${how[answer]})` };
}

/** `24 proved, 2 warnings`: what does not keep a contract from being built is a warning. */
function summary(rows: readonly Row[]): string {
  const proved = rows.filter(({ answer }) => answer === 'proved').length;
  const broken = rows.filter(failsBuild);
  const counts = (['refuted', 'unconfirmed', 'unknown'] as const).map((answer) => ({
    answer,
    count: broken.filter((row) => row.answer === answer).length,
  }));
  const warnings = rows.length - proved - broken.length;
  return [
    `${proved} proved`,
    ...counts.filter(({ count }) => count > 0).map(({ answer, count }) => `${count} ${answer}`),
    ...(warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`]),
  ].join(', ');
}
