/** One function of a contract to the core: parameters, checks on entry, body, clauses. */
import { ungroup } from '../check/checker.ts';
import { durationValue, INT_MAX, intValue } from '../check/literal.ts';
import { BOOL, INT, leavesOf, type Type, UNIT } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { accessOf, NO_ACCESS, narrow } from './access.ts';
import { type Builder, declareWords, emit, fresh, local, newBuilder, operate } from './builder.ts';
import { changesClause } from './changes.ts';
import type { Access, Clause, Function as CoreFunction, LocalId } from './core.ts';
import { lowerScalar, lowerValue } from './expression.ts';
import { promisedClauses } from './interface.ts';
import { writePlace } from './place.ts';
import { type Callable, type Owner, type Source, typeOf, type Variable } from './source.ts';
import { lowerBlock, messageOf } from './statement.ts';
import { clauseOf, functionScope } from './terms.ts';

/** A function as written. */
export function lowerFunction(source: Source, node: Owner): CoreFunction {
  if (node.kind === 'upgrade') return lowerUpgrade(source, node);
  return node.kind === 'hook' ? lowerHook(source, node) : lowerCallable(source, node);
}

function lowerCallable(source: Source, node: Callable): CoreFunction {
  const builder = newBuilder(source);
  for (const param of node.params)
    declareWords(builder, param, param.name.text, typeOf(source, param), param.name.span);
  const clauses = clausesOf(builder, node);
  if (node.kind === 'init') lowerInitialisers(builder);
  if (node.kind !== 'fn') lowerRequires(builder, node);
  lowerBody(builder, node);
  const result = node.kind === 'init' || node.result === null ? UNIT : typeOf(source, node.result);
  return {
    kind: node.kind,
    name: node.kind === 'init' ? 'init' : node.name.text,
    doc: node.doc ?? '',
    params: node.params.map((param) => ({ name: param.name.text, type: typeOf(source, param) })),
    ...shapeOf(builder, result),
    ...clauses,
    access: accessTo(source, node),
    open: node.kind === 'rule' && node.open,
    span: node.span,
  };
}

/** The `init` of a contract that writes none: it gives the state its first values. */
export function emptyInit(source: Source): CoreFunction {
  const builder = newBuilder(source);
  const { span } = source.contract.name;
  lowerInitialisers(builder);
  emit(builder, { kind: 'return', span, values: [] });
  return {
    kind: 'init',
    name: 'init',
    doc: '',
    params: [],
    ...shapeOf(builder, UNIT),
    ...NO_CLAUSES,
    access: NO_ACCESS,
    open: false,
    span,
  };
}

/** What runs once where another version takes the place of the one before: new variables get their first values first. */
function lowerUpgrade(source: Source, node: ast.Upgrade): CoreFunction {
  const builder = newBuilder(source);
  const kept = new Set(source.earlier?.kept.values());
  lowerInitialisers(builder, (field) => !kept.has(field));
  lowerBody(builder, node);
  return {
    kind: 'upgrade',
    name: `upgrade from ${node.from.value}`,
    doc: '',
    params: [],
    ...shapeOf(builder, UNIT),
    ...NO_CLAUSES,
    access: NO_ACCESS,
    open: false,
    span: node.span,
  };
}

const NO_CLAUSES = { requires: [], ensures: [], succeeds: [], fails: [], changes: [] };

/** What the host runs every so often; `checkHooks` has seen that the period and the gas are literals. */
function lowerHook(source: Source, node: ast.Hook): CoreFunction {
  const builder = newBuilder(source);
  const { span } = node.trigger;
  builder.periods = fresh(builder, INT, span, 'periods');
  const schedule = scheduleOf(node);
  requirePeriods(builder, builder.periods, INT_MAX / schedule.everySeconds, span);
  lowerBody(builder, node);
  return {
    kind: 'hook',
    name: hookName(source, node),
    doc: node.doc ?? '',
    params: [{ name: 'periods', type: INT }],
    ...shapeOf(builder, UNIT),
    ...NO_CLAUSES,
    access: NO_ACCESS,
    open: false,
    schedule,
    span,
  };
}

/**
 * The host says how many periods went by: at least one, and no more than there is time. Code and proofs need not take
 * its word for it.
 */
function requirePeriods(builder: Builder, periods: LocalId, most: bigint, span: ast.Span): void {
  const bounds = [
    { op: 'ge', value: 1n, message: 'no period went by' },
    { op: 'le', value: most, message: 'more periods went by than there is time' },
  ] as const;
  for (const { op, value, message } of bounds) {
    const condition = operate(builder, op, [local(periods), { kind: 'const', type: INT, value }], BOOL, span);
    emit(builder, { kind: 'require', span, condition, message, clause: -1 });
  }
}

