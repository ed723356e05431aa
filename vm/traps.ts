/** Every way an execution can fail, once. */

export const TRAPS = {
  Overflow: 'an arithmetic result does not fit in 64 bits',
  DivisionByZero: 'division by zero',
  Requirement: 'a requirement of the contract does not hold',
  Guard: 'a clause that was not proved does not hold',
  LoopBound: 'a loop passed its declared bound',
  AccessDenied: 'the caller may not call this entry point',
  Refused: 'a host module refused the operation',
  NotBuilt: 'this host module is not built yet',
  OutOfGas: 'the gas limit was reached',
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
};

/** What `trap` throws; nothing outside the VM sees it. */
export type Trapped = { readonly trapped: Pick<Trap, 'kind' | 'message'> };

/** Ends the execution from within; `execute` catches it and says where. */
export function trap(kind: TrapKind, message: string): never {
  throw { trapped: { kind, message } } satisfies Trapped;
}

export function isTrapped(thrown: unknown): thrown is Trapped {
  return typeof thrown === 'object' && thrown !== null && 'trapped' in thrown;
}
