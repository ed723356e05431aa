/**
 * The node's prover: a deployment in, a verdict out. Each deployment is examined by a process of its own
 * (`examiner.ts`), with a fresh solver, so that nothing of one reaches another and a hard one can be ended.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Deployment, Prover, Verdict } from '../runtime/index.ts';

/** What goes to the process: the deployment with its bytes in base64. */
export type Order = {
  readonly artifact: string;
  readonly sources: Deployment['sources'];
  readonly claims: readonly string[];
  readonly certificate: string;
};

/** The clock only ends a process that does not react; the solver's resource limit decides. */
const KILL_AFTER_MS = 600_000;

/** `workMax`: the solver's resource that re-proving one deployment may take. */
export function createProver(workMax: number): Prover {
  return (deployment, signal) => examine(orderOf(deployment), workMax, signal);
}

function orderOf({ artifact, sources, claims, certificate }: Deployment): Order {
  return {
    artifact: base64(artifact),
    sources,
    claims: claims.map(base64),
    certificate: base64(certificate),
  };
}

function examine(order: Order, workMax: number, signal: AbortSignal): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const child = fork(EXAMINER, [String(workMax)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      signal,
      timeout: KILL_AFTER_MS,
    });
    let verdict: Verdict | null = null;
    child.on('message', (message) => {
      verdict = message as Verdict;
    });
    child.on('error', reject);
    child.on('exit', (code, killedBy) => {
      if (verdict !== null) resolve(verdict);
      else reject(new Error(`the examiner ended with ${killedBy ?? code} and no verdict`));
    });
    child.send(order);
  });
}

/** TypeScript in development, JavaScript where it is installed. */
const EXAMINER = join(import.meta.dirname, `examiner${import.meta.filename.endsWith('.ts') ? '.ts' : '.js'}`);

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
