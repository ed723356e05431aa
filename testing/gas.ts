/** What calls cost. In: the gas of every call of an entry point. Out: a table with one row for each. */
import type { Artifact } from '../vm/index.ts';

/** Calls of one entry point that succeeded; `gasMax` is its static bound. */
export type GasUse = {
  readonly contract: string;
  readonly entry: string;
  readonly gasMax: number;
  readonly used: readonly number[];
};

export type GasRow = {
  readonly contract: string;
  readonly entry: string;
  readonly calls: number;
  readonly gasUsedMin: number;
  /** The lower of two in the middle. */
  readonly gasUsedMedian: number;
  readonly gasUsedMax: number;
  readonly gasMax: number;
};

/** Hears of one execution of an entry point. */
export type GasListener = (contract: string, entry: string, gasUsed: number) => void;

/** Growing while tests run. */
export type GasMeter = Map<
  string,
  { -readonly [F in keyof GasUse]: GasUse[F] } & { readonly used: number[] }
>;

/**
 * Notes one call.
 * @throws when it used more than its static bound: then the bound is wrong, and that is a defect of ours.
 */
export function noteGas(
  meter: GasMeter,
  artifact: Pick<Artifact, 'name' | 'entries'>,
  name: string,
  gasUsed: number,
): void {
  const entry = artifact.entries.find((one) => one.name === name || (name === 'init' && one.kind === 'init'));
  if (entry === undefined) return;
  const { gasMax } = entry;
  if (gasUsed > gasMax)
    throw new Error(`${artifact.name}.${name} used ${gasUsed} gas, and its static bound is ${gasMax}`);
  const key = `${artifact.name}.${name}`;
  const use = meter.get(key) ?? { contract: artifact.name, entry: name, gasMax, used: [] };
  use.used.push(gasUsed);
  meter.set(key, use);
}

/** All uses together, in order of first use. */
export function gasTable(uses: readonly GasUse[]): GasRow[] {
  const all = new Map<string, GasUse>();
  for (const use of uses) {
    const key = `${use.contract}.${use.entry}`;
    all.set(key, { ...use, used: [...(all.get(key)?.used ?? []), ...use.used] });
  }
  return [...all.values()].map(({ contract, entry, gasMax, used }) => {
    const sorted = used.toSorted((a, b) => a - b);
    return {
      contract,
      entry,
      calls: sorted.length,
      gasUsedMin: sorted[0]!,
      gasUsedMedian: sorted[(sorted.length - 1) >> 1]!,
      gasUsedMax: sorted.at(-1)!,
      gasMax,
    };
  });
}

// ---- the file that is kept -----------------------------------------------------------------------

/** How an entry point's gas changed: null where it is only on one side. */
export type GasChange = {
  readonly entry: string;
  readonly before: GasFigures | null;
  readonly after: GasFigures | null;
};
/** The gas of calls of one entry point, and its static bound. */
export type GasFigures = { readonly median: number; readonly most: number; readonly bound: number };

const TITLE = '# gas by entry point: median, most, static bound; written by ccl test --snapshot\n';

/** The text of the file: one line for each entry point, by name. */
export function snapshotText(rows: readonly GasRow[]): string {
  const lines = [...figuresOf(rows)].map(
    ([entry, { median, most, bound }]) => `${entry} ${median} ${most} ${bound}\n`,
  );
  return TITLE + lines.sort().join('');
}

/** Null where the text is no such file. */
export function readSnapshot(text: string): ReadonlyMap<string, GasFigures> | null {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const figures = new Map<string, GasFigures>();
  for (const line of lines) {
    const parts = /^(\S+) ([0-9]+) ([0-9]+) ([0-9]+)$/.exec(line);
    if (parts === null) return null;
    const [median, most, bound] = parts.slice(2).map(Number) as [number, number, number];
    figures.set(parts[1]!, { median, most, bound });
  }
  return figures;
}

/** What differs, by name. */
export function gasChanges(
  before: ReadonlyMap<string, GasFigures>,
  rows: readonly GasRow[],
): readonly GasChange[] {
  const after = figuresOf(rows);
  const entries = [...new Set([...before.keys(), ...after.keys()])].sort();
  return entries
    .map((entry) => ({ entry, before: before.get(entry) ?? null, after: after.get(entry) ?? null }))
    .filter((change) => !sameFigures(change.before, change.after));
}

/** Whether something costs more than it did. What is new, or gone, costs nobody more. */
export function hasGrown({ before, after }: GasChange): boolean {
  if (before === null || after === null) return false;
  return after.median > before.median || after.most > before.most || after.bound > before.bound;
}

function figuresOf(rows: readonly GasRow[]): ReadonlyMap<string, GasFigures> {
  return new Map(
    rows.map(({ contract, entry, gasUsedMedian, gasUsedMax, gasMax }) => [
      `${contract}.${entry}`,
      { median: gasUsedMedian, most: gasUsedMax, bound: gasMax },
    ]),
  );
}

function sameFigures(one: GasFigures | null, other: GasFigures | null): boolean {
  return one?.median === other?.median && one?.most === other?.most && one?.bound === other?.bound;
}
