/**
 * Runs from deployment that end in what an obligation says cannot be (or, for vacuity, can be), as the solver thinks
 * of them: the calls are walked one after the other from the empty state. Shorter runs first. What comes out is a
 * suggestion, which counts only once the machine has done it.
 */
import type { Contract, Function as CoreFunction, EnvName, Stmt } from '../core/core.ts';
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
import { type Model, modelOf, zeroState } from './model.ts';
import {
  BLOCK,
  NOW,
  type Obligation,
  type Prelude,
  parameterFacts,
  RUN,
  scriptAfter,
} from './obligations.ts';
import { parameterTypes, returnsNormally, walkFunction } from './passive.ts';
import { type ModelValue, readingOf, type Values, valueAt } from './reading.ts';
import { type Script, writeScript } from './smt.ts';
import { balanceName, type State, splitMoment, writeArray } from './state.ts';
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
};

/** The world in which runs begin: what everybody has of an issued currency and may owe of a mutual one. */
export type Genesis = { readonly time: bigint; readonly block: bigint; readonly credit: bigint };

export type SuggestOptions = {
  readonly solve: Solve;
  readonly genesis: Genesis;
  readonly queriesMax: number;
};

export async function* suggestRuns(
  contract: Contract,
  sought: Obligation,
  options: SuggestOptions,
): AsyncGenerator<SuggestedRun> {
  if (sought.callee === 0 || (sought.callee < 0 && sought.kind === 'vacuity')) return;
  const hunt: Hunt = {
    contract,
    model: modelOf(contract, NO_FLAWS),
    sought,
    options,
    asked: 0,
    possible: new Map(),
  };
  const relevant = relevanceOf(contract, sought);
  for (let length = 0; length <= CALLS_MAX; length++) {
    for (const callees of sequences(relevant, length)) {
      if (hunt.asked >= options.queriesMax) return;
      if (!(await isPossible(hunt, callees))) continue;
      const run = await ask(hunt, callees);
      if (run !== null) yield run;
    }
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
  /** By callees: whether such calls can all succeed. */
  readonly possible: Map<string, boolean>;
};

/** Calls walked one after the other. */
type Walked = {
  readonly state: State;
  readonly facts: readonly Formula[];
  readonly counter: { next: number };
  readonly now: Formula;
  readonly block: Formula;
};

/** Whether what comes before the last of these calls can be: nothing follows from what cannot. */
async function isPossible(hunt: Hunt, callees: readonly number[]): Promise<boolean> {
  if (callees.length < 2) return true;
  const key = callees.slice(0, -1).join(' ');
  const known = hunt.possible.get(key);
  if (known !== undefined) return known;
  const walked = walkCalls(hunt, [0, ...callees.slice(0, -1)]);
  const said = [...walked.facts, ...genesisFacts(hunt, walked.facts)];
  const answer = await solve(hunt, writeScript(said));
  const possible = answer.status !== 'unsat';
  hunt.possible.set(key, possible);
  return possible;
}

async function ask(hunt: Hunt, callees: readonly number[]): Promise<SuggestedRun | null> {
  const { sought, contract } = hunt;
  const walked = walkCalls(hunt, [0, ...callees]);
  const isCall = sought.callee >= 0;
  const before = isCall ? paying(hunt, walked) : walked;
  const prelude: Prelude = {
    state: before.state,
    counter: walked.counter,
    facts: [...before.facts, ...momentFacts(hunt, walked, NOW, BLOCK), ...accountFacts(CALLER)],
    genesis: (formulas) => genesisFacts(hunt, formulas),
  };
  const script = scriptAfter(contract, sought, prelude);
  if (script === null) return null;
  const answer = await solve(hunt, script);
  if (answer.status !== 'sat') return null;
  const exact = await exactAnswer(script, answer, (text) => solve(hunt, { ...script, text }));
  return runOf(hunt, callees, script, (exact ?? answer).values);
}

function solve(hunt: Hunt, { text, legend }: Script) {
  hunt.asked += 1;
  return hunt.options.solve({ text, rlimit: RLIMIT, wants: [...legend.keys()] });
}

// ---- walking -----------------------------------------------------------------------------------

function walkCalls(hunt: Hunt, callees: readonly number[]): Walked {
  const { genesis } = hunt.options;
  const start: Walked = {
    state: zeroState(hunt.model),
    facts: [],
    counter: { next: 1 },
    now: int(genesis.time),
    block: int(genesis.block),
  };
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
    if (moment !== '' || name.endsWith("'")) return;
    if (kind === 'frozen' || kind === 'mandated') facts.push(not(node));
    if (kind !== 'balance' && kind !== 'floor') return;
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

/** Rules of which each does something that what follows it asks about. */
function* sequences(
  relevance: Relevance,
  length: number,
  goal = relevance.goal,
): Iterable<readonly number[]> {
  if (length === 0) return yield [];
  for (const [callee, { writes, touches }] of relevance.rules) {
    if (![...writes].some((one) => goal.has(one))) continue;
    for (const rest of sequences(relevance, length - 1, new Set([...goal, ...touches])))
      yield [...rest, callee];
  }
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
  const call = (callee: number, prefix: string, paid: readonly bigint[]): RunCall => ({
    callee,
    caller: value(`${prefix}caller`, 'Did'),
    params: parameterTypes(contract.functions[callee]!).map((type, i) =>
      value(`${prefix}parameter.${i}`, sortOfType(type)),
    ),
    paid,
    now: number(`${prefix}now`),
    block: number(`${prefix}block`),
  });
  const before = [0, ...callees].map((callee, i) => call(callee, prefixOf(i), []));
  const paid = contract.currencies.map((_, c) => number(paidName(c)));
  if (sought.callee >= 0) return { calls: [...before, call(sought.callee, '', paid)], after: null };
  return { calls: before, after: { now: number('now.next'), block: number('block.next') } };
}
