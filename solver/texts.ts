/**
 * Texts on disk by name, one file each. What cannot be read counts as absent, and what cannot be written is not kept:
 * all of it can be made again.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Texts = {
  readonly get: (name: string) => string | undefined;
  readonly put: (name: string, text: string) => void;
};

/** Names are file names. */
export function openTexts(dir: string): Texts {
  return { get: (name) => read(join(dir, name)), put: (name, text) => write(dir, name, text) };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Written beside and renamed, so that a reader never sees half a file. */
function write(dir: string, name: string, text: string): void {
  try {
    mkdirSync(dir, { recursive: true });
    const beside = join(dir, `${name}.${process.pid}`);
    writeFileSync(beside, text);
    renameSync(beside, join(dir, name));
  } catch {
    // The work stands without it.
  }
}
