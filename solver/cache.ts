/**
 * Answers on disk: one small JSON file per query, named by the hash of text, limit, wanted names and solver
 * build. A file that cannot be read or is not an answer counts as absent; a cache that cannot be written is no cache.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Query } from './query.ts';

export type Cache = {
  readonly get: (query: Query) => Answer | undefined;
  readonly put: (query: Query, answer: Answer) => void;
};

export const NO_CACHE: Cache = { get: () => undefined, put: () => {} };

/** `build` names the solver and everything of its settings that an answer depends on. */
export function openCache(dir: string, build: string): Cache {
  return {
    get: (query) => readAnswer(join(dir, keyOf(query, build))),
    put: (query, answer) => writeAnswer(dir, keyOf(query, build), answer),
  };
}

function keyOf(query: Query, build: string): string {
  const key = JSON.stringify([build, query.rlimit, query.wants, query.text]);
  return `${createHash('sha256').update(key).digest('hex')}.json`;
}

function readAnswer(path: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isAnswer(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Written beside and renamed, so that a reader never sees half a file. */
function writeAnswer(dir: string, name: string, answer: Answer): void {
  try {
    mkdirSync(dir, { recursive: true });
    const beside = join(dir, `${name}.${process.pid}`);
    writeFileSync(beside, JSON.stringify(answer));
    renameSync(beside, join(dir, name));
  } catch {
    // The answer stands without the cache.
  }
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null) return false;
  const { status, values, rlimitUsed, reason } = value as { [key: string]: unknown };
  return (
    (status === 'sat' || status === 'unsat' || status === 'unknown') &&
    typeof values === 'object' &&
    values !== null &&
    Object.values(values).every((entry) => typeof entry === 'string') &&
    typeof rlimitUsed === 'number' &&
    typeof reason === 'string'
  );
}
