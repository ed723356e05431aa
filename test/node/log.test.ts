import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Disk, systemDisk } from '../../runtime/store/disk.ts';
import { type BlockLog, emptyLog, type OpenedLog, openLog } from '../../runtime/store/log.ts';

const CHAIN = 'test-chain';
const disk = systemDisk();
let folder = '';
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ccl-log-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('what was appended is there, in order, after opening again', async () => {
  const path = await logOf(['one', '', 'three']);
  const log = await openSound(path, null);
  expect(log.height()).toBe(3);
  await log.append(bytes('four'));
  expect(await textAt(log, 4)).toBe('four');
  await log.close();
  const again = await openSound(path, null);
  expect([
    await textAt(again, 1),
    await textAt(again, 2),
    await textAt(again, 3),
    await textAt(again, 4),
  ]).toEqual(['one', '', 'three', 'four']);
  await expect(again.read(5)).rejects.toThrow('the log has no block 5');
  await again.close();
});

test('a log cut at any byte keeps every whole block before the cut', async () => {
  const blocks = ['alpha', 'b', 'gamma gamma', 'delta'];
  const path = await logOf(blocks);
  const whole = await readFile(path);
  const starts = await recordStarts(path, blocks.length);
  for (let size = starts[0]!; size <= whole.length; size += 1) {
    await writeFile(path, whole.subarray(0, size));
    const log = await openSound(path, null);
    expect(log.height()).toBe(starts.filter((start) => start <= size).length - 1);
    await log.append(bytes('next'));
    expect(await textAt(log, log.height())).toBe('next');
    await log.close();
    expect((await openAnd(path, null)).kind).toBe('Sound');
  }
});

test('a block that the state holds is never cut off: the log is refused with its height', async () => {
  const blocks = ['alpha', 'beta', 'gamma'];
  const path = await logOf(blocks);
  const whole = await readFile(path);
  const starts = await recordStarts(path, blocks.length);
  for (let size = starts[0]!; size < whole.length; size += 1) {
    await writeFile(path, whole.subarray(0, size));
    const height = starts.filter((start) => start <= size).length;
    expect(await openAnd(path, 3)).toEqual({ kind: 'Damaged', height });
    expect((await readFile(path)).length).toBe(size);
  }
});

test('any flipped bit is refused with the height of its block, whether or not the state is sound', async () => {
  const blocks = ['alpha', 'beta', 'gamma', 'delta'];
  const path = await logOf(blocks);
  const whole = await readFile(path);
  const starts = await recordStarts(path, blocks.length);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length * 8 - 1), fc.constantFrom(null, 4), async (bit, stateHeight) => {
      const damaged = new Uint8Array(whole);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await writeFile(path, damaged);
      const height = starts.filter((start) => start <= bit >> 3).length;
      expect(await openAnd(path, stateHeight)).toEqual(
        height === 0 ? { kind: 'NotALog' } : { kind: 'Damaged', height },
      );
    }),
    { numRuns: 200 },
  );
});

test('a damaged last block that nobody was told of is cut', async () => {
  const path = await logOf(['alpha', 'beta']);
  const damaged = await readFile(path);
  damaged[damaged.length - 1]! ^= 1;
  await writeFile(path, damaged);
  expect(await openAnd(path, null)).toEqual({ kind: 'Damaged', height: 2 });
  expect(await openAnd(path, 1)).toEqual({ kind: 'Sound', height: 1, tornBytes: 40 + 'beta'.length });
});

test('space that was reserved and never written is a torn end', async () => {
  const path = await logOf(['alpha']);
  await writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(100)]));
  expect(await openAnd(path, null)).toEqual({ kind: 'Sound', height: 1, tornBytes: 100 });
});

test('a block that the caller does not accept is damage', async () => {
  const path = await logOf(['alpha', 'beta']);
  const opened = await openLog(disk, path, CHAIN, null, (_, height) => height !== 2);
  expect(opened).toMatchObject({ ok: false, damage: { kind: 'Damaged', height: 2 } });
});

test('the log of another chain, and a file that is no log, are refused', async () => {
  const path = await logOf(['alpha']);
  expect(await openLog(disk, path, 'other', null, () => true)).toEqual({
    ok: false,
    damage: { kind: 'OtherChain', chainId: CHAIN },
  });
  await writeFile(path, 'CCL');
  expect(await openAnd(path, null)).toEqual({ kind: 'NotALog' });
  await writeFile(path, '');
  expect(await openAnd(path, null)).toEqual({ kind: 'NotALog' });
});

test('a failed sync is fatal: the block does not count and nothing is appended after it', async () => {
  const path = await logOf(['alpha']);
  const failing = syncFailsAt(1);
  const opened = await openLog(failing, path, CHAIN, null, () => true);
  if (!opened.ok) throw new Error('the log did not open');
  await expect(opened.log.append(bytes('beta'))).rejects.toThrow('EIO');
  await expect(opened.log.append(bytes('gamma'))).rejects.toThrow('EIO');
  expect(opened.log.height()).toBe(1);
  await opened.log.close();
});

async function logOf(blocks: readonly string[]): Promise<string> {
  files += 1;
  const path = join(folder, `${files}.log`);
  await writeFile(path, emptyLog(CHAIN));
  const log = await openSound(path, null);
  for (const block of blocks) await log.append(bytes(block));
  await log.close();
  return path;
}

/** Offsets at which the records start, and the end of the file. */
async function recordStarts(path: string, count: number): Promise<number[]> {
  const starts = [emptyLog(CHAIN).length];
  const log = await openSound(path, null);
  for (let height = 1; height <= count; height += 1)
    starts.push(starts.at(-1)! + 40 + (await log.read(height)).length);
  await log.close();
  return starts;
}

async function openAnd(path: string, stateHeight: number | null) {
  const opened: OpenedLog = await openLog(disk, path, CHAIN, stateHeight, () => true);
  if (!opened.ok)
    return opened.damage.kind === 'Damaged'
      ? { kind: 'Damaged', height: opened.damage.height }
      : { kind: opened.damage.kind };
  const answer = { kind: 'Sound', height: opened.height, tornBytes: opened.tornBytes };
  await opened.log.close();
  return answer;
}

async function openSound(path: string, stateHeight: number | null): Promise<BlockLog> {
  const opened = await openLog(disk, path, CHAIN, stateHeight, () => true);
  if (!opened.ok) throw new Error(`the log is damaged: ${JSON.stringify(opened.damage)}`);
  return opened.log;
}

function syncFailsAt(count: number): Disk {
  let syncs = 0;
  return {
    ...disk,
    async openFile(path) {
      const file = await disk.openFile(path);
      return {
        ...file,
        async sync() {
          syncs += 1;
          if (syncs === count) throw new Error('EIO: the disk failed');
          await file.sync();
        },
      };
    },
  };
}

async function textAt(log: BlockLog, height: number): Promise<string> {
  return new TextDecoder().decode(await log.read(height));
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
