/** The importer: every fixture with its source and decisions or its diagnostics, and that no input at all makes it throw. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIAGNOSTICS } from '../../compiler/diagnostics.ts';
import { format } from '../../compiler/format/format.ts';
import { type ImportResult, importIcn } from '../../compiler/import-icn/importer.ts';
import { analyse } from '../../compiler/pipeline.ts';
import { expectGolden, fixtures, goldenTests } from '../harness.ts';
import { originals } from './originals.ts';

goldenTests('import', '.icn.json', async ({ name, text }) =>
  resultText(await formatted(importIcn(name, text)), text),
);

describe('imported sources', () => {
  test.each(fixtures('import', '.icn.json'))(
    '$name, where it is imported, has no mistakes',
    ({ name, text }) => {
      const result = importIcn(name, text);
      if (!result.ok) return;
      expect(analyse(new Map([['Imported.ccl', result.source]]), 'Imported.ccl').diagnostics).toEqual([]);
    },
  );
});

describe("the network's own contracts", () => {
  test('give the sources, decisions and diagnostics that are kept here', async () => {
    for (const { name, text } of originals())
      expectGolden(
        join(import.meta.dirname, '..', 'fixtures', 'imported', `${name}.out`),
        resultText(await formatted(importIcn(name, text)), text),
      );
  });

  test('have no mistakes where they are imported', () => {
    for (const { name, text } of originals()) {
      const result = importIcn(name, text);
      if (!result.ok) continue;
      expect(analyse(new Map([['Imported.ccl', result.source]]), 'Imported.ccl').diagnostics).toEqual([]);
    }
  });
});

describe('diagnostics', () => {
  const rows = Object.entries(DIAGNOSTICS).filter(([code]) => code.startsWith('E06'));
  test.each(rows)('the example of %s triggers it and nothing else', (code, row) => {
    const result = importIcn('example.json', row.example);
    expect(result.ok ? [] : result.diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });
});

describe('any input', () => {
  const sources = fixtures('import', '.icn.json').map(({ text }) => text);

  test('a text with a piece replaced gives a result, with spans inside the text', () => {
    const piece = fc.constantFrom(
      '',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      'null',
      '0',
      '{"Var":"sender"}',
      '"None"',
      '\\u0000',
    );
    const change = fc.record({
      source: fc.constantFrom(...sources),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(40),
      piece,
    });
    fc.assert(
      fc.property(change, ({ source, at, length, piece: inserted }) => {
        const start = Math.floor(at * source.length);
        expectSound(source.slice(0, start) + inserted + source.slice(start + length));
      }),
      { numRuns: 500 },
    );
  });

  test('a tree with a part put in the place of another gives a result', () => {
    const trees = sources.flatMap((source) => {
      try {
        return [JSON.parse(source) as unknown];
      } catch {
        return [];
      }
    });
    const change = fc.record({
      from: fc.constantFrom(...trees),
      into: fc.constantFrom(...trees),
      take: fc.nat(),
      put: fc.nat(),
    });
    fc.assert(
      fc.property(change, ({ from, into, take, put }) => {
        const parts = partsOf(from);
        expectSound(JSON.stringify(replaced(into, put % partsOf(into).length, parts[take % parts.length])));
      }),
      { numRuns: 500 },
    );
  });
});

function expectSound(text: string): void {
  const result = importIcn('fuzz.json', text);
  if (result.ok) {
    const { diagnostics } = analyse(new Map([['fuzz.ccl', result.source]]), 'fuzz.ccl');
    expect(diagnostics.map(({ code, message }) => `${code} ${message}\n${result.source}`)).toEqual([]);
  } else {
    expect(result.diagnostics.length).toBeGreaterThan(0);
    for (const { span } of result.diagnostics) {
      expect(span.start).toBeLessThanOrEqual(span.end);
      expect(span.end).toBeLessThanOrEqual(text.length);
    }
  }
}

async function formatted(result: ImportResult): Promise<ImportResult> {
  if (!result.ok) return result;
  const laidOut = await format(result.source, { file: 'Imported.ccl' });
  if (!laidOut.ok) throw new Error(`the source has syntax errors:\n${result.source}`);
  return { ...result, source: laidOut.text };
}

function resultText(result: ImportResult, text: string): string {
  if (result.ok)
    return [
      result.source,
      ...result.decisions.map(
        ({ line, path, kind, text: sentence }) => `${line} ${path} [${kind}]\n  ${sentence}\n`,
      ),
    ].join('');
  return result.diagnostics
    .map(({ code, span, message, help }) => {
      const line = text.slice(0, span.start).split('\n').length;
      return `${code} line ${line}: ${message}\n${help === null ? '' : `  ${help}\n`}`;
    })
    .join('');
}

/** The tree and everything inside it, outer first. */
function partsOf(tree: unknown): readonly unknown[] {
  return [tree, ...(typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(partsOf) : [])];
}

/** A copy of the tree in which the part with this number (`partsOf`) is `part`. */
function replaced(tree: unknown, index: number, part: unknown): unknown {
  let count = 0;
  const copy = (node: unknown): unknown => {
    if (count++ === index) return part;
    if (Array.isArray(node)) return node.map(copy);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, copy(value)]));
  };
  return copy(tree);
}
