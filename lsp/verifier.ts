/**
 * The server's side of the thread that proves: an order in, what came of it out. The thread starts with the first order. It
 * is never waited for: who does not want an answer any more has it at once, and what does not react, or dies, is replaced.
 */
import type { Worker } from 'node:worker_threads';
import { startThread } from '../solver/index.ts';
import type { Reply, Request } from './prover.ts';
import type { Order, Verification } from './verification.ts';

export type Outcome =
  | { readonly kind: 'verified'; readonly verification: Verification }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** The thread was ended because of another order: ask again. */
  | { readonly kind: 'lost'; readonly reason: string };

/** What is said before the outcome. */
export type Hearing = {
  readonly onProgress: (progress: string) => void;
  /** Known before runs are looked for. */
  readonly onSettled: (verification: Verification) => void;
};

export type Verifier = {
  readonly verify: (order: Order, signal: AbortSignal, hearing: Hearing) => Promise<Outcome>;
  /** Ends the thread with all that it remembers; another order starts a new one. */
  readonly rest: () => void;
};

export type VerifierOptions = {
  /** Starts the thread; that of this folder where it is not given. */
  readonly start?: () => Worker;
  /** The clock only ends a thread that does not hear that its order is not wanted any more. */
  readonly killAfterMs?: number;
};

const KILL_AFTER_MS = 20_000;

type Waiting = Hearing & { readonly resolve: (outcome: Outcome) => void };
type Desk = {
  readonly options: VerifierOptions;
  thread: Worker | null;
  ids: number;
  readonly waiting: Map<number, Waiting>;
  /** Orders that were cancelled, and of which the thread has not said so yet. */
  readonly leaving: Map<number, NodeJS.Timeout>;
};

export function openVerifier(options: VerifierOptions = {}): Verifier {
  const desk: Desk = { options, thread: null, ids: 0, waiting: new Map(), leaving: new Map() };
  return {
    verify: (order, signal, hearing) => verify(desk, order, signal, hearing),
    rest: () => endThread(desk, { kind: 'cancelled' }),
  };
}

function startProver(): Worker {
  return startThread(import.meta.url, 'thread', null);
}

function verify(desk: Desk, order: Order, signal: AbortSignal, hearing: Hearing): Promise<Outcome> {
  if (signal.aborted) return Promise.resolve({ kind: 'cancelled' });
  desk.thread ??= openThread(desk);
  desk.ids += 1;
  const id = desk.ids;
  send(desk, { kind: 'verify', id, order });
  return new Promise((resolve) => {
    desk.waiting.set(id, { ...hearing, resolve });
    signal.addEventListener('abort', () => cancel(desk, id), { once: true });
  });
}

function send({ thread }: Desk, request: Request): void {
  thread?.postMessage(request);
}

function openThread(desk: Desk): Worker {
  const { start = startProver } = desk.options;
  const thread = start();
  const lose = (reason: string) => {
    if (desk.thread === thread) endThread(desk, { kind: 'failed', reason });
  };
  thread.on('message', (reply: Reply) => {
    if (desk.thread === thread) take(desk, reply);
  });
  thread.on('error', (error: Error) => lose(`the verifier failed: ${error.stack ?? error.message}`));
  thread.on('exit', () => lose('the verifier ended'));
  return thread;
}

function take(desk: Desk, reply: Reply): void {
  const waiting = desk.waiting.get(reply.id);
  if (reply.kind === 'progress') {
    waiting?.onProgress(reply.progress);
    return;
  }
  if (reply.kind === 'settled') {
    waiting?.onSettled(reply.verification);
    return;
  }
  clearTimeout(desk.leaving.get(reply.id));
  desk.leaving.delete(reply.id);
  desk.waiting.delete(reply.id);
  waiting?.resolve(reply);
}

function cancel(desk: Desk, id: number): void {
  const waiting = desk.waiting.get(id);
  if (waiting === undefined) return;
  desk.waiting.delete(id);
  send(desk, { kind: 'cancel', id });
  const { killAfterMs = KILL_AFTER_MS } = desk.options;
  const reason = `the verifier did not hear within ${killAfterMs} ms that a text had changed, and was ended`;
  desk.leaving.set(id, setTimeout(endThread, killAfterMs, desk, { kind: 'lost', reason }).unref());
  waiting.resolve({ kind: 'cancelled' });
}

function endThread(desk: Desk, outcome: Outcome): void {
  const { thread, waiting, leaving } = desk;
  desk.thread = null;
  void thread?.terminate();
  for (const timer of leaving.values()) clearTimeout(timer);
  leaving.clear();
  for (const { resolve } of waiting.values()) resolve(outcome);
  waiting.clear();
}
