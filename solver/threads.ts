/** The one place that starts a thread: it knows the layouts of the sources, of the built package and of a bundle. */
import { Worker } from 'node:worker_threads';

/**
 * A thread of the program `name` that stands beside the module at the URL `beside`, and ends as that does: `.ts` in
 * development, `.js` once built, `.cjs` in a bundle, where all programs are in one folder.
 */
export function startThread(beside: string, name: string, workerData: unknown): Worker {
  const ending = beside.slice(beside.lastIndexOf('.'));
  return new Worker(new URL(`./${name}${ending}`, beside), { workerData, stderr: true, stdout: true });
}
