/** What an operator does to a node's directory while no node runs on it: make one, look at one. */
import { examineChain, type Notice } from './chain.ts';
import { claimDirectory, createDirectory, type Initialised } from './directory.ts';
import { messageOf, type Refused, refused } from './refusal.ts';
import { systemDisk } from './store/disk.ts';

/** `notices` are what a start would mend. */
export type Checked =
  | {
      readonly ok: true;
      readonly chainId: string;
      readonly height: number;
      readonly notices: readonly Notice[];
    }
  | Refused;

/** Makes a directory for the chain of this genesis: the text of the file or its bytes, every one of which counts. */
export async function initDirectory(directory: string, genesis: string | Uint8Array): Promise<Initialised> {
  return await createDirectory(
    systemDisk(),
    directory,
    typeof genesis === 'string' ? new TextEncoder().encode(genesis) : genesis,
  );
}

/** Reads the whole log and the state and reports; mends nothing. */
export async function checkDirectory(directory: string): Promise<Checked> {
  const disk = systemDisk();
  const claimed = await claimDirectory(disk, directory);
  if (!claimed.ok) return claimed;
  try {
    const examined = await examineChain(disk, claimed);
    return examined.ok
      ? { ok: true, chainId: claimed.founding.chainId, height: examined.height, notices: examined.notices }
      : examined;
  } catch (error) {
    return refused('DirectoryUnusable', { directory, reason: messageOf(error) });
  } finally {
    claimed.lock.release();
  }
}
