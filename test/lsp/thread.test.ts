/** The server's side of the thread that proves: what is not wanted is not waited for, and no thread is left behind. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import type { Order } from '../../lsp/verification.ts';
import { type Hearing, openVerifier } from '../../lsp/verifier.ts';

const ORDER: Order = {
  main: 'jar.ccl',
  sources: new Map([['jar.ccl', 'contract Jar { state { n: Int; } rule put(x: Int) { n = x; } }\n']]),
};
const CACHE = mkdtempSync(join(tmpdir(), 'ccl-thread-'));
process.env['CCL_CACHE'] = CACHE;
afterAll(() => rmSync(CACHE, { recursive: true, force: true }));

const LIVE = new AbortController().signal;

/** Threads of a program in plain JavaScript, and all that were started. */
function threadsOf(program: string) {
  const started: Worker[] = [];
  const start = (): Worker => {
    started.push(new Worker(program, { eval: true, stdout: true, stderr: true }));
    return started.at(-1)!;
  };
  return { start, started };
}

const DEAF: Hearing = { onProgress: () => {}, onSettled: () => {} };

/** Answers every order with its number, once it hears of it. */
const ECHO = `const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ kind, id }) => {
  if (kind === 'verify') parentPort.postMessage({ id, kind: 'progress', progress: 'at ' + id });
  if (kind === 'verify') parentPort.postMessage({ id, kind: 'failed', reason: 'order ' + id });
});`;

test('an order has its own answer, told after its progress', async () => {
  const { start, started } = threadsOf(ECHO);
  const verifier = openVerifier({ start });
  const heard: string[] = [];
  const orders = [1, 2, 3].map(() =>
    verifier.verify(ORDER, LIVE, { ...DEAF, onProgress: (text) => void heard.push(text) }),
  );
  expect(await Promise.all(orders)).toMatchObject([1, 2, 3].map((id) => ({ reason: `order ${id}` })));
  expect(heard).toEqual(['at 1', 'at 2', 'at 3']);
  verifier.rest();
  await once(started[0]!, 'exit');
  expect(started).toHaveLength(1);
});

test('a thread that hears nothing is ended, and what waits behind it is asked again', async () => {
  const { start, started } = threadsOf('for (;;);');
  const verifier = openVerifier({ start, killAfterMs: 1 });
  const abort = new AbortController();
  const first = verifier.verify(ORDER, abort.signal, DEAF);
  const second = verifier.verify(ORDER, LIVE, DEAF);
  abort.abort();
  expect(await first).toEqual({ kind: 'cancelled' });
  expect(await second).toMatchObject({ kind: 'lost', reason: expect.stringContaining('1 ms') });
  await once(started[0]!, 'exit');
});

test('a thread that dies fails its orders, and the next one has another', async () => {
  const { start, started } = threadsOf("throw new Error('dead');");
  const verifier = openVerifier({ start });
  for (const _ of [1, 2])
    expect(await verifier.verify(ORDER, LIVE, DEAF)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('dead'),
    });
  expect(started).toHaveLength(2);
});

test('whoever rests has no order, and starts again with the next', async () => {
  const verifier = openVerifier();
  const left = verifier.verify(ORDER, LIVE, DEAF);
  verifier.rest();
  expect(await left).toEqual({ kind: 'cancelled' });
  const { verification } = (await verifier.verify(ORDER, LIVE, DEAF)) as { verification?: unknown };
  expect(verification).toMatchObject({ verdicts: [{ contract: 'Jar', found: [] }], tooLarge: [] });
  verifier.rest();
});
