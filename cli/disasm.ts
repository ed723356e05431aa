/** `ccl disasm FILE`: an artifact as assembly text. */
import type { Command } from 'commander';
import { decodeArtifact, disassemble } from '../vm/index.ts';
import { fail } from './failure.ts';
import { readBytes, writeOutput } from './file.ts';
import { command, type Shell } from './shell.ts';

export function declare(shell: Shell): Command {
  return command('disasm <file>', 'Prints an artifact as assembly text.', ['ccl disasm TimeBank.ccb'])
    .option('-o, --output <file>', 'write the text there instead of printing it')
    .option('--force', 'write over a file that exists')
    .action((file: string, options: { readonly output?: string; readonly force?: true }) => {
      const decoded = decodeArtifact(readBytes(file));
      if (!decoded.ok) return fail('C0107', { path: file, reason: decoded.error.message });
      const text = disassemble(decoded.artifact);
      if (options.output === undefined) shell.terminal.out(text);
      else writeOutput(options.output, text, { force: options.force });
    });
}
