/**
 * The ledger: accounts by currency and DID, mutual credit and issued currencies, by double entry. Every change is an
 * entry whose postings sum to zero, linked by hash to the currency's last one; only `post` writes balances.
 *
 * - Mutual: members go below zero down to their floor. Issued: `ISSUER`, which has no DID and no key, carries the
 *   negative of what circulates, and every other floor is zero.
 * - A contract's account has floor zero, and is debited by `payFromContract` alone.
 * - A currency's floors sum to at least -AMOUNT_MAX, so every balance lies within ±AMOUNT_MAX.
 */
import {
  type AbiValue,
  bytes,
  choice,
  type Event,
  encodeValue,
  formatValue,
  int64,
  list as listOf,
  record,
  sha256,
  uint,
  uint64,
} from '../vm/index.ts';
import { isContractAccount, isDid } from './identity.ts';
import { nameIsSound } from './names.ts';
import { type Answer, accept, DONE, refuse } from './refusals.ts';
import type { Reader, State } from './state.ts';
import { erase, has, list, read, SHORT_TEXT, type Table, table, write } from './tables.ts';

export type CurrencyKind = 'mutual' | 'issued';
export type Currency = {
  readonly cooperative: string;
  readonly name: string;
  readonly decimals: number;
  readonly kind: CurrencyKind;
};

/** When something happens: block height, block time in seconds, and the hash of the signed transaction, where there is one. */
export type Moment = { readonly block: bigint; readonly time: bigint; readonly transaction?: Uint8Array };

export type Posting = { readonly account: string; readonly amount: bigint };
export type Entry = {
  readonly currency: string;
  /** 0 for the currency's first entry. */
  readonly index: bigint;
  readonly block: bigint;
  readonly time: bigint;
  /** Hash of the signed transaction, empty where there is none. */
  readonly transaction: Uint8Array;
  /** They sum to zero. */
  readonly postings: readonly Posting[];
  /** Hash of the currency's entry before, empty for the first. */
  readonly previous: Uint8Array;
};

export type CurrencySpec = Currency & { readonly id: string };
export type Payment = {
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly amount: bigint;
};

/** Smallest units: no balance, floor or total lies beyond. */
export const AMOUNT_MAX = 10n ** 15n;
/** The account of an issued currency that carries the negative of what circulates; not a DID. */
export const ISSUER = 'issuer';

const DECIMALS_MAX = 18;
const NOTHING = new Uint8Array(0);
const HASH_OR_NOTHING = bytes(32);

const CURRENCY_ROW = record({
  cooperative: SHORT_TEXT,
  name: SHORT_TEXT,
  decimals: uint(DECIMALS_MAX),
  kind: choice(['mutual', 'issued']),
});
const SUMS_ROW = record({ floors: int64, circulating: int64 });
const JOURNAL_ROW = record({ entries: uint64, head: HASH_OR_NOTHING });
const ENTRY_ROW = record({
  currency: SHORT_TEXT,
  index: uint64,
  block: uint64,
  time: uint64,
  transaction: HASH_OR_NOTHING,
  postings: listOf(record({ account: SHORT_TEXT, amount: int64 }), 2),
  previous: HASH_OR_NOTHING,
});

export const CURRENCIES: Table<[currency: string], Currency> = table('currency', CURRENCY_ROW);
/** The id of a cooperative's currency by its name. */
export const CURRENCY_NAMES: Table<[cooperative: string, name: string], string> = table(
  'currency-name',
  SHORT_TEXT,
);
/** Signed 64-bit smallest units; no row is zero. */
export const BALANCES: Table<[currency: string, account: string], bigint> = table('balance', int64);
export const FLOORS: Table<[currency: string, did: string], bigint> = table('floor', int64);
export const SUMS: Table<[currency: string], Sums> = table('currency-sums', SUMS_ROW);
export const JOURNALS: Table<[currency: string], Journal> = table('journal', JOURNAL_ROW);

