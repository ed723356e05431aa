/**
 * A running node, and its only event loop: transactions come in from the API or the embedding program, the driver says
 * when to make a block, blocks go to the chain, results go back to who waits for them.
 */
import { currenciesOf } from '../host/index.ts';
import type { AbiValue } from '../vm/index.ts';
import { type Api, type ApiAddress, serveApi } from './api/server.ts';
import type { FinalizeBlockResponse, QueryResponse } from './app/abci.ts';
import { chainOf, senderOf } from './app/admission.ts';
import { foundChain } from './app/founding.ts';
import { type Chain, type Notice, openChain } from './chain.ts';
import { BLOCK_LIMITS, type Block, type Header, type HeaderSignature } from './codec/block.ts';
import { equalBytes } from './codec/schema.ts';
import { encodeArgs, transactionHash } from './codec/transaction.ts';
import { type Attester, createAttester, type Prover } from './consensus/attester.ts';
import { isRootUnsigned, makeBlock, nextTime, type Signer } from './consensus/block.ts';
import type { Driver, DriverEffect, DriverInput } from './consensus/driver.ts';
import { type SoloState, soloDriver } from './consensus/solo.ts';
import { attestOn } from './consensus/verdicts.ts';
import { type Claimed, claimDirectory, createDirectory, pathsOf } from './directory.ts';
import { didOfKey, type KeyPair, sign } from './keys/index.ts';
import { createPool, type Dropped, POOL_LIMITS, type Pool, type PoolLimits } from './mempool/pool.ts';
import { messageOf, type NodeError, nodeError, type Refused, refused } from './refusal.ts';
import { type Disk, systemDisk } from './store/disk.ts';
import type { OutcomeRecord, TxRecord } from './store/record.ts';
import { createWaiters, type Waiters } from './waiters.ts';

export type NodeOptions = {
  readonly directory: string;
  /** The bytes of a genesis file: makes the directory if there is none, and refuses one of another chain. */
  readonly genesis?: Uint8Array;
  /** Of the chain's validator. */
  readonly validatorKey: KeyPair;
  readonly prover: Prover;
  /** Seconds since 1970. */
  readonly clock: () => bigint;
  /** 0, the default, makes a block as soon as a transaction waits. */
  readonly intervalMs?: number;
  /** Without it nothing listens. Port 0 takes any free one. */
  readonly api?: ApiAddress;
  readonly pool?: PoolLimits;
  readonly disk?: Disk;
  /** Told of what the operator should know, while opening and later. */
  readonly report?: (notice: NodeNotice) => void;
};

export type NodeNotice = {
  readonly code: Notice['code'] | 'ProverFailed' | 'DeploymentRefused' | 'NodeStopped' | 'Defect';
  readonly message: string;
};

export type OpenedNode = { readonly ok: true; readonly node: Node } | Refused;

/** `code` is the name of a row of the application's codes or of `NODE_ERRORS`. */
export type SubmitError = {
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds: number | null;
};
export type Submitted =
  | { readonly ok: true; readonly hash: string }
  | { readonly ok: false; readonly error: SubmitError };

export type SignedHeader = { readonly header: Header; readonly signatures: readonly HeaderSignature[] };
export type TransactionStatus =
  | { readonly kind: 'Waiting' }
  | { readonly kind: 'Committed'; readonly record: TxRecord };
export type DeploymentStatus =
  | { readonly kind: 'Pending' }
  | { readonly kind: 'Decided'; readonly outcome: OutcomeRecord; readonly reason: string | null };
export type Settled<T> = { readonly ok: true; readonly value: T } | Refused;
/** `header` is signed and states the root against which the response's proof holds. */
export type Proved = { readonly response: QueryResponse; readonly header: SignedHeader };
export type Ask = { readonly contract: string; readonly entry: string; readonly args: readonly AbiValue[] };

