/**
 * Types of expressions. A place says what type it wants, an expression says what it has; a mismatch is reported once and
 * the wanted type goes on, so that one mistake gives one diagnostic.
 */
import { METHODS, type Method } from '../builtins.ts';
import { type Declaration, describe, type Entity, isDeclaration } from '../resolve/entity.ts';
import { near } from '../resolve/resolve.ts';
import type * as ast from '../syntax/ast.ts';
import { PART_HABITS } from '../syntax/habits.ts';
import { adviceOnTime, adviceOnValue } from './advice.ts';
import { inListLimit, typeOfDeclaration } from './annotation.ts';
import { isUpgradeCode, methodOf, stateOf, typeCall } from './call.ts';
import { type At, NEVER, report, textOf, ungroup } from './checker.ts';
import {
  bytesOfHex,
  decimalValue,
  durationValue,
  INT_MAX,
  intValue,
  isDidLiteral,
  percentValue,
  timeValue,
} from './literal.ts';
import { typeMatch, typeNone, typeVariant, typeVariantLiteral, variantNamed } from './match.ts';
import { hasCaller, hasMeaning, hasPeriods, reportTestWord } from './meaning.ts';
import { typeBinary, typeUnary } from './operator.ts';
import { typeQuantifier } from './quantifier.ts';
import { typeBlock } from './statement.ts';
import {
  agree,
  BOOL,
  BYTES,
  DID,
  ERROR,
  type Field,
  HASH,
  hasError,
  INT,
  isChoice,
  isValue,
  partsOf,
  TEXT,
  type Type,
  typeText,
  UNIT,
  variantsOf,
} from './types.ts';
import { typeWhole } from './whole.ts';

export type Expr<K extends ast.Expr['kind']> = Extract<ast.Expr, { readonly kind: K }>;

/** Where it is said that a place wants its type, and how it says so. */
export type Because = { readonly span: ast.Span; readonly label: string } | null;

/**
 * The type of an expression whose value is used. Maps, sets and expressions without a value are reported, and a list in the
 * state where no code can read it as a whole.
 */
export function typeValue(at: At, expr: ast.Expr, wanted: Type | null, because: Because = null): Type {
  const found = typeExpr(at, expr, wanted, because);
  if (found.kind === 'List' && stateOf(at, expr) !== null) return typeWhole(at, expr, found);
  const what = collectionWord(found);
  if (what !== null) return report(at.out, 'E0306', { span: expr.span, what });
  if (found.kind === 'Run') return report(at.out, 'E0471', { span: expr.span });
  return found.kind === 'Unit' ? reportNoValue(at, expr) : found;
}

/** What in the state is no value as a whole; null for a type of values. */
export function collectionWord({ kind }: Type): string | null {
  return kind === 'Map' ? 'a map' : kind === 'Set' ? 'a set' : null;
}

function reportNoValue(at: At, expr: ast.Expr): Type {
  const inner = ungroup(expr);
  if (inner.kind === 'if' && inner.otherwise === null) return report(at.out, 'E0318', { span: expr.span });
  const [line = ''] = textOf(at.out, expr).split('\n');
  return report(at.out, 'E0317', { span: expr.span, what: line });
}

/** The type of an expression, also where it is a map, a set or nothing. */
export function typeExpr(at: At, expr: ast.Expr, wanted: Type | null, because: Because = null): Type {
  const found = infer(at, expr, wanted);
  const fits = wanted === null || agree(found, wanted) || !isPlainMismatch(found);
  if (!fits) reportMismatch(at, expr, found, wanted, because);
  const type = found === NEVER ? NEVER : wanted !== null && (!fits || hasError(found)) ? wanted : found;
  at.out.types.set(expr, type);
  return type;
}

/** Maps, sets and missing values get messages of their own. */
function isPlainMismatch(found: Type): boolean {
  return isValue(found);
}

/** `expr` has the type `found` where `wanted` is asked for. */
export function reportMismatch(
  at: At,
  expr: ast.Expr,
  found: Type,
  wanted: Type,
  because: Because = null,
): void {
  const { span } = expr;
  const related = because === null ? [] : [{ file: at.out.file, ...because }];
  if (found.kind === 'Amount' && wanted.kind === 'Amount')
    report(at.out, 'E0302', { span, left: wanted.currency, right: found.currency, related });
  else
    report(at.out, 'E0301', {
      span,
      expected: typeText(wanted),
      found: typeText(found),
      related,
      ...adviceOnValue(at, expr, found, wanted),
    });
}

