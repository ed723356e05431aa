/**
 * Gas that members have and that native work costs. A member's allowance refills with block time up to a ceiling; it
 * is computed on reading, so an empty block changes nothing.
 */
import type { Transaction } from '../codec/transaction.ts';
import type { Parameters } from './genesis.ts';

/** What a member had left at a time. */
export type GasAccount = { readonly left: number; readonly at: bigint };

/** Gas of a transaction before any of its code runs: for its check, and for each byte that is kept or carried. */
export const GAS = { transaction: 1_000, byte: 1, deployByte: 10, native: 500 } as const;

/** What is there at `time`: at most the ceiling, whatever was left. */
export function gasAt(account: GasAccount, time: bigint, parameters: Parameters): number {
  const elapsed = Number(time - account.at);
  return Math.min(parameters.gasAllowanceMax, account.left + elapsed * parameters.gasRefillPerSecond);
}

/** The least a transaction of `size` bytes costs; its gas limit must cover it. */
export function intrinsicGas(transaction: Transaction, size: number): number {
  const { kind } = transaction.body;
  const perByte = kind === 'deploy' || kind === 'upgrade' ? GAS.deployByte : GAS.byte;
  const native = transaction.body.kind === 'call' ? 0 : GAS.native;
  return GAS.transaction + native + perByte * size;
}
