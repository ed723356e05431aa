/**
 * Core to passive form: one symbolic walk over a function. Branches merge by `ite`; every possible revert becomes a
 * check with the path that leads to it; nothing is assigned twice. In: a function and the state before it. Out: the
 * checks in order, the state and result after a normal return, and what stood on the way.
 */

import { leavesOf, type Scalar } from '../check/types.ts';
import type {
  AssertClause,
  Atom,
  Clause,
  Function as CoreFunction,
  EnvName,
  Place,
  Revert,
  Stmt,
  Term,
} from '../core/core.ts';
import type { Span } from '../syntax/ast.ts';
import { constant, entryOf, holds, operate, summand, translate } from './clause.ts';
import { choiceFacts, readsOf } from './facts.ts';
import {
  add,
  and,
  bool,
  eq,
  eqAll,
  FALSE,
  type Formula,
  fits,
  implies,
  int,
  ite,
  le,
  lt,
  not,
  ONE,
  or,
  printFormula,
  sortOfType,
  sub,
  symbol,
  TRUE,
  ZERO,
  zeroOf,
} from './formula.ts';
import {
  applyTransfer,
  balanceOf,
  canPay,
  type Limits,
  type Transfer,
  transferFacts,
  transferSucceeds,
} from './ledger.ts';
import { type Model, momentState } from './model.ts';
import { answerCall } from './outgoing.ts';
import { BYTES_MAX, lengthOf } from './sequence.ts';
import {
  balanceName,
  fieldName,
  hasName,
  mergeStates,
  momentName,
  offersName,
  readArray,
  readWord,
  type State,
  type SymbolicArray,
  sizeName,
  spentName,
  sumName,
  takenName,
  totalName,
  writeArray,
  writeWord,
} from './state.ts';

export type Passive = {
  readonly fn: CoreFunction;
  readonly before: State;
  /** In order of execution. */
  readonly checks: readonly Check[];
  /** State and result words after a normal return. */
  readonly after: State;
  readonly result: readonly Formula[];
  readonly facts: readonly PathFact[];
  readonly asserts: readonly AssertPoint[];
  readonly branches: readonly Branch[];
  /** Calls to other contracts. */
  readonly outgoing: readonly OutgoingPoint[];
  readonly locals: readonly (Formula | undefined)[];
};

/** What stands before and behind a call to another contract, on the path to it. */
export type OutgoingPoint = {
  readonly guard: Formula;
  readonly checksBefore: number;
  readonly before: State;
  readonly after: State;
};

/** Execution reverts where `guard` holds and `ok` does not. */
export type Check = {
  readonly guard: Formula;
  readonly ok: Formula;
  /** `fail`: with the error that `what` names. */
  readonly reason: Revert['reason'] | 'require' | 'fail' | 'loop';
  readonly span: Span;
  /** What can go wrong, in words. */
  readonly what: string;
  /** Number of the unrolled loop that it stands in, 0 for none: its turns are one place to the author. */
  readonly loop: number;
};
/** Known once this many checks have passed, and not before: execution may have reverted earlier. */
export type PathFact = { readonly checksBefore: number; readonly fact: Formula };
/** A clause that must hold where it stands: an `assert`, or the `requires` and `ensures` of a `fn` that is called. */
export type AssertPoint = {
  readonly clause: Clause | AssertClause;
  /** The function that the clause belongs to. */
  readonly fn: CoreFunction;
  readonly span: Span;
  /** Checks before it, and the path to it. */
  readonly checksBefore: number;
  readonly guard: Formula;
  /** The state when that function was entered, and where the clause stands. */
  readonly old: State;
  readonly state: State;
  readonly locals: readonly (Formula | undefined)[];
  readonly result: readonly Formula[];
  /** Which turn of which loop, for the name. */
  readonly label: string;
  /** Of an invariant of a loop. */
  readonly loop: LoopPoint | null;
};
/** `assumption`: the invariant is assumed under this name, so it has to be shown here; null where nothing assumes it. */
export type LoopPoint = { readonly stands: 'before' | 'kept'; readonly assumption: string | null };
export type Branch = { readonly guard: Formula; readonly checksBefore: number; readonly span: Span };

/**
 * Of several calls in one formula each has names of its own, and all count on what their loops leave unknown. `args`: the
 * words of the arguments, where they are not whatever the parameters are called.
 */
export type CallNames = {
  readonly prefix: string;
  readonly counter: { next: number };
  readonly args?: readonly Formula[];
  readonly limits?: Limits;
};

const ONE_CALL = (): CallNames => ({ prefix: '', counter: { next: 1 } });

/** What a function's parameters are called in formulas. */
export function parameterSymbol(index: number, type: Scalar, prefix = ''): Formula {
  return symbol(`${prefix}parameter.${index}`, sortOfType(type));
}

export function walkFunction(
  model: Model,
  fn: CoreFunction,
  before: State,
  env: (name: EnvName) => Formula,
  assumes: (invariant: string) => boolean = () => true,
  names: CallNames = ONE_CALL(),
): Passive {
  const params = names.args ?? parameterTypes(fn).map((type, i) => parameterSymbol(i, type, names.prefix));
  const walk: Walk = {
    model,
    fn,
    env,
    before,
    assumes,
    label: '',
    unrolled: 0,
    checks: [],
    facts: [],
    asserts: [],
    branches: [],
    outgoing: [],
    exits: [],
    elements: [],
    counter: names.counter,
    limits: names.limits ?? null,
  };
  const { state, values } = walkBody(walk, TRUE, before, params);
  const { checks, facts, asserts, branches, outgoing } = walk;
  return {
    fn,
    before,
    checks,
    after: state,
    result: values,
    facts,
    asserts,
    branches,
    outgoing,
    locals: params,
  };
}

