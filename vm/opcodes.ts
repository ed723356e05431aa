/**
 * The instruction set, once. Encoder, decoder, assembler, disassembler, validator, interpreter, gas bound and the
 * reference page derive from this table. A new host opcode is one row here; another has a case in `interpreter.ts` too,
 * and one whose stack effect depends on its operands (`dynamic`) a case in `typing.ts`.
 */
import type { WordType } from './value.ts';

/**
 * `int`: signed 64-bit; `bit`: 0 or 1; `constant`: index of any constant; `text`: index of a text constant;
 * `local`, `function`, `slot`, `field`, `event`, `error`, `currency`, `interface`, `call`: indices; `target`: instruction of
 * the same function; `word`: which word of an element of a list; `bound`: largest number of turns of a loop.
 */
export type OperandKind =
  | 'int'
  | 'bit'
  | 'constant'
  | 'text'
  | 'local'
  | 'target'
  | 'function'
  | 'slot'
  | 'field'
  | 'word'
  | 'event'
  | 'error'
  | 'currency'
  | 'interface'
  | 'call'
  | 'bound';

export type HostModule =
  | 'ledger'
  | 'cooperative'
  | 'governance'
  | 'reputation'
  | 'identity'
  | 'federation'
  | 'transaction';

export type OpRow = {
  /** The byte in the binary form. */
  readonly code: number;
  readonly operands: readonly OperandKind[];
  /** Types popped (left to right as pushed) and pushed; `dynamic` when they depend on operands or on the stack. */
  readonly stack: { readonly pops: readonly WordType[]; readonly pushes: readonly WordType[] } | 'dynamic';
  /** Static gas, charged with the basic block. */
  readonly gas: number;
  /** `end`: control does not fall through to the next instruction. */
  readonly flow?: 'end';
  /** Not allowed in a view. */
  readonly writes?: true;
  /** Answered by the host; `gasMax` is the most that an answer may add. The capability must be declared. */
  readonly host?: {
    readonly module: HostModule;
    readonly capability: string | null;
    readonly gasMax: number;
  };
  readonly doc: string;
};

type Types = readonly WordType[];
const effect = (pops: Types, pushes: Types) => ({ pops, pushes });
const INT_INT_TO_INT = effect(['int', 'int'], ['int']);
const NOTHING = effect([], []);

/** A host opcode that reads. */
function reads(code: number, module: HostModule, pops: Types, pushes: Types, doc: string) {
  const host = { module, capability: `${module}.read`, gasMax: 2_000 };
  return { code, operands: [], stack: effect(pops, pushes), gas: 100, host, doc } as const;
}

/** A host opcode that changes the state of its module. */
function changes(code: number, module: HostModule, pops: Types, doc: string) {
  return makes(code, module, pops, [], doc);
}

/** The same, for one that says what it made. */
function makes(code: number, module: HostModule, pops: Types, pushes: Types, doc: string) {
  const host = { module, capability: `${module}.write`, gasMax: 20_000 };
  return { code, operands: [], stack: effect(pops, pushes), gas: 200, writes: true, host, doc } as const;
}

