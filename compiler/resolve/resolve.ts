/**
 * Names to what they stand for. In: the tree of one file, and what the files that it uses declare. Out: a side table from
 * every name that is used or declared to its entity, what the file declares itself, and diagnostics. Names behind a dot are left to `check/`, which knows types; so are the names of
 * fields in struct literals. What this version does not have is reported here, once, and not looked into.
 */
import { BUILT_INS, HOST_EVENTS, HOST_FUNCTIONS, isOnlyCalled } from '../builtins.ts';
import { type Diagnostic, diagnose } from '../diagnostics.ts';
import { nearestName } from '../suggest.ts';
import type * as ast from '../syntax/ast.ts';
import { DOTTED_HABITS, type Habit, TYPE_HABITS, UNIT_HABITS, VALUE_HABITS } from '../syntax/habits.ts';
import { walk as visit } from '../syntax/visit.ts';
import { type Declaration, describe, type Entity, isDeclaration, type VariantDeclaration } from './entity.ts';
import { innerScope, lookUp, lookUpVariants, pastScope, type Scope, visibleNames } from './scope.ts';
import { insteadOf, unsupportedWord } from './unsupported.ts';

export type Names = {
  /** Keyed by the `name` node, at its use and at its declaration. A name that is not here was reported. */
  readonly entities: ReadonlyMap<ast.Name, Entity>;
  /** Names that are a variant of several enums, with those variants: the type that is wanted tells which is meant. */
  readonly ambiguous: ReadonlyMap<ast.Name, readonly VariantDeclaration[]>;
  /** What each `upgrade` comes from. One that is not here has no source, or one without that contract. */
  readonly predecessors: Predecessors;
  readonly diagnostics: readonly Diagnostic[];
};

export type Predecessors = ReadonlyMap<ast.Upgrade, Predecessor>;

/** `gone`: the variables of the state that the contract has no more. */
export type Predecessor = { readonly contract: ast.Contract; readonly gone: ReadonlySet<ast.StateField> };

export type Resolution = Names & { readonly exports: Exports };

/** What the files that use a file may take from it. */
export type Exports = {
  readonly file: string;
  readonly declared: ReadonlyMap<string, Declaration>;
  readonly variants: readonly VariantDeclaration[];
  /** Names that the file takes from others itself. */
  readonly taken: ReadonlySet<string>;
};

type Walk = {
  readonly file: string;
  readonly entities: Map<ast.Name, Entity>;
  readonly ambiguous: Map<ast.Name, readonly VariantDeclaration[]>;
  readonly diagnostics: Diagnostic[];
  /** What the files of earlier versions declare, by the `upgrade` that comes from them. */
  readonly earlier: ReadonlyMap<ast.Upgrade, Exports>;
  readonly predecessors: Map<ast.Upgrade, Predecessor>;
  /** The currencies of the file's contracts, by name; the first of each. */
  readonly currencies: Map<string, Declaration>;
  /** Names that a `use` takes and that are not known: they were reported where they stand. */
  readonly later: Set<string>;
  /** How many unknown names still get a suggestion: looking for one costs time. */
  suggestions: number;
};

const SUGGESTIONS_MAX = 100;

/**
 * Resolves the names of one file. `used` has what the file of each `use` declares, `earlier` what those declare that an
 * `upgrade` comes from; the types of `beside` are seen where nothing else has their name, as tests see those of the
 * contracts that they deploy. Never fails.
 */
export function resolve(
  file: string,
  tree: ast.SourceFile,
  { used, earlier }: Sources = NO_SOURCES,
  beside: readonly Exports[] = [],
): Resolution {
  const walk: Walk = {
    file,
    earlier,
    predecessors: new Map(),
    entities: new Map(),
    ambiguous: new Map(),
    diagnostics: [],
    suggestions: SUGGESTIONS_MAX,
    later: new Set(),
    currencies: new Map(),
  };
  const scope = innerScope(LANGUAGE);
  for (const use of tree.uses) declareUsed(walk, scope, use, used.get(use));
  const taken = new Set(scope.names.keys());
  for (const item of tree.items) declareItem(walk, scope, item);
  for (const exports of beside) declareBeside(scope, exports);
  noteCurrencies(walk, tree);
  for (const item of tree.items) walkItem(walk, scope, item);
  const { entities, ambiguous, predecessors, diagnostics } = walk;
  return { entities, ambiguous, predecessors, diagnostics, exports: exportsOf(file, scope, taken) };
}

/** What the files declare that a file uses, or that its contracts come from. */
export type Sources = {
  readonly used: ReadonlyMap<ast.Use, Exports>;
  readonly earlier: ReadonlyMap<ast.Upgrade, Exports>;
};

const NO_SOURCES: Sources = { used: new Map(), earlier: new Map() };

/** The scope around every file: what the language itself names. */
const LANGUAGE: Scope = {
  names: new Map(BUILT_INS.map((row) => [row.name, { kind: 'builtin', name: row.name, row }])),
  variants: new Map(),
  outer: null,
};

