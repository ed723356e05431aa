/** Types of calls: built-in functions, host functions, methods of maps, sets and lists, and `fn`s of the contract. */
import { type HostFunction, METHODS, type Method } from '../builtins.ts';
import { isOld } from '../resolve/resolve.ts';
import type * as ast from '../syntax/ast.ts';
import { argumentsText } from './advice.ts';
import { constantInt, inListLimit, paramType, resultType } from './annotation.ts';
import { type At, type Called, report, textOf, ungroup } from './checker.ts';
import {
  askedBy,
  type Expr,
  isModule,
  nameOf,
  reportNoPart,
  typeExpr,
  typeValue,
  wrongKind,
} from './expression.ts';
import { INT_MAX, intValue } from './literal.ts';
import { typeSome } from './match.ts';
import { hasMeaning } from './meaning.ts';
import { reportSpending, typeAt, typeOutgoing } from './outgoing.ts';
import { typeCount, typeSum } from './quantifier.ts';
import {
  BOOL,
  DID,
  ERROR,
  HASH,
  hasError,
  holdsLifecycle,
  INT,
  isNumeric,
  isOrdered,
  sameType,
  type Type,
  typeText,
  UNIT,
} from './types.ts';

export function typeCall(at: At, expr: Expr<'call'>, wanted: Type | null): Type {
  const { callee } = expr;
  const isOutgoing = callee.kind === 'field' && callee.object.kind !== 'generic';
  if (expr.spending !== null && !isOutgoing) reportSpending(at, expr.spending);
  if (callee.kind === 'name') return typeNamedCall(at, expr, callee, wanted);
  if (callee.kind === 'field') return typeDottedCall(at, expr, callee);
  typeArgs(at, expr.args);
  const found = typeExpr(at, callee, null);
  return hasError(found)
    ? ERROR
    : report(at.out, 'E0316', { span: callee.span, name: textOf(at.out, callee) });
}

/** Types of arguments that nothing asks for: only their own mistakes are reported. */
export function typeArgs(at: At, args: readonly ast.Expr[]): void {
  for (const arg of args) if (arg.kind !== 'lambda') typeExpr(at, arg, null);
}

/** Arguments against parameters, in order; a wrong number is reported. */
export function matchArgs(
  at: At,
  expr: Expr<'call'>,
  wanted: readonly Type[],
  params: readonly ast.Param[] = [],
): void {
  expr.args.forEach((arg, index) => {
    typeValue(at, arg, wanted[index] ?? null, params[index] === undefined ? null : askedBy(params[index]));
  });
  checkCount(at, expr, wanted.length, params);
}

export function checkCount(
  at: At,
  expr: Expr<'call'>,
  wanted: number,
  params: readonly ast.Param[] = [],
): boolean {
  const found = expr.args.length;
  if (found !== wanted) {
    const name = textOf(at.out, expr.callee);
    report(at.out, 'E0305', { span: expr.span, name, ...countText(at.out.file, wanted, found, params) });
  }
  return found === wanted;
}

