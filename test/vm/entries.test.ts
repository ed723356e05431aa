/** Many storage entries, colliding ones, many events: what grows within an execution grows alike on both tiers. */
import { expect, test } from 'vitest';
import { assemble, type Outcome, type Program, validate, withGasBounds } from '../../vm/index.ts';
import { hashOf, PROBES_MAX } from '../../vm/state.ts';
import { commit, type Recorder, recorder } from './recorder.ts';
import { executeBoth } from './tiers.ts';

test('entries of one execution, more than its first table and memory hold', () => {
  const program = programOf([
    '.slot counts (int) (int int)',
    '.rule main(n: Int) -> Int = main',
    '.function main (int) -> (int) locals (int int int)',
    'Push 0\nLocalSet 3',
    ...loop('LocalGet 2\nLocalGet 2\nStateSet counts 1'),
    ...loop('LocalGet 2\nLocalGet 2\nStateGet counts 1\nStateSet counts 0'),
    ...loop('LocalGet 3\nLocalGet 2\nStateGet counts 0\nAdd\nLocalSet 3'),
    ...loop(
      'LocalGet 2\nStateRemove counts\nLocalGet 2\nStateHas counts\nJumpIf odd\nLocalGet 2\nStateAdd counts',
    ),
    'LocalGet 3\nReturn\nodd: Push 0\nReturn',
  ]);
  const hosts = { interpreter: recorder(), wasm: recorder() };
  for (const n of [10n, 70n, 9_000n, 3n]) {
    const outcome = executeBoth(program, { entry: 'main', args: [n], gasLimit: 1_000_000_000 }, hosts);
    expect(outcome).toMatchObject({ ok: true, result: (n * (n - 1n)) / 2n });
    keep(hosts, outcome);
  }
});

test('entries whose hashes collide are found, and do not make searches long', () => {
  const program = programOf([
    '.slot counts (int) (int)',
    '.slot others (int) (int)',
    '.rule main(n: Int) -> Int = main',
    '.function main (int) -> (int) locals (int int int)',
    ...colliding(3 * PROBES_MAX).map((key) => `Push ${key}\nPush ${key}\nStateSet counts 0`),
    ...loop('LocalGet 2\nLocalGet 2\nStateSet others 0'),
    'Push 0\nLocalSet 3',
    ...colliding(3 * PROBES_MAX).map(
      (key) =>
        `Push ${key}\nStateGet counts 0\nPush ${key}\nSub\nPush ${key}\nStateHas others\nJumpIf odd\nLocalGet 3\nAdd\nLocalSet 3`,
    ),
    'LocalGet 3\nReturn\nodd: Pop\nPush 77\nReturn',
  ]);
  for (const n of [0n, 40n, 500n]) {
    const call = { entry: 'main', args: [n], gasLimit: 100_000_000 };
    const outcome = executeBoth(program, call, { interpreter: recorder(), wasm: recorder() });
    expect(outcome).toMatchObject({ ok: true, result: 0n });
  }
});

test('entries that take more memory than an execution may use', () => {
  const program = programOf([
    `.slot wide (int) (${new Array(120).fill('int').join(' ')})`,
    '.rule main(n: Int) -> Int = main',
    '.function main (int) -> (int) locals (int int int)',
    'Push 0\nLocalSet 3',
    ...loop('LocalGet 3\nLocalGet 2\nStateGet wide 7\nAdd\nLocalSet 3'),
    'LocalGet 3\nReturn',
  ]);
  const run = (n: bigint) =>
    executeBoth(
      program,
      { entry: 'main', args: [n], gasLimit: 1_000_000_000 },
      { interpreter: recorder(), wasm: recorder() },
    );
  expect(run(5_000n)).toMatchObject({ ok: true, result: 0n });
  expect(run(10_000n)).toMatchObject({
    ok: false,
    trap: { kind: 'LimitReached', message: 'too many storage entries in one execution' },
  });
  expect(run(5_000n)).toMatchObject({ ok: true });
});

test('events of contract and host keep their order, however many there are', () => {
  const program = programOf([
    '.uses reputation.write',
    '.const "over"',
    '.event Counted(at: Int, by: Did)',
    '.event Marked(done: Bool)',
    '.rule main(n: Int) -> Int = main',
    '.function main (int) -> (int) locals (int int int)',
    ...loop('LocalGet 2\nGetCaller\nEmitEvent Counted', 6_000),
    'UpdateReputation 5\nPushBool true\nEmitEvent Marked',
    ...loop('LocalGet 2\nGetSelf\nEmitEvent Counted', 6_000),
    'LocalGet 0\nReturn',
  ]);
  const run = (n: bigint) =>
    executeBoth(
      program,
      { entry: 'main', args: [n], gasLimit: 1_000_000_000 },
      { interpreter: recorder(), wasm: recorder() },
    );
  const outcome = run(3_000n);
  if (!outcome.ok) throw new Error(outcome.trap.message);
  expect(outcome.events.length).toBe(6_002);
  expect(outcome.events[2_999]).toEqual(counted(2_999n, 'did:icn:12345'));
  expect(outcome.events.slice(3_000, 3_003).map(({ name }) => name)).toEqual([
    'ReputationUpdated',
    'Marked',
    'Counted',
  ]);
  expect(outcome.events.at(-1)).toEqual(counted(2_999n, 'did:icn:contract:test'));
  expect(run(0n)).toMatchObject({ ok: true, events: [{ name: 'ReputationUpdated' }, { name: 'Marked' }] });
});

function counted(at: bigint, by: string) {
  const fields = [
    { name: 'at', value: at },
    { name: 'by', value: by },
  ];
  return { source: 'did:icn:contract:test', name: 'Counted', fields };
}

let labels = 0;

/** `body` for local 2 from 0 to local 0; local 1 counts the turns. */
function loop(body: string, bound = 20_000): string[] {
  const label = labels++;
  return [
    `Push 0\nLocalSet 2\nLoopEnter 1\nturn${label}: LocalGet 2\nLocalGet 0\nLessThan\nNot\nJumpIf end${label}`,
    body,
    `LocalGet 2\nPush 1\nAdd\nLocalSet 2\nLoopBack 1 ${bound} turn${label}\nend${label}:`,
  ];
}

/** Numbers whose entries in slot 0 begin their search at one bucket, even in tables of 1,024. */
function colliding(count: number): bigint[] {
  const found: bigint[] = [];
  const halves = new Int32Array(2);
  for (let key = 1_000; found.length < count; key++) {
    halves[0] = key;
    if ((hashOf(0, halves, 0, 1) & 0xfff) === 0) found.push(BigInt(key));
  }
  return found;
}

function programOf(lines: readonly string[]): Program {
  const assembled = assemble(['.contract sample', ...lines, ''].join('\n'));
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
  const validated = validate(withGasBounds(assembled.artifact));
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return validated.program;
}

function keep(hosts: Readonly<Record<string, Recorder>>, outcome: Outcome): void {
  if (!outcome.ok) throw new Error(outcome.trap.message);
  for (const host of Object.values(hosts)) commit(host, outcome.writes);
}
