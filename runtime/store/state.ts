/**
 * The state on disk: leaves, the nodes of their Merkle tree, results by transaction hash and where the chain stands,
 * in LMDB, one transaction per block. All of it can be made again from the block log. LMDB has no checksums and a
 * damaged file can kill the process that maps it, so a node opens only what `inspect.ts` has called sound.
 */
import { open, type RootDatabase } from 'lmdb';
import type { Change, Reader } from '../../host/index.ts';
import type { Disk } from './disk.ts';
import { decodeTip, encodeTip, TIP_KEY, type Tip } from './record.ts';

/** A state to look at. */
export type StateView = {
  readonly leaves: Reader;
  readonly nodes: Reader;
  /** By transaction hash, in hex; `record.ts` reads them. */
  readonly results: Reader;
  /** By contract. */
  readonly outcomes: Reader;
  /** Null before the genesis state is written. */
  tip(): Tip | null;
  close(): Promise<void>;
};

export type StateStore = StateView & {
  /** Visible to readers when the call returns, on disk when the promise resolves; all of it or, after a crash, none. */
  write(batch: StateBatch): Promise<void>;
};

export type StateBatch = {
  readonly changes: readonly Change[];
  readonly nodes: readonly Change[];
  readonly results: readonly Change[];
  readonly outcomes: readonly Change[];
  readonly tip: Tip;
};

/** LMDB's own limit for a key, in bytes, with pages of 4,096 bytes. */
export const KEY_BYTES_MAX = 1978;

/** `path` is a folder of its own; it is made when it is missing. */
export function openState(disk: Disk, path: string): StateStore {
  const env = open<Buffer, Uint8Array>({ path, ...OPTIONS });
  const tables = openTables(env);
  return {
    ...viewOf(env, tables),
    async write(batch) {
      checkKeys(batch);
      env.transactionSync(() => writeBatch(tables, batch));
      disk.pass('state.written');
      await env.flushed;
      disk.pass('state.flushed');
    },
  };
}

/** Null when nothing was ever written there. */
export function viewState(path: string): StateView | null {
  const env = open<Buffer, Uint8Array>({ path, readOnly: true, ...OPTIONS });
  const tables: Partial<Tables> = openTables(env);
  return tables.meta === undefined ? null : viewOf(env, tables as Tables);
}

/** Only what can be reached, page by page, into the folder `to`, which must exist and be empty. */
export async function copyState(from: string, to: string): Promise<void> {
  const env = open<Buffer, Uint8Array>({ path: from, readOnly: true, ...OPTIONS });
  try {
    await env.backup(to, true);
  } finally {
    await env.close();
  }
}

type Env = RootDatabase<Buffer, Uint8Array>;
type Table = ReturnType<Env['openDB']>;
type Tables = {
  readonly leaves: Table;
  readonly nodes: Table;
  readonly results: Table;
  readonly outcomes: Table;
  readonly meta: Table;
};

const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;
const OPTIONS = { noSubdir: false, maxDbs: 8, ...BINARY };

/** Tables that do not exist are made, and are undefined where they cannot be. The last one is made last. */
function openTables(env: Env): Tables {
  const table = (name: string): Table => env.openDB({ name, ...BINARY });
  return {
    leaves: table('leaves'),
    nodes: table('nodes'),
    results: table('results'),
    outcomes: table('outcomes'),
    meta: table('meta'),
  };
}

function viewOf(env: Env, tables: Tables): StateView {
  return {
    leaves: readerOf(tables.leaves),
    nodes: readerOf(tables.nodes),
    results: readerOf(tables.results),
    outcomes: readerOf(tables.outcomes),
    tip: () => readTip(tables.meta),
    close: () => env.close(),
  };
}

function writeBatch(tables: Tables, batch: StateBatch): void {
  applyTo(tables.leaves, batch.changes);
  applyTo(tables.nodes, batch.nodes);
  applyTo(tables.results, batch.results);
  applyTo(tables.outcomes, batch.outcomes);
  tables.meta.putSync(keyBytes(TIP_KEY), Buffer.from(encodeTip(batch.tip)));
}

function readerOf(table: Table): Reader {
  return {
    // What cannot have been written is not there; LMDB throws for such keys instead.
    get(key) {
      if (!fits(key)) return undefined;
      const value = table.get(keyBytes(key)) as Buffer | undefined;
      return value === undefined ? undefined : new Uint8Array(value.buffer, value.byteOffset, value.length);
    },
    keys: (prefix) => keysFrom(table, prefix),
  };
}

function* keysFrom(table: Table, prefix: string): Generator<string> {
  const start = prefix === '' ? {} : { start: keyBytes(prefix) };
  for (const bytes of table.getKeys(start)) {
    const key = new TextDecoder().decode(bytes as Uint8Array);
    if (!key.startsWith(prefix)) return;
    yield key;
  }
}

function readTip(meta: Table): Tip | null {
  const stored = meta.get(keyBytes(TIP_KEY)) as Buffer | undefined;
  if (stored === undefined) return null;
  const tip = decodeTip(stored);
  if (!tip.ok)
    throw new Error(`the state's record of where the chain stands does not decode: ${tip.message}`);
  return tip.value;
}

function applyTo(table: Table, changes: readonly Change[]): void {
  for (const { key, value } of changes) {
    if (value === undefined) table.removeSync(keyBytes(key));
    else table.putSync(keyBytes(key), Buffer.from(value.buffer, value.byteOffset, value.length));
  }
}

function checkKeys(batch: StateBatch): void {
  for (const { key } of [...batch.changes, ...batch.nodes, ...batch.results, ...batch.outcomes]) {
    if (!fits(key))
      throw new Error(`a key of the state has 1 to ${KEY_BYTES_MAX} bytes, not ${Buffer.byteLength(key)}`);
  }
}

function fits(key: string): boolean {
  return key !== '' && Buffer.byteLength(key) <= KEY_BYTES_MAX;
}

function keyBytes(key: string): Buffer {
  return Buffer.from(key);
}