function infer(at: At, expr: ast.Expr, wanted: Type | null): Type {
  switch (expr.kind) {
    case 'int':
      return inRange(at, expr, intValue(expr.digits), INT);
    case 'bool':
      return BOOL;
    case 'text':
      return new TextEncoder().encode(expr.value).length > TEXT_BYTES_MAX
        ? report(at.out, 'E0307', { span: expr.span })
        : TEXT;
    case 'did':
      return isDidLiteral(expr.text) ? DID : report(at.out, 'E0319', { span: expr.span, text: expr.text });
    case 'amount':
      return typeAmount(at, expr);
    case 'percent':
      return typePercent(at, expr);
    case 'duration':
      return inRange(at, expr, durationValue(expr), { kind: 'Duration' });
    case 'time':
      return timeValue(expr.text).ok
        ? { kind: 'Time' }
        : report(at.out, 'E0320', { span: expr.span, text: expr.text, ...adviceOnTime(expr) });
    case 'hex':
      return typeHex(at, expr, wanted);
    case 'name':
      return typeName(at, expr, wanted);
    case 'list':
      return typeList(at, expr, wanted);
    case 'tuple':
      return typeTuple(at, expr, wanted);
    case 'struct_':
      return typeStruct(at, expr, wanted);
    case 'unary':
      return typeUnary(at, expr, wanted);
    case 'binary':
      return typeBinary(at, expr);
    case 'field':
      return typeField(at, expr);
    case 'index':
      return typeIndex(at, expr);
    case 'call':
      return typeCall(at, expr, wanted);
    case 'if':
      return typeIf(at, expr, wanted);
    case 'match':
      return typeMatch(at, expr, wanted);
    case 'block':
      return typeBlock(at, expr, wanted);
    case 'generic':
      return report(at.out, 'E0490', { span: expr.span, type: textOf(at.out, expr) });
    case 'quantifier':
      return typeQuantifier(at, expr);
    case 'group':
      return typeExpr(at, expr.inner, wanted);
    case 'lambda':
      return report(at.out, 'E0405', {
        span: expr.span,
        what: 'a function',
        where: 'outside of `sum` and `count`',
      });
    default:
      return reportTestWord(at, expr);
  }
}

// ---- literals ----------------------------------------------------------------------------------

const TEXT_BYTES_MAX = 1024;

function inRange(at: At, expr: ast.Expr, value: bigint, type: Type): Type {
  return value <= INT_MAX ? type : report(at.out, 'E0307', { span: expr.span });
}

function typeAmount(at: At, expr: Expr<'amount'>): Type {
  const entity = at.out.entities.get(expr.currency);
  if (entity === undefined) return ERROR;
  if (entity.kind !== 'currency') return wrongKind(at, expr.currency, entity, 'a currency');
  const decimals = Number(intValue(entity.node.decimals.digits));
  const literal = decimalValue(expr.digits, decimals);
  if (!literal.ok) {
    const related = [{ ...entity.site, label: 'declared here' }];
    report(at.out, 'E0308', { span: expr.span, currency: entity.name, decimals, related });
  } else if (literal.value > INT_MAX) {
    report(at.out, 'E0307', { span: expr.span });
  }
  return { kind: 'Amount', currency: entity.name };
}

function typePercent(at: At, expr: Expr<'percent'>): Type {
  const literal = percentValue(expr.digits);
  if (!literal.ok) return report(at.out, 'E0321', { span: expr.span });
  return inRange(at, expr, literal.value, { kind: 'Ratio' });
}

/** 32 bytes are a hash where one is wanted, else bytes. */
function typeHex(at: At, expr: Expr<'hex'>, wanted: Type | null): Type {
  const { span, digits } = expr;
  const bytes = bytesOfHex(digits);
  if (bytes === null) return report(at.out, 'E0345', { span, why: 'it has an odd number of digits' });
  if (wanted?.kind === 'Hash' && bytes.length !== HASH_BYTES)
    return report(at.out, 'E0345', { span, why: `a hash has 32 bytes, and this is ${bytes.length}` });
  if (bytes.length > TEXT_BYTES_MAX) return report(at.out, 'E0307', { span });
  return wanted?.kind === 'Hash' ? HASH : BYTES;
}

const HASH_BYTES = 32;

/** The type of the elements is the one wanted, else that of the first. */
function typeList(at: At, expr: Expr<'list'>, wanted: Type | null): Type {
  const { span, items } = expr;
  const list = wanted?.kind === 'List' ? wanted : null;
  const [first, ...others] = items;
  if (first === undefined) return list ?? emptyList(at, span, wanted);
  const item = typeValue(at, first, list?.item ?? null);
  for (const other of others) typeValue(at, other, list?.item ?? item);
  if (list !== null && items.length > list.capacity)
    return report(at.out, 'E0343', { span, count: items.length, type: typeText(list) });
  return list ?? inListLimit(at.out, { kind: 'List', item, capacity: items.length }, span);
}