/** How many arguments there should be, and what is missing or where the parameters are declared. */
export function countText(file: string, wanted: number, found: number, params: readonly ast.Param[]) {
  const missing = params.slice(found).map(({ name }) => `\`${name.text}\``);
  const [first, last] = [params[0], params.at(-1)];
  const span = { start: first?.span.start ?? 0, end: last?.span.end ?? 0 };
  return {
    wanted: argumentsText(wanted),
    found,
    label:
      missing.length === 0 ? '' : `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
    related: first === undefined ? [] : [{ file, span, label: 'declared here' }],
  };
}

// ---- names -------------------------------------------------------------------------------------

function typeNamedCall(at: At, expr: Expr<'call'>, callee: ast.Name, wanted: Type | null): Type {
  const entity = at.out.entities.get(callee);
  if (entity === undefined) {
    typeArgs(at, expr.args);
    return ERROR;
  }
  switch (entity.kind) {
    case 'builtin':
      return entity.name === 'some' ? typeSome(at, expr, wanted) : typeBuiltIn(at, expr, callee, entity.name);
    case 'fn':
      return typeFn(at, expr, entity.node);
    case 'view':
      if (at.part === 'prove') return typeFn(at, expr, entity.node);
      typeArgs(at, expr.args);
      return report(at.out, 'E0409', { span: callee.span, name: callee.text, kind: entity.kind });
    case 'rule':
      typeArgs(at, expr.args);
      if (at.part === 'prove') return report(at.out, 'E0458', { span: expr.span });
      return report(at.out, 'E0409', { span: callee.span, name: callee.text, kind: entity.kind });
    default:
      typeArgs(at, expr.args);
      return wrongKind(at, callee, entity, 'a function');
  }
}

function typeFn(at: At, expr: Expr<'call'>, fn: Called): Type {
  matchArgs(
    at,
    expr,
    fn.params.map((param) => paramType(at.out, param)),
    fn.params,
  );
  at.out.effects.push({
    kind: 'call',
    callee: fn,
    owner: at.owner,
    part: at.part,
    span: expr.span,
    what: fn.name.text,
  });
  return resultType(at.out, fn.result);
}

function typeBuiltIn(at: At, expr: Expr<'call'>, callee: ast.Name, name: string): Type {
  switch (name) {
    case 'old':
      return typeOld(at, expr);
    case 'sum':
      return typeSum(at, expr);
    case 'count':
      return typeCount(at, expr);
    case 'called':
      return typeCalled(at, expr);
    case 'after':
      return typeAfter(at, expr);
    case 'min':
    case 'max':
      return typeOrdered(at, expr, 2);
    case 'abs':
      return typeOrdered(at, expr, 1);
    case 'isqrt':
      matchArgs(at, expr, [INT]);
      return INT;
    case 'pow':
      matchArgs(at, expr, [INT, INT]);
      return INT;
    case 'hash':
      if (checkCount(at, expr, 1)) typeValue(at, expr.args[0]!, null);
      else typeArgs(at, expr.args);
      return HASH;
    case 'mul_div':
      return typeMulDiv(at, expr);
    case 'share':
      return typeShare(at, expr);
    case 'share_up':
      return checkCount(at, expr, 2) ? typeShare(at, expr) : ERROR;
    default:
      typeArgs(at, expr.args);
      return wrongKind(at, callee, at.out.entities.get(callee)!, 'a function');
  }
}

function typeOld(at: At, expr: Expr<'call'>): Type {
  if (isUpgradeCode(at)) return typePast(at, expr);
  if (!hasMeaning(at, 'old', '`old`', expr.span) || !checkCount(at, expr, 1)) return ERROR;
  return typeValue({ ...at, insideOld: true }, expr.args[0]!, null);
}

/** In the code of an upgrade `old` reads what only the earlier version had, also what is no value as a whole. */
function typePast(at: At, expr: Expr<'call'>): Type {
  return checkCount(at, expr, 1) ? typeExpr({ ...at, insideOld: true }, expr.args[0]!, null) : ERROR;
}

/** Whether this is the code of an `upgrade`. */
export function isUpgradeCode({ part, owner }: At): boolean {
  return part === 'body' && owner?.kind === 'upgrade';
}

function typeCalled(at: At, expr: Expr<'call'>): Type {
  if (!hasMeaning(at, 'called', '`called`', expr.span) || !checkCount(at, expr, 1)) return BOOL;
  const arg = expr.args[0]!;
  const entity = arg.kind === 'name' ? at.out.entities.get(arg) : undefined;
  if (arg.kind === 'name' && entity === undefined) return BOOL;
  if (entity?.kind !== 'rule') report(at.out, 'E0418', { span: arg.span, text: textOf(at.out, arg) });
  return BOOL;
}

/** `after(r, e)`: what `e` is at the end of a run of this `prove`. */
function typeAfter(at: At, expr: Expr<'call'>): Type {
  if (!hasMeaning(at, 'after', '`after`', expr.span) || !checkCount(at, expr, 2)) return ERROR;
  const [run, value] = expr.args as [ast.Expr, ast.Expr];
  const type = typeExpr(at, run, null);
  if (type.kind !== 'Run' && !hasError(type)) report(at.out, 'E0474', { span: run.span });
  return typeValue({ ...at, insideOld: true }, value, null);
}

/** `min(a, b)`, `max(a, b)`, `abs(a)`: values of one type that has an order. */
function typeOrdered(at: At, expr: Expr<'call'>, count: number): Type {
  if (!checkCount(at, expr, count)) return ERROR;
  const type = typeValue(at, expr.args[0]!, null);
  for (const other of expr.args.slice(1)) typeValue(at, other, type);
  const fits = isOrdered(type) && !(count === 1 && type.kind === 'Time');
  if (hasError(type) || fits) return type;
  return report(at.out, 'E0303', {
    span: expr.span,
    op: textOf(at.out, expr.callee),
    types: `\`${typeText(type)}\``,
  });
}