/** What has parameters: a function, or a proof. */
export type Parametric = Pick<CoreFunction, 'params' | 'locals'>;

/** The words of the parameters, which are the first locals. */
export function parameterTypes(fn: Parametric): readonly Scalar[] {
  const words = fn.params.reduce((sum, param) => sum + leavesOf(param.type).length, 0);
  return fn.locals.slice(0, words).map((local) => local.type);
}

/** Parameters that are enums and options hold one of their variants. */
export function parameterFacts(fn: Parametric, prefix = ''): readonly Formula[] {
  const types = parameterTypes(fn);
  let first = 0;
  return fn.params.flatMap(({ type }) => {
    const start = first;
    first += leavesOf(type).length;
    return choiceFacts(type, (index) => parameterSymbol(start + index, types[start + index]!, prefix));
  });
}

/** No check fails: the function returns. */
export function returnsNormally(passive: Passive): Formula {
  return passes(passive.checks);
}

/** None of these checks fails. */
export function passes(checks: readonly Check[]): Formula {
  return and(...checks.map((check) => implies(check.guard, check.ok)));
}

/** Some check fails, whichever comes first. */
export function reverts(passive: Passive): Formula {
  return or(...passive.checks.map((check) => and(check.guard, not(check.ok))));
}

/** The first check that fails is one of these. */
export function revertsWith({ checks }: Passive, isMeant: (check: Check) => boolean): Formula {
  const first = checks.flatMap((check, i) =>
    isMeant(check) ? [and(check.guard, not(check.ok), passes(checks.slice(0, i)))] : [],
  );
  return or(...first);
}

/** Nothing that the call touches is frozen. */
export function nothingFrozen({ checks }: Passive): readonly Formula[] {
  return readsOf(checks.map((check) => check.ok)).flatMap((read) =>
    read.name.startsWith('frozen.') ? [not(read)] : [],
  );
}

/** What stands of the path facts where the call may have stopped at any check. */
export function factsOnTheWay({ facts, checks }: Passive): readonly Formula[] {
  return facts.map(({ checksBefore, fact }) => implies(passes(checks.slice(0, checksBefore)), fact));
}

/** The passive form as text, for golden files and `--dump`. */
export function printPassive(passive: Passive): string {
  const lines = [`${passive.fn.kind} ${passive.fn.name}`];
  for (const check of passive.checks) {
    lines.push(`  check ${check.reason}: ${printFormula(check.guard)} ==> ${printFormula(check.ok)}`);
  }
  for (const [name, value] of passive.after.words) {
    if (value !== passive.before.words.get(name)) lines.push(`  ${name} := ${printFormula(value)}`);
  }
  for (const [name, array] of passive.after.arrays) {
    for (const write of array.writes.slice(passive.before.arrays.get(name)!.writes.length)) {
      const place = `${name}[${write.keys.map(printFormula).join(', ')}]`;
      lines.push(`  ${place} := ${printFormula(write.value)} if ${printFormula(write.guard)}`);
    }
  }
  passive.result.forEach((word, i) => {
    lines.push(`  result ${i}: ${printFormula(word)}`);
  });
  return `${lines.join('\n')}\n`;
}

// ---- the walk ----------------------------------------------------------------------------------

type Walk = {
  readonly model: Model;
  readonly fn: CoreFunction;
  readonly env: (name: EnvName) => Formula;
  /** The state on entry. */
  readonly before: State;
  /** Whether an invariant of a loop may be assumed in its turns and behind it. */
  readonly assumes: (invariant: string) => boolean;
  /** The turns that the path stands in, for names. */
  readonly label: string;
  /** Number of the outermost loop around that is walked turn by turn, 0 for none. */
  readonly unrolled: number;
  readonly checks: Check[];
  readonly facts: PathFact[];
  readonly asserts: AssertPoint[];
  readonly branches: Branch[];
  readonly outgoing: OutgoingPoint[];
  readonly exits: Exit[];
  readonly elements: Element[];
  /** Numbers for what a loop leaves unknown. */
  readonly counter: { next: number };
  readonly limits: Limits;
};
/** An element of a set that was read by its number, from the set as `members` has it. */
type Element = {
  readonly members: SymbolicArray;
  readonly guard: Formula;
  readonly index: Formula;
  readonly words: readonly Formula[];
};
/** Where execution stands: the path that led here, given that no check failed. */
type Path = {
  readonly guard: Formula;
  readonly state: State;
  readonly locals: readonly (Formula | undefined)[];
};
type Exit = { readonly guard: Formula; readonly state: State; readonly values: readonly Formula[] };

/** The one end of a function, from all ways to it. */
function walkBody(walk: Walk, guard: Formula, state: State, params: readonly Formula[]): Exit {
  const locals = walk.fn.locals.map((_, i) => params[i]);
  const end = walkBlock(walk, walk.fn.body, { guard, state, locals });
  if (end !== null) walk.exits.push({ guard: end.guard, state: end.state, values: [] });
  return mergeExits(walk.exits, state, walk.model);
}

/** The path after the statements; null when none leads there. */
function walkBlock(walk: Walk, stmts: readonly Stmt[], start: Path): Path | null {
  let path: Path | null = start;
  for (const stmt of stmts) {
    if (path === null) return null;
    path = walkStmt(walk, stmt, path);
  }
  return path;
}

