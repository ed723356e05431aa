/** Making and checking blocks: where the chain stands and the next transactions in, a signed block out, and back. */

import type { LastBlock, Validator } from '../app/abci.ts';
import { type Block, type Header, headerHash, headerSigningBytes, NO_HASH, txRoot } from '../codec/block.ts';
import { equalBytes } from '../codec/schema.ts';

/**
 * Where a chain ends: `now` is the last block's outcome (at height 0 that of the genesis), `header` its header
 * (null at height 0), and `validators` those of the next block.
 */
export type ChainEnd = {
  readonly chainId: string;
  readonly now: LastBlock;
  readonly header: Header | null;
  readonly validators: readonly Validator[];
};

/** `sign` signs `headerSigningBytes` with the key of `did`. */
export type Signer = { readonly did: string; readonly sign: (message: Uint8Array) => Uint8Array };
export type VerifySignature = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

/** Block time is never less than the time before. */
export function nextTime(end: ChainEnd, clock: bigint): bigint {
  return clock > end.now.time ? clock : end.now.time;
}

export function makeBlock(end: ChainEnd, time: bigint, txs: readonly Uint8Array[], signer: Signer): Block {
  const header = { ...expectedHeader(end), time, txRoot: txRoot(txs), proposer: signer.did };
  return {
    header,
    txs,
    signatures: [{ validator: signer.did, signature: signer.sign(headerSigningBytes(header)) }],
  };
}

/** Null when `block` may follow `end` on this chain; otherwise what is wrong with it. Signatures are `checkSignatures`'s. */
export function checkBlock(end: ChainEnd, block: Block): string | null {
  const { header } = block;
  const expected = expectedHeader(end);
  if (header.chainId !== expected.chainId) return `it is of the chain ${header.chainId}`;
  if (header.height !== expected.height) return `it says that its height is ${header.height}`;
  if (header.time < end.now.time) return 'its time is before that of the block before it';
  if (!equalBytes(header.previousHash, expected.previousHash))
    return 'it does not follow the block before it';
  if (!equalBytes(header.txRoot, txRoot(block.txs))) return 'its transactions are not those of its header';
  if (!equalBytes(header.appRoot, expected.appRoot)) return 'the state before it has another root';
  if (!equalBytes(header.resultsRoot, expected.resultsRoot)) return 'the block before it has other results';
  if (!equalBytes(header.validatorsHash, expected.validatorsHash)) return 'the validators are others';
  return null;
}

/** Whether validators with more than two thirds of the power signed the header, each once. */
export function isSigned(block: Block, validators: readonly Validator[], verify: VerifySignature): boolean {
  const message = headerSigningBytes(block.header);
  let [power, total] = [0n, 0n];
  for (const validator of validators) {
    total += validator.power;
    const own = block.signatures.filter((signature) => signature.validator === validator.did);
    if (own.length === 1 && verify(own[0]!.signature, message, validator.key)) power += validator.power;
  }
  return power * 3n > total * 2n;
}

/** Whether the last block left a root that no header states yet. */
export function isRootUnsigned({ now, header }: ChainEnd): boolean {
  return header === null || !equalBytes(now.appHash, header.appRoot);
}

type Expected = Omit<Header, 'time' | 'txRoot' | 'proposer'>;

function expectedHeader({ chainId, now, header }: ChainEnd): Expected {
  return {
    chainId,
    height: now.height + 1n,
    previousHash: header === null ? NO_HASH : headerHash(header),
    resultsRoot: now.resultsRoot,
    appRoot: now.appHash,
    validatorsHash: now.validatorsHash,
  };
}
