/**
 * Gas formulas: no execution of random sequences passes its formula at its own sizes, no formula its bound; and how close
 * the formula is on the tests of the examples.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryOf, poolsOf } from '../../testing/arbitrary.ts';
import { runTests, TEST_OPTIONS } from '../../testing/index.ts';
import {
  type Arena,
  entryOf,
  MEMBERS,
  openArena,
  type Place,
  type Step,
  takeStep,
} from '../../testing/refute/steps.ts';
import { memberDid } from '../../testing/world.ts';
import { type Artifact, evaluateFormula, type GasFormula, gasFormulas, type Sight } from '../../vm/index.ts';
import { fixtures } from '../harness.ts';
import { sourceFiles } from '../sources.ts';
import { type FactorSizes, sizeIn, sizesObserver } from '../vm/sizes.ts';
import { programOf } from './compiled.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const SEED = Number(process.env['SEED'] ?? 20_260_131);

function worthOf(
  arena: Pick<Arena, 'artifact'>,
  formula: GasFormula,
  entry: number,
  sizes: FactorSizes,
): number {
  const { entries } = arena.artifact;
  return evaluateFormula(formula, entries[entry]!, (factor) => sizeIn(sizes, factor));
}

const SOURCES = [
  ...sourceFiles(EXAMPLES, '.ccl').map((name) => ({
    name,
    text: readFileSync(join(EXAMPLES, name), 'utf8'),
  })),
  ...fixtures('testing', '.ccl').filter(({ name }) => ['loops.ccl', 'lists.ccl'].includes(name)),
];

const OTHERS = new Map(SOURCES.map(({ name, text }) => [name, text]));

describe.each(SOURCES)('$name', ({ name, text }) => {
  test(`no call passes its formula (seed ${SEED})`, () => {
    for (const core of programOf(text, name, OTHERS).cores) {
      let sizes: FactorSizes = new Map();
      const arena = openArena(
        core,
        sizesObserver((seen) => (sizes = seen)),
      );
      const formulas = gasFormulas(arena.artifact);
      const callable = arena.artifact.entries.filter(({ kind }) => kind === 'rule' || kind === 'view');
      const pools = poolsOf([arena.artifact], MEMBERS);
      const draw = (entry: number, seed: number) => {
        const params = arena.artifact.entries.find((one) => one.function === entry)?.params ?? [];
        const all = fc.tuple(...params.map(({ type }) => arbitraryOf(type, pools)));
        return fc.sample(all, { seed, numRuns: 1 })[0]!;
      };
      let place: Place | null = null;
      for (let at = 0; at < 150; at++) {
        sizes = new Map();
        const entry = callable[(at * 7919 + SEED) % callable.length];
        const args = draw(place === null ? 0 : (entry?.function ?? 0), SEED + at);
        const by = memberDid(MEMBERS[(at * 31 + SEED) % MEMBERS.length]!);
        const step: Step =
          place === null
            ? takeStep(arena, null, { kind: 'deploy', args })
            : takeStep(arena, place, { kind: 'call', callee: entry!.function, args, by });
        const ran = place === null ? entryOf(arena, 0) : entry!;
        place = step.to ?? place;
        const index = arena.artifact.entries.indexOf(ran);
        const formula = formulas[index];
        if (formula === null || formula === undefined || step.gasUsed === 0) continue;
        const value = worthOf(arena, formula, index, sizes);
        expect(step.gasUsed, ran.name).toBeLessThanOrEqual(value);
        expect(value, ran.name).toBeLessThanOrEqual(ran.gasMax);
      }
    }
  });
});

/** Versions before the last are told apart by theirs. */
function isCalled({ name, meta }: Artifact, title: string): boolean {
  return title === name || title === `${name}@${meta.version}`;
}

test('on the tests of the examples the formula is within twice the gas', () => {
  const far: string[] = [];
  let all = 0;
  for (const { name, text } of SOURCES.slice(0, -2)) {
    const program = programOf(text, name, OTHERS);
    const ratios = new Map<string, number[]>();
    // The gas of the executions of one test come in the order in which they began.
    const begun: { readonly sizes: FactorSizes; readonly sight: Pick<Sight, 'program' | 'function'> }[] = [];
    const observer = sizesObserver((sizes, { program: ran, function: fn }) => {
      begun.push({ sizes, sight: { program: ran, function: fn } });
    });
    const concrete = { ...program, plans: program.plans.filter(({ inputs }) => inputs === null) };
    const onGas = (contract: string, entry: string, gasUsed: number): void => {
      const artifact = program.contracts.find((one) => isCalled(one, contract))!;
      const last = begun.findLast(({ sight }) => isCalled(sight.program.artifact, contract))!;
      const index = artifact.entries.findIndex((one) => one.name === entry);
      const formula = gasFormulas(artifact)[index];
      if (formula === null || formula === undefined) return;
      const ratio = worthOf({ artifact }, formula, index, last.sizes) / gasUsed;
      ratios.set(entry, [...(ratios.get(entry) ?? []), ratio]);
      all += 1;
    };
    runTests(concrete, { ...TEST_OPTIONS, observer, onGas });
    for (const [entry, list] of ratios) {
      const most = Math.max(...list);
      if (most > 2) far.push(`${name} ${entry} ${most.toFixed(2)}`);
    }
  }
  expect(all).toBeGreaterThan(50);
  expect(far).toEqual([]);
});