/** Names that no declaration may take. */
export const LANGUAGE_NAMES: readonly string[] = BUILT_INS.map((row) => row.name);

// ---- declarations ------------------------------------------------------------------------------

type NamedNode = Exclude<Declaration['node'], ast.Name | ast.ForIn | ast.ForRange>;

/** What stands at the top of a file is for every file that uses it; what it takes from others is not. */
function exportsOf(file: string, scope: Scope, taken: ReadonlySet<string>): Exports {
  const own = [...scope.names].flatMap(([name, entity]) =>
    isDeclaration(entity) && !taken.has(name) ? [[name, entity] as const] : [],
  );
  const declared = new Map(own);
  const nodes = new Set<ast.AnyNode>(own.map(([, { node }]) => node));
  const variants = [...scope.variants.values()].flat().filter(({ of }) => nodes.has(of));
  return { file, declared, variants, taken };
}

/** The names of a `use`, with the variants of what they name. Where the file is not known they are nobody's mistake. */
function declareUsed(walk: Walk, scope: Scope, use: ast.Use, exports: Exports | undefined): void {
  for (const name of use.names) {
    const entity = exports?.declared.get(name.text);
    if (entity === undefined || exports === undefined) {
      walk.later.add(name.text);
      if (exports !== undefined && name.text !== '') reportNotDeclared(walk, name, exports);
      continue;
    }
    declare(walk, scope, name, entity);
    for (const variant of exports.variants) if (variant.of === entity.node) enterVariant(scope, variant);
  }
}

function declareBeside(scope: Scope, { declared, variants }: Exports): void {
  for (const [name, entity] of declared) {
    if (!isTypeName(entity) || lookUp(scope, name) !== null) continue;
    scope.names.set(name, entity);
    for (const variant of variants) if (variant.of === entity.node) enterVariant(scope, variant);
  }
}

/** Whether a declaration at the top of a file is one of a type. */
export function isTypeName({ kind }: Declaration): boolean {
  return kind === 'struct' || kind === 'enum' || kind === 'lifecycle';
}

function reportNotDeclared(walk: Walk, name: ast.Name, { file, declared, taken }: Exports): void {
  const known = [...declared.keys()];
  const instead = taken.has(name.text) ? 'take it from the file that declares it' : undefined;
  walk.diagnostics.push(
    diagnose('E0214', { ...near(walk, name, known), name: name.text, module: file, instead }),
  );
}

function noteCurrencies(walk: Walk, tree: ast.SourceFile): void {
  for (const item of tree.items) {
    if (item.kind !== 'contract') continue;
    for (const member of item.members) {
      if (member.kind !== 'currency' || walk.currencies.has(member.name.text)) continue;
      walk.currencies.set(member.name.text, entityOf(walk.file, 'currency', member, member.doc));
    }
  }
}

function declareItem(walk: Walk, scope: Scope, item: ast.Item): void {
  switch (item.kind) {
    case 'contract':
    case 'interface':
    case 'struct':
    case 'error':
    case 'const':
    case 'fn':
      declare(walk, scope, item.name, entityOf(walk.file, item.kind, item, item.doc));
      return;
    case 'enum':
    case 'lifecycle':
      declareChoice(walk, scope, item);
      return;
  }
}

/** The name, and those of the variants: every place that names a state of a lifecycle names the same. */
function declareChoice(walk: Walk, scope: Scope, item: ast.Enum | ast.Lifecycle): void {
  declare(walk, scope, item.name, entityOf(walk.file, item.kind, item, item.doc));
  const own = innerScope(null);
  const nodes =
    item.kind === 'enum' ? item.variants : item.transitions.flatMap(({ from, to }) => [from, ...to]);
  for (const node of nodes) {
    const name = node.kind === 'name' ? node : node.name;
    const known = own.names.get(name.text);
    if (node.kind === 'name' && known !== undefined) {
      walk.entities.set(name, known);
      continue;
    }
    const entity = variantOf(walk, item, node, name);
    declare(walk, own, name, entity);
    if (name.text !== '' && known === undefined) enterVariant(scope, entity);
  }
}

function enterVariant(scope: Scope, variant: VariantDeclaration): void {
  scope.variants.set(variant.name, [...(scope.variants.get(variant.name) ?? []), variant]);
}

function variantOf(
  walk: Walk,
  of: ast.Enum | ast.Lifecycle,
  node: ast.Variant | ast.Name,
  name: ast.Name,
): VariantDeclaration {
  const site = { file: walk.file, span: name.span };
  return { kind: 'variant', name: name.text, node, of, site, doc: null };
}

/** Clauses have names of their own: no expression mentions them. */
function declareMember(walk: Walk, scope: Scope, clauses: Scope, member: ast.Member): void {
  switch (member.kind) {
    case 'currency':
    case 'ghost':
    case 'event':
    case 'error':
    case 'struct':
    case 'const':
    case 'rule':
    case 'view':
    case 'fn':
      declare(walk, scope, member.name, entityOf(walk.file, member.kind, member, member.doc));
      return;
    case 'enum':
    case 'lifecycle':
      declareChoice(walk, scope, member);
      return;
    case 'invariant':
    case 'history':
      declare(walk, clauses, member.name, entityOf(walk.file, member.kind, member, member.doc));
      return;
    case 'state':
      for (const field of member.fields) {
        declare(walk, scope, field.name, entityOf(walk.file, 'state', field, field.doc));
      }
  }
}

