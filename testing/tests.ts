/**
 * Runs concrete tests (`core/tests.ts`) in a world of their own each. Expressions of a test are views that the world
 * evaluates as it does those of any contract. Results are plain data: what failed, where, and what was read.
 */
import type { DeployedId, Eval, Expectation, SlotId, Step, TestPlan } from '../compiler/index.ts';
import { currencyIdOf, DEPLOY_PERMISSION, type Failure, type Spends, type Success } from '../host/index.ts';
import type { AbiValue, Artifact, CurrencyDecl, Event } from '../vm/index.ts';
import { showValue } from './values.ts';
import {
  advance,
  ask,
  COOPERATIVE,
  call,
  deploy,
  limitMember,
  memberDid,
  openWorld,
  pay,
  permitMember,
  type World,
} from './world.ts';

/** The tests of a file, compiled. */
export type TestProgram = {
  readonly plans: readonly TestPlan[];
  /** The contracts that the tests may deploy. */
  readonly contracts: readonly Artifact[];
  /** The contracts that hold the tests' expressions. */
  readonly evaluators: readonly Artifact[];
};

type Span = Step['span'];

export type TestResult = {
  readonly title: string;
  readonly span: Span;
  /** Null when the test passed. */
  readonly failure: TestFailure | null;
  readonly gas: readonly GasUse[];
};

export type TestFailure = {
  /** The statement of the test. */
  readonly span: Span;
  readonly message: string;
  /** What the expectation read: the author's text and the value. */
  readonly reads: readonly { readonly text: string; readonly value: string }[];
  /** Where the contract, or an expression of the test, was when it failed. */
  readonly position: Span | null;
};

/** `gasMax` is the static bound of the entry point. */
export type GasUse = {
  readonly contract: string;
  readonly entry: string;
  readonly calls: number;
  readonly gasUsedMax: number;
  readonly gasMax: number;
};

/** In the order of the source. Runs all of them, whatever fails. */
export function runTests(program: TestProgram): TestResult[] {
  return program.plans.map((plan) => runTest(program, plan));
}

/** Uses of all results together, in order of first use. */
export function gasTable(results: readonly TestResult[]): GasUse[] {
  const table = new Map<string, GasUse>();
  for (const use of results.flatMap(({ gas }) => gas)) addUse(table, use);
  return [...table.values()];
}

/** Who deploys the contracts that hold the expressions: no name that an author can write, and no member. */
const RUNNER = 'test runner';

type Run = {
  readonly program: TestProgram;
  readonly plan: TestPlan;
  readonly world: World;
  readonly values: AbiValue[];
  readonly deployed: Map<
    DeployedId,
    { readonly account: string; readonly artifact: Artifact; readonly name: string }
  >;
  /** Account and artifact by name. */
  readonly evaluators: Map<string, { readonly account: string; readonly artifact: Artifact }>;
  /** Of the last call. */
  events: readonly Event[];
  readonly gas: Map<string, GasUse>;
};

/** Ends a test. It never leaves this file. */
type Stop = { readonly stop: TestFailure };

function runTest(program: TestProgram, plan: TestPlan): TestResult {
  const members = plan.members.map(({ name }) => name);
  const run: Run = {
    program,
    plan,
    world: openWorld({ members, currencies: currenciesOf(program) }),
    values: [],
    deployed: new Map(),
    evaluators: new Map(),
    events: [],
    gas: new Map(),
  };
  const failure = failureOf(() => {
    prepare(run);
    for (const step of plan.steps) runStep(run, step);
  });
  return { title: plan.title, span: plan.span, failure, gas: [...run.gas.values()] };
}

/** Of all contracts; a name that two declare differently is the first one's, and the second cannot be deployed. */
function currenciesOf(program: TestProgram): CurrencyDecl[] {
  const byName = new Map<string, CurrencyDecl>();
  for (const currency of program.contracts.flatMap((artifact) => artifact.currencies))
    if (!byName.has(currency.name)) byName.set(currency.name, currency);
  return [...byName.values()];
}

function failureOf(body: () => void): TestFailure | null {
  try {
    body();
    return null;
  } catch (thrown) {
    if (typeof thrown === 'object' && thrown !== null && 'stop' in thrown) return (thrown as Stop).stop;
    throw thrown;
  }
}

function stop(span: Span, message: string, more: Partial<TestFailure> = {}): never {
  throw { stop: { span, message, reads: [], position: null, ...more } } satisfies Stop;
}

