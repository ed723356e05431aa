/**
 * Types from use: the format has none, CCL has one for every name. Tree and scopes in; a type for every expression,
 * parameter, local, state variable and result out. Unification over type variables; numbers stay open between `Int`
 * and an amount until a transfer decides, and two decided numbers of different units are left apart, because the
 * printer converts exactly between them (`x / 1 hours`, `1 hours * n`).
 */
import { type Binding, expressionsOf, reachedStatements, type Scope } from './scope.ts';
import type { Contract, Expr, Place, Rule, Stmt, Value } from './tree.ts';

export type Type =
  | { readonly kind: 'Int' | 'Bool' | 'Text' | 'Did' | 'None' }
  | { readonly kind: 'Amount'; readonly currency: string }
  | {
      readonly kind: 'Struct';
      readonly fields: readonly { readonly name: string; readonly type: Type }[];
      readonly id: number;
    }
  /** A field that not every map has which can stand there. */
  | { readonly kind: 'Option'; readonly item: Type }
  | { readonly kind: 'Set' | 'List'; readonly item: Type };

export type Types = {
  readonly ofExpr: (expr: Expr) => Type;
  readonly ofValue: (value: Value) => Type;
  readonly ofBinding: (binding: Binding) => Type;
  readonly ofResult: (rule: Rule) => Type;
  /** Nothing in the rule says what this parameter is. */
  readonly isUnconstrained: (binding: Binding) => boolean;
};

export type TypeProblem = { readonly place: Place } & (
  | { readonly kind: 'clash'; readonly first: string; readonly second: string; readonly other: Place }
  | { readonly kind: 'fields'; readonly first: string; readonly second: string; readonly other: Place }
  | { readonly kind: 'noField'; readonly field: string }
  | { readonly kind: 'notCollection'; readonly what: string }
  | { readonly kind: 'openMap' | 'openCollection' }
);

/** `currencyOf` gives the currency's name of a transfer, or null where that was reported already. */
export function inferTypes(
  contract: Contract,
  scopes: readonly Scope[],
  currencyOf: (stmt: Transfer) => string | null,
  report: (problem: TypeProblem) => void,
): Types {
  const work: Work = {
    report,
    exprs: new Map(),
    values: new Map(),
    bindings: new Map(),
    results: new Map(),
    later: [],
    reads: [],
    ids: 0,
  };
  for (const variable of contract.stateVars)
    unify(
      work,
      bindingVar(work, { kind: 'state', name: variable.name.text }),
      visitValue(work, variable.initial),
      variable.place,
    );
  for (const scope of scopes) visitRule(work, scope, currencyOf);
  settle(work);
  return typesOf(work);
}

export type Transfer = Extract<Stmt, { readonly kind: 'LedgerTransfer' }>;

/** A name for a type that a person reads. */
export function describeType(type: Type): string {
  switch (type.kind) {
    case 'Amount':
      return `Amount<${type.currency}>`;
    case 'Struct':
      return `a map with ${type.fields.map((field) => field.name).join(', ')}`;
    case 'Set':
    case 'List':
      return `a ${type.kind.toLowerCase()} of ${describeType(type.item)}`;
    case 'Option':
      return `sometimes ${describeType(type.item)}`;
    default:
      return type.kind;
  }
}

// ---- type variables ----------------------------------------------------------------------------

/** `unit`: null while open, '' for Int, else a currency. */
type Shape =
  | { readonly kind: 'Num'; readonly unit: string | null }
  | { readonly kind: 'Bool' | 'Text' | 'Did' | 'None' }
  | {
      readonly kind: 'Struct';
      readonly fields: ReadonlyMap<string, TypeVar>;
      readonly id: number;
      /** Fields that some of the maps have, and where one of these stands. */
      readonly optional: ReadonlyMap<string, Optional>;
    }
  | { readonly kind: 'Set' | 'List'; readonly item: TypeVar };

type Optional = {
  readonly first: string;
  readonly second: string;
  readonly place: Place;
  readonly other: Place;
};

/** `truth`: used as a condition, so `Bool` unless something says more. */
type TypeVar = { parent: TypeVar | null; shape: Shape | null; place: Place; truth: boolean };

