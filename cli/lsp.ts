/** `ccl lsp --stdio`: the language server, for editors. */
import type { Command } from 'commander';
import { startServer } from '../lsp/index.ts';
import { fail, failureOf } from './failure.ts';
import { STANDARD_LIBRARY } from './modules.ts';
import { librariesFor } from './project.ts';
import { command, type Shell } from './shell.ts';

export function declare(shell: Shell): Command {
  return command('lsp', 'Runs the language server that editors talk to.', ['ccl lsp --stdio'])
    .option('--stdio', 'speak on standard input and output')
    .action(async (options: { readonly stdio?: true }) => {
      if (!options.stdio)
        fail('C0201', { reason: 'the language server speaks on standard input and output: give --stdio' });
      startServer({ input: process.stdin, output: process.stdout, librariesOf });
      await new Promise((resolve) => process.stdin.once('close', resolve));
      shell.finish('fine');
    });
}

/** A project file with mistakes is said by `ccl check`; the editor goes on with the standard library. */
function librariesOf(path: string): ReadonlyMap<string, string> {
  try {
    return librariesFor(path);
  } catch (error) {
    if (failureOf(error) === null) throw error;
    return new Map([['std', STANDARD_LIBRARY]]);
  }
}
