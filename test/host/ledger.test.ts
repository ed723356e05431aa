/** The ledger: after any random sequence of acts the books balance, and nobody is below their floor. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AMOUNT_MAX,
  type Answer,
  accountsOf,
  addMember,
  applyGenesis,
  auditLedger,
  BALANCES,
  balanceOf,
  callContract,
  canPay,
  createCooperative,
  createCurrency,
  currencyIdOf,
  deployContract,
  EMPTY,
  floorOf,
  grantPermission,
  hashEntry,
  holdsPermission,
  ISSUER,
  isMember,
  issue,
  journalOf,
  keyOf,
  keyOfDid,
  list,
  type Overlay,
  overlay,
  type Posting,
  rebalance,
  registerDid,
  revokePermission,
  rotateKey,
  setFloor,
  total,
  transfer,
  verifyByDid,
} from '../../host/index.ts';
import { type Event, sha256, utf8 } from '../../vm/index.ts';
import { COIN, COOPERATIVE, deployment, didOf, HOURS, MEMBERS, MOMENT, makeWorld, PURSE } from './purse.ts';

const [alice, bob] = [didOf('alice'), didOf('bob')];
const codeOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.code);
const pay = (state: Overlay, from: string, to: string, amount: bigint, currency = HOURS) =>
  transfer(state, MOMENT, { from, to, currency, amount });

describe('random sequences', () => {
  const anyAmount = fc.oneof(
    fc.bigInt({ min: -5n, max: 1_200n }),
    fc.constantFrom(AMOUNT_MAX, -AMOUNT_MAX, 2n ** 63n - 1n),
  );
  const account = fc.constantFrom(...MEMBERS.map(didOf), didOf('mallory'), '', ISSUER, 'purse');
  const currency = fc.constantFrom(HOURS, COIN, 'none');
  const act = fc.oneof(
    fc.record({ kind: fc.constant('pay' as const), from: account, to: account, currency, amount: anyAmount }),
    fc.record({
      kind: fc.constant('move' as const),
      from: account,
      to: account,
      caller: account,
      amount: anyAmount,
      spends: anyAmount,
    }),
    fc.record({ kind: fc.constant('regret' as const), caller: account, amount: anyAmount }),
    fc.record({ kind: fc.constant('issue' as const), to: account, currency, amount: anyAmount }),
    fc.record({
      kind: fc.constant('floor' as const),
      did: account,
      currency,
      floor: fc.bigInt({ min: -2_000n, max: 10n }),
    }),
  );
  type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

  function perform(state: Overlay, purse: string, one: Act): boolean {
    const real = (name: string) => (name === 'purse' ? purse : name);
    if (one.kind === 'pay')
      return transfer(state, MOMENT, { ...one, from: real(one.from), to: real(one.to) }).ok;
    if (one.kind === 'issue') return issue(state, MOMENT, { ...one, to: real(one.to) }).ok;
    if (one.kind === 'floor') return setFloor(state, one.currency, real(one.did), one.floor).ok;
    const args = one.kind === 'move' ? [real(one.from), real(one.to), one.amount] : [one.amount];
    const spends = one.kind === 'move' ? [{ currency: HOURS, amount: one.spends }] : ('unlimited' as const);
    return callContract(state, MOMENT, {
      contract: purse,
      entry: one.kind,
      args,
      caller: real(one.caller),
      spends,
      gasLimit: 100_000,
    }).ok;
  }

  test('balances sum to zero, no account is below its floor, what fails changes nothing', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const state = makeWorld();
        const purse = deployContract(state, MOMENT, deployment(PURSE, { args: [50n], spends: 'unlimited' }));
        if (!purse.ok) throw new Error(purse.message);
        for (const one of acts) {
          const before = state.changes();
          if (!perform(state, purse.contract, one)) expect(state.changes()).toEqual(before);
          expect(auditLedger(state)).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("a contract's account falls only while that contract executes", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        const state = makeWorld();
        const purse = deployContract(state, MOMENT, deployment(PURSE, { args: [50n], spends: 'unlimited' }));
        if (!purse.ok) throw new Error(purse.message);
        for (const one of acts) {
          const before = balanceOf(state, HOURS, purse.contract);
          perform(state, purse.contract, one);
          if (one.kind !== 'move')
            expect(balanceOf(state, HOURS, purse.contract)).toBeGreaterThanOrEqual(before);
          expect(balanceOf(state, HOURS, purse.contract)).toBeGreaterThanOrEqual(0n);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('the events rebuild the journal, link by link', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom(...MEMBERS),
            fc.constantFrom(...MEMBERS),
            fc.bigInt({ min: 0n, max: 300n }),
          ),
          { maxLength: 20 },
        ),
        (payments) => {
          const state = makeWorld();
          const events: Event[] = [];
          for (const [from, to, amount] of payments) {
            const answer = pay(state, didOf(from), didOf(to), amount);
            if (answer.ok) events.push(...answer.value);
          }
          let previous: Uint8Array = new Uint8Array(0);
          for (const [index, event] of events.entries()) {
            const fields = Object.fromEntries(event.fields.map(({ name, value }) => [name, value])) as {
              from: string;
              to: string;
              amount: bigint;
              entry: Uint8Array;
            };
            const postings: Posting[] = [
              { account: fields.from, amount: -fields.amount },
              { account: fields.to, amount: fields.amount },
            ];
            const hash = hashEntry({
              currency: HOURS,
              index: BigInt(index),
              block: 1n,
              time: MOMENT.time,
              transaction: new Uint8Array(0),
              postings,
              previous,
            });
            expect(fields.entry).toEqual(hash);
            previous = hash;
          }
          expect(journalOf(state, HOURS)).toEqual({ entries: BigInt(events.length), head: previous });
        },
      ),
    );
  });
});

describe('limits', () => {
  test('a floor is zero or negative, of a member, in a mutual currency', () => {
    const state = makeWorld();
    expect(codeOf(setFloor(state, HOURS, alice, 1n))).toBe('FloorOutOfRange');
    expect(codeOf(setFloor(state, HOURS, alice, -AMOUNT_MAX - 1n))).toBe('FloorOutOfRange');
    expect(codeOf(setFloor(state, COIN, alice, -1n))).toBe('WrongCurrencyKind');
    expect(codeOf(setFloor(state, 'none', alice, -1n))).toBe('UnknownCurrency');
    expect(codeOf(setFloor(state, HOURS, 'nobody', -1n))).toBe('NotADid');
    expect(codeOf(setFloor(state, HOURS, `did:icn:contract:${'0'.repeat(64)}`, -1n))).toBe('ContractAccount');
  });

  test('the floors of a currency sum to at least -10^15', () => {
    const state = makeWorld();
    const rest = -AMOUNT_MAX + 2_000n;
    expect(codeOf(setFloor(state, HOURS, alice, rest - 1n))).toBe('FloorsTooLow');
    expect(codeOf(setFloor(state, HOURS, alice, rest))).toBe('ok');
    expect(codeOf(setFloor(state, HOURS, didOf('dave'), -1n))).toBe('FloorsTooLow');
    expect(codeOf(pay(state, alice, bob, -rest))).toBe('ok');
    expect([balanceOf(state, HOURS, alice), balanceOf(state, HOURS, bob)]).toEqual([rest, -rest]);
    expect(auditLedger(state)).toEqual([]);
  });

  test('a limit is not lowered under what is owed', () => {
    const state = makeWorld();
    pay(state, alice, bob, 600n);
    expect(codeOf(setFloor(state, HOURS, alice, -599n))).toBe('FloorAboveBalance');
    expect(codeOf(setFloor(state, HOURS, alice, -600n))).toBe('ok');
    expect(floorOf(state, HOURS, alice)).toBe(-600n);
    expect([canPay(state, HOURS, alice, 0n), canPay(state, HOURS, alice, 1n)]).toEqual([true, false]);
  });

  test('at most 10^15 units of an issued currency circulate', () => {
    const state = makeWorld();
    expect(
      codeOf(issue(state, MOMENT, { to: alice, currency: COIN, amount: AMOUNT_MAX - 1_500n + 1n })),
    ).toBe('TooMuchIssued');
    expect(codeOf(issue(state, MOMENT, { to: alice, currency: COIN, amount: AMOUNT_MAX - 1_500n }))).toBe(
      'ok',
    );
    expect(codeOf(issue(state, MOMENT, { to: alice, currency: HOURS, amount: 1n }))).toBe(
      'WrongCurrencyKind',
    );
    expect(total(state, COIN)).toBe(AMOUNT_MAX);
    expect(balanceOf(state, COIN, ISSUER)).toBe(-AMOUNT_MAX);
  });
});

describe('rows', () => {
  test('an account at zero has no row, whatever happened on it', () => {
    const state = makeWorld();
    pay(state, alice, bob, 5n);
    pay(state, bob, alice, 5n);
    expect(accountsOf(state, HOURS)).toEqual([]);
    expect(journalOf(state, HOURS).entries).toBe(2n);
  });

  test('keys are unambiguous, printable, and come apart again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), {
          maxLength: 8,
        }),
        (pairs) => {
          const state = overlay(EMPTY);
          for (const [currency, account] of pairs)
            state.put(keyOf(BALANCES, currency, account), Uint8Array.of(1));
          const found = new Set(list(state, BALANCES).map((parts) => JSON.stringify(parts)));
          expect(found).toEqual(new Set(pairs.map((pair) => JSON.stringify(pair))));
          for (const key of state.keys('')) expect(key).toMatch(/^[A-Za-z0-9:._@%/-]+$/);
        },
      ),
    );
  });

  test('a built state can be given any balances that sum to zero', () => {
    const state = makeWorld();
    rebalance(state, HOURS, alice, 70n, bob);
    rebalance(state, HOURS, alice, -30n, bob);
    expect([balanceOf(state, HOURS, alice), balanceOf(state, HOURS, bob), total(state, HOURS)]).toEqual([
      -30n,
      30n,
      30n,
    ]);
    expect(auditLedger(state)).toEqual([]);
  });
});

describe('the audit', () => {
  test('sees a balance that was written past the ledger', () => {
    const state = makeWorld();
    pay(state, alice, bob, 5n);
    state.put(keyOf(BALANCES, HOURS, alice), Uint8Array.of(1));
    expect(auditLedger(state)).toEqual([
      'hours: the balances sum to 6',
      'hours: 6 circulate, 5 are recorded',
    ]);
  });
});

describe('currencies, identity, cooperatives', () => {
  test('a currency is created once, under a sound name', () => {
    const state = makeWorld();
    const create = (more: object) =>
      codeOf(
        createCurrency(state, {
          id: 'x',
          cooperative: COOPERATIVE,
          name: 'x',
          decimals: 0,
          kind: 'mutual',
          ...more,
        }),
      );
    expect([
      create({ id: HOURS }),
      create({ name: 'hours' }),
      create({ id: '' }),
      create({ name: ' x' }),
      create({ name: 'x\u0007' }),
      create({ name: '\ud800' }),
      create({ name: 'é'.repeat(65) }),
      create({ decimals: 19 }),
      create({}),
      create({}),
    ]).toEqual([
      'CurrencyTaken',
      'CurrencyTaken',
      'BadName',
      'BadName',
      'BadName',
      'BadName',
      'BadName',
      'WrongCurrencyDecimals',
      'ok',
      'CurrencyTaken',
    ]);
    expect(currencyIdOf(COOPERATIVE, 'meals')).toBe('meals@riverside');
  });

  test('a DID is registered once, with the key that it names', () => {
    const state = makeWorld();
    const key = sha256(utf8('dave'));
    const register = (did: string, sponsor: string) => codeOf(registerDid(state, { did, key, sponsor }));
    expect(register(alice, '')).toBe('KeyMismatch');
    expect(register('did:icn:dave', alice)).toBe('KeyMismatch');
    expect(register('did:icn:dave', '')).toBe('ok');
    expect(register('dave', '')).toBe('NotADid');
    expect(register(`did:icn:contract:${'0'.repeat(64)}`, '')).toBe('NotADid');
    expect(register(didOf('dave'), alice)).toBe('ok');
    expect(register(didOf('dave'), alice)).toBe('DidTaken');
  });

  test('a rotated key signs, the old one no longer does', () => {
    const state = makeWorld();
    const [before, after] = [keyOfDid(state, alice)!, sha256(utf8('new'))];
    const verify = (signature: Uint8Array, _: Uint8Array, key: Uint8Array) => signature.join() === key.join();
    expect(verifyByDid(state, verify, alice, new Uint8Array(0), before)).toBe(true);
    expect(codeOf(rotateKey(state, alice, after))).toBe('ok');
    expect(verifyByDid(state, verify, alice, new Uint8Array(0), before)).toBe(false);
    expect(verifyByDid(state, verify, alice, new Uint8Array(0), after)).toBe(true);
    expect(codeOf(rotateKey(state, didOf('mallory'), after))).toBe('UnknownDid');
  });

  test('permissions hold in the cooperative where they were granted, until they are taken back', () => {
    const state = makeWorld();
    expect(codeOf(grantPermission(state, COOPERATIVE, bob, 'x'))).toBe('ok');
    expect([
      holdsPermission(state, COOPERATIVE, bob, 'x'),
      holdsPermission(state, 'other', bob, 'x'),
    ]).toEqual([true, false]);
    revokePermission(state, COOPERATIVE, bob, 'x');
    expect(holdsPermission(state, COOPERATIVE, bob, 'x')).toBe(false);
    expect(isMember(state, COOPERATIVE, bob)).toBe(true);
    expect(codeOf(addMember(state, 'other', bob))).toBe('UnknownCooperative');
    expect(codeOf(createCooperative(state, COOPERATIVE, 'again'))).toBe('CooperativeTaken');
  });
});

test('a genesis that does not hold together names the field', () => {
  const member = {
    did: alice,
    key: sha256(utf8('alice')),
    cooperatives: [],
    permissions: [],
    limits: [],
    holdings: [],
  };
  const broken = (more: object) => {
    const answer = applyGenesis(overlay(EMPTY), MOMENT, {
      cooperatives: [],
      currencies: [],
      members: [{ ...member, ...more }],
    });
    return answer.ok ? 'ok' : answer.message;
  };
  expect(broken({})).toBe('ok');
  expect(broken({ key: new Uint8Array(32) })).toContain('members[0]: the key is not the one');
  expect(broken({ cooperatives: ['x'] })).toContain('members[0].cooperatives[0]: no such cooperative: x');
  expect(broken({ limits: [{ currency: 'x', floor: 0n }] })).toContain(
    'members[0].limits[0]: no such currency: x',
  );
  expect(broken({ holdings: [{ currency: 'x', amount: 0n }] })).toContain(
    'members[0].holdings[0]: no such currency: x',
  );
  expect(broken({ permissions: [{ cooperative: 'x', permission: '' }] })).toContain(
    'members[0].permissions[0]: the name is empty',
  );
});
