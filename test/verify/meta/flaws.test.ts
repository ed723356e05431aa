/** Each unsoundness that can be planted is noticed by some family. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FLAWS } from '../../../compiler/verify/flaws.ts';

test('every planted flaw has a family that notices it', () => {
  const families = globSync('*.test.ts', { cwd: import.meta.dirname }).map((name) =>
    readFileSync(join(import.meta.dirname, name), 'utf8'),
  );
  const noticed = (flaw: string): boolean => families.some((text) => text.includes(` ${flaw}: `));
  expect(FLAWS.filter((flaw) => !noticed(flaw))).toEqual([]);
});
