/**
 * In: the tree of one file. Out: its tests as steps, and the tree of contracts that hold their expressions as views,
 * to be resolved, checked, lowered and built as any contract. Nodes keep their places in the source, so what is wrong
 * in a test is reported where it stands.
 *
 * An expression becomes a view of what it reads: members and results so far are its parameters; calls of deployed
 * contracts and readings of the ledger and the clock are taken out, left to right, before it. A name that nothing
 * declares is a member.
 */
import type {
  Expectation,
  ExpectedError,
  InvariantsPlan,
  SlotId,
  TestInputs,
  TestPlan,
} from '../../core/tests.ts';
import type { Diagnostic } from '../../diagnostics.ts';
import { type Exports, isTypeName, type Predecessors } from '../../resolve/resolve.ts';
import { unsupportedWord } from '../../resolve/unsupported.ts';
import { nearestName } from '../../suggest.ts';
import type * as ast from '../../syntax/ast.ts';
import { upgradeOf, versionOf, versionsOf } from '../rules/upgrades.ts';
import { planAssign, planEach, planIf, planInner, planMatch, planRange } from './blocks.ts';
import {
  type Draft,
  type Expr,
  inferredType,
  type LetStmt,
  memberSlot,
  namedType,
  newSlot,
  report,
  slotNamed,
  sourceOf,
  type Unit,
} from './draft.ts';
import {
  type CallNode,
  callStep,
  deployedCall,
  evaluate,
  nearby,
  planAmount,
  planArgs,
  readStep,
  takeOut,
} from './values.ts';
import { knownNames, sharedMembers, testsTree, viewOf } from './views.ts';

export type Tests = {
  readonly plans: readonly TestPlan[];
  readonly invariants: readonly InvariantsPlan[];
  /** Null when the file has no test. */
  readonly tree: ast.SourceFile | null;
  /** Names of contracts, rules, views and events in the tests, with the names in their declarations. */
  readonly names: ReadonlyMap<ast.Name, ast.Name>;
  readonly diagnostics: readonly Diagnostic[];
};

/**
 * What the file takes from others: contracts to deploy, errors that calls fail with, names that are no members, and the
 * files with their types.
 */
export type Taken = {
  readonly contracts: readonly ast.Contract[];
  readonly errors: readonly ast.ErrorDecl[];
  readonly names: readonly string[];
  readonly beside: readonly Exports[];
  readonly predecessors: Predecessors;
};

/** Plans the tests of one file. Never fails. */
export function planTests(file: string, text: string, tree: ast.SourceFile, taken: Taken): Tests {
  const tests = tree.items.filter((item) => item.kind === 'test');
  const promises = tree.items.filter((item) => item.kind === 'testInvariants');
  if (tests.length + promises.length === 0)
    return { plans: [], invariants: [], tree: null, names: new Map(), diagnostics: [] };
  const contracts = [...tree.items.filter((item) => item.kind === 'contract'), ...taken.contracts];
  const shared = sharedMembers(contracts);
  const unit: Unit = {
    file,
    text,
    contracts: new Map(contracts.map((contract) => [contract.name.text, contract])),
    predecessors: taken.predecessors,
    errors: new Map(
      [...taken.errors, ...tree.items, ...contracts.flatMap(({ members }) => members)].flatMap((node) =>
        node.kind === 'error' ? [[node.name.text, node] as const] : [],
      ),
    ),
    known: new Set([...knownNames(tree, shared), ...taken.names, ...typeNames(taken.beside)]),
    views: [],
    names: new Map(),
    diagnostics: [],
  };
  const plans = tests.map((test) => planTest(unit, test));
  const invariants = promises.flatMap((test) => planInvariants(unit, test));
  const { names, diagnostics } = unit;
  const views = tests.length === 0 ? null : testsTree(tree, shared, unit.views);
  return { plans, invariants, tree: views, names, diagnostics };
}

