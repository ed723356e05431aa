/**
 * The values of a test. In: an expression as written. Out: an `Eval` of what is left when members, readings of the
 * world and calls of deployed contracts are slots, and, before it, the steps that fill them, left to right.
 */
import type { Eval, Expectation, Spending, Step } from '../../core/tests.ts';
import { diagnose } from '../../diagnostics.ts';
import { near } from '../../resolve/resolve.ts';
import type * as ast from '../../syntax/ast.ts';
import { childFields } from '../../syntax/children.ts';
import { countText } from '../call.ts';
import {
  type Deployed,
  type Draft,
  type Expr,
  isUnknown,
  memberSlot,
  namedType,
  nameNode,
  newValue,
  report,
  slotNamed,
} from './draft.ts';
import { exprChildren, isNameOnly, viewOf } from './views.ts';

/** The value of `expr` where the test stands now, as a view of type `result`. */
export function evaluate(draft: Draft, expr: ast.Expr, result: ast.TypeExpr): Eval {
  return viewOf(draft, takeOut(draft, expr), result);
}

/** An amount, whose currency its literals or variables tell. */
export function planAmount(draft: Draft, expr: ast.Expr): Spending | null {
  const pure = takeOut(draft, expr);
  const currency = currencyOf(draft, pure);
  if (currency === null) {
    if (expr.kind !== 'missing') report(draft.unit, 'E0457', { span: expr.span });
    return null;
  }
  const { span } = expr;
  // An unknown currency is reported where it is written, and its amounts have no type.
  const type = draft.unit.known.has(currency) ? amountType(currency, span) : namedType('Int', span);
  return { currency, amount: viewOf(draft, pure, type) };
}

function amountType(currency: string, span: ast.Span): ast.TypeExpr {
  return namedType('Amount', span, [namedType(currency, span)]);
}

function currencyOf(draft: Draft, node: ast.AnyNode): string | null {
  if (node.kind === 'amount') return node.currency.text;
  if (node.kind === 'name') {
    const slot = draft.slots[slotNamed(draft, node.text) ?? -1];
    if (slot === undefined) return null;
    return slot.value === null ? currencyOfType(slot.type) : currencyOf(draft, slot.value);
  }
  for (const child of exprChildren(node)) {
    const currency = currencyOf(draft, child);
    if (currency !== null) return currency;
  }
  return null;
}

function currencyOfType(type: ast.TypeExpr): string | null {
  if (type.kind !== 'namedType' || type.name.text !== 'Amount') return null;
  const [currency] = type.args;
  return currency?.kind === 'namedType' ? currency.name.text : null;
}

/**
 * `expr` with what only the world knows taken out: each such part becomes a step that fills a slot, and a name for it.
 * Names of members get their slots.
 */
export function takeOut(draft: Draft, expr: ast.Expr): ast.Expr {
  if (deployedCall(draft, expr) !== null) return takeOutCall(draft, expr);
  switch (expr.kind) {
    case 'name':
      return takeOutName(draft, expr);
    case 'field':
      return takeOutField(draft, expr);
    case 'call':
      return takeOutReading(draft, expr);
    case 'deploy':
    case 'upgradeBy':
    case 'callByExpr':
    case 'run':
      report(draft.unit, 'E0458', { span: expr.span });
      return { kind: 'missing', span: expr.span };
    case 'match':
      return takeOutMatch(draft, expr);
    case 'block':
      return takeOutBlock(draft, expr);
    default:
      return takeOutBelow(draft, expr);
  }
}

export function notYet(draft: Draft, expr: ast.Expr, what: string): ast.Expr {
  report(draft.unit, 'E0901', { span: expr.span, what });
  return { kind: 'missing', span: expr.span };
}

function takeOutCall(draft: Draft, expr: ast.Expr): ast.Expr {
  const step = readStep(draft, expr, { kind: 'none' });
  const result = step === null ? null : (calledOf(draft, expr)?.method.result ?? null);
  if (step !== null && result === null) report(draft.unit, 'E0454', { span: expr.span });
  if (step === null || result === null) return { kind: 'missing', span: expr.span };
  const slot = newValue(draft, expr, result);
  draft.steps.push({ ...step, slot });
  return nameNode(draft.slots[slot]!.name.text, expr.span);
}