function walkStmt(walk: Walk, stmt: Stmt, path: Path): Path | null {
  const value = (atom: Atom): Formula => atomValue(walk, path, atom);
  switch (stmt.kind) {
    case 'op':
      return walkOp(walk, stmt, path, stmt.args.map(value));
    case 'copy':
      return assign(path, stmt.target, value(stmt.value));
    case 'load':
      return walkLoad(walk, stmt.target, stmt.place, path);
    case 'store':
      return { ...path, state: store(walk, path, stmt.place, value(stmt.value)) };
    case 'has':
      return assign(
        path,
        stmt.target,
        readArray(path.state, hasName(stmt.slot), stmt.keys.map(value), walk.model.flaws),
      );
    case 'remove':
      return { ...path, state: removeEntry(walk, path, stmt.slot, stmt.keys.map(value)) };
    case 'add':
      return walkAdd(walk, stmt, path, stmt.keys.map(value));
    case 'size':
      return assign(path, stmt.target, readWord(path.state, sizeName(stmt.slot)));
    case 'host':
      return walkHost(walk, stmt, path, stmt.args.map(value));
    case 'call':
      return walkCall(walk, stmt, path, stmt.args.map(value));
    case 'ghost':
      return { ...path, state: setGhost(walk, stmt, path) };
    case 'find':
      return walkFind(walk, stmt, path, value(stmt.account));
    case 'outgoing':
      return walkOutgoing(walk, stmt, path, value);
    case 'emit':
      return path;
    case 'fail':
      checked(walk, path, FALSE, 'fail', stmt.span, walk.model.contract.errors[stmt.error]!.name);
      return null;
    case 'clear':
      return { ...path, state: writeWord(path.state, sizeName(stmt.slot), ZERO) };
    case 'require':
      return checked(walk, path, value(stmt.condition), 'require', stmt.span, stmt.message);
    case 'assert':
      noteClause(walk, stmt.clause, stmt.span, path, []);
      return path;
    case 'if':
      return walkIf(walk, stmt, path, value(stmt.condition));
    case 'element':
      return walkElement(walk, stmt, path, value(stmt.index));
    case 'loop':
      return walkLoop(walk, stmt, path, value(stmt.from), value(stmt.to));
    case 'return':
      walk.exits.push({ guard: path.guard, state: path.state, values: stmt.values.map(value) });
      return null;
  }
}

function atomValue(walk: Walk, path: Path, atom: Atom): Formula {
  switch (atom.kind) {
    case 'const':
      return constant(atom.value, atom.type);
    case 'env':
      return walk.env(atom.name);
    case 'local': {
      const value = path.locals[atom.id];
      if (value === undefined)
        throw new Error(`local ${atom.id} of ${walk.fn.name} is read before it is assigned`);
      return value;
    }
  }
}

function assign(path: Path, target: number, value: Formula): Path {
  return { ...path, locals: path.locals.with(target, value) };
}

/** A check that always passes leaves no trace. */
function checked(
  walk: Walk,
  path: Path,
  ok: Formula,
  reason: Check['reason'],
  span: Span,
  what: string,
): Path {
  if (!(ok.kind === 'bool' && ok.value))
    walk.checks.push({ guard: path.guard, ok, reason, span, what, loop: walk.unrolled });
  return path;
}

const WHAT: { readonly [reason in Revert['reason']]: string } = {
  overflow: 'the result does not fit in 64 bits',
  divisionByZero: 'the divisor is zero',
  host: 'the host refuses',
  contract: 'another contract refuses, or is not there',
  capacity: 'the set is full',
  loopBound: 'the loop passes its bound',
  index: 'the index is outside',
  tooLong: 'the text or the bytes are too long',
};

function walkOp(
  walk: Walk,
  stmt: Extract<Stmt, { readonly kind: 'op' }>,
  path: Path,
  args: readonly Formula[],
): Path {
  const { what, divisor, domain } = operationOf(stmt.op, args);
  for (const revert of stmt.reverts.filter((r) => r.reason === 'divisionByZero')) {
    checked(walk, path, divisor, revert.reason, revert.span, what.divisionByZero);
  }
  for (const revert of stmt.reverts.filter((r) => r.reason === 'index')) {
    const [index, length] = args as [Formula, Formula];
    const ok = walk.model.flaws.has('indexUnchecked') ? TRUE : and(le(ZERO, index), lt(index, length));
    checked(walk, path, ok, revert.reason, revert.span, what.index);
  }
  const result = operate(walk.model, stmt.op, args, walk.fn.locals[stmt.target]!.type);
  for (const revert of stmt.reverts.filter((r) => r.reason === 'tooLong')) {
    checked(walk, path, le(lengthOf(result), int(BYTES_MAX)), revert.reason, revert.span, what.tooLong);
  }
  for (const revert of stmt.reverts.filter((r) => r.reason === 'overflow')) {
    const ok = walk.model.flaws.has('noOverflow') ? TRUE : and(domain, fits(result));
    checked(walk, path, ok, revert.reason, revert.span, what.overflow);
  }
  return assign(path, stmt.target, result);
}

/** What an operation asks of its operands besides that its result fits, and the words for it. */
function operationOf(op: Extract<Stmt, { readonly kind: 'op' }>['op'], args: readonly Formula[]) {
  switch (op) {
    case 'mulDiv':
    case 'mulDivUp': {
      const what = { ...WHAT, divisionByZero: 'the divisor is not positive' };
      return { what, divisor: lt(ZERO, args[2]!), domain: TRUE };
    }
    case 'isqrt': {
      const what = { ...WHAT, overflow: 'a negative number has no square root' };
      return { what, divisor: TRUE, domain: le(ZERO, args[0]!) };
    }
    case 'pow': {
      const what = { ...WHAT, overflow: 'the exponent is negative, or the result does not fit in 64 bits' };
      return { what, divisor: TRUE, domain: le(ZERO, args[1]!) };
    }
    default:
      return { what: WHAT, divisor: args[1] === undefined ? TRUE : not(eq(args[1], ZERO)), domain: TRUE };
  }
}

