/**
 * Starts the language server that is bundled beside this file, and shows the runs that it tells. All that knows the language
 * is over there.
 */
import { EventEmitter, type ExtensionContext, Uri, ViewColumn, window, workspace } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

/** The server's command that tells the runs of a lens, and the scheme of the documents that show them. */
const SHOW_RUN = 'ccl.showRun';
const SCHEME = 'ccl-run';

type Told = { readonly title: string; readonly text: string };

let client: LanguageClient | null = null;

/** Called by the editor when the first contract is opened. */
export async function activate(context: ExtensionContext): Promise<void> {
  const server = { module: context.asAbsolutePath('server.cjs'), transport: TransportKind.stdio };
  const show = showRuns(context);
  client = new LanguageClient('ccl', 'CCL', server, {
    documentSelector: [{ language: 'ccl' }],
    // A file that changes on the disk may be used by one that is open.
    synchronize: { fileEvents: workspace.createFileSystemWatcher('**/*.ccl') },
    initializationOptions: { showsRuns: true },
    middleware: {
      executeCommand: async (command, given, next) => {
        const told: Told | null | undefined = await next(command, given);
        if (command === SHOW_RUN && told) await show(told);
        return told;
      },
    },
  });
  await client.start();
}

/** Called by the editor when it closes. */
export async function deactivate(): Promise<void> {
  await client?.stop();
  client = null;
}

/** Shows a text beside the contract, to be read only; the next one of the same title takes its place. */
function showRuns({ subscriptions }: ExtensionContext): (told: Told) => Promise<void> {
  const texts = new Map<string, string>();
  const changes = new EventEmitter<Uri>();
  const provider = {
    onDidChange: changes.event,
    provideTextDocumentContent: (uri: Uri) => texts.get(uri.path) ?? '',
  };
  subscriptions.push(changes, workspace.registerTextDocumentContentProvider(SCHEME, provider));
  subscriptions.push(
    workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === SCHEME) texts.delete(uri.path);
    }),
  );
  return async ({ title, text }) => {
    const uri = Uri.from({ scheme: SCHEME, path: `/${title.replaceAll('/', ' ')}` });
    texts.set(uri.path, text);
    changes.fire(uri);
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(document, { preview: true, viewColumn: ViewColumn.Beside });
  };
}
