/** The WebAssembly tier gives what the reference gives, for random programs and for compiled contracts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse, build, lowerProgram } from '../../compiler/index.ts';
import {
  type AbiType,
  type AbiValue,
  type Artifact,
  assemble,
  compilationOf,
  execute,
  type Program,
  tierOf,
  validate,
  withGasBounds,
} from '../../vm/index.ts';
import { soundArtifactOf, soundSeeds, words } from './arbitraries.ts';
import { CALLER, commit, type Recorder, recorder } from './recorder.ts';
import { compareTiers, createCounts, executeBoth, missed } from './tiers.ts';

const SEED = 20_261_121;

test(`random programs, seed ${SEED}: every opcode, kind of trap and edge of gas`, () => {
  const counts = createCounts();
  fc.assert(
    fc.property(soundSeeds, (numbers) => compareTiers(soundArtifactOf(numbers), numbers, counts)),
    { numRuns: 400, seed: SEED },
  );
  expect(missed(counts)).toEqual([]);
  expect(counts.executions.ok).toBeGreaterThan(counts.executions.all / 20);
});

describe('compiled contracts', () => {
  for (const path of ['timebank/TimeBank.ccl', 'infrastructure-credit/InfrastructureCredit.ccl'])
    test(path, () => {
      const source = readFileSync(join(import.meta.dirname, '../../examples', path), 'utf8');
      const { contracts } = lowerProgram(analyse(new Map([[path, source]]), path));
      const artifacts = contracts.map((contract) => build(contract, { claims: [], marks: [] }));
      expect(artifacts.length).toBeGreaterThan(0);
      for (const artifact of artifacts) {
        const seen = new Set(callsOf(artifact));
        expect(seen).toContain('ok');
        expect(seen.size).toBeGreaterThan(1);
      }
    });
});

describe('multiplication and division at the edges of 64 bits', () => {
  const edges = [0n, 1n, -1n, 2n, 3n, -3n, 2n ** 31n, 2n ** 32n, 3037000499n, 3037000500n, -3037000500n]
    .concat([2n ** 62n, -(2n ** 62n), 2n ** 63n - 1n, -(2n ** 63n), -(2n ** 63n) + 1n])
    .concat([6148914691236517205n, -6148914691236517205n]);

  for (const op of ['Add', 'Sub', 'Mul', 'Div', 'Mod'])
    test(op, () => {
      const forms = (a: bigint, b: bigint): readonly string[][] => [
        ['LocalGet 0', 'LocalGet 1'],
        ['LocalGet 0', `Push ${b}`],
        [`Push ${a}`, 'LocalGet 1'],
        [`Push ${a}`, `Push ${b}`],
      ];
      for (const constant of edges)
        for (const form of [0, 1, 2, 3]) {
          const code = (a: bigint, b: bigint) => [...forms(a, b)[form]!, op, 'Return'].join('\n');
          const program = programOf(
            `.function main (int int) -> (int)\n${code(constant, constant)}`,
            'a: Int, b: Int',
          );
          for (const other of form === 3 ? [constant] : edges)
            for (const args of [
              [other, constant],
              [constant, other],
            ])
              executeBoth(program, { entry: 'main', args, gasLimit: 1_000 }, twoHosts());
        }
    });
});

describe('loops whose step is known: what is left unchecked cannot fail, and gas is the same wherever they end', () => {
  const starts = [0n, 1n, -3n, 2n ** 63n - 3n];
  const factors = [3n, 2n ** 61n, 2n ** 62n, -(2n ** 63n), 2n ** 63n - 1n];
  const limits = ['LocalGet 1', 'Push 3'];
  for (const op of ['Add', 'Sub', 'Mul', 'Div', 'Mod'])
    test(op, () => {
      for (const start of starts)
        for (const factor of factors)
          for (const bound of [0, 2, 5]) {
            const limit = limits[bound % 2]!;
            const head = `LoopEnter 2\nturn: LocalGet 3\n${limit}\nLessThan\nNot\nJumpIf out`;
            const body = `LocalGet 3\nPush ${factor}\n${op}\nLocalSet 0\nLocalGet 3\nPush 1\nAdd\nLocalSet 3`;
            const code = `Push ${start}\nLocalSet 3\n${head}\n${body}\nLoopBack 2 ${bound} turn\nout: LocalGet 0\nReturn`;
            const program = programOf(
              `.function main (int int) -> (int) locals (int int)\n${code}`,
              'a: Int, b: Int',
            );
            for (const end of [0n, 2n, 3n, 5n, 6n, 2n ** 63n - 1n]) {
              const call = { entry: 'main', args: [1n, end], gasLimit: 1_000_000 };
              const { gasUsed } = executeBoth(program, call, twoHosts());
              for (const gasLimit of [gasUsed, gasUsed - 1, gasUsed - 20])
                executeBoth(program, { ...call, gasLimit }, twoHosts());
            }
          }
    });
});

test('a program is compiled once gas pays for it, and nothing else changes', () => {
  const program = programOf(
    '.function main (int int) -> (int) locals (int)\nLoopEnter 2\nturn: LocalGet 2\nPush 1000\nEqual\nJumpIf out\nLoopBack 2 1000 turn\nout: LocalGet 0\nReturn',
    'a: Int, b: Int',
  );
  const call = { entry: 'main', args: [7n, 0n], gasLimit: 1_000_000 };
  expect(tierOf(program)).toBe('interpreter');
  const outcomes = Array.from({ length: 30 }, () => execute(program, call, recorder()));
  expect(outcomes[0]).toMatchObject({ ok: true, result: 7n });
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  expect(tierOf(program)).toBe('wasm');
  expect(compilationOf(program)).toBe(compilationOf(program));
});

test('a program that is too large to compile says so and runs on the interpreter', () => {
  const skips = Array.from(
    { length: 8_000 },
    (_, at) => `LocalGet 0\nPush 1\nAdd\nLocalSet ${2 + (at % 1_000)}`,
  );
  const locals = new Array(1_000).fill('int').join(' ');
  const program = programOf(
    `.function main (int int) -> (int) locals (${locals})\n${skips.join('\n')}\nLocalGet 2\nReturn`,
    'a: Int, b: Int',
  );
  expect(compilationOf(program)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('too large to compile'),
  });
  const outcome = execute(program, { entry: 'main', args: [1n, 1n], gasLimit: 1_000_000 }, recorder(), {
    tier: 'wasm',
  });
  expect(outcome).toMatchObject({ ok: true, result: 2n });
});

test('a defect of the host is thrown from compiled code too, and spoils nothing', () => {
  const program = programOf(
    '.uses ledger.read\n.currency hours 2 mutual\n.function main (int int) -> (int)\nTotal hours\nReturn',
    'a: Int, b: Int',
  );
  const call = { entry: 'main', args: [1n, 1n], gasLimit: 10_000 };
  const broken = { ...recorder(), call: () => ({ ok: true, values: [] }) as const };
  for (const tier of ['interpreter', 'wasm'] as const)
    expect(() => execute(program, call, broken, { tier })).toThrow('Total answered with 0 values');
  expect(executeBoth(program, call, twoHosts())).toMatchObject({ ok: true, result: 0n });
});

test('an execution within a call to the host does not disturb the outer one', () => {
  const program = programOf(
    '.uses ledger.read\n.currency hours 2 mutual\n.slot total () (int)\n.function main (int int) -> (int)\nLocalGet 0\nStateSet total 0\nLocalGet 1\nTotal hours\nAdd\nStateGet total 0\nAdd\nReturn',
    'a: Int, b: Int',
  );
  const nested = (tier: 'interpreter' | 'wasm', depth: number): Recorder => ({
    ...recorder(),
    call: () => {
      const args = [BigInt(10 * depth), BigInt(depth)];
      const inner = { entry: 'main', args, gasLimit: 100_000 };
      const outcome = depth === 0 ? null : execute(program, inner, nested(tier, depth - 1), { tier });
      return { ok: true, values: [outcome?.ok === true ? (outcome.result as bigint) : 1n] };
    },
  });
  const run = (tier: 'interpreter' | 'wasm') =>
    execute(program, { entry: 'main', args: [100n, 1000n], gasLimit: 100_000 }, nested(tier, 3), { tier });
  expect(run('wasm')).toEqual(run('interpreter'));
  expect(run('wasm')).toMatchObject({ ok: true, result: 1167n });
});

/** Calls all entries of a contract with random arguments, keeping what succeeds; gives the kinds of ends. */
function callsOf(artifact: Artifact): string[] {
  const validated = validate(artifact);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  const calls = fc
    .constantFrom(...artifact.entries)
    .chain((entry) =>
      fc.tuple(
        fc.constant(entry),
        fc.tuple(...entry.params.map(({ type }) => anyOf(type))),
        fc.nat({ max: 100 }),
      ),
    );
  const hosts = twoHosts();
  return fc.sample(calls, { numRuns: 400, seed: SEED }).map(([entry, args, cut]) => {
    const gasLimit = cut < 20 ? Math.floor((entry.gasMax * cut) / 100) : entry.gasMax;
    const outcome = executeBoth(validated.program, { entry: entry.name, args, gasLimit }, hosts);
    if (!outcome.ok) return outcome.trap.kind;
    for (const host of Object.values(hosts)) commit(host, outcome.writes);
    return 'ok';
  });
}

