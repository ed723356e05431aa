/** From the genesis file's bytes to the first state: the chain's id, the parsed genesis and the state's changes. */
import { applyGenesis, type Change, EMPTY, keyOfDid, overlay, type State, write } from '../../host/index.ts';
import type { Decoded } from '../codec/schema.ts';
import { chainIdOf, type Genesis, parseGenesis } from './genesis.ts';
import { CHAIN, VALIDATORS } from './rows.ts';

export type Founding = {
  readonly chainId: string;
  readonly genesis: Genesis;
  readonly changes: readonly Change[];
};

/** Everything that can be wrong with a genesis is found here, with the field's path. */
export function foundChain(data: Uint8Array): Decoded<Founding> {
  const parsed = parseGenesis(data);
  if (!parsed.ok) return parsed;
  const genesis = parsed.value;
  const chainId = chainIdOf(genesis, data);
  const state = overlay(EMPTY);
  const applied = applyGenesis(state, { block: 0n, time: genesis.time }, genesis.host);
  if (!applied.ok) return { ok: false, message: applied.message };
  const stranger = genesis.validators.findIndex(({ did }) => keyOfDid(state, did) === undefined);
  if (stranger >= 0)
    return { ok: false, message: `genesis.validators[${stranger}].did: expected a member of the genesis` };
  writeChain(state, chainId, genesis);
  return { ok: true, value: { chainId, genesis, changes: state.changes() } };
}

function writeChain(state: State, chainId: string, genesis: Genesis): void {
  const { dev, parameters, time } = genesis;
  const validators = genesis.validators.map(({ did, power }) => ({ did, power, key: keyOfDid(state, did)! }));
  write(state, CHAIN, [], { chainId, dev, genesisTime: time, parameters });
  write(
    state,
    VALIDATORS,
    [],
    validators.sort((left, right) => (left.did < right.did ? -1 : 1)),
  );
}
