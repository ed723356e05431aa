/**
 * Lists in the state as values: code reads one into a list and puts a list in its place, element by element. Where that
 * is not possible it is reported, with what to do instead.
 */
import { LIMITS, wordBytesMax } from '../../vm/index.ts';
import type * as ast from '../syntax/ast.ts';
import { type At, type Checker, report, textOf } from './checker.ts';
import { hasError, holdsLifecycle, type List, type Type } from './types.ts';
import { wordType } from './words.ts';

/** A list in the state whose value is used. It has its type also where that is reported, so that once is enough. */
export function typeWhole(at: At, expr: ast.Expr, list: List): Type {
  const text = textOf(at.out, expr);
  if (at.part === 'body') checkValueLimit(at.out, expr.span, text, list);
  else report(at.out, 'E0348', { span: expr.span, text });
  return list;
}

/** A list in the state that another one is to take the place of. */
export function typeWholePlace(at: At, target: ast.Expr, list: List): Type {
  const text = textOf(at.out, target);
  if (holdsLifecycle(list.item)) report(at.out, 'E0350', { span: target.span, text });
  else checkValueLimit(at.out, target.span, text, list);
  return list;
}

/** Reports a list that is too large to be a value. */
export function checkValueLimit(out: Checker, span: ast.Span, text: string, list: List): void {
  const bytes = hasError(list) ? 0 : wordBytesMax(wordType(list));
  const limit = LIMITS.listBytes;
  if (bytes > limit) report(out, 'E0349', { span, text, bytes, limit });
}
