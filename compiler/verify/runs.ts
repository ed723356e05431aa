/**
 * Runs from deployment that end in what an obligation says cannot be (or, for vacuity, can be), as the solver thinks
 * of them: calls are walked one after the other. Shorter runs first; what cannot end a run, whatever state it begins
 * in, is not made longer. What comes out is a suggestion, which counts only once the machine has done it.
 */
import type { Clause, Contract, Function as CoreFunction, EnvName, Stmt } from '../core/core.ts';
import { holds } from './clause.ts';
import { latersIn, type ModelLater } from './counterexample.ts';
import { type Earlier, earlierOf } from './earlier.ts';
import { BLOCK, NOW } from './environment.ts';
import { exactAnswer } from './exact.ts';
import { CALLER, CREATOR, SELF } from './facts.ts';
import { NO_FLAWS } from './flaws.ts';
import {
  add,
  and,
  eq,
  type Formula,
  implies,
  int,
  le,
  literal,
  not,
  or,
  type Sort,
  sortOfType,
  symbol,
  visitNodes,
  within,
  ZERO,
} from './formula.ts';
import { balanceOf } from './ledger.ts';
import { freeState, type Model, modelOf, zeroState } from './model.ts';
import {
  momentScope,
  type Obligation,
  type Prelude,
  RUN,
  scriptAfter,
  violationAfter,
} from './obligations.ts';
import { type Parametric, parameterFacts, parameterTypes, returnsNormally, walkFunction } from './passive.ts';
import {
  decode,
  keyValue,
  type ModelValue,
  type Reading,
  readingOf,
  type Values,
  valueAt,
} from './reading.ts';
import type { Script } from './smt.ts';
import { balanceName, LATER, mergeStates, type State, splitMoment, writeArray } from './state.ts';
import type { Solve, SolverAnswer } from './verify.ts';

export type RunMoment = { readonly now: bigint; readonly block: bigint };

export type RunCall = {
  readonly callee: number;
  readonly caller: ModelValue;
  /** Words of the parameters, in order. */
  readonly params: readonly ModelValue[];
  /** What others pay into the contract's account before it, by currency. */
  readonly paid: readonly bigint[];
  /** The moment of the call. */
  readonly now: bigint;
  readonly block: bigint;
};

export type SuggestedRun = {
  /** Accounts that are contracts which the contract calls, each with the number of its interface, and what these answer. */
  readonly others: readonly { readonly interface: number; readonly account: ModelValue }[];
  readonly answers: readonly bigint[];
  /** The deployment first. */
  readonly calls: readonly RunCall[];
  /** Where the obligation is about what others do: the moment before it, and that at which they have done it. */
  readonly after: { readonly from: RunMoment; readonly to: RunMoment } | null;
  /** Where the obligation is one of a `prove`: what it begins with, behind these calls. */
  readonly proof: SuggestedProof | null;
  /** Where it is one of an `upgrade`: when this comes behind the calls, which are of the version before. */
  readonly upgrade: Pick<RunCall, 'paid' | 'now' | 'block'> | null;
};

export type SuggestedProof = Pick<RunCall, 'params' | 'paid' | 'now' | 'block'> & {
  readonly laters: readonly ModelLater[];
};

/** The world in which runs begin: what everybody has of an issued currency and may owe of a mutual one. */
export type Genesis = { readonly time: bigint; readonly block: bigint; readonly credit: bigint };

/** How often the solver is asked at most, and what it may spend on all of that. */
export type Effort = {
  readonly queries: number;
  readonly resource: number;
  /** What it may spend on one question about any calls: where that is hard, given calls are easier. None is asked where it is 0. */
  readonly choosing: number;
};

export type SuggestOptions = {
  readonly solve: Solve;
  /** What holds before every call. */
  readonly assumed: readonly Clause[];
  readonly genesis: Genesis;
  readonly effort: Effort;
  /** Calls between the deployment and the last that have led far: they are asked about first. */
  readonly hints: readonly (readonly number[])[];
};

