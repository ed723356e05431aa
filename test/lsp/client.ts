/** A real client of the language server: a child process, spoken to over its standard streams. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  DidChangeTextDocumentNotification,
  DidCloseTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  LogMessageNotification,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  type PublishDiagnosticsParams,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';

export type Client = {
  readonly connection: ProtocolConnection;
  readonly server: ChildProcess;
  readonly open: (uri: string, text: string) => Promise<Diagnostic[]>;
  /** Replaces the text, and waits for what is wrong with the new one. */
  readonly change: (uri: string, version: number, text: string) => Promise<Diagnostic[]>;
  /** What is published next for that version, without doing anything. */
  readonly next: (uri: string, version: number) => Promise<Diagnostic[]>;
  readonly close: (uri: string) => Promise<Diagnostic[]>;
  /** Ends the server as an editor does; the exit code. */
  readonly stop: () => Promise<number | null>;
};

export const URI = 'file:///contracts/test.ccl';

/** The server as its source; the extension's bundle is another one. */
const STDIO = join(import.meta.dirname, '..', '..', 'lsp', 'stdio.ts');

export type Start = {
  readonly program?: string;
  readonly arguments?: readonly string[];
  readonly capabilities?: ClientCapabilities;
  /** What the editor sends about itself; where it is absent nothing is verified. */
  readonly options?: unknown;
  readonly environment?: { readonly [name: string]: string };
  /** Hears and answers what the server begins, from the first message on. */
  readonly onStart?: (connection: ProtocolConnection) => void;
  readonly onPublished?: (published: PublishDiagnosticsParams) => void;
  readonly onLogged?: (message: string) => void;
};

export async function startClient(start: Start = {}): Promise<Client> {
  const { program = STDIO, capabilities = {}, options = { verify: { when: 'off' } } } = start;
  const server = spawn(process.execPath, [program, ...(start.arguments ?? [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...start.environment },
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout!),
    new StreamMessageWriter(server.stdin!),
  );
  start.onStart?.(connection);
  connection.listen();
  await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities,
    initializationOptions: options,
  });
  await connection.sendNotification(InitializedNotification.type, {});
  const published = listen(connection, start);
  return {
    connection,
    server,
    open: (uri, text) =>
      published(uri, 1, () =>
        connection.sendNotification(DidOpenTextDocumentNotification.type, {
          textDocument: { uri, languageId: 'ccl', version: 1, text },
        }),
      ),
    change: (uri, version, text) =>
      published(uri, version, () =>
        connection.sendNotification(DidChangeTextDocumentNotification.type, {
          textDocument: { uri, version },
          contentChanges: [{ text }],
        }),
      ),
    next: (uri, version) => published(uri, version, async () => undefined),
    close: (uri) =>
      published(uri, undefined, () =>
        connection.sendNotification(DidCloseTextDocumentNotification.type, { textDocument: { uri } }),
      ),
    stop: async () => {
      const exited = new Promise<number | null>((done) => server.once('exit', done));
      await connection.sendRequest(ShutdownRequest.type);
      await connection.sendNotification(ExitNotification.type);
      return exited;
    },
  };
}

type Published = (
  uri: string,
  version: number | undefined,
  act: () => Promise<void>,
) => Promise<Diagnostic[]>;

/** Does something and waits for the diagnostics of that version. An analysis that fails on the server fails the test. */
function listen(connection: ProtocolConnection, { onPublished, onLogged }: Start): Published {
  type Waiting = {
    readonly done: (diagnostics: Diagnostic[]) => void;
    readonly failed: (error: Error) => void;
  };
  const waiting = new Map<string, Waiting>();
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    onPublished?.(params);
    waiting.get(`${params.uri} ${params.version}`)?.done(params.diagnostics);
  });
  connection.onNotification(LogMessageNotification.type, ({ message }) => {
    onLogged?.(message);
    if (!message.startsWith('could not analyse')) return;
    for (const { failed } of waiting.values()) failed(new Error(message));
  });
  return async (uri, version, act) => {
    const answer = new Promise<Diagnostic[]>((done, failed) =>
      waiting.set(`${uri} ${version}`, { done, failed }),
    );
    await act();
    return answer;
  };
}