function anyOf(type: AbiType): fc.Arbitrary<AbiValue> {
  switch (type.kind) {
    case 'Bool':
      return fc.boolean();
    case 'Text':
      return words.text;
    case 'Did':
      return fc.constantFrom(CALLER, 'did:icn:a', 'did:icn:b');
    case 'Hash':
      return words.hash;
    case 'Bytes':
      return words.bytes;
    case 'Unit':
      return fc.constant(null);
    case 'Tuple':
      return fc.tuple(...type.items.map(anyOf));
    case 'Struct':
      return fc.record(Object.fromEntries(type.fields.map((field) => [field.name, anyOf(field.type)])));
    default:
      return fc.oneof(fc.bigInt({ min: 0n, max: 50n }), words.int as fc.Arbitrary<bigint>);
  }
}

function twoHosts(): { interpreter: Recorder; wasm: Recorder } {
  const rich = (): Recorder => {
    const plain = recorder();
    return {
      ...plain,
      call: (op, operands, args) =>
        op === 'CanPay' ? { ok: true, values: [true] } : plain.call(op, operands, args),
    };
  };
  return { interpreter: rich(), wasm: rich() };
}

function programOf(code: string, params: string): Program {
  const at = code.indexOf('.function');
  const assembled = assemble(
    `.contract sample\n${code.slice(0, at)}.rule main(${params}) -> Int = main\n${code.slice(at)}\n`,
  );
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
  const validated = validate(withGasBounds(assembled.artifact));
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return validated.program;
}
