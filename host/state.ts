/**
 * State as the host modules see it: a map from key to bytes, read through and written to an overlay. The modules
 * are pure functions of what they read; what they write is the overlay's changes, which the caller keeps or drops.
 */

export interface Reader {
  get(key: string): Uint8Array | undefined;
}

/** Changes in key order; a missing value is a removal. */
export type Change = { readonly key: string; readonly value: Uint8Array | undefined };

export interface State extends Reader {
  put(key: string, value: Uint8Array): void;
  remove(key: string): void;
}

export interface Overlay extends State {
  changes(): Change[];
}