export const OPCODES = {
  // ---- stack and constants
  Nop: { code: 0x00, operands: [], stack: NOTHING, gas: 1, doc: 'Does nothing.' },
  Push: {
    code: 0x01,
    operands: ['int'],
    stack: effect([], ['int']),
    gas: 1,
    doc: 'Pushes an integer.',
  },
  PushBool: {
    code: 0x02,
    operands: ['bit'],
    stack: effect([], ['bool']),
    gas: 1,
    doc: 'Pushes false (0) or true (1).',
  },
  PushConst: {
    code: 0x03,
    operands: ['constant'],
    stack: 'dynamic',
    gas: 2,
    doc: 'Pushes a constant, of its type.',
  },
  Pop: { code: 0x04, operands: [], stack: 'dynamic', gas: 1, doc: 'Drops the top of the stack.' },
  Dup: { code: 0x05, operands: [], stack: 'dynamic', gas: 1, doc: 'Pushes the top of the stack again.' },
  Swap: { code: 0x06, operands: [], stack: 'dynamic', gas: 1, doc: 'Exchanges the two top values.' },
  LocalGet: { code: 0x07, operands: ['local'], stack: 'dynamic', gas: 1, doc: 'Pushes a local.' },
  LocalSet: { code: 0x08, operands: ['local'], stack: 'dynamic', gas: 1, doc: 'Pops into a local.' },

  // ---- arithmetic, checked
  Add: { code: 0x10, operands: [], stack: INT_INT_TO_INT, gas: 2, doc: 'a + b; traps on overflow.' },
  Sub: { code: 0x11, operands: [], stack: INT_INT_TO_INT, gas: 2, doc: 'a - b; traps on overflow.' },
  Mul: { code: 0x12, operands: [], stack: INT_INT_TO_INT, gas: 3, doc: 'a * b; traps on overflow.' },
  Div: {
    code: 0x13,
    operands: [],
    stack: INT_INT_TO_INT,
    gas: 4,
    doc: 'a / b truncated toward zero; traps when b is zero, and on overflow (the least integer by -1).',
  },
  Mod: {
    code: 0x14,
    operands: [],
    stack: INT_INT_TO_INT,
    gas: 4,
    doc: 'The remainder of a / b, with the sign of a; traps when b is zero.',
  },
  MulDiv: {
    code: 0x15,
    operands: [],
    stack: effect(['int', 'int', 'int'], ['int']),
    gas: 30,
    doc: 'a * b / c with a 128-bit product, rounded toward negative infinity; traps unless c is positive, and on overflow.',
  },
  MulDivUp: {
    code: 0x16,
    operands: [],
    stack: effect(['int', 'int', 'int'], ['int']),
    gas: 30,
    doc: 'a * b / c with a 128-bit product, rounded toward positive infinity; traps unless c is positive, and on overflow.',
  },
  Isqrt: {
    code: 0x17,
    operands: [],
    stack: effect(['int'], ['int']),
    gas: 50,
    doc: 'The largest integer whose square is at most a; traps when a is negative.',
  },
  Pow: {
    code: 0x18,
    operands: [],
    stack: INT_INT_TO_INT,
    gas: 60,
    doc: 'a to the power of b; traps when b is negative, and on overflow.',
  },

  // ---- comparison and logic
  Equal: {
    code: 0x20,
    operands: [],
    stack: 'dynamic',
    gas: 1,
    doc: 'Whether two values of one type are equal.',
  },
  NotEqual: {
    code: 0x21,
    operands: [],
    stack: 'dynamic',
    gas: 1,
    doc: 'Whether two values of one type differ.',
  },
  GreaterThan: {
    code: 0x22,
    operands: [],
    stack: effect(['int', 'int'], ['bool']),
    gas: 1,
    doc: 'Whether a > b, b on top.',
  },
  LessThan: {
    code: 0x23,
    operands: [],
    stack: effect(['int', 'int'], ['bool']),
    gas: 1,
    doc: 'Whether a < b, b on top.',
  },
  And: { code: 0x24, operands: [], stack: effect(['bool', 'bool'], ['bool']), gas: 1, doc: 'Both.' },
  Or: { code: 0x25, operands: [], stack: effect(['bool', 'bool'], ['bool']), gas: 1, doc: 'At least one.' },
  Not: { code: 0x26, operands: [], stack: effect(['bool'], ['bool']), gas: 1, doc: 'The opposite.' },

  // ---- control
  Jump: {
    code: 0x30,
    operands: ['target'],
    stack: NOTHING,
    gas: 1,
    flow: 'end',
    doc: 'Continues at the target, which lies ahead.',
  },
  JumpIf: {
    code: 0x31,
    operands: ['target'],
    stack: 'dynamic',
    gas: 2,
    doc: 'Pops a Bool or an Int; when true or not zero, continues at the target, which lies ahead.',
  },
  Call: {
    code: 0x32,
    operands: ['function'],
    stack: 'dynamic',
    gas: 6,
    doc: 'Pops the parameters of a function, runs it and pushes its results.',
  },
  Return: {
    code: 0x33,
    operands: [],
    stack: 'dynamic',
    gas: 3,
    flow: 'end',
    doc: 'Ends the function; the stack holds exactly its results.',
  },
  Halt: {
    code: 0x34,
    operands: [],
    stack: NOTHING,
    gas: 1,
    flow: 'end',
    doc: 'Ends the execution; the stack is given back. Only where the entry point has no result.',
  },
  LoopEnter: {
    code: 0x35,
    operands: ['local'],
    stack: NOTHING,
    gas: 1,
    doc: 'Begins a loop: sets its counter, a local kept for this, to zero.',
  },
  LoopBack: {
    code: 0x36,
    operands: ['local', 'bound', 'target'],
    stack: NOTHING,
    gas: 3,
    flow: 'end',
    doc: 'Counts one turn and continues behind the LoopEnter; traps instead when the counter has reached the bound.',
  },
  Revert: {
    code: 0x37,
    operands: ['text'],
    stack: NOTHING,
    gas: 1,
    flow: 'end',
    doc: 'Traps: a requirement does not hold. The text is the message.',
  },
  Guard: {
    code: 0x38,
    operands: ['text'],
    stack: NOTHING,
    gas: 1,
    flow: 'end',
    doc: 'Traps: a clause that was not proved does not hold. The text names it.',
  },
  Fail: {
    code: 0x39,
    operands: ['error'],
    stack: 'dynamic',
    gas: 1,
    flow: 'end',
    doc: 'Pops the words of an error that the artifact declares, and traps with it.',
  },

  // ---- other contracts
  FindContract: {
    code: 0x3a,
    operands: ['interface'],
    stack: effect(['did'], ['did']),
    gas: 600,
    doc: 'Traps unless the account is that of a contract which implements the interface; leaves it on the stack.',
  },
  CallContract: {
    code: 0x3b,
    operands: ['call'],
    stack: 'dynamic',
    gas: 900,
    doc: 'Pops the account of a contract, the words of the arguments and one amount for each currency that the callee may take from here; runs a method of its interface, with at most the gas that this states, and pushes the words of the result. Traps when the callee does.',
  },

  // ---- named memory of one execution
  Store: {
    code: 0x40,
    operands: ['text'],
    stack: effect(['int'], []),
    gas: 8,
    doc: 'Pops an integer into the named cell.',
  },
  Load: {
    code: 0x41,
    operands: ['text'],
    stack: effect([], ['int']),
    gas: 8,
    doc: 'Pushes the named cell; traps when nothing was stored there.',
  },

  // ---- storage
  StateGet: {
    code: 0x48,
    operands: ['slot', 'field'],
    stack: 'dynamic',
    gas: 15,
    doc: 'Pops the key words of the slot and pushes the leaf, zero when absent.',
  },
  StateSet: {
    code: 0x49,
    operands: ['slot', 'field'],
    stack: 'dynamic',
    gas: 20,
    writes: true,
    doc: 'Pops a value, then the key words, and writes the leaf; marks the entry of a keyed slot as present.',
  },
  StateHas: {
    code: 0x4a,
    operands: ['slot'],
    stack: 'dynamic',
    gas: 15,
    doc: 'Pops the key words of a keyed slot and pushes whether the entry is present.',
  },
  StateAdd: {
    code: 0x4b,
    operands: ['slot'],
    stack: 'dynamic',
    gas: 20,
    writes: true,
    doc: 'Pops the key words of a keyed slot and marks the entry as present; its leaves stay.',
  },
  StateRemove: {
    code: 0x4c,
    operands: ['slot'],
    stack: 'dynamic',
    gas: 20,
    writes: true,
    doc: 'Pops the key words of a keyed slot; the entry is then absent and its leaves are zero.',
  },

  // ---- text, bytes, lists, hashing
  Concat: {
    code: 0x50,
    operands: [],
    stack: 'dynamic',
    gas: 60,
    doc: 'Joins two texts, or bytes; traps when the result is longer than they may be.',
  },
  Length: {
    code: 0x51,
    operands: [],
    stack: 'dynamic',
    gas: 30,
    doc: 'The number of bytes of a text (in UTF-8) or of bytes, or of the elements of a list.',
  },
  Hash: {
    code: 0x52,
    operands: ['text'],
    stack: 'dynamic',
    gas: 500,
    doc: 'Pops a text, bytes or a hash and pushes the SHA-256 of its bytes; with a tag that is not empty pops a list and pushes the SHA-256 of the tag, a zero byte and the canonical encoding of its words.',
  },
  At: {
    code: 0x53,
    operands: ['word'],
    stack: 'dynamic',
    gas: 60,
    doc: 'Pops a list or bytes, and an index; pushes that word of the element at the index, or the byte there. Traps unless the index is within.',
  },
  ListAdd: {
    code: 0x54,
    operands: [],
    stack: 'dynamic',
    gas: 200,
    doc: 'Pops a list and the words of one element, and pushes the list with the element behind its last; traps when the list is full.',
  },
  CheckIndex: {
    code: 0x55,
    operands: [],
    stack: effect(['int', 'int'], ['int']),
    gas: 8,
    doc: 'Pops an index and a length and pushes the index; traps unless it is within, from 0 on.',
  },

  // ---- system
  GetCaller: {
    code: 0x60,
    operands: [],
    stack: effect([], ['did']),
    gas: 8,
    doc: 'The immediate caller; the null DID where there is none.',
  },
  GetCreator: {
    code: 0x61,
    operands: [],
    stack: effect([], ['did']),
    gas: 8,
    doc: 'Who deployed the contract.',
  },
  GetSelf: {
    code: 0x62,
    operands: [],
    stack: effect([], ['did']),
    gas: 8,
    doc: 'The account of the contract.',
  },
  GetTimestamp: {
    code: 0x63,
    operands: [],
    stack: effect([], ['int']),
    gas: 4,
    doc: 'Block time, in seconds since 1970.',
  },
  GetBlockNumber: { code: 0x64, operands: [], stack: effect([], ['int']), gas: 4, doc: 'Block height.' },
  EmitEvent: {
    code: 0x65,
    operands: ['event'],
    stack: 'dynamic',
    gas: 800,
    writes: true,
    doc: 'Pops the words of the fields of an event and emits it.',
  },
  Log: { code: 0x66, operands: ['text'], stack: NOTHING, gas: 30, doc: 'Adds a text to the log.' },

  // ---- ledger
  Transfer: {
    code: 0x70,
    operands: ['currency'],
    stack: effect(['did', 'did', 'int'], []),
    gas: 200,
    writes: true,
    host: { module: 'ledger', capability: 'ledger.write', gasMax: 20_000 },
    doc: 'Moves an amount: pops payer, payee and amount.',
  },
  Balance: {
    code: 0x71,
    operands: ['currency'],
    stack: effect(['did'], ['int']),
    gas: 100,
    host: { module: 'ledger', capability: 'ledger.read', gasMax: 2_000 },
    doc: 'The balance of an account.',
  },
  CanPay: {
    code: 0x72,
    operands: ['currency'],
    stack: effect(['did', 'int'], ['bool']),
    gas: 100,
    host: { module: 'ledger', capability: 'ledger.read', gasMax: 2_000 },
    doc: 'Whether an account can pay an amount.',
  },
  Total: {
    code: 0x73,
    operands: ['currency'],
    stack: effect([], ['int']),
    gas: 100,
    host: { module: 'ledger', capability: 'ledger.read', gasMax: 2_000 },
    doc: 'What circulates of a currency.',
  },

  // ---- cooperative
  CreateCooperative: changes(0x80, 'cooperative', [], 'The caller founds the cooperative of the metadata.'),
  JoinCooperative: changes(0x81, 'cooperative', [], 'The caller joins the cooperative.'),
  LeaveCooperative: changes(0x82, 'cooperative', [], 'The caller leaves the cooperative.'),
  AllocateResource: changes(0x83, 'cooperative', ['int'], 'Allocates an amount of resources to the caller.'),
  TransferResource: changes(0x84, 'cooperative', ['did', 'int'], 'Moves resources: pops member and amount.'),
  UpdateCooperativeMetadata: changes(
    0x85,
    'cooperative',
    [],
    'Writes the metadata of the artifact to the cooperative.',
  ),
  AddCooperativeMember: changes(0x86, 'cooperative', ['did'], 'Adds a member.'),
  RemoveCooperativeMember: changes(0x87, 'cooperative', ['did'], 'Removes a member.'),
  SetMemberRole: changes(
    0x88,
    'cooperative',
    ['did', 'text'],
    'Gives a member a role: pops member and role.',
  ),
  CreateCooperativeWith: changes(
    0x89,
    'cooperative',
    ['id', 'text'],
    'The caller founds a cooperative: pops its id and name.',
  ),
  JoinCooperativeWith: changes(0x8a, 'cooperative', ['id'], 'The caller joins the cooperative popped.'),
  LeaveCooperativeWith: changes(0x8b, 'cooperative', ['id'], 'The caller leaves the cooperative popped.'),
  UpdateCooperativeMetadataWith: changes(
    0x8c,
    'cooperative',
    ['id', 'text', 'text'],
    'Writes one item of metadata: pops cooperative, name of the item and value.',
  ),
  AllocateResourceWith: changes(
    0x8d,
    'cooperative',
    ['id', 'did', 'int'],
    'Allocates a resource: pops resource, member and amount.',
  ),
  TransferResourceWith: changes(
    0x8e,
    'cooperative',
    ['id', 'did', 'int'],
    'The caller hands on what was allocated to them: pops resource, member and amount.',
  ),

  // ---- governance
  CreateProposal: changes(
    0x90,
    'governance',
    [],
    'The caller opens a proposal with the purpose of the metadata.',
  ),
  CastVote: changes(0x91, 'governance', ['id', 'int'], 'The caller votes: pops proposal and vote.'),
  DelegateVotes: changes(0x92, 'governance', ['did'], 'The caller delegates their votes to a member.'),
  ExecuteProposal: changes(0x93, 'governance', ['id'], 'Carries out an accepted proposal.'),
  UpdateQuorum: changes(0x94, 'governance', ['int'], 'Sets the quorum.'),
  CancelProposal: changes(0x95, 'governance', ['id'], 'Cancels a proposal.'),
  ExtendVotingPeriod: changes(
    0x96,
    'governance',
    ['int', 'id'],
    'Extends the voting on a proposal: pops additional seconds and proposal.',
  ),
  CalculateVotingWeight: reads(0x97, 'governance', [], ['int'], 'The voting weight of the caller.'),
  CreateProposalWith: makes(
    0x98,
    'governance',
    ['text', 'text', 'text', 'did', 'text', 'bytes'],
    ['id'],
    'The caller opens a proposal: pops domain, title, description and the call that accepting it queues (contract, or the null DID for none, entry point, encoded arguments); pushes the proposal.',
  ),
  CastVoteWith: changes(
    0x99,
    'governance',
    ['id', 'int', 'text'],
    'The caller votes and says why: pops proposal, vote and reason.',
  ),
  DelegateVotesWith: changes(
    0x9a,
    'governance',
    ['text', 'did'],
    'The caller delegates their votes within a domain: pops domain and member.',
  ),
  UpdateQuorumWith: changes(
    0x9b,
    'governance',
    ['text', 'int'],
    'Sets the quorum of a domain: pops domain and quorum.',
  ),
  CalculateVotingWeightOf: reads(
    0x9c,
    'governance',
    ['text', 'did'],
    ['int'],
    'The voting weight of a member: pops domain and member.',
  ),

  // ---- reputation
  UpdateReputation: {
    code: 0xa0,
    operands: ['int'],
    stack: NOTHING,
    gas: 200,
    writes: true,
    host: { module: 'reputation', capability: 'reputation.write', gasMax: 20_000 },
    doc: 'Changes the reputation of the caller by a constant.',
  },
  GetReputation: reads(0xa1, 'reputation', [], ['int'], 'The reputation of the caller.'),
  TransferReputation: changes(
    0xa2,
    'reputation',
    ['did', 'int'],
    'The caller gives reputation away: pops recipient and amount.',
  ),
  BurnReputation: changes(0xa3, 'reputation', ['int'], 'The caller gives reputation up.'),
  MintReputation: changes(
    0xa4,
    'reputation',
    ['did', 'int'],
    'Creates reputation: pops recipient and amount.',
  ),
  GetReputationOf: reads(
    0xa5,
    'reputation',
    ['did', 'text'],
    ['int'],
    'The reputation of an account: pops account and context.',
  ),
  TransferReputationWith: changes(
    0xa6,
    'reputation',
    ['did', 'text', 'int'],
    'The caller gives reputation away: pops recipient, context and amount.',
  ),
  BurnReputationWith: changes(
    0xa7,
    'reputation',
    ['text', 'int'],
    'The caller gives reputation up: pops context and amount.',
  ),
  MintReputationWith: changes(
    0xa8,
    'reputation',
    ['did', 'text', 'int'],
    'Creates reputation: pops recipient, context and amount.',
  ),

  // ---- identity
  VerifyDID: reads(0xb0, 'identity', [], ['bool'], 'Whether the DID of the caller is registered and active.'),
  UpdateDIDDocument: changes(0xb1, 'identity', [], 'Renews the DID document of the caller.'),
  CreateCredential: changes(0xb2, 'identity', [], 'Issues a membership credential to the caller.'),
  VerifyCredential: reads(0xb3, 'identity', [], ['bool'], 'Whether the credential of the caller is valid.'),
  RevokeCredential: changes(0xb4, 'identity', [], 'Revokes the credential of the caller.'),
  VerifyDIDOf: reads(0xb5, 'identity', ['did'], ['bool'], 'Whether the DID popped is registered and active.'),
  UpdateDIDDocumentWith: changes(
    0xb6,
    'identity',
    ['text', 'text'],
    'Sets a service in the DID document of the caller: pops its name and endpoint.',
  ),
  CreateCredentialWith: makes(
    0xb7,
    'identity',
    ['did', 'text', 'int'],
    ['id'],
    'Issues a credential: pops subject, kind and the time it expires; pushes the credential.',
  ),
  VerifyCredentialOf: reads(
    0xb8,
    'identity',
    ['id'],
    ['bool'],
    'Whether the credential popped is valid: signed by its issuer, neither expired nor revoked.',
  ),
  RevokeCredentialWith: changes(0xb9, 'identity', ['id'], 'Revokes the credential popped.'),

  // ---- federation
  InitiateFederation: changes(0xc0, 'federation', [], 'The cooperative founds a federation.'),
  JoinFederation: changes(0xc1, 'federation', [], 'The cooperative joins its federation.'),
  LeaveFederation: changes(0xc2, 'federation', [], 'The cooperative leaves its federation.'),
  SyncFederationState: changes(0xc3, 'federation', [], 'Records the state that the federation agreed on.'),
  ValidateFederationAction: reads(
    0xc4,
    'federation',
    [],
    ['bool'],
    'Whether the caller may act for the federation.',
  ),
  InitiateFederationWith: makes(
    0xc5,
    'federation',
    ['text'],
    ['id'],
    'The cooperative founds a federation: pops its name and pushes the federation.',
  ),
  JoinFederationWith: changes(0xc6, 'federation', ['id'], 'The cooperative joins the federation popped.'),
  LeaveFederationWith: changes(0xc7, 'federation', ['id'], 'The cooperative leaves the federation popped.'),
  SyncFederationStateWith: changes(
    0xc8,
    'federation',
    ['id', 'hash'],
    'Records the state that a federation agreed on: pops federation and hash.',
  ),
  ValidateFederationActionOf: reads(
    0xc9,
    'federation',
    ['id', 'did', 'text'],
    ['bool'],
    'Whether an account may act for a federation: pops federation, account and action.',
  ),

  // ---- transaction
  CreateTransaction: changes(0xd0, 'transaction', [], 'Stores a pending call with signers and quorum.'),
  ValidateTransaction: {
    code: 0xd1,
    operands: [],
    stack: effect([], ['bool']),
    gas: 100,
    host: { module: 'transaction', capability: 'transaction.write', gasMax: 2_000 },
    doc: 'Whether the quorum of the pending call is met.',
  },
  SignTransaction: changes(0xd2, 'transaction', [], "Records the caller's approval of the pending call."),
  BroadcastTransaction: changes(0xd3, 'transaction', [], 'Queues the pending call, once.'),
  CreateTransactionWith: makes(
    0xd4,
    'transaction',
    ['did', 'text', 'bytes', 'bytes', 'int'],
    ['id'],
    'Stores a pending call: pops contract, entry point, encoded arguments, encoded signers and quorum; pushes the pending call.',
  ),
  ValidateTransactionOf: {
    code: 0xd5,
    operands: [],
    stack: effect(['id'], ['bool']),
    gas: 100,
    host: { module: 'transaction', capability: 'transaction.write', gasMax: 2_000 },
    doc: 'Whether the quorum of the pending call popped is met.',
  },
  SignTransactionWith: changes(
    0xd6,
    'transaction',
    ['id'],
    "Records the caller's approval of the pending call popped.",
  ),
  BroadcastTransactionWith: changes(0xd7, 'transaction', ['id'], 'Queues the pending call popped, once.'),
} as const satisfies Record<string, OpRow>;