/** A constraint that waits for a shape: `step` answers whether it is settled, `finish` settles what never came. */
type Constraint = { readonly step: () => boolean; readonly finish: () => void };

type Work = {
  readonly report: (problem: TypeProblem) => void;
  readonly exprs: Map<Expr, TypeVar>;
  readonly values: Map<Value, TypeVar>;
  readonly bindings: Map<string, TypeVar>;
  readonly results: Map<Rule, TypeVar>;
  later: Constraint[];
  /** Fields that are read, with the maps that they are read from. */
  readonly reads: { readonly object: TypeVar; readonly field: string }[];
  ids: number;
};

function fresh(place: Place, shape: Shape | null): TypeVar {
  return { parent: null, shape, place, truth: false };
}

function find(variable: TypeVar): TypeVar {
  let root = variable;
  while (root.parent !== null) root = root.parent;
  return root;
}

function unify(work: Work, left: TypeVar, right: TypeVar, place: Place): void {
  const a = find(left);
  const b = find(right);
  if (a === b) return;
  if (a.shape !== null && b.shape !== null && !agree(work, a, b, place)) return;
  a.shape = mergedShape(a.shape, b.shape, place, b.place);
  a.truth ||= b.truth;
  b.parent = a;
}

/** Whether two known shapes can be one; reports where they cannot. */
function agree(work: Work, a: TypeVar, b: TypeVar, place: Place): boolean {
  const x = a.shape!;
  const y = b.shape!;
  if (x.kind === 'Num' && y.kind === 'Num') return x.unit === null || y.unit === null || x.unit === y.unit;
  if (x.kind === 'Struct' && y.kind === 'Struct') return agreeOnFields(work, x, y, place, b.place);
  if ((x.kind === 'Set' && y.kind === 'Set') || (x.kind === 'List' && y.kind === 'List')) {
    unify(work, x.item, y.item, place);
    return true;
  }
  if (x.kind === y.kind) return true;
  work.report({
    kind: 'clash',
    place,
    first: describe(a),
    second: describe(b),
    other: otherPlace(a, b, place),
  });
  return false;
}

function agreeOnFields(work: Work, x: StructShape, y: StructShape, place: Place, other: Place): boolean {
  // An empty map is false where a condition is asked for, and a struct is not.
  if ((x.fields.size === 0) !== (y.fields.size === 0)) {
    const [first, second] = [fieldNames(x), fieldNames(y)];
    work.report({ kind: 'fields', place, first, second, other });
    return false;
  }
  for (const [name, field] of x.fields) {
    const same = y.fields.get(name);
    if (same !== undefined) unify(work, field, same, place);
  }
  return true;
}

function fieldNames({ fields }: StructShape): string {
  return [...fields.keys()].join(', ');
}

/** The fields of both; those that only one has are optional. */
function mergedStruct(x: StructShape, y: StructShape, place: Place, other: Place): StructShape {
  const fields = new Map([...y.fields, ...x.fields]);
  const inOrder = new Map([...x.fields, ...fields]);
  const why: Optional = { first: fieldNames(x), second: fieldNames(y), place, other };
  const missing = [...fields.keys()].filter((name) => !x.fields.has(name) || !y.fields.has(name));
  const optional = new Map([...missing.map((name) => [name, why] as const), ...x.optional, ...y.optional]);
  return { kind: 'Struct', fields: inOrder, id: x.id, optional };
}

type StructShape = Extract<Shape, { readonly kind: 'Struct' }>;

function mergedShape(a: Shape | null, b: Shape | null, place: Place, other: Place): Shape | null {
  if (a?.kind === 'Struct' && b?.kind === 'Struct') return mergedStruct(a, b, place, other);
  if (a?.kind === 'Num' && b?.kind === 'Num') return { kind: 'Num', unit: a.unit ?? b.unit };
  return a ?? b;
}

function otherPlace(a: TypeVar, b: TypeVar, place: Place): Place {
  return a.place.span.start === place.span.start ? b.place : a.place;
}

function describe(variable: TypeVar): string {
  return describeType(finalType(variable));
}

