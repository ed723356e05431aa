/** The application: blocks in, results and roots out. Every refusal by its code, and what it leaves as it was. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditLedger, balanceOf, EMPTY, read, keyOf as stateKey } from '../../host/index.ts';
import type { TxResult } from '../../runtime/app/abci.ts';
import { CODES } from '../../runtime/app/codes.ts';
import { DEFAULT_PARAMETERS } from '../../runtime/app/genesis.ts';
import { rootOf, updateTree, verifyProof } from '../../runtime/app/merkle.ts';
import { SENDERS } from '../../runtime/app/rows.ts';
import {
  type Body,
  decodeTransaction,
  decodeValue,
  encodeArgs,
  encodeTransaction,
  TX_LIMITS,
} from '../../runtime/codec/transaction.ts';
import { decodeTxRecord, encodeTxRecord } from '../../runtime/store/record.ts';
import { type AbiValue, type Artifact, encodeArtifact, utf8 } from '../../vm/index.ts';
import { PURSE } from '../host/purse.ts';
import {
  type Chain,
  COOPERATIVE,
  did,
  keyOf,
  listStore,
  makeGenesis,
  type Name,
  namesOf,
  registration,
  rotation,
  startChain,
  tx,
} from './chain.ts';

const deploy = (artifact: Artifact, args: readonly AbiValue[] = [0n]): Extract<Body, { kind: 'deploy' }> => ({
  kind: 'deploy',
  cooperative: COOPERATIVE,
  artifact: encodeArtifact(artifact),
  sources: [{ name: 'purse.ccl', text: '// by hand' }],
  certificate: new Uint8Array(0),
  args,
});
const pay = (to: Name, amount: bigint, currency = 'hours'): Body => ({
  kind: 'transfer',
  to: did(to),
  currency,
  amount,
});
const call = (contract: string, entry: string, args: readonly AbiValue[] = []): Body => ({
  kind: 'call',
  contract,
  entry,
  args,
});
const attest = (contract: string, artifactHash: Uint8Array, approve: boolean): Body => ({
  kind: 'attest',
  contract,
  artifactHash,
  approve,
});
const dump = (chain: Chain) => Buffer.from(rootOf(chain.nodes)).toString('hex');
const sequenceOf = (chain: Chain, name: Name) => read(chain.state, SENDERS, did(name))?.sequence ?? 0n;
const contractIn = (result: TxResult | undefined): string => {
  const decoded = decodeValue(result?.data ?? new Uint8Array(0));
  return decoded.ok ? (decoded.value as { contract: string }).contract : '';
};
const ask = (chain: Chain, path: string, data: Uint8Array = new Uint8Array(0)) =>
  chain.app.query({ path, data, height: 0n, prove: true });
const hashOf = (chain: Chain, contract: string) =>
  (ask(chain, `/deployment/${contract}`).answer as { artifactHash: Uint8Array }).artifactHash;

/** A chain on which Alice has deployed a purse with 100 hours in it: her sequence is 2, the height 2. */
function chainWithPurse(): { readonly chain: Chain; readonly purse: string } {
  const chain = startChain();
  const spends = [{ currency: 'hours', amount: 100n }];
  const purse = contractIn(
    chain.block([tx(chain, 'alice', 0n, deploy(PURSE, [100n]), { spends })]).txResults[0],
  );
  chain.block([tx(chain, 'alice', 1n, attest(purse, hashOf(chain, purse), true))]);
  return { chain, purse };
}

describe('blocks', () => {
  test('deploy, attest, call, pay: balances sum to zero, and one balance is proved against the root', () => {
    const { chain, purse } = chainWithPurse();
    const spends = [{ currency: 'hours', amount: 30n }];
    const response = chain.block([
      tx(chain, 'bob', 0n, call(purse, 'move', [did('bob'), did('carol'), 30n]), { spends }),
      tx(chain, 'carol', 0n, pay('alice', 5n)),
      tx(chain, 'alice', 2n, { kind: 'issue', to: did('bob'), currency: 'coin', amount: 7n }),
    ]);
    expect(namesOf(response)).toEqual(['Ok', 'Ok', 'Ok']);
    expect(
      (['alice', 'bob', 'carol'] as const).map((name) => balanceOf(chain.state, 'hours', did(name))),
    ).toEqual([-95n, -30n, 25n]);
    expect(balanceOf(chain.state, 'hours', purse)).toBe(100n);
    expect(balanceOf(chain.state, 'coin', did('bob'))).toBe(507n);
    const answer = ask(chain, `/balance/hours/${did('carol')}`);
    expect(answer.answer).toBe(25n);
    expect(verifyProof(chain.last()!.appHash, answer.key, answer.value, answer.proof!)).toBe(true);
    expect(verifyProof(chain.last()!.appHash, answer.key, Uint8Array.of(26), answer.proof!)).toBe(false);
  });

  test('an empty block changes no state, and neither does the end of one', () => {
    const { chain } = chainWithPurse();
    const before = dump(chain);
    chain.app.finalizeBlock({
      txs: [],
      height: 3n,
      time: chain.last()!.time + 1_000_000n,
      proposer: did('alice'),
    });
    const committed = chain.app.commit();
    expect(committed.changes).toEqual([]);
    expect(committed.nodes).toEqual([]);
    expect(Buffer.from(committed.last.appHash).toString('hex')).toBe(before);
  });

  test('finalizing twice gives the same, and nothing is written before the commit', () => {
    const { chain } = chainWithPurse();
    const txs = [tx(chain, 'bob', 0n, pay('carol', 1n))];
    const request = { txs, height: 3n, time: chain.last()!.time, proposer: did('alice') };
    const before = dump(chain);
    expect(chain.app.finalizeBlock(request)).toEqual(chain.app.finalizeBlock(request));
    expect(dump(chain)).toBe(before);
    expect(ask(chain, `/balance/hours/${did('carol')}`).answer).toBe(0n);
    expect(chain.app.info().lastBlockHeight).toBe(2n);
  });

  test('time and height only go on', () => {
    const { chain } = chainWithPurse();
    const request = { txs: [], height: 3n, time: chain.last()!.time, proposer: '' };
    expect(() => chain.app.finalizeBlock({ ...request, height: 2n })).toThrow('does not follow');
    expect(() => chain.app.finalizeBlock({ ...request, time: request.time - 1n })).toThrow('time decreases');
    expect(() => chain.app.commit()).toThrow('nothing to commit');
    expect(chain.app.processProposal({ ...request, height: 4n }).status).toBe('reject');
    expect(chain.app.processProposal({ ...request, time: request.time - 1n }).status).toBe('reject');
    expect(chain.app.processProposal(request).status).toBe('accept');
  });
});

