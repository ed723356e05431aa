/**
 * The language server: the only file that knows JSON-RPC. Messages in, the pure functions of this folder, messages
 * out. A failure of ours becomes an error answer and a line in the editor's log; the server lives on.
 */
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
import { type Document, readDocument } from './document.ts';
import { formattingEdits, rangeFormattingEdits } from './formatting.ts';
import { hoverAt } from './hover.ts';
import { offsetOf, type Place } from './place.ts';
import { outlineOf } from './symbols.ts';

export type Streams = { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream };

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
export function startServer({ input, output }: Streams): void {
  const connection = createConnection(input, output);
  const texts = new TextDocuments(TextDocument);
  connection.onInitialize(() => CAPABILITIES);
  const known = analysisCache(texts);
  publishWhileTyping(connection, texts, known);
  answerPlaces(connection, known);
  answerDocuments(connection, texts, known);
  texts.listen(connection);
  connection.listen();
}

type Texts = TextDocuments<TextDocument>;
type Known = (uri: string) => Document | null;

/** The newest analysis of each open document, made when it is asked for. */
function analysisCache(texts: Texts): Known {
  const known = new Map<string, { readonly version: number; readonly document: Document }>();
  texts.onDidClose(({ document }) => known.delete(document.uri));
  return (uri) => {
    const text = texts.get(uri);
    if (text === undefined) return null;
    const cached = known.get(uri);
    if (cached?.version === text.version) return cached.document;
    const document = readDocument(uri, text.getText());
    known.set(uri, { version: text.version, document });
    return document;
  };
}

/** Publishes what is wrong in a document when it is opened and after each pause in typing. */
function publishWhileTyping(connection: Connection, texts: Texts, known: Known): void {
  const waiting = new Map<string, NodeJS.Timeout>();
  const publish = (uri: string) => {
    waiting.delete(uri);
    try {
      const document = known(uri);
      const version = texts.get(uri)?.version;
      if (document === null || version === undefined) return;
      const diagnostics = sent<Diagnostic[]>(marksOf(document));
      void connection.sendDiagnostics({ uri, version, diagnostics });
    } catch (error) {
      connection.console.error(`could not analyse ${uri}: ${error instanceof Error ? error.stack : error}`);
    }
  };
  texts.onDidOpen(({ document }) => publish(document.uri));
  texts.onDidChangeContent(({ document: { uri } }) => {
    clearTimeout(waiting.get(uri));
    waiting.set(uri, setTimeout(publish, PAUSE_MS, uri));
  });
  texts.onDidClose(({ document: { uri } }) => {
    clearTimeout(waiting.get(uri));
    waiting.delete(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
}

function answerPlaces(connection: Connection, known: Known): void {
  const at = <T>(uri: string, place: Place, answer: (document: Document, offset: number) => T): T | null => {
    const document = known(uri);
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
    const document = known(textDocument.uri);
    return document === null ? [] : sent<DocumentSymbol[]>(outlineOf(document));
  });
  connection.onCodeAction(({ textDocument, range }) => {
    const document = known(textDocument.uri);
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
