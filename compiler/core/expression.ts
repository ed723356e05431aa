/**
 * Expressions to statements and atoms, in the order of evaluation: left to right, operands before the operation. The
 * value of a struct or tuple is its words in order.
 */
import { ungroup } from '../check/checker.ts';
import {
  BOOL,
  type Field,
  HASH,
  INT,
  isChoice,
  leavesOf,
  type Scalar,
  TEXT,
  type Type,
  typeText,
  wordsOfField,
} from '../check/types.ts';
import { type Declaration, isDeclaration } from '../resolve/entity.ts';
import type * as ast from '../syntax/ast.ts';
import { walk } from '../syntax/visit.ts';
import { apart, type Builder, branch, emit, fresh, local, operate } from './builder.ts';
import { lowerCall } from './call.ts';
import { type Const, constant, constantOf } from './constant.ts';
import type { Atom, EnvName, OpName, Revert } from './core.ts';
import { lowerMatch } from './match.ts';
import { checkIndex, collectionOf, lowerPlace, readPlace, sizeOf } from './place.ts';
import { type Expr, entityOf, type Source, scalarOf, typeOf } from './source.ts';
import { lowerBlock } from './statement.ts';
import { indexOfVariant, variantWords } from './variant.ts';

/** The words of a value. What gives no value, such as a call that only does something, has none. */
export function lowerValue(builder: Builder, expr: ast.Expr): readonly Atom[] {
  const literal = constantOf(builder.source, expr);
  if (literal !== null) return [literal];
  switch (expr.kind) {
    case 'name':
      return lowerName(builder, expr);
    case 'tuple':
      return lowerAll(builder, expr.items).flat();
    case 'struct_':
      return lowerStruct(builder, expr);
    case 'unary':
      return [lowerUnary(builder, expr)];
    case 'binary':
      return [lowerBinary(builder, expr)];
    case 'field':
      return lowerField(builder, expr);
    case 'index':
      return lowerIndex(builder, expr);
    case 'list':
      return [lowerList(builder, expr)];
    case 'call':
      return lowerCall(builder, expr);
    case 'if':
      return lowerIf(builder, expr);
    case 'match':
      return lowerMatch(builder, expr);
    case 'block':
      return lowerBlock(builder, expr);
    case 'group':
      return lowerValue(builder, expr.inner);
    default:
      throw new Error(`no code for ${expr.kind}`);
  }
}

/** The one word of a scalar value. After an end nothing is made of it, and any word will do. */
export function lowerScalar(builder: Builder, expr: ast.Expr): Atom {
  const [atom] = lowerValue(builder, expr);
  if (atom === undefined && !builder.ended) throw new Error(`${expr.kind} gives no value`);
  return atom ?? constant(BOOL, false);
}

/** Several values, left to right. A variable that a later one assigns is copied first. */
export function lowerAll(builder: Builder, exprs: readonly ast.Expr[]): readonly (readonly Atom[])[] {
  return exprs.map((expr, index) => {
    const atoms = lowerValue(builder, expr);
    return builder.mutable.size === 0 ? atoms : snapshot(builder, atoms, exprs.slice(index + 1), expr.span);
  });
}

/** The atoms, with copies of variables that `later` assigns. */
export function snapshot(
  builder: Builder,
  atoms: readonly Atom[],
  later: readonly ast.Expr[],
  span: ast.Span,
): readonly Atom[] {
  const changes = (atom: Atom) => atom.kind === 'local' && builder.mutable.has(atom.id);
  if (!atoms.some(changes) || !later.some(assigns)) return atoms;
  return atoms.map((atom) =>
    atom.kind === 'local' && builder.mutable.has(atom.id) ? copyOf(builder, atom.id, span) : atom,
  );
}

function assigns(expr: ast.Expr): boolean {
  let found = false;
  walk(expr, (node) => {
    found ||= node.kind === 'assign';
    return undefined;
  });
  return found;
}