export type Node = {
  readonly chainId: string;
  /** Where the API listens. */
  readonly address: ApiAddress | null;
  /** Resolves when the node has stopped: null when it was asked to, otherwise why. */
  readonly ended: Promise<NodeError | null>;
  /** Takes a signed transaction; `hash` is its id. One that waits or is committed already is taken again. */
  submit(tx: Uint8Array): Submitted;
  /** Resolves once the transaction is in a block on disk, or will not be; or when `gone` aborts. */
  waitFor(hash: string, gone?: AbortSignal): Promise<Settled<TxRecord>>;
  transaction(hash: string): TransactionStatus | null;
  /** Resolves once the deployment is callable or dropped; the outcome's event says which. */
  waitForDeployment(
    contract: string,
    gone?: AbortSignal,
  ): Promise<Settled<DeploymentStatus & { kind: 'Decided' }>>;
  deployment(contract: string): DeploymentStatus | null;
  /** `path` as in `app/query.ts`. */
  query(path: string): QueryResponse;
  /** The same with a Merkle proof, and the signed header that it is to be checked against (`verifyQuery`). */
  prove(path: string, gone?: AbortSignal): Promise<Settled<Proved>>;
  view(ask: Ask): QueryResponse;
  /** What a call by `sender` would do and take now. */
  simulate(ask: Ask & { readonly sender: string }): QueryResponse;
  /** Ids of all currencies of the ledger. */
  currencies(): readonly string[];
  /** The sequence number that the next transaction of `did` must have, counting those that wait. */
  nextSequence(did: string): bigint;
  /** Of the last block, and the root after it. */
  height(): bigint;
  time(): bigint;
  root(): Uint8Array;
  waiting(): { readonly count: number; readonly bytes: number };
  /** Null above the last block and below 1. */
  header(height: bigint): Promise<SignedHeader | null>;
  /** Finishes the block at hand, closes everything and gives the directory back. */
  stop(): Promise<void>;
};

export const WAITERS_MAX = 10_000;
const DROPPED_MAX = 1_024;
/** Room for a block's header and for the lengths of its transactions. */
const BLOCK_OVERHEAD_BYTES = 256 * 1024;
const RETRY_AFTER_SECONDS = 2;

export async function openNode(options: NodeOptions): Promise<OpenedNode> {
  const disk = options.disk ?? systemDisk();
  const claimed = await claimFor(disk, options);
  if (!claimed.ok) return claimed;
  const opened = await openGuarded(disk, claimed, options);
  if (!opened.ok) claimed.lock.release();
  return opened;
}

// ---- opening -----------------------------------------------------------------------------------

type Directory = Extract<Claimed, { ok: true }>;

async function claimFor(disk: Disk, { directory, genesis }: NodeOptions): Promise<Claimed> {
  const claimed = await claimDirectory(disk, directory);
  if (genesis === undefined) return claimed;
  if (!claimed.ok) {
    const { code } = claimed.error;
    const founded = code === 'NotANodeDirectory' && (await disk.exists(pathsOf(directory).genesis));
    if (founded || (code !== 'DirectoryMissing' && code !== 'NotANodeDirectory')) return claimed;
    const made = await createDirectory(disk, directory, genesis);
    return made.ok ? await claimDirectory(disk, directory) : made;
  }
  if (equalBytes(claimed.genesis, genesis)) return claimed;
  claimed.lock.release();
  return otherGenesis(claimed, genesis);
}

function otherGenesis(claimed: Directory, genesis: Uint8Array): Refused {
  const founding = foundChain(genesis);
  if (!founding.ok) return refused('BadGenesis', { reason: founding.message });
  return refused('OtherChain', { found: claimed.founding.chainId, expected: founding.value.chainId });
}

/** What the system refuses while opening (rights, a full disk) is the operator's to mend. */
async function openGuarded(disk: Disk, claimed: Directory, options: NodeOptions): Promise<OpenedNode> {
  try {
    const opened = await openChain(disk, claimed);
    if (!opened.ok) return opened;
    for (const notice of opened.notices) options.report?.(notice);
    return await startNode(opened.chain, claimed, options);
  } catch (error) {
    return refused('DirectoryUnusable', { directory: options.directory, reason: messageOf(error) });
  }
}

async function startNode(chain: Chain, claimed: Directory, options: NodeOptions): Promise<OpenedNode> {
  const refusal = wrongValidator(chain, options.validatorKey);
  if (refusal !== null) {
    await chain.close();
    return refusal;
  }
  const loop = createLoop(chain, claimed, options);
  const node = faceOf(loop);
  if (options.api !== undefined) {
    const api = await serveApi(node, options.api, (request, error) =>
      options.report?.({ code: 'Defect', message: `${request}: ${error.stack ?? error.message}` }),
    );
    if (!api.ok) {
      await chain.close();
      return api;
    }
    loop.api = api.api;
  }
  drive(loop, { kind: 'Started', rootUnsigned: isRootUnsigned(chain.end()), waiting: false });
  await loop.making;
  if (loop.failure !== null) await loop.stopping;
  loop.attester.wake();
  return loop.failure === null ? { ok: true, node } : { ok: false, error: loop.failure };
}

