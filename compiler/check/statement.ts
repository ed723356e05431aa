/** Types of blocks and statements; what can be assigned; what comes after an end. */
import { describe, isDeclaration } from '../resolve/entity.ts';
import type * as ast from '../syntax/ast.ts';
import { adviceOnOperator } from './advice.ts';
import { annotateValue, ghostType, paramType } from './annotation.ts';
import { countText, noteWrite, stateOf } from './call.ts';
import { type At, isSpecification, NEVER, report, textOf, ungroup } from './checker.ts';
import {
  askedBy,
  type Because,
  collectionWord,
  reportMismatch,
  typeExpr,
  typeValue,
  wrongKind,
} from './expression.ts';
import { checkFor } from './loop.ts';
import { reportTestWord } from './meaning.ts';
import { arithmeticType, concatType } from './operator.ts';
import { agree, BOOL, ERROR, hasError, isValue, TEXT, type Type, typeText, UNIT } from './types.ts';
import { typeWholePlace } from './whole.ts';

/** The type of a block: of its last expression, `NEVER` when it always returns, else `Unit`. */
export function typeBlock(at: At, block: ast.Block, wanted: Type | null): Type {
  let ended = false;
  for (const [index, stmt] of block.statements.entries()) {
    if (!checkStmt(at, stmt) || ended) continue;
    ended = true;
    reportUnreachable(at, block.statements[index + 1] ?? block.result);
  }
  const type = block.result === null ? UNIT : typeExpr(at, block.result, ended ? null : wanted);
  return ended ? NEVER : type;
}

function reportUnreachable(at: At, next: ast.Stmt | ast.Expr | null): void {
  if (next !== null && next.kind !== 'missing') report(at.out, 'W0402', { span: next.span });
}

/** Checks a statement; true when nothing after it is reached. */
function checkStmt(at: At, stmt: ast.Stmt): boolean {
  if (
    isSpecification(at.part) ||
    at.part === 'requires' ||
    at.part === 'const' ||
    at.part === 'initialiser'
  ) {
    if (stmt.kind !== 'missing') report(at.out, 'E0417', { span: stmt.span });
    return false;
  }
  switch (stmt.kind) {
    case 'let':
      return checkLet(at, stmt);
    case 'assign':
      return checkAssign(at, stmt);
    case 'ghostAssign':
      checkGhost(at, stmt);
      return false;
    case 'exprStmt':
      return checkExprStmt(at, stmt.value);
    case 'return':
      return checkReturn(at, stmt);
    case 'require':
      typeValue(at, stmt.condition, BOOL);
      if (stmt.message !== null) typeValue(at, stmt.message, TEXT);
      return false;
    case 'assert':
      typeValue({ ...at, part: 'assert' }, stmt.condition, BOOL);
      return false;
    case 'emit':
      checkFields(at, stmt, stmt.event, 'event');
      at.out.effects.push({
        kind: 'emit',
        owner: at.owner,
        part: at.part,
        span: stmt.span,
        what: `emit ${stmt.event.text}`,
      });
      return false;
    case 'fail':
      checkFields(at, stmt, stmt.error, 'error');
      return true;
    case 'forIn':
    case 'forRange':
      checkFor(at, stmt);
      return false;
    default:
      reportTestWord(at, stmt);
      return false;
  }
}

type Stmt<K extends ast.Stmt['kind']> = Extract<ast.Stmt, { readonly kind: K }>;

function checkLet(at: At, stmt: Stmt<'let'>): boolean {
  const wanted = stmt.type === null ? null : annotateValue(at.out, stmt.type);
  const because = stmt.type === null ? null : { span: stmt.type.span, label: 'declared here' };
  const type = typeValue(at, stmt.value, wanted, because);
  at.out.types.set(stmt, wanted ?? type);
  return type === NEVER;
}

/** A ghost is set where the code runs, and is no part of it. */
function checkGhost(at: At, stmt: Stmt<'ghostAssign'>): void {
  const entity = at.out.entities.get(stmt.name);
  const type = entity?.kind === 'ghost' ? ghostType(at.out, entity.node) : null;
  typeValue({ ...at, part: 'ghost' }, stmt.value, type === null ? null : entryType(at, stmt, type));
  if (entity === undefined) return;
  if (entity.kind !== 'ghost') wrongKind(at, stmt.name, entity, 'a ghost');
  else noteWrite(at, stmt.span, stmt.name.text, null);
}

