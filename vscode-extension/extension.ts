/** Starts the language server that is bundled beside this file. All that knows the language is over there. */
import { type ExtensionContext, workspace } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { openRuns, type Told } from './runs.ts';

/** The server's command that tells the runs of a lens. */
const SHOW_RUN = 'ccl.showRun';

let client: LanguageClient | null = null;

/** Called by the editor when the first contract is opened. */
export async function activate(context: ExtensionContext): Promise<void> {
  const server = { module: context.asAbsolutePath('server.cjs'), transport: TransportKind.stdio };
  const show = openRuns(context);
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
