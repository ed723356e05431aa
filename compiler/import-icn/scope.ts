/**
 * What each name of a rule means: the tree in, side tables out. The format looks a name up in the locals of the call,
 * then in the state, then among `participants` and `sender`, and its locals have no blocks, so the meaning of a name
 * depends on what ran before it: this pass follows the flow.
 */
import type { Contract, Expr, Place, Rule, Stmt } from './tree.ts';

export type Binding =
  | { readonly kind: 'param' | 'local'; readonly rule: Rule; readonly name: string }
  | { readonly kind: 'state'; readonly name: string }
  | { readonly kind: 'participants' | 'sender' };

/** A name that the rule assigns. `fallback` is what the name means where it is not assigned yet. */
export type Local = {
  readonly name: string;
  readonly fallback: Binding | null;
  readonly assigns: readonly Assign[];
};
export type Assign = Extract<Stmt, { readonly kind: 'Assign' | 'SetState' }>;

export type Scope = {
  readonly rule: Rule;
  /** Every `Var` that is reached and means something. */
  readonly reads: ReadonlyMap<Expr, Binding>;
  readonly locals: ReadonlyMap<string, Local>;
  /** Statements that follow a `Return` on every path. */
  readonly dead: ReadonlySet<Stmt>;
  /** Returns that are reached. */
  readonly returns: readonly Extract<Stmt, { readonly kind: 'Return' }>[];
  /** Whether some path reaches the end of the body. */
  readonly fallsThrough: boolean;
  readonly readsSender: boolean;
  readonly hasEffects: boolean;
};

export type NameProblem = {
  readonly place: Place;
  readonly name: string;
  readonly kind: 'unknown' | 'maybeUnset';
};

/** The scope of one rule; names without a meaning go to `report`. */
export function scopeOf(contract: Contract, rule: Rule, report: (problem: NameProblem) => void): Scope {
  const flow: Flow = {
    contract,
    rule,
    report,
    reads: new Map(),
    assigns: new Map(),
    assignedNames: new Set(
      reachedStatements(rule.body, new Set()).flatMap((stmt) => (stmt.kind === 'Assign' ? [stmt.name] : [])),
    ),
    dead: new Set(),
    returns: [],
    readsSender: false,
    hasEffects: false,
  };
  for (const condition of rule.requires) walkExpr(flow, condition, new Map());
  const end = walkBlock(flow, rule.body, new Map());
  const locals = [...flow.assigns].map(([name, assigns]): [string, Local] => [
    name,
    { name, fallback: fallbackOf(contract, rule, name), assigns },
  ]);
  return { ...flow, locals: new Map(locals), fallsThrough: end !== null };
}

/** What a name means when the rule has not assigned it. */
export function fallbackOf(contract: Contract, rule: Rule, name: string): Binding | null {
  if (rule.params.some((param) => param.text === name)) return { kind: 'param', rule, name };
  if (contract.stateVars.some((variable) => variable.name.text === name)) return { kind: 'state', name };
  return name === 'participants' || name === 'sender' ? { kind: name } : null;
}

/** The expressions directly inside an expression, in evaluation order. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'Literal':
    case 'Var':
      return [];
    case 'FieldAccess':
      return [expr.object];
    case 'BinOp':
      return [expr.left, expr.right];
    case 'UnOp':
      return [expr.operand];
    case 'Call':
      return expr.args;
    case 'List':
    case 'Set':
      return expr.items;
    case 'Map':
      return expr.entries.map((entry) => entry.value);
    case 'In':
      return [expr.elem, expr.collection];
  }
}

/** The expressions directly inside a statement, blocks left out, in evaluation order. */
export function expressionsOf(stmt: Stmt): readonly Expr[] {
  switch (stmt.kind) {
    case 'Assign':
    case 'SetState':
    case 'Return':
    case 'Expr':
      return [stmt.value];
    case 'LedgerTransfer':
      return [stmt.from, stmt.to, stmt.amount, stmt.currency];
    case 'SetCreditLimit':
      return [stmt.account, stmt.currency, stmt.limit];
    case 'If':
      return [stmt.condition];
    case 'For':
      return [stmt.iterable];
  }
}

/** The blocks directly inside a statement. */
export function blocksOf(stmt: Stmt): readonly (readonly Stmt[])[] {
  if (stmt.kind === 'If') return [stmt.then, stmt.otherwise];
  return stmt.kind === 'For' ? [stmt.body] : [];
}

