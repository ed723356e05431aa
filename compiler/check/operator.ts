/** Types of operators: one table of what arithmetic exists (language.md, section 2), units of measure included. */
import type * as ast from '../syntax/ast.ts';
import { type At, isSpecification, report, ungroup } from './checker.ts';
import { type Expr, reportMismatch, typeExpr, typeValue } from './expression.ts';
import { revertOf } from './fold.ts';
import { INT_MAX, intValue } from './literal.ts';
import { hasMeaning } from './meaning.ts';
import { agree, BOOL, ERROR, hasError, isOrdered, sameType, type Type, typeText } from './types.ts';

type Kind = 'Int' | 'Amount' | 'Ratio' | 'Time' | 'Duration';
type Arithmetic = readonly [op: ast.BinaryOp, left: Kind, right: Kind, result: Kind];

/** Two amounts are of one currency, which is the result's. */
const ARITHMETIC: readonly Arithmetic[] = [
  ['+', 'Int', 'Int', 'Int'],
  ['+', 'Amount', 'Amount', 'Amount'],
  ['+', 'Ratio', 'Ratio', 'Ratio'],
  ['+', 'Time', 'Duration', 'Time'],
  ['+', 'Duration', 'Duration', 'Duration'],
  ['-', 'Int', 'Int', 'Int'],
  ['-', 'Amount', 'Amount', 'Amount'],
  ['-', 'Ratio', 'Ratio', 'Ratio'],
  ['-', 'Time', 'Time', 'Duration'],
  ['-', 'Time', 'Duration', 'Time'],
  ['-', 'Duration', 'Duration', 'Duration'],
  ['*', 'Int', 'Int', 'Int'],
  ['*', 'Amount', 'Int', 'Amount'],
  ['*', 'Int', 'Amount', 'Amount'],
  ['*', 'Duration', 'Int', 'Duration'],
  ['*', 'Int', 'Duration', 'Duration'],
  ['/', 'Int', 'Int', 'Int'],
  ['/', 'Amount', 'Int', 'Amount'],
  ['/', 'Amount', 'Amount', 'Int'],
  ['/', 'Duration', 'Int', 'Duration'],
  ['/', 'Duration', 'Duration', 'Int'],
  ['%', 'Int', 'Int', 'Int'],
  ['%', 'Amount', 'Int', 'Amount'],
  ['%', 'Amount', 'Amount', 'Amount'],
  ['%', 'Duration', 'Int', 'Duration'],
  ['%', 'Duration', 'Duration', 'Duration'],
];

const NEGATED: readonly Type['kind'][] = ['Int', 'Amount', 'Ratio', 'Duration'];

export function typeUnary(at: At, expr: Expr<'unary'>, wanted: Type | null): Type {
  if (expr.op === '!') return typeValue(at, expr.operand, BOOL);
  const operand = isLeastInt(expr) ? leastInt(at, expr) : typeValue(at, expr.operand, wanted);
  if (hasError(operand) || NEGATED.includes(operand.kind)) return operand;
  return report(at.out, 'E0303', { span: expr.span, op: '-', types: `\`${typeText(operand)}\`` });
}

/** The least `Int` has no positive twin, so its digits are only in range behind their sign. */
function isLeastInt(expr: Expr<'unary'>): boolean {
  return expr.operand.kind === 'int' && intValue(expr.operand.digits) === INT_MAX + 1n;
}

function leastInt(at: At, expr: Expr<'unary'>): Type {
  const type: Type = { kind: 'Int' };
  at.out.types.set(expr.operand, type);
  return type;
}

export function typeBinary(at: At, expr: Expr<'binary'>): Type {
  switch (expr.op) {
    case '==>':
      hasMeaning(at, 'implies', '`==>`', expr.span);
      return typeLogic(at, expr);
    case '&&':
    case '||':
      return typeLogic(at, expr);
    case 'in':
      return typeIn(at, expr);
    case '++':
      return report(at.out, 'E0901', { span: expr.span, what: '`++`' });
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return typeComparison(at, expr);
    default:
      return typeArithmetic(at, expr);
  }
}

