/** Deploying, calling and asking contracts: what they may do with money, what a failure leaves behind. */
import { describe, expect, test } from 'vitest';
import {
  auditLedger,
  balanceOf,
  callContract,
  contractInfo,
  contractsOf,
  currenciesOf,
  deployContract,
  floorOf,
  grantPermission,
  type Overlay,
  overlay,
  storageOf,
  transfer,
  viewContract,
  writeStorage,
} from '../../host/index.ts';
import {
  type AbiField,
  type AbiValue,
  type Artifact,
  encodeArtifact,
  type Instruction,
  withGasBounds,
} from '../../vm/index.ts';
import { COOPERATIVE, deployment, didOf, HOURS, MOMENT, makeWorld, PURSE } from './purse.ts';

const [alice, bob, carol] = [didOf('alice'), didOf('bob'), didOf('carol')];
const limit = (amount: bigint) => [{ currency: HOURS, amount }];

/** A world with a purse in it that holds 100 hours of Alice's. */
function deployed(): { readonly state: Overlay; readonly purse: string } {
  const state = makeWorld();
  const outcome = deployContract(state, MOMENT, deployment(PURSE, { args: [100n], spends: limit(100n) }));
  if (!outcome.ok) throw new Error(outcome.message);
  return { state, purse: outcome.contract };
}

const call = (
  state: Overlay,
  contract: string,
  entry: string,
  args: AbiValue[],
  caller: string,
  spends: { currency: string; amount: bigint }[] | 'unlimited' = [],
) => callContract(state, MOMENT, { contract, entry, args, caller, spends, gasLimit: 1_000_000 });
const codeOf = (answer: { readonly ok: true } | { readonly ok: false; readonly code: string }) =>
  answer.ok ? 'ok' : answer.code;

/** One rule that emits 600 events of 15 times its argument. */
function talker(): Artifact {
  const said: Instruction[] = [
    ...Array.from({ length: 15 }, (): Instruction => ({ op: 'LocalGet', operands: [0] })),
    { op: 'EmitEvent', operands: [0] },
  ];
  const code = [...Array.from({ length: 600 }, () => said).flat(), { op: 'Return', operands: [] } as const];
  const text: AbiField = { name: 'text', type: { kind: 'Text' } };
  const fields = Array.from({ length: 15 }, (_, index) => ({ ...text, name: `text${index}` }));
  const access = { reputation: [], permissions: [], contracts: false };
  return withGasBounds({
    ...PURSE,
    name: 'Talker',
    currencies: [],
    capabilities: [],
    constants: [],
    storage: [],
    events: [{ name: 'Said', fields }],
    functions: [{ name: 'say', params: ['text'], results: [], locals: ['text'], code, positions: [] }],
    entries: [
      {
        kind: 'rule',
        name: 'say',
        function: 0,
        params: [text],
        result: { kind: 'Unit' },
        access,
        open: false,
        everySeconds: 0,
        gasMax: 0,
        takes: [],
        doc: '',
        specs: [],
      },
    ],
  });
}

test('what an execution says in events has a bound, because its result is one record', () => {
  const state = makeWorld();
  const outcome = deployContract(state, MOMENT, deployment(talker(), {}));
  if (!outcome.ok) throw new Error(outcome.message);
  const say = (text: string) => {
    const said = { contract: outcome.contract, entry: 'say', args: [text], caller: bob, spends: [] };
    return callContract(state, MOMENT, { ...said, gasLimit: 100_000_000 });
  };
  expect(say('x'.repeat(800))).toMatchObject({ ok: true });
  expect(say('x'.repeat(1_000))).toMatchObject({
    ok: false,
    code: 'ExecutionFailed',
    message: expect.stringContaining('the events of an execution have at most 8388608 bytes'),
  });
});