function planInvariants(unit: Unit, { contract: name, span }: ast.TestInvariants): InvariantsPlan[] {
  const contract = unit.contracts.get(name.text);
  if (contract === undefined) {
    if (name.text !== '')
      report(unit, 'E0451', { ...nearby(unit, name, [...unit.contracts.keys()]), name: name.text });
    return [];
  }
  unit.names.set(name, contract.name);
  return [{ contract: name.text, span }];
}

function typeNames(beside: readonly Exports[]): readonly string[] {
  return beside.flatMap(({ declared, variants }) => [
    ...[...declared.values()].filter(isTypeName).map(({ name }) => name),
    ...variants.map(({ name }) => name),
  ]);
}

function planTest(unit: Unit, test: ast.Test): TestPlan {
  const draft: Draft = {
    unit,
    slots: [],
    slotOf: new Map(),
    bound: new Set(),
    members: new Map(),
    counts: { deployed: 0 },
    steps: [],
    deployed: new Map(),
  };
  const inputs = planInputs(draft, test);
  planBlock(draft, test.body);
  const members = [...draft.members].map(([name, member]) => ({ name, ...member }));
  const slots = draft.slots.map(({ kind, text }) => ({ kind, text }));
  return { title: test.title.value, span: test.span, members, inputs, slots, steps: draft.steps };
}

/** A test with parameters is about all their values. */
function planInputs(draft: Draft, { params, span, body }: ast.Test): TestInputs | null {
  if (params.length === 0) return null;
  const slots = params.flatMap(({ name, type }) => (isTaken(draft, name) ? [] : newSlot(draft, name, type)));
  const named = slots.map((slot) => draft.slots[slot]!);
  const all: ast.Expr = { kind: 'tuple', items: named.map(({ name }) => ({ ...name })), span };
  const shape = viewOf(draft, all, inferredType(span));
  const written = named.map(({ name, type }) => ({ name: name.text, type: sourceOf(draft, type) }));
  return { slots, params: written, shape, body: sourceOf(draft, body) };
}

export function planBlock(draft: Draft, block: ast.Block): void {
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
    case 'assign':
      planAssign(draft, stmt);
      break;
    case 'forIn':
      planEach(draft, stmt);
      break;
    case 'forRange':
      planRange(draft, stmt);
      break;
    case 'assume':
      planAssume(draft, stmt);
      break;
    case 'missing':
      break;
    default:
      reportOther(draft, stmt);
  }
}

function reportOther({ unit }: Draft, stmt: ast.Stmt): void {
  const { span } = stmt;
  const later = unsupportedWord(stmt);
  if (later !== null) report(unit, 'E0901', { span, what: later });
  else report(unit, 'E0463', { span, what: WORDS[stmt.kind] ?? 'this statement' });
}

const WORDS: { readonly [kind in ast.Stmt['kind']]?: string } = {
  return: '`return`',
  require: '`require`',
  assert: '`assert`',
  emit: '`emit`',
  later: '`later`',
  ghostAssign: '`ghost`',
};

function planLet(draft: Draft, stmt: LetStmt): void {
  const { value, name, span, mutable } = stmt;
  if (isTaken(draft, name)) return;
  if (value.kind === 'deploy' || value.kind === 'upgradeBy') {
    if (mutable) report(draft.unit, 'E0462', { span, name: name.text });
    if (value.kind === 'deploy') planDeploy(draft, value, name.text);
    else planUpgrade(draft, value, name.text, { kind: 'none' }, value.span);
  } else if (value.kind === 'callByExpr') {
    planCall(draft, value, { kind: 'none' }, { name, mutable }, span);
  } else {
    const pure = takeOut(draft, value);
    const type = stmt.type ?? inferredType(value.span);
    const result = viewOf(draft, pure, type);
    const slot = newSlot(draft, name, type, { mutable, ...(stmt.type === null ? { value: pure } : {}) });
    draft.steps.push({ kind: 'eval', slot, value: result, span });
  }
}

/** Reports a variable whose name stands for something already. */
export function isTaken(draft: Draft, name: ast.Name): boolean {
  const { text, span } = name;
  const taken = draft.deployed.has(text) || slotNamed(draft, text) !== undefined;
  if (taken) report(draft.unit, 'E0202', { span, name: text, what: 'a variable or member of this test' });
  const known = draft.unit.known.has(text);
  if (known) report(draft.unit, 'E0203', { span, name: text, what: 'a name of the file or of the language' });
  return taken || known;
}

