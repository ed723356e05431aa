/** Constants: a value that needs nothing but literals and other constants. It stands for itself wherever it is used. */
import type * as ast from '../syntax/ast.ts';
import { walk } from '../syntax/visit.ts';
import { annotateValue, PENDING_MAX, tooLarge } from './annotation.ts';
import { type At, type Checker, report } from './checker.ts';
import { typeValue } from './expression.ts';
import { type Type, UNIT } from './types.ts';

/** The type of a constant, checked once. A constant that needs itself is reported. */
export function typeConst(at: Pick<At, 'out'>, node: ast.Const): Type {
  const known = at.out.types.get(node);
  if (known !== undefined) return known;
  const { span, text: name } = node.name;
  if (at.out.pending.has(node)) return report(at.out, 'E0322', { span, name });
  if (at.out.pending.size > PENDING_MAX) {
    return tooLarge(at.out, span, `\`${name}\``, PENDING_MAX, 'constants that need each other');
  }
  at.out.pending.add(node);
  const wanted = node.type === null ? null : annotateValue(at.out, node.type);
  const type = typeValue(placeOfConst(at.out), node.value, wanted);
  at.out.pending.delete(node);
  at.out.types.set(node, wanted ?? type);
  checkWeight(at.out, node);
  return wanted ?? type;
}

/** Constants stand for themselves where they are used: with those that they use, they have at most so many parts. */
const WEIGHT_MAX = 1_000;

function checkWeight(out: Checker, node: ast.Const): void {
  let weight = 0;
  walk(node.value, (part) => {
    const entity = part.kind === 'name' ? out.entities.get(part) : undefined;
    weight += entity?.kind === 'const' ? (out.weights.get(entity.node) ?? 1) : 1;
    return undefined;
  });
  out.weights.set(node, Math.min(weight, WEIGHT_MAX));
  if (weight > WEIGHT_MAX) tooLarge(out, node.name.span, `\`${node.name.text}\``, WEIGHT_MAX, 'parts');
}

function placeOfConst(out: Checker): At {
  return { out, part: 'const', owner: null, result: UNIT, insideOld: false };
}
