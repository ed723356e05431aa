/** Cut and flipped bytes in what a node keeps: refused with the height, or made again, never silently wrong. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { resultsRoot } from '../../runtime/app/roots.ts';
import { encodeBlock } from '../../runtime/codec/block.ts';
import { makeBlock } from '../../runtime/consensus/block.ts';
import { type NodeNotice, openNode, sign, systemDisk } from '../../runtime/index.ts';
import { inspectState, renewState } from '../../runtime/store/inspect.ts';
import { openLog } from '../../runtime/store/log.ts';
import {
  DIDS,
  describeNode,
  freshFolder,
  GENESIS,
  KEYS,
  optionsFor,
  pay,
  refusalOf,
  runNode,
  settle,
} from './world.ts';

const PAYMENTS = 12;

describe('the block log', () => {
  test('any flipped bit is refused, with or without its state', async () => {
    const { directory } = await sampleChain();
    const path = join(directory, 'blocks.log');
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
        await writeFile(path, flipped(whole, bit));
        expect(['DamagedLog', 'NotALog', 'OtherChain']).toContain(await refusalOf(optionsFor(directory)));
      }),
      { numRuns: 3 },
    );
    await rm(join(directory, 'state'), { recursive: true });
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
        await writeFile(path, flipped(whole, bit));
        expect(['DamagedLog', 'NotALog', 'OtherChain']).toContain(await refusalOf(optionsFor(directory)));
        await rm(join(directory, 'state'), { recursive: true, force: true });
      }),
      { numRuns: 3 },
    );
  });

  test('a log that was cut is refused, because the state holds what is gone', async () => {
    const { directory } = await sampleChain();
    const path = join(directory, 'blocks.log');
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (size) => {
        await writeFile(path, whole.subarray(0, size));
        expect(['DamagedLog', 'NotALog']).toContain(await refusalOf(optionsFor(directory)));
        expect((await readFile(path)).length).toBe(size);
      }),
      { numRuns: 3 },
    );
  });

  test('the refusal names the block', async () => {
    const { directory } = await sampleChain();
    const path = join(directory, 'blocks.log');
    const whole = await readFile(path);
    await writeFile(path, flipped(whole, 8 * (whole.length >> 1)));
    const opened = await openNode(optionsFor(directory));
    expect(opened.ok ? '' : opened.error.message).toMatch(
      /^the block log is damaged at block 1[0-9] \(byte \d+\); restore .* from a backup\. Do not delete `state\/` instead: /,
    );
  });
});

describe('the state', () => {
  test('any flipped byte is mended from the log or does not matter, and the chain goes on as it should', async () => {
    const { directory, before } = await sampleChain();
    const data = await readFile(join(directory, 'state', 'data.mdb'));
    await fc.assert(
      fc.asyncProperty(fc.nat(data.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const copy = await freshFolder();
        await cp(directory, copy, { recursive: true });
        const damaged = new Uint8Array(data);
        damaged[at]! ^= mask;
        await writeFile(join(copy, 'state', 'data.mdb'), damaged);
        await expectMended(copy, before);
      }),
      { numRuns: 8 },
    );
  });

  test.each([0, 1, 4_096, 40_000])('cut to %i bytes, it is made again', async (size) => {
    const { directory, before } = await sampleChain();
    const path = join(directory, 'state', 'data.mdb');
    await writeFile(path, (await readFile(path)).subarray(0, size));
    expect(await expectMended(directory, before)).not.toEqual([]);
  });

  test('an older one is brought to the end of the log', async () => {
    const { directory, before, older } = await sampleChain();
    await rm(join(directory, 'state'), { recursive: true });
    await cp(older, join(directory, 'state'), { recursive: true });
    expect(await expectMended(directory, before)).toEqual(['StateBehind']);
  });
});

test('a state that another log of the same chain made is put away, at the same height too', async () => {
  const [one, other] = [await sampleChain(), await sampleChain(1)];
  expect(other.before.height).toBe(one.before.height);
  await rm(join(one.directory, 'state'), { recursive: true });
  await cp(join(other.directory, 'state'), join(one.directory, 'state'), { recursive: true });
  expect(await expectMended(one.directory, one.before)).toEqual(['StateRebuilt']);
});

test('a disk that lets no copy be made says nothing about the state', async () => {
  const { directory, before } = await sampleChain();
  await expect(renewState(join(directory, 'state'), join(directory, 'no', 'such'))).rejects.toThrow(
    'it cannot be copied',
  );
  expect(await inspectState(join(directory, 'state'))).toMatchObject({
    kind: 'Sound',
    tip: { height: Number(before.height) },
  });
  expect(await inspectState(join(directory, 'none'))).toEqual({ kind: 'Empty' });
});

test('a block that executes differently here, or that nobody of the chain signed, is refused with its height', async () => {
  const { directory } = await sampleChain();
  const path = join(directory, 'blocks.log');
  const whole = await readFile(path);
  const opened = await openNode(optionsFor(directory));
  if (!opened.ok) throw new Error(opened.error.message);
  const { node } = opened;
  const height = node.height();
  const { header } = (await node.header(height))!;
  await node.stop();
  const now = {
    height,
    time: header.time,
    appHash: header.appRoot,
    resultsRoot: new Uint8Array(32),
    validatorsHash: header.validatorsHash,
  };
  const end = { chainId: node.chainId, now, header, validators: [] };
  const other = makeBlock(
    { ...end, now: { ...now, appHash: new Uint8Array(32).fill(7) } },
    header.time,
    [],
    signer(0),
  );
  const stranger = makeBlock(
    { ...end, now: { ...now, resultsRoot: resultsRoot([]) } },
    header.time,
    [],
    signer(1),
  );
  for (const [block, reason] of [
    [other, 'the state before it has another root'],
    [stranger, 'it is not signed by the validators'],
  ] as const) {
    await writeFile(path, whole);
    await appendBlock(path, node.chainId, encodeBlock(block));
    await rm(join(directory, 'state'), { recursive: true });
    const again = await openNode(optionsFor(directory));
    expect(again.ok ? null : again.error.code).toBe('Diverged');
    expect(again.ok ? '' : again.error.message).toContain(
      `block ${height + 1n} executes differently here than when it was made: ${reason};`,
    );
  }
});

test('a log with blocks is never overwritten, whatever else is gone', async () => {
  const { directory } = await sampleChain();
  const path = join(directory, 'blocks.log');
  const whole = await readFile(path);
  for (const name of ['genesis.json', 'state', 'lock']) await rm(join(directory, name), { recursive: true });
  expect(await refusalOf(optionsFor(directory))).toBe('DirectoryNotEmpty');
  expect(await readFile(path)).toEqual(whole);
  await rm(path);
  await writeFile(join(directory, 'genesis.json'), GENESIS);
  expect(await refusalOf(optionsFor(directory))).toBe('NotANodeDirectory');
});

type Sample = {
  readonly directory: string;
  readonly before: ReturnType<typeof describeNode>;
  readonly older: string;
};

/** Made once, for every test to copy. */
let samples: readonly Sample[] = [];
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ccl-damage-'));
  samples = [await makeSample(join(folder, 'one'), 0), await makeSample(join(folder, 'two'), 2)];
  return () => rm(folder, { recursive: true, force: true });
});

