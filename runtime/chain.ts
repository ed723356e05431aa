/**
 * The chain on disk: block log, state and application as one. Opening brings them to the same height, whatever the
 * last process left behind; after that there is one way to go on, `commit`. No clock and no network in here.
 */
import type { Change, Reader } from '../host/index.ts';
import type { Event } from '../vm/index.ts';
import type { Application, FinalizeBlockResponse, LastBlock, TxResult } from './app/abci.ts';
import { createApplication } from './app/application.ts';
import { resultsRoot, validatorsHash } from './app/roots.ts';
import { validatorsOf } from './app/rows.ts';
import { type Block, decodeBlock, encodeBlock, type Header, headerHash, NO_HASH } from './codec/block.ts';
import { type Decoded, equalBytes } from './codec/schema.ts';
import { transactionHash } from './codec/transaction.ts';
import { type ChainEnd, checkBlock, isSigned } from './consensus/block.ts';
import type { Claimed, Paths } from './directory.ts';
import { verify } from './keys/signature.ts';
import { rememberVerified, VERIFIED_MAX } from './mempool/verified.ts';
import { messageOf, type Refused, refused } from './refusal.ts';
import type { Disk } from './store/disk.ts';
import { type Inspection, inspectState, renewState, type Tipped } from './store/inspect.ts';
import {
  type BlockLog,
  type LogDamage,
  type LogDamaged,
  type LogSound,
  openLog,
  scanLog,
  type VisitBlock,
} from './store/log.ts';
import {
  decodeOutcome,
  decodeTxRecord,
  encodeOutcome,
  encodeTxRecord,
  type OutcomeRecord,
  type TxRecord,
} from './store/record.ts';
import { openState, type StateStore } from './store/state.ts';

export type Chain = {
  readonly app: Application;
  /** The committed state. */
  readonly state: Reader;
  end(): ChainEnd;
  /** Executes the block, then writes it: log, state. Resolves when both are on disk. A throw or a refusal is fatal: the chain must be closed. */
  commit(block: Block): Promise<{ readonly ok: true; readonly done: FinalizeBlockResponse } | Refused>;
  /** Null above the last block and below 1. */
  block(height: bigint): Promise<Block | null>;
  /** By transaction hash, in hex. */
  result(hash: string): TxRecord | null;
  /** What became of a deployment; null for one that waits, and for one that never was. */
  outcome(contract: string): OutcomeRecord | null;
  close(): Promise<void>;
};

/** What opening found and mended, as sentences for the operator. */
export type Notice = {
  readonly code: 'TornTailCut' | 'StateRebuilt' | 'StateBehind';
  readonly message: string;
};

export type OpenedChain =
  | { readonly ok: true; readonly chain: Chain; readonly notices: readonly Notice[] }
  | Refused;

type Directory = Extract<Claimed, { ok: true }>;

/** The directory is claimed, and stays so. */
export async function openChain(disk: Disk, directory: Directory): Promise<OpenedChain> {
  const { paths, founding } = directory;
  const found = await examine(disk, directory, await prepareCopy(disk, paths), openLog);
  if (!found.ok) {
    await disk.removeTree(paths.fresh);
    return found;
  }
  const { log } = found.log;
  await takeState(disk, paths, found.state);
  const store: Store = { chainId: founding.chainId, state: openState(disk, paths.state), log };
  let chain: Chain | null = null;
  try {
    const built = await bringToEnd(disk, store, directory);
    if (!built.ok) return built;
    chain = built.chain;
    return { ok: true, chain, notices: found.notices };
  } finally {
    if (chain === null) await closeStore(store);
  }
}

/** What `openChain` would find and mend, changing nothing. */
export async function examineChain(
  disk: Disk,
  directory: Directory,
): Promise<{ readonly ok: true; readonly height: number; readonly notices: readonly Notice[] } | Refused> {
  const found = await examine(disk, directory, await inspectState(directory.paths.state), scanLog);
  return found.ok ? { ok: true, height: found.log.height, notices: found.notices } : found;
}

/** A verified copy of the state, beside it. What a start that was interrupted left is used, or put away. */
async function prepareCopy(disk: Disk, { state, fresh }: Paths): Promise<Inspection> {
  if (!(await disk.exists(state)) && (await disk.exists(fresh))) await disk.moveFolder(fresh, state);
  await disk.removeTree(fresh);
  await disk.makeDirectory(fresh);
  return await renewState(state, fresh);
}

/** Puts the copy in the state's place; a state that is lost, or never was, begins empty. */
async function takeState(disk: Disk, { state, fresh }: Paths, found: StateFound): Promise<void> {
  if (found === 'Sound') {
    disk.pass('renew.copied');
    await disk.removeTree(state);
    disk.pass('renew.removed');
    await disk.moveFolder(fresh, state);
    return;
  }
  await disk.removeTree(fresh);
  await disk.removeTree(state);
  if (found === 'Lost') disk.pass('rebuild.removed');
}

// ---- looking -----------------------------------------------------------------------------------