function finalType(variable: TypeVar): Type {
  const { shape, truth } = find(variable);
  if (shape === null) return { kind: truth ? 'Bool' : 'Int' };
  switch (shape.kind) {
    case 'Num':
      return shape.unit === null || shape.unit === ''
        ? { kind: 'Int' }
        : { kind: 'Amount', currency: shape.unit };
    case 'Struct': {
      const fields = [...shape.fields].map(([name, field]) => {
        const item = finalType(field);
        return { name, type: shape.optional.has(name) ? ({ kind: 'Option', item } as const) : item };
      });
      return { kind: 'Struct', fields, id: shape.id };
    }
    case 'Set':
    case 'List':
      return { kind: shape.kind, item: finalType(shape.item) };
    default:
      return { kind: shape.kind };
  }
}

// ---- constraints -------------------------------------------------------------------------------

function visitRule(work: Work, scope: Scope, currencyOf: (stmt: Transfer) => string | null): void {
  for (const condition of scope.rule.requires) truth(visit(work, scope, condition));
  const result = fresh(scope.rule.place, null);
  work.results.set(scope.rule, result);
  for (const stmt of reachedStatements(scope.rule.body, scope.dead)) visitStmt(work, scope, stmt, currencyOf);
  for (const stmt of scope.returns) unify(work, result, work.exprs.get(stmt.value)!, stmt.place);
  if (scope.returns.length === 0) result.shape = { kind: 'None' };
}

function visitStmt(
  work: Work,
  scope: Scope,
  stmt: Stmt,
  currencyOf: (stmt: Transfer) => string | null,
): void {
  const parts = expressionsOf(stmt).map((expr) => visit(work, scope, expr));
  const [first, second, third] = parts;
  if (stmt.kind === 'If') truth(first!);
  if (stmt.kind === 'SetState')
    unify(work, bindingVar(work, { kind: 'state', name: stmt.name }), first!, stmt.place);
  if (stmt.kind === 'Assign' || (stmt.kind === 'SetState' && scope.locals.has(stmt.name)))
    visitLocal(work, scope, stmt.name, first!, stmt.place);
  if (stmt.kind === 'LedgerTransfer') {
    want(work, first!, { kind: 'Did' }, stmt.from.place);
    want(work, second!, { kind: 'Did' }, stmt.to.place);
    want(work, third!, { kind: 'Num', unit: currencyOf(stmt) }, stmt.amount.place);
  }
}

/** A local that hides another name has its type: where it may be read unset it starts with that name's value. */
function visitLocal(work: Work, scope: Scope, name: string, value: TypeVar, place: Place): void {
  const local = bindingVar(work, { kind: 'local', rule: scope.rule, name });
  const fallback = scope.locals.get(name)?.fallback;
  if (fallback) unify(work, local, bindingVar(work, fallback), place);
  unify(work, local, value, place);
}

function visit(work: Work, scope: Scope, expr: Expr): TypeVar {
  const variable = visitKind(work, scope, expr);
  work.exprs.set(expr, variable);
  return variable;
}

function visitKind(work: Work, scope: Scope, expr: Expr): TypeVar {
  switch (expr.kind) {
    case 'Literal':
      return visitValue(work, expr.value);
    case 'Var': {
      const binding = scope.reads.get(expr);
      return binding ? bindingVar(work, binding) : fresh(expr.place, null);
    }
    case 'UnOp':
      return visitUnary(work, expr.op, visit(work, scope, expr.operand), expr.place);
    case 'BinOp':
      return visitBinary(
        work,
        expr.op,
        visit(work, scope, expr.left),
        visit(work, scope, expr.right),
        expr.place,
      );
    case 'Call':
      return visitCall(
        work,
        expr.name,
        expr.args.map((arg) => visit(work, scope, arg)),
        expr.place,
      );
    case 'FieldAccess':
      return visitField(work, visit(work, scope, expr.object), expr.field, expr.place);
    case 'List':
    case 'Set':
      return collection(
        work,
        expr.kind,
        expr.items.map((item) => visit(work, scope, item)),
        expr.place,
      );
    case 'Map':
      return struct(
        work,
        expr.entries.map(({ key, value }) => [key, visit(work, scope, value)]),
        expr.place,
      );
    case 'In':
      return visitIn(work, visit(work, scope, expr.elem), visit(work, scope, expr.collection), expr.place);
  }
}

