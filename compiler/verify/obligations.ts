/**
 * What has to be shown of a contract, one obligation each: hypotheses, path and the violation as SMT-LIB text that
 * is unsatisfiable exactly where the obligation holds (or, for vacuity, satisfiable where all is well). Beside the
 * text stand the words for success and failure, and what a model's names mean.
 */
import { sha256 } from '../../vm/index.ts';
import type {
  AssertClause,
  Clause,
  Contract,
  Function as CoreFunction,
  EnvName,
  Term,
} from '../core/core.ts';
import { OUTSIDE } from '../core/guards.ts';
import type { Span } from '../syntax/ast.ts';
import { holds, type Scope } from './clause.ts';
import { BLOCK, callEnvironment, environmentStep, NOW, nextEnvironment } from './environment.ts';
import {
  absentKeys,
  CALLER,
  CREATOR,
  environmentFacts,
  factsOf,
  NEXT,
  readsOf,
  SELF,
  witnessesOf,
} from './facts.ts';
import { type Flaws, NO_FLAWS } from './flaws.ts';
import {
  and,
  eq,
  FALSE,
  type Formula,
  fits,
  hasQuantifier,
  implies,
  int,
  le,
  literal,
  lt,
  not,
  or,
  printFormula,
  substitute,
  symbol,
  visitNodes,
  zeroOf,
} from './formula.ts';
import { instantiate } from './instantiate.ts';
import type { KeptObligations } from './kept.ts';
import { balanceOf } from './ledger.ts';
import { freeState, type Model, modelOf, someTerm, withFreeLedger } from './model.ts';
import { exceptionsOf, orderFacts } from './orders.ts';
import { environmentOf, type Part, partsOf, type Walk } from './parts.ts';
import {
  type AssertPoint,
  type Check,
  factsOnTheWay,
  nothingFrozen,
  type Passive,
  parameterFacts,
  passes,
  returnsNormally,
  reverts,
  walkFunction,
} from './passive.ts';
import { plantedFacts } from './planted.ts';
import { type ProofPoint, type ProofStart, walkProof } from './proofs.ts';
import { type Script, writeScript } from './smt.ts';
import { type State, writtenKeys } from './state.ts';
import { sumProblem } from './sums.ts';

export type ObligationKind =
  | 'requires'
  | 'ensures'
  | 'invariant'
  | 'history'
  | 'succeeds'
  | 'fails'
  | 'changes'
  | 'assert'
  | 'may-revert'
  | 'vacuity'
  | 'stranger'
  | 'prove';

export type Obligation = {
  readonly contract: string;
  /** `''` for what belongs to no entry point; `ENVIRONMENT` for what must stay true between calls. */
  readonly rule: string;
  readonly kind: ObligationKind;
  /** Unique among the obligations of one rule and kind. */
  readonly name: string;
  readonly span: Span;
  readonly text: string;
  /** SHA-256 of the text, in hex. */
  readonly hash: string;
  /** What the solver must say for the obligation to hold. */
  readonly holdsWhen: 'unsat' | 'sat';
  readonly success: string;
  readonly failure: string;
  /** The clause, where the obligation is about one. */
  readonly clause: Clause | AssertClause | null;
  /** What other obligations assume only as long as this one holds: an invariant of the contract, or of a loop. */
  readonly keeps: string | null;
  /** What stands for a part of the run, so that a model need not be one: the invariants of a loop, or an interface. */
  readonly cut: 'loop' | 'interface' | null;
  /** The clause or branch stands inside of the code, at `span`: whether it is broken shows only there. */
  readonly inside: boolean;
  /** Index of the function into the contract's, -1 for none. */
  readonly callee: number;
  /** Index of the `prove` into the contract's, -1 for none. */
  readonly proof: number;
  /** The text with what its names stand for. */
  readonly script: Script;
  /** Why there is no text to solve; the answer is then `unknown`. */
  readonly unsupported: string | null;
};

export const ENVIRONMENT = OUTSIDE;

export type ObligationOptions = {
  /** Names of the invariants that may be assumed, those of loops by `assumptionOf`; all where absent. */
  readonly assumed?: ReadonlySet<string>;
  readonly flaws?: Flaws;
  /** Those of contracts before, so that only what changed is made. */
  readonly kept?: KeptObligations;
};

/** The obligations of a contract, in source order; the same for the same contract, always. */
export function obligationsOf(contract: Contract, options: ObligationOptions = {}): readonly Obligation[] {
  const { flaws = NO_FLAWS, kept } = options;
  const assumes = (name: string): boolean => options.assumed?.has(name) ?? true;
  const assumed = contract.invariants.filter(({ name, onEntry }) => !onEntry && assumes(name));
  const parts = partsOf(modelOf(contract, flaws), assumes);
  const make = (part: Part): readonly Obligation[] => obligationsOfPart(contextOf(part, assumed), part);
  return kept === undefined ? parts.flatMap(make) : kept.of(parts, assumed, make);
}

