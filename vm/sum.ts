/**
 * Sums of products, as gas and sizes are written before the numbers are known: a constant, and for each term a coefficient
 * and its factors, which are names without spaces. Nothing in them is negative.
 */

/** Coefficients by the factors of a term, one behind the other. */
type Terms = ReadonlyMap<string, number>;
export type Sum = { readonly constant: number; readonly terms: Terms };

const NO_TERMS: Terms = new Map();
export const ZERO: Sum = { constant: 0, terms: NO_TERMS };

export function constantSum(constant: number): Sum {
  return constant === 0 ? ZERO : { constant, terms: NO_TERMS };
}

/** `constant`, and `coefficient` for each of one factor. */
export function linearSum(constant: number, coefficient: number, factor: string): Sum {
  return { constant, terms: new Map([[factor, coefficient]]) };
}

export function factorsOf(term: string): readonly string[] {
  return term.split(' ');
}

export function plus(one: Sum, other: Sum): Sum {
  const constant = one.constant + other.constant;
  if (one.terms.size === 0) return { constant, terms: other.terms };
  if (other.terms.size === 0) return { constant, terms: one.terms };
  const terms = new Map(one.terms);
  for (const [key, coefficient] of other.terms) terms.set(key, (terms.get(key) ?? 0) + coefficient);
  return { constant, terms };
}

/** What is at least both, part by part. */
export function larger(one: Sum, other: Sum): Sum {
  const constant = Math.max(one.constant, other.constant);
  if (one.terms === other.terms || other.terms.size === 0) return { constant, terms: one.terms };
  const terms = new Map(one.terms);
  for (const [key, coefficient] of other.terms) terms.set(key, Math.max(terms.get(key) ?? 0, coefficient));
  return { constant, terms };
}

/** Each of its parts as often as the factor says. */
export function times({ constant, terms }: Sum, factor: string): Sum {
  const products = [...terms].map(([key, coefficient]) => [`${factor} ${key}`, coefficient] as const);
  return { constant: 0, terms: new Map([[factor, constant], ...products]) };
}

/** What a size in bytes costs at `rate` for each block of `block` bytes that is begun; at least that much. */
export function ratedSum({ constant, terms }: Sum, rate: number, block: number): Sum {
  const broken = [...terms.values()].some((bytes) => bytes % block !== 0);
  const blocks = Math.ceil(constant / block) + (broken ? 1 : 0);
  const rated = [...terms].map(([key, bytes]) => [key, Math.ceil((rate * bytes) / block)] as const);
  return { constant: rate * blocks, terms: terms.size === 0 ? NO_TERMS : new Map(rated) };
}
