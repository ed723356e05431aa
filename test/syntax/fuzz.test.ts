/** Whatever the text, the parser answers: it never throws or hangs, and everything it speaks of lies in the text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderDiagnostic } from '../../compiler/render.ts';
import { dumpTree } from '../../compiler/syntax/dump.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { KEYWORDS } from '../../compiler/syntax/tokens.ts';
import { walk } from '../../compiler/syntax/visit.ts';
import { fixtures } from '../harness.ts';

const VALID = fixtures('syntax', '.ccl').map(({ text }) => text);
const SIGNS = [
  ...'(){}[];:,.<>=+-*/%!@#"\'\\\n\t ',
  '..',
  '=>',
  '->',
  '==',
  '&&',
  '||',
  '==>',
  '+=',
  '++',
  '///',
  '//',
];
const LITERALS = [
  'x',
  'Did',
  '1',
  '2.50 hours',
  '67%',
  '36h',
  '"a"',
  '"',
  'did"did:icn:a"',
  '0x',
  '@2026-01-01',
  '日',
  '\u0000',
];
const soup = fc.array(fc.constantFrom(...Object.keys(KEYWORDS), ...SIGNS, ...LITERALS), { maxLength: 80 });

/** A valid file with a stretch removed, repeated or replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...VALID),
    fc.nat(),
    fc.nat(60),
    fc.oneof(
      soup.map((words) => words.join(' ')),
      fc.constant(''),
    ),
  )
  .map(([text, at, length, insert]) => {
    const start = at % text.length;
    return text.slice(0, start) + insert + text.slice(start + length);
  });

function expectAnswer(text: string): void {
  const { tree, comments, diagnostics } = parse('fuzz.ccl', text);
  const within = (span: { start: number; end: number }) =>
    0 <= span.start && span.start <= span.end && span.end <= text.length;
  walk(tree, (node) => {
    if (!within(node.span)) throw new Error(`${node.kind} at ${JSON.stringify(node.span)}`);
    return undefined;
  });
  for (const { span } of comments) expect(within(span)).toBe(true);
  for (const diagnostic of diagnostics) {
    expect(within(diagnostic.span)).toBe(true);
    for (const { span } of diagnostic.related) expect(within(span)).toBe(true);
    expect(renderDiagnostic(diagnostic, new Map([['fuzz.ccl', text]]), { colour: 'always' })).toContain(
      diagnostic.code,
    );
  }
  expect(dumpTree(tree).length).toBeGreaterThan(0);
}

describe('the parser answers', () => {
  test('random text', () =>
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expectAnswer), { numRuns: 500 }));
  test('random words of the language', () =>
    fc.assert(
      fc.property(
        soup.map((words) => words.join(' ')),
        expectAnswer,
      ),
      { numRuns: 1000 },
    ));
  test('random words, glued', () =>
    fc.assert(
      fc.property(
        soup.map((words) => words.join('')),
        expectAnswer,
      ),
      { numRuns: 500 },
    ));
  test('valid files with a stretch changed', () =>
    fc.assert(fc.property(mutated, expectAnswer), { numRuns: 500 }));

  const nests = [
    '(',
    '[',
    '{',
    '-',
    '!',
    'if a { ',
    'f(',
    'match a { ',
    'forall x: Int { ',
    'a => ',
    'Map<',
    'a + ',
    'a.b ',
    'x ==> ',
    'A { a: ',
    'a() spending ',
    'deploy A() by ',
    'else if a {} ',
    'contract A { ',
    'rule f( ',
    '"\n',
    '#',
  ];
  for (const part of nests) {
    test(`nothing but ${JSON.stringify(part)}`, () => {
      const many = part.repeat(Math.ceil((part === '(' ? 1_000_000 : 200_000) / part.length));
      for (const text of [many, `contract C { rule f() { let x = ${many}`]) {
        const { diagnostics } = parse('large.ccl', text);
        expect(diagnostics.length).toBeGreaterThan(0);
      }
    });
  }
});