/** Those that are named by `only`, with these invariants assumed. */
export function obligationsUnder(
  parts: readonly Part[],
  assumed: readonly Clause[],
  only: ReadonlySet<string>,
): readonly Obligation[] {
  const all = parts.flatMap((part) => obligationsOfPart({ ...contextOf(part, assumed), only }, part));
  return all.filter((obligation) => only.has(keyOf(obligation)));
}

function contextOf({ model }: Part, assumed: readonly Clause[]): Context {
  return { model, assumed, problem: sumProblem(model) };
}

function obligationsOfPart(context: Context, part: Part): readonly Obligation[] {
  const state = freeState(part.model);
  switch (part.kind) {
    case 'invariants':
      return contradictoryInvariants(context);
    case 'call':
      return obligationsOfWalk(context, part.walk());
    case 'between':
      return environmentObligations(context, state);
    case 'proof': {
      const assumes = (name: string): boolean => part.assumptions.has(name);
      return proofObligations(context, part.index, { state, counter: { next: 1 }, assumes });
    }
  }
}

/** What an obligation is called among those of its contract, whatever it assumes. */
export function keyOf({
  rule,
  kind,
  name,
  span,
}: Pick<Obligation, 'rule' | 'kind' | 'name' | 'span'>): string {
  return `${rule} ${kind} ${name} ${span.start}`;
}

/** Which of several invariants one step of the contract breaks, asked in one text. */
export type KeepingQuestion = {
  readonly text: string;
  /** The invariants by the constants that are true where the model breaks them; none where nothing can. */
  readonly broken: ReadonlyMap<string, Clause>;
};

/** One call, or what others do between calls. */
export type KeepingStep = {
  /** Nothing is known of the state before. */
  readonly begins: boolean;
  /** Which of `open` are broken by it, where `assumed` holds before; not asked of those that it plainly leaves as they are. */
  readonly asks: (assumed: readonly Clause[], open: readonly Clause[]) => KeepingQuestion;
};

/** All that can break an invariant. */
export function keepingSteps(parts: readonly Part[]): readonly KeepingStep[] {
  return parts.flatMap((part) => {
    if (part.kind === 'between') return [stepOfOthers(part.model)];
    if (part.kind !== 'call') return [];
    const walk = part.walk();
    return walk.passive.fn.kind === 'view' ? [] : [stepOfCode(part.model, walk)];
  });
}

function stepOfCode(model: Model, walk: Walk): KeepingStep {
  const { kind } = walk.passive.fn;
  const begins = kind === 'init' || kind === 'upgrade';
  const [before, after] = [begins ? null : scopeBefore(walk), scopeAfter(walk)];
  return {
    begins,
    asks: (assumed, open) => {
      const broken = open.map((clause) => [clause, brokenAt(model, clause, before, after)] as const);
      return question({ model, assumed, problem: null }, walk, broken, [returnsNormally(walk.passive)]);
    },
  };
}

function stepOfOthers(model: Model): KeepingStep {
  const { before, after, step } = outsideStep(model, freeState(model));
  const [was, is] = [momentScope(before, callEnvironment), momentScope(after, nextEnvironment)];
  return {
    begins: false,
    asks: (assumed, open) => {
      const outside = open.filter(mentionsOutside);
      const broken = outside.map((clause) => [clause, brokenAt(model, clause, was, is)] as const);
      return question({ model, assumed, problem: null }, null, broken, step);
    },
  };
}

/** That an invariant does not hold at one key, the same for all of one sort; false where it is as it was before. */
function brokenAt(model: Model, { term }: Clause, before: Scope | null, after: Scope): Formula {
  const broken = (scope: Scope): Formula => not(atOneKey(holds(model, term, scope)));
  const now = broken(after);
  return before !== null && printFormula(broken(before)) === printFormula(now) ? FALSE : now;
}

function atOneKey(formula: Formula): Formula {
  if (formula.kind !== 'forall') return formula;
  const keys = formula.variables.map(
    ({ name, sort }, i) => [name, symbol(`some.${sort}.${i}`, sort)] as const,
  );
  return substitute(formula.body, new Map(keys));
}

function question(
  context: Context,
  walk: Walk | null,
  all: readonly (readonly [Clause, Formula])[],
  facts: readonly Formula[],
): KeepingQuestion {
  const marked = all
    .filter(([, broken]) => broken.kind !== 'bool' || broken.value)
    .map(([clause, broken], i) => ({ clause, broken, mark: symbol(`broken.${i}`, 'Bool') }));
  const marks = new Map(marked.map(({ clause }, i) => [`broken.${i}`, clause]));
  const { script, text } = obligation(context, walk, {
    kind: 'invariant',
    name: '',
    span: context.model.contract.span,
    clause: null,
    violation: [
      or(...marked.map(({ mark }) => mark)),
      ...marked.map(({ mark, broken }) => eq(mark, broken)),
      ...facts,
    ],
    passed: walk?.passive.checks.length ?? 0,
    success: '',
    failure: '',
  });
  const broken = [...script.legend].flatMap(([name, part]) => {
    const clause = part.kind === 'symbol' ? marks.get(part.name) : undefined;
    return clause === undefined ? [] : [[name, clause] as const];
  });
  return { text, broken: new Map(broken) };
}

