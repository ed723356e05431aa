/**
 * The language server: the only file that knows JSON-RPC. Messages in, the pure functions of this folder, messages
 * out. A failure of ours becomes an error answer and a line in the editor's log; the server lives on.
 */
import {
  type ClientCapabilities,
  type CodeAction,
  type CodeLens,
  CodeLensRefreshRequest,
  type Connection,
  createConnection,
  type Diagnostic,
  DidChangeConfigurationNotification,
  type DocumentSymbol,
  type InitializeResult,
  MessageType,
  ShowMessageNotification,
  TextDocumentSyncKind,
  TextDocuments,
  type TextEdit,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type Analyses, openAnalyses } from './analyses.ts';
import { definitionAt } from './definition.ts';
import { marksOf, type Repair, repairsIn } from './diagnostics.ts';
import { type LibrariesOf, STANDARD_LIBRARY } from './disk.ts';
import type { Document } from './document.ts';
import { formattingEdits, rangeFormattingEdits } from './formatting.ts';
import { hoverAt, withAnswers } from './hover.ts';
import { type Lens, lensesOf, runTextOf } from './lenses.ts';
import { offsetOf, type Place } from './place.ts';
import { openSchedule, type Schedule, type Showing } from './schedule.ts';
import { SECTION, sectionOf, showsRuns, type When, whenOf } from './settings.ts';
import { outlineOf } from './symbols.ts';
import { answersAt, verdictMarks, verdictRepairs } from './verdicts.ts';
import { openVerifier, type Verifier } from './verifier.ts';

export type Streams = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** The standard library alone where it is not given. */
  readonly librariesOf?: LibrariesOf;
  /** One in a thread of its own where it is not given. */
  readonly verifier?: Verifier;
};

/** An analysis waits for a pause in typing, a verification for a longer one. */
const PAUSE_MS = 150;
const LONG_PAUSE_MS = 500;

/** Tells the runs that a lens offers: the editor's document, and the name in the lens. */
const SHOW_RUN = 'ccl.showRun';

const CAPABILITIES: InitializeResult = {
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
    hoverProvider: true,
    definitionProvider: true,
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentSymbolProvider: true,
    codeActionProvider: { codeActionKinds: ['quickfix'] },
    codeLensProvider: {},
    executeCommandProvider: { commands: [SHOW_RUN] },
  },
  serverInfo: { name: 'ccl' },
};

/** Serves one editor over two streams. The process ends when the editor says so or goes away. */
export function startServer(streams: Streams): void {
  const connection = createConnection(streams.input, streams.output);
  const desk = openDesk(connection, streams);
  connection.onInitialize(({ capabilities, initializationOptions }) => {
    desk.client = { capabilities, options: initializationOptions };
    return CAPABILITIES;
  });
  followSettings(desk);
  followDocuments(desk);
  answerPlaces(desk);
  answerDocuments(desk);
  answerRuns(desk);
  connection.onShutdown(() => desk.schedule.forgetAll());
  desk.texts.listen(connection);
  connection.listen();
}

type Desk = {
  readonly connection: Connection;
  readonly texts: TextDocuments<TextDocument>;
  readonly analyses: Analyses;
  readonly schedule: Schedule;
  /** What waits for a pause in typing. */
  readonly timers: Map<string, NodeJS.Timeout>;
  client: { readonly capabilities: ClientCapabilities; readonly options: unknown };
  /** Null until the editor has said it. */
  when: When | null;
};

function openDesk(
  connection: Connection,
  { librariesOf = standardLibrary, verifier = openVerifier() }: Streams,
): Desk {
  const texts = new TextDocuments(TextDocument);
  const open = { textOf: (uri: string) => texts.get(uri)?.getText(), uris: () => texts.keys() };
  const analyses = openAnalyses(open, librariesOf);
  const schedule = openSchedule({
    verifier,
    documentOf: (uri) => documentOf(desk, uri),
    onVerdict: (uri) => {
      publish(desk, uri);
      refreshLenses(desk);
    },
    onBegin: (uri, cancel) => showProgress(connection, uri, cancel),
    log: (line) => connection.console.error(line),
  });
  const client = { capabilities: {}, options: null };
  const desk: Desk = { connection, texts, analyses, schedule, timers: new Map(), client, when: null };
  return desk;
}

