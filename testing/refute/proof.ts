/**
 * The steps of a `prove` on the machine. In: a place that was reached or built, the parameters, and what others do in
 * each `later`. Out: which expectations were not met, and which steps came to pass. All calls between two environment
 * steps are made in one block: time stands still. Where a step cannot be done as it is meant (what is assumed does not
 * hold, a call is refused for what a proof takes for granted, a number does not fit), the rest is not judged.
 */
import { abiFields, type core } from '../../compiler/index.ts';
import type { AbiField, AbiValue, Value } from '../../vm/index.ts';
import { ask, callHere, fork } from '../world.ts';
import { isRefusal } from './failure.ts';
import type { End, Judge, Moment } from './judge.ts';
import type { Later } from './others.ts';
import {
  type Action,
  type Arena,
  entryOf,
  type Place,
  type Spending,
  type Step,
  snapshotAt,
  spendsOf,
  takeStep,
} from './steps.ts';
import { takeValue, wordsOf } from './words.ts';

export type ProofRun = {
  /** What happened, in order. */
  readonly told: readonly Told[];
  readonly broken: readonly Broken[];
  readonly passed: readonly core.ProofStep[];
};

/** `run`: the name of the run that the step belongs to. */
export type Told = { readonly run: string | null; readonly step: Step };
/** `told`: what had happened by then; `why`: where it has no meaning, by what it does. */
export type Broken = {
  readonly clause: core.Clause;
  readonly told: readonly Told[];
  readonly why: string | null;
};

type Proving = Extract<Action, { readonly kind: 'prove' }>;

export function runProof(
  arena: Arena,
  judge: Judge,
  { proof: index, args, laters }: Proving,
  from: Place,
): ProofRun {
  const proof = arena.contract.proofs[index]!;
  const types = paramsOf(arena, index).map(({ type }) => type);
  const start = inNewBlock(from);
  const told: Told[] = [];
  const run: Run = {
    arena,
    judge,
    proof,
    laters,
    start,
    place: start,
    locals: args.flatMap((arg, i) => wordsOf(arg, types[i]!)),
    ends: new Map(),
    name: null,
    told,
    broken: [],
    passed: [],
  };
  runSteps(run, proof.steps);
  return { told, broken: run.broken, passed: run.passed };
}

/** The parameters of a proof as values cross into it. */
export function paramsOf({ contract }: Arena, proof: number): readonly AbiField[] {
  return abiFields(contract.proofs[proof]!.params, contract);
}

// ---- private -----------------------------------------------------------------------------------

type Run = {
  readonly arena: Arena;
  readonly judge: Judge;
  readonly proof: core.Proof;
  readonly laters: readonly Later[];
  readonly start: Place;
  place: Place;
  readonly locals: (Value | undefined)[];
  readonly ends: Map<core.RunEnd, End>;
  /** Of the run that is under way. */
  readonly name: string | null;
  readonly told: Told[];
  readonly broken: Broken[];
  readonly passed: core.ProofStep[];
};

/** A call is a block of its own where others may have come before it. */
function inNewBlock(place: Place): Place {
  const world = fork(place.world);
  world.clock.block += 1n;
  return { ...place, world };
}

/** Whether all of them could be done. */
function runSteps(run: Run, steps: readonly core.ProofStep[]): boolean {
  return steps.every((step) => {
    const done = runStep(run, step);
    if (done) run.passed.push(step);
    return done;
  });
}

function runStep(run: Run, step: core.ProofStep): boolean {
  const { judge } = run;
  switch (step.kind) {
    case 'assume':
      return judge.holds(step.clause, momentOf(run)) === true;
    case 'expect': {
      const held = judge.holds(step.clause, momentOf(run));
      if (held === false) {
        const why = judge.undefinedBy(step.clause, momentOf(run));
        run.broken.push({ clause: step.clause, told: [...run.told], why });
      }
      return held !== null;
    }
    case 'bind': {
      const words = valuesOf(run, step.values, step.span);
      words?.forEach((word, i) => {
        run.locals[step.targets[i]!] = word;
      });
      return words !== null;
    }
    case 'call':
      return runCall(run, step);
    case 'later':
      return runLater(run, step.number);
    case 'run':
      return runRun(run, step);
    case 'choice': {
      const condition = judge.valueOf(step.condition, step.span, momentOf(run));
      return condition !== null && runSteps(run, condition === true ? step.yes : step.no);
    }
  }
}

function momentOf({ arena, proof, start, place, locals, ends }: Run): Moment {
  const [old, now] = [endAt(arena, start), endAt(arena, place)];
  const shared = { locals, declared: proof.locals, result: [], callee: -1, ends };
  return { old: old.now, oldEnv: old.env, now: now.now, env: now.env, ...shared };
}

