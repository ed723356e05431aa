/** Interleaved timing: every contender runs once a round, in turn, so that a machine that drifts drifts for all. */

export type Contender = { readonly name: string; readonly run: () => void | Promise<void> };

/** Median milliseconds per contender, over `rounds` rounds after `warmUps` uncounted ones. */
export async function medians(
  contenders: readonly Contender[],
  rounds: number,
  warmUps = 1,
): Promise<ReadonlyMap<string, number>> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const { name, run } of contenders) {
      const started = performance.now();
      await run();
      if (round >= 0) times.get(name)?.push(performance.now() - started);
    }
  }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

/** Work that grows with the number of turns: a longer and a shorter call, whose difference is timed. */
export type Slope = {
  readonly work: string;
  readonly who: string;
  readonly turns: readonly [longer: number, shorter: number];
  readonly run: (turns: number) => void | Promise<void>;
};

/** Median nanoseconds per turn, interleaved like `medians`. */
export async function slopes(
  all: readonly Slope[],
  rounds: number,
  warmUps: number,
): Promise<ReadonlyMap<Slope, number>> {
  const times = new Map(all.map((slope) => [slope, [[], []] as [number[], number[]]]));
  for (let round = -warmUps; round < rounds; round++) {
    for (const slope of all) {
      for (const which of [0, 1] as const) {
        const started = performance.now();
        await slope.run(slope.turns[which]);
        if (round >= 0) times.get(slope)?.[which].push(performance.now() - started);
      }
    }
  }
  return new Map(
    [...times].map(([slope, [longer, shorter]]) => {
      const [many, few] = slope.turns;
      return [slope, ((median(longer) - median(shorter)) * 1e6) / (many - few)];
    }),
  );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) throw new Error('no values');
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
