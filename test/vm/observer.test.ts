/** Observation: an observer sees every opcode, with what stands before it, and nothing changes by it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assemble, execute, rowOf, type Sight, type Value, validate, withGasBounds } from '../../vm/index.ts';
import { soundArtifactOf, soundSeeds } from './arbitraries.ts';
import { CALLER, recorder } from './recorder.ts';

type Seen = {
  readonly at: string;
  readonly depth: number;
  readonly gas: number;
  readonly stack: readonly Value[];
  readonly locals: readonly (Value | null)[];
};

describe('an observer', () => {
  test('changes nothing, and sees gas go down by what is used', () => {
    fc.assert(
      fc.property(soundSeeds, fc.bigInt({ min: -5n, max: 100n }), (numbers, a) => {
        const validated = validate(soundArtifactOf(numbers));
        if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
        const { program } = validated;
        for (const { name, gasMax } of program.artifact.entries) {
          const call = { entry: name, args: [a, CALLER], gasLimit: gasMax };
          const plain = execute(program, call, recorder(), { tier: 'interpreter' });
          const gas: number[] = [];
          const observer = (sight: Sight) => {
            gas.push(sight.gas);
            const { op, operands } = program.artifact.functions[sight.function]!.code[sight.instruction]!;
            const { stack } = rowOf(op);
            if (stack !== 'dynamic') expect(sight.stack().length).toBeGreaterThanOrEqual(stack.pops.length);
            if (op === 'LocalGet') expect(sight.locals()[Number(operands[0])]).not.toBe(null);
          };
          expect(execute(program, call, recorder(), { observer })).toEqual(plain);
          expect(gas).toEqual([...gas].sort((x, y) => y - x));
          expect(gas.at(-1)).toBeGreaterThanOrEqual(gasMax - plain.gasUsed);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('sees stack and locals by their types, in each function', () => {
    const seen: Seen[] = [];
    const outcome = execute(
      PROGRAM,
      { entry: 'main', args: [3n, 'did:icn:other'], gasLimit: 10_000 },
      recorder(),
      {
        observer: (sight) => {
          const { name, code } = sight.program.artifact.functions[sight.function]!;
          const { depth, gas } = sight;
          const at = `${name} ${code[sight.instruction]!.op}`;
          seen.push({ at, depth, gas, stack: sight.stack(), locals: sight.locals() });
        },
      },
    );
    expect(outcome).toMatchObject({ ok: true, result: 6n });
    expect(seen.map(({ at, depth, stack, locals }) => [at, depth, stack, locals])).toEqual([
      ['main PushConst', 0, [], [3n, 'did:icn:other', null]],
      ['main LocalSet', 0, ['text'], [3n, 'did:icn:other', null]],
      ['main LocalGet', 0, [], [3n, 'did:icn:other', 'text']],
      ['main Call', 0, [3n], [3n, 'did:icn:other', 'text']],
      ['twice LocalGet', 1, [], [3n]],
      ['twice Push', 1, [3n], [3n]],
      ['twice Mul', 1, [3n, 2n], [3n]],
      ['twice Return', 1, [6n], [3n]],
      ['main Return', 0, [6n], [3n, 'did:icn:other', 'text']],
    ]);
  });

  test('may end the execution by throwing', () => {
    const stop = new Error('enough');
    let steps = 0;
    const observer = () => {
      steps += 1;
      if (steps === 3) throw stop;
    };
    const call = { entry: 'main', args: [3n, CALLER], gasLimit: 10_000 };
    expect(() => execute(PROGRAM, call, recorder(), { observer })).toThrow(stop);
    expect(execute(PROGRAM, call, recorder())).toMatchObject({ ok: true, result: 6n });
  });
});

const PROGRAM = programOf(`.contract seen
.rule main(a: Int, b: Did) -> Int = main
.function main (int did) -> (int) locals (text)
  PushConst "text"
  LocalSet 2
  LocalGet 0
  Call twice
  Return
.function twice (int) -> (int)
  LocalGet 0
  Push 2
  Mul
  Return
`);

function programOf(text: string) {
  const assembled = assemble(text);
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
  const validated = validate(withGasBounds(assembled.artifact));
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return validated.program;
}
