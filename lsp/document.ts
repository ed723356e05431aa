/** One source as an editor has it: its text and what the compiler knows about it and the files that it uses. */
import { type Analysis, analyse, lineStarts, normalPath, possibleModules } from '../compiler/index.ts';

export type Document = {
  readonly uri: string;
  readonly text: string;
  readonly starts: readonly number[];
  readonly analysis: Analysis;
  /** The URI of each file of the analysis, and what is needed to find places in it. */
  readonly files: ReadonlyMap<string, File>;
};

export type File = { readonly uri: string; readonly text: string; readonly starts: readonly number[] };

/** How names of modules, URIs and texts belong together; the server knows the editor's documents and the disk. */
export type Workspace = {
  readonly nameOf: (uri: string) => string;
  readonly uriOf: (name: string) => string;
  /** Null where there is no such file. */
  readonly read: (name: string) => string | null;
};

/** A workspace without other files. */
export const ALONE: Workspace = { nameOf: (uri) => uri, uriOf: (name) => name, read: () => null };

/** Files that one document may need. */
const FILES_MAX = 256;

/** Analyses a source with those that it uses. */
export function readDocument(uri: string, text: string, workspace: Workspace = ALONE): Document {
  const main = normalPath(workspace.nameOf(uri));
  const analysis = analyse(sourcesFrom(main, text, workspace), main);
  const files = new Map(
    analysis.parts.map((part) => {
      const own = part.name === main ? uri : workspace.uriOf(part.name);
      return [part.name, { uri: own, text: part.text, starts: lineStarts(part.text) }];
    }),
  );
  return { uri, text, starts: lineStarts(text), analysis, files };
}

function sourcesFrom(main: string, text: string, workspace: Workspace): ReadonlyMap<string, string> {
  const sources = new Map([[main, text]]);
  const names = new Set(possibleModules(main, text));
  for (const name of names) {
    const used = sources.size < FILES_MAX ? workspace.read(name) : null;
    if (used === null || sources.has(name)) continue;
    sources.set(name, used);
    for (const next of possibleModules(name, used)) names.add(next);
  }
  return sources;
}
