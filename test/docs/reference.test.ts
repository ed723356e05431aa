/** The generated reference pages are as the tables say: `npm run docs` writes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../../docs.ts';
import { OP_NAMES } from '../../vm/index.ts';

const PAGES = await referencePages();

for (const [path, text] of PAGES)
  test(path, () => {
    expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).toBe(text);
  });

test('every opcode has its line', () => {
  const page = PAGES.get('docs/reference/opcodes.md') ?? '';
  for (const op of OP_NAMES) expect(page).toContain(`| \`${op}\` |`);
});
