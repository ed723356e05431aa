/**
 * What the format can say and this version of CCL cannot: tree, scopes and types in; places with the nearest CCL form
 * out. What passes here, the printer can write.
 */
import type { Type, Types } from './infer.ts';
import { allExpressions, partsOf, reachedStatements, rootExpressions, type Scope } from './scope.ts';
import type { Contract, Expr, Place, StateVar, Stmt, Value } from './tree.ts';

export type Inexpressible = { readonly place: Place; readonly what: string; readonly nearest: string };

/** Constructs, before types are known. */
export function inexpressibleForms(contract: Contract, scopes: readonly Scope[]): readonly Inexpressible[] {
  return [
    ...contract.triggers.map(({ place }) => ({
      place,
      what: 'a trigger',
      nearest: '`on every 30d gas n { … }`',
    })),
    ...contract.stateVars.flatMap(({ initial }) => valueForms(initial)),
    ...scopes.flatMap((scope) => [
      ...reachedStatements(scope.rule.body, scope.dead).flatMap((stmt) => stmtForms(contract, stmt)),
      ...allExpressions(scope).flatMap(exprForms),
      ...rootExpressions(scope).flatMap(deepForms),
    ]),
  ];
}

/** Values where CCL has none of their type. */
export function inexpressibleTypes(
  contract: Contract,
  scopes: readonly Scope[],
  types: Types,
): readonly Inexpressible[] {
  return [
    ...contract.stateVars.flatMap((variable) =>
      stateTypes(variable, types.ofBinding({ kind: 'state', name: variable.name.text })),
    ),
    ...scopes.flatMap((scope) => ruleTypes(scope, types)),
  ];
}

function stmtForms(contract: Contract, stmt: Stmt): readonly Inexpressible[] {
  const { place } = stmt;
  switch (stmt.kind) {
    case 'For':
      return [{ place, what: 'a loop', nearest: '`for x in … { … }` with a static bound' }];
    case 'SetCreditLimit':
      return [
        {
          place,
          what: 'a change of a credit limit',
          nearest: 'a limit that the cooperative grants in its ledger',
        },
      ];
    case 'SetState': {
      if (contract.stateVars.some((variable) => variable.name.text === stmt.name)) return [];
      const nearest = `\`state { ${stmt.name}: … }\`, declared with its initial value`;
      return [{ place, what: `storing "${stmt.name}", which is no state variable`, nearest }];
    }
    default:
      return [];
  }
}

/** CCL text nests at most 100 deep, and one level here may become three there. */
const DEPTH_MAX = 30;

function deepForms(expr: Expr): readonly Inexpressible[] {
  const deep = depthOf(expr) > DEPTH_MAX;
  const what = `an expression that is more than ${DEPTH_MAX} levels deep`;
  return deep ? [{ place: expr.place, what, nearest: '`let` for its inner parts' }] : [];
}

function depthOf(expr: Expr): number {
  return 1 + Math.max(0, ...partsOf(expr).map(depthOf));
}

function noneForms(expr: Expr): readonly Inexpressible[] {
  const isNone = expr.kind === 'Literal' && expr.value.kind === 'None';
  return isNone ? [{ place: expr.place, what: 'the value None', nearest: '`Option<T>` with `none`' }] : [];
}

const ARITY: { readonly [name: string]: number } = { len: 1, abs: 1 };

function exprForms(expr: Expr): readonly Inexpressible[] {
  const { place } = expr;
  if (expr.kind === 'Map')
    return keyForms(
      expr.entries.map(({ key }) => key),
      place,
    );
  if (expr.kind === 'Literal') return valueForms(expr.value);
  if (dividesByZero(expr))
    return [{ place, what: 'a division by zero, which fails each time', nearest: '`require(false, "…")`' }];
  if (expr.kind !== 'Call') return [];
  const arity = Object.hasOwn(ARITY, expr.name) ? ARITY[expr.name] : undefined;
  if (arity === undefined)
    return [
      {
        place,
        what: `a call of "${expr.name}", which the format does not have`,
        nearest: '`fn` with that name',
      },
    ];
  if (arity === expr.args.length) return [];
  const what = `a call of "${expr.name}" with ${expr.args.length} arguments`;
  return [{ place, what, nearest: `\`${expr.name}\` with ${arity} argument` }];
}

function dividesByZero(expr: Expr): boolean {
  if (expr.kind !== 'BinOp' || (expr.op !== 'Div' && expr.op !== 'Mod')) return false;
  const { right } = expr;
  return right.kind === 'Literal' && right.value.kind === 'Int' && right.value.value === 0n;
}

