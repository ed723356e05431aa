/** The versions of a contract as artifacts, the last one first, made of their sources without proofs. */
import { analyse, build, lowerDeployable } from '../../compiler/index.ts';
import type { Artifact } from '../../vm/index.ts';

/** `earlier`: the sources of the versions before, by their file names. */
export function versionsIn(text: string, earlier: { readonly [file: string]: string }): readonly Artifact[] {
  const analysis = analyse(new Map([...Object.entries(earlier), ['main.ccl', text]]), 'main.ccl');
  const mistakes = analysis.diagnostics.filter(({ severity }) => severity === 'error');
  if (mistakes.length > 0)
    throw new Error(mistakes.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return lowerDeployable(analysis).contracts.map((contract) => build(contract, { claims: [], marks: [] }));
}
