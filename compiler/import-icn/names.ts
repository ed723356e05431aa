/** Names of the format, which may be any text, made into CCL identifiers that mean nothing else where they stand. */

import { RESERVED_WORDS } from '../syntax/tokens.ts';

/** Names that the language gives a meaning where expressions and types stand. */
const BUILT_IN =
  `caller creator self now block result old ledger cooperative governance reputation identity federation
  trust transaction system sum count min max abs isqrt pow mul_div share share_up hash called none some did Int Bool
  Amount Ratio Time Duration Did Text Bytes Hash Option List Set Map Contract Unit`.split(/\s+/);

const TAKEN: ReadonlySet<string> = new Set([...RESERVED_WORDS, ...BUILT_IN]);

/** Names in use; grows by `claim` only. */
export type NameSpace = { readonly taken: Set<string>; readonly outer: NameSpace | null };

export function nameSpace(outer: NameSpace | null): NameSpace {
  return { taken: new Set(), outer };
}

/** Takes `wanted`, made valid, or the first free name after it (`hours_value`, `hours_value_2`). */
export function claim(space: NameSpace, wanted: string): string {
  const base = identifierOf(wanted);
  let name = base;
  for (let n = 1; isTaken(space, name); n++) name = n === 1 ? `${base}_value` : `${base}_value_${n}`;
  space.taken.add(name);
  return name;
}

/** `compute rate (new)` becomes `compute_rate_new`. */
export function identifierOf(text: string): string {
  const cleaned = text.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '');
  if (cleaned === '') return 'unnamed';
  return /^[0-9]/.test(cleaned) ? `n${cleaned}` : cleaned;
}

/** `get_rates` becomes `GetRates`. */
export function typeNameOf(text: string): string {
  const words = identifierOf(text)
    .split('_')
    .filter((word) => word !== '');
  return words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}

function isTaken(space: NameSpace | null, name: string): boolean {
  if (space === null) return TAKEN.has(name);
  return space.taken.has(name) || isTaken(space.outer, name);
}
