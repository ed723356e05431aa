/** Arithmetic of literals and plain constants that can only revert: an expression in; why it reverts, or null, out. */
import type * as ast from '../syntax/ast.ts';
import { type At, ungroup } from './checker.ts';
import { decimalValue, durationValue, INT_MAX, INT_MIN, intValue, percentValue } from './literal.ts';

/** Operands that are more than a literal or a constant that is one are left to the verifier. */
export function revertOf(
  at: At,
  { op, left, right }: Extract<ast.Expr, { readonly kind: 'binary' }>,
): string | null {
  const b = knownValue(at, right);
  if ((op === '/' || op === '%') && b === 0n) return 'it divides by zero';
  const a = knownValue(at, left);
  const result = a === null || b === null ? null : (RESULTS[op]?.(a, b) ?? null);
  return result !== null && (result > INT_MAX || result < INT_MIN)
    ? 'the result does not fit in 64 bits'
    : null;
}

/** The least `Int` divided by -1 is the one quotient that does not fit. */
const RESULTS: { readonly [op in ast.BinaryOp]?: (a: bigint, b: bigint) => bigint } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

function knownValue(at: At, expr: ast.Expr): bigint | null {
  const inner = ungroup(expr);
  const entity = inner.kind === 'name' ? at.out.entities.get(inner) : undefined;
  return entity?.kind === 'const' ? signedLiteral(at, entity.node.value) : signedLiteral(at, inner);
}

function signedLiteral(at: At, expr: ast.Expr): bigint | null {
  const inner = ungroup(expr);
  if (inner.kind !== 'unary' || inner.op !== '-') return literal(at, inner);
  const operand = literal(at, ungroup(inner.operand));
  return operand === null ? null : -operand;
}

function literal(at: At, expr: ast.Expr): bigint | null {
  switch (expr.kind) {
    case 'int':
      return intValue(expr.digits);
    case 'duration':
      return durationValue(expr);
    case 'percent': {
      const percent = percentValue(expr.digits);
      return percent.ok ? percent.value : null;
    }
    case 'amount': {
      const entity = at.out.entities.get(expr.currency);
      if (entity?.kind !== 'currency') return null;
      const amount = decimalValue(expr.digits, Number(intValue(entity.node.decimals.digits)));
      return amount.ok ? amount.value : null;
    }
    default:
      return null;
  }
}
