/**
 * What the VM needs from outside, and what it gives back. An execution has no other source of anything: no
 * clock, randomness, file or network. Every call is synchronous.
 */

import type { Interface, Method, Operand } from './artifact.ts';
import type { OpName } from './opcodes.ts';
import type { Trap, TrapKind } from './traps.ts';
import type { AbiValue, Value } from './value.ts';

export type Environment = {
  /** Account of the executing contract. */
  readonly self: string;
  /** The immediate caller; null in views, hooks and clauses. */
  readonly caller: string | null;
  /** True when the caller is a contract's account. */
  readonly callerIsContract: boolean;
  readonly creator: string;
  readonly cooperative: string;
  /** Block time in seconds since 1970, and block height; constant within an execution. */
  readonly time: bigint;
  readonly block: bigint;
  /** Accounts of the contracts whose calls led here, outermost first; absent where there are none. */
  readonly callers?: readonly string[];
};

export interface Host {
  readonly env: Environment;
  /** The stored bytes of one leaf of this contract's storage (`storage.ts` makes keys and values), as of before the execution. */
  load(key: Uint8Array): Uint8Array | undefined;
  /** A host opcode: arguments typed as in its row, left to right as pushed. Refusals are data. */
  call(op: OpName, operands: readonly Operand[], args: readonly Value[]): HostAnswer;
  /** For access clauses. */
  holdsPermission(did: string, permission: string): boolean;
  reputationOf(did: string, context: string): bigint;
  /** Other contracts; absent where there are none. */
  readonly contracts?: Contracts;
}

/** Other contracts, as one execution meets them. `identity` is the interface's (`interface.ts`). */
export interface Contracts {
  /** Why there is no such contract, or not one that implements the interface; null when there is. */
  refusal(contract: string, offered: OfferedInterface): string | null;
  /** Runs a method. What the callee wrote is kept for as long as this execution may still succeed. */
  call(request: ContractCall): ContractAnswer;
}

/** An interface and what it is to every artifact; `currencies` are those of the executing artifact that it names. */
export type OfferedInterface = {
  readonly interface: Interface;
  readonly identity: string;
  readonly currencies: readonly number[];
};

export type ContractCall = {
  readonly contract: string;
  readonly offered: OfferedInterface;
  readonly method: Method;
  readonly args: readonly AbiValue[];
  /** What the callee may take from this contract; `currency` is an index of the executing artifact. */
  readonly spends: readonly { readonly currency: number; readonly amount: bigint }[];
  readonly gasLimit: number;
};

/** `message` names the callee. */
export type ContractAnswer =
  | {
      readonly ok: true;
      readonly result: AbiValue;
      readonly gasUsed: number;
      readonly events: readonly Event[];
      readonly logs: readonly string[];
    }
  | { readonly ok: false; readonly kind: TrapKind; readonly message: string; readonly gasUsed: number };

export type HostAnswer =
  | {
      readonly ok: true;
      readonly values: readonly Value[];
      readonly events?: readonly Event[];
      readonly gas?: number;
    }
  | { readonly ok: false; readonly kind: 'Refused' | 'NotBuilt' | 'LimitReached'; readonly message: string };

/** `source` is the contract's account or the host module that speaks. */
export type Event = {
  readonly source: string;
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly value: AbiValue }[];
};

export type Outcome =
  | {
      readonly ok: true;
      readonly result: AbiValue;
      /** The operand stack at `Halt` or the final `Return`, for hand-written programs and tests. */
      readonly stack: readonly Value[];
      readonly gasUsed: number;
      readonly events: readonly Event[];
      readonly logs: readonly string[];
      /** Storage writes in order of first write; a missing value is a removal. */
      readonly writes: readonly StorageWrite[];
    }
  | { readonly ok: false; readonly trap: Trap; readonly gasUsed: number };

export type StorageWrite = { readonly key: Uint8Array; readonly value: Uint8Array | undefined };
