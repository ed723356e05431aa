/**
 * Symbolic tests to formulas (language.md, section 5). In: a proof and the moment it begins at. Out: for each expectation
 * what would break it, and for each block of steps what would get through all of it, with everything known by then.
 *
 * Calls are walked as everywhere (`passive.ts`). One that is assumed to succeed goes on where it returns; one that is noted
 * goes on in both ways, and where it failed nothing has changed. `later` is the environment step. The invariants that
 * are assumed hold wherever no call is under way; they are said again where less is known than before.
 */
import type { Clause, Proof, ProofCall, ProofStep, RunEnd, Term } from '../core/core.ts';
import type { Span } from '../syntax/ast.ts';
import { definedness, holds, type Scope, translate } from './clause.ts';
import { type Environment, environmentStep, type Moment, timeStep } from './environment.ts';
import { SELF } from './facts.ts';
import {
  and,
  eq,
  type Formula,
  fits,
  implies,
  ite,
  le,
  literal,
  not,
  sortOf,
  sortOfType,
  symbol,
  TRUE,
  ZERO,
  zeroOf,
} from './formula.ts';
import type { Limits } from './ledger.ts';
import { type Model, momentState } from './model.ts';
import {
  factsOnTheWay,
  namesOf,
  nothingFrozen,
  type Passive,
  parameterSymbol,
  parameterTypes,
  returnsNormally,
  revertsWith,
  type Written,
  walkFunction,
  writtenBy,
} from './passive.ts';
import {
  balanceName,
  floorName,
  freeArray,
  laterName,
  mandatedName,
  mandateName,
  mergeStates,
  offersName,
  readArray,
  type State,
  spentName,
  takenName,
  totalName,
  writeWord,
  writtenKeys,
  zeroArray,
} from './state.ts';

/** Where an expectation stands, or the last of the steps of a block that may not come to pass. */
export type ProofPoint = {
  readonly kind: 'expect' | 'reach';
  readonly span: Span;
  readonly clause: Clause | null;
  /** All of it together is what must not be possible; of `reach`, what must be. */
  readonly formulas: readonly Formula[];
  /** Known by then. */
  readonly facts: readonly Formula[];
  /** The keys that were written by then. */
  readonly keys: readonly Formula[];
};

/** Where a proof begins, and what it may rely on. */
export type ProofStart = {
  readonly moment: Moment;
  /** The invariants that hold before every call. */
  readonly assumed: readonly Clause[];
  /** Whether an invariant of a loop may be assumed. */
  readonly assumes: (invariant: string) => boolean;
  readonly counter: { next: number };
};

export function walkProof(model: Model, proof: Proof, start: ProofStart): readonly ProofPoint[] {
  const { state, env } = start.moment;
  const walk: Walk = { model, start, facts: [], points: [], keys: [], demands: [] };
  const locals = parametersOf(proof);
  walkSteps(walk, proof.steps, { guard: TRUE, state, env, locals, ends: new Map() });
  return walk.points;
}

/** The words of the parameters, by the names that every obligation gives them. */
export function parametersOf(proof: Proof): readonly Formula[] {
  return parameterTypes(proof).map((type, id) => parameterSymbol(id, type));
}

// ---- private -----------------------------------------------------------------------------------

type Walk = {
  readonly model: Model;
  readonly start: ProofStart;
  readonly facts: Formula[];
  readonly points: ProofPoint[];
  readonly keys: Formula[];
  /** What the step asks for so that it can come to pass. */
  readonly demands: Formula[];
};

/** Where the proof stands: the path that leads here, and what is so there. */
type Path = Moment & {
  readonly guard: Formula;
  readonly locals: readonly (Formula | undefined)[];
  readonly ends: ReadonlyMap<RunEnd, Moment>;
};

/** The path behind the steps, which together have to be able to come to pass. */
function walkSteps(walk: Walk, steps: readonly ProofStep[], start: Path): Path {
  let path = start;
  let last: Span | null = null;
  for (const step of steps) {
    const own = { ...walk, demands: [] };
    path = walkStep(own, step, path);
    if (own.demands.length > 0) last = step.span;
  }
  if (last !== null) notePoint(walk, { kind: 'reach', span: last, clause: null, formulas: [path.guard] });
  return path;
}

function walkStep(walk: Walk, step: ProofStep, path: Path): Path {
  const { model } = walk;
  switch (step.kind) {
    case 'assume':
      demand(walk, path, holds(model, step.clause.term, scopeOf(walk, path)));
      return path;
    case 'expect': {
      const broken = not(holds(model, step.clause.term, scopeOf(walk, path)));
      const { clause, span } = step;
      notePoint(walk, { kind: 'expect', span, clause, formulas: [path.guard, broken] });
      return path;
    }
    case 'bind':
      return step.values.reduce(
        (next, term, i) => assign(next, step.targets[i]!, meaningOf(walk, path, term)),
        path,
      );
    case 'call':
      return walkCall(walk, step, path);
    case 'later':
      return walkLater(walk, step.number, path);
    case 'run':
      return walkRun(walk, step, path);
    case 'choice':
      return walkChoice(walk, step, path);
  }
}

