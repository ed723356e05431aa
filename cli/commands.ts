/**
 * Every command, once: its name, what it does in a few words, and where it is. Help, completions and the reference page
 * come from here. A command is loaded when it is called.
 */
import type { Command } from 'commander';
import type { Shell } from './shell.ts';

export type Entry = {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly declare: (shell: Shell) => Command }>;
};

const WRITE = 'Write a contract:';
const CHAIN = 'On a chain:';
const LOOK = 'Look inside:';

export const COMMANDS: readonly Entry[] = [
  {
    name: 'new',
    group: WRITE,
    summary: 'start a contract with a proof and a test',
    load: () => import('./new.ts'),
  },
  {
    name: 'check',
    group: WRITE,
    summary: 'check names, types and authority',
    load: () => import('./check.ts'),
  },
  {
    name: 'verify',
    group: WRITE,
    summary: 'prove a contract, or show the run that breaks it',
    load: () => import('./verify.ts'),
  },
  {
    name: 'build',
    group: WRITE,
    summary: 'prove a contract and write its artifact',
    load: () => import('./build.ts'),
  },
  {
    name: 'run',
    group: WRITE,
    summary: 'run one rule or view in a test world',
    load: () => import('./run.ts'),
  },
  {
    name: 'trace',
    group: WRITE,
    summary: 'show what a call did, by line or by opcode',
    load: () => import('./trace.ts'),
  },
  {
    name: 'profile',
    group: WRITE,
    summary: 'show where the gas and the time of a call go',
    load: () => import('./profile.ts'),
  },
  {
    name: 'test',
    group: WRITE,
    summary: 'run the tests of a source',
    load: () => import('./test.ts'),
  },
  {
    name: 'fmt',
    group: WRITE,
    summary: 'format sources',
    load: () => import('./fmt.ts'),
  },
  {
    name: 'import',
    group: WRITE,
    summary: 'turn a contract of the Intercooperative Network into CCL',
    load: () => import('./import.ts'),
  },
  {
    name: 'keys',
    group: CHAIN,
    summary: 'make and show keys',
    load: () => import('./keys.ts'),
  },
  {
    name: 'node',
    group: CHAIN,
    summary: 'make, run and check a node',
    load: () => import('./node.ts'),
  },
  {
    name: 'deploy',
    group: CHAIN,
    summary: 'deploy a contract',
    load: () => import('./deploy.ts'),
  },
  {
    name: 'upgrade',
    group: CHAIN,
    summary: 'put another version of a contract in its place',
    load: () => import('./upgrade.ts'),
  },
  {
    name: 'call',
    group: CHAIN,
    summary: 'call a rule of a contract',
    load: () => import('./call.ts'),
  },
  {
    name: 'query',
    group: CHAIN,
    summary: 'ask for balances, views, contracts, transactions',
    load: () => import('./query.ts'),
  },
  {
    name: 'doc',
    group: WRITE,
    summary: 'write a page about a contract',
    load: () => import('./doc.ts'),
  },
  {
    name: 'doctor',
    group: LOOK,
    summary: 'say what is installed and what is missing',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'completions',
    group: LOOK,
    summary: 'print completions for a shell',
    load: () => import('./completions.ts'),
  },
  {
    name: 'explain',
    group: LOOK,
    summary: 'explain a code such as E0104',
    load: () => import('./explain.ts'),
  },
  {
    name: 'asm',
    group: LOOK,
    summary: 'assemble a program of the virtual machine',
    load: () => import('./asm.ts'),
  },
  {
    name: 'disasm',
    group: LOOK,
    summary: 'show an artifact as assembly text',
    load: () => import('./disasm.ts'),
  },
  {
    name: 'lsp',
    group: LOOK,
    summary: 'run the language server for editors',
    load: () => import('./lsp.ts'),
  },
];

/** The command with all that is below it. */
export async function declared(entry: Entry, shell: Shell): Promise<Command> {
  const { declare } = await entry.load();
  return prepared(declare(shell).helpGroup(entry.group), shell);
}

/** The whole tree of a command reports its mistakes here instead of ending the process. */
function prepared(command: Command, shell: Shell): Command {
  command
    .exitOverride()
    // What is wrong is told in `main.ts`; what else there is to say is the help of a command without its subcommand.
    .configureOutput({
      outputError: () => undefined,
      writeErr: shell.terminal.out,
      writeOut: shell.terminal.out,
    })
    .option('--no-color', 'no colours, as with NO_COLOR')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError();
  for (const inner of command.commands) prepared(inner, shell);
  return command;
}
