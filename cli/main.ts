/**
 * The command line. Arguments in; an exit code out (`EXITS`). Loads only the command that is called. The only place of
 * the tools that catches: a failure is printed with its code and what to do, anything else is a defect of ours.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { cacheFolder, VERSION } from '../solver/index.ts';
import { COMMANDS, declared, type Entry } from './commands.ts';
import { EXITS, type Exit, FAILURES, type Failure, failureOf, failureText } from './failure.ts';
import type { Shell } from './shell.ts';
import { endProgress, jsonText, openTerminal, type Terminal } from './terminal.ts';

enableCompileCache(join(cacheFolder(), 'code'));
process.exitCode = await main(process.argv.slice(2));

/** Runs one command line; the number is the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const terminal = openTerminal(argv);
  leaveQuietly();
  const shell = openShell(terminal);
  try {
    const program = await programOf(argv, shell);
    if (argv.every((word) => word === '--no-color')) program.outputHelp();
    else await program.parseAsync([...asked(argv)], { from: 'user' });
    return EXITS[shell.exit()].code;
  } catch (error) {
    endProgress(terminal);
    return EXITS[report(terminal, error, argv.includes('--json'))].code;
  }
}

/** A reader that goes away ends the program without noise, and so does Ctrl-C. */
function leaveQuietly(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXITS.unread.code);
      throw error;
    });
}

function openShell(terminal: Terminal): Shell {
  let exit: Exit = 'fine';
  let interrupt = () => process.exit(EXITS.interrupted.code);
  process.on('SIGINT', () => interrupt());
  return {
    terminal,
    exit: () => exit,
    finish: (with_) => {
      exit = with_;
    },
    onInterrupt: (handler) => {
      interrupt = handler as () => never;
    },
  };
}

/** The program with the one command that is called; with the summaries of all where none is. */
async function programOf(argv: readonly string[], shell: Shell): Promise<Command> {
  const program = new Command('ccl')
    .description(
      'CCL, the Cooperative Contract Language: contracts that say what they are for, and tools that prove it.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .option('--no-color', 'no colours, as with NO_COLOR')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: shell.terminal.out })
    .addHelpText('after', `\nExit codes:\n${exitTable()}`);
  const words = argv.filter((word) => !word.startsWith('-'));
  const called = words[0] === 'help' ? words[1] : words[0];
  for (const entry of COMMANDS)
    program.addCommand(entry.name === called ? await declared(entry, shell) : summary(entry));
  return program;
}

/** Help is not given for a command that there is not: `ccl nosuch --help` is a mistake. */
function asked(argv: readonly string[]): readonly string[] {
  const name = argv.find((word) => !word.startsWith('-'));
  const known = name === undefined || name === 'help' || COMMANDS.some((entry) => entry.name === name);
  return known ? argv : [name];
}

function summary({ name, group, summary: text }: Entry): Command {
  return new Command(name).description(text).helpGroup(group);
}

function exitTable(): string {
  return Object.values(EXITS)
    .map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`)
    .join('\n');
}

// ---- what went wrong ---------------------------------------------------------------------------

function report(terminal: Terminal, error: unknown, asJson: boolean): Exit {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.help') return 'fine';
    return print(terminal, usageFailure(error), asJson);
  }
  const failure = failureOf(error);
  if (failure !== null) return print(terminal, failure, asJson);
  const exit = print(terminal, defect(error), asJson);
  if (error instanceof Error) terminal.note(`${error.stack ?? ''}\n`);
  return exit;
}

function print(terminal: Terminal, failure: Failure, asJson: boolean): Exit {
  const { code, message, help } = failure;
  if (asJson) terminal.out(jsonText({ error: { code, message, help } }));
  terminal.note(failureText(failure));
  return failure.exit;
}

function usageFailure(error: CommanderError): Failure {
  const message = error.message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .trim();
  const dashed = error.code === 'commander.unknownOption' && /^unknown option '-\d/.test(message);
  const code = dashed ? 'C0210' : 'C0201';
  return { code, message, help: FAILURES[code].help, exit: 'usage' };
}

function defect(error: unknown): Failure {
  const message = `this is a defect of CCL, not of your contract: ${error instanceof Error ? error.message : String(error)}`;
  return {
    code: 'C0901',
    message,
    help: 'please report it with the command line and the file',
    exit: 'defect',
  };
}
