/**
 * The sources that a source uses, loaded for the compiler, which reads no files. A path in; every source by its name out,
 * the standard library and the project's dependencies included.
 */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { isLibrary, normalPath, possibleModules, SOURCE_ENDING } from '../compiler/index.ts';
import { readText } from './file.ts';

export type Loaded = {
  readonly main: string;
  readonly sources: ReadonlyMap<string, string>;
  /** Further modules that could be used, for suggestions. */
  readonly known: readonly string[];
};

/** Folders of libraries, by the name that stands first in `use name.module.{ … }`. */
export type Libraries = ReadonlyMap<string, string>;

/** Shipped beside the code, in development as where it is installed. */
export const STANDARD_LIBRARY = join(import.meta.dirname, '..', 'stdlib');

/** Files that one source may need. */
const FILES_MAX = 1_000;

/** Loads `path` and what it uses. A file that is used and not there is the compiler's to report. */
export function loadSources(path: string, libraries: Libraries): Loaded {
  const loaded = loadFrom(normalPath(path), libraries);
  // A file that is met on two ways, one of them out of this folder and back, has one name only from the root.
  const detour = [...loaded.sources.keys()].some((name) => name.startsWith('../') && isInside(resolve(name)));
  return detour ? loadFrom(portable(resolve(path)), libraries) : loaded;
}

function isInside(path: string): boolean {
  return path.startsWith(process.cwd() + sep);
}

/** Paths of sources have `/` on every system. */
export function portable(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

function loadFrom(main: string, libraries: Libraries): Loaded {
  const sources = new Map<string, string>();
  const names = new Set([main]);
  for (const name of names) {
    const file = name === main ? main : fileOf(name, libraries);
    if (file === null || sources.size >= FILES_MAX || (name !== main && !isFile(file))) continue;
    const text = readText(file);
    sources.set(name, text);
    for (const used of possibleModules(name, text)) names.add(used);
  }
  return { main, sources, known: knownModules(names, libraries) };
}

/** The file of a module; null where there is no such library. */
export function fileOf(name: string, libraries: Libraries): string | null {
  if (!isLibrary(name)) return name;
  const [library = '', ...module] = name.split('.');
  const folder = libraries.get(library);
  if (folder === undefined) return null;
  return join(folder, ...(module.length === 0 ? ['lib'] : module)) + SOURCE_ENDING;
}

/** Modules of libraries that are mentioned, and files in the folders of files that are. */
function knownModules(names: ReadonlySet<string>, libraries: Libraries): readonly string[] {
  if (names.size === 1) return [];
  const files = [...names].filter((name) => !isLibrary(name));
  const folders = new Set(files.map(dirname));
  const beside = [...folders].flatMap((folder) =>
    sourcesIn(folder).map((file) => normalPath(`${folder}/${file}`)),
  );
  const modules = [...libraries].flatMap(([library, folder]) =>
    sourcesIn(folder).map((file) => `${library}.${file.slice(0, -SOURCE_ENDING.length)}`),
  );
  return [...beside, ...modules];
}

function sourcesIn(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(SOURCE_ENDING))
    .sort();
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
