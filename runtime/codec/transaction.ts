/** Transactions: what a member signs. Bytes in, typed transactions out; the fields' limits are here, once. */
import { type AbiValue, compareText, sha256 } from '../../vm/index.ts';
import {
  ABI_VALUE,
  BOOLEAN,
  bytes,
  count,
  type Decoded,
  decode,
  encode,
  fixed,
  INT64,
  list,
  malformed,
  record,
  type Schema,
  text,
  UINT63,
  variants,
} from './schema.ts';

/** The most of one currency that a transaction may take from its signer. `currency` is the ledger's id. */
export type Spend = { readonly currency: string; readonly amount: bigint };
export type SourceFile = { readonly name: string; readonly text: string };

export type Body =
  /** The sender sponsors `did`; `proof` is the new key's signature over `registrationBytes`. */
  | { readonly kind: 'register'; readonly did: string; readonly key: Uint8Array; readonly proof: Uint8Array }
  /** The sender's next key; `proof` is that key's signature over `registrationBytes`, the transaction's that of the old. */
  | { readonly kind: 'rotate'; readonly key: Uint8Array; readonly proof: Uint8Array }
  /** The first source is the one with the contract. `certificate` is empty for a build that was not verified. */
  | {
      readonly kind: 'deploy';
      readonly cooperative: string;
      readonly artifact: Uint8Array;
      readonly sources: readonly SourceFile[];
      readonly certificate: Uint8Array;
      readonly args: readonly AbiValue[];
    }
  /** Another version for a contract that is deployed; the sources hold the version before, too. */
  | {
      readonly kind: 'upgrade';
      readonly contract: string;
      readonly artifact: Uint8Array;
      readonly sources: readonly SourceFile[];
      readonly certificate: Uint8Array;
    }
  /** A validator's verdict on a pending deployment or upgrade, by its id. */
  | {
      readonly kind: 'attest';
      readonly contract: string;
      readonly artifactHash: Uint8Array;
      readonly approve: boolean;
    }
  | {
      readonly kind: 'call';
      readonly contract: string;
      readonly entry: string;
      readonly args: readonly AbiValue[];
    }
  | { readonly kind: 'transfer'; readonly to: string; readonly currency: string; readonly amount: bigint }
  /** Puts new units of an issued currency into circulation. */
  | { readonly kind: 'issue'; readonly to: string; readonly currency: string; readonly amount: bigint };

export type Transaction = {
  readonly chainId: string;
  readonly sender: string;
  /** 0 for a member's first transaction. */
  readonly sequence: bigint;
  readonly gasLimit: number;
  readonly spends: readonly Spend[];
  readonly body: Body;
};
export type SignedTransaction = Transaction & { readonly signature: Uint8Array };

export const TX_LIMITS = {
  txBytesMax: 1 << 20,
  idUnitsMax: 256,
  artifactBytesMax: 256 * 1024,
  sourceUnitsMax: 256 * 1024,
  sourcesMax: 64,
  certificateBytesMax: 256 * 1024,
  argsMax: 64,
  spendsMax: 64,
  /** Values in the whole of it, each name of a field counted too. */
  itemsMax: 16_384,
} as const;

const ID = text(TX_LIMITS.idUnitsMax);
const ARGS = list(ABI_VALUE, TX_LIMITS.argsMax);
const KEY = fixed(32);
const SIGNATURE = fixed(64);

const MATERIALS = {
  artifact: bytes(TX_LIMITS.artifactBytesMax),
  sources: list(record<SourceFile>({ name: ID, text: text(TX_LIMITS.sourceUnitsMax) }), TX_LIMITS.sourcesMax),
  certificate: bytes(TX_LIMITS.certificateBytesMax),
};