function wrongValidator(chain: Chain, key: KeyPair): Refused | null {
  const { validators } = chain.end();
  if (validators.length !== 1) return refused('NotSolo', { count: validators.length });
  return equalBytes(validators[0]!.key, key.publicKey)
    ? null
    : refused('NotAValidatorKey', { did: didOfKey(key.publicKey) });
}

// ---- the loop ----------------------------------------------------------------------------------

type Loop = {
  readonly chain: Chain;
  readonly directory: Directory;
  readonly options: NodeOptions;
  readonly pool: Pool;
  readonly driver: Driver<SoloState>;
  readonly waiters: Waiters;
  readonly attester: Attester;
  /** Why transactions left the queue without a block: the last few. */
  readonly dropped: Map<string, string>;
  readonly ended: PromiseWithResolvers<NodeError | null>;
  driverState: SoloState;
  timer: NodeJS.Timeout | null;
  /** The block at hand. */
  making: Promise<void> | null;
  api: Api | null;
  failure: NodeError | null;
  stopping: Promise<void> | null;
};

function createLoop(chain: Chain, directory: Directory, options: NodeOptions): Loop {
  const driver = soloDriver({ intervalMs: options.intervalMs ?? 0 });
  const loop: Loop = {
    chain,
    directory,
    options,
    pool: createPool(options.pool ?? POOL_LIMITS),
    driver,
    waiters: createWaiters(WAITERS_MAX),
    attester: createAttester(
      attestOn({
        chain,
        key: options.validatorKey,
        prove: options.prover,
        submit: (tx) => submit(loop, tx),
        isWaiting: (hash) => loop.pool.has(hash),
        nextSequence: (did) => nextSequence(loop, did),
        report: (notice) => options.report?.(notice),
      }),
    ),
    dropped: new Map(),
    ended: Promise.withResolvers(),
    driverState: driver.initial,
    timer: null,
    making: null,
    api: null,
    failure: null,
    stopping: null,
  };
  return loop;
}

function drive(loop: Loop, input: DriverInput): void {
  if (loop.stopping !== null) return;
  const { state, effects } = loop.driver.step(loop.driverState, input);
  loop.driverState = state;
  for (const effect of effects) carryOut(loop, effect);
}

function carryOut(loop: Loop, effect: DriverEffect): void {
  if (effect.kind === 'SetTimer') {
    loop.timer = setTimeout(() => drive(loop, { kind: 'Tick' }), effect.afterMs);
    return;
  }
  loop.making = produceBlock(loop)
    .catch((error: unknown): DriverInput | null =>
      fail(loop, nodeError('NodeFailed', { reason: messageOf(error) })),
    )
    .then((next) => {
      loop.making = null;
      if (next !== null) drive(loop, next);
    });
}

/** What came of it, or null when the node failed. */
async function produceBlock(loop: Loop): Promise<DriverInput | null> {
  const { chain, pool, options } = loop;
  const end = chain.end();
  const wrongKey = wrongValidator(chain, options.validatorKey);
  if (wrongKey !== null) return fail(loop, wrongKey.error);
  const time = nextTime(end, options.clock());
  const maxTxBytes = BLOCK_LIMITS.blockBytesMax - BLOCK_OVERHEAD_BYTES;
  const { txs } = chain.app.prepareProposal({
    txs: pool.take(maxTxBytes, BLOCK_LIMITS.txsMax),
    maxTxBytes,
    height: end.now.height + 1n,
    time,
  });
  if (txs.length === 0 && !isRootUnsigned(end)) return { kind: 'NothingToDo' };
  const block = makeBlock(end, time, txs, signerOf(loop));
  const committed = await chain.commit(block);
  if (!committed.ok) return fail(loop, committed.error);
  announce(loop, block, committed.done);
  return { kind: 'Committed', rootUnsigned: isRootUnsigned(chain.end()), waiting: pool.count() > 0 };
}

function signerOf({ chain, options }: Loop): Signer {
  return {
    did: chain.end().validators[0]!.did,
    sign: (message) => sign(message, options.validatorKey.secretKey),
  };
}

