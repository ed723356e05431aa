/**
 * The block log: the one thing on disk that cannot be made again. Append-only; one record per block, height 1 first.
 *
 *   file    "CCLBLOG1", length of the chain id (2 bytes), chain id (UTF-8), SHA-256 of all that
 *   record  length of the bytes (4), SHA-256 of the bytes, the first 4 bytes of SHA-256 over those two, the bytes
 *
 * Numbers are big-endian. A record counts once fdatasync has returned. The check of length and hash tells a torn end
 * (a record of which only the beginning was written) from a damaged length. Opening reads every record.
 */
import { sha256 } from '../../vm/index.ts';
import { equalBytes } from '../codec/schema.ts';
import type { Disk, OpenFile } from './disk.ts';

export type BlockLog = {
  /** Of the last block; 0 when there is none. */
  height(): number;
  /** Resolves when the block is on disk. A failed write or sync is fatal: it throws, and so does every later call. */
  append(block: Uint8Array): Promise<void>;
  /** The block at `height`, from 1 to `height()`. Throws when the disk no longer gives back what was written. */
  read(height: number): Promise<Uint8Array>;
  close(): Promise<void>;
};

export type LogDamage =
  | { readonly kind: 'NotALog' }
  | { readonly kind: 'OtherChain'; readonly chainId: string }
  /** The block at `height` is damaged, or cut off although the state holds it. */
  | { readonly kind: 'Damaged'; readonly height: number; readonly offset: number };

/** What a look at the log says: the height it reaches, and how much of a torn end it has. */
export type LogSound = { readonly ok: true; readonly height: number; readonly tornBytes: number };
export type LogDamaged = { readonly ok: false; readonly damage: LogDamage };
/** A torn end is cut off by now. */
export type OpenedLog = (LogSound & { readonly log: BlockLog }) | LogDamaged;

/** Called with each block in order while the log is opened; `false` means that the block is not what it must be. */
export type VisitBlock = (block: Uint8Array, height: number) => boolean;

/** Larger than any block that the codec allows. */
export const RECORD_BYTES_MAX = 64 << 20;

const MAGIC = new TextEncoder().encode('CCLBLOG1');
const RECORD_HEAD_BYTES = 40;
const CHAIN_ID_BYTES_MAX = 1024;
const ZERO_CHUNK_BYTES = 1 << 20;

/** The bytes of a log without blocks. */
export function emptyLog(chainId: string): Uint8Array {
  const id = new TextEncoder().encode(chainId);
  if (id.length > CHAIN_ID_BYTES_MAX) throw new Error(`a chain id has at most ${CHAIN_ID_BYTES_MAX} bytes`);
  const head = new Uint8Array(MAGIC.length + 2 + id.length);
  head.set(MAGIC);
  new DataView(head.buffer).setUint16(MAGIC.length, id.length);
  head.set(id, MAGIC.length + 2);
  return joined(head, sha256(head));
}

/**
 * Opens the log of `chainId`, cutting a torn end. `stateHeight` is the height that a sound state holds, or null
 * when there is no such witness: blocks up to it were acknowledged and must be there, and a damaged block right
 * after it was not, so it may be cut.
 */
export async function openLog(
  disk: Disk,
  path: string,
  chainId: string,
  stateHeight: number | null,
  visit: VisitBlock,
): Promise<OpenedLog> {
  const file = await disk.openFile(path);
  const scanned = await scanFile(file, chainId, stateHeight, visit);
  if (!scanned.ok) {
    await file.close();
    return scanned;
  }
  const { ends, tornBytes } = scanned;
  if (tornBytes > 0) {
    await file.truncate(ends.at(-1)!);
    await file.sync();
    disk.pass('log.cut');
  }
  return { ok: true, height: ends.length - 1, tornBytes, log: useLog(disk, file, ends) };
}

/** The same look, changing nothing. */
export async function scanLog(
  disk: Disk,
  path: string,
  chainId: string,
  stateHeight: number | null,
  visit: VisitBlock,
): Promise<LogSound | LogDamaged> {
  const file = await disk.openFile(path);
  try {
    const scanned = await scanFile(file, chainId, stateHeight, visit);
    return scanned.ok ? { ok: true, height: scanned.ends.length - 1, tornBytes: scanned.tornBytes } : scanned;
  } finally {
    await file.close();
  }
}

// ---- writing and reading -----------------------------------------------------------------------

/** `ends[h]` is the offset after block `h`; `ends[0]` that after the file's head. */
function useLog(disk: Disk, file: OpenFile, ends: number[]): BlockLog {
  let failure: unknown = null;
  return {
    height: () => ends.length - 1,
    async append(block) {
      if (failure !== null) throw failure;
      try {
        ends.push(await appendRecord(disk, file, ends.at(-1)!, block));
      } catch (error) {
        failure = error;
        throw error;
      }
    },
    async read(height) {
      const [start, end] = [ends[height - 1], ends[height]];
      if (start === undefined || end === undefined) throw new Error(`the log has no block ${height}`);
      const record = await readRecord(file, start, end);
      if (record.kind !== 'Whole') throw new Error(`block ${height} of the log can no longer be read`);
      return record.bytes;
    },
    close: () => file.close(),
  };
}

