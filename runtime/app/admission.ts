/**
 * Whether a transaction may enter: bytes and the state in, the decoded transaction or a verdict out. What is refused
 * here changes nothing. The same checks serve the mempool, proposals and blocks; they differ in the sequence.
 */
import {
  CONTRACTS,
  DEPLOY_PERMISSION,
  holdsPermission,
  isRegistered,
  type Reader,
  read,
  type State,
  UPGRADE_PERMISSION,
  type VerifySignature,
  verifyByDid,
  write,
} from '../../host/index.ts';
import { decodeTransaction, type SignedTransaction, signingBytes, TX_LIMITS } from '../codec/transaction.ts';
import { type Verdict, verdict } from './codes.ts';
import { gasAt, intrinsicGas } from './gas.ts';
import { CHAIN, type Chain, SENDERS, type Sender, validatorsOf } from './rows.ts';

export type Admitted = {
  readonly transaction: SignedTransaction;
  readonly sender: Sender;
  readonly gasIntrinsic: number;
};
export type Admission =
  | { readonly ok: true; readonly value: Admitted }
  | { readonly ok: false; readonly verdict: Verdict; readonly transaction: SignedTransaction | null };

/** How far ahead of a sender's next sequence number the mempool looks. */
export const SEQUENCE_AHEAD_MAX = 64n;

export type Context = { readonly state: Reader; readonly time: bigint; readonly verify: VerifySignature };

/** For the mempool: the sequence number may be up to `SEQUENCE_AHEAD_MAX` ahead. */
export function admitAhead(context: Context, data: Uint8Array): Admission {
  return admit(context, data, (sequence, next) => {
    if (sequence > next + SEQUENCE_AHEAD_MAX)
      return verdict('SequenceTooFar', `${sequence}, the next is ${next}`);
    return null;
  });
}

/** For a block: the sequence number is the sender's next. */
export function admitNext(context: Context, data: Uint8Array): Admission {
  return admit(context, data, (sequence, next) =>
    sequence > next ? verdict('SequenceGap', `${sequence}, the next is ${next}`) : null,
  );
}

/** Takes the sequence number and the whole gas limit from the sender; `refundGas` gives back what was not used. */
export function charge(state: State, { transaction, sender }: Admitted, time: bigint): void {
  const parameters = chainOf(state).parameters;
  const left = gasAt(sender.gas, time, parameters) - transaction.gasLimit;
  write(state, SENDERS, [transaction.sender], { sequence: sender.sequence + 1n, gas: { left, at: time } });
}

export function refundGas(state: State, did: string, gas: number, time: bigint): void {
  const parameters = chainOf(state).parameters;
  const sender = senderOf(state, did, parameters.gasAllowanceMax, time);
  const left = Math.min(parameters.gasAllowanceMax, gasAt(sender.gas, time, parameters) + gas);
  write(state, SENDERS, [did], { ...sender, gas: { left, at: time } });
}

export function chainOf(state: Reader): Chain {
  const chain = read(state, CHAIN);
  if (chain === undefined) throw new Error('the state has no chain: InitChain comes first');
  return chain;
}

/** A member who has sent nothing yet has the full allowance. */
export function senderOf(state: Reader, did: string, gasAllowanceMax: number, time: bigint): Sender {
  return read(state, SENDERS, did) ?? { sequence: 0n, gas: { left: gasAllowanceMax, at: time } };
}

// ---- private -----------------------------------------------------------------------------------

type SequenceRule = (sequence: bigint, next: bigint) => Verdict | null;

function admit(context: Context, data: Uint8Array, sequenceRule: SequenceRule): Admission {
  if (data.length > TX_LIMITS.txBytesMax) {
    return {
      ok: false,
      verdict: verdict('Oversized', `${data.length} bytes, at most ${TX_LIMITS.txBytesMax}`),
      transaction: null,
    };
  }
  const decoded = decodeTransaction(data);
  if (!decoded.ok) return { ok: false, verdict: verdict('Malformed', decoded.message), transaction: null };
  const transaction = decoded.value;
  const gasIntrinsic = intrinsicGas(transaction, data.length);
  const chain = chainOf(context.state);
  const sender = senderOf(context.state, transaction.sender, chain.parameters.gasAllowanceMax, context.time);
  const refused =
    wrongSender(context, transaction) ??
    wrongSequence(transaction.sequence, sender.sequence, sequenceRule) ??
    wrongGas(context, transaction, sender, gasIntrinsic) ??
    wrongBody(context, transaction) ??
    wrongSignature(context, transaction);
  return refused === null
    ? { ok: true, value: { transaction, sender, gasIntrinsic } }
    : { ok: false, verdict: refused, transaction };
}

function wrongSender({ state }: Context, { chainId, sender }: SignedTransaction): Verdict | null {
  const ours = chainOf(state).chainId;
  if (chainId !== ours) return verdict('WrongChain', `"${chainId}", this is "${ours}"`);
  return isRegistered(state, sender) ? null : verdict('UnknownSender', sender);
}

/** The last check, because it costs more than all others together. */
function wrongSignature({ state, verify }: Context, transaction: SignedTransaction): Verdict | null {
  const { sender, signature } = transaction;
  const signed = verifyByDid(state, verify, sender, signingBytes(transaction), signature);
  return signed ? null : verdict('BadSignature', sender);
}

function wrongSequence(sequence: bigint, next: bigint, rule: SequenceRule): Verdict | null {
  return sequence < next ? verdict('UsedSequence', `${sequence}, the next is ${next}`) : rule(sequence, next);
}

function wrongGas(
  { state, time }: Context,
  { gasLimit }: SignedTransaction,
  sender: Sender,
  gasIntrinsic: number,
): Verdict | null {
  const { parameters } = chainOf(state);
  if (gasLimit < gasIntrinsic) return verdict('GasLimitTooSmall', `${gasLimit}, at least ${gasIntrinsic}`);
  if (gasLimit > parameters.blockGasMax)
    return verdict('GasLimitTooLarge', `${gasLimit}, at most ${parameters.blockGasMax}`);
  const left = gasAt(sender.gas, time, parameters);
  return gasLimit > left ? verdict('GasAllowance', `${gasLimit}, there are ${left}`) : null;
}

/** What can be said of a body before it is executed. */
function wrongBody({ state }: Context, { sender, body }: SignedTransaction): Verdict | null {
  if (body.kind === 'deploy' && !holdsPermission(state, body.cooperative, sender, DEPLOY_PERMISSION)) {
    return verdict('MayNotDeploy', `${DEPLOY_PERMISSION} of ${body.cooperative}`);
  }
  if (body.kind === 'upgrade') return mayNotUpgrade(state, sender, body.contract);
  if (body.kind === 'attest' && !validatorsOf(state).some(({ did }) => did === sender))
    return verdict('NotAValidator', sender);
  return null;
}

function mayNotUpgrade(state: Reader, sender: string, contract: string): Verdict | null {
  const row = read(state, CONTRACTS, contract);
  if (row === undefined) return verdict('UnknownContract', contract);
  if (holdsPermission(state, row.cooperative, sender, UPGRADE_PERMISSION)) return null;
  return verdict('MayNotUpgrade', `${UPGRADE_PERMISSION} of ${row.cooperative}`);
}
