/** What is known of this installation: its version, and where it keeps what it can make again. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** From the manifest: above this folder, or beside this file where all is bundled into one. */
export const VERSION: string = manifestVersion(
  [import.meta.dirname, join(import.meta.dirname, '..')]
    .map((folder) => join(folder, 'package.json'))
    .find((path) => existsSync(path)),
);

function manifestVersion(path: string | undefined): string {
  const { version } = JSON.parse(readFileSync(path!, 'utf8')) as { readonly version: string };
  return version;
}

/** Answers of the solver, runs that were found, compiled code: `$CCL_CACHE`, else `ccl` in the user's folder for caches. */
export function cacheFolder(): string {
  const { CCL_CACHE, XDG_CACHE_HOME } = process.env;
  return CCL_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ccl');
}

/** The solver's answers. */
export function answersFolder(): string {
  return join(cacheFolder(), 'answers');
}

/** What searches on the machine found. Another version may look elsewhere. */
export function runsFolder(): string {
  return join(cacheFolder(), 'runs', VERSION);
}
