/** A chain to test nodes on: three members with fixed keys, one currency, transfers between them, folders to throw away. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type Body,
  DEFAULT_PARAMETERS,
  didOfKey,
  gasLimitFor,
  type KeyPair,
  keyFromSeed,
  type Node,
  type NodeOptions,
  openNode,
  renderGenesis,
  type Spend,
  signTransaction,
} from '../../runtime/index.ts';

/** Node keeps what it compiled for the processes that tests start: most of such a process's time is compiling. */
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node');

export const KEYS: readonly KeyPair[] = [1, 2, 3].map((byte) => keyFromSeed(new Uint8Array(32).fill(byte)));
export const DIDS: readonly string[] = KEYS.map(({ publicKey }) => didOfKey(publicKey));
export const HOURS = 'coop:hours';
export const NOW = 1_800_000_000n;

/** The validator is the first member. */
export function genesisOf(name: string): Uint8Array {
  const members = DIDS.map((did, index) => ({
    did,
    key: KEYS[index]!.publicKey,
    cooperatives: ['coop'],
    permissions: [{ cooperative: 'coop', permission: 'contract.deploy' }],
    limits: [{ currency: HOURS, floor: -1_000_000n }],
    holdings: [],
  }));
  const hours = { id: HOURS, cooperative: 'coop', name: 'hours', decimals: 2, kind: 'mutual' } as const;
  const text = renderGenesis({
    name,
    time: 1_700_000_000n,
    dev: true,
    parameters: DEFAULT_PARAMETERS,
    validators: [{ did: DIDS[0]!, power: 1n }],
    host: { cooperatives: [{ id: 'coop', name: 'Coop' }], currencies: [hours], members },
  });
  return new TextEncoder().encode(text);
}

export const GENESIS = genesisOf('test');

export function optionsFor(directory: string): NodeOptions {
  return {
    directory,
    genesis: GENESIS,
    validatorKey: KEYS[0]!,
    prover: async () => ({ ok: false, reason: 'no contract is expected here' }),
    clock: () => NOW,
  };
}

/** Opens a node and stops it when the test is over. */
export async function runNode(options: NodeOptions): Promise<Node> {
  const opened = await openNode(options);
  if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.message}`);
  onTestFinished(() => opened.node.stop());
  return opened.node;
}

/** The code with which opening is refused; `null` when it is not, and then the node is stopped. */
export async function refusalOf(options: NodeOptions): Promise<string | null> {
  const opened = await openNode(options);
  if (!opened.ok) return opened.error.code;
  await opened.node.stop();
  return null;
}

/** `gasInside` is what its execution may use. */
export function signedBy(
  member: number,
  chainId: string,
  sequence: bigint,
  body: Body,
  gasInside = 0,
  spends: readonly Spend[] = [],
): Uint8Array {
  const blank = { chainId, sender: DIDS[member]!, sequence, spends, body };
  return signTransaction({ ...blank, gasLimit: gasLimitFor(blank, gasInside) }, KEYS[member]!);
}

export function transferOf(member: number, chainId: string, sequence: bigint, amount: bigint): Uint8Array {
  const body = { kind: 'transfer', to: DIDS[(member + 1) % 3]!, currency: HOURS, amount } as const;
  return signedBy(member, chainId, sequence, body);
}

/** Sends one transfer and waits until it is on disk. */
export async function pay(node: Node, member: number, amount: bigint): Promise<string> {
  const submitted = node.submit(transferOf(member, node.chainId, node.nextSequence(DIDS[member]!), amount));
  if (!submitted.ok) throw new Error(submitted.error.message);
  const settled = await node.waitFor(submitted.hash);
  if (!settled.ok || settled.value.result.code !== 0) throw new Error('the transfer failed');
  return submitted.hash;
}

/** Resolves once every root stands in a signed header, so that nothing is under way. */
export async function settle(node: Node): Promise<void> {
  await node.prove('/validators');
}

export function balanceOf(node: Node, member: number): unknown {
  return node.query(`/balance/${encodeURIComponent(HOURS)}/${encodeURIComponent(DIDS[member]!)}`).answer;
}

/** All that a chain is: where it stands, who has what. */
export function describeNode(node: Node) {
  return {
    height: node.height(),
    root: hexOf(node.root()),
    balances: DIDS.map((_, member) => balanceOf(node, member)),
  };
}

/** What the same log makes when it is executed from nothing, in a copy. */
export async function replayOf(directory: string) {
  const copy = await freshFolder();
  await cp(join(directory, 'genesis.json'), join(copy, 'genesis.json'));
  await cp(join(directory, 'blocks.log'), join(copy, 'blocks.log'));
  const opened = await openNode(optionsFor(copy));
  if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.message}`);
  await settle(opened.node);
  const described = describeNode(opened.node);
  await opened.node.stop();
  return described;
}

/** An empty folder that is removed when the test is over. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ccl-node-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function hexOf(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}
