/** A source that has no mistakes, as the contracts of its core. */
import { analyse, type core, lowerProgram } from '../../compiler/index.ts';

const FILE = 'contract.ccl';

/** Throws with the first mistake where there is one. */
export function lowered(text: string): readonly core.Contract[] {
  const analysis = analyse(new Map([[FILE, text]]), FILE);
  const mistake = analysis.diagnostics.find(({ severity }) => severity === 'error');
  if (mistake !== undefined) throw new Error(`${mistake.code}: ${mistake.message}`);
  return lowerProgram(analysis).contracts;
}