async function appendRecord(disk: Disk, file: OpenFile, offset: number, block: Uint8Array): Promise<number> {
  if (block.length > RECORD_BYTES_MAX) throw new Error(`a block has at most ${RECORD_BYTES_MAX} bytes`);
  const body = offset + RECORD_HEAD_BYTES;
  const half = block.length >> 1;
  await file.write(offset, recordHead(block));
  disk.pass('log.header');
  await file.write(body, block.subarray(0, half));
  disk.pass('log.half');
  await file.write(body + half, block.subarray(half));
  disk.pass('log.written');
  await file.sync();
  disk.pass('log.synced');
  return body + block.length;
}

function recordHead(block: Uint8Array): Uint8Array {
  const head = new Uint8Array(36);
  new DataView(head.buffer).setUint32(0, block.length);
  head.set(sha256(block), 4);
  return joined(head, sha256(head).subarray(0, 4));
}

// ---- scanning ----------------------------------------------------------------------------------

/** `Torn`: only its beginning was written. `WrongEnd`: whole, the last one, and not what its hash says. */
type Record =
  | { readonly kind: 'Whole'; readonly bytes: Uint8Array; readonly end: number }
  | { readonly kind: 'Torn' | 'WrongEnd' | 'Wrong' };

type Scanned = { readonly ok: true; readonly ends: number[]; readonly tornBytes: number } | LogDamaged;

async function scanFile(
  file: OpenFile,
  chainId: string,
  stateHeight: number | null,
  visit: VisitBlock,
): Promise<Scanned> {
  const head = await readHead(file);
  if (head === null) return { ok: false, damage: { kind: 'NotALog' } };
  if (head.chainId !== chainId) return { ok: false, damage: { kind: 'OtherChain', chainId: head.chainId } };
  const size = await file.size();
  const ends = [head.end];
  for (let offset = head.end; offset < size; offset = ends.at(-1)!) {
    const height = ends.length;
    const record = await readRecord(file, offset, size);
    if (record.kind === 'Whole' && visit(record.bytes, height)) ends.push(record.end);
    else if (mayCut(record, height, stateHeight)) return { ok: true, ends, tornBytes: size - offset };
    else return { ok: false, damage: { kind: 'Damaged', height, offset } };
  }
  const missing = stateHeight !== null && stateHeight >= ends.length;
  return missing
    ? { ok: false, damage: { kind: 'Damaged', height: ends.length, offset: size } }
    : { ok: true, ends, tornBytes: 0 };
}

/**
 * A block is acknowledged only once the state holds it, and the next one is appended only after that. So with a
 * sound state at the height before, whatever stands here was told to nobody. Without one, only what a torn write
 * leaves behind is cut: the beginning of a record, or space that was never written.
 */
function mayCut(record: Record, height: number, stateHeight: number | null): boolean {
  if (record.kind === 'Whole') return false;
  if (stateHeight === null) return record.kind === 'Torn';
  if (height <= stateHeight) return false;
  return record.kind === 'Torn' || (height === stateHeight + 1 && record.kind === 'WrongEnd');
}

async function readHead(file: OpenFile): Promise<{ chainId: string; end: number } | null> {
  const start = await file.read(0, MAGIC.length + 2);
  if (start.length < MAGIC.length + 2 || !equalBytes(start.subarray(0, MAGIC.length), MAGIC)) return null;
  const idBytes = new DataView(start.buffer, start.byteOffset).getUint16(MAGIC.length);
  if (idBytes > CHAIN_ID_BYTES_MAX) return null;
  const head = await file.read(0, start.length + idBytes);
  const check = await file.read(head.length, 32);
  if (!equalBytes(check, sha256(head))) return null;
  return { chainId: new TextDecoder().decode(head.subarray(start.length)), end: head.length + 32 };
}

/** `limit` is the end of the file, or of the record where it is known. */
async function readRecord(file: OpenFile, offset: number, limit: number): Promise<Record> {
  const head = await file.read(offset, RECORD_HEAD_BYTES);
  if (head.length < RECORD_HEAD_BYTES) return { kind: 'Torn' };
  const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
  const checked = equalBytes(head.subarray(36), sha256(head.subarray(0, 36)).subarray(0, 4));
  if (!checked || length > RECORD_BYTES_MAX)
    return { kind: (await isZero(file, offset, limit)) ? 'Torn' : 'Wrong' };
  const end = offset + RECORD_HEAD_BYTES + length;
  if (end > limit) return { kind: 'Torn' };
  const bytes = await file.read(offset + RECORD_HEAD_BYTES, length);
  if (equalBytes(sha256(bytes), head.subarray(4, 36))) return { kind: 'Whole', bytes, end };
  return { kind: end === limit ? 'WrongEnd' : 'Wrong' };
}

async function isZero(file: OpenFile, offset: number, limit: number): Promise<boolean> {
  for (let at = offset; at < limit; at += ZERO_CHUNK_BYTES) {
    const chunk = await file.read(at, Math.min(ZERO_CHUNK_BYTES, limit - at));
    if (chunk.some((byte) => byte !== 0)) return false;
  }
  return true;
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}