/** Null where there is nothing more with so many calls between the deployment and the last. */
export async function* suggestRuns(
  contract: Contract,
  obligation: Obligation,
  options: SuggestOptions,
): AsyncGenerator<SuggestedRun | null> {
  const sought = deployed(contract, obligation);
  const hunt = huntFor(contract, sought, options);
  if (hunt === null) return;
  if (sought.callee === 0) {
    yield* eachRun(hunt, [null]);
    return;
  }
  yield* eachRun(hunt, options.hints);
  const hinted = new Set(options.hints.map(String));
  const relevance = relevanceOf(hunt);
  let ends: readonly (readonly number[])[] = [[]];
  for (let length = 0; length <= CALLS_MAX && ends.length > 0; length++) {
    yield* eachRun(
      hunt,
      ends.filter((callees) => !hinted.has(String(callees))),
    );
    yield null;
    if (length === 0 && !(await isPossible(hunt))) return;
    if (length === ONE_BY_ONE && (yield* ofAnyCalls(hunt, [...leading(relevance)]))) return;
    if (length < CALLS_MAX) ends = await longer(hunt, relevance, ends);
  }
}

/** The rules, of an `upgrade` those of the version before, that could lead to what the obligation speaks of, one by another's help. */
export function rulesBefore(goal: Contract, obligation: Obligation): ReadonlySet<number> {
  const called = calledFor(goal, obligation);
  if (called !== null) return leading(relevanceOf({ ...called, sought: obligation }));
  return new Set(goal.predecessor?.contract.functions.keys());
}

// ---- private -----------------------------------------------------------------------------------

/** Calls between the deployment and the last. */
const CALLS_MAX = 6;
/** Up to so many the solver is asked for given calls; of more it is first asked for any. */
const ONE_BY_ONE = 1;
/** Functions that are walked for one question. */
const CHOICES_MAX = 40;
/** The solver's, for one question. */
const RLIMIT = 2_000_000;
const ASKED_AT_ONCE = 4;
/** The longest pause between two calls: three hundred years of seconds. */
const PAUSE_MAX = 10n ** 10n;
const BLOCKS_MAX = 10n ** 8n;

type Hunt = {
  /** What the obligation is about. */
  readonly goal: Contract;
  /** What is deployed and called: of an `upgrade` the version before. */
  readonly contract: Contract;
  readonly model: Model;
  readonly earlier: Earlier | null;
  readonly sought: Obligation;
  readonly options: SuggestOptions;
  asked: number;
  spent: number;
};

/** Calls walked one after the other. */
type Walked = {
  readonly state: State;
  readonly facts: readonly Formula[];
  /** That each of them returns. */
  readonly returns: readonly Formula[];
  readonly counter: { next: number };
  readonly now: Formula;
  readonly block: Formula;
};

function huntFor(goal: Contract, sought: Obligation, options: SuggestOptions): Hunt | null {
  const called = calledFor(goal, sought);
  if (called === null) return null;
  const model = called.earlier?.model ?? modelOf(goal, NO_FLAWS);
  return { ...called, model, goal, sought, options, asked: 0, spent: 0 };
}

/** What is deployed and called; null where that cannot be walked. */
function calledFor(goal: Contract, { callee }: Obligation): Pick<Hunt, 'contract' | 'earlier'> | null {
  if (goal.functions[callee]?.kind !== 'upgrade') return { contract: goal, earlier: null };
  const earlier = goal.predecessor === null ? null : earlierOf(goal, goal.predecessor);
  return earlier === null ? null : { contract: earlier.contract, earlier };
}

/** That the invariants can hold at all, every deployment shows. */
function deployed({ functions }: Contract, sought: Obligation): Obligation {
  if (isPaid(sought) || sought.kind !== 'vacuity') return sought;
  return { ...sought, callee: 0, name: 'returns', span: functions[0]!.span };
}

function isSpent({ asked, spent, options }: Hunt): boolean {
  return asked >= options.effort.queries || spent >= options.effort.resource;
}

/** Those of the runs with these calls that the solver finds, in their order. */
async function* eachRun(
  hunt: Hunt,
  ends: readonly (readonly number[] | null)[],
): AsyncGenerator<SuggestedRun> {
  for await (const run of inTurn(hunt, ends, (callees) => fromDeployment(hunt, callees))) {
    if (run !== null) yield run;
  }
}

