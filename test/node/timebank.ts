/** The time bank of the examples, deployed on a node. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeValue, type Node } from '../../runtime/index.ts';
import { encodeArtifact } from '../../vm/index.ts';
import { contractsOf } from '../testing/compiled.ts';
import { DIDS, signedBy } from './world.ts';

export const SOURCE = readFileSync(join(import.meta.dirname, '../../examples/timebank/TimeBank.ccl'), 'utf8');

/** Gives the id of the pending contract. */
export async function deploy(node: Node): Promise<string> {
  const [artifact] = contractsOf(SOURCE);
  const body = {
    kind: 'deploy',
    cooperative: 'coop',
    artifact: encodeArtifact({ ...artifact!, claims: [] }),
    sources: [{ name: 'TimeBank.ccl', text: SOURCE }],
    certificate: new TextEncoder().encode('certificate'),
    args: [],
  } as const;
  const submitted = node.submit(signedBy(0, node.chainId, node.nextSequence(DIDS[0]!), body, 1_000_000));
  const settled = submitted.ok ? await node.waitFor(submitted.hash) : submitted;
  if (!settled.ok) throw new Error(settled.error.message);
  const data = decodeValue(settled.value.result.data);
  if (!data.ok) throw new Error(settled.value.result.log);
  return (data.value as { contract: string }).contract;
}