function walkLoad(walk: Walk, target: number, place: Place, path: Path): Path {
  return assign(path, target, readPlace(walk, path, place));
}

/** What a ghost becomes is computed as clauses are: over unbounded integers. */
function setGhost(walk: Walk, stmt: Extract<Stmt, { readonly kind: 'ghost' }>, path: Path): State {
  const { model, env, before: old } = walk;
  if (model.flaws.has('ghostNotSet')) return path.state;
  const scope = { old, now: path.state, env, oldEnv: env, locals: path.locals, result: [], callee: -1 };
  const computed = (terms: readonly Term[]) => terms.map((term) => translate(model, term, scope));
  const keys = computed(stmt.keys);
  return computed(stmt.values).reduce(
    (state, value, field) => storeAt(walk, state, { slot: stmt.slot, keys, field }, value),
    path.state,
  );
}

function readPlace(walk: Walk, path: Path, place: Place): Formula {
  const name = fieldName(place.slot, place.field);
  if (slotOf(walk, place.slot).kind === 'value') return readWord(path.state, name);
  return readArray(path.state, name, keysOf(walk, path, place.keys), walk.model.flaws);
}

function store(walk: Walk, path: Path, place: Place, value: Formula): State {
  return storeAt(walk, path.state, { ...place, keys: keysOf(walk, path, place.keys) }, value);
}

/** A place in the state, its keys evaluated. */
type Word = { readonly slot: number; readonly keys: readonly Formula[]; readonly field: number };

function storeAt(walk: Walk, before: State, { slot, keys, field }: Word, value: Formula): State {
  const name = fieldName(slot, field);
  const { kind } = slotOf(walk, slot);
  if (kind === 'value') return writeWord(before, name, value);
  // Nothing is summed over a list, and an element that is written is there.
  if (kind === 'list') return writeArray(before, name, { guard: TRUE, keys, value });
  const values = entryOf(walk.model, before, slot, keys);
  const after = { counts: TRUE, values: values.with(field, value) };
  const uncounted = slotOf(walk, slot).ghost && walk.model.flaws.has('ghostEntriesUncounted');
  const state = uncounted ? before : updateSums(walk, before, slot, keys, { counts: TRUE, values }, after);
  const present = writeArray(state, hasName(slot), { guard: TRUE, keys, value: TRUE });
  return writeArray(present, name, { guard: TRUE, keys, value });
}

/** Clears an entry of a map, or takes an element out of a set. */
function removeEntry(walk: Walk, path: Path, slot: number, keys: readonly Formula[]): State {
  const declared = slotOf(walk, slot);
  if (declared.kind === 'list') return writeWord(path.state, sizeName(slot), keys[0]!);
  const zeros = declared.fields.map((field) => zeroOf(sortOfType(field.type)));
  const inside = readArray(path.state, hasName(slot), keys, walk.model.flaws);
  const before = {
    counts: declared.kind === 'set' ? inside : TRUE,
    values: entryOf(walk.model, path.state, slot, keys),
  };
  let state = path.state;
  if (!walk.model.flaws.has('sumForgetsRemove')) {
    state = updateSums(walk, state, slot, keys, before, {
      counts: bool(declared.kind === 'map'),
      values: zeros,
    });
  }
  if (declared.kind === 'set') {
    state = writeWord(state, sizeName(slot), sub(readWord(state, sizeName(slot)), ite(inside, ONE, ZERO)));
  }
  zeros.forEach((value, field) => {
    state = writeArray(state, fieldName(slot, field), { guard: TRUE, keys, value });
  });
  return writeArray(state, hasName(slot), { guard: TRUE, keys, value: FALSE });
}

function walkAdd(
  walk: Walk,
  stmt: Extract<Stmt, { readonly kind: 'add' }>,
  path: Path,
  keys: readonly Formula[],
): Path {
  if (slotOf(walk, stmt.slot).kind === 'list') return walkPush(walk, stmt, path, keys);
  const inside = readArray(path.state, hasName(stmt.slot), keys, walk.model.flaws);
  const size = readWord(path.state, sizeName(stmt.slot));
  const capacity = int(BigInt(slotOf(walk, stmt.slot).capacity));
  const revert = stmt.reverts.find((r) => r.reason === 'capacity');
  checked(walk, path, or(inside, lt(size, capacity)), 'capacity', revert?.span ?? stmt.span, WHAT.capacity);
  const grows = walk.model.flaws.has('addAlwaysGrows') ? FALSE : inside;
  const sums = updateSums(
    walk,
    path.state,
    stmt.slot,
    keys,
    { counts: inside, values: [] },
    { counts: TRUE, values: [] },
  );
  const state = writeWord(sums, sizeName(stmt.slot), add(size, ite(grows, ZERO, ONE)));
  return { ...path, state: writeArray(state, hasName(stmt.slot), { guard: TRUE, keys, value: TRUE }) };
}

