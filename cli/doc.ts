/** `ccl doc [FILE]`: a page about each contract, for people who are to use it or to vote on it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type Analysis, lowerProgram } from '../compiler/index.ts';
import { aboutContract } from './about.ts';
import { fail } from './failure.ts';
import { writeFile } from './file.ts';
import { htmlOf, markdownOf } from './page.ts';
import { command, type Shell } from './shell.ts';
import {
  analyseFile,
  contractOf,
  countErrors,
  namedFiles,
  tellDiagnostics,
  trialArtifacts,
} from './source.ts';
import { jsonText } from './terminal.ts';

type Options = {
  readonly html?: true;
  readonly output?: string;
  readonly contract?: string;
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
    .option('--json', 'print the pages as JSON')
    .action((files: readonly string[], options: Options) => writePages(shell, files, options));
}

function writePages({ terminal, finish }: Shell, files: readonly string[], options: Options): void {
  const analyses = namedFiles(files, 'sources').map(analyseFile);
  if (analyses.some(({ diagnostics }) => countErrors(diagnostics) > 0)) {
    tellDiagnostics(terminal, analyses, options);
    finish('wrong');
    return;
  }
  const pages = analyses.flatMap((analysis) => pagesOf(analysis, options));
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

function pagesOf(analysis: Analysis, { html, contract: name }: Options): readonly Page[] {
  const all = name === undefined ? lowerProgram(analysis).contracts : [contractOf(analysis, name)];
  const { artifacts } = trialArtifacts(analysis, all);
  return all.map((contract, at) => {
    const node = analysis.tree.items.find(
      (item) => item.kind === 'contract' && item.name.text === contract.name,
    );
    const blocks = aboutContract({
      contract,
      artifact: artifacts[at]!,
      node: node?.kind === 'contract' ? node : null,
    });
    return { contract: contract.name, text: html ? htmlOf(contract.name, blocks) : markdownOf(blocks) };
  });
}
