/**
 * In: the tree of one file. Out: its tests as steps, and the tree of contracts that hold their expressions as views,
 * to be resolved, checked, lowered and built as any contract. Nodes keep their places in the source, so what is wrong
 * in a test is reported where it stands.
 *
 * An expression becomes a view of what it reads: members and results so far are its parameters; calls of deployed
 * contracts and readings of the ledger and the clock are taken out, left to right, before it. A name that nothing
 * declares is a member.
 */
import type { Expectation, SlotId, TestPlan } from '../../core/tests.ts';
import type { Diagnostic } from '../../diagnostics.ts';
import { unsupportedWord } from '../../resolve/unsupported.ts';
import type * as ast from '../../syntax/ast.ts';
import {
  type Draft,
  type Expr,
  type LetStmt,
  memberSlot,
  namedType,
  newSlot,
  report,
  sourceOf,
  type Unit,
} from './draft.ts';
import {
  calledOf,
  deployedCall,
  evaluate,
  notYet,
  planAmount,
  planArgs,
  readStep,
  takeOut,
} from './values.ts';
import { knownNames, sharedMembers, testsTree, viewOf } from './views.ts';

export type Tests = {
  readonly plans: readonly TestPlan[];
  /** Null when the file has no test. */
  readonly tree: ast.SourceFile | null;
  /** Names of contracts, rules, views and events in the tests, with the names in their declarations. */
  readonly names: ReadonlyMap<ast.Name, ast.Name>;
  readonly diagnostics: readonly Diagnostic[];
};

/** Plans the tests of one file. Never fails. */
export function planTests(file: string, text: string, tree: ast.SourceFile): Tests {
  const tests = tree.items.filter((item) => item.kind === 'test');
  if (tests.length === 0) return { plans: [], tree: null, names: new Map(), diagnostics: [] };
  const contracts = tree.items.filter((item) => item.kind === 'contract');
  const shared = sharedMembers(contracts);
  const unit: Unit = {
    file,
    text,
    contracts: new Map(contracts.map((contract) => [contract.name.text, contract])),
    known: knownNames(tree, shared),
    views: [],
    names: new Map(),
    diagnostics: [],
  };
  const plans = tests.flatMap((test) => planTest(unit, test) ?? []);
  const { names, diagnostics } = unit;
  return { plans, tree: testsTree(tree, shared, unit.views), names, diagnostics };
}

/** Every view repeats the `let`s that it reads, so their number is bounded. */
const LETS_MAX = 100;

/** Null when the test is not in this version of the language. */
function planTest(unit: Unit, test: ast.Test): TestPlan | null {
  if (test.params.length > 0) {
    report(unit, 'E0901', { span: test.params[0]!.span, what: 'a test with parameters' });
    return null;
  }
  const draft: Draft = {
    unit,
    slots: [],
    slotOf: new Map(),
    members: new Map(),
    counts: { deployed: 0 },
    steps: [],
    deployed: new Map(),
    lets: new Map(),
  };
  planBlock(draft, test.body);
  const members = [...draft.members].map(([name, member]) => ({ name, ...member }));
  const slots = draft.slots.map(({ kind, text }) => ({ kind, text }));
  return { title: test.title.value, span: test.span, members, slots, steps: draft.steps };
}

function planBlock(draft: Draft, block: ast.Block): void {
  for (const stmt of block.statements) planStmt(draft, stmt);
  if (block.result !== null) planAlone(draft, block.result, block.result.span);
}

function planStmt(draft: Draft, stmt: ast.Stmt): void {
  switch (stmt.kind) {
    case 'let':
      planLet(draft, stmt);
      break;
    case 'callBy':
      planCall(draft, stmt, { kind: 'none' }, null, stmt.span);
      break;
    case 'exprStmt':
      planAlone(draft, stmt.value, stmt.span);
      break;
    case 'expect':
      planExpect(draft, stmt.outcome, stmt.span);
      break;
    case 'payment':
      planPayment(draft, stmt);
      break;
    case 'atTime':
      planAtTime(draft, stmt);
      break;
    case 'member':
      planMember(draft, stmt);
      break;
    case 'missing':
      break;
    default:
      report(draft.unit, 'E0901', {
        span: stmt.span,
        what: unsupportedWord(stmt) ?? 'this statement in a test',
      });
  }
}

