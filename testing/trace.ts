/**
 * `ccl trace`: one call of a contract in a fresh world, opcode by opcode and line by line. A step is an opcode that
 * ran, with what stood on the stack and in the locals before it, what it wrote, and its gas; a visit is one stay on a
 * line of the source, with the same of all its steps. Calls between contracts are steps of theirs.
 */
import {
  type AbiField,
  type AbiType,
  type Artifact,
  instructionText,
  PRESENCE,
  rowOf,
  type Sight,
  type Trap,
  type Value,
  type WordType,
  wordsOf,
} from '../vm/index.ts';
import { placeOf, showWord } from './places.ts';
import { type RunOptions, type RunReport, runRule, type Shown } from './run.ts';
import { type Naming, showValue } from './values.ts';
import { GAS_LIMIT, VIEW_GAS_LIMIT } from './world.ts';

export type TraceOptions = Omit<RunOptions, 'watch'> & {
  /** Of each contract of the source what it calls the locals of its functions (`localsOf` of the compiler). */
  readonly locals: ReadonlyMap<string, readonly (readonly (AbiField | null)[])[]>;
  /** The line of the source that an offset lies in. */
  readonly lineOf: (offset: number) => SourceLine;
  /** Steps, and visits, that are kept, from the first on; the rest only counts. */
  readonly stepsMax: number;
  /** Nanoseconds of some clock; without one no time is measured. */
  readonly clock?: () => number;
};

export type SourceLine = { readonly file: string; readonly number: number; readonly text: string };

export type TraceStep = {
  readonly contract: string;
  readonly function: string;
  /** Index of the opcode in its function. */
  readonly instruction: number;
  /** As in assembly text. */
  readonly opcode: string;
  readonly line: SourceLine | null;
  /** Functions around this one, those of calling contracts included. */
  readonly depth: number;
  /** What the step took: the charge of a basic block counts for its first opcode, that of a callee for the callee. */
  readonly gas: number;
  readonly stack: readonly string[];
  readonly locals: readonly Shown[];
  readonly effects: readonly Effect[];
};

/** What a step does to more than the stack; the first of a function has its parameters. */
export type Effect =
  | { readonly kind: 'local' | 'write' | 'remove' | 'add'; readonly place: string; readonly value: string }
  | { readonly kind: 'event' | 'log' | 'host'; readonly text: string };

/** One stay on a line; a callee's lines follow, one deeper, and are not counted in it. */
export type Visit = {
  readonly contract: string;
  readonly function: string;
  readonly line: SourceLine | null;
  readonly depth: number;
  readonly gas: number;
  readonly steps: number;
  readonly effects: readonly Effect[];
};

/** `calls`: the functions that are open, outermost first, each with the line that it is at. */
export type Tally = {
  readonly calls: readonly Pick<Visit, 'contract' | 'function' | 'line'>[];
  readonly gas: number;
  /** On the interpreter, under observation: for comparing lines with each other. */
  readonly timeNs: number;
  readonly steps: number;
};

export type Trace = {
  readonly report: RunReport;
  readonly visits: readonly Visit[];
  readonly steps: readonly TraceStep[];
  /** What all visits with the same calls around them took together. */
  readonly tallies: readonly Tally[];
  /** All steps, those that were not kept included. */
  readonly stepsTotal: number;
  /** Gas before the first opcode: the beginning of the execution, its arguments, its access clause. */
  readonly gasBefore: number;
  /** Where the call ended, when it failed. */
  readonly trap: { readonly line: SourceLine | null; readonly function: string } | null;
};

export function traceRule(options: TraceOptions): Trace {
  const { artifact, call } = options;
  const log: Log = {
    options,
    naming: null,
    open: [],
    visits: [],
    steps: [],
    tallies: new Map(),
    lines: new Map(),
    total: 0,
    stamp: 0,
  };
  const isView = artifact.entries.some(({ name, kind }) => name === call.entry && kind === 'view');
  let before = 0;
  const watch = (naming: Naming) => {
    log.naming = naming;
    return (sight: Sight) => {
      if (log.total === 0) before = (isView ? VIEW_GAS_LIMIT : GAS_LIMIT) - sight.gas;
      record(log, sight);
    };
  };
  const report = runRule({ ...options, watch });
  closeAll(log, before, report.gasUsed);
  return {
    report,
    visits: log.visits.map(({ tally: _, ...visit }) => visit),
    steps: log.steps,
    tallies: [...log.tallies.values()],
    stepsTotal: log.total,
    gasBefore: before,
    trap: report.ok || report.trap === null ? null : trapPlace(log, artifact, report.trap),
  };
}

