/** `ccl lsp --stdio`: the language server, for editors. */
import type { Command } from 'commander';
import { startServer } from '../lsp/index.ts';
import { fail } from './failure.ts';
import { command, type Shell } from './shell.ts';

export function declare(shell: Shell): Command {
  return command('lsp', 'Runs the language server that editors talk to.', ['ccl lsp --stdio'])
    .option('--stdio', 'speak on standard input and output')
    .action(async (options: { readonly stdio?: true }) => {
      if (!options.stdio)
        fail('C0201', { reason: 'the language server speaks on standard input and output: give --stdio' });
      startServer({ input: process.stdin, output: process.stdout });
      await new Promise((resolve) => process.stdin.once('close', resolve));
      shell.finish('fine');
    });
}
