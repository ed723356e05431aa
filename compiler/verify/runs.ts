/**
 * Runs from deployment that end in what an obligation says cannot be (or, for vacuity, can be), as the solver thinks
 * of them: calls are walked one after the other. Shorter runs first; what cannot end a run, whatever state it begins
 * in, is not made longer. What comes out is a suggestion, which counts only once the machine has done it.
 */
import type { Clause, Contract, Function as CoreFunction, EnvName, Stmt } from '../core/core.ts';
import { holds } from './clause.ts';
import { latersIn, type ModelLater } from './counterexample.ts';
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
import { momentScope, type Obligation, type Prelude, RUN, scriptAfter } from './obligations.ts';
import { type Parametric, parameterFacts, parameterTypes, returnsNormally, walkFunction } from './passive.ts';
import { type ModelValue, readingOf, type Values, valueAt } from './reading.ts';
import type { Script } from './smt.ts';
import { balanceName, LATER, type State, splitMoment, writeArray } from './state.ts';
import type { Solve } from './verify.ts';

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
  /** The deployment first. */
  readonly calls: readonly RunCall[];
  /** Where the obligation is about what others do: the moment at which they have done it. */
  readonly after: { readonly now: bigint; readonly block: bigint } | null;
  /** Where the obligation is one of a `prove`: what it begins with, behind these calls. */
  readonly proof: SuggestedProof | null;
};

export type SuggestedProof = Pick<RunCall, 'params' | 'paid' | 'now' | 'block'> & {
  readonly laters: readonly ModelLater[];
};

/** The world in which runs begin: what everybody has of an issued currency and may owe of a mutual one. */
export type Genesis = { readonly time: bigint; readonly block: bigint; readonly credit: bigint };

export type SuggestOptions = {
  readonly solve: Solve;
  /** What holds before every call. */
  readonly assumed: readonly Clause[];
  readonly genesis: Genesis;
  readonly queriesMax: number;
};

export async function* suggestRuns(
  contract: Contract,
  sought: Obligation,
  options: SuggestOptions,
): AsyncGenerator<SuggestedRun> {
  const about = sought.proof >= 0 || sought.callee > 0;
  if (!about && (sought.callee === 0 || sought.kind === 'vacuity')) return;
  // What is deployed is another contract then.
  if (contract.functions[sought.callee]?.kind === 'upgrade') return;
  const hunt: Hunt = { contract, model: modelOf(contract, NO_FLAWS), sought, options, asked: 0 };
  const relevance = relevanceOf(contract, sought);
  let ends: readonly (readonly number[])[] = [[]];
  for (let length = 0; length <= CALLS_MAX && ends.length > 0; length++) {
    for (const callees of ends) {
      if (hunt.asked >= options.queriesMax) return;
      const run = await fromDeployment(hunt, callees);
      if (run !== null) yield run;
    }
    if (length < CALLS_MAX) ends = await longer(hunt, relevance, ends);
  }
}

// ---- private -----------------------------------------------------------------------------------

/** Calls between the deployment and the last. */
const CALLS_MAX = 3;
const RLIMIT = 2_000_000;
/** The longest pause between two calls: three hundred years of seconds. */
const PAUSE_MAX = 10n ** 10n;
const BLOCKS_MAX = 10n ** 8n;

type Hunt = {
  readonly contract: Contract;
  readonly model: Model;
  readonly sought: Obligation;
  readonly options: SuggestOptions;
  asked: number;
};

/** Calls walked one after the other. */
type Walked = {
  readonly state: State;
  readonly facts: readonly Formula[];
  readonly counter: { next: number };
  readonly now: Formula;
  readonly block: Formula;
};

/** One more call before each of these ends, as far as some state lets all of it happen. */
async function longer(
  hunt: Hunt,
  relevance: Relevance,
  ends: readonly (readonly number[])[],
): Promise<readonly (readonly number[])[]> {
  const found: (readonly number[])[] = [];
  for (const end of ends) {
    if (hunt.asked >= hunt.options.queriesMax) break;
    if (end.length > 0 && !(await canEnd(hunt, end))) continue;
    found.push(...helpers(relevance, end).map((callee) => [callee, ...end]));
  }
  return found;
}

/** Whether some state that satisfies the invariants lets these calls end in what is sought. */
async function canEnd(hunt: Hunt, callees: readonly number[]): Promise<boolean> {
  const script = scriptOf(hunt, walkCalls(hunt, anyState(hunt), callees), () => []);
  return script !== null && (await solve(hunt, script)).status !== 'unsat';
}

async function fromDeployment(hunt: Hunt, callees: readonly number[]): Promise<SuggestedRun | null> {
  const walked = walkCalls(hunt, noState(hunt), [0, ...callees]);
  const script = scriptOf(hunt, walked, (formulas) => genesisFacts(hunt, formulas));
  if (script === null) return null;
  const answer = await solve(hunt, script);
  if (answer.status !== 'sat') return null;
  const exact = await exactAnswer(script, answer, (text) => solve(hunt, { ...script, text }));
  return runOf(hunt, callees, script, (exact ?? answer).values);
}

