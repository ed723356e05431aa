/** What is said about tests that are wrong; and no source, however broken, makes planning them throw. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse, renderDiagnostic } from '../../compiler/index.ts';
import { fixtures, goldenTests } from '../harness.ts';

goldenTests('testing/mistakes', '.ccl', ({ name, text }) => {
  const sources = new Map([[name, text]]);
  const { diagnostics } = analyse(sources, name);
  return diagnostics.map((found) => renderDiagnostic(found, sources, { colour: 'never' })).join('\n');
});

const SEED = Number(process.env['SEED'] ?? 20_260_131);

describe(`broken tests (seed ${SEED})`, () => {
  const texts = ['testing', 'testing/mistakes']
    .flatMap((folder) => fixtures(folder, '.ccl'))
    .map(({ text }) => text);

  test('are analysed like any source', () => {
    const cut = fc.tuple(
      fc.constantFrom(...texts),
      fc.nat(4000),
      fc.nat(60),
      fc.constantFrom('', '(', '}', ' by ', '1'),
    );
    const property = fc.property(cut, ([text, start, length, put]) => {
      const broken = text.slice(0, start) + put + text.slice(start + length);
      const { diagnostics } = analyse(new Map([['broken.ccl', broken]]), 'broken.ccl');
      for (const { span } of diagnostics) expect(span.end).toBeLessThanOrEqual(broken.length);
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  }, 60_000);
});

test('names in tests lead to their declarations', () => {
  const { text } = fixtures('testing', '.ccl').find(({ name }) => name === 'passing.ccl')!;
  const { entities } = analyse(new Map([['test.ccl', text]]), 'test.ccl');
  const start = text.indexOf('test "');
  const found = [...entities]
    .filter(([name]) => name.span.start > start)
    .map(([name, entity]) => `${name.text}: ${entity.kind}`);
  for (const wanted of [
    'Bank: contract',
    'lend: rule',
    'loan_of: view',
    'Lent: event',
    'hours: currency',
    'alice: param',
    'left: param',
  ])
    expect(found).toContain(wanted);
});
