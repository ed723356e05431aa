/** What the API says of the node's values, as JSON. Heights, times, amounts and gas are decimal strings. */
import type { Event } from '../../vm/index.ts';
import type { TxResult } from '../app/abci.ts';
import { encodeHeader, headerHash } from '../codec/block.ts';
import { encodeProof } from '../codec/proof.ts';
import { decodeValue } from '../codec/transaction.ts';
import type { DeploymentStatus, Proved, SignedHeader, TransactionStatus } from '../node.ts';
import { type Json, renderHex, renderValue } from './values.ts';

export function renderTransaction(hash: string, status: TransactionStatus): Json {
  if (status.kind === 'Waiting') return { hash, status: 'waiting' };
  const { height, index, result } = status.record;
  return { hash, status: 'committed', height: height.toString(), index, result: renderResult(result) };
}

/** `value` is what the entry returned, where `data` holds a value. */
function renderResult({ code, name, log, data, gasWanted, gasUsed, events }: TxResult): Json {
  const value = data.length === 0 ? null : decodeValue(data);
  return {
    code,
    name,
    log,
    data: renderHex(data),
    value: value?.ok ? renderValue(value.value) : null,
    gasWanted: String(gasWanted),
    gasUsed: String(gasUsed),
    events: events.map(renderEvent),
  };
}

export function renderEvent({ source, name, fields }: Event): Json {
  return {
    source,
    name,
    fields: Object.fromEntries(fields.map((field) => [field.name, renderValue(field.value)])),
  };
}

export function renderDeployment(contract: string, status: DeploymentStatus): Json {
  if (status.kind === 'Pending') return { contract, status: 'pending' };
  const { event, height } = status.outcome;
  const deployed = event.name !== 'DeploymentDropped';
  return {
    contract,
    status: deployed ? 'callable' : 'dropped',
    height: height.toString(),
    event: renderEvent(event),
    reason: status.reason,
  };
}

/** `encoded` is the canonical form; the other fields are the same for reading. */
export function renderHeader({ header, signatures }: SignedHeader): Json {
  return {
    hash: renderHex(headerHash(header)),
    encoded: renderHex(encodeHeader(header)),
    signatures: signatures.map(({ validator, signature }) => ({
      validator,
      signature: renderHex(signature),
    })),
    chainId: header.chainId,
    height: header.height.toString(),
    time: header.time.toString(),
    previousHash: renderHex(header.previousHash),
    txRoot: renderHex(header.txRoot),
    resultsRoot: renderHex(header.resultsRoot),
    appRoot: renderHex(header.appRoot),
    validatorsHash: renderHex(header.validatorsHash),
    proposer: header.proposer,
  };
}

/** `proof` is null where the answer is computed from more than one stored value. */
export function renderProved({ response, header }: Proved): Json {
  const { key, value, proof, height, answer } = response;
  return {
    height: height.toString(),
    answer: renderValue(answer),
    key,
    value: value === null ? null : renderHex(value),
    proof: proof === null ? null : renderHex(encodeProof(proof)),
    header: renderHeader(header),
  };
}
