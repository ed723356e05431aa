/** Types as written to types: `Map<Did, Amount<hours>>`. Every declaration's type is worked out once, when first asked for. */
import { LIMITS, wordBytesMax } from '../../vm/index.ts';
import type { BuiltIn } from '../builtins.ts';
import type { Declaration, Entity } from '../resolve/entity.ts';
import { describe } from '../resolve/entity.ts';
import { variantNames } from '../resolve/resolve.ts';
import type * as ast from '../syntax/ast.ts';
import { type At, type Checker, report } from './checker.ts';
import { typeConst } from './constant.ts';
import { intValue } from './literal.ts';
import { transitionsOf } from './match.ts';
import {
  depthOf,
  type Enum,
  ERROR,
  hasError,
  type List,
  leavesOf,
  type Type,
  typeText,
  UNIT,
} from './types.ts';
import { wordType } from './words.ts';

/** A set or a list in the state holds at most so many elements. */
export const CAPACITY_MAX = 1_000_000_000n;

/** The type of what a declaration names; `ERROR` for what has no type (a contract, an event). */
export function typeOfDeclaration(at: At, entity: Declaration): Type {
  switch (entity.kind) {
    case 'state':
      return stateType(at.out, entity.node);
    case 'ghost':
      return ghostType(at.out, entity.node);
    case 'struct':
      return structType(at.out, entity.node);
    case 'const':
      return typeConst(at, entity.node);
    case 'matched':
      return at.out.types.get(entity.node) ?? ERROR;
    case 'param':
    case 'field':
      return paramType(at.out, entity.node);
    case 'bound':
      return entity.node.kind === 'param'
        ? paramType(at.out, entity.node)
        : (at.out.types.get(entity.node) ?? ERROR);
    case 'local':
    case 'loop':
      return at.out.types.get(entity.node) ?? ERROR;
    default:
      return ERROR;
  }
}

/** State holds values, maps, sets and lists. */
export function stateType(out: Checker, field: ast.StateField): Type {
  return remembered(out, field, () => lasting(out, field.type, annotate(out, field.type)));
}

/** Ghosts hold values, and maps of them. */
export function ghostType(out: Checker, ghost: ast.Ghost): Type {
  return remembered(out, ghost, () => {
    const type = isMap(ghost.type) ? annotate(out, ghost.type) : annotateValue(out, ghost.type);
    return lasting(out, ghost.type, type);
  });
}

function isMap(expr: ast.TypeExpr): boolean {
  return expr.kind === 'namedType' && expr.name.text === 'Map';
}

/** Parameters, fields and bound variables hold values. */
export function paramType(out: Checker, param: ast.Param): Type {
  return remembered(out, param, () => lasting(out, param.type, annotateValue(out, param.type)));
}

export function resultType(out: Checker, result: ast.TypeExpr | null): Type {
  return result === null ? UNIT : lasting(out, result, annotateValue(out, result));
}

/** A contract is known within one call, by a local variable alone: what lasts keeps its account. */
function lasting(out: Checker, expr: ast.TypeExpr, type: Type): Type {
  if (type.kind !== 'Contract') return type;
  return report(out, 'E0486', { span: expr.span, type: typeText(type), interface: type.interface });
}

export function structType(out: Checker, struct: ast.Struct): Type {
  const { span, text: name } = struct.name;
  return declaredType(out, struct, () => {
    const fields = fieldTypes(out, struct.fields);
    if (fields.length === 0) return report(out, 'E0331', { span, name });
    const type: Type = { kind: 'Struct', name, declared: span.start, fields };
    out.structs.set(type, struct);
    return inLimits(out, type, span);
  });
}

/** The type that an enum or a lifecycle declares. */
export function choiceType(out: Checker, node: ast.Enum | ast.Lifecycle): Type {
  const { span, text: name } = node.name;
  return declaredType(out, node, () => {
    const type = node.kind === 'enum' ? enumType(out, node) : lifecycleType(node);
    const count = type.variants.length;
    if (count === 0) return report(out, 'E0338', { span, name });
    if (count > LIMITS.variants) return tooLarge(out, span, `\`${name}\``, LIMITS.variants, 'variants');
    out.choices.set(type, node);
    return inLimits(out, type, span);
  });
}

function enumType(out: Checker, node: ast.Enum): Enum {
  const variants = node.variants.map((variant) => ({
    name: variant.name.text,
    fields: fieldTypes(out, variant.fields),
  }));
  return { kind: 'Enum', name: node.name.text, declared: node.name.span.start, variants, next: null };
}

function lifecycleType(node: ast.Lifecycle): Enum {
  const variants = variantNames(node).map((name) => ({ name, fields: [] }));
  const { text: name, span } = node.name;
  return { kind: 'Enum', name, declared: span.start, variants, next: transitionsOf(node) };
}