function entityOf(file: string, kind: Declaration['kind'], node: NamedNode, doc: string | null): Declaration {
  const site = { file, span: node.name.span };
  return { kind, name: node.name.text, node, site, doc } as Declaration;
}

/** Enters a name into `scope`; a name that the scope or one around it has already is reported. */
function declare(walk: Walk, scope: Scope, name: ast.Name, entity: Declaration): void {
  if (name.text === '') return;
  walk.entities.set(name, entity);
  const earlier = lookUp(scope, name.text);
  const apart = isFunctionOfTheLanguage(earlier) && VALUES.has(entity.kind);
  if (earlier !== null && !apart) reportTaken(walk, scope, name, earlier);
  if (!scope.names.has(name.text)) scope.names.set(name.text, entity);
}

/** What has a value and is never called: it may bear the name of a function of the language, such as `count`. */
const VALUES: ReadonlySet<Declaration['kind']> = new Set([
  'state',
  'param',
  'local',
  'loop',
  'bound',
  'field',
  'matched',
]);

function isFunctionOfTheLanguage(entity: Entity | null): boolean {
  return entity?.kind === 'builtin' && isOnlyCalled(entity.row);
}

function reportTaken(walk: Walk, scope: Scope, name: ast.Name, earlier: Entity): void {
  const related = isDeclaration(earlier) ? [{ ...earlier.site, label: 'declared here' }] : [];
  const code = scope.names.has(name.text) ? 'E0202' : 'E0203';
  const what = describe(earlier);
  walk.diagnostics.push(diagnose(code, { file: walk.file, span: name.span, name: name.text, what, related }));
}

// ---- items and members -------------------------------------------------------------------------

function walkItem(walk: Walk, scope: Scope, item: ast.Item): void {
  if (isUnsupported(walk, item)) return;
  switch (item.kind) {
    case 'contract':
      walkContract(walk, scope, item);
      return;
    case 'interface':
      walkInterface(walk, scope, item);
      return;
    case 'struct':
    case 'error':
      walkFields(walk, scope, item.fields);
      return;
    case 'enum':
      for (const variant of item.variants) walkFields(walk, scope, variant.fields);
      return;
    case 'const':
      walkConst(walk, scope, item);
      return;
    case 'fn':
      walkCallable(walk, scope, item, item.result);
      return;
  }
}

function walkContract(walk: Walk, outer: Scope, contract: ast.Contract): void {
  const scope = innerScope(outer);
  const clauses = innerScope(null);
  for (const member of contract.members) declareMember(walk, scope, clauses, member);
  for (const member of contract.members) {
    if (member.kind === 'upgrade') walkUpgrade(walk, scope, contract, member);
    else walkMember(walk, scope, member);
  }
}

/** Inside of `old(…)` an upgrade sees the variables that only the earlier version had. */
function walkUpgrade(walk: Walk, scope: Scope, contract: ast.Contract, node: ast.Upgrade): void {
  const exports = walk.earlier.get(node);
  const earlier = exports?.declared.get(contract.name.text);
  if (exports === undefined || earlier?.kind !== 'contract') {
    noteUnread(walk, node.body);
    walkBlock(walk, scope, node.body);
    return;
  }
  const kept = new Set(stateFields(contract).map(({ name }) => name.text));
  const gone = stateFields(earlier.node).filter(({ name }) => !kept.has(name.text));
  walk.predecessors.set(node, { contract: earlier.node, gone: new Set(gone) });
  const names = gone.map(
    (field) => [field.name.text, entityOf(exports.file, 'state', field, field.doc)] as const,
  );
  walkBlock(walk, { ...innerScope(scope), past: new Map(names) }, node.body);
}

/** Where the version before is not there, what `old` reads of it is nobody's mistake. */
function noteUnread(walk: Walk, body: ast.Block): void {
  visit(body, (node) => {
    if (node.kind !== 'call' || !isOld(node)) return undefined;
    for (const arg of node.args)
      visit(arg, (part) => {
        if (part.kind === 'name') walk.later.add(part.text);
        return undefined;
      });
    return undefined;
  });
}

/** The variables of the state, in the order of the source. */
export function stateFields({ members }: ast.Contract): readonly ast.StateField[] {
  return members.flatMap((member) => (member.kind === 'state' ? member.fields : []));
}

/**
 * An interface speaks of the currencies of the contracts that implement it or call it: those of this file have a
 * declaration here, and of any other the name is known and no more.
 */
function walkInterface(walk: Walk, outer: Scope, item: ast.Interface): void {
  const currencies = innerScope(outer);
  for (const [name, entity] of walk.currencies) currencies.names.set(name, entity);
  visit(item, (node) => {
    const currency = currencyIn(node);
    if (currency !== null && lookUp(currencies, currency.text) === null)
      currencies.names.set(currency.text, entityOf(walk.file, 'currency', undeclared(currency), null));
    return undefined;
  });
  const methods = innerScope(null);
  for (const method of item.methods) {
    declare(walk, methods, method.name, entityOf(walk.file, 'method', method, method.doc));
    walkMethod(walk, innerScope(currencies), method);
  }
}

