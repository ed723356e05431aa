/** What is asked of a solver and what it answers, as plain data that crosses threads and disk. */

export type Status = 'sat' | 'unsat' | 'unknown';

/** `text`: SMT-LIB 2 declarations and assertions, without `check-sat`. `rlimit`: Z3's resource limit, 1 to 2^32 - 1. `wants`: names of declared constants. */
export type Query = { readonly text: string; readonly rlimit: number; readonly wants: readonly string[] };

/**
 * `values`: for `sat`, the model's value of each wanted constant that the model mentions: an integer in decimal,
 * `true`, `false`, or the name of an element of an uninterpreted sort; constants left out may have any value.
 * `reason` is empty unless the status is `unknown`.
 */
export type Answer = {
  readonly status: Status;
  readonly values: { readonly [name: string]: string };
  readonly rlimitUsed: number;
  readonly reason: string;
};

/** The answer for a query that got none. */
export function unknownAnswer(reason: string): Answer {
  return { status: 'unknown', values: {}, rlimitUsed: 0, reason };
}
