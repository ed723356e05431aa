/** Sources to artifacts, for the tests of test worlds. */
import { analyse, build, lowerProgram } from '../../compiler/index.ts';
import { compileTests, type TestProgram } from '../../testing/index.ts';
import type { Artifact } from '../../vm/index.ts';

/** The contracts of a source without errors, without proofs. */
export function contractsOf(text: string): Artifact[] {
  const analysis = analyse(new Map([['test.ccl', text]]), 'test.ccl');
  const mistakes = analysis.diagnostics.filter(({ severity }) => severity === 'error');
  if (mistakes.length > 0)
    throw new Error(mistakes.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return lowerProgram(analysis).contracts.map((contract) => build(contract, { claims: [], marks: [] }));
}

export function programOf(text: string): TestProgram {
  return compileTests(analyse(new Map([['test.ccl', text]]), 'test.ccl'), contractsOf(text));
}
