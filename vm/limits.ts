/** Every limit of the virtual machine, once. Counts unless the name says bytes. */
export const LIMITS = {
  artifactBytes: 1_048_576,
  /** Names of contracts, functions, slots, events, fields, currencies, capabilities, permissions. */
  nameBytes: 128,
  /** Documentation, clauses and purpose. */
  docBytes: 16_384,
  /** One `Text` or `Bytes` value. */
  textBytes: 1_024,
  didBytes: 96,
  /** Largest content of a list, by the type of its elements and their number. */
  listBytes: 16_384,
  idBytes: 96,
  constants: 4_096,
  currencies: 256,
  slots: 1_024,
  events: 1_024,
  functions: 1_024,
  interfaces: 256,
  /** Places that call another contract. */
  outgoingCalls: 1_024,
  entries: 256,
  /** Instructions of one function. */
  instructions: 32_768,
  /** Locals of one function. */
  locals: 1_024,
  /** Words of all parameters, of all results, of a slot's fields, of an event. */
  signatureWords: 128,
  /** Variants of one enum, states of one lifecycle. */
  variants: 256,
  /** Nesting of structs, tuples, enums and options in one type. */
  typeDepth: 8,
  /** Operand stack and locals of all open frames together. */
  stackWords: 8_192,
  callDepth: 64,
  /** Contracts on the call stack, the first one included. */
  contractDepth: 8,
  loopDepth: 8,
  loopBound: 1_000_000,
  /** Content of the key words of one storage entry. */
  keyBytes: 256,
  /** Distinct longer values (handles) in one execution. */
  internedValues: 65_536,
  /** Words of memory of all storage entries that one execution touches (`state.ts` says what an entry takes). */
  stateWords: 1_048_576,
  eventsEmitted: 16_384,
  /** Largest content of one event. */
  eventBytes: 16_384,
  logs: 16_384,
  /** Between two runs of a hook; at most ten years. */
  hookSecondsMin: 60,
  hookSecondsMax: 315_360_000,
  /** Largest static gas bound of a hook: nobody pays for it, and a block runs many. */
  hookGas: 10_000_000,
  /** Largest static gas bound of an entry point. */
  gasBound: 1_000_000_000_000,
} as const;
