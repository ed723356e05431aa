/** The artifact: what a contract is once compiled. Plain data; `encode.ts` and `decode.ts` hold its one binary form. */
import type { OpName } from './opcodes.ts';
import type { AbiField, AbiType, Value, WordType } from './value.ts';

export type Artifact = {
  readonly name: string;
  readonly meta: Meta;
  readonly constants: readonly Constant[];
  readonly currencies: readonly CurrencyDecl[];
  /** Declared capabilities, such as `ledger.write`, sorted. */
  readonly capabilities: readonly string[];
  readonly storage: readonly StorageSlot[];
  readonly events: readonly EventShape[];
  /** What `Fail` ends an execution with. */
  readonly errors: readonly EventShape[];
  /** What this contract offers or calls. */
  readonly interfaces: readonly Interface[];
  /** Indices of the interfaces that this contract implements, ascending. */
  readonly offers: readonly number[];
  /** What `CallContract` calls. */
  readonly calls: readonly OutgoingCall[];
  readonly functions: readonly FunctionCode[];
  readonly entries: readonly Entry[];
  /** Hashes (32 bytes) of the obligations claimed proved, sorted; the bytecode is a function of source and claims. */
  readonly claims: readonly Uint8Array[];
  readonly marks: readonly Mark[];
  readonly lineage: Lineage;
};

/** How a contract's code may come to be another. */
export type Lineage = {
  /** SHA-256 of the source, where another version may take this one's place. */
  readonly upgradable: Uint8Array | null;
  /** What the entry of kind `upgrade` comes from. */
  readonly predecessor: Predecessor | null;
};

export type Predecessor = {
  readonly version: string;
  /** SHA-256 of its source, as it says itself. */
  readonly source: Uint8Array;
  /** Indices of the slots that only it had, ascending: `upgrade` reads them, and nothing later. */
  readonly gone: readonly number[];
};

/** Of a contract that follows none and that none follows. */
export const NO_LINEAGE: Lineage = { upgradable: null, predecessor: null };

export type Meta = {
  readonly version: string;
  readonly purpose: string;
  readonly doc: string;
  /** The cooperative that a hand-written program speaks for; deployment sets it for compiled contracts. */
  readonly cooperative: string;
  readonly dependencies: readonly string[];
  /** 0 to 255 each, as in the seed. */
  readonly impact: {
    readonly cpu: number;
    readonly memory: number;
    readonly network: number;
    readonly storage: number;
    readonly bandwidth: number;
  };
};

export type Constant = { readonly type: WordType; readonly value: Value };

export type CurrencyDecl = {
  readonly name: string;
  readonly decimals: number;
  readonly kind: 'mutual' | 'issued';
};

/**
 * One state variable, or one part of it: `keys` are the words of a map key or set element (empty for a plain
 * variable), `fields` the leaf words stored under each key. `type` is the variable's ABI type, or null for a
 * slot that the compiler made (such as the index of a set).
 */
export type StorageSlot = {
  readonly name: string;
  readonly keys: readonly WordType[];
  readonly fields: readonly WordType[];
  readonly type: AbiType | null;
};

/** An event or an error. */
export type EventShape = { readonly name: string; readonly fields: readonly AbiField[] };

/**
 * What a contract offers to others. Two artifacts mean the same interface when everything here is the same, with the
 * currencies that types name told apart by name (`interface.ts`).
 */
export type Interface = { readonly name: string; readonly methods: readonly Method[] };

export type Method = {
  readonly kind: 'rule' | 'view';
  readonly name: string;
  readonly params: readonly AbiField[];
  readonly result: AbiType;
  /** Most gas that a call may use. */
  readonly gasMax: number;
  /** What callers may rely on, in the canonical form that the compiler prints. */
  readonly clauses: readonly string[];
};

/** A method that is called, and of which currencies the callee is allowed an amount; ascending, none for a view. */
export type OutgoingCall = {
  readonly interface: number;
  readonly method: number;
  readonly spends: readonly number[];
};

/** Parameters are the first locals. A local's type is fixed; it must be assigned before it is read. */
export type FunctionCode = {
  readonly name: string;
  readonly params: readonly WordType[];
  readonly results: readonly WordType[];
  /** All locals, parameters first. */
  readonly locals: readonly WordType[];
  readonly code: readonly Instruction[];
  /** Source range (UTF-16 offsets) per instruction; empty for hand-written programs, otherwise as long as `code`. */
  readonly positions: readonly { readonly start: number; readonly end: number }[];
};

/** `Push` takes a bigint; indices, slots, and jump targets (instruction indices in the same function) are numbers. */
export type Operand = bigint | number;
export type Instruction = { readonly op: OpName; readonly operands: readonly Operand[] };

/** An entry point. There is at most one of kind `init`, and one of kind `upgrade`, each run once and by the host. */
export type Entry = {
  readonly kind: 'init' | 'rule' | 'view' | 'hook' | 'upgrade';
  readonly name: string;
  /** Index into `functions`. */
  readonly function: number;
  readonly params: readonly AbiField[];
  readonly result: AbiType;
  readonly access: Access;
  readonly open: boolean;
  /** Of a hook, the seconds between two runs; 0 otherwise. */
  readonly everySeconds: number;
  /** Static upper bound on gas; recomputed by validation. */
  readonly gasMax: number;
  /** Indices of the currencies that this entry may take from its caller. */
  readonly takes: readonly number[];
  readonly doc: string;
  /** Specification clauses in the author's words, for tools. */
  readonly specs: readonly string[];
};

/** Who may call: every requirement holds for a signer; `contracts` also admits contracts, without the requirements. */
export type Access = {
  readonly reputation: readonly { readonly context: string; readonly score: bigint }[];
  readonly permissions: readonly string[];
  readonly contracts: boolean;
};

/** What is not proved and how it is handled: `guard` is checked at run time, `unproved` is the author's mark. */
export type Mark = { readonly kind: 'guard' | 'unproved'; readonly clause: string };
