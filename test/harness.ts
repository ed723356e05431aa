/**
 * The one golden-file harness. A fixture is a source file; its expectation stands beside it with `.out` behind
 * the name. `UPDATE=1 npm test` rewrites expectations; a missing one fails.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const FIXTURES = join(import.meta.dirname, 'fixtures');

export type Fixture = { readonly name: string; readonly path: string; readonly text: string };

/** The fixtures of `test/fixtures/<folder>` whose name ends in `extension`, sorted by name. */
export function fixtures(folder: string, extension: string): Fixture[] {
  const dir = join(FIXTURES, folder);
  const names = readdirSync(dir).filter((name) => name.endsWith(extension));
  if (names.length === 0) throw new Error(`no *${extension} in test/fixtures/${folder}`);
  return names
    .sort()
    .map((name) => ({ name, path: join(dir, name), text: readFileSync(join(dir, name), 'utf8') }));
}

/** One test per fixture: `produce` makes the text that must equal the `.out` file. */
export function goldenTests(
  folder: string,
  extension: string,
  produce: (fixture: Fixture) => string | Promise<string>,
): void {
  describe(folder, () => {
    for (const fixture of fixtures(folder, extension)) {
      test(fixture.name, async () => expectGolden(`${fixture.path}.out`, await produce(fixture)));
    }
  });
}

/** The sources in a fixture: its own, and one behind each line `//// name.ccl`. */
export function sourcesIn(name: string, text: string): ReadonlyMap<string, string> {
  const [main = '', ...others] = text.split(/^\/\/\/\/ (.+)\n/m);
  const sources = new Map([[name, main]]);
  for (let at = 0; at < others.length; at += 2) sources.set(others[at]!, others[at + 1]!);
  return sources;
}

/** `path` is absolute. */
export function expectGolden(path: string, actual: string): void {
  if (process.env['UPDATE'] === '1') {
    if (!existsSync(path) || readFileSync(path, 'utf8') !== actual) writeFileSync(path, actual);
    return;
  }
  if (!existsSync(path))
    throw new Error(`no expectation at ${path}; look at the output and run with UPDATE=1:\n${actual}`);
  expect(actual).toBe(readFileSync(path, 'utf8'));
}