// ---- determinism -------------------------------------------------------------------------------

const member = fc.constantFrom<Name>('alice', 'bob', 'carol');
type Step = {
  readonly sender: Name;
  readonly what: 'pay' | 'move' | 'count' | 'regret' | 'issue' | 'register';
  readonly to: Name;
  readonly amount: bigint;
};
const step: fc.Arbitrary<Step> = fc.record({
  sender: member,
  what: fc.constantFrom('pay', 'move', 'count', 'regret', 'issue', 'register'),
  to: member,
  amount: fc.bigInt({ min: -1n, max: 600n }),
});
const blocks = fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 5 });

/** Transactions of one random block; sequence numbers follow. */
function txsOf(chain: Chain, purse: string, steps: readonly Step[], next: Map<Name, bigint>): Uint8Array[] {
  return steps.map(({ sender, what, to, amount }, index) => {
    const sequence = next.get(sender) ?? sequenceOf(chain, sender);
    next.set(sender, sequence + 1n);
    const bodies: Record<Step['what'], () => Body> = {
      pay: () => pay(to, amount),
      move: () => call(purse, 'move', [did(sender), did(to), amount]),
      count: () => call(purse, 'count'),
      regret: () => call(purse, 'regret', [amount]),
      issue: () => ({ kind: 'issue', to: did(to), currency: 'coin', amount }),
      register: () => registration(chain.chainId, keyOf(`${sender}${sequence}${index}`)),
    };
    return tx(chain, sender, sequence, bodies[what](), { spends: [{ currency: 'hours', amount: 300n }] });
  });
}

describe('determinism', () => {
  test('the same blocks give the same results, roots and stored rows, in another store and after a restart at every block', () => {
    fc.assert(
      fc.property(blocks, (all) => {
        const { chain, purse } = chainWithPurse();
        for (const steps of all) {
          chain.block(txsOf(chain, purse, steps, new Map()), 3n);
          expect(auditLedger(chain.state)).toEqual([]);
        }
        const other = startChain(makeGenesis(), listStore);
        for (const { txs, seconds, response } of chain.history) {
          expect(other.block(txs, seconds)).toEqual(response);
          other.restart();
        }
        expect(other.last()).toEqual(chain.last());
        for (const key of chain.state.keys!('')) expect(other.state.get(key)).toEqual(chain.state.get(key));
        const leaves = [...chain.state.keys!('')].map((key) => ({ key, value: chain.state.get(key) }));
        expect(updateTree(EMPTY, leaves).root).toEqual(chain.last()!.appHash);
      }),
      { numRuns: 25 },
    );
  });

  test('what a proposal selects is accepted, and enters its block without a refusal at the door', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 12 }),
        fc.array(fc.nat(11), { maxLength: 6 }),
        (steps, twice) => {
          const { chain, purse } = chainWithPurse();
          const txs = txsOf(chain, purse, steps, new Map());
          const offered = [...txs, ...twice.flatMap((index) => txs[index] ?? []), new Uint8Array(3)];
          const at = { height: 3n, time: chain.last()!.time };
          const selected = chain.app.prepareProposal({ txs: offered, maxTxBytes: 1 << 20, ...at }).txs;
          expect(selected).toEqual(txs);
          expect(chain.app.processProposal({ txs: selected, ...at })).toEqual({
            status: 'accept',
            reason: '',
          });
          expect(chain.block(selected, 0n).txResults.filter(({ code }) => code > 0 && code < 50)).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  });
});

// ---- refusals ----------------------------------------------------------------------------------

