/** A process that serves one editor over its standard streams. */
import { startServer } from '../../lsp/index.ts';

startServer({ input: process.stdin, output: process.stdout });
