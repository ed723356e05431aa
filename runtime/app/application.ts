/**
 * The deterministic application: ordered blocks in, results, changes and the new root out. It reads the committed
 * state through readers, keeps what a block changed until `commit`, and hands that over as data; the store writes.
 */
import {
  applyChanges,
  type Change,
  hookEvents,
  type Overlay,
  overlay,
  type Reader,
  runHooks,
  type VerifySignature,
} from '../../host/index.ts';
import { BLOCK_LIMITS } from '../codec/block.ts';
import type {
  Application,
  CheckTxRequest,
  CheckTxResponse,
  CommitResponse,
  FinalizeBlockRequest,
  FinalizeBlockResponse,
  InfoResponse,
  InitChainRequest,
  InitChainResponse,
  LastBlock,
  PrepareProposalRequest,
  ProcessProposalRequest,
  ProcessProposalResponse,
  TxResult,
} from './abci.ts';
import { admitAhead, chainOf } from './admission.ts';
import { dropExpired, runReady } from './deployments.ts';
import { admitTransaction, executeTransaction } from './execution.ts';
import { foundChain } from './founding.ts';
import { EMPTY_ROOT, updateTree } from './merkle.ts';
import { answerQuery } from './query.ts';
import { resultsRoot, validatorsHash } from './roots.ts';
import { validatorsOf } from './rows.ts';

/** `state` and `nodes` read what was committed; `last` is where the store stands, null before the first block. */
export type ApplicationOptions = {
  readonly state: Reader;
  readonly nodes: Reader;
  readonly last: LastBlock | null;
  readonly verify: VerifySignature;
};

/** Version of the protocol: transactions, state and gas schedule. */
export const APP_VERSION = 1n;
const SOFTWARE = 'ccl';

/** What the application keeps between calls: `founding` are the genesis changes until the first commit. */
type Memory = { last: LastBlock | null; founding: readonly Change[]; block: CommitResponse | null };

export function createApplication(options: ApplicationOptions): Application {
  const memory: Memory = { last: options.last, founding: [], block: null };
  const working = () => workingState(options, memory);
  return {
    echo: ({ message }) => ({ message }),
    flush: () => ({}),
    info: () => describe(memory),
    initChain: (request) => initChain(options, memory, request),
    query: (request) => answerQuery({ state: working(), nodes: options.nodes, last: memory.last }, request),
    checkTx: (request) => checkTx(working(), memory, options.verify, request),
    prepareProposal: (request) => ({ txs: selectTransactions(working(), options.verify, request) }),
    processProposal: (request) => judgeProposal(working(), memory, options.verify, request),
    finalizeBlock: (request) => finalizeBlock(options, memory, request),
    commit: () => commit(memory),
    ...WITHOUT_EXTENSIONS,
    ...WITHOUT_SNAPSHOTS,
  };
}

/** No vote carries more than the vote: an extension is empty, and one that is not is refused. */
const WITHOUT_EXTENSIONS: Pick<Application, 'extendVote' | 'verifyVoteExtension'> = {
  extendVote: () => ({ voteExtension: new Uint8Array(0) }),
  verifyVoteExtension: ({ voteExtension }) => ({ status: voteExtension.length === 0 ? 'accept' : 'reject' }),
};

/** An application without snapshots lists none and takes none. */
const WITHOUT_SNAPSHOTS: Pick<
  Application,
  'listSnapshots' | 'offerSnapshot' | 'loadSnapshotChunk' | 'applySnapshotChunk'
> = {
  listSnapshots: () => ({ snapshots: [] }),
  offerSnapshot: () => ({ result: 'reject' }),
  loadSnapshotChunk: () => ({ chunk: new Uint8Array(0) }),
  applySnapshotChunk: () => ({ result: 'abort' }),
};

function describe({ last }: Memory): InfoResponse {
  return {
    data: SOFTWARE,
    version: `${APP_VERSION}`,
    appVersion: APP_VERSION,
    lastBlockHeight: last?.height ?? 0n,
    lastBlockAppHash: last?.appHash ?? EMPTY_ROOT,
  };
}

/** The committed state with nothing written over it; before the first commit, the genesis state. */
function workingState({ state }: ApplicationOptions, { founding }: Memory): Overlay {
  const working = overlay(state);
  applyChanges(working, founding);
  return working;
}

// ---- the chain's beginning ---------------------------------------------------------------------

/** Throws for a genesis that does not parse or apply: the driver checks it first, with `parseGenesis` and `foundChain`. */
function initChain(
  options: ApplicationOptions,
  memory: Memory,
  request: InitChainRequest,
): InitChainResponse {
  if (memory.last !== null) throw new Error('the chain has blocks: InitChain comes only once');
  const founded = foundChain(request.appStateBytes);
  if (!founded.ok) throw new Error(founded.message);
  const { chainId, genesis, changes } = founded.value;
  if (request.chainId !== chainId) throw new Error(`the genesis makes ${chainId}, not ${request.chainId}`);
  if (request.initialHeight !== 1n || request.time !== genesis.time)
    throw new Error('a chain starts at height 1, at the time of its genesis');
  memory.founding = changes;
  const validators = validatorsOf(workingState(options, memory));
  const appHash = updateTree(options.nodes, changes).root;
  return { validators, appHash, resultsRoot: resultsRoot([]), validatorsHash: validatorsHash(validators) };
}

// ---- mempool and proposals ---------------------------------------------------------------------