// ---- recording ---------------------------------------------------------------------------------

type Draft<T> = { -readonly [K in keyof T]: T[K] };
type Log = {
  readonly options: TraceOptions;
  naming: Naming | null;
  /** Executions under way, outermost first. */
  readonly open: Running[];
  readonly visits: Stay[];
  readonly steps: Draft<TraceStep>[];
  readonly tallies: Map<string, Draft<Tally>>;
  readonly lines: Map<number, SourceLine>;
  total: number;
  /** When the last step began. */
  stamp: number;
};
/** A visit while it lasts; `key` names its tally. */
type Stay = Omit<Draft<Visit>, 'effects'> & {
  readonly effects: Effect[];
  readonly tally: { readonly key: string; readonly sum: Draft<Tally> };
};
/** `frames`: the visit that each open function is in. */
type Running = {
  readonly execution: object;
  readonly around: number;
  readonly frames: Stay[];
  gas: number;
  /** What callees of the last step took. */
  lent: number;
  last: { readonly visit: Stay; readonly step: Draft<TraceStep> | null } | null;
};

function record(log: Log, sight: Sight): void {
  const { clock } = log.options;
  const elapsed = clock === undefined ? 0 : clock() - log.stamp;
  settleLast(log, sight, log.total === 0 ? 0 : elapsed);
  const running = log.open.at(-1)?.execution === sight.execution ? log.open.at(-1)! : begin(log, sight);
  const { artifact } = sight.program;
  const fn = artifact.functions[sight.function]!;
  const line = lineAt(log, artifact, fn.positions[sight.instruction]?.start);
  const depth = running.around + sight.depth;
  const entered = running.frames[sight.depth] === undefined || running.frames.length <= sight.depth;
  const effects = [...(entered ? parametersOf(log, sight) : []), ...effectOf(log, sight)];
  const visit = visitOf(log, running, { contract: artifact.name, function: fn.name, line, depth }, sight);
  visit.steps += 1;
  visit.tally.sum.steps += 1;
  if (visit.effects.length < EFFECTS_MAX) visit.effects.push(...effects);
  const step = log.total < log.options.stepsMax ? stepOf(log, sight, { line, depth, effects }) : null;
  if (step !== null) log.steps.push(step);
  Object.assign(running, { last: { visit, step }, gas: sight.gas });
  log.total += 1;
  if (clock !== undefined) log.stamp = clock();
}

/** Of one visit; a line that does more than this stays one visit only when it loops in itself. */
const EFFECTS_MAX = 100;

function stepOf(
  log: Log,
  sight: Sight,
  more: Pick<TraceStep, 'line' | 'depth' | 'effects'>,
): Draft<TraceStep> {
  const { artifact } = sight.program;
  const fn = artifact.functions[sight.function]!;
  return {
    contract: artifact.name,
    function: fn.name,
    instruction: sight.instruction,
    opcode: instructionText(artifact, fn, fn.code[sight.instruction]!),
    gas: 0,
    stack: sight.stack().map((value) => showPlain(log, value)),
    locals: localsIn(log, sight),
    ...more,
  };
}

/** Gas and time of the step before, known now that the next one is met; executions that have ended are closed. */
function settleLast(log: Log, sight: Sight, elapsedNs: number): void {
  const inner = log.open.at(-1)?.last;
  if (inner != null) inner.visit.tally.sum.timeNs += elapsedNs;
  const at = log.open.findIndex(({ execution }) => execution === sight.execution);
  if (at < 0) return;
  log.open.length = at + 1;
  const running = log.open[at]!;
  const gas = running.gas - sight.gas - running.lent;
  running.lent = 0;
  charge(log, at, gas);
}