function valueForms(value: Value): readonly Inexpressible[] {
  if (value.kind === 'Map')
    return [
      ...keyForms(
        value.entries.map(({ key }) => key),
        value.place,
      ),
      ...value.entries.flatMap(({ value: inner }) => valueForms(inner)),
    ];
  return value.kind === 'Set' || value.kind === 'List' ? value.items.flatMap(valueForms) : [];
}

function keyForms(keys: readonly string[], place: Place): readonly Inexpressible[] {
  if (keys.length === 0) return [{ place, what: 'a map without fields', nearest: 'no value at all' }];
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  return twice === undefined
    ? []
    : [{ place, what: `a map with "${twice}" twice`, nearest: 'a struct, with each field once' }];
}

// ---- types -------------------------------------------------------------------------------------

function stateTypes(variable: StateVar, type: Type): readonly Inexpressible[] {
  const { place } = variable;
  const what = `the state variable "${variable.name.text}"`;
  if (type.kind === 'None') return [{ place, what: `${what} without a type`, nearest: '`Option<T>`' }];
  if (type.kind === 'List')
    return [{ place, what: `${what}, a list`, nearest: '`Set<T, n>`, where order does not matter' }];
  const item = type.kind === 'Set' ? type.item : null;
  if (item !== null && !isWord(item))
    return [{ place, what: `${what}, a set of collections`, nearest: '`Map<K, V>`' }];
  if (type.kind !== 'Struct' || type.fields.every((field) => isFlat(field.type))) return [];
  return [
    {
      place,
      what: `${what}, a map that holds a collection`,
      nearest: 'a state variable for each collection',
    },
  ];
}

function ruleTypes(scope: Scope, types: Types): readonly Inexpressible[] {
  const allowed = new Set(allExpressions(scope).flatMap((expr) => collectionsAllowedIn(scope, types, expr)));
  const wrong = allExpressions(scope).filter(
    (expr) => !allowed.has(expr) && isCollection(types.ofExpr(expr)),
  );
  const nearest = 'a `Set<T, n>` in the state, asked with `in` and `size`';
  return [
    ...wrong.map(({ place }) => ({ place, what: 'a list or set as a value', nearest })),
    ...nones(scope, types),
    ...texts(scope, types),
  ];
}

/** Where a collection may stand: written out behind `In`, or a set of the state that is asked for something. */
function collectionsAllowedIn(scope: Scope, types: Types, expr: Expr): readonly Expr[] {
  if (expr.kind === 'In')
    return isWrittenOut(expr.collection) || isStateSet(scope, types, expr.collection)
      ? [expr.collection]
      : [];
  if (expr.kind !== 'Call') return [];
  return expr.args.filter((arg) => isStateSet(scope, types, arg));
}

function isWrittenOut(expr: Expr): boolean {
  if (expr.kind === 'Literal') return expr.value.kind === 'Set' || expr.value.kind === 'List';
  return expr.kind === 'Set' || expr.kind === 'List';
}

function isStateSet(scope: Scope, types: Types, expr: Expr): boolean {
  const kind = scope.reads.get(expr)?.kind;
  return (kind === 'state' || kind === 'participants') && types.ofExpr(expr).kind === 'Set';
}

/** `None` may stand behind `Return` only. */
function nones(scope: Scope, types: Types): readonly Inexpressible[] {
  const returned = new Set(scope.returns.map((stmt) => stmt.value));
  const found = allExpressions(scope).filter(
    (expr) => types.ofExpr(expr).kind === 'None' && !returned.has(expr),
  );
  return found.flatMap(noneForms);
}

/** Texts can be compared; joining and measuring them comes with a later version. */
function texts(scope: Scope, types: Types): readonly Inexpressible[] {
  return allExpressions(scope).flatMap((expr) => {
    const { place } = expr;
    if (expr.kind === 'BinOp' && expr.op === 'Add' && types.ofExpr(expr).kind === 'Text')
      return [{ place, what: 'joining texts', nearest: '`a ++ b`' }];
    const [arg] = expr.kind === 'Call' && expr.name === 'len' ? expr.args : [];
    const measured = arg !== undefined && types.ofExpr(arg).kind === 'Text';
    return measured ? [{ place, what: 'the length of a text', nearest: '`text.length`' }] : [];
  });
}

function isCollection(type: Type): boolean {
  return type.kind === 'Set' || type.kind === 'List';
}

function isWord(type: Type): boolean {
  return !isCollection(type) && type.kind !== 'Struct' && type.kind !== 'None';
}

function isFlat(type: Type): boolean {
  if (type.kind === 'Option') return isFlat(type.item);
  return type.kind === 'Struct' ? type.fields.every((field) => isFlat(field.type)) : isWord(type);
}