/** Whether what is asserted is `false` as it stands: our own rewriting has shown it, and no solver need be asked. */
export function isDecided({ text }: Obligation): boolean {
  return text === DECIDED;
}

const DECIDED = writeScript([FALSE]).text;

/** Calls one after the other, from deployment on, and what is known of them. */
export type Prelude = {
  /** After them. */
  readonly state: State;
  readonly facts: readonly Formula[];
  readonly counter: { next: number };
  /** What is known of every ledger that such calls can find, given what is read of it. */
  readonly genesis: (formulas: readonly Formula[]) => readonly Formula[];
};

/** The script that asks for a call after these, or for what others do then, in which the obligation shows. */
export function scriptAfter(contract: Contract, sought: Obligation, prelude: Prelude): Script | null {
  const found = obligationsAfter(contract, { sought, prelude });
  return found.find((one) => isSought(sought, one))?.script ?? null;
}

/** What is the case where the obligation shows in a call after these. */
export function violationAfter(contract: Contract, sought: Obligation, prelude: Prelude): Formula {
  const violations: Formula[] = [];
  obligationsAfter(contract, { sought, prelude, note: (violation) => violations.push(...violation) });
  return and(...violations);
}

function obligationsAfter(contract: Contract, ending: Ending): readonly Obligation[] {
  const model = modelOf(contract, NO_FLAWS);
  const context: Context = { model, assumed: [], problem: null, ending };
  const { callee, proof } = ending.sought;
  const { prelude } = ending;
  const fn = contract.functions[callee];
  if (fn !== undefined) return obligationsOfWalk(context, walkAfter(model, fn, callee, prelude));
  if (proof >= 0) return proofObligations(context, proof, { ...prelude, assumes: () => true });
  return environmentObligations(context, prelude.state);
}

function walkAfter(model: Model, fn: CoreFunction, callee: number, { state, counter }: Prelude): Walk {
  const names = { prefix: '', counter };
  const env = environmentOf(model, fn);
  return { passive: walkFunction(model, fn, state, env, () => true, names), callee, env };
}

type Named = Pick<Obligation, 'kind' | 'name' | 'span' | 'callee' | 'proof'>;

/** The one obligation of a walk that is written, and the run that it ends; `note` has what shows it instead. */
type Ending = {
  readonly sought: Named;
  readonly prelude: Prelude;
  readonly note?: (violation: readonly Formula[]) => void;
};

function isSought(sought: Named, { kind, name, span }: Omit<Named, 'callee' | 'proof'>): boolean {
  return sought.kind === kind && sought.name === name && sought.span.start === span.start;
}

// ---- how they are made -------------------------------------------------------------------------

type Context = {
  readonly model: Model;
  /** The invariants that hold before a call. */
  readonly assumed: readonly Clause[];
  readonly problem: string | null;
  /** Where obligations stand at the end of a run: the one that is written, and the run. */
  readonly ending?: Ending;
  /** Which are written, by `keyOf`; all where absent. */
  readonly only?: ReadonlySet<string>;
};

/** Names what belongs to the calls before the one that an obligation is about. */
export const RUN = 'run.';

// ---- obligations of one entry point ------------------------------------------------------------

function obligationsOfWalk(context: Context, walk: Walk): readonly Obligation[] {
  const { fn } = walk.passive;
  return [
    ...(fn.kind === 'view'
      ? []
      : invariantsAsked(context, fn.name).map((clause) => invariantAfter(context, walk, clause))),
    ...(fn.kind === 'rule' || fn.kind === 'hook'
      ? context.model.contract.histories.map((clause) => clauseAfter(context, walk, clause))
      : []),
    ...fn.ensures.map((clause) => clauseAfter(context, walk, clause)),
    ...fn.changes.map((clause) => clauseAfter(context, walk, clause)),
    ...fn.succeeds.flatMap((clause) => [
      succeeds(context, walk, clause),
      promiseVacuity(context, walk, clause),
    ]),
    ...fn.fails.flatMap((clause) => [fails(context, walk, clause), promiseVacuity(context, walk, clause)]),
    ...walk.passive.asserts.map((point, i) => assertHolds(context, walk, point, i)),
    ...(fn.kind === 'rule' && !fn.open ? [stranger(context, walk)] : []),
    ...mayRevert(context, walk),
    ...vacuity(context, walk),
  ];
}