/** `mul_div(a, b, c)`: the unit of `c` cancels that of `b`, or that of `a`. */
function typeMulDiv(at: At, expr: Expr<'call'>): Type {
  if (!checkCount(at, expr, 3)) return ERROR;
  const [a, b, c] = expr.args.map((arg) => typeValue(at, arg, null)) as [Type, Type, Type];
  if ([a, b, c].some(hasError)) return ERROR;
  if (isCounted(a) && isNumeric(b) && sameType(b, c)) return a;
  if (isCounted(b) && isNumeric(a) && sameType(a, c)) return b;
  return noSuchCall(at, expr, [a, b, c]);
}

/** `share(x, ratio)` and `share(x, n, d)`: what is shared keeps its type, `n` and `d` are of one type. */
function typeShare(at: At, expr: Expr<'call'>): Type {
  const [x, part, whole, ...others] = expr.args;
  if (x === undefined || part === undefined || others.length > 0) {
    const name = textOf(at.out, expr.callee);
    typeArgs(at, expr.args);
    return report(at.out, 'E0305', {
      span: expr.span,
      name,
      wanted: argumentsText('2 or 3'),
      found: expr.args.length,
    });
  }
  const type = typeValue(at, x, null);
  const fraction = typeValue(at, part, whole === undefined ? RATIO : null);
  if (whole !== undefined) typeValue(at, whole, fraction);
  if (hasError(type) || hasError(fraction)) return type;
  return isCounted(type) && isNumeric(fraction) ? type : noSuchCall(at, expr, [type, fraction]);
}

const RATIO: Type = { kind: 'Ratio' };

/** What can be divided into shares. */
function isCounted(type: Type): boolean {
  return type.kind === 'Int' || type.kind === 'Amount';
}

function noSuchCall(at: At, expr: Expr<'call'>, types: readonly Type[]): Type {
  const shown = types.map((type) => `\`${typeText(type)}\``);
  return report(at.out, 'E0303', {
    span: expr.span,
    op: textOf(at.out, expr.callee),
    types: `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`,
  });
}

// ---- after a dot -------------------------------------------------------------------------------

function typeDottedCall(at: At, expr: Expr<'call'>, callee: Expr<'field'>): Type {
  const entity = at.out.entities.get(callee.name);
  if (entity?.kind === 'host') {
    if (expr.spending !== null) reportSpending(at, expr.spending);
    return typeHost(at, expr, entity.row);
  }
  if (isModule(at, callee.object)) {
    typeArgs(
      at,
      expr.args.filter((arg) => arg.kind !== 'name'),
    );
    return ERROR;
  }
  if (callee.object.kind === 'generic') return typeAt(at, expr, callee, callee.object);
  const object = typeExpr(at, callee.object, null);
  if (object.kind === 'Contract') return typeOutgoing(at, expr, callee, object);
  const method = methodOf(object, callee.name);
  if (method !== null && isCollection(object)) return typeMethod(at, expr, callee, object, method);
  typeArgs(at, expr.args);
  return hasError(object) || callee.name.text === '' ? ERROR : reportNoPart(at, object, callee.name);
}

/** The method or property of that name. */
export function methodOf(object: Type, name: ast.Name): Method | null {
  return METHODS.find((row) => row.on === object.kind && row.name === name.text) ?? null;
}

type Collection = Extract<Type, { readonly kind: 'Map' | 'Set' | 'List' }>;

function isCollection(type: Type): type is Collection {
  return type.kind === 'Map' || type.kind === 'Set' || type.kind === 'List';
}

function typeMethod(
  at: At,
  expr: Expr<'call'>,
  callee: Expr<'field'>,
  object: Collection,
  method: Method,
): Type {
  at.out.entities.set(callee.name, { kind: 'builtin', name: method.name, row: method });
  if (!method.built) return report(at.out, 'E0901', { span: callee.name.span, what: `\`${method.name}\`` });
  if (method.params === null) return report(at.out, 'E0328', { span: expr.span, name: method.name });
  const key = object.kind === 'Map' ? object.key : object.item;
  matchArgs(
    at,
    expr,
    method.params.map((param) => (param === 'Key' ? key : INT)),
  );
  const state = stateOf(at, callee.object);
  if (state === null && (method.writes || method.result === 'List'))
    return report(at.out, 'E0346', { span: expr.span, text: textOf(at.out, callee.object) });
  if (method.result === 'List' && !hasMeaning(at, 'page', '`page`', expr.span)) return ERROR;
  if (method.writes && act(at, expr.span, callee.object) === ERROR) return ERROR;
  if (object.kind === 'List' && method.name === 'clear' && holdsLifecycle(object.item))
    return report(at.out, 'E0350', { span: expr.span, text: textOf(at.out, callee.object) });
  return resultOfMethod(at, expr, method, key);
}

