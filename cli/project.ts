/**
 * The project file `ccl.toml`. In: a folder or a file. Out: what the project around it says: sources, tests, the network,
 * and the folder of each library that it depends on. A mistake is a failure with file, line and what to do.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { normalPath, SOURCE_ENDING } from '../compiler/index.ts';
import { fail, failureOf } from './failure.ts';
import { readText } from './file.ts';
import { type Libraries, portable, STANDARD_LIBRARY } from './modules.ts';

export const PROJECT_FILE = 'ccl.toml';

export type Project = {
  /** The folder of the file, absolute. */
  readonly root: string;
  readonly name: string;
  readonly version: string;
  /** Folders and files, absolute. */
  readonly sources: readonly string[];
  readonly tests: readonly string[];
  readonly network: { readonly node: string | null; readonly cooperative: string | null };
  readonly dependencies: readonly Dependency[];
};

export type Dependency = {
  readonly name: string;
  /** As written: a path, or the name of a package in `node_modules`. */
  readonly from: { readonly kind: 'path' | 'package'; readonly text: string };
  /** Where it lies, absolute. */
  readonly root: string;
  /** Where its modules are. */
  readonly folder: string;
  readonly version: string;
};

/** The project around a path: the nearest `ccl.toml` in its folder or above. Null where there is none. */
export function projectAround(path: string): Project | null {
  const start = resolve(path);
  const isFolder = statSync(start, { throwIfNoEntry: false })?.isDirectory() === true;
  for (let folder = isFolder ? start : dirname(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, PROJECT_FILE))) return readProject(folder);
    if (folder === dirname(folder)) return null;
  }
}

/** The project of this folder; a failure where there is none. */
export function projectHere(): Project {
  return projectAround('.') ?? fail('C0602', {});
}

/** Where the project around this folder talks to; nothing where its file cannot be read, which other commands say. */
export function projectNetwork(): Project['network'] {
  try {
    return projectAround('.')?.network ?? { node: null, cooperative: null };
  } catch (error) {
    if (failureOf(error) === null) throw error;
    return { node: null, cooperative: null };
  }
}

/** The folders of every library that a source at `path` may use, by name. */
export function librariesFor(path: string): Libraries {
  const project = projectAround(path);
  const folders = new Map([['std', STANDARD_LIBRARY]]);
  for (const { name, folder } of project === null ? [] : allDependencies(project)) folders.set(name, folder);
  return folders;
}

/** The dependencies of a project and theirs, by name; one name means one folder. */
export function allDependencies(project: Project): readonly Dependency[] {
  const found = new Map<string, Dependency>();
  const open = [project];
  for (const next of open) {
    for (const dependency of next.dependencies) {
      const known = found.get(dependency.name);
      if (known !== undefined && known.root !== dependency.root)
        fail('C0605', { name: dependency.name, one: known.root, other: dependency.root });
      if (known !== undefined) continue;
      found.set(dependency.name, dependency);
      if (existsSync(join(dependency.root, PROJECT_FILE))) open.push(readProject(dependency.root));
    }
  }
  return [...found.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** The sources of a project, or its sources and tests, as paths from this folder; sorted. */
export function filesOf(project: Project, what: 'sources' | 'all'): readonly string[] {
  const places = what === 'all' ? [...project.sources, ...project.tests] : project.sources;
  const files = new Set(places.flatMap(sourcesBelow));
  const paths = [...files].sort().map((path) => portable(relative('.', path)));
  return paths.length > 0 ? paths.map(normalPath) : fail('C0603', { path: join(project.root, PROJECT_FILE) });
}

/** A source itself, or every source below a folder; packages and hidden folders are somebody else's. */
function sourcesBelow(place: string): readonly string[] {
  if (statSync(place).isFile()) return [place];
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const path = join(place, entry.name);
    if (entry.isDirectory())
      return entry.name === 'node_modules' || entry.name.startsWith('.') ? [] : sourcesBelow(path);
    return entry.name.endsWith(SOURCE_ENDING) ? [path] : [];
  });
}

// ---- reading the file --------------------------------------------------------------------------

type Table = Readonly<Record<string, unknown>>;
/** A file that is being read: mistakes name it and the line. */
type Reading = { readonly path: string; readonly text: string; readonly root: string };

function readProject(root: string): Project {
  const path = join(root, PROJECT_FILE);
  const text = readText(path);
  const reading: Reading = { path: portable(relative('.', path)) || path, text, root };
  const top = parsed(reading);
  checkKeys(reading, top, '', ['project', 'network', 'dependencies']);
  const project = tableAt(reading, top, 'project');
  checkKeys(reading, project, 'project', ['name', 'version', 'sources', 'tests']);
  const network = tableAt(reading, top, 'network');
  checkKeys(reading, network, 'network', ['node', 'cooperative']);
  const sources = placesAt(reading, project, 'sources') ?? [root];
  return {
    root,
    name: textAt(reading, project, 'name') ?? portable(root).split('/').at(-1) ?? '',
    version: textAt(reading, project, 'version') ?? '0.0.0',
    sources,
    tests: placesAt(reading, project, 'tests') ?? sources,
    network: { node: textAt(reading, network, 'node'), cooperative: textAt(reading, network, 'cooperative') },
    dependencies: dependenciesAt(reading, tableAt(reading, top, 'dependencies')),
  };
}