function takeOutName(draft: Draft, name: ast.Name): ast.Expr {
  const { text, span } = name;
  if (text === 'now' || text === 'block') {
    const type = namedType(text === 'now' ? 'Time' : 'Int', span);
    return takeOutValue(draft, name, name, type);
  }
  if (text === 'self' || text === 'caller' || text === 'creator') {
    report(draft.unit, 'E0405', { span, what: `\`${text}\``, where: 'in a test' });
    return { kind: 'missing', span };
  }
  if (draft.bound.has(text)) return name;
  if (draft.deployed.has(text)) {
    report(draft.unit, 'E0459', { span, name: text });
    return { kind: 'missing', span };
  }
  memberSlot(draft, name);
  return name;
}

/** `bank.account` is the contract's account; any other field is one of a struct. */
function takeOutField(draft: Draft, expr: Expr<'field'>): ast.Expr {
  const { object, name } = expr;
  const deployed = object.kind === 'name' ? draft.deployed.get(object.text) : undefined;
  if (object.kind === 'name' && isUnknown(draft, object)) return reportUnknown(draft, object);
  if (deployed === undefined) return takeOutBelow(draft, expr);
  if (name.text !== 'account') {
    if (name.text !== '') reportNoMethod(draft, deployed.contract, name);
    return { kind: 'missing', span: expr.span };
  }
  const slot = newValue(draft, expr, namedType('Did', expr.span));
  draft.steps.push({ kind: 'account', slot, deployed: deployed.id, span: expr.span });
  return nameNode(draft.slots[slot]!.name.text, expr.span);
}

function reportUnknown(draft: Draft, name: ast.Name): ast.Expr {
  const known = [...draft.deployed.keys(), ...draft.slotOf.keys()];
  draft.unit.diagnostics.push(diagnose('E0201', { ...near(draft.unit, name, known), name: name.text }));
  return { kind: 'missing', span: name.span };
}

/** `ledger.balance(bob, hours)` is read where it stands; calls of functions stay. */
function takeOutReading(draft: Draft, expr: Expr<'call'>): ast.Expr {
  const { callee } = expr;
  const isLedger =
    callee.kind === 'field' && callee.object.kind === 'name' && callee.object.text === 'ledger';
  if (callee.kind === 'name' && callee.text === 'gas' && !draft.unit.known.has('gas'))
    return takeOutGas(draft, expr);
  const args = expr.args.map((arg) => takeOut(draft, arg));
  if (!isLedger) {
    if (callee.kind === 'field' && callee.object.kind === 'name' && isUnknown(draft, callee.object))
      return reportUnknown(draft, callee.object);
    return { ...expr, callee: callee.kind === 'name' ? callee : takeOut(draft, callee), args };
  }
  const pure: ast.Expr = { ...expr, args };
  const currency = args.find(
    (arg) => arg.kind === 'name' && arg.text !== '' && draft.unit.known.has(arg.text),
  );
  const amount =
    currency?.kind === 'name' ? amountType(currency.text, expr.span) : namedType('Int', expr.span);
  const type = callee.name.text === 'can_pay' ? namedType('Bool', expr.span) : amount;
  return takeOutValue(draft, expr, pure, type);
}

/** `gas(bank.join() by bob)`: the call happens, and is worth the gas that it used. */
function takeOutGas(draft: Draft, expr: Expr<'call'>): ast.Expr {
  const [call, ...others] = expr.args;
  const isCall = call?.kind === 'callByExpr' || (call !== undefined && deployedCall(draft, call) !== null);
  if (!isCall || others.length > 0) {
    report(draft.unit, 'E0460', { span: expr.span });
    return { kind: 'missing', span: expr.span };
  }
  const step =
    call.kind === 'callByExpr'
      ? (callStep(draft, call, { kind: 'none' })?.step ?? null)
      : readStep(draft, call, { kind: 'none' });
  if (step === null) return { kind: 'missing', span: expr.span };
  const gasSlot = newValue(draft, expr, namedType('Int', expr.span));
  draft.steps.push({ ...step, gasSlot });
  return nameNode(draft.slots[gasSlot]!.name.text, expr.span);
}

