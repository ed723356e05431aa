/**
 * Every answer that the application gives to a transaction or a query, once: a stable number, a stable name, a
 * sentence. 0 is success. Below 40: a transaction is refused at the door, and nothing changes. From 40: queries. From
 * 50, and from 100 for the refusals of the host modules: met while executing; the sequence number and gas are taken.
 */
import { REFUSALS, type RefusalCode } from '../../host/index.ts';

type Row = { readonly code: number; readonly message: string };

const ADMISSION = {
  Ok: { code: 0, message: 'done' },
  Oversized: { code: 1, message: 'the transaction is too large' },
  Malformed: { code: 2, message: 'the bytes are not the canonical encoding of a transaction' },
  WrongChain: { code: 3, message: 'the transaction is for another chain' },
  UnknownSender: { code: 4, message: 'the sender is not registered' },
  BadSignature: { code: 5, message: "the signature is not the sender's" },
  UsedSequence: { code: 6, message: 'the sequence number was used already' },
  SequenceGap: { code: 7, message: 'an earlier sequence number is missing' },
  SequenceTooFar: { code: 8, message: 'the sequence number is too far ahead' },
  GasLimitTooSmall: { code: 9, message: 'the gas limit does not cover what the transaction costs at least' },
  GasLimitTooLarge: { code: 10, message: "the gas limit is above a block's" },
  GasAllowance: {
    code: 11,
    message: "the sender's gas allowance does not cover the gas limit; it refills with time",
  },
  BlockFull: { code: 12, message: 'the block has no room for the gas limit' },
  MayNotDeploy: { code: 13, message: 'the sender may not deploy contracts for this cooperative' },
  NotAValidator: { code: 14, message: 'only a validator attests' },
  MayNotUpgrade: { code: 15, message: 'the sender may not upgrade contracts of this cooperative' },
  UnknownPath: { code: 40, message: 'no such query' },
  BadQuery: { code: 41, message: 'the query is malformed' },
  NotFound: { code: 42, message: 'nothing is stored there' },
  WrongHeight: { code: 43, message: 'only the last committed height can be asked' },
  UnprovedClauses: {
    code: 50,
    message: 'the contract carries clauses marked unproved, which this chain refuses',
  },
  UnknownDeployment: { code: 51, message: 'no deployment is pending under this id' },
  AttestedAlready: { code: 52, message: 'the validator has attested this deployment already' },
  WrongArtifact: { code: 53, message: 'the attestation is for another artifact' },
  TooManyPending: { code: 54, message: 'too many deployments are pending; try again later' },
  BadProof: { code: 55, message: "the new key's proof is not its signature" },
} as const satisfies Record<string, Row>;

/** Numbers are never reused. */
const HOST_CODES: Readonly<Record<RefusalCode, number>> = {
  ExecutionFailed: 100,
  BadArtifact: 101,
  InvalidBytecode: 102,
  NoPermission: 103,
  UnknownContract: 104,
  UnknownEntry: 105,
  NotARule: 106,
  NotAView: 107,
  BadArguments: 108,
  BadGasLimit: 109,
  ContractTaken: 110,
  NotOffered: 111,
  OtherCurrency: 112,
  NotUpgradable: 113,
  NoSuccessor: 114,
  SpendingLimit: 120,
  CannotPay: 121,
  NotTheirMoney: 122,
  NegativeAmount: 123,
  NoAccount: 124,
  ContractAccount: 125,
  UnknownCurrency: 130,
  CurrencyTaken: 131,
  WrongCurrencyKind: 132,
  WrongCurrencyDecimals: 133,
  FloorOutOfRange: 134,
  FloorsTooLow: 135,
  FloorAboveBalance: 136,
  TooMuchIssued: 137,
  NotADid: 140,
  DidTaken: 141,
  KeyMismatch: 142,
  BadKey: 143,
  UnknownDid: 144,
  UnknownCooperative: 150,
  CooperativeTaken: 151,
  BadName: 152,
  BadGenesis: 160,
};

export type CodeName = keyof typeof ADMISSION | RefusalCode;

export const CODES: Readonly<Record<CodeName, Row>> = Object.fromEntries([
  ...Object.entries(ADMISSION),
  ...Object.entries(HOST_CODES).map(([name, code]) => [
    name,
    { code, message: REFUSALS[name as RefusalCode] },
  ]),
]);

export type Verdict = { readonly code: number; readonly name: CodeName; readonly log: string };

export const OK: Verdict = { code: 0, name: 'Ok', log: '' };

/** In UTF-16 units: what a log quotes may be as long as a transaction. */
const LOG_UNITS_MAX = 4_096;

/** A refusal; `detail` says about what, and may be empty. */
export function verdict(name: CodeName, detail: string): Verdict {
  const { message } = CODES[name];
  return saying(name, detail === '' ? message : `${message}: ${detail}`);
}

/** A refusal that somebody else has put into words. */
export function saying(name: CodeName, sentence: string): Verdict {
  return { code: CODES[name].code, name, log: sentence.slice(0, LOG_UNITS_MAX).toWellFormed() };
}
