/** The thread that proves, for `startThread`. It has one pool of solvers, whose threads end when nothing is asked for a while. */
import { availableParallelism } from 'node:os';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { answersFolder, openSolver } from '../solver/index.ts';
import { serveOrders } from './prover.ts';

/** One core stays for the editor. */
const WORKERS = Math.max(1, Math.min(4, availableParallelism() - 1));
const IDLE_AFTER_MS = 60_000;

// What fails here ends the thread, and the server hears of it.
if (parentPort !== null) void serve(parentPort);

async function serve(port: MessagePort): Promise<void> {
  const solver = await openSolver({
    workers: WORKERS,
    cacheDir: answersFolder(),
    idleAfterMs: IDLE_AFTER_MS,
  });
  serveOrders(port, solver);
}
