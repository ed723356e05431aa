/** The first state of a chain or of a test world, from plain data: cooperatives, currencies, members, limits, permissions. */
import { addMember, createCooperative, grantPermission } from './cooperative.ts';
import { registerDid } from './identity.ts';
import { type CurrencySpec, createCurrency, issue, type Moment, setFloor } from './ledger.ts';
import { type Answer, DONE, refuse } from './refusals.ts';
import type { State } from './state.ts';

export type GenesisMember = {
  readonly did: string;
  /** Ed25519, 32 bytes. */
  readonly key: Uint8Array;
  readonly cooperatives: readonly string[];
  readonly permissions: readonly { readonly cooperative: string; readonly permission: string }[];
  /** Credit limits in mutual currencies: zero or negative. */
  readonly limits: readonly { readonly currency: string; readonly floor: bigint }[];
  /** Units of issued currencies that the member starts with. */
  readonly holdings: readonly { readonly currency: string; readonly amount: bigint }[];
};

export type Genesis = {
  readonly cooperatives: readonly { readonly id: string; readonly name: string }[];
  readonly currencies: readonly CurrencySpec[];
  readonly members: readonly GenesisMember[];
};

/** Writes the genesis into an empty state; a refusal names the field, such as `members[2].limits[0]`. */
export function applyGenesis(state: State, moment: Moment, genesis: Genesis): Answer<null> {
  const steps = [
    ...genesis.cooperatives.map(({ id, name }, index) =>
      step(`cooperatives[${index}]`, () => createCooperative(state, id, name)),
    ),
    ...genesis.currencies.map((currency, index) =>
      step(`currencies[${index}]`, () => createCurrency(state, currency)),
    ),
    ...genesis.members.flatMap((member, index) => memberSteps(state, moment, member, `members[${index}]`)),
  ];
  for (const { path, run } of steps) {
    const answer = run();
    if (!answer.ok) return refuse('BadGenesis', `${path}: ${answer.message}`);
  }
  return DONE;
}

type Step = { readonly path: string; readonly run: () => Answer<unknown> };

function step(path: string, run: () => Answer<unknown>): Step {
  return { path, run };
}

function memberSteps(state: State, moment: Moment, member: GenesisMember, path: string): Step[] {
  const { did, key, cooperatives, permissions, limits, holdings } = member;
  return [
    step(path, () => registerDid(state, { did, key, sponsor: '' })),
    ...cooperatives.map((id, index) =>
      step(`${path}.cooperatives[${index}]`, () => addMember(state, id, did)),
    ),
    ...permissions.map(({ cooperative, permission }, index) =>
      step(`${path}.permissions[${index}]`, () => grantPermission(state, cooperative, did, permission)),
    ),
    ...limits.map(({ currency, floor }, index) =>
      step(`${path}.limits[${index}]`, () => setFloor(state, currency, did, floor)),
    ),
    ...holdings.map(({ currency, amount }, index) =>
      step(`${path}.holdings[${index}]`, () => issue(state, moment, { to: did, currency, amount })),
    ),
  ];
}
