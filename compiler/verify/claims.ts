/**
 * What a build says of itself: the obligations that it claims proved and the clauses that it leaves unproved, for the
 * artifact; and what a certificate would have to prove besides, for whoever doubts it.
 */
import type { Mark } from '../../vm/index.ts';
import type { Contract } from '../core/core.ts';
import { type Certificate, certifiedVariants } from './certificate.ts';
import type { Obligation } from './obligations.ts';

/** The hashes that a certificate proves, 32 bytes each, sorted: the claims of the artifact. */
export function claimsOf(certificate: Certificate): readonly Uint8Array[] {
  const hashes = certificate.proofs.map(({ hash }) => hash).sort();
  return hashes.map((hash) =>
    Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16)),
  );
}

/** The clauses that the author marked `unproved`, in source order. */
export function marksOf(contract: Contract): readonly Mark[] {
  const ofFunctions = contract.functions.flatMap((fn) =>
    [...fn.requires, ...fn.ensures, ...fn.succeeds, ...fn.fails, ...fn.changes].map((clause) => ({
      clause,
      owner: `${fn.name}: `,
    })),
  );
  const ofContract = [...contract.invariants, ...contract.histories].map((clause) => ({ clause, owner: '' }));
  const marked = [...ofContract, ...ofFunctions].filter(({ clause }) => clause.unproved);
  const proofs = contract.proofs.filter(({ unproved }) => unproved);
  return [
    ...marked.map(({ clause, owner }) => `${owner}${clause.kind} ${clause.name}`),
    ...proofs.map(({ title }) => `prove ${title.toWellFormed()}`),
  ].map((clause) => ({ kind: 'unproved', clause }));
}

/** What a build needs proved and the certificate does not claim, in words. */
export function missingProofs(contract: Contract, certificate: Certificate): readonly string[] {
  const proved = new Set(certificate.proofs.map(({ hash }) => hash));
  const obligations = certifiedVariants(contract, certificate);
  if (obligations === null) return ['what the certificate names as found: it is none of the candidates'];
  return obligations
    .filter((forms) => isNeeded(forms[0]) && !forms.some(({ hash }) => proved.has(hash)))
    .map(([{ success }]) => success);
}

/** As `failsBuild` has it of rows: an overflow only warns, and so does vacuity. */
function isNeeded({ kind, clause }: Obligation): boolean {
  if (kind === 'may-revert' || kind === 'vacuity') return false;
  return clause === null || !('unproved' in clause) || !clause.unproved;
}
