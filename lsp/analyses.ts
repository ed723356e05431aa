/** The newest analysis of each open document, made when it is asked for. */
import { fileURLToPath } from 'node:url';
import { type LibrariesOf, workspaceOf } from './disk.ts';
import { type Document, type File, readDocument } from './document.ts';

/** The texts that are open, by their URI. */
export type OpenTexts = {
  readonly textOf: (uri: string) => string | undefined;
  readonly uris: () => readonly string[];
};

export type Analyses = {
  readonly of: (uri: string) => Document | null;
  /** The documents that are open and need a file, its own among them. */
  readonly needing: (uri: string) => readonly string[];
  /** Forgets what was made from another text of the file than it now has; gives the documents that are open. */
  readonly forget: (uri: string) => readonly string[];
  readonly forgetAll: () => readonly string[];
};

export function openAnalyses({ textOf, uris }: OpenTexts, librariesOf: LibrariesOf): Analyses {
  const known = new Map<string, Document>();
  const openWith = (holds: (file: File) => boolean): readonly string[] =>
    [...known.values()]
      .filter(({ uri, files }) => textOf(uri) !== undefined && [...files.values()].some(holds))
      .map(({ uri }) => uri);
  return {
    of: (uri) => {
      const text = textOf(uri);
      if (text === undefined) return null;
      const path = uri.startsWith('file:') ? fileURLToPath(uri) : uri;
      const document = known.get(uri) ?? readDocument(uri, text, workspaceOf(textOf, librariesOf(path)));
      known.set(uri, document);
      return document;
    },
    needing: (uri) => openWith((file) => file.uri === uri),
    forget: (uri) => {
      const text = textOf(uri);
      const stale = openWith((file) => file.uri === uri && file.text !== text);
      for (const each of [...stale, ...(text === undefined ? [uri] : [])]) known.delete(each);
      return text === undefined || known.has(uri) ? stale : [...new Set([uri, ...stale])];
    },
    forgetAll: () => {
      known.clear();
      return uris();
    },
  };
}
