/** `ccl test` over sources: what passes, and what the author reads when it does not. */
import { expect, test } from 'vitest';
import { gasTable, runTests, type TestResult } from '../../testing/index.ts';
import { type Fixture, goldenTests } from '../harness.ts';
import { programOf } from './compiled.ts';

goldenTests('testing', '.ccl', (fixture) => {
  const results = runTests(programOf(fixture.text));
  const table = gasTable(results.flatMap((result) => result.gas));
  const gas = table.map(
    ({ contract, entry, calls, gasUsedMax, gasMax }) =>
      `${contract}.${entry}: ${calls} calls, ${gasUsedMax} of ${gasMax} gas\n`,
  );
  return [...results.map((result) => resultText(fixture, result)), ...gas].join('');
});

function resultText({ text }: Fixture, { title, failure }: TestResult): string {
  if (failure === null) return `passed ${title}\n`;
  const { span, message, reads, position, found } = failure;
  const lines = [
    `FAILED ${title}`,
    `  at     ${text.slice(span.start, span.end)}`,
    `  says   ${message}`,
    ...reads.map((read) => `  reads  ${read.text} is ${read.value}`),
    ...(position === null ? [] : [`  inside ${text.slice(position.start, position.end)}`]),
    ...(found === null ? [] : [`  after  ${found.shrinks} steps of shrinking`, found.paste.trimEnd()]),
  ];
  return `${lines.join('\n')}\n`;
}

test('many expressions are held by several contracts', () => {
  const lines = Array.from({ length: 450 }, (_, at) => `  expect ${at} + 1 == ${at + 1};`).join('\n');
  const program = programOf(`test "many" {\n${lines}\n  expect 1 == 2;\n}\n`);
  expect(program.evaluators.length).toBe(3);
  expect(runTests(program)[0]!.failure?.message).toBe('expected 1 == 2');
});
