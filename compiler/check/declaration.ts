/** Types of declarations: the members of a contract, with the clauses and bodies of what can be called. */
import { LIMITS } from '../../vm/index.ts';
import type * as ast from '../syntax/ast.ts';
import {
  annotateValue,
  choiceType,
  constantInt,
  ghostType,
  paramType,
  resultType,
  stateType,
  structType,
} from './annotation.ts';
import {
  type At,
  type Callable,
  type Checker,
  callableOf,
  type Owner,
  type Part,
  report,
  textOf,
  ungroup,
} from './checker.ts';
import { typeConst } from './constant.ts';
import { collectionWord, typeExpr, typeValue } from './expression.ts';
import { DECIMALS_MAX, intValue } from './literal.ts';
import { checkProve } from './proof.ts';
import { checkBody, typeBlock } from './statement.ts';
import {
  BOOL,
  ERROR,
  hasError,
  hasZero,
  holdsLifecycle,
  isLifecycle,
  isValue,
  leavesOf,
  TEXT,
  type Type,
  typeText,
  UNIT,
} from './types.ts';
import { checkValueLimit } from './whole.ts';

export function checkItem(out: Checker, item: ast.Item): void {
  switch (item.kind) {
    case 'contract':
      for (const member of item.members) checkMember(out, member);
      return;
    case 'interface':
      for (const method of item.methods) checkMethod(out, method);
      return;
    case 'struct':
      structType(out, item);
      return;
    case 'enum':
    case 'lifecycle':
      choiceType(out, item);
      return;
    case 'error':
      for (const field of item.fields) paramType(out, field);
      return;
    case 'const':
      typeConst({ out }, item);
      return;
    case 'fn':
      checkCallable(out, item, item.result);
  }
}

/** A method has clauses that speak of what everyone sees: its parameters, its result, and what the host answers. */
function checkMethod(out: Checker, method: ast.Method): void {
  for (const param of method.params) paramType(out, param);
  const result = resultType(out, method.result);
  const callable = callableOf(method);
  for (const spec of method.specs) checkSpec(out, callable, spec, result);
  const gas = method.gas === null ? null : constantInt(out, method.gas);
  if (method.gas === null) report(out, 'E0484', { span: method.name.span, name: method.name.text });
  else if (method.gas.kind !== 'missing' && (gas === null || !isGas(intValue(gas.digits))))
    report(out, 'E0491', { span: method.gas.span, limit: LIMITS.gasBound });
}

function isGas(value: bigint): boolean {
  return value > 0n && value <= BigInt(LIMITS.gasBound);
}

function checkMember(out: Checker, member: ast.Member): void {
  switch (member.kind) {
    case 'struct':
    case 'enum':
    case 'lifecycle':
    case 'error':
    case 'const':
      checkItem(out, member);
      return;
    case 'currency':
      checkCurrency(out, member);
      return;
    case 'state':
      for (const field of member.fields) checkState(out, field);
      return;
    case 'ghost':
      checkGhost(out, member);
      return;
    case 'event':
      for (const field of member.fields) paramType(out, field);
      return;
    case 'invariant':
    case 'history':
      typeValue(placeOf(out, member.kind, null, UNIT), member.condition, BOOL);
      return;
    case 'init':
      checkCallable(out, member, null);
      return;
    case 'rule':
    case 'view':
    case 'fn':
      checkCallable(out, member, member.result);
      return;
    case 'hook':
    case 'upgrade':
      checkBody(placeOf(out, 'body', member, UNIT), member.body, null);
      return;
    case 'prove':
      checkProve(out, member);
      return;
  }
}

function checkCurrency(out: Checker, currency: ast.Currency): void {
  if (intValue(currency.decimals.digits) > BigInt(DECIMALS_MAX)) {
    report(out, 'E0330', { span: currency.decimals.span, limit: DECIMALS_MAX });
  }
}

function checkState(out: Checker, field: ast.StateField): void {
  const type = stateType(out, field);
  checkKept(out, field, type);
  if (field.initial === null) return;
  const { span } = field.initial;
  const what = collectionWord(type);
  if (what !== null) report(out, 'E0306', { span, what });
  else typeValue(placeOf(out, 'initialiser', null, UNIT), field.initial, type);
  if (type.kind === 'List') checkValueLimit(out, span, field.name.text, type);
}

