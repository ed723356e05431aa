/** Rule: every clause has a meaning for every state: divisors cannot be zero, quantified variables are keys or accounts. */
import type * as ast from '../../syntax/ast.ts';
import { walk } from '../../syntax/visit.ts';
import { type Called, type Checker, report, textOf, ungroup } from '../checker.ts';
import { intValue } from '../literal.ts';

export function checkClauses(out: Checker, tree: ast.SourceFile): void {
  walk(tree, (node) => {
    if (node.kind === 'test') return 'skip';
    const condition = conditionOf(node);
    if (condition === null && node.kind !== 'changes') return undefined;
    const root = condition === null || node.kind === 'ghostAssign' ? node : condition;
    for (const division of divisionsIn(out, root))
      report(out, 'E0411', { span: division.span, divisor: textOf(out, division.right) });
    if (condition !== null) checkVariables(out, condition);
    return 'skip';
  });
}

/** What only the verifier reads: `requires` on an entry point is code, and reverts. */
export function conditionOf(node: ast.AnyNode): ast.Expr | null {
  switch (node.kind) {
    case 'ensures':
    case 'succeedsWhen':
    case 'failsWhen':
    case 'invariant':
    case 'history':
    case 'assert':
    case 'assume':
    case 'holds':
      return node.condition;
    case 'ghostAssign':
      return node.value;
    default:
      return null;
  }
}

// ---- divisions ---------------------------------------------------------------------------------

/** The parameters and variables that are keys in the body of a function. */
type KeysOfFns = Map<Called, ReadonlySet<ast.AnyNode>>;
type Call = Extract<ast.Expr, { readonly kind: 'call' }>;
type Division = Extract<ast.Expr, { readonly kind: 'binary' }>;

/** The divisions below a node whose divisor could be zero. */
export function divisionsIn(out: Checker, node: ast.AnyNode): readonly Division[] {
  return collectDivisions(out, node, []);
}

/** `known` are conditions that hold wherever the node is evaluated. */
function collectDivisions(out: Checker, root: ast.AnyNode, known: readonly ast.Expr[]): readonly Division[] {
  const found: Division[] = [];
  walk(root, (node) => {
    if (node.kind !== 'binary') return undefined;
    found.push(...collectDivisions(out, node.left, known));
    const guarded = node.op === '==>' || node.op === '&&' ? [...known, ...conjuncts(node.left)] : known;
    found.push(...collectDivisions(out, node.right, guarded));
    const divides = node.op === '/' || node.op === '%';
    if (divides && !isNotZero(out, node.right, known)) found.push(node);
    return 'skip';
  });
  return found;
}

function conjuncts(expr: ast.Expr): readonly ast.Expr[] {
  const inner = ungroup(expr);
  if (inner.kind !== 'binary' || inner.op !== '&&') return [inner];
  return [...conjuncts(inner.left), ...conjuncts(inner.right)];
}

function isNotZero(out: Checker, divisor: ast.Expr, known: readonly ast.Expr[]): boolean {
  const inner = ungroup(divisor);
  if (inner.kind === 'unary') return isNotZero(out, inner.operand, known);
  if (isLiteral(inner)) return !isZero(inner);
  const entity = inner.kind === 'name' ? out.entities.get(inner) : undefined;
  if (entity?.kind === 'const' && isLiteral(entity.node.value)) return !isZero(entity.node.value);
  return known.some((guard) => isGuard(out, guard, inner));
}

/** `d != 0`, `d > 0` and their mirror images. */
function isGuard(out: Checker, guard: ast.Expr, divisor: ast.Expr): boolean {
  if (guard.kind !== 'binary') return false;
  const same = (side: ast.Expr) => wordsOf(out, ungroup(side)) === wordsOf(out, divisor);
  if (guard.op === '!=')
    return (same(guard.left) && isZero(guard.right)) || (same(guard.right) && isZero(guard.left));
  return (
    (guard.op === '>' && same(guard.left) && isZero(guard.right)) ||
    (guard.op === '<' && same(guard.right) && isZero(guard.left))
  );
}

function wordsOf(out: Checker, expr: ast.Expr): string {
  return textOf(out, expr).replaceAll(/\s+/g, '');
}

function isLiteral(expr: ast.Expr): boolean {
  return expr.kind === 'int' || expr.kind === 'amount' || expr.kind === 'duration';
}

function isZero(expr: ast.Expr): boolean {
  const inner = ungroup(expr);
  const literal = inner.kind === 'int' || inner.kind === 'amount' || inner.kind === 'duration';
  return literal && intValue(inner.digits.replace('.', '')) === 0n;
}

// ---- quantified variables ----------------------------------------------------------------------

/** A variable over a type without bound must be a map key or set element somewhere: those are the values that matter. */
function checkVariables(out: Checker, condition: ast.Expr): void {
  let keys: ReadonlySet<ast.AnyNode> | null = null;
  walk(condition, (node) => {
    if (node.kind !== 'quantifier') return undefined;
    keys ??= keyVariables(out, condition, new Map());
    for (const param of node.params) {
      const kind = out.types.get(param)?.kind;
      const bounded = kind === 'Bool' || kind === 'Error';
      if (!bounded && !keys.has(param))
        report(out, 'E0412', { span: param.name.span, name: param.name.text });
    }
    return undefined;
  });
}

/** The arguments whose parameters are keys in the function that is called; each function is looked at once. */
function keyArguments(out: Checker, call: Call, known: KeysOfFns): readonly ast.Expr[] {
  const entity = call.callee.kind === 'name' ? out.entities.get(call.callee) : undefined;
  if (entity?.kind !== 'fn' && entity?.kind !== 'view') return [];
  const fn = entity.node;
  if (!known.has(fn)) {
    known.set(fn, new Set());
    known.set(fn, keyVariables(out, fn.body, known));
  }
  return call.args.filter((_, index) => known.get(fn)!.has(fn.params[index]!));
}

/** The declarations of the variables that stand as keys or elements somewhere in a clause. */
function keyVariables(out: Checker, root: ast.AnyNode, known: KeysOfFns): ReadonlySet<ast.AnyNode> {
  const found = new Set<ast.AnyNode>();
  walk(root, (node) => {
    const keys = node.kind === 'call' ? [...keysOf(node), ...keyArguments(out, node, known)] : keysOf(node);
    for (const key of keys) addVariables(out, key, found);
    return undefined;
  });
  return found;
}

/** The keys, elements and accounts that an expression asks about. */
function keysOf(node: ast.AnyNode): readonly ast.Expr[] {
  if (node.kind === 'index') return [node.index];
  if (node.kind === 'binary' && node.op === 'in') return [node.left];
  if (node.kind !== 'call' || node.callee.kind !== 'field') return [];
  // The ledger's accounts are keys as well.
  return ['has', 'balance', 'can_pay'].includes(node.callee.name.text) ? node.args.slice(0, 1) : [];
}

/** The variable that is the key, and those that are parts of a key that is built right here. */
function addVariables(out: Checker, key: ast.Expr, found: Set<ast.AnyNode>): void {
  const inner = ungroup(key);
  if (inner.kind === 'tuple') for (const item of inner.items) addVariables(out, item, found);
  if (inner.kind === 'struct_') for (const { value } of inner.fields) addVariables(out, value, found);
  const entity = inner.kind === 'name' ? out.entities.get(inner) : undefined;
  if (entity?.kind === 'bound' || entity?.kind === 'param') found.add(entity.node);
}