/** After a block is on disk: cleans the queue, wakes who waits, looks for deployments to attest. */
function announce(loop: Loop, { header, txs }: Block, done: FinalizeBlockResponse): void {
  const { chain, pool, waiters } = loop;
  const hashes = txs.map((tx) => hexOf(transactionHash(tx)));
  const dropped = pool.settle(hashes, header.height, ({ tx }) => {
    const { code, log } = chain.app.checkTx({ tx, type: 'recheck' });
    return code === 0 ? null : log;
  });
  rememberDropped(loop.dropped, dropped);
  for (const hash of [...hashes, ...dropped.map((row) => row.hash)]) waiters.tell(`tx:${hash}`);
  for (const event of [...done.txResults.flatMap(({ events }) => events), ...done.events]) {
    if (event.source === 'contracts')
      for (const { value } of event.fields) waiters.tell(`contract:${String(value)}`);
  }
  waiters.tell('block');
  loop.attester.wake();
}

function rememberDropped(known: Map<string, string>, dropped: readonly Dropped[]): void {
  for (const { hash, reason } of dropped) known.set(hash, reason);
  while (known.size > DROPPED_MAX) known.delete(known.keys().next().value!);
}

// ---- stopping ----------------------------------------------------------------------------------

/** The node cannot go on: what it holds in memory and what is on disk may differ. */
function fail(loop: Loop, error: NodeError): null {
  loop.failure ??= error;
  loop.options.report?.({ code: 'NodeStopped', message: error.message });
  loop.making = null;
  void stop(loop);
  return null;
}

function stop(loop: Loop): Promise<void> {
  loop.stopping ??= shutDown(loop);
  return loop.stopping;
}

async function shutDown(loop: Loop): Promise<void> {
  if (loop.timer !== null) clearTimeout(loop.timer);
  await loop.making;
  loop.waiters.tellAll();
  await loop.attester.stop();
  await loop.api?.close();
  await closeChain(loop);
  loop.directory.lock.release();
  loop.ended.resolve(loop.failure);
}

async function closeChain(loop: Loop): Promise<void> {
  try {
    await loop.chain.close();
  } catch (error) {
    loop.failure ??= nodeError('StorageFailed', { reason: messageOf(error) });
  }
}

// ---- the node's face ---------------------------------------------------------------------------

function faceOf(loop: Loop): Node {
  const { chain, pool, directory } = loop;
  return {
    chainId: directory.founding.chainId,
    get address() {
      return loop.api?.address ?? null;
    },
    ended: loop.ended.promise,
    submit: (tx) => submit(loop, tx),
    waitFor: (hash, gone) => waitFor(loop, hash, gone),
    transaction: (hash) => transactionStatus(loop, hash),
    waitForDeployment: (contract, gone) => waitForDeployment(loop, contract, gone),
    deployment: (contract) => deploymentStatus(loop, contract),
    query: (path) => ask(chain, path, NO_DATA),
    prove: (path, gone) => prove(loop, path, gone),
    view: ({ contract, entry, args }) => ask(chain, pathOf('view', contract, entry), encodeArgs(args)),
    simulate: ({ sender, contract, entry, args }) =>
      ask(chain, pathOf('simulate', sender, contract, entry), encodeArgs(args)),
    currencies: () => currenciesOf(chain.state),
    nextSequence: (did) => nextSequence(loop, did),
    height: () => chain.end().now.height,
    time: () => chain.end().now.time,
    root: () => chain.end().now.appHash,
    waiting: () => ({ count: pool.count(), bytes: pool.bytes() }),
    header: (height) => headerAt(chain, height),
    stop: () => stop(loop),
  };
}

const NO_DATA = new Uint8Array(0);

function submit(loop: Loop, given: Uint8Array): Submitted {
  const { chain, pool } = loop;
  if (loop.stopping !== null)
    return { ok: false, error: { ...nodeError('Stopped', {}), retryAfterSeconds: null } };
  const tx = new Uint8Array(given);
  const hash = hexOf(transactionHash(tx));
  if (pool.has(hash) || chain.result(hash) !== null) return { ok: true, hash };
  if (!pool.hasRoom(tx.length)) return busy(nodeError('Busy', {}));
  const checked = chain.app.checkTx({ tx, type: 'new' });
  if (checked.code !== 0)
    return { ok: false, error: { code: checked.name, message: checked.log, retryAfterSeconds: null } };
  const added = pool.add(
    { hash, tx, sender: checked.sender, sequence: checked.sequence },
    chain.end().now.height,
  );
  if (!added.ok)
    return added.reason === 'SequenceWaiting'
      ? { ok: false, error: { ...nodeError('SequenceWaiting', {}), retryAfterSeconds: null } }
      : busy(nodeError(added.reason, {}));
  drive(loop, { kind: 'Waiting' });
  return { ok: true, hash };
}

