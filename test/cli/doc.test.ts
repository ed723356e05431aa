/** Pages about contracts, as people read them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aboutContract } from '../../cli/about.ts';
import { htmlOf, markdownOf } from '../../cli/page.ts';
import { analyse, build, lowerProgram } from '../../compiler/index.ts';
import type { Mark } from '../../vm/index.ts';
import { expectGolden } from '../harness.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FIXTURES = join(ROOT, 'test', 'fixtures', 'doc');

function pageOf(text: string, marks: readonly Mark[] = []) {
  const analysis = analyse(new Map([['x.ccl', text]]), 'x.ccl');
  expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const contract = lowerProgram(analysis).contracts[0]!;
  const node = analysis.tree.items.find((item) => item.kind === 'contract')!;
  const artifact = build(contract, { claims: [], marks: [] });
  return aboutContract({
    contract,
    artifact: { ...artifact, marks },
    node: node.kind === 'contract' ? node : null,
  });
}

const everything = readFileSync(join(FIXTURES, 'everything.ccl'), 'utf8');

test('a page, as Markdown and as HTML', () => {
  const blocks = pageOf(everything);
  expectGolden(join(FIXTURES, 'Everything.md'), withoutGas(markdownOf(blocks)));
  expectGolden(join(FIXTURES, 'Everything.html'), withoutGas(htmlOf('Everything', blocks)));
});

/** What an opcode costs is held elsewhere. */
function withoutGas(page: string): string {
  return page.replaceAll(/at most [\d,]+ gas/g, 'at most … gas').replaceAll(/[\d_]+ (?=[+*] )/g, '… ');
}

test('the gas is that of the artifact', () => {
  const contract = lowerProgram(analyse(new Map([['x.ccl', everything]]), 'x.ccl')).contracts[0]!;
  const { entries } = build(contract, { claims: [], marks: [] });
  const page = markdownOf(pageOf(everything));
  for (const { gasMax } of entries) expect(page).toContain(`at most ${gasMax.toLocaleString('en')} gas`);
});

test('nothing that a contract says of itself becomes a tag', () => {
  const html = htmlOf(
    'A',
    pageOf('/// <script>alert(1)</script> `<b>` *<i>*\ncontract A { view f() -> Bool { return 1 < 2; } }\n'),
  );
  expect(html).not.toMatch(/<script|<b>|<i>/);
  expect(html).not.toMatch(/src=|href=|url\(/);
});

test('what was not proved and is checked', () => {
  const marks: readonly Mark[] = [
    { kind: 'guard', clause: 'add: invariant few' },
    { kind: 'guard', clause: 'add: ensures ensures_1' },
    { kind: 'unproved', clause: 'prove what was added stays' },
  ];
  expect(markdownOf(pageOf(everything))).not.toContain('## What is checked while it runs');
  expect(markdownOf(pageOf(everything, marks))).toContain(
    '- `add`: invariant `added < 1_000_000`\n- `add`: ensures `result == old(added)`\n',
  );
});