export type OpName = keyof typeof OPCODES;

/** The opcodes whose stack effect the table does not hold. */
export type DynamicOp = {
  [K in OpName]: (typeof OPCODES)[K]['stack'] extends 'dynamic' ? K : never;
}[OpName];

export const OP_NAMES = Object.keys(OPCODES) as readonly OpName[];

/** The row of an opcode. */
export function rowOf(op: OpName): OpRow {
  return ROWS.get(op)!;
}

/**
 * Looked up for every instruction: a map answers sooner than an object of so many properties, and rows that have all
 * fields in one order sooner than rows of many shapes.
 */
const ROWS: ReadonlyMap<OpName, OpRow> = new Map(
  OP_NAMES.map((op) => {
    const { code, operands, stack, gas, flow, writes, host, doc }: OpRow = OPCODES[op];
    return [op, { code, operands, stack, gas, flow, writes, host, doc } as OpRow];
  }),
);

/** Whether a text names an opcode. */
export function isOpName(text: string): text is OpName {
  return Object.hasOwn(OPCODES, text);
}

/** The opcode with a code byte. */
export function opOfCode(code: number): OpName | undefined {
  return BY_CODE[code];
}

const BY_CODE: readonly (OpName | undefined)[] = byCode();

function byCode(): (OpName | undefined)[] {
  const names: (OpName | undefined)[] = new Array(256).fill(undefined);
  for (const name of OP_NAMES) names[OPCODES[name].code] = name;
  return names;
}
