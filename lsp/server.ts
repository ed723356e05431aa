/**
 * The language server: the only file that knows JSON-RPC. Messages in, the pure functions of this folder, messages
 * out. A failure of ours becomes an error answer and a line in the editor's log; the server lives on.
 */
import { fileURLToPath } from 'node:url';
import {
  type CodeAction,
  type Connection,
  createConnection,
  type Diagnostic,
  type DocumentSymbol,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { definitionAt } from './definition.ts';
import { marksOf, type Repair, repairsIn } from './diagnostics.ts';
import { type LibrariesOf, STANDARD_LIBRARY, workspaceOf } from './disk.ts';
import { type Document, readDocument } from './document.ts';
import { formattingEdits, rangeFormattingEdits } from './formatting.ts';
import { hoverAt } from './hover.ts';
import { offsetOf, type Place } from './place.ts';
import { outlineOf } from './symbols.ts';

export type Streams = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** The standard library alone where it is not given. */
  readonly librariesOf?: LibrariesOf;
};

/** An analysis waits for a pause in typing. */
const PAUSE_MS = 150;

const CAPABILITIES: InitializeResult = {
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    hoverProvider: true,
    definitionProvider: true,
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentSymbolProvider: true,
    codeActionProvider: { codeActionKinds: ['quickfix'] },
  },
  serverInfo: { name: 'ccl' },
};

/** Serves one editor over two streams. The process ends when the editor says so or goes away. */
export function startServer({ input, output, librariesOf = standardLibrary }: Streams): void {
  const connection = createConnection(input, output);
  const texts = new TextDocuments(TextDocument);
  connection.onInitialize(() => CAPABILITIES);
  const known = analysisCache(texts, librariesOf);
  publishWhileTyping(connection, texts, known);
  answerPlaces(connection, known);
  answerDocuments(connection, texts, known);
  texts.listen(connection);
  connection.listen();
}

function standardLibrary(): ReadonlyMap<string, string> {
  return new Map([['std', STANDARD_LIBRARY]]);
}

type Texts = TextDocuments<TextDocument>;

/** The newest analysis of each open document, made when it is asked for. */
type Known = {
  readonly of: (uri: string) => Document | null;
  /** Forgets a document and those that need it; gives those that are open. */
  readonly forget: (uri: string) => readonly string[];
  readonly forgetAll: () => readonly string[];
};

function analysisCache(texts: Texts, librariesOf: LibrariesOf): Known {
  const known = new Map<string, Document>();
  const forget = (uri: string) => {
    const stale = [...known.values()].filter(({ files }) =>
      [...files.values()].some((file) => file.uri === uri),
    );
    for (const each of stale) known.delete(each.uri);
    return stale.map((each) => each.uri);
  };
  return {
    of: (uri) => {
      const text = texts.get(uri)?.getText();
      if (text === undefined) return null;
      const path = uri.startsWith('file:') ? fileURLToPath(uri) : uri;
      const workspace = workspaceOf((other) => texts.get(other)?.getText(), librariesOf(path));
      const document = known.get(uri) ?? readDocument(uri, text, workspace);
      known.set(uri, document);
      return document;
    },
    forget: (uri) => [...new Set([uri, ...forget(uri)])].filter((each) => texts.get(each) !== undefined),
    forgetAll: () => {
      known.clear();
      return texts.keys();
    },
  };
}

/** Publishes what is wrong in a document when it is opened and after each pause in typing. */
function publishWhileTyping(connection: Connection, texts: Texts, known: Known): void {
  const waiting = new Map<string, NodeJS.Timeout>();
  const publish = (uri: string) => {
    waiting.delete(uri);
    try {
      const document = known.of(uri);
      const version = texts.get(uri)?.version;
      if (document === null || version === undefined) return;
      const diagnostics = sent<Diagnostic[]>(marksOf(document));
      void connection.sendDiagnostics({ uri, version, diagnostics });
    } catch (error) {
      connection.console.error(`could not analyse ${uri}: ${error instanceof Error ? error.stack : error}`);
    }
  };
  const later = (uri: string) => {
    clearTimeout(waiting.get(uri));
    waiting.set(uri, setTimeout(publish, PAUSE_MS, uri));
  };
  texts.onDidOpen(({ document: { uri } }) => publish(uri));
  // A change reaches the documents that use this one, too.
  texts.onDidChangeContent(({ document: { uri } }) => known.forget(uri).forEach(later));
  connection.onDidChangeWatchedFiles(() => known.forgetAll().forEach(later));
  texts.onDidClose(({ document: { uri } }) => {
    clearTimeout(waiting.get(uri));
    waiting.delete(uri);
    known
      .forget(uri)
      .filter((other) => other !== uri)
      .forEach(later);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
}

function answerPlaces(connection: Connection, known: Known): void {
  const at = <T>(uri: string, place: Place, answer: (document: Document, offset: number) => T): T | null => {
    const document = known.of(uri);
    return document === null ? null : answer(document, offsetOf(document.text, document.starts, place));
  };
  connection.onHover(({ textDocument, position }) => {
    const hover = at(textDocument.uri, position, hoverAt);
    return hover === null
      ? null
      : { contents: { kind: 'markdown', value: hover.contents }, range: hover.range };
  });
  connection.onDefinition(({ textDocument, position }) => at(textDocument.uri, position, definitionAt));
}

function answerDocuments(connection: Connection, texts: Texts, known: Known): void {
  connection.onDocumentSymbol(({ textDocument }) => {
    const document = known.of(textDocument.uri);
    return document === null ? [] : sent<DocumentSymbol[]>(outlineOf(document));
  });
  connection.onCodeAction(({ textDocument, range }) => {
    const document = known.of(textDocument.uri);
    if (document === null) return [];
    const start = offsetOf(document.text, document.starts, range.start);
    const end = offsetOf(document.text, document.starts, range.end);
    return repairsIn(document, start, end).map((repair) => actionOf(textDocument.uri, repair));
  });
  connection.onDocumentFormatting(async ({ textDocument: { uri } }) => {
    const text = texts.get(uri)?.getText();
    return text === undefined ? [] : sent<TextEdit[]>(await formattingEdits(uri, text));
  });
  connection.onDocumentRangeFormatting(async ({ textDocument: { uri }, range }) => {
    const text = texts.get(uri)?.getText();
    return text === undefined ? [] : sent<TextEdit[]>(await rangeFormattingEdits(uri, text, range));
  });
}

function actionOf(uri: string, { title, mark, edits }: Repair): CodeAction {
  const diagnostics = sent<Diagnostic[]>([mark]);
  return { title, kind: 'quickfix', diagnostics, edit: { changes: { [uri]: sent<TextEdit[]>(edits) } } };
}

type Frozen<T> = T extends (infer I)[]
  ? readonly Frozen<I>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** The protocol's types allow writing; what is on its way to the editor nobody writes into. */
function sent<T>(value: Frozen<T>): T {
  return value as T;
}