function walkMethod(walk: Walk, scope: Scope, method: ast.Method): void {
  walkParams(walk, scope, method.params, 'param');
  if (method.result !== null) walkType(walk, scope, method.result);
  for (const spec of method.specs) walkSpec(walk, scope, spec);
  if (method.gas !== null) walkExpr(walk, scope, method.gas);
}

/** The name of the currency in `Amount<hours>`. */
function currencyIn(node: ast.AnyNode): ast.Name | null {
  if (node.kind !== 'namedType' || node.name.text !== 'Amount') return null;
  const [arg] = node.args;
  return arg?.kind === 'namedType' && arg.name.text !== '' ? arg.name : null;
}

/** A currency of which nothing but the name is known: with whole numbers alone. */
function undeclared(name: ast.Name): ast.Currency {
  const { span } = name;
  const decimals: ast.IntLiteral = { kind: 'int', span, digits: '0' };
  return { kind: 'currency', span, doc: null, name, decimals, issued: false };
}

/** Whether the declaration of a currency is one that only an interface implies. */
export function isUndeclared(currency: ast.Currency): boolean {
  return currency.span === currency.name.span;
}

function walkMember(walk: Walk, scope: Scope, member: ast.Member): void {
  if (isUnsupported(walk, member)) return;
  switch (member.kind) {
    case 'state':
      for (const field of member.fields) {
        walkType(walk, scope, field.type);
        if (field.initial !== null) walkExpr(walk, scope, field.initial);
      }
      return;
    case 'invariant':
    case 'history':
      walkExpr(walk, scope, member.condition);
      return;
    case 'ghost':
      walkType(walk, scope, member.type);
      return;
    case 'event':
    case 'error':
    case 'struct':
      walkFields(walk, scope, member.fields);
      return;
    case 'enum':
      for (const variant of member.variants) walkFields(walk, scope, variant.fields);
      return;
    case 'const':
      walkConst(walk, scope, member);
      return;
    case 'init':
      walkCallable(walk, scope, member, null);
      return;
    case 'rule':
    case 'view':
    case 'fn':
      walkCallable(walk, scope, member, member.result);
      return;
    case 'hook':
      if (member.trigger.kind === 'onEvent') reportNoEvent(walk, scope, member.trigger.name);
      else walkBlock(walk, scope, member.body);
      return;
    case 'access':
      walkAccess(walk, scope, member);
      return;
    case 'implements':
      for (const name of member.interfaces) use(walk, scope, name, ({ kind }) => kind === 'interface');
      return;
    case 'prove':
      walkProve(walk, scope, member);
      return;
  }
}

function walkProve(walk: Walk, outer: Scope, { params, body }: ast.Prove): void {
  const scope = innerScope(outer);
  walkParams(walk, scope, params, 'param');
  walkProofBlock(walk, scope, body);
}

function walkProofBlock(walk: Walk, outer: Scope, block: ast.Block): void {
  const scope = innerScope(outer);
  for (const statement of block.statements) walkProofStmt(walk, scope, statement);
  if (block.result !== null) walkProofValue(walk, scope, block.result);
}

/** What only a `prove` says; every other statement is as in code. */
function walkProofStmt(walk: Walk, scope: Scope, stmt: ast.Stmt): void {
  switch (stmt.kind) {
    case 'let':
      if (stmt.type !== null) walkType(walk, scope, stmt.type);
      walkProofValue(walk, scope, stmt.value);
      declare(walk, scope, stmt.name, entityOf(walk.file, 'local', stmt, null));
      return;
    case 'exprStmt':
      walkProofValue(walk, scope, stmt.value);
      return;
    case 'callBy':
      walkCallBy(walk, scope, stmt);
      return;
    case 'assume':
      walkExpr(walk, scope, stmt.condition);
      return;
    case 'expect':
      walkOutcome(walk, scope, stmt.outcome);
      return;
    default:
      walkStmt(walk, scope, stmt);
  }
}

/** A call, a run, a choice between steps, or a value. */
function walkProofValue(walk: Walk, scope: Scope, value: ast.Expr): void {
  if (value.kind === 'callByExpr') walkCallBy(walk, scope, value);
  else if (value.kind === 'run') walkProofBlock(walk, scope, value.body);
  else if (value.kind === 'block') walkProofBlock(walk, scope, value);
  else if (value.kind === 'if') {
    walkExpr(walk, scope, value.condition);
    walkProofBlock(walk, scope, value.then);
    if (value.otherwise !== null) walkProofValue(walk, scope, value.otherwise);
  } else walkExpr(walk, scope, value);
}

type CallBy = { readonly call: ast.Expr; readonly by: ast.Expr | null; readonly spending: ast.Expr | null };

