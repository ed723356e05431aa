/** Verdicts of one text beside another: they stand where the same still stands, and nowhere else. */
import { expect, test } from 'vitest';
import { readDocument } from '../../lsp/document.ts';
import { runText, shortRun } from '../../lsp/runs.ts';
import { carryTo, orderOf, verdictMarks, verdictRepairs } from '../../lsp/verdicts.ts';
import type { Finding, Verification } from '../../lsp/verification.ts';

const NAME = 'jar.ccl';
const TEXT = 'contract Jar {\n  invariant one: 1 == 1;\n  invariant two: 2 == 2;\n}\n';

/** Where every stretch of the old text is in the new one, as text. */
function carried(before: string, after: string): ReadonlyMap<string, string | null> {
  const verified = {
    order: orderOf(readDocument(NAME, before)),
    verification: { verdicts: [], tooLarge: [] },
  };
  const carry = carryTo(readDocument(NAME, after), verified);
  const found = new Map<string, string | null>();
  for (let start = 0; start <= before.length; start++)
    for (let end = start; end <= before.length; end++) {
      const span = carry({ file: NAME, span: { start, end } });
      found.set(`${start} ${end}`, span === null ? null : after.slice(span.start, span.end));
    }
  return found;
}

test('a stretch is carried to the same text, or nowhere', () => {
  const edits: readonly [string, string][] = [
    ['one', 'first'],
    ['  invariant one: 1 == 1;\n', ''],
    ['contract', '// a line more\ncontract'],
    ['two', 'twotwo'],
    ['}', '}}'],
  ];
  for (const [from, to] of edits) {
    const after = TEXT.replace(from, to);
    const found = carried(TEXT, after);
    for (const [key, text] of found) {
      const [start, end] = key.split(' ').map(Number);
      if (text !== null) expect(text).toBe(TEXT.slice(start, end));
    }
    const at = TEXT.indexOf(from);
    expect(found.get(`${at} ${at + from.length}`), from).toBeNull();
    const kept = [...found.values()].filter((text) => text !== null && text !== '');
    expect(kept.length, from).toBeGreaterThan(10);
  }
  expect([...carried(TEXT, TEXT).values()]).not.toContain(null);
});

test('of a file with another name nothing stands anywhere', () => {
  const verified = { order: orderOf(readDocument(NAME, TEXT)), verification: { verdicts: [], tooLarge: [] } };
  const carry = carryTo(readDocument(NAME, TEXT), verified);
  expect(carry({ file: 'other.ccl', span: { start: 0, end: 4 } })).toBeNull();
});

test('what was found is written behind the invariants, the state, or at the end', () => {
  const inside = (text: string): string | undefined => {
    const document = readDocument(NAME, text);
    const verification: Verification = {
      verdicts: [{ contract: 'Jar', at: null, findings: [], found: ['invariant found_1: 1 == 1;'] }],
      tooLarge: [],
    };
    const verified = { order: orderOf(document), verification };
    const [repair] = verdictRepairs(document, verified, 9, 9);
    const { range, newText } = repair!.edits[0]!;
    const at = document.starts[range.start.line]! + range.start.character;
    return text.slice(0, at) + newText + text.slice(at);
  };
  expect(inside(TEXT)).toContain('2 == 2;\n  invariant found_1: 1 == 1;\n}');
  expect(inside('contract Jar {\n  state { n: Int; }\n}\n')).toContain(
    '{ n: Int; }\n  invariant found_1: 1 == 1;\n}',
  );
  expect(inside('contract Jar { }\n')).toBe('contract Jar { \n  invariant found_1: 1 == 1;\n}\n');
});

test('of a large state and a long run messages show a part', () => {
  const given = Array.from({ length: 40 }, (_, i) => `m[${i}] = 1`);
  const changes = given.map((what) => ({ what, before: '0', after: '1' }));
  const steps = [1, 2, 3].map((n) => ({ text: `put(${n}) by bob`, reverted: null, lines: [], changes }));
  const trace = { from: 'state' as const, given, steps, broken: 'it breaks', test: null };
  const lines = shortRun(trace).split('\n');
  expect(lines).toHaveLength(49);
  expect(lines[13]).toContain('and 28 more');
  expect(lines[14]).toContain('1. put(1) by bob');
  expect(lines.at(-1)).toBe('and 89 more lines');
  expect(runText(trace).split('\n')).toHaveLength(1 + 40 + 3 * 41);
});

test('a verdict of other texts is no error any more', () => {
  const document = readDocument(NAME, TEXT);
  const finding: Finding = {
    answer: 'refuted',
    message: 'it breaks',
    breaks: true,
    at: { file: NAME, span: { start: 17, end: 39 } },
    isClause: true,
    owner: null,
    diagnostic: {
      code: 'E0501',
      severity: 'error',
      file: NAME,
      span: { start: 17, end: 39 },
      message: 'it breaks',
      label: '',
      related: [],
      help: null,
      fix: null,
    },
    trace: null,
  };
  const verification = {
    verdicts: [{ contract: 'Jar', at: null, findings: [finding], found: [] }],
    tooLarge: [],
  };
  const verified = { order: orderOf(document), verification };
  expect(verdictMarks(document, verified)).toMatchObject([{ severity: 1, message: 'it breaks' }]);
  const later = readDocument(NAME, TEXT.replace('2 == 2', '3 == 3'));
  expect(verdictMarks(later, verified)).toMatchObject([
    { severity: 3, message: 'Before the last change: it breaks' },
  ]);
  expect(verdictMarks(readDocument(NAME, TEXT.replace('1 == 1', '4 == 4')), verified)).toEqual([]);
  expect(verdictMarks(readDocument(NAME, TEXT.replace('}', '')), verified)).toEqual([]);
});
