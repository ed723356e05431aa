/**
 * Every file that the node writes goes through a `Disk`: offsets and bytes in, bytes out. Between the steps of a
 * write it passes named crash points, so that a test can kill the process at each of them, tear a write or fail a sync.
 */
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Where the process may die, in the order in which a node passes them; what is then on disk stands beside each. */
export const CRASH_POINTS = {
  'init.directory': 'an empty directory',
  'init.log': 'a log without blocks, and no genesis: not a node directory yet',
  'init.genesis': 'a directory whose state is not built yet',
  'log.header': 'the length and hash of a block, without the block',
  'log.half': 'half of a block',
  'log.written': 'a whole block that may not have reached the disk',
  'log.synced': 'a block in the log that the state does not hold',
  'state.written': 'block and state that nobody has been told of',
  'state.flushed': 'block and state on disk, not yet acknowledged',
  'log.cut': 'a log whose torn end was cut off',
  'renew.copied': 'a sound state beside its fresh copy',
  'renew.removed': 'the fresh copy of a state, not in its place yet',
  'rebuild.removed': 'a log without a state',
  'rebuild.block': 'a state that is some blocks behind the log',
} as const;

export type CrashPoint = keyof typeof CRASH_POINTS;

export type OpenFile = {
  size(): Promise<number>;
  /** Fewer bytes than asked for where the file ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
  write(offset: number, bytes: Uint8Array): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Resolves when what was written has reached the disk (fdatasync). */
  sync(): Promise<void>;
  close(): Promise<void>;
};

export type Disk = {
  exists(path: string): Promise<boolean>;
  makeDirectory(path: string): Promise<void>;
  removeTree(path: string): Promise<void>;
  /** Nothing may stand at `to`. */
  moveFolder(from: string, to: string): Promise<void>;
  readFile(path: string): Promise<Uint8Array>;
  /** The whole file or none of it: written aside, synced, renamed, and the folder synced. */
  replaceFile(path: string, bytes: Uint8Array): Promise<void>;
  /** For reading and writing; the file must exist. */
  openFile(path: string): Promise<OpenFile>;
  pass(point: CrashPoint): void;
};

/** The file system. `pass` is told of every crash point. */
export function systemDisk(pass: (point: CrashPoint) => void = () => {}): Disk {
  return {
    exists: (path) => stat(path).then(() => true, isMissing),
    makeDirectory: async (path) => void (await mkdir(path, { recursive: true })),
    removeTree: (path) => rm(path, { recursive: true, force: true }),
    async moveFolder(from, to) {
      await rename(from, to);
      await syncFolder(dirname(to));
    },
    readFile: async (path) => new Uint8Array(await readFile(path)),
    replaceFile,
    openFile,
    pass,
  };
}

async function openFile(path: string): Promise<OpenFile> {
  const handle = await open(path, 'r+');
  return {
    size: async () => (await handle.stat()).size,
    read: (offset, length) => readFully(handle, offset, length),
    write: (offset, bytes) => writeFully(handle, offset, bytes),
    truncate: (size) => handle.truncate(size),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

type Handle = Awaited<ReturnType<typeof open>>;

async function readFully(handle: Handle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function writeFully(handle: Handle, offset: number, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}

async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const aside = `${path}.new`;
  const handle = await open(aside, 'w');
  try {
    await writeFully(handle, 0, bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, path);
  await syncFolder(dirname(path));
}

/** A renamed file is durable once its folder is; Windows has no such call and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: NodeJS.ErrnoException): boolean {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
  throw error;
}
