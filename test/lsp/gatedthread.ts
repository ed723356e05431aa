/**
 * The thread that proves, with a solver that does as its queries say. One about 424242, or about the moment that runs begin at in a contract about 414141, is never answered, one about 434343 ends
 * the thread, and where `CCL_TEST_WORKERS` is 0 only what the cache knows is answered.
 */
import { parentPort } from 'node:worker_threads';
import { serveOrders } from '../../lsp/prover.ts';
import { answersFolder, openSolver } from '../../solver/index.ts';

const workers = Number(process.env['CCL_TEST_WORKERS'] ?? 1);
const solver = await openSolver({ workers, cacheDir: answersFolder() });
serveOrders(parentPort!, {
  solve: (query, signal) => {
    if (query.text.includes('434343')) process.exit(1);
    const isRun = query.text.includes('414141') && query.text.includes('1767225600');
    const isStuck = isRun || query.text.includes('424242');
    return isStuck ? new Promise(() => {}) : solver.solve(query, signal);
  },
});