/** A chain with some payments, by member `first` first; `older` is a copy of its state from half way. */
async function makeSample(folder: string, first: number): Promise<Sample> {
  const [directory, older] = [join(folder, 'node'), join(folder, 'older')];
  for (const part of [0, 1]) {
    const opened = await openNode(optionsFor(directory));
    if (!opened.ok) throw new Error(opened.error.message);
    const { node } = opened;
    for (let count = 0; count < PAYMENTS / 2; count += 1)
      await pay(node, (count + first) % 3, BigInt(count + 1));
    await settle(node);
    const before = describeNode(node);
    await node.stop();
    if (part === 1) return { directory, before, older };
    await cp(join(directory, 'state'), older, { recursive: true });
  }
  throw new Error('unreachable');
}

async function sampleChain(which: 0 | 1 = 0): Promise<Sample> {
  const { directory, before, older } = samples[which]!;
  const copy = await freshFolder();
  await cp(directory, copy, { recursive: true });
  return { directory: copy, before, older };
}

/** Opens it, compares, pays on, opens it again; gives what the first opening reported. */
async function expectMended(directory: string, before: Sample['before']): Promise<string[]> {
  const notices: NodeNotice[] = [];
  const node = await runNode({ ...optionsFor(directory), report: (notice) => notices.push(notice) });
  expect(describeNode(node)).toEqual(before);
  for (let count = 0; count < 4; count += 1) await pay(node, 1, 1n);
  await settle(node);
  const after = describeNode(node);
  await node.stop();
  expect(after.balances).toEqual([
    before.balances[0],
    (before.balances[1] as bigint) - 4n,
    (before.balances[2] as bigint) + 4n,
  ]);
  const again: NodeNotice[] = [];
  const reopened = await runNode({ ...optionsFor(directory), report: (notice) => again.push(notice) });
  expect(describeNode(reopened)).toEqual(after);
  expect(again).toEqual([]);
  await reopened.stop();
  return notices.map(({ code }) => code);
}

async function appendBlock(path: string, chainId: string, block: Uint8Array): Promise<void> {
  const opened = await openLog(systemDisk(), path, chainId, null, () => true);
  if (!opened.ok) throw new Error('the log does not open');
  await opened.log.append(block);
  await opened.log.close();
}

/** Signs in the name of the validator with the key of a member. */
function signer(member: number) {
  return { did: DIDS[0]!, sign: (message: Uint8Array) => sign(message, KEYS[member]!.secretKey) };
}

function flipped(whole: Uint8Array, bit: number): Uint8Array {
  const damaged = new Uint8Array(whole);
  damaged[bit >> 3]! ^= 1 << (bit & 7);
  return damaged;
}
