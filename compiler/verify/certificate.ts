/**
 * A certificate: which obligations of a contract were proved, by which solver, and how hard each was. It lies beside
 * the artifact, outside of its hash; whoever doubts it makes the obligations anew from the source and proves them
 * again under four times the certified limit.
 */
import type { Contract } from '../core/core.ts';
import { isDecided, type Obligation } from './obligations.ts';
import { type Variants, variantsOf } from './variants.ts';
import type { Report, Solve } from './verify.ts';

export type Certificate = {
  readonly contract: string;
  /** The solver's build. */
  readonly solver: string;
  /** Names of the invariants that the proofs assume. */
  readonly assumed: readonly string[];
  /** Names of those that are not in the source: candidates, which whoever checks makes anew (`candidates.ts`). */
  readonly found: readonly string[];
  /** In the order of the obligations; each hash once. */
  readonly proofs: readonly Proof[];
};

/** The proof needs at most 2^limitClass of the solver's resource; what was measured is at most half of that. */
export type Proof = { readonly hash: string; readonly limitClass: number };

export type Recheck = { readonly ok: true } | { readonly ok: false; readonly problem: string };

/** Four times the limit must be a limit that the solver takes, below 2^32. */
const LIMIT_CLASS_MAX = 29;
const PROOFS_MAX = 10_000;

export function certificateOf(report: Report, solver: string): Certificate {
  const proofs = new Map<string, Proof>();
  for (const row of report.rows) {
    if (row.answer !== 'proved' || row.kind === 'vacuity') continue;
    proofs.set(row.hash, { hash: row.hash, limitClass: limitClassOf(row.resource) });
  }
  const { contract, found } = report;
  const assumed = report.assumed.filter((name) => !found.includes(name));
  return { contract, solver, assumed, found, proofs: [...proofs.values()] };
}

/** Every obligation of the contract under what the certificate assumes; null where it assumes what nobody would look for. */
export function certifiedVariants(
  contract: Contract,
  { assumed, found }: Certificate,
): readonly Variants[] | null {
  return variantsOf(contract, { assumed, found });
}

/**
 * Proves again what the certificate claims of the contract, which the caller has compiled from source. `workMax` is
 * the resource that all of it may take together, by its limit classes.
 */
export async function recheck(
  contract: Contract,
  certificate: Certificate,
  solve: Solve,
  workMax: number,
): Promise<Recheck> {
  if (certificate.contract !== contract.name)
    return failed(`it is for ${certificate.contract}, not for ${contract.name}`);
  if (workOf(certificate) > workMax) return failed('its proofs need more of the solver than is granted');
  const obligations = certifiedVariants(contract, certificate);
  if (obligations === null) return failed('it names an invariant as found that is none of the candidates');
  const circular = unprovedAssumption(certificate, obligations);
  if (circular !== null) return failed(`it assumes invariant ${circular} without proving it`);
  for (const proof of certificate.proofs) {
    const problem = await recheckProof(proof, obligations.flat(), solve);
    if (problem !== null) return failed(problem);
  }
  return { ok: true };
}

/** The solver's resource that checking takes at most. */
export function workOf(certificate: Certificate): number {
  return certificate.proofs.reduce((sum, proof) => sum + limitOf(proof), 0);
}

/** One JSON text for one certificate. */
export function encodeCertificate(certificate: Certificate): string {
  const { contract, solver, assumed, found, proofs } = certificate;
  return `${JSON.stringify({ contract, solver, assumed, found, proofs: proofs.map(({ hash, limitClass }) => [hash, limitClass]) })}\n`;
}

/** Null for any text that `encodeCertificate` does not write. */
export function decodeCertificate(text: string): Certificate | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  const certificate = certificateIn(data);
  return certificate !== null && encodeCertificate(certificate) === text ? certificate : null;
}

// ---- private -----------------------------------------------------------------------------------

function failed(problem: string): Recheck {
  return { ok: false, problem: `the certificate does not hold: ${problem}` };
}

/** A power of two at or above twice the count. */
function limitClassOf(resource: number): number {
  let limitClass = 1;
  while (2 ** limitClass < 2 * resource) limitClass += 1;
  return limitClass;
}

function limitOf(proof: Proof): number {
  return 4 * 2 ** proof.limitClass;
}

/** Every obligation of an assumed invariant, those of loops included, must be among the proofs in one of its forms. */
function unprovedAssumption(certificate: Certificate, obligations: readonly Variants[]): string | null {
  const proved = new Set(certificate.proofs.map((proof) => proof.hash));
  const names = new Set(obligations.map(([{ keeps }]) => keeps));
  const assumed = [...certificate.assumed, ...certificate.found];
  const open = obligations.find(
    (forms) =>
      forms[0].keeps !== null &&
      assumed.includes(forms[0].keeps) &&
      !forms.some(({ hash }) => proved.has(hash)),
  );
  return open?.[0].keeps ?? assumed.find((name) => !names.has(name)) ?? null;
}

async function recheckProof(
  proof: Proof,
  obligations: readonly Obligation[],
  solve: Solve,
): Promise<string | null> {
  const obligation = obligations.find(
    (o) => o.hash === proof.hash && o.holdsWhen === 'unsat' && o.unsupported === null,
  );
  if (obligation === undefined) return `the contract has no obligation ${proof.hash}`;
  if (isDecided(obligation)) return null;
  const answer = await solve({ text: obligation.text, rlimit: limitOf(proof), wants: [] });
  return answer.status === 'unsat' ? null : `${obligation.success}: the solver says ${answer.status}`;
}

function certificateIn(data: unknown): Certificate | null {
  if (typeof data !== 'object' || data === null) return null;
  const { contract, solver, assumed, found, proofs } = data as { readonly [name: string]: unknown };
  if (typeof contract !== 'string' || typeof solver !== 'string') return null;
  if (!isNames(assumed) || !isNames(found) || !Array.isArray(proofs) || proofs.length > PROOFS_MAX)
    return null;
  const decoded = proofs.map(proofIn);
  if (new Set(decoded.map((proof) => proof?.hash)).size < decoded.length) return null;
  return decoded.every((proof) => proof !== null)
    ? { contract, solver, assumed, found, proofs: decoded }
    : null;
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function proofIn(data: unknown): Proof | null {
  if (!Array.isArray(data) || data.length !== 2) return null;
  const [hash, limitClass] = data as unknown[];
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) return null;
  if (!Number.isInteger(limitClass) || (limitClass as number) < 1 || (limitClass as number) > LIMIT_CLASS_MAX)
    return null;
  return { hash, limitClass: limitClass as number };
}