function copyOf(builder: Builder, id: number, span: ast.Span): Atom {
  const target = fresh(builder, builder.locals[id]!.type, span);
  emit(builder, { kind: 'copy', span, target, value: local(id) });
  return local(target);
}

// ---- names and parts ---------------------------------------------------------------------------

function lowerName(builder: Builder, name: ast.Name): readonly Atom[] {
  const entity = entityOf(builder.source, name);
  if (entity.kind === 'variant') return variantAlone(builder.source, name, entity.name);
  if (entity.kind === 'builtin' && entity.name === 'none')
    return variantAlone(builder.source, name, entity.name);
  if (entity.name === 'periods' && builder.periods !== null) return [local(builder.periods)];
  if (!isDeclaration(entity)) return [{ kind: 'env', name: entity.name as EnvName }];
  if (entity.kind === 'state') return readPlace(builder, lowerPlace(builder, name)!, name.span);
  if (entity.kind === 'const') return lowerValue(builder, entity.node.value);
  return wordsOf(builder, entity);
}

/** The words of a variant without fields; `expr` has the type. */
export function variantAlone(source: Source, expr: ast.Expr, name: string): readonly Const[] {
  const type = typeOf(source, expr);
  if (!isChoice(type)) throw new Error(`${name} of no enum`);
  return variantWords<Const>(type, indexOfVariant(type, name), []);
}

/** The variant that `Choice.Yes` names; null for any other expression. */
export function qualifiedVariant(source: Source, expr: Expr<'field'>): string | null {
  const entity = source.analysed.entities.get(expr.name);
  return entity?.kind === 'variant' ? entity.name : null;
}

function wordsOf(builder: Builder, entity: Declaration): readonly Atom[] {
  const ids = builder.variables.get(entity.node);
  if (ids === undefined) throw new Error(`${entity.kind} ${entity.name} has no words`);
  return ids.map(local);
}

/** Fields are evaluated as they are written and stand as they are declared. */
function lowerStruct(builder: Builder, expr: Expr<'struct_'>): readonly Atom[] {
  const values = lowerAll(
    builder,
    expr.fields.map(({ value }) => value),
  );
  const type = typeOf(builder.source, expr);
  const inOrder = (fields: readonly Field[]) =>
    fields.flatMap(({ name }) => values[expr.fields.findIndex((field) => field.name.text === name)] ?? []);
  if (type.kind === 'Struct') return inOrder(type.fields);
  if (type.kind !== 'Enum') throw new Error('a struct literal of another type');
  const index = indexOfVariant(type, expr.name.text);
  return variantWords(type, index, inOrder(type.variants[index]!.fields));
}

function lowerField(builder: Builder, expr: Expr<'field'>): readonly Atom[] {
  const variant = qualifiedVariant(builder.source, expr);
  if (variant !== null) return variantAlone(builder.source, expr, variant);
  const collection = collectionOf(builder.source, expr.object);
  if (collection !== null) return [sizeOf(builder, collection, expr.span)];
  const type = typeOf(builder.source, expr.object);
  if (type.kind === 'List' || type.kind === 'Text' || type.kind === 'Bytes')
    return [lengthOf(builder, lowerScalar(builder, expr.object), expr.span)];
  const place = lowerPlace(builder, expr);
  if (place !== null) return readPlace(builder, place, expr.span);
  return fieldWords(type, expr.name.text, lowerValue(builder, expr.object));
}

/** The words of one field among the words of a struct. */
export function fieldWords<T>(type: Type, name: string, words: readonly T[]): readonly T[] {
  // What state keeps of a contract.
  if (type.kind === 'Contract') return words;
  const field = wordsOfField(type, name);
  if (field === null) throw new Error(`no field ${name}`);
  return words.slice(field.start, field.start + leavesOf(field.type).length);
}

// ---- texts, bytes, lists -----------------------------------------------------------------------

function lengthOf(builder: Builder, value: Atom, span: ast.Span): Atom {
  return operate(builder, 'length', [value], INT, span);
}