/** `floors`: the sum of all floors; `circulating`: the sum of all positive balances. */
export type Sums = { readonly floors: bigint; readonly circulating: bigint };
/** How many entries a currency has, and the hash of the last one. The entries themselves are events of their blocks. */
export type Journal = { readonly entries: bigint; readonly head: Uint8Array };

// ---- currencies and limits ---------------------------------------------------------------------

export function createCurrency(state: State, spec: CurrencySpec): Answer<null> {
  const { id, cooperative, name, decimals, kind } = spec;
  if (!nameIsSound(id)) return refuse('BadName', `currency id ${JSON.stringify(id)}`);
  if (!nameIsSound(name)) return refuse('BadName', `currency ${JSON.stringify(name)}`);
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > DECIMALS_MAX)
    return refuse('WrongCurrencyDecimals', `${decimals}`);
  if (has(state, CURRENCIES, id) || has(state, CURRENCY_NAMES, cooperative, name))
    return refuse('CurrencyTaken', `${name} of ${cooperative}`);
  write(state, CURRENCIES, [id], { cooperative, name, decimals, kind });
  write(state, CURRENCY_NAMES, [cooperative, name], id);
  return DONE;
}

/** The id that a currency gets when a deployment creates it. */
export function currencyIdOf(cooperative: string, name: string): string {
  return `${name}@${cooperative}`;
}

/**
 * Sets a member's credit limit: `floor` from -10^15 to 0, in a mutual currency. Refused where the floors would sum
 * below -10^15, and where the member owes more than the new limit.
 */
export function setFloor(state: State, currency: string, did: string, floor: bigint): Answer<null> {
  const found = read(state, CURRENCIES, currency);
  if (found === undefined) return refuse('UnknownCurrency', currency);
  if (found.kind !== 'mutual')
    return refuse('WrongCurrencyKind', `${currency} is issued, its floors are zero`);
  if (!isDid(did)) return refuse('NotADid', did);
  if (isContractAccount(did)) return refuse('ContractAccount', 'its floor is zero');
  if (floor > 0n || floor < -AMOUNT_MAX) return refuse('FloorOutOfRange', amountText(floor, found));
  if (balanceOf(state, currency, did) < floor) return refuse('FloorAboveBalance', did);
  const sums = sumsOf(state, currency);
  const floors = sums.floors - floorOf(state, currency, did) + floor;
  if (floors < -AMOUNT_MAX) return refuse('FloorsTooLow', `they would sum to ${amountText(floors, found)}`);
  write(state, SUMS, [currency], { ...sums, floors });
  writeNonZero(state, FLOORS, currency, did, floor);
  return DONE;
}

/** Puts `amount` units of an issued currency into circulation. Who may do so is the caller's to check. */
export function issue(
  state: State,
  moment: Moment,
  { to, currency, amount }: Omit<Payment, 'from'>,
): Answer<Event[]> {
  const found = read(state, CURRENCIES, currency);
  if (found === undefined) return refuse('UnknownCurrency', currency);
  if (found.kind !== 'issued') return refuse('WrongCurrencyKind', `${currency} is mutual, nobody issues it`);
  if (amount < 0n) return refuse('NegativeAmount', amountText(amount, found));
  if (!isDid(to)) return refuse('NoAccount', JSON.stringify(to));
  if (total(state, currency) + amount > AMOUNT_MAX) return refuse('TooMuchIssued', currency);
  return accept([post(state, moment, { from: ISSUER, to, currency, amount })]);
}

// ---- payments ----------------------------------------------------------------------------------

/** A plain payment by the account's owner. Nobody owns a contract's account so. */
export function transfer(state: State, moment: Moment, payment: Payment): Answer<Event[]> {
  return isContractAccount(payment.from)
    ? refuse('ContractAccount', payment.from)
    : pay(state, moment, payment);
}

