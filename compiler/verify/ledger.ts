/**
 * The ledger as the verifier knows it (language.md, section 5): when a transfer succeeds, what it changes. Who
 * calls is taken to let the contract spend freely: the answers say so.
 */
import type { EnvName } from '../core/core.ts';
import {
  add,
  and,
  apply,
  eq,
  type Formula,
  ite,
  le,
  not,
  or,
  positivePart,
  sub,
  ZERO,
  zeroOf,
} from './formula.ts';
import type { Model } from './model.ts';
import {
  balanceName,
  floorName,
  mandatedName,
  mandateName,
  readArray,
  readWord,
  type State,
  spentName,
  takenName,
  totalName,
  writeArray,
  writeWord,
} from './state.ts';

/** Every balance lies within ± this many smallest units: the ledger grants limits only so far. */
export const BALANCE_MAX = 10n ** 15n;

export type Transfer = {
  readonly currency: number;
  readonly from: Formula;
  readonly to: Formula;
  readonly amount: Formula;
};

/** What a call may take from its caller, by currency, nothing where none is named; null where that is as much as they have. */
export type Limits = ReadonlyMap<number, Formula> | null;

export function balanceOf(model: Model, state: State, currency: number, account: Formula): Formula {
  return readArray(state, balanceName(currency), [account], model.flaws);
}

/** `balance - amount >= floor`; the floor is as at the transaction's start, zero for the contract itself. */
export function canPay(
  model: Model,
  state: State,
  currency: number,
  account: Formula,
  amount: Formula,
  self: Formula,
): Formula {
  return le(
    floorOf(model, state, currency, account, self),
    sub(balanceOf(model, state, currency, account), amount),
  );
}

export function floorOf(
  model: Model,
  state: State,
  currency: number,
  account: Formula,
  self: Formula,
): Formula {
  if (model.contract.currencies[currency]!.kind === 'issued') return ZERO;
  return ite(eq(account, self), ZERO, readArray(state, floorName(currency), [account], model.flaws));
}

/** Exactly when `ledger.transfer` does not revert. */
export function transferSucceeds(
  model: Model,
  state: State,
  t: Transfer,
  env: (name: EnvName) => Formula,
  limits: Limits = null,
): Formula {
  if (model.flaws.has('transferNeverFails')) return le(ZERO, t.amount);
  return and(
    le(ZERO, t.amount),
    not(eq(t.to, zeroOf('Did'))),
    allowed(model, state, t, env, limits),
    canPay(model, state, t.currency, t.from, t.amount, env('self')),
    not(frozen(t.currency, t.from)),
    not(frozen(t.currency, t.to)),
  );
}

/** The state after a transfer that succeeded; to oneself it changes nothing. */
export function applyTransfer(
  model: Model,
  state: State,
  t: Transfer,
  guard: Formula,
  env: (name: EnvName) => Formula,
  limits: Limits = null,
): State {
  const moves = model.flaws.has('selfTransferMoves') ? guard : and(guard, not(eq(t.from, t.to)));
  const balance = balanceName(t.currency);
  const from = sub(balanceOf(model, state, t.currency, t.from), t.amount);
  const to = add(balanceOf(model, state, t.currency, t.to), t.amount);
  const total = totalAfter(model, state, t, moves);
  let next = writeArray(state, balance, { guard: moves, keys: [t.from], value: from });
  next = writeArray(next, balance, { guard: moves, keys: [t.to], value: to });
  next = writeWord(next, totalName(t.currency), total);
  if (limits !== null) next = noteSpent(next, t, env);
  return takeMandate(model, next, t, guard, env);
}

/** The new balances lie within the ledger's bounds, too. */
export function transferFacts(model: Model, after: State, t: Transfer): readonly Formula[] {
  return [t.from, t.to].map((account) => balanceInBounds(balanceOf(model, after, t.currency, account)));
}

export function balanceInBounds(balance: Formula): Formula {
  return and(
    le({ kind: 'int', value: -BALANCE_MAX }, balance),
    le(balance, { kind: 'int', value: BALANCE_MAX }),
  );
}

function allowed(
  model: Model,
  state: State,
  t: Transfer,
  env: (name: EnvName) => Formula,
  limits: Limits,
): Formula {
  const [isOwn, isCallers] = [eq(t.from, env('self')), eq(t.from, env('caller'))];
  if (limits === null || model.flaws.has('spendingIgnored'))
    return or(isOwn, isCallers, mandated(model, state, t));
  const spent = add(readWord(state, spentName(t.currency)), t.amount);
  return or(isOwn, ite(isCallers, le(spent, limits.get(t.currency) ?? ZERO), mandated(model, state, t)));
}

/** What the caller pays counts against the limit, whoever gets it. */
function noteSpent(state: State, t: Transfer, env: (name: EnvName) => Formula): State {
  const spent = readWord(state, spentName(t.currency));
  const isCallers = and(eq(t.from, env('caller')), not(eq(t.from, env('self'))));
  return writeWord(state, spentName(t.currency), ite(isCallers, add(spent, t.amount), spent));
}

/** A transfer of zero needs a mandate, too. */
function mandated(model: Model, state: State, t: Transfer): Formula {
  const taken = readArray(state, takenName(t.currency), [t.from], model.flaws);
  const mandate = readArray(state, mandateName(t.currency), [t.from], model.flaws);
  return and(
    not(eq(t.from, zeroOf('Did'))),
    le(add(taken, t.amount), mandate),
    readArray(state, mandatedName(t.currency), [t.from], model.flaws),
  );
}

function takeMandate(
  model: Model,
  state: State,
  t: Transfer,
  guard: Formula,
  env: (name: EnvName) => Formula,
): State {
  const name = takenName(t.currency);
  const used = and(guard, not(eq(t.from, env('self'))), not(eq(t.from, env('caller'))));
  if (used.kind === 'bool' && !used.value) return state;
  const value = add(readArray(state, name, [t.from], model.flaws), t.amount);
  return writeArray(state, name, { guard: used, keys: [t.from], value });
}

/** What circulates is the sum of the positive balances. */
function totalAfter(model: Model, state: State, t: Transfer, moves: Formula): Formula {
  const from = balanceOf(model, state, t.currency, t.from);
  const to = balanceOf(model, state, t.currency, t.to);
  const change = (before: Formula, after: Formula): Formula => sub(positivePart(after), positivePart(before));
  const total = readWord(state, totalName(t.currency));
  if (model.flaws.has('totalStays')) return total;
  return ite(moves, add(total, add(change(from, sub(from, t.amount)), change(to, add(to, t.amount)))), total);
}

function frozen(currency: number, account: Formula): Formula {
  return apply(`frozen.${currency}`, [account], 'Bool');
}
