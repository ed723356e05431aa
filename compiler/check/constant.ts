/** Constants: a value that needs nothing but literals and other constants. It stands for itself wherever it is used. */
import type * as ast from '../syntax/ast.ts';
import { annotateValue } from './annotation.ts';
import { type At, type Checker, report } from './checker.ts';
import { typeValue } from './expression.ts';
import { type Type, UNIT } from './types.ts';

/** The type of a constant, checked once. A constant that needs itself is reported. */
export function typeConst(at: Pick<At, 'out'>, node: ast.Const): Type {
  const known = at.out.types.get(node);
  if (known !== undefined) return known;
  if (at.out.pending.has(node))
    return report(at.out, 'E0322', { span: node.name.span, name: node.name.text });
  at.out.pending.add(node);
  const wanted = node.type === null ? null : annotateValue(at.out, node.type);
  const type = typeValue(placeOfConst(at.out), node.value, wanted);
  at.out.pending.delete(node);
  at.out.types.set(node, wanted ?? type);
  return wanted ?? type;
}

function placeOfConst(out: Checker): At {
  return { out, part: 'const', owner: null, result: UNIT, insideOld: false, lambda: [] };
}
