/** A small chain inside this process, for the demonstration: three members, a node without a port, signed transactions. */
import { currencyIdOf, DEPLOY_PERMISSION } from '../host/index.ts';
import {
  type Body,
  DEFAULT_PARAMETERS,
  decodeValue,
  didOfKey,
  type Genesis,
  gasLimitFor,
  generateKey,
  type KeyPair,
  type Node,
  openNode,
  type QueryResponse,
  renderGenesis,
  type Spend,
  signTransaction,
} from '../runtime/index.ts';
import type { AbiValue } from '../vm/index.ts';
import { createProver } from './prover.ts';

export type Person = { readonly name: string; readonly key: KeyPair; readonly did: string };

export const COOPERATIVE = 'riverside';
export const HOURS = currencyIdOf(COOPERATIVE, 'hours');
/** 100.00 hours. */
const CREDIT_LIMIT = 10_000n;
const PROVING_WORK_MAX = 4_000_000_000;

export function newPerson(name: string): Person {
  const key = generateKey();
  return { name, key, did: didOfKey(key.publicKey) };
}

/** A genesis file: the first person validates, and all may deploy and owe up to 100.00 hours. */
export function genesisFor(people: readonly Person[]): Uint8Array {
  const genesis: Genesis = {
    name: COOPERATIVE,
    time: BigInt(Math.floor(Date.now() / 1000)),
    dev: true,
    parameters: DEFAULT_PARAMETERS,
    validators: [{ did: people[0]!.did, power: 1n }],
    host: {
      cooperatives: [{ id: COOPERATIVE, name: 'Riverside Cooperative' }],
      currencies: [{ id: HOURS, cooperative: COOPERATIVE, name: 'hours', decimals: 2, kind: 'mutual' }],
      members: people.map(({ did, key }) => ({
        did,
        key: key.publicKey,
        cooperatives: [COOPERATIVE],
        permissions: [{ cooperative: COOPERATIVE, permission: DEPLOY_PERMISSION }],
        limits: [{ currency: HOURS, floor: -CREDIT_LIMIT }],
        holdings: [],
      })),
    },
  };
  return new TextEncoder().encode(renderGenesis(genesis));
}

/** Starts a node on the directory; makes the directory where there is none. */
export async function startNode(directory: string, genesis: Uint8Array, validator: Person): Promise<Node> {
  const opened = await openNode({
    directory,
    genesis,
    validatorKey: validator.key,
    prover: createProver(PROVING_WORK_MAX),
    clock: () => BigInt(Math.floor(Date.now() / 1000)),
  });
  if (opened.ok) return opened.node;
  throw new Error(`the node does not start: ${opened.error.message} (${opened.error.code})`);
}

export type Outcome =
  | { readonly ok: true; readonly value: AbiValue }
  | { readonly ok: false; readonly reason: string };

/** Signs, submits, and waits until it is in a block; what the entry point returned, or why it failed. */
export async function transact(
  node: Node,
  by: Person,
  body: Body,
  spends: readonly Spend[],
  gasInside: number,
): Promise<Outcome> {
  const draft = { chainId: node.chainId, sender: by.did, sequence: node.nextSequence(by.did), spends, body };
  const submitted = node.submit(
    signTransaction({ ...draft, gasLimit: gasLimitFor(draft, gasInside) }, by.key),
  );
  if (!submitted.ok) return { ok: false, reason: `${submitted.error.message} (${submitted.error.code})` };
  const settled = await node.waitFor(submitted.hash);
  if (!settled.ok) return { ok: false, reason: settled.error.message };
  const { result } = settled.value;
  if (result.code !== 0) return { ok: false, reason: `${result.log} (${result.name})` };
  const value = result.data.length === 0 ? null : decodeValue(result.data);
  return { ok: true, value: value?.ok ? value.value : null };
}

/** Balances of these accounts, in smallest units. */
export function balancesOf(node: Node, accounts: readonly string[]): readonly bigint[] {
  return accounts.map(
    (account) =>
      answerOf(node.query(`/balance/${encodeURIComponent(HOURS)}/${encodeURIComponent(account)}`)) as bigint,
  );
}

function answerOf({ code, log, answer }: QueryResponse): AbiValue {
  if (code === 0) return answer;
  throw new Error(`the node does not answer: ${log}`);
}