function typeLogic(at: At, expr: Expr<'binary'>): Type {
  typeValue(at, expr.left, BOOL);
  typeValue(at, expr.right, BOOL);
  return BOOL;
}

function typeIn(at: At, expr: Expr<'binary'>): Type {
  const set = typeExpr(at, expr.right, null);
  typeValue(at, expr.left, set.kind === 'Set' ? set.item : null);
  if (set.kind !== 'Set' && !hasError(set))
    report(at.out, 'E0323', { span: expr.right.span, type: typeText(set) });
  return BOOL;
}

function typeComparison(at: At, expr: Expr<'binary'>): Type {
  const left = typeValue(at, expr.left, null);
  const right = typeValue(at, expr.right, null);
  if (!agree(left, right)) return mismatch(at, expr, left, right, BOOL);
  const ordered = expr.op !== '==' && expr.op !== '!=';
  const known = hasError(left) ? right : left;
  if (ordered && !hasError(known) && !isOrdered(known)) {
    report(at.out, 'E0303', { span: expr.span, op: expr.op, types: `\`${typeText(known)}\`` });
  }
  return BOOL;
}

function typeArithmetic(at: At, expr: Expr<'binary'>): Type {
  const left = typeValue(at, expr.left, null);
  const right = typeValue(at, expr.right, null);
  const type = arithmeticType(expr.op, left, right);
  if (type === null) return mismatch(at, expr, left, right, ERROR);
  const why = isSpecification(at.part) || hasError(type) ? null : revertOf(at, expr);
  if (why !== null) report(at.out, 'E0332', { span: expr.span, why });
  return type;
}

/** The type of `left op right` by the table; null when there is no such arithmetic. */
export function arithmeticType(op: ast.BinaryOp, left: Type, right: Type): Type | null {
  if (hasError(left) || hasError(right)) return guess(op, left, right);
  if (left.kind === 'Amount' && right.kind === 'Amount' && !sameType(left, right)) return null;
  const row = ARITHMETIC.find(
    (candidate) => candidate[0] === op && candidate[1] === left.kind && candidate[2] === right.kind,
  );
  if (row === undefined) return null;
  const result = row[3];
  if (result !== 'Amount') return { kind: result };
  return left.kind === 'Amount' ? left : right;
}

/** One side was reported: sums and differences have most often the type of the other. */
function guess(op: ast.BinaryOp, left: Type, right: Type): Type {
  if (op !== '+' && op !== '-') return ERROR;
  const known = hasError(left) ? right : left;
  return known.kind === 'Int' || known.kind === 'Amount' || known.kind === 'Ratio' ? known : ERROR;
}

/** Two operands that do not go together: a bare number beside an amount, two currencies, or no such operation. */
function mismatch(at: At, expr: Expr<'binary'>, left: Type, right: Type, result: Type): Type {
  const same = expr.op !== '*' && expr.op !== '/' && expr.op !== '%';
  if (left.kind === 'Amount' && right.kind === 'Amount' && !sameType(left, right)) {
    report(at.out, 'E0302', { span: expr.span, left: left.currency, right: right.currency });
  } else if (same && isNumber(expr.right) && left.kind === 'Amount') {
    reportMismatch(at, ungroup(expr.right), right, left);
  } else if (same && isNumber(expr.left) && right.kind === 'Amount') {
    reportMismatch(at, ungroup(expr.left), left, right);
  } else {
    const types = `\`${typeText(left)}\` and \`${typeText(right)}\``;
    report(at.out, 'E0303', { span: expr.span, op: expr.op, types });
  }
  return result;
}

function isNumber(expr: ast.Expr): boolean {
  return ungroup(expr).kind === 'int';
}
