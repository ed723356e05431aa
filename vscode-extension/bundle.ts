/**
 * `node vscode-extension/bundle.ts [FOLDER]`: the extension and its language server, bundled into plain files, and
 * packed into FOLDER/ccl.vsix. The manifest names no dependency, because everything is inside.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..');
/** Go into the package as they are. */
const ASSETS = ['package.json', 'language-configuration.json', 'syntaxes', 'README.md'];
/** The same for what belongs to all of CCL. */
const SHARED = ['LICENSE', 'stdlib'];
/** What runs inside the editor, and what runs beside it: the server, the thread that proves, and those of its solver. */
const PROGRAMS = {
  extension: join(HERE, 'extension.ts'),
  server: join(ROOT, 'lsp', 'stdio.ts'),
  thread: join(ROOT, 'lsp', 'thread.ts'),
  worker: join(ROOT, 'solver', 'worker.ts'),
};
/** Z3 as WebAssembly: its loader starts threads of its own file, and reads what stands beside it. So neither is bundled. */
const SOLVER = join(ROOT, 'node_modules', 'z3-solver');
const LOADER = 'z3-built.js';
const SOLVER_FILES = [LOADER, 'z3-built.wasm'];

/** Empties `outDir` and fills it with the bundled extension; the path of the packed `.vsix` in it. */
export async function bundleExtension(outDir: string): Promise<string> {
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  for (const asset of ASSETS) cpSync(join(HERE, asset), join(outDir, asset), { recursive: true });
  for (const shared of SHARED) cpSync(join(ROOT, shared), join(outDir, shared), { recursive: true });
  await build({
    entryPoints: PROGRAMS,
    outdir: outDir,
    bundle: true,
    platform: 'node',
    // The server runs on the editor's own Node: VS Code 1.101 has 22.
    target: 'node22',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    plugins: [solverBeside],
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': 'ownUrl' },
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  copySolver(join(outDir, 'z3'));
  return pack(outDir);
}

const solverBeside: Plugin = {
  name: 'the solver beside the bundle',
  setup: (bundle) =>
    bundle.onResolve({ filter: /\/z3-built$/ }, () => ({ path: `./z3/${LOADER}`, external: true })),
};

/** In a folder whose scripts are no modules, whatever those around it are. */
function copySolver(folder: string): void {
  mkdirSync(folder);
  for (const file of SOLVER_FILES) cpSync(join(SOLVER, 'build', file), join(folder, file));
  cpSync(join(SOLVER, 'LICENSE.txt'), join(folder, 'LICENSE.txt'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
}

function pack(folder: string): string {
  const vsix = join(folder, 'ccl.vsix');
  const vsce = join(ROOT, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = ['package', '--no-dependencies', '--allow-missing-repository', '--out', vsix];
  execFileSync(process.execPath, [vsce, ...options], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  return vsix;
}

if (import.meta.main)
  console.log(await bundleExtension(resolve(process.argv[2] ?? join(ROOT, 'dist', 'vscode'))));
