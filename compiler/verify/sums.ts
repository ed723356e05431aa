/** What a `sum` or `count` must be for its ghost integer to stand for it: zero for an entry that was never written. */
import { summand } from './clause.ts';
import { type Formula, sortOfType, symbol, zeroOf } from './formula.ts';
import type { Model, SumExpression } from './model.ts';

/** Why some sum of the contract cannot be followed, or null. */
export function sumProblem(model: Model): string | null {
  for (const sum of model.sums) {
    if (model.contract.slots[sum.slot]!.kind === 'map' && !isZeroForZero(model, sum)) {
      return `the function of a ${sum.kind} over \`${model.contract.slots[sum.slot]!.name}\` is not plainly zero for the type's zero`;
    }
  }
  return null;
}

function isZeroForZero(model: Model, sum: SumExpression): boolean {
  const slot = model.contract.slots[sum.slot]!;
  const keys = slot.keys.map((key, i) => symbol(`key.${i}`, sortOfType(key)));
  const zeros = slot.fields.map((field) => zeroOf(sortOfType(field.type)));
  const value: Formula = summand(model, sum, keys, zeros);
  return value.kind === 'int' && value.value === 0n;
}