function scriptOf(hunt: Hunt, walked: Walked, genesis: Prelude['genesis']): Script | null {
  const { sought, contract } = hunt;
  const before = sought.callee >= 0 || sought.proof >= 0 ? paying(hunt, walked) : walked;
  const facts = [...before.facts, ...momentFacts(hunt, walked, NOW, BLOCK), ...accountFacts(CALLER)];
  return scriptAfter(contract, sought, { state: before.state, counter: walked.counter, facts, genesis });
}

function solve(hunt: Hunt, { text, legend }: Script) {
  hunt.asked += 1;
  return hunt.options.solve({ text, rlimit: RLIMIT, wants: [...legend.keys()] });
}

// ---- walking -----------------------------------------------------------------------------------

/** Before deployment. */
function noState({ model, options }: Hunt): Walked {
  const { time, block } = options.genesis;
  return { state: zeroState(model), facts: [], counter: { next: 1 }, now: int(time), block: int(block) };
}

/** Whatever calls can find. */
function anyState({ model, options }: Hunt): Walked {
  const state = freeState(model);
  const [now, block] = [symbol(`${RUN}now`, 'Int'), symbol(`${RUN}block`, 'Int')];
  const env = (name: EnvName): Formula =>
    ({ caller: CALLER, creator: CREATOR, self: SELF, now, block })[name];
  const scope = momentScope(state, env);
  const facts = options.assumed.map((clause) => holds(model, clause.term, scope));
  return { state, facts, counter: { next: 1 }, now, block };
}

function walkCalls(hunt: Hunt, start: Walked, callees: readonly number[]): Walked {
  return callees.reduce((walked, callee, i) => walkCall(hunt, walked, callee, i), start);
}

function walkCall(hunt: Hunt, walked: Walked, callee: number, number: number): Walked {
  const fn = hunt.contract.functions[callee]!;
  const prefix = prefixOf(number);
  const [now, block] = [symbol(`${prefix}now`, 'Int'), symbol(`${prefix}block`, 'Int')];
  const caller = callee === 0 ? CREATOR : symbol(`${prefix}caller`, 'Did');
  const env = (name: EnvName): Formula => ({ caller, creator: CREATOR, self: SELF, now, block })[name];
  const passive = walkFunction(hunt.model, fn, walked.state, env, () => true, {
    prefix,
    counter: walked.counter,
  });
  const facts = [
    ...walked.facts,
    ...momentFacts(hunt, walked, now, block),
    ...accountFacts(caller),
    ...parameterFacts(fn, prefix),
    ...passive.facts.map(({ fact }) => fact),
    returnsNormally(passive),
  ];
  return { state: passive.after, facts, counter: walked.counter, now, block };
}

function prefixOf(number: number): string {
  return `${RUN}${number}.`;
}

/** Anyone may pay into the account between calls; that they do before the last is enough to think of. */
function paying({ model, options }: Hunt, walked: Walked): Walked {
  let { state } = walked;
  const facts = [...walked.facts];
  for (const c of model.contract.currencies.keys()) {
    const paid = symbol(paidName(c), 'Int');
    facts.push(within(0n, paid, options.genesis.credit));
    const value = add(balanceOf(model, state, c, SELF), paid);
    state = writeArray(state, balanceName(c), { guard: { kind: 'bool', value: true }, keys: [SELF], value });
  }
  return { ...walked, state, facts };
}

const paidName = (currency: number): string => `${RUN}paid.${currency}`;

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

function relevanceOf(contract: Contract, { script }: Obligation): Relevance {
  const goal = new Set<string>();
  for (const part of script.legend.values()) {
    if (part.kind !== 'apply') continue;
    const [kind, index] = splitMoment(part.name)[1].split('.') as [string, string | undefined];
    if (['field', 'has', 'size'].includes(kind)) goal.add(`slot ${index}`);
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

function runOf(hunt: Hunt, callees: readonly number[], script: Script, values: Values): SuggestedRun {
  const { contract, sought } = hunt;
  const reading = readingOf(script, values, hunt.model.lists);
  const value = (name: string, sort: Sort): ModelValue => valueAt(reading, name, sort);
  const number = (name: string): bigint => {
    const found = value(name, 'Int');
    return found.kind === 'int' ? found.value : 0n;
  };
  const paramsOf = (fn: Parametric, prefix: string): readonly ModelValue[] =>
    parameterTypes(fn).map((type, i) => value(`${prefix}parameter.${i}`, sortOfType(type)));
  const call = (callee: number, prefix: string, paid: readonly bigint[]): RunCall => ({
    callee,
    caller: value(`${prefix}caller`, 'Did'),
    params: paramsOf(contract.functions[callee]!, prefix),
    paid,
    now: number(`${prefix}now`),
    block: number(`${prefix}block`),
  });
  const before = [0, ...callees].map((callee, i) => call(callee, prefixOf(i), []));
  const paid = contract.currencies.map((_, c) => number(paidName(c)));
  if (sought.callee >= 0)
    return { calls: [...before, call(sought.callee, '', paid)], after: null, proof: null };
  const proof = contract.proofs[sought.proof];
  if (proof === undefined)
    return { calls: before, after: { now: number('now.next'), block: number('block.next') }, proof: null };
  const [now, block] = [number('now'), number('block')];
  const suggested = { params: paramsOf(proof, ''), paid, now, block, laters: latersIn(reading) };
  return { calls: before, after: null, proof: suggested };
}