function invariantsAsked({ model, only }: Context, rule: string): readonly Clause[] {
  const { invariants } = model.contract;
  return invariants.filter((clause) => only?.has(keyOf({ ...clause, rule, kind: 'invariant' })) ?? true);
}

function invariantAfter(context: Context, walk: Walk, clause: Clause): Obligation {
  const { fn } = walk.passive;
  const begins = fn.kind === 'init' || fn.kind === 'upgrade';
  const verb = begins ? `established by \`${fn.name}\`` : `kept by \`${fn.name}\``;
  return obligation(context, walk, {
    kind: 'invariant',
    name: clause.name,
    span: clause.span,
    clause,
    // Whoever asks whether a rule keeps an invariant takes it to hold before, or the rule has checked it.
    also: begins || clause.onEntry ? [] : [clause],
    violation: [not(holds(context.model, clause.term, scopeAfter(walk))), returnsNormally(walk.passive)],
    passed: walk.passive.checks.length,
    success: `invariant \`${clause.name}\` is ${verb}`,
    failure: `invariant \`${clause.name}\` is not ${verb}`,
  });
}

function clauseAfter(context: Context, walk: Walk, clause: Clause): Obligation {
  const kind = clause.kind === 'history' || clause.kind === 'changes' ? clause.kind : 'ensures';
  const what = kind === 'history' ? `history \`${clause.name}\`` : `\`${kind} ${clause.text}\``;
  return obligation(context, walk, {
    kind,
    name: clause.name,
    span: clause.span,
    clause,
    violation: [
      not(holds(context.model, termIn(context, clause), scopeAfter(walk))),
      returnsNormally(walk.passive),
    ],
    passed: walk.passive.checks.length,
    success: `${what} holds after \`${walk.passive.fn.name}\``,
    failure: `${what} does not hold after \`${walk.passive.fn.name}\``,
  });
}

function termIn({ model }: Context, { kind, term }: Clause | AssertClause): Term {
  return kind === 'changes' && model.flaws.has('changesIgnoresEntries') ? withoutEntries(term) : term;
}

/** As if it said nothing of entries. */
function withoutEntries(term: Term): Term {
  if (term.kind === 'forall') return { kind: 'const', type: term.type, value: true };
  return term.kind === 'op' ? { ...term, args: term.args.map(withoutEntries) } : term;
}

/** What `succeeds when` takes for granted. */
const GRANTED = 'access, gas up to the bound, a spending limit that covers it, and nothing frozen or paused';

/** And where other contracts are called. */
const AND_CALLS = ', few contracts on the call stack, and none of those called';

/** Where the condition holds no check fails, `requires` included, and nothing is frozen. */
function succeeds(context: Context, walk: Walk, clause: Clause): Obligation {
  const condition = holds(context.model, clause.term, scopeBefore(walk));
  const assumed = context.model.flaws.has('succeedsAssumesRequires') ? requiresOf(walk.passive) : [];
  return obligation(context, walk, {
    kind: 'succeeds',
    name: clause.name,
    span: clause.span,
    clause,
    violation: [reverts(walk.passive), condition, ...nothingFrozen(walk.passive), ...assumed],
    passed: 'some',
    success: `\`${walk.passive.fn.name}\` succeeds when \`${clause.text}\`, given ${GRANTED}${walk.passive.outgoing.length > 0 ? AND_CALLS : ''}`,
    failure: `\`${walk.passive.fn.name}\` can revert although \`${clause.text}\``,
  });
}

/** Where the condition holds no call comes to its end: the state before is anything, as for every call. */
function fails(context: Context, walk: Walk, clause: Clause): Obligation {
  const { model } = context;
  const judged = model.flaws.has('failsReadsAfter') ? scopeAfter(walk) : scopeBefore(walk);
  const condition = holds(model, clause.term, judged);
  const returns = returnsNormally(walk.passive);
  return obligation(context, walk, {
    kind: 'fails',
    name: clause.name,
    span: clause.span,
    clause,
    violation: [condition, returns],
    passed: walk.passive.checks.length,
    success: `\`${walk.passive.fn.name}\` always fails when \`${clause.text}\``,
    failure: `\`${walk.passive.fn.name}\` can succeed although \`${clause.text}\``,
  });
}

/** What `succeeds when` or `fails when` promises about nothing. */
function promiseVacuity(context: Context, walk: Walk, clause: Clause): Obligation {
  return obligation(context, walk, {
    kind: 'vacuity',
    name: clause.name,
    span: clause.span,
    clause,
    violation: [holds(context.model, clause.term, scopeBefore(walk))],
    passed: 0,
    success: `\`${clause.text}\` can hold`,
    failure: `\`${clause.text}\` contradicts the invariants: the clause promises nothing`,
  });
}

