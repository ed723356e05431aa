/** What an attester reads of the chain and writes to it: pending deployments in, signed `attest` transactions out. */
import { read } from '../../host/index.ts';
import { decodeArtifact } from '../../vm/index.ts';
import { MATERIALS, PENDING, pendingQueue } from '../app/rows.ts';
import type { Chain } from '../chain.ts';
import type { KeyPair } from '../keys/index.ts';
import { messageOf } from '../refusal.ts';
import { gasLimitFor, signTransaction } from '../sign.ts';
import type { AttesterParts, Deployment, Prover, Verdict } from './attester.ts';

export type VerdictParts = {
  readonly chain: Chain;
  readonly key: KeyPair;
  readonly prove: Prover;
  readonly submit: (tx: Uint8Array) => { readonly ok: true; readonly hash: string } | { readonly ok: false };
  /** Whether a submitted transaction is still on its way. */
  readonly isWaiting: (hash: string) => boolean;
  readonly nextSequence: (did: string) => bigint;
  readonly report: (notice: {
    readonly code: 'ProverFailed' | 'DeploymentRefused';
    readonly message: string;
  }) => void;
};

export function attestOn(parts: VerdictParts): AttesterParts {
  const sent = new Map<string, string>();
  return {
    prove: parts.prove,
    waiting: () => waitingFor(parts.chain, validatorDid(parts)),
    load: (contract) => loadDeployment(parts.chain, contract),
    attest: (deployment, verdict) => send(parts, sent, deployment, verdict),
    failed: (contract, error) =>
      parts.report({
        code: 'ProverFailed',
        message: `checking ${contract} failed, which says nothing about it: ${messageOf(error)}`,
      }),
  };
}

function validatorDid({ chain, key }: VerdictParts): string {
  const own = chain.end().validators.find((validator) => Buffer.from(validator.key).equals(key.publicKey));
  return own?.did ?? '';
}

function waitingFor({ state }: Chain, did: string): string[] {
  return pendingQueue(state).filter((contract) => {
    const pending = read(state, PENDING, contract);
    return (
      pending !== undefined &&
      !pending.ready &&
      !pending.approvals.includes(did) &&
      !pending.rejections.includes(did)
    );
  });
}

function loadDeployment({ state }: Chain, contract: string): Deployment | null {
  const [pending, materials] = [read(state, PENDING, contract), read(state, MATERIALS, contract)];
  if (pending === undefined || materials === undefined) return null;
  const decoded = decodeArtifact(materials.artifact);
  if (!decoded.ok) throw new Error(`the artifact of ${contract} does not decode`);
  return { contract, artifactHash: pending.artifactHash, claims: decoded.artifact.claims, ...materials };
}

/** `sent` remembers the last transaction per contract, so that one that is on its way is not sent twice. */
function send(
  parts: VerdictParts,
  sent: Map<string, string>,
  deployment: Deployment,
  verdict: Verdict,
): boolean {
  const { contract } = deployment;
  const before = sent.get(contract);
  if (before !== undefined && parts.isWaiting(before)) return true;
  const submitted = parts.submit(signAttestation(parts, deployment, verdict));
  if (!submitted.ok) return false;
  if (before === undefined && !verdict.ok)
    parts.report({ code: 'DeploymentRefused', message: `${contract}: ${verdict.reason}` });
  sent.delete(contract);
  sent.set(contract, submitted.hash);
  if (sent.size > SENT_MAX) sent.delete(sent.keys().next().value!);
  return true;
}

const SENT_MAX = 256;

function signAttestation(
  parts: VerdictParts,
  { contract, artifactHash }: Deployment,
  verdict: Verdict,
): Uint8Array {
  const sender = validatorDid(parts);
  const body = { kind: 'attest', contract, artifactHash, approve: verdict.ok } as const;
  const { chainId } = parts.chain.end();
  const transaction = { chainId, sender, sequence: parts.nextSequence(sender), spends: [], body };
  return signTransaction({ ...transaction, gasLimit: gasLimitFor(transaction, 0) }, parts.key);
}