/**
 * Runs in which the solver chooses the calls, one question for each length. Whether there are none, of all lengths: then
 * none of given calls need be asked for.
 */
async function* ofAnyCalls(hunt: Hunt, rules: readonly number[]): AsyncGenerator<SuggestedRun, boolean> {
  if (hunt.options.effort.choosing === 0) return false;
  for (let length = ONE_BY_ONE + 1; length <= CALLS_MAX; length++) {
    if (isSpent(hunt) || rules.length * length > CHOICES_MAX) return false;
    const run = await fromAnyCalls(hunt, rules, length);
    if (run === 'open') return false;
    if (run !== 'none') {
      yield run;
      return false;
    }
  }
  return true;
}

async function fromAnyCalls(
  hunt: Hunt,
  rules: readonly number[],
  length: number,
): Promise<SuggestedRun | 'none' | 'open'> {
  let walked = walkCall(hunt, noState(hunt), 0, 0);
  for (let number = 1; number <= length; number++) walked = walkAnyCall(hunt, walked, rules, number);
  const script = scriptOf(hunt, walked, (formulas) => genesisFacts(hunt, formulas));
  if (script === null) return 'open';
  const { status, values } = await solved(hunt, script, hunt.options.effort.choosing);
  if (status !== 'sat') return status === 'unsat' ? 'none' : 'open';
  const reading = readingOf(script, values, hunt.model.lists);
  const chosen = Array.from({ length }, (_, i): Called => {
    const prefix = prefixOf(i + 1);
    const said = valueAt(reading, chosenName(prefix), 'Int');
    const callee = rules.find((rule) => said.kind === 'int' && said.value === BigInt(rule)) ?? rules[0]!;
    return { callee, prefix, own: ownPrefix(prefix, callee) };
  });
  return runOf(hunt, [calledAt(0, 0), ...chosen], script, values);
}

/** One more call before each of these ends, as far as one may be what they lack. */
async function longer(
  hunt: Hunt,
  relevance: Relevance,
  ends: readonly (readonly number[])[],
): Promise<readonly (readonly number[])[]> {
  const found: (readonly number[])[] = [];
  const longerBy = ends.flatMap((end) => helpers(relevance, end).map((callee) => [callee, ...end]));
  const checks = inTurn(hunt, longerBy, async (calls) => ((await isNeeded(hunt, calls)) ? calls : null));
  for await (const calls of checks) if (calls !== null) found.push(calls);
  return found;
}

/** What each comes to, until the budget is spent. Some are asked at a time, always as many, so that answers repeat. */
async function* inTurn<A, B>(hunt: Hunt, all: readonly A[], ask: (one: A) => Promise<B>): AsyncGenerator<B> {
  for (let i = 0; i < all.length && !isSpent(hunt); i += ASKED_AT_ONCE)
    yield* await Promise.all(all.slice(i, i + ASKED_AT_ONCE).map(ask));
}

/** Whether what is sought shows in any state at all, however it came about, at a moment when a run can be there. */
async function isPossible(hunt: Hunt): Promise<boolean> {
  const script = scriptOf(hunt, anyState(hunt), () => []);
  return script !== null && (await solve(hunt, script)).status !== 'unsat';
}

/**
 * Whether from some state that satisfies the invariants these calls end in what is sought, and without the first of
 * them do not. Of the shortest run that does, that is true of every call and what comes behind it.
 */
async function isNeeded(hunt: Hunt, calls: readonly number[]): Promise<boolean> {
  const [start, end] = [anyState(hunt), calls.slice(1)];
  const walked = walkCalls(hunt, start, calls, 0);
  const without = walkCalls(hunt, { ...start, facts: [] }, end, 1);
  const script = scriptOf(hunt, also(walked, not(shows(hunt, without))), () => []);
  return script !== null && (await solve(hunt, script)).status !== 'unsat';
}

/** What others do between calls may be that payment. */
function isPaid({ callee, proof }: Obligation): boolean {
  return callee >= 0 || proof >= 0;
}

