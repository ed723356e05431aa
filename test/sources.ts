/** The project's own source files, as paths relative to the root. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const SKIP = new Set(['node_modules', 'dist', '.git', 'fixtures', '.ccl-cache']);

/** Every file below `root` whose name ends in `extension`, sorted; installed, built and fixture files left out. */
export function sourceFiles(root: string, extension: string, below = ''): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!SKIP.has(entry.name)) found.push(...sourceFiles(root, extension, path));
    } else if (entry.name.endsWith(extension)) found.push(path);
  }
  return found.sort();
}
