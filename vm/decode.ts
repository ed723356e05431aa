/** Any bytes in, an artifact or an error out. What it accepts, `encode.ts` makes the same bytes of. */
import type { Artifact } from './artifact.ts';
import { type DataError, decodeValue, equalBytes } from './codec.ts';
import { artifactHash } from './encode.ts';
import { artifactOf, FORMAT_VERSION, HASH_BYTES, MAGIC, SECTIONS } from './layout.ts';
import { LIMITS } from './limits.ts';

export type ArtifactError = {
  readonly code:
    | DataError['code']
    | 'TooLarge'
    | 'NotAnArtifact'
    | 'UnknownVersion'
    | 'WrongHash'
    | 'Inconsistent';
  readonly message: string;
  /** Byte of the input. */
  readonly offset: number;
};

export type DecodedArtifact =
  | { readonly ok: true; readonly artifact: Artifact; readonly hash: Uint8Array }
  | { readonly ok: false; readonly error: ArtifactError };

/** Decodes an artifact; whether its code is sound is for `validate.ts` to say. */
export function decodeArtifact(bytes: Uint8Array): DecodedArtifact {
  const wrong = headError(bytes);
  if (wrong !== null) return { ok: false, error: wrong };
  const start = MAGIC.length + 1;
  const decoded = decodeValue(SECTIONS, bytes.subarray(start, bytes.length - HASH_BYTES));
  if (!decoded.ok) return { ok: false, error: { ...decoded.error, offset: decoded.error.offset + start } };
  const artifact = artifactOf(decoded.value);
  if (artifact === null) return fail('Inconsistent', 'the sections on functions differ in length', start);
  return { ok: true, artifact, hash: artifactHash(bytes) };
}

function headError(bytes: Uint8Array): ArtifactError | null {
  const error = (code: ArtifactError['code'], message: string, offset: number) => ({ code, message, offset });
  if (bytes.length > LIMITS.artifactBytes)
    return error('TooLarge', `an artifact has at most ${LIMITS.artifactBytes} bytes`, 0);
  if (bytes.length < MAGIC.length + 1 + HASH_BYTES || !equalBytes(bytes.subarray(0, MAGIC.length), MAGIC))
    return error('NotAnArtifact', 'this is not a compiled contract', 0);
  const version = bytes[MAGIC.length];
  if (version !== FORMAT_VERSION)
    return error('UnknownVersion', `format version ${version} is not known here`, MAGIC.length);
  const end = bytes.length - HASH_BYTES;
  if (!equalBytes(artifactHash(bytes), bytes.subarray(end)))
    return error('WrongHash', 'the artifact is damaged: its hash does not match', end);
  return null;
}

function fail(code: ArtifactError['code'], message: string, offset: number): DecodedArtifact {
  return { ok: false, error: { code, message, offset } };
}