function know(walk: Walk, path: Path, fact: Formula): void {
  walk.facts.push(implies(path.guard, fact));
}

/** Nothing behind the step is said of where this is not so. */
function demand(walk: Walk, path: Path, fact: Formula): void {
  if (fact.kind === 'bool' && fact.value) return;
  know(walk, path, fact);
  walk.demands.push(fact);
}

function notePoint({ points, facts, keys }: Walk, point: Omit<ProofPoint, 'facts' | 'keys'>): void {
  points.push({ ...point, facts: [...facts], keys: [...keys] });
}

function scopeOf({ start }: Walk, { state, env, locals, ends }: Path): Scope {
  const { state: old, env: oldEnv } = start.moment;
  return { old, now: state, env, oldEnv, ends, locals, result: [], callee: -1 };
}

/** Steps speak only of what has a value. */
function meaningOf(walk: Walk, path: Path, term: Term): Formula {
  const scope = scopeOf(walk, path);
  demand(walk, path, definedness(walk.model, term, scope));
  return translate(walk.model, term, scope);
}

function assign(path: Path, target: number, value: Formula): Path {
  const locals = Array.from({ length: Math.max(path.locals.length, target + 1) }, (_, id) => path.locals[id]);
  return { ...path, locals: locals.with(target, value) };
}

// ---- calls -------------------------------------------------------------------------------------

function walkCall(walk: Walk, call: ProofCall, path: Path): Path {
  const { model } = walk;
  const passive = passiveOf(walk, call, path);
  const returned = returnsNormally(passive);
  const { outcome, targets } = call;
  if (outcome.kind === 'assumed') {
    demand(walk, path, returned);
    const after = { ...path, state: passive.after };
    const words = returnedBy(passive);
    return targets.reduce((next, target, i) => assign(next, target, words[i]!), after);
  }
  if (model.flaws.has('callsSucceed')) know(walk, path, returned);
  const stays = model.flaws.has('failedCallStays') ? TRUE : returned;
  const after = { ...path, state: mergeStates(stays, passive.after, path.state) };
  return assign(after, outcome.target, notedOf(passive, outcome, returned));
}

/** Anything at all of what never returns. */
function returnedBy({ fn, result }: Passive): readonly Formula[] {
  return fn.resultWords.map((type, i) => result[i] ?? zeroOf(sortOfType(type)));
}

/** The call from where the proof stands, with what is known of it. */
function passiveOf(walk: Walk, call: ProofCall, path: Path): Passive {
  const { model, start } = walk;
  const fn = model.contract.functions[call.callee]!;
  const caller = call.by === null ? literal('Did', '') : meaningOf(walk, path, call.by);
  if (call.by !== null) demand(walk, path, and(not(eq(caller, literal('Did', ''))), not(eq(caller, SELF))));
  const args = call.args.map((arg) => wordOf(walk, path, arg));
  const limits = limitsOf(walk, call, path);
  const env: Environment = (name) => (name === 'caller' ? caller : path.env(name));
  const state = unspent(model, path.state);
  const { counter } = start;
  const before = counter.next;
  const passive = walkFunction(model, fn, state, env, start.assumes, { prefix: '', counter, args, limits });
  const onTheWay = model.flaws.has('factsTooEarly')
    ? passive.facts.map(({ fact }) => fact)
    : factsOnTheWay(passive);
  for (const fact of [...onTheWay, ...nothingFrozen(passive)]) know(walk, path, fact);
  walk.keys.push(caller, ...writtenKeys(passive.after));
  // Where something was left unknown, that it keeps the invariants is all there is.
  if (counter.next > before)
    relyOnInvariants(walk, path, { state: passive.after, env: path.env }, returnsNormally(passive));
  return passive;
}

/** What crosses into the contract is a word of 64 bits. */
function wordOf(walk: Walk, path: Path, term: Term): Formula {
  const value = meaningOf(walk, path, term);
  if (sortOf(value) === 'Int') demand(walk, path, fits(value));
  return value;
}

/** A limit is not negative. */
function limitsOf(walk: Walk, { spends }: ProofCall, path: Path): Limits {
  if (spends === null) return null;
  const limits = spends.map(({ currency, amount }) => [currency, wordOf(walk, path, amount)] as const);
  for (const [, limit] of limits) demand(walk, path, le(ZERO, limit));
  return new Map(limits);
}

function unspent(model: Model, state: State): State {
  return model.contract.currencies.reduce((next, _, c) => writeWord(next, spentName(c), ZERO), state);
}

/** Whether the call did what it is expected to do. */
function notedOf(passive: Passive, outcome: Noted, returned: Formula): Formula {
  if (outcome.kind === 'succeeds') return returned;
  const { refusal } = outcome;
  if (refusal === null) return not(returned);
  const reason = refusal.kind === 'error' ? 'fail' : 'require';
  return revertsWith(passive, (check) => check.reason === reason && check.what === refusal.text);
}

