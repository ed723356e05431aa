/** The formatter: golden files, and what must hold for every file and wherever its comments stand. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { format } from '../../compiler/format/format.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { tokenize } from '../../compiler/syntax/tokens.ts';
import { fixtures, goldenTests } from '../harness.ts';

goldenTests('format', '.ccl', async ({ name, text }) => formatted(text, name));

async function formatted(text: string, file = 'test.ccl'): Promise<string> {
  const result = await format(text, { file });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result.text;
}

const VALID = fixtures('format', '.ccl').map(({ text }) => text);

/** The text with comments put between some of its tokens. */
const commented = fc
  .tuple(
    fc.constantFrom(...VALID),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(' // x\n', '\n// y\n', '\n\n/// z\n\n')), { maxLength: 6 }),
  )
  .map(([text, comments]) => {
    const { tokens } = tokenize(text);
    const places = comments.map(([at, comment], index) => {
      const { startOffset } = tokens[at % tokens.length]!;
      return { startOffset, comment: comment.replace(/[xyz]/, (letter) => `${letter}${index}`) };
    });
    places.sort((a, b) => b.startOffset - a.startOffset);
    return places.reduce(
      (so_far, { startOffset, comment }) =>
        so_far.slice(0, startOffset) + comment + so_far.slice(startOffset),
      text,
    );
  })
  // A number and its currency stand on one line: a comment between them makes another program.
  .filter((text) => parse('test.ccl', text).diagnostics.length === 0);

/** The text with other blanks between its tokens. */
const respaced = fc
  .tuple(fc.constantFrom(...VALID), fc.infiniteStream(fc.constantFrom(' ', '  ', '\n', '\n\n\n', '\t')))
  .map(([text, blanks]) => {
    const { tokens } = tokenize(text);
    return tokens.map(({ image }) => image + blanks.next().value).join('');
  })
  .filter((text) => parse('test.ccl', text).diagnostics.length === 0);

const commentsOf = (text: string) =>
  parse('test.ccl', text)
    .comments.map((comment) => comment.text.trim())
    .sort();

describe('formatting', () => {
  test('formatting again changes nothing, and the program and its comments stay', async () => {
    for (const text of VALID) {
      const once = await formatted(text);
      expect(await formatted(once)).toBe(once);
      expect(commentsOf(once)).toEqual(commentsOf(text));
    }
  });

  test('comments survive wherever they stand', () =>
    fc.assert(
      fc.asyncProperty(commented, async (text) => {
        const once = await formatted(text);
        expect(commentsOf(once)).toEqual(commentsOf(text));
        expect(await formatted(once)).toBe(once);
      }),
      { numRuns: 150 },
    ));

  test('blanks and line breaks do not matter', () =>
    fc.assert(
      fc.asyncProperty(respaced, async (text) => {
        const once = await formatted(text);
        expect(await formatted(once)).toBe(once);
      }),
      { numRuns: 60 },
    ));

  test('a file with a syntax error is left alone, with its diagnostics', async () => {
    const result = await format('contract C { state { a Int; } }', { file: 'broken.ccl' });
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'E0104', file: 'broken.ccl' }] });
  });

  test('an empty file stays empty, Windows line ends become plain', async () => {
    expect(await formatted('')).toBe('');
    expect(await formatted('// only this\r\n')).toBe('// only this\n');
    expect(await formatted('const a: Int = 1;\r\n\r\n\r\nconst b: Int = 2;')).toBe(
      'const a: Int = 1;\n\nconst b: Int = 2;\n',
    );
  });
});
