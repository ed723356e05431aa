/** The one place that starts a thread: it knows the layout of the sources and of the built package. */
import { Worker } from 'node:worker_threads';
import type { WorkerOptions } from './worker.ts';

/** A solver thread; `worker.ts` in development, `worker.js` once built. */
export function startWorker(options: WorkerOptions): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new Worker(new URL(`./worker.${extension}`, import.meta.url), {
    workerData: options,
    stderr: true,
    stdout: true,
  });
}