describe('deploying', () => {
  test('runs init as the creator, within the spending limit', () => {
    const { state, purse } = deployed();
    expect(balanceOf(state, HOURS, purse)).toBe(100n);
    expect(balanceOf(state, HOURS, alice)).toBe(-100n);
    expect(contractInfo(state, purse)).toMatchObject({
      creator: alice,
      cooperative: COOPERATIVE,
      currencies: [HOURS],
      artifact: { name: 'Purse' },
    });
    expect(contractsOf(state)).toEqual([purse]);
    expect(auditLedger(state)).toEqual([]);
  });

  test('the same artifact deployed again is another contract', () => {
    const { state, purse } = deployed();
    const again = deployContract(state, MOMENT, deployment(PURSE, { args: [0n] }));
    expect(again.ok && again.contract !== purse).toBe(true);
  });

  const oneDecimal: Artifact = { ...PURSE, currencies: [{ name: 'hours', decimals: 1, kind: 'mutual' }] };
  const issuedHours: Artifact = { ...PURSE, currencies: [{ name: 'hours', decimals: 2, kind: 'issued' }] };
  const newCurrency: Artifact = { ...PURSE, currencies: [{ name: 'meals', decimals: 0, kind: 'mutual' }] };
  test.each([
    ['without the permission', PURSE, { creator: bob }, 'NoPermission'],
    ['for a cooperative where it was not granted', PURSE, { cooperative: 'other' }, 'NoPermission'],
    ['with another number of decimals', oneDecimal, {}, 'WrongCurrencyDecimals'],
    ['with a currency of the other kind', issuedHours, {}, 'WrongCurrencyKind'],
    ['with a currency that is not there', newCurrency, {}, 'NoPermission'],
    ['above the spending limit', PURSE, { spends: limit(99n) }, 'SpendingLimit'],
    ['above the credit limit', PURSE, { args: [1_001n], spends: 'unlimited' as const }, 'CannotPay'],
    ['without its arguments', PURSE, { args: [] }, 'BadArguments'],
    ['with arguments of another type', PURSE, { args: ['x'] }, 'BadArguments'],
    ['with too little gas', PURSE, { gasLimit: 10 }, 'ExecutionFailed'],
    ['with no gas', PURSE, { gasLimit: 0 }, 'BadGasLimit'],
  ])('%s changes nothing', (_, artifact, more, code) => {
    const state = makeWorld();
    const before = state.changes();
    const outcome = deployContract(
      state,
      MOMENT,
      deployment(artifact, { args: [100n], spends: limit(100n), ...more }),
    );
    expect(codeOf(outcome)).toBe(code);
    expect(state.changes()).toEqual(before);
  });

  test('bytes that are no artifact, and bytecode that does not validate', () => {
    const state = makeWorld();
    const damaged = encodeArtifact(PURSE);
    damaged[40]! ^= 1;
    expect(codeOf(deployContract(state, MOMENT, { ...deployment(PURSE, {}), artifact: damaged }))).toBe(
      'BadArtifact',
    );
    const [first, ...rest] = PURSE.functions;
    const underflow = {
      ...PURSE,
      functions: [
        { ...first!, code: [{ op: 'Pop', operands: [] }, ...first!.code] } as typeof first & object,
        ...rest,
      ],
    };
    expect(codeOf(deployContract(state, MOMENT, deployment(underflow, { args: [0n] })))).toBe(
      'InvalidBytecode',
    );
  });

  test('creates a currency where the deployer may', () => {
    const state = makeWorld();
    grantPermission(state, COOPERATIVE, alice, 'currency.create');
    const outcome = deployContract(state, MOMENT, deployment(newCurrency, { args: [0n] }));
    expect(codeOf(outcome)).toBe('ok');
    expect(currenciesOf(state)).toEqual(['coin', 'hours', `meals@${COOPERATIVE}`]);
  });
});

