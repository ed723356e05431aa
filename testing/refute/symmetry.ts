/**
 * Who can stand for whom in a search. A contract treats accounts alike that it has not heard of, so of states that differ
 * only by who is who one is enough, and of all newcomers the first. In: where a run stands. Out: a text that is equal for
 * such states, and who is new there.
 */
import type { core } from '../../compiler/index.ts';
import { balances, movesBetween } from '../world.ts';
import { type Arena, MEMBER_DIDS, type Place, snapshotAt } from './steps.ts';
import { wordKey } from './words.ts';

/** Accounts that the contract cannot tell apart before it has heard of them, in the order in which they come in. */
export type Alike = { readonly people: readonly string[]; readonly pattern: RegExp };

/** A state as far as the contract can tell. */
export type Sight = { readonly text: string; readonly newcomers: readonly string[] };

/** `apart`: those whom the search tells apart. */
export function alikeIn({ contract, creator }: Arena, apart: readonly string[]): Alike {
  const named = new Set([
    ...apart,
    ...contract.didLiterals,
    ...(readsOf(contract).has('creator') ? [creator] : []),
  ]);
  const people = MEMBER_DIDS.filter((did) => !named.has(did));
  return { people, pattern: new RegExp(people.length === 0 ? '$^' : people.join('|'), 'g') };
}

export function sightOf(arena: Arena, { people, pattern }: Alike, place: Place): Sight {
  const lines = linesOf(arena, place);
  const known = people.filter((did) => lines.some((line) => line.includes(did)));
  const roles = known.map((did) => [did, roleOf(lines, did, pattern)] as const);
  const ranked = roles.sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0));
  const ranks = new Map(ranked.map(([did], rank) => [did, `#${rank}`]));
  const renamed = lines.map((line) => line.replace(pattern, (did) => ranks.get(did)!));
  return {
    text: renamed.sort().join('\n'),
    newcomers: people.filter((did) => !known.includes(did)),
  };
}

/** Whether newcomers are named in their order, so that nothing is tried that another one could do as well. */
export function inOrder({ newcomers }: Sight, { pattern }: Alike, text: string): boolean {
  const named = new Set([...text.matchAll(pattern)].map(([did]) => did));
  const coming = [...named].filter((did) => newcomers.includes(did));
  return coming.every((did, i) => newcomers[i] === did);
}

/** What code and clauses read of their environment. */
export function readsOf(contract: core.Contract): ReadonlySet<core.EnvName> {
  const found = new Set<core.EnvName>();
  JSON.stringify(contract, (_, value: unknown) => {
    const { kind, name: read } = (value ?? {}) as { readonly kind?: unknown; readonly name?: core.EnvName };
    if (kind === 'env') found.add(read!);
    return typeof value === 'bigint' ? null : value;
  });
  return found;
}

// ---- private -----------------------------------------------------------------------------------

/** Everything of the state and of the ledger that is not as it was at the beginning. */
function linesOf(arena: Arena, place: Place): readonly string[] {
  const entries = snapshotAt(arena, place).slots.flatMap((slot, index) =>
    [...slot.values()].map(({ keys, fields, present }) => {
      const words = [...fields].map(([field, value]) => `${field}=${wordKey(value)}`);
      return [index, ...keys.map(wordKey), present, ...words].join(' ');
    }),
  );
  const moves = movesBetween(balances(arena.root), balances(place.world));
  const money = moves.map(({ currency, account, amount }) => `${currency} ${account} ${amount}`);
  return [...entries, ...money, String(place.world.clock.time)];
}

/** What is said of somebody, whoever that and the others are. */
function roleOf(lines: readonly string[], did: string, pattern: RegExp): string {
  const own = lines.filter((line) => line.includes(did));
  return own
    .map((line) => line.replace(pattern, (other) => (other === did ? 'me' : 'another')))
    .sort()
    .join('\n');
}
