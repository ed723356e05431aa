/**
 * One transaction of a block: bytes and the state in, one result for any bytes out. Refused: the state is as before.
 * Failed: only the sequence number and the gas are taken. Each kind of transaction is one row of `PERFORM`.
 */
import {
  applyChanges,
  callContract,
  currencyOf,
  type Failure,
  holdsPermission,
  ISSUE_PERMISSION,
  issue,
  type Moment,
  overlay,
  registerDid,
  rotateKey,
  type State,
  transfer,
  type VerifySignature,
} from '../../host/index.ts';
import type { Event } from '../../vm/index.ts';
import {
  type Body,
  encodeValue,
  registrationBytes,
  type SignedTransaction,
  transactionHash,
} from '../codec/transaction.ts';
import type { TxResult } from './abci.ts';
import { type Admitted, admitNext, chainOf, charge, refundGas } from './admission.ts';
import { OK, saying, type Verdict, verdict } from './codes.ts';
import { countAttestation, type DeployBody, storePending } from './deployments.ts';

/** The block's moment and what is left of its gas; `verify` checks signatures. */
export type BlockContext = {
  readonly moment: Moment;
  readonly verify: VerifySignature;
  readonly gasLeft: number;
};

export function executeTransaction(state: State, context: BlockContext, data: Uint8Array): TxResult {
  const { moment, verify, gasLeft } = context;
  const admission = admitNext({ state, time: moment.time, verify }, data);
  if (!admission.ok) return refused(admission.verdict, admission.transaction?.gasLimit ?? 0);
  const { transaction } = admission.value;
  if (transaction.gasLimit > gasLeft)
    return refused(
      verdict('BlockFull', `${transaction.gasLimit}, there is room for ${gasLeft}`),
      transaction.gasLimit,
    );
  charge(state, admission.value, moment.time);
  const scratch = overlay(state);
  const done = perform(scratch, { ...moment, transaction: transactionHash(data) }, verify, admission.value);
  if (done.verdict.code === 0) applyChanges(state, scratch.changes());
  refundGas(state, transaction.sender, transaction.gasLimit - done.gasUsed - done.gasHeld, moment.time);
  return {
    ...done.verdict,
    data: done.data,
    gasWanted: transaction.gasLimit,
    gasUsed: done.gasUsed,
    events: done.events,
  };
}

/** What a proposal's checks need of a transaction: that it is admitted, and whom it registers or which key it rotates. */
export function admitTransaction(
  state: State,
  context: BlockContext,
  data: Uint8Array,
): { readonly verdict: Verdict; readonly gasLimit: number } {
  const { moment, verify, gasLeft } = context;
  const admission = admitNext({ state, time: moment.time, verify }, data);
  if (!admission.ok) return { verdict: admission.verdict, gasLimit: 0 };
  const { transaction } = admission.value;
  if (transaction.gasLimit > gasLeft)
    return { verdict: verdict('BlockFull', ''), gasLimit: transaction.gasLimit };
  charge(state, admission.value, moment.time);
  const { kind } = transaction.body;
  if (kind === 'register' || kind === 'rotate') {
    const scratch = overlay(state);
    if (perform(scratch, moment, verify, admission.value).verdict.code === 0)
      applyChanges(state, scratch.changes());
  }
  return { verdict: OK, gasLimit: transaction.gasLimit };
}

// ---- private -----------------------------------------------------------------------------------

/** `gasHeld` is kept for work that is queued. */
type Done = {
  readonly verdict: Verdict;
  readonly data: Uint8Array;
  readonly gasUsed: number;
  readonly gasHeld: number;
  readonly events: readonly Event[];
};

type Act<B extends Body> = {
  readonly state: State;
  readonly moment: Moment;
  readonly verify: VerifySignature;
  readonly transaction: SignedTransaction;
  readonly body: B;
  readonly gasIntrinsic: number;
};

const PERFORM: { readonly [K in Body['kind']]: (act: Act<Extract<Body, { kind: K }>>) => Done } = {
  register: performRegister,
  rotate: performRotate,
  deploy: performDeploy,
  upgrade: performDeploy,
  attest: performAttest,
  call: performCall,
  transfer: performTransfer,
  issue: performIssue,
};

function perform(
  state: State,
  moment: Moment,
  verify: VerifySignature,
  { transaction, gasIntrinsic }: Admitted,
): Done {
  const act = { state, moment, verify, transaction, body: transaction.body, gasIntrinsic };
  return (PERFORM[transaction.body.kind] as (act: Act<Body>) => Done)(act);
}