function visitUnary(work: Work, op: 'Not' | 'Neg', operand: TypeVar, place: Place): TypeVar {
  if (op === 'Neg') return want(work, operand, NUMBER, place);
  truth(operand);
  return fresh(place, { kind: 'Bool' });
}

function visitBinary(
  work: Work,
  op: Extract<Expr, { readonly kind: 'BinOp' }>['op'],
  left: TypeVar,
  right: TypeVar,
  place: Place,
): TypeVar {
  switch (op) {
    case 'Add':
      unify(work, left, right, place);
      return summed(work, left, place);
    case 'Sub':
      return numbers(work, left, right, place);
    case 'Mul':
    case 'Div':
      return scaled(work, want(work, left, NUMBER, place), want(work, right, NUMBER, place), op, place);
    case 'Mod':
      want(work, left, NUMBER, place);
      want(work, right, NUMBER, place);
      return fresh(place, { kind: 'Num', unit: '' });
    case 'And':
    case 'Or':
      truth(left);
      truth(right);
      return fresh(place, { kind: 'Bool' });
    default:
      if (op === 'Eq' || op === 'Ne') unify(work, left, right, place);
      else numbers(work, left, right, place);
      return fresh(place, { kind: 'Bool' });
  }
}

/** Two numbers of one unit; the left one is the result. */
function numbers(work: Work, left: TypeVar, right: TypeVar, place: Place): TypeVar {
  want(work, left, NUMBER, place);
  want(work, right, NUMBER, place);
  if (find(left).shape?.kind === 'Num' && find(right).shape?.kind === 'Num') unify(work, left, right, place);
  return left;
}

/** `Add` is for numbers and for texts; numbers where nothing says which. */
function summed(work: Work, operand: TypeVar, place: Place): TypeVar {
  work.later.push({
    step: () => {
      const kind = find(operand).shape?.kind;
      if (kind !== undefined && kind !== 'Num' && kind !== 'Text') want(work, operand, NUMBER, place);
      return kind !== undefined;
    },
    finish: () => want(work, operand, NUMBER, place),
  });
  return operand;
}

/** Amount by number is an amount; amount by amount and number by number are numbers. */
function scaled(work: Work, left: TypeVar, right: TypeVar, op: 'Mul' | 'Div', place: Place): TypeVar {
  const result = fresh(place, { kind: 'Num', unit: null });
  const step = () => {
    const [l, r] = [unitOf(left), unitOf(right)];
    const unit = l && !r ? l : op === 'Mul' && r && !l ? r : null;
    if (unit === null) return false;
    want(work, result, { kind: 'Num', unit }, place);
    return true;
  };
  work.later.push({ step, finish: () => {} });
  return result;
}

function unitOf(variable: TypeVar): string | null {
  const { shape } = find(variable);
  return shape?.kind === 'Num' && shape.unit ? shape.unit : null;
}

function visitCall(work: Work, name: string, args: readonly TypeVar[], place: Place): TypeVar {
  const arg = args[0] ?? fresh(place, null);
  if (name === 'abs') return want(work, arg, NUMBER, place);
  const step = () => {
    const kind = find(arg).shape?.kind;
    const measurable = kind === 'Text' || kind === 'Set' || kind === 'List';
    if (kind !== undefined && !measurable) work.report({ kind: 'notCollection', place, what: describe(arg) });
    return kind !== undefined;
  };
  work.later.push({ step, finish: () => work.report({ kind: 'openCollection', place }) });
  return fresh(place, { kind: 'Num', unit: '' });
}

function visitField(work: Work, object: TypeVar, field: string, place: Place): TypeVar {
  const result = fresh(place, null);
  work.reads.push({ object, field });
  const step = () => {
    const { shape } = find(object);
    if (shape === null) return false;
    const found = shape.kind === 'Struct' ? shape.fields.get(field) : undefined;
    if (found === undefined) work.report({ kind: 'noField', place, field });
    else unify(work, result, found, place);
    return true;
  };
  work.later.push({ step, finish: () => work.report({ kind: 'openMap', place }) });
  return result;
}

