/**
 * In: the tree of one file. Out: its tests as steps, and the tree of contracts that hold their expressions as
 * views, to be resolved, checked, lowered and built as any contract. Nodes keep their places in the source, so what is
 * wrong in a test is reported where it stands.
 *
 * An expression becomes a view of what it reads: members and results so far are its parameters; calls of deployed
 * contracts and readings of the ledger and the clock are taken out, left to right, before it. A name that nothing
 * declares is a member.
 */
import { BUILT_INS } from '../builtins.ts';
import type {
  Eval,
  Expectation,
  SlotId,
  Spending,
  Step,
  TestMember,
  TestPlan,
  TestSlot,
} from '../core/tests.ts';
import { type Diagnostic, type DiagnosticCode, diagnose, type HolesOf } from '../diagnostics.ts';
import { near } from '../resolve/resolve.ts';
import { unsupportedWord } from '../resolve/unsupported.ts';
import type * as ast from '../syntax/ast.ts';
import { childFields } from '../syntax/children.ts';

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

/** So many views are in one contract: an artifact has a limit. */
const VIEWS_MAX = 200;

/** Every view repeats the `let`s that it reads, so their number is bounded. */
const LETS_MAX = 100;

type Unit = {
  readonly file: string;
  readonly text: string;
  readonly contracts: ReadonlyMap<string, ast.Contract>;
  readonly known: ReadonlySet<string>;
  readonly views: ast.View[];
  readonly names: Map<ast.Name, ast.Name>;
  readonly diagnostics: Diagnostic[];
};

type Slot = TestSlot & { readonly name: string; readonly type: ast.TypeExpr };
type Deployed = { readonly id: number; readonly contract: ast.Contract };
type LetStmt = Extract<ast.Stmt, { readonly kind: 'let' }>;

/** A test while it is planned. What `at time { … }` declares is known inside it only. */
type Draft = {
  readonly unit: Unit;
  readonly slots: Slot[];
  /** Slots by the names that expressions have for them. */
  readonly slotOf: Map<string, SlotId>;
  readonly members: Map<string, { slot: SlotId; floors: TestMember['floors']; permissions: string[] }>;
  readonly counts: { deployed: number };
  readonly steps: Step[];
  readonly deployed: Map<string, Deployed>;
  /** Pure `let`s in order, values taken out already; repeated in every view that reads them. */
  readonly lets: Map<string, LetStmt>;
};

type Expr<K extends ast.Expr['kind']> = Extract<ast.Expr, { readonly kind: K }>;

// ---- the contract of the tests -----------------------------------------------------------------

/** Currencies and structs of the file's contracts, each name once. */
function sharedMembers(contracts: readonly ast.Contract[]): (ast.Currency | ast.Struct)[] {
  const byName = new Map<string, ast.Currency | ast.Struct>();
  for (const contract of contracts) {
    for (const member of contract.members) {
      if (member.kind !== 'currency' && member.kind !== 'struct') continue;
      if (!byName.has(member.name.text)) byName.set(member.name.text, member);
    }
  }
  return [...byName.values()];
}

function knownNames(tree: ast.SourceFile, shared: readonly (ast.Currency | ast.Struct)[]): Set<string> {
  const items = tree.items.flatMap((item) => ('name' in item ? [item.name.text] : []));
  return new Set([
    ...items,
    ...shared.map((member) => member.name.text),
    ...BUILT_INS.map((row) => row.name),
  ]);
}

function testsTree(
  tree: ast.SourceFile,
  shared: readonly (ast.Currency | ast.Struct)[],
  views: readonly ast.View[],
): ast.SourceFile {
  const { span } = tree;
  const used = tree.items.filter(
    (item) => item.kind === 'struct' || item.kind === 'const' || item.kind === 'fn',
  );
  const ledger: ast.Capability = {
    kind: 'capability',
    span,
    module: nameNode('ledger', span),
    right: nameNode('read', span),
  };
  const contracts: ast.Contract[] = [];
  for (let first = 0; first < views.length; first += VIEWS_MAX) {
    const part = views.slice(first, first + VIEWS_MAX);
    const uses: ast.Uses = { kind: 'uses', span, capabilities: [ledger] };
    const name = nameNode(contractName(first), span);
    contracts.push({ kind: 'contract', span, doc: null, name, members: [uses, ...shared, ...part] });
  }
  return { kind: 'file', span, uses: [], items: [...used, ...contracts] };
}

