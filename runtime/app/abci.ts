/**
 * The border of the application: the 16 calls of ABCI 2.0, as plain data. Names and contracts are those of the
 * specification (cometbft, spec/abci); integers of 64 bits are bigint, times are whole seconds since 1970, and
 * results and proofs are typed where ABCI has opaque bytes. Every call is synchronous.
 */
import type { Change } from '../../host/index.ts';
import type { AbiValue, Event } from '../../vm/index.ts';
import type { Proof } from '../codec/proof.ts';

/** `Result` of ABCI: code 0 is success; the other codes are the rows of `codes.ts`. */
export type TxResult = {
  readonly code: number;
  /** The row's name, such as `UsedSequence`; `Ok` for code 0. */
  readonly name: string;
  /** One sentence for people; not part of the results root. */
  readonly log: string;
  /** Canonical CBOR of the entry's result or of what the transaction made; empty on failure. */
  readonly data: Uint8Array;
  readonly gasWanted: number;
  readonly gasUsed: number;
  readonly events: readonly Event[];
};

export type Validator = { readonly did: string; readonly key: Uint8Array; readonly power: bigint };

export type InfoResponse = {
  readonly data: string;
  readonly version: string;
  readonly appVersion: bigint;
  readonly lastBlockHeight: bigint;
  readonly lastBlockAppHash: Uint8Array;
};

/** `appStateBytes` is the genesis file as it stands on disk. */
export type InitChainRequest = {
  readonly chainId: string;
  readonly time: bigint;
  readonly initialHeight: bigint;
  readonly appStateBytes: Uint8Array;
};
export type InitChainResponse = {
  readonly validators: readonly Validator[];
  readonly appHash: Uint8Array;
  /** For the first header. */
  readonly resultsRoot: Uint8Array;
  readonly validatorsHash: Uint8Array;
};

/** `path` and `data` as `query.ts` describes them. `height` 0 is the last committed one; no other is kept. */
export type QueryRequest = {
  readonly path: string;
  readonly data: Uint8Array;
  readonly height: bigint;
  readonly prove: boolean;
};
export type QueryResponse = {
  readonly code: number;
  readonly name: string;
  readonly log: string;
  /** The state key and the stored bytes that the answer was read from; empty where it is computed, or absent. */
  readonly key: string;
  readonly value: Uint8Array | null;
  /** Against the root of `height`, which stands in the header of `height + 1`. */
  readonly proof: Proof | null;
  readonly height: bigint;
  readonly answer: AbiValue;
};

export type CheckTxRequest = { readonly tx: Uint8Array; readonly type: 'new' | 'recheck' };
/** What a mempool needs besides the result; `sender` is `""` and `sequence` 0 where the bytes do not decode. */
export type CheckTxResponse = {
  readonly code: number;
  readonly name: string;
  readonly log: string;
  readonly gasWanted: number;
  readonly sender: string;
  readonly sequence: bigint;
};

/** Transactions in the order of the mempool. */
export type PrepareProposalRequest = {
  readonly txs: readonly Uint8Array[];
  readonly maxTxBytes: number;
  readonly height: bigint;
  readonly time: bigint;
};
export type PrepareProposalResponse = { readonly txs: readonly Uint8Array[] };

export type ProcessProposalRequest = {
  readonly txs: readonly Uint8Array[];
  readonly height: bigint;
  readonly time: bigint;
};
export type ProcessProposalResponse = { readonly status: 'accept' | 'reject'; readonly reason: string };

export type FinalizeBlockRequest = {
  readonly txs: readonly Uint8Array[];
  readonly height: bigint;
  readonly time: bigint;
  readonly proposer: string;
};
export type FinalizeBlockResponse = {
  readonly txResults: readonly TxResult[];
  /** What happened besides transactions: contracts that became callable, or were dropped. */
  readonly events: readonly Event[];
  readonly validatorUpdates: readonly Validator[];
  readonly appHash: Uint8Array;
};

/** What the store writes, in one transaction: state leaves, nodes of the Merkle tree, and where the chain stands. */
export type CommitResponse = {
  readonly retainHeight: bigint;
  readonly changes: readonly Change[];
  readonly nodes: readonly Change[];
  readonly last: LastBlock;
};

/** Where the chain stands after a commit: kept by the store beside the state, not in it, so an empty block changes no state. */
export type LastBlock = {
  readonly height: bigint;
  readonly time: bigint;
  readonly appHash: Uint8Array;
  /** What the next header says of this block's results, and of the validators that sign it. */
  readonly resultsRoot: Uint8Array;
  readonly validatorsHash: Uint8Array;
};

export type Application = {
  echo(request: { readonly message: string }): { readonly message: string };
  flush(): Record<string, never>;
  info(): InfoResponse;
  initChain(request: InitChainRequest): InitChainResponse;
  query(request: QueryRequest): QueryResponse;
  checkTx(request: CheckTxRequest): CheckTxResponse;
  prepareProposal(request: PrepareProposalRequest): PrepareProposalResponse;
  processProposal(request: ProcessProposalRequest): ProcessProposalResponse;
  finalizeBlock(request: FinalizeBlockRequest): FinalizeBlockResponse;
  extendVote(): { readonly voteExtension: Uint8Array };
  verifyVoteExtension(request: { readonly voteExtension: Uint8Array }): {
    readonly status: 'accept' | 'reject';
  };
  commit(): CommitResponse;
  listSnapshots(): { readonly snapshots: readonly never[] };
  offerSnapshot(): { readonly result: 'reject' };
  loadSnapshotChunk(): { readonly chunk: Uint8Array };
  applySnapshotChunk(): { readonly result: 'abort' };
};
