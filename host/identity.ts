/**
 * Identity: which DIDs are registered, with which key. A DID keeps its text when its key is rotated. Whether a
 * signature is valid is asked of a function that the caller passes in.
 */
import { equalBytes, fixedBytes, isDidSyntax, parseDid, record, uint64 } from '../vm/index.ts';
import { type Answer, DONE, refuse } from './refusals.ts';
import type { Reader, State } from './state.ts';
import { has, read, SHORT_TEXT, type Table, table, write } from './tables.ts';

/** `key`: Ed25519, 32 bytes. `sponsor`: who registered it, `""` for genesis. */
export type DidRecord = { readonly key: Uint8Array; readonly rotations: bigint; readonly sponsor: string };
export type Registration = { readonly did: string; readonly key: Uint8Array; readonly sponsor: string };

/** Whether `signature` (64 bytes) over `message` is one of `key` (32 bytes). Never throws. */
export type VerifySignature = (signature: Uint8Array, message: Uint8Array, key: Uint8Array) => boolean;

export const DIDS: Table<[did: string], DidRecord> = table(
  'did',
  record({ key: fixedBytes(32), rotations: uint64, sponsor: SHORT_TEXT }),
);

const CONTRACT_PREFIX = 'did:icn:contract:';
const KEY_BYTES = 32;

/**
 * Registers a member's DID. A DID whose text names a key is registered with that key; one that names none only at
 * genesis (no sponsor), where the chain's founders say whose it is.
 */
export function registerDid(state: State, { did, key, sponsor }: Registration): Answer<null> {
  if (!isDid(did) || isContractAccount(did)) return refuse('NotADid', did);
  if (key.length !== KEY_BYTES) return refuse('BadKey', `${key.length} bytes`);
  const parsed = parseDid(did);
  const named = parsed?.kind === 'key' ? parsed.publicKey : null;
  if (named === null && sponsor !== '') return refuse('KeyMismatch', `${did} names no key`);
  if (named !== null && !equalBytes(named, key)) return refuse('KeyMismatch', did);
  if (has(state, DIDS, did)) return refuse('DidTaken', did);
  write(state, DIDS, [did], { key, rotations: 0n, sponsor });
  return DONE;
}

/** The next key of a DID. That the old key and the new one signed for it is the caller's to check (`verifyByDid`). */
export function rotateKey(state: State, did: string, key: Uint8Array): Answer<null> {
  const record = read(state, DIDS, did);
  if (record === undefined) return refuse('UnknownDid', did);
  if (key.length !== KEY_BYTES) return refuse('BadKey', `${key.length} bytes`);
  write(state, DIDS, [did], { ...record, key, rotations: record.rotations + 1n });
  return DONE;
}

export function isRegistered(state: Reader, did: string): boolean {
  return has(state, DIDS, did);
}

/** The key that signs for `did` now; undefined for a DID that is not registered. */
export function keyOfDid(state: Reader, did: string): Uint8Array | undefined {
  return read(state, DIDS, did)?.key;
}

/** Whether the key that signs for `did` now signed `message`. */
export function verifyByDid(
  state: Reader,
  verify: VerifySignature,
  did: string,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = keyOfDid(state, did);
  return key !== undefined && verify(signature, message, key);
}

/** Whether a text is a DID, registered or not; the null DID is none. */
export function isDid(text: string): boolean {
  return isDidSyntax(text);
}

export function isContractAccount(account: string): boolean {
  return account.startsWith(CONTRACT_PREFIX);
}
