/**
 * A pool of solver threads: queries in, answers out, in parallel over the workers. A worker is replaced after some
 * hundreds of queries; one that crashes or hangs is replaced and its query answered `unknown`. The resource limit
 * decides, so that answers repeat; the clock only kills what does not react, and ends who has nothing to do.
 */
import type { Worker } from 'node:worker_threads';
import manifest from 'z3-solver/package.json' with { type: 'json' };
import { type Cache, NO_CACHE, openCache } from './cache.ts';
import { type Answer, type Query, unknownAnswer } from './query.ts';
import { startThread } from './threads.ts';
import type { WorkerOptions, WorkerReply } from './worker.ts';

export type SolverOptions = {
  /** Threads, started when first needed. */
  readonly workers: number;
  /** Folder for answers; no cache where absent. */
  readonly cacheDir?: string;
  /** Z3's random seed, for tests that answers do not hang on it. */
  readonly seed?: number;
  readonly queriesPerWorkerMax?: number;
  readonly killAfterMs?: number;
  /** A thread that had nothing to do for so long ends, and with it its memory; where absent it waits until `close`. */
  readonly idleAfterMs?: number;
};

export type Solver = {
  /** Package, its version and settings: what a cache entry and a certificate name. */
  readonly build: string;
  /**
   * Where `signal` aborts, the answer is `unknown` at once and what waits is not asked any more. What a thread works on
   * it finishes, for the cache: the same is mostly asked again.
   */
  readonly solve: (query: Query, signal?: AbortSignal) => Promise<Answer>;
  /** Ends every thread; pending queries are answered `unknown`. */
  readonly close: () => Promise<void>;
};

const QUERIES_PER_WORKER_MAX = 300;
const KILL_AFTER_MS = 120_000;
const RLIMIT_MAX = 0xffff_ffff;

/** A query with all who wait for its answer. */
type Job = { readonly query: Query; readonly waiting: Set<Take> };
type Take = (answer: Answer) => void;
type Seat = {
  worker: Worker;
  job: Job | null;
  timer: NodeJS.Timeout | null;
  ready: boolean;
  queries: number;
};
type Pool = {
  readonly options: SolverOptions;
  readonly cache: Cache;
  readonly waiting: Job[];
  readonly seats: Set<Seat>;
  readonly ending: Set<Promise<number>>;
  closed: boolean;
};

/** Opens a pool; starting Z3 takes some tenths of a second, at the first query. */
export async function openSolver(options: SolverOptions): Promise<Solver> {
  const build = solverBuild(options.seed ?? 0);
  const cache = options.cacheDir === undefined ? NO_CACHE : openCache(options.cacheDir, build);
  const pool: Pool = { options, cache, waiting: [], seats: new Set(), ending: new Set(), closed: false };
  return { build, solve: (query, signal) => solve(pool, query, signal), close: () => close(pool) };
}

function solverBuild(seed: number): string {
  const name = `z3-solver ${manifest.version} simple`;
  return seed === 0 ? name : `${name} seed ${seed}`;
}

function solve(pool: Pool, query: Query, signal?: AbortSignal): Promise<Answer> {
  if (pool.closed) return Promise.resolve(unknownAnswer('the solver is closed'));
  if (signal?.aborted) return Promise.resolve(WITHDRAWN);
  if (!Number.isInteger(query.rlimit) || query.rlimit < 1 || query.rlimit > RLIMIT_MAX) {
    throw new RangeError(`rlimit ${query.rlimit}`);
  }
  const known = pool.cache.get(query);
  if (known !== undefined) return Promise.resolve(known);
  return new Promise((resolve) => {
    const job = jobFor(pool, query);
    job.waiting.add(resolve);
    signal?.addEventListener('abort', () => withdraw(pool, job, resolve), { once: true });
    dispatch(pool);
  });
}

/** The job of the same query, where it waits or a thread is at it; else a new one. */
function jobFor(pool: Pool, query: Query): Job {
  const seated = [...pool.seats].flatMap(({ job }) => job ?? []);
  const known = [...seated, ...pool.waiting].find((job) => isSame(job.query, query));
  if (known !== undefined) return known;
  const job: Job = { query, waiting: new Set() };
  pool.waiting.push(job);
  return job;
}

function isSame(one: Query, other: Query): boolean {
  return one.text === other.text && one.rlimit === other.rlimit && one.wants.join() === other.wants.join();
}

