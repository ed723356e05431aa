/** A chain in memory: a genesis with three members, the application over two kinds of stores, and signed transactions. */
import { type Change, compareKeys, type Reader } from '../../host/index.ts';
import type { Application, FinalizeBlockResponse, LastBlock } from '../../runtime/app/abci.ts';
import { createApplication } from '../../runtime/app/application.ts';
import { foundChain } from '../../runtime/app/founding.ts';
import { DEFAULT_PARAMETERS, type Genesis, renderGenesis } from '../../runtime/app/genesis.ts';
import {
  type Body,
  encodeTransaction,
  registrationBytes,
  signingBytes,
  type Transaction,
} from '../../runtime/codec/transaction.ts';
import { didOfKey, type KeyPair, keyFromSeed, sign, verify } from '../../runtime/keys/index.ts';
import { sha256, utf8 } from '../../vm/index.ts';

export const GENESIS_TIME = 1_700_000_000n;
export const COOPERATIVE = 'riverside';
export const KEYS = {
  alice: keyOf('alice'),
  bob: keyOf('bob'),
  carol: keyOf('carol'),
  mallory: keyOf('mallory'),
};
export type Name = keyof typeof KEYS;

export function keyOf(name: string): KeyPair {
  return keyFromSeed(sha256(utf8(name)));
}

export function did(name: Name): string {
  return didOfKey(KEYS[name].publicKey);
}

/** Alice deploys and issues; Alice, or all three, validate. */
export function makeGenesis(more: Partial<Genesis> = {}): Genesis {
  const members = (['alice', 'bob', 'carol'] as const).map((name) => ({
    did: did(name),
    key: KEYS[name].publicKey,
    cooperatives: [COOPERATIVE],
    permissions:
      name === 'alice'
        ? ['contract.deploy', 'contract.upgrade', 'currency.issue'].map((permission) => ({
            cooperative: COOPERATIVE,
            permission,
          }))
        : [],
    limits: [{ currency: 'hours', floor: -1_000n }],
    holdings: [{ currency: 'coin', amount: 500n }],
  }));
  return {
    name: 'test',
    time: GENESIS_TIME,
    dev: true,
    parameters: DEFAULT_PARAMETERS,
    validators: [{ did: did('alice'), power: 1n }],
    host: {
      cooperatives: [{ id: COOPERATIVE, name: 'Riverside' }],
      currencies: [
        { id: 'hours', cooperative: COOPERATIVE, name: 'hours', decimals: 2, kind: 'mutual' },
        { id: 'coin', cooperative: COOPERATIVE, name: 'coin', decimals: 0, kind: 'issued' },
      ],
      members,
    },
    ...more,
  };
}

export type Store = { readonly reader: Reader; readonly write: (changes: readonly Change[]) => void };

export function mapStore(): Store {
  const rows = new Map<string, Uint8Array>();
  return {
    reader: {
      get: (key) => rows.get(key),
      keys: (prefix) => [...rows.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys),
    },
    write(changes) {
      for (const { key, value } of changes) {
        if (value === undefined) rows.delete(key);
        else rows.set(key, value);
      }
    },
  };
}

/** Rows in one sorted list, found by halving; every value is copied in and out. */
export function listStore(): Store {
  let rows: { readonly key: string; readonly value: Uint8Array }[] = [];
  const find = (key: string): Uint8Array | undefined => {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys(rows[middle]!.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return rows[low]?.key === key ? rows[low]!.value.slice() : undefined;
  };
  return {
    reader: { get: find },
    write(changes) {
      const changed = new Set(changes.map(({ key }) => key));
      const kept = rows.filter(({ key }) => !changed.has(key));
      const added = changes.flatMap(({ key, value }) =>
        value === undefined ? [] : [{ key, value: value.slice() }],
      );
      rows = [...kept, ...added].sort((left, right) => compareKeys(left.key, right.key));
    },
  };
}

export type Chain = {
  readonly chainId: string;
  app: Application;
  readonly state: Reader;
  readonly nodes: Reader;
  readonly last: () => LastBlock | null;
  /** Every block so far, and what came of it. */
  readonly history: {
    readonly txs: readonly Uint8Array[];
    readonly seconds: bigint;
    readonly response: FinalizeBlockResponse;
  }[];
  /** Finalizes and commits a block, `seconds` after the last one. */
  readonly block: (txs: readonly Uint8Array[], seconds?: bigint) => FinalizeBlockResponse;
  /** Goes on with a new application that knows only what the store has. */
  readonly restart: () => void;
};

export function startChain(genesis: Genesis = makeGenesis(), makeStore: () => Store = mapStore): Chain {
  const data = utf8(renderGenesis(genesis));
  const founded = foundChain(data);
  if (!founded.ok) throw new Error(founded.message);
  const { chainId } = founded.value;
  const [state, nodes] = [makeStore(), makeStore()];
  let last: LastBlock | null = null;
  const makeApp = () => createApplication({ state: state.reader, nodes: nodes.reader, last, verify });
  const chain: Chain = {
    chainId,
    app: makeApp(),
    state: state.reader,
    nodes: nodes.reader,
    last: () => last,
    history: [],
    block(txs, seconds = 1n) {
      const { height, time } = last ?? { height: 0n, time: genesis.time };
      const response = chain.app.finalizeBlock({
        txs,
        height: height + 1n,
        time: time + seconds,
        proposer: did('alice'),
      });
      const committed = chain.app.commit();
      state.write(committed.changes);
      nodes.write(committed.nodes);
      last = committed.last;
      chain.history.push({ txs, seconds, response });
      return response;
    },
    restart() {
      chain.app = makeApp();
    },
  };
  chain.app.initChain({ chainId, time: genesis.time, initialHeight: 1n, appStateBytes: data });
  return chain;
}

/** A signed transaction; `more` replaces fields before it is signed. */
export function tx(
  chain: { readonly chainId: string },
  sender: Name,
  sequence: bigint,
  body: Body,
  more: Partial<Transaction> = {},
): Uint8Array {
  const transaction = {
    chainId: chain.chainId,
    sender: did(sender),
    sequence,
    gasLimit: 5_000_000,
    spends: [],
    body,
    ...more,
  };
  return encodeTransaction({
    ...transaction,
    signature: sign(signingBytes(transaction), KEYS[sender].secretKey),
  });
}

/** The body that registers a key's DID, with its proof. */
export function registration(chainId: string, key: KeyPair): Extract<Body, { kind: 'register' }> {
  const [publicKey, name] = [key.publicKey, didOfKey(key.publicKey)];
  return {
    kind: 'register',
    did: name,
    key: publicKey,
    proof: sign(registrationBytes(chainId, name, publicKey), key.secretKey),
  };
}

export function rotation(chainId: string, name: Name, key: KeyPair): Extract<Body, { kind: 'rotate' }> {
  return {
    kind: 'rotate',
    key: key.publicKey,
    proof: sign(registrationBytes(chainId, did(name), key.publicKey), key.secretKey),
  };
}

export const namesOf = (response: FinalizeBlockResponse): string[] =>
  response.txResults.map(({ name }) => name);
