/**
 * What was surely touched (`vm/warm.ts`), on programs whose keys are numbers, so that the formula has next to no slack:
 * short ways over few keys, with branches, loops, removals, calls and texts. What is wrongly taken for touched shows at once.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Artifact,
  assemble,
  evaluateFormula,
  execute,
  gasFormulas,
  type Program,
  validate,
  withGasBounds,
} from '../../vm/index.ts';
import { commit, recorder } from './recorder.ts';
import { type FactorSizes, sizeIn, sizesObserver } from './sizes.ts';

/**
 * Numbers choose; the text is code for a slot of `int` to two `int`s, and one of `int` to a text. Locals: 0 and 1 the
 * arguments, 2 and 3 keys, 4 a text, 5 to 8 counters.
 */
function codeOf(numbers: readonly number[]): string {
  let at = 0;
  let labels = 0;
  const pick = (below: number): number => (numbers[at++ % numbers.length] ?? 0) % below;
  const key = (): string => ['LocalGet 2', 'LocalGet 3', 'Push 1', 'LocalGet 0'][pick(4)]!;
  const words = (): string[] =>
    [
      ['LocalGet 1'],
      ['LocalGet 4'],
      ['PushConst "of more than one block and of two pieces, without what is behind"'],
      [key(), 'StateGet words 0'],
    ][pick(4)]!;
  const block = (depth: number): string[] =>
    Array.from({ length: 1 + pick(4) }, () => statement(depth)).flat();
  const statement = (depth: number): string[] => {
    switch (pick(depth < 3 ? 13 : 10)) {
      case 0:
      case 1:
        return [key(), `StateGet kept ${pick(2)}`, 'Pop'];
      case 2:
        return [key(), `Push ${pick(3)}`, `StateSet kept ${pick(2)}`];
      case 3:
        return [key(), 'StateHas kept', 'Pop'];
      case 4: {
        // What is there again and again costs little each time, and is seen only where it adds up.
        const [one, remove] = [key(), ['StateRemove kept', 'Call drop\nPop'][pick(2)]!];
        return [0, 1, 2].flatMap(() => [one, remove, one, 'StateAdd kept']).slice(0, 2 + 10 * pick(2));
      }
      case 5:
        return [key(), 'Push 1', 'Add', `LocalSet ${2 + pick(2)}`];
      case 6:
        return pick(3) > 0
          ? [key(), `Call ${['drop', 'look', 'put'][pick(3)]}`, `LocalSet ${2 + pick(2)}`]
          : [key(), 'StateAdd kept'];
      case 7:
        return [key(), ...words(), 'StateSet words 0'];
      case 8:
        return [...words(), ...(pick(2) === 0 ? ['Hash ""'] : ['Length']), 'Pop'];
      case 9:
        return pick(3) > 0 ? [...words(), 'LocalSet 4'] : [...words(), ...words(), 'Concat', 'LocalSet 4'];
      case 10:
      case 11: {
        const label = labels++;
        const test = ['LocalGet 0', `Push ${1 + pick(3)}`, 'LessThan', `JumpIf yes${label}`];
        return [
          ...test,
          ...block(depth + 1),
          `Jump end${label}`,
          `yes${label}:`,
          ...block(depth + 1),
          `end${label}:`,
        ];
      }
      default: {
        const label = labels++;
        const counter = 5 + depth;
        const head = [
          `LoopEnter ${counter}`,
          `turn${label}:`,
          `LocalGet ${counter}`,
          'LocalGet 0',
          'LessThan',
          'Not',
        ];
        return [
          ...head,
          `JumpIf out${label}`,
          ...block(depth + 1),
          `LoopBack ${counter} 5 turn${label}`,
          `out${label}:`,
        ];
      }
    }
  };
  const first = ['Push 1', 'LocalSet 2', 'LocalGet 0', 'LocalSet 3', 'LocalGet 1', 'LocalSet 4'];
  return [...first, ...block(0), 'Push 1', 'Return'].join('\n');
}

function artifactOf(numbers: readonly number[]): Artifact {
  const text = `.contract warm
.slot kept (int) (int int)
.slot words (int) (text)
.rule main(n: Int, t: Text) -> Int = main
.function main (int text) -> (int) locals (int int text int int int int)
${codeOf(numbers)}
.function drop (int) -> (int)
Push 1
StateRemove kept
LocalGet 0
Return
.function look (int) -> (int)
LocalGet 0
StateGet kept 1
Push 2
LessThan
JumpIf few
LocalGet 0
Call put
Pop
few:
LocalGet 0
Return
.function put (int) -> (int)
LocalGet 0
Push 7
StateSet kept 1
Push 2
Return
`;
  const assembled = assemble(text);
  if (!assembled.ok) throw new Error(`${JSON.stringify(assembled.errors)}\n${text}`);
  return withGasBounds(assembled.artifact);
}

function programOf(artifact: Artifact): Program {
  const validated = validate(artifact);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return validated.program;
}

test('nothing is taken for touched that was not', () => {
  let tight = 0;
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 10, maxLength: 120 }), (numbers) => {
      const artifact = artifactOf(numbers);
      const program = programOf(artifact);
      const [formula] = gasFormulas(artifact, 0);
      const [entry] = artifact.entries;
      if (formula === undefined || formula === null || entry === undefined) return;
      let sizes: FactorSizes = new Map();
      const observer = sizesObserver((seen) => {
        sizes = seen;
      });
      const host = recorder();
      for (const [n, t] of [
        [0n, ''],
        [1n, 'x'.repeat(32)],
        [2n, 'y'.repeat(200)],
        [3n, 'z'],
        [1n, 'w'.repeat(33)],
      ] as const) {
        const outcome = execute(program, { entry: 'main', args: [n, t], gasLimit: 10_000_000 }, host, {
          observer,
        });
        const cut = outcome.ok ? 0 : 1;
        const most = evaluateFormula(
          formula,
          entry,
          (factor) => sizeIn(sizes, factor) + (factor.kind === 'turns' ? cut : 0),
        );
        expect(outcome.gasUsed).toBeLessThanOrEqual(most);
        expect(most).toBeLessThanOrEqual(entry.gasMax);
        if (most - outcome.gasUsed < 200) tight += 1;
        if (outcome.ok) commit(host, outcome.writes);
      }
    }),
    { numRuns: 600 },
  );
  expect(tight).toBeGreaterThan(50);
});