function planLet(draft: Draft, stmt: LetStmt): void {
  const { value, name, span } = stmt;
  if (isTaken(draft, name)) return;
  if (stmt.mutable) {
    report(draft.unit, 'E0901', { span, what: '`var` in a test' });
  } else if (value.kind === 'deploy') {
    planDeploy(draft, value, name.text);
  } else if (value.kind === 'callByExpr') {
    planCall(draft, value, { kind: 'none' }, name, span);
  } else if (draft.lets.size >= LETS_MAX) {
    report(draft.unit, 'E0901', { span, what: `a test with more than ${LETS_MAX} values of expressions` });
  } else {
    const pure: LetStmt = { ...stmt, value: takeOut(draft, value) };
    draft.lets.set(name.text, pure);
    // Evaluated once where it stands, so that its own failure is reported here.
    const yes: ast.Expr = { kind: 'bool', value: true, span };
    const check = viewOf(draft, yes, namedType('Bool', span), [name.text]);
    draft.steps.push({ kind: 'eval', slot: -1, value: check, span });
  }
}

/** Reports a second variable of the same name; what the file declares is found with the names of the view. */
function isTaken(draft: Draft, name: ast.Name): boolean {
  const { text, span } = name;
  const taken = draft.deployed.has(text) || draft.lets.has(text) || draft.slotOf.has(text);
  if (taken) report(draft.unit, 'E0202', { span, name: text, what: 'a variable or member of this test' });
  return taken;
}

/** An expression that stands as a statement. */
function planAlone(draft: Draft, value: ast.Expr, span: ast.Span): void {
  if (value.kind === 'deploy') planDeploy(draft, value, '');
  else if (value.kind === 'callByExpr') planCall(draft, value, { kind: 'none' }, null, span);
  else if (deployedCall(draft, value) !== null) planViewCall(draft, value, { kind: 'none' });
  else if (value.kind === 'if') notYet(draft, value, '`if` as a statement of a test');
  else if (value.kind !== 'missing') report(draft.unit, 'E0450', { span });
}

function planDeploy(draft: Draft, node: Expr<'deploy'>, name: string): void {
  const contract = draft.unit.contracts.get(node.contract.text);
  if (contract === undefined) {
    if (node.contract.text !== '')
      report(draft.unit, 'E0451', { span: node.contract.span, name: node.contract.text });
    return;
  }
  draft.unit.names.set(node.contract, contract.name);
  const init = contract.members.find((member) => member.kind === 'init');
  const args = planArgs(draft, contract.name.text, init?.params ?? [], node.args, node.span);
  const by = evaluate(draft, node.by, namedType('Did', node.by.span));
  const id = draft.counts.deployed;
  draft.counts.deployed += 1;
  draft.deployed.set(name, { id, contract });
  draft.steps.push({
    kind: 'deploy',
    deployed: id,
    contract: contract.name.text,
    name,
    args,
    by,
    span: node.span,
  });
}

type CallNode = { readonly call: ast.Expr; readonly by: ast.Expr; readonly spending: ast.Expr | null };

/** `bind` is the variable that gets the result. */
function planCall(
  draft: Draft,
  node: CallNode,
  expectation: Expectation,
  bind: ast.Name | null,
  span: ast.Span,
): void {
  const target = calledOf(draft, node.call);
  if (target === null) return;
  const { deployed, method, args: written } = target;
  if (method.kind === 'view') {
    report(draft.unit, 'E0453', { span: node.by.span, name: method.name.text });
    return;
  }
  const args = planArgs(draft, method.name.text, method.params, written, node.call.span);
  const by = evaluate(draft, node.by, namedType('Did', node.by.span));
  const spending = node.spending === null ? null : planAmount(draft, node.spending);
  const slot = bind === null ? -1 : resultSlot(draft, bind, method.result);
  const rule = method.name.text;
  draft.steps.push({
    kind: 'call',
    slot,
    deployed: deployed.id,
    rule,
    args,
    by,
    spending,
    expectation,
    span,
  });
}