function parsed(reading: Reading): Table {
  try {
    return parse(reading.text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ''] = error.message.split('\n');
    const reason = first.replace(/^Invalid TOML document: /, '');
    return fail('C0601', {
      path: reading.path,
      line: error.line,
      reason,
      help: 'the file is written in TOML: https://toml.io',
    });
  }
}

/** Ends with a failure at the line where `key` stands. */
function refuse({ path, text }: Reading, key: string, reason: string, help: string): never {
  const at = text.split('\n').findIndex((line) => new RegExp(`(^|[\\s,{["'])${key}\\b`).test(line));
  return fail('C0601', { path, line: at + 1, reason, help });
}

function checkKeys(reading: Reading, table: Table, where: string, known: readonly string[]): void {
  for (const key of Object.keys(table)) {
    if (known.includes(key)) continue;
    const place = where === '' ? 'the file' : `[${where}]`;
    refuse(
      reading,
      key,
      `${place} has no \`${key}\``,
      `it may have ${known.map((name) => `\`${name}\``).join(', ')}`,
    );
  }
}

function tableAt(reading: Reading, table: Table, key: string): Table {
  const value = table[key] ?? {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Table;
  return refuse(reading, key, `\`${key}\` is no table`, `write [${key}] and its entries below`);
}

function textAt(reading: Reading, table: Table, key: string): string | null {
  const value = table[key] ?? null;
  if (value === null || typeof value === 'string') return value;
  return refuse(reading, key, `\`${key}\` is no text`, `write ${key} = "…"`);
}

function placesAt(reading: Reading, table: Table, key: string): readonly string[] | null {
  const value = table[key];
  if (value === undefined) return null;
  const form = `write ${key} = ["contracts"]`;
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    return refuse(reading, key, `\`${key}\` is no list of folders and files`, form);
  return (value as string[]).map((place) => {
    const path = resolve(reading.root, place);
    return existsSync(path)
      ? path
      : refuse(reading, key, `there is nothing at ${place}`, 'make it, or take it out');
  });
}

function dependenciesAt(reading: Reading, table: Table): readonly Dependency[] {
  return Object.keys(table).map((name) => {
    const form = `write ${name} = { path = "../${name}" } or ${name} = { package = "@coop/${name}" }`;
    if (!/^[A-Za-z_]\w*$/.test(name) || name === 'std')
      refuse(
        reading,
        name,
        `\`${name}\` cannot be the name of a dependency`,
        'a name has letters, digits and _, and is not std',
      );
    const entry = table[name];
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
      return refuse(reading, name, `\`${name}\` says neither path nor package`, form);
    const { path, package: packaged, ...others } = entry as Table;
    const from =
      typeof path === 'string' && packaged === undefined
        ? ({ kind: 'path', text: path } as const)
        : typeof packaged === 'string' && path === undefined
          ? ({ kind: 'package', text: packaged } as const)
          : null;
    if (from === null || Object.keys(others).length > 0)
      return refuse(reading, name, `\`${name}\` says neither path nor package alone`, form);
    return found(reading, name, from);
  });
}

function found(reading: Reading, name: string, from: Dependency['from']): Dependency {
  const root = from.kind === 'path' ? resolve(reading.root, from.text) : packageRoot(reading.root, from.text);
  if (root === null)
    return refuse(reading, name, `the package ${from.text} is not installed`, `npm install ${from.text}`);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true)
    return refuse(
      reading,
      name,
      `there is no folder ${from.text}`,
      'the path begins in the folder of this file',
    );
  return { name, from, root, ...aboutLibrary(root) };
}

/** The folder of a package in the nearest `node_modules` that has it. */
function packageRoot(from: string, name: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, 'node_modules', ...name.split('/'));
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return null;
  }
}

/** A library says its version and the folder of its modules in its own project file, or its version in `package.json`. */
function aboutLibrary(root: string): Pick<Dependency, 'folder' | 'version'> {
  if (existsSync(join(root, PROJECT_FILE))) {
    const { sources, version } = readProject(root);
    const folder = sources.find((place) => statSync(place).isDirectory());
    return { folder: folder ?? root, version };
  }
  const manifest = join(root, 'package.json');
  const version = existsSync(manifest)
    ? (JSON.parse(readText(manifest)) as { version?: unknown }).version
    : null;
  return { folder: root, version: typeof version === 'string' ? version : '0.0.0' };
}