function also(walked: Walked, fact: Formula): Walked {
  return { ...walked, facts: [...walked.facts, fact] };
}

/** That the calls return and one more, or what others do, ends in what is sought. */
function shows(hunt: Hunt, walked: Walked): Formula {
  const violation = violationAfter(
    hunt.goal,
    hunt.sought,
    preludeOf(hunt, walked, () => []),
  );
  return and(...walked.returns, violation);
}

/** `callees`: between the deployment and the last; null where the deployment itself is sought. */
async function fromDeployment(hunt: Hunt, callees: readonly number[] | null): Promise<SuggestedRun | null> {
  const before = callees === null ? [] : [0, ...callees];
  const walked = walkCalls(hunt, noState(hunt), before, 0);
  const script = scriptOf(hunt, walked, (formulas) => genesisFacts(hunt, formulas));
  if (script === null) return null;
  const { status, values } = await solved(hunt, script);
  return status === 'sat' ? runOf(hunt, before.map(calledAt), script, values) : null;
}

function rlimitOf({ options }: Hunt): number {
  return Math.min(RLIMIT, options.effort.resource);
}

/** What the solver says, with exact products where it has some. */
async function solved(hunt: Hunt, script: Script, rlimit = rlimitOf(hunt)): Promise<SolverAnswer> {
  const answer = await solve(hunt, script, rlimit);
  if (answer.status !== 'sat') return answer;
  return (await exactAnswer(script, answer, (text) => solve(hunt, { ...script, text }))) ?? answer;
}

function scriptOf(hunt: Hunt, walked: Walked, genesis: Prelude['genesis']): Script | null {
  return scriptAfter(hunt.goal, hunt.sought, preludeOf(hunt, walked, genesis));
}

function preludeOf(hunt: Hunt, walked: Walked, genesis: Prelude['genesis']): Prelude {
  const { counter } = walked;
  const { state, facts, returns } = isPaid(hunt.sought) ? paying(hunt, walked, RUN) : walked;
  const moment = [...momentFacts(hunt, walked, NOW, BLOCK), ...accountFacts(CALLER)];
  const found = hunt.earlier === null ? state : hunt.earlier.carry(state);
  return { state: found, counter, facts: [...facts, ...returns, ...moment], genesis };
}

async function solve(hunt: Hunt, { text, legend }: Script, rlimit = rlimitOf(hunt)) {
  const answer = await hunt.options.solve({ text, rlimit, wants: [...legend.keys()] });
  hunt.asked += 1;
  hunt.spent += answer.rlimitUsed;
  return answer;
}

// ---- walking -----------------------------------------------------------------------------------

/** Before deployment. */
function noState({ model, options }: Hunt): Walked {
  const { time, block } = options.genesis;
  const moment = { now: int(time), block: int(block) };
  return { state: zeroState(model), facts: [], returns: [], counter: { next: 1 }, ...moment };
}

/** Whatever calls can find. */
function anyState({ model, earlier, options }: Hunt): Walked {
  const state = earlier?.anything ?? freeState(model);
  const assumed = earlier === null ? options.assumed : earlier.contract.invariants;
  const [now, block] = [symbol(`${RUN}now`, 'Int'), symbol(`${RUN}block`, 'Int')];
  const env = (name: EnvName): Formula =>
    ({ caller: CALLER, creator: CREATOR, self: SELF, now, block })[name];
  const scope = momentScope(state, env);
  const { genesis } = options;
  const facts = [
    ...assumed.map((clause) => holds(model, clause.term, scope)),
    le(int(genesis.time), now),
    le(int(genesis.block), block),
  ];
  return { state, facts, returns: [], counter: { next: 1 }, now, block };
}

/** `first`: the number of the first call. */
function walkCalls(hunt: Hunt, start: Walked, callees: readonly number[], first: number): Walked {
  return callees.reduce((walked, callee, i) => walkCall(hunt, walked, callee, first + i), start);
}

