/** Hooks on a chain: they run after the transactions of the block in which they are due, and leave events in it. */
import { expect, test } from 'vitest';
import { type Chain, listStore, makeGenesis, startChain, tx } from './chain.ts';
import { deploySource } from './deployed.ts';

const CLOCK = `contract Clock {
  state { ticks: Int; calls: Int; }
  event Tick(ticks: Int, calls: Int);
  rule poke() { calls += 1; }
  on every 1h gas 100_000 {
    require calls < 3 else "too many calls";
    ticks += periods;
    emit Tick(ticks, calls);
  }
}`;

function clockOn(chain: Chain) {
  const contract = deploySource(chain, 'Clock.ccl', CLOCK);
  let sequence = 2n;
  const block = (seconds: bigint, calls = 0) => {
    const pokes = Array.from({ length: calls }, () =>
      tx(chain, 'alice', sequence++, { kind: 'call', contract, entry: 'poke', args: [] }),
    );
    return chain
      .block(pokes, seconds)
      .events.map(({ name, fields }) => [name, ...fields.map(({ value }) => value)]);
  };
  return { contract, block };
}

test.each([
  ['a map', startChain()],
  ['a list', startChain(makeGenesis(), listStore)],
])('over %s', (_, chain) => {
  const { block } = clockOn(chain);
  expect(block(3_598n)).toEqual([]);
  expect(block(2n, 1)).toEqual([['Tick', 1n, 1n]]);
  chain.restart();
  expect(block(3n * 3_600n, 1)).toEqual([['Tick', 4n, 2n]]);
  const failed = ['HookFailed', 'on every 1h', 'ExecutionFailed: too many calls'];
  expect(block(3_600n, 1)).toEqual([failed]);
  expect(block(3_600n)).toEqual([failed]);
  expect(block(3_600n)).toEqual([failed, ['HookSuspended', 'on every 1h']]);
  expect(block(36_000n)).toEqual([]);
});

test('nobody calls a hook', () => {
  const chain = startChain();
  const { contract } = clockOn(chain);
  const call = tx(chain, 'alice', 2n, { kind: 'call', contract, entry: 'on every 1h', args: [1n] });
  expect(chain.block([call]).txResults[0]).toMatchObject({ name: 'NotARule' });
});

test('what a block has no room for runs in the next', () => {
  const { parameters } = makeGenesis();
  const chain = startChain(makeGenesis({ parameters: { ...parameters, hooksPerBlockMax: 0 } }));
  const { block } = clockOn(chain);
  expect(block(7_200n)).toEqual([]);
});