const WITHDRAWN = unknownAnswer('it was not asked any more');

function withdraw(pool: Pool, job: Job, resolve: Take): void {
  if (!job.waiting.delete(resolve)) return;
  const at = job.waiting.size === 0 ? pool.waiting.indexOf(job) : -1;
  if (at >= 0) pool.waiting.splice(at, 1);
  resolve(WITHDRAWN);
}

function answerJob({ waiting }: Job, answer: Answer): void {
  const all = [...waiting];
  waiting.clear();
  for (const resolve of all) resolve(answer);
}

function dispatch(pool: Pool): void {
  for (const seat of pool.seats) {
    if (seat.ready && seat.job === null) giveJob(pool, seat);
  }
  const starting = [...pool.seats].filter((seat) => !seat.ready).length;
  for (let i = starting; i < pool.waiting.length && pool.seats.size < pool.options.workers; i++)
    openSeat(pool);
}

function openSeat(pool: Pool): void {
  const options: WorkerOptions = { seed: pool.options.seed ?? 0 };
  const worker = startThread(import.meta.url, 'worker', options);
  const seat: Seat = { worker, job: null, timer: null, ready: false, queries: 0 };
  pool.seats.add(seat);
  worker.on('message', (reply: WorkerReply) => takeReply(pool, seat, reply));
  worker.on('error', (error: Error) => loseSeat(pool, seat, `the solver failed: ${error.message}`));
  worker.on('exit', () => loseSeat(pool, seat, 'the solver ended'));
}

function giveJob(pool: Pool, seat: Seat): void {
  const job = pool.waiting.shift();
  if (job === undefined) {
    rest(pool, seat);
    return;
  }
  clearSeat(seat);
  seat.job = job;
  seat.queries += 1;
  const killAfterMs = pool.options.killAfterMs ?? KILL_AFTER_MS;
  seat.timer = setTimeout(() => loseSeat(pool, seat, `no answer within ${killAfterMs} ms`), killAfterMs);
  seat.worker.postMessage({ id: seat.queries, query: job.query });
}

/** Ends the seat, where it stays without a job. */
function rest(pool: Pool, seat: Seat): void {
  const { idleAfterMs } = pool.options;
  if (idleAfterMs !== undefined && seat.timer === null)
    seat.timer = setTimeout(endSeat, idleAfterMs, pool, seat);
}

function takeReply(pool: Pool, seat: Seat, reply: WorkerReply): void {
  if (reply.kind === 'ready') seat.ready = true;
  else if (seat.job !== null && reply.id === seat.queries) finishJob(pool, seat, reply.answer);
  dispatch(pool);
}

function finishJob(pool: Pool, seat: Seat, answer: Answer): void {
  const job = seat.job;
  clearSeat(seat);
  if (job === null) return;
  pool.cache.put(job.query, answer);
  answerJob(job, answer);
  if (seat.queries >= (pool.options.queriesPerWorkerMax ?? QUERIES_PER_WORKER_MAX)) endSeat(pool, seat);
}

/** A seat that broke: its query is `unknown`, uncached. Where Z3 cannot even start, nobody waits for ever. */
function loseSeat(pool: Pool, seat: Seat, reason: string): void {
  if (!pool.seats.has(seat)) return;
  const job = seat.job;
  endSeat(pool, seat);
  if (job !== null) answerJob(job, unknownAnswer(reason));
  if (!seat.ready) for (const waiting of pool.waiting.splice(0)) answerJob(waiting, unknownAnswer(reason));
  if (!pool.closed) dispatch(pool);
}

function endSeat(pool: Pool, seat: Seat): void {
  clearSeat(seat);
  pool.seats.delete(seat);
  const ended = seat.worker.terminate();
  pool.ending.add(ended);
  void ended.then(() => pool.ending.delete(ended));
}

function clearSeat(seat: Seat): void {
  if (seat.timer !== null) clearTimeout(seat.timer);
  seat.timer = null;
  seat.job = null;
}

async function close(pool: Pool): Promise<void> {
  pool.closed = true;
  for (const job of pool.waiting.splice(0)) answerJob(job, unknownAnswer('the solver was closed'));
  for (const seat of [...pool.seats]) loseSeat(pool, seat, 'the solver was closed');
  await Promise.all(pool.ending);
}