/** All statements of a block that can be reached, inner ones included, in source order. */
export function reachedStatements(block: readonly Stmt[], dead: ReadonlySet<Stmt>): readonly Stmt[] {
  return block
    .filter((stmt) => !dead.has(stmt))
    .flatMap((stmt) => [stmt, ...blocksOf(stmt).flatMap((inner) => reachedStatements(inner, dead))]);
}

/** Every expression of the rule that can be reached, inner ones included, outer before inner. */
export function allExpressions(scope: Scope): readonly Expr[] {
  return rootExpressions(scope).flatMap(withParts);
}

/** The same without those inside others. */
export function rootExpressions(scope: Scope): readonly Expr[] {
  const stmts = reachedStatements(scope.rule.body, scope.dead);
  return [...scope.rule.requires, ...stmts.flatMap(expressionsOf)];
}

/** An expression and all inside it. */
export function withParts(expr: Expr): readonly Expr[] {
  return [expr, ...partsOf(expr).flatMap(withParts)];
}

/** Whether the local is set on every path to here, or on some. A name that is on no path is absent. */
type Known = ReadonlyMap<string, 'set' | 'maybe'>;

type Flow = {
  readonly contract: Contract;
  readonly rule: Rule;
  readonly report: (problem: NameProblem) => void;
  readonly reads: Map<Expr, Binding>;
  readonly assigns: Map<string, Assign[]>;
  /** A `SetState` of one of these sets the local too. */
  readonly assignedNames: ReadonlySet<string>;
  readonly dead: Set<Stmt>;
  readonly returns: Extract<Stmt, { readonly kind: 'Return' }>[];
  readsSender: boolean;
  hasEffects: boolean;
};

/** What is known after the block; null when it never gets there. */
function walkBlock(flow: Flow, block: readonly Stmt[], before: Known): Known | null {
  let known: Known | null = before;
  for (const stmt of block) {
    if (known === null) flow.dead.add(stmt);
    else known = walkStmt(flow, stmt, known);
  }
  return known;
}

function walkStmt(flow: Flow, stmt: Stmt, known: Known): Known | null {
  for (const expr of expressionsOf(stmt)) walkExpr(flow, expr, known);
  if (stmt.kind === 'LedgerTransfer' || stmt.kind === 'SetState' || stmt.kind === 'SetCreditLimit')
    flow.hasEffects = true;
  switch (stmt.kind) {
    case 'Assign':
      return assigned(flow, stmt, known);
    case 'SetState':
      return flow.assignedNames.has(stmt.name) ? assigned(flow, stmt, known) : known;
    case 'Return':
      flow.returns.push(stmt);
      return null;
    case 'If':
      return joined(walkBlock(flow, stmt.then, known), walkBlock(flow, stmt.otherwise, known));
    case 'For':
      return joined(known, walkBlock(flow, stmt.body, new Map([...known, [stmt.variable, 'set']])));
    default:
      return known;
  }
}

function assigned(flow: Flow, stmt: Assign, known: Known): Known {
  flow.assigns.set(stmt.name, [...(flow.assigns.get(stmt.name) ?? []), stmt]);
  return new Map([...known, [stmt.name, 'set']]);
}

function joined(left: Known | null, right: Known | null): Known | null {
  if (left === null || right === null) return left ?? right;
  const names = new Set([...left.keys(), ...right.keys()]);
  return new Map(
    [...names].map((name) => [name, left.get(name) === 'set' && right.get(name) === 'set' ? 'set' : 'maybe']),
  );
}

function walkExpr(flow: Flow, expr: Expr, known: Known): void {
  for (const part of partsOf(expr)) walkExpr(flow, part, known);
  if (expr.kind !== 'Var') return;
  const fallback = fallbackOf(flow.contract, flow.rule, expr.name);
  const local = known.get(expr.name);
  const binding: Binding | null = local ? { kind: 'local', rule: flow.rule, name: expr.name } : fallback;
  if (binding === null) flow.report({ place: expr.place, name: expr.name, kind: 'unknown' });
  else if (local === 'maybe' && fallback === null)
    flow.report({ place: expr.place, name: expr.name, kind: 'maybeUnset' });
  else flow.reads.set(expr, binding);
  if (binding?.kind === 'sender') flow.readsSender = true;
}
