/** Every block of CCL in the documentation compiles, and says what the text around it says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyse, format } from '../../compiler/index.ts';
import { runTests } from '../../testing/index.ts';
import { sourcesIn } from '../harness.ts';
import { sourceFiles } from '../sources.ts';
import { programOf } from '../testing/compiled.ts';
import { type Block, blocksOf } from './blocks.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = ['README.md', ...sourceFiles(join(ROOT, 'docs'), '.md').map((name) => `docs/${name}`)];

const WITH_CODE = PAGES.map((page) => ({ page, blocks: blocksOf(readFileSync(join(ROOT, page), 'utf8')) }));

describe.each(WITH_CODE.filter(({ blocks }) => blocks.length > 0))('$page', ({ page, blocks }) => {
  test.each(blocks)('line $line', async (block) => {
    expect(messagesOf(block)).toEqual(block.code === null ? [] : [block.code]);
    if (block.code !== null) return;
    if (block.whole)
      expect(await format(block.source, { file: page })).toEqual({ ok: true, text: block.source });
    const sources = sourcesIn(PAGE, block.source);
    const program = programOf(sources.get(PAGE)!, PAGE, sources);
    expect(runTests(program).filter(({ failure }) => failure !== null)).toEqual([]);
  });
});

test('every chapter of the book shows code', () => {
  const chapters = sourceFiles(join(ROOT, 'docs/book'), '.md').filter((name) => name !== 'README.md');
  expect(chapters.length).toBeGreaterThan(5);
  for (const name of chapters)
    expect(blocksOf(readFileSync(join(ROOT, 'docs/book', name), 'utf8')).length, name).toBeGreaterThan(0);
});

test('a part of a source is put in its place', () => {
  const [block] = blocksOf('<!-- around: contract C { @ } -->\n\n```ccl E0103\nstate { x: Int }\n```\n');
  expect(block).toEqual({
    line: 3,
    shown: 'state { x: Int }\n',
    source: ' contract C { \nstate { x: Int }\n } ',
    whole: false,
    code: 'E0103',
  });
});

/** A block may be several files, as in the fixtures. */
const PAGE = 'page.ccl';

/** The codes that the compiler reports; of a part, warnings are the rest's. */
function messagesOf({ source, whole }: Block): string[] {
  const { diagnostics } = analyse(sourcesIn(PAGE, source), PAGE);
  return [
    ...new Set(
      diagnostics.filter(({ severity }) => whole || severity === 'error').map(({ code }) => code as string),
    ),
  ];
}