describe("a contract's money", () => {
  const cases: [string, string, string, bigint, bigint | 'unlimited', string][] = [
    ["the caller's, within the limit", bob, carol, 10n, 10n, 'ok'],
    ["the caller's, above the limit", bob, carol, 11n, 10n, 'SpendingLimit'],
    ["the caller's, without a limit", bob, carol, 1n, 0n, 'SpendingLimit'],
    ["the caller's, above what they can pay", bob, carol, 1_001n, 'unlimited', 'CannotPay'],
    ["somebody else's", carol, bob, 1n, 'unlimited', 'NotTheirMoney'],
    ['nothing of somebody else', carol, bob, 0n, 'unlimited', 'NotTheirMoney'],
    ['the null account', '', bob, 1n, 'unlimited', 'NotTheirMoney'],
    ['to the null account', bob, '', 1n, 'unlimited', 'NoAccount'],
    ['a negative amount', bob, carol, -1n, 'unlimited', 'NegativeAmount'],
    ['nothing at all', bob, carol, 0n, 0n, 'ok'],
    ['to oneself', bob, bob, 5n, 5n, 'ok'],
    ['to oneself, above what one could pay', bob, bob, 1_001n, 'unlimited', 'CannotPay'],
  ];
  test.each(cases)('%s', (_, from, to, amount, spends, code) => {
    const { state, purse } = deployed();
    const before = [balanceOf(state, HOURS, from), balanceOf(state, HOURS, to)];
    const outcome = call(
      state,
      purse,
      'move',
      [from, to, amount],
      bob,
      spends === 'unlimited' ? spends : limit(spends),
    );
    expect(codeOf(outcome)).toBe(code);
    const moved = code === 'ok' && from !== to ? amount : 0n;
    expect([balanceOf(state, HOURS, from), balanceOf(state, HOURS, to)]).toEqual([
      before[0]! - moved,
      before[1]! + moved,
    ]);
    expect(auditLedger(state)).toEqual([]);
  });

  test('its own, down to zero and no further', () => {
    const { state, purse } = deployed();
    expect(codeOf(call(state, purse, 'move', [purse, carol, 100n], bob))).toBe('ok');
    expect(codeOf(call(state, purse, 'move', [purse, carol, 1n], bob))).toBe('CannotPay');
    expect(floorOf(state, HOURS, purse)).toBe(0n);
  });

  test('nobody else debits it, not even another contract', () => {
    const { state, purse } = deployed();
    expect(codeOf(transfer(state, MOMENT, { from: purse, to: alice, currency: HOURS, amount: 1n }))).toBe(
      'ContractAccount',
    );
    const other = deployContract(state, MOMENT, deployment(PURSE, { args: [0n] }));
    if (!other.ok) throw new Error(other.message);
    expect(codeOf(call(state, other.contract, 'move', [purse, bob, 1n], bob, 'unlimited'))).toBe(
      'NotTheirMoney',
    );
    expect(codeOf(call(state, purse, 'move', [purse, bob, 1n], purse, 'unlimited'))).toBe('UnknownDid');
  });

  test('the spending limit counts over the whole call', () => {
    const { state, purse } = deployed();
    expect(codeOf(call(state, purse, 'twice', [carol, 6n], bob, limit(11n)))).toBe('SpendingLimit');
    const outcome = call(state, purse, 'twice', [carol, 6n], bob, limit(12n));
    expect(outcome.ok && outcome.spent).toEqual([{ currency: HOURS, amount: 12n }]);
  });
});

