/**
 * Obligations of a contract for which invariants were found: each is made without those, and once more with them. One that
 * is proved either way holds, since whatever is assumed is among what is proved.
 */
import type { Contract } from '../core/core.ts';
import { withFound } from './candidates.ts';
import type { Flaws } from './flaws.ts';
import type { KeptObligations } from './kept.ts';
import { keyOf, type Obligation, obligationsOf } from './obligations.ts';

export type Assumed = {
  /** Names of the author's invariants, those of loops among them. */
  readonly assumed: Iterable<string>;
  /** Names of invariants that were found. */
  readonly found: readonly string[];
  readonly flaws?: Flaws;
  readonly kept?: KeptObligations;
};

/** The forms of one obligation, the one that assumes less first. */
export type Variants = readonly [Obligation, ...Obligation[]];

/** In source order; null where what is named as found is none of the candidates. */
export function variantsOf(
  contract: Contract,
  { assumed, found, ...options }: Assumed,
): readonly Variants[] | null {
  const helped = withFound(contract, found);
  if (helped === null) return null;
  const alone = obligationsOf(contract, { ...options, assumed: new Set(assumed) });
  if (found.length === 0) return alone.map((obligation) => [obligation]);
  const left = alone.values();
  return obligationsOf(helped, { ...options, assumed: new Set([...assumed, ...found]) }).map((obligation) => {
    if (isOfFound(obligation)) return [obligation];
    const { value: plain } = left.next();
    if (plain === undefined || keyOf(plain) !== keyOf(obligation))
      throw new Error('two lists of obligations differ');
    // That something can happen is shown by what happens, and needs no help.
    return obligation.kind === 'vacuity' || plain.hash === obligation.hash ? [plain] : [plain, obligation];
  });
}

/** Whether it is about an invariant that the tool found. */
export function isOfFound({ clause }: Pick<Obligation, 'clause'>): boolean {
  return clause !== null && 'found' in clause && clause.found === true;
}
