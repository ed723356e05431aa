import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  checkDirectory,
  type Disk,
  foundChain,
  initDirectory,
  openNode,
  systemDisk,
  transactionHash,
  trustOf,
  verifyQuery,
} from '../../runtime/index.ts';
import {
  balanceOf,
  DIDS,
  describeNode,
  freshFolder,
  GENESIS,
  genesisOf,
  HOURS,
  hexOf,
  KEYS,
  optionsFor,
  pay,
  refusalOf,
  replayOf,
  runNode,
  settle,
  transferOf,
} from './world.ts';

test('a node that is stopped and started again stands where it stood', async () => {
  const directory = await freshFolder();
  const node = await runNode(optionsFor(directory));
  for (const amount of [10n, 20n, 30n]) await pay(node, 1, amount);
  await settle(node);
  const before = describeNode(node);
  expect(before.balances).toEqual([0n, -60n, 60n]);
  await node.stop();
  expect(await node.ended).toBeNull();
  const again = await runNode(optionsFor(directory));
  expect(describeNode(again)).toEqual(before);
  await pay(again, 2, 5n);
  expect(balanceOf(again, 2)).toBe(55n);
  await again.stop();
  expect((await replayOf(directory)).balances).toEqual([5n, -60n, 55n]);
});

test('every root stands in a signed header, and nothing more is made then', async () => {
  const node = await runNode(optionsFor(await freshFolder()));
  expect(node.height()).toBe(1n);
  await pay(node, 1, 10n);
  await settle(node);
  expect(node.height()).toBe(3n);
  const header = (await node.header(3n))!.header;
  expect(header.appRoot).toEqual(node.root());
  expect(header.previousHash).not.toEqual((await node.header(2n))!.header.previousHash);
  expect(await node.header(4n)).toBeNull();
  expect(await node.header(0n)).toBeNull();
});

test('a balance and an absence are proved against a signed header; what was changed is not', async () => {
  const node = await runNode(optionsFor(await freshFolder()));
  await pay(node, 1, 10n);
  const founding = foundChain(GENESIS);
  if (!founding.ok) throw new Error(founding.message);
  const trust = trustOf(founding.value);
  for (const [did, stored] of [
    [DIDS[2]!, true],
    ['did:icn:nobody', false],
  ] as const) {
    const proved = await node.prove(`/balance/${encodeURIComponent(HOURS)}/${did}`);
    if (!proved.ok || proved.value.response.proof === null) throw new Error('no proof');
    const { response, header } = proved.value;
    const value = { key: response.key, value: response.value, proof: response.proof!, ...header };
    expect(response.value !== null).toBe(stored);
    expect(verifyQuery(value, trust)).toEqual({ ok: true });
    expect(verifyQuery({ ...value, value: Uint8Array.of(1) }, trust).ok).toBe(false);
    expect(verifyQuery({ ...value, key: `balance/${HOURS}/${DIDS[1]}` }, trust).ok).toBe(false);
    expect(verifyQuery({ ...value, header: { ...value.header, time: 1n } }, trust).ok).toBe(false);
    expect(verifyQuery({ ...value, signatures: [] }, trust).ok).toBe(false);
    expect(verifyQuery(value, { ...trust, chainId: 'other' }).ok).toBe(false);
  }
});

test('transactions that came out of order go into blocks in order', async () => {
  const node = await runNode(optionsFor(await freshFolder()));
  const hashes = [2n, 1n, 0n].map((sequence) => {
    const submitted = node.submit(transferOf(1, node.chainId, sequence, 10n + sequence));
    if (!submitted.ok) throw new Error(submitted.error.message);
    return submitted.hash;
  });
  expect(node.nextSequence(DIDS[1]!)).toBe(3n);
  const settled = await Promise.all(hashes.map((hash) => node.waitFor(hash)));
  expect(settled.map((one) => one.ok && one.value.result.code)).toEqual([0, 0, 0]);
  expect(balanceOf(node, 1)).toBe(-33n);
});

