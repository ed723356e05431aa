/**
 * One run of a concrete test (`core/tests.ts`) in a copy of a world. Expressions of a test are views that the world evaluates
 * as it does those of any contract; every call is held to what the contract promises (`watch.ts`).
 */
import type {
  core,
  DeployedId,
  Eval,
  Expectation,
  ExpectedError,
  InvariantsPlan,
  SlotId,
  Step,
  TestPlan,
} from '../compiler/index.ts';
import {
  currencyIdOf,
  DEPLOY_PERMISSION,
  type Failure,
  type HookRun,
  hookEvents,
  type Spends,
  type Success,
} from '../host/index.ts';
import type { AbiValue, Artifact, CurrencyDecl, Event, Observer } from '../vm/index.ts';
import { PEOPLE } from './arbitrary.ts';
import { type GasListener, type GasMeter, noteGas } from './gas.ts';
import type { Given } from './paste.ts';
import { type Judge, makeJudge } from './refute/judge.ts';
import type { Action, Arena, Place, Step as RefuteStep } from './refute/steps.ts';
import { brokenInside, openTwin, type Twin, takeGhosts, twinWorld } from './twin.ts';
import { showValue } from './values.ts';
import { type Broken, brokenBy } from './watch.ts';
import {
  advance,
  ask,
  COOPERATIVE,
  call,
  deploy,
  fork,
  limitMember,
  memberDid,
  openWorld,
  pay,
  permitMember,
  upgrade,
  type World,
} from './world.ts';

/** The tests of a file, compiled. */
export type TestProgram = {
  readonly plans: readonly TestPlan[];
  readonly invariants: readonly InvariantsPlan[];
  /** The contracts that the tests may deploy, and what they are made of, in the same order. */
  readonly contracts: readonly Artifact[];
  readonly cores: readonly core.Contract[];
  /** The contracts that hold the tests' expressions. */
  readonly evaluators: readonly Artifact[];
};

type Span = Step['span'];

export type TestFailure = {
  /** The statement of the test. */
  readonly span: Span;
  readonly message: string;
  /** What the expectation read: the author's text and the value. */
  readonly reads: readonly { readonly text: string; readonly value: string }[];
  /** Where the contract, or an expression of the test, was when it failed. */
  readonly position: Span | null;
  /** The input that it fails for, made as small as could be, and a test that has it. */
  readonly found: Found | null;
};

export type Found = { readonly given: readonly Given[]; readonly shrinks: number; readonly paste: string };

/** What holds a contract to its clauses: those around its calls are judged, those inside of its code its twin checks. */
export type Watch = {
  readonly judge: Judge;
  readonly twin: Twin | null;
  /** Where its ghosts are not known. */
  readonly blind: Judge;
};

export function watchOf(contract: core.Contract): Watch {
  const twin = openTwin(contract);
  const blind = makeJudge(contract);
  return { twin, blind, judge: twin === null ? blind : makeJudge(twin.contract) };
}

/** Who deploys the contracts that hold the expressions: no name that an author can write, and no member. */
const RUNNER = 'test runner';

/** A world with the contracts of the expressions in it, before the test. */
export type Start = {
  readonly program: TestProgram;
  readonly watches: Watches;
  readonly plan: TestPlan;
  readonly world: World;
  /** Account and artifact by name. */
  readonly evaluators: Map<string, { readonly account: string; readonly artifact: Artifact }>;
  readonly gas: GasMeter;
  readonly onGas: GasListener | undefined;
};

export type Watches = ReadonlyMap<core.Contract, Watch>;

type Deployed = Extract<ReturnType<typeof deploy>, { readonly ok: true }>;
type DeployedContract = {
  readonly account: string;
  readonly artifact: Artifact;
  readonly name: string;
  readonly arena: Arena;
  readonly watch: Watch;
};

type Run = Omit<Start, 'world'> & {
  /** As it is now; what it was before a call stays as it was. */
  world: World;
  readonly values: AbiValue[];
  readonly deployed: Map<DeployedId, DeployedContract>;
  /** Of the last call. */
  events: readonly Event[];
  /** Accounts whose twin did not come along: a number of a ghost or of a check was too large for the machine. */
  readonly lost: Set<string>;
  /** Steps taken so far. */
  steps: number;
};

