/** Calls: functions of the contract, host functions, methods of what is in the state, built-in functions. */
import type { HostFunction } from '../builtins.ts';
import { INT_MAX } from '../check/literal.ts';
import { BOOL, DID, INT, leavesOf, type Scalar } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { type Builder, branch, emit, fresh, local, operate } from './builder.ts';
import { constant } from './constant.ts';
import type { Atom, OpName, Revert } from './core.ts';
import { lowerAll, lowerHash, lowerValue } from './expression.ts';
import { checkAdded, checkEnded } from './lifecycle.ts';
import { checkIndex, readPlace, type StatePlace, sizeOf, slotOf } from './place.ts';
import {
  currencyIndex,
  type Expr,
  entityOf,
  indexIn,
  lineOf,
  type Source,
  scalarOf,
  typeOf,
} from './source.ts';
import { variantWords } from './variant.ts';
import { readPart } from './whole.ts';

export function lowerCall(builder: Builder, expr: Expr<'call'>): readonly Atom[] {
  const { callee } = expr;
  if (callee.kind === 'field') {
    const entity = builder.source.analysed.entities.get(callee.name);
    if (entity?.kind === 'host') return lowerHost(builder, expr, entity.row);
    if (callee.object.kind === 'generic') return lowerFind(builder, expr, callee.object);
    return entity?.kind === 'method'
      ? lowerOutgoing(builder, expr, callee.object, entity.node)
      : lowerMethod(builder, expr, callee);
  }
  if (callee.kind !== 'name') throw new Error(`no call of ${callee.kind}`);
  const entity = entityOf(builder.source, callee);
  if (entity.kind === 'fn') return lowerFn(builder, expr, entity.node);
  if (entity.name === 'old') return lowerValue(builder, expr.args[0]!);
  if (entity.name === 'some') return lowerSome(builder, expr);
  if (entity.name === 'hash') return [lowerHash(builder, expr.args[0]!)];
  const number = NUMBER_OPS[entity.name];
  if (number !== undefined) return [lowerNumber(builder, expr, number)];
  return entity.name === 'abs'
    ? [lowerAbs(builder, expr)]
    : [lowerChoice(builder, expr, entity.name === 'min' ? 'le' : 'ge')];
}

function lowerSome(builder: Builder, expr: Expr<'call'>): readonly Atom[] {
  const type = typeOf(builder.source, expr);
  if (type.kind !== 'Option') throw new Error('some of no option');
  return variantWords(type, 1, lowerValue(builder, expr.args[0]!));
}

function lowerFn(builder: Builder, expr: Expr<'call'>, fn: ast.Fn): readonly Atom[] {
  const args = lowerAll(builder, expr.args).flat();
  const targets = leavesOf(typeOf(builder.source, expr)).map(({ type }) => fresh(builder, type, expr.span));
  const callee = indexIn(builder.source.callables, fn);
  emit(builder, { kind: 'call', span: expr.span, targets, callee, args });
  return targets.map(local);
}

// ---- other contracts ---------------------------------------------------------------------------

/** `Contract<Token>.at(id)`. */
function lowerFind(builder: Builder, expr: Expr<'call'>, generic: Expr<'generic'>): readonly Atom[] {
  const { source } = builder;
  const { span } = expr;
  const [account] = lowerValue(builder, expr.args[0]!);
  const at = interfaceOf(source, generic);
  const target = fresh(builder, DID, span);
  const reverts = [{ reason: 'contract', span }] as const;
  emit(builder, { kind: 'find', span, target, interface: at, account: account!, reverts });
  return [local(target)];
}

function lowerOutgoing(
  builder: Builder,
  expr: Expr<'call'>,
  object: ast.Expr,
  method: ast.Method,
): readonly Atom[] {
  const { source } = builder;
  const { span, spending } = expr;
  const given = spending === null ? [] : [spending];
  const [account, ...values] = lowerAll(builder, [object, ...expr.args, ...given]);
  const args = values.slice(0, expr.args.length).flat();
  const amounts = values.slice(expr.args.length).flat();
  const spends = spending === null ? [] : spendsOf(source, spending, amounts);
  const at = source.interfaces.findIndex(({ methods }) => methods.includes(method));
  const targets = leavesOf(typeOf(source, expr)).map(({ type }) => fresh(builder, type, span));
  emit(builder, {
    kind: 'outgoing',
    span,
    targets,
    interface: at,
    method: indexIn(source.interfaces[at]!.methods, method),
    account: account![0]!,
    args,
    spends,
    reverts: [{ reason: 'contract', span }],
  });
  return targets.map(local);
}