function visitIn(work: Work, elem: TypeVar, inside: TypeVar, place: Place): TypeVar {
  const step = () => {
    const { shape } = find(inside);
    if (shape === null) return false;
    if (shape.kind === 'Set' || shape.kind === 'List') unify(work, shape.item, elem, place);
    else work.report({ kind: 'notCollection', place, what: describe(inside) });
    return true;
  };
  work.later.push({ step, finish: () => work.report({ kind: 'openCollection', place }) });
  return fresh(place, { kind: 'Bool' });
}

function visitValue(work: Work, value: Value): TypeVar {
  const variable = valueVar(work, value);
  work.values.set(value, variable);
  return variable;
}

function valueVar(work: Work, value: Value): TypeVar {
  switch (value.kind) {
    case 'Int':
      return fresh(value.place, { kind: 'Num', unit: null });
    case 'String':
      return fresh(value.place, { kind: 'Text' });
    case 'List':
    case 'Set':
      return collection(
        work,
        value.kind,
        value.items.map((item) => visitValue(work, item)),
        value.place,
      );
    case 'Map':
      return struct(
        work,
        value.entries.map((entry) => [entry.key, visitValue(work, entry.value)]),
        value.place,
      );
    default:
      return fresh(value.place, { kind: value.kind });
  }
}

function collection(work: Work, kind: 'Set' | 'List', items: readonly TypeVar[], place: Place): TypeVar {
  const item = fresh(place, null);
  for (const each of items) unify(work, item, each, place);
  return fresh(place, { kind, item });
}

function struct(work: Work, entries: readonly (readonly [string, TypeVar])[], place: Place): TypeVar {
  return fresh(place, { kind: 'Struct', fields: new Map(entries), id: work.ids++, optional: new Map() });
}

function bindingVar(work: Work, binding: Binding): TypeVar {
  const key = keyOf(binding);
  const known = work.bindings.get(key);
  if (known) return known;
  const created = fresh(
    binding.kind === 'param' || binding.kind === 'local' ? binding.rule.place : START,
    null,
  );
  if (binding.kind === 'sender') created.shape = { kind: 'Did' };
  if (binding.kind === 'participants') created.shape = { kind: 'Set', item: fresh(START, { kind: 'Did' }) };
  work.bindings.set(key, created);
  return created;
}

const NUMBER: Shape = { kind: 'Num', unit: null };

const START: Place = { path: '$', span: { start: 0, end: 0 } };

function keyOf(binding: Binding): string {
  if (binding.kind === 'state') return `state ${binding.name}`;
  if (binding.kind === 'param' || binding.kind === 'local')
    return `${binding.kind} ${binding.rule.place.path} ${binding.name}`;
  return binding.kind;
}

function want(work: Work, variable: TypeVar, shape: Shape, place: Place): TypeVar {
  unify(work, variable, fresh(place, shape), place);
  return variable;
}

function truth(variable: TypeVar): void {
  find(variable).truth = true;
}

// ---- the end -----------------------------------------------------------------------------------

/** Runs the waiting constraints until none of them moves, then ends those that still wait. */
function settle(work: Work): void {
  stepAll(work);
  for (const constraint of work.later) constraint.finish();
  stepAll(work);
  for (const { object, field } of work.reads) checkRead(work, find(object).shape, field);
}

/** To read a field that is not always there is an error in the format, and has no form here. */
function checkRead(work: Work, shape: Shape | null, field: string): void {
  const why = shape?.kind === 'Struct' ? shape.optional.get(field) : undefined;
  if (why !== undefined) work.report({ kind: 'fields', ...why });
}

function stepAll(work: Work): void {
  for (let moved = true; moved; ) {
    const still = work.later.filter((constraint) => !constraint.step());
    moved = still.length < work.later.length;
    work.later = still;
  }
}

function typesOf(work: Work): Types {
  return {
    ofExpr: (expr) => finalType(work.exprs.get(expr)!),
    ofValue: (value) => finalType(work.values.get(value)!),
    ofBinding: (binding) => finalType(bindingVar(work, binding)),
    ofResult: (rule) => finalType(work.results.get(rule)!),
    isUnconstrained: (binding) => {
      const { shape, truth: isTruth } = find(bindingVar(work, binding));
      return shape === null && !isTruth;
    },
  };
}
