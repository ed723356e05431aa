/**
 * Names of modules. A file is known by its path with `/` (`contracts/shared.ccl`), or by whatever name the shell gave it;
 * a module of a library by its dotted path (`std.voting`), which no file can be called. No IO.
 */
import type * as ast from '../syntax/ast.ts';

/** Sources end so. */
export const SOURCE_ENDING = '.ccl';

/** The path as written in a `use`: `std.voting`, `./shared.ccl`. */
export function writtenPath({ path }: ast.Use): string {
  return 'kind' in path ? path.value : path.map(({ text }) => text).join('.');
}

/** Whether a file is used by its path, not a module by its name. */
export function isPath({ path }: ast.Use): boolean {
  return 'kind' in path;
}

/** The name of the module that a `use` in `from` means; null where what is written is no path of a source. */
export function moduleName(from: string, use: ast.Use): string | null {
  const written = writtenPath(use);
  if (!isPath(use)) return written;
  if (!/^\.\.?\//.test(written) || !written.endsWith(SOURCE_ENDING)) return null;
  return isLibrary(from) ? insideLibrary(from, written) : joined(folderOf(from), written.split('/'), '/');
}

/**
 * The file that holds an earlier version of a contract, beside the one that follows it: `TimeBank@1.0.0.ccl`. Null where
 * what is written is no version, or the contract stands in a library, whose files have other names.
 */
export function predecessorName(from: string, contract: string, version: string): string | null {
  if (isLibrary(from) || contract === '' || !VERSION.test(version)) return null;
  return joined(folderOf(from), [`${contract}@${version}${SOURCE_ENDING}`], '/');
}

/** Three numbers. */
export const VERSION = /^\d+\.\d+\.\d+$/;

/** Whether the name is that of a module of a library. */
export function isLibrary(name: string): boolean {
  return !name.endsWith(SOURCE_ENDING) && /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name);
}

/** `path` without `.` and `..` where they can be followed: two ways to write a path of a file give one name. */
export function normalPath(path: string): string {
  return joined([], path.split('/'), '/') || '.';
}

/** The way from the folder of one file to another, as a `use` writes it. */
export function relativePath(from: string, to: string): string {
  if (isLibrary(to)) return to;
  const [here, there] = [folderOf(from), to.split('/')];
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared++;
  const up = here.slice(shared).map(() => '..');
  return [...(up.length === 0 ? ['.'] : up), ...there.slice(shared)].join('/');
}

/**
 * The names of modules that a text may use, found without parsing it, for a shell that has to load them: everything that
 * looks like a `use` or an `upgrade from`, so perhaps more than are used.
 */
export function possibleModules(from: string, text: string): readonly string[] {
  const found = new Set<string>();
  for (const [, quoted, dotted] of text.matchAll(USE)) {
    const span = { start: 0, end: 0 };
    const path: ast.Use['path'] =
      quoted === undefined
        ? dotted!.split('.').map((part) => ({ kind: 'name', span, text: part.trim() }))
        : { kind: 'text', span, value: quoted };
    const name = moduleName(from, { kind: 'use', span, path, names: [] });
    if (name !== null) found.add(name);
  }
  for (const name of possiblePredecessors(from, text)) found.add(name);
  return [...found];
}

function possiblePredecessors(from: string, text: string): readonly string[] {
  let contract = '';
  return [...text.matchAll(UPGRADE)].flatMap(([, named, version]) => {
    contract = named ?? contract;
    const name = version === undefined ? null : predecessorName(from, contract, version);
    return name === null ? [] : [name];
  });
}

const UPGRADE = /\bcontract\s+([A-Za-z_]\w*)|\bupgrade\s+from\s+"([^"\\\n]*)"/g;

const USE = /\buse\s+(?:"([^"\\\n]*)"|([A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*))\s*\.?\s*\{?/g;

function folderOf(file: string): readonly string[] {
  return file.split('/').slice(0, -1);
}

/** `coop.rules.escrow` and `../shared.ccl` give `coop.shared`; null where the path leaves the library. */
function insideLibrary(from: string, written: string): string | null {
  const parts = joined(
    from.split('.').slice(0, -1),
    written.slice(0, -SOURCE_ENDING.length).split('/'),
    '.',
  ).split('.');
  return parts[0] === from.split('.')[0] && isLibrary(parts.join('.')) ? parts.join('.') : null;
}

function joined(folder: readonly string[], parts: readonly string[], separator: string): string {
  const path = [...folder];
  for (const part of parts) {
    const last = path.at(-1);
    if (part === '.') continue;
    if (part === '..' && last !== undefined && last !== '..' && last !== '') path.pop();
    else path.push(part);
  }
  return path.join(separator);
}
