/** Golden files of the parser: what a reader sees of each mistake, and the tree. */
import { describe, expect, test } from 'vitest';
import { DIAGNOSTICS, type DiagnosticCode } from '../../compiler/diagnostics.ts';
import { explain, renderDiagnostic } from '../../compiler/render.ts';
import { dumpTree } from '../../compiler/syntax/dump.ts';
import { parse, SOURCE_MAX } from '../../compiler/syntax/parse.ts';
import { pathAt, walk } from '../../compiler/syntax/visit.ts';
import { fixtures, goldenTests } from '../harness.ts';

goldenTests('syntax', '.ccl', ({ name, text }) => {
  const { tree, diagnostics } = parse(name, text);
  const sources = new Map([[name, text]]);
  const pages = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, sources, { colour: 'never' }));
  return `${pages.join('\n')}${pages.length > 0 ? '\n' : ''}${dumpTree(tree)}`;
});

describe('the table of diagnostics', () => {
  const codes = (Object.keys(DIAGNOSTICS) as DiagnosticCode[]).filter((code) => code.startsWith('E01'));
  for (const code of codes.filter((candidate) => DIAGNOSTICS[candidate].example !== '')) {
    test(`the example of ${code} triggers exactly it`, () => {
      const found = parse('example.ccl', DIAGNOSTICS[code].example).diagnostics.map(
        (diagnostic) => diagnostic.code,
      );
      expect(found).toEqual([code]);
    });
  }

  test('E0119 answers to a file that is too large', () => {
    const { diagnostics } = parse('large.ccl', ' '.repeat(SOURCE_MAX + 1));
    expect(diagnostics.map(({ code }) => code)).toEqual(['E0119']);
  });

  test('every code has a page, and nothing else has', () => {
    for (const code of Object.keys(DIAGNOSTICS)) expect(explain(code)).toContain(code);
    expect(explain('E9999')).toBeNull();
    expect(explain('toString')).toBeNull();
  });
});

describe('the visitor', () => {
  test('parents come first, and every child lies within its parent', () => {
    for (const { name, text } of fixtures('syntax', '.ccl')) {
      walk(parse(name, text).tree, (node, parent) => {
        if (parent === null) return undefined;
        expect(node.span.start, `${name} ${node.kind} in ${parent.kind}`).toBeGreaterThanOrEqual(
          parent.span.start,
        );
        expect(node.span.end, `${name} ${node.kind} in ${parent.kind}`).toBeLessThanOrEqual(parent.span.end);
        return undefined;
      });
    }
  });

  test('finds what stands at an offset, also right behind a name', () => {
    const text = 'contract C { view f() -> Int { return total + 1; } }';
    const kinds = (offset: number) => pathAt(parse('c', text).tree, offset).map(({ kind }) => kind);
    const path = ['file', 'contract', 'view', 'block', 'return', 'binary', 'name'];
    expect(kinds(text.indexOf('total'))).toEqual(path);
    expect(kinds(text.indexOf('total') + 5)).toEqual(path);
    expect(kinds(text.indexOf('1'))).toEqual([...path.slice(0, -1), 'int']);
  });
});
