/**
 * `npm run fuzz:language -- [SECONDS] [SEED]`: random sources through the whole front end for a while (180 seconds). Fails
 * with the input when something throws, points outside of its text, or does not come to an end. A worker does the work; it
 * says what it is about to try, so that an input which never ends is known.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readCorpus } from './corpus.ts';
import { type Reached, tryFront } from './front.ts';
import { inputOf } from './generate.ts';

type Message =
  | { readonly kind: 'trying'; readonly index: number }
  | { readonly kind: 'failed'; readonly index: number; readonly problem: string }
  | { readonly kind: 'done'; readonly counts: Readonly<Record<Reached, number>>; readonly inputs: number };

/** An input may take so long on a busy machine. */
const STUCK_MS = 60_000;

if (isMainThread) main(process.argv.slice(2));
else await work(workerData as { readonly ends: number; readonly seed: number });

async function work({ ends, seed }: { readonly ends: number; readonly seed: number }): Promise<void> {
  const say = (message: Message) => parentPort!.postMessage(message);
  const corpus = readCorpus();
  const counts = { unreadable: 0, wrong: 0, checked: 0, built: 0 };
  let index = 0;
  for (; Date.now() < ends; index++) {
    say({ kind: 'trying', index });
    try {
      counts[await tryFront(inputOf(corpus, seed, index))] += 1;
    } catch (error) {
      return say({
        kind: 'failed',
        index,
        problem: error instanceof Error ? (error.stack ?? '') : String(error),
      });
    }
  }
  say({ kind: 'done', counts, inputs: index });
}

function main([seconds = '180', seed = String(Date.now() % 2 ** 31)]: readonly string[]): void {
  console.log(`seed ${seed}`);
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { ends: Date.now() + 1_000 * Number(seconds), seed: Number(seed) },
  });
  let trying = 0;
  const stop = (index: number, problem: string) => {
    const file = join(tmpdir(), `ccl-fuzz-${seed}-${index}.ccl`);
    writeFileSync(file, inputOf(readCorpus(), Number(seed), index));
    console.error(`input ${index} of seed ${seed}, now in ${file}:\n${problem}`);
    process.exit(1);
  };
  const stuck = () => stop(trying, `no answer in ${STUCK_MS / 1_000} seconds`);
  let timer = setTimeout(stuck, STUCK_MS);
  worker.on('message', (message: Message) => {
    clearTimeout(timer);
    if (message.kind === 'failed') stop(message.index, message.problem);
    if (message.kind === 'done') return report(message);
    trying = message.index;
    timer = setTimeout(stuck, STUCK_MS);
  });
  worker.on('error', (error) => stop(trying, error.stack ?? error.message));
}

function report({ counts, inputs }: Extract<Message, { readonly kind: 'done' }>): void {
  for (const [reached, count] of Object.entries(counts)) console.log(`${reached.padEnd(12)}${count}`);
  console.log(`${inputs} inputs, and an answer to each`);
  const never = Object.entries(counts).filter(([, count]) => count === 0);
  if (never.length === 0 || inputs < 1_000) return;
  console.error(`never met: ${never.map(([reached]) => reached).join(', ')}`);
  process.exitCode = 1;
}
