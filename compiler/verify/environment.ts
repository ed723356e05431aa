/**
 * Moments and what lies between them (language.md, section 5): who and when at a call, and the environment step, in which
 * others act. In: the states before and after. Out: what is known of the step.
 */
import type { EnvName } from '../core/core.ts';
import { CALLER, CREATOR, SELF } from './facts.ts';
import { eq, type Formula, fits, le, symbol } from './formula.ts';
import { balanceOf } from './ledger.ts';
import type { Model } from './model.ts';
import type { State } from './state.ts';

export type Environment = (name: EnvName) => Formula;

export const NOW = symbol('now', 'Int');
export const BLOCK = symbol('block', 'Int');

/** Of the one call that an obligation is about. */
export function callEnvironment(name: EnvName): Formula {
  return { caller: CALLER, creator: CREATOR, self: SELF, now: NOW, block: BLOCK }[name];
}

/** Behind an environment step. */
export function nextEnvironment(name: EnvName): Formula {
  if (name === 'now') return symbol('now.next', 'Int');
  return name === 'block' ? symbol('block.next', 'Int') : callEnvironment(name);
}

export type Moment = { readonly state: State; readonly env: Environment };

/** Time does not go back; nobody but the contract takes from its account. All else may change. */
export function environmentStep(model: Model, before: Moment, after: Moment): readonly Formula[] {
  return [
    ...timeStep(model, before, after),
    ...model.contract.currencies.map((_, c) =>
      le(balanceOf(model, before.state, c, SELF), balanceOf(model, after.state, c, SELF)),
    ),
  ];
}

/** Of the step what is known of time alone. */
export function timeStep(model: Model, before: Moment, after: Moment): readonly Formula[] {
  const later = ['now', 'block'] as const;
  const still = model.flaws.has('timeStandsStill') ? later : [];
  return [
    ...still.map((name) => eq(before.env(name), after.env(name))),
    ...later.map((name) => le(before.env(name), after.env(name))),
    ...later.map((name) => fits(after.env(name))),
  ];
}