/** An amount, or a tuple of amounts, by currency: in the order of the currencies. */
export function spendsOf<T>(
  source: Source,
  spending: ast.Expr,
  amounts: readonly T[],
): readonly { readonly currency: number; readonly amount: T }[] {
  return leavesOf(typeOf(source, spending))
    .map(({ type }, index) => ({ currency: amountIndex(source, type), amount: amounts[index]! }))
    .sort((left, right) => left.currency - right.currency);
}

function amountIndex(source: Source, type: Scalar): number {
  if (type.kind !== 'Amount') throw new Error('spending of what is no amount');
  return currencyIndex(source, type.currency);
}

function interfaceOf(source: Source, { args: [of] }: Expr<'generic'>): number {
  const entity = of?.kind === 'namedType' ? entityOf(source, of.name) : undefined;
  if (entity?.kind !== 'interface') throw new Error('a contract without an interface');
  return indexIn(source.interfaces, entity.node);
}

// ---- the host ----------------------------------------------------------------------------------

function lowerHost(builder: Builder, expr: Expr<'call'>, row: HostFunction): readonly Atom[] {
  const { span } = expr;
  const args = lowerAll(builder, hostValues(expr, row)).flat();
  const targets = row.result === 'Unit' ? [] : [fresh(builder, scalarOf(builder.source, expr), span)];
  const reverts = row.reverts === null ? [] : [{ reason: 'host', span } as const];
  const currency = hostCurrency(builder.source, expr, row);
  emit(builder, { kind: 'host', span, targets, name: row.name, currency, args, reverts });
  return targets.map(local);
}

/** The arguments that are values: all but names of currencies. */
export function hostValues(expr: Expr<'call'>, row: HostFunction): readonly ast.Expr[] {
  return expr.args.filter((_, index) => row.params[index]?.type !== 'Currency');
}

/** The currency of a host call: the one that is named, else that of the amount. */
export function hostCurrency(source: Source, expr: Expr<'call'>, row: HostFunction): number {
  const named = row.params.findIndex(({ type }) => type === 'Currency');
  const name = expr.args[named];
  if (name?.kind === 'name') return currencyIndex(source, name.text);
  const amount = expr.args[row.params.findIndex(({ type }) => type === 'Amount')];
  const type = amount === undefined ? null : typeOf(source, amount);
  return type?.kind === 'Amount' ? currencyIndex(source, type.currency) : -1;
}

// ---- maps, sets, lists -------------------------------------------------------------------------

function lowerMethod(builder: Builder, expr: Expr<'call'>, callee: Expr<'field'>): readonly Atom[] {
  const slot = slotOf(builder.source, callee.object);
  if (slot === null) throw new Error('a method of something that is not in the state');
  const { span } = expr;
  const name = callee.name.text;
  if (name === 'pop') return lowerPop(builder, slot, span);
  if (name === 'page') return lowerPage(builder, expr, slot);
  if (name === 'clear') {
    emit(builder, { kind: 'clear', span, slot });
    return [];
  }
  const keys = lowerValue(builder, expr.args[0]!);
  switch (name) {
    case 'has': {
      const target = fresh(builder, BOOL, span);
      emit(builder, { kind: 'has', span, target, slot, keys });
      return [local(target)];
    }
    case 'add':
      if (!builder.ended) checkElement(builder, slot, keys, span);
      emit(builder, { kind: 'add', span, slot, keys, reverts: [{ reason: 'capacity', span }] });
      return [];
    default: {
      const type = typeOf(builder.source, callee.object);
      if (type.kind === 'Map') checkEnded(builder, { slot, keys, start: 0, type: type.value }, span);
      emit(builder, { kind: 'remove', span, slot, keys });
      return [];
    }
  }
}

/** What is added to a list begins its lifecycle there. */
function checkElement(builder: Builder, slot: number, words: readonly Atom[], span: ast.Span): void {
  const type = typeOf(builder.source, builder.source.fields[slot]!);
  if (type.kind === 'List') checkAdded(builder, slot, type.item, words, span);
}

/** The last element, read before it goes. */
function lowerPop(builder: Builder, slot: number, span: ast.Span): readonly Atom[] {
  const size = sizeOf(builder, slot, span);
  const before = operate(builder, 'sub', [size, constant(INT, 1n)], INT, span);
  const last = checkIndex(builder, before, size, span);
  const list = typeOf(builder.source, builder.source.fields[slot]!);
  if (list.kind !== 'List') throw new Error('`pop` of no list');
  const place: StatePlace = { slot, keys: [last], start: 0, type: list.item };
  const words = readPlace(builder, place, span);
  checkEnded(builder, place, span);
  emit(builder, { kind: 'remove', span, slot, keys: [last] });
  return words;
}

