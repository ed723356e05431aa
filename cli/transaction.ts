/** Transactions from the command line: what is wanted and the key in; signed, sent, waited for; what came of it out. */
import { type Body, gasLimitFor, type OpenedKey, type Spend, signTransaction } from '../runtime/index.ts';
import { type Answer, type Client, pathOf } from './client.ts';
import { fail } from './failure.ts';

export type Wanted = {
  readonly body: Body;
  readonly spends: readonly Spend[];
  /** Gas that the execution may use at most, beyond the transaction itself. */
  readonly gasInside: number;
};

/** `result` is that of `GET /api/v1/transactions/:hash`. */
export type Committed = {
  readonly hash: string;
  readonly height: string;
  readonly result: TransactionResult;
};
export type TransactionResult = {
  readonly code: number;
  readonly name: string;
  readonly log: string;
  readonly value: unknown;
  readonly gasUsed: string;
  readonly events: readonly {
    readonly source: string;
    readonly name: string;
    readonly fields: { readonly [name: string]: unknown };
  }[];
};

/** A throw-away key signs only on chains that were made for such. */
export async function checkDevKey(client: Client, key: OpenedKey, path: string): Promise<void> {
  if (!key.dev) return;
  const { answer } = (await client.get('/api/v1/query', { path: '/chain' })).json as {
    readonly answer: { readonly dev?: unknown };
  };
  if (answer.dev === true) return;
  const chain = (await client.get('/api/health')).text('chainId');
  fail('C0305', { path, chain });
}

/** Signs, sends, and waits until the transaction is in a block. One that failed there is a failure. */
export async function send(client: Client, key: OpenedKey, wanted: Wanted): Promise<Committed> {
  const chainId = (await client.get('/api/health')).text('chainId');
  const member = await client.get(`/api/v1/members${pathOf(key.did)}`);
  const draft = {
    chainId,
    sender: key.did,
    sequence: BigInt(member.text('nextSequence')),
    spends: wanted.spends,
    body: wanted.body,
  };
  const gasLimit = gasLimitFor(draft, wanted.gasInside);
  const hash = (await client.submit(signTransaction({ ...draft, gasLimit }, key))).text('hash');
  return committedOf(hash, await client.awaited(hash));
}

function committedOf(hash: string, answer: Answer): Committed {
  const result = answer.field('result') as TransactionResult;
  if (result.code !== 0) fail('C0405', { reason: result.log, name: result.name });
  return { hash, height: answer.text('height'), result };
}
