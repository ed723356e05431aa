/** Types of `for`: over a range of integers with a bound, or over the elements of a set or a list. */
import { LIMITS } from '../../vm/index.ts';
import type { Entity } from '../resolve/entity.ts';
import type * as ast from '../syntax/ast.ts';
import { constantInt, tooLarge } from './annotation.ts';
import { stateOf } from './call.ts';
import { type At, report } from './checker.ts';
import { typeExpr, typeValue } from './expression.ts';
import { intValue } from './literal.ts';
import { typeBlock } from './statement.ts';
import { BOOL, ERROR, hasError, INT, isValue, type Type, typeText } from './types.ts';

export function checkFor(at: At, stmt: ast.ForIn | ast.ForRange): void {
  at.out.types.set(stmt, stmt.kind === 'forIn' ? typeSource(at, stmt) : typeRange(at, stmt));
  for (const invariant of stmt.invariants) typeValue({ ...at, part: 'assert' }, invariant, BOOL);
  const type = typeBlock(at, stmt.body, null);
  if (stmt.body.result !== null && isValue(type) && !hasError(type)) {
    report(at.out, 'W0403', { span: stmt.body.result.span });
  }
}

/** The most turns that a loop over a range makes: `up to n`, else what two constants leave between them; null where neither is. */
export function boundOfRange(
  names: { readonly entities: ReadonlyMap<ast.Name, Entity> },
  { from, to, upTo }: ast.ForRange,
): number | null {
  const value = (expr: ast.Expr): bigint | null => {
    const literal = constantInt(names, expr);
    return literal === null ? null : intValue(literal.digits);
  };
  if (upTo !== null) return inLimit(value(upTo), 1n);
  const [first, end] = [value(from), value(to)];
  if (first === null || end === null) return null;
  return end < first ? 0 : inLimit(end - first, 0n);
}

function inLimit(turns: bigint | null, least: bigint): number | null {
  return turns !== null && turns >= least && turns <= BigInt(LIMITS.loopBound) ? Number(turns) : null;
}

function typeRange(at: At, stmt: ast.ForRange): Type {
  typeValue(at, stmt.from, INT);
  typeValue(at, stmt.to, INT);
  if (stmt.upTo !== null) typeValue(at, stmt.upTo, INT);
  if (boundOfRange(at.out, stmt) !== null) return INT;
  const written = stmt.upTo ?? (constantInt(at.out, stmt.from) && constantInt(at.out, stmt.to));
  if (written === null) {
    report(at.out, 'E0340', { span: { start: stmt.from.span.start, end: stmt.to.span.end } });
  } else if (stmt.upTo?.kind !== 'missing') {
    report(at.out, 'E0341', { span: (stmt.upTo ?? stmt.to).span, limit: LIMITS.loopBound });
  }
  return INT;
}

function typeSource(at: At, stmt: ast.ForIn): Type {
  const { span } = stmt.source;
  const source = typeExpr(at, stmt.source, null);
  if (hasError(source)) return ERROR;
  const state = stateOf(at, stmt.source);
  if (source.kind !== 'List' && (source.kind !== 'Set' || state === null))
    return report(at.out, 'E0342', { span, type: typeText(source) });
  if (state !== null) at.out.loopsOver.push({ loop: stmt, state });
  if (source.capacity > LIMITS.loopBound)
    tooLarge(at.out, span, 'what a `for` goes over', LIMITS.loopBound, 'elements');
  return source.item;
}
