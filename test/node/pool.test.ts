import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPool, type Pool, type PoolLimits } from '../../runtime/mempool/pool.ts';
import { rememberVerified } from '../../runtime/mempool/verified.ts';

const LIMITS: PoolLimits = { countMax: 8, bytesMax: 100, perSenderMax: 3, blocksMax: 5 };

test("senders take turns, each sender's sequences rise", () => {
  const pool = createPool(LIMITS);
  for (const [sender, sequence] of [
    ['a', 2],
    ['a', 1],
    ['b', 7],
    ['a', 0],
    ['c', 1],
  ] as const)
    put(pool, sender, sequence);
  expect(taken(pool, 100)).toEqual(['a0', 'b7', 'c1', 'a1', 'a2']);
  expect(pool.count()).toBe(5);
});

test('a block takes what fits, and never skips within a sender', () => {
  const pool = createPool(LIMITS);
  put(pool, 'a', 0, 60);
  put(pool, 'a', 1, 3);
  put(pool, 'b', 0, 10);
  expect(taken(pool, 30)).toEqual(['b0']);
  expect(taken(pool, 73)).toEqual(['a0', 'b0', 'a1']);
  expect(pool.take(100, 1).length).toBe(1);
});

test('each bound has its own refusal, and the same transaction may come again', () => {
  const pool = createPool(LIMITS);
  expect(put(pool, 'a', 0)).toEqual({ ok: true });
  expect(put(pool, 'a', 0)).toEqual({ ok: true });
  expect(pool.add({ hash: 'other', tx: new Uint8Array(2), sender: 'a', sequence: 0n }, 0n)).toEqual({
    ok: false,
    reason: 'SequenceWaiting',
  });
  put(pool, 'a', 1);
  put(pool, 'a', 2);
  expect(put(pool, 'a', 3)).toEqual({ ok: false, reason: 'TooManyWaiting' });
  expect(put(pool, 'b', 0, 95)).toEqual({ ok: false, reason: 'Busy' });
  expect(pool.sequenceAfter('a', 0n)).toBe(3n);
  expect(pool.sequenceAfter('a', 5n)).toBe(5n);
});

test('after a block: what it holds, what waited too long and what no longer passes is gone', () => {
  const pool = createPool(LIMITS);
  put(pool, 'a', 0);
  put(pool, 'a', 1);
  put(pool, 'b', 0);
  const dropped = pool.settle(['a0'], 1n, ({ hash }) => (hash === 'a1' ? 'no longer' : null));
  expect(dropped).toEqual([{ hash: 'a1', reason: 'no longer' }]);
  expect(taken(pool, 100)).toEqual(['b0']);
  expect(pool.settle([], 5n, () => 'never asked')).toEqual([]);
  expect(pool.settle([], 6n, () => 'never asked')).toEqual([
    { hash: 'b0', reason: 'it waited for more than 5 blocks' },
  ]);
  expect([pool.count(), pool.bytes()]).toEqual([0, 0]);
});

test('whatever comes and goes, the bounds hold and the counts are right', () => {
  const step = fc.record({
    sender: fc.constantFrom('a', 'b', 'c', 'd'),
    sequence: fc.nat(6),
    size: fc.integer({ min: 2, max: 40 }),
    settles: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pool = createPool(LIMITS);
      for (const [height, { sender, sequence, size, settles }] of steps.entries()) {
        if (settles) pool.settle([`${sender}${sequence}`], BigInt(height), () => null);
        else put(pool, sender, sequence, size, BigInt(height));
        const all = pool.take(Number.MAX_SAFE_INTEGER, 1_000);
        expect(all.length).toBe(pool.count());
        expect(all.reduce((sum, tx) => sum + tx.length, 0)).toBe(pool.bytes());
        expect(pool.count()).toBeLessThanOrEqual(LIMITS.countMax);
        expect(pool.bytes()).toBeLessThanOrEqual(LIMITS.bytesMax);
        for (const one of ['a', 'b', 'c', 'd']) {
          const own = taken(pool, 1_000).filter((hash) => hash.startsWith(one));
          expect(own.length).toBeLessThanOrEqual(LIMITS.perSenderMax);
          expect(own).toEqual([...own].sort());
        }
      }
    }),
  );
});

test('a signature is verified once, and only good ones are remembered', () => {
  let calls = 0;
  const verify = rememberVerified((signature) => {
    calls += 1;
    return signature[0] === 1;
  }, 2);
  const [good, bad] = [Uint8Array.of(1), Uint8Array.of(0)];
  const ask = (signature: Uint8Array, message: number) =>
    verify(signature, Uint8Array.of(message), Uint8Array.of(9));
  expect([ask(good, 1), ask(good, 1), calls]).toEqual([true, true, 1]);
  expect([ask(bad, 1), ask(bad, 1), calls]).toEqual([false, false, 3]);
  expect([ask(good, 2), ask(good, 3), ask(good, 1), calls]).toEqual([true, true, true, 6]);
});

function put(pool: Pool, sender: string, sequence: number, size = 2, height = 0n) {
  const tx = new Uint8Array(size);
  tx.set([sender.charCodeAt(0), sequence]);
  return pool.add({ hash: `${sender}${sequence}`, tx, sender, sequence: BigInt(sequence) }, height);
}

/** As `<sender><sequence>`, in order. */
function taken(pool: Pool, bytesMax: number): string[] {
  return pool.take(bytesMax, 1_000).map((tx) => `${String.fromCharCode(tx[0]!)}${tx[1]}`);
}
