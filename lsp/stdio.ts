/** A process that serves one editor over its standard streams: what the extension bundles and starts. */
import { startServer } from './server.ts';

startServer({ input: process.stdin, output: process.stdout });
