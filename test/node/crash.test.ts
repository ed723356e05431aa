/** Real processes, killed: at every named crash point and at random ones. What was acknowledged is there afterwards. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CRASH_POINTS, type CrashPoint, type Node } from '../../runtime/index.ts';
import {
  balanceOf,
  DIDS,
  describeNode,
  freshFolder,
  GENESIS,
  optionsFor,
  pay,
  replayOf,
  runNode,
  settle,
} from './world.ts';

const VICTIM = join(import.meta.dirname, 'victim.ts');
/**
 * Passed while a node runs, and at which passes it is killed: in its first block, where no state stands yet, and later.
 * The other points are passed while one is made, mended or rebuilt.
 */
const RUNNING = {
  'log.header': [1],
  'log.half': [6],
  'log.written': [6],
  'log.synced': [1, 6],
  'state.written': [1, 6],
  'state.flushed': [6],
} as const;

const MAKING = ['init.directory', 'init.log', 'init.genesis'] as const;
const MENDING = ['renew.copied', 'renew.removed', 'log.cut', 'rebuild.removed', 'rebuild.block'] as const;

describe('killed while it runs', () => {
  test.each(Object.entries(RUNNING))('at %s', async (point, counts) => {
    const directory = await freshFolder();
    let left: Left | null = null;
    for (const count of counts) left = await killAndCheck(directory, { point: point as CrashPoint, count });
    expect(await replayOf(directory)).toEqual(left);
  });

  test('at random passes of any point, and at random moments', async () => {
    const directory = await freshFolder();
    const plan = fc.oneof(
      fc.record({ count: fc.integer({ min: 1, max: 120 }) }),
      fc.record({ acknowledged: fc.integer({ min: 0, max: 40 }) }),
    );
    let left: Left | null = null;
    await fc.assert(
      fc.asyncProperty(plan, async (kill) => {
        left = await killAndCheck(directory, kill);
      }),
      { numRuns: 5, endOnFailure: true },
    );
    expect(await replayOf(directory)).toEqual(left);
  });
});

describe('killed while a directory is made', () => {
  test.each(MAKING)('at %s', async (point) => {
    const directory = join(await freshFolder(), 'node');
    expect(await runVictim(directory, { point, count: 1 })).toEqual([]);
    const node = await runNode(optionsFor(directory));
    await pay(node, 1, 1n);
  });
});

describe('killed while a directory is opened', () => {
  test.each(MENDING)('at %s', async (point) => {
    const directory = await freshFolder();
    const node = await runNode(optionsFor(directory));
    for (const amount of [1n, 2n, 3n]) await pay(node, 1, amount);
    await settle(node);
    const before = describeNode(node);
    await node.stop();
    await damage(directory, point);
    expect(await runVictim(directory, { point, count: point === 'rebuild.block' ? 3 : 1 })).toEqual([]);
    const again = await runNode(optionsFor(directory));
    expect(describeNode(again)).toEqual(before);
  });
});

test('every crash point was killed at', () => {
  const killed = [...Object.keys(RUNNING), ...MAKING, ...MENDING];
  expect(killed.sort()).toEqual(Object.keys(CRASH_POINTS).sort());
});

type Plan = { readonly point?: CrashPoint; readonly count?: number; readonly acknowledged?: number };
type Left = ReturnType<typeof describeNode>;
type Acknowledged = { readonly height: bigint; readonly hash: string };

/** Runs a node on the directory until it is dead, then looks at what it left; a clean replay of the log is to make the same. */
async function killAndCheck(directory: string, plan: Plan): Promise<Left> {
  const acknowledged = await runVictim(directory, plan);
  const node = await runNode(optionsFor(directory));
  for (const { height, hash } of acknowledged) {
    const settled = await node.waitFor(hash);
    expect(settled).toMatchObject({ ok: true, value: { height, result: { code: 0 } } });
  }
  expect(node.height()).toBeGreaterThanOrEqual(acknowledged.at(-1)?.height ?? 0n);
  expect(balanceOf(node, 1)).toBe(-countPayments(node));
  await settle(node);
  const left = describeNode(node);
  await node.stop();
  return left;
}

/** The member's sequence counts what was paid, one unit at a time. */
function countPayments(node: Node): bigint {
  return node.nextSequence(DIDS[1]!);
}

/** What a node acknowledged before it was killed. */
async function runVictim(
  directory: string,
  { acknowledged: acknowledgedMax, ...plan }: Plan,
): Promise<Acknowledged[]> {
  const genesis = join(await freshFolder(), 'genesis.json');
  await writeFile(genesis, GENESIS);
  const victim = spawn(process.execPath, [VICTIM, directory, JSON.stringify(plan), genesis], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(victim, 'exit');
  const lines = await readUntilDead(victim, acknowledgedMax);
  const [code, signal] = await exited;
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  return lines
    .map((line) => line.split(' '))
    .flatMap(([height, hash]) => (hash === 'started' ? [] : [{ height: BigInt(height!), hash: hash! }]));
}

/** Kills after `linesMax` acknowledgements, if there is such a limit. */
async function readUntilDead(victim: ChildProcess, linesMax: number | undefined): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: victim.stdout! })) {
    lines.push(line);
    if (lines.length - 1 === linesMax) victim.kill('SIGKILL');
  }
  return lines;
}

/** Leaves what makes opening pass the point. */
async function damage(directory: string, point: (typeof MENDING)[number]): Promise<void> {
  const state = join(directory, 'state');
  if (point === 'log.cut')
    await writeFile(join(directory, 'blocks.log'), Uint8Array.of(0, 0, 1), { flag: 'a' });
  if (point === 'rebuild.block') await rm(state, { recursive: true });
  if (point === 'rebuild.removed') await truncate(join(state, 'data.mdb'), 5_000);
}
