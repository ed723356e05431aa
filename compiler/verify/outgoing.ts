/**
 * Calls to other contracts as the verifier knows them (language.md, section 5): after one, nothing is known of what the
 * host holds but what the interface promises, and that the own account has lost at most what it allowed. The own state
 * stands, because a contract that is being executed cannot be entered again. In: the state before and a call. Out: when
 * it certainly returns, the state after it, and what is known if it does.
 */
import type { Clause, EnvName, Method } from '../core/core.ts';
import { holds, type Scope } from './clause.ts';
import { and, eq, type Formula, le, not, sub, symbol, ZERO, zeroOf } from './formula.ts';
import { balanceOf } from './ledger.ts';
import { type Model, momentState } from './model.ts';
import { balanceName, momentName, type State, takenName, totalName } from './state.ts';

export type OutgoingCall = {
  readonly method: Method;
  readonly account: Formula;
  readonly args: readonly Formula[];
  readonly result: readonly Formula[];
  readonly spends: ReadonlyMap<number, Formula>;
  readonly env: (name: EnvName) => Formula;
  /** Of the call within the walk. */
  readonly number: number;
};

export type Answered = {
  /** The call certainly returns where this holds. */
  readonly promised: Formula | null;
  readonly after: State;
  /** Known once it has returned. */
  readonly known: readonly Formula[];
};

/** What is known of a call that is made in the state `before`. */
export function answerCall(model: Model, before: State, call: OutgoingCall): Answered {
  const { method, account, env, number } = call;
  const after = method.kind === 'view' ? before : withUnknownHost(model, before, number);
  const entry = scopeOf(call, before, before);
  const end = scopeOf(call, before, after);
  const relied = (clauses: readonly Clause[]) => clauses.filter(({ unproved }) => !unproved);
  const known = [
    not(eq(account, zeroOf('Did'))),
    // It would be entered twice.
    not(eq(account, env('self'))),
    ...model.contract.currencies.map((_, c) => ownBalance(model, before, after, c, call)),
    ...relied(method.ensures).map(({ term }) => holds(model, term, end)),
    ...relied(method.fails).map(({ term }) => not(holds(model, term, entry))),
  ];
  // Of a rule nothing says how much it takes, so an allowance may always be too small.
  const promises = method.kind === 'view' ? relied(method.succeeds) : [];
  const promised = promises.length === 0 ? null : promises.map(({ term }) => holds(model, term, entry));
  return { promised: promised === null ? null : orAll(promised), after, known };
}

function orAll(formulas: readonly Formula[]): Formula {
  return not(and(...formulas.map(not)));
}

/** Others may pay in; nobody but the callee takes out, and no more than it was allowed. */
function ownBalance(
  model: Model,
  before: State,
  after: State,
  currency: number,
  call: OutgoingCall,
): Formula {
  const self = call.env('self');
  const allowed = model.flaws.has('spendingForgotten') ? ZERO : (call.spends.get(currency) ?? ZERO);
  return le(sub(balanceOf(model, before, currency, self), allowed), balanceOf(model, after, currency, self));
}

function withUnknownHost(model: Model, state: State, number: number): State {
  if (model.flaws.has('callForgetsNothing')) return state;
  const unknown = momentState(model, momentName(number));
  const [arrays, words] = [new Map(state.arrays), new Map(state.words)];
  for (const c of model.contract.currencies.keys()) {
    for (const name of [balanceName(c), takenName(c)]) arrays.set(name, unknown.arrays.get(name)!);
    words.set(totalName(c), unknown.words.get(totalName(c))!);
  }
  return { arrays, words };
}

/** In the clauses of an interface `self` is the callee, and `caller` the contract at hand. */
function scopeOf(call: OutgoingCall, old: State, now: State): Scope {
  const env = (name: EnvName): Formula => {
    if (name === 'self') return call.account;
    if (name === 'caller') return call.env('self');
    return name === 'creator' ? symbol(`${momentName(call.number)}creator`, 'Did') : call.env(name);
  };
  return { old, now, env, oldEnv: env, locals: call.args, result: call.result, callee: -1 };
}