describe('refused at the door: the state stays as it is', () => {
  const cases: [string, keyof typeof CODES, (chain: Chain) => Uint8Array][] = [
    ['too large', 'Oversized', () => new Uint8Array(TX_LIMITS.txBytesMax + 1)],
    ['no transaction', 'Malformed', () => Uint8Array.of(1, 2, 3)],
    ['another chain', 'WrongChain', (chain) => tx(chain, 'bob', 0n, pay('carol', 1n), { chainId: 'other' })],
    ['a stranger', 'UnknownSender', (chain) => tx(chain, 'mallory', 0n, pay('carol', 1n))],
    [
      "another's signature",
      'BadSignature',
      (chain) => tx(chain, 'mallory', 0n, pay('carol', 1n), { sender: did('bob') }),
    ],
    ['a used sequence number', 'UsedSequence', (chain) => tx(chain, 'alice', 0n, pay('carol', 1n))],
    ['a sequence number too far ahead', 'SequenceGap', (chain) => tx(chain, 'bob', 1n, pay('carol', 1n))],
    [
      'too small a gas limit',
      'GasLimitTooSmall',
      (chain) => tx(chain, 'bob', 0n, pay('carol', 1n), { gasLimit: 1_000 }),
    ],
    [
      "a gas limit above a block's",
      'GasLimitTooLarge',
      (chain) => tx(chain, 'bob', 0n, pay('carol', 1n), { gasLimit: DEFAULT_PARAMETERS.blockGasMax + 1 }),
    ],
    [
      'a gas limit above the allowance',
      'GasAllowance',
      (chain) => tx(chain, 'bob', 0n, pay('carol', 1n), { gasLimit: DEFAULT_PARAMETERS.gasAllowanceMax + 1 }),
    ],
    ['deploying without the permission', 'MayNotDeploy', (chain) => tx(chain, 'bob', 0n, deploy(PURSE))],
    [
      'attesting as no validator',
      'NotAValidator',
      (chain) => tx(chain, 'bob', 0n, attest('x', new Uint8Array(32), true)),
    ],
  ];
  test.each(cases)('%s: %s', (_, name, make) => {
    const { chain } = chainWithPurse();
    const before = dump(chain);
    const data = make(chain);
    const response = chain.block([data]);
    expect(response.txResults).toMatchObject([{ name, code: CODES[name].code, gasUsed: 0, events: [] }]);
    expect(response.txResults[0]?.log).toContain(CODES[name].message);
    expect(dump(chain)).toBe(before);
    const at = { height: 4n, time: chain.last()!.time };
    expect(chain.app.processProposal({ txs: [data], ...at }).status).toBe('reject');
    expect(chain.app.prepareProposal({ txs: [data], maxTxBytes: 1 << 22, ...at }).txs).toEqual([]);
    if (name !== 'SequenceGap')
      expect(chain.app.checkTx({ tx: data, type: 'new' })).toMatchObject({ name, code: CODES[name].code });
  });

  test('a block without room', () => {
    const chain = startChain(makeGenesis({ parameters: { ...DEFAULT_PARAMETERS, blockGasMax: 8_000_000 } }));
    const txs = [tx(chain, 'alice', 0n, pay('bob', 1n)), tx(chain, 'bob', 0n, pay('carol', 1n))];
    const at = { height: 1n, time: makeGenesis().time };
    expect(chain.app.prepareProposal({ txs, maxTxBytes: 1 << 20, ...at }).txs).toEqual([txs[0]]);
    expect(chain.app.processProposal({ txs, ...at })).toMatchObject({ status: 'reject' });
    const heavy = [
      tx(chain, 'alice', 0n, deploy(PURSE)),
      ...[0n, 1n].map((sequence) => tx(chain, 'bob', sequence, pay('carol', 1n), { gasLimit: 8_000_000 })),
    ];
    expect(namesOf(chain.block(heavy))).toEqual(['Ok', 'BlockFull', 'SequenceGap']);
  });

  test('a proposal is as large as its driver says, and takes what still fits', () => {
    const { chain } = chainWithPurse();
    const txs = [
      tx(chain, 'bob', 0n, pay('carol', 1n)),
      tx(chain, 'alice', 2n, deploy(PURSE)),
      tx(chain, 'carol', 0n, pay('bob', 1n)),
    ];
    const at = { height: 3n, time: chain.last()!.time };
    const select = (maxTxBytes: number) =>
      chain.app
        .prepareProposal({ txs, maxTxBytes, ...at })
        .txs.map((data) => txs.indexOf(data as Uint8Array<ArrayBuffer>));
    expect([select(1 << 20), select(1_000), select(400), select(100)]).toEqual([[0, 1, 2], [0, 2], [0], []]);
  });

  test('the mempool takes sequence numbers up to 64 ahead', () => {
    const { chain } = chainWithPurse();
    const check = (sequence: bigint) =>
      chain.app.checkTx({ tx: tx(chain, 'bob', sequence, pay('carol', 1n)), type: 'new' });
    expect([check(0n).name, check(64n).name, check(65n).name]).toEqual(['Ok', 'Ok', 'SequenceTooFar']);
    expect(check(3n)).toEqual({
      code: 0,
      name: 'Ok',
      log: '',
      gasWanted: 5_000_000,
      sender: did('bob'),
      sequence: 3n,
    });
  });
});