/** `[]` where no list is wanted, or nothing says what would be in it. */
function emptyList(at: At, span: ast.Span, wanted: Type | null): Type {
  if (wanted === null) return report(at.out, 'E0344', { span });
  return hasError(wanted)
    ? wanted
    : report(at.out, 'E0301', { span, expected: typeText(wanted), found: 'List' });
}

// ---- names -------------------------------------------------------------------------------------

function typeName(at: At, name: ast.Name, wanted: Type | null): Type {
  const variant = variantNamed(at, name, wanted);
  if (variant !== null) return typeVariant(at, name, variant);
  const entity = at.out.entities.get(name);
  if (entity === undefined) return ERROR;
  if (isDeclaration(entity)) return typeDeclared(at, name, entity);
  if (entity.kind === 'host') return ERROR;
  if (entity.row.kind === 'environment') return typeEnvironment(at, name);
  if (entity.name === 'result') return typeResult(at, name);
  if (entity.name === 'none') return typeNone(at, name, wanted);
  return wrongKind(at, name, entity, 'a value');
}

function typeDeclared(at: At, name: ast.Name, entity: Declaration): Type {
  switch (entity.kind) {
    case 'state':
      if (at.insideOld && isUpgradeCode(at) && !isGone(at, entity.node)) return reportKept(at, name, entity);
      return inLambda(at, name) || !hasMeaning(at, 'state', 'state', name.span)
        ? ERROR
        : typeOfDeclaration(at, entity);
    case 'ghost':
      return inLambda(at, name) || !hasMeaning(at, 'ghost', `the ghost \`${name.text}\``, name.span)
        ? ERROR
        : typeOfDeclaration(at, entity);
    case 'matched':
      return typeOfDeclaration(at, entity);
    case 'param':
    case 'local':
    case 'loop':
      return inLambda(at, name) ? ERROR : typeOfDeclaration(at, entity);
    case 'bound':
      return entity.node.kind === 'name'
        ? typeOfDeclaration(at, entity)
        : inLambda(at, name)
          ? ERROR
          : typeOfDeclaration(at, entity);
    case 'const':
      return typeOfDeclaration(at, entity);
    default:
      return wrongKind(at, name, entity, 'a value');
  }
}

/** The function of `sum` and `count` mentions only its arguments and constants. */
function inLambda(at: At, name: ast.Name): boolean {
  if (at.part !== 'lambda') return false;
  report(at.out, 'E0413', { span: name.span, name: name.text });
  return true;
}

/** Whether only the version before had the variable. */
function isGone({ out, owner }: At, field: ast.StateField): boolean {
  return owner?.kind === 'upgrade' && out.predecessors.get(owner)?.gone.has(field) === true;
}

function reportKept(at: At, name: ast.Name, entity: Declaration): Type {
  report(at.out, 'E0441', {
    span: name.span,
    name: name.text,
    related: [{ ...entity.site, label: 'declared here' }],
  });
  return typeOfDeclaration(at, entity);
}

function typeEnvironment(at: At, name: ast.Name): Type {
  if (name.text === 'periods') return inLambda(at, name) || !hasPeriods(at, name.span) ? ERROR : INT;
  const type: Type = name.text === 'now' ? { kind: 'Time' } : name.text === 'block' ? INT : DID;
  if (inLambda(at, name) || !hasMeaning(at, 'environment', `\`${name.text}\``, name.span)) return ERROR;
  if (name.text !== 'caller') return type;
  if (!hasCaller(at, name.span)) return ERROR;
  at.out.effects.push({ kind: 'caller', owner: at.owner, part: at.part, span: name.span, what: 'caller' });
  return type;
}

function typeResult(at: At, name: ast.Name): Type {
  if (!hasMeaning(at, 'result', '`result`', name.span)) return ERROR;
  return at.result.kind === 'Unit' ? report(at.out, 'E0317', { span: name.span, what: 'result' }) : at.result;
}

/** Something else than `wanted` stands here. */
export function wrongKind(at: At, name: ast.Name, entity: Entity, wanted: string): Type {
  const related = isDeclaration(entity) ? [{ ...entity.site, label: 'declared here' }] : [];
  return report(at.out, 'E0204', {
    span: name.span,
    name: name.text,
    what: describe(entity),
    wanted,
    related,
  });
}

