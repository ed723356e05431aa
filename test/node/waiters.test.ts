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