function fieldTypes(out: Checker, fields: readonly ast.Param[]) {
  return fields.map((field) => ({ name: field.name.text, type: paramType(out, field) }));
}

/** Worked out once; a declaration that needs itself is reported. */
function declaredType(out: Checker, node: ast.Struct | ast.Enum | ast.Lifecycle, find: () => Type): Type {
  const { span, text: name } = node.name;
  if (out.pending.has(node)) return report(out, 'E0314', { span, name });
  if (out.pending.size > PENDING_MAX) {
    return tooLarge(out, span, `\`${name}\``, PENDING_MAX, 'types inside each other');
  }
  return remembered(out, node, () => {
    out.pending.add(node);
    const type = find();
    out.pending.delete(node);
    return type;
  });
}

/** Declarations that need each other are worked out one inside the other, at most this deep. */
export const PENDING_MAX = 64;

/** The map around a type and the words inside it are levels of the artifact, too. */
const LEVELS_MAX = LIMITS.typeDepth - 2;

/** The type, or `ERROR` where the virtual machine has no room for its values. */
function inLimits(out: Checker, type: Type, span: ast.Span): Type {
  const words = leavesOf(type).length;
  if (words > LIMITS.signatureWords) return tooLarge(out, span, 'this type', LIMITS.signatureWords, 'words');
  if (depthOf(type) > LEVELS_MAX) return tooLarge(out, span, 'this type', LEVELS_MAX, 'levels');
  return type;
}

/** Reports what is larger than the virtual machine allows. */
export function tooLarge(out: Checker, span: ast.Span, what: string, limit: number, unit: string): Type {
  return report(out, 'E0421', { span, what, limit, unit });
}

/** A type of values: everything but maps and sets. A list that is a value has a limit of its own. */
export function annotateValue(out: Checker, expr: ast.TypeExpr): Type {
  const type = annotate(out, expr);
  if (type.kind === 'List') return inListLimit(out, type, expr.span);
  if (type.kind !== 'Map' && type.kind !== 'Set') return type;
  return report(out, 'E0311', { span: expr.span, type: typeText(type) });
}

/** The list, or `ERROR` where its elements can be larger than the virtual machine's longest list. */
export function inListLimit(out: Checker, type: List, span: ast.Span): Type {
  if (hasError(type)) return ERROR;
  const bytes = wordBytesMax(wordType(type));
  return bytes <= LIMITS.listBytes
    ? inLimits(out, type, span)
    : tooLarge(out, span, `a list that is a value (\`${typeText(type)}\`)`, LIMITS.listBytes, 'bytes');
}

export function annotate(out: Checker, expr: ast.TypeExpr): Type {
  return remembered(out, expr, () => {
    if (expr.kind === 'missing') return ERROR;
    if (expr.kind === 'namedType') return named(out, expr);
    if (expr.kind === 'inferred') return heldType(out, expr.of);
    const items = expr.items.map((item) => lasting(out, item, annotateValue(out, item)));
    return inLimits(out, { kind: 'Tuple', items }, expr.span);
  });
}

/** What an option or a list holds. A type that its view should have told, and did not, was reported there. */
function heldType(out: Checker, whole: ast.TypeExpr | null): Type {
  const type = whole === null ? ERROR : annotate(out, whole);
  if (type.kind === 'Option' || type.kind === 'List') return type.item;
  if (type.kind !== 'Error' && whole !== null)
    report(out, 'E0342', { span: whole.span, type: typeText(type) });
  return ERROR;
}

function remembered(out: Checker, node: ast.AnyNode, find: () => Type): Type {
  const known = out.types.get(node);
  if (known !== undefined) return known;
  const type = find();
  out.types.set(node, type);
  return type;
}

type Named = Extract<ast.TypeExpr, { readonly kind: 'namedType' }>;

function named(out: Checker, expr: Named): Type {
  const entity = out.entities.get(expr.name);
  if (entity === undefined) return ERROR;
  if (entity.kind === 'struct')
    return expr.args.length === 0 ? structType(out, entity.node) : wrongShape(out, expr, entity.name);
  if (entity.kind === 'enum' || entity.kind === 'lifecycle')
    return expr.args.length === 0 ? choiceType(out, entity.node) : wrongShape(out, expr, entity.name);
  if (entity.kind === 'builtin' && entity.row.kind === 'type') return builtInType(out, expr, entity.row);
  return report(out, 'E0204', {
    span: expr.name.span,
    name: entity.name,
    what: describe(entity),
    wanted: 'a type',
  });
}