/** What a pattern binds is known in its own case. */
function takeOutMatch(draft: Draft, expr: Expr<'match'>): ast.Expr {
  const subject = takeOut(draft, expr.subject);
  const arms = expr.arms.map((arm): ast.Arm => {
    const bound = new Set([...draft.bound, ...boundNames(arm.pattern).map(({ text }) => text)]);
    return { ...arm, body: takeOut({ ...draft, bound }, arm.body) };
  });
  return { ...expr, subject, arms };
}

/** What a `let` of the block names is bound behind it. An `if` needs a block, whatever is wrong with it. */
function takeOutBlock(draft: Draft, expr: Expr<'block'>): ast.Expr {
  const other = expr.statements.find((stmt) => stmt.kind !== 'let' || stmt.mutable);
  if (other !== undefined) {
    const result = notYet(draft, expr, 'anything but `let` in a block inside an expression of a test');
    return { ...expr, statements: [], result };
  }
  let inner = draft;
  const statements = (expr.statements as readonly Let[]).map((stmt) => {
    const value = takeOut(inner, stmt.value);
    inner = { ...inner, bound: new Set([...inner.bound, stmt.name.text]) };
    return { ...stmt, value };
  });
  const result = expr.result === null ? null : takeOut(inner, expr.result);
  return { ...expr, statements, result };
}

type Let = Extract<ast.Stmt, { readonly kind: 'let' }>;

export function boundNames(pattern: ast.Pattern): readonly ast.Name[] {
  if (pattern.kind === 'variantPattern') return pattern.bindings.map(({ name }) => name);
  return pattern.kind === 'bindPattern' && isLowerCase(pattern.name.text) ? [pattern.name] : [];
}

/** A name in small letters takes every value; in capitals it is a variant. `none` is one, too. */
function isLowerCase(name: string): boolean {
  return name !== 'none' && /^[a-z_]/.test(name);
}

/** A step that evaluates `pure` now, and the name of the slot that it fills. */
function takeOutValue(draft: Draft, written: ast.Expr, pure: ast.Expr, type: ast.TypeExpr): ast.Expr {
  const value = viewOf(draft, pure, type);
  const slot = newValue(draft, written, type);
  draft.steps.push({ kind: 'eval', slot, value, span: written.span });
  return nameNode(draft.slots[slot]!.name.text, written.span);
}

/** The same node with what is below it taken out. */
function takeOutBelow<N extends ast.AnyNode>(draft: Draft, node: N): N {
  const changed: Record<string, unknown> = { ...node };
  for (const field of childFields(node.kind)) {
    const child = changed[field] as ast.AnyNode | readonly ast.AnyNode[] | null;
    if (isNameOnly(node, field)) continue;
    if (Array.isArray(child)) changed[field] = child.map((item) => takeOutAny(draft, item));
    else if (child !== null) changed[field] = takeOutAny(draft, child as ast.AnyNode);
  }
  return changed as N;
}

function takeOutAny(draft: Draft, node: ast.AnyNode): ast.AnyNode {
  return node.kind === 'fieldInit' || node.kind === 'arm'
    ? takeOutBelow(draft, node)
    : takeOut(draft, node as ast.Expr);
}

type Method = ast.Rule | ast.View;

type Called = { readonly deployed: Deployed; readonly method: Method; readonly args: readonly ast.Expr[] };

/** `bank.join()`: what stands before the dot is deployed in this test, what behind it may be anything. */
type DeployedCall = { readonly call: Expr<'call'>; readonly deployed: Deployed; readonly name: ast.Name };

export function deployedCall(draft: Draft, expr: ast.Expr): DeployedCall | null {
  if (expr.kind !== 'call' || expr.callee.kind !== 'field') return null;
  const { object, name } = expr.callee;
  const deployed = object.kind === 'name' ? draft.deployed.get(object.text) : undefined;
  return deployed === undefined ? null : { call: expr, deployed, name };
}