function walkCall(hunt: Hunt, before: Walked, callee: number, number: number): Walked {
  const fn = hunt.contract.functions[callee]!;
  const prefix = prefixOf(number);
  const walked = callee === 0 ? before : paying(hunt, before, prefix);
  const [now, block] = [symbol(`${prefix}now`, 'Int'), symbol(`${prefix}block`, 'Int')];
  const caller = callee === 0 ? CREATOR : symbol(`${prefix}caller`, 'Did');
  const env = (name: EnvName): Formula => ({ caller, creator: CREATOR, self: SELF, now, block })[name];
  const { counter } = walked;
  const passive = walkFunction(hunt.model, fn, walked.state, env, () => true, { prefix, counter });
  const facts = [
    ...walked.facts,
    ...momentFacts(hunt, walked, now, block),
    ...accountFacts(caller),
    ...parameterFacts(fn, prefix),
    ...passive.facts.map(({ fact }) => fact),
  ];
  const returns = [...walked.returns, returnsNormally(passive)];
  return { state: passive.after, facts, returns, counter, now, block };
}

/** A call of one of these, whichever. */
function walkAnyCall(hunt: Hunt, before: Walked, rules: readonly number[], number: number): Walked {
  const prefix = prefixOf(number);
  const walked = paying(hunt, before, prefix);
  const [now, block] = [symbol(`${prefix}now`, 'Int'), symbol(`${prefix}block`, 'Int')];
  const caller = symbol(`${prefix}caller`, 'Did');
  const env = (name: EnvName): Formula => ({ caller, creator: CREATOR, self: SELF, now, block })[name];
  const { counter } = walked;
  const ways = rules.map((callee) => {
    const fn = hunt.contract.functions[callee]!;
    const own = ownPrefix(prefix, callee);
    const passive = walkFunction(hunt.model, fn, walked.state, env, () => true, { prefix: own, counter });
    const isIt = eq(symbol(chosenName(prefix), 'Int'), int(BigInt(callee)));
    const facts = and(...parameterFacts(fn, own), ...passive.facts.map(({ fact }) => fact));
    return { isIt, passive, facts };
  });
  const moment = [...momentFacts(hunt, walked, now, block), ...accountFacts(caller)];
  const one = or(...ways.map(({ isIt }) => isIt));
  return {
    state: ways.reduceRight(
      (rest, { isIt, passive }) => mergeStates(isIt, passive.after, rest),
      walked.state,
    ),
    facts: [...walked.facts, ...moment, one, ...ways.map(({ isIt, facts }) => implies(isIt, facts))],
    returns: [...walked.returns, ...ways.map(({ isIt, passive }) => implies(isIt, returnsNormally(passive)))],
    counter,
    now,
    block,
  };
}

const chosenName = (prefix: string): string => `${prefix}chosen`;
const ownPrefix = (prefix: string, callee: number): string => `${prefix}${callee}.`;

function prefixOf(number: number): string {
  return `${RUN}${number}.`;
}

/** Anyone may pay into the account between calls. */
function paying({ model, options }: Hunt, walked: Walked, prefix: string): Walked {
  let { state } = walked;
  const facts = [...walked.facts];
  for (const c of model.contract.currencies.keys()) {
    const paid = symbol(paidName(prefix, c), 'Int');
    facts.push(within(0n, paid, options.genesis.credit / PAYMENTS_MAX));
    const value = add(balanceOf(model, state, c, SELF), paid);
    state = writeArray(state, balanceName(c), { guard: { kind: 'bool', value: true }, keys: [SELF], value });
  }
  return { ...walked, state, facts };
}

const paidName = (prefix: string, currency: number): string => `${prefix}paid.${currency}`;

/** Whoever pays can do so before every call. */
const PAYMENTS_MAX = BigInt(CALLS_MAX + 1);

/** Every payment and every call is a block of its own. */
function momentFacts({ model }: Hunt, walked: Walked, now: Formula, block: Formula): readonly Formula[] {
  const blocks = BigInt(1 + model.contract.currencies.length);
  return [
    and(le(walked.now, now), le(now, add(walked.now, int(PAUSE_MAX)))),
    and(le(add(walked.block, int(blocks)), block), le(block, add(walked.block, int(BLOCKS_MAX)))),
  ];
}

