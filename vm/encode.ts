/** An artifact in, its one binary form out: magic number, format version, sections, SHA-256 over all before it. */
import type { Artifact } from './artifact.ts';
import { encodeValue } from './codec.ts';
import { sha256 } from './did.ts';
import { FORMAT_VERSION, HASH_BYTES, MAGIC, SECTIONS, sectionsOf } from './layout.ts';

/** The bytes of an artifact. Throws on one that breaks a limit of the format or whose sorted lists are not sorted. */
export function encodeArtifact(artifact: Artifact): Uint8Array {
  const sections = encodeValue(SECTIONS, sectionsOf(artifact));
  const headBytes = MAGIC.length + 1;
  const out = new Uint8Array(headBytes + sections.length + HASH_BYTES);
  out.set(MAGIC);
  out[MAGIC.length] = FORMAT_VERSION;
  out.set(sections, headBytes);
  out.set(sha256(out.subarray(0, headBytes + sections.length)), headBytes + sections.length);
  return out;
}

/** The hash that an artifact's bytes end with, computed anew: 32 bytes, the identity of the code. */
export function artifactHash(bytes: Uint8Array): Uint8Array {
  return sha256(bytes.subarray(0, Math.max(0, bytes.length - HASH_BYTES)));
}