/** The contracts of the expressions, then what the members' settings say. */
function prepare(run: Run): void {
  permitMember(run.world, RUNNER, DEPLOY_PERMISSION);
  for (const artifact of run.program.evaluators) {
    const outcome = deploy(run.world, { artifact, args: [], by: memberDid(RUNNER), name: artifact.name });
    if (!outcome.ok) throw new Error(`the expressions of the tests cannot be deployed: ${outcome.message}`);
    run.evaluators.set(artifact.name, { account: outcome.contract, artifact });
  }
  for (const { name, slot } of run.plan.members) run.values[slot] = memberDid(name);
  for (const { name, floors, permissions } of run.plan.members) {
    for (const { currency, amount } of floors) {
      const answer = limitMember(run.world, name, currency, evaluate(run, amount) as bigint);
      if (!answer.ok) stop(amount.span, answer.message);
    }
    for (const permission of permissions) {
      const answer = permitMember(run.world, name, permission);
      if (!answer.ok) stop(run.plan.span, answer.message);
    }
  }
}

// ---- steps -------------------------------------------------------------------------------------

function runStep(run: Run, step: Step): void {
  switch (step.kind) {
    case 'deploy':
      runDeploy(run, step);
      break;
    case 'call':
      runCall(run, step);
      break;
    case 'read':
      runRead(run, step);
      break;
    case 'account':
      run.values[step.slot] = deployedOf(run, step.deployed).account;
      break;
    case 'eval':
      fill(run, step.slot, evaluate(run, step.value));
      break;
    case 'payment':
      runPayment(run, step);
      break;
    case 'advance':
      runAdvance(run, step);
      break;
    case 'holds':
      if (evaluate(run, step.condition) !== true)
        stop(step.span, `expected ${step.text}`, { reads: readsOf(run, step.condition) });
      break;
    case 'emits':
      runEmits(run, step);
      break;
  }
}

type StepOf<K extends Step['kind']> = Extract<Step, { readonly kind: K }>;

function runDeploy(run: Run, step: StepOf<'deploy'>): void {
  const artifact = run.program.contracts.find(({ name }) => name === step.contract);
  if (artifact === undefined) throw new Error(`no artifact of ${step.contract}`);
  const args = step.args.map((arg) => evaluate(run, arg));
  const by = evaluate(run, step.by) as string;
  const name = step.name === '' ? step.contract : step.name;
  const outcome = deploy(run.world, { artifact, args, by, name });
  if (!outcome.ok)
    stop(step.span, `${step.contract} was not deployed: ${reasonOf(outcome)}`, {
      position: positionOf(outcome),
    });
  run.deployed.set(step.deployed, { account: outcome.contract, artifact, name });
  run.events = outcome.events;
  noteGas(run, artifact, 'init', outcome);
}

function runCall(run: Run, step: StepOf<'call'>): void {
  const { account, artifact, name } = deployedOf(run, step.deployed);
  const args = step.args.map((arg) => evaluate(run, arg));
  const by = evaluate(run, step.by) as string;
  const outcome = call(run.world, {
    contract: account,
    entry: step.rule,
    args,
    by,
    spends: spendsOf(run, step),
  });
  if (outcome.ok) run.events = outcome.events;
  if (outcome.ok) noteGas(run, artifact, step.rule, outcome);
  expectOutcome(step.span, `${name}.${step.rule}`, outcome, step.expectation);
  if (outcome.ok) fill(run, step.slot, outcome.result);
}

function spendsOf(run: Run, { spending }: StepOf<'call'>): Spends {
  if (spending === null) return 'unlimited';
  const amount = evaluate(run, spending.amount) as bigint;
  if (amount < 0n) stop(spending.amount.span, 'a spending limit is not negative');
  return [{ currency: currencyIdOf(COOPERATIVE, spending.currency), amount }];
}

function runRead(run: Run, step: StepOf<'read'>): void {
  const { account, artifact, name } = deployedOf(run, step.deployed);
  const args = step.args.map((arg) => evaluate(run, arg));
  const outcome = ask(run.world, account, step.view, args);
  if (outcome.ok) noteGas(run, artifact, step.view, outcome);
  expectOutcome(step.span, `${name}.${step.view}`, outcome, step.expectation);
  if (outcome.ok) fill(run, step.slot, outcome.result);
}

function runPayment(run: Run, step: StepOf<'payment'>): void {
  const amount = evaluate(run, step.amount) as bigint;
  const from = evaluate(run, step.from) as string;
  const to = evaluate(run, step.to) as string;
  const answer = pay(run.world, from, to, step.currency, amount);
  if (!answer.ok) stop(step.span, `the payment was refused: ${answer.message}`);
}

function runAdvance(run: Run, step: StepOf<'advance'>): void {
  const seconds = evaluate(run, step.duration) as bigint;
  if (seconds < 0n) stop(step.duration.span, 'the clock does not go back');
  advance(run.world, seconds);
}

