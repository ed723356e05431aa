/** Blocks and headers: bytes in, typed values out, and the hashes that link them. */
import { sha256 } from '../../vm/index.ts';
import {
  bytes,
  type Decoded,
  decode,
  encode,
  fixed,
  list,
  record,
  type Schema,
  text,
  UINT63,
} from './schema.ts';
import { TX_LIMITS, transactionHash, withDomain } from './transaction.ts';

export type Header = {
  readonly chainId: string;
  readonly height: bigint;
  /** Seconds since 1970. */
  readonly time: bigint;
  /** Hash of the previous header; 32 zero bytes at height 1. */
  readonly previousHash: Uint8Array;
  /** Of this block's transactions. */
  readonly txRoot: Uint8Array;
  /** Of the previous block's results; the root of no results at height 1. */
  readonly resultsRoot: Uint8Array;
  /** Of the state after the previous block; of the genesis state at height 1. */
  readonly appRoot: Uint8Array;
  readonly validatorsHash: Uint8Array;
  readonly proposer: string;
};

/** `signature` is over `headerSigningBytes`. */
export type HeaderSignature = { readonly validator: string; readonly signature: Uint8Array };
export type Block = {
  readonly header: Header;
  readonly txs: readonly Uint8Array[];
  readonly signatures: readonly HeaderSignature[];
};

export const BLOCK_LIMITS = { blockBytesMax: 8 << 20, txsMax: 10_000, signaturesMax: 256 } as const;
export const NO_HASH: Uint8Array = new Uint8Array(32);

const ID = text(TX_LIMITS.idUnitsMax);
const HASH = fixed(32);
const HEADER: Schema<Header> = record<Header>({
  chainId: ID,
  height: UINT63,
  time: UINT63,
  previousHash: HASH,
  txRoot: HASH,
  resultsRoot: HASH,
  appRoot: HASH,
  validatorsHash: HASH,
  proposer: ID,
});
const BLOCK: Schema<Block> = record<Block>({
  header: HEADER,
  txs: list(bytes(TX_LIMITS.txBytesMax), BLOCK_LIMITS.txsMax),
  signatures: list(
    record<HeaderSignature>({ validator: ID, signature: fixed(64) }),
    BLOCK_LIMITS.signaturesMax,
  ),
});

export function encodeHeader(header: Header): Uint8Array {
  return encode(HEADER, header);
}

export function decodeHeader(data: Uint8Array): Decoded<Header> {
  return decode(HEADER, data, BLOCK_LIMITS.blockBytesMax);
}

export function encodeBlock(block: Block): Uint8Array {
  return encode(BLOCK, block);
}

export function decodeBlock(data: Uint8Array): Decoded<Block> {
  return decode(BLOCK, data, BLOCK_LIMITS.blockBytesMax);
}

export function headerSigningBytes(header: Header): Uint8Array {
  return withDomain('ccl/header/1\n', encodeHeader(header));
}

export function headerHash(header: Header): Uint8Array {
  return sha256(headerSigningBytes(header));
}

/** The root over a block's transactions, by their hashes in order. */
export function txRoot(txs: readonly Uint8Array[]): Uint8Array {
  return listRoot(txs.map(transactionHash));
}

/** Root of a list of byte strings: the tree of RFC 6962, section 2.1 (leaf prefix 0, node prefix 1, SHA-256 of nothing when empty). */
export function listRoot(items: readonly Uint8Array[]): Uint8Array {
  if (items.length === 0) return sha256(new Uint8Array(0));
  if (items.length === 1) return sha256(Uint8Array.of(0, ...items[0]!));
  const half = 2 ** Math.ceil(Math.log2(items.length) - 1);
  return sha256(Uint8Array.of(1, ...listRoot(items.slice(0, half)), ...listRoot(items.slice(half))));
}