function accountFacts(caller: Formula): readonly Formula[] {
  return [not(eq(caller, literal('Did', ''))), not(eq(caller, SELF))];
}

/** Everybody but the contract has the same money and credit; nobody is frozen or has given a mandate. */
function genesisFacts({ model, options }: Hunt, formulas: readonly Formula[]): readonly Formula[] {
  const facts: Formula[] = [];
  visitNodes(formulas, (node) => {
    if (node.kind !== 'apply') return;
    const [moment, name] = splitMoment(node.name);
    const [kind, index] = name.split('.');
    const isLater = moment.startsWith(LATER);
    if ((moment !== '' && !isLater) || name.endsWith("'")) return;
    if (kind === 'frozen' || kind === 'mandated') facts.push(not(node));
    // Others pay each other as they like; their limits stay.
    if (kind !== 'floor' && (kind !== 'balance' || isLater)) return;
    const issued = model.contract.currencies[Number(index)]!.kind === 'issued';
    const nobody = or(eq(node.args[0]!, SELF), eq(node.args[0]!, literal('Did', '')));
    const usual = kind === 'floor' ? -options.genesis.credit : issued ? options.genesis.credit : 0n;
    facts.push(implies(not(nobody), eq(node, int(usual))), implies(nobody, eq(node, ZERO)));
  });
  return facts;
}

// ---- which calls -------------------------------------------------------------------------------

type Touch = { readonly writes: ReadonlySet<string>; readonly touches: ReadonlySet<string> };

/** The rules, and by what each could lead to the others and to the obligation. */
type Relevance = { readonly goal: ReadonlySet<string>; readonly rules: ReadonlyMap<number, Touch> };

function relevanceOf({
  contract,
  earlier,
  sought: { script },
}: Pick<Hunt, 'contract' | 'earlier' | 'sought'>): Relevance {
  const goal = new Set<string>();
  const note = (slot: number): void => {
    const before = earlier === null ? slot : earlier.slots.get(slot);
    if (before !== undefined) goal.add(`slot ${before}`);
  };
  for (const part of script.legend.values()) {
    if (part.kind !== 'apply') continue;
    const [kind, index] = splitMoment(part.name)[1].split('.') as [string, string | undefined];
    if (['field', 'has', 'size'].includes(kind)) note(Number(index));
    else if (kind === 'balance' || kind === 'total') goal.add(`currency ${index!.replace("'", '')}`);
    // Of any other number of the state it is not plain what moves it.
    else for (const slot of contract.slots.keys()) goal.add(`slot ${slot}`);
  }
  const rules = contract.functions.flatMap((fn, i) =>
    fn.kind === 'rule' ? [[i, touchOf(contract, fn)] as const] : [],
  );
  return { goal, rules: new Map(rules) };
}

/** The rules that do something that these calls, or the obligation, ask about. */
function helpers({ goal, rules }: Relevance, end: readonly number[]): readonly number[] {
  const wanted = new Set([...goal, ...end.flatMap((callee) => [...rules.get(callee)!.touches])]);
  return [...rules]
    .filter(([, { writes }]) => [...writes].some((one) => wanted.has(one)))
    .map(([callee]) => callee);
}

/** The rules that could lead to what the obligation speaks of, one by another's help. */
function leading(relevance: Relevance): ReadonlySet<number> {
  const found = new Set<number>();
  for (let size = -1; size < found.size; ) {
    size = found.size;
    for (const callee of helpers(relevance, [...found])) found.add(callee);
  }
  return found;
}

function touchOf(contract: Contract, fn: CoreFunction): Touch {
  const [writes, touches] = [new Set<string>(), new Set<string>()];
  const visit = (stmts: readonly Stmt[]): void => {
    for (const stmt of stmts) {
      for (const place of placesIn(stmt)) {
        touches.add(place);
        if (isWrite(stmt)) writes.add(place);
      }
      if (stmt.kind === 'if') visit([...stmt.then, ...stmt.otherwise]);
      if (stmt.kind === 'loop') visit(stmt.body);
      if (stmt.kind === 'call') visit(contract.functions[stmt.callee]!.body);
    }
  };
  visit(fn.body);
  return { writes, touches };
}

