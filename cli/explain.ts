/** `ccl explain CODE`: the page of a diagnostic of the compiler or of a failure of the tools; without a code, all of them. */
import type { Command } from 'commander';
import { DIAGNOSTICS, type DiagnosticCode, explain, titleOf, withoutHoles } from '../compiler/index.ts';
import { EXITS, FAILURES, type FailureCode, fail } from './failure.ts';
import { command, type Shell } from './shell.ts';
import { jsonText } from './terminal.ts';

export function declare(shell: Shell): Command {
  return command('explain [code]', 'Explains a code that CCL prints; without one, lists all codes.', [
    'ccl explain E0104',
  ])
    .option('--json', 'print JSON')
    .action((code: string | undefined, options: { readonly json?: true }) => {
      const known = code?.toUpperCase();
      const text = known === undefined ? listText() : (pageOf(known) ?? fail('C0207', { code: code! }));
      const json = known === undefined ? { codes: allCodes() } : { code: known, page: text };
      shell.terminal.out(options.json ? jsonText(json) : text);
    });
}

/** Where a sentence is nothing but a reason. */
const TITLES: { readonly [code in FailureCode]?: string } = {
  C0201: 'the command line is not understood',
  C0205: 'an argument is not understood',
  C0210: 'an option is not known',
  C0401: 'the node cannot work with what it was given',
};

/** The page in Markdown; null for a code that nothing prints. */
function pageOf(code: string): string | null {
  if (!Object.hasOwn(FAILURES, code)) return explain(code);
  const { message, help, exit } = FAILURES[code as FailureCode];
  const todo = help === null ? '' : `\n## What to do\n\n${withoutHoles(help)}.\n`;
  return `# ${code}: ${TITLES[code as FailureCode] ?? withoutHoles(message)}\n\nThe command ends with exit code ${EXITS[exit].code}: ${EXITS[exit].meaning}.\n${todo}`;
}

function allCodes(): readonly { readonly code: string; readonly message: string }[] {
  return [
    ...Object.keys(DIAGNOSTICS).map((code) => ({ code, message: titleOf(code as DiagnosticCode) })),
    ...Object.entries(FAILURES).map(([code, { message }]) => ({
      code,
      message: TITLES[code as FailureCode] ?? withoutHoles(message),
    })),
  ];
}

function listText(): string {
  return allCodes()
    .map(({ code, message }) => `${code}  ${message}\n`)
    .join('');
}
