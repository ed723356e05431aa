/** The documents that show runs: a text that the server tells, to be read only, beside the contract. */
import { EventEmitter, type ExtensionContext, Uri, ViewColumn, window, workspace } from 'vscode';

/** What the server's command gives: a title, and what there is to read. */
export type Told = { readonly title: string; readonly text: string };

const SCHEME = 'ccl-run';

/** Gives what shows a text; the next one of the same title takes its place. */
export function openRuns({ subscriptions }: ExtensionContext): (told: Told) => Promise<void> {
  const texts = new Map<string, string>();
  const changes = new EventEmitter<Uri>();
  const provider = {
    onDidChange: changes.event,
    provideTextDocumentContent: ({ path }: Uri) => texts.get(path) ?? '',
  };
  subscriptions.push(
    changes,
    workspace.registerTextDocumentContentProvider(SCHEME, provider),
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