function isWrite(stmt: Stmt): boolean {
  if (stmt.kind === 'host') return stmt.targets.length === 0;
  return !['load', 'has', 'size', 'element'].includes(stmt.kind);
}

function placesIn(stmt: Stmt): readonly string[] {
  if ('place' in stmt) return [`slot ${stmt.place.slot}`];
  if ('slot' in stmt) return [`slot ${stmt.slot}`];
  return 'currency' in stmt ? [`currency ${stmt.currency}`] : [];
}

// ---- what the solver says ----------------------------------------------------------------------

/** A call before the last: the prefix of its names, and that of its parameters. */
type Called = { readonly callee: number; readonly prefix: string; readonly own: string };

function calledAt(callee: number, number: number): Called {
  const prefix = prefixOf(number);
  return { callee, prefix, own: prefix };
}

function runOf(hunt: Hunt, before: readonly Called[], script: Script, values: Values): SuggestedRun {
  const { contract, goal, sought } = hunt;
  const reading = readingOf(script, values, hunt.model.lists);
  const value = (name: string, sort: Sort): ModelValue => valueAt(reading, name, sort);
  const number = (name: string): bigint => {
    const found = value(name, 'Int');
    return found.kind === 'int' ? found.value : 0n;
  };
  const paramsOf = (fn: Parametric, prefix: string): readonly ModelValue[] =>
    parameterTypes(fn).map((type, i) => value(`${prefix}parameter.${i}`, sortOfType(type)));
  const paidBefore = (prefix: string): readonly bigint[] =>
    contract.currencies.map((_, c) => number(paidName(prefix, c)));
  /** Names of the last call have no prefix, those of what is paid before it that of the run. */
  const call = ({ callee, prefix, own }: Called): RunCall => ({
    callee,
    caller: value(`${prefix}caller`, 'Did'),
    params: paramsOf(contract.functions[callee]!, own),
    paid: paidBefore(prefix === '' ? RUN : prefix),
    now: number(`${prefix}now`),
    block: number(`${prefix}block`),
  });
  const calls = before.map(call);
  return { ...endOf(calls), others: othersIn(reading), answers: answersIn(reading) };

  function endOf(calls: readonly RunCall[]): Omit<SuggestedRun, 'others' | 'answers'> {
    const [now, block, paid] = [number('now'), number('block'), paidBefore(RUN)];
    const run = { calls, after: null, proof: null, upgrade: null };
    if (hunt.earlier !== null) return { ...run, upgrade: { paid, now, block } };
    if (sought.callee >= 0)
      return { ...run, calls: [...calls, call({ callee: sought.callee, prefix: '', own: '' })] };
    const proof = goal.proofs[sought.proof];
    const to = { now: number('now.next'), block: number('block.next') };
    if (proof === undefined) return { ...run, after: { from: { now, block }, to } };
    return { ...run, proof: { params: paramsOf(proof, ''), paid, now, block, laters: latersIn(reading) } };
  }
}

/** What is said to be a contract that implements an interface. */
function othersIn(reading: Reading): SuggestedRun['others'] {
  return [...reading.legend].flatMap(([name, part]) => {
    const [, index] = part.kind === 'apply' ? (OFFERS.exec(part.name) ?? []) : [];
    if (index === undefined || part.kind !== 'apply') return [];
    const account = keyValue(reading, part.args[0]!);
    const offers = decode(reading, 'Bool', reading.values[name]);
    const is = offers.kind === 'bool' && offers.value;
    return is && account !== null ? [{ interface: Number(index), account }] : [];
  });
}

const OFFERS = /^loop\.0:offers\.(\d+)$/;

/** The numbers that other contracts give back, in the order of the calls. */
function answersIn(reading: Reading): readonly bigint[] {
  return [...reading.legend.values()].flatMap((part) => {
    if (part.kind !== 'symbol' || !/^loop\.\d+:result\./.test(part.name)) return [];
    const value = valueAt(reading, part.name, part.sort);
    return value.kind === 'int' ? [value.value] : [];
  });
}
