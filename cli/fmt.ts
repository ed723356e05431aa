/** `ccl fmt [FILE...]`: sources in the one layout that there is. */
import { text as textOf } from 'node:stream/consumers';
import type { Command } from 'commander';
import { type Formatted, format, formatLines } from '../compiler/index.ts';
import { type Exit, fail } from './failure.ts';
import { readText, writeFile } from './file.ts';
import { command, type Shell } from './shell.ts';
import { namedFiles, showDiagnostics } from './source.ts';

type Options = { readonly check?: true; readonly stdin?: true; readonly range?: string };
type Lines = { readonly first: number; readonly last: number };

export function declare(shell: Shell): Command {
  return command(
    'fmt [files...]',
    'Formats sources in place, without FILES those of the project; there are no options about how.',
    ['ccl fmt TimeBank.ccl', 'ccl fmt --check *.ccl', 'ccl fmt --stdin --range 10:20 < TimeBank.ccl'],
  )
    .option('--check', 'write nothing; exit with 1 when a file is not formatted')
    .option('--stdin', 'format what comes in on standard input, and print it')
    .option('--range <lines>', 'only these lines, such as 10:20, and what cannot be apart from them')
    .action((files: readonly string[], options: Options) => formatAll(shell, files, options));
}

async function formatAll(shell: Shell, named: readonly string[], options: Options): Promise<void> {
  const lines = options.range === undefined ? null : linesIn(options.range);
  if (options.stdin) {
    if (named.length > 0) fail('C0201', { reason: 'with --stdin no file is named' });
    return formatStdin(shell, lines, options);
  }
  const files = namedFiles(named, 'all');
  if (lines !== null && files.length > 1) fail('C0201', { reason: '--range is of one file' });
  const exits: Exit[] = [];
  for (const file of files) exits.push(await formatFile(shell, file, lines, options));
  shell.finish(exits.includes('wrong') ? 'wrong' : 'fine');
}

/** `10:20`, counted from 1, to lines counted from 0. */
function linesIn(text: string): Lines {
  const [, first = '', last = ''] = /^([1-9]\d{0,8}):([1-9]\d{0,8})$/.exec(text) ?? [];
  if (first === '' || Number(first) > Number(last))
    fail('C0208', { text, what: 'range of lines', example: '10:20' });
  return { first: Number(first) - 1, last: Number(last) - 1 };
}

function formatted(file: string, text: string, lines: Lines | null): Promise<Formatted> {
  return lines === null ? format(text, { file }) : formatLines(text, { file, ...lines });
}

/** What cannot be read is given back as it came. */
async function formatStdin(shell: Shell, lines: Lines | null, { check }: Options): Promise<void> {
  const { terminal } = shell;
  const text = await textOf(process.stdin);
  const done = await formatted('standard input', text, lines);
  if (!done.ok) showDiagnostics(terminal, done.diagnostics, new Map([['standard input', text]]));
  if (!check) terminal.out(done.ok ? done.text : text);
  shell.finish(done.ok && !(check && done.text !== text) ? 'fine' : 'wrong');
}

/** A file with a syntax error stays as it is. */
async function formatFile(
  { terminal }: Shell,
  file: string,
  lines: Lines | null,
  { check }: Options,
): Promise<Exit> {
  const text = readText(file);
  const done = await formatted(file, text, lines);
  if (!done.ok) {
    showDiagnostics(terminal, done.diagnostics, new Map([[file, text]]));
    return 'wrong';
  }
  if (done.text === text) return 'fine';
  terminal.out(check ? `${file} is not formatted\n` : `${file}\n`);
  if (!check) writeFile(file, done.text);
  return check ? 'wrong' : 'fine';
}
