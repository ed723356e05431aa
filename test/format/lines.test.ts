/** Layout of some lines alone: what is outside stays, and laying out the rest gives what laying out all gives. */
import { describe, expect, test } from 'vitest';
import { format } from '../../compiler/format/format.ts';
import { formatLines, linesOf } from '../../compiler/format/lines.ts';
import { fixtures } from '../harness.ts';

const CROOKED = `contract C {
state { n: Int; }


rule f(
a: Int
, b: Int) {
n += 1;
   n+=a;  if n > b { n = 0;
}
}
rule g() { n = 1; }
}
`;

async function linesLaidOut(text: string, first: number, last: number): Promise<string> {
  const done = await formatLines(text, { file: 'c.ccl', first, last });
  if (!done.ok) throw new Error('the text has mistakes');
  return done.text;
}

/** Line of a small contract whose every line is crooked, and what becomes of it. */
test.each([
  ['a statement', 7, 'n += 1;\n', '    n += 1;\n'],
  ['a declaration', 1, 'state { n: Int; }\n', '  state {\n    n: Int;\n  }\n'],
  ['blank lines', 3, '\n\nrule f(', '\nrule f('],
  ['a line that becomes several', 11, 'rule g() { n = 1; }\n', '\n  rule g() { n = 1; }\n'],
  ['lines that become one', 5, 'rule f(\na: Int\n, b: Int) {\n', '  rule f(a: Int, b: Int) {\n'],
])('%s', async (_, line, before, after) => {
  expect(await linesLaidOut(CROOKED, line, line)).toBe(CROOKED.replace(before, after));
});

describe('any lines of a fixture, without its indentation', () => {
  test.each(fixtures('format', '.ccl'))('$name', async ({ text }) => {
    const flat = text.replaceAll(/^ +/gm, '');
    const whole = await format(flat, { file: 'c.ccl' });
    if (!whole.ok) throw new Error('the fixture has mistakes');
    const count = linesOf(flat).length;
    for (let first = 0; first < count; first += 9) {
      const part = await linesLaidOut(flat, first, first + 1);
      expect(await format(part, { file: 'c.ccl' })).toEqual(whole);
    }
    expect(await linesLaidOut(flat, 0, count)).toBe(whole.text);
  });
});