// ---- structs, tuples, parts --------------------------------------------------------------------

function typeTuple(at: At, expr: Expr<'tuple'>, wanted: Type | null): Type {
  const items = wanted?.kind === 'Tuple' && wanted.items.length === expr.items.length ? wanted.items : [];
  return { kind: 'Tuple', items: expr.items.map((item, index) => typeValue(at, item, items[index] ?? null)) };
}

function typeStruct(at: At, expr: Expr<'struct_'>, wanted: Type | null): Type {
  const variant = variantNamed(at, expr.name, wanted);
  if (variant !== null) return typeVariantLiteral(at, expr, variant);
  const entity = at.out.entities.get(expr.name);
  if (entity !== undefined && entity.kind !== 'struct') wrongKind(at, expr.name, entity, 'a struct');
  const type = entity?.kind === 'struct' ? typeOfDeclaration(at, entity) : ERROR;
  typeFieldInits(at, expr, type.kind === 'Struct' ? type : null, at.out.structs.get(type)?.fields);
  for (const field of expr.fields) noteField(at, type, field.name);
  return type;
}

/** Values of fields against what the struct or variant has; null where that is not known. */
export function typeFieldInits(
  at: At,
  expr: Expr<'struct_'>,
  of: { readonly name: string; readonly fields: readonly Field[] } | null,
  nodes: readonly ast.Param[] = [],
): void {
  const seen = new Set<string>();
  for (const field of expr.fields) {
    const { span, text } = field.name;
    const declared = of?.fields.find(({ name }) => name === text);
    const param = nodes.find(({ name }) => name.text === text);
    if (of !== null && of.fields.length > 0 && declared === undefined)
      reportNoField(at, of.name, of.fields, field.name);
    if (seen.has(text)) report(at.out, 'E0310', { span, name: text });
    seen.add(text);
    typeValue(at, field.value, declared?.type ?? null, param === undefined ? null : askedBy(param));
  }
  const missing = of?.fields.filter(({ name }) => !seen.has(name)) ?? [];
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => `\`${name}\``).join(', ');
  const related = nodes
    .filter(({ name }) => !seen.has(name.text))
    .map(({ name }) => ({ file: at.out.file, span: name.span, label: 'declared here' }));
  report(at.out, 'E0309', { span: expr.name.span, struct: expr.name.text, names, related });
}

/** A parameter or field with a type asks for it. */
export function askedBy({ name, type }: ast.Param | ast.StateField): Because {
  return { span: { start: name.span.start, end: type.span.end }, label: 'declared here' };
}

function reportNoField(at: At, type: string, fields: readonly Field[], name: ast.Name): void {
  const known = fields.map((field) => field.name);
  const { file: _, ...place } = near(at.out, name, known);
  report(at.out, 'E0205', { ...place, type, name: name.text, instead: `it has ${listed(known)}` });
}

function typeField(at: At, expr: Expr<'field'>): Type {
  const entity = at.out.entities.get(expr.name);
  if (entity?.kind === 'host') return report(at.out, 'E0316', { span: expr.span, name: entity.name });
  if (isModule(at, expr.object)) return ERROR;
  if (entity?.kind === 'variant') return typeVariant(at, expr.name, entity);
  if (isChoiceName(at, expr.object)) return ERROR;
  const object = typeExpr(at, expr.object, null);
  if (hasError(object) || expr.name.text === '') return ERROR;
  if (object.kind === 'Contract') return typeOnlyField(at, expr, object, 'account', DID);
  if (object.kind === 'Run') return typeOnlyField(at, expr, object, 'succeeded', BOOL);
  const method = methodOf(object, expr.name);
  if (method !== null) return typeProperty(at, expr, method);
  const field = fieldsIn(object).find(({ name }) => name === expr.name.text);
  if (field === undefined) return reportNoPart(at, object, expr.name);
  noteField(at, object, expr.name);
  return field.type;
}

/** `token.account`: what state keeps of a contract; `r.succeeded`: whether the last call of a run did. */
function typeOnlyField(at: At, expr: Expr<'field'>, object: Type, name: string, type: Type): Type {
  if (expr.name.text === name) return type;
  const { file: _, ...place } = near(at.out, expr.name, [name]);
  return report(at.out, 'E0205', { ...place, type: typeText(object), name: expr.name.text });
}

/** Those of a struct by name, those of a tuple by number. */
function fieldsIn(type: Type): readonly Field[] {
  if (type.kind === 'Tuple') return partsOf(type);
  return type.kind === 'Struct' ? type.fields : [];
}

