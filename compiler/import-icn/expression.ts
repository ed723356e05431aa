/**
 * Expressions of the format as CCL text. Types decide how numbers are written (`5`, `5 hours`) and where an amount
 * becomes a number (`x / 1 hours`) or a number an amount (`1 hours * n`): exact, because imported currencies have no
 * decimals.
 */
import type { Accounts } from './accounts.ts';
import type { Transfer, Type, Types } from './infer.ts';
import { type Plan, type RulePlan, structOf } from './plan.ts';
import type { Binding, Scope } from './scope.ts';
import type { BinaryOp, Expr, Value } from './tree.ts';

export type Context = {
  readonly plan: Plan;
  readonly accounts: Accounts;
  readonly types: Types;
  readonly scope: Scope;
  readonly rule: RulePlan;
  readonly dids: Dids;
  /** The currency of a transfer. */
  readonly currencyOf: (stmt: Transfer) => string;
};

/** Where a DID is at hand: a parameter of `init`, or the state that holds it. */
export type Dids = (did: string) => string;

/** CCL text with its type and how tightly its outermost operator binds. */
export type Printed = { readonly text: string; readonly type: Type; readonly level: number };

/** Binding strength, as in language.md, section 4. */
const LEVEL = { or: 1, and: 2, equal: 3, compare: 4, add: 5, multiply: 6, unary: 7, atom: 8 } as const;

const INT: Type = { kind: 'Int' };
const BOOL: Type = { kind: 'Bool' };

/** The text of an expression as a value of `type`. */
export function valueText(context: Context, expr: Expr, type: Type): string {
  return convert(context.plan, print(context, expr, type), type).text;
}

/** The text of an expression as a condition: the format lets any value be one. */
export function conditionText(context: Context, expr: Expr): string {
  return condition(context, expr).text;
}

/** The text of a constant as a value of `type`. */
export function constantText(plan: Plan, dids: Dids, value: Value, type: Type): string {
  return constant(plan, dids, value, type).text;
}

/** What a name of the format is called in CCL. */
export function bindingText(context: Context, binding: Binding): string {
  switch (binding.kind) {
    case 'sender':
      return 'caller';
    case 'participants':
      return context.plan.participants!;
    case 'param':
      return context.rule.params.get(binding.name)!;
    case 'local':
      return context.rule.locals.get(binding.name)!;
    case 'state':
      return context.accounts.selfVariables.has(binding.name)
        ? 'self'
        : context.plan.state.get(binding.name)!;
  }
}

/** A first value for a local that is set again before it is read: zero, and `self` where a DID is asked for. */
export function firstText(plan: Plan, type: Type): string {
  switch (type.kind) {
    case 'Amount':
      return `0 ${plan.currencies.get(type.currency)!}`;
    case 'Bool':
      return 'false';
    case 'Text':
      return '""';
    case 'Did':
      return 'self';
    case 'Option':
      return 'none';
    case 'Struct': {
      const struct = structOf(plan, type);
      return `${struct.name} { ${struct.fields.map((field) => `${field.name}: ${firstText(plan, field.type)}`).join(', ')} }`;
    }
    default:
      return '0';
  }
}

