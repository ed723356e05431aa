/** Every way a host module refuses, once: the code is stable, the sentence is for people. Refusals are data. */

export const REFUSALS = {
  NotADid: 'not a decentralised identifier of this network',
  DidTaken: 'the DID is registered already',
  KeyMismatch: "the key is not the one that the DID's text names",
  BadKey: 'the key is not a sound Ed25519 key',
  UnknownDid: 'the DID is not registered',
  UnknownCooperative: 'no such cooperative',
  CooperativeTaken: 'the cooperative exists already',
  BadName: 'the name is empty, too long or not well-formed',
  UnknownCurrency: 'no such currency',
  CurrencyTaken: 'the currency exists already',
  WrongCurrencyKind: 'the currency is of the other kind',
  WrongCurrencyDecimals: 'the currency has other decimals',
  NegativeAmount: 'an amount must not be negative',
  NoAccount: 'the account is not that of a DID',
  CannotPay: 'the payer cannot pay: the balance would fall below the floor',
  NotTheirMoney: 'a contract may move only its own money, and that of its caller',
  SpendingLimit: "the transaction's spending limit is too low",
  ContractAccount: "only the contract's own execution debits its account",
  FloorOutOfRange: 'a floor must not be above zero, nor below -10^15',
  FloorsTooLow: 'the floors of a currency must sum to at least -10^15',
  FloorAboveBalance: 'the account owes more than the new limit allows',
  TooMuchIssued: 'at most 10^15 units of a currency circulate',
  NoPermission: 'the permission is missing',
  BadArtifact: 'the artifact does not decode',
  InvalidBytecode: 'the bytecode does not validate',
  BadArguments: 'the arguments do not fit',
  BadGasLimit: 'the gas limit must be a positive integer',
  ContractTaken: 'the contract exists already',
  UnknownContract: 'no such contract',
  NotUpgradable: 'the contract is fixed: it was deployed without `upgradable`',
  NoSuccessor: 'the new version does not come from the one that is deployed',
  UnknownEntry: 'the contract has no such entry point',
  NotOffered: 'the contract does not implement the interface',
  OtherCurrency: 'the two contracts are bound to different currencies of that name',
  NotARule: 'only a rule can be called by a transaction; ask for a view instead',
  NotAView: 'only a view can be asked',
  ExecutionFailed: 'the execution failed',
  BadGenesis: 'the genesis data is wrong',
} as const;

export type RefusalCode = keyof typeof REFUSALS;
export type Refusal = { readonly ok: false; readonly code: RefusalCode; readonly message: string };
export type Answer<T> = { readonly ok: true; readonly value: T } | Refusal;

/** `detail` says about what. */
export function refuse(code: RefusalCode, detail: string): Refusal {
  return { ok: false, code, message: detail === '' ? REFUSALS[code] : `${REFUSALS[code]}: ${detail}` };
}

export function accept<T>(value: T): Answer<T> {
  return { ok: true, value };
}

export const DONE: Answer<null> = { ok: true, value: null };