function walkCallBy(walk: Walk, scope: Scope, { call, by, spending }: CallBy): void {
  walkExprs(
    walk,
    scope,
    [call, by, spending].filter((expr) => expr !== null),
  );
}

function walkOutcome(walk: Walk, scope: Scope, outcome: ast.Outcome): void {
  switch (outcome.kind) {
    case 'holds':
      walkExpr(walk, scope, outcome.condition);
      return;
    case 'succeeds':
      walkCallBy(walk, scope, outcome);
      return;
    case 'fails':
      walkCallBy(walk, scope, outcome);
      if (outcome.error !== null) use(walk, scope, outcome.error, ({ kind }) => kind === 'error');
      walkExprs(walk, scope, outcome.args);
      return;
    case 'emits':
      walkExprs(walk, scope, outcome.args);
  }
}

/** The events that a hook can wait for are those of the host modules. */
function reportNoEvent(walk: Walk, scope: Scope, name: ast.Name): void {
  if (name.text === '') return;
  const events = HOST_EVENTS.map(
    (event) => `\`${event.name}\` of \`${event.module}\`${event.built ? '' : ' (not built yet)'}`,
  );
  const own = lookUp(scope, name.text)?.kind === 'event';
  const instead = own
    ? 'what is to happen with an event of the contract stands where it is emitted'
    : undefined;
  const holes = { name: name.text, known: events.join(', '), instead };
  const place = near(
    walk,
    name,
    HOST_EVENTS.map((event) => event.name),
  );
  walk.diagnostics.push(diagnose('E0215', { ...place, ...holes }));
}

function walkFields(walk: Walk, scope: Scope, fields: readonly ast.Param[]): void {
  const own = innerScope(null);
  for (const field of fields) {
    walkType(walk, scope, field.type);
    declare(walk, own, field.name, entityOf(walk.file, 'field', field, null));
  }
}

function walkConst(walk: Walk, scope: Scope, item: ast.Const): void {
  if (item.type !== null) walkType(walk, scope, item.type);
  walkExpr(walk, scope, item.value);
}

type Callable = ast.Init | ast.Rule | ast.View | ast.Fn;

function walkCallable(walk: Walk, outer: Scope, node: Callable, result: ast.TypeExpr | null): void {
  const scope = innerScope(outer);
  walkParams(walk, scope, node.params, 'param');
  if (result !== null) walkType(walk, scope, result);
  for (const spec of node.specs) walkSpec(walk, scope, spec);
  walkBlock(walk, scope, node.body);
}

function walkParams(walk: Walk, scope: Scope, params: readonly ast.Param[], kind: 'param' | 'bound'): void {
  for (const param of params) {
    walkType(walk, scope, param.type);
    declare(walk, scope, param.name, entityOf(walk.file, kind, param, null));
  }
}

function walkSpec(walk: Walk, scope: Scope, spec: ast.Spec): void {
  if (isUnsupported(walk, spec)) return;
  switch (spec.kind) {
    case 'requires':
    case 'ensures':
    case 'succeedsWhen':
    case 'failsWhen':
      walkExpr(walk, scope, spec.condition);
      return;
    case 'changes':
      walkExprs(walk, scope, spec.places);
      return;
    case 'access':
      walkAccess(walk, scope, spec);
      return;
  }
}

function walkAccess(walk: Walk, scope: Scope, access: ast.Access): void {
  for (const item of access.items) if (item.kind === 'accessReputation') walkExpr(walk, scope, item.score);
}

// ---- types -------------------------------------------------------------------------------------

function walkType(walk: Walk, scope: Scope, type: ast.TypeExpr): void {
  switch (type.kind) {
    case 'namedType':
      use(walk, scope, type.name, isType);
      for (const arg of type.args) {
        if (arg.kind === 'sizeArg') walkExpr(walk, scope, arg.value);
        else walkType(walk, scope, arg);
      }
      return;
    case 'tupleType':
      for (const item of type.items) walkType(walk, scope, item);
  }
}

// ---- statements --------------------------------------------------------------------------------

function walkBlock(walk: Walk, outer: Scope, block: ast.Block): void {
  const scope = innerScope(outer);
  for (const statement of block.statements) walkStmt(walk, scope, statement);
  if (block.result !== null) walkExpr(walk, scope, block.result);
}

function walkStmt(walk: Walk, scope: Scope, stmt: ast.Stmt): void {
  if (isUnsupported(walk, stmt)) return;
  switch (stmt.kind) {
    case 'let':
      if (stmt.type !== null) walkType(walk, scope, stmt.type);
      walkExpr(walk, scope, stmt.value);
      declare(walk, scope, stmt.name, entityOf(walk.file, 'local', stmt, null));
      return;
    case 'assign':
      walkExpr(walk, scope, stmt.target);
      walkExpr(walk, scope, stmt.value);
      return;
    case 'ghostAssign':
      use(walk, scope, stmt.name, ({ kind }) => kind === 'ghost');
      if (stmt.key !== null) walkExpr(walk, scope, stmt.key);
      walkExpr(walk, scope, stmt.value);
      return;
    case 'exprStmt':
      walkExpr(walk, scope, stmt.value);
      return;
    case 'return':
      if (stmt.value !== null) walkExpr(walk, scope, stmt.value);
      return;
    case 'require':
    case 'assert':
      walkExpr(walk, scope, stmt.condition);
      return;
    case 'emit':
      use(walk, scope, stmt.event, ({ kind }) => kind === 'event');
      walkExprs(walk, scope, stmt.args);
      return;
    case 'fail':
      use(walk, scope, stmt.error, ({ kind }) => kind === 'error');
      walkExprs(walk, scope, stmt.args);
      return;
    case 'forIn':
    case 'forRange':
      walkFor(walk, scope, stmt);
      return;
  }
}

