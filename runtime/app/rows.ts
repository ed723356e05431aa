/** The application's own tables: the chain, the validators, senders, deployments that wait for attestation. */
import { type Reader, read, SHORT_TEXT, type State, type Table, table, write } from '../../host/index.ts';
import { bool, bytes, fixedBytes, int64, list, record, text, uint, uint64 } from '../../vm/index.ts';
import { type SourceFile, type Spend, TX_LIMITS } from '../codec/transaction.ts';
import type { Validator } from './abci.ts';
import type { GasAccount } from './gas.ts';
import type { Parameters } from './genesis.ts';

/** Written once, at InitChain. */
export type Chain = {
  readonly chainId: string;
  readonly dev: boolean;
  readonly genesisTime: bigint;
  readonly parameters: Parameters;
};

/** `sequence` is the sender's next. */
export type Sender = { readonly sequence: bigint; readonly gas: GasAccount };

export type Pending = {
  readonly creator: string;
  readonly cooperative: string;
  /** The contract whose place it takes; empty for a contract of its own. */
  readonly upgrades: string;
  readonly artifactHash: Uint8Array;
  /** Canonical CBOR of the arguments of `init`. */
  readonly args: Uint8Array;
  readonly spends: readonly Spend[];
  /** What `init` or `upgrade` may use; taken from the creator's allowance already. */
  readonly gasLeft: number;
  /** The last height at which it can be attested. */
  readonly expires: bigint;
  readonly approvals: readonly string[];
  readonly rejections: readonly string[];
  /** Attested; `init` runs after the transactions of this block or, if there are too many, of a later one. */
  readonly ready: boolean;
};

/** What validators need to check a deployment again. */
export type Materials = {
  readonly artifact: Uint8Array;
  readonly sources: readonly SourceFile[];
  readonly certificate: Uint8Array;
};

const VALIDATORS_MAX = 256;
const PENDING_MAX = 65_536;

const PARAMETERS_ROW = record({
  gasAllowanceMax: uint(),
  gasRefillPerSecond: uint(),
  blockGasMax: uint(),
  blockBytesMax: uint(),
  deploymentExpiryBlocks: uint(),
  deploymentsPendingMax: uint(),
  deploymentsPerBlockMax: uint(),
  hooksPerBlockMax: uint(),
  acceptUnproved: bool,
});
const PENDING_ROW = record({
  creator: SHORT_TEXT,
  cooperative: SHORT_TEXT,
  upgrades: SHORT_TEXT,
  artifactHash: fixedBytes(32),
  args: bytes(TX_LIMITS.txBytesMax),
  spends: list(record({ currency: SHORT_TEXT, amount: int64 }), TX_LIMITS.spendsMax),
  gasLeft: uint(),
  expires: uint64,
  approvals: list(SHORT_TEXT, VALIDATORS_MAX),
  rejections: list(SHORT_TEXT, VALIDATORS_MAX),
  ready: bool,
});
const MATERIALS_ROW = record({
  artifact: bytes(TX_LIMITS.txBytesMax),
  sources: list(record({ name: SHORT_TEXT, text: text(TX_LIMITS.txBytesMax) }), TX_LIMITS.sourcesMax),
  certificate: bytes(TX_LIMITS.txBytesMax),
});

export const CHAIN: Table<[], Chain> = table(
  'chain',
  record({ chainId: SHORT_TEXT, dev: bool, genesisTime: uint64, parameters: PARAMETERS_ROW }),
);
/** By DID. Their keys sign headers, and are those of the genesis: rotating a member's key leaves them. */
export const VALIDATORS: Table<[], readonly Validator[]> = table(
  'validators',
  list(record({ did: SHORT_TEXT, key: fixedBytes(32), power: uint64 }), VALIDATORS_MAX),
);
export const SENDERS: Table<[did: string], Sender> = table(
  'sender',
  record({ sequence: uint64, gas: record({ left: uint(), at: uint64 }) }),
);
export const PENDING: Table<[contract: string], Pending> = table('deployment', PENDING_ROW);
export const MATERIALS: Table<[contract: string], Materials> = table('deployment-materials', MATERIALS_ROW);
/** The ids of all deployments that wait, oldest first. */
export const QUEUE: Table<[], readonly string[]> = table('deployment-queue', list(SHORT_TEXT, PENDING_MAX));

export function validatorsOf(state: Reader): readonly Validator[] {
  return read(state, VALIDATORS) ?? [];
}

export function pendingQueue(state: Reader): readonly string[] {
  return read(state, QUEUE) ?? [];
}

export function writeQueue(state: State, contracts: readonly string[]): void {
  write(state, QUEUE, [], contracts);
}