/** A payment out of the account of `contract`, by its own execution. */
export function payFromContract(
  state: State,
  moment: Moment,
  contract: string,
  payment: Omit<Payment, 'from'>,
): Answer<Event[]> {
  return pay(state, moment, { ...payment, from: contract });
}

/** The smallest units on an account; 0 for one that never had any. */
export function balanceOf(state: Reader, currency: string, account: string): bigint {
  return read(state, BALANCES, currency, account) ?? 0n;
}

/** How far below zero the account may go: zero or negative. */
export function floorOf(state: Reader, currency: string, did: string): bigint {
  return read(state, FLOORS, currency, did) ?? 0n;
}

export function canPay(state: Reader, currency: string, did: string, amount: bigint): boolean {
  return balanceOf(state, currency, did) - amount >= floorOf(state, currency, did);
}

/** What circulates: the sum of all positive balances. */
export function total(state: Reader, currency: string): bigint {
  return sumsOf(state, currency).circulating;
}

/** `250` of a currency with two decimals is `2.50 hours`. */
export function amountText(amount: bigint, { name, decimals }: Pick<Currency, 'name' | 'decimals'>): string {
  return formatValue({ kind: 'Amount', currency: 0 }, amount, [{ name, decimals, kind: 'mutual' }]);
}

/** The same of a currency of the ledger; one that is not there has no decimals. */
export function amountIn(state: Reader, currency: string, amount: bigint): string {
  return amountText(amount, currencyOf(state, currency) ?? { name: currency, decimals: 0 });
}

// ---- for tools ---------------------------------------------------------------------------------

/** Every account of a currency that is not at zero, `ISSUER` included, in the order of the keys. */
export function accountsOf(
  state: Reader,
  currency: string,
): { readonly account: string; readonly balance: bigint }[] {
  return list(state, BALANCES, currency).map(([, account]) => ({
    account,
    balance: balanceOf(state, currency, account),
  }));
}

export function currencyOf(state: Reader, id: string): Currency | undefined {
  return read(state, CURRENCIES, id);
}

/** How many entries a currency's journal has, and the hash of the last. */
export function journalOf(state: Reader, currency: string): Journal {
  return read(state, JOURNALS, currency) ?? { entries: 0n, head: NOTHING };
}

export function currenciesOf(state: Reader): string[] {
  return list(state, CURRENCIES).map(([id]) => id);
}

/**
 * Sets a balance in a built state, as no transaction can: the difference goes to `counter`, so the sum stays zero.
 * Floors are not looked at.
 */
export function rebalance(
  state: State,
  currency: string,
  account: string,
  balance: bigint,
  counter: string,
): void {
  const amount = balance - balanceOf(state, currency, account);
  if (account === counter) throw new Error('an account cannot balance itself');
  const payment =
    amount > 0n
      ? { from: counter, to: account, currency, amount }
      : { from: account, to: counter, currency, amount: -amount };
  if (amount !== 0n) post(state, { block: 0n, time: 0n }, payment);
}

/** What is wrong with the ledger as a whole; empty where all invariants hold. Walks every account. */
export function auditLedger(state: Reader): string[] {
  return currenciesOf(state).flatMap((currency) => auditCurrency(state, currency));
}

/** The hash that links an entry to the next. */
export function hashEntry(entry: Entry): Uint8Array {
  return sha256(encodeValue(ENTRY_ROW, entry));
}

// ---- private -----------------------------------------------------------------------------------

function pay(state: State, moment: Moment, { from, to, currency, amount }: Payment): Answer<Event[]> {
  const found = read(state, CURRENCIES, currency);
  if (found === undefined) return refuse('UnknownCurrency', currency);
  if (amount < 0n) return refuse('NegativeAmount', amountText(amount, found));
  if (!isDid(from)) return refuse('NoAccount', JSON.stringify(from));
  if (!isDid(to)) return refuse('NoAccount', JSON.stringify(to));
  if (!canPay(state, currency, from, amount)) {
    const [balance, floor] = [balanceOf(state, currency, from), floorOf(state, currency, from)];
    return refuse(
      'CannotPay',
      `balance ${amountText(balance, found)}, floor ${amountText(floor, found)}, amount ${amountText(amount, found)}`,
    );
  }
  // Where nothing changes there is nothing to book.
  return accept(from === to || amount === 0n ? [] : [post(state, moment, { from, to, currency, amount })]);
}