/** The variable of a range is known in the invariants, too: before the first turn it is where the range begins. */
function walkFor(walk: Walk, outer: Scope, stmt: ast.ForIn | ast.ForRange): void {
  const head = stmt.kind === 'forIn' ? [stmt.source] : [stmt.from, stmt.to];
  walkExprs(walk, outer, head);
  if (stmt.kind === 'forRange' && stmt.upTo !== null) walkExpr(walk, outer, stmt.upTo);
  const scope = innerScope(outer);
  const { variable } = stmt;
  const site = { file: walk.file, span: variable.span };
  if (stmt.kind === 'forIn') walkExprs(walk, outer, stmt.invariants);
  declare(walk, scope, variable, { kind: 'loop', name: variable.text, node: stmt, site, doc: null });
  if (stmt.kind === 'forRange') walkExprs(walk, scope, stmt.invariants);
  walkBlock(walk, scope, stmt.body);
}

// ---- expressions -------------------------------------------------------------------------------

function walkExprs(walk: Walk, scope: Scope, exprs: readonly ast.Expr[]): void {
  for (const expr of exprs) walkExpr(walk, scope, expr);
}

function walkExpr(walk: Walk, scope: Scope, expr: ast.Expr): void {
  if (isUnsupported(walk, expr)) return;
  switch (expr.kind) {
    case 'name':
      useValue(walk, scope, expr);
      return;
    case 'amount':
      useCurrency(walk, scope, expr);
      return;
    case 'tuple':
    case 'list':
      walkExprs(walk, scope, expr.items);
      return;
    case 'struct_':
      useLiteral(walk, scope, expr);
      walkExprs(
        walk,
        scope,
        expr.fields.map((field) => field.value),
      );
      return;
    case 'unary':
      walkExpr(walk, scope, expr.operand);
      return;
    case 'binary':
      walkExprs(walk, scope, [expr.left, expr.right]);
      return;
    case 'field':
      walkField(walk, scope, expr);
      return;
    case 'index':
      walkExprs(walk, scope, [expr.object, expr.index]);
      return;
    case 'call':
      if (expr.callee.kind === 'name') useCallee(walk, scope, expr.callee);
      else walkExpr(walk, scope, expr.callee);
      walkExprs(walk, isOld(expr) ? pastScope(scope) : scope, expr.args);
      if (expr.spending !== null) walkExpr(walk, scope, expr.spending);
      return;
    case 'generic':
      use(walk, scope, expr.name, isType);
      for (const arg of expr.args) if (arg.kind !== 'sizeArg') walkType(walk, scope, arg);
      return;
    case 'lambda':
      walkLambda(walk, scope, expr);
      return;
    case 'if':
      walkIf(walk, scope, expr);
      return;
    case 'match':
      walkExpr(walk, scope, expr.subject);
      for (const arm of expr.arms) walkArm(walk, scope, arm);
      return;
    case 'block':
      walkBlock(walk, scope, expr);
      return;
    case 'quantifier':
      walkQuantifier(walk, scope, expr);
      return;
    case 'group':
      walkExpr(walk, scope, expr.inner);
      return;
  }
}

type Expr<K extends ast.Expr['kind']> = Extract<ast.Expr, { readonly kind: K }>;

/** Whether the expression is `old(…)`. */
export function isOld(expr: ast.Expr): expr is Expr<'call'> {
  return expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.text === 'old';
}

function walkIf(walk: Walk, scope: Scope, expr: Expr<'if'>): void {
  walkExpr(walk, scope, expr.condition);
  walkBlock(walk, scope, expr.then);
  if (expr.otherwise !== null) walkExpr(walk, scope, expr.otherwise);
}

/** Which variant a pattern means is told by the type of what is matched. */
function walkArm(walk: Walk, outer: Scope, { pattern, body }: ast.Arm): void {
  const scope = innerScope(outer);
  switch (pattern.kind) {
    case 'literalPattern':
      walkExpr(walk, scope, pattern.value);
      break;
    case 'variantPattern':
      if (pattern.type !== null) use(walk, scope, pattern.type, isType);
      for (const binding of pattern.bindings)
        declare(walk, scope, binding.name, entityOf(walk.file, 'matched', binding, null));
      break;
    case 'bindPattern':
      declare(walk, scope, pattern.name, entityOf(walk.file, 'matched', pattern, null));
  }
  walkExpr(walk, scope, body);
}