function scheduleOf({ trigger, gas }: ast.Hook): { readonly everySeconds: bigint; readonly gas: bigint } {
  const period = trigger.kind === 'onEvery' ? ungroup(trigger.period) : null;
  const granted = ungroup(gas);
  if (period?.kind !== 'duration' || granted.kind !== 'int') throw new Error('a hook without a schedule');
  return { everySeconds: durationValue(period), gas: intValue(granted.digits) };
}

/** As written, and numbered where several read the same: `on every 30d`. */
function hookName({ contract, analysed }: Source, node: ast.Hook): string {
  const textOf = ({ trigger }: ast.Hook) => `on ${analysed.text.slice(trigger.span.start, trigger.span.end)}`;
  const alike = contract.members.filter(
    (member) => member.kind === 'hook' && textOf(member) === textOf(node),
  );
  const number = alike.indexOf(node) + 1;
  return number === 1 ? textOf(node) : `${textOf(node)} (${number})`;
}

function shapeOf(builder: Builder, result: Type) {
  const resultWords = leavesOf(result).map(({ type }) => type);
  return { result, resultWords, locals: builder.locals, body: builder.out };
}

function lowerInitialisers(builder: Builder, isNew: (field: Variable) => boolean = () => true): void {
  const { fields, earlier } = builder.source;
  fields.forEach((field, slot) => {
    if (field.kind === 'ghost' || field.initial === null || earlier?.gone.has(field) || !isNew(field)) return;
    const type = typeOf(builder.source, field);
    writePlace(builder, { slot, keys: [], start: 0, type }, lowerValue(builder, field.initial), field.span);
  });
}

/** On an entry point `requires` is code, in source order before the body. */
function lowerRequires(builder: Builder, node: Callable): void {
  requiresOf(node).forEach((spec, clause) => {
    const condition = lowerScalar(builder, spec.condition);
    emit(builder, {
      kind: 'require',
      span: spec.span,
      condition,
      message: messageOf(builder.source, spec),
      clause,
    });
  });
}

function requiresOf(node: Callable): readonly ast.Requires[] {
  return node.specs.filter((spec) => spec.kind === 'requires');
}

/** Every way through the body ends with a `return`. */
function lowerBody(builder: Builder, node: Owner): void {
  const values = lowerBlock(builder, node.body);
  const returnsValue = 'result' in node && node.result !== null;
  const { end } = node.body.span;
  const span = node.body.result?.span ?? { start: Math.max(node.body.span.start, end - 1), end };
  emit(builder, { kind: 'return', span, values: returnsValue ? values : [] });
}

type Condition = 'requires' | 'ensures' | 'succeeds' | 'fails';
type FunctionClause = Condition | 'changes';

function clausesOf(builder: Builder, node: Callable): { readonly [K in FunctionClause]: readonly Clause[] } {
  const make = (
    kind: Condition,
    specs: readonly (ast.Requires | ast.Ensures | ast.SucceedsWhen | ast.FailsWhen)[],
  ) =>
    specs.map((spec, index) => {
      const message = spec.kind === 'requires' ? messageOf(builder.source, spec) : null;
      return clauseOf(functionScope(builder), kind, `${kind}_${index + 1}`, spec, message);
    });
  const promised = promisedClauses(builder, node);
  return {
    requires: make('requires', requiresOf(node)),
    ensures: [
      ...make(
        'ensures',
        node.specs.filter((spec) => spec.kind === 'ensures'),
      ),
      ...promised.ensures,
    ],
    succeeds: [
      ...make(
        'succeeds',
        node.specs.filter((spec) => spec.kind === 'succeedsWhen'),
      ),
      ...promised.succeeds,
    ],
    fails: [
      ...make(
        'fails',
        node.specs.filter((spec) => spec.kind === 'failsWhen'),
      ),
      ...promised.fails,
    ],
    changes: node.specs
      .filter((spec) => spec.kind === 'changes')
      .map((spec, index) => changesClause(functionScope(builder), `changes_${index + 1}`, spec)),
  };
}

/** Rules are called by someone: the contract's access clause holds for each, with the rule's own. */
function accessTo(source: Source, node: Callable): Access {
  if (node.kind !== 'rule') return NO_ACCESS;
  const own = node.specs.filter((spec) => spec.kind === 'access');
  const shared = source.contract.members.filter((member) => member.kind === 'access');
  return [...shared, ...own].map(accessOf).reduce(narrow, null) ?? NO_ACCESS;
}
