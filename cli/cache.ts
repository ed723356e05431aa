/** Where the tools keep what they can make again: answers of the solver, compiled code. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$CCL_CACHE`, else `ccl` in the user's folder for caches. */
export function cacheFolder(): string {
  const { CCL_CACHE, XDG_CACHE_HOME } = process.env;
  return CCL_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ccl');
}