/** What a ghost takes: of a map one entry at a time. */
function entryType(at: At, { name, key }: Stmt<'ghostAssign'>, type: Type): Type {
  const isMap = type.kind === 'Map';
  if (key !== null) typeValue({ ...at, part: 'ghost' }, key, isMap ? type.key : null);
  if (isMap && key !== null) return type.value;
  if (isMap) return report(at.out, 'E0306', { span: name.span, what: collectionWord(type)! });
  if (key === null || hasError(type)) return type;
  return report(at.out, 'E0315', { span: name.span, type: typeText(type) });
}

function checkExprStmt(at: At, value: ast.Expr): boolean {
  const type = typeExpr(at, value, null);
  if (type.kind !== 'Unit' && !hasError(type) && !doesSomething(value)) {
    report(at.out, 'W0403', { span: value.span, ...adviceOnComparison(at, value) });
  }
  return type === NEVER;
}

/** `x == 1;` was most likely meant to be an assignment. */
function adviceOnComparison(at: At, value: ast.Expr) {
  if (value.kind !== 'binary' || value.op !== '==' || rootOf(value.left) === null) return {};
  const between = { start: value.left.span.end, end: value.right.span.start };
  const start = between.start + textOf(at.out, { span: between }).indexOf('==');
  const edits = [{ span: { start, end: start + 2 }, text: '=' }];
  return { instead: 'a value is given by `=`', fix: { title: 'Change to `=`', edits } };
}

/** A value that is thrown away is meant where computing it does something besides. */
function doesSomething(value: ast.Expr): boolean {
  const expr = ungroup(value);
  const isUnread = expr.kind === 'binary' && expr.right.kind === 'missing';
  return (
    isUnread || expr.kind === 'call' || expr.kind === 'if' || expr.kind === 'match' || expr.kind === 'block'
  );
}

function checkReturn(at: At, stmt: Stmt<'return'>): boolean {
  if (stmt.value === null) {
    if (isValue(at.result) && !hasError(at.result)) {
      report(at.out, 'E0414', { span: stmt.span, type: typeText(at.result) });
    }
  } else if (at.result.kind === 'Unit') {
    typeExpr(at, stmt.value, null);
    report(at.out, 'E0415', { span: stmt.value.span });
  } else {
    typeValue(at, stmt.value, at.result, resultOf(at));
  }
  return true;
}

/** Where the result of the code around is declared. */
function resultOf({ owner }: At): Because {
  const result = owner === null || !('result' in owner) ? null : owner.result;
  return result === null ? null : { span: result.span, label: 'the result is declared here' };
}

/** The values of `emit` and `fail` against the fields that the event or error declares. */
function checkFields(at: At, stmt: Stmt<'emit' | 'fail'>, name: ast.Name, kind: 'event' | 'error'): void {
  const entity = at.out.entities.get(name);
  const params = entity?.kind === kind ? entity.node.fields : [];
  const fields = params.map((field) => paramType(at.out, field));
  stmt.args.forEach((arg, index) => {
    typeValue(at, arg, fields[index] ?? null, params[index] === undefined ? null : askedBy(params[index]));
  });
  if (entity === undefined) return;
  const { span } = stmt;
  if (entity.kind !== kind) wrongKind(at, name, entity, kind === 'event' ? 'an event' : 'an error');
  else if (stmt.args.length !== fields.length)
    report(at.out, 'E0305', {
      span,
      name: entity.name,
      ...countText(at.out.file, fields.length, stmt.args.length, params),
    });
}

// ---- assignment --------------------------------------------------------------------------------

function checkAssign(at: At, stmt: Stmt<'assign'>): boolean {
  const place = typePlace(at, stmt.target);
  if (place === ERROR) return typeExpr(at, stmt.value, null) === NEVER;
  if (stmt.op === '=') return typeValue(at, stmt.value, place, declarationOf(at, stmt.target)) === NEVER;
  const op = stmt.op.slice(0, -1) as ast.BinaryOp;
  const wanted = op === '+' || op === '-' ? (place.kind === 'Amount' ? place : null) : null;
  const value = typeValue(at, stmt.value, wanted);
  checkResult(at, stmt, op, place, value);
  return value === NEVER;
}

/** Where a variable of the state that is written says its type. */
function declarationOf(at: At, target: ast.Expr): Because {
  const state = stateOf(at, target);
  return state === null ? null : askedBy(state);
}

/** `p op= e`: the result of `p op e` goes back into `p`. */
function checkResult(at: At, stmt: Stmt<'assign'>, op: ast.BinaryOp, place: Type, value: Type): void {
  const result = op === '++' ? concatType(place, value) : arithmeticType(op, place, value);
  if (result === null) {
    const types = `\`${typeText(place)}\` and \`${typeText(value)}\``;
    const sides = { op: stmt.op, left: stmt.target, right: stmt.value, span: stmt.span };
    report(at.out, 'E0303', {
      span: stmt.span,
      op: stmt.op,
      types,
      ...adviceOnOperator(at, sides, place, value),
    });
  } else if (!agree(result, place)) {
    reportMismatch(at, stmt.value, result, place);
  }
}