type LookAtLog<Log> = (
  disk: Disk,
  path: string,
  chainId: string,
  stateHeight: number | null,
  visit: VisitBlock,
) => Promise<Log | LogDamaged>;
/** A state that is lost is to be made again from the log; one that is missing had nothing in it. */
type StateFound = 'Sound' | 'Missing' | 'Lost';
type Found<Log> = {
  readonly ok: true;
  readonly log: Log;
  readonly state: StateFound;
  readonly notices: readonly Notice[];
};

async function examine<Log extends LogSound>(
  disk: Disk,
  { paths, founding }: Directory,
  inspection: Inspection,
  look: LookAtLog<Log>,
): Promise<Found<Log> | Refused> {
  const tip = inspection.kind === 'Sound' ? inspection.tip : null;
  if (tip !== null && tip.chainId !== founding.chainId)
    return refused('OtherChain', { found: tip.chainId, expected: founding.chainId });
  const headers = followHeaders(founding.chainId, tip);
  const log = await look(disk, paths.log, founding.chainId, tip?.height ?? null, headers.visit);
  if (!log.ok) return refuseLog(log.damage, paths, founding.chainId);
  const state =
    headers.contradicts() || inspection.kind === 'Damaged' ? 'Lost' : tip === null ? 'Missing' : 'Sound';
  return { ok: true, log, state, notices: describe(state, inspection, log) };
}

/**
 * Follows the blocks of a log: each must name the one before. The state must have been made by the block of its
 * height, and the header after it must have its root.
 */
function followHeaders(chainId: string, tip: Tipped | null) {
  let previous = NO_HASH;
  let contradicts = false;
  const visit = (data: Uint8Array, height: number): boolean => {
    const block = decodeBlock(data);
    if (!block.ok) return false;
    const { header } = block.value;
    const follows = equalBytes(header.previousHash, previous);
    if (header.chainId !== chainId || header.height !== BigInt(height) || !follows) return false;
    previous = headerHash(header);
    if (height === tip?.height) contradicts ||= hexOf(previous) !== tip.headerHash;
    if (tip !== null && height === tip.height + 1) contradicts ||= hexOf(header.appRoot) !== tip.appHash;
    return true;
  };
  return { visit, contradicts: () => contradicts };
}

function describe(found: StateFound, state: Inspection, log: LogSound): Notice[] {
  const notices: Notice[] = [];
  const height = state.kind === 'Sound' ? state.tip.height : 0;
  const blocks = log.height - height;
  if (log.tornBytes > 0)
    notices.push({
      code: 'TornTailCut',
      message: `the log ended in ${log.tornBytes} bytes of a block that was not written to its end; they are cut off (${toldOf(found, state)})`,
    });
  if (found === 'Lost') {
    const reason =
      state.kind === 'Damaged' ? state.reason : `at height ${height} it is not that of the log's chain`;
    notices.push({
      code: 'StateRebuilt',
      message: `the state was damaged (${reason}); it is made again from the ${log.height} blocks of the log`,
    });
  } else if (blocks > 0) {
    notices.push({
      code: 'StateBehind',
      message: `the state was ${blocks} of ${log.height} blocks behind the log; they are executed again`,
    });
  }
  return notices;
}

function toldOf(found: StateFound, state: Inspection): string {
  return found !== 'Lost' && state.kind === 'Sound'
    ? 'the state shows that nobody was told of it'
    : 'there is no sound state to show whether anybody was told of it';
}

function refuseLog(damage: LogDamage, paths: Paths, expected: string): Refused {
  switch (damage.kind) {
    case 'NotALog':
      return refused('NotALog', { file: paths.log });
    case 'OtherChain':
      return refused('OtherChain', { found: damage.chainId, expected });
    case 'Damaged':
      return refused('DamagedLog', { height: damage.height, offset: damage.offset, file: paths.log });
  }
}

// ---- going on ----------------------------------------------------------------------------------

type Store = { readonly chainId: string; readonly state: StateStore; readonly log: BlockLog };
/** Where the chain stands now, and how many results and outcomes it has stored. */
type Position = { end: ChainEnd; resultCount: bigint; outcomeCount: bigint };

/** Executes what the log holds and the state does not. */
async function bringToEnd(
  disk: Disk,
  store: Store,
  directory: Directory,
): Promise<{ readonly ok: true; readonly chain: Chain } | Refused> {
  const { state, log } = store;
  const tip = state.tip();
  const app = createApplication({
    state: state.leaves,
    nodes: state.nodes,
    last: tip?.last ?? null,
    verify: rememberVerified(verify, VERIFIED_MAX),
  });
  const end =
    tip === null
      ? foundEnd(app, directory)
      : endOf(store, tip.last, decodeStored(await log.read(Number(tip.last.height))).header);
  const position: Position = {
    end,
    resultCount: tip?.resultCount ?? 0n,
    outcomeCount: tip?.outcomeCount ?? 0n,
  };
  for (let height = Number(position.end.now.height) + 1; height <= log.height(); height += 1) {
    const block = decodeStored(await log.read(height));
    const wrong =
      checkBlock(position.end, block) ??
      (isSigned(block, position.end.validators, verify) ? null : 'it is not signed by the validators');
    if (wrong !== null) return refused('Diverged', { height, reason: wrong });
    await keep(store, position, app, block, execute(app, block));
    disk.pass('rebuild.block');
  }
  return { ok: true, chain: useChain(store, position, app) };
}

