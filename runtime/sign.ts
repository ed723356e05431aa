/** Building transactions: what a member wants in, the signed bytes out. */
import { intrinsicGas } from './app/gas.ts';
import { encodeTransaction, signingBytes, type Transaction } from './codec/transaction.ts';
import { type KeyPair, SIGNATURE_BYTES, sign } from './keys/index.ts';

export function signTransaction(transaction: Transaction, key: KeyPair): Uint8Array {
  return encodeTransaction({ ...transaction, signature: sign(signingBytes(transaction), key.secretKey) });
}

/** The gas limit of a transaction whose execution, beyond its check and its bytes, uses at most `gasInside`. */
export function gasLimitFor(transaction: Omit<Transaction, 'gasLimit'>, gasInside: number): number {
  const blank = { ...transaction, gasLimit: GAS_LIMIT_WIDEST };
  const size = encodeTransaction({ ...blank, signature: new Uint8Array(SIGNATURE_BYTES) }).length;
  return intrinsicGas(blank, size) + gasInside;
}

/** Takes as many bytes in a transaction as any limit, so that the size only shrinks when the real one is set. */
const GAS_LIMIT_WIDEST = Number.MAX_SAFE_INTEGER;