/** `s.size`; what needs arguments does not stand without them. */
function typeProperty(at: At, expr: Expr<'field'>, method: Method): Type {
  const { span } = expr.name;
  at.out.entities.set(expr.name, { kind: 'builtin', name: method.name, row: method });
  if (!method.built) return report(at.out, 'E0901', { span, what: `\`${method.name}\`` });
  if (method.params !== null || method.result !== 'Int')
    return report(at.out, 'E0316', { span, name: method.name });
  return INT;
}

/** The name of a host module alone; what is wrong behind its dot was reported with the names. */
export function isModule(at: At, expr: ast.Expr): boolean {
  const entity = expr.kind === 'name' ? at.out.entities.get(expr) : undefined;
  return entity?.kind === 'builtin' && entity.row.kind === 'module';
}

/** The name of an enum alone; a variant behind its dot that there is not was reported with the names. */
function isChoiceName(at: At, expr: ast.Expr): boolean {
  const entity = expr.kind === 'name' ? at.out.entities.get(expr) : undefined;
  return entity?.kind === 'enum' || entity?.kind === 'lifecycle';
}

/** For the editor: what the name of a field stands for. */
function noteField(at: At, type: Type, name: ast.Name): void {
  const field = at.out.structs.get(type)?.fields.find((candidate) => candidate.name.text === name.text);
  const entity = field === undefined ? undefined : at.out.entities.get(field.name);
  if (entity !== undefined) at.out.entities.set(name, entity);
}

/** The type has no field or method of that name. */
export function reportNoPart(at: At, type: Type, name: ast.Name): Type {
  const fields = fieldsIn(type);
  const methods = METHODS.filter(({ on, built }) => on === type.kind && built);
  const known = [...fields, ...methods].map((part) => part.name);
  const { file: _, ...place } = near(at.out, name, known);
  return report(at.out, 'E0205', {
    ...place,
    type: typeText(type),
    name: name.text,
    ...partsAdvice(type, name, known),
  });
}

/** What other languages have on such values, else what there is here. */
function partsAdvice(type: Type, name: ast.Name, known: readonly string[]) {
  const habit = PART_HABITS.get(name.text);
  const { write } = habit ?? {};
  if (habit === undefined || (write !== undefined && !known.includes(write)))
    return { instead: partsText(type, known) };
  const { span } = name;
  const fix =
    write === undefined ? null : { title: `Change to \`${write}\``, edits: [{ span, text: write }] };
  return { instead: habit.instead, label: '', fix };
}

/** So many parts are named; of more the nearest is suggested. */
const PARTS_SHOWN_MAX = 12;

/** What there is to take from a value, for whoever asked for something else. */
function partsText(type: Type, known: readonly string[]): string | undefined {
  if (isChoice(type)) {
    const variants = variantsOf(type).map(({ name }) => name);
    return `take it apart with \`match\`: it is one of ${listed(variants)}`;
  }
  return known.length === 0 ? undefined : `it has ${listed(known)}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, PARTS_SHOWN_MAX).map((name) => `\`${name}\``);
  return [...shown, ...(names.length > PARTS_SHOWN_MAX ? ['…'] : [])].join(', ');
}

function typeIndex(at: At, expr: Expr<'index'>): Type {
  const object = typeExpr(at, expr.object, null);
  const sequence = object.kind === 'List' || object.kind === 'Bytes';
  typeValue(at, expr.index, object.kind === 'Map' ? object.key : sequence ? INT : null);
  if (object.kind === 'Map') return object.value;
  if (sequence) return object.kind === 'List' ? object.item : INT;
  return hasError(object)
    ? ERROR
    : report(at.out, 'E0315', { span: expr.object.span, type: typeText(object) });
}

// ---- if ----------------------------------------------------------------------------------------

function typeIf(at: At, expr: Expr<'if'>, wanted: Type | null): Type {
  typeValue(at, expr.condition, BOOL);
  const then = typeExpr(at, expr.then, wanted);
  if (expr.otherwise === null) return UNIT;
  const otherwise = typeExpr(
    at,
    expr.otherwise,
    wanted ?? (isPlainMismatch(then) && then !== NEVER ? then : null),
    wanted === null ? { span: expr.then.span, label: `\`${typeText(then)}\`` } : null,
  );
  if (then === NEVER) return otherwise;
  // A branch that gives nothing leaves the whole without a value.
  return otherwise.kind === 'Unit' ? UNIT : then;
}

/** A name in parentheses is still a name. */
export function nameOf(expr: ast.Expr): ast.Name | null {
  const inner = ungroup(expr);
  return inner.kind === 'name' ? inner : null;
}
