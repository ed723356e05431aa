/** Cooperatives, their members and what members may do: as far as deploying needs, so no roles and no resources yet. */
import { record } from '../vm/index.ts';
import { isDid } from './identity.ts';
import { nameIsSound } from './names.ts';
import { type Answer, DONE, refuse } from './refusals.ts';
import type { Reader, State } from './state.ts';
import { erase, has, PRESENT, SHORT_TEXT, type Table, table, write } from './tables.ts';

export type Cooperative = { readonly name: string };
type Present = Record<never, never>;

export const COOPERATIVES: Table<[cooperative: string], Cooperative> = table(
  'cooperative',
  record({ name: SHORT_TEXT }),
);
export const MEMBERS: Table<[cooperative: string, did: string], Present> = table('member', PRESENT);
export const PERMISSIONS: Table<[cooperative: string, did: string, permission: string], Present> = table(
  'permission',
  PRESENT,
);

/** May deploy contracts that speak for the cooperative. */
export const DEPLOY_PERMISSION = 'contract.deploy';
/** May put another version of a contract that speaks for the cooperative in its place. */
export const UPGRADE_PERMISSION = 'contract.upgrade';
/** May create currencies of the cooperative, by deploying a contract that declares one. */
export const CURRENCY_PERMISSION = 'currency.create';
/** May put units of an issued currency of the cooperative into circulation. */
export const ISSUE_PERMISSION = 'currency.issue';

export function createCooperative(state: State, id: string, name: string): Answer<null> {
  if (!nameIsSound(id)) return refuse('BadName', `cooperative ${JSON.stringify(id)}`);
  if (has(state, COOPERATIVES, id)) return refuse('CooperativeTaken', id);
  write(state, COOPERATIVES, [id], { name });
  return DONE;
}

export function addMember(state: State, cooperative: string, did: string): Answer<null> {
  if (!has(state, COOPERATIVES, cooperative)) return refuse('UnknownCooperative', cooperative);
  if (!isDid(did)) return refuse('NotADid', did);
  write(state, MEMBERS, [cooperative, did], {});
  return DONE;
}

export function isMember(state: Reader, cooperative: string, did: string): boolean {
  return has(state, MEMBERS, cooperative, did);
}

/** Lets `did` do in `cooperative` what `permission` names; who may grant it is the caller's to check. */
export function grantPermission(
  state: State,
  cooperative: string,
  did: string,
  permission: string,
): Answer<null> {
  if (!nameIsSound(cooperative)) return refuse('BadName', `cooperative ${JSON.stringify(cooperative)}`);
  if (!nameIsSound(permission)) return refuse('BadName', `permission ${JSON.stringify(permission)}`);
  if (!isDid(did)) return refuse('NotADid', did);
  write(state, PERMISSIONS, [cooperative, did, permission], {});
  return DONE;
}

export function revokePermission(state: State, cooperative: string, did: string, permission: string): void {
  erase(state, PERMISSIONS, cooperative, did, permission);
}

export function holdsPermission(
  state: Reader,
  cooperative: string,
  did: string,
  permission: string,
): boolean {
  return has(state, PERMISSIONS, cooperative, did, permission);
}
