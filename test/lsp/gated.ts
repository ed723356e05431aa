/** A server whose solver is not the usual one (`gatedthread.ts`), so that tests can say when a verification gets no further. */
import { startServer } from '../../lsp/index.ts';
import { openVerifier } from '../../lsp/verifier.ts';
import { startThread } from '../../solver/index.ts';

const verifier = openVerifier({ start: () => startThread(import.meta.url, 'gatedthread', null) });
startServer({ input: process.stdin, output: process.stdout, verifier });