/** What stands under an index: in the state, or in a list or bytes that are a value. */
function lowerIndex(builder: Builder, expr: Expr<'index'>): readonly Atom[] {
  const place = lowerPlace(builder, expr);
  if (place !== null) return readPlace(builder, place, expr.span);
  const [values = [], indices = []] = lowerAll(builder, [expr.object, expr.index]);
  if (builder.ended) return [];
  const value = values[0]!;
  const length = lengthOf(builder, value, expr.span);
  const index = checkIndex(builder, indices[0]!, length, expr.span);
  return wordsAt(builder, value, index, typeOf(builder.source, expr), expr.span);
}

/** The words of the element of a list, or the byte, at an index that is within. */
export function wordsAt(
  builder: Builder,
  value: Atom,
  index: Atom,
  type: Type,
  span: ast.Span,
): readonly Atom[] {
  return leavesOf(type).map((leaf, word) =>
    operate(builder, 'at', [value, index, constant(INT, BigInt(word))], leaf.type, span),
  );
}

/** Element by element onto the empty list. */
function lowerList(builder: Builder, expr: Expr<'list'>): Atom {
  const type = scalarOf(builder.source, expr);
  return lowerAll(builder, expr.items).reduce<Atom>(
    (list, words) => operate(builder, 'append', [list, ...words], type, expr.span),
    constant(type, []),
  );
}

/** Of texts, bytes and hashes their own bytes; of anything else its words behind the name of its type. */
export function lowerHash(builder: Builder, expr: ast.Expr): Atom {
  const type = typeOf(builder.source, expr);
  const words = lowerValue(builder, expr);
  if (builder.ended) return constant(HASH, new Uint8Array(32));
  const tag = constant(TEXT, tagOfHash(type));
  if (tag.value === '') return operate(builder, 'hash', [tag, words[0]!], HASH, expr.span);
  const packed: Scalar = { kind: 'List', item: type, capacity: 1 };
  const list = operate(builder, 'append', [constant(packed, []), ...words], packed, expr.span);
  return operate(builder, 'hash', [tag, list], HASH, expr.span);
}

/** What stands before the words of a value that is hashed: its type, as it is written. */
export function tagOfHash(type: Type): string {
  return type.kind === 'Text' || type.kind === 'Bytes' || type.kind === 'Hash' ? '' : typeText(type);
}

// ---- operators ---------------------------------------------------------------------------------

function lowerUnary(builder: Builder, expr: Expr<'unary'>): Atom {
  const operand = lowerScalar(builder, expr.operand);
  if (expr.op === '!') return operate(builder, 'not', [operand], BOOL, expr.span);
  return operate(builder, 'neg', [operand], scalarOf(builder.source, expr), expr.span, ['overflow']);
}

const COMPARISONS: { readonly [op in ast.BinaryOp]?: OpName } = {
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};
const ARITHMETIC: { readonly [op in ast.BinaryOp]?: OpName } = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
  '++': 'concat',
};

function lowerBinary(builder: Builder, expr: Expr<'binary'>): Atom {
  switch (expr.op) {
    case '&&':
    case '||':
    case '==>':
      return lowerLogic(builder, expr, expr.op);
    case 'in':
      return lowerIn(builder, expr);
    case '==':
    case '!=':
      return lowerEquality(builder, expr);
    default:
      return lowerOperator(builder, expr);
  }
}

function lowerOperator(builder: Builder, expr: Expr<'binary'>): Atom {
  const [lefts, rights] = lowerAll(builder, [expr.left, expr.right]);
  const left = lefts?.[0] ?? constant(BOOL, false);
  const right = rights?.[0] ?? constant(BOOL, false);
  const comparison = COMPARISONS[expr.op];
  if (comparison !== undefined) return operate(builder, comparison, [left, right], BOOL, expr.span);
  return arithmetic(builder, expr.op, [left, right], scalarOf(builder.source, expr), expr.span);
}

