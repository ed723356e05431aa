/** `ccl check FILE...`: names, types, units and authority of sources, without proofs. */
import type { Command } from 'commander';
import { sarifOf } from './sarif.ts';
import { command, type Shell } from './shell.ts';
import {
  analyseFile,
  countErrors,
  diagnosticsJson,
  namedFiles,
  sourcesOf,
  tellDiagnostics,
} from './source.ts';
import { jsonText } from './terminal.ts';

type Options = { readonly json?: true; readonly sarif?: true };

export function declare(shell: Shell): Command {
  return command(
    'check [files...]',
    'Checks names, types, units and authority; proves nothing. Without FILES the whole project.',
    ['ccl check TimeBank.ccl'],
  )
    .option('--json', 'print the diagnostics as JSON')
    .option('--sarif', 'print them as SARIF 2.1.0, for code hosts')
    .action((files: readonly string[], options: Options) => checkFiles(shell, files, options));
}

function checkFiles({ terminal, finish }: Shell, named: readonly string[], options: Options): void {
  const files = namedFiles(named, 'all');
  const analyses = files.map(analyseFile);
  const errors = analyses.reduce((sum, { diagnostics }) => sum + countErrors(diagnostics), 0);
  if (options.sarif) {
    const rows = analyses.flatMap((each) => diagnosticsJson(each.diagnostics, sourcesOf(each)));
    terminal.out(jsonText(sarifOf(rows)));
  } else tellDiagnostics(terminal, analyses, options);
  if (!options.json && !options.sarif)
    terminal.out(
      errors === 0
        ? `${files.join(', ')}: no mistakes found\n`
        : `${errors} ${errors === 1 ? 'mistake' : 'mistakes'}\n`,
    );
  finish(errors === 0 ? 'fine' : 'wrong');
}
