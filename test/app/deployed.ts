/** A contract from its source onto a chain: pending, attested, callable. */
import { expect } from 'vitest';
import { type Body, decodeValue } from '../../runtime/codec/transaction.ts';
import { type AbiValue, encodeArtifact } from '../../vm/index.ts';
import { contractsOf } from '../testing/compiled.ts';
import { type Chain, COOPERATIVE, tx } from './chain.ts';

/** Of a source, the contract with this number, with these arguments; Alice's next sequence number. */
type Which = { readonly number: number; readonly args: readonly AbiValue[]; readonly sequence: bigint };

const FIRST: Which = { number: 0, args: [], sequence: 0n };

/** Deploys as Alice, who uses up two sequence numbers; gives the contract's id. */
export function deploySource(chain: Chain, name: string, text: string, which: Which = FIRST): string {
  const { number, args, sequence } = which;
  const artifact = contractsOf(text)[number];
  const body: Body = {
    kind: 'deploy',
    cooperative: COOPERATIVE,
    artifact: encodeArtifact(artifact!),
    sources: [{ name, text }],
    certificate: new Uint8Array(0),
    args,
  };
  const result = chain.block([tx(chain, 'alice', sequence, body)]).txResults[0]!;
  expect(result.log).toBe('');
  const decoded = decodeValue(result.data);
  const { contract } = (decoded.ok ? decoded.value : null) as { contract: string };
  expect(attested(chain, contract, sequence + 1n)).toEqual(['ContractDeployed']);
  return contract;
}

/** Alice attests what is pending under an id; the names of the events that come of it. */
export function attested(chain: Chain, contract: string, sequence: bigint): readonly string[] {
  const path = `/deployment/${contract}`;
  const pending = chain.app.query({ path, data: new Uint8Array(0), height: 0n, prove: false });
  const { artifactHash } = pending.answer as { artifactHash: Uint8Array };
  const attest: Body = { kind: 'attest', contract, artifactHash, approve: true };
  return chain.block([tx(chain, 'alice', sequence, attest)]).events.map((event) => event.name);
}