/** An element behind the last one of a list. */
function walkPush(
  walk: Walk,
  stmt: Extract<Stmt, { readonly kind: 'add' }>,
  path: Path,
  words: readonly Formula[],
): Path {
  const size = readWord(path.state, sizeName(stmt.slot));
  const room = lt(size, int(BigInt(slotOf(walk, stmt.slot).capacity)));
  const span = stmt.reverts.find((r) => r.reason === 'capacity')?.span ?? stmt.span;
  checked(walk, path, room, 'capacity', span, 'the list is full');
  const longer = walk.model.flaws.has('pushForgetsLength') ? size : add(size, ONE);
  const written = words.reduce(
    (state, value, field) =>
      writeArray(state, fieldName(stmt.slot, field), { guard: TRUE, keys: [size], value }),
    path.state,
  );
  return { ...path, state: writeWord(written, sizeName(stmt.slot), longer) };
}

function walkHost(
  walk: Walk,
  stmt: Extract<Stmt, { readonly kind: 'host' }>,
  path: Path,
  args: readonly Formula[],
): Path {
  const { model, env } = walk;
  const [account, amount] = args as [Formula, Formula];
  switch (stmt.name) {
    case 'ledger.transfer':
      return walkTransfer(walk, stmt, path, {
        currency: stmt.currency,
        from: account,
        to: amount,
        amount: args[2]!,
      });
    case 'ledger.balance':
      return assign(path, stmt.targets[0]!, balanceOf(model, path.state, stmt.currency, account));
    case 'ledger.can_pay':
      return assign(
        path,
        stmt.targets[0]!,
        canPay(model, path.state, stmt.currency, account, amount, env('self')),
      );
    case 'ledger.total':
      return assign(path, stmt.targets[0]!, readWord(path.state, totalName(stmt.currency)));
    default:
      throw new Error(`${stmt.name} has no model`);
  }
}

function walkTransfer(walk: Walk, stmt: Stmt, path: Path, transfer: Transfer): Path {
  const { model, env, limits } = walk;
  const currency = model.contract.currencies[transfer.currency]!.name;
  const ok = transferSucceeds(model, path.state, transfer, env, limits);
  checked(walk, path, ok, 'host', stmt.span, `the ledger refuses the transfer of ${currency}`);
  const state = applyTransfer(model, path.state, transfer, TRUE, env, limits);
  for (const fact of transferFacts(model, state, transfer)) {
    walk.facts.push({ checksBefore: walk.checks.length, fact: implies(path.guard, fact) });
  }
  return { ...path, state };
}

/** A `fn` is walked where it is called; calls form no cycle. Its clauses must hold for this call. */
function walkCall(
  walk: Walk,
  stmt: Extract<Stmt, { readonly kind: 'call' }>,
  path: Path,
  args: readonly Formula[],
): Path | null {
  const fn = walk.model.contract.functions[stmt.callee]!;
  const inner: Walk = { ...walk, fn, before: path.state, exits: [] };
  const locals = fn.locals.map((_, i) => args[i]);
  for (const clause of fn.requires) noteClause(inner, clause, stmt.span, { ...path, locals }, []);
  const exit = walkBody(inner, path.guard, path.state, args);
  if (exit.guard.kind === 'bool' && !exit.guard.value) return null;
  for (const clause of [...fn.ensures, ...fn.changes])
    noteClause(inner, clause, stmt.span, { guard: path.guard, state: exit.state, locals }, exit.values);
  const state = walk.model.flaws.has('callChangesNothing') ? path.state : exit.state;
  const after = { ...path, state };
  return stmt.targets.reduce((p, target, i) => assign(p, target, exit.values[i]!), after);
}

function noteClause(
  walk: Walk,
  clause: Clause | AssertClause,
  span: Span,
  path: Path,
  result: readonly Formula[],
): void {
  const { fn, before } = walk;
  notePoint(walk, { clause, fn, span, result, old: before, loop: null }, path);
}

type Noted = Omit<AssertPoint, 'checksBefore' | 'label' | 'guard' | 'state' | 'locals'>;

function notePoint(walk: Walk, point: Noted, { guard, state, locals }: Path): void {
  const { label, checks } = walk;
  walk.asserts.push({ ...point, guard, state, locals, label, checksBefore: checks.length });
}

function walkIf(
  walk: Walk,
  stmt: Extract<Stmt, { readonly kind: 'if' }>,
  path: Path,
  condition: Formula,
): Path | null {
  const thenPath = { ...path, guard: and(path.guard, condition) };
  const elsePath = { ...path, guard: and(path.guard, not(condition)) };
  noteBranch(walk, stmt.then, thenPath.guard);
  noteBranch(walk, stmt.otherwise, elsePath.guard);
  const a = walkBlock(walk, stmt.then, thenPath);
  const b = walkBlock(walk, stmt.otherwise, elsePath);
  if (a === null || b === null) return a ?? b;
  const guard = a.guard === thenPath.guard && b.guard === elsePath.guard ? path.guard : or(a.guard, b.guard);
  return joinPaths(walk, condition, a, b, guard);
}

function mergeCondition(walk: Walk, condition: Formula): Formula {
  return walk.model.flaws.has('branchForgotten') ? TRUE : condition;
}

/** A local of one branch alone is not read after the join. */
function mergeLocal(condition: Formula, a: Formula | undefined, b: Formula | undefined): Formula | undefined {
  return a === undefined || b === undefined ? (a ?? b) : ite(condition, a, b);
}

// ---- other contracts ---------------------------------------------------------------------------

/** Whether there is such a contract is not known until it was looked for; no call brings it or takes it away. */
function walkFind(
  walk: Walk,
  stmt: Extract<Stmt, { readonly kind: 'find' }>,
  path: Path,
  account: Formula,
): Path {
  const found = readArray(path.state, offersName(stmt.interface), [account], walk.model.flaws);
  const { name } = walk.model.contract.interfaces[stmt.interface]!;
  checked(
    walk,
    path,
    found,
    'contract',
    stmt.span,
    `the account is not that of a contract that implements \`${name}\``,
  );
  return assign(path, stmt.target, account);
}

