/**
 * What a client checks by itself: a header's signatures, and a value's proof against the header's root. It trusts the
 * validators it was given, not the node that answered.
 */
import { applyChanges, EMPTY as EMPTY_STATE, overlay } from '../host/index.ts';
import type { Validator } from './app/abci.ts';
import type { Founding } from './app/founding.ts';
import { verifyProof } from './app/merkle.ts';
import { validatorsHash } from './app/roots.ts';
import { validatorsOf } from './app/rows.ts';
import { decodeHeader, type Header, type HeaderSignature } from './codec/block.ts';
import { decodeProof, type Proof } from './codec/proof.ts';
import { equalBytes } from './codec/schema.ts';
import { isSigned } from './consensus/block.ts';
import { verify } from './keys/index.ts';

/** `value` null claims that nothing is stored under `key`. */
export type ProvedValue = {
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly proof: Proof;
  readonly header: Header;
  readonly signatures: readonly HeaderSignature[];
};

/** The chain that a client means, and who signs for it. */
export type Trust = { readonly chainId: string; readonly validators: readonly Validator[] };

export type Verified = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** From a genesis file: what a client that has nothing else begins with. */
export function trustOf({ chainId, changes }: Founding): Trust {
  const state = overlay(EMPTY_STATE);
  applyChanges(state, changes);
  return { chainId, validators: validatorsOf(state) };
}

export function verifyQuery(proved: ProvedValue, trust: Trust): Verified {
  const { key, value, proof, header, signatures } = proved;
  if (header.chainId !== trust.chainId)
    return { ok: false, reason: `the header is of the chain ${header.chainId}` };
  if (!equalBytes(header.validatorsHash, validatorsHash(trust.validators)))
    return { ok: false, reason: 'the header names other validators' };
  if (!isSigned({ header, txs: [], signatures }, trust.validators, verify))
    return { ok: false, reason: 'the header is not signed by the validators' };
  if (!verifyProof(header.appRoot, key, value, proof))
    return { ok: false, reason: "the proof does not lead to the header's root" };
  return { ok: true };
}

/** Reads what `GET /api/v1/query?prove=true` answered; null when it is not such an answer, or carries no proof. */
export function readProved(json: unknown): ProvedValue | null {
  const { key, value, proof, header } = fieldsOf(json) as Fields<'key' | 'value' | 'proof' | 'header'>;
  const { encoded, signatures } = fieldsOf(header) as Fields<'encoded' | 'signatures'>;
  const decodedProof = decodeProof(bytesOf(proof) ?? EMPTY);
  const decodedHeader = decodeHeader(bytesOf(encoded) ?? EMPTY);
  const stored = value === null ? null : bytesOf(value);
  if (
    typeof key !== 'string' ||
    stored === undefined ||
    !decodedProof.ok ||
    !decodedHeader.ok ||
    !Array.isArray(signatures)
  )
    return null;
  const read = signatures.map(readSignature);
  if (read.includes(null)) return null;
  return {
    key,
    value: stored,
    proof: decodedProof.value,
    header: decodedHeader.value,
    signatures: read as HeaderSignature[],
  };
}

const EMPTY = new Uint8Array(0);

function readSignature(json: unknown): HeaderSignature | null {
  const { validator, signature } = fieldsOf(json) as Fields<'validator' | 'signature'>;
  const bytes = bytesOf(signature);
  return typeof validator === 'string' && bytes !== undefined ? { validator, signature: bytes } : null;
}

type Fields<Name extends string> = { readonly [N in Name]?: unknown };

function fieldsOf(json: unknown): object {
  return typeof json === 'object' && json !== null ? json : {};
}

function bytesOf(hex: unknown): Uint8Array | undefined {
  if (typeof hex !== 'string' || !/^([0-9a-f]{2})*$/.test(hex)) return undefined;
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