function walkQuantifier(walk: Walk, outer: Scope, expr: Expr<'quantifier'>): void {
  const scope = innerScope(outer);
  walkParams(walk, scope, expr.params, 'bound');
  walkExpr(walk, scope, expr.body);
}

function walkLambda(walk: Walk, outer: Scope, expr: Expr<'lambda'>): void {
  const scope = innerScope(outer);
  for (const name of expr.params) {
    const site = { file: walk.file, span: name.span };
    declare(walk, scope, name, { kind: 'bound', name: name.text, node: name, site, doc: null });
  }
  walkExpr(walk, scope, expr.body);
}

/** `module.function` is one name of the host, `Choice.Yes` a variant; behind any other dot stands a field or a method. */
function walkField(walk: Walk, scope: Scope, expr: Expr<'field'>): void {
  if (isHabit(walk, scope, expr)) return;
  walkExpr(walk, scope, expr.object);
  const module = expr.object.kind === 'name' ? walk.entities.get(expr.object) : undefined;
  if (module?.kind === 'enum' || module?.kind === 'lifecycle')
    useVariant(walk, scope, module.node, expr.name);
  if (module?.kind !== 'builtin' || module.row.kind !== 'module' || expr.name.text === '') return;
  const row = HOST_FUNCTIONS.find(({ name }) => name === `${module.name}.${expr.name.text}`);
  if (row !== undefined) walk.entities.set(expr.name, { kind: 'host', name: row.name, row });
  else reportNoHostFunction(walk, module.name, expr.name);
}

/** `msg.sender`, `this.total`: reported here; the parts alone would be other mistakes. */
function isHabit(walk: Walk, scope: Scope, { object, name, span }: Expr<'field'>): boolean {
  if (object.kind !== 'name') return false;
  const owner = lookUp(scope, object.text);
  if (owner !== null && isDeclaration(owner)) return false;
  const text = `${object.text}.${name.text}`;
  const habit = DOTTED_HABITS.get(text);
  if (habit !== undefined) {
    walk.diagnostics.push(diagnose('E0201', { ...meant(walk, span, habit), name: text }));
    return true;
  }
  const own = lookUp(scope, name.text);
  if ((object.text !== 'this' && object.text !== 'self') || own === null || !isDeclaration(own)) return false;
  const place = { start: object.span.start, end: name.span.start };
  const advice = 'the variables and functions of a contract are named alone';
  const fix = { title: `Remove \`${object.text}.\``, edits: [{ span: place, text: '' }] };
  walk.diagnostics.push(
    diagnose('E0122', { file: walk.file, span: place, word: `\`${object.text}.\``, advice, fix }),
  );
  return true;
}

/** `Motion { … }`, `Block { … }`, `Choice.Block { … }`. */
function useLiteral(walk: Walk, scope: Scope, { of, name }: Expr<'struct_'>): void {
  if (of === null) {
    useValue(walk, scope, name);
    return;
  }
  use(walk, scope, of, isType);
  const entity = walk.entities.get(of);
  if (entity?.kind === 'enum' || entity?.kind === 'lifecycle') useVariant(walk, scope, entity.node, name);
  else if (entity !== undefined) {
    const what = describe(entity);
    walk.diagnostics.push(
      diagnose('E0204', { file: walk.file, span: of.span, name: of.text, what, wanted: 'an enum' }),
    );
  }
}

function useVariant(walk: Walk, scope: Scope, of: ast.Enum | ast.Lifecycle, name: ast.Name): void {
  if (name.text === '') return;
  const variant = lookUpVariants(scope, name.text).find((candidate) => candidate.of === of);
  if (variant !== undefined) walk.entities.set(name, variant);
  else
    walk.diagnostics.push(
      diagnose('E0208', { ...near(walk, name, variantNames(of)), ...noVariant(of, name) }),
    );
}

function noVariant(of: ast.Enum | ast.Lifecycle, name: ast.Name) {
  return { type: of.name.text, name: name.text, known: variantNames(of).join('`, `') };
}

/** The variants of an enum, the states of a lifecycle, in the order in which they are first named. */
export function variantNames(of: ast.Enum | ast.Lifecycle): readonly string[] {
  if (of.kind === 'enum') return [...new Set(of.variants.map(({ name }) => name.text))];
  return [...new Set(of.transitions.flatMap(({ from, to }) => [from, ...to]).map(({ text }) => text))];
}

function reportNoHostFunction(walk: Walk, module: string, name: ast.Name): void {
  const prefix = `${module}.`;
  const known = HOST_FUNCTIONS.filter((row) => row.name.startsWith(prefix)).map((row) =>
    row.name.slice(prefix.length),
  );
  walk.diagnostics.push(
    diagnose('E0206', { ...near(walk, name, known), module, name: name.text, known: known.join('`, `') }),
  );
}

/** Currencies stand in types: `Amount<hours>`. */
function isType(entity: Entity): boolean {
  return (
    entity.kind === 'interface' ||
    entity.kind === 'struct' ||
    entity.kind === 'enum' ||
    entity.kind === 'lifecycle' ||
    entity.kind === 'currency' ||
    (entity.kind === 'builtin' && entity.row.kind === 'type')
  );
}

