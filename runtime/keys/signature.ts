/**
 * Ed25519 (RFC 8032) with one rule set for the edge cases, the same in every process: point encodings must be
 * canonical, S below the group order, public keys of small order are refused, and the equation is the cofactored one.
 */
import { ed25519 } from '@noble/curves/ed25519.js';

/** `publicKey` and `secretKey` (the seed of RFC 8032) are 32 bytes. */
export type KeyPair = { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };

export const SIGNATURE_BYTES = 64;
export const KEY_BYTES = 32;

/** A new key from the system's random source. */
export function generateKey(): KeyPair {
  return keyFromSeed(ed25519.utils.randomSecretKey());
}

/** The key of a seed of 32 bytes. */
export function keyFromSeed(seed: Uint8Array): KeyPair {
  if (seed.length !== KEY_BYTES) throw new Error(`a key's seed has ${KEY_BYTES} bytes`);
  return { publicKey: ed25519.getPublicKey(seed), secretKey: new Uint8Array(seed) };
}

export function sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return ed25519.sign(message, secretKey);
}

/** False for anything that is not a valid signature, whatever its form; never throws. */
export function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== KEY_BYTES) return false;
  return ed25519.verify(signature, message, publicKey, { zip215: false });
}

/** Whether a key may be registered: a canonical point of the prime-order subgroup. */
export function isSoundKey(publicKey: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES) return false;
  try {
    const point = ed25519.Point.fromBytes(publicKey, false);
    return !point.is0() && point.isTorsionFree();
  } catch {
    return false;
  }
}
