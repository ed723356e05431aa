/**
 * Remembers signatures that were found valid, so that a transaction which passes the mempool, a proposal and a block
 * is verified once. A signature that is not valid is not remembered. The answers are those of `verify`.
 */
import { sha256 } from '../../vm/index.ts';

export type Verify = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

/** Of about 100 bytes each. */
export const VERIFIED_MAX = 20_000;

export function rememberVerified(verify: Verify, countMax: number): Verify {
  const known = new Set<string>();
  return (signature, message, publicKey) => {
    const id = idOf([signature, message, publicKey]);
    if (known.has(id)) return true;
    if (!verify(signature, message, publicKey)) return false;
    known.add(id);
    if (known.size > countMax) known.delete(known.values().next().value!);
    return true;
  };
}

/** One digest for three byte strings: of their digests, so that no two triples meet. */
function idOf(parts: readonly Uint8Array[]): string {
  const digests = new Uint8Array(32 * parts.length);
  for (const [index, part] of parts.entries()) digests.set(sha256(part), 32 * index);
  return String.fromCharCode(...sha256(digests));
}