/** The only writer of balances: books an entry, and says so in an event from which the journal can be rebuilt. */
function post(state: State, moment: Moment, { from, to, currency, amount }: Payment): Event {
  const postings = [
    { account: from, amount: -amount },
    { account: to, amount },
  ];
  const sums = sumsOf(state, currency);
  let circulating = sums.circulating;
  for (const posting of postings) {
    const before = balanceOf(state, currency, posting.account);
    const after = before + posting.amount;
    circulating += positivePart(after) - positivePart(before);
    writeNonZero(state, BALANCES, currency, posting.account, after);
  }
  write(state, SUMS, [currency], { ...sums, circulating });
  const { index, hash } = appendEntry(state, moment, currency, postings);
  return {
    source: 'ledger',
    name: 'Transferred',
    fields: eventFields({ from, to, currency, amount, index, entry: hash }),
  };
}

/** Links an entry to the currency's journal. */
function appendEntry(
  state: State,
  moment: Moment,
  currency: string,
  postings: readonly Posting[],
): { readonly index: bigint; readonly hash: Uint8Array } {
  if (postings.reduce((sum, { amount }) => sum + amount, 0n) !== 0n)
    throw new Error('an entry does not balance');
  const journal = journalOf(state, currency);
  const { block, time, transaction = NOTHING } = moment;
  const index = journal.entries;
  const hash = hashEntry({ currency, index, block, time, transaction, postings, previous: journal.head });
  write(state, JOURNALS, [currency], { entries: index + 1n, head: hash });
  return { index, hash };
}

function auditCurrency(state: Reader, currency: string): string[] {
  const kind = currencyOf(state, currency)?.kind;
  const accounts = accountsOf(state, currency);
  const sum = accounts.reduce((all, { balance }) => all + balance, 0n);
  const circulating = accounts.reduce((all, { balance }) => all + positivePart(balance), 0n);
  const floors = list(state, FLOORS, currency).reduce(
    (all, [, did]) => all + floorOf(state, currency, did),
    0n,
  );
  const sums = sumsOf(state, currency);
  const below = accounts.filter(
    ({ account, balance }) => account !== ISSUER && balance < floorOf(state, currency, account),
  );
  return [
    ...(sum === 0n ? [] : [`${currency}: the balances sum to ${sum}`]),
    ...(circulating === sums.circulating
      ? []
      : [`${currency}: ${circulating} circulate, ${sums.circulating} are recorded`]),
    ...(floors === sums.floors
      ? []
      : [`${currency}: the floors sum to ${floors}, ${sums.floors} is recorded`]),
    ...(floors >= -AMOUNT_MAX ? [] : [`${currency}: the floors sum to ${floors}`]),
    ...(kind === 'issued' && floors !== 0n ? [`${currency}: an issued currency has floors`] : []),
    ...below.map(({ account, balance }) => `${currency}: ${account} has ${balance}, below its floor`),
  ];
}

function sumsOf(state: Reader, currency: string): Sums {
  return read(state, SUMS, currency) ?? { floors: 0n, circulating: 0n };
}

function writeNonZero(
  state: State,
  to: typeof BALANCES,
  currency: string,
  account: string,
  value: bigint,
): void {
  if (value === 0n) erase(state, to, currency, account);
  else write(state, to, [currency, account], value);
}

function positivePart(value: bigint): bigint {
  return value > 0n ? value : 0n;
}

function eventFields(values: Readonly<Record<string, AbiValue>>): Event['fields'] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