/** A clause that stands inside: an `assert`, what a called `fn` requires, what it ensures. */
function assertHolds(context: Context, walk: Walk, point: AssertPoint, index: number): Obligation {
  const { clause, state, locals, old, result } = point;
  const scope = { ...scopeAfter(walk), old, now: state, locals, result };
  const reached = [point.guard, passes(walk.passive.checks.slice(0, point.checksBefore))];
  const { kind: of } = clause;
  const kind = of === 'requires' || of === 'ensures' || of === 'changes' ? of : 'assert';
  const where =
    point.fn === walk.passive.fn ? '' : ` of \`${point.fn.name}\`, called in \`${walk.passive.fn.name}\`,`;
  const name = `${clause.name}${point.label}${point.loop === null ? '' : `.${point.loop.stands}`}`;
  const { success, failure } = assertWords(kind, clause.text, where, point.loop);
  return obligation(context, walk, {
    kind,
    name: point.fn === walk.passive.fn ? name : `${point.fn.name}.${name}.${index + 1}`,
    span: point.span,
    clause,
    violation: [not(holds(context.model, termIn(context, clause), scope)), ...reached],
    passed: point.checksBefore,
    inside: true,
    keeps: point.loop?.assumption ?? null,
    success,
    failure,
  });
}

function assertWords(kind: string, text: string, where: string, loop: AssertPoint['loop']) {
  if (loop === null)
    return {
      success: `\`${kind} ${text}\`${where} holds`,
      failure: `\`${kind} ${text}\`${where} does not hold`,
    };
  const what = `loop invariant \`${text}\`${where}`;
  return loop.stands === 'before'
    ? {
        success: `${what} holds before the first turn`,
        failure: `${what} does not hold before the first turn`,
      }
    : { success: `${what} is kept by every turn`, failure: `${what} is not kept by every turn` };
}

/** No account but the stranger's own is lower after the call. */
function stranger(context: Context, walk: Walk): Obligation {
  const { model } = context;
  const { fn, before, after } = walk.passive;
  const victim = symbol('victim', 'Did');
  const lowered = model.contract.currencies.map((_, c) =>
    lt(balanceOf(model, after, c, victim), balanceOf(model, before, c, victim)),
  );
  const barred = fn.access.permissions.length > 0 && !fn.access.contracts;
  return obligation(context, walk, {
    kind: 'stranger',
    name: 'stranger',
    span: fn.span,
    clause: null,
    violation: barred
      ? [FALSE]
      : [
          or(...lowered),
          not(eq(victim, CALLER)),
          returnsNormally(walk.passive),
          ...notOurs(context, walk, victim),
        ],
    passed: walk.passive.checks.length,
    stranger: true,
    success: `no stranger lowers another account by calling \`${fn.name}\`${walk.passive.outgoing.length > 0 ? ', but for what the contracts that it calls do of their own' : ''}`,
    failure: `anyone at all can lower another account by calling \`${fn.name}\``,
  });
}

/** What another contract does with accounts is its own to answer for, but for what it was allowed to take from here. */
function notOurs({ model }: Context, walk: Walk, victim: Formula): readonly Formula[] {
  return walk.passive.outgoing.flatMap(({ before, after }) =>
    model.contract.currencies.map((_, c) =>
      or(eq(victim, SELF), le(balanceOf(model, before, c, victim), balanceOf(model, after, c, victim))),
    ),
  );
}

const MAY_REVERT: ReadonlySet<Check['reason']> = new Set([
  'overflow',
  'divisionByZero',
  'capacity',
  'loopBound',
  'index',
  'tooLong',
]);

function mayRevert(context: Context, walk: Walk): readonly Obligation[] {
  const { checks, fn } = walk.passive;
  const found = checks
    .map((check, i) => [check, i] as const)
    .filter(([check]) => MAY_REVERT.has(check.reason));
  const places = Map.groupBy(found, ([check, i]) => placeOf(check, i));
  return [...places.values()].map((turns, n) => {
    const [check, first] = turns[0]!;
    const failing = ([{ ok, guard }, i]: (typeof turns)[number]) => [
      not(ok),
      guard,
      passes(checks.slice(0, i)),
    ];
    const isOne = turns.length === 1;
    return obligation(context, walk, {
      kind: 'may-revert',
      name: `${check.reason}.${n + 1}`,
      span: check.span,
      clause: null,
      violation: isOne ? failing(turns[0]!) : [or(...turns.map((turn) => and(...failing(turn))))],
      passed: isOne ? first : 'some',
      ...(check.reason === 'capacity' ? { inside: true as const } : {}),
      success: `\`${fn.name}\` cannot revert here`,
      failure: `\`${fn.name}\` may revert: ${check.what}`,
    });
  });
}

/** The turns of an unrolled loop are one place, everything else is one of its own. */
function placeOf({ loop, reason, span }: Check, index: number): string {
  return loop === 0 ? String(index) : `loop ${loop} ${reason} ${span.start} ${span.end}`;
}