function performRegister({
  state,
  verify,
  transaction,
  body,
  gasIntrinsic,
}: Act<Extract<Body, { kind: 'register' }>>): Done {
  const { did, key, proof } = body;
  if (!verify(proof, registrationBytes(transaction.chainId, did, key), key))
    return native(gasIntrinsic, verdict('BadProof', did), []);
  const answer = registerDid(state, { did, key, sponsor: transaction.sender });
  return native(gasIntrinsic, verdictOf(answer), []);
}

function performRotate({
  state,
  verify,
  transaction,
  body,
  gasIntrinsic,
}: Act<Extract<Body, { kind: 'rotate' }>>): Done {
  const { key, proof } = body;
  const message = registrationBytes(transaction.chainId, transaction.sender, key);
  if (!verify(proof, message, key)) return native(gasIntrinsic, verdict('BadProof', transaction.sender), []);
  return native(gasIntrinsic, verdictOf(rotateKey(state, transaction.sender, key)), []);
}

function performDeploy({ state, moment, transaction, body, gasIntrinsic }: Act<DeployBody>): Done {
  const gasLeft = transaction.gasLimit - gasIntrinsic;
  const stored = storePending(state, moment, chainOf(state).parameters, { transaction, body, gasLeft });
  if (stored.verdict.code !== 0) return native(gasIntrinsic, stored.verdict, []);
  return {
    verdict: OK,
    data: encodeValue(
      body.kind === 'deploy' ? { contract: stored.id } : { contract: body.contract, deployment: stored.id },
    ),
    gasUsed: gasIntrinsic,
    gasHeld: gasLeft,
    events: [],
  };
}

function performAttest({
  state,
  moment,
  transaction,
  body,
  gasIntrinsic,
}: Act<Extract<Body, { kind: 'attest' }>>): Done {
  const counted = countAttestation(state, moment, transaction.sender, body);
  return native(gasIntrinsic, counted.verdict, counted.events);
}

function performCall({
  state,
  moment,
  transaction,
  body,
  gasIntrinsic,
}: Act<Extract<Body, { kind: 'call' }>>): Done {
  const { contract, entry, args } = body;
  const { sender, spends, gasLimit } = transaction;
  const outcome = callContract(state, moment, {
    contract,
    entry,
    args,
    caller: sender,
    spends,
    gasLimit: gasLimit - gasIntrinsic,
  });
  const gasUsed = gasIntrinsic + outcome.gasUsed;
  if (!outcome.ok) return failed(gasUsed, verdictOfFailure(outcome));
  return { verdict: OK, data: encodeValue(outcome.result), gasUsed, gasHeld: 0, events: outcome.events };
}

function performTransfer({
  state,
  moment,
  transaction,
  body,
  gasIntrinsic,
}: Act<Extract<Body, { kind: 'transfer' }>>): Done {
  const { to, currency, amount } = body;
  const answer = transfer(state, moment, { from: transaction.sender, to, currency, amount });
  return native(gasIntrinsic, verdictOf(answer), answer.ok ? answer.value : []);
}

function performIssue({
  state,
  moment,
  transaction,
  body,
  gasIntrinsic,
}: Act<Extract<Body, { kind: 'issue' }>>): Done {
  const cooperative = currencyOf(state, body.currency)?.cooperative;
  const allowed =
    cooperative === undefined || holdsPermission(state, cooperative, transaction.sender, ISSUE_PERMISSION);
  if (!allowed)
    return native(gasIntrinsic, verdict('NoPermission', `${ISSUE_PERMISSION} of ${cooperative}`), []);
  const answer = issue(state, moment, { to: body.to, currency: body.currency, amount: body.amount });
  return native(gasIntrinsic, verdictOf(answer), answer.ok ? answer.value : []);
}

function native(gasUsed: number, outcome: Verdict, events: readonly Event[]): Done {
  return { verdict: outcome, data: new Uint8Array(0), gasUsed, gasHeld: 0, events };
}

function failed(gasUsed: number, outcome: Verdict): Done {
  return native(gasUsed, outcome, []);
}

function refused(outcome: Verdict, gasWanted: number): TxResult {
  return { ...outcome, data: new Uint8Array(0), gasWanted, gasUsed: 0, events: [] };
}

function verdictOf(
  answer:
    | { readonly ok: true }
    | { readonly ok: false; readonly code: Failure['code']; readonly message: string },
): Verdict {
  return answer.ok ? OK : verdictOfFailure(answer);
}

function verdictOfFailure({
  code,
  message,
}: {
  readonly code: Failure['code'];
  readonly message: string;
}): Verdict {
  return saying(code, message);
}