function busy(error: NodeError): Submitted {
  return { ok: false, error: { ...error, retryAfterSeconds: RETRY_AFTER_SECONDS } };
}

function nextSequence({ chain, pool }: Loop, did: string): bigint {
  const { parameters } = chainOf(chain.state);
  return pool.sequenceAfter(
    did,
    senderOf(chain.state, did, parameters.gasAllowanceMax, chain.end().now.time).sequence,
  );
}

async function waitFor(loop: Loop, hash: string, gone?: AbortSignal): Promise<Settled<TxRecord>> {
  for (;;) {
    const record = loop.chain.result(hash);
    if (record !== null) return { ok: true, value: record };
    if (!loop.pool.has(hash)) return neverCommitted(loop, hash);
    const told = await waitTold(loop, `tx:${hash}`, gone);
    if (told !== null) return told;
  }
}

function neverCommitted({ dropped }: Loop, hash: string): Refused {
  const reason = dropped.get(hash);
  return reason === undefined ? refused('UnknownTransaction', {}) : refused('Dropped', { reason });
}

function transactionStatus({ chain, pool }: Loop, hash: string): TransactionStatus | null {
  const record = chain.result(hash);
  if (record !== null) return { kind: 'Committed', record };
  return pool.has(hash) ? { kind: 'Waiting' } : null;
}

async function waitForDeployment(
  loop: Loop,
  contract: string,
  gone?: AbortSignal,
): Promise<Settled<DeploymentStatus & { kind: 'Decided' }>> {
  for (;;) {
    const status = deploymentStatus(loop, contract);
    if (status === null) return refused('UnknownDeployment', {});
    if (status.kind === 'Decided') return { ok: true, value: status };
    const told = await waitTold(loop, `contract:${contract}`, gone);
    if (told !== null) return told;
  }
}

function deploymentStatus({ chain, attester }: Loop, contract: string): DeploymentStatus | null {
  const outcome = chain.outcome(contract);
  if (outcome !== null) return { kind: 'Decided', outcome, reason: attester.reason(contract) };
  return ask(chain, pathOf('deployment', contract), NO_DATA).code === 0 ? { kind: 'Pending' } : null;
}

/** A proof holds against the root after the last block; while no header states that root, the next one will. */
async function prove(loop: Loop, path: string, gone?: AbortSignal): Promise<Settled<Proved>> {
  const { chain } = loop;
  const unsigned = isRootUnsigned(chain.end());
  const response = chain.app.query({ path, data: NO_DATA, height: 0n, prove: true });
  const height = response.height + (unsigned ? 1n : 0n);
  while (chain.end().now.height < height) {
    const told = await waitTold(loop, 'block', gone);
    if (told !== null) return told;
  }
  const header = await headerAt(chain, height);
  return header === null ? refused('UnknownHeight', {}) : { ok: true, value: { response, header } };
}

/** Null once the key was told of; a refusal when nothing more will come. */
async function waitTold(loop: Loop, key: string, gone?: AbortSignal): Promise<Refused | null> {
  if (loop.stopping === null) {
    const told = loop.waiters.join(key, gone);
    if (told === null) return refused('Busy', {});
    await told;
    if (gone?.aborted === true) return refused('Abandoned', {});
    if (loop.stopping === null) return null;
  }
  return { ok: false, error: loop.failure ?? nodeError('Stopped', {}) };
}

async function headerAt(chain: Chain, height: bigint): Promise<SignedHeader | null> {
  const block = await chain.block(height);
  return block === null ? null : { header: block.header, signatures: block.signatures };
}

function ask(chain: Chain, path: string, data: Uint8Array): QueryResponse {
  return chain.app.query({ path, data, height: 0n, prove: false });
}

function pathOf(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodeURIComponent(part)}`).join('');
}

function hexOf(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}
