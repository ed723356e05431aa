/** Every way an execution can fail, once. */
import type { AbiValue } from './value.ts';

export const TRAPS = {
  Overflow: 'an arithmetic result does not fit in 64 bits',
  DivisionByZero: 'division by zero',
  Requirement: 'a requirement of the contract does not hold',
  Guard: 'a clause that was not proved does not hold',
  LoopBound: 'a loop passed its declared bound',
  IndexOutOfRange: 'an index lies outside of a list or of bytes',
  Failed: 'the contract failed with an error that it declares',
  AccessDenied: 'the caller may not call this entry point',
  Refused: 'a host module refused the operation',
  NotBuilt: 'this host module is not built yet',
  OutOfGas: 'the gas limit was reached',
  CalleeGas: 'a contract that was called used up the gas that its interface states',
  Reentry: 'a contract that is being executed was called again',
  StackOverflow: 'the operand stack is full',
  CallDepth: 'calls are nested too deeply',
  LimitReached: 'a limit of the virtual machine was reached',
  MissingValue: 'a named memory cell was read before it was stored',
  BadArgument: 'an argument does not fit its parameter',
  BadVariant: 'a result or event holds no variant of its type',
} as const;

export type TrapKind = keyof typeof TRAPS;

/** `function` and `instruction` say where (indices); -1 where the execution had not begun. */
export type Trap = {
  readonly kind: TrapKind;
  readonly message: string;
  readonly function: number;
  readonly instruction: number;
  readonly position: { readonly start: number; readonly end: number } | null;
  /** With `Failed`: the error that the contract declares, by its name and the values of its fields. */
  readonly error?: TrapError;
};

export type TrapError = {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly value: AbiValue }[];
};

/** What `trap` throws; nothing outside the VM sees it. `gas` was used by a contract that was called. */
export type Trapped = {
  readonly trapped: Pick<Trap, 'kind' | 'message' | 'error'> & { readonly gas?: number };
};

/** Ends the execution from within; `execute` catches it and says where. */
export function trap(kind: TrapKind, message: string): never {
  throw { trapped: { kind, message } } satisfies Trapped;
}

/** Ends the execution with an error that the contract declares. */
export function failWith(error: TrapError, message: string): never {
  throw { trapped: { kind: 'Failed', message, error } } satisfies Trapped;
}

/** The same after a contract that was called has used gas. */
export function trapAfter(gas: number, kind: TrapKind, message: string): never {
  throw { trapped: { kind, message, gas } } satisfies Trapped;
}

export function isTrapped(thrown: unknown): thrown is Trapped {
  return typeof thrown === 'object' && thrown !== null && 'trapped' in thrown;
}
