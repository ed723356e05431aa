/** `ccl import FILE`: a contract in the Intercooperative Network's JSON form becomes CCL source, and every decision is told. */
import type { Command } from 'commander';
import { type Decision, format, importIcn } from '../compiler/index.ts';
import { checkOutput, readText, writeOutput } from './file.ts';
import { command, type Shell } from './shell.ts';
import { tellDiagnostics } from './source.ts';
import { jsonText } from './terminal.ts';

type Options = { readonly output?: string; readonly force?: true; readonly json?: true };

export function declare(shell: Shell): Command {
  return command(
    'import <file>',
    'Turns a contract of the Intercooperative Network (JSON) into CCL source, and tells each decision it took.',
    ['ccl import infrastructure-credit-v1.ccl.json -o InfrastructureCredit.ccl'],
  )
    .option('-o, --output <file>', 'write the source there instead of printing it')
    .option('--force', 'write over a file that exists')
    .option('--json', 'print the source and the decisions as JSON')
    .action((file: string, options: Options) => importFile(shell, file, options));
}

async function importFile({ terminal, finish }: Shell, file: string, options: Options): Promise<void> {
  const text = readText(file);
  const { force } = options;
  if (options.output !== undefined) checkOutput(options.output, { force });
  const result = importIcn(file, text);
  if (!result.ok) {
    tellDiagnostics(
      terminal,
      [{ parts: [{ name: file, text, start: 0 }], diagnostics: result.diagnostics }],
      options,
    );
    return finish('wrong');
  }
  const formatted = await format(result.source, { file: options.output ?? file });
  const source = formatted.ok ? formatted.text : result.source;
  if (options.output !== undefined) writeOutput(options.output, source, { force });
  if (options.json) return terminal.out(jsonText({ source, decisions: result.decisions }));
  if (options.output === undefined) terminal.out(source);
  terminal.note(decisionsText(file, result.decisions));
}

/** One line per decision, with its place. */
export function decisionsText(file: string, decisions: readonly Decision[]): string {
  return decisions.map(({ line, path, text }) => `${file}:${line} ${path}\n  ${text}\n`).join('');
}
