/**
 * The lock file `ccl.lock`: name, version and hash of every dependency as it was when the project was last built, so that
 * nobody builds something else without noticing.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'smol-toml';
import { SOURCE_ENDING } from '../compiler/index.ts';
import { fail } from './failure.ts';
import { readText, writeFile } from './file.ts';
import { portable } from './modules.ts';
import { allDependencies, type Dependency, type Project } from './project.ts';

export const LOCK_FILE = 'ccl.lock';

export type Locked = {
  readonly name: string;
  readonly version: string;
  readonly from: string;
  /** SHA-256 in hex over the paths and texts of its sources, in the order of the paths. */
  readonly hash: string;
};

/**
 * Compares the dependencies with the lock file. What differs is written, and its names given back; with `--locked` a
 * difference is a failure.
 */
export function checkLock(
  project: Project,
  { locked }: { readonly locked?: true | undefined },
): readonly string[] {
  const now = allDependencies(project).map(lockedOf);
  const path = join(project.root, LOCK_FILE);
  const before = existsSync(path) ? readLock(path) : [];
  const differing = [...new Set([...now, ...before].map(({ name }) => name))].filter(
    (name) =>
      !same(
        now.find((each) => each.name === name),
        before.find((each) => each.name === name),
      ),
  );
  if (differing.length === 0) return [];
  if (locked) fail('C0604', { path, names: differing.join(', ') });
  writeFile(path, lockText(now));
  return differing;
}

function same(left: Locked | undefined, right: Locked | undefined): boolean {
  return left?.hash === right?.hash && left?.version === right?.version && left?.from === right?.from;
}

function lockedOf({ name, version, from, folder }: Dependency): Locked {
  const hash = createHash('sha256');
  for (const path of sourcesIn(folder)) {
    const text = readFileSync(path);
    hash.update(`${portable(relative(folder, path))}\0${text.length}\0`).update(text);
  }
  return { name, version, from: `${from.kind}:${from.text}`, hash: hash.digest('hex') };
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(SOURCE_ENDING) && !portable(name).split('/').includes('node_modules'))
    .sort()
    .map((name) => join(folder, name));
}

function lockText(all: readonly Locked[]): string {
  const entries = all.map(
    ({ name, version, from, hash }) =>
      `\n[[dependency]]\nname = ${JSON.stringify(name)}\nversion = ${JSON.stringify(version)}\nfrom = ${JSON.stringify(from)}\nhash = "${hash}"\n`,
  );
  return `# What each dependency held when this project was last built. Written by ccl; commit it.\n${entries.join('')}`;
}

/** An entry that says too little is as good as none: it differs from every other. */
function readLock(path: string): readonly Locked[] {
  let entries: unknown;
  try {
    ({ dependency: entries = [] } = parse(readText(path)));
  } catch {
    entries = null;
  }
  if (!Array.isArray(entries)) return fail('C0606', { path });
  return entries.map((entry: Readonly<Record<string, unknown>>) => {
    const text = (key: string) => (typeof entry[key] === 'string' ? entry[key] : '');
    return { name: text('name'), version: text('version'), from: text('from'), hash: text('hash') };
  });
}
