/**
 * Deployment in two steps. `deploy` is stored as pending after cheap checks; validators re-check it off the critical
 * path and attest; at more than two thirds of their power it is ready, and `init` runs after the block's
 * transactions. Another version for a contract goes the same way, and its `upgrade` runs. No compiler and no solver runs here: this only counts.
 */
import {
  CONTRACTS,
  checkArtifact,
  contractIdOf,
  erase,
  type Failure,
  instantiateContract,
  type Moment,
  type Reader,
  read,
  type State,
  type Success,
  takeDeploymentNumber,
  upgradeContract,
  upgradeRefusal,
  write,
} from '../../host/index.ts';
import type { Event } from '../../vm/index.ts';
import { equalBytes } from '../codec/schema.ts';
import { decodeArgs, encodeArgs, type Transaction } from '../codec/transaction.ts';
import { refundGas } from './admission.ts';
import { OK, saying, type Verdict, verdict } from './codes.ts';
import type { Parameters } from './genesis.ts';
import { MATERIALS, PENDING, type Pending, pendingQueue, validatorsOf, writeQueue } from './rows.ts';

export type DeployBody = Extract<Transaction['body'], { kind: 'deploy' | 'upgrade' }>;
export type AttestBody = Extract<Transaction['body'], { kind: 'attest' }>;

/**
 * Stores a deployment as pending; `gasLeft` is what `init` or `upgrade` may use. Gives its id, which is the contract's where
 * that is new.
 */
export function storePending(
  state: State,
  moment: Moment,
  parameters: Parameters,
  deployment: { readonly transaction: Transaction; readonly body: DeployBody; readonly gasLeft: number },
): { readonly verdict: Verdict; readonly id: string } {
  const { transaction, body, gasLeft } = deployment;
  const queue = pendingQueue(state);
  if (queue.length >= parameters.deploymentsPendingMax)
    return { verdict: verdict('TooManyPending', ''), id: '' };
  const checked = checkArtifact(body.artifact);
  if (!checked.ok) return { verdict: verdict(checked.code, checked.message), id: '' };
  const unproved = checked.value.program.artifact.marks.filter(({ kind }) => kind === 'unproved');
  if (unproved.length > 0 && !parameters.acceptUnproved) {
    return {
      verdict: verdict('UnprovedClauses', unproved.map(({ clause }) => clause).join('; ')),
      id: '',
    };
  }
  const { sender, spends } = transaction;
  const refusal =
    body.kind === 'upgrade' ? upgradeRefusal(state, body.contract, sender, checked.value) : null;
  if (refusal !== null) return { verdict: saying(refusal.code, refusal.message), id: '' };
  const id = contractIdOf(sender, takeDeploymentNumber(state, sender), checked.value.hash);
  const { artifact, sources, certificate } = body;
  write(state, PENDING, [id], {
    creator: sender,
    ...targetOf(state, body),
    artifactHash: checked.value.hash,
    spends,
    gasLeft,
    expires: moment.block + BigInt(parameters.deploymentExpiryBlocks),
    approvals: [],
    rejections: [],
    ready: false,
  });
  write(state, MATERIALS, [id], { artifact, sources, certificate });
  writeQueue(state, [...queue, id]);
  return { verdict: OK, id };
}

function targetOf(state: Reader, body: DeployBody): Pick<Pending, 'cooperative' | 'upgrades' | 'args'> {
  if (body.kind === 'deploy')
    return { cooperative: body.cooperative, upgrades: '', args: encodeArgs(body.args) };
  const { cooperative } = read(state, CONTRACTS, body.contract)!;
  return { cooperative, upgrades: body.contract, args: encodeArgs([]) };
}

/** Counts a validator's verdict; the deployment becomes ready, or is dropped, when the outcome is certain. */
export function countAttestation(
  state: State,
  moment: Moment,
  validator: string,
  body: AttestBody,
): { readonly verdict: Verdict; readonly events: Event[] } {
  const pending = read(state, PENDING, body.contract);
  const refused = wrongAttestation(pending, moment, validator, body);
  if (refused !== null || pending === undefined)
    return { verdict: refused ?? verdict('UnknownDeployment', ''), events: [] };
  const approvals = body.approve ? [...pending.approvals, validator] : pending.approvals;
  const rejections = body.approve ? pending.rejections : [...pending.rejections, validator];
  const ready = 3n * powerOf(state, approvals) > 2n * powerOf(state, null);
  const lost = 3n * powerOf(state, rejections) >= powerOf(state, null);
  if (lost) return { verdict: OK, events: [drop(state, body.contract, 'rejected by the validators')] };
  write(state, PENDING, [body.contract], { ...pending, approvals, rejections, ready });
  return { verdict: OK, events: [] };
}

