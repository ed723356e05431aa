/** Types of operators: one table of what arithmetic exists (language.md, section 2), units of measure included. */
import type * as ast from '../syntax/ast.ts';
import { adviceOnIn, adviceOnOperator } from './advice.ts';
import { type At, isSpecification, report, ungroup } from './checker.ts';
import { type Expr, reportMismatch, typeExpr, typeValue } from './expression.ts';
import { revertOf } from './fold.ts';
import { INT_MAX, intValue } from './literal.ts';
import { hasMeaning } from './meaning.ts';
import { agree, BOOL, ERROR, hasError, isChoice, isOrdered, sameType, type Type, typeText } from './types.ts';

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
      return typeConcat(at, expr);
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

/** Two texts, or bytes, one behind the other. */
function typeConcat(at: At, expr: Expr<'binary'>): Type {
  const left = typeValue(at, expr.left, null);
  const right = typeValue(at, expr.right, null);
  return concatType(left, right) ?? mismatch(at, expr, left, right, ERROR);
}

/** The type of `left ++ right`; null when there is none. */
export function concatType(left: Type, right: Type): Type | null {
  if (hasError(left) || hasError(right)) return hasError(left) ? right : left;
  return left.kind === right.kind && (left.kind === 'Text' || left.kind === 'Bytes') ? left : null;
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
    report(at.out, 'E0323', { span: expr.right.span, type: typeText(set), ...adviceOnIn(at, expr, set) });
  return BOOL;
}

function typeComparison(at: At, expr: Expr<'binary'>): Type {
  const [left, right] = typeCompared(at, expr);
  if (!agree(left, right)) return mismatch(at, expr, left, right, BOOL);
  const ordered = expr.op !== '==' && expr.op !== '!=';
  const known = hasError(left) ? right : left;
  if (ordered && !hasError(known) && !isOrdered(known)) {
    const instead = isChoice(known)
      ? 'cases are told apart by `==` and `match`'
      : 'it has no order: ask with `==` or `!=`';
    report(at.out, 'E0303', {
      span: expr.span,
      op: expr.op,
      types: `\`${typeText(known)}\``,
      instead,
    });
  }
  return BOOL;
}

/** A variant, a list or `0x…` may need the other side to tell what it is: `vote == none`. */
function typeCompared(at: At, expr: Expr<'binary'>): readonly [Type, Type] {
  const asks = (side: ast.Expr) => (takesType(at, side) ? side : null);
  const told = (side: ast.Expr, type: Type) => (tells(side, type) ? type : null);
  if (asks(expr.left) !== null && asks(expr.right) === null) {
    const right = typeValue(at, expr.right, null);
    return [typeValue(at, expr.left, told(expr.left, right)), right];
  }
  const left = typeValue(at, expr.left, null);
  return [left, typeValue(at, expr.right, asks(expr.right) === null ? null : told(expr.right, left))];
}

/** Whether a value of the type tells what the expression that asks for it is. */
function tells(side: ast.Expr, type: Type): boolean {
  const { kind } = ungroup(side);
  if (kind === 'list') return type.kind === 'List';
  return kind === 'hex' ? type.kind === 'Hash' : isChoice(type);
}

function takesType(at: At, side: ast.Expr): boolean {
  const inner = ungroup(side);
  if (inner.kind === 'list' || inner.kind === 'hex') return true;
  const name = inner.kind === 'struct_' ? inner.name : inner.kind === 'call' ? inner.callee : inner;
  if (name.kind !== 'name') return false;
  const entity = at.out.entities.get(name);
  return at.out.ambiguous.has(name) || entity?.name === 'none' || entity?.name === 'some';
}

function typeArithmetic(at: At, expr: Expr<'binary'>): Type {
  const left = typeValue(at, expr.left, null);
  const right = typeValue(at, expr.right, null);
  const type = arithmeticType(expr.op, left, right);
  if (type === null) return mismatch(at, expr, left, right, ERROR);
  const why = isSpecification(at.part) || hasError(type) ? null : revertOf(at, expr);
  if (why !== null) report(at.out, 'E0339', { span: expr.span, why });
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
    const related = [sideOf(at, expr.left, left), sideOf(at, expr.right, right)];
    report(at.out, 'E0302', { span: expr.span, left: left.currency, right: right.currency, related });
  } else if (same && isNumber(expr.right) && left.kind === 'Amount') {
    reportMismatch(at, ungroup(expr.right), right, left);
  } else if (same && isNumber(expr.left) && right.kind === 'Amount') {
    reportMismatch(at, ungroup(expr.left), left, right);
  } else {
    const types = `\`${typeText(left)}\` and \`${typeText(right)}\``;
    const related = [sideOf(at, expr.left, left), sideOf(at, expr.right, right)];
    report(at.out, 'E0303', {
      span: expr.span,
      op: expr.op,
      types,
      related,
      ...adviceOnOperator(at, expr, left, right),
    });
  }
  return result;
}

function sideOf(at: At, { span }: ast.Expr, type: Type) {
  return { file: at.out.file, span, label: `\`${typeText(type)}\`` };
}

function isNumber(expr: ast.Expr): boolean {
  return ungroup(expr).kind === 'int';
}
