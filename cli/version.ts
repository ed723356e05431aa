/** The version of this CCL, from the manifest beside the code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const VERSION: string = manifestVersion(join(import.meta.dirname, '..', 'package.json'));

function manifestVersion(path: string): string {
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return version;
}
