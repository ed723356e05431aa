/** The network's own contracts, which nobody here wrote: read where they lie beside the project, not copied into it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Fixture } from '../harness.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/inputs/icn-ccl');

/** Sorted by path; empty, and said so, where the folder is not there. */
export function originals(): Fixture[] {
  if (!existsSync(FOLDER)) {
    console.log(`not run: the network's own contracts are not at ${FOLDER}`);
    return [];
  }
  const paths = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ccl.json'),
  );
  return paths.sort().map((path) => ({
    name: basename(path),
    path: join(FOLDER, path),
    text: readFileSync(join(FOLDER, path), 'utf8'),
  }));
}