function runEmits(run: Run, step: StepOf<'emits'>): void {
  const named = run.events.filter(({ name, source }) => name === step.event && run.world.names.has(source));
  const args = step.args?.map((arg) => evaluate(run, arg)) ?? null;
  const found = named.some(
    ({ fields }) => args === null || fields.every(({ value }, at) => sameValue(value, args[at]!)),
  );
  if (found) return;
  const what =
    named.length > 0
      ? `the last call emitted ${step.event} with other values`
      : `the last call did not emit ${step.event}`;
  stop(step.span, what, { reads: named.flatMap((event) => readsOfEvent(run, event)) });
}

// ---- outcomes ----------------------------------------------------------------------------------

function expectOutcome(span: Span, what: string, outcome: Success | Failure, expected: Expectation): void {
  if (outcome.ok) {
    if (expected.kind === 'fails') stop(span, `${what} was expected to fail, and succeeded`);
    return;
  }
  const reason = reasonOf(outcome);
  const position = positionOf(outcome);
  if (expected.kind !== 'fails') stop(span, `${what} failed: ${reason}`, { position });
  if (expected.message === null || saysSo(reason, expected.message)) return;
  stop(
    span,
    `${what} was expected to fail with ${JSON.stringify(expected.message)}, and failed with ${JSON.stringify(reason)}`,
    { position },
  );
}

/** A host module's refusal begins with its sentence and goes on with details behind a colon. */
function saysSo(reason: string, message: string): boolean {
  return reason === message || reason.startsWith(`${message}: `);
}

function reasonOf(failure: Failure): string {
  return failure.trap?.message ?? failure.message;
}

function positionOf(failure: Failure): Span | null {
  return failure.trap?.position ?? null;
}

function evaluate(run: Run, value: Eval): AbiValue {
  const evaluator = run.evaluators.get(value.contract);
  if (evaluator === undefined) throw new Error(`no contract ${value.contract}`);
  const outcome = ask(
    run.world,
    evaluator.account,
    value.view,
    value.inputs.map((slot) => run.values[slot]!),
  );
  if (outcome.ok) return outcome.result;
  return stop(value.span, `this has no value: ${reasonOf(outcome)}`, { position: positionOf(outcome) });
}

function fill(run: Run, slot: SlotId, value: AbiValue): void {
  if (slot >= 0) run.values[slot] = value;
}

function deployedOf(run: Run, id: DeployedId) {
  const deployed = run.deployed.get(id);
  if (deployed === undefined) throw new Error(`deployment ${id} has not happened`);
  return deployed;
}

function readsOf(run: Run, value: Eval): TestFailure['reads'] {
  const { artifact } = run.evaluators.get(value.contract)!;
  const params = artifact.entries.find(({ name }) => name === value.view)?.params ?? [];
  const naming = { currencies: artifact.currencies, names: run.world.names };
  return value.inputs.flatMap((slot, at) => {
    const { kind, text } = run.plan.slots[slot]!;
    return kind === 'member' ? [] : [{ text, value: showValue(run.values[slot]!, params[at]!.type, naming) }];
  });
}

function readsOfEvent(run: Run, event: Event): TestFailure['reads'] {
  const emitter = [...run.deployed.values()].find(({ account }) => account === event.source);
  const shape = emitter?.artifact.events.find(({ name }) => name === event.name);
  const naming = { currencies: emitter?.artifact.currencies ?? [], names: run.world.names };
  return event.fields.map(({ name, value }, at) => {
    const field = shape?.fields[at];
    return {
      text: `${event.name}.${name}`,
      value: field === undefined ? String(value) : showValue(value, field.type, naming),
    };
  });
}

function sameValue(left: AbiValue, right: AbiValue): boolean {
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object')
    return left === right;
  const fields = left as Readonly<Record<string, AbiValue>>;
  const others = right as Readonly<Record<string, AbiValue>>;
  const names = Object.keys(fields);
  return (
    names.length === Object.keys(others).length &&
    names.every((name) => sameValue(fields[name]!, others[name]!))
  );
}

// ---- gas ---------------------------------------------------------------------------------------

function noteGas(run: Run, artifact: Artifact, name: string, outcome: Success): void {
  const entry = artifact.entries.find(
    (candidate) => candidate.name === name || (name === 'init' && candidate.kind === 'init'),
  );
  if (entry === undefined) return;
  const { gasUsed } = outcome;
  addUse(run.gas, {
    contract: artifact.name,
    entry: name,
    calls: 1,
    gasUsedMax: gasUsed,
    gasMax: entry.gasMax,
  });
}

function addUse(table: Map<string, GasUse>, use: GasUse): void {
  const key = `${use.contract}.${use.entry}`;
  const known = table.get(key);
  const calls = (known?.calls ?? 0) + use.calls;
  table.set(key, { ...use, calls, gasUsedMax: Math.max(known?.gasUsedMax ?? 0, use.gasUsedMax) });
}
