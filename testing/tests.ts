/**
 * Runs the tests of a file: each once (`script.ts`), or, where it has parameters, for inputs that are drawn and made smaller
 * when they fail. Results are plain data: what failed, where, and what was read.
 */
import fc from 'fast-check';
import type { TestInputs, TestPlan } from '../compiler/index.ts';
import type { AbiValue, Entry, Observer } from '../vm/index.ts';
import { arbitraryOf, poolsOf } from './arbitrary.ts';
import type { GasListener, GasUse } from './gas.ts';
import { pasteInputs } from './paste.ts';
import {
  endingOf,
  failureAt,
  openStart,
  type Start,
  type TestFailure,
  type TestProgram,
  watchOf,
} from './script.ts';
import { simplifyValues } from './shrink.ts';
import { showValue } from './values.ts';

export type TestResult = {
  readonly title: string;
  readonly span: TestPlan['span'];
  /** Null when the test passed. */
  readonly failure: TestFailure | null;
  readonly gas: readonly GasUse[];
  /** Of a test with parameters. */
  readonly generated: Generated | null;
};

/** `skipped` are inputs that the test does not assume. */
export type Generated = {
  readonly seed: number;
  readonly runs: number;
  readonly skipped: number;
};

export type TestOptions = {
  /** Of generated inputs: the same seed draws the same. */
  readonly seed: number;
  /** Inputs of a test with parameters. */
  readonly runs: number;
  /** Sees what the contracts execute. */
  readonly observer?: Observer | undefined;
  /** Called for each execution that succeeded. */
  readonly onGas?: GasListener;
  /** Called as tests go on. */
  readonly onProgress?: (title: string, done: number, total: number) => void;
};

export const TEST_OPTIONS: TestOptions = { seed: 20_260_131, runs: 100 };

/** In the order of the source. Runs all of them, whatever fails. */
export function runTests(program: TestProgram, options: TestOptions = TEST_OPTIONS): TestResult[] {
  return [...testsOf(program, options)];
}

/** The same one by one, for who would stop between them. */
export function* testsOf(program: TestProgram, options: TestOptions = TEST_OPTIONS): Generator<TestResult> {
  const watches = new Map(program.cores.map((contract) => [contract, watchOf(contract)]));
  for (const plan of program.plans) yield runTest({ program, watches }, plan, options);
}

type Compiled = Pick<Start, 'program' | 'watches'>;

function runTest(compiled: Compiled, plan: TestPlan, options: TestOptions): TestResult {
  const start = openStart(compiled, plan, options);
  const { title, span } = plan;
  const { failure, generated } =
    plan.inputs === null
      ? { failure: endingOf(start, []).failure, generated: null }
      : generate(start, plan.inputs, options);
  return { title, span, failure, generated, gas: [...start.gas.values()] };
}

function generate(
  start: Start,
  inputs: TestInputs,
  { seed, runs, onProgress }: TestOptions,
): { readonly failure: TestFailure | null; readonly generated: Generated } {
  const { plan, program } = start;
  const shape = shapeOf(start, inputs);
  const pools = poolsOf(
    program.contracts,
    plan.members.map(({ name }) => name),
  );
  const arbitraries = shape.map(({ type }) => arbitraryOf(type, pools));
  let failure: TestFailure | null = null;
  let done = 0;
  const property = fc.property(fc.tuple(...arbitraries), (values) => {
    const ending = endingOf(start, values);
    if (!ending.assumed) fc.pre(false);
    if (failure === null) onProgress?.(plan.title, ++done, runs);
    if (ending.failure === null) return true;
    // Shrinking stays with the failure that was met first.
    if (failure !== null && !sameFailure(failure, ending.failure)) return true;
    failure = ending.failure;
    return false;
  });
  const details = fc.check(property, { seed, numRuns: runs });
  const generated = { seed, runs: details.numRuns, skipped: details.numSkips };
  if (!details.failed) return { failure: null, generated };
  if (failure === null || details.counterexample === null)
    return { failure: failureAt(plan.span, HARDLY_ANY), generated };
  const types = shape.map(({ type }) => type);
  // Constants do not shrink by themselves.
  const plain = simplifyValues(details.counterexample[0], types, (values) => {
    const other = endingOf(start, values).failure;
    if (other === null || !sameFailure(failure!, other)) return false;
    failure = other;
    return true;
  });
  const shrinks = details.numShrinks + plain.steps;
  return { failure: withFound(start, inputs, failure, plain.values, shrinks), generated };
}

const HARDLY_ANY = 'hardly any input is one that the test assumes: assume less, or draw fewer inputs';

function withFound(
  start: Start,
  inputs: TestInputs,
  failure: TestFailure,
  values: readonly AbiValue[],
  shrinks: number,
): TestFailure {
  const { artifact } = start.evaluators.get(inputs.shape.contract)!;
  const naming = { currencies: artifact.currencies, names: start.world.names };
  const given = shapeOf(start, inputs).map(({ name, type }, at) => ({
    name,
    value: showValue(values[at]!, type, naming),
  }));
  return { ...failure, found: { given, shrinks, paste: pasteInputs(start.plan.title, inputs, given) } };
}

/** Names and types of the parameters. */
function shapeOf({ evaluators }: Start, { shape }: TestInputs): Entry['params'] {
  const { artifact } = evaluators.get(shape.contract)!;
  return artifact.entries.find(({ name }) => name === shape.view)!.params;
}

/** The same statement, for the same reason but for values in it. */
function sameFailure(one: TestFailure, other: TestFailure): boolean {
  const places = [one, other].map(({ span, position }) => [span.start, position?.start ?? -1].join());
  return places[0] === places[1] && wordsIn(one) === wordsIn(other);
}

function wordsIn({ message }: TestFailure): string {
  return message.replace(/[0-9]+/g, '0');
}