function vacuity(context: Context, walk: Walk): readonly Obligation[] {
  const { checks, branches, fn } = walk.passive;
  const reachable = (guard: Formula, before: number): Formula[] => [guard, passes(checks.slice(0, before))];
  const returns = obligation(context, walk, {
    kind: 'vacuity',
    name: 'returns',
    span: fn.span,
    clause: null,
    violation: [returnsNormally(walk.passive)],
    passed: walk.passive.checks.length,
    success: `a call of \`${fn.name}\` can succeed`,
    failure: `no call of \`${fn.name}\` can succeed: what it requires cannot hold`,
  });
  const dead = branches.map((branch, i) =>
    obligation(context, walk, {
      kind: 'vacuity',
      name: `branch.${i + 1}`,
      span: branch.span,
      clause: null,
      violation: reachable(branch.guard, branch.checksBefore),
      passed: branch.checksBefore,
      inside: true,
      success: 'this can be reached',
      failure: 'this can never be reached',
    }),
  );
  return [returns, ...dead];
}

// ---- obligations of no entry point -------------------------------------------------------------

function contradictoryInvariants(context: Context): readonly Obligation[] {
  const { contract } = context.model;
  const [first] = contract.invariants.filter(({ found }) => !found);
  if (first === undefined) return [];
  return [
    obligation(context, null, {
      kind: 'vacuity',
      name: 'invariants',
      span: first.span,
      clause: null,
      violation: [],
      passed: 0,
      success: 'the invariants can all hold',
      failure: 'the invariants contradict each other: no state satisfies them all',
    }),
  ];
}

/** Invariants that speak of the world outside must survive what it does between calls. */
function environmentObligations(context: Context, before: State): readonly Obligation[] {
  const { model } = context;
  const outside = model.contract.invariants.filter((clause) => !clause.onEntry && mentionsOutside(clause));
  const { after, step } = outsideStep(model, before);
  const invariants = model.flaws.has('noEnvironmentStep') ? [] : outside;
  const always = model.contract.histories.filter((clause) => clause.always);
  return [
    ...invariants.map((clause) => stable(context, clause, after, step)),
    ...always.map((clause) => relatesStep(context, clause, { before, after, step })),
  ];
}

/** What others can do from a state, and what is known of it. */
function outsideStep(model: Model, before: State): EnvironmentStep {
  const after = withFreeLedger(model, before, NEXT);
  const moment = { state: before, env: callEnvironment };
  return { before, after, step: environmentStep(model, moment, { state: after, env: nextEnvironment }) };
}

function stable(context: Context, clause: Clause, after: State, step: readonly Formula[]): Obligation {
  return obligation(context, null, {
    kind: 'invariant',
    name: clause.name,
    span: clause.span,
    clause,
    also: [clause],
    violation: [not(holds(context.model, clause.term, momentScope(after, nextEnvironment))), ...step],
    passed: 0,
    success: `invariant \`${clause.name}\` stays true between calls`,
    failure: `invariant \`${clause.name}\` can be broken from outside, between calls`,
  });
}

type EnvironmentStep = {
  readonly before: State;
  readonly after: State;
  /** What is known of it. */
  readonly step: readonly Formula[];
};

/** A `history always` holds of what others do, too: no rule is called then, and nobody calls. */
function relatesStep(context: Context, clause: Clause, { before, after, step }: EnvironmentStep): Obligation {
  const scope: Scope = {
    ...momentScope(after, nextEnvironment),
    old: before,
    env: (name) => (name === 'caller' ? literal('Did', '') : nextEnvironment(name)),
    oldEnv: callEnvironment,
  };
  return obligation(context, null, {
    kind: 'history',
    name: clause.name,
    span: clause.span,
    clause,
    violation: [not(holds(context.model, clause.term, scope)), ...step],
    passed: 0,
    success: `history \`${clause.name}\` holds of what others do between calls`,
    failure: `history \`${clause.name}\` can be broken from outside, between calls`,
  });
}

/** Whether an invariant says anything about what others can change. */
export function mentionsOutside(clause: Clause): boolean {
  return someTerm(clause.term, (term) => {
    if (term.kind === 'host') return true;
    return term.kind === 'env' && (term.name === 'now' || term.name === 'block');
  });
}

// ---- symbolic tests ----------------------------------------------------------------------------

type ProofsStart = Pick<ProofStart, 'counter' | 'assumes'> & { readonly state: State };

function proofObligations(
  context: Context,
  index: number,
  { state, counter, assumes }: ProofsStart,
): readonly Obligation[] {
  const { model, assumed } = context;
  const proof = model.contract.proofs[index]!;
  const moment = { state, env: callEnvironment };
  const points = walkProof(model, proof, { moment, assumed, assumes, counter });
  const expected = points.filter(({ kind }) => kind === 'expect');
  const reached = points.filter(({ kind }) => kind === 'reach');
  return [
    ...expected.map((point, n) =>
      proofObligation(context, { index, point, name: numbered(proof.title, n, expected.length) }),
    ),
    ...reached.map((point, n) =>
      proofObligation(context, { index, point, name: numbered(proof.title, n, reached.length) }),
    ),
  ];
}

