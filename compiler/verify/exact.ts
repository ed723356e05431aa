/** Products are functions to the solver: a model of an obligation is made true of them, where that can be done. */
import { type Pin, pinProducts, type Script } from './smt.ts';
import type { SolverAnswer } from './verify.ts';

/** The model's own values first, then small ones. */
const PINS: readonly Pin[] = [null, 1n, 0n, -1n, 2n].flatMap((value) => [
  { factor: 0, value },
  { factor: 1, value },
]);

/** A model whose products are exact; null where there are no products, or none was found. */
export async function exactAnswer(
  script: Script,
  { values }: SolverAnswer,
  ask: (text: string) => Promise<SolverAnswer>,
): Promise<SolverAnswer | null> {
  for (const pin of PINS) {
    const text = pinProducts(script, values, pin);
    if (text === null) return null;
    const exact = await ask(text);
    if (exact.status === 'sat') return exact;
  }
  return null;
}