function walkOutgoing(
  walk: Walk,
  stmt: Extract<Stmt, { readonly kind: 'outgoing' }>,
  path: Path,
  value: (atom: Atom) => Formula,
): Path {
  const { model, env } = walk;
  const { name, methods } = model.contract.interfaces[stmt.interface]!;
  const method = methods[stmt.method]!;
  const number = walk.counter.next++;
  const moment = momentName(number);
  const result = stmt.targets.map((target, i) =>
    symbol(`${moment}result.${i}`, sortOfType(walk.fn.locals[target]!.type)),
  );
  const spends = new Map(stmt.spends.map(({ currency, amount }) => [currency, value(amount)]));
  const negative = 'the amount that may be spent is negative';
  for (const amount of spends.values())
    checked(walk, path, le(ZERO, amount), 'contract', stmt.span, negative);
  const account = value(stmt.account);
  const args = stmt.args.map(value);
  const { promised, after, known } = answerCall(model, path.state, {
    method,
    account,
    args,
    result,
    spends,
    env,
    number,
  });
  const returns = symbol(`${moment}returns`, 'Bool');
  if (promised !== null) addFact(walk, implies(and(path.guard, promised), returns));
  checked(
    walk,
    path,
    returns,
    'contract',
    stmt.span,
    `\`${name}.${method.name}\` of another contract reverts`,
  );
  const types = choiceFacts(method.result, (index) => result[index]!);
  const promise = and(...known, ...types);
  addFact(walk, implies(path.guard, promise));
  if (model.flaws.has('promisesOnRevert')) walk.facts.push({ checksBefore: 0, fact: promise });
  walk.outgoing.push({ guard: path.guard, checksBefore: walk.checks.length, before: path.state, after });
  const next = { ...path, state: after };
  return stmt.targets.reduce((p, target, i) => assign(p, target, result[i]!), next);
}

// ---- loops -------------------------------------------------------------------------------------

type Loop = Extract<Stmt, { readonly kind: 'loop' }>;

/** Loops that are small in this sense are walked turn by turn. */
const UNROLLED_TURNS_MAX = 8;
const UNROLLED_STATEMENTS_MAX = 48;

function walkLoop(walk: Walk, loop: Loop, path: Path, from: Formula, to: Formula): Path | null {
  const known = from.kind === 'int' && to.kind === 'int' ? Number(to.value - from.value) : loop.bound;
  const turns = Math.max(0, Math.min(loop.bound, known));
  const isSmall =
    turns <= UNROLLED_TURNS_MAX && turns * countStatements(loop.body) <= UNROLLED_STATEMENTS_MAX;
  const start = assign(path, loop.index, from);
  if (!isSmall) return walkCut(walk, loop, start, from, to);
  noteInvariants(walk, loop, start, { stands: 'before', assumption: null });
  const unrolled = walk.unrolled === 0 ? walk.counter.next++ : walk.unrolled;
  return walkTurn({ ...walk, unrolled, branches: [] }, loop, start, from, to, turns, 1);
}

function countStatements(stmts: readonly Stmt[]): number {
  const inside = (stmt: Stmt): number => {
    if (stmt.kind === 'if') return countStatements(stmt.then) + countStatements(stmt.otherwise);
    return stmt.kind === 'loop' ? stmt.bound * countStatements(stmt.body) : 0;
  };
  return stmts.reduce((sum, stmt) => sum + 1 + inside(stmt), 0);
}

/** This turn and those after it; `left`: how many there may still be. */
function walkTurn(
  walk: Walk,
  loop: Loop,
  path: Path,
  from: Formula,
  to: Formula,
  left: number,
  turn: number,
): Path | null {
  const index = add(from, int(BigInt(turn - 1)));
  const goesOn = lt(index, to);
  if (goesOn.kind === 'bool' && !goesOn.value) return path;
  // What has made all of its turns ends; where it is bounded in words, the machine stops it behind one turn too many.
  if (left === 0 && loop.reverts.length === 0) return path;
  const outside = { ...path, guard: and(path.guard, not(goesOn)) };
  if (left === 0 && walk.model.flaws.has('lastTurnForgotten'))
    return checked(walk, path, not(goesOn), 'loopBound', loop.reverts[0]!.span, WHAT.loopBound);
  const inside = { ...assign(path, loop.index, index), guard: and(path.guard, goesOn) };
  const named = { ...walk, label: `${walk.label}.turn_${turn}` };
  const end = walkBlock(named, loop.body, inside);
  if (end === null) return goesOn.kind === 'bool' ? null : outside;
  const next = assign(end, loop.index, add(index, ONE));
  noteInvariants(named, loop, next, { stands: 'kept', assumption: null });
  if (left === 0) {
    checked(walk, next, FALSE, 'loopBound', loop.reverts[0]!.span, WHAT.loopBound);
    return outside;
  }
  const rest = walkTurn(walk, loop, next, from, to, left - 1, turn + 1);
  if (goesOn.kind === 'bool') return rest;
  return rest === null ? outside : joinPaths(walk, goesOn, rest, outside, or(rest.guard, outside.guard));
}

function joinPaths(walk: Walk, condition: Formula, a: Path, b: Path, guard: Formula): Path {
  const locals = a.locals.map((value, i) => mergeLocal(condition, value, b.locals[i]));
  return { guard, state: mergeStates(mergeCondition(walk, condition), a.state, b.state), locals };
}