function numbered(title: string, index: number, count: number): string {
  return count === 1 ? title : `${title}, ${index + 1}`;
}

/** What a proof takes for granted of its calls. */
const GRANTED_RUNS = 'access, gas up to the bound, and nothing frozen or paused';

function proofObligation(
  context: Context,
  { index, point, name }: { readonly index: number; readonly point: ProofPoint; readonly name: string },
): Obligation {
  const { span, clause, formulas, facts, keys } = point;
  const { proofs, interfaces } = context.model.contract;
  const { title } = proofs[index]!;
  const calls = interfaces.some(({ implemented }) => !implemented) ? AND_CALLS : '';
  const shared = {
    name,
    span,
    clause,
    violation: [...formulas, ...facts],
    passed: 0,
    proof: { index, keys },
  };
  if (point.kind === 'reach')
    return obligation(context, null, {
      ...shared,
      kind: 'vacuity',
      success: `what "${title}" assumes and calls can come to pass`,
      failure: `what "${title}" assumes and calls up to here can never come to pass`,
    });
  return obligation(context, null, {
    ...shared,
    kind: 'prove',
    success: `"${title}": \`${clause!.text}\`, given ${GRANTED_RUNS}${calls}`,
    failure: `"${title}": \`${clause!.text}\` does not hold`,
  });
}

// ---- assembly ----------------------------------------------------------------------------------

type Draft = {
  readonly kind: ObligationKind;
  readonly name: string;
  readonly span: Span;
  readonly clause: Clause | AssertClause | null;
  /** Invariants assumed besides those that always are. */
  readonly also?: readonly Clause[];
  /** All of it together is what must not be possible (for vacuity: must be). */
  readonly violation: readonly Formula[];
  /** How many of the checks the violation has behind it; `some`: it may stand at any of them. */
  readonly passed: number | 'some';
  readonly stranger?: true;
  /** The `prove` that it is about, and the keys that its calls write. */
  readonly proof?: { readonly index: number; readonly keys: readonly Formula[] };
  readonly inside?: true;
  readonly keeps?: string | null;
  readonly success: string;
  readonly failure: string;
};

function obligation(context: Context, walk: Walk | null, draft: Draft): Obligation {
  const { kind, name, span, clause, success, failure } = draft;
  const rule = walk?.passive.fn.name ?? (kind === 'vacuity' || draft.proof !== undefined ? '' : ENVIRONMENT);
  const asserted = isWritten(context, rule, draft) ? assertedBy(context, walk, draft) : [];
  const script = writeScript(asserted);
  const { text } = script;
  return {
    contract: context.model.contract.name,
    rule,
    kind,
    name,
    span,
    text,
    hash: hex(sha256(new TextEncoder().encode(text))),
    holdsWhen: kind === 'vacuity' ? 'sat' : 'unsat',
    success,
    failure,
    clause,
    keeps: draft.keeps ?? (kind === 'invariant' ? name : null),
    cut: cutOf(script),
    inside: draft.inside ?? false,
    callee: walk?.callee ?? -1,
    proof: draft.proof?.index ?? -1,
    script,
    unsupported: context.problem,
  };
}

function isWritten({ ending, only }: Context, rule: string, draft: Draft): boolean {
  if (ending === undefined) return only?.has(keyOf({ ...draft, rule })) ?? true;
  const { sought, note } = ending;
  if (!isSought(sought, draft)) return false;
  note?.(draft.violation);
  return note === undefined;
}

function cutOf({ legend }: Script): Obligation['cut'] {
  const names = [...legend.values()].flatMap((part) =>
    part.kind === 'symbol' || part.kind === 'apply' ? [part.name] : [],
  );
  if (names.some((name) => /^\w+\.\d+:(offers|returns|result)\b/.test(name))) return 'interface';
  return names.some((name) => name.startsWith('loop.')) ? 'loop' : null;
}