/** From the index on, which is not negative, as many elements as there are, and at most so many. */
function lowerPage(builder: Builder, expr: Expr<'call'>, slot: number): readonly Atom[] {
  const { span } = expr;
  const type = typeOf(builder.source, expr);
  if (type.kind !== 'List') throw new Error('a page that is no list');
  const [first] = lowerValue(builder, expr.args[0]!);
  if (builder.ended) return [];
  const most = BigInt(type.capacity);
  // Any index from 0 on, also one behind the last, as long as the end of the page is a number.
  const from = checkIndex(builder, first!, constant(INT, INT_MAX - most), span);
  const size = sizeOf(builder, slot, span);
  const to = endOfPage(builder, { from, size, most }, span);
  const turns = lineOf(builder.source, expr);
  return [readPart(builder, { slot, type, from, to, turns }, span)];
}

type Page = { readonly from: Atom; readonly size: Atom; readonly most: bigint };

/** The lesser of `from + most` and `size`. */
function endOfPage(builder: Builder, { from, size, most }: Page, span: ast.Span): Atom {
  const end = operate(builder, 'add', [from, constant(INT, most)], INT, span);
  const isFull = operate(builder, 'le', [end, size], BOOL, span);
  return choose(builder, isFull, end, size, INT, span);
}

// ---- numbers -----------------------------------------------------------------------------------

/** The built-in functions that are one operation. */
export const NUMBER_OPS: { readonly [name: string]: OpName | undefined } = {
  mul_div: 'mulDiv',
  share: 'mulDiv',
  share_up: 'mulDivUp',
  isqrt: 'isqrt',
  pow: 'pow',
};

/** A ratio counts parts of this many. */
const RATIO_WHOLE = constant({ kind: 'Ratio' }, 1_000_000n);

/** A ratio as the second of two arguments is the fraction of its whole. */
export function withWhole<T>(op: OpName, args: readonly T[]): readonly (T | typeof RATIO_WHOLE)[] {
  return (op === 'mulDiv' || op === 'mulDivUp') && args.length === 2 ? [...args, RATIO_WHOLE] : args;
}

function lowerNumber(builder: Builder, expr: Expr<'call'>, op: OpName): Atom {
  const args = withWhole(op, lowerAll(builder, expr.args).flat());
  return operate(builder, op, args, scalarOf(builder.source, expr), expr.span, revertsOf(op, args));
}

function revertsOf(op: OpName, args: readonly Atom[]): readonly Revert['reason'][] {
  const divisor = op === 'mulDiv' || op === 'mulDivUp' ? args[2] : undefined;
  const isPositive = divisor?.kind === 'const' && typeof divisor.value === 'bigint' && divisor.value > 0n;
  return divisor === undefined || isPositive ? ['overflow'] : ['divisionByZero', 'overflow'];
}

// ---- min, max, abs -----------------------------------------------------------------------------

function lowerChoice(builder: Builder, expr: Expr<'call'>, op: OpName): Atom {
  const [left, right] = lowerAll(builder, expr.args).flat();
  const condition = operate(builder, op, [left!, right!], BOOL, expr.span);
  return choose(builder, condition, left!, right!, scalarOf(builder.source, expr), expr.span);
}

function choose(
  builder: Builder,
  condition: Atom,
  left: Atom,
  right: Atom,
  type: Scalar,
  span: ast.Span,
): Atom {
  const target = fresh(builder, type, span);
  const yes = [{ kind: 'copy', span, target, value: left } as const];
  const no = [{ kind: 'copy', span, target, value: right } as const];
  emit(builder, branch(condition, span, yes, no));
  return local(target);
}

function lowerAbs(builder: Builder, expr: Expr<'call'>): Atom {
  const { span } = expr;
  const type = scalarOf(builder.source, expr);
  const [value] = lowerValue(builder, expr.args[0]!);
  const condition = operate(builder, 'lt', [value!, constant(type, 0n)], BOOL, span);
  const target = fresh(builder, type, span);
  const negate = {
    kind: 'op',
    span,
    target,
    op: 'neg',
    args: [value!],
    reverts: [{ reason: 'overflow', span }],
  } as const;
  const keep = { kind: 'copy', span, target, value: value! } as const;
  emit(builder, branch(condition, span, [negate], [keep]));
  return local(target);
}