/** The contract that holds a view; no author can write such a name. */
function contractName(view: number): string {
  return `tests ${Math.floor(view / VIEWS_MAX)}`;
}

function nameNode(text: string, span: ast.Span): ast.Name {
  return { kind: 'name', text, span };
}

function namedType(name: string, span: ast.Span, args: readonly ast.TypeArg[] = []): ast.TypeExpr {
  return { kind: 'namedType', span, name: nameNode(name, span), args };
}

// ---- statements --------------------------------------------------------------------------------

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

type ReadStep = Extract<Step, { readonly kind: 'read' }>;

/** Asks a view of a deployed contract, after its arguments. Null when it was reported. */
function readStep(draft: Draft, call: ast.Expr, expectation: Expectation): ReadStep | null {
  const target = calledOf(draft, call);
  if (target === null) return null;
  const { deployed, method } = target;
  const view = method.name.text;
  const { span } = call;
  const args = planArgs(draft, view, method.params, target.args, span);
  if (method.kind === 'view')
    return { kind: 'read', slot: -1, deployed: deployed.id, view, args, expectation, span };
  report(draft.unit, 'E0452', { span, name: view });
  return null;
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

// ---- calls of deployed contracts ---------------------------------------------------------------

type Method = ast.Rule | ast.View;
type Called = { readonly deployed: Deployed; readonly method: Method; readonly args: readonly ast.Expr[] };
/** `bank.join()`: what stands before the dot is deployed in this test, what behind it may be anything. */
type DeployedCall = { readonly call: Expr<'call'>; readonly deployed: Deployed; readonly name: ast.Name };

function deployedCall(draft: Draft, expr: ast.Expr): DeployedCall | null {
  if (expr.kind !== 'call' || expr.callee.kind !== 'field') return null;
  const { object, name } = expr.callee;
  const deployed = object.kind === 'name' ? draft.deployed.get(object.text) : undefined;
  return deployed === undefined ? null : { call: expr, deployed, name };
}

/** The rule or view that is called; null when there is none, which was reported. */
function calledOf(draft: Draft, expr: ast.Expr): Called | null {
  const found = deployedCall(draft, expr);
  if (found === null) {
    const object = expr.kind === 'call' && expr.callee.kind === 'field' ? expr.callee.object : null;
    if (object?.kind === 'name' && isUnknown(draft, object)) reportUnknown(draft, object);
    else if (expr.kind !== 'missing') report(draft.unit, 'E0450', { span: expr.span });
    return null;
  }
  const { contract } = found.deployed;
  const { text, span } = found.name;
  for (const member of contract.members) {
    if ((member.kind !== 'rule' && member.kind !== 'view') || member.name.text !== text) continue;
    draft.unit.names.set(found.name, member.name);
    return { deployed: found.deployed, method: member, args: found.call.args };
  }
  if (text !== '') report(draft.unit, 'E0456', { span, contract: contract.name.text, name: text });
  return null;
}

function planArgs(
  draft: Draft,
  name: string,
  params: readonly ast.Param[],
  args: readonly ast.Expr[],
  span: ast.Span,
): Eval[] {
  if (params.length !== args.length)
    report(draft.unit, 'E0305', { span, name, wanted: params.length, found: args.length });
  return args.flatMap((arg, at) => {
    const param = params[at];
    return param === undefined ? [] : [evaluate(draft, arg, param.type)];
  });
}

// ---- expressions -------------------------------------------------------------------------------

/** The value of `expr` where the test stands now, as a view of type `result`. */
function evaluate(draft: Draft, expr: ast.Expr, result: ast.TypeExpr): Eval {
  return viewOf(draft, takeOut(draft, expr), result, []);
}

/** An amount, whose currency its literals or variables tell. */
function planAmount(draft: Draft, expr: ast.Expr): Spending | null {
  const pure = takeOut(draft, expr);
  const currency = currencyOf(draft, pure);
  if (currency === null) {
    if (expr.kind !== 'missing') report(draft.unit, 'E0457', { span: expr.span });
    return null;
  }
  const { span } = expr;
  // An unknown currency is reported where it is written, and its amounts have no type.
  const type = draft.unit.known.has(currency) ? amountType(currency, span) : namedType('Int', span);
  return { currency, amount: viewOf(draft, pure, type, []) };
}

function amountType(currency: string, span: ast.Span): ast.TypeExpr {
  return namedType('Amount', span, [namedType(currency, span)]);
}

function currencyOf(draft: Draft, node: ast.AnyNode): string | null {
  if (node.kind === 'amount') return node.currency.text;
  if (node.kind === 'name') {
    const slot = draft.slots[draft.slotOf.get(node.text) ?? -1];
    const known = draft.lets.get(node.text);
    if (slot !== undefined) return currencyOfType(slot.type);
    return known === undefined ? null : currencyOf(draft, known.value);
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

/** A view with `pure` as its result; `also` names `let`s that stand here, whether or not `pure` reads them. */
function viewOf(draft: Draft, pure: ast.Expr, result: ast.TypeExpr, also: readonly string[]): Eval {
  const { unit } = draft;
  const { span } = pure;
  const read = namesRead(draft, pure, also);
  // Names are known by their nodes, and stand for other parameters in every view: each gets its own copy.
  const lets = [...draft.lets]
    .filter(([name]) => read.has(name))
    .map(([name, stmt]) => (also.includes(name) ? stmt : structuredClone(stmt)));
  const inputs = [...read].flatMap((name) => draft.slotOf.get(name) ?? []).sort((a, b) => a - b);
  const view = `t${unit.views.length}`;
  const contract = contractName(unit.views.length);
  const params = inputs.map((slot): ast.Param => {
    const { name, type } = draft.slots[slot]!;
    return { kind: 'param', name: nameNode(name, type.span), type, span: type.span };
  });
  const body: ast.Block = {
    kind: 'block',
    statements: [...lets, { kind: 'return', value: pure, span }],
    result: null,
    span,
  };
  unit.views.push({
    kind: 'view',
    doc: null,
    name: nameNode(view, span),
    params,
    specs: [],
    body,
    result,
    span,
  });
  return { contract, view, inputs, span };
}

/** Names that `expr` reads, and those that the `let`s among them read. */
function namesRead(draft: Draft, expr: ast.Expr, also: readonly string[]): Set<string> {
  const read = new Set<string>();
  const visit = (node: ast.AnyNode): void => {
    if (node.kind === 'name') note(node.text);
    for (const child of exprChildren(node)) visit(child);
  };
  const note = (name: string): void => {
    if (read.has(name)) return;
    read.add(name);
    const known = draft.lets.get(name);
    if (known !== undefined) visit(known.value);
  };
  for (const name of also) note(name);
  visit(expr);
  return read;
}

/**
 * `expr` with what only the world knows taken out: each such part becomes a step that fills a slot, and a name for it.
 * Names of members get their slots.
 */
function takeOut(draft: Draft, expr: ast.Expr): ast.Expr {
  if (deployedCall(draft, expr) !== null) return takeOutCall(draft, expr);
  switch (expr.kind) {
    case 'name':
      return takeOutName(draft, expr);
    case 'field':
      return takeOutField(draft, expr);
    case 'call':
      return takeOutReading(draft, expr);
    case 'deploy':
    case 'callByExpr':
    case 'run':
      report(draft.unit, 'E0458', { span: expr.span });
      return { kind: 'missing', span: expr.span };
    case 'block':
      return expr.statements.length === 0
        ? takeOutBelow(draft, expr)
        : notYet(draft, expr, 'a block with statements inside an expression of a test');
    default:
      return takeOutBelow(draft, expr);
  }
}

function notYet(draft: Draft, expr: ast.Expr, what: string): ast.Expr {
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
  return nameNode(draft.slots[slot]!.name, expr.span);
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
    if (name.text !== '')
      report(draft.unit, 'E0456', {
        span: name.span,
        contract: deployed.contract.name.text,
        name: name.text,
      });
    return { kind: 'missing', span: expr.span };
  }
  const slot = newValue(draft, expr, namedType('Did', expr.span));
  draft.steps.push({ kind: 'account', slot, deployed: deployed.id, span: expr.span });
  return nameNode(draft.slots[slot]!.name, expr.span);
}

/** A member has no parts: an unknown name before a dot was meant to be something else. */
function isUnknown(draft: Draft, { text }: ast.Name): boolean {
  const slot = draft.slots[draft.slotOf.get(text) ?? -1];
  if (slot !== undefined) return slot.kind === 'member';
  return text !== '' && !draft.deployed.has(text) && !draft.lets.has(text) && !draft.unit.known.has(text);
}

function reportUnknown(draft: Draft, name: ast.Name): ast.Expr {
  const known = [...draft.deployed.keys(), ...draft.lets.keys()];
  draft.unit.diagnostics.push(diagnose('E0201', { ...near(draft.unit, name, known), name: name.text }));
  return { kind: 'missing', span: name.span };
}

/** `ledger.balance(bob, hours)` is read where it stands; calls of functions stay. */
function takeOutReading(draft: Draft, expr: Expr<'call'>): ast.Expr {
  const { callee } = expr;
  const isLedger =
    callee.kind === 'field' && callee.object.kind === 'name' && callee.object.text === 'ledger';
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

/** A step that evaluates `pure` now, and the name of the slot that it fills. */
function takeOutValue(draft: Draft, written: ast.Expr, pure: ast.Expr, type: ast.TypeExpr): ast.Expr {
  const value = viewOf(draft, pure, type, []);
  const slot = newValue(draft, written, type);
  draft.steps.push({ kind: 'eval', slot, value, span: written.span });
  return nameNode(draft.slots[slot]!.name, written.span);
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

/** Fields that hold a name which is no expression: of a struct, a field, a currency. */
function isNameOnly(node: ast.AnyNode, field: string): boolean {
  return field === 'name' || field === 'currency' || (node.kind === 'lambda' && field === 'params');
}

function takeOutAny(draft: Draft, node: ast.AnyNode): ast.AnyNode {
  return node.kind === 'fieldInit' || node.kind === 'arm'
    ? takeOutBelow(draft, node)
    : takeOut(draft, node as ast.Expr);
}

function exprChildren(node: ast.AnyNode): ast.AnyNode[] {
  const fields = node as unknown as Record<string, unknown>;
  return childFields(node.kind).flatMap((field) => {
    const child = fields[field] as ast.AnyNode | readonly ast.AnyNode[] | null;
    if (child === null || isNameOnly(node, field)) return [];
    return Array.isArray(child) ? child : [child];
  }) as ast.AnyNode[];
}

// ---- slots -------------------------------------------------------------------------------------

function newSlot(draft: Draft, name: string, text: string, type: ast.TypeExpr): SlotId {
  return addSlot(draft, { kind: 'value', name, text, type });
}

function addSlot(draft: Draft, slot: Slot): SlotId {
  draft.slotOf.set(slot.name, draft.slots.length);
  draft.slots.push(slot);
  return draft.slots.length - 1;
}

/** A slot for a part of an expression: its name is one that no author can write. */
function newValue(draft: Draft, written: ast.Expr, type: ast.TypeExpr): SlotId {
  return newSlot(draft, `value ${draft.slots.length}`, sourceOf(draft, written), type);
}

/** The slot of the member that `name` means; null when it means something else. */
function memberSlot(draft: Draft, name: ast.Name): SlotId | null {
  const { text, span } = name;
  const known = draft.members.get(text);
  if (known !== undefined) return known.slot;
  const taken = draft.slotOf.has(text) || draft.lets.has(text);
  if (text === '' || taken || draft.unit.known.has(text)) return null;
  const slot = addSlot(draft, { kind: 'member', name: text, text, type: namedType('Did', span) });
  draft.members.set(text, { slot, floors: [], permissions: [] });
  return slot;
}

function sourceOf(draft: Draft, node: ast.AnyNode): string {
  return draft.unit.text.slice(node.span.start, node.span.end);
}

function report<C extends DiagnosticCode>(
  unit: Unit,
  code: C,
  at: { readonly span: ast.Span } & { readonly [H in HolesOf<C>]: string | number | bigint },
): void {
  unit.diagnostics.push(diagnose(code, { file: unit.file, ...at } as Parameters<typeof diagnose<C>>[1]));
}