/** Charges the last step of an execution. A callee's gas is not that of the step which called it. */
function charge(log: Log, at: number, gas: number): void {
  const last = log.open[at]!.last!;
  last.visit.gas += gas;
  last.visit.tally.sum.gas += gas;
  if (last.step !== null) last.step.gas += gas;
  for (const outer of log.open.slice(0, at)) outer.lent += gas;
}

function begin(log: Log, sight: Sight): Running {
  const outer = log.open.at(-1);
  const around = outer === undefined ? 0 : outer.around + outer.frames.length;
  const running: Running = {
    execution: sight.execution,
    around,
    frames: [],
    gas: sight.gas,
    lent: 0,
    last: null,
  };
  log.open.push(running);
  return running;
}

function visitOf(
  log: Log,
  running: Running,
  place: Pick<Visit, 'contract' | 'function' | 'line' | 'depth'>,
  sight: Sight,
): Stay {
  const { frames } = running;
  frames.length = Math.min(frames.length, sight.depth + 1);
  const known = frames[sight.depth];
  if (known !== undefined && known.line === place.line && known.function === place.function) return known;
  const outer = frames[sight.depth - 1] ?? log.open.at(log.open.indexOf(running) - 1)?.frames.at(-1);
  const around = log.open.indexOf(running) === 0 && sight.depth === 0 ? undefined : outer;
  const visit = { ...place, gas: 0, steps: 0, effects: [], tally: tallyOf(log, around, place) };
  frames[sight.depth] = visit;
  if (log.visits.length < Math.max(1, log.options.stepsMax)) log.visits.push(visit);
  return visit;
}

function tallyOf(
  log: Log,
  around: Stay | undefined,
  { contract, function: fn, line }: Pick<Visit, 'contract' | 'function' | 'line'>,
): Stay['tally'] {
  const key = `${around?.tally.key ?? ''}>${contract}.${fn}:${line?.file ?? ''}:${line?.number ?? ''}`;
  const known = log.tallies.get(key);
  if (known !== undefined) return { key, sum: known };
  const calls = [...(around?.tally.sum.calls ?? []), { contract, function: fn, line }];
  const sum = { calls, gas: 0, timeNs: 0, steps: 0 };
  log.tallies.set(key, sum);
  return { key, sum };
}

/** The last step has what is left: an opcode that trapped, or the block that an execution ends in. */
function closeAll(log: Log, before: number, gasUsed: number): void {
  if (log.open.length === 0) return;
  let known = before;
  for (const { gas } of log.tallies.values()) known += gas;
  charge(log, log.open.length - 1, Math.max(0, gasUsed - known));
}

function lineAt(log: Log, artifact: Artifact, offset: number | undefined): SourceLine | null {
  if (offset === undefined || !log.options.locals.has(artifact.name)) return null;
  const known = log.lines.get(offset);
  if (known !== undefined) return known;
  const line = log.options.lineOf(offset);
  const same = [...log.lines.values()].find(
    ({ file, number }) => file === line.file && number === line.number,
  );
  log.lines.set(offset, same ?? line);
  return same ?? line;
}

function trapPlace(log: Log, artifact: Artifact, trap: Trap): Trace['trap'] {
  const { position, function: fn } = trap;
  const line = position === null ? null : lineAt(log, artifact, position.start);
  return { line, function: artifact.functions[fn]?.name ?? '' };
}

// ---- showing -----------------------------------------------------------------------------------

function localsIn(log: Log, sight: Sight): Shown[] {
  const names = namesOf(log, sight);
  return sight.locals().flatMap((value, at) => {
    const name = names[at];
    return value === null || name === null || name === undefined
      ? []
      : [{ name: name.name, value: showWord(value, name.type, log.naming!) }];
  });
}

/** Names are known of the contract that is traced, not of those that it calls. */
function namesOf(log: Log, { program, function: fn }: Sight): readonly (AbiField | null)[] {
  return log.options.locals.get(program.artifact.name)?.[fn] ?? [];
}

function parametersOf(log: Log, sight: Sight): Effect[] {
  const { params } = sight.program.artifact.functions[sight.function]!;
  const names = namesOf(log, sight);
  const values = sight.locals();
  return params.flatMap((_, at) => {
    const name = names[at];
    const value = values[at];
    if (name === null || name === undefined || value === null || value === undefined) return [];
    return [{ kind: 'local' as const, place: name.name, value: showWord(value, name.type, log.naming!) }];
  });
}

