/** The time bank of the examples on a chain, from its source: what members see is what the language promises. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditLedger, balanceOf } from '../../host/index.ts';
import { encodeArgs } from '../../runtime/codec/transaction.ts';
import type { AbiValue } from '../../vm/index.ts';
import { did, makeGenesis, type Name, startChain, tx } from './chain.ts';
import { deploySource } from './deployed.ts';

const SOURCE = readFileSync(join(import.meta.dirname, '../../examples/timebank/TimeBank.ccl'), 'utf8');

test('joining, serving, and what it says to those who may not', () => {
  const chain = startChain(makeGenesis());
  const bank = deploySource(chain, 'TimeBank.ccl', SOURCE);
  const sequences = new Map<Name, bigint>([['alice', 2n]]);
  const run = (name: Name, entry: string, args: AbiValue[] = [], amount = 0n) => {
    const sequence = sequences.get(name) ?? 0n;
    sequences.set(name, sequence + 1n);
    const data = tx(
      chain,
      name,
      sequence,
      { kind: 'call', contract: bank, entry, args },
      { spends: [{ currency: 'hours', amount }] },
    );
    return chain.block([data]).txResults[0]!;
  };
  const view = (entry: string, args: AbiValue[]) =>
    chain.app.query({ path: `/view/${bank}/${entry}`, data: encodeArgs(args), height: 0n, prove: false })
      .answer;

  expect(run('bob', 'record', [did('alice'), 500n], 500n)).toMatchObject({
    name: 'ExecutionFailed',
    log: 'both must be members',
  });
  expect(run('bob', 'join')).toMatchObject({ name: 'Ok' });
  expect(run('bob', 'join')).toMatchObject({ name: 'ExecutionFailed', log: 'already a member' });
  expect(run('bob', 'record', [did('alice'), 0n])).toMatchObject({
    name: 'ExecutionFailed',
    log: 'the amount must be positive',
  });
  expect(run('bob', 'record', [did('bob'), 1n], 1n)).toMatchObject({
    name: 'ExecutionFailed',
    log: 'nobody works for themselves',
  });
  expect(run('bob', 'record', [did('alice'), 500n], 499n)).toMatchObject({ name: 'SpendingLimit' });
  expect(run('bob', 'record', [did('alice'), 1_001n], 2_000n)).toMatchObject({ name: 'CannotPay' });

  const served = run('bob', 'record', [did('alice'), 500n], 500n);
  expect(served.name).toBe('Ok');
  expect(served.events.map(({ source, name }) => [source, name])).toEqual([
    ['ledger', 'Transferred'],
    [bank, 'Served'],
  ]);
  expect(view('hours_of', [did('alice')])).toBe(500n);
  expect(view('hours_of', [did('carol')])).toBe(0n);
  expect([
    balanceOf(chain.state, 'hours', did('alice')),
    balanceOf(chain.state, 'hours', did('bob')),
  ]).toEqual([500n, -500n]);
  expect(auditLedger(chain.state)).toEqual([]);
});