test('what is not a valid transaction is refused with the code of its mistake', async () => {
  const node = await runNode(optionsFor(await freshFolder()));
  const good = transferOf(1, node.chainId, 0n, 1n);
  const forged = new Uint8Array(good);
  forged[good.length - 1]! ^= 1;
  const codeOf = (tx: Uint8Array) => {
    const submitted = node.submit(tx);
    return submitted.ok ? 'Ok' : submitted.error.code;
  };
  expect(codeOf(new Uint8Array(0))).toBe('Malformed');
  expect(codeOf(new Uint8Array(2 << 20))).toBe('Oversized');
  expect(codeOf(transferOf(1, 'other-chain', 0n, 1n))).toBe('WrongChain');
  expect(codeOf(transferOf(1, node.chainId, 1_000n, 1n))).toBe('SequenceTooFar');
  expect(['BadSignature', 'Malformed']).toContain(codeOf(forged));
  expect(codeOf(good)).toBe('Ok');
  expect(codeOf(good)).toBe('Ok');
  expect(codeOf(transferOf(1, node.chainId, 0n, 2n))).toBe('SequenceWaiting');
  expect(await node.waitFor(hexOf(transactionHash(good)))).toMatchObject({ ok: true });
  expect(codeOf(good)).toBe('Ok');
  expect(codeOf(transferOf(1, node.chainId, 0n, 3n))).toBe('UsedSequence');
  expect((await node.waitFor('00'.repeat(32))).ok).toBe(false);
});

test('a full queue answers "busy, later"', async () => {
  const pool = { countMax: 2, bytesMax: 1 << 20, perSenderMax: 1, blocksMax: 10 };
  const node = await runNode({ ...optionsFor(await freshFolder()), pool });
  const submit = (member: number, sequence: bigint) =>
    node.submit(transferOf(member, node.chainId, sequence, 1n));
  expect(submit(1, 5n).ok).toBe(true);
  expect(submit(1, 6n)).toMatchObject({ ok: false, error: { code: 'TooManyWaiting', retryAfterSeconds: 2 } });
  expect(submit(2, 5n).ok).toBe(true);
  expect(submit(0, 5n)).toMatchObject({ ok: false, error: { code: 'Busy', retryAfterSeconds: 2 } });
});

test('with an interval, blocks wait for it', async () => {
  const node = await runNode({ ...optionsFor(await freshFolder()), intervalMs: 20 });
  await pay(node, 1, 10n);
  await settle(node);
  expect(balanceOf(node, 1)).toBe(-10n);
});

test('block time is the clock, and never less than before', async () => {
  const directory = await freshFolder();
  let clock = 1_800_000_000n;
  const node = await runNode({ ...optionsFor(directory), clock: () => clock });
  clock = 1_750_000_000n;
  await pay(node, 1, 10n);
  expect(node.time()).toBe(1_800_000_000n);
  clock = 1_900_000_000n;
  await pay(node, 1, 10n);
  expect(node.time()).toBe(1_900_000_000n);
});

test('a directory that is missing, empty, foreign or in the way is refused, and nothing is made', async () => {
  const folder = await freshFolder();
  const { genesis: _genesis, ...without } = optionsFor(join(folder, 'none'));
  expect(await refusalOf(without)).toBe('DirectoryMissing');
  expect(await refusalOf({ ...without, directory: folder })).toBe('NotANodeDirectory');
  await writeFile(join(folder, 'novel.txt'), 'once upon a time');
  expect(await refusalOf(optionsFor(folder))).toBe('DirectoryNotEmpty');
  expect(await initDirectory(folder, GENESIS)).toMatchObject({
    ok: false,
    error: { code: 'DirectoryNotEmpty' },
  });
  expect(await initDirectory(join(folder, 'new'), 'not a genesis')).toMatchObject({
    ok: false,
    error: { code: 'BadGenesis' },
  });
  expect(await refusalOf({ ...without, directory: join(folder, 'novel.txt') })).toBe('NotANodeDirectory');
});

test('a directory of another chain is refused, by its genesis, its log and its state', async () => {
  const [ours, theirs] = [await freshFolder(), await freshFolder()];
  for (const [directory, name] of [
    [ours, 'test'],
    [theirs, 'other'],
  ] as const) {
    const node = await runNode({ ...optionsFor(directory), genesis: genesisOf(name) });
    await pay(node, 1, 1n);
    await node.stop();
  }
  expect(await refusalOf({ ...optionsFor(theirs), genesis: GENESIS })).toBe('OtherChain');
  await writeFile(join(theirs, 'genesis.json'), GENESIS);
  expect(await refusalOf(optionsFor(theirs))).toBe('OtherChain');
  await writeFile(join(theirs, 'blocks.log'), await readFile(join(ours, 'blocks.log')));
  expect(await refusalOf(optionsFor(theirs))).toBe('OtherChain');
  await rm(join(theirs, 'state'), { recursive: true });
  expect(await refusalOf(optionsFor(theirs))).toBeNull();
});

