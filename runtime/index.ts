/** The public face of the runtime: a node to run, and what a client needs to sign for one and to check what it says. */
export { renderAbi } from './api/abi.ts';
export { type ApiAddress, BODY_BYTES_MAX } from './api/server.ts';
export { type Json, readArgs, readHex, readValue, renderHex, renderValue } from './api/values.ts';
export type { LastBlock, QueryResponse, TxResult, Validator } from './app/abci.ts';
export { CODES, type CodeName } from './app/codes.ts';
export { type Founding, foundChain } from './app/founding.ts';
export { GAS, intrinsicGas } from './app/gas.ts';
export {
  chainIdOf,
  DEFAULT_PARAMETERS,
  type Genesis,
  type GenesisValidator,
  type Parameters,
  parseGenesis,
  renderGenesis,
} from './app/genesis.ts';
export type { Notice } from './chain.ts';
export { type Block, type Header, type HeaderSignature, headerHash } from './codec/block.ts';
export type { Decoded } from './codec/schema.ts';
export {
  type Body,
  decodeTransaction,
  decodeValue,
  encodeArgs,
  encodeTransaction,
  encodeUnsigned,
  encodeValue,
  registrationBytes,
  type SignedTransaction,
  type SourceFile,
  type Spend,
  signingBytes,
  type Transaction,
  TX_LIMITS,
  transactionHash,
} from './codec/transaction.ts';
export type { Deployment, Prover, Verdict } from './consensus/attester.ts';
export type { Initialised } from './directory.ts';
export * from './keys/index.ts';
export { type ProvedValue, readProved, type Trust, trustOf, type Verified, verifyQuery } from './light.ts';
export { type Checked, checkDirectory, initDirectory } from './maintenance.ts';
export {
  type Ask,
  type DeploymentStatus,
  type Node,
  type NodeNotice,
  type NodeOptions,
  type OpenedNode,
  openNode,
  type Proved,
  type Settled,
  type SignedHeader,
  type SubmitError,
  type Submitted,
  type TransactionStatus,
} from './node.ts';
export { NODE_ERRORS, type NodeError, type NodeErrorCode, type Refused } from './refusal.ts';
export { gasLimitFor, signTransaction } from './sign.ts';
export { CRASH_POINTS, type CrashPoint, type Disk, systemDisk } from './store/disk.ts';
export type { OutcomeRecord, TxRecord } from './store/record.ts';
