/** `ccl fmt FILE...`: sources in the one layout that there is. */
import type { Command } from 'commander';
import { format } from '../compiler/index.ts';
import type { Exit } from './failure.ts';
import { readText, writeFile } from './file.ts';
import { command, type Shell } from './shell.ts';
import { showDiagnostics } from './source.ts';

type Options = { readonly check?: true };

export function declare(shell: Shell): Command {
  return command('fmt <files...>', 'Formats sources in place; there are no options about how.', [
    'ccl fmt TimeBank.ccl',
    'ccl fmt --check *.ccl',
  ])
    .option('--check', 'write nothing; exit with 1 when a file is not formatted')
    .action((files: readonly string[], options: Options) => formatFiles(shell, files, options));
}

async function formatFiles(shell: Shell, files: readonly string[], options: Options): Promise<void> {
  const exits: Exit[] = [];
  for (const file of files) exits.push(await formatFile(shell, file, options));
  shell.finish(exits.includes('wrong') ? 'wrong' : 'fine');
}

/** A file with a syntax error stays as it is. */
async function formatFile({ terminal }: Shell, file: string, options: Options): Promise<Exit> {
  const text = readText(file);
  const formatted = await format(text, { file });
  if (!formatted.ok) {
    showDiagnostics(terminal, formatted.diagnostics, new Map([[file, text]]));
    return 'wrong';
  }
  if (formatted.text === text) return 'fine';
  terminal.out(options.check ? `${file} is not formatted\n` : `${file}\n`);
  if (!options.check) writeFile(file, formatted.text);
  return options.check ? 'wrong' : 'fine';
}
