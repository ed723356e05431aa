/**
 * The side of the thread that proves. In: orders, and that one is not wanted any more. Out: how far it is, and what came of
 * it. What goes wrong with one order is its answer, and the next one is taken as if nothing had been.
 */
import type { MessagePort } from 'node:worker_threads';
import { keepObligations } from '../compiler/index.ts';
import { openTexts, runsFolder, type Solver } from '../solver/index.ts';
import { type Means, type Order, type Verification, verifySources } from './verification.ts';

export type Request =
  | { readonly kind: 'verify'; readonly id: number; readonly order: Order }
  | { readonly kind: 'cancel'; readonly id: number };

export type Reply = { readonly id: number } & (
  | { readonly kind: 'progress'; readonly progress: string }
  /** What is known so far; more comes. */
  | { readonly kind: 'settled'; readonly verification: Verification }
  | { readonly kind: 'verified'; readonly verification: Verification }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly reason: string }
);

/** Answers what comes over the port, with one solver and one memory for all. */
export function serveOrders(port: MessagePort, solver: Pick<Solver, 'solve'>): void {
  const running = new Map<number, AbortController>();
  const means = { memory: openTexts(runsFolder()), kept: keepObligations() };
  const reply = (message: Reply): void => port.postMessage(message);
  port.on('message', async (request: Request) => {
    if (request.kind === 'cancel') {
      running.get(request.id)?.abort();
      return;
    }
    const { id, order } = request;
    const abort = new AbortController();
    running.set(id, abort);
    const tell = lastOfTurn((progress: string) => {
      if (running.has(id)) reply({ id, kind: 'progress', progress });
    });
    const solve: Means['solve'] = (query) => solver.solve(query, abort.signal);
    const settle: Means['settle'] = (verification) => reply({ id, kind: 'settled', verification });
    const outcome = await take(order, { ...means, solve, signal: abort.signal, tell, settle });
    running.delete(id);
    reply({ id, ...outcome });
  });
}

type Outcome = Reply extends infer R ? (R extends { readonly id: number } ? Omit<R, 'id'> : never) : never;

async function take(order: Order, means: Means): Promise<Outcome> {
  try {
    return { kind: 'verified', verification: await verifySources(order, means) };
  } catch (error) {
    if (means.signal.aborted) return { kind: 'cancelled' };
    return { kind: 'failed', reason: (error instanceof Error ? error.stack : null) ?? String(error) };
  }
}

/** Of what is told before others have their turn, the last: many answers may come at once from the cache. */
function lastOfTurn<T>(tell: (value: T) => void): (value: T) => void {
  let latest: { readonly value: T } | null = null;
  return (value) => {
    if (latest === null)
      setImmediate(() => {
        tell(latest!.value);
        latest = null;
      });
    latest = { value };
  };
}
