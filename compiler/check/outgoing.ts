/** Types of calls to other contracts: `Contract<Token>.at(id)`, methods of what it gives, and what they may take. */
import { BUILT_INS } from '../builtins.ts';
import { near } from '../resolve/resolve.ts';
import type * as ast from '../syntax/ast.ts';
import { contractType, paramType, resultType } from './annotation.ts';
import { matchArgs, typeArgs } from './call.ts';
import { type At, report, textOf } from './checker.ts';
import { type Expr, typeExpr, typeValue } from './expression.ts';
import { DID, ERROR, hasError, type Type, typeText, UNIT } from './types.ts';

const CONTRACT = BUILT_INS.find(({ name }) => name === 'Contract')!;

/** `Contract<Token>.at(id)`. */
export function typeAt(at: At, expr: Expr<'call'>, callee: Expr<'field'>, generic: Expr<'generic'>): Type {
  const type = contractType(at.out, generic, CONTRACT);
  at.out.types.set(generic, type);
  if (callee.name.text !== 'at') {
    typeArgs(at, expr.args);
    return callee.name.text === '' ? ERROR : reportNoPart(at, textOf(at.out, generic), callee.name, ['at']);
  }
  matchArgs(at, expr, [DID]);
  if (type.kind !== 'Contract') return ERROR;
  return does(at, expr, type, null) ? type : ERROR;
}

/** `token.deposit(x) spending x`. */
export function typeOutgoing(
  at: At,
  expr: Expr<'call'>,
  callee: Expr<'field'>,
  object: Extract<Type, { readonly kind: 'Contract' }>,
): Type {
  const methods = at.out.interfaces.get(object.interface)?.methods ?? [];
  const method = methods.find(({ name }) => name.text === callee.name.text);
  if (method === undefined || callee.name.text === '') {
    typeArgs(at, expr.args);
    const known = methods.map(({ name }) => name.text);
    return callee.name.text === '' ? ERROR : reportNoPart(at, typeText(object), callee.name, known);
  }
  const entity = at.out.entities.get(method.name);
  if (entity !== undefined) at.out.entities.set(callee.name, entity);
  matchArgs(
    at,
    expr,
    method.params.map((param) => paramType(at.out, param)),
    method.params,
  );
  if (expr.spending !== null && method.view) reportSpending(at, expr.spending);
  else if (expr.spending !== null) typeSpending(at, expr.spending);
  const result = resultType(at.out, method.result);
  if (does(at, expr, object, method)) return result;
  return result.kind === 'Unit' ? UNIT : ERROR;
}

/** What stands behind `spending` where nothing can be taken. */
export function reportSpending(at: At, spending: ast.Expr): void {
  typeExpr(at, spending, null);
  report(at.out, 'E0487', { span: spending.span });
}

/** The method or function that there is not. */
function reportNoPart(at: At, type: string, name: ast.Name, known: readonly string[]): Type {
  const { file: _, ...place } = near(at.out, name, known);
  return report(at.out, 'E0205', { ...place, type, name: name.text });
}

/** An amount, or a tuple of amounts of different currencies. */
export function typeSpending(at: At, spending: ast.Expr): void {
  const type = typeValue(at, spending, null);
  if (hasError(type)) return;
  const amounts = type.kind === 'Tuple' ? type.items : [type];
  const currencies = new Set(amounts.map((amount) => (amount.kind === 'Amount' ? amount.currency : null)));
  if (currencies.has(null) || currencies.size < amounts.length || amounts.length === 0)
    report(at.out, 'E0488', { span: spending.span, type: typeText(type) });
}

/** Records what is done at another contract; in a clause that is reported. */
function does(
  at: At,
  expr: Expr<'call'>,
  { interface: name }: Extract<Type, { readonly kind: 'Contract' }>,
  method: ast.Method | null,
): boolean {
  const what = textOf(at.out, expr.callee);
  if (at.part !== 'body') {
    report(at.out, 'E0402', { span: expr.span, what });
    return false;
  }
  const of = at.out.interfaces.get(name)!;
  const { owner, part } = at;
  at.out.effects.push({ kind: 'outgoing', interface: of, method, owner, part, span: expr.span, what });
  return true;
}
