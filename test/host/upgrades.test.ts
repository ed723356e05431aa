/** One version after another on the host: what stays, what is refused, and what a failure leaves behind. */
import { describe, expect, test } from 'vitest';
import { contractInfo, runHooks, versionsOf } from '../../host/index.ts';
import { ask, call, deploy, memberDid, openWorld, upgrade, type World } from '../../testing/world.ts';
import type { Artifact } from '../../vm/index.ts';
import { contractsOf } from '../testing/compiled.ts';
import { versionsIn } from './versions.ts';

const DESK = 'interface Desk { rule ring() gas 60_000; view rung() -> Int gas 20_000; }\n';
const FIRST = `${DESK}contract Bell {
  version "1.0.0";
  upgradable;
  implements Desk;
  access contracts;
  state { rings: Int; ringers: Set<Did, 10>; hours: Int; }
  rule ring() { rings += 1; ringers.add(caller); }
  view rung() -> Int { return rings; }
  view hours_gone() -> Int { return hours; }
  on every 1h gas 100_000 { hours += periods; }
}
`;
const SECOND = `${DESK}contract Bell {
  version "2.0.0";
  upgradable;
  implements Desk;
  access contracts;
  state { rings: Int; loud: Map<Did, Bool>; people: Int; hours: Int; by: Did; }
  upgrade from "1.0.0" {
    require rings > 0 else "it never rang";
    for d in old(ringers) { loud[d] = true; people += 1; }
    by = caller;
  }
  rule ring() { rings += 10; }
  view rung() -> Int { return rings; }
  view hours_gone() -> Int { return hours; }
  view is_loud(d: Did) -> Bool { return loud[d]; }
  view how_many() -> Int { return people; }
  view upgraded_by() -> Did { return by; }
  on every 2h gas 100_000 { hours += 100 * periods; }
}
`;
const CLERK = `${DESK}contract Clerk {
  rule go(bell: Did) { Contract<Desk>.at(bell).ring(); }
}
`;
const BEFORE = { 'Bell@1.0.0.ccl': FIRST };
const [second, first] = versionsIn(SECOND, BEFORE) as [Artifact, Artifact];
const [alice, bob] = [memberDid('alice'), memberDid('bob')];

function ringing(artifact = first): { readonly world: World; readonly bell: string } {
  const world = openWorld({ members: ['alice', 'bob'], currencies: [] });
  const deployed = deploy(world, { artifact, args: [], by: alice, name: 'bell' });
  if (!deployed.ok) throw new Error(deployed.message);
  return { world, bell: deployed.contract };
}

const ring = (world: World, contract: string, by = bob) =>
  call(world, { contract, entry: 'ring', args: [], by, spends: [] });
const read = (world: World, contract: string, view: string, ...args: string[]) => {
  const outcome = ask(world, contract, view, args);
  return outcome.ok ? outcome.result : outcome.code;
};
const upgraded = (world: World, contract: string, artifact = second, by = alice) => {
  const outcome = upgrade(world, { artifact, contract, by });
  return outcome.ok ? 'ok' : `${outcome.code}: ${outcome.trap?.message ?? outcome.message}`;
};

test('what both have stays, what is given up can be read once, and the account is the same', () => {
  const { world, bell } = ringing();
  ring(world, bell);
  ring(world, bell, alice);
  expect(upgraded(world, bell, second, bob)).toBe('ok');
  expect(read(world, bell, 'rung')).toBe(2n);
  expect(read(world, bell, 'how_many')).toBe(2n);
  expect(read(world, bell, 'is_loud', bob)).toBe(true);
  expect(read(world, bell, 'upgraded_by')).toBe(bob);
  ring(world, bell);
  expect(read(world, bell, 'rung')).toBe(12n);
  expect(contractInfo(world.state, bell)).toMatchObject({ creator: alice, upgrades: 1n });
  const versions = versionsOf(world.state, bell);
  expect(versions.map(({ version, by }) => [version, by])).toEqual([
    ['2.0.0', bob],
    ['1.0.0', alice],
  ]);
});

