/**
 * What people who come from elsewhere write, and what they are told. `test/fixtures/newcomers/*.txt` holds programs, each
 * behind a line `==== title`; a line with a mistake ends in `//~`, once for each report: nothing else may be
 * reported, and nothing less. Fixes that are offered, here and for every other fixture, mend what they are offered for.
 */
import { describe, expect, test } from 'vitest';
import { DIAGNOSTICS, type Diagnostic, type Fix } from '../../compiler/diagnostics.ts';
import { analyse } from '../../compiler/pipeline.ts';
import { renderDiagnostic } from '../../compiler/render.ts';
import { lineStarts, positionAt } from '../../compiler/syntax/lines.ts';
import { fixtures, goldenTests, sourcesIn } from '../harness.ts';

type Program = { readonly title: string; readonly text: string; readonly lines: readonly number[] };

const MARK = / *\/\/~/g;

function programsIn(fixture: string): Program[] {
  return fixture
    .split(/^==== /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...rows] = part.split('\n');
      const lines = rows.flatMap((row, at) => [...row.matchAll(MARK)].map(() => at + 1));
      return { title, text: rows.map((row) => row.replaceAll(MARK, '')).join('\n'), lines };
    });
}

function diagnosticsOf(text: string): readonly Diagnostic[] {
  return analyse(sourcesIn('a.ccl', text), 'a.ccl').diagnostics;
}

function linesOf(text: string, diagnostics: readonly Diagnostic[]): number[] {
  const starts = lineStarts(text);
  return diagnostics.map(({ span }) => positionAt(starts, span.start).line + 1).sort((a, b) => a - b);
}

goldenTests('newcomers', '.txt', ({ text }) =>
  programsIn(text)
    .map((program) => {
      const sources = new Map([['a.ccl', program.text]]);
      const pages = diagnosticsOf(program.text).map((found) => {
        const fix = found.fix === null ? '' : `  fix: ${found.fix.title}\n`;
        return renderDiagnostic(found, sources, { colour: 'never' }) + fix;
      });
      return `==== ${program.title}\n${pages.join('\n')}`;
    })
    .join('\n'),
);

const PROGRAMS = fixtures('newcomers', '.txt').flatMap(({ name, text }) =>
  programsIn(text).map((program) => ({ ...program, name: `${name}: ${program.title}` })),
);

test('there are many', () => {
  expect(PROGRAMS.length).toBeGreaterThan(200);
});

describe('each mistake is reported where it is, and nothing else', () => {
  test.each(PROGRAMS)('$name', ({ text, lines }) => {
    expect(linesOf(text, diagnosticsOf(text))).toEqual(lines);
  });
});

describe('the reports do not depend on how a text is laid out', () => {
  test.each(PROGRAMS)('$name', ({ text }) => {
    const codes = (written: string) => {
      const found = diagnosticsOf(written);
      return { codes: found.map(({ code }) => code), lines: linesOf(written, found) };
    };
    const plain = codes(text);
    expect(codes(`\uFEFF${text}`)).toEqual(plain);
    expect(codes(text.replaceAll('\n', '\r\n'))).toEqual(plain);
    expect(codes(text.replaceAll(/^ +/gm, (blanks) => '\t'.repeat(blanks.length / 2)))).toEqual(plain);
  });
});

/** Every source that the tests hold diagnostics of, the examples of the table included. */
const SOURCES = [
  ...PROGRAMS.map(({ name, text }) => ({ name, text })),
  ...['check', 'syntax', 'verify'].flatMap((folder) => fixtures(folder, '.ccl')),
  ...Object.entries(DIAGNOSTICS).map(([name, { example }]) => ({ name, text: example })),
].filter(({ text }) => text.length < 10_000);

describe('a fix takes away what it is offered for', () => {
  test.each(SOURCES)('$name', ({ text }) => {
    const before = diagnosticsOf(text);
    for (const { code, message, fix, file } of before) {
      if (fix === null || file !== 'a.ccl') continue;
      const count = (found: readonly Diagnostic[]) => found.filter((other) => other.code === code).length;
      const after = diagnosticsOf(applied(text, fix));
      expect(count(after), `${code}: ${message}: ${fix.title}`).toBeLessThan(count(before));
    }
  });
});

describe('where every mistake has a fix, all of them make a program that compiles', () => {
  const mended = PROGRAMS.map((program) => ({ ...program, found: diagnosticsOf(program.text) })).filter(
    ({ found }) => found.length > 0 && found.every(({ fix }) => fix !== null),
  );
  test('there are many', () => expect(mended.length).toBeGreaterThan(60));
  test.each(mended)('$name', ({ text, found }) => {
    const edits = found.flatMap(({ fix }) => fix!.edits);
    const result = applied(text, { title: '', edits });
    expect(
      diagnosticsOf(result)
        .filter(({ severity }) => severity === 'error')
        .map(({ code, message }) => `${code}: ${message}`),
      result,
    ).toEqual([]);
  });
});

function applied(text: string, { edits }: Fix): string {
  return [...edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce((at, { span, text: insert }) => at.slice(0, span.start) + insert + at.slice(span.end), text);
}