const BODY: Schema<Body> = variants<Body>({
  register: record({ did: ID, key: KEY, proof: SIGNATURE }),
  rotate: record({ key: KEY, proof: SIGNATURE }),
  deploy: record({ cooperative: ID, ...MATERIALS, args: ARGS }),
  upgrade: record({ contract: ID, ...MATERIALS }),
  attest: record({ contract: ID, artifactHash: fixed(32), approve: BOOLEAN }),
  call: record({ contract: ID, entry: ID, args: ARGS }),
  transfer: record({ to: ID, currency: ID, amount: INT64 }),
  issue: record({ to: ID, currency: ID, amount: INT64 }),
});

const SPEND_LIST = list(record<Spend>({ currency: ID, amount: UINT63 }), TX_LIMITS.spendsMax);
/** By currency in ascending order, each once: so there is one way to write a limit, and one limit to show. */
const SPENDS: Schema<readonly Spend[]> = {
  toCbor: (spends) =>
    SPEND_LIST.toCbor(spends.toSorted((left, right) => compareText(left.currency, right.currency))),
  fromCbor(cbor, path) {
    const spends = SPEND_LIST.fromCbor(cbor, path);
    const misplaced = spends.findIndex(
      ({ currency }, index) => index > 0 && compareText(spends[index - 1]!.currency, currency) >= 0,
    );
    if (misplaced >= 0) throw malformed(`${path}[${misplaced}]`, 'currencies in ascending order, each once');
    return spends;
  },
};

const FIELDS = {
  chainId: ID,
  sender: ID,
  sequence: UINT63,
  gasLimit: count(Number.MAX_SAFE_INTEGER),
  spends: SPENDS,
  body: BODY,
};
const TRANSACTION: Schema<Transaction> = record<Transaction>(FIELDS);
const SIGNED: Schema<SignedTransaction> = record<SignedTransaction>({ ...FIELDS, signature: SIGNATURE });

export function encodeTransaction(transaction: SignedTransaction): Uint8Array {
  return encode(SIGNED, transaction);
}

export function decodeTransaction(data: Uint8Array): Decoded<SignedTransaction> {
  return decode(SIGNED, data, TX_LIMITS.txBytesMax, TX_LIMITS.itemsMax);
}

/** For a wallet that is given the bytes to sign, without the domain in front. */
export function decodeUnsigned(data: Uint8Array): Decoded<Transaction> {
  return decode(TRANSACTION, data, TX_LIMITS.txBytesMax, TX_LIMITS.itemsMax);
}

export function encodeUnsigned(transaction: Transaction): Uint8Array {
  return encode(TRANSACTION, transaction);
}

/** What the sender signs: a domain, then the canonical encoding without the signature. */
export function signingBytes(transaction: Transaction): Uint8Array {
  return withDomain('ccl/transaction/1\n', encodeUnsigned(transaction));
}

/** What a new key signs to show that its holder wants it registered under `did` on this chain. */
export function registrationBytes(chainId: string, did: string, key: Uint8Array): Uint8Array {
  return withDomain('ccl/registration/1\n', encode(REGISTRATION, { chainId, did, key }));
}

/** The transaction's id: SHA-256 of its signed bytes. */
export function transactionHash(data: Uint8Array): Uint8Array {
  return sha256(data);
}

export function encodeValue(value: AbiValue): Uint8Array {
  return encode(ABI_VALUE, value);
}

export function decodeValue(data: Uint8Array): Decoded<AbiValue> {
  return decode(ABI_VALUE, data, TX_LIMITS.txBytesMax);
}

export function encodeArgs(args: readonly AbiValue[]): Uint8Array {
  return encode(ARGS, args);
}

export function decodeArgs(data: Uint8Array): Decoded<readonly AbiValue[]> {
  return decode(ARGS, data, TX_LIMITS.txBytesMax, TX_LIMITS.itemsMax);
}

export function withDomain(domain: string, data: Uint8Array): Uint8Array {
  const prefix = new TextEncoder().encode(domain);
  const joined = new Uint8Array(prefix.length + data.length);
  joined.set(prefix);
  joined.set(data, prefix.length);
  return joined;
}

const REGISTRATION = record<{ chainId: string; did: string; key: Uint8Array }>({
  chainId: ID,
  did: ID,
  key: KEY,
});
