/** A contract from its source onto a chain: pending, attested, callable. */
import { expect } from 'vitest';
import { type Body, decodeValue } from '../../runtime/codec/transaction.ts';
import { encodeArtifact } from '../../vm/index.ts';
import { contractsOf } from '../testing/compiled.ts';
import { type Chain, COOPERATIVE, tx } from './chain.ts';

/** Deploys as Alice, who uses up her first two sequence numbers; gives the contract's id. */
export function deploySource(chain: Chain, name: string, text: string): string {
  const [artifact] = contractsOf(text);
  const body: Body = {
    kind: 'deploy',
    cooperative: COOPERATIVE,
    artifact: encodeArtifact(artifact!),
    sources: [{ name, text }],
    certificate: new Uint8Array(0),
    args: [],
  };
  const result = chain.block([tx(chain, 'alice', 0n, body)]).txResults[0]!;
  expect(result.log).toBe('');
  const decoded = decodeValue(result.data);
  const { contract } = (decoded.ok ? decoded.value : null) as { contract: string };
  const path = `/deployment/${contract}`;
  const pending = chain.app.query({ path, data: new Uint8Array(0), height: 0n, prove: false });
  const { artifactHash } = pending.answer as { artifactHash: Uint8Array };
  const attest: Body = { kind: 'attest', contract, artifactHash, approve: true };
  const response = chain.block([tx(chain, 'alice', 1n, attest)]);
  expect(response.events.map((event) => event.name)).toEqual(['ContractDeployed']);
  return contract;
}