type Noted = Exclude<ProofCall['outcome'], { readonly kind: 'assumed' }>;

function relyOnInvariants(walk: Walk, path: Path, { state, env }: Moment, where: Formula): void {
  const scope: Scope = { old: state, now: state, env, oldEnv: env, locals: [], result: [], callee: -1 };
  for (const { term } of walk.start.assumed) know(walk, path, implies(where, holds(walk.model, term, scope)));
}

// ---- runs, choices, time -----------------------------------------------------------------------

type StepOf<K extends ProofStep['kind']> = Extract<ProofStep, { readonly kind: K }>;

/** What would happen: behind it the proof stands where it stood. */
function walkRun(walk: Walk, { run, succeeded, steps }: StepOf<'run'>, path: Path): Path {
  const start = assign(path, succeeded, TRUE);
  const end = steps.reduce((next, one) => walkStep(walk, one, next), start);
  const ends = new Map(path.ends).set(`run.${run}`, { state: end.state, env: end.env });
  const from = walk.model.flaws.has('runsGoOn') ? { ...path, state: end.state } : path;
  return { ...assign(from, succeeded, end.locals[succeeded]!), ends };
}

function walkChoice(walk: Walk, step: StepOf<'choice'>, path: Path): Path {
  const condition = meaningOf(walk, path, step.condition);
  const yes = walkSteps(walk, step.yes, { ...path, guard: and(path.guard, condition) });
  const no = walkSteps(walk, step.no, { ...path, guard: and(path.guard, not(condition)) });
  const state = mergeStates(condition, yes.state, no.state);
  const env: Environment = (name) => ite(condition, yes.env(name), no.env(name));
  const locals = path.locals.map((_, id) => joined(condition, yes.locals[id], no.locals[id]));
  return { ...path, state, env, locals };
}

/** What one branch names alone is not read behind both. */
function joined(condition: Formula, yes: Formula | undefined, no: Formula | undefined): Formula | undefined {
  return yes === undefined || no === undefined ? undefined : ite(condition, yes, no);
}

/**
 * One environment step. Hooks may have run in it, any number of times: of what they write the invariants are all that is
 * known, and a contract whose hooks pay may have less than before.
 */
function walkLater(walk: Walk, number: number, path: Path): Path {
  const { model } = walk;
  const moment = laterName(number);
  const env: Environment = (name) =>
    name === 'now' || name === 'block' ? symbol(`${moment}${name}`, 'Int') : path.env(name);
  const state = laterState(model, number, path.state);
  const next = { ...path, state, env: model.flaws.has('laterKeepsTime') ? path.env : env };
  for (const fact of stepFacts(model, path, next)) know(walk, path, fact);
  relyOnInvariants(walk, path, next, TRUE);
  return next;
}

const OF_LEDGER = [balanceName, floorName, mandatedName, mandateName, totalName];

function laterState(model: Model, number: number, state: State): State {
  if (model.flaws.has('laterKeepsBalances')) return state;
  const unknown = momentState(model, laterName(number));
  const currencies = [...model.contract.currencies.keys()];
  const ofLedger = currencies.flatMap((c) => OF_LEDGER.map((name) => name(c)));
  const [arrays, words] = [new Map(state.arrays), new Map(state.words)];
  for (const name of [...ofLedger, ...namesOf(model, writtenByHooks(model))]) {
    if (arrays.has(name)) arrays.set(name, unknown.arrays.get(name)!);
    if (words.has(name)) words.set(name, unknown.words.get(name)!);
  }
  for (const c of currencies) arrays.set(takenName(c), zeroArray(takenName(c), 'Int'));
  model.contract.interfaces.forEach((_, i) => {
    arrays.set(offersName(i), freeArray(`${laterName(number)}${offersName(i)}`, 'Bool'));
  });
  return { arrays, words };
}

/** Others deploy contracts, and none goes away. */
function contractsStay(model: Model, before: State, after: State): readonly Formula[] {
  const account = { name: 'bound.account', sort: 'Did' } as const;
  const key: readonly Formula[] = [{ kind: 'variable', ...account }];
  return model.contract.interfaces.map((_, i) => {
    const isThere = (state: State): Formula => readArray(state, offersName(i), key, model.flaws);
    return { kind: 'forall', variables: [account], body: implies(isThere(before), isThere(after)) };
  });
}

function writtenByHooks(model: Model): Written {
  const hooks = model.contract.functions.filter(({ kind }) => kind === 'hook');
  return writtenBy(
    model,
    hooks.flatMap(({ body }) => body),
  );
}

function stepFacts(model: Model, before: Moment, after: Moment): readonly Formula[] {
  const hooksPay = writtenByHooks(model).currencies.size > 0;
  const step = hooksPay ? timeStep(model, before, after) : environmentStep(model, before, after);
  return [...step, ...contractsStay(model, before.state, after.state)];
}
