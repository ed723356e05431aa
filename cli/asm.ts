/** `ccl asm FILE`: assembly text into an artifact, checked as every artifact is. */
import { basename, dirname, extname, join } from 'node:path';
import type { Command } from 'commander';
import { assemble, decodeArtifact, encodeArtifact, validate } from '../vm/index.ts';
import { fail } from './failure.ts';
import { readText, writeOutput } from './file.ts';
import { command, type Shell } from './shell.ts';

export function declare(shell: Shell): Command {
  return command('asm <file>', 'Assembles a program of the virtual machine and validates it.', [
    'ccl asm counter.asm -o counter.ccb',
  ])
    .option('-o, --output <file>', 'where to write the artifact')
    .option('--force', 'write over a file that is no artifact')
    .action((file: string, options: { readonly output?: string; readonly force?: true }) => {
      const assembled = assemble(readText(file));
      if (!assembled.ok)
        return fail('C0108', {
          path: file,
          reason: assembled.errors
            .map(({ line, column, message }) => `${line}:${column}: ${message}`)
            .join('; '),
        });
      const valid = validate(assembled.artifact);
      if (!valid.ok)
        return fail('C0109', { path: file, reason: valid.errors.map(({ message }) => message).join('; ') });
      const output = options.output ?? join(dirname(file), `${basename(file, extname(file))}.ccb`);
      writeOutput(output, encodeArtifact(assembled.artifact), {
        force: options.force,
        ours: (old) => decodeArtifact(old).ok,
      });
      shell.terminal.out(`${output}\n`);
    });
}
