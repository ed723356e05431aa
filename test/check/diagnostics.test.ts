/** Every diagnostic that comes from a source: its example in the table triggers it, and nothing else. */
import { describe, expect, test } from 'vitest';
import { DIAGNOSTICS, type DiagnosticCode } from '../../compiler/diagnostics.ts';
import { analyse } from '../../compiler/pipeline.ts';
import { sourcesIn } from '../harness.ts';

/** Codes of these ranges come from analysing one file. */
const ANALYSIS = /^[EW]0[12349]/;

/** The example of a file that is too large is too large to be written down. */
const WITHOUT_EXAMPLE: readonly string[] = ['E0119'];

const codes = (Object.keys(DIAGNOSTICS) as DiagnosticCode[]).filter(
  (code) => ANALYSIS.test(code) && !WITHOUT_EXAMPLE.includes(code),
);

describe('the example of each diagnostic triggers it', () => {
  test.each(codes)('%s', (code) => {
    const { diagnostics } = analyse(sourcesIn('example.ccl', DIAGNOSTICS[code].example), 'example.ccl');
    expect(diagnostics.map((found) => `${found.code}: ${found.message}`)).toEqual([
      expect.stringContaining(`${code}: `),
    ]);
  });
});

test('no hole of a sentence stays open', () => {
  for (const code of codes) {
    const { diagnostics } = analyse(sourcesIn('example.ccl', DIAGNOSTICS[code].example), 'example.ccl');
    for (const { message, label, help } of diagnostics) {
      expect(`${message} ${label} ${help}`).not.toMatch(/\{[A-Za-z]+\}/);
    }
  }
});

describe('a fix that is offered mends what it is offered for', () => {
  test.each([
    ['E0201', 'contract C { view f(total: Int) -> Int { return totl; } }'],
    ['E0205', 'contract C { struct P { x: Int, yes: Int } view f(p: P) -> Int { return p.yess; } }'],
    [
      'E0206',
      'contract C { currency hours { decimals 2 } uses ledger.read; view f() -> Amount<hours> { return ledger.balanc(self, hours); } }',
    ],
    [
      'E0301',
      'contract C { currency hours { decimals 2 } view f(a: Amount<hours>) -> Bool { return a > 0; } }',
    ],
    ['E0301', 'contract C { currency hours { decimals 2 } rule f() { let a: Amount<hours> = 3; } }'],
    [
      'E0403',
      'contract C { currency hours { decimals 2 } rule f() { ledger.transfer(self, caller, 1 hours); } }',
    ],
    [
      'E0403',
      'contract C { uses ledger.read; currency hours { decimals 2 } rule f() { ledger.transfer(self, caller, 1 hours + ledger.balance(self, hours)); } }',
    ],
    ['W0401', 'contract C { uses ledger.write; }'],
    [
      'W0401',
      'contract C { uses ledger.read, ledger.write; currency hours { decimals 2 } rule f() { ledger.transfer(self, caller, 1 hours); } }',
    ],
    [
      'W0401',
      'contract C { uses ledger.write, ledger.write; currency hours { decimals 2 } rule f() { ledger.transfer(self, caller, 1 hours); } }',
    ],
    [
      'W0201',
      'use "./shared.ccl".{ fee, rate };\nconst twice: Int = 2 * rate;\n//// shared.ccl\nconst fee: Int = 3;\nconst rate: Int = 3;\n',
    ],
    [
      'W0201',
      'use "./shared.ccl".{ rate, fee };\nconst twice: Int = 2 * rate;\n//// shared.ccl\nconst fee: Int = 3;\nconst rate: Int = 3;\n',
    ],
    [
      'E0210',
      'use "./shard.ccl".{ fee };\nconst twice: Int = 2 * fee;\n//// shared.ccl\nconst fee: Int = 3;\n',
    ],
    ['E0407', 'contract C { rule f() { let a = 1; a += 1; } }'],
  ])('%s in %s', (code, text) => {
    const found = analyse(sourcesIn('x.ccl', text), 'x.ccl').diagnostics;
    expect(found.map((diagnostic) => diagnostic.code)).toEqual([code]);
    const edits = found[0]!.fix?.edits ?? [];
    expect(edits).not.toEqual([]);
    const mended = edits.reduceRight(
      (at, { span, text: insert }) => at.slice(0, span.start) + insert + at.slice(span.end),
      text,
    );
    expect(analyse(sourcesIn('x.ccl', mended), 'x.ccl').diagnostics).toEqual([]);
  });
});
