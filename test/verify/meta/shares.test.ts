/** Over all families together, enough clauses hold and enough fail for the verifier's answers to mean something. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Tally } from './family.ts';

/** In percent of all clauses. */
const SHARE_MIN = 30;

test('at least so many clauses hold, and fail, without being vacuous', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.out'));
  const tallies = files.map(
    (name): Tally => JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8')),
  );
  const sum = (part: keyof Tally): number => tallies.reduce((total, tally) => total + tally[part], 0);
  const all = sum('holds') + sum('fails') + sum('vacuous') + sum('open');
  for (const part of ['holds', 'fails'] as const)
    expect((100 * sum(part)) / all, part).toBeGreaterThanOrEqual(SHARE_MIN);
});
