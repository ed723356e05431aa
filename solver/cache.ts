/**
 * Answers on disk: one small JSON file per query, named by the hash of text, limit, wanted names and solver
 * build. A file that is not an answer counts as absent.
 */
import { createHash } from 'node:crypto';
import type { Answer, Query } from './query.ts';
import { openTexts } from './texts.ts';

export type Cache = {
  readonly get: (query: Query) => Answer | undefined;
  readonly put: (query: Query, answer: Answer) => void;
};

export const NO_CACHE: Cache = { get: () => undefined, put: () => {} };

/** `build` names the solver and everything of its settings that an answer depends on. */
export function openCache(dir: string, build: string): Cache {
  const texts = openTexts(dir);
  return {
    get: (query) => answerIn(texts.get(keyOf(query, build))),
    put: (query, answer) => texts.put(keyOf(query, build), JSON.stringify(answer)),
  };
}

function keyOf(query: Query, build: string): string {
  const key = JSON.stringify([build, query.rlimit, query.wants, query.text]);
  return `${createHash('sha256').update(key).digest('hex')}.json`;
}

function answerIn(text: string | undefined): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text ?? 'null');
    return isAnswer(answer) ? answer : undefined;
  } catch {
    return undefined;
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
