/** Runs in the extension: shown beside the contract, replaced by what is told next, and forgotten when they are closed. */
import { expect, test, vi } from 'vitest';
import { openRuns } from '../../vscode-extension/runs.ts';

type Uri = { readonly scheme: string; readonly path: string };
type Provider = { readonly provideTextDocumentContent: (uri: Uri) => string };

/** As much of the editor as shows a document. */
const editor = vi.hoisted(() => ({
  provider: null as Provider | null,
  close: (_: { readonly uri: Uri }) => {},
  fired: [] as Uri[],
  shown: [] as { readonly uri: Uri; readonly viewColumn: number }[],
}));

vi.mock('vscode', () => ({
  EventEmitter: class {
    readonly event = () => {};
    readonly fire = (uri: Uri) => editor.fired.push(uri);
  },
  Uri: { from: (uri: Uri) => uri },
  ViewColumn: { Beside: -2 },
  window: {
    showTextDocument: async (uri: Uri, { viewColumn }: { viewColumn: number }) => {
      editor.shown.push({ uri, viewColumn });
    },
  },
  workspace: {
    registerTextDocumentContentProvider: (scheme: string, provider: Provider) => {
      expect(scheme).toBe('ccl-run');
      editor.provider = provider;
    },
    onDidCloseTextDocument: (close: typeof editor.close) => {
      editor.close = close;
    },
    openTextDocument: async (uri: Uri) => uri,
  },
}));

test('a run is shown, replaced and forgotten', async () => {
  const context = { subscriptions: [] as unknown[] };
  const show = openRuns(context as unknown as Parameters<typeof openRuns>[0]);
  expect(context.subscriptions).toHaveLength(3);
  await show({ title: 'Box.add', text: 'one' });
  const [first] = editor.shown;
  expect(first).toEqual({ uri: { scheme: 'ccl-run', path: '/Box.add' }, viewColumn: -2 });
  expect(editor.provider?.provideTextDocumentContent(first!.uri)).toBe('one');
  await show({ title: 'Box.add', text: 'two' });
  expect(editor.fired).toHaveLength(2);
  expect(editor.provider?.provideTextDocumentContent(first!.uri)).toBe('two');
  await show({ title: 'Box."a/b"', text: 'three' });
  expect(editor.shown[2]!.uri.path).toBe('/Box."a b"');
  editor.close({ uri: { scheme: 'file', path: '/Box.add' } });
  expect(editor.provider?.provideTextDocumentContent(first!.uri)).toBe('two');
  editor.close({ uri: first!.uri });
  expect(editor.provider?.provideTextDocumentContent(first!.uri)).toBe('');
});
