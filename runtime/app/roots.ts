/** The hashes by which a header commits to what a block did and to who signs. */

import type { Event } from '../../vm/index.ts';
import { sha256 } from '../../vm/index.ts';
import { listRoot } from '../codec/block.ts';
import { ABI_VALUE, bytes, count, encode, fixed, list, record, text, UINT63 } from '../codec/schema.ts';
import type { TxResult, Validator } from './abci.ts';

/** What of a result is the same on every machine; the sentence for people is not part of it. */
type Committed = Pick<TxResult, 'code' | 'data' | 'gasWanted' | 'gasUsed' | 'events'>;

const SIZE_MAX = Number.MAX_SAFE_INTEGER;
const ANY_TEXT = text(SIZE_MAX);
const EVENT = record<Event>({
  source: ANY_TEXT,
  name: ANY_TEXT,
  fields: list(record<Event['fields'][number]>({ name: ANY_TEXT, value: ABI_VALUE }), SIZE_MAX),
});
const RESULT = record<Committed>({
  code: count(SIZE_MAX),
  data: bytes(SIZE_MAX),
  gasWanted: count(SIZE_MAX),
  gasUsed: count(SIZE_MAX),
  events: list(EVENT, SIZE_MAX),
});
const VALIDATOR = record<Validator>({ did: ANY_TEXT, key: fixed(32), power: UINT63 });

/** Over the results of a block's transactions, in order. */
export function resultsRoot(results: readonly TxResult[]): Uint8Array {
  return listRoot(results.map((result) => sha256(encode(RESULT, result))));
}

/** Over the validators, sorted by DID. */
export function validatorsHash(validators: readonly Validator[]): Uint8Array {
  return listRoot(validators.map((validator) => sha256(encode(VALIDATOR, validator))));
}