/** The type of a place that is written. What cannot be written is reported. */
function typePlace(at: At, target: ast.Expr): Type {
  const type = typeExpr(at, target, null);
  at.out.types.set(target, type);
  const root = rootOf(target);
  if (root === null)
    return hasError(type)
      ? ERROR
      : report(at.out, 'E0407', { span: target.span, text: textOf(at.out, target), what: 'no place' });
  const what = collectionWord(type);
  if (!isWritable(at, root, target) || hasError(type)) return what === null ? type : ERROR;
  const fixed = fixedPart(at, target);
  if (fixed !== null) return report(at.out, 'E0346', { span: target.span, text: textOf(at.out, fixed) });
  if (type.kind === 'List' && stateOf(at, target) !== null) return typeWholePlace(at, target, type);
  return what === null ? type : report(at.out, 'E0306', { span: target.span, what });
}

/** The list or the bytes of which an element is written though it is a value; null when there is none. */
function fixedPart(at: At, target: ast.Expr): ast.Expr | null {
  const expr = ungroup(target);
  if (expr.kind !== 'field' && expr.kind !== 'index') return null;
  const isMap = at.out.types.get(expr.object)?.kind === 'Map';
  if (expr.kind === 'index' && !isMap && stateOf(at, expr.object) === null) return expr.object;
  return fixedPart(at, expr.object);
}

/** The name at the bottom of `a.b[k].c`; null when there is none. */
function rootOf(target: ast.Expr): ast.Name | null {
  const expr: ast.Expr = ungroup(target);
  if (expr.kind === 'name') return expr;
  return expr.kind === 'field' || expr.kind === 'index' ? rootOf(expr.object) : null;
}

function isWritable(at: At, root: ast.Name, target: ast.Expr): boolean {
  const entity = at.out.entities.get(root);
  if (entity === undefined) return false;
  if (entity.kind === 'state') {
    noteWrite(at, target.span, textOf(at.out, target), entity.node);
    return true;
  }
  if (entity.kind === 'local' && entity.node.mutable) return true;
  const related = isDeclaration(entity) ? [{ ...entity.site, label: 'declared here' }] : [];
  const what =
    entity.kind === 'local'
      ? 'declared with `let`'
      : isDeclaration(entity)
        ? describe(entity)
        : 'part of the language';
  const fix = entity.kind === 'local' ? varFix(entity.node) : null;
  report(at.out, 'E0407', { span: target.span, text: root.text, what, related, fix });
  return false;
}

function varFix(declaration: Stmt<'let'>) {
  const { start } = declaration.span;
  return {
    title: 'Declare it with `var`',
    edits: [{ span: { start, end: start + 'let'.length }, text: 'var' }],
  };
}

/** Reports a body that can end without the value it owes. */
export function checkBody(at: At, body: ast.Block, name: ast.Name | null): void {
  const wantsValue = isValue(at.result);
  const type = typeBlock(at, body, wantsValue ? at.result : null);
  const isRead = !body.statements.some(({ kind }) => kind === 'missing');
  if (wantsValue && isRead && type !== NEVER && type.kind === 'Unit') {
    const span = name?.span ?? body.span;
    const holes = { name: name?.text ?? 'init', type: typeText(at.result) };
    report(at.out, 'E0406', { span, ...holes, ...thrownAway(at, body) });
  } else if (!wantsValue && body.result !== null && isValue(type) && !hasError(type)) {
    report(at.out, 'E0415', { span: body.result.span });
  }
}

/** The last value of a body, where only its `;` keeps it from being the result; that it is not used is no other mistake. */
function thrownAway(at: At, body: ast.Block) {
  const last = body.statements.at(-1);
  if (last?.kind !== 'exprStmt' || doesSomething(last.value)) return {};
  const type = at.out.types.get(last.value);
  if (type === undefined || !agree(type, at.result)) return {};
  const { span } = last.value;
  const { diagnostics } = at.out;
  const told = diagnostics.findLastIndex((found) => found.code === 'W0403' && found.span === span);
  if (told >= 0) diagnostics.splice(told, 1);
  const edits = [{ span: { start: span.end, end: last.span.end }, text: '' }];
  return {
    instead: 'without its `;` the last value is the result',
    related: [{ file: at.out.file, span: last.span, label: 'this value is thrown away' }],
    fix: { title: 'Remove the `;`', edits },
  };
}