function standardLibrary(): ReadonlyMap<string, string> {
  return new Map([['std', STANDARD_LIBRARY]]);
}

// ---- what the editor chooses -------------------------------------------------------------------

/** Asks for the settings at the beginning and when they change; an editor that is not asked sends them. */
function followSettings(desk: Desk): void {
  const { connection } = desk;
  connection.onInitialized(async () => {
    const { workspace } = desk.client.capabilities;
    if (workspace?.didChangeConfiguration?.dynamicRegistration)
      void connection.client
        .register(DidChangeConfigurationNotification.type, { section: SECTION })
        .catch(() => {});
    choose(desk, whenOf(await sectionFor(desk, null)));
  });
  connection.onDidChangeConfiguration(async ({ settings }) => {
    choose(desk, whenOf(await sectionFor(desk, settings)));
  });
}

/** What the editor says when it is asked, or has sent; where it says nothing of CCL, what it was started with. */
async function sectionFor({ connection, client }: Desk, settings: unknown): Promise<unknown> {
  const sent = sectionOf(settings) ?? client.options;
  if (client.capabilities.workspace?.configuration !== true) return sent;
  try {
    return (await connection.workspace.getConfiguration(SECTION)) ?? sent;
  } catch {
    return sent;
  }
}

function choose(desk: Desk, when: When): void {
  const before = desk.when;
  if (before === when) return;
  desk.when = when;
  if (when !== 'off') desk.texts.keys().forEach(desk.schedule.request);
  else if (before !== null) showNothing(desk);
}

function showNothing(desk: Desk): void {
  desk.schedule.forgetAll();
  for (const uri of desk.texts.keys()) publish(desk, uri);
  refreshLenses(desk);
}

// ---- what documents are ------------------------------------------------------------------------