function resultOfMethod(at: At, expr: Expr<'call'>, { result, params }: Method, key: Type): Type {
  if (result === 'Key') return key;
  if (result !== 'List') return { kind: result };
  const size = expr.args[params?.indexOf('Size') ?? -1];
  if (size === undefined) return ERROR;
  const literal = constantInt(at.out, size);
  const capacity = literal === null ? 0n : intValue(literal.digits);
  if (capacity < 1n || capacity > INT_MAX) return report(at.out, 'E0347', { span: size.span });
  return inListLimit(at.out, { kind: 'List', item: key, capacity: Number(capacity) }, size.span);
}

/** Something is done here, not only computed; where only values can stand that is reported. */
function act(at: At, span: ast.Span, object: ast.Expr): Type {
  if (at.part !== 'body') return report(at.out, 'E0402', { span, what: textOf(at.out, { span }) });
  noteWrite(at, span, textOf(at.out, object), stateOf(at, object));
  return UNIT;
}

/** The state variable that an expression names. */
export function stateOf(at: At, expr: ast.Expr): ast.StateField | null {
  const inner = ungroup(expr);
  if (isOld(inner) && isUpgradeCode(at) && inner.args.length === 1) return stateOf(at, inner.args[0]!);
  const name = nameOf(inner);
  const entity = name === null ? undefined : at.out.entities.get(name);
  return entity?.kind === 'state' ? entity.node : null;
}

/** Records that this place changes the state. */
export function noteWrite(at: At, span: ast.Span, what: string, state: ast.StateField | null): void {
  at.out.effects.push({ kind: 'write', state, owner: at.owner, part: at.part, span, what });
}

// ---- the host ----------------------------------------------------------------------------------

function typeHost(at: At, expr: Expr<'call'>, row: HostFunction): Type {
  if (!row.readable && at.part !== 'body')
    return report(at.out, 'E0402', { span: expr.span, what: row.name });
  at.out.effects.push({ kind: 'host', row, owner: at.owner, part: at.part, span: expr.span, what: row.name });
  if (at.part === 'lambda') return report(at.out, 'E0413', { span: expr.span, name: row.name });
  if (!hasMeaning(at, 'environment', `\`${row.name}\``, expr.span)) return ERROR;
  if (!checkCount(at, expr, row.params.length)) {
    typeArgs(
      at,
      expr.args.filter((arg) => arg.kind !== 'name'),
    );
    return hostResult(row, ERROR);
  }
  return hostResult(row, typeHostArgs(at, expr.args, row));
}

/** The type of amounts at this call: of the currency that is named, else of the amount that is given. */
function typeHostArgs(at: At, args: readonly ast.Expr[], row: HostFunction): Type {
  let amount: Type | null = null;
  row.params.forEach((param, index) => {
    const arg = args[index]!;
    if (param.type === 'Currency') amount = typeCurrency(at, arg);
    else if (param.type === 'Did') typeValue(at, arg, DID);
    else amount = typeAmountArg(at, arg, amount);
  });
  return amount ?? ERROR;
}

function typeAmountArg(at: At, arg: ast.Expr, wanted: Type | null): Type {
  const found = typeValue(at, arg, wanted);
  if (found.kind === 'Amount' || hasError(found)) return found;
  return report(at.out, 'E0301', { span: arg.span, expected: 'Amount', found: typeText(found) });
}

/** A currency's name is no value: it stands only where a host function asks for one. */
function typeCurrency(at: At, arg: ast.Expr): Type {
  const entity = arg.kind === 'name' ? at.out.entities.get(arg) : undefined;
  if (entity?.kind === 'currency') return { kind: 'Amount', currency: entity.name };
  if (arg.kind !== 'name') return report(at.out, 'E0329', { span: arg.span });
  return entity === undefined ? ERROR : wrongKind(at, arg, entity, 'a currency');
}

function hostResult(row: HostFunction, amount: Type): Type {
  if (row.result === 'Unit') return UNIT;
  return row.result === 'Bool' ? BOOL : amount;
}