function effectOf(log: Log, sight: Sight): Effect[] {
  const { program, function: fn, instruction } = sight;
  const { op, operands } = program.artifact.functions[fn]!.code[instruction]!;
  const index = Number(operands[0]);
  switch (op) {
    case 'LocalSet': {
      const name = namesOf(log, sight)[index];
      const value = sight.stack().at(-1)!;
      return name === null || name === undefined
        ? []
        : [{ kind: 'local', place: name.name, value: showWord(value, name.type, log.naming!) }];
    }
    case 'StateSet':
    case 'StateAdd':
    case 'StateRemove':
      return storageEffect(log, sight, op, index);
    case 'EmitEvent':
      return [{ kind: 'event', text: eventText(log, program.artifact, index, sight.stack()) }];
    case 'Log':
      return [{ kind: 'log', text: String(program.artifact.constants[index]?.value) }];
    default:
      return rowOf(op).host === undefined ? [] : [{ kind: 'host', text: hostText(log, sight, op) }];
  }
}

function storageEffect(
  log: Log,
  sight: Sight,
  op: 'StateSet' | 'StateAdd' | 'StateRemove',
  index: number,
): Effect[] {
  const { artifact } = sight.program;
  const slot = artifact.storage[index]!;
  const { operands } = artifact.functions[sight.function]!.code[sight.instruction]!;
  const stack = sight.stack();
  const given = op === 'StateSet' ? 1 : 0;
  const keys = stack.slice(stack.length - slot.keys.length - given, stack.length - given);
  const field = op === 'StateSet' ? Number(operands[1]) : slot.type?.kind === 'Set' ? PRESENCE : 0;
  const found = placeOf(slot, keys, field, log.naming!);
  if (found === null) return [];
  const { place, type } = found;
  if (op === 'StateRemove') return [{ kind: 'remove', place, value: '' }];
  if (op === 'StateAdd') return [{ kind: 'add', place, value: '' }];
  return [{ kind: 'write', place, value: showWord(stack.at(-1)!, type, log.naming!) }];
}

function eventText(log: Log, artifact: Artifact, index: number, stack: readonly Value[]): string {
  const { name, fields } = artifact.events[index]!;
  const types = fields.flatMap(({ name: field, type }) => leavesOf(field, type));
  const words = stack.slice(stack.length - types.length);
  const shown = types.map(({ name: field, type }, at) => `${field}: ${showLeaf(log, type, words[at]!)}`);
  return `${name}(${shown.join(', ')})`;
}

/** One leaf for a field of one word, with its type; where it has several, their words as they are. */
function leavesOf(name: string, type: AbiType): { readonly name: string; readonly type: AbiType | null }[] {
  const words = wordsOf(type);
  return words.length === 1
    ? [{ name, type }]
    : words.map((_, at) => ({ name: `${name}.${at}`, type: null }));
}

function showLeaf(log: Log, type: AbiType | null, value: Value): string {
  return type === null ? showPlain(log, value) : showWord(value, type, log.naming!);
}

function hostText(log: Log, sight: Sight, op: Parameters<typeof rowOf>[0]): string {
  const { stack } = rowOf(op);
  const { artifact } = sight.program;
  const fn = artifact.functions[sight.function]!;
  const pops: readonly WordType[] = stack === 'dynamic' ? [] : stack.pops;
  const words = sight.stack();
  const args = words.slice(words.length - pops.length).map((value) => showPlain(log, value));
  return `${instructionText(artifact, fn, fn.code[sight.instruction]!)}(${args.join(', ')})`;
}

/** A word without a type of the source: a DID by the member's name, everything else as it is. */
function showPlain(log: Log, value: Value): string {
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return log.naming!.names.get(value) ?? JSON.stringify(value);
  if (value instanceof Uint8Array)
    return showValue(value, { kind: value.length === HASH_BYTES ? 'Hash' : 'Bytes' }, log.naming!);
  return `[${value.map((item) => showPlain(log, item)).join(', ')}]`;
}

const HASH_BYTES = 32;
