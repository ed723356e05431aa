import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DriverEffect, DriverInput } from '../../runtime/consensus/driver.ts';
import { soloDriver } from '../../runtime/consensus/solo.ts';

describe('the solo driver', () => {
  test('makes a block for what waits, then an empty one for the root, then none', () => {
    const run = driven(0);
    expect(run({ kind: 'Started', rootUnsigned: false, waiting: false })).toEqual([]);
    expect(run({ kind: 'Waiting' })).toEqual([{ kind: 'MakeBlock' }]);
    expect(run({ kind: 'Waiting' })).toEqual([]);
    expect(run({ kind: 'Committed', rootUnsigned: true, waiting: false })).toEqual([{ kind: 'MakeBlock' }]);
    expect(run({ kind: 'Committed', rootUnsigned: true, waiting: false })).toEqual([{ kind: 'MakeBlock' }]);
    expect(run({ kind: 'Committed', rootUnsigned: false, waiting: false })).toEqual([]);
  });

  test('does not lose what comes while nothing could be done', () => {
    const run = driven(0);
    run({ kind: 'Started', rootUnsigned: false, waiting: false });
    expect(run({ kind: 'Waiting' })).toEqual([{ kind: 'MakeBlock' }]);
    expect(run({ kind: 'Waiting' })).toEqual([]);
    expect(run({ kind: 'NothingToDo' })).toEqual([{ kind: 'MakeBlock' }]);
    expect(run({ kind: 'NothingToDo' })).toEqual([]);
  });

  test('with an interval, makes blocks when it starts and at ticks', () => {
    const run = driven(100);
    const timer = { kind: 'SetTimer', afterMs: 100 };
    expect(run({ kind: 'Started', rootUnsigned: true, waiting: false })).toEqual([
      timer,
      { kind: 'MakeBlock' },
    ]);
    expect(run({ kind: 'Committed', rootUnsigned: false, waiting: false })).toEqual([]);
    expect(run({ kind: 'Tick' })).toEqual([timer]);
    expect(run({ kind: 'Waiting' })).toEqual([]);
    expect(run({ kind: 'Tick' })).toEqual([timer, { kind: 'MakeBlock' }]);
  });

  test('never makes two blocks at once, and never forgets one that is due', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('Waiting', 'Answer'), { maxLength: 40 }),
        fc.infiniteStream(fc.boolean()),
        (events, coin) => {
          const run = driven(0);
          const flip = () => coin.next().value === true;
          run({ kind: 'Started', rootUnsigned: false, waiting: false });
          let [busy, due] = [false, false];
          for (const event of events) {
            if (event === 'Answer' && !busy) continue;
            const answer: DriverInput = flip()
              ? { kind: 'NothingToDo' }
              : { kind: 'Committed', rootUnsigned: false, waiting: flip() };
            const input: DriverInput = event === 'Waiting' ? { kind: 'Waiting' } : answer;
            due = event === 'Waiting' ? true : due || (input.kind === 'Committed' && input.waiting);
            if (event === 'Answer') busy = false;
            const effects = run(input);
            expect(effects.length).toBe(!busy && due ? 1 : 0);
            if (effects.length > 0) [busy, due] = [true, false];
          }
        },
      ),
    );
  });
});

function driven(intervalMs: number): (input: DriverInput) => readonly DriverEffect[] {
  const driver = soloDriver({ intervalMs });
  let state = driver.initial;
  return (input) => {
    const next = driver.step(state, input);
    state = next.state;
    return next.effects;
  };
}
