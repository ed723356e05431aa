/**
 * State as the host modules see it: a map from key to bytes, read through and written to an overlay. The modules
 * are pure functions of what they read; what they write is the overlay's changes, which the caller keeps or drops.
 */

export interface Reader {
  get(key: string): Uint8Array | undefined;
  /** All keys that start with `prefix`, in order. Only tools walk the state: a reader need not offer it. */
  keys?(prefix: string): Iterable<string>;
}

/** Changes in key order; a missing value is a removal. */
export type Change = { readonly key: string; readonly value: Uint8Array | undefined };

export interface State extends Reader {
  put(key: string, value: Uint8Array): void;
  remove(key: string): void;
}

export interface Overlay extends State {
  changes(): Change[];
  keys(prefix: string): string[];
}

/** A state with nothing in it, to build on. */
export const EMPTY: Reader = { get: () => undefined, keys: () => [] };

/** Writes over `reader`, which stays as it is. `keys` throws where the reader cannot list its own. */
export function overlay(reader: Reader): Overlay {
  const written = new Map<string, Uint8Array | undefined>();
  return {
    get: (key) => (written.has(key) ? written.get(key) : reader.get(key)),
    put: (key, value) => void written.set(key, value),
    remove: (key) => void written.set(key, undefined),
    changes: () => [...written.keys()].sort(compareKeys).map((key) => ({ key, value: written.get(key) })),
    keys: (prefix) => listKeys(reader, written, prefix),
  };
}

/** Writes `changes`, in their order, into `state`. */
export function applyChanges(state: State, changes: readonly Change[]): void {
  for (const { key, value } of changes) {
    if (value === undefined) state.remove(key);
    else state.put(key, value);
  }
}

/** Keys are ASCII (`tables.ts`), so code units order them as bytes do. */
export function compareKeys(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function listKeys(
  reader: Reader,
  written: ReadonlyMap<string, Uint8Array | undefined>,
  prefix: string,
): string[] {
  if (reader.keys === undefined) throw new Error('this state cannot list its keys');
  const found = new Set<string>();
  for (const key of reader.keys(prefix)) if (!written.has(key)) found.add(key);
  for (const [key, value] of written) if (value !== undefined && key.startsWith(prefix)) found.add(key);
  return [...found].sort(compareKeys);
}
