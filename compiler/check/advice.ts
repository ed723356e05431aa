/**
 * What to do about two types that do not go together: the pair tells what was most likely meant. In: the expressions and
 * their types; out: a sentence, and a fix where the text itself can be mended.
 */
import type { Fix } from '../diagnostics.ts';
import type * as ast from '../syntax/ast.ts';
import { type At, textOf, ungroup } from './checker.ts';
import { daysOfMonthIn, isDidLiteral } from './literal.ts';
import { type Type, typeText } from './types.ts';

export type Advice = { readonly instead?: string; readonly fix?: Fix };

/** `expr` has the type `found` where `wanted` is asked for. */
export function adviceOnValue(at: At, expr: ast.Expr, found: Type, wanted: Type): Advice {
  const inner = ungroup(expr);
  const text = textOf(at.out, inner);
  if (wanted.kind === 'Option' && found.kind !== 'Option')
    return { instead: 'a value that is there is `some(…)`', ...written(expr, `some(${text})`) };
  if (found.kind === 'Option') return { instead: 'take it apart with `match`: `some(x) => …, none => …`' };
  if (inner.kind === 'int') return adviceOnNumber(inner, wanted);
  if (wanted.kind === 'Did') return adviceOnDid(inner, text);
  switch (`${found.kind} to ${wanted.kind}`) {
    case 'Int to Amount':
      return { instead: `a number of units is \`${text} * 1 ${currencyOf(wanted)}\`` };
    case 'Amount to Int':
      return { instead: `how many units it is, is \`${text} / 1 ${currencyOf(found)}\`` };
    case 'Duration to Time':
      return { instead: 'a moment is `now + …`' };
    case 'Int to Time':
      return { instead: 'a moment is written as in `@2026-01-31T12:00Z`, and this one is `now`' };
    case 'Int to Bool':
    case 'Amount to Bool':
      return { instead: 'a condition compares: `x > 0`' };
    default:
      return {};
  }
}

/** A bare number lacks only its unit. */
function adviceOnNumber(expr: Extract<ast.Expr, { readonly kind: 'int' }>, wanted: Type): Advice {
  const { digits } = expr;
  switch (wanted.kind) {
    case 'Amount':
      return written(expr, `${digits} ${wanted.currency}`);
    case 'Ratio':
      return written(expr, `${digits}%`);
    case 'Duration':
      return { instead: 'a length of time has a unit: `90s`, `15m`, `36h`, `7d`, `2w`' };
    case 'Time':
      return { instead: 'a moment is written as in `@2026-01-31T12:00Z`, and this one is `now`' };
    case 'Bool':
      return { instead: 'a condition compares: `x > 0`; truth values are `true` and `false`' };
    default:
      return {};
  }
}

function adviceOnDid(expr: ast.Expr, text: string): Advice {
  if (expr.kind === 'text' && expr.value !== '' && isDidLiteral(expr.value))
    return { instead: 'a DID has `did` before its quotation marks', ...written(expr, `did${text}`) };
  if (expr.kind === 'hex') return { instead: 'members and contracts are named by DIDs: `did"did:icn:…"`' };
  return expr.kind === 'text' ? { instead: 'a DID is written `did"did:icn:…"`' } : {};
}

/** A date without a time of day, or a day that its month does not have. */
export function adviceOnTime(expr: Extract<ast.Expr, { readonly kind: 'time' }>): Advice {
  const { text } = expr;
  const days = daysOfMonthIn(text);
  if (days === null) return {};
  const day = Number(text.slice(8, 10));
  if (day < 1 || day > days) return { instead: `that month has ${days} days` };
  if (text.length > 10) return {};
  return { instead: 'a moment has a time of day', ...written(expr, `@${text}T00:00Z`) };
}

/** `left op right` is not defined for the types of its operands. */
export function adviceOnOperator(
  at: At,
  expr: { readonly op: string; readonly left: ast.Expr; readonly right: ast.Expr; readonly span: ast.Span },
  left: Type,
  right: Type,
): Advice {
  const { op } = expr;
  const pair = `${left.kind} ${op.replace(/(?<=^[-+*/%])=$/, '')} ${right.kind}`;
  if (op === '==' || op === '!=') return adviceOnEquality(at, expr, left, right);
  switch (pair) {
    case 'Amount * Ratio':
    case 'Int * Ratio':
      return shared(at, expr, expr.left, expr.right);
    case 'Ratio * Amount':
    case 'Ratio * Int':
      return shared(at, expr, expr.right, expr.left);
    case 'Amount / Ratio':
    case 'Int / Ratio':
      return { instead: 'a part of it is `share(x, ratio)`' };
    case 'Amount * Amount':
      return { instead: 'an amount is multiplied by a number; a share of it is `share(amount, n, d)`' };
    case 'Text + Text':
      return op === '+'
        ? { instead: 'texts are joined by `++`', ...signed(at, expr, '++') }
        : { instead: 'texts are joined by `++`' };
    case 'Time + Time':
    case 'Time + Int':
    case 'Time - Int':
      return { instead: 'a moment is moved by a length of time, as in `now + 7d`' };
    case 'Duration + Int':
    case 'Duration - Int':
      return { instead: 'a length of time has a unit, as in `7d`' };
    default:
      return left.kind === 'Text' || right.kind === 'Text'
        ? { instead: 'CCL makes no texts of other values' }
        : {};
  }
}

/** `key in map` */
export function adviceOnIn(at: At, { left, right, span }: Binary, asked: Type): Advice {
  if (asked.kind === 'List') return { instead: 'a list is gone over by `for x in list { … }`' };
  if (asked.kind !== 'Map') return {};
  const text = `${textOf(at.out, right)}.has(${textOf(at.out, left)})`;
  return { instead: `whether a map has an entry is asked by \`${text}\``, ...replaced(span, text) };
}

type Binary = Parameters<typeof adviceOnOperator>[1];

function shared(at: At, { op, span }: Binary, x: ast.Expr, ratio: ast.Expr): Advice {
  const text = `share(${textOf(at.out, x)}, ${textOf(at.out, ratio)})`;
  const instead = `a share is \`${text}\`, rounded down, or \`share_up\``;
  return op === '*' ? { instead, ...replaced(span, text) } : { instead };
}

function adviceOnEquality(at: At, expr: Binary, left: Type, right: Type): Advice {
  if (left.kind === 'Option' && right.kind !== 'Option')
    return written(expr.right, `some(${textOf(at.out, expr.right)})`);
  if (right.kind === 'Option' && left.kind !== 'Option')
    return written(expr.left, `some(${textOf(at.out, expr.left)})`);
  return {};
}

function written({ span }: ast.Expr, text: string): Advice {
  return replaced(span, text);
}

function replaced(span: ast.Span, text: string): Advice {
  return { fix: { title: `Write \`${text}\``, edits: [{ span, text }] } };
}

/** The sign between two operands, changed. */
function signed(at: At, { op, left, right }: Binary, text: string): Advice {
  const between = textOf(at.out, { span: { start: left.span.end, end: right.span.start } });
  const start = left.span.end + between.indexOf(op);
  return { fix: { title: `Write \`${text}\``, edits: [{ span: { start, end: start + op.length }, text }] } };
}

function currencyOf(type: Type): string {
  return type.kind === 'Amount' ? type.currency : typeText(type);
}

/** `1 argument`, `2 arguments`. */
export function argumentsText(count: number | string): string {
  return `${count} argument${count === 1 ? '' : 's'}`;
}
