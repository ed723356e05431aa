/** The reference page on the command line, made from the commands themselves. */
import type { Command } from 'commander';
import { COMMANDS, declared } from './commands.ts';
import { EXITS, FAILURES } from './failure.ts';
import type { Shell } from './shell.ts';

export type Described = { readonly words: string; readonly made: Command };

/** Every command and those below it, each with the words that call it. */
export async function allCommands(): Promise<readonly Described[]> {
  const top = await Promise.all(COMMANDS.map((entry) => declared(entry, SILENT)));
  return top.flatMap((made) => below(made, 'ccl'));
}

/** Nothing is run. */
const SILENT = { terminal: { out: () => undefined } } as unknown as Shell;

function below(made: Command, above: string): Described[] {
  const words = `${above} ${made.name()}`;
  return [{ words, made }, ...made.commands.flatMap((inner) => below(inner, words))];
}

const WIDTH = 100;

/** What `--help` prints, without colours. */
export function helpOf(made: Command): string {
  let text = '';
  made.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  made.outputHelp();
  return text;
}

/** Markdown. */
export async function commandLinePage(): Promise<string> {
  const commands = await allCommands();
  const exits = Object.values(EXITS).map(({ code, meaning }) => `| ${code} | ${meaning} |`);
  const failures = Object.entries(FAILURES).map(
    ([code, { message, exit }]) => `| ${code} | ${EXITS[exit].code} | ${message.replaceAll('|', '\\|')} |`,
  );
  const page = [
    '# The command line',
    'This page is made from the commands themselves. `ccl help COMMAND` says the same.',
    `## Exit codes\n\n| code | meaning |\n| --- | --- |\n${exits.join('\n')}`,
    'With `--json` a command prints one JSON document on standard output, in every case; its form is in [ccl.schema.json](json/ccl.schema.json). `ccl check --sarif` prints SARIF 2.1.0.',
    ...commands.map(({ words, made }) => `## ${words}\n\n\`\`\`text\n${helpOf(made).trimEnd()}\n\`\`\``),
    `## What can go wrong\n\n\`ccl explain CODE\` prints a page.\n\n| code | exits with | says |\n| --- | --- | --- |\n${failures.join('\n')}`,
  ];
  return `${page.join('\n\n')}\n`;
}
