/** Another version on a chain: pending, attested, run; the contract goes on, or goes on as it was. */
import { expect, test } from 'vitest';
import { type Body, decodeValue } from '../../runtime/codec/transaction.ts';
import { encodeArtifact } from '../../vm/index.ts';
import { versionsIn } from '../host/versions.ts';
import { type Chain, type Name, startChain, tx } from './chain.ts';
import { attested, deploySource } from './deployed.ts';

const FIRST = `contract Counter {
  version "1.0.0";
  upgradable;
  state { n: Int; }
  rule step_on() { n += 1; }
  view counted() -> Int { return n; }
}
`;
const SECOND = `contract Counter {
  version "1.1.0";
  upgradable;
  state { n: Int; stride: Int = 2; }
  upgrade from "1.0.0" { require n < 5 else "counted too far"; }
  rule step_on() { n += stride; }
  view counted() -> Int { return n; }
}
`;
const [second] = versionsIn(SECOND, { 'Counter@1.0.0.ccl': FIRST });

function upgradeOf(contract: string): Body {
  return {
    kind: 'upgrade',
    contract,
    artifact: encodeArtifact(second!),
    sources: [],
    certificate: new Uint8Array(0),
  };
}

function counterOn(chain: Chain) {
  const contract = deploySource(chain, 'Counter.ccl', FIRST);
  const sequences = { alice: 2n, bob: 0n, carol: 0n, mallory: 0n };
  const send = (body: Body, by: Name = 'alice') =>
    chain.block([tx(chain, by, sequences[by]++, body)]).txResults[0]!;
  const count = () => send({ kind: 'call', contract, entry: 'step_on', args: [] });
  const upgrade = (by: Name = 'alice') => send(upgradeOf(contract), by);
  const attest = (id: string) => attested(chain, id, sequences.alice++);
  const ask = (path: string) =>
    chain.app.query({ path, data: Uint8Array.of(0x80), height: 0n, prove: false }).answer;
  const counted = () => ask(`/view/${contract}/counted`);
  return { contract, count, upgrade, attest, ask, counted };
}

function deploymentIn(data: Uint8Array): string {
  const decoded = decodeValue(data);
  return (decoded.ok ? decoded.value : null) as never as string;
}

test('a version that is attested takes the place of the one before', () => {
  const chain = startChain();
  const { contract, count, upgrade, attest, ask, counted } = counterOn(chain);
  count();
  const sent = upgrade();
  expect(sent).toMatchObject({ code: 0 });
  const { deployment } = deploymentIn(sent.data) as never as { deployment: string };
  count();
  expect(counted()).toBe(2n);
  expect(attest(deployment)).toEqual(['ContractUpgraded']);
  count();
  expect(counted()).toBe(4n);
  const about = ask(`/contract/${contract}`) as { versions: { version: string }[] };
  expect(about).toMatchObject({ version: '1.1.0', upgradable: true, upgrades: 1n });
  expect(about.versions.map(({ version }) => version)).toEqual(['1.1.0', '1.0.0']);
  chain.restart();
  count();
  expect(counted()).toBe(6n);
});

test('an upgrade that reverts is dropped, and the contract goes on as it was', () => {
  const { count, upgrade, attest, counted } = counterOn(startChain());
  for (let i = 0; i < 5; i++) count();
  const { deployment } = deploymentIn(upgrade().data) as never as { deployment: string };
  expect(attest(deployment)).toEqual(['DeploymentDropped']);
  count();
  expect(counted()).toBe(6n);
});

test('of two that were sent the first is run, and the second follows nothing any more', () => {
  const { upgrade, attest } = counterOn(startChain());
  const [one, other] = [upgrade(), upgrade()].map(
    ({ data }) => (deploymentIn(data) as never as { deployment: string }).deployment,
  );
  expect(attest(other!)).toEqual(['ContractUpgraded']);
  expect(attest(one!)).toEqual(['DeploymentDropped']);
});

test('who may not upgrade, and what is not there, is refused at the door', () => {
  const chain = startChain();
  const { upgrade } = counterOn(chain);
  expect(upgrade('bob')).toMatchObject({ name: 'MayNotUpgrade' });
  const nowhere = upgradeOf('did:icn:contract:nowhere');
  expect(chain.block([tx(chain, 'carol', 0n, nowhere)]).txResults[0]).toMatchObject({
    name: 'UnknownContract',
  });
});
