/** A contract on a chain as a client knows it: its artifact, read from the node, and its values in words. */
import { readValue } from '../runtime/index.ts';
import { showValue } from '../testing/index.ts';
import { type AbiType, type Artifact, decodeArtifact } from '../vm/index.ts';
import { type Client, pathOf } from './client.ts';
import { fail } from './failure.ts';

export type Remote = {
  readonly id: string;
  readonly artifact: Artifact;
  /** Ids of the ledger's currencies, in the order of the artifact's. */
  readonly currencies: readonly string[];
};

/** The artifact is checked against the code hash that the node names. */
export async function remoteContract(client: Client, id: string): Promise<Remote> {
  const info = await client.get(`/api/v1/contracts${pathOf(id)}`);
  const code = (await client.get('/api/v1/query', { path: `/code${pathOf(id)}` })).text('answer');
  const decoded = decodeArtifact(new Uint8Array(Buffer.from(code.replace(/^0x/, ''), 'hex')));
  if (!decoded.ok)
    return fail('C0404', {
      url: client.url,
      reason: `the code of ${id} does not decode: ${decoded.error.message}`,
    });
  if (`0x${Buffer.from(decoded.hash).toString('hex')}` !== info.text('codeHash'))
    return fail('C0404', { url: client.url, reason: `the code of ${id} is not what its code hash says` });
  return { id, artifact: decoded.artifact, currencies: info.field('currencies') as readonly string[] };
}

/** A value of the API's JSON in the words of its type. */
export function showOnChain({ artifact }: Remote, type: AbiType, json: unknown): string {
  const read = readValue(type, json, 'the value');
  if (!read.ok) return JSON.stringify(json);
  return showValue(read.value, type, { currencies: artifact.currencies, names: new Map() });
}
