/**
 * `npm run build`: TypeScript sources in, `dist/` out: plain JavaScript with its own manifest and `bin`, ready for
 * `npm pack dist`. Node runs the sources as they are in development but refuses that inside `node_modules`.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = import.meta.dirname;
const DIST = join(ROOT, 'dist');
/** Shipped beside the code, as they are. */
const ASSETS = ['LICENSE', 'README.md', 'examples', 'stdlib'];

rmSync(DIST, { recursive: true, force: true });
execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', join(ROOT, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
for (const asset of ASSETS)
  if (existsSync(join(ROOT, asset))) cpSync(join(ROOT, asset), join(DIST, asset), { recursive: true });
writeFileSync(join(DIST, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
makeExecutable(join(DIST, 'cli', 'main.js'));
console.log(`built ${DIST}`);

/** What an installed CCL needs: the dependencies of the product, none of its tools. */
function manifest(): object {
  const ours = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  const { name, version, description, license, type, engines, dependencies } = ours;
  return { name, version, description, license, type, engines, bin: { ccl: 'cli/main.js' }, dependencies };
}

function makeExecutable(path: string): void {
  const text = readFileSync(path, 'utf8');
  if (!text.startsWith('#!')) writeFileSync(path, `#!/usr/bin/env node\n${text}`);
  chmodSync(path, 0o755);
}
