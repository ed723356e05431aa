/**
 * A node in a process of its own, to be killed: pays without end and prints each payment that was acknowledged, as
 * `<height> <hash>`. Arguments: the directory, and `{ point?, count? }` as JSON: at the `count`th pass of the crash point
 * (of any, without `point`) the process kills itself.
 */

import { readFileSync, writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import {
  didOfKey,
  gasLimitFor,
  keyFromSeed,
  openNode,
  signTransaction,
  systemDisk,
} from '../../runtime/index.ts';

// Who is killed does not get to it at its end.
flushCompileCache();
const [directory = '', plan = '{}', genesis] = process.argv.slice(2);
const { point, count } = JSON.parse(plan) as { point?: string; count?: number };
const keys = [1, 2, 3].map((byte) => keyFromSeed(new Uint8Array(32).fill(byte)));
const dids = keys.map(({ publicKey }) => didOfKey(publicKey));
const IN_FLIGHT = 4;

let passes = 0;
const disk = systemDisk((passed) => {
  if (point === undefined || point === passed) passes += 1;
  if (passes === count && (point === undefined || point === passed)) process.kill(process.pid, 'SIGKILL');
});
const opened = await openNode({
  directory,
  ...(genesis !== undefined && { genesis: new Uint8Array(readFileSync(genesis)) }),
  validatorKey: keys[0]!,
  prover: async () => ({ ok: true }),
  clock: () => 1_800_000_000n,
  disk,
});
if (!opened.ok) throw new Error(`${opened.error.code}: ${opened.error.message}`);
const { node } = opened;
writeSync(1, `${node.height()} started\n`);
await Promise.all(Array.from({ length: IN_FLIGHT }, payForever));

async function payForever(): Promise<void> {
  for (;;) {
    const sender = dids[1]!;
    const body = { kind: 'transfer', to: dids[2]!, currency: 'coop:hours', amount: 1n } as const;
    const blank = { chainId: node.chainId, sender, sequence: node.nextSequence(sender), spends: [], body };
    const submitted = node.submit(signTransaction({ ...blank, gasLimit: gasLimitFor(blank, 0) }, keys[1]!));
    if (!submitted.ok) throw new Error(submitted.error.message);
    const settled = await node.waitFor(submitted.hash);
    if (!settled.ok) throw new Error(settled.error.message);
    writeSync(1, `${settled.value.height} ${submitted.hash}\n`);
  }
}
