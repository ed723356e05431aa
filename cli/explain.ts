/** `ccl explain CODE`: the page of a diagnostic of the compiler or of a failure of the tools; without a code, all of them. */
import type { Command } from 'commander';
import { DIAGNOSTICS, explain } from '../compiler/index.ts';
import { EXITS, FAILURES, type FailureCode, fail } from './failure.ts';
import { command, type Shell } from './shell.ts';
import { jsonText } from './terminal.ts';

export function declare(shell: Shell): Command {
  return command('explain [code]', 'Explains a code that CCL prints; without one, lists all codes.', [
    'ccl explain E0104',
  ])
    .option('--json', 'print JSON')
    .action((code: string | undefined, options: { readonly json?: true }) => {
      const text = code === undefined ? listText() : (pageOf(code) ?? fail('C0207', { code }));
      const json = code === undefined ? { codes: allCodes() } : { code, page: text };
      shell.terminal.out(options.json ? jsonText(json) : text);
    });
}

/** The page in Markdown; null for a code that nothing prints. */
function pageOf(code: string): string | null {
  if (!Object.hasOwn(FAILURES, code)) return explain(code);
  const { message, help, exit } = FAILURES[code as FailureCode];
  const todo = help === null ? '' : `\n## What to do\n\n${help}.\n`;
  return `# ${code}: ${message}\n\nThe command ends with exit code ${EXITS[exit].code}: ${EXITS[exit].meaning}.\n${todo}`;
}

function allCodes(): readonly { readonly code: string; readonly message: string }[] {
  return [...Object.entries(DIAGNOSTICS), ...Object.entries(FAILURES)].map(([code, { message }]) => ({
    code,
    message,
  }));
}

function listText(): string {
  return allCodes()
    .map(({ code, message }) => `${code}  ${message}\n`)
    .join('');
}
