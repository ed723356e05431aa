/**
 * Questions to the committed state: a path in, an answer with the stored bytes and their proof out. Parts of a path
 * are percent-encoded. `data` is empty except where it is named.
 *
 * | path | answer |
 * | --- | --- |
 * | `/balance/<currency>/<account>` | smallest units |
 * | `/limit/<currency>/<account>` | how far below zero the account may go, smallest units |
 * | `/currency/<id>` | cooperative, name, decimals, kind, what circulates |
 * | `/member/<did>` | key, next sequence number, gas left |
 * | `/contract/<id>` | creator, cooperative, code hash, currencies, whether it can be upgraded, its versions |
 * | `/code/<id>` | the artifact's bytes, which hold the ABI |
 * | `/view/<id>/<entry>` | the view's result; `data` is the CBOR list of arguments |
 * | `/simulate/<sender>/<id>/<entry>` | result, gas and what it takes; `data` as for a view |
 * | `/deployments`, `/deployment/<id>` | what waits for attestation |
 * | `/validators`, `/chain` | who signs; chain id, parameters |
 * | `/state/<key>` | the stored bytes under a raw key |
 */
import {
  BALANCES,
  balanceOf,
  CODE,
  CONTRACTS,
  CURRENCIES,
  callContract,
  contractInfo,
  currencyOf,
  DIDS,
  FLOORS,
  floorOf,
  keyOf,
  overlay,
  type Reader,
  read,
  total,
  versionsOf,
  viewContract,
} from '../../host/index.ts';
import { type AbiValue, hexOf } from '../../vm/index.ts';
import { decodeArgs } from '../codec/transaction.ts';
import type { LastBlock, QueryRequest, QueryResponse } from './abci.ts';
import { chainOf, senderOf } from './admission.ts';
import { type CodeName, OK, saying, type Verdict, verdict } from './codes.ts';
import { gasAt } from './gas.ts';
import { prove } from './merkle.ts';
import { CHAIN, MATERIALS, PENDING, pendingQueue, VALIDATORS, validatorsOf } from './rows.ts';

export type QueryContext = {
  readonly state: Reader;
  readonly nodes: Reader;
  readonly last: LastBlock | null;
};

/** Gas that one view or simulation may use. */
export const QUERY_GAS_MAX = 50_000_000;

export function answerQuery(context: QueryContext, request: QueryRequest): QueryResponse {
  const height = context.last?.height ?? 0n;
  const refuse = (name: CodeName, detail: string) => respond(height, verdict(name, detail), computed(null));
  if (request.height !== 0n && request.height !== height) return refuse('WrongHeight', `${height}`);
  const parts = splitPath(request.path);
  if (parts === null) return refuse('BadQuery', 'the path does not decode');
  const [name = '', ...rest] = parts;
  const row = Object.hasOwn(QUERIES, name) ? QUERIES[name] : undefined;
  if (row === undefined || row.parts !== rest.length) return refuse('UnknownPath', request.path);
  const found = row.answer(
    {
      ...context,
      data: request.data,
      time: context.last?.time ?? chainOf(context.state).genesisTime,
      height,
    },
    rest,
  );
  if ('code' in found) return respond(height, found, computed(null));
  const response = respond(height, OK, found);
  return request.prove && found.key !== '' && context.last !== null
    ? { ...response, proof: prove(context.nodes, found.key) }
    : response;
}

// ---- private -----------------------------------------------------------------------------------

type Asked = QueryContext & { readonly data: Uint8Array; readonly time: bigint; readonly height: bigint };
type Found = { readonly key: string; readonly value: Uint8Array | null; readonly answer: AbiValue };
type Query = {
  readonly parts: number;
  readonly answer: (asked: Asked, parts: readonly string[]) => Found | Verdict;
};

const QUERIES: Readonly<Record<string, Query>> = {
  balance: {
    parts: 2,
    answer: ({ state }, [currency = '', account = '']) => findBalance(state, currency, account),
  },
  limit: {
    parts: 2,
    answer: ({ state }, [currency = '', account = '']) => findLimit(state, currency, account),
  },
  currency: {
    parts: 1,
    answer: ({ state }, [id = '']) => stored(state, keyOf(CURRENCIES, id), () => currencyFields(state, id)),
  },
  member: {
    parts: 1,
    answer: (asked, [did = '']) => stored(asked.state, keyOf(DIDS, did), () => memberFields(asked, did)),
  },
  contract: {
    parts: 1,
    answer: ({ state }, [id = '']) => stored(state, keyOf(CONTRACTS, id), () => contractFields(state, id)),
  },
  code: { parts: 1, answer: ({ state }, [id = '']) => findCode(state, id) },
  view: { parts: 2, answer: (asked, [id = '', entry = '']) => askView(asked, id, entry) },
  simulate: {
    parts: 3,
    answer: (asked, [sender = '', id = '', entry = '']) => simulate(asked, sender, id, entry),
  },
  deployments: { parts: 0, answer: ({ state }) => computed(pendingQueue(state)) },
  deployment: {
    parts: 1,
    answer: ({ state }, [id = '']) => stored(state, keyOf(PENDING, id), () => deploymentFields(state, id)),
  },
  validators: {
    parts: 0,
    answer: ({ state }) =>
      stored(state, keyOf(VALIDATORS), () => validatorsOf(state).map((one) => ({ ...one }))),
  },
  chain: { parts: 0, answer: ({ state }) => stored(state, keyOf(CHAIN), () => chainFields(state)) },
  state: {
    parts: 1,
    answer: ({ state }, [key = '']) => ({ key, value: state.get(key) ?? null, answer: null }),
  },
};

