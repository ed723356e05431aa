/** The front end answers whatever it is given; what once made it throw stays answered. Longer runs: `npm run fuzz:language`. */
import { describe, expect, test } from 'vitest';
import { readCorpus } from './corpus.ts';
import { tryFront } from './front.ts';
import { drawFrom, inputOf, sentence } from './generate.ts';

test('random sources', async () => {
  const corpus = readCorpus();
  const reached = new Set<string>();
  for (let index = 0; index < 250; index++) reached.add(await tryFront(inputOf(corpus, 1, index)));
  expect([...reached].sort()).toEqual(['built', 'checked', 'unreadable', 'wrong']);
}, 120_000);

test('the same seed makes the same sources', () => {
  expect(sentence(drawFrom(5), 'sourceFile')).toBe(sentence(drawFrom(5), 'sourceFile'));
});

describe('what once made it throw', () => {
  const bank = 'contract B { view one() -> Int { return 1; } }\n';
  test.each([
    ['blocks inside the condition of a test', `${bank}test "t" { expect (if on${'{'.repeat(300)} 1`],
    ['a carriage return inside a comment', `// a\r// b\n${bank}`],
    ['a carriage return inside a text', 'const a: Text = "a\rb";\n'],
    ['a carriage return between a number and a name', 'contract G { rule f(x: Int) { 0\rx } }'],
    [
      'a refusal of a thousand words',
      `contract C { rule f(x: Int) requires x > 0 else "${'why '.repeat(400)}" {} }`,
    ],
    [
      'a condition of a thousand words',
      `contract C { rule f(x: Int) requires x > ${'0 + '.repeat(400)}0 {} }`,
    ],
    ['a permission without a name', 'contract C { rule f() access permission "" {} }'],
    ['half of a character pair', 'contract C { rule f() access permission "\ud800" {} }'],
    [
      'a currency with more decimals than there are',
      'contract C { currency c { decimals 999_999_999_999 } view v() -> Amount<c> { return 1 c; } }',
    ],
    ['half of a character pair in a comment', `/// \ud800\n${bank}`],
    ['half of a character pair in a purpose', 'contract C { purpose "\udc00"; }'],
    [
      'comments that could be read in many ways',
      `contract C {\n  rule f() {\n    if true { // then\n      ${'/'.repeat(300)} = 2;\n    }\n  } // behind the body\n}`,
    ],
    ['what lies below the deepest level', `const a: Int = ${'1 + '.repeat(450)}(if true { 1 } else { 2 });`],
    ['five hundred parentheses', `const a: Int = ${'('.repeat(500)}1${')'.repeat(500)};`],
    ['a megabyte of opening braces', '{'.repeat(1 << 20)],
    ['a text of signs', '1 +;'.repeat(1 << 14)],
    [
      'a megabyte of declarations',
      Array.from({ length: 45_000 }, (_, at) => `const c${at}: Int = ${at};\n`).join(''),
    ],
  ])(
    '%s',
    async (_, text) => {
      await tryFront(text);
    },
    60_000,
  );
});