/** The rule or view that is called; null when there is none, which was reported. */
export function calledOf(draft: Draft, expr: ast.Expr): Called | null {
  const found = deployedCall(draft, expr);
  if (found === null) {
    const object = expr.kind === 'call' && expr.callee.kind === 'field' ? expr.callee.object : null;
    if (object?.kind === 'name' && isUnknown(draft, object)) reportUnknown(draft, object);
    else if (expr.kind !== 'missing') report(draft.unit, 'E0450', { span: expr.span });
    return null;
  }
  const { contract } = found.deployed;
  const { text } = found.name;
  for (const member of contract.members) {
    if ((member.kind !== 'rule' && member.kind !== 'view') || member.name.text !== text) continue;
    draft.unit.names.set(found.name, member.name);
    return { deployed: found.deployed, method: member, args: found.call.args };
  }
  if (text !== '') reportNoMethod(draft, contract, found.name);
  return null;
}

function reportNoMethod(draft: Draft, contract: ast.Contract, name: ast.Name): void {
  const known = contract.members.flatMap((member) =>
    member.kind === 'rule' || member.kind === 'view' ? [member.name.text] : [],
  );
  report(draft.unit, 'E0456', {
    ...nearby(draft.unit, name, known),
    contract: contract.name.text,
    name: name.text,
  });
}

/** As `near`, without the file that `report` adds. */
export function nearby(unit: { readonly file: string }, name: ast.Name, known: readonly string[]) {
  const { file: _, ...place } = near(unit, name, known);
  return place;
}

export function planArgs(
  draft: Draft,
  name: string,
  params: readonly ast.Param[],
  args: readonly ast.Expr[],
  span: ast.Span,
): Eval[] {
  if (params.length !== args.length)
    report(draft.unit, 'E0305', {
      span,
      name,
      ...countText(draft.unit.file, params.length, args.length, params),
    });
  return args.flatMap((arg, at) => {
    const param = params[at];
    return param === undefined ? [] : [evaluate(draft, arg, param.type)];
  });
}

type ReadStep = Extract<Step, { readonly kind: 'read' }>;

/** Asks a view of a deployed contract, after its arguments. Null when it was reported. */
export function readStep(draft: Draft, call: ast.Expr, expectation: Expectation): ReadStep | null {
  const target = calledOf(draft, call);
  if (target === null) return null;
  const { deployed, method } = target;
  const view = method.name.text;
  const { span } = call;
  const args = planArgs(draft, view, method.params, target.args, span);
  if (method.kind === 'view')
    return { kind: 'read', slot: -1, gasSlot: -1, deployed: deployed.id, view, args, expectation, span };
  report(draft.unit, 'E0452', { span, name: view });
  return null;
}

type CallStep = Extract<Step, { readonly kind: 'call' }>;
export type CallNode = {
  readonly call: ast.Expr;
  readonly by: ast.Expr;
  readonly spending: ast.Expr | null;
};

/** Calls a rule of a deployed contract, after its arguments. Null when it was reported. */
export function callStep(
  draft: Draft,
  node: CallNode,
  expectation: Expectation,
): { readonly step: CallStep; readonly result: ast.TypeExpr | null } | null {
  const target = calledOf(draft, node.call);
  if (target === null) return null;
  const { deployed, method } = target;
  if (method.kind === 'view') {
    report(draft.unit, 'E0453', { span: node.by.span, name: method.name.text });
    return null;
  }
  const args = planArgs(draft, method.name.text, method.params, target.args, node.call.span);
  const by = evaluate(draft, node.by, namedType('Did', node.by.span));
  const spending = node.spending === null ? null : planAmount(draft, node.spending);
  const rule = method.name.text;
  const { span } = node.call;
  const call = { deployed: deployed.id, rule, args, by, spending, expectation, span };
  return { step: { kind: 'call', slot: -1, gasSlot: -1, ...call }, result: method.result };
}