/** Violation, path, hypotheses and facts, free of quantifiers. */
function assertedBy(context: Context, walk: Walk | null, draft: Draft): readonly Formula[] {
  const { model } = context;
  const atInit = walk?.passive.fn.kind === 'init';
  const prelude = context.ending?.prelude;
  const hypotheses = prelude?.facts ?? (atInit ? [] : hypothesesBefore(context, walk, draft.also ?? []));
  const stated = [...draft.violation, ...pathFacts(model, walk, draft.passed), ...hypotheses];
  // Decided by simplification alone: nothing else needs saying.
  if (stated.some((formula) => formula.kind === 'bool' && !formula.value)) return [FALSE];
  const witnesses = witnessesOf(model, stated).flat();
  const touched = walk === null ? (draft.proof?.keys ?? []) : [...writtenKeys(walk.passive.after), CALLER];
  const keys = [...touched, SELF, ...witnesses, ...(stated.some(hasQuantifier) ? absentKeys(model) : [])];
  const ground = instantiate(stated, { first: keys, last: exceptionsOf(model, stated) }, model.flaws);
  const strange = draft.stranger === undefined ? [] : strangerFacts(model, ground);
  const said = [...ground, ...strange, ...orderFacts(model, ground)];
  const parametric = walk?.passive.fn ?? model.contract.proofs[draft.proof?.index ?? -1];
  const parameters = parametric === undefined ? [] : parameterFacts(parametric);
  const genesis = prelude?.genesis(said) ?? [];
  const words = [...factsOf(model, [...said, ...genesis]), ...wordFacts(said), ...parameters, ...genesis];
  const planted = plantedFacts(model, walk?.passive ?? null, said);
  return [...said, ...words, ...environmentFacts(NOW, BLOCK), ...planted];
}

/** What is known on the way, as far as the violation has come. */
function pathFacts(model: Model, walk: Walk | null, passed: Draft['passed']): readonly Formula[] {
  const facts = walk?.passive.facts ?? [];
  if (model.flaws.has('factsTooEarly')) return facts.map(({ fact }) => fact);
  if (passed === 'some') return walk === null ? [] : factsOnTheWay(walk.passive);
  return facts.filter(({ checksBefore }) => checksBefore <= passed).map(({ fact }) => fact);
}

function hypothesesBefore(context: Context, walk: Walk | null, also: readonly Clause[]): readonly Formula[] {
  const { model, assumed } = context;
  const scope = momentScope(walk?.passive.before ?? freeState(model), callEnvironment);
  const before = walk?.passive.fn.kind === 'upgrade' ? upgradedFrom(context) : assumed;
  const all = [...before, ...also.filter((clause) => !before.includes(clause))];
  return all.map((clause) => holds(model, clause.term, scope));
}

/** Where `upgrade` begins, what the version before promised holds, and nothing else. */
function upgradedFrom({ model, assumed }: Context): readonly Clause[] {
  const before = model.contract.predecessor?.invariants ?? [];
  return model.flaws.has('upgradeAssumesNew') ? [...before, ...assumed] : before;
}

/** A stranger is named nowhere: not as creator, in a literal, a key, an element or a field. */
function strangerFacts(model: Model, formulas: readonly Formula[]): readonly Formula[] {
  const known = [CREATOR, ...model.contract.didLiterals.map((did) => literal('Did', did))];
  const strange = (account: Formula): Formula => eq(account, CALLER);
  const facts = known.map((account) => not(strange(account)));
  if (model.flaws.has('strangersOwnNothing'))
    facts.push(
      ...model.contract.currencies.map((_, c) => le(balanceOf(model, freeState(model), c, CALLER), int(0n))),
    );
  for (const read of readsOf(formulas)) {
    const [kind, slot] = read.name.split('.');
    if (kind !== 'has' && kind !== 'field') continue;
    const { keys, ghost } = model.contract.slots[Number(slot)]!;
    // A ghost is no part of the state: it may well know who that is.
    if (ghost) continue;
    const named = or(...keys.flatMap((key, i) => (key.kind === 'Did' ? [strange(read.args[i]!)] : [])));
    if (kind === 'has') facts.push(implies(named, not(read)));
    if (kind === 'field') facts.push(implies(named, eq(read, zeroOf(read.sort))));
    if (kind === 'field' && read.sort === 'Did') facts.push(not(strange(read)));
  }
  return facts;
}

const WORDS = ['parameter.', 'witness.', 'absent.', 'loop.', RUN];

/** Parameters and witnesses that are numbers, and what a loop leaves unknown, are 64-bit words. */
function wordFacts(formulas: readonly Formula[]): readonly Formula[] {
  const words = new Map<string, Formula>();
  visitNodes(formulas, (node) => {
    if (node.kind !== 'symbol' || node.sort !== 'Int') return;
    if (WORDS.some((prefix) => node.name.startsWith(prefix))) words.set(node.name, fits(node));
  });
  return [...words.values()];
}

function requiresOf({ checks }: Passive): readonly Formula[] {
  return checks.filter(({ reason }) => reason === 'require').map(({ guard, ok }) => implies(guard, ok));
}

function scopeAfter(walk: Walk): Scope {
  const { before, after, locals, result } = walk.passive;
  return { old: before, now: after, env: walk.env, oldEnv: walk.env, locals, result, callee: walk.callee };
}

function scopeBefore(walk: Walk): Scope {
  return { ...scopeAfter(walk), now: walk.passive.before, result: [] };
}

export function momentScope(state: State, env: (name: EnvName) => Formula): Scope {
  return { old: state, now: state, env, oldEnv: env, locals: [], result: [], callee: -1 };
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
