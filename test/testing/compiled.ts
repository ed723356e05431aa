/** Sources to artifacts, for the tests of test worlds. */
import {
  type Analysis,
  analyse,
  build,
  type core,
  lowerDeployable,
  lowerProgram,
  lowerTests,
} from '../../compiler/index.ts';
import type { TestProgram } from '../../testing/index.ts';
import type { Artifact } from '../../vm/index.ts';

/** The contracts of a source without errors, without proofs. */
export function contractsOf(text: string): Artifact[] {
  return artifactsOf(lowerProgram(soundSource(text)));
}

/** `others` are sources that it may use, by path; its own is `name`. */
export function programOf(
  text: string,
  name = 'test.ccl',
  others: ReadonlyMap<string, string> = new Map(),
): TestProgram {
  const analysis = soundSource(text, name, others);
  const program = lowerDeployable(analysis);
  const evaluators = artifactsOf(lowerTests(analysis));
  const { plans, invariants } = analysis.tests;
  const contracts = artifactsOf(program);
  return { plans, invariants, contracts, cores: program.contracts, evaluators };
}

function artifactsOf({ contracts }: core.Program): Artifact[] {
  return contracts.map((contract) => build(contract, { claims: [], marks: [] }));
}

function soundSource(
  text: string,
  name = 'test.ccl',
  others: ReadonlyMap<string, string> = new Map(),
): Analysis {
  const analysis = analyse(new Map([...others, [name, text]]), name);
  const mistakes = analysis.diagnostics.filter(({ severity }) => severity === 'error');
  if (mistakes.length > 0)
    throw new Error(mistakes.map(({ code, message }) => `${code} ${message}`).join('\n'));
  return analysis;
}
