/** A Merkle proof of one key: present with a value, or absent (`app/merkle.ts` makes and checks it). */
import { type Decoded, decode, encode, fixed, list, nullable, record, type Schema } from './schema.ts';

export type Proof = {
  /** Hashes beside the way from the root down, at most 256. */
  readonly siblings: readonly Uint8Array[];
  /** The leaf where the way ends, or null where nothing stands there. */
  readonly leaf: ProofLeaf | null;
};
export type ProofLeaf = { readonly path: Uint8Array; readonly valueHash: Uint8Array };

const PROOF_BYTES_MAX = 16 * 1024;
const HASH = fixed(32);
const PROOF: Schema<Proof> = record<Proof>({
  siblings: list(HASH, 256),
  leaf: nullable(record<ProofLeaf>({ path: HASH, valueHash: HASH })),
});

export function encodeProof(proof: Proof): Uint8Array {
  return encode(PROOF, proof);
}

export function decodeProof(data: Uint8Array): Decoded<Proof> {
  return decode(PROOF, data, PROOF_BYTES_MAX);
}
