/**
 * Files that are waited for, and what is done with each change. Editors write a file by making a new one, so it is folders that
 * are watched, and a file may be gone for a while.
 */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { failureOf, failureText } from './failure.ts';
import type { Terminal } from './terminal.ts';

export type Watcher = {
  /** Ends with true when a file has changed and nothing followed for a moment, with false once it is closed. */
  readonly changed: () => Promise<boolean>;
  readonly close: () => void;
};

const QUIET_MS = 80;

export const WAITING = 'waiting for changes; Ctrl-C ends\n';

/** What keeps it from being done is said, and is no end: the next change may mend it. Null then. */
export async function said<T>(terminal: Terminal, act: () => T | Promise<T>): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    terminal.note(failureText(failure));
    return null;
  }
}

export function watchFiles(files: readonly string[]): Watcher {
  const names = new Map<string, Set<string>>();
  for (const file of files.map((path) => resolve(path))) {
    const known = names.get(dirname(file)) ?? new Set();
    names.set(dirname(file), known.add(basename(file)));
  }
  const state: State = { dirty: false, closed: false, timer: undefined, waiting: null };
  const watchers = [...names].map(
    ([folder, wanted]): FSWatcher =>
      watch(folder, (_, name) => {
        if (name !== null && wanted.has(name)) note(state);
      }),
  );
  return {
    changed: () =>
      new Promise((settle) => {
        state.waiting = settle;
        answer(state);
      }),
    close: () => {
      state.closed = true;
      clearTimeout(state.timer);
      for (const watcher of watchers) watcher.close();
      answer(state);
    },
  };
}

type State = {
  dirty: boolean;
  closed: boolean;
  timer: NodeJS.Timeout | undefined;
  waiting: ((changed: boolean) => void) | null;
};

function note(state: State): void {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => {
    state.dirty = true;
    answer(state);
  }, QUIET_MS);
}

function answer(state: State): void {
  if (state.waiting === null || !(state.closed || state.dirty)) return;
  const settle = state.waiting;
  state.waiting = null;
  state.dirty = false;
  settle(!state.closed);
}
