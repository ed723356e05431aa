/** `ccl doc [FILE]`: a page about each contract, for people who are to use it or to vote on it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Analysis, build, type core, lowerProgram } from '../compiler/index.ts';
import type { Artifact } from '../vm/index.ts';
import { aboutContract } from './about.ts';
import { buildContract } from './build.ts';
import { fail } from './failure.ts';
import { writeFile } from './file.ts';
import { htmlOf, markdownOf } from './page.ts';
import { command, type Shell } from './shell.ts';
import { analyseFile, contractOf, countErrors, namedFiles, tellDiagnostics } from './source.ts';
import { jsonText, type Terminal } from './terminal.ts';

type Options = {
  readonly html?: true;
  readonly output?: string;
  readonly contract?: string;
  readonly prove?: true;
  readonly json?: true;
};
type Page = { readonly contract: string; readonly text: string };

export function declare(shell: Shell): Command {
  return command(
    'doc [files...]',
    'Writes a page about each contract: who may call what, what it takes, what it promises, what it costs; without FILES of the whole project.',
    ['ccl doc TimeBank.ccl', 'ccl doc TimeBank.ccl --html -o pages'],
  )
    .option('--html', 'write HTML that needs nothing else, and not Markdown')
    .option('-o, --output <folder>', 'write NAME.md or NAME.html there instead of printing it')
    .option('--contract <name>', 'only this contract')
    .option('--prove', 'prove them first, and say what is only checked while they run')
    .option('--json', 'print the pages as JSON')
    .action((files: readonly string[], options: Options) => writePages(shell, files, options));
}

async function writePages(shell: Shell, files: readonly string[], options: Options): Promise<void> {
  const { terminal, finish } = shell;
  const analyses = namedFiles(files, 'sources').map(analyseFile);
  if (analyses.some(({ diagnostics }) => countErrors(diagnostics) > 0)) {
    tellDiagnostics(terminal, analyses, options);
    finish('wrong');
    return;
  }
  const pages: Page[] = [];
  for (const analysis of analyses) {
    const more = await pagesOf(terminal, analysis, options);
    if (more === null) return finish('wrong');
    pages.push(...more);
  }
  if (pages.length === 0) fail('C0202', { path: analyses.map(({ file }) => file).join(', ') });
  const { output, html, json } = options;
  const written = pages.map(({ contract, text }) => {
    const path = output === undefined ? null : join(output, `${contract}.${html ? 'html' : 'md'}`);
    if (output !== undefined) mkdirSync(output, { recursive: true });
    if (path !== null) writeFile(path, text);
    return { contract, path, text };
  });
  if (json) terminal.out(jsonText(written));
  else terminal.out(written.map(({ path, text }) => (path === null ? text : `${path}\n`)).join(''));
}

/** Null after showing why there are no artifacts. */
async function pagesOf(
  terminal: Terminal,
  analysis: Analysis,
  options: Options,
): Promise<readonly Page[] | null> {
  const { html, contract: name } = options;
  const all = name === undefined ? lowerProgram(analysis).contracts : [contractOf(analysis, name)];
  const pages: Page[] = [];
  for (const contract of all) {
    const artifact = await artifactOf(terminal, analysis, contract, options);
    if (artifact === null) return null;
    const node = analysis.tree.items.find(
      (item) => item.kind === 'contract' && item.name.text === contract.name,
    );
    const blocks = aboutContract({ contract, artifact, node: node?.kind === 'contract' ? node : null });
    pages.push({ contract: contract.name, text: html ? htmlOf(contract.name, blocks) : markdownOf(blocks) });
  }
  return pages;
}

async function artifactOf(
  terminal: Terminal,
  analysis: Analysis,
  contract: core.Contract,
  { prove, json }: Options,
): Promise<Artifact | null> {
  if (!prove) return build(contract, { claims: [], marks: [] });
  const built = await buildContract(terminal, analysis, contract, json ? { json } : {});
  return built?.artifact ?? null;
}