/**
 * A loop cut at its invariants: what the body writes is unknown at the beginning of the one turn that stands for
 * all, and again behind the loop where there were turns. `turn` says that there is such a turn, `done` that the loop came to its end and did not return.
 */
function walkCut(walk: Walk, loop: Loop, start: Path, from: Formula, to: Formula): Path | null {
  const number = walk.counter.next++;
  const written = writtenBy(walk.model, loop.body);
  noteInvariants(walk, loop, start, { stands: 'before', assumption: '' });
  const turn = symbol(`loop.${number}.turn`, 'Bool');
  const before = forget(walk, start, written, walk.counter.next++);
  const index = symbol(`loop.${number}.index`, 'Int');
  const inside = { ...assign(before, loop.index, index), guard: and(start.guard, turn) };
  // The machine stops at the end of one turn beyond the bound.
  const last = add(from, int(BigInt(loop.bound)));
  const inBound = walk.model.flaws.has('lastTurnForgotten') ? lt(index, last) : le(index, last);
  const known = [le(from, index), lt(index, to), inBound, ...assumedOf(walk, loop, inside)];
  addFact(walk, implies(inside.guard, and(...known)));
  const exits = walk.exits.length;
  const named = { ...walk, label: `${walk.label}.turn` };
  const end = walkBlock(named, loop.body, inside);
  if (end !== null) {
    const next = assign(end, loop.index, add(index, ONE));
    noteInvariants(named, loop, next, { stands: 'kept', assumption: '' });
  }
  return walkBehind(walk, loop, start, written, { from, to, number, exits });
}

type Cut = { readonly from: Formula; readonly to: Formula; readonly number: number; readonly exits: number };

function walkBehind(walk: Walk, loop: Loop, start: Path, written: Written, cut: Cut): Path {
  const { from, to, number } = cut;
  const returns = walk.exits.splice(cut.exits);
  const done = returns.length === 0 ? TRUE : symbol(`loop.${number}.done`, 'Bool');
  walk.exits.push(...returns.map((exit) => ({ ...exit, guard: and(exit.guard, not(done)) })));
  const turns = sub(to, from);
  const guard = and(start.guard, done);
  const within = loop.reverts.length === 0 ? TRUE : le(turns, int(BigInt(loop.bound)));
  // Also where it cannot fail: what is known behind the loop is then not known at its last turn.
  const span = loop.reverts[0]?.span ?? loop.span;
  const isOpen = !(within.kind === 'bool' && within.value);
  const reason = isOpen ? 'loopBound' : 'loop';
  walk.checks.push({ guard, ok: within, reason, span, what: WHAT.loopBound, loop: walk.unrolled });
  const after = afterTurns(walk, start, forget(walk, start, written, walk.counter.next++), from, to);
  const behind = { ...assign(after, loop.index, ite(lt(from, to), to, from)), guard };
  addFact(walk, implies(guard, and(...assumedOf(walk, loop, behind))));
  addFact(walk, implies(start.guard, or(done, ...returns.map((exit) => and(exit.guard, not(done))))));
  return behind;
}

/** Without a turn all is as it was. */
function afterTurns(walk: Walk, start: Path, written: Path, from: Formula, to: Formula): Path {
  const first = walk.model.flaws.has('firstTurnWritesNothing') ? add(from, ONE) : from;
  return joinPaths(walk, lt(first, to), written, start, start.guard);
}

function addFact(walk: Walk, fact: Formula): void {
  walk.facts.push({ checksBefore: walk.checks.length, fact });
}

/** The invariants that may be assumed, in the state of the path. */
function assumedOf(walk: Walk, loop: Loop, path: Path): readonly Formula[] {
  const { fn, model, env, before: old } = walk;
  const scope = { old, now: path.state, env, oldEnv: env, locals: path.locals, result: [], callee: -1 };
  return loop.invariants
    .filter((clause) => walk.assumes(assumptionOf(fn, clause)))
    .map((clause) => holds(model, clause.term, scope));
}

/** The names under which the invariants of its loops are assumed. */
export function assumptionsOf(fn: CoreFunction): readonly string[] {
  return loopInvariants(fn.body).map((clause) => assumptionOf(fn, clause));
}

function assumptionOf(fn: CoreFunction, clause: AssertClause): string {
  return `${fn.name} ${clause.name}`;
}

function loopInvariants(stmts: readonly Stmt[]): readonly AssertClause[] {
  return stmts.flatMap((stmt) => {
    if (stmt.kind === 'if') return loopInvariants([...stmt.then, ...stmt.otherwise]);
    return stmt.kind === 'loop' ? [...stmt.invariants, ...loopInvariants(stmt.body)] : [];
  });
}

function noteInvariants(walk: Walk, loop: Loop, path: Path, point: LoopPoint): void {
  const { fn, before: old } = walk;
  for (const clause of loop.invariants) {
    const assumption = point.assumption === null ? null : assumptionOf(fn, clause);
    const { span } = clause;
    notePoint(walk, { clause, fn, span, result: [], old, loop: { ...point, assumption } }, path);
  }
}

/** What statements write, those of the functions they call included. */
export type Written = {
  readonly locals: Set<number>;
  readonly slots: Set<number>;
  readonly currencies: Set<number>;
};

export function writtenBy(model: Model, stmts: readonly Stmt[]): Written {
  const written: Written = { locals: new Set(), slots: new Set(), currencies: new Set() };
  collectWritten(model, stmts, written);
  return written;
}

