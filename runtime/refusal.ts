/** Everything that a node refuses or breaks on, once: a stable code and one sentence with typed holes. */

export const NODE_ERRORS = {
  DirectoryMissing: 'there is no node directory at {directory}; make one with `ccl node init`',
  NotANodeDirectory: '{directory} is not a node directory: {file} is missing',
  DirectoryNotEmpty: '{directory} is not empty; a new node needs a directory of its own',
  DirectoryTaken: 'another process has the node directory {directory} open',
  DirectoryUnusable: 'the node directory {directory} cannot be used: {reason}',
  BadGenesis: 'the genesis is not valid: {reason}',
  OtherChain: 'the directory belongs to the chain {found}, not to {expected}',
  NotAValidatorKey: 'the key of {did} is not the key of the validator of this chain',
  NotSolo: 'this chain has {count} validators; the solo driver runs chains with one',
  DamagedLog:
    'the block log is damaged at block {height} (byte {offset}); restore {file} from a backup. Do not delete `state/` instead: the block may have been executed, and without the state nothing shows that it was',
  NotALog: '{file} is not a block log, or its head is damaged; restore it from a backup',
  Diverged:
    'block {height} executes differently here than when it was made: {reason}; this is another version of CCL or a defect of it',
  PortTaken: 'port {port} on {host} is in use by another program',
  CannotListen: 'cannot listen on {host}, port {port}: {reason}',
  StorageFailed: 'the disk failed, and the node has stopped so as not to lose blocks: {reason}',
  NodeFailed: 'the node met a defect of its own and has stopped: {reason}',
  Stopped: 'the node is stopping',
  Busy: 'the node is busy; send the transaction again later',
  TooManyWaiting: 'too many transactions of this sender are waiting; send the next ones later',
  SequenceWaiting: 'a different transaction of this sender with the same sequence number is waiting',
  Dropped: 'the transaction was taken back out of the queue: {reason}',
  BadRequest: '{reason}',
  NoRoute: 'there is nothing at {method} {path}; see /api/docs',
  BodyTooLarge: 'the body is larger than {bytesMax} bytes',
  WrongMediaType: 'the body must be {expected}',
  Defect: 'the node met a defect of its own while answering',
  Abandoned: 'the one who waited for the answer has gone',
  UnknownTransaction: 'no transaction with this hash is known',
  UnknownDeployment: 'no deployment is known under this contract',
  UnknownHeight: 'there is no block at this height',
} as const satisfies Record<string, string>;

export type NodeErrorCode = keyof typeof NODE_ERRORS;
export type NodeError = { readonly code: NodeErrorCode; readonly message: string };
export type Refused = { readonly ok: false; readonly error: NodeError };

type Holes<Text extends string> = Text extends `${string}{${infer Hole}}${infer Rest}`
  ? Hole | Holes<Rest>
  : never;
type Values<Code extends NodeErrorCode> = {
  readonly [Hole in Holes<(typeof NODE_ERRORS)[Code]>]: string | number | bigint;
};

export function nodeError<Code extends NodeErrorCode>(code: Code, values: Values<Code>): NodeError {
  const holes: Readonly<Record<string, string | number | bigint>> = values;
  return { code, message: NODE_ERRORS[code].replace(/\{(\w+)\}/g, (_, hole: string) => String(holes[hole])) };
}

export function refused<Code extends NodeErrorCode>(code: Code, values: Values<Code>): Refused {
  return { ok: false, error: nodeError(code, values) };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
