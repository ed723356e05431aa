/** Worlds: their genesis, that they are the real modules, and what a single run reports. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { auditLedger, canPay, currencyIdOf } from '../../host/index.ts';
import {
  advance,
  ask,
  balances,
  COOPERATIVE,
  call,
  deploy,
  GENESIS_TIME,
  limitMember,
  memberDid,
  movesBetween,
  openWorld,
  pay,
  type RuleCall,
  runRule,
} from '../../testing/index.ts';
import { type CurrencyDecl, parseDid } from '../../vm/index.ts';
import { contractsOf } from './compiled.ts';

const TIMEBANK = readFileSync(join(import.meta.dirname, '../fixtures/codegen/timebank.ccl'), 'utf8');
const PASSING = readFileSync(join(import.meta.dirname, '../fixtures/testing/passing.ccl'), 'utf8');

const HOURS: CurrencyDecl = { name: 'hours', decimals: 2, kind: 'mutual' };
const COIN: CurrencyDecl = { name: 'coin', decimals: 0, kind: 'issued' };
const [alice, bob, carol] = ['alice', 'bob', 'carol'].map(memberDid) as [string, string, string];

describe('genesis', () => {
  const world = openWorld({ members: ['alice', 'bob'], currencies: [HOURS, COIN] });
  const hours = currencyIdOf(COOPERATIVE, 'hours');

  test('members are DIDs made from their names', () => {
    expect(alice).toBe('did:icn:z6MkhQQdaNNf69T3DPb1sYvg5sfj12a3i5TRKWqjjL7LwH1q');
    expect(parseDid(alice)).toMatchObject({ kind: 'key', method: 'icn' });
    expect(world.names.get(alice)).toBe('alice');
  });

  test('each may owe 10^9 units of a mutual currency and has 10^9 of an issued one', () => {
    expect([
      canPay(world.state, hours, bob, 10n ** 9n),
      canPay(world.state, hours, bob, 10n ** 9n + 1n),
    ]).toEqual([true, false]);
    expect(balances(world).filter(({ amount }) => amount > 0n)).toEqual(
      [
        { account: alice, currency: 'coin', amount: 10n ** 9n },
        { account: bob, currency: 'coin', amount: 10n ** 9n },
      ].sort((a, b) => (a.account < b.account ? -1 : 1)),
    );
    expect(auditLedger(world.state)).toEqual([]);
  });

  test('a stranger may not even deploy', () => {
    const [artifact] = contractsOf(TIMEBANK);
    const outcome = deploy(world, { artifact: artifact!, args: [], by: carol, name: 'bank' });
    expect(outcome).toMatchObject({ ok: false, code: 'NoPermission' });
  });

  test('a floor can be set, and not above zero', () => {
    expect(limitMember(world, 'bob', 'hours', -5n)).toMatchObject({ ok: true });
    expect(limitMember(world, 'bob', 'hours', 5n)).toMatchObject({ ok: false, code: 'FloorOutOfRange' });
    expect(limitMember(world, 'bob', 'coin', -5n)).toMatchObject({ ok: false, code: 'WrongCurrencyKind' });
    expect(pay(world, bob, alice, 'hours', 6n)).toMatchObject({ ok: false, code: 'CannotPay' });
    expect(pay(world, bob, alice, 'hours', 5n)).toMatchObject({ ok: true });
  });
});

describe('a world', () => {
  test('goes on by blocks, and through time only when told to', () => {
    const world = openWorld({ members: ['alice', 'bob'], currencies: [HOURS] });
    const [artifact] = contractsOf(TIMEBANK);
    const deployed = deploy(world, { artifact: artifact!, args: [], by: alice, name: 'bank' });
    const contract = deployed.ok ? deployed.contract : '';
    const rule = (entry: string, args: (string | bigint)[], by: string) =>
      call(world, { contract, entry, args, by, spends: 'unlimited' });
    expect(rule('join', [], bob)).toMatchObject({ ok: true, events: [] });
    const before = balances(world);
    expect(rule('record', [alice, 250n], bob)).toMatchObject({ ok: true, spent: [{ amount: 250n }] });
    expect(
      movesBetween(before, balances(world))
        .map(({ account, amount }) => [world.names.get(account), amount])
        .sort(),
    ).toEqual([
      ['alice', 250n],
      ['bob', -250n],
    ]);
    expect(ask(world, contract, 'hours_of', [alice])).toMatchObject({ ok: true, result: 250n });
    expect(rule('join', [], carol)).toMatchObject({ ok: false, code: 'UnknownDid' });
    expect(world.clock).toEqual({ block: 5n, time: GENESIS_TIME });
    advance(world, 60n);
    expect(world.clock).toEqual({ block: 5n, time: GENESIS_TIME + 60n });
    expect(auditLedger(world.state)).toEqual([]);
  });
});

describe('a single run', () => {
  const [bank] = contractsOf(TIMEBANK);
  const rule = (entry: string, args: string[], by: string): RuleCall => ({ entry, args, by, spending: null });
  const run = (call: RuleCall, before: RuleCall[] = []) =>
    runRule({ artifact: bank!, creator: 'alice', initArgs: [], others: [], before, call });

  test('tells what it did, by name', () => {
    expect(run(rule('record', ['alice', '2.50 hours'], 'bob'), [rule('join', [], 'bob')])).toEqual({
      ok: true,
      result: null,
      events: [
        {
          name: 'Served',
          source: 'TimeBank',
          fields: [
            { name: 'provider', value: 'alice' },
            { name: 'receiver', value: 'bob' },
            { name: 'amount', value: '2.50 hours' },
          ],
        },
      ],
      logs: [],
      moved: expect.arrayContaining([
        { account: 'alice', amount: '2.50 hours' },
        { account: 'bob', amount: '-2.50 hours' },
      ]),
      changes: [
        { place: 'total', before: '0.00 hours', after: '2.50 hours' },
        { place: 'worked[alice]', before: '0.00 hours', after: '2.50 hours' },
      ],
      gasUsed: expect.any(Number),
      gasMax: bank!.entries.find(({ name }) => name === 'record')!.gasMax,
    });
  });

  test('shows elements of sets, and what a view answers', () => {
    expect(run(rule('join', [], 'bob'))).toMatchObject({
      ok: true,
      changes: [{ place: 'members[bob]', before: 'false', after: 'true' }],
    });
    expect(run(rule('hours_of', ['bob'], 'bob'))).toMatchObject({
      ok: true,
      result: '0.00 hours',
      changes: [],
    });
  });

  test('says which call failed, and where', () => {
    const failed = run(rule('hours_of', ['bob'], 'bob'), [rule('join', [], 'bob'), rule('join', [], 'bob')]);
    expect(failed).toMatchObject({ ok: false, failed: 1, message: 'already a member' });
    const position = failed.ok ? null : failed.trap?.position;
    expect(TIMEBANK.slice(position?.start, position?.end)).toBe(
      'requires !(caller in members)     else "already a member"',
    );
  });

  test('says what is wrong with an argument', () => {
    expect(run(rule('leave', [], 'bob'))).toMatchObject({
      ok: false,
      failed: 0,
      message: 'TimeBank has no rule or view leave',
    });
    expect(run(rule('record', ['bob'], 'bob'))).toMatchObject({
      ok: false,
      message: 'record takes 2 arguments, not 1',
    });
    expect(run(rule('record', ['bob', '2.505'], 'bob'))).toMatchObject({
      ok: false,
      message: 'record: amount: 2.505 has more decimals than hours has (2)',
    });
    expect(run(rule('record', ['did:icn:z', '1'], 'bob'))).toMatchObject({
      ok: false,
      message: expect.stringContaining('is not a DID'),
    });
  });

  test('keeps a spending limit, and passes arguments to init', () => {
    const [lender] = contractsOf(PASSING);
    const spending = [{ currency: 'hours', amount: 99n }];
    const lend: RuleCall = { entry: 'lend', args: ['bob', '1.00 hours', '7d'], by: 'alice', spending };
    const runWith = (call: RuleCall) =>
      runRule({ artifact: lender!, creator: 'carol', initArgs: ['alice'], others: [], before: [], call });
    expect(runWith(lend)).toMatchObject({ ok: false, failed: 0, trap: { kind: 'Refused' } });
    expect(runWith({ ...lend, spending: null })).toMatchObject({
      ok: true,
      result: '1',
      changes: [
        { place: 'calls', before: '0', after: '1' },
        { place: 'loans[bob].lender', before: 'did""', after: 'alice' },
        { place: 'loans[bob].due', before: '@1970-01-01T00:00Z', after: '@2026-01-08T00:00Z' },
        { place: 'loans[bob].left', before: '0.00 hours', after: '1.00 hours' },
      ],
    });
  });
});
