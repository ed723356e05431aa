/**
 * The parts that a contract's obligations are made of, each with as much of the contract as it may look at: an entry point or
 * a `prove` sees the functions that are called from it. What a part does not see has no say in what is made of it, so
 * that this can be kept while nothing else changes (`kept.ts`).
 */
import type { Contract, Function as CoreFunction, EnvName, Proof, ProofStep } from '../core/core.ts';
import { reachableFrom } from '../core/rewrite.ts';
import { callEnvironment } from './environment.ts';
import { CREATOR } from './facts.ts';
import { type Formula, literal } from './formula.ts';
import { freeState, type Model, upgradeState, zeroState } from './model.ts';
import { assumptionsOf, type Passive, walkFunction } from './passive.ts';

export type Part = {
  /** With what this part sees. */
  readonly model: Model;
  /** What all parts see: the contract without functions and proofs. */
  readonly common: Contract;
  /** The invariants of loops in what it sees that may be assumed. */
  readonly assumptions: ReadonlySet<string>;
} & (
  | { readonly kind: 'invariants' | 'between' }
  | { readonly kind: 'proof'; readonly index: number }
  | CallPart
);
/** `walk` is made when it is first asked for. */
type CallPart = { readonly kind: 'call'; readonly index: number; readonly walk: () => Walk };

/** What a call does. */
export type Walk = {
  readonly passive: Passive;
  /** Index of the function into the contract's. */
  readonly callee: number;
  readonly env: (name: EnvName) => Formula;
};

/** In source order, `init` first; `assumes`: whether an invariant of a loop may be assumed. */
export function partsOf(model: Model, assumes: (name: string) => boolean): readonly Part[] {
  const { contract } = model;
  const sees = sightOf(model, assumes);
  return [
    { ...sees([], []), kind: 'invariants' },
    ...contract.functions.flatMap((fn, i) => (fn.kind === 'fn' ? [] : [callPart(sees([i], []), i)])),
    { ...sees([], []), kind: 'between' },
    ...contract.proofs.map(
      (proof, index) => ({ ...sees(calledIn(contract, proof), [index]), kind: 'proof', index }) as const,
    ),
  ];
}

export function environmentOf({ flaws }: Model, { kind }: CoreFunction): Walk['env'] {
  if (kind === 'init') return initEnvironment;
  return kind === 'hook' && !flaws.has('hookHasCaller') ? hookEnvironment : callEnvironment;
}

// ---- private -----------------------------------------------------------------------------------

type Sight = Pick<Part, 'model' | 'common' | 'assumptions'>;

/** What can be seen from functions and proofs, by their indices. */
function sightOf(model: Model, assumes: (name: string) => boolean) {
  const { contract } = model;
  // Bytes of the source are no part of what it says.
  const common: Contract = { ...contract, functions: [], proofs: [], upgradable: null, dependencies: [] };
  return (callees: readonly number[], proofs: readonly number[]): Sight => {
    const reached = reachableFrom(contract, callees);
    const seen = contract.functions.filter((_, i) => reached.has(i));
    const functions = contract.functions.map((fn, i) => (reached.has(i) ? fn : hidden(fn)));
    const shown = contract.proofs.map((proof, i) => (proofs.includes(i) ? proof : hidden(proof)));
    return {
      model: { ...model, contract: { ...common, functions, proofs: shown } },
      common,
      assumptions: new Set(seen.flatMap(assumptionsOf).filter(assumes)),
    };
  };
}

/** Whoever reads more of it than its kind fails at once. */
function hidden<T extends CoreFunction | Proof>(one: T): T {
  return ('kind' in one ? { kind: one.kind } : {}) as T;
}

function callPart({ model, common, assumptions }: Sight, index: number): Part {
  let made: Walk | undefined;
  const walk = (): Walk => {
    made ??= walkEntry(model, index, assumptions);
    return made;
  };
  return { model, common, assumptions, kind: 'call', index, walk };
}

function walkEntry(model: Model, callee: number, assumptions: ReadonlySet<string>): Walk {
  const fn = model.contract.functions[callee]!;
  const env = environmentOf(model, fn);
  const isInit = fn.kind === 'init';
  const before = isInit ? zeroState(model) : fn.kind === 'upgrade' ? upgradeState(model) : freeState(model);
  return { passive: walkFunction(model, fn, before, env, (name) => assumptions.has(name)), callee, env };
}

/** Hooks may run in each `later`. */
function calledIn({ functions }: Contract, { steps }: Proof): readonly number[] {
  const hooks = functions.flatMap(({ kind }, i) => (kind === 'hook' ? [i] : []));
  const calls = (inner: readonly ProofStep[]): readonly number[] =>
    inner.flatMap((step) => {
      if (step.kind === 'call') return [step.callee];
      if (step.kind === 'choice') return [...calls(step.yes), ...calls(step.no)];
      return step.kind === 'run' ? calls(step.steps) : [];
    });
  return [...hooks, ...calls(steps)];
}

/** Whoever deploys is the creator. */
function initEnvironment(name: EnvName): Formula {
  return name === 'caller' ? CREATOR : callEnvironment(name);
}

/** Nobody calls what the host runs. */
function hookEnvironment(name: EnvName): Formula {
  return name === 'caller' ? literal('Did', '') : callEnvironment(name);
}
