/** `ccl check FILE...`: names, types, units and authority of sources, without proofs. */
import type { Command } from 'commander';
import { command, type Shell } from './shell.ts';
import { analyseFile, countErrors, diagnosticsJson, showDiagnostics, sourcesOf } from './source.ts';
import { jsonText } from './terminal.ts';

export function declare(shell: Shell): Command {
  return command('check <files...>', 'Checks names, types, units and authority; proves nothing.', [
    'ccl check TimeBank.ccl',
  ])
    .option('--json', 'print the diagnostics as JSON')
    .action((files: readonly string[], options: { readonly json?: true }) =>
      checkFiles(shell, files, options),
    );
}

function checkFiles(
  { terminal, finish }: Shell,
  files: readonly string[],
  options: { readonly json?: true },
): void {
  const analyses = files.map(analyseFile);
  const errors = analyses.reduce((sum, { diagnostics }) => sum + countErrors(diagnostics), 0);
  if (options.json) {
    const rows = analyses.flatMap((analysis) => diagnosticsJson(analysis.diagnostics, sourcesOf(analysis)));
    terminal.out(jsonText({ diagnostics: rows }));
  } else
    for (const analysis of analyses) showDiagnostics(terminal, analysis.diagnostics, sourcesOf(analysis));
  if (!options.json)
    terminal.out(
      errors === 0
        ? `${files.join(', ')}: no mistakes found\n`
        : `${errors} ${errors === 1 ? 'mistake' : 'mistakes'}\n`,
    );
  finish(errors === 0 ? 'fine' : 'wrong');
}
