/** The editor's documents and the files beside them as one workspace: what is open counts, the disk has the rest. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isLibrary, SOURCE_ENDING } from '../compiler/index.ts';
import type { Workspace } from './document.ts';

/** Folders of libraries by name, for the source at a path: the standard library, and what its project depends on. */
export type LibrariesOf = (path: string) => ReadonlyMap<string, string>;

/** Shipped beside the server's folder; in the editor's extension beside the server itself. */
export const STANDARD_LIBRARY =
  [join(import.meta.dirname, '..', 'stdlib'), join(import.meta.dirname, 'stdlib')].find((folder) =>
    existsSync(folder),
  ) ?? 'stdlib';

const FILE_BYTES_MAX = 4_194_304;

/** `openText` gives the text of an open document by its URI. */
export function workspaceOf(
  openText: (uri: string) => string | undefined,
  libraries: ReadonlyMap<string, string>,
): Workspace {
  const pathOf = (name: string): string | null => (isLibrary(name) ? libraryFile(name, libraries) : name);
  const uriOf = (name: string): string => {
    const path = pathOf(name);
    return path === null || !path.startsWith('/') ? name : pathToFileURL(path).href;
  };
  return {
    nameOf: (uri) => (uri.startsWith('file:') ? fileURLToPath(uri).replaceAll('\\', '/') : uri),
    uriOf,
    read: (name) => openText(uriOf(name)) ?? readFrom(pathOf(name)),
  };
}

function libraryFile(name: string, libraries: ReadonlyMap<string, string>): string | null {
  const [library = '', ...module] = name.split('.');
  const folder = libraries.get(library);
  return folder === undefined
    ? null
    : join(folder, ...(module.length === 0 ? ['lib'] : module)) + SOURCE_ENDING;
}

function readFrom(path: string | null): string | null {
  if (path === null) return null;
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= FILE_BYTES_MAX ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}