describe('failed: only the sequence number and the gas are taken', () => {
  const cases: [string, keyof typeof CODES, (purse: string) => Body, bigint][] = [
    ['a payment beyond the limit', 'CannotPay', () => pay('carol', 1_001n), 0n],
    ['a negative payment', 'NegativeAmount', () => pay('carol', -1n), 0n],
    [
      'a payment to nobody',
      'NoAccount',
      () => ({ kind: 'transfer', to: 'carol', currency: 'hours', amount: 1n }),
      0n,
    ],
    ['an unknown currency', 'UnknownCurrency', () => pay('carol', 1n, 'shells'), 0n],
    [
      'issuing without the permission',
      'NoPermission',
      () => ({ kind: 'issue', to: did('bob'), currency: 'coin', amount: 1n }),
      0n,
    ],
    ['a contract that is not there', 'UnknownContract', () => call('did:icn:contract:none', 'count'), 0n],
    ['a rule that is not there', 'UnknownEntry', (purse) => call(purse, 'steal'), 0n],
    ['a view', 'NotARule', (purse) => call(purse, 'counted'), 0n],
    ['arguments that do not fit', 'BadArguments', (purse) => call(purse, 'count', [1n]), 0n],
    [
      'too low a spending limit',
      'SpendingLimit',
      (purse) => call(purse, 'move', [did('bob'), did('carol'), 2n]),
      1n,
    ],
    ["another's money", 'NotTheirMoney', (purse) => call(purse, 'move', [did('carol'), did('bob'), 1n]), 1n],
    ['a revert', 'ExecutionFailed', (purse) => call(purse, 'regret', [1n]), 1n],
    ['a key whose holder did not sign', 'BadProof', () => ({ ...registration('other', keyOf('dave')) }), 0n],
  ];
  test.each(cases)('%s: %s', (_, name, make, amount) => {
    const { chain, purse } = chainWithPurse();
    const before = [...chain.state.keys!('')].map((key) => [key, chain.state.get(key)]);
    const response = chain.block([
      tx(chain, 'bob', 0n, make(purse), { spends: [{ currency: 'hours', amount }] }),
    ]);
    expect(response.txResults).toMatchObject([{ name, code: CODES[name].code, events: [] }]);
    expect(response.txResults[0]!.gasUsed).toBeGreaterThan(1_000);
    const after = [...chain.state.keys!('')]
      .filter((key) => key !== stateKey(SENDERS, did('bob')))
      .map((key) => [key, chain.state.get(key)]);
    expect(after).toEqual(before);
    expect(sequenceOf(chain, 'bob')).toBe(1n);
    expect(DEFAULT_PARAMETERS.gasAllowanceMax - read(chain.state, SENDERS, did('bob'))!.gas.left).toBe(
      response.txResults[0]!.gasUsed,
    );
  });

  test('running out of gas costs the whole limit', () => {
    const { chain, purse } = chainWithPurse();
    const data = tx(chain, 'bob', 0n, call(purse, 'count'), { gasLimit: 2_000 });
    expect(chain.block([data]).txResults).toMatchObject([
      { name: 'ExecutionFailed', gasWanted: 2_000, gasUsed: 2_000 },
    ]);
  });

  test('the numbers are distinct, and stay', () => {
    const codes = Object.entries(CODES).map(([name, { code }]) => [code, name] as const);
    expect(new Set(codes.map(([code]) => code)).size).toBe(codes.length);
    expect(
      codes
        .sort(([a], [b]) => a - b)
        .map((row) => row.join(' '))
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "0 Ok
      1 Oversized
      2 Malformed
      3 WrongChain
      4 UnknownSender
      5 BadSignature
      6 UsedSequence
      7 SequenceGap
      8 SequenceTooFar
      9 GasLimitTooSmall
      10 GasLimitTooLarge
      11 GasAllowance
      12 BlockFull
      13 MayNotDeploy
      14 NotAValidator
      15 MayNotUpgrade
      40 UnknownPath
      41 BadQuery
      42 NotFound
      43 WrongHeight
      50 UnprovedClauses
      51 UnknownDeployment
      52 AttestedAlready
      53 WrongArtifact
      54 TooManyPending
      55 BadProof
      100 ExecutionFailed
      101 BadArtifact
      102 InvalidBytecode
      103 NoPermission
      104 UnknownContract
      105 UnknownEntry
      106 NotARule
      107 NotAView
      108 BadArguments
      109 BadGasLimit
      110 ContractTaken
      111 NotOffered
      112 OtherCurrency
      113 NotUpgradable
      114 NoSuccessor
      120 SpendingLimit
      121 CannotPay
      122 NotTheirMoney
      123 NegativeAmount
      124 NoAccount
      125 ContractAccount
      130 UnknownCurrency
      131 CurrencyTaken
      132 WrongCurrencyKind
      133 WrongCurrencyDecimals
      134 FloorOutOfRange
      135 FloorsTooLow
      136 FloorAboveBalance
      137 TooMuchIssued
      140 NotADid
      141 DidTaken
      142 KeyMismatch
      143 BadKey
      144 UnknownDid
      150 UnknownCooperative
      151 CooperativeTaken
      152 BadName
      160 BadGenesis"
    `);
  });
});

// ---- gas ---------------------------------------------------------------------------------------

describe('the gas allowance', () => {
  const parameters = { ...DEFAULT_PARAMETERS, gasAllowanceMax: 30_000, gasRefillPerSecond: 100 };
  const spend = (chain: Chain, sequence: bigint, gasLimit: number, seconds: bigint) =>
    namesOf(chain.block([tx(chain, 'bob', sequence, call('none', 'none'), { gasLimit })], seconds))[0];

  test('is charged on failure too, refills with block time, and not above the ceiling', () => {
    const chain = startChain(makeGenesis({ parameters }));
    expect(spend(chain, 0n, 30_001, 0n)).toBe('GasAllowance');
    expect(spend(chain, 0n, 30_000, 0n)).toBe('UnknownContract');
    const used = 30_000 - read(chain.state, SENDERS, did('bob'))!.gas.left;
    expect(used).toBeGreaterThan(1_000);
    expect(spend(chain, 1n, 30_000, 0n)).toBe('GasAllowance');
    expect(spend(chain, 1n, 30_000, BigInt(Math.floor(used / 100)))).toBe('GasAllowance');
    expect(spend(chain, 1n, 30_000, 1n)).toBe('UnknownContract');
    expect(spend(chain, 2n, 30_001, 1_000_000n)).toBe('GasAllowance');
    expect((ask(chain, `/member/${did('bob')}`).answer as { gasLeft: bigint }).gasLeft).toBe(30_000n);
  });
});

// ---- members -----------------------------------------------------------------------------------

describe('members', () => {
  test('a member sponsors another, who can then send, in the same block', () => {
    const { chain } = chainWithPurse();
    const txs = [
      tx(chain, 'bob', 0n, registration(chain.chainId, keyOf('mallory'))),
      tx(chain, 'mallory', 0n, pay('bob', 0n)),
      tx(chain, 'bob', 1n, registration(chain.chainId, keyOf('mallory'))),
    ];
    expect(chain.app.processProposal({ txs, height: 3n, time: chain.last()!.time }).status).toBe('accept');
    expect(namesOf(chain.block(txs))).toEqual(['Ok', 'Ok', 'DidTaken']);
    expect(ask(chain, `/member/${did('mallory')}`).answer).toMatchObject({
      sponsor: did('bob'),
      sequence: 1n,
    });
  });

  test('a registration for one chain does not serve on another, nor one key for another DID', () => {
    const { chain } = chainWithPurse();
    const other = registration('other', keyOf('mallory'));
    const stolen = { ...registration(chain.chainId, keyOf('dave')), did: did('mallory') };
    expect(namesOf(chain.block([tx(chain, 'bob', 0n, other), tx(chain, 'bob', 1n, stolen)]))).toEqual([
      'BadProof',
      'BadProof',
    ]);
  });

  test('after a rotation the new key signs and the old one does not, from the next transaction on', () => {
    const { chain } = chainWithPurse();
    const txs = [
      tx(chain, 'bob', 0n, rotation(chain.chainId, 'bob', keyOf('mallory'))),
      tx(chain, 'mallory', 1n, pay('carol', 1n), { sender: did('bob') }),
    ];
    expect(chain.app.processProposal({ txs, height: 3n, time: chain.last()!.time }).status).toBe('accept');
    expect(namesOf(chain.block([...txs, tx(chain, 'bob', 2n, pay('carol', 1n))]))).toEqual([
      'Ok',
      'Ok',
      'BadSignature',
    ]);
    expect(balanceOf(chain.state, 'hours', did('bob'))).toBe(-1n);
  });

  test('a rotation without the new key is refused', () => {
    const { chain } = chainWithPurse();
    const body = rotation(chain.chainId, 'bob', keyOf('mallory'));
    expect(namesOf(chain.block([tx(chain, 'bob', 0n, { ...body, key: keyOf('dave').publicKey })]))).toEqual([
      'BadProof',
    ]);
  });
});

// ---- deployments -------------------------------------------------------------------------------

describe('deployment', () => {
  const three = makeGenesis({
    validators: (['alice', 'bob', 'carol'] as const).map((name) => ({ did: did(name), power: 1n })),
    parameters: {
      ...DEFAULT_PARAMETERS,
      deploymentExpiryBlocks: 3,
      deploymentsPendingMax: 2,
      deploymentsPerBlockMax: 1,
    },
  });
  const deployOn = (chain: Chain, sequence: bigint, args: AbiValue[] = [0n]) =>
    contractIn(chain.block([tx(chain, 'alice', sequence, deploy(PURSE, args))]).txResults[0]);
  const exists = (chain: Chain, contract: string) => ask(chain, `/contract/${contract}`).code === 0;
  const vote = (chain: Chain, name: Name, contract: string, approve: boolean) =>
    attest_(chain, name, contract, hashOf(chain, contract), approve);
  const attest_ = (chain: Chain, name: Name, contract: string, hash: Uint8Array, approve: boolean) =>
    tx(chain, name, sequenceOf(chain, name), attest(contract, hash, approve));

  test('becomes callable at more than two thirds of the power, in the block of the last attestation', () => {
    const chain = startChain(three);
    const purse = deployOn(chain, 0n);
    expect(
      namesOf(chain.block([vote(chain, 'alice', purse, true), vote(chain, 'bob', purse, true)])),
    ).toEqual(['Ok', 'Ok']);
    expect(exists(chain, purse)).toBe(false);
    const response = chain.block([vote(chain, 'carol', purse, true)]);
    expect(response.events.map(({ name }) => name)).toEqual(['ContractDeployed']);
    expect(exists(chain, purse)).toBe(true);
    expect(ask(chain, '/deployments').answer).toEqual([]);
    expect(ask(chain, `/deployment/${purse}`).name).toBe('NotFound');
  });

  test('an attestation counts once, for its artifact, while it waits', () => {
    const chain = startChain(three);
    const purse = deployOn(chain, 0n);
    const hash = hashOf(chain, purse);
    expect(namesOf(chain.block([vote(chain, 'bob', purse, true)]))).toEqual(['Ok']);
    expect(
      namesOf(
        chain.block([
          vote(chain, 'bob', purse, true),
          attest_(chain, 'carol', purse, new Uint8Array(32), true),
        ]),
      ),
    ).toEqual(['AttestedAlready', 'WrongArtifact']);
    expect(namesOf(chain.block([attest_(chain, 'carol', 'did:icn:contract:none', hash, true)]))).toEqual([
      'UnknownDeployment',
    ]);
  });

  test('is dropped when a third of the power rejects it', () => {
    const chain = startChain(three);
    const purse = deployOn(chain, 0n);
    const response = chain.block([vote(chain, 'bob', purse, false)]);
    expect(response.txResults[0]!.events).toMatchObject([{ source: 'contracts', name: 'DeploymentDropped' }]);
    expect(ask(chain, '/deployments').answer).toEqual([]);
  });

  test('expires when nobody attests', () => {
    const chain = startChain(three);
    const purse = deployOn(chain, 0n);
    const hash = hashOf(chain, purse);
    for (let height = 2; height <= 4; height += 1) chain.block([]);
    expect(ask(chain, '/deployments').answer).toEqual([purse]);
    const response = chain.block([attest_(chain, 'bob', purse, hash, true)]);
    expect(namesOf(response)).toEqual(['UnknownDeployment']);
    expect(response.events).toMatchObject([
      { name: 'DeploymentDropped', fields: [{ value: purse }, { value: 'not attested in time' }] },
    ]);
    expect(ask(chain, '/deployments').answer).toEqual([]);
  });

  test('only so many wait, and only so many become callable in one block', () => {
    const chain = startChain({ ...three, parameters: { ...three.parameters, deploymentExpiryBlocks: 100 } });
    const both = [deployOn(chain, 0n), deployOn(chain, 1n)];
    expect(namesOf(chain.block([tx(chain, 'alice', 2n, deploy(PURSE))]))).toEqual(['TooManyPending']);
    for (const name of ['alice', 'bob', 'carol'] as const) {
      const hash = hashOf(chain, both[0]!);
      const start = sequenceOf(chain, name);
      chain.block(
        both.map((contract, index) => tx(chain, name, start + BigInt(index), attest(contract, hash, true))),
      );
    }
    expect(both.map((contract) => exists(chain, contract))).toEqual([true, false]);
    expect(chain.block([]).events.map(({ name }) => name)).toEqual(['ContractDeployed']);
    expect(both.map((contract) => exists(chain, contract))).toEqual([true, true]);
  });

  test('an init that reverts deploys nothing', () => {
    const chain = startChain();
    const purse = contractIn(chain.block([tx(chain, 'alice', 0n, deploy(PURSE, [5n]))]).txResults[0]);
    const response = chain.block([tx(chain, 'alice', 1n, attest(purse, hashOf(chain, purse), true))]);
    expect(response.events).toMatchObject([{ name: 'DeploymentDropped' }]);
    expect(response.events[0]!.fields[1]!.value).toContain('SpendingLimit');
    expect(exists(chain, purse)).toBe(false);
    expect(auditLedger(chain.state)).toEqual([]);
  });

  test.each([
    [
      'bytes that are no artifact',
      'BadArtifact',
      () => ({ ...deploy(PURSE), artifact: Uint8Array.of(1, 2, 3) }),
    ],
    [
      'clauses marked unproved',
      'UnprovedClauses',
      () => deploy({ ...PURSE, marks: [{ kind: 'unproved', clause: 'adds_up' }] }),
    ],
    ['bytecode that does not validate', 'InvalidBytecode', () => deploy({ ...PURSE, capabilities: [] })],
  ] as const)('%s are refused', (_, name, make) => {
    const chain = startChain();
    expect(namesOf(chain.block([tx(chain, 'alice', 0n, make())]))).toEqual([name]);
    expect(ask(chain, '/deployments').answer).toEqual([]);
  });

  test('a log quotes little of what it refuses, so that its record can be read again', () => {
    const chain = startChain();
    const clauses = Array.from({ length: 10 }, (_, index) => `${index}${'x'.repeat(16_000)}`);
    const marks = clauses.map((clause) => ({ kind: 'unproved', clause }) as const);
    const [result] = chain.block([tx(chain, 'alice', 0n, deploy({ ...PURSE, marks }))]).txResults;
    expect(result).toMatchObject({ name: 'UnprovedClauses' });
    expect(result!.log.length).toBe(4_096);
    expect(decodeTxRecord('00', encodeTxRecord('00', { height: 1n, index: 0, result: result! }))).toEqual({
      ok: true,
      value: { height: 1n, index: 0, result },
    });
  });

  test('guards are no reason to refuse, and a chain may accept unproved clauses', () => {
    const marks = [{ kind: 'unproved', clause: 'adds_up' }] as const;
    const lenient = startChain(makeGenesis({ parameters: { ...DEFAULT_PARAMETERS, acceptUnproved: true } }));
    expect(namesOf(lenient.block([tx(lenient, 'alice', 0n, deploy({ ...PURSE, marks }))]))).toEqual(['Ok']);
    const strict = startChain();
    expect(
      namesOf(
        strict.block([
          tx(strict, 'alice', 0n, deploy({ ...PURSE, marks: [{ kind: 'guard', clause: 'adds_up' }] })),
        ]),
      ),
    ).toEqual(['Ok']);
  });

  test('what validators need to check it again can be asked', () => {
    const chain = startChain();
    const purse = contractIn(chain.block([tx(chain, 'alice', 0n, deploy(PURSE))]).txResults[0]);
    expect(ask(chain, `/deployment/${purse}`).answer).toMatchObject({
      creator: did('alice'),
      artifact: encodeArtifact(PURSE),
      sources: [{ name: 'purse.ccl', text: '// by hand' }],
    });
  });
});

// ---- any bytes ---------------------------------------------------------------------------------

describe('any bytes', () => {
  test('give one result each, in order, and never throw', () => {
    const { chain, purse } = chainWithPurse();
    const valid = [
      tx(chain, 'bob', 0n, call(purse, 'count')),
      tx(chain, 'alice', 2n, deploy(PURSE)),
      tx(chain, 'carol', 0n, pay('bob', 1n)),
    ];
    const mangled = fc
      .tuple(
        fc.constantFrom(...valid),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        fc.nat(20),
      )
      .map(([data, edits, cut]) => {
        const copy = data.slice(0, data.length - (cut > 15 ? cut : 0));
        for (const [place, byte] of edits) copy[place % copy.length] = byte;
        return copy;
      });
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 80 }), mangled), { maxLength: 6 }), (txs) => {
        const at = { txs, height: 3n, time: chain.last()!.time };
        expect(chain.app.finalizeBlock({ ...at, proposer: '' }).txResults).toHaveLength(txs.length);
        for (const data of txs)
          expect(typeof chain.app.checkTx({ tx: data, type: 'recheck' }).code).toBe('number');
        const selected = chain.app.prepareProposal({ ...at, maxTxBytes: 1 << 20 }).txs;
        expect(chain.app.processProposal({ ...at, txs: selected }).status).toBe('accept');
      }),
      { numRuns: 150 },
    );
  });

  test('signed by a member with any body', () => {
    const { chain } = chainWithPurse();
    const odd = fc.oneof(
      fc.string(),
      fc.constantFrom(did('bob'), 'did:icn:contract:', `did:icn:contract:${'a'.repeat(64)}`, ''),
    );
    const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
    const amount = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const body: fc.Arbitrary<Body> = fc.oneof(
      fc.record({ kind: fc.constant('register' as const), did: odd, key: bytes(32), proof: bytes(64) }),
      fc.record({ kind: fc.constant('rotate' as const), key: bytes(32), proof: bytes(64) }),
      fc.record({
        kind: fc.constant('deploy' as const),
        cooperative: fc.constantFrom(COOPERATIVE, ''),
        artifact: fc.uint8Array(),
        sources: fc.constant([]),
        certificate: fc.uint8Array(),
        args: fc.constant([]),
      }),
      fc.record({
        kind: fc.constant('upgrade' as const),
        contract: odd,
        artifact: fc.uint8Array(),
        sources: fc.constant([]),
        certificate: fc.uint8Array(),
      }),
      fc.record({
        kind: fc.constant('attest' as const),
        contract: odd,
        artifactHash: bytes(32),
        approve: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('call' as const),
        contract: odd,
        entry: odd,
        args: fc.array(amount, { maxLength: 2 }),
      }),
      fc.record({ kind: fc.constant('transfer' as const), to: odd, currency: odd, amount }),
      fc.record({
        kind: fc.constant('issue' as const),
        to: odd,
        currency: fc.constantFrom('coin', 'hours', 'x'),
        amount,
      }),
    );
    fc.assert(
      fc.property(body, (one) => {
        const data = tx(chain, 'alice', 2n, one);
        const response = chain.app.finalizeBlock({
          txs: [data],
          height: 3n,
          time: chain.last()!.time,
          proposer: '',
        });
        expect(response.txResults).toHaveLength(1);
        expect(response.txResults[0]!.gasUsed).toBeLessThanOrEqual(5_000_000);
      }),
      { numRuns: 150 },
    );
  });

  test('a transaction decodes to what was signed', () => {
    const { chain } = chainWithPurse();
    const data = tx(chain, 'bob', 0n, pay('carol', 1n));
    const decoded = decodeTransaction(data);
    expect(decoded.ok && encodeTransaction(decoded.value)).toEqual(data);
  });
});

// ---- queries -----------------------------------------------------------------------------------

describe('queries', () => {
  test('answers are proved where they are stored, absence too', () => {
    const { chain, purse } = chainWithPurse();
    const root = chain.last()!.appHash;
    const proved = [
      `/balance/hours/${purse}`,
      `/balance/hours/${did('bob')}`,
      '/currency/hours',
      `/limit/hours/${did('bob')}`,
      `/limit/hours/${purse}`,
      `/member/${did('alice')}`,
      `/contract/${purse}`,
      `/code/${purse}`,
      '/validators',
      '/chain',
      '/state/nothing',
    ];
    for (const path of proved) {
      const answer = ask(chain, path);
      expect([path, answer.name, verifyProof(root, answer.key, answer.value, answer.proof!)]).toEqual([
        path,
        'Ok',
        true,
      ]);
    }
    expect(ask(chain, `/balance/hours/${did('bob')}`)).toMatchObject({ value: null, answer: 0n });
    expect(ask(chain, `/limit/hours/${did('bob')}`).answer).toBe(-1_000n);
    expect(ask(chain, '/currency/hours').answer).toEqual({
      id: 'hours',
      cooperative: COOPERATIVE,
      name: 'hours',
      decimals: 2n,
      kind: 'mutual',
      total: 100n,
    });
    expect(ask(chain, `/contract/${purse}`).answer).toMatchObject({
      name: 'Purse',
      creator: did('alice'),
      currencies: ['hours'],
    });
    expect(ask(chain, `/code/${purse}`).answer).toEqual(encodeArtifact(PURSE));
    expect(ask(chain, '/chain').answer).toMatchObject({
      chainId: chain.chainId,
      dev: true,
      parameters: { acceptUnproved: false },
    });
  });

  test('views and simulations run on the last committed state and change nothing', () => {
    const { chain, purse } = chainWithPurse();
    const before = dump(chain);
    expect(ask(chain, `/view/${purse}/balance`, encodeArgs([purse])).answer).toBe(100n);
    const simulated = ask(
      chain,
      `/simulate/${did('bob')}/${purse}/move`,
      encodeArgs([did('bob'), did('carol'), 9n]),
    );
    expect(simulated.answer).toMatchObject({ result: null, spends: [{ currency: 'hours', amount: 9n }] });
    expect(dump(chain)).toBe(before);
    expect(balanceOf(chain.state, 'hours', did('carol'))).toBe(0n);
  });

  test.each([
    ['/nothing', 'UnknownPath'],
    ['/balance/hours', 'UnknownPath'],
    ['balance', 'BadQuery'],
    ['/balance/%zz/x', 'BadQuery'],
    ['/balance/shells/x', 'NotFound'],
    ['/currency/shells', 'NotFound'],
    ['/member/nobody', 'NotFound'],
    ['/contract/none', 'NotFound'],
    ['/code/none', 'NotFound'],
    ['/view/none/none', 'BadQuery'],
    ['/constructor', 'UnknownPath'],
    ['/__proto__', 'UnknownPath'],
    ['', 'BadQuery'],
  ])('%s: %s', (path, name) => {
    const { chain } = chainWithPurse();
    expect(ask(chain, path)).toMatchObject({ name, proof: null, answer: null });
  });

  test('a view that is not there, and another height', () => {
    const { chain, purse } = chainWithPurse();
    expect(ask(chain, `/view/${purse}/none`, encodeArgs([])).name).toBe('UnknownEntry');
    expect(chain.app.query({ path: '/chain', data: utf8(''), height: 1n, prove: false }).name).toBe(
      'WrongHeight',
    );
    expect(chain.app.query({ path: '/chain', data: utf8(''), height: 2n, prove: false }).name).toBe('Ok');
  });

  test('any path gives an answer', () => {
    const { chain } = chainWithPurse();
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('\ud800', '%ED%A0%80', '\u0000'),
      fc.constantFrom('balance', 'view', 'simulate', 'state', 'hours', did('bob')),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), fc.uint8Array(), (parts, data) => {
        expect(typeof ask(chain, `/${parts.join('/')}`, data).code).toBe('number');
        const escaped = parts.map((one) => encodeURIComponent(one.toWellFormed()));
        expect(typeof ask(chain, `/${escaped.join('/')}`, data).code).toBe('number');
      }),
    );
  });
});

// ---- the rest of the interface -----------------------------------------------------------------

test('the calls that carry nothing yet answer as the specification allows', () => {
  const { chain } = chainWithPurse();
  expect(chain.app.echo({ message: 'hello' })).toEqual({ message: 'hello' });
  expect(chain.app.flush()).toEqual({});
  expect(chain.app.info()).toMatchObject({
    data: 'ccl',
    appVersion: 1n,
    lastBlockHeight: 2n,
    lastBlockAppHash: chain.last()!.appHash,
  });
  expect(chain.app.extendVote()).toEqual({ voteExtension: new Uint8Array(0) });
  expect(
    [new Uint8Array(0), new Uint8Array(1)].map(
      (voteExtension) => chain.app.verifyVoteExtension({ voteExtension }).status,
    ),
  ).toEqual(['accept', 'reject']);
  expect(chain.app.listSnapshots()).toEqual({ snapshots: [] });
  expect(chain.app.offerSnapshot()).toEqual({ result: 'reject' });
  expect(chain.app.loadSnapshotChunk()).toEqual({ chunk: new Uint8Array(0) });
  expect(chain.app.applySnapshotChunk()).toEqual({ result: 'abort' });
});
