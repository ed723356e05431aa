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

/** Growing while tests run. */
export type GasMeter = Map<
  string,
  { -readonly [F in keyof GasUse]: GasUse[F] } & { readonly used: number[] }
>;

/**
 * Notes one call.
 * @throws when it used more than its static bound: then the bound is wrong, and that is a defect of ours.
 */
export function noteGas(meter: GasMeter, artifact: Artifact, name: string, gasUsed: number): void {
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
