/**
 * The body of a `fn` as an expression: what may stand in a clause. In: a body. Out: which of its statements give names
 * and which choose, or the first thing that a clause cannot say. The checker asks whether; the core makes terms of it.
 */
import type * as ast from '../syntax/ast.ts';
import { walk } from '../syntax/visit.ts';
import { ungroup } from './checker.ts';

export type Formula =
  | { readonly kind: 'value'; readonly value: ast.Expr }
  | { readonly kind: 'name'; readonly statement: LetStmt; readonly then: Formula }
  | {
      readonly kind: 'choice';
      readonly condition: ast.Expr;
      readonly then: Formula;
      readonly otherwise: Formula;
    };

/** What is no part of a formula, in an author's words, and where it stands. */
export type Obstacle = { readonly kind: 'obstacle'; readonly span: ast.Span; readonly what: string };

type LetStmt = Extract<ast.Stmt, { readonly kind: 'let' }>;
type IfExpr = Extract<ast.Expr, { readonly kind: 'if' }>;

/** Statements that are left, and the value behind them. */
type Rest = {
  readonly statements: readonly ast.Stmt[];
  readonly result: ast.Expr | null;
  readonly span: ast.Span;
};

/** The value that a body gives back. Every statement is looked at once: the formula is no larger than the body. */
export function formulaOf(body: ast.Block): Formula | Obstacle {
  const { statements, result, span } = body;
  return formulaOfRest({ statements, result, span });
}

function formulaOfRest(rest: Rest): Formula | Obstacle {
  const [first, ...statements] = rest.statements;
  if (first === undefined) {
    if (rest.result === null) return obstacle(rest.span, 'a way without a value');
    const value = ungroup(rest.result);
    return value.kind === 'if' ? choiceOf(value, null) : expressionOf(value);
  }
  const behind = { ...rest, statements };
  if (first.kind === 'let') return nameOf(first, behind);
  if (first.kind === 'return')
    return first.value === null ? obstacle(first.span, 'a way without a value') : expressionOf(first.value);
  const value = first.kind === 'exprStmt' ? ungroup(first.value) : null;
  if (value?.kind === 'if') return choiceOf(value, behind);
  return obstacle(first.span, OBSTACLES[first.kind] ?? 'a statement that does something');
}

const OBSTACLES: { readonly [kind in ast.Stmt['kind']]?: string } = {
  assign: 'an assignment',
  forIn: 'a loop',
  forRange: 'a loop',
  require: 'a `require`',
  fail: 'a `fail`',
  emit: 'an `emit`',
  assert: 'an `assert`',
  return: 'a `return` inside an expression',
};

function nameOf(statement: LetStmt, behind: Rest): Formula | Obstacle {
  if (statement.mutable) return obstacle(statement.span, 'a `var`');
  const value = expressionOf(statement.value);
  if (value.kind === 'obstacle') return value;
  const then = formulaOfRest(behind);
  return then.kind === 'obstacle' ? then : { kind: 'name', statement, then };
}

/** What stands behind an `if` follows its second side; the first one gives its value by itself. */
function choiceOf(expr: IfExpr, behind: Rest | null): Formula | Obstacle {
  const condition = expressionOf(expr.condition);
  if (condition.kind === 'obstacle') return condition;
  const then = formulaOf(expr.then);
  if (then.kind === 'obstacle') return then;
  const otherwise = secondSide(expr, behind);
  return otherwise.kind === 'obstacle'
    ? otherwise
    : { kind: 'choice', condition: expr.condition, then, otherwise };
}

function secondSide({ otherwise, span }: IfExpr, behind: Rest | null): Formula | Obstacle {
  if (otherwise === null)
    return behind === null ? obstacle(span, 'a way without a value') : formulaOfRest(behind);
  const side = ungroup(otherwise);
  if (side.kind === 'if') return choiceOf(side, behind);
  if (side.kind !== 'block') return expressionOf(side);
  if (side.result !== null || behind === null) return formulaOf(side);
  return formulaOfRest({ ...behind, statements: [...side.statements, ...behind.statements] });
}

/** An expression is a formula unless a block inside it does more than to give names. */
function expressionOf(value: ast.Expr): Formula | Obstacle {
  let found: Obstacle | null = null;
  walk(value, (node) => {
    const other = node.kind === 'block' ? node.statements.find((stmt) => !isName(stmt)) : undefined;
    if (found === null && node.kind === 'generic') found = obstacle(node.span, 'a call to another contract');
    if (found === null && other !== undefined)
      found = obstacle(other.span, OBSTACLES[other.kind] ?? 'a statement inside an expression');
    return undefined;
  });
  return found ?? { kind: 'value', value };
}

function isName(stmt: ast.Stmt): boolean {
  return stmt.kind === 'let' && !stmt.mutable;
}

function obstacle(span: ast.Span, what: string): Obstacle {
  return { kind: 'obstacle', span, what };
}
