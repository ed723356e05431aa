/** Literals to constants of the core. */
import {
  bytesOfHex,
  decimalValue,
  durationValue,
  intValue,
  percentValue,
  timeValue,
} from '../check/literal.ts';
import type { Scalar } from '../check/types.ts';
import { BOOL, DID, INT, TEXT } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import type { Constant } from './core.ts';
import { entityOf, type Source, scalarOf } from './source.ts';

export type Const = { readonly kind: 'const'; readonly type: Scalar; readonly value: Constant };

/** The constant that a literal is, a negative one included; null for any other expression. */
export function constantOf(source: Source, expr: ast.Expr): Const | null {
  if (expr.kind !== 'unary' || expr.op !== '-') return literalOf(source, expr);
  const literal = literalOf(source, expr.operand);
  return typeof literal?.value === 'bigint' ? { ...literal, value: -literal.value } : null;
}

function literalOf(source: Source, expr: ast.Expr): Const | null {
  switch (expr.kind) {
    case 'int':
      return constant(INT, intValue(expr.digits));
    case 'bool':
      return constant(BOOL, expr.value);
    case 'text':
      return constant(TEXT, expr.value);
    case 'did':
      return constant(DID, expr.text);
    case 'amount':
      return amountOf(source, expr);
    case 'percent':
      return constant({ kind: 'Ratio' }, known(percentValue(expr.digits)));
    case 'duration':
      return constant({ kind: 'Duration' }, durationValue(expr));
    case 'time':
      return constant({ kind: 'Time' }, known(timeValue(expr.text)));
    case 'hex':
      return constant(scalarOf(source, expr), bytesOfHex(expr.digits)!);
    default:
      return null;
  }
}

function amountOf(source: Source, expr: Extract<ast.Expr, { readonly kind: 'amount' }>): Const {
  const entity = entityOf(source, expr.currency);
  if (entity.kind !== 'currency') throw new Error('an amount without a currency');
  // In an interface, the currency is that of the contract at hand.
  const own = source.currencies.find(({ name }) => name.text === entity.name) ?? entity.node;
  const decimals = Number(intValue(own.decimals.digits));
  return constant({ kind: 'Amount', currency: entity.name }, known(decimalValue(expr.digits, decimals)));
}

function known(literal: ReturnType<typeof timeValue>): bigint {
  if (!literal.ok) throw new Error('a literal that was reported');
  return literal.value;
}

export function constant(type: Scalar, value: Constant): Const {
  return { kind: 'const', type, value };
}