function isValue(entity: Entity): boolean {
  return !isType(entity) && !isFunctionOfTheLanguage(entity) && !NO_VALUES.has(entity.kind);
}

const NO_VALUES: ReadonlySet<Entity['kind']> = new Set(['event', 'error', 'rule', 'view', 'fn', 'contract']);

function isCallee(entity: Entity): boolean {
  return (
    entity.kind === 'fn' ||
    entity.kind === 'rule' ||
    entity.kind === 'view' ||
    (entity.kind === 'builtin' && !isType(entity))
  );
}

/** Behind a number stands a currency; a length of time has its unit right behind the digits. */
function useCurrency(walk: Walk, scope: Scope, { currency: name, digits, span }: Expr<'amount'>): void {
  const fits = ({ kind }: Entity) => kind === 'currency';
  const isKnown = lookUp(scope, name.text) !== null || walk.later.has(name.text) || name.text === '';
  if (isKnown || nearestName(name.text, visibleNames(scope, fits)) !== null) {
    use(walk, scope, name, fits);
    return;
  }
  const { instead, write } = UNIT_HABITS.get(name.text) ?? {
    instead: `a contract declares its currencies: \`currency ${name.text} { decimals 2 }\``,
  };
  const place =
    write === undefined
      ? meant(walk, name.span, { instead })
      : meant(walk, span, { instead, write: digits + write });
  walk.diagnostics.push(diagnose('E0201', { ...place, name: name.text }));
}

/** As `use`, where a value stands: a variant may be meant, but for where something else has a value of that name. */
function useValue(walk: Walk, scope: Scope, name: ast.Name, fits = isValue): void {
  const variants = lookUpVariants(scope, name.text);
  const other = lookUp(scope, name.text);
  if (variants.length === 0 || (other !== null && other.kind !== 'event')) use(walk, scope, name, fits);
  else if (variants.length === 1) walk.entities.set(name, variants[0]!);
  else walk.ambiguous.set(name, variants);
}

/** What is called is no value of that name, where the language has a function of it. */
function useCallee(walk: Walk, scope: Scope, name: ast.Name): void {
  const nearest = lookUp(scope, name.text);
  const given = lookUp(outermost(scope), name.text);
  const hidden = nearest !== null && isDeclaration(nearest) && VALUES.has(nearest.kind);
  if (given !== null && hidden && isFunctionOfTheLanguage(given)) walk.entities.set(name, given);
  else useValue(walk, scope, name, isCallee);
}

function outermost(scope: Scope): Scope {
  return scope.outer === null ? scope : outermost(scope.outer);
}

/** Notes what a used name stands for, suggesting one that `fits`, or reports it. */
function use(walk: Walk, scope: Scope, name: ast.Name, fits: (entity: Entity) => boolean): void {
  if (name.text === '') return;
  const entity = lookUp(scope, name.text);
  if (entity === null) {
    if (walk.later.has(name.text)) return;
    const habit = (fits === isType ? TYPE_HABITS : VALUE_HABITS).get(name.text);
    walk.diagnostics.push(
      diagnose('E0201', {
        ...(habit === undefined ? suggestion(walk, scope, name, fits) : meant(walk, name.span, habit)),
        name: name.text,
      }),
    );
  } else if (entity.kind === 'builtin' && !entity.row.built) {
    reportUnsupported(walk, name.span, `\`${name.text}\``);
  } else {
    walk.entities.set(name, entity);
  }
}

function suggestion(walk: Walk, scope: Scope, name: ast.Name, fits: (entity: Entity) => boolean) {
  walk.suggestions -= 1;
  return near(walk, name, walk.suggestions >= 0 ? visibleNames(scope, fits) : []);
}

/** Where a word of another language stands, with what CCL has in its place. */
function meant(walk: { readonly file: string }, span: ast.Span, { instead, write }: Habit) {
  const fix =
    write === undefined ? null : { title: `Change to \`${write}\``, edits: [{ span, text: write }] };
  return { file: walk.file, span, instead, fix };
}

/** Where an unknown name stands, with the nearest known name as label and fix. */
export function near(walk: { readonly file: string }, name: ast.Name, known: readonly string[]) {
  const nearest = nearestName(name.text, known);
  if (nearest === null) return { file: walk.file, span: name.span };
  return {
    file: walk.file,
    span: name.span,
    label: `did you mean \`${nearest}\`?`,
    fix: { title: `Change to \`${nearest}\``, edits: [{ span: name.span, text: nearest }] },
  };
}

// ---- what is not in this version ---------------------------------------------------------------

function isUnsupported(walk: Walk, node: ast.AnyNode): boolean {
  const word = unsupportedWord(node);
  if (word !== null) reportUnsupported(walk, node.span, word, insteadOf(node));
  return word !== null;
}

function reportUnsupported(walk: Walk, span: ast.Span, what: string, instead?: string): void {
  walk.diagnostics.push(diagnose('E0901', { file: walk.file, span, what, instead }));
}