function endAt(arena: Arena, place: Place): End {
  const { time, block } = place.world.clock;
  const values = { caller: '', creator: arena.creator, self: place.account, now: time, block };
  return { now: snapshotAt(arena, place), env: (name) => values[name] };
}

/** Null where one of them has no value. */
function valuesOf(run: Run, terms: readonly core.Term[], span: core.Stmt['span']): readonly Value[] | null {
  const moment = momentOf(run);
  const words = terms.map((term) => run.judge.valueOf(term, span, moment));
  return words.includes(null) ? null : (words as Value[]);
}

// ---- calls -------------------------------------------------------------------------------------

function runCall(run: Run, call: core.ProofCall): boolean {
  const step = takeCall(run, call);
  if (step === null) return false;
  run.told.push({ run: run.name, step });
  if (step.to !== null) run.place = step.to;
  const { outcome, targets } = call;
  if (outcome.kind !== 'assumed') {
    run.locals[outcome.target] = isAsNoted(step, outcome);
    return true;
  }
  if (step.to === null) return false;
  const words = wordsOf(step.result, entryOf(run.arena, call.callee).result);
  targets.forEach((target, i) => {
    run.locals[target] = words[i]!;
  });
  return true;
}

function isAsNoted(
  { failure }: Step,
  outcome: Exclude<core.ProofOutcome, { readonly kind: 'assumed' }>,
): boolean {
  if (outcome.kind === 'succeeds') return failure === null;
  const { refusal } = outcome;
  if (failure === null || refusal === null) return failure !== null;
  const { trap } = failure;
  return refusal.kind === 'error'
    ? trap?.error?.name === refusal.text
    : trap?.kind === 'Requirement' && trap.message === refusal.text;
}

/** Null where the call cannot be made, or is refused for what is taken for granted. */
function takeCall(run: Run, call: core.ProofCall): Step | null {
  const { arena, place } = run;
  const { callee, span } = call;
  const words = valuesOf(run, call.args, span);
  const by = call.by === null ? [''] : valuesOf(run, [call.by], span);
  const spending = spendingOf(run, call);
  if (words === null || by === null || spending === undefined) return null;
  const caller = by[0] as string;
  if (call.by !== null && (caller === '' || caller === place.account)) return null;
  const { name: entry, params } = entryOf(arena, callee);
  const left = [...words];
  const args = params.map((param): AbiValue => takeValue(left, param.type));
  const world = fork(place.world);
  const { account } = place;
  const outcome =
    call.by === null
      ? ask(world, account, entry, args)
      : callHere(world, { contract: account, entry, args, by: caller, spends: spendsOf(arena, spending) });
  const action: Action = { kind: 'call', callee, args, by: caller, spending };
  if (!outcome.ok) {
    if (!isRefusal(arena, outcome)) return null;
    return { action, from: place, to: null, result: null, failure: outcome, gasUsed: outcome.gasUsed };
  }
  const to: Place = { world, account, last: place.last, depth: place.depth };
  return { action, from: place, to, result: outcome.result, failure: null, gasUsed: outcome.gasUsed };
}

/** Null where the caller spends freely; undefined where it cannot be told. */
function spendingOf(run: Run, { spends, span }: core.ProofCall): Spending | null | undefined {
  if (spends === null) return null;
  const amounts = valuesOf(
    run,
    spends.map(({ amount }) => amount),
    span,
  );
  if (amounts === null || amounts.some((amount) => (amount as bigint) < 0n)) return undefined;
  return spends.map(({ currency }, i) => ({ currency, amount: amounts[i] as bigint }));
}

// ---- time and runs -----------------------------------------------------------------------------

function runLater(run: Run, number: number): boolean {
  const later = run.laters[number - 1];
  if (later !== undefined) {
    const { arena, place, name } = run;
    const step = takeStep(arena, place, { kind: 'later', later });
    run.told.push({ run: name, step });
    // A state that was built stays one.
    run.place = { ...step.to!, last: place.last };
  }
  run.place = inNewBlock(run.place);
  return true;
}

function runRun(run: Run, step: Extract<core.ProofStep, { readonly kind: 'run' }>): boolean {
  const inner: Run = { ...run, name: step.name, locals: [...run.locals] };
  inner.locals[step.succeeded] = true;
  if (!runSteps(inner, step.steps)) return false;
  run.locals[step.succeeded] = inner.locals[step.succeeded];
  run.ends.set(`run.${step.run}`, endAt(run.arena, inner.place));
  return true;
}
