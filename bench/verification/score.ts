/** The published scheme: what an answer is worth where the property holds and where it does not. */
import type { Answer } from '../../compiler/index.ts';
import type { Task } from './tasks.ts';

/** Names as published; `!` is certain. */
export type Outcome = 'TP!' | 'FP!' | 'TN!' | 'TN' | 'FN!' | 'FN' | 'UNK' | 'ND';

const POINTS: { readonly [outcome in Outcome]: number } = {
  'TP!': 2,
  'FP!': -16,
  'TN!': 2,
  TN: 1,
  'FN!': -8,
  FN: 0,
  UNK: 0,
  ND: 0,
};

/** The most that a task can be worth. */
export const POINTS_MAX = 2;

/** `none`: the property cannot be stated. */
export function outcomeOf({ truth }: Task, answer: Answer | 'none'): Outcome {
  if (answer === 'none') return 'ND';
  if (answer === 'unknown') return 'UNK';
  if (answer === 'proved') return truth === 'V' ? 'FP!' : 'TP!';
  if (answer === 'refuted') return truth === 'V' ? 'TN!' : 'FN!';
  return truth === 'V' ? 'TN' : 'FN';
}

export function pointsOf(outcome: Outcome): number {
  return POINTS[outcome];
}
