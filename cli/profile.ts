/** `ccl profile FILE rule args`: where the gas and the time of one call go, as a table and as a flame graph file. */
import type { Command } from 'commander';
import {
  flameGraph,
  type Profile,
  type ProfileLine,
  profileRule,
  type RunOptions,
} from '../testing/index.ts';
import { type CallOptions, callOf, failureText, type Trial, trialOf, withCallOptions } from './calling.ts';
import { fail } from './failure.ts';
import { writeOutput } from './file.ts';
import { command, type Shell } from './shell.ts';
import { columns, jsonText, type Terminal } from './terminal.ts';
import { sourceOf } from './trace.ts';

type Options = CallOptions & { readonly flame?: string; readonly force?: true };

const RUNS = 15;

export function declare(shell: Shell): Command {
  const declared = command(
    'profile <file> <rule> [args...]',
    'Runs one rule or view as `ccl run` does, and shows what gas and time each line of the source took, alone and with the functions that it calls. Times are of the interpreter under observation: for comparing lines.',
    [
      'ccl profile TimeBank.ccl record alice "2.50 hours" --by bob --first "join() by bob"',
      'ccl profile TimeBank.ccl join --by bob --flame join.speedscope.json    # open it on speedscope.app',
    ],
  );
  return withCallOptions(declared)
    .option('--flame <file>', 'write a flame graph for speedscope there')
    .option('--force', 'write over a file that exists')
    .action((file: string, rule: string, args: readonly string[], options: Options) => {
      const trial = trialOf(shell, file, options);
      if (trial === null) shell.finish('wrong');
      else showProfile(shell, trial, callOf(trial, rule, args, options), options);
    });
}

function showProfile({ terminal, finish }: Shell, trial: Trial, run: RunOptions, options: Options): void {
  const clock = () => Number(process.hrtime.bigint());
  const profile = profileRule({ ...run, ...sourceOf(trial), clock, runs: RUNS });
  const { report, lines, gasBefore, runs } = profile;
  if (!report.ok && report.cause === 'words') fail('C0205', { reason: report.message });
  if (options.flame !== undefined) {
    const title = `${trial.artifact.name}.${run.call.entry}`;
    writeOutput(options.flame, jsonText(flameGraph(title, profile)), { force: options.force });
  }
  if (options.json) terminal.out(jsonText({ report, gasBefore, runs, lines }));
  else terminal.out(profileText(terminal, run, profile));
  finish(report.ok ? 'fine' : 'wrong');
}

function profileText(terminal: Terminal, run: RunOptions, { report, lines, gasBefore }: Profile): string {
  const head = ['gas', 'share', 'with calls', 'time', 'with calls', 'opcodes', 'line', ''];
  const beginning = [
    String(gasBefore),
    share(gasBefore, report.gasUsed),
    '',
    '',
    '',
    '',
    '',
    'before the first opcode',
  ];
  const table = columns([head, beginning, ...lines.map((line) => rowOf(line, report.gasUsed))]);
  const failure = report.ok ? '' : `\n${failureText(terminal, run, report)}`;
  return `${table}${failure}\ngas      ${report.gasUsed}\n`;
}

function rowOf(row: ProfileLine, gasUsed: number): string[] {
  const { gas, gasInside, timeNs, timeInsideNs, steps, line } = row;
  return [
    String(gas),
    share(gas, gasUsed),
    gasInside === gas ? '' : String(gasInside),
    micros(timeNs),
    gasInside === gas ? '' : micros(timeInsideNs),
    String(steps),
    line === null ? '' : String(line.number),
    line === null ? row.function : line.text,
  ];
}

function share(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`;
}

function micros(ns: number): string {
  return `${(ns / 1_000).toFixed(1)} µs`;
}
