/** Every diagnostic that comes from a source: its example in the table triggers it, and nothing else. */
import { describe, expect, test } from 'vitest';
import { DIAGNOSTICS, type DiagnosticCode } from '../../compiler/diagnostics.ts';
import { analyse } from '../../compiler/pipeline.ts';

/** Codes of these ranges come from analysing one file. */
const ANALYSIS = /^[EW]0[12349]/;

/** The example of a file that is too large is too large to be written down. */
const WITHOUT_EXAMPLE: readonly string[] = ['E0119'];

const codes = (Object.keys(DIAGNOSTICS) as DiagnosticCode[]).filter(
  (code) => ANALYSIS.test(code) && !WITHOUT_EXAMPLE.includes(code),
);

describe('the example of each diagnostic triggers it', () => {
  test.each(codes)('%s', (code) => {
    const { diagnostics } = analyse(new Map([['example.ccl', DIAGNOSTICS[code].example]]), 'example.ccl');
    expect(diagnostics.map((found) => `${found.code}: ${found.message}`)).toEqual([
      expect.stringContaining(`${code}: `),
    ]);
  });
});

test('no hole of a sentence stays open', () => {
  for (const code of codes) {
    const { diagnostics } = analyse(new Map([['example.ccl', DIAGNOSTICS[code].example]]), 'example.ccl');
    for (const { message, label, help } of diagnostics) {
      expect(`${message} ${label} ${help}`).not.toMatch(/\{[A-Za-z]+\}/);
    }
  }
});
