/** A Merkle proof of one key: present with a value, or absent (`app/merkle.ts` makes and checks it). */

export type Proof = {
  /** Hashes beside the way from the root down, at most 256. */
  readonly siblings: readonly Uint8Array[];
  /** The leaf where the way ends, or null where nothing stands there. */
  readonly leaf: { readonly path: Uint8Array; readonly valueHash: Uint8Array } | null;
};