test('a node signs only with the key of its validator', async () => {
  const directory = await freshFolder();
  expect(await refusalOf({ ...optionsFor(directory), validatorKey: KEYS[1]! })).toBe('NotAValidatorKey');
  expect(await refusalOf(optionsFor(directory))).toBeNull();
});

test('one directory has one node: in this process, in another, and while it is checked', async () => {
  const directory = await freshFolder();
  const node = await runNode(optionsFor(directory));
  expect(await refusalOf(optionsFor(directory))).toBe('DirectoryTaken');
  expect(await checkDirectory(directory)).toMatchObject({ ok: false, error: { code: 'DirectoryTaken' } });
  await node.stop();
  const other = spawn(process.execPath, [join(import.meta.dirname, 'victim.ts'), directory, '{}'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(other.stdout, 'data');
  expect(await refusalOf(optionsFor(directory))).toBe('DirectoryTaken');
  other.kill('SIGKILL');
  await once(other, 'exit');
  expect(await refusalOf(optionsFor(directory))).toBeNull();
});

test('a port in use is refused, and the directory is free again', async () => {
  const directory = await freshFolder();
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as { port: number };
  const taken = await openNode({ ...optionsFor(directory), api: { host: '127.0.0.1', port } });
  expect(taken).toEqual({
    ok: false,
    error: { code: 'PortTaken', message: `port ${port} on 127.0.0.1 is in use by another program` },
  });
  squatter.close();
  await once(squatter, 'close');
  expect(await refusalOf({ ...optionsFor(directory), api: { host: '127.0.0.1', port } })).toBeNull();
});

test('a disk that fails stops the node, and nothing is acknowledged after that', async () => {
  const directory = await freshFolder();
  const disk = failingDisk();
  const node = await runNode({ ...optionsFor(directory), disk });
  await pay(node, 1, 10n);
  await settle(node);
  disk.break();
  const submitted = node.submit(transferOf(1, node.chainId, 1n, 20n));
  if (!submitted.ok) throw new Error(submitted.error.message);
  expect(await node.waitFor(submitted.hash)).toMatchObject({ ok: false, error: { code: 'StorageFailed' } });
  expect(await node.ended).toMatchObject({ code: 'StorageFailed' });
  expect(node.submit(transferOf(1, node.chainId, 1n, 30n))).toMatchObject({
    ok: false,
    error: { code: 'Stopped' },
  });
  const again = await runNode(optionsFor(directory));
  expect([-10n, -30n]).toContain(balanceOf(again, 1));
});

test('a check says what a start would mend, and mends nothing', async () => {
  const directory = await freshFolder();
  const node = await runNode(optionsFor(directory));
  await pay(node, 1, 10n);
  await settle(node);
  await node.stop();
  expect(await checkDirectory(directory)).toEqual({
    ok: true,
    chainId: node.chainId,
    height: 3,
    notices: [],
  });
  const log = await readFile(join(directory, 'blocks.log'));
  const torn = Buffer.concat([log, log.subarray(log.length - 30)]).subarray(0, log.length + 30);
  await writeFile(join(directory, 'blocks.log'), torn);
  await rm(join(directory, 'state'), { recursive: true });
  await mkdir(join(directory, 'state'));
  const checked = await checkDirectory(directory);
  expect(checked).toMatchObject({
    ok: true,
    height: 3,
    notices: [{ code: 'TornTailCut' }, { code: 'StateBehind' }],
  });
  expect(await readFile(join(directory, 'blocks.log'))).toEqual(torn);
  expect(await checkDirectory(join(directory, 'state'))).toMatchObject({
    ok: false,
    error: { code: 'NotANodeDirectory' },
  });
});

/** The system's disk until it is broken; then every sync fails. */
function failingDisk(): Disk & { break(): void } {
  const disk = systemDisk();
  let broken = false;
  return {
    ...disk,
    break() {
      broken = true;
    },
    async openFile(path) {
      const file = await disk.openFile(path);
      return {
        ...file,
        sync: () => (broken ? Promise.reject(new Error('EIO: the disk failed')) : file.sync()),
      };
    },
  };
}
