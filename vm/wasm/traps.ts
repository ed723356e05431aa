/** How compiled code says which trap it met: one number of a place in the program and what happened there. */
import { outOfGas, overflow, textConstant } from '../machine.ts';
import type { Program } from '../program.ts';
import { trap } from '../traps.ts';

export const FAILURES = ['gas', 'overflow', 'division', 'modulo', 'turns', 'requirement', 'guard'] as const;

export type Failure = (typeof FAILURES)[number];

export function failureCode(place: number, failure: Failure): number {
  return place * FAILURES.length + FAILURES.indexOf(failure);
}

export function placeOfFailure(code: number): number {
  return Math.floor(code / FAILURES.length);
}

/** Throws the trap that the interpreter throws there. */
export function failAt(program: Program, code: number): never {
  const { code: words, wide } = program;
  const place = placeOfFailure(code);
  switch (FAILURES[code % FAILURES.length]) {
    case 'gas':
      return outOfGas();
    case 'overflow':
      return overflow();
    case 'division':
      return trap('DivisionByZero', 'Division by zero');
    case 'modulo':
      return trap('DivisionByZero', 'Modulo by zero');
    case 'turns':
      return trap('LoopBound', `the loop has made its ${wide[words[place + 2]!]} turns`);
    case 'requirement':
      return trap('Requirement', textConstant(program, words[place + 1]!));
    default:
      return trap('Guard', textConstant(program, words[place + 1]!));
  }
}
