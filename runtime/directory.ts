/**
 * A node's directory: `genesis.json`, `blocks.log` (what cannot be made again), `state/` (what can), `lock`. Making
 * one, and reading who it belongs to. A directory counts as one from the moment its genesis is in place.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Founding, foundChain } from './app/founding.ts';
import { equalBytes } from './codec/schema.ts';
import { messageOf, type Refused, refused } from './refusal.ts';
import type { Disk } from './store/disk.ts';
import { type Lock, lockDirectory } from './store/lock.ts';
import { emptyLog } from './store/log.ts';

export type Paths = {
  readonly directory: string;
  readonly genesis: string;
  readonly log: string;
  readonly state: string;
  /** A copy of the state, while a node starts. */
  readonly fresh: string;
};

export type Initialised = { readonly ok: true; readonly chainId: string } | Refused;

export function pathsOf(directory: string): Paths {
  return {
    directory,
    genesis: join(directory, 'genesis.json'),
    log: join(directory, 'blocks.log'),
    state: join(directory, 'state'),
    fresh: join(directory, 'state.fresh'),
  };
}

/**
 * Makes a node directory for the chain of `genesis` (the file's bytes). The directory may exist if it is empty, or
 * holds what an interrupted attempt left.
 */
export async function createDirectory(
  disk: Disk,
  directory: string,
  genesis: Uint8Array,
): Promise<Initialised> {
  const founding = foundChain(genesis);
  if (!founding.ok) return refused('BadGenesis', { reason: founding.message });
  return await guarded(directory, async () => {
    const names = (await disk.exists(directory)) ? await readdir(directory) : [];
    if (!(await mayFound(disk, directory, names, emptyLog(founding.value.chainId))))
      return refused('DirectoryNotEmpty', { directory });
    await disk.makeDirectory(directory);
    disk.pass('init.directory');
    const lock = lockDirectory(directory);
    if (lock === null) return refused('DirectoryTaken', { directory });
    try {
      await writeFounding(disk, pathsOf(directory), founding.value.chainId, genesis);
    } finally {
      lock.release();
    }
    return { ok: true, chainId: founding.value.chainId };
  });
}

/** Whether nothing stands there but what an interrupted attempt left: never a log with blocks. */
async function mayFound(
  disk: Disk,
  directory: string,
  names: readonly string[],
  unused: Uint8Array,
): Promise<boolean> {
  if (names.some((name) => !LEFTOVERS.includes(name))) return false;
  if (!names.includes('blocks.log')) return true;
  const log = await disk.openFile(pathsOf(directory).log);
  try {
    return equalBytes(await log.read(0, unused.length + 1), unused);
  } finally {
    await log.close();
  }
}

const LEFTOVERS = ['lock', 'blocks.log', 'blocks.log.new', 'genesis.json.new'];

async function writeFounding(disk: Disk, paths: Paths, chainId: string, genesis: Uint8Array): Promise<void> {
  await disk.replaceFile(paths.log, emptyLog(chainId));
  disk.pass('init.log');
  await disk.replaceFile(paths.genesis, genesis);
  disk.pass('init.genesis');
}

export type Claimed =
  | {
      readonly ok: true;
      readonly lock: Lock;
      readonly paths: Paths;
      readonly genesis: Uint8Array;
      readonly founding: Founding;
    }
  | Refused;

/** Takes the directory for this process and reads its genesis. */
export async function claimDirectory(disk: Disk, directory: string): Promise<Claimed> {
  const paths = pathsOf(directory);
  return await guarded(directory, async () => {
    if (!(await disk.exists(directory))) return refused('DirectoryMissing', { directory });
    for (const file of [paths.genesis, paths.log]) {
      if (!(await disk.exists(file))) return refused('NotANodeDirectory', { directory, file });
    }
    const lock = lockDirectory(directory);
    if (lock === null) return refused('DirectoryTaken', { directory });
    const genesis = await disk.readFile(paths.genesis);
    const founding = foundChain(genesis);
    if (founding.ok) return { ok: true, lock, paths, genesis, founding: founding.value };
    lock.release();
    return refused('BadGenesis', { reason: founding.message });
  });
}

/** The system's refusals, such as a directory that may not be read, are the user's to mend. */
async function guarded<T>(directory: string, run: () => Promise<T | Refused>): Promise<T | Refused> {
  try {
    return await run();
  } catch (error) {
    return refused('DirectoryUnusable', { directory, reason: messageOf(error) });
  }
}