function useChain(store: Store, position: Position, app: Application): Chain {
  const { state, log } = store;
  return {
    app,
    state: state.leaves,
    end: () => position.end,
    async commit(block) {
      const done = execute(app, block);
      try {
        await log.append(encodeBlock(block));
        await keep(store, position, app, block, done);
      } catch (error) {
        return refused('StorageFailed', { reason: messageOf(error) });
      }
      return { ok: true, done };
    },
    async block(height) {
      if (height < 1n || height > position.end.now.height) return null;
      return decodeStored(await log.read(Number(height)));
    },
    result: (hash) => stored(state.results, hash, decodeTxRecord),
    outcome: (contract) => stored(state.outcomes, contract, decodeOutcome),
    close: () => closeStore(store),
  };
}

function execute(app: Application, { header, txs }: Block): FinalizeBlockResponse {
  const { height, time, proposer } = header;
  return app.finalizeBlock({ txs, height, time, proposer });
}

/** Writes what the application made of the block. Application and readers move on together, before anything is awaited. */
async function keep(
  store: Store,
  position: Position,
  app: Application,
  block: Block,
  done: FinalizeBlockResponse,
): Promise<void> {
  const { changes, nodes, last } = app.commit();
  const results = resultRows(store.state, block, done.txResults);
  const outcomes = outcomeRows(last.height, [
    ...done.txResults.flatMap(({ events }) => events),
    ...done.events,
  ]);
  position.resultCount += BigInt(results.length);
  position.outcomeCount += BigInt(outcomes.length);
  const { resultCount, outcomeCount } = position;
  const written = store.state.write({
    changes,
    nodes,
    results,
    outcomes,
    tip: {
      chainId: store.chainId,
      last,
      headerHash: headerHash(block.header),
      resultCount,
      outcomeCount,
    },
  });
  position.end = endOf(store, last, block.header);
  await written;
}

/** The first result that a transaction had stands, should the same bytes come again. */
function resultRows(state: StateStore, { header, txs }: Block, executed: readonly TxResult[]): Change[] {
  const rows = new Map<string, Uint8Array>();
  for (const [index, tx] of txs.entries()) {
    const hash = hexOf(transactionHash(tx));
    if (rows.has(hash) || state.results.get(hash) !== undefined) continue;
    rows.set(hash, encodeTxRecord(hash, { height: header.height, index, result: executed[index]! }));
  }
  return [...rows].map(([key, value]) => ({ key, value }));
}

const OUTCOME_EVENTS = ['ContractDeployed', 'ContractUpgraded', 'DeploymentDropped'];

function outcomeRows(height: bigint, events: readonly Event[]): Change[] {
  return events.flatMap((event) => {
    const id = deploymentIn(event);
    if (event.source !== 'contracts' || !OUTCOME_EVENTS.includes(event.name) || typeof id !== 'string')
      return [];
    return [{ key: id, value: encodeOutcome(id, { height, event }) }];
  });
}

/** An upgrade has an id of its own, a deployment that of its contract. */
function deploymentIn({ fields }: Event): unknown {
  const named = (wanted: string) => fields.find(({ name }) => name === wanted)?.value;
  return named('deployment') ?? named('contract');
}

function stored<T>(
  records: Reader,
  key: string,
  decodeRecord: (key: string, data: Uint8Array) => Decoded<T>,
): T | null {
  const data = records.get(key);
  if (data === undefined) return null;
  const record = decodeRecord(key, data);
  if (!record.ok) throw new Error(record.message);
  return record.value;
}

function foundEnd(app: Application, { founding, genesis }: Directory): ChainEnd {
  const { chainId } = founding;
  const { time } = founding.genesis;
  const { validators, appHash } = app.initChain({ chainId, time, initialHeight: 1n, appStateBytes: genesis });
  const now = {
    height: 0n,
    time,
    appHash,
    resultsRoot: resultsRoot([]),
    validatorsHash: validatorsHash(validators),
  };
  return { chainId, now, header: null, validators };
}

function endOf({ chainId, state }: Store, now: LastBlock, header: Header): ChainEnd {
  return { chainId, now, header, validators: validatorsOf(state.leaves) };
}

/** Of the log, whose hashes were checked: what does not decode is a defect of ours. */
function decodeStored(data: Uint8Array): Block {
  const block = decodeBlock(data);
  if (!block.ok) throw new Error(`a block of the log does not decode: ${block.message}`);
  return block.value;
}

async function closeStore({ state, log }: Store): Promise<void> {
  await state.close();
  await log.close();
}

function hexOf(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}