/** So that loops in tests come to an end. */
const STEPS_MAX = 20_000;

/** Ends a run: with a failure, or with null where the input is none that the test assumes. It never leaves this file. */
type Stop = { readonly stop: TestFailure | null };
export type Ending = { readonly failure: TestFailure | null; readonly assumed: boolean };

/** Who sees and hears what runs. */
export type Watching = { readonly observer?: Observer | undefined; readonly onGas?: GasListener };

/** A world with the test's members, and with the contracts that hold its expressions. */
export function openStart(
  { program, watches }: Pick<Start, 'program' | 'watches'>,
  plan: TestPlan,
  { observer, onGas }: Watching,
): Start {
  const named = plan.members.map(({ name }) => name);
  const members = plan.inputs === null ? named : [...new Set([...named, ...PEOPLE])];
  const world = openWorld({ members, currencies: currenciesOf(program), observer });
  const evaluators: Start['evaluators'] = new Map();
  permitMember(world, RUNNER, DEPLOY_PERMISSION);
  for (const artifact of program.evaluators) {
    const outcome = deploy(world, { artifact, args: [], by: memberDid(RUNNER), name: artifact.name });
    if (!outcome.ok) throw new Error(`the expressions of the tests cannot be deployed: ${outcome.message}`);
    evaluators.set(artifact.name, { account: outcome.contract, artifact });
  }
  return { program, watches, plan, world, evaluators, gas: new Map(), onGas };
}

/** One run of the test, in a copy of the world. */
export function endingOf(start: Start, inputs: readonly AbiValue[]): Ending {
  const run: Run = {
    ...start,
    world: fork(start.world),
    values: [],
    deployed: new Map(),
    events: [],
    lost: new Set(),
    steps: 0,
  };
  start.plan.inputs?.slots.forEach((slot, at) => {
    run.values[slot] = inputs[at]!;
  });
  return endOf(() => {
    prepare(run);
    runSteps(run, run.plan.steps);
  });
}

/** Of all contracts; a name that two declare differently is the first one's, and the second cannot be deployed. */
function currenciesOf(program: TestProgram): CurrencyDecl[] {
  const byName = new Map<string, CurrencyDecl>();
  for (const currency of program.contracts.flatMap((artifact) => artifact.currencies))
    if (!byName.has(currency.name)) byName.set(currency.name, currency);
  return [...byName.values()];
}

function endOf(body: () => void): Ending {
  try {
    body();
    return { failure: null, assumed: true };
  } catch (thrown) {
    if (typeof thrown !== 'object' || thrown === null || !('stop' in thrown)) throw thrown;
    const { stop: failure } = thrown as Stop;
    return { failure, assumed: failure !== null };
  }
}

function stop(span: Span, message: string, more: Partial<TestFailure> = {}): never {
  throw { stop: failureAt(span, message, more) } satisfies Stop;
}

export function failureAt(span: Span, message: string, more: Partial<TestFailure> = {}): TestFailure {
  return { span, message, reads: [], position: null, found: null, ...more };
}