/** A rule without a result gives no value: using the variable says so. */
function resultSlot(draft: Draft, bind: ast.Name, result: ast.TypeExpr | null): SlotId {
  if (result !== null) return newSlot(draft, bind.text, bind.text, result);
  report(draft.unit, 'E0454', { span: bind.span });
  return -1;
}

function planViewCall(draft: Draft, call: ast.Expr, expectation: Expectation): void {
  const step = readStep(draft, call, expectation);
  if (step !== null) draft.steps.push(step);
}

function planExpect(draft: Draft, outcome: ast.Outcome, span: ast.Span): void {
  switch (outcome.kind) {
    case 'holds': {
      const condition = evaluate(draft, outcome.condition, namedType('Bool', outcome.span));
      draft.steps.push({ kind: 'holds', condition, text: sourceOf(draft, outcome.condition), span });
      break;
    }
    case 'fails':
      if (outcome.error !== null)
        report(draft.unit, 'E0901', { span: outcome.error.span, what: '`fails` with an error' });
      planExpectedCall(draft, outcome, { kind: 'fails', message: outcome.message?.value ?? null }, span);
      break;
    case 'succeeds':
      planExpectedCall(draft, outcome, { kind: 'succeeds' }, span);
      break;
    case 'emits':
      planEmits(draft, outcome, span);
  }
}

type ExpectedCall = Extract<ast.Outcome, { readonly kind: 'fails' | 'succeeds' }>;

function planExpectedCall(
  draft: Draft,
  outcome: ExpectedCall,
  expectation: Expectation,
  span: ast.Span,
): void {
  const { call, by, spending } = outcome;
  if (by !== null) planCall(draft, { call, by, spending }, expectation, null, span);
  else planViewCall(draft, call, expectation);
}

function planEmits(
  draft: Draft,
  outcome: Extract<ast.Outcome, { readonly kind: 'emits' }>,
  span: ast.Span,
): void {
  const { text } = outcome.event;
  const event = [...draft.unit.contracts.values()]
    .flatMap((contract) => contract.members)
    .find((member) => member.kind === 'event' && member.name.text === text);
  if (event?.kind !== 'event') {
    if (text !== '') report(draft.unit, 'E0455', { span: outcome.event.span, name: text });
    return;
  }
  draft.unit.names.set(outcome.event, event.name);
  const any = outcome.args.length === 0;
  const args = any ? null : planArgs(draft, text, event.fields, outcome.args, outcome.span);
  draft.steps.push({ kind: 'emits', event: text, args, span });
}

function planPayment(draft: Draft, stmt: Extract<ast.Stmt, { readonly kind: 'payment' }>): void {
  const amount = planAmount(draft, stmt.amount);
  const from = evaluate(draft, stmt.from, namedType('Did', stmt.from.span));
  const to = evaluate(draft, stmt.to, namedType('Did', stmt.to.span));
  if (amount !== null) draft.steps.push({ kind: 'payment', ...amount, from, to, span: stmt.span });
}

function planAtTime(draft: Draft, stmt: Extract<ast.Stmt, { readonly kind: 'atTime' }>): void {
  const duration = evaluate(draft, stmt.offset, namedType('Duration', stmt.offset.span));
  draft.steps.push({ kind: 'advance', duration, span: stmt.span });
  planBlock({ ...draft, deployed: new Map(draft.deployed), lets: new Map(draft.lets) }, stmt.body);
}

function planMember(draft: Draft, stmt: Extract<ast.Stmt, { readonly kind: 'member' }>): void {
  const slot = memberSlot(draft, stmt.name);
  const member = draft.members.get(stmt.name.text);
  if (member === undefined || slot === null) return;
  for (const setting of stmt.settings) {
    if (setting.kind === 'permission') {
      member.permissions.push(setting.permission.value);
      continue;
    }
    const floor = planAmount(draft, setting.amount);
    if (floor !== null) member.floors = [...member.floors, floor];
  }
}
