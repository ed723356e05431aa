/** Random sound programs: they validate, never use more gas than stated, and fail without effect. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Artifact,
  decodeArtifact,
  encodeArtifact,
  evaluateFormula,
  execute,
  gasBounds,
  gasFormulas,
  type Outcome,
  type Program,
  validate,
} from '../../vm/index.ts';
import { soundArtifactOf, soundSeeds } from './arbitraries.ts';
import { CALLER, recorder } from './recorder.ts';
import { type FactorSizes, sizeIn, sizesObserver } from './sizes.ts';

const int = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

test('no execution uses more gas than its entry states', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(soundSeeds, int, (seeds, a) => {
      const artifact = soundArtifactOf(seeds);
      const outcome = run(programOf(artifact), a, 100_000_000);
      const kind = outcome.ok ? 'ok' : outcome.trap.kind;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      expect(kind).not.toBe('OutOfGas');
      expect(outcome.gasUsed).toBeLessThanOrEqual(artifact.entries[0]?.gasMax ?? 0);
    }),
    { numRuns: 500 },
  );
  for (const kind of ['ok', 'Overflow', 'DivisionByZero', 'LoopBound', 'Requirement', 'Guard'])
    expect([...seen.keys()]).toContain(kind);
});

test('no execution uses more gas than its formula says at its own turns', () => {
  let known = 0;
  fc.assert(
    fc.property(soundSeeds, int, (seeds, a) => {
      const artifact = soundArtifactOf(seeds);
      const [formula] = gasFormulas(artifact);
      const [entry] = artifact.entries;
      if (formula === undefined || formula === null || entry === undefined) return;
      known += 1;
      let sizes: FactorSizes = new Map();
      const observer = sizesObserver((seen) => {
        sizes = seen;
      });
      const call = { entry: entry.name, args: [a], gasLimit: 100_000_000 };
      const outcome = execute(programOf(artifact), call, recorder(), { observer });
      // A failure cuts a turn short, which counts as one.
      const cut = outcome.ok ? 0 : 1;
      const most = evaluateFormula(
        formula,
        entry,
        (factor) => sizeIn(sizes, factor) + (factor.kind === 'turns' ? cut : 0),
      );
      expect(outcome.gasUsed).toBeLessThanOrEqual(most);
      expect(most).toBeLessThanOrEqual(entry.gasMax);
    }),
    { numRuns: 400 },
  );
  expect(known).toBeGreaterThan(200);
});

test('the same execution gives the same outcome, from the bytes too, and any lower limit runs out of gas', () => {
  fc.assert(
    fc.property(soundSeeds, int, fc.nat(), (seeds, a, cut) => {
      const artifact = soundArtifactOf(seeds);
      const program = programOf(artifact);
      const outcome = run(program, a, 100_000_000);
      const decoded = decodeArtifact(encodeArtifact(artifact));
      if (!decoded.ok) throw new Error(decoded.error.message);
      expect(run(programOf(decoded.artifact), a, outcome.gasUsed)).toEqual(outcome);
      const limit = cut % outcome.gasUsed;
      const short = run(program, a, limit);
      expect(short).toMatchObject({ ok: false, gasUsed: limit, trap: { kind: 'OutOfGas' } });
    }),
    { numRuns: 100 },
  );
});

test('a bound one lower than computed is refused', () => {
  fc.assert(
    fc.property(soundSeeds, (seeds) => {
      const artifact = soundArtifactOf(seeds);
      const entries = artifact.entries.map((entry) => ({ ...entry, gasMax: entry.gasMax - 1 }));
      expect(validate({ ...artifact, entries })).toMatchObject({
        ok: false,
        errors: entries.map(() => ({ code: 'GasBound' })),
      });
      expect(gasBounds(artifact)).not.toBeNull();
    }),
    { numRuns: 50 },
  );
});

test('arguments of a wrong number or type are refused before anything runs', () => {
  const artifact = soundArtifactOf([1, 2, 3]);
  const program = programOf(artifact);
  const wrong = [
    [],
    [1n],
    [1n, CALLER, 1n],
    [1, CALLER],
    [2n ** 63n, CALLER],
    [1n, 'nobody'],
    [1n, null],
    ['1', CALLER],
    [true, CALLER],
  ];
  for (const args of wrong) {
    const host = recorder();
    const outcome = execute(program, { entry: 'main', args: args as never, gasLimit: 1_000_000 }, host);
    expect(outcome).toMatchObject({
      ok: false,
      trap: { kind: 'BadArgument', function: -1, instruction: -1 },
    });
    expect(host.calls).toEqual([]);
  }
  expect(execute(program, { entry: 'other', args: [], gasLimit: 1 }, recorder())).toMatchObject({
    ok: false,
    trap: { kind: 'BadArgument' },
  });
});

function programOf(artifact: Artifact): Program {
  const validated = validate(artifact);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return validated.program;
}

function run(program: Program, a: bigint, gasLimit: number): Outcome {
  return execute(program, { entry: 'main', args: [a, CALLER], gasLimit }, recorder());
}