/** An expression that stands as a statement. */
function planAlone(draft: Draft, value: ast.Expr, span: ast.Span): void {
  if (value.kind === 'deploy') planDeploy(draft, value, '');
  else if (value.kind === 'upgradeBy') planUpgrade(draft, value, '', { kind: 'none' }, value.span);
  else if (value.kind === 'callByExpr') planCall(draft, value, { kind: 'none' }, null, span);
  else if (deployedCall(draft, value) !== null) planViewCall(draft, value, { kind: 'none' });
  else if (value.kind === 'if') planIf(draft, value);
  else if (value.kind === 'match') planMatch(draft, value);
  else if (value.kind === 'block') planInner(draft, value);
  else if (value.kind !== 'missing') report(draft.unit, 'E0450', { span });
}

function planDeploy(draft: Draft, node: Expr<'deploy'>, name: string): void {
  const contract = deployable(draft, node, name);
  if (contract === null) return;
  draft.unit.names.set(node.contract, contract.name);
  const init = contract.members.find((member) => member.kind === 'init');
  const args = planArgs(draft, contract.name.text, init?.params ?? [], node.args, node.span);
  const by = evaluate(draft, node.by, namedType('Did', node.by.span));
  const id = draft.counts.deployed;
  draft.counts.deployed += 1;
  draft.deployed.set(name, { id, contract });
  draft.steps.push({
    kind: 'deploy',
    gasSlot: -1,
    deployed: id,
    contract: contract.name.text,
    version: versionOf(contract),
    name,
    args,
    by,
    span: node.span,
  });
}

/** The contract that is deployed, or an earlier version of it; null when there is none, which was reported. */
function deployable(draft: Draft, node: Expr<'deploy'>, name: string): ast.Contract | null {
  const { unit } = draft;
  const { contract: named, version } = node;
  const contract = unit.contracts.get(named.text);
  if (contract === undefined) {
    reportNoContract(draft, named, name);
    return null;
  }
  if (version === null) return contract;
  const versions = versionsOf(unit, contract);
  // Where a version is not there that has been reported.
  if (upgradeOf(versions.at(-1)!) !== undefined) return contract;
  const found = versions.find((each) => versionOf(each) === version.value);
  const known = versions.map(versionOf).join('`, `');
  if (found === undefined)
    report(unit, 'E0465', { span: version.span, name: named.text, version: version.value, known });
  return found ?? null;
}

function reportNoContract({ unit, deployed, counts }: Draft, named: ast.Name, name: string): void {
  const known = [...unit.contracts.keys()];
  const { text } = named;
  if (text !== '') report(unit, 'E0451', { ...nearby(unit, named, known), name: text });
  // What the variable is called for is judged as if the name were right.
  const meant = unit.contracts.get(nearestName(text, known) ?? known[0] ?? '');
  if (meant !== undefined) deployed.set(name, { id: counts.deployed, contract: meant });
}

/** To the version that follows the one that a contract has. */
function planUpgrade(
  draft: Draft,
  node: Expr<'upgradeBy'>,
  name: string,
  expectation: Expectation,
  span: ast.Span,
): void {
  const { text, span: at } = node.contract;
  const deployed = draft.deployed.get(text);
  if (deployed === undefined) {
    if (text !== '') report(draft.unit, 'E0466', { span: at, name: text });
    return;
  }
  const next = followerOf(draft.unit, deployed.contract);
  if (next === null) {
    reportLast(draft.unit, deployed.contract, at);
    // What the variable is called for is judged as if there were one.
    draft.deployed.set(name, deployed);
    return;
  }
  const by = evaluate(draft, node.by, namedType('Did', node.by.span));
  const id = draft.counts.deployed;
  draft.counts.deployed += 1;
  draft.deployed.set(name, { id, contract: next });
  const step = { from: deployed.id, deployed: id, contract: next.name.text, version: versionOf(next) };
  draft.steps.push({ kind: 'upgrade', ...step, name: name === '' ? text : name, by, expectation, span });
}

