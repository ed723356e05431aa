/** `ccl check FILE...`: names, types, units and authority of sources, without proofs. */
import type { Command } from 'commander';
import { command, type Shell } from './shell.ts';
import { analyseFile, countErrors, namedFiles, tellDiagnostics } from './source.ts';

export function declare(shell: Shell): Command {
  return command(
    'check [files...]',
    'Checks names, types, units and authority; proves nothing. Without FILES the whole project.',
    ['ccl check TimeBank.ccl'],
  )
    .option('--json', 'print the diagnostics as JSON')
    .action((files: readonly string[], options: { readonly json?: true }) =>
      checkFiles(shell, files, options),
    );
}

function checkFiles(
  { terminal, finish }: Shell,
  named: readonly string[],
  options: { readonly json?: true },
): void {
  const files = namedFiles(named, 'all');
  const analyses = files.map(analyseFile);
  const errors = analyses.reduce((sum, { diagnostics }) => sum + countErrors(diagnostics), 0);
  tellDiagnostics(terminal, analyses, options);
  if (!options.json)
    terminal.out(
      errors === 0
        ? `${files.join(', ')}: no mistakes found\n`
        : `${errors} ${errors === 1 ? 'mistake' : 'mistakes'}\n`,
    );
  finish(errors === 0 ? 'fine' : 'wrong');
}
