/** A client that has contracts verified, and hears what an editor hears of it. */
import {
  type ClientCapabilities,
  type CodeLens,
  CodeLensRefreshRequest,
  CodeLensRequest,
  type Diagnostic,
  DidSaveTextDocumentNotification,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  ShowMessageNotification,
  WorkDoneProgressCancelNotification,
  WorkDoneProgressCreateRequest,
} from 'vscode-languageserver-protocol/node';
import { type Client, type Start, startClient } from './client.ts';

export type Proving = Client & {
  /** What is published of that version once it is verified; what was, where it has been. */
  readonly verdict: (uri: string, version: number) => Promise<Diagnostic[]>;
  /** What is published of it before, while runs are looked for. */
  readonly settled: (uri: string, version: number) => Promise<Diagnostic[]>;
  /** The next one of that version. */
  readonly again: (uri: string, version: number) => Promise<Diagnostic[]>;
  /** Waits until a verification with that title has begun, the `nth` of them, counted from 1. */
  readonly begun: (title: string, nth?: number) => Promise<void>;
  /** All that began, in order. */
  readonly titles: readonly string[];
  /** Waits until so many have ended. */
  readonly finished: (count: number) => Promise<void>;
  readonly logged: (part: string) => Promise<void>;
  readonly messages: readonly string[];
  /** Ends the verification that is shown, as its user can. */
  readonly giveUp: () => Promise<void>;
  readonly save: (uri: string) => Promise<void>;
  readonly lenses: (uri: string) => Promise<readonly string[]>;
};

const CAPABILITIES: ClientCapabilities = {
  window: { workDoneProgress: true },
  workspace: { codeLens: { refreshSupport: true } },
};

export async function startProving(start: Start = {}): Promise<Proving> {
  const heard = openHearing();
  const client = await startClient({
    options: {},
    capabilities: CAPABILITIES,
    ...start,
    onStart: (connection) => {
      listen(connection, heard);
      start.onStart?.(connection);
    },
    onPublished: (published) => {
      heard.last = published;
    },
    onLogged: (message) => {
      heard.lines.push(message);
      heard.heard();
    },
  });
  const { connection } = client;
  return {
    ...client,
    verdict: (uri, version) => heard.until(() => heard.verdicts.get(`${uri} ${version}`) ?? null),
    settled: (uri, version) => heard.until(() => heard.settled.get(`${uri} ${version}`) ?? null),
    again: (uri, version) => {
      heard.verdicts.delete(`${uri} ${version}`);
      return heard.until(() => heard.verdicts.get(`${uri} ${version}`) ?? null);
    },
    begun: async (title, nth = 1) => {
      await heard.until(() => heard.titles.filter((each) => each === title).length >= nth || null);
    },
    titles: heard.titles,
    finished: async (count) => {
      await heard.until(() => heard.ended.length >= count || null);
    },
    logged: async (part) => {
      await heard.until(() => heard.lines.some((line) => line.includes(part)) || null);
    },
    messages: heard.messages,
    giveUp: () =>
      connection.sendNotification(WorkDoneProgressCancelNotification.type, { token: heard.tokens.at(-1)! }),
    save: (uri) =>
      connection.sendNotification(DidSaveTextDocumentNotification.type, { textDocument: { uri } }),
    lenses: async (uri) => {
      const found = await connection.sendRequest(CodeLensRequest.type, { textDocument: { uri } });
      return (found ?? []).map(lensText);
    },
  };
}

/** `5: 3 of 5 proved`, the line counted from 1. */
function lensText({ range, command }: CodeLens): string {
  return `${range.start.line + 1}: ${command?.title}`;
}

type Hearing = {
  /** What was published last. */
  last: PublishDiagnosticsParams | null;
  readonly verdicts: Map<string, Diagnostic[]>;
  readonly settled: Map<string, Diagnostic[]>;
  readonly tokens: (string | number)[];
  readonly titles: string[];
  readonly ended: string[];
  readonly lines: string[];
  readonly messages: string[];
  readonly heard: () => void;
  readonly until: <T>(ask: () => T | null) => Promise<T>;
};

function openHearing(): Hearing {
  const waiting = new Set<() => void>();
  return {
    last: null,
    verdicts: new Map(),
    settled: new Map(),
    tokens: [],
    titles: [],
    ended: [],
    lines: [],
    messages: [],
    heard: () => {
      for (const ask of [...waiting]) ask();
    },
    until: (ask) =>
      new Promise((resolve) => {
        const look = () => {
          const answer = ask();
          if (answer === null) return;
          waiting.delete(look);
          resolve(answer);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A verdict is what is published right before the lenses are to be asked for again. */
function listen(connection: ProtocolConnection, hearing: Hearing): void {
  const { tokens, titles, ended, messages, heard } = hearing;
  const running = new Map<string | number, string>();
  connection.onRequest(CodeLensRefreshRequest.type, () => {
    const { last } = hearing;
    const isWhole = last?.diagnostics.every(({ code }) => code !== 'open');
    const known = isWhole ? hearing.verdicts : hearing.settled;
    if (last !== null) known.set(`${last.uri} ${last.version}`, last.diagnostics);
    heard();
  });
  connection.onRequest(WorkDoneProgressCreateRequest.type, ({ token }) => {
    tokens.push(token);
  });
  connection.onNotification('$/progress', ({ token, value }) => {
    if (value.kind === 'begin') {
      running.set(token, value.title);
      titles.push(value.title);
    }
    if (value.kind === 'end') ended.push(running.get(token) ?? '');
    heard();
  });
  connection.onNotification(ShowMessageNotification.type, ({ message }) => {
    messages.push(message);
    heard();
  });
}
