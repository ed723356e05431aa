/** Pages about contracts, as people read them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aboutContract } from '../../cli/about.ts';
import { htmlOf, markdownOf } from '../../cli/page.ts';
import { analyse, build, lowerProgram } from '../../compiler/index.ts';
import { expectGolden } from '../harness.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FIXTURES = join(ROOT, 'test', 'fixtures', 'doc');

function pageOf(text: string) {
  const analysis = analyse(new Map([['x.ccl', text]]), 'x.ccl');
  expect(analysis.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const contract = lowerProgram(analysis).contracts[0]!;
  const node = analysis.tree.items.find((item) => item.kind === 'contract')!;
  const artifact = build(contract, { claims: [], marks: [] });
  return aboutContract({ contract, artifact, node: node.kind === 'contract' ? node : null });
}

describe('pages', () => {
  test.each([
    ['TimeBank', 'examples/timebank/TimeBank.ccl'],
    ['Dividend', 'examples/dividend/Dividend.ccl'],
    ['Everything', 'test/fixtures/doc/everything.ccl'],
  ])('%s', (name, path) => {
    const blocks = pageOf(readFileSync(join(ROOT, path), 'utf8'));
    expectGolden(join(FIXTURES, `${name}.md`), markdownOf(blocks));
    if (name === 'Everything') expectGolden(join(FIXTURES, `${name}.html`), htmlOf(name, blocks));
  });
});

test('nothing that a contract says of itself becomes a tag', () => {
  const html = htmlOf(
    'A',
    pageOf('/// <script>alert(1)</script> `<b>` *<i>*\ncontract A { view f() -> Bool { return 1 < 2; } }\n'),
  );
  expect(html).not.toMatch(/<script|<b>|<i>/);
  expect(html).not.toMatch(/src=|href=|url\(/);
});
