/** Types of `forall`, `exists`, and of `sum` and `count` with their functions. */

import type * as ast from '../syntax/ast.ts';
import { argumentsText } from './advice.ts';
import { paramType } from './annotation.ts';
import { type At, report } from './checker.ts';
import { type Expr, typeExpr, typeValue } from './expression.ts';
import { hasMeaning } from './meaning.ts';
import { BOOL, ERROR, hasError, INT, isNumeric, type Type, typeText } from './types.ts';

export function typeQuantifier(at: At, expr: Expr<'quantifier'>): Type {
  for (const param of expr.params) paramType(at.out, param);
  if (hasMeaning(at, 'quantifier', `\`${expr.quantifier}\``, expr.span)) typeValue(at, expr.body, BOOL);
  return BOOL;
}

/** `sum(map)`, `sum(map, v => e)`, `sum(map, (k, v) => e)`. */
export function typeSum(at: At, expr: Expr<'call'>): Type {
  if (!hasMeaning(at, 'sum', '`sum`', expr.span)) return ERROR;
  const [source, fn, ...others] = expr.args;
  if (source === undefined || others.length > 0) return wrongCount(at, expr, '1 or 2');
  const map = typeExpr(at, source, null);
  if (hasError(map)) return ERROR;
  if (map.kind !== 'Map')
    return report(at.out, 'E0325', { span: source.span, name: 'sum', wanted: 'a map', type: typeText(map) });
  const term = fn === undefined ? map.value : typeFunction(at, map, fn, null);
  if (hasError(term) || isNumeric(term)) return term;
  return report(at.out, 'E0326', { span: (fn ?? source).span, type: typeText(term) });
}

/** `count(map, v => c)`, `count(map, (k, v) => c)`, `count(set, x => c)`. */
export function typeCount(at: At, expr: Expr<'call'>): Type {
  if (!hasMeaning(at, 'count', '`count`', expr.span)) return ERROR;
  const [source, fn, ...others] = expr.args;
  if (source === undefined || fn === undefined || others.length > 0) return wrongCount(at, expr, '2');
  const collection = typeExpr(at, source, null);
  if (collection.kind === 'Map' || collection.kind === 'Set') typeFunction(at, collection, fn, BOOL);
  else if (!hasError(collection)) {
    report(at.out, 'E0325', {
      span: source.span,
      name: 'count',
      wanted: 'a map or a set',
      type: typeText(collection),
    });
  }
  return INT;
}

type Collection = Extract<Type, { readonly kind: 'Map' | 'Set' }>;

function typeFunction(at: At, over: Collection, fn: ast.Expr, wanted: Type | null): Type {
  if (fn.kind !== 'lambda') return report(at.out, 'E0327', { span: fn.span });
  const types = paramTypes(over, fn.params.length);
  if (types === null) return report(at.out, 'E0327', { span: fn.span });
  fn.params.forEach((param, index) => {
    at.out.types.set(param, types[index]!);
  });
  return typeValue({ ...at, part: 'lambda' }, fn.body, wanted);
}

function paramTypes(over: Collection, count: number): readonly Type[] | null {
  if (over.kind === 'Set') return count === 1 ? [over.item] : null;
  return count === 1 ? [over.value] : count === 2 ? [over.key, over.value] : null;
}

function wrongCount(at: At, expr: Expr<'call'>, wanted: string): Type {
  return report(at.out, 'E0305', {
    span: expr.span,
    name: at.out.text.slice(expr.callee.span.start, expr.callee.span.end),
    wanted: argumentsText(wanted),
    found: expr.args.length,
  });
}
