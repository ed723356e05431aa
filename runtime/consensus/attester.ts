/**
 * A validator's work on pending deployments, off the path of blocks: one at a time, each is handed to the prover
 * (which recompiles and proves again, in a process of its own) and the verdict goes out as a signed transaction.
 */
import type { SourceFile } from '../codec/transaction.ts';

/** `claims` are the hashes of the obligations that `artifact` says are proved; the first source holds the contract. */
export type Deployment = {
  readonly contract: string;
  readonly artifact: Uint8Array;
  readonly artifactHash: Uint8Array;
  readonly sources: readonly SourceFile[];
  readonly claims: readonly Uint8Array[];
  readonly certificate: Uint8Array;
};
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };
/** May reject, and should soon, once `signal` aborts. */
export type Prover = (deployment: Deployment, signal: AbortSignal) => Promise<Verdict>;

export type AttesterParts = {
  /** Contracts that wait and on which this validator has not attested yet. */
  readonly waiting: () => readonly string[];
  readonly load: (contract: string) => Deployment | null;
  readonly prove: Prover;
  /** Sends the verdict; false when the node could not take it now. A verdict that is on its way is not sent again. */
  readonly attest: (deployment: Deployment, verdict: Verdict) => boolean;
  /** A prover that failed has said nothing about the deployment. */
  readonly failed: (contract: string, error: unknown) => void;
};

export type Attester = {
  /** Looks whether there is work; to be called after every block. */
  wake(): void;
  /** Why this validator refused a deployment, while it is remembered. */
  reason(contract: string): string | null;
  /** Resolves when the prover has returned; its verdict is dropped. */
  stop(): Promise<void>;
};

const ATTEMPTS_MAX = 3;
const REASONS_MAX = 256;

export function createAttester(parts: AttesterParts): Attester {
  const verdicts = new Map<string, { readonly deployment: Deployment; readonly verdict: Verdict }>();
  const attempts = new Map<string, number>();
  const reasons = new Map<string, string>();
  let work: Promise<void> | null = null;
  const abort = new AbortController();

  const wake = (): void => {
    if (abort.signal.aborted) return;
    const waiting = parts.waiting();
    forgetOthers(verdicts, waiting);
    forgetOthers(attempts, waiting);
    for (const { deployment, verdict } of verdicts.values()) parts.attest(deployment, verdict);
    const next = waiting.find(
      (contract) => !verdicts.has(contract) && (attempts.get(contract) ?? 0) < ATTEMPTS_MAX,
    );
    if (work !== null || next === undefined) return;
    work = examine(next).finally(() => {
      work = null;
      wake();
    });
  };

  const examine = async (contract: string): Promise<void> => {
    attempts.set(contract, (attempts.get(contract) ?? 0) + 1);
    try {
      const deployment = parts.load(contract);
      if (deployment === null) return;
      const verdict = await parts.prove(deployment, abort.signal);
      verdicts.set(contract, { deployment, verdict });
      if (!verdict.ok) remember(reasons, contract, verdict.reason);
    } catch (error) {
      if (!abort.signal.aborted) parts.failed(contract, error);
    }
  };

  return {
    wake,
    reason: (contract) => reasons.get(contract) ?? null,
    async stop() {
      abort.abort();
      await work;
    },
  };
}

function forgetOthers(known: Map<string, unknown>, waiting: readonly string[]): void {
  for (const contract of known.keys()) if (!waiting.includes(contract)) known.delete(contract);
}

function remember(reasons: Map<string, string>, contract: string, reason: string): void {
  reasons.set(contract, reason);
  if (reasons.size > REASONS_MAX) reasons.delete(reasons.keys().next().value!);
}
