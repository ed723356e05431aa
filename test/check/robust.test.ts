/**
 * The compiler on sources that nobody meant: fixtures with pieces cut out, doubled and swapped. It never throws, says the
 * same twice, points into the text, and what it accepts has a core and code that the machine accepts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { build } from '../../compiler/codegen/build.ts';
import { checkSize } from '../../compiler/codegen/size.ts';
import { print } from '../../compiler/core/print.ts';
import { analyse, hasErrors, lowerProgram, lowerTests } from '../../compiler/pipeline.ts';
import { encodeArtifact } from '../../vm/index.ts';
import { fixtures } from '../harness.ts';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = [
  ...['core', 'check', 'clauses', 'syntax', 'format', 'verify'].flatMap((folder) =>
    fixtures(folder, '.ccl').map(({ text }) => text),
  ),
  readFileSync(join(ROOT, 'examples/timebank/TimeBank.ccl'), 'utf8'),
];

type Edit = {
  readonly kind: 'cut' | 'double' | 'move';
  readonly at: number;
  readonly length: number;
  readonly to: number;
};

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('cut', 'double', 'move'),
  at: fc.nat(),
  length: fc.integer({ min: 1, max: 6 }),
  to: fc.nat(),
});

/** The words and signs of a text, blanks included. */
function pieces(text: string): string[] {
  return text.match(/\s+|[A-Za-z0-9_]+|[^\sA-Za-z0-9_]/g) ?? [];
}

function apply(list: readonly string[], { kind, at, length, to }: Edit): string[] {
  const start = at % list.length;
  const taken = list.slice(start, start + length);
  if (kind === 'double') return list.toSpliced(start, 0, ...taken);
  const rest = list.toSpliced(start, length);
  return kind === 'cut' ? rest : rest.toSpliced(to % (rest.length + 1), 0, ...taken);
}

function check(text: string): void {
  const sources = new Map([['x.ccl', text]]);
  const analysis = analyse(sources, 'x.ccl');
  expect(analyse(sources, 'x.ccl').diagnostics).toEqual(analysis.diagnostics);
  for (const { span } of analysis.diagnostics) {
    expect(0 <= span.start && span.start <= span.end && span.end <= text.length).toBe(true);
  }
  if (hasErrors(analysis)) return;
  const program = lowerProgram(analysis);
  print(program);
  for (const contract of program.contracts) {
    const artifact = build(contract, { claims: [], marks: [] });
    if (checkSize('x.ccl', contract, artifact).length === 0) encodeArtifact(artifact);
  }
  print(lowerTests(analysis));
}

describe('sources with random edits', () => {
  test.each(SOURCES.map((text, index) => [index, text] as const))('source %i', (_, text) => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        check(edits.reduce(apply, pieces(text)).join(''));
      }),
      { numRuns: 60 },
    );
  });
});

describe('sources that grow fast stay small', () => {
  const chain = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n');
  test.each([
    [
      'constants that double',
      chain(60, (n) => `const c${n}: Int = ${n === 0 ? '1' : `c${n - 1} + c${n - 1}`};`),
    ],
    ['constants backwards', chain(5_000, (n) => `const c${n}: Int = c${n + 1};`)],
    [
      'structs that double',
      chain(
        60,
        (n) => `struct S${n} { a: ${n === 0 ? 'Int' : `S${n - 1}`}, b: ${n === 0 ? 'Int' : `S${n - 1}`} }`,
      ),
    ],
    ['structs backwards', chain(5_000, (n) => `struct S${n} { a: S${n + 1} }`)],
    ['a chain of calls', chain(5_000, (n) => `fn f${n}() -> Int { return f${n + 1}(); }`)],
    [
      'a star of calls',
      `${chain(500, (n) => `fn f${n}() -> Int { return ${n === 0 ? '1' : `f${n - 1}() + f${n - 1}()`}; }`)}`,
    ],
    [
      'unknown names',
      `contract C { view v() -> Int { return 1; } invariant i: ${chain(300, (n) => `x${n} == y${n} &&`)} true; }`,
    ],
    ['a long number', `const c: Int = ${'9'.repeat(100_000)};`],
    [
      'asserts and variables',
      `contract C { rule r() { ${chain(3_000, (n) => `let a${n} = ${n}; assert a${n} == ${n};`)} } }`,
    ],
  ])('%s', (_, text) => {
    check(text);
  });
});
