/** What does not fit the virtual machine is told to the author, where the code is. */
import { describe, expect, test } from 'vitest';
import { analyse, build, checkSize, DIAGNOSTICS, lowerProgram } from '../../compiler/index.ts';

function sizeMistakes(text: string): string[] {
  const analysis = analyse(new Map([['large.ccl', text]]), 'large.ccl');
  expect(analysis.diagnostics).toEqual([]);
  return lowerProgram(analysis).contracts.flatMap((contract) =>
    checkSize('large.ccl', contract, build(contract, { claims: [], marks: [] })).map(
      ({ code, message, span }) => `${code} ${message} | ${text.slice(span.start, span.start + 20)}`,
    ),
  );
}

describe('too large', () => {
  test('calls that multiply', () => {
    expect(sizeMistakes(DIAGNOSTICS.E0701.example)).toEqual([
      'E0701 this is too large for the virtual machine: all may use more than 1000000000000 gas | view all(x: Int) -> ',
    ]);
  });

  test('a chain of any length is not', () => {
    const chain = Array.from({ length: 5_000 }, (_, at) => `    let a${at + 1} = a${at} + 1;\n`).join('');
    const text = `contract Chain {\n  view end(a0: Int) -> Int {\n${chain}    return a5000;\n  }\n}\n`;
    expect(sizeMistakes(text)).toEqual([]);
  });

  test('a function of too many instructions', () => {
    const sum = Array.from({ length: 12_000 }, () => '    n += x;\n').join('');
    const text = `contract Long {\n  state { n: Int; }\n  rule grow(x: Int) {\n${sum}  }\n}\n`;
    expect(sizeMistakes(text)).toEqual([
      'E0701 this is too large for the virtual machine: function grow has more than 32768 instructions | rule grow(x: Int) {\n',
    ]);
  });
});