/** What the members' settings say. */
function prepare(run: Run): void {
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

function runSteps(run: Run, steps: readonly Step[]): void {
  for (const step of steps) runStep(run, step);
}

function runStep(run: Run, step: Step): void {
  run.steps += 1;
  if (run.steps > STEPS_MAX) stop(step.span, `a test makes at most ${STEPS_MAX} steps`);
  switch (step.kind) {
    case 'deploy':
      runDeploy(run, step);
      break;
    case 'upgrade':
      runUpgrade(run, step);
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
    case 'unwrap':
      runUnwrap(run, step);
      break;
    case 'if':
      runSteps(run, evaluate(run, step.condition) === true ? step.then : step.otherwise);
      break;
    case 'match':
      runSteps(run, step.arms[Number(evaluate(run, step.arm))]!);
      break;
    case 'repeat':
      runRepeat(run, step);
      break;
    case 'each':
      for (const item of evaluate(run, step.items) as readonly AbiValue[]) {
        run.values[step.slot] = item;
        runSteps(run, step.body);
      }
      break;
    case 'assume':
      if (evaluate(run, step.condition) !== true) throw { stop: null } satisfies Stop;
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
  const { artifact, contract } = versionOf(run.program, step);
  const args = step.args.map((arg) => evaluate(run, arg));
  const by = evaluate(run, step.by) as string;
  const name = step.name === '' ? step.contract : step.name;
  const before = leaveWorld(run);
  const outcome = deploy(run.world, { artifact, args, by, name });
  if (!outcome.ok)
    stop(step.span, `${step.contract} was not deployed: ${reasonOf(outcome)}`, {
      position: positionOf(outcome),
    });
  const account = outcome.contract;
  const watch = run.watches.get(contract)!;
  const watched = watch.twin ?? { contract, artifact };
  const arena: Arena = {
    contract: watched.contract,
    artifact: watched.artifact,
    ghosts: [],
    root: before,
    creator: by,
    account,
    others: [],
    implementers: [],
    sink: '',
    deployments: null,
  };
  const deployed = { account, artifact, name, arena, watch };
  const again = (world: World) => deploy(world, { artifact: watched.artifact, args, by, name });
  runTwins(run, step.span, name, { before, outcomes: [outcome], again: (world) => [again(world)] }, deployed);
  run.deployed.set(step.deployed, deployed);
  run.events = outcome.events;
  meterGas(run, artifact, 'init', outcome.gasUsed);
  fill(run, step.gasSlot, BigInt(outcome.gasUsed));
  watchStep(run, step.span, deployed, { action: { kind: 'deploy', args }, from: null, outcome });
}

/** What is compiled of a version of a contract. */
function versionOf(
  { contracts, cores }: TestProgram,
  { contract: name, version }: { readonly contract: string; readonly version: string },
): { readonly artifact: Artifact; readonly contract: core.Contract } {
  const index = cores.findIndex((core) => core.name === name && core.version === version);
  const [artifact, contract] = [contracts[index], cores[index]];
  if (artifact === undefined || contract === undefined) throw new Error(`no artifact of ${name} ${version}`);
  return { artifact, contract };
}

/** Every variable that stood for the contract stands for the new version. */
function runUpgrade(run: Run, step: StepOf<'upgrade'>): void {
  const from = deployedOf(run, step.from);
  const { account } = from;
  const { artifact, contract } = versionOf(run.program, step);
  const by = evaluate(run, step.by) as string;
  const before = leaveWorld(run);
  const outcome = upgrade(run.world, { artifact, contract: account, by });
  const watch = run.watches.get(contract)!;
  const watched = watch.twin ?? { contract, artifact };
  const arena: Arena = {
    ...from.arena,
    contract: watched.contract,
    artifact: watched.artifact,
    root: before,
  };
  const deployed = { account, artifact, name: outcome.ok ? step.name : from.name, arena, watch };
  const again = (world: World) => upgrade(world, { artifact: watched.artifact, contract: account, by });
  const what = `the upgrade of ${from.name}`;
  runTwins(run, step.span, what, { before, outcomes: [outcome], again: (world) => [again(world)] }, deployed);
  const { name: entry, function: callee } = artifact.entries.find(({ kind }) => kind === 'upgrade')!;
  if (outcome.ok) {
    for (const [id, one] of run.deployed) if (one.account === account) run.deployed.set(id, deployed);
    run.deployed.set(step.deployed, deployed);
    run.events = outcome.events;
    meterGas(run, artifact, entry, outcome.gasUsed);
  }
  watchStep(run, step.span, deployed, {
    action: { kind: 'call', callee, args: [], by },
    from: before,
    outcome,
  });
  expectOutcome(run, step.span, what, outcome, step.expectation);
}

function runCall(run: Run, step: StepOf<'call'>): void {
  const deployed = deployedOf(run, step.deployed);
  const { account, artifact, name } = deployed;
  const args = step.args.map((arg) => evaluate(run, arg));
  const by = evaluate(run, step.by) as string;
  const spends = spendsOf(run, step);
  const before = leaveWorld(run);
  const again = (world: World) => call(world, { contract: account, entry: step.rule, args, by, spends });
  const outcome = again(run.world);
  if (outcome.ok) run.events = outcome.events;
  if (outcome.ok) meterGas(run, artifact, step.rule, outcome.gasUsed);
  const callee = calleeNamed(artifact, step.rule);
  const what = `${name}.${step.rule}`;
  runTwins(run, step.span, what, { before, outcomes: [outcome], again: (world) => [again(world)] });
  watchStep(run, step.span, deployed, { action: { kind: 'call', callee, args, by }, from: before, outcome });
  expectOutcome(run, step.span, what, outcome, step.expectation);
  if (outcome.ok) fillBoth(run, step, outcome);
}

/** Something that happened, from which world on, and how it is done again. */
type Repeated = {
  readonly before: World;
  readonly outcomes: readonly (Success | Failure)[];
  readonly again: (world: World) => readonly (Success | Failure)[];
};

/**
 * The same with the code of twins: a clause inside of that which does not hold ends the test; ghosts go on from there.
 * `made` is what is deployed by it, or is a new version of what was.
 */
function runTwins(run: Run, span: Span, what: string, repeated: Repeated, made?: DeployedContract): void {
  const twins = new Map<string, Twin>();
  for (const { account, watch } of run.deployed.values())
    if (watch.twin !== null) twins.set(account, watch.twin);
  const own = made?.watch.twin ?? null;
  if (twins.size === 0 && own === null) return;
  const world = twinWorld(repeated.before, twins);
  const outcomes = repeated.again(world);
  const all = own === null ? [...twins.values()] : [own, ...twins.values()];
  for (const outcome of outcomes) {
    const broken = outcome.ok ? null : brokenInside(all, outcome, run.world.names);
    if (broken === null) continue;
    const { says, clause, reads } = broken;
    stop(span, `${what} ${says}`, { position: clause.span, reads });
  }
  const came = repeated.outcomes.every(({ ok }, at) => outcomes[at]?.ok === ok);
  const keep = (twin: Twin, from: string, to: string): void => {
    if (came) takeGhosts(twin, { world, account: from }, { world: run.world, account: to });
    else run.lost.add(to);
  };
  for (const [account, twin] of twins) if (account !== made?.account) keep(twin, account, account);
  const [first] = outcomes;
  const from =
    first?.ok === true && 'contract' in first ? (first as Deployed).contract : (made?.account ?? '');
  if (own !== null) keep(own, from, made!.account);
}

/** From here on things happen in a copy; what is given back stays as it is. */
function leaveWorld(run: Run): World {
  const before = run.world;
  run.world = fork(before);
  return before;
}

/** -1 where a newer version has no such entry point. */
function calleeNamed({ entries }: Artifact, name: string): number {
  return entries.find((entry) => entry.kind !== 'init' && entry.name === name)?.function ?? -1;
}

type Watched = {
  readonly action: Action;
  readonly from: World | null;
  readonly outcome: Success | Failure;
};

/** Every call of a test must keep what its contract promises, and every contract its invariants. */
function watchStep(run: Run, span: Span, deployed: DeployedContract, watched: Watched): void {
  const { arena } = deployed;
  const { action, from, outcome } = watched;
  const step: RefuteStep = {
    action,
    from: from === null ? null : placeOf(deployed, from),
    to: outcome.ok ? placeOf(deployed, run.world) : null,
    result: outcome.ok ? outcome.result : null,
    failure: outcome.ok ? null : outcome,
    gasUsed: outcome.gasUsed,
  };
  const broken = brokenBy(arena, judgeOf(run, deployed), step);
  if (broken.length > 0) stopBroken(span, nameOfAction(deployed, action), broken, outcome);
  if (outcome.ok && from !== null && from !== run.world) watchOthers(run, span, from, deployed);
}

/** What has happened since `from`, as the contracts see it that were not called. */
function watchOthers(run: Run, span: Span, from: World, called: DeployedContract | null): void {
  for (const deployed of new Set(run.deployed.values())) {
    if (deployed === called) continue;
    const { arena } = deployed;
    const step: RefuteStep = {
      action: { kind: 'wait', seconds: 0n, blocks: 0n },
      from: placeOf(deployed, from),
      to: placeOf(deployed, run.world),
      result: null,
      failure: null,
      gasUsed: 0,
    };
    const broken = brokenBy(arena, judgeOf(run, deployed), step);
    if (broken.length > 0) stopBroken(span, deployed.name, broken, null);
  }
}

function judgeOf(run: Run, { account, watch }: DeployedContract): Judge {
  return run.lost.has(account) ? watch.blind : watch.judge;
}

function placeOf({ account }: DeployedContract, world: World): Place {
  return { world, account, last: null, depth: 0 };
}

function stopBroken(
  span: Span,
  what: string,
  broken: readonly Broken[],
  outcome: Success | Failure | null,
): never {
  const why = outcome === null || outcome.ok ? '' : ` (${reasonOf(outcome)})`;
  const says = broken.map((one) => one.says).join(', and ');
  return stop(span, `${what} ${says}${why}`, { position: broken[0]!.span });
}

function nameOfAction({ name, artifact }: DeployedContract, action: Action): string {
  if (action.kind !== 'call') return name;
  return `${name}.${artifact.entries.find((entry) => entry.function === action.callee)!.name}`;
}

function spendsOf(run: Run, { spending }: StepOf<'call'>): Spends {
  if (spending === null) return 'unlimited';
  const amount = evaluate(run, spending.amount) as bigint;
  if (amount < 0n) stop(spending.amount.span, 'a spending limit is not negative');
  return [{ currency: currencyIdOf(COOPERATIVE, spending.currency), amount }];
}

function runRead(run: Run, step: StepOf<'read'>): void {
  const deployed = deployedOf(run, step.deployed);
  const { account, artifact, name } = deployed;
  const args = step.args.map((arg) => evaluate(run, arg));
  const outcome = ask(run.world, account, step.view, args);
  if (outcome.ok) meterGas(run, artifact, step.view, outcome.gasUsed);
  const what = `${name}.${step.view}`;
  const again = (world: World) => [ask(world, account, step.view, args)];
  runTwins(run, step.span, what, { before: run.world, outcomes: [outcome], again });
  const callee = calleeNamed(artifact, step.view);
  const action: Action = { kind: 'call', callee, args, by: '' };
  watchStep(run, step.span, deployed, { action, from: run.world, outcome });
  expectOutcome(run, step.span, what, outcome, step.expectation);
  if (outcome.ok) fillBoth(run, step, outcome);
}

function runPayment(run: Run, step: StepOf<'payment'>): void {
  const amount = evaluate(run, step.amount) as bigint;
  const from = evaluate(run, step.from) as string;
  const to = evaluate(run, step.to) as string;
  const before = leaveWorld(run);
  const answer = pay(run.world, from, to, step.currency, amount);
  if (!answer.ok) stop(step.span, `the payment was refused: ${answer.message}`);
  watchOthers(run, step.span, before, null);
}

function runUnwrap(run: Run, { slot, value }: StepOf<'unwrap'>): void {
  const option = evaluate(run, value) as { readonly some: AbiValue };
  fill(run, slot, option.some);
}

/** The bounds are read once. */
function runRepeat(run: Run, { slot, from, to, body }: StepOf<'repeat'>): void {
  const end = evaluate(run, to) as bigint;
  for (let at = evaluate(run, from) as bigint; at < end; at++) {
    run.values[slot] = at;
    runSteps(run, body);
  }
}

function runAdvance(run: Run, step: StepOf<'advance'>): void {
  const seconds = evaluate(run, step.duration) as bigint;
  if (seconds < 0n) stop(step.duration.span, 'the clock does not go back');
  const before = leaveWorld(run);
  const ran = advance(run.world, seconds);
  if (ran.length > 0) run.events = ran.flatMap(hookEvents);
  const again = (world: World) => advance(world, seconds).map(({ outcome }) => outcome);
  const what = ran.map(({ entry }) => entry).join(', ');
  runTwins(run, step.span, what, { before, outcomes: ran.map(({ outcome }) => outcome), again });
  run.world.clock.block += 1n;
  const deployed = watchHooks(run, step.span, before, ran);
  watchOthers(run, step.span, before, deployed);
}

/** What one hook did is judged as a call is; of several only what they leave behind. */
function watchHooks(run: Run, span: Span, from: World, ran: readonly HookRun[]): DeployedContract | null {
  for (const { contract, entry, outcome } of ran) {
    const deployed = [...run.deployed.values()].find(({ account }) => account === contract);
    if (deployed !== undefined && outcome.ok) meterGas(run, deployed.artifact, entry, outcome.gasUsed);
  }
  const [only, ...others] = ran;
  const deployed = [...run.deployed.values()].find(({ account }) => account === only?.contract);
  if (only === undefined || others.length > 0 || deployed === undefined) return null;
  const callee = deployed.artifact.entries.find(({ name }) => name === only.entry)!.function;
  const action: Action = { kind: 'call', callee, args: [only.periods], by: '' };
  watchStep(run, span, deployed, { action, from, outcome: only.outcome });
  return deployed;
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

function expectOutcome(
  run: Run,
  span: Span,
  what: string,
  outcome: Success | Failure,
  expected: Expectation,
): void {
  if (outcome.ok) {
    if (expected.kind === 'fails') stop(span, `${what} was expected to fail, and succeeded`);
    return;
  }
  const reason = reasonOf(outcome);
  const position = positionOf(outcome);
  if (expected.kind !== 'fails') stop(span, `${what} failed: ${shownReason(run, outcome)}`, { position });
  if (expected.error !== null) expectError(run, span, what, outcome, expected.error);
  if (expected.message === null || saysSo(reason, expected.message)) return;
  stop(
    span,
    `${what} was expected to fail with ${JSON.stringify(expected.message)}, and failed with ${JSON.stringify(reason)}`,
    { position },
  );
}

/** The error that the contract declares, with these values where the test says some. */
function expectError(
  run: Run,
  span: Span,
  what: string,
  failure: Failure,
  { name, args }: ExpectedError,
): void {
  const error = failure.trap?.error;
  const values = args?.map((arg) => evaluate(run, arg)) ?? null;
  const same = error?.fields.every(({ value }, at) => values === null || sameValue(value, values[at]!));
  if (error?.name === name && same === true) return;
  const wanted = error?.name === name ? `other values of ${name}` : name;
  const found = error === undefined ? JSON.stringify(reasonOf(failure)) : shownReason(run, failure);
  const position = positionOf(failure);
  stop(span, `${what} was expected to fail with ${wanted}, and failed with ${found}`, { position });
}

/** With members by name. */
function shownReason(run: Run, failure: Failure): string {
  return reasonOf(failure).replace(
    /did"([^"]*)"/g,
    (whole, did: string) => run.world.names.get(did) ?? whole,
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

function meterGas(run: Run, artifact: Artifact, entry: string, gasUsed: number): void {
  const name = titleOf(run.program, artifact);
  noteGas(run.gas, { name, entries: artifact.entries }, entry, gasUsed);
  run.onGas?.(name, entry, gasUsed);
}

/** The last version of a contract stands for it; those that it comes from are told apart. */
function titleOf({ contracts }: TestProgram, artifact: Artifact): string {
  const { name, meta } = artifact;
  return contracts.find((one) => one.name === name) === artifact ? name : `${name}@${meta.version}`;
}

function fillBoth(
  run: Run,
  { slot, gasSlot }: { readonly slot: SlotId; readonly gasSlot: SlotId },
  { result, gasUsed }: Success,
): void {
  fill(run, slot, result);
  fill(run, gasSlot, BigInt(gasUsed));
}

function deployedOf(run: Run, id: DeployedId): DeployedContract {
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
