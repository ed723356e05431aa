/**
 * What the store keeps beside the state, as bytes: where the chain stands, each transaction's result by its hash,
 * each deployment's outcome by its contract.
 * No root covers these, so each begins with a SHA-256 over its key and itself.
 */
import { type AbiValue, type Event, sha256 } from '../../vm/index.ts';
import type { LastBlock, TxResult } from '../app/abci.ts';
import {
  ABI_VALUE,
  bytes,
  count,
  type Decoded,
  decode,
  encode,
  equalBytes,
  fixed,
  list,
  record,
  type Schema,
  text,
  UINT63,
} from '../codec/schema.ts';

/** After a commit: whose chain, and what the next header says of this block. */
export type Tip = {
  readonly chainId: string;
  readonly last: LastBlock;
  /** Of the last block: which block of its height the state was made by. */
  readonly headerHash: Uint8Array;
  /** So many results of transactions, and outcomes of deployments, are stored. */
  readonly resultCount: bigint;
  readonly outcomeCount: bigint;
};

/** `index` is the transaction's place in its block. */
export type TxRecord = { readonly height: bigint; readonly index: number; readonly result: TxResult };

/** What became of a deployment: the event by which the application said so. */
export type OutcomeRecord = { readonly height: bigint; readonly event: Event };

const NAME_UNITS_MAX = 1024;
const LOG_UNITS_MAX = 1 << 16;
const RECORD_BYTES_MAX = 16 << 20;
const LIST_MAX = 1 << 16;

const LAST = record<LastBlock>({
  height: UINT63,
  time: UINT63,
  appHash: fixed(32),
  resultsRoot: fixed(32),
  validatorsHash: fixed(32),
});
const TIP = record<Tip>({
  chainId: text(NAME_UNITS_MAX),
  last: LAST,
  headerHash: fixed(32),
  resultCount: UINT63,
  outcomeCount: UINT63,
});

const FIELD = record<{ readonly name: string; readonly value: AbiValue }>({
  name: text(NAME_UNITS_MAX),
  value: ABI_VALUE,
});
const EVENT = record<Event>({
  source: text(NAME_UNITS_MAX),
  name: text(NAME_UNITS_MAX),
  fields: list(FIELD, LIST_MAX),
});
const RESULT = record<TxResult>({
  code: count(Number.MAX_SAFE_INTEGER),
  name: text(NAME_UNITS_MAX),
  log: text(LOG_UNITS_MAX),
  data: bytes(RECORD_BYTES_MAX),
  gasWanted: count(Number.MAX_SAFE_INTEGER),
  gasUsed: count(Number.MAX_SAFE_INTEGER),
  events: list(EVENT, LIST_MAX),
});
const TX_RECORD = record<TxRecord>({ height: UINT63, index: count(Number.MAX_SAFE_INTEGER), result: RESULT });
const OUTCOME_RECORD = record<OutcomeRecord>({ height: UINT63, event: EVENT });

export const TIP_KEY = 'tip';

export function encodeTip(tip: Tip): Uint8Array {
  return seal(TIP_KEY, encode(TIP, tip));
}

export function decodeTip(data: Uint8Array): Decoded<Tip> {
  return unseal(TIP_KEY, TIP, data);
}

/** `hash` is the transaction's, in hex: the key under which the record is stored. */
export function encodeTxRecord(hash: string, record: TxRecord): Uint8Array {
  return seal(hash, encode(TX_RECORD, record));
}

export function decodeTxRecord(hash: string, data: Uint8Array): Decoded<TxRecord> {
  return unseal(hash, TX_RECORD, data);
}

/** `contract` is the key under which the record is stored. */
export function encodeOutcome(contract: string, record: OutcomeRecord): Uint8Array {
  return seal(contract, encode(OUTCOME_RECORD, record));
}

export function decodeOutcome(contract: string, data: Uint8Array): Decoded<OutcomeRecord> {
  return unseal(contract, OUTCOME_RECORD, data);
}

function seal(key: string, data: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([checkOf(key, data), data]));
}

function unseal<T>(key: string, schema: Schema<T>, sealed: Uint8Array): Decoded<T> {
  const data = sealed.subarray(32);
  if (!equalBytes(sealed.subarray(0, 32), checkOf(key, data)))
    return { ok: false, message: `what is stored under ${key} is damaged` };
  return decode(schema, data, RECORD_BYTES_MAX);
}

function checkOf(key: string, data: Uint8Array): Uint8Array {
  return sha256(new Uint8Array(Buffer.concat([Buffer.from(`${key}\n`), data])));
}
