import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { createWaiters } from '../../runtime/waiters.ts';

test('who waits for a key is told once, up to the bound', async () => {
  const waiters = createWaiters(2);
  const told: string[] = [];
  const first = waiters.join('a')!.then(() => told.push('first'));
  const second = waiters.join('b')!.then(() => told.push('second'));
  expect(waiters.join('a')).toBeNull();
  waiters.tell('nobody');
  waiters.tell('a');
  await first;
  expect(told).toEqual(['first']);
  const third = waiters.join('b')!.then(() => told.push('third'));
  waiters.tellAll();
  await Promise.all([second, third]);
  expect(told).toEqual(['first', 'second', 'third']);
  expect(waiters.join('a')).not.toBeNull();
});

test('who has gone makes room, and is not told twice', async () => {
  const waiters = createWaiters(1);
  const leaving = new AbortController();
  const left = waiters.join('a', leaving.signal);
  expect(waiters.join('a')).toBeNull();
  leaving.abort();
  await left;
  const stayed = waiters.join('a');
  expect(waiters.join('a')).toBeNull();
  waiters.tell('a');
  await stayed;
  await waiters.join('a', leaving.signal);
  expect(waiters.join('a')).not.toBeNull();
});

test('who was told leaves nothing behind on the signal', async () => {
  const waiters = createWaiters(1);
  const leaving = new AbortController();
  const told = waiters.join('a', leaving.signal);
  waiters.tell('a');
  await told;
  expect(getEventListeners(leaving.signal, 'abort')).toEqual([]);
});