/** Unless the version before is missing: that is said where it is named. */
function reportLast(unit: Unit, contract: ast.Contract, span: ast.Span): void {
  if (upgradeOf(contract) !== undefined && versionsOf(unit, contract).length === 1) return;
  report(unit, 'E0467', { span, contract: contract.name.text, version: versionOf(contract) });
}

function followerOf(unit: Unit, contract: ast.Contract): ast.Contract | null {
  for (const last of unit.contracts.values()) {
    const versions = versionsOf(unit, last);
    const at = versions.indexOf(contract);
    if (at > 0) return versions[at - 1]!;
  }
  return null;
}

/** `bind` is the variable that gets the result. */
function planCall(
  draft: Draft,
  node: CallNode,
  expectation: Expectation,
  bind: { readonly name: ast.Name; readonly mutable: boolean } | null,
  span: ast.Span,
): void {
  const planned = callStep(draft, node, expectation);
  if (planned === null) return;
  const slot = bind === null ? -1 : resultSlot(draft, bind, planned.result);
  draft.steps.push({ ...planned.step, slot, span });
}

/** A rule without a result gives no value: using the variable says so. */
function resultSlot(
  draft: Draft,
  { name, mutable }: { readonly name: ast.Name; readonly mutable: boolean },
  result: ast.TypeExpr | null,
): SlotId {
  if (result !== null) return newSlot(draft, name, result, { mutable });
  report(draft.unit, 'E0454', { span: name.span });
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
      planFails(draft, outcome, span);
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
  if (call.kind === 'upgradeBy') planUpgrade(draft, call, '', expectation, span);
  else if (by !== null) planCall(draft, { call, by, spending }, expectation, null, span);
  else planViewCall(draft, call, expectation);
}

type Fails = Extract<ast.Outcome, { readonly kind: 'fails' }>;

function planFails(draft: Draft, outcome: Fails, span: ast.Span): void {
  const error = outcome.error === null ? null : planError(draft, outcome, outcome.error);
  const message = outcome.message?.value ?? null;
  planExpectedCall(draft, outcome, { kind: 'fails', message, error }, span);
}

/** The error that the call is to fail with; null when there is none of that name, which is reported. */
function planError(draft: Draft, { args, span }: Fails, name: ast.Name): ExpectedError | null {
  const error = draft.unit.errors.get(name.text);
  if (error === undefined) {
    if (name.text !== '')
      report(draft.unit, 'E0464', {
        ...nearby(draft.unit, name, [...draft.unit.errors.keys()]),
        name: name.text,
      });
    return null;
  }
  draft.unit.names.set(name, error.name);
  const wanted = args.length === 0 ? null : planArgs(draft, name.text, error.fields, args, span);
  return { name: name.text, args: wanted };
}

function planEmits(
  draft: Draft,
  outcome: Extract<ast.Outcome, { readonly kind: 'emits' }>,
  span: ast.Span,
): void {
  const { text } = outcome.event;
  const events = [...draft.unit.contracts.values()]
    .flatMap((contract) => contract.members)
    .filter((member) => member.kind === 'event');
  const event = events.find(({ name }) => name.text === text);
  if (event === undefined) {
    const known = events.map(({ name }) => name.text);
    if (text !== '') report(draft.unit, 'E0455', { ...nearby(draft.unit, outcome.event, known), name: text });
    return;
  }
  draft.unit.names.set(outcome.event, event.name);
  const any = outcome.args.length === 0;
  const args = any ? null : planArgs(draft, text, event.fields, outcome.args, outcome.span);
  draft.steps.push({ kind: 'emits', event: text, args, span });
}

function planAssume(draft: Draft, stmt: Extract<ast.Stmt, { readonly kind: 'assume' }>): void {
  const condition = evaluate(draft, stmt.condition, namedType('Bool', stmt.span));
  draft.steps.push({ kind: 'assume', condition, span: stmt.span });
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
  planInner(draft, stmt.body);
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