describe('executions', () => {
  test('a failure changes nothing, and says what it cost', () => {
    const { state, purse } = deployed();
    const before = state.changes();
    const outcome = call(state, purse, 'regret', [5n], bob, limit(5n));
    expect(outcome).toMatchObject({
      ok: false,
      code: 'ExecutionFailed',
      trap: { kind: 'Requirement', message: 'changed my mind' },
    });
    expect(outcome.gasUsed).toBeGreaterThan(0);
    expect(state.changes()).toEqual(before);
  });

  test('storage lives from call to call and is read by views', () => {
    const { state, purse } = deployed();
    for (const count of [1n, 2n, 3n])
      expect(call(state, purse, 'count', [], bob)).toMatchObject({ ok: true, result: count });
    expect(viewContract(state, MOMENT, { contract: purse, entry: 'counted', args: [] })).toMatchObject({
      ok: true,
      result: 3n,
    });
  });

  test('storage leaves can be listed and written from outside', () => {
    const { state, purse } = deployed();
    call(state, purse, 'count', [], bob);
    const leaves = storageOf(state, purse);
    expect(leaves).toHaveLength(1);
    call(state, purse, 'count', [], bob);
    writeStorage(state, purse, leaves);
    expect(viewContract(state, MOMENT, { contract: purse, entry: 'counted', args: [] })).toMatchObject({
      ok: true,
      result: 1n,
    });
    writeStorage(state, purse, [{ key: leaves[0]!.key, value: undefined }]);
    expect(storageOf(state, purse)).toEqual([]);
  });

  test('views read the ledger and write nothing', () => {
    const { state, purse } = deployed();
    const before = state.changes();
    const ask = (entry: string, args: AbiValue[]) =>
      viewContract(state, MOMENT, { contract: purse, entry, args });
    expect(ask('balance', [alice])).toMatchObject({ ok: true, result: -100n });
    expect(ask('balance', [''])).toMatchObject({ ok: true, result: 0n });
    expect(ask('can_pay', [alice, 900n])).toMatchObject({ ok: true, result: true });
    expect(ask('can_pay', [alice, 901n])).toMatchObject({ ok: true, result: false });
    expect(ask('can_pay', [purse, 101n])).toMatchObject({ ok: true, result: false });
    expect(ask('can_pay', [carol, -(2n ** 63n)])).toMatchObject({ ok: true, result: true });
    expect(ask('total', [])).toMatchObject({ ok: true, result: 100n });
    expect(ask('known', [])).toMatchObject({ ok: true, result: false });
    expect(state.changes()).toEqual(before);
  });

  test.each([
    ['an unknown contract', 'did:icn:contract:none', 'count', [], bob, 'UnknownContract'],
    ['an unknown entry', null, 'steal', [], bob, 'UnknownEntry'],
    ['init', null, 'init', [0n], bob, 'UnknownEntry'],
    ['a view', null, 'counted', [], bob, 'NotARule'],
    ['somebody unregistered', null, 'count', [], didOf('mallory'), 'UnknownDid'],
    ['nobody', null, 'count', [], '', 'UnknownDid'],
    ['an argument too many', null, 'count', [1n], bob, 'BadArguments'],
    ['an amount beyond 64 bits', null, 'regret', [2n ** 63n], bob, 'BadArguments'],
  ])('calling %s is refused', (_, contract, entry, args, caller, code) => {
    const { state, purse } = deployed();
    expect(codeOf(call(state, contract ?? purse, entry, args, caller))).toBe(code);
  });

  test('asking a rule is refused', () => {
    const { state, purse } = deployed();
    expect(codeOf(viewContract(state, MOMENT, { contract: purse, entry: 'count', args: [] }))).toBe(
      'NotAView',
    );
  });

  test('an operation whose module is not built says so', () => {
    const { state, purse } = deployed();
    expect(call(state, purse, 'propose', [], bob)).toMatchObject({
      ok: false,
      code: 'ExecutionFailed',
      trap: { kind: 'NotBuilt', message: 'CreateProposal: the governance module does not do this yet' },
    });
  });

  test('every payment is in the journal of its currency, and in an event', () => {
    const { state, purse } = deployed();
    const outcome = call(state, purse, 'twice', [carol, 6n], bob, limit(12n));
    const moves = outcome.ok
      ? outcome.events.map(({ source, name, fields }) => [
          source,
          name,
          ...fields.slice(0, 5).map(({ value }) => value),
        ])
      : [];
    expect(moves).toEqual([
      ['ledger', 'Transferred', bob, carol, HOURS, 6n, 1n],
      ['ledger', 'Transferred', bob, carol, HOURS, 6n, 2n],
    ]);
  });

  test('a call on an overlay leaves the state below as it is', () => {
    const { state, purse } = deployed();
    const before = state.changes();
    expect(codeOf(call(overlay(state), purse, 'count', [], bob))).toBe('ok');
    expect(state.changes()).toEqual(before);
  });
});
