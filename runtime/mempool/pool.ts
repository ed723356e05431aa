/**
 * Transactions that wait for a block. Bounded in count, bytes and per sender; each sender's in order of sequence,
 * senders in turn, so that nobody's queue holds up another's. Checked transactions in, the next block's out.
 */

export type PoolLimits = {
  readonly countMax: number;
  readonly bytesMax: number;
  readonly perSenderMax: number;
  /** A transaction that has waited for so many blocks is dropped. */
  readonly blocksMax: number;
};

/** `hash` is the transaction's id, in hex. */
export type Waiting = {
  readonly hash: string;
  readonly tx: Uint8Array;
  readonly sender: string;
  readonly sequence: bigint;
};

export type Added =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'SequenceWaiting' | 'Busy' | 'TooManyWaiting' };

export type Dropped = { readonly hash: string; readonly reason: string };

/** Null keeps the transaction, text is why it must go. */
export type Recheck = (waiting: Waiting) => string | null;

export type Pool = {
  /** Whether there is room for a transaction of this size, whoever sends it. */
  hasRoom(bytes: number): boolean;
  /** `height` is that of the last block. What waits already may be added again. */
  add(waiting: Waiting, height: bigint): Added;
  has(hash: string): boolean;
  count(): number;
  bytes(): number;
  /** Transactions for a block of at most `bytesMax`, in an order in which each sender's sequences rise. They stay until they are settled. */
  take(bytesMax: number, countMax: number): Uint8Array[];
  /** The first sequence from `next` on that none of the sender's transactions has. */
  sequenceAfter(sender: string, next: bigint): bigint;
  /**
   * After the block at `height`: forgets `hashes`, which it holds, whatever waited too long, and what no longer passes
   * of those whose sender the block changed.
   */
  settle(hashes: readonly string[], height: bigint, recheck: Recheck): Dropped[];
};

export const POOL_LIMITS: PoolLimits = {
  countMax: 10_000,
  bytesMax: 64 << 20,
  perSenderMax: 64,
  blocksMax: 1_000,
};

type Entry = Waiting & { readonly since: bigint };
/** Sender -> sequence -> entry; senders in the order in which they came. */
type Queues = Map<string, Map<bigint, Entry>>;

export function createPool(limits: PoolLimits): Pool {
  const queues: Queues = new Map();
  const byHash = new Map<string, Entry>();
  let bytes = 0;

  const drop = (entry: Entry): void => {
    const queue = queues.get(entry.sender);
    queue?.delete(entry.sequence);
    if (queue?.size === 0) queues.delete(entry.sender);
    byHash.delete(entry.hash);
    bytes -= entry.tx.length;
  };

  const hasRoom = (size: number): boolean => byHash.size < limits.countMax && bytes + size <= limits.bytesMax;

  return {
    hasRoom,
    add(waiting, height) {
      if (byHash.has(waiting.hash)) return { ok: true };
      const reason = hasRoom(waiting.tx.length)
        ? refusal(waiting, queues.get(waiting.sender), limits)
        : 'Busy';
      if (reason !== null) return { ok: false, reason };
      const entry = { ...waiting, since: height };
      queues.set(
        waiting.sender,
        (queues.get(waiting.sender) ?? new Map<bigint, Entry>()).set(waiting.sequence, entry),
      );
      byHash.set(waiting.hash, entry);
      bytes += waiting.tx.length;
      return { ok: true };
    },
    has: (hash) => byHash.has(hash),
    count: () => byHash.size,
    bytes: () => bytes,
    take: (bytesMax, countMax) => takeInTurn(queues, bytesMax, countMax),
    sequenceAfter: (sender, next) => sequenceAfter(queues.get(sender), next),
    settle(hashes, height, recheck) {
      const settled = hashes.flatMap((hash) => byHash.get(hash) ?? []);
      for (const entry of settled) drop(entry);
      const senders = new Set(settled.map(({ sender }) => sender));
      const dropped: Dropped[] = [];
      for (const entry of inOrder(queues)) {
        const late =
          height - entry.since > limits.blocksMax
            ? `it waited for more than ${limits.blocksMax} blocks`
            : null;
        const reason = late ?? (senders.has(entry.sender) ? recheck(entry) : null);
        if (reason !== null) dropped.push({ hash: entry.hash, reason });
      }
      for (const { hash } of dropped) drop(byHash.get(hash)!);
      return dropped;
    },
  };
}

function refusal({ sequence }: Waiting, queue: ReadonlyMap<bigint, Entry> | undefined, limits: PoolLimits) {
  if (queue?.has(sequence)) return 'SequenceWaiting';
  return (queue?.size ?? 0) >= limits.perSenderMax ? 'TooManyWaiting' : null;
}

function sequenceAfter(queue: ReadonlyMap<bigint, Entry> | undefined, next: bigint): bigint {
  let sequence = next;
  while (queue?.has(sequence)) sequence += 1n;
  return sequence;
}

/** One transaction of each sender, then the next of each; a sender whose next one does not fit is done. */
function takeInTurn(queues: Queues, bytesMax: number, countMax: number): Uint8Array[] {
  let turn = [...queues.values()].map(bySequence);
  const taken: Uint8Array[] = [];
  let room = bytesMax;
  for (let round = 0; turn.length > 0; round += 1) {
    turn = turn.filter((queue) => {
      const entry = queue[round];
      if (entry === undefined || entry.tx.length > room || taken.length >= countMax) return false;
      taken.push(entry.tx);
      room -= entry.tx.length;
      return true;
    });
  }
  return taken;
}

function inOrder(queues: Queues): Entry[] {
  return [...queues.values()].flatMap(bySequence);
}

function bySequence(queue: ReadonlyMap<bigint, Entry>): Entry[] {
  return [...queue.values()].sort((left, right) => (left.sequence < right.sequence ? -1 : 1));
}