function builtInType(out: Checker, expr: Named, row: BuiltIn): Type {
  switch (row.name) {
    case 'Amount':
      return amountType(out, expr, row);
    case 'Map':
      return mapType(out, expr, row);
    case 'List':
    case 'Set':
      return setType(out, expr, row, row.name);
    case 'Contract':
      return contractType(out, expr, row);
    case 'Option':
      return optionType(out, expr, row);
    default:
      return expr.args.length === 0 ? ({ kind: row.name } as Type) : wrongShape(out, expr, row.signature);
  }
}

function amountType(out: Checker, expr: Named, row: BuiltIn): Type {
  const [currency, ...others] = expr.args;
  if (currency?.kind !== 'namedType' || others.length > 0 || currency.args.length > 0) {
    return wrongShape(out, expr, row.signature);
  }
  const entity = out.entities.get(currency.name);
  if (entity === undefined) return ERROR;
  if (entity.kind === 'currency') return { kind: 'Amount', currency: entity.name };
  const span = currency.name.span;
  return report(out, 'E0204', { span, name: entity.name, what: describe(entity), wanted: 'a currency' });
}

/** `Contract<Token>`: the argument names an interface. */
export function contractType(
  out: Checker,
  expr: { readonly span: ast.Span; readonly args: readonly ast.TypeArg[] },
  row: BuiltIn,
): Type {
  const [of, ...others] = expr.args;
  if (of?.kind !== 'namedType' || others.length > 0 || of.args.length > 0)
    return report(out, 'E0312', { span: expr.span, signature: row.signature });
  const entity = out.entities.get(of.name);
  if (entity === undefined) return ERROR;
  if (entity.kind !== 'interface') {
    const { span } = of.name;
    return report(out, 'E0204', { span, name: entity.name, what: describe(entity), wanted: 'an interface' });
  }
  out.interfaces.set(entity.name, entity.node);
  return { kind: 'Contract', interface: entity.name };
}

function mapType(out: Checker, expr: Named, row: BuiltIn): Type {
  const [key, value, ...others] = expr.args;
  if (
    key === undefined ||
    value === undefined ||
    key.kind === 'sizeArg' ||
    value.kind === 'sizeArg' ||
    others.length > 0
  ) {
    return wrongShape(out, expr, row.signature);
  }
  const [of, to] = [key, value].map((part) => lasting(out, part, annotateValue(out, part)));
  return { kind: 'Map', key: of!, value: to! };
}

function optionType(out: Checker, expr: Named, row: BuiltIn): Type {
  const [item, ...others] = expr.args;
  if (item === undefined || item.kind === 'sizeArg' || others.length > 0)
    return wrongShape(out, expr, row.signature);
  const type = lasting(out, item, annotateValue(out, item));
  return type.kind === 'Error' ? ERROR : inLimits(out, { kind: 'Option', item: type }, expr.span);
}

function setType(out: Checker, expr: Named, row: BuiltIn, kind: 'List' | 'Set'): Type {
  const [item, size, ...others] = expr.args;
  if (item === undefined || item.kind === 'sizeArg' || size === undefined || others.length > 0) {
    return wrongShape(out, expr, row.signature);
  }
  const type = lasting(out, item, annotateValue(out, item));
  const capacity = sizeOf(out, size);
  if (capacity === null) return report(out, 'E0324', { span: size.span });
  if (kind === 'List' && capacity > LIMITS.loopBound)
    return tooLarge(out, size.span, 'a list', LIMITS.loopBound, 'elements');
  if (kind === 'List' && leavesOf(type).length > LIMITS.signatureWords - 1)
    return tooLarge(out, expr.span, 'an element', LIMITS.signatureWords - 1, 'words');
  return { kind, item: type, capacity };
}

/** The capacity: a number, or the name of a constant that is one. */
function sizeOf(out: Checker, arg: ast.TypeArg): number | null {
  const value = arg.kind === 'sizeArg' ? arg.value : arg.kind === 'namedType' ? arg.name : null;
  const literal = value === null ? null : constantInt(out, value);
  if (literal === null) return null;
  const size = intValue(literal.digits);
  return size >= 1n && size <= CAPACITY_MAX ? Number(size) : null;
}

/** The literal that an expression is, or that the constant has which it names. */
export function constantInt(
  out: { readonly entities: ReadonlyMap<ast.Name, Entity> },
  value: ast.Expr,
): ast.IntLiteral | null {
  if (value.kind === 'int') return value;
  const entity = value.kind === 'name' ? out.entities.get(value) : undefined;
  return entity?.kind === 'const' && entity.node.value.kind === 'int' ? entity.node.value : null;
}

function wrongShape(out: Checker, expr: Named, signature: string): Type {
  const sized = signature.startsWith('Set') || signature.startsWith('List');
  const instead = sized ? '`n` is how many elements it holds at most, as in `Set<Did, 1_000>`' : undefined;
  return report(out, 'E0312', { span: expr.span, signature, instead });
}