/** A CCL text literal. */
export function textLiteral(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/** `hint` is the type that the place wants; it decides between `5` and `5 hours`. */
function print(context: Context, expr: Expr, hint: Type | null): Printed {
  switch (expr.kind) {
    case 'Literal':
      return constant(context.plan, context.dids, expr.value, hint ?? context.types.ofExpr(expr));
    case 'Var': {
      const binding = context.scope.reads.get(expr)!;
      return atom(bindingText(context, binding), context.types.ofBinding(binding));
    }
    case 'FieldAccess':
      return printField(context, expr.object, expr.field);
    case 'UnOp':
      return printUnary(context, expr);
    case 'BinOp':
      return printBinary(context, expr);
    case 'Call':
      return printCall(context, expr);
    case 'Map':
      return printMap(context, expr);
    case 'In':
      return printIn(context, expr.elem, expr.collection);
    default:
      throw new Error(`a ${expr.kind} stands where none can`);
  }
}

function printField(context: Context, object: Expr, key: string): Printed {
  const type = context.types.ofExpr(object);
  if (type.kind !== 'Struct') throw new Error('a field of what is no map');
  const field = structOf(context.plan, type).fields.find((candidate) => candidate.key === key)!;
  return atom(`${at(print(context, object, null), LEVEL.atom)}.${field.name}`, field.type);
}

function printUnary(context: Context, expr: Extract<Expr, { readonly kind: 'UnOp' }>): Printed {
  if (expr.op === 'Not') {
    const inner = condition(context, expr.operand);
    return { text: `!${at(inner, LEVEL.unary)}`, type: BOOL, level: LEVEL.unary };
  }
  const type = context.types.ofExpr(expr);
  const inner = convert(context.plan, print(context, expr.operand, type), type);
  const text = inner.text.startsWith('-') ? `(${inner.text})` : at(inner, LEVEL.unary);
  return { text: `-${text}`, type, level: LEVEL.unary };
}

const COMPARISONS: { readonly [op in BinaryOp]?: string } = {
  Eq: '==',
  Ne: '!=',
  Lt: '<',
  Le: '<=',
  Gt: '>',
  Ge: '>=',
};

function printBinary(context: Context, expr: Extract<Expr, { readonly kind: 'BinOp' }>): Printed {
  const { op } = expr;
  const type = context.types.ofExpr(expr);
  if (op === 'And' || op === 'Or') {
    const level = op === 'And' ? LEVEL.and : LEVEL.or;
    return join(
      condition(context, expr.left),
      op === 'And' ? '&&' : '||',
      condition(context, expr.right),
      level,
      BOOL,
    );
  }
  if (op === 'Add' || op === 'Sub') {
    const sign = op === 'Sub' ? '-' : '+';
    return join(as(context, expr.left, type), sign, as(context, expr.right, type), LEVEL.add, type);
  }
  if (op === 'Mul' || op === 'Div' || op === 'Mod') return printScaled(context, op, expr.left, expr.right);
  const operand = comparedType(context, expr.left, expr.right);
  const level = op === 'Eq' || op === 'Ne' ? LEVEL.equal : LEVEL.compare;
  return join(
    as(context, expr.left, operand),
    COMPARISONS[op]!,
    as(context, expr.right, operand),
    level,
    BOOL,
  );
}

/** An amount and a number are compared as amounts. */
function comparedType(context: Context, left: Expr, right: Expr): Type {
  const type = context.types.ofExpr(left);
  const other = context.types.ofExpr(right);
  return type.kind === 'Int' && other.kind === 'Amount' ? other : type;
}

/** `* / %`: an amount may be multiplied and divided by a number, and divided by an amount; the rest is done on numbers. */
function printScaled(context: Context, op: 'Mul' | 'Div' | 'Mod', leftExpr: Expr, rightExpr: Expr): Printed {
  const sign = op === 'Mul' ? '*' : op === 'Div' ? '/' : '%';
  const left = print(context, leftExpr, null);
  const right = print(context, rightExpr, null);
  const amounts = [left, right].filter((side) => side.type.kind === 'Amount');
  const type = op === 'Mod' || amounts.length === 0 ? null : scaledType(op, left.type, right.type);
  if (type !== null) return join(left, sign, right, LEVEL.multiply, type);
  return join(convert(context.plan, left, INT), sign, convert(context.plan, right, INT), LEVEL.multiply, INT);
}

/** The type where CCL has this operation on amounts; null where it has not. */
function scaledType(op: 'Mul' | 'Div', left: Type, right: Type): Type | null {
  if (left.kind === 'Amount' && right.kind === 'Int') return left;
  if (op === 'Mul' && left.kind === 'Int' && right.kind === 'Amount') return right;
  return op === 'Div' && sameCurrency(left, right) ? INT : null;
}

function printCall(context: Context, expr: Extract<Expr, { readonly kind: 'Call' }>): Printed {
  const arg = expr.args[0]!;
  if (expr.name === 'abs') return atom(`abs(${as(context, arg, INT).text})`, INT);
  return atom(`${at(print(context, arg, null), LEVEL.atom)}.size`, INT);
}

function printMap(context: Context, expr: Extract<Expr, { readonly kind: 'Map' }>): Printed {
  const type = context.types.ofExpr(expr);
  if (type.kind !== 'Struct') throw new Error('a map that is no struct');
  const struct = structOf(context.plan, type);
  const given = expr.entries.map(({ key, value }) => {
    const field = struct.fields.find((candidate) => candidate.key === key)!;
    const { type: wanted } = field;
    const text =
      wanted.kind === 'Option'
        ? `some(${valueText(context, value, wanted.item)})`
        : valueText(context, value, wanted);
    return `${field.name}: ${text}`;
  });
  const left = struct.fields.filter((field) => !expr.entries.some(({ key }) => key === field.key));
  const fields = [...given, ...left.map((field) => `${field.name}: none`)];
  return atom(`${struct.name} { ${fields.join(', ')} }`, type);
}

/** A written-out collection becomes comparisons; a state set is asked. */
function printIn(context: Context, elem: Expr, inside: Expr): Printed {
  const items = itemsOf(context, inside);
  const type = context.types.ofExpr(elem);
  const left = print(context, elem, type);
  if (items === null) return join(left, 'in', print(context, inside, null), LEVEL.compare, BOOL);
  const equals = items.map((item) => join(left, '==', item(type), LEVEL.equal, BOOL));
  if (equals.length === 0) return atom('false', BOOL);
  return equals.reduce((all, each) => join(all, '||', each, LEVEL.or, BOOL));
}

function itemsOf(context: Context, inside: Expr): readonly ((type: Type) => Printed)[] | null {
  if (inside.kind === 'Set' || inside.kind === 'List')
    return inside.items.map((item) => (type) => as(context, item, type));
  if (inside.kind !== 'Literal') return null;
  const { value } = inside;
  if (value.kind !== 'Set' && value.kind !== 'List') return null;
  return value.items.map((item) => (type) => constant(context.plan, context.dids, item, type));
}

function condition(context: Context, expr: Expr): Printed {
  const printed = print(context, expr, null);
  const { type } = printed;
  switch (type.kind) {
    case 'Bool':
      return printed;
    case 'Int':
    case 'Amount':
    case 'Text':
      return join(printed, '!=', atom(firstText(context.plan, type), type), LEVEL.equal, BOOL);
    default:
      return atom(type.kind === 'None' ? 'false' : 'true', BOOL);
  }
}

function constant(plan: Plan, dids: Dids, value: Value, type: Type): Printed {
  switch (value.kind) {
    case 'Int': {
      const digits =
        type.kind === 'Amount' ? `${value.value} ${plan.currencies.get(type.currency)!}` : `${value.value}`;
      return {
        text: digits,
        type: type.kind === 'Amount' ? type : INT,
        level: value.value < 0n ? LEVEL.unary : LEVEL.atom,
      };
    }
    case 'Bool':
      return atom(`${value.value}`, BOOL);
    case 'String':
      return atom(textLiteral(value.value), { kind: 'Text' });
    case 'Did':
      return atom(dids(value.value), { kind: 'Did' });
    case 'Map':
      return constantMap(plan, dids, value, type);
    default:
      throw new Error(`a constant ${value.kind} stands where none can`);
  }
}

function constantMap(
  plan: Plan,
  dids: Dids,
  value: Extract<Value, { readonly kind: 'Map' }>,
  type: Type,
): Printed {
  if (type.kind !== 'Struct') throw new Error('a map that is no struct');
  const struct = structOf(plan, type);
  const values = new Map(value.entries.map((entry) => [entry.key, entry.value]));
  const fields = struct.fields.map(
    (field) => `${field.name}: ${constantField(plan, dids, values.get(field.key), field.type)}`,
  );
  return atom(`${struct.name} { ${fields.join(', ')} }`, type);
}

function constantField(plan: Plan, dids: Dids, value: Value | undefined, type: Type): string {
  if (value === undefined) return 'none';
  if (type.kind !== 'Option') return constant(plan, dids, value, type).text;
  return `some(${constant(plan, dids, value, type.item).text})`;
}

function as(context: Context, expr: Expr, type: Type): Printed {
  return convert(context.plan, print(context, expr, type), type);
}

/** Between numbers and amounts of any currency; every other type is what it is. */
function convert(plan: Plan, printed: Printed, type: Type): Printed {
  if (printed.type.kind === 'Amount' && !sameCurrency(printed.type, type)) {
    const unit = atom(`1 ${plan.currencies.get(printed.type.currency)!}`, printed.type);
    return convert(plan, join(printed, '/', unit, LEVEL.multiply, INT), type);
  }
  if (printed.type.kind !== 'Int' || type.kind !== 'Amount') return printed;
  return join(atom(`1 ${plan.currencies.get(type.currency)!}`, type), '*', printed, LEVEL.multiply, type);
}

function sameCurrency(left: Type, right: Type): boolean {
  return left.kind === 'Amount' && right.kind === 'Amount' && left.currency === right.currency;
}

function join(left: Printed, sign: string, right: Printed, level: number, type: Type): Printed {
  const chains = level !== LEVEL.equal && level !== LEVEL.compare;
  const text = `${at(left, chains ? level : LEVEL.add)} ${sign} ${at(right, chains ? level + 1 : LEVEL.add)}`;
  return { text, type, level };
}

/** In parentheses where the text binds less tightly than `level`. */
function at(printed: Printed, level: number): string {
  return printed.level < level ? `(${printed.text})` : printed.text;
}

function atom(text: string, type: Type): Printed {
  return { text, type, level: LEVEL.atom };
}
