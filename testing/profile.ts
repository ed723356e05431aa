/**
 * `ccl profile`: where the gas and the time of one call go, by source line and by what called what. The call is run
 * several times in equal worlds; gas is always the same, and of the times the least counts. They are those of the
 * interpreter under observation: good for comparing lines with each other.
 */
import type { RunReport } from './run.ts';
import { type SourceLine, type Tally, type Trace, type TraceOptions, traceRule } from './trace.ts';

export type ProfileOptions = Omit<TraceOptions, 'stepsMax' | 'clock'> & {
  /** Nanoseconds. */
  readonly clock: () => number;
  readonly runs: number;
};

export type ProfileLine = {
  /** Null where code has no line: what the compiler made for the elements of a set, or another contract. */
  readonly line: SourceLine | null;
  /** Function for a line that is none. */
  readonly function: string;
  /** Of the line itself, and with the functions that it calls. */
  readonly gas: number;
  readonly gasInside: number;
  readonly timeNs: number;
  readonly timeInsideNs: number;
  readonly steps: number;
};

export type Profile = {
  readonly report: RunReport;
  /** The line with the most gas first. */
  readonly lines: readonly ProfileLine[];
  readonly tallies: readonly Tally[];
  readonly gasBefore: number;
  readonly runs: number;
};

export function profileRule({ runs, ...options }: ProfileOptions): Profile {
  const traces = Array.from({ length: Math.max(1, runs) }, () => traceRule({ ...options, stepsMax: 0 }));
  const [first] = traces as [Trace, ...Trace[]];
  const tallies = first.tallies.map((tally, at) => ({
    ...tally,
    timeNs: Math.min(...traces.map((trace) => trace.tallies[at]?.timeNs ?? 0)),
  }));
  return {
    report: first.report,
    lines: linesOf(tallies),
    tallies,
    gasBefore: first.gasBefore,
    runs: traces.length,
  };
}

/** A file for https://www.speedscope.app: one profile weighs calls by gas, one by time. */
export function flameGraph(name: string, { tallies, gasBefore }: Profile): SpeedscopeFile {
  const frames: SpeedscopeFrame[] = [];
  const indices = new Map<string, number>();
  const frameOf = (frame: SpeedscopeFrame): number => {
    const key = JSON.stringify(frame);
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, frames.length);
    return frames.push(frame) - 1;
  };
  const samples = tallies.map(({ calls }) => calls.flatMap((call) => framesOf(call).map(frameOf)));
  const beginning = [frameOf({ name: 'before the first opcode' })];
  const profile = (title: string, unit: 'none' | 'nanoseconds', weights: readonly number[]) => {
    const all = unit === 'none' ? [beginning, ...samples] : samples;
    const endValue = weights.reduce((sum, weight) => sum + weight, 0);
    return {
      type: 'sampled' as const,
      name: title,
      unit,
      startValue: 0,
      endValue,
      samples: all,
      weights,
    };
  };
  const gas = profile(`${name}: gas`, 'none', [gasBefore, ...tallies.map((tally) => tally.gas)]);
  const time = profile(
    `${name}: time`,
    'nanoseconds',
    tallies.map(({ timeNs }) => timeNs),
  );
  return {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    shared: { frames },
    profiles: [gas, time],
    name,
    activeProfileIndex: 0,
    exporter: 'ccl',
  };
}

/** As the schema of the format has it, for profiles of samples. */
export type SpeedscopeFile = {
  readonly $schema: 'https://www.speedscope.app/file-format-schema.json';
  readonly shared: { readonly frames: readonly SpeedscopeFrame[] };
  readonly profiles: readonly {
    readonly type: 'sampled';
    readonly name: string;
    readonly unit: 'none' | 'nanoseconds';
    readonly startValue: number;
    readonly endValue: number;
    readonly samples: readonly (readonly number[])[];
    readonly weights: readonly number[];
  }[];
  readonly name: string;
  readonly activeProfileIndex: number;
  readonly exporter: string;
};
export type SpeedscopeFrame = { readonly name: string; readonly file?: string; readonly line?: number };

type Call = Tally['calls'][number];

/** The function, and within it the line. */
function framesOf({ contract, function: fn, line }: Call): SpeedscopeFrame[] {
  const name = `${contract}.${fn}`;
  if (line === null) return [{ name }];
  return [
    { name, file: line.file },
    { name: `${line.number}: ${line.text}`, file: line.file, line: line.number },
  ];
}

function linesOf(tallies: readonly Tally[]): ProfileLine[] {
  const lines = new Map<string, { -readonly [K in keyof ProfileLine]: ProfileLine[K] }>();
  for (const tally of tallies) {
    const met = new Set<string>();
    for (const call of tally.calls) {
      const key = keyOf(call);
      const line = lines.get(key) ?? {
        ...{ line: call.line, function: `${call.contract}.${call.function}`, gas: 0, gasInside: 0 },
        ...{ timeNs: 0, timeInsideNs: 0, steps: 0 },
      };
      lines.set(key, line);
      // A function that is reached twice counts once.
      if (met.has(key)) continue;
      met.add(key);
      line.gasInside += tally.gas;
      line.timeInsideNs += tally.timeNs;
    }
    const own = lines.get(keyOf(tally.calls.at(-1)!))!;
    own.gas += tally.gas;
    own.timeNs += tally.timeNs;
    own.steps += tally.steps;
  }
  return [...lines.values()].sort((a, b) => b.gas - a.gas);
}

function keyOf({ contract, function: fn, line }: Call): string {
  return line === null ? `${contract}.${fn}` : `${line.file}:${line.number}`;
}
