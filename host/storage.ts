/** The storage of contracts: leaves that the VM names and writes, under the contract's id. */
import { bytesOfHex, hexOf, type StorageWrite } from '../vm/index.ts';
import type { Reader, State } from './state.ts';
import { erase, list, read, SHORT_BYTES, type Table, table, write } from './tables.ts';

/** The key is the VM's, in hex. */
export const STORAGE: Table<[contract: string, key: string], Uint8Array> = table('storage', SHORT_BYTES);

/** One leaf of a contract's storage, by the VM's key. */
export function readStorage(state: Reader, contract: string, key: Uint8Array): Uint8Array | undefined {
  return read(state, STORAGE, contract, hexOf(key));
}

/** Writes or (undefined) removes leaves of a contract's storage: what an execution did, or what a tool sets up. */
export function writeStorage(state: State, contract: string, writes: readonly StorageWrite[]): void {
  for (const { key, value } of writes) {
    if (value === undefined) erase(state, STORAGE, contract, hexOf(key));
    else write(state, STORAGE, [contract, hexOf(key)], value);
  }
}

/** Every leaf of a contract's storage, in the order of the keys. */
export function storageOf(
  state: Reader,
  contract: string,
): { readonly key: Uint8Array; readonly value: Uint8Array }[] {
  return list(state, STORAGE, contract).map(([, key]) => ({
    key: bytesOfHex(key)!,
    value: read(state, STORAGE, contract, key)!,
  }));
}