function splitPath(path: string): string[] | null {
  if (!path.isWellFormed()) return null;
  try {
    return path.startsWith('/') ? path.slice(1).split('/').map(decodeURIComponent) : null;
  } catch {
    return null;
  }
}

function respond(height: bigint, { code, name, log }: Verdict, found: Found): QueryResponse {
  return { code, name, log, key: found.key, value: found.value, proof: null, height, answer: found.answer };
}

/** An answer that no single stored value backs. */
function computed(answer: AbiValue): Found {
  return { key: '', value: null, answer };
}

/** The row under `key`, with what it says; its absence, which can be proved too, is `NotFound`. */
function stored(state: Reader, key: string, describe: () => AbiValue): Found | Verdict {
  const value = state.get(key);
  return value === undefined ? verdict('NotFound', key) : { key, value, answer: describe() };
}

/** An account that was never used has nothing on it; its absence is what a proof shows then. */
function findBalance(state: Reader, currency: string, account: string): Found | Verdict {
  if (currencyOf(state, currency) === undefined) return verdict('NotFound', `currency ${currency}`);
  const key = keyOf(BALANCES, currency, account);
  return { key, value: state.get(key) ?? null, answer: balanceOf(state, currency, account) };
}

function findLimit(state: Reader, currency: string, account: string): Found | Verdict {
  if (currencyOf(state, currency) === undefined) return verdict('NotFound', `currency ${currency}`);
  const key = keyOf(FLOORS, currency, account);
  return { key, value: state.get(key) ?? null, answer: floorOf(state, currency, account) };
}

function currencyFields(state: Reader, id: string): AbiValue {
  const { cooperative, name, decimals, kind } = currencyOf(state, id)!;
  return { id, cooperative, name, decimals: BigInt(decimals), kind, total: total(state, id) };
}

function memberFields(asked: Asked, did: string): AbiValue {
  const { key, rotations, sponsor } = read(asked.state, DIDS, did)!;
  const { parameters } = chainOf(asked.state);
  const sender = senderOf(asked.state, did, parameters.gasAllowanceMax, asked.time);
  const gasLeft = BigInt(gasAt(sender.gas, asked.time, parameters));
  return { did, key, rotations, sponsor, sequence: sender.sequence, gasLeft };
}

function contractFields(state: Reader, id: string): AbiValue {
  const { artifact, creator, cooperative, codeHash, currencies, block, time, upgrades } = contractInfo(
    state,
    id,
  )!;
  return {
    id,
    name: artifact.name,
    version: artifact.meta.version,
    creator,
    cooperative,
    codeHash,
    currencies,
    block,
    time,
    upgradable: artifact.lineage.upgradable !== null,
    upgrades,
    versions: versionsOf(state, id).map((version) => ({ ...version })),
  };
}

/** The artifact's bytes; from them `decodeArtifact` reads the ABI, and their hash is in the contract's row. */
function findCode(state: Reader, id: string): Found | Verdict {
  const row = read(state, CONTRACTS, id);
  if (row === undefined) return verdict('NotFound', id);
  const key = keyOf(CODE, hexOf(row.codeHash));
  return stored(state, key, () => read(state, CODE, hexOf(row.codeHash))!);
}

function deploymentFields(state: Reader, id: string): AbiValue {
  const { gasLeft, spends, ...pending } = read(state, PENDING, id)!;
  const { artifact, sources, certificate } = read(state, MATERIALS, id)!;
  return {
    id,
    ...pending,
    gasLeft: BigInt(gasLeft),
    artifact,
    certificate,
    sources: sources.map((source) => ({ ...source })),
    spends: spends.map((spend) => ({ ...spend })),
  };
}

function chainFields(state: Reader): AbiValue {
  const { parameters, ...chain } = chainOf(state);
  const numbers = Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === 'number' ? BigInt(value) : value,
  ]);
  return { ...chain, parameters: Object.fromEntries(numbers) };
}

/** A view sees the moment of the last block. */
function askView({ state, data, time, height }: Asked, contract: string, entry: string): Found | Verdict {
  const args = decodeArgs(data);
  if (!args.ok) return verdict('BadQuery', args.message);
  const outcome = viewContract(
    state,
    { block: height, time },
    { contract, entry, args: args.value, gasLimit: QUERY_GAS_MAX },
  );
  return outcome.ok ? computed(outcome.result) : saying(outcome.code, outcome.message);
}

/** What a call would do now, with no spending limit: tools fill in `spends` and the gas limit from it. */
function simulate(
  { state, data, time, height }: Asked,
  caller: string,
  contract: string,
  entry: string,
): Found | Verdict {
  const args = decodeArgs(data);
  if (!args.ok) return verdict('BadQuery', args.message);
  const call = {
    contract,
    entry,
    args: args.value,
    caller,
    spends: 'unlimited',
    gasLimit: QUERY_GAS_MAX,
  } as const;
  const outcome = callContract(overlay(state), { block: height, time }, call);
  if (!outcome.ok) return saying(outcome.code, outcome.message);
  const { result, gasUsed, spent } = outcome;
  return computed({ result, gasUsed: BigInt(gasUsed), spends: spent.map((spend) => ({ ...spend })) });
}
