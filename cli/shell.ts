/** What every command gets besides its arguments, and how one is declared. */
import { Command } from 'commander';
import type { Exit } from './failure.ts';
import type { Terminal } from './terminal.ts';

export type Shell = {
  readonly terminal: Terminal;
  readonly exit: () => Exit;
  /** Sets the exit code of a command that came to its end. */
  readonly finish: (exit: Exit) => void;
  /** What Ctrl-C does instead of ending the process at once. */
  readonly onInterrupt: (handler: () => void) => void;
};

/** A command: `usage` is its name and arguments; the examples stand at the end of its help. */
export function command(usage: string, description: string, examples: readonly string[]): Command {
  const [name = '', ...args] = usage.split(' ');
  const made = new Command(name).description(description);
  if (args.length > 0) made.arguments(args.join(' '));
  const title = examples.length === 1 ? 'Example' : 'Examples';
  return made.addHelpText('after', `\n${title}:\n${examples.map((example) => `  ${example}`).join('\n')}`);
}