test('an upgrade that fails leaves everything as it was', () => {
  const { world, bell } = ringing();
  const before = [...world.state.changes()];
  expect(upgraded(world, bell)).toBe('ExecutionFailed: it never rang');
  expect(world.state.changes()).toEqual(before);
  expect(ring(world, bell).ok).toBe(true);
});

test('who found it by its interface goes on calling it', () => {
  const { world, bell } = ringing();
  const clerk = deploy(world, { artifact: contractsOf(CLERK)[0]!, args: [], by: bob, name: 'clerk' });
  const go = () =>
    call(world, { contract: clerk.ok ? clerk.contract : '', entry: 'go', args: [bell], by: bob, spends: [] });
  expect(go().ok).toBe(true);
  expect(upgraded(world, bell)).toBe('ok');
  expect(go().ok).toBe(true);
  expect(read(world, bell, 'rung')).toBe(11n);
});

test('hooks of the version before run no more, and those of the new one begin', () => {
  const { world, bell } = ringing();
  ring(world, bell);
  const pass = (seconds: bigint) => {
    world.clock.time += seconds;
    return runHooks(world.state, world.clock, 10).map(({ entry }) => entry);
  };
  expect(pass(3_600n)).toEqual(['on every 1h']);
  expect(upgraded(world, bell)).toBe('ok');
  expect(pass(3_600n)).toEqual([]);
  expect(pass(3_600n)).toEqual(['on every 2h']);
  expect(read(world, bell, 'hours_gone')).toBe(101n);
});

test('nobody calls what runs once', () => {
  const { world, bell } = ringing();
  ring(world, bell);
  upgraded(world, bell);
  const outcome = call(world, {
    contract: bell,
    entry: 'upgrade from 1.0.0',
    args: [],
    by: alice,
    spends: [],
  });
  expect(outcome).toMatchObject({ ok: false, code: 'UnknownEntry' });
});

describe('a version that does not follow is refused:', () => {
  const other = (text: string, before: { [file: string]: string }) => versionsIn(text, before)[0]!;
  const changed = { 'Bell@1.0.0.ccl': FIRST.replace('rings += 1', 'rings += 2') };
  const skipping = SECOND.replace('from "1.0.0"', 'from "1.5.0"');
  const between = { 'Bell@1.5.0.ccl': FIRST.replace('"1.0.0"', '"1.5.0"') };
  test.each<readonly [what: string, artifact: Artifact, says: RegExp]>([
    [
      'one that comes from none',
      other(SECOND.replace(/ {2}upgrade from[\s\S]*?\n {2}}\n/, ''), {}),
      /^NoSuccessor.*no upgrade/,
    ],
    ['one that comes from another version', other(skipping, between), /^NoSuccessor.*comes from 1\.5\.0/],
    ['one that was compiled with another text', other(SECOND, changed), /^NoSuccessor.*another text/],
    [
      'another contract',
      other(SECOND.replace('contract Bell', 'contract Gong'), {
        'Gong@1.0.0.ccl': FIRST.replace('contract Bell', 'contract Gong'),
      }),
      /^NoSuccessor/,
    ],
    ['one that offers less', { ...second, offers: [], interfaces: [] }, /^NotOffered.*Desk/],
  ])('%s', (_, artifact, says) => {
    const { world, bell } = ringing();
    ring(world, bell);
    expect(upgraded(world, bell, artifact)).toMatch(says);
    expect(read(world, bell, 'rung')).toBe(1n);
  });
});

test('a contract that does not say so is fixed, and a permission is needed', () => {
  const fixed = { ...first, lineage: { upgradable: null, predecessor: null } };
  const { world, bell } = ringing(fixed);
  expect(upgraded(world, bell)).toMatch(/^NotUpgradable.*Bell 1\.0\.0/);
  const open = ringing();
  expect(upgraded(open.world, open.bell, second, memberDid('stranger'))).toMatch(
    /^NoPermission.*contract\.upgrade/,
  );
  expect(upgraded(open.world, memberDid('nobody'))).toMatch(/^UnknownContract/);
});