/** `left op right`, with every way in which it can revert. */
export function arithmetic(
  builder: Builder,
  op: ast.BinaryOp,
  args: readonly [Atom, Atom],
  type: Scalar,
  span: ast.Span,
): Atom {
  const name = ARITHMETIC[op];
  if (name === undefined) throw new Error(`no operation for ${op}`);
  return operate(builder, name, args, type, span, revertsOf(name, args[1]));
}

function revertsOf(op: OpName, right: Atom): readonly Revert['reason'][] {
  if (op === 'concat') return ['tooLong'];
  if (op !== 'div' && op !== 'mod') return ['overflow'];
  const divisor = right.kind === 'const' && typeof right.value === 'bigint' ? right.value : 0n;
  const zero: readonly Revert['reason'][] = divisor === 0n ? ['divisionByZero'] : [];
  // Only the least integer divided by -1 leaves the range.
  return op === 'div' && divisor <= 0n && divisor >= -1n ? [...zero, 'overflow'] : zero;
}

function lowerEquality(builder: Builder, expr: Expr<'binary'>): Atom {
  const [left = [], right = []] = lowerAll(builder, [expr.left, expr.right]);
  if (left.length === 1) {
    return operate(builder, expr.op === '==' ? 'eq' : 'ne', [left[0]!, right[0]!], BOOL, expr.span);
  }
  const equals = left.map((word, index) => operate(builder, 'eq', [word, right[index]!], BOOL, expr.span));
  const none: Atom = constant(BOOL, true);
  const [first = none, ...others] = equals;
  const equal = others.reduce((all, next) => operate(builder, 'and', [all, next], BOOL, expr.span), first);
  return expr.op === '==' ? equal : operate(builder, 'not', [equal], BOOL, expr.span);
}

/** The right side is evaluated only where the left leaves the answer open. */
function lowerLogic(builder: Builder, expr: Expr<'binary'>, op: '&&' | '||' | '==>'): Atom {
  const condition = lowerScalar(builder, expr.left);
  const target = fresh(builder, BOOL, expr.span);
  const right = apart(builder, () => {
    emit(builder, { kind: 'copy', span: expr.right.span, target, value: lowerScalar(builder, expr.right) });
  });
  const known = [{ kind: 'copy', span: expr.span, target, value: constant(BOOL, op !== '&&') } as const];
  const [yes, no] = op === '||' ? [known, right.stmts] : [right.stmts, known];
  emit(builder, branch(condition, expr.span, yes, no));
  return local(target);
}

function lowerIn(builder: Builder, expr: Expr<'binary'>): Atom {
  const slot = collectionOf(builder.source, expr.right);
  if (slot === null) throw new Error('`in` without a set');
  const target = fresh(builder, BOOL, expr.span);
  emit(builder, { kind: 'has', span: expr.span, target, slot, keys: lowerValue(builder, expr.left) });
  return local(target);
}

// ---- if ----------------------------------------------------------------------------------------

function lowerIf(builder: Builder, expr: Expr<'if'>): readonly Atom[] {
  const condition = lowerScalar(builder, expr.condition);
  const targets = leavesOf(typeOf(builder.source, expr)).map(({ type }) => fresh(builder, type, expr.span));
  const then = lowerBranch(builder, expr.then, targets);
  const otherwise =
    expr.otherwise === null ? { stmts: [], ended: false } : lowerBranch(builder, expr.otherwise, targets);
  emit(builder, branch(condition, expr.span, then.stmts, otherwise.stmts));
  if (then.ended && otherwise.ended) builder.ended = true;
  return targets.map(local);
}

function lowerBranch(builder: Builder, expr: ast.Expr, targets: readonly number[]) {
  return apart(builder, () => {
    const values = lowerValue(builder, expr);
    targets.forEach((target, index) => {
      const value = values[index];
      if (value !== undefined) emit(builder, { kind: 'copy', span: ungroup(expr).span, target, value });
    });
  });
}
