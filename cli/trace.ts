/** `ccl trace FILE rule args`: what one call did, by source line or opcode by opcode. */
import type { Command } from 'commander';
import { lineOfPart, localsOf } from '../compiler/index.ts';
import {
  type Effect,
  type RunOptions,
  type SourceLine,
  type Trace,
  type TraceStep,
  traceRule,
  type Visit,
} from '../testing/index.ts';
import { type CallOptions, callOf, failureText, type Trial, trialOf, withCallOptions } from './calling.ts';
import { fail } from './failure.ts';
import { command, type Shell } from './shell.ts';
import { columns, jsonText, type Terminal } from './terminal.ts';

type Options = CallOptions & { readonly opcodes?: true; readonly limit: string };

export function declare(shell: Shell): Command {
  const declared = command(
    'trace <file> <rule> [args...]',
    'Runs one rule or view as `ccl run` does, and shows each line of the source that it came through: gas, locals that were set, storage that was written, events. With --opcodes each opcode, with the stack and the locals before it.',
    [
      'ccl trace TimeBank.ccl join --by bob',
      'ccl trace TimeBank.ccl record alice "2.50 hours" --by bob --first "join() by bob" --opcodes',
    ],
  );
  return withCallOptions(declared)
    .option('--opcodes', 'opcode by opcode, in place of line by line')
    .option('--limit <number>', 'how many lines or opcodes to show, from the first on', '1000')
    .action((file: string, rule: string, args: readonly string[], options: Options) => {
      const stepsMax = Number(options.limit);
      if (!Number.isSafeInteger(stepsMax) || stepsMax < 1 || stepsMax > LIMIT_MAX)
        fail('C0208', { text: options.limit, what: 'limit', example: `a number from 1 to ${LIMIT_MAX}` });
      const trial = trialOf(shell, file, options);
      if (trial === null) shell.finish('wrong');
      else showTrace(shell, trial, callOf(trial, rule, args, options), options, stepsMax);
    });
}

const LIMIT_MAX = 1_000_000;

/** What a trace or a profile needs of the source besides the call. */
export function sourceOf({ analysis, contracts }: Trial) {
  return {
    locals: new Map(contracts.map((contract) => [contract.name, localsOf(contract)])),
    lineOf: (offset: number): SourceLine => lineOfPart(analysis.parts, offset),
  };
}

function showTrace(
  { terminal, finish }: Shell,
  trial: Trial,
  run: RunOptions,
  options: Options,
  stepsMax: number,
): void {
  const trace = traceRule({ ...run, ...sourceOf(trial), stepsMax });
  const { report } = trace;
  if (!report.ok && report.cause === 'words') fail('C0205', { reason: report.message });
  if (options.json) terminal.out(jsonText(traceJson(trace, options)));
  else {
    const rows = options.opcodes ? opcodeRows(trace) : lineRows(terminal, trace);
    const shown = options.opcodes ? trace.steps.length === trace.stepsTotal : trace.visits.length < stepsMax;
    if (trace.stepsTotal > 0) terminal.out(`${columns([['gas', 'line', ''], ...rows])}\n`);
    if (!shown) terminal.note(`only the first ${stepsMax} are shown (--limit)\n`);
    terminal.out(endText(terminal, trial, run, trace));
  }
  finish(report.ok ? 'fine' : 'wrong');
}

function traceJson({ visits, steps, tallies: _, ...rest }: Trace, { opcodes }: Options): object {
  return opcodes ? { ...rest, steps } : { ...rest, lines: visits };
}

// ---- text --------------------------------------------------------------------------------------

function lineRows(terminal: Terminal, { visits, gasBefore }: Trace): string[][] {
  const beginning = [String(gasBefore), '', terminal.paint('dim', 'before the first opcode')];
  return [
    beginning,
    ...visits.map((visit) => [String(visit.gas), placeText(visit), visitText(terminal, visit)]),
  ];
}

/** One line for the source, one for each thing that it did. */
function visitText(terminal: Terminal, visit: Visit): string {
  const indent = '  '.repeat(visit.depth);
  const text = visit.line?.text ?? terminal.paint('dim', `${visit.contract}.${visit.function}`);
  const effects = visit.effects.map((effect) => `${EFFECT_INDENT}${indent}${effectText(effect)}`);
  return [`${indent}${text}`, ...effects].join('\n');
}

const EFFECT_INDENT = ' '.repeat(22);

function opcodeRows({ steps }: Trace): string[][] {
  return steps.map((step) => [String(step.gas), placeText(step), stepText(step)]);
}

function stepText({ depth, opcode, stack, instruction, effects }: TraceStep): string {
  const code = `${'  '.repeat(depth)}${String(instruction).padStart(3)} ${opcode}`.padEnd(OPCODE_WIDTH);
  return [`${code} [${stack.join(', ')}]`, ...effects.map(effectText)].join('   ');
}

const OPCODE_WIDTH = 34;

function placeText({ line, function: fn }: Pick<Visit, 'line' | 'function'>): string {
  return line === null ? `(${fn})` : `${line.number}`;
}

function effectText(effect: Effect): string {
  switch (effect.kind) {
    case 'local':
      return `${effect.place} is ${effect.value}`;
    case 'write':
      return `writes ${effect.place} = ${effect.value}`;
    case 'add':
      return `adds ${effect.place}`;
    case 'remove':
      return `removes ${effect.place}`;
    default:
      return `${effect.kind === 'host' ? 'calls the host:' : effect.kind === 'log' ? 'logs' : 'emits'} ${effect.text}`;
  }
}

/** How it ended, and how much gas that took. */
function endText(terminal: Terminal, { artifact }: Trial, run: RunOptions, { report, trap }: Trace): string {
  const gas = `gas      ${report.gasUsed}`;
  if (report.ok) {
    const result = report.result === null ? '' : `result   ${report.result}\n`;
    return `${result}${gas} of at most ${report.gasMax}\n`;
  }
  const place = trap?.line;
  const where =
    place === null || place === undefined ? '' : `at       ${place.file}:${place.number}: ${place.text}\n`;
  const entry = artifact.entries.find(({ name }) => name === run.call.entry);
  const most = report.failed === run.before.length ? ` of at most ${entry?.gasMax ?? 0}` : '';
  return `${failureText(terminal, run, report)}${where}${gas}${most}\n`;
}
