/**
 * What was surely touched (`vm/warm.ts`), on programs whose keys and values are numbers, so that the formula has no slack:
 * short ways over few keys, with branches, loops, removals and calls. What is wrongly taken for touched shows at once.
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
import { type Turns, turnsIn, turnsObserver } from './turns.ts';

/** Numbers choose; the text is code for a slot of `int` to two `int`s. Locals: 0 the argument, 1 and 2 keys, 3 to 6 counters. */
function codeOf(numbers: readonly number[]): string {
  let at = 0;
  let labels = 0;
  const pick = (below: number): number => (numbers[at++ % numbers.length] ?? 0) % below;
  const key = (): string => ['LocalGet 1', 'LocalGet 2', 'Push 1', 'LocalGet 0'][pick(4)]!;
  const block = (depth: number): string[] =>
    Array.from({ length: 1 + pick(4) }, () => statement(depth)).flat();
  const statement = (depth: number): string[] => {
    switch (pick(depth < 3 ? 10 : 7)) {
      case 0:
      case 1:
        return [key(), `StateGet kept ${pick(2)}`, 'Pop'];
      case 2:
        return [key(), `Push ${pick(3)}`, `StateSet kept ${pick(2)}`];
      case 3:
        return [key(), 'StateHas kept', 'Pop'];
      case 4:
        return [key(), 'StateRemove kept'];
      case 5:
        return [key(), 'Push 1', 'Add', `LocalSet ${1 + pick(2)}`];
      case 6:
        return pick(2) === 0 ? ['Call other'] : [key(), 'StateAdd kept'];
      case 7:
      case 8: {
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
        const counter = 3 + depth;
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
  return ['Push 1', 'LocalSet 1', 'LocalGet 0', 'LocalSet 2', ...block(0), 'Push 1', 'Return'].join('\n');
}

function artifactOf(numbers: readonly number[]): Artifact {
  const text = `.contract warm
.slot kept (int) (int int)
.rule main(n: Int) -> Int = main
.function main (int) -> (int) locals (int int int int int int)
${codeOf(numbers)}
.function other () -> ()
Push 1
StateRemove kept
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
      const [formula] = gasFormulas(artifact);
      const [entry] = artifact.entries;
      if (formula === undefined || formula === null || entry === undefined) return;
      let turns: Turns = new Map();
      const observer = turnsObserver((seen) => {
        turns = seen;
      });
      const host = recorder();
      for (const n of [0n, 1n, 2n, 3n, 1n]) {
        const outcome = execute(program, { entry: 'main', args: [n], gasLimit: 10_000_000 }, host, {
          observer,
        });
        const cut = outcome.ok ? 0 : 1;
        const most = evaluateFormula(formula, entry, (loop) => turnsIn(turns, loop) + cut);
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
