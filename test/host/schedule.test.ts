/** Hooks run when they are due, in one order, each by itself. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY, overlay } from '../../host/index.ts';
import { type Due, nextDue, schedule, unscheduleNext } from '../../host/schedule.ts';
import { advance, call, deploy, memberDid, openWorld, type World } from '../../testing/world.ts';
import type { AbiValue } from '../../vm/index.ts';
import { contractsOf } from '../testing/compiled.ts';

const due: fc.Arbitrary<Due> = fc.record({
  due: fc.bigInt(0n, 5n),
  contract: fc.constantFrom('a', 'b'),
  entry: fc.constantFrom('on every 1h', 'on every 1d', 'on every 1d (2)'),
  failures: fc.constant(0n),
  upgrades: fc.constant(0n),
});
const rank = (item: Due) => `${item.due} ${item.contract} ${item.entry}`;

test('the schedule gives back what is due first, whatever came and went', () => {
  const steps = fc.array(fc.option(due, { nil: null }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (all) => {
      const state = overlay(EMPTY);
      const waiting: Due[] = [];
      for (const item of all) {
        if (item === null) {
          unscheduleNext(state);
          waiting.shift();
        } else {
          schedule(state, item);
          waiting.push(item);
          waiting.sort((left, right) => (rank(left) < rank(right) ? -1 : 1));
        }
        expect(nextDue(state)).toEqual(waiting[0]);
      }
      while (waiting.length > 0) {
        unscheduleNext(state);
        waiting.shift();
        expect(nextDue(state)).toEqual(waiting[0]);
      }
      expect(state.keys('schedule/')).toEqual([]);
    }),
  );
});

const CLOCKS = `contract Clocks {
  state { hours: Int; days: Int; broken: Bool; }
  event Hour(number: Int);
  event Day(number: Int);
  rule spoil(on: Bool) { broken = on; }
  on every 1d gas 100_000 { days += periods; emit Day(days); }
  on every 1h gas 100_000 { require !broken else "out of order"; hours += periods; emit Hour(hours); }
}`;

function clocks(): { readonly world: World; readonly contract: string } {
  const world = openWorld({ members: ['alice'], currencies: [] });
  const [artifact] = contractsOf(CLOCKS);
  const deployed = deploy(world, { artifact: artifact!, args: [], by: memberDid('alice'), name: 'clocks' });
  if (!deployed.ok) throw new Error(deployed.message);
  return { world, contract: deployed.contract };
}

const spoil = ({ world, contract }: ReturnType<typeof clocks>, on: AbiValue) =>
  call(world, { contract, entry: 'spoil', args: [on], by: memberDid('alice'), spends: [] });
const told = (runs: ReturnType<typeof advance>) =>
  runs.map(({ entry, periods, outcome }) => `${entry} ${periods} ${outcome.ok ? 'ok' : outcome.message}`);

describe('runs', () => {
  test('nothing runs before it is due, and after a gap it runs once', () => {
    const { world } = clocks();
    expect(told(advance(world, 3_599n))).toEqual([]);
    expect(told(advance(world, 1n))).toEqual(['on every 1h 1 ok']);
    expect(told(advance(world, 4n * 3_600n))).toEqual(['on every 1h 4 ok']);
    expect(told(advance(world, 19n * 3_600n))).toEqual(['on every 1h 19 ok', 'on every 1d 1 ok']);
  });

  test('a failure undoes itself alone, and three in a row end it', () => {
    const all = clocks();
    spoil(all, true);
    const failed = 'on every 1h 1 out of order';
    expect(told(advance(all.world, 3_600n))).toEqual([failed]);
    expect(told(advance(all.world, 3_600n))).toEqual([failed]);
    spoil(all, false);
    expect(told(advance(all.world, 3_600n))).toEqual(['on every 1h 1 ok']);
    spoil(all, true);
    for (let hour = 0; hour < 3; hour++) expect(told(advance(all.world, 3_600n))).toEqual([failed]);
    spoil(all, false);
    expect(told(advance(all.world, 18n * 3_600n))).toEqual(['on every 1d 1 ok']);
  });
});