/** Ghosts begin with the zero of their type. */
function checkGhost(out: Checker, ghost: ast.Ghost): void {
  const type = ghostType(out, ghost);
  const kept = type.kind === 'Map' ? type.value : type;
  if (!hasError(kept) && !hasZero(kept))
    report(out, 'E0335', { span: ghost.type.span, type: typeText(kept) });
}

/** What stands in the state has a zero, and a lifecycle in it is always there to be followed. */
function checkKept(out: Checker, field: ast.StateField, type: Type): void {
  const { span } = field.type;
  const kept = type.kind === 'Map' ? type.value : type;
  if (hasError(type)) return;
  if (!hasZero(kept)) {
    report(out, 'E0335', { span, type: typeText(kept) });
    return;
  }
  // Elements of a list that is a variable are places of the state; those of one that is a value are not.
  const words = leavesOf(type.kind === 'List' ? type.item : kept);
  const hidden = words.some((leaf) => leaf.guards.length > 0 && isLifecycle(leaf.type));
  if (hidden) report(out, 'E0901', { span, what: 'a lifecycle inside an option or an enum in the state' });
  const listed = words.some(({ type: word }) => word.kind === 'List' && holdsLifecycle(word.item));
  if (listed) report(out, 'E0901', { span, what: 'a lifecycle inside a list that is a value' });
}

function checkCallable(out: Checker, node: Callable, written: ast.TypeExpr | null): void {
  for (const param of node.params) paramType(out, param);
  if (written?.kind === 'inferred') {
    inferResult(out, node, written);
    return;
  }
  if (written !== null) annotateValue(out, written);
  const result = resultType(out, written);
  for (const spec of node.specs) checkSpec(out, node, spec, result);
  checkBody(placeOf(out, 'body', node, result), node.body, node.kind === 'init' ? null : node.name);
}

const PART_OF = {
  requires: 'requires',
  ensures: 'ensures',
  succeedsWhen: 'succeeds',
  failsWhen: 'fails',
} as const;
/** A view of a test: what its body gives is its type. */
function inferResult(out: Checker, node: Callable, written: ast.TypeExpr): void {
  const type = typeBlock(placeOf(out, 'body', node, UNIT), node.body, null);
  const fits = isValue(type) && type.kind !== 'Map' && type.kind !== 'Set';
  if (!fits) report(out, 'E0454', { span: node.body.span });
  out.types.set(written, fits ? type : ERROR);
}

function checkSpec(out: Checker, node: Callable, spec: ast.Spec, result: Type): void {
  switch (spec.kind) {
    case 'changes':
      for (const place of spec.places) checkPlace(placeOf(out, 'changes', node, result), place);
      return;
    case 'requires':
    case 'ensures':
    case 'succeedsWhen':
    case 'failsWhen':
      typeValue(placeOf(out, PART_OF[spec.kind], node, result), spec.condition, BOOL);
      if (spec.kind === 'requires' && spec.message !== null)
        typeValue(placeOf(out, 'requires', node, result), spec.message, TEXT);
  }
}

/** A variable of the state, an entry of a map, or a field of those. */
function checkPlace(at: At, place: ast.Expr): void {
  if (hasError(typeExpr(at, place, null)) || isPlace(at, place)) return;
  report(at.out, 'E0440', { span: place.span, text: textOf(at.out, place) });
}

function isPlace(at: At, expr: ast.Expr): boolean {
  const place = ungroup(expr);
  if (place.kind === 'name') return at.out.entities.get(place)?.kind === 'state';
  if (place.kind !== 'field' && place.kind !== 'index') return false;
  const around = at.out.types.get(place.object)?.kind ?? 'Error';
  return (
    (place.kind === 'field' ? ['Struct'] : ['Map', 'List']).includes(around) && isPlace(at, place.object)
  );
}

function placeOf(out: Checker, part: Part, owner: Owner | null, result: Type): At {
  return { out, part, owner, result, insideOld: false };
}
