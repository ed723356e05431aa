/** The two steps of a deployment on a running node, with provers that say what the test wants. */
import { expect, test } from 'vitest';
import type { Node, NodeNotice, Prover } from '../../runtime/index.ts';
import { deploy, SOURCE } from './timebank.ts';
import { DIDS, freshFolder, HOURS, optionsFor, replayOf, runNode, settle, signedBy } from './world.ts';

const YES: Prover = async () => ({ ok: true });

test('what the prover accepts is callable; calls, views and simulations answer', async () => {
  const directory = await freshFolder();
  const seen: string[] = [];
  const prover: Prover = async ({ contract, sources, claims, certificate }) => {
    seen.push(contract);
    expect(sources).toEqual([{ name: 'TimeBank.ccl', text: SOURCE }]);
    expect([claims.length, new TextDecoder().decode(certificate)]).toEqual([0, 'certificate']);
    return { ok: true };
  };
  const node = await runNode({ ...optionsFor(directory), prover });
  const contract = await deploy(node);
  expect(await node.waitForDeployment(contract)).toMatchObject({
    ok: true,
    value: { outcome: { event: { name: 'ContractDeployed' } } },
  });
  expect(seen).toEqual([contract]);
  expect(node.deployment(contract)).toMatchObject({ kind: 'Decided', reason: null });
  expect(await call(node, 1, contract, 'join', [], 0n)).toBe('');
  expect(node.simulate({ sender: DIDS[1]!, contract, entry: 'record', args: [DIDS[1]!, 5n] })).toMatchObject({
    name: 'ExecutionFailed',
    log: 'nobody works for themselves',
  });
  const simulated = node.simulate({ sender: DIDS[1]!, contract, entry: 'record', args: [DIDS[0]!, 5n] });
  expect(simulated.answer).toMatchObject({ spends: [{ currency: HOURS, amount: 5n }] });
  expect(await call(node, 1, contract, 'record', [DIDS[0]!, 5n], 4n)).toMatch('limit');
  expect(await call(node, 1, contract, 'record', [DIDS[0]!, 5n], 5n)).toBe('');
  expect(node.view({ contract, entry: 'hours_of', args: [DIDS[0]!] }).answer).toBe(5n);
  expect(node.query('/deployments').answer).toEqual([]);
  await settle(node);
  const root = Buffer.from(node.root()).toString('hex');
  await node.stop();
  expect((await replayOf(directory)).root).toBe(root);
});

test('what the prover refuses is dropped, with its reason; the outcome outlives the node', async () => {
  const directory = await freshFolder();
  const notices: NodeNotice[] = [];
  const prover: Prover = async () => ({ ok: false, reason: 'the bytecode is not that of the source' });
  const node = await runNode({ ...optionsFor(directory), prover, report: (notice) => notices.push(notice) });
  const contract = await deploy(node);
  expect(await node.waitForDeployment(contract)).toMatchObject({
    ok: true,
    value: {
      reason: 'the bytecode is not that of the source',
      outcome: { event: { name: 'DeploymentDropped' } },
    },
  });
  expect(notices).toEqual([
    { code: 'DeploymentRefused', message: `${contract}: the bytecode is not that of the source` },
  ]);
  expect(node.query(`/contract/${contract}`).name).toBe('NotFound');
  await node.stop();
  const again = await runNode(optionsFor(directory));
  expect(again.deployment(contract)).toMatchObject({
    kind: 'Decided',
    reason: null,
    outcome: { event: { name: 'DeploymentDropped' } },
  });
  expect(again.deployment('did:icn:contract:none')).toBeNull();
  expect(await again.waitForDeployment('did:icn:contract:none')).toMatchObject({
    ok: false,
    error: { code: 'UnknownDeployment' },
  });
});

test('a prover that fails says nothing: it is asked three times, and again by the next start', async () => {
  const directory = await freshFolder();
  const failures = Promise.withResolvers<void>();
  const notices: NodeNotice[] = [];
  const report = (notice: NodeNotice) => {
    notices.push(notice);
    if (notices.length === 3) failures.resolve();
  };
  const prover: Prover = () => Promise.reject(new Error('out of memory'));
  const node = await runNode({ ...optionsFor(directory), prover, report });
  const contract = await deploy(node);
  await failures.promise;
  expect(new Set(notices.map(({ code, message }) => `${code}: ${message}`))).toEqual(
    new Set([`ProverFailed: checking ${contract} failed, which says nothing about it: out of memory`]),
  );
  expect(node.deployment(contract)).toEqual({ kind: 'Pending' });
  await node.stop();
  expect(notices.length).toBe(3);
  const again = await runNode({ ...optionsFor(directory), prover: YES });
  expect(await again.waitForDeployment(contract)).toMatchObject({
    ok: true,
    value: { outcome: { event: { name: 'ContractDeployed' } } },
  });
});

test('a node that stops asks the prover to stop, and waits for it', async () => {
  const begun = Promise.withResolvers<void>();
  let aborted = false;
  const prover: Prover = (_deployment, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        aborted = true;
        reject(new Error('aborted'));
      });
      begun.resolve();
    });
  const node = await runNode({ ...optionsFor(await freshFolder()), prover });
  const contract = await deploy(node);
  await begun.promise;
  const waiting = node.waitForDeployment(contract);
  await node.stop();
  expect(aborted).toBe(true);
  expect(await waiting).toMatchObject({ ok: false, error: { code: 'Stopped' } });
});

/** Gives the sentence with which it failed, or `""`. */
async function call(
  node: Node,
  member: number,
  contract: string,
  entry: string,
  args: (string | bigint)[],
  amount: bigint,
): Promise<string> {
  const body = { kind: 'call', contract, entry, args } as const;
  const spends = [{ currency: HOURS, amount }];
  const submitted = node.submit(
    signedBy(member, node.chainId, node.nextSequence(DIDS[member]!), body, 1_000_000, spends),
  );
  const settled = submitted.ok ? await node.waitFor(submitted.hash) : submitted;
  if (!settled.ok) throw new Error(settled.error.message);
  return settled.value.result.log;
}
