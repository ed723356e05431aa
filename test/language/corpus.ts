/** Real sources: the fixtures, the examples and the standard library. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Corpus, corpusOf } from './generate.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDERS = [
  'examples',
  'stdlib',
  ...['core', 'check', 'clauses', 'syntax', 'format', 'testing', 'verify'].map(
    (name) => `test/fixtures/${name}`,
  ),
];

export function readCorpus(): Corpus {
  const texts = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ccl'))
      .sort()
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
  );
  return corpusOf(texts.filter((text) => text.length < 20_000));
}