/** Runs `init` or `upgrade` of what is ready, in order of deployment, up to the cap of a block. */
export function runReady(state: State, moment: Moment, parameters: Parameters): Event[] {
  const ready = pendingQueue(state).filter((contract) => read(state, PENDING, contract)?.ready === true);
  return ready.slice(0, parameters.deploymentsPerBlockMax).flatMap((id) => runOne(state, moment, id));
}

/** Drops what was not attested in time. */
export function dropExpired(state: State, moment: Moment): Event[] {
  const expired = pendingQueue(state).filter((contract) => {
    const pending = read(state, PENDING, contract);
    return pending !== undefined && !pending.ready && pending.expires < moment.block;
  });
  return expired.map((contract) => drop(state, contract, 'not attested in time'));
}

// ---- private -----------------------------------------------------------------------------------

function wrongAttestation(
  pending: Pending | undefined,
  moment: Moment,
  validator: string,
  body: AttestBody,
): Verdict | null {
  if (pending === undefined || pending.ready || pending.expires < moment.block)
    return verdict('UnknownDeployment', body.contract);
  if (!equalBytes(pending.artifactHash, body.artifactHash)) return verdict('WrongArtifact', body.contract);
  const attested = pending.approvals.includes(validator) || pending.rejections.includes(validator);
  return attested ? verdict('AttestedAlready', validator) : null;
}

function runOne(state: State, moment: Moment, id: string): Event[] {
  const pending = read(state, PENDING, id);
  const materials = read(state, MATERIALS, id);
  if (pending === undefined || materials === undefined) throw new Error('a pending deployment is damaged');
  const { creator, gasLeft, upgrades } = pending;
  const outcome = (upgrades === '' ? runInit : runUpgrade)(state, moment, id, pending, materials.artifact);
  refundGas(state, creator, gasLeft - outcome.gasUsed, moment.time);
  if (!outcome.ok) return [drop(state, id, `${outcome.code}: ${outcome.message}`)];
  forget(state, id);
  const done =
    upgrades === ''
      ? deploymentEvent('ContractDeployed', id, [{ name: 'creator', value: creator }])
      : deploymentEvent('ContractUpgraded', upgrades, [
          { name: 'by', value: creator },
          { name: 'deployment', value: id },
        ]);
  return [...outcome.events, done];
}

type Run = (
  state: State,
  moment: Moment,
  id: string,
  pending: Pending,
  artifact: Uint8Array,
) => Success | Failure;

const runInit: Run = (state, moment, contract, pending, artifact) => {
  const args = decodeArgs(pending.args);
  if (!args.ok) throw new Error('a pending deployment is damaged');
  const { creator, cooperative, spends, gasLeft: gasLimit } = pending;
  const deployment = { contract, artifact, creator, cooperative, args: args.value, spends, gasLimit };
  return instantiateContract(state, moment, deployment);
};

const runUpgrade: Run = (state, moment, _, pending, artifact) => {
  const { upgrades: contract, creator: by, spends, gasLeft: gasLimit } = pending;
  return upgradeContract(state, moment, { contract, artifact, by, spends, gasLimit });
};

function drop(state: State, contract: string, reason: string): Event {
  forget(state, contract);
  return deploymentEvent('DeploymentDropped', contract, [{ name: 'reason', value: reason }]);
}

function forget(state: State, contract: string): void {
  erase(state, PENDING, contract);
  erase(state, MATERIALS, contract);
  writeQueue(
    state,
    pendingQueue(state).filter((waiting) => waiting !== contract),
  );
}

function deploymentEvent(name: string, contract: string, fields: Event['fields']): Event {
  return { source: 'contracts', name, fields: [{ name: 'contract', value: contract }, ...fields] };
}

/** Of these validators, or of all. */
function powerOf(state: Reader, dids: readonly string[] | null): bigint {
  const counted = validatorsOf(state).filter(({ did }) => dids === null || dids.includes(did));
  return counted.reduce((sum, { power }) => sum + power, 0n);
}