function collectWritten(model: Model, stmts: readonly Stmt[], written: Written): void {
  for (const stmt of stmts) {
    if ('target' in stmt) written.locals.add(stmt.target);
    if ('targets' in stmt) for (const target of stmt.targets) written.locals.add(target);
    switch (stmt.kind) {
      case 'store':
        written.slots.add(stmt.place.slot);
        break;
      case 'add':
      case 'remove':
      case 'clear':
      case 'ghost':
        written.slots.add(stmt.slot);
        break;
      case 'host':
        if (stmt.targets.length === 0) written.currencies.add(stmt.currency);
        break;
      case 'outgoing':
        for (const currency of model.contract.currencies.keys()) written.currencies.add(currency);
        break;
      case 'if':
        collectWritten(model, [...stmt.then, ...stmt.otherwise], written);
        break;
      case 'loop':
        written.locals.add(stmt.index);
        collectWritten(model, stmt.body, written);
        break;
      case 'call':
        collectWritten(model, model.contract.functions[stmt.callee]!.body, { ...written, locals: new Set() });
    }
  }
}

/** The path with everything that is written unknown; a local that has no value yet gets none. */
function forget(walk: Walk, path: Path, written: Written, number: number): Path {
  const { model, fn } = walk;
  if (model.flaws.has('loopWritesNothing')) return path;
  const moment = momentName(number);
  const unknown = momentState(model, moment);
  const [arrays, words] = [new Map(path.state.arrays), new Map(path.state.words)];
  for (const name of namesOf(model, written)) {
    if (arrays.has(name)) arrays.set(name, unknown.arrays.get(name)!);
    if (words.has(name)) words.set(name, unknown.words.get(name)!);
  }
  const locals = path.locals.map((value, i) =>
    value === undefined || !written.locals.has(i)
      ? value
      : symbol(`${moment}local.${i}`, sortOfType(fn.locals[i]!.type)),
  );
  return { ...path, state: { arrays, words }, locals };
}

/** Everything of the state that goes with the slots and currencies written. */
export function namesOf(model: Model, { slots, currencies }: Written): readonly string[] {
  const sums = model.sums.flatMap((sum, i) => (slots.has(sum.slot) ? [sumName(i)] : []));
  const ofSlots = [...slots].flatMap((slot) => [
    hasName(slot),
    sizeName(slot),
    ...model.contract.slots[slot]!.fields.map((_, field) => fieldName(slot, field)),
  ]);
  const ofLedger = [...currencies].flatMap((c) => [balanceName(c), takenName(c), spentName(c), totalName(c)]);
  return [...sums, ...ofSlots, ...ofLedger];
}

/** Some element of the set: equal numbers, equal elements, as long as the set does not change. */
function walkElement(
  walk: Walk,
  stmt: Extract<Stmt, { readonly kind: 'element' }>,
  path: Path,
  index: Formula,
): Path {
  const number = walk.counter.next++;
  const words = slotOf(walk, stmt.slot).keys.map((key, i) =>
    symbol(`loop.${number}.element.${i}`, sortOfType(key)),
  );
  const members = path.state.arrays.get(hasName(stmt.slot))!;
  const inside = readArray(path.state, hasName(stmt.slot), words, walk.model.flaws);
  const here = { members, guard: path.guard, index, words };
  addFact(walk, implies(path.guard, inside));
  for (const other of walk.elements.filter((element) => element.members === members)) {
    const same = eq(eq(other.index, index), eqAll(other.words, words));
    addFact(walk, implies(and(other.guard, path.guard), same));
  }
  walk.elements.push(here);
  return stmt.targets.reduce((p, target, i) => assign(p, target, words[i]!), path);
}

/** Branches that do something: an empty one, or a bare constant from `&&`, is nobody's dead code. */
function noteBranch(walk: Walk, stmts: readonly Stmt[], guard: Formula): void {
  const first = stmts.find((stmt) => stmt.kind !== 'copy');
  if (first !== undefined) walk.branches.push({ guard, checksBefore: walk.checks.length, span: first.span });
}

/** Each sum over the slot grows by what the entry's term grows. */
function updateSums(
  walk: Walk,
  state: State,
  slot: number,
  keys: readonly Formula[],
  before: Entry,
  after: Entry,
): State {
  let next = state;
  walk.model.sums.forEach((sum, i) => {
    if (sum.slot !== slot) return;
    const term = (entry: Entry): Formula =>
      ite(entry.counts, summand(walk.model, sum, keys, entry.values), ZERO);
    next = writeWord(next, sumName(i), add(readWord(state, sumName(i)), sub(term(after), term(before))));
  });
  return next;
}

/** Entries of a map always count, with the zero of their type where nothing was written; elements when in the set. */
type Entry = { readonly counts: Formula; readonly values: readonly Formula[] };

function mergeExits(exits: readonly Exit[], before: State, model: Model): Exit {
  if (exits.length === 0) return { guard: FALSE, state: before, values: [] };
  const last = exits.at(-1)!;
  return exits.slice(0, -1).reduceRight((rest, exit) => mergeExit(exit, rest, model), last);
}

function mergeExit(exit: Exit, rest: Exit, model: Model): Exit {
  const condition = model.flaws.has('branchForgotten') ? bool(true) : exit.guard;
  return {
    guard: or(exit.guard, rest.guard),
    state: mergeStates(condition, exit.state, rest.state),
    values: exit.values.map((value, i) => ite(condition, value, rest.values[i] ?? value)),
  };
}

function slotOf(walk: Walk, slot: number): Walk['model']['contract']['slots'][number] {
  return walk.model.contract.slots[slot]!;
}

function keysOf(walk: Walk, path: Path, keys: readonly Atom[]): readonly Formula[] {
  return keys.map((key) => atomValue(walk, path, key));
}
