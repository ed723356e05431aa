/** A stall that pays into a common fund, on a chain: one transaction, two contracts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditLedger, balanceOf } from '../../host/index.ts';
import { encodeArgs } from '../../runtime/codec/transaction.ts';
import type { AbiValue } from '../../vm/index.ts';
import { did, makeGenesis, startChain, tx } from './chain.ts';
import { deploySource } from './deployed.ts';

const SOURCE = readFileSync(join(import.meta.dirname, '../../examples/common-fund/CommonFund.ccl'), 'utf8');

test('a call that calls another contract, within its limits, as a whole or not at all', () => {
  const chain = startChain(makeGenesis());
  const fund = deploySource(chain, 'CommonFund.ccl', SOURCE);
  const stall = deploySource(chain, 'CommonFund.ccl', SOURCE, { number: 1, args: [fund], sequence: 2n });
  let sequence = 0n;
  const run = (entry: string, args: AbiValue[], amount: bigint, gasLimit = 1_000_000) => {
    const body = { kind: 'call', contract: stall, entry, args } as const;
    const spends = [{ currency: 'hours', amount }];
    return chain.block([tx(chain, 'bob', sequence++, body, { spends, gasLimit })]).txResults[0]!;
  };
  const view = (contract: string, entry: string, args: AbiValue[]) =>
    chain.app.query({ path: `/view/${contract}/${entry}`, data: encodeArgs(args), height: 0n, prove: false })
      .answer;

  const bought = run('buy', [200n], 200n);
  expect(bought.name).toBe('Ok');
  expect(bought.events.map(({ source, name }) => [source, name])).toEqual([
    ['ledger', 'Transferred'],
    ['ledger', 'Transferred'],
    ['ledger', 'Transferred'],
    [fund, 'Deposited'],
    [stall, 'Sold'],
  ]);
  expect(view(stall, 'in_the_fund', [])).toBe(20n);
  expect(view(fund, 'deposited', [stall])).toBe(20n);

  // The second transfer of the stall is beyond what Bob allows; nothing of the first one stays.
  expect(run('buy', [200n], 199n)).toMatchObject({ name: 'SpendingLimit' });
  // Gas runs out inside of the fund.
  expect(run('buy', [200n], 200n, 60_000)).toMatchObject({ name: 'ExecutionFailed', gasUsed: 60_000 });
  expect(run('buy', [200n], 200n)).toMatchObject({ name: 'Ok' });
  expect(view(stall, 'in_the_fund', [])).toBe(40n);
  expect(
    [fund, stall, did('alice'), did('bob')].map((account) => balanceOf(chain.state, 'hours', account)),
  ).toEqual([40n, 0n, 360n, -400n]);
  expect(auditLedger(chain.state)).toEqual([]);
});