function checkTx(
  state: Reader,
  memory: Memory,
  verify: VerifySignature,
  { tx }: CheckTxRequest,
): CheckTxResponse {
  const admission = admitAhead({ state, time: timeOf(state, memory), verify }, tx);
  const transaction = admission.ok ? admission.value.transaction : admission.transaction;
  const outcome = admission.ok ? { code: 0, name: 'Ok', log: '' } : admission.verdict;
  return {
    ...outcome,
    gasWanted: transaction?.gasLimit ?? 0,
    sender: transaction?.sender ?? '',
    sequence: transaction?.sequence ?? 0n,
  };
}

/** In the mempool's order, those that are admitted one after the other and fit. */
function selectTransactions(
  state: Overlay,
  verify: VerifySignature,
  { txs, maxTxBytes, height, time }: PrepareProposalRequest,
): Uint8Array[] {
  const { parameters } = chainOf(state);
  const selected: Uint8Array[] = [];
  let bytesLeft = Math.min(maxTxBytes, parameters.blockBytesMax);
  let gasLeft = parameters.blockGasMax;
  for (const tx of txs) {
    if (selected.length === BLOCK_LIMITS.txsMax) break;
    if (tx.length > bytesLeft) continue;
    const admitted = admitTransaction(state, { moment: { block: height, time }, verify, gasLeft }, tx);
    if (admitted.verdict.code !== 0) continue;
    selected.push(tx);
    bytesLeft -= tx.length;
    gasLeft -= admitted.gasLimit;
  }
  return selected;
}

/** Accepts exactly the blocks that `selectTransactions` can make at this height. */
function judgeProposal(
  state: Overlay,
  memory: Memory,
  verify: VerifySignature,
  request: ProcessProposalRequest,
): ProcessProposalResponse {
  const { txs, height, time } = request;
  const { parameters } = chainOf(state);
  if (height !== nextHeight(memory)) return reject(`height ${height} does not follow`);
  if (time < timeOf(state, memory)) return reject('block time decreases');
  if (txs.length > BLOCK_LIMITS.txsMax) return reject(`${txs.length} transactions`);
  const size = txs.reduce((sum, tx) => sum + tx.length, 0);
  if (size > parameters.blockBytesMax) return reject(`${size} bytes of transactions`);
  let gasLeft = parameters.blockGasMax;
  for (const [index, tx] of txs.entries()) {
    const admitted = admitTransaction(state, { moment: { block: height, time }, verify, gasLeft }, tx);
    if (admitted.verdict.code !== 0) return reject(`transaction ${index}: ${admitted.verdict.log}`);
    gasLeft -= admitted.gasLimit;
  }
  return { status: 'accept', reason: '' };
}

function reject(reason: string): ProcessProposalResponse {
  return { status: 'reject', reason };
}

// ---- blocks ------------------------------------------------------------------------------------

/** One result for any bytes. Throws when the driver hands over a block that does not follow the last one. */
function finalizeBlock(
  options: ApplicationOptions,
  memory: Memory,
  request: FinalizeBlockRequest,
): FinalizeBlockResponse {
  const state = workingState(options, memory);
  const { height, time } = request;
  if (height !== nextHeight(memory))
    throw new Error(`block ${height} does not follow block ${nextHeight(memory) - 1n}`);
  if (time < timeOf(state, memory)) throw new Error('block time decreases');
  const txResults = executeAll(state, options.verify, request);
  const events = finishBlock(state, request);
  const changes = state.changes().filter((change) => isRealChange(options.state, change));
  const { root, nodes } = updateTree(options.nodes, changes);
  const validators = validatorsOf(state);
  const last: LastBlock = {
    height,
    time,
    appHash: root,
    resultsRoot: resultsRoot(txResults),
    validatorsHash: validatorsHash(validators),
  };
  memory.block = { retainHeight: 0n, changes, nodes, last };
  return { txResults, events, validatorUpdates: [], appHash: root };
}

function executeAll(
  state: Overlay,
  verify: VerifySignature,
  { txs, height, time }: FinalizeBlockRequest,
): TxResult[] {
  let gasLeft = chainOf(state).parameters.blockGasMax;
  return txs.map((tx) => {
    const result = executeTransaction(state, { moment: { block: height, time }, verify, gasLeft }, tx);
    gasLeft -= Math.min(gasLeft, result.gasUsed);
    return result;
  });
}

/** What is due after the transactions. What only tidies up waits for a block that changes something anyway. */
function finishBlock(
  state: Overlay,
  { txs, height, time }: FinalizeBlockRequest,
): FinalizeBlockResponse['events'] {
  const moment = { block: height, time };
  const { parameters } = chainOf(state);
  const due = runHooks(state, moment, parameters.hooksPerBlockMax);
  const ran = [...due.flatMap(hookEvents), ...runReady(state, moment, parameters)];
  return txs.length === 0 ? ran : [...ran, ...dropExpired(state, moment)];
}

function commit(memory: Memory): CommitResponse {
  const { block } = memory;
  if (block === null) throw new Error('nothing to commit: FinalizeBlock comes first');
  memory.last = block.last;
  memory.founding = [];
  memory.block = null;
  return block;
}

// ---- private -----------------------------------------------------------------------------------

function nextHeight({ last }: Memory): bigint {
  return (last?.height ?? 0n) + 1n;
}

/** Block time as far as it is known: of the last block, or of the genesis. */
function timeOf(state: Reader, { last }: Memory): bigint {
  return last?.time ?? chainOf(state).genesisTime;
}

/** What was written back as it was is no change. */
function isRealChange(before: Reader, { key, value }: Change): boolean {
  const old = before.get(key);
  if (old === undefined || value === undefined) return old !== value;
  return old.length !== value.length || old.some((byte, index) => byte !== value[index]);
}