/** Publishes what is wrong in a document when it is opened and after each pause in typing, and has it verified. */
function followDocuments(desk: Desk): void {
  const { texts, analyses, schedule, connection } = desk;
  texts.onDidOpen(({ document: { uri } }) => {
    publish(desk, uri);
    if (isChosen(desk)) schedule.request(uri);
  });
  texts.onDidSave(({ document: { uri } }) => {
    if (isChosen(desk)) analyses.needing(uri).toReversed().forEach(schedule.request);
  });
  // A change reaches the documents that use this one, too.
  texts.onDidChangeContent(({ document: { uri } }) => changed(desk, analyses.forget(uri)));
  // So does one on the disk, where it is one: a file that was saved here is known already.
  connection.onDidChangeWatchedFiles(() => {
    for (const uri of analyses.forgetAll()) later(desk, uri, isChosen);
  });
  texts.onDidClose(({ document: { uri } }) => {
    clearTimeout(desk.timers.get(uri));
    desk.timers.delete(uri);
    schedule.forget(uri);
    if (texts.keys().length === 0) schedule.forgetAll();
    changed(desk, analyses.forget(uri));
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
}

function isChosen({ when }: Desk): boolean {
  return when !== null && when !== 'off';
}

/** What was known is of another text. The new one is looked at once nothing is typed for a while. */
function changed(desk: Desk, uris: readonly string[]): void {
  for (const uri of uris) {
    desk.schedule.cancel(uri);
    later(desk, uri, ({ when }) => when === 'onType');
  }
}

/** The pause after which a document is analysed, and the longer one after which it is verified, where it is to be. */
function later(desk: Desk, uri: string, isVerified: (desk: Desk) => boolean): void {
  const { timers, schedule } = desk;
  clearTimeout(timers.get(uri));
  const verify = () => {
    timers.delete(uri);
    if (isVerified(desk)) schedule.request(uri);
  };
  const settle = () => {
    timers.set(uri, setTimeout(verify, LONG_PAUSE_MS - PAUSE_MS));
    publish(desk, uri);
  };
  timers.set(uri, setTimeout(settle, PAUSE_MS));
}

/** Null where it is not open; where it cannot be analysed, which is a defect of ours, the log says so. */
function documentOf({ connection, analyses }: Desk, uri: string): Document | null {
  try {
    return analyses.of(uri);
  } catch (error) {
    connection.console.error(`could not analyse ${uri}: ${error instanceof Error ? error.stack : error}`);
    return null;
  }
}

function publish(desk: Desk, uri: string): void {
  const document = documentOf(desk, uri);
  const version = desk.texts.get(uri)?.version;
  if (document === null || version === undefined) return;
  const marks = [...marksOf(document), ...verdictMarks(document, desk.schedule.verdictOf(uri))];
  void desk.connection.sendDiagnostics({ uri, version, diagnostics: sent<Diagnostic[]>(marks) });
}

function refreshLenses({ connection, client }: Desk): void {
  if (client.capabilities.workspace?.codeLens?.refreshSupport)
    void connection.sendRequest(CodeLensRefreshRequest.type).catch(() => {});
}

/** An editor that cannot show progress is not asked to. What is reported before it has answered comes after. */
function showProgress(connection: Connection, uri: string, cancel: () => void): Showing {
  const shown = connection.window.createWorkDoneProgress().then(
    (progress) => {
      progress.begin(`Verifying ${nameOf(uri)}`, undefined, undefined, true);
      progress.token.onCancellationRequested(cancel);
      return progress;
    },
    () => null,
  );
  return {
    report: (text) => void shown.then((progress) => progress?.report(text)),
    end: () => void shown.then((progress) => progress?.done()),
  };
}

/** The name of the file, for people. */
function nameOf(uri: string): string {
  const last = uri.split('/').at(-1) ?? uri;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

// ---- what the editor asks ----------------------------------------------------------------------

function answerPlaces({ connection, analyses, schedule }: Desk): void {
  const at = <T>(uri: string, place: Place, answer: (document: Document, offset: number) => T): T | null => {
    const document = analyses.of(uri);
    return document === null ? null : answer(document, offsetOf(document.text, document.starts, place));
  };
  connection.onHover(({ textDocument: { uri }, position }) => {
    const hover = at(uri, position, (document, offset) =>
      withAnswers(hoverAt(document, offset), answersAt(document, schedule.verdictOf(uri), offset)),
    );
    return hover === null
      ? null
      : { contents: { kind: 'markdown', value: hover.contents }, range: hover.range };
  });
  connection.onDefinition(({ textDocument, position }) => at(textDocument.uri, position, definitionAt));
}

function answerDocuments({ connection, analyses, schedule, texts }: Desk): void {
  connection.onDocumentSymbol(({ textDocument }) => {
    const document = analyses.of(textDocument.uri);
    return document === null ? [] : sent<DocumentSymbol[]>(outlineOf(document));
  });
  connection.onCodeAction(({ textDocument: { uri }, range }) => {
    const document = analyses.of(uri);
    if (document === null) return [];
    const start = offsetOf(document.text, document.starts, range.start);
    const end = offsetOf(document.text, document.starts, range.end);
    const found = verdictRepairs(document, schedule.verdictOf(uri), start, end);
    return [...repairsIn(document, start, end), ...found].map((repair) => actionOf(uri, repair));
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

/** The lenses, and their command: the text of runs for an editor that shows it, else a message. */
function answerRuns(desk: Desk): void {
  const { connection, analyses, schedule } = desk;
  connection.onCodeLens(({ textDocument: { uri } }) => {
    const document = analyses.of(uri);
    return document === null
      ? []
      : lensesOf(document, schedule.verdictOf(uri)).map((lens) => lensOf(uri, lens));
  });
  connection.onExecuteCommand(({ command, arguments: [uri, name] = [] }) => {
    if (command !== SHOW_RUN || typeof uri !== 'string' || typeof name !== 'string') return null;
    const verified = schedule.verdictOf(uri);
    const text = verified === null ? null : runTextOf(verified, name);
    if (!showsRuns(desk.client.options))
      void connection.sendNotification(ShowMessageNotification.type, {
        type: MessageType.Info,
        message: text ?? RUN_IS_GONE,
      });
    return { title: name, text: text ?? RUN_IS_GONE };
  });
}

const RUN_IS_GONE = 'The text has changed, and the run is not known any more.';

function lensOf(uri: string, { range, title, runsOf }: Lens): CodeLens {
  const command =
    runsOf === null ? { title, command: '' } : { title, command: SHOW_RUN, arguments: [uri, runsOf] };
  return { range, command };
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
