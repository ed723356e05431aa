/**
 * Four loops on both tiers, beside the same loops in plain JavaScript numbers, in `BigInt` checked to 64 bits, in
 * handwritten WebAssembly and on an EVM where one is installed: a sum, a linear congruential generator, products past
 * 2^53, and Collatz steps. Nanoseconds per turn.
 */
import { assemble, execute, type Host, type Program, type Tier, validate } from '../vm/index.ts';
import { CHARGE, lengthAt } from '../vm/program.ts';
import { ENGINE } from '../vm/wasm/engine.ts';
import { createInstance } from '../vm/wasm/instance.ts';
import { layoutOf } from '../vm/wasm/layout.ts';
import { encodeModule } from '../vm/wasm/module.ts';
import { type Evm, ethereumjs, evmCode } from './evm.ts';
import { handwritten } from './handwritten.ts';
import type { Report } from './report.ts';
import { type Contender, medians } from './rounds.ts';

const TURNS = 300_000;
const ROUNDS = 9;
const MAX = 2n ** 63n - 1n;

type Loop = {
  readonly name: string;
  /** One turn of the loop body in assembly: local 0 is `x`, local 1 the turn, starting at 0. */
  readonly body: string;
  /** Locals of its own, from 3. */
  readonly start: bigint;
  readonly numbers: (turns: number) => number;
  readonly bigints: (turns: number) => bigint;
  /** Plain numbers cannot hold every intermediate value, so their result is not compared. */
  readonly inexact?: true;
};

const LOOPS: readonly Loop[] = [
  {
    name: 'sum',
    start: 0n,
    body: 'LocalGet 0\nLocalGet 1\nAdd\nLocalSet 0',
    numbers: sumNumbers,
    bigints: sumBigInts,
  },
  {
    name: 'lcg',
    start: 1n,
    body: 'LocalGet 0\nPush 1103515\nMul\nPush 12345\nAdd\nPush 2147483647\nMod\nLocalSet 0',
    numbers: lcgNumbers,
    bigints: lcgBigInts,
  },
  {
    name: 'wide',
    start: 1n,
    body: 'LocalGet 0\nPush 1103515245\nMul\nLocalGet 1\nAdd\nPush 4294967291\nMod\nLocalSet 0',
    numbers: wideNumbers,
    bigints: wideBigInts,
    inexact: true,
  },
  {
    name: 'collatz',
    start: 27n,
    body: [
      'LocalGet 0\nPush 1\nEqual\nJumpIf again',
      'LocalGet 0\nPush 2\nMod\nPush 0\nEqual\nJumpIf even',
      'LocalGet 0\nPush 3\nMul\nPush 1\nAdd\nLocalSet 0\nJump done',
      'even:\nLocalGet 0\nPush 2\nDiv\nLocalSet 0\nJump done',
      'again:\nLocalGet 1\nPush 27\nAdd\nLocalSet 0',
      'done:',
    ].join('\n'),
    numbers: collatzNumbers,
    bigints: collatzBigInts,
  },
];

/** Turns of loops in a peer that takes microseconds for each. */
const SLOW_TURNS = 10_000;

export async function run(): Promise<Report> {
  const evm = await ethereumjs();
  console.error(
    `not measured: native revm${evm === null ? '; @ethereumjs/evm, which is not installed' : ''}`,
  );
  const programs = new Map(LOOPS.map((loop) => [loop.name, programOf(loop)]));
  for (const loop of LOOPS) {
    await checkResults(loop, programs.get(loop.name)!);
    if (evm !== null) await checkEvm(loop, evm);
  }
  const contenders = LOOPS.flatMap((loop) => contendersOf(loop, programs.get(loop.name)!, evm));
  const times = await medians(contenders, ROUNDS, 6);
  const rows = LOOPS.map(({ name }) => ({ loop: name, ...timesOf(times, name) }));
  return { bench: 'vm', rows, values: valuesOf(rows) };
}

type Times = { readonly [contender in keyof typeof TURNS_OF]?: number };

/** How many turns a run of each contender makes. */
const TURNS_OF = {
  interpreter: TURNS,
  wasm: TURNS,
  'wasm without gas': TURNS,
  handwritten: TURNS,
  numbers: TURNS,
  bigint: TURNS,
  ethereumjs: SLOW_TURNS,
} as const;

/** Nanoseconds per turn, of the contenders that ran. */
function timesOf(times: ReadonlyMap<string, number>, loop: string): Times {
  const known = Object.entries(TURNS_OF).flatMap(([name, turns]) => {
    const time = times.get(`${loop} ${name}`);
    return time === undefined ? [] : [[name, (time * 1e6) / turns]];
  });
  return Object.fromEntries(known);
}

function contendersOf(loop: Loop, program: Program, evm: Evm | null): Contender[] {
  const { name } = loop;
  const free = withoutGas(program);
  const own = name === 'collatz' ? null : handwritten(name);
  const code = evmCode(name, SLOW_TURNS);
  return [
    { name: `${name} interpreter`, run: () => void interpret(program, 'interpreter') },
    { name: `${name} wasm`, run: () => void interpret(program, 'wasm') },
    { name: `${name} wasm without gas`, run: () => void free() },
    ...(own === null ? [] : [{ name: `${name} handwritten`, run: () => void own(BigInt(TURNS)) }]),
    { name: `${name} numbers`, run: () => void loop.numbers(TURNS) },
    { name: `${name} bigint`, run: () => void loop.bigints(TURNS) },
    ...(evm === null ? [] : [{ name: `${name} ethereumjs`, run: async () => void (await evm(code)) }]),
  ];
}

/** The values that `aims.json` names, as far as their peers are here, and each loop against the checked BigInt loop. */
function valuesOf(rows: readonly (Times & { readonly loop: string })[]): Record<string, number> {
  const ratios = (over: keyof Times, under: keyof Times) =>
    rows.flatMap(({ [over]: a, [under]: b }) => (a === undefined || b === undefined ? [] : [a / b]));
  const row = (name: string) => rows.find(({ loop }) => loop === name) ?? {};
  const ratio = ({ [`wasm`]: wasm = Number.NaN, ...other }: Times, name: keyof Times) =>
    wasm / (other[name as keyof typeof other] ?? Number.NaN);
  const values: Record<string, number> = {
    interp_vs_ethereumjs_min: Math.min(...ratios('ethereumjs', 'interpreter')),
    wasm_vs_ethereumjs_min: Math.min(...ratios('ethereumjs', 'wasm')),
    wasm_vs_ethereumjs_sum: 1 / ratio(row('sum'), 'ethereumjs'),
    wasm_vs_handwritten_max: Math.max(...ratios('wasm', 'handwritten')),
    gas_overhead_straight: ratio(row('sum'), 'wasm without gas'),
    gas_overhead_branchy: ratio(row('collatz'), 'wasm without gas'),
  };
  for (const { loop, bigint = Number.NaN, interpreter = Number.NaN, wasm = Number.NaN } of rows) {
    values[`interp_vs_bigint_${loop}`] = bigint / interpreter;
    values[`wasm_vs_bigint_${loop}`] = bigint / wasm;
  }
  // What compares with a peer that is not installed is not reported.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));
}

/** The compiled program as it would be without gas: the same module but for its charges. */
function withoutGas(program: Program): () => bigint {
  const code = program.code.slice();
  for (let pc = 0; pc < code.length; pc += lengthAt(program.code, pc))
    if (program.code[pc] === CHARGE) code.fill(0, pc, pc + 2);
  const free = { ...program, code };
  const { bytes, owed } = encodeModule(free, layoutOf(free), 'counted');
  const instance = createInstance({ module: new ENGINE.Module(bytes), owed }, free);
  const [entry] = program.artifact.entries;
  const call = instance.run(entry!.function);
  return () => call(0n) + (instance.stack[0] ?? 0n);
}

function programOf(loop: Loop): Program {
  const code = [
    `.contract ${loop.name}\n.view main() -> Int = main\n.function main () -> (int) locals (int int int)`,
    `Push ${loop.start}\nLocalSet 0\nPush 0\nLocalSet 1\nLoopEnter 2\nturn:\n${loop.body}`,
    `LocalGet 1\nPush 1\nAdd\nLocalSet 1\nLocalGet 1\nPush ${TURNS}\nLessThan\nJumpIf next\nLocalGet 0\nReturn`,
    `next:\nLoopBack 2 ${TURNS} turn\n`,
  ].join('\n');
  const assembled = assemble(code);
  if (!assembled.ok) throw new Error(`${loop.name}: ${JSON.stringify(assembled.errors)}`);
  const validated = validate(assembled.artifact);
  if (!validated.ok) throw new Error(`${loop.name}: ${JSON.stringify(validated.errors)}`);
  return validated.program;
}

function interpret(program: Program, tier: Tier): bigint {
  const call = { entry: 'main', args: [], gasLimit: Number.MAX_SAFE_INTEGER };
  const outcome = execute(program, call, HOST, { tier });
  if (!outcome.ok) throw new Error(outcome.trap.message);
  return outcome.result as bigint;
}

function checkResults(loop: Loop, program: Program): void {
  const expected = loop.bigints(TURNS);
  for (const tier of ['interpreter', 'wasm'] as const)
    if (interpret(program, tier) !== expected)
      throw new Error(`${loop.name}: ${tier} says ${interpret(program, tier)}, not ${expected}`);
  if (withoutGas(program)() !== expected) throw new Error(`${loop.name}: without gas it is another result`);
  if (loop.name !== 'collatz' && handwritten(loop.name)(BigInt(TURNS)) !== expected)
    throw new Error(`${loop.name}: handwritten WebAssembly disagrees`);
  if (loop.inexact !== true && BigInt(loop.numbers(TURNS)) !== expected)
    throw new Error(`${loop.name}: numbers disagree`);
}

async function checkEvm(loop: Loop, evm: Evm): Promise<void> {
  const result = await evm(evmCode(loop.name, SLOW_TURNS));
  if (result !== loop.bigints(SLOW_TURNS)) throw new Error(`${loop.name}: the EVM says ${result}`);
}

const HOST: Host = {
  env: {
    self: 'did:icn:contract:0',
    caller: null,
    callerIsContract: false,
    creator: 'did:icn:1',
    cooperative: '',
    time: 0n,
    block: 0n,
  },
  load: () => undefined,
  call: () => ({ ok: false, kind: 'NotBuilt', message: 'the loops call no host' }),
  holdsPermission: () => false,
  reputationOf: () => 0n,
};

function checked(value: bigint): bigint {
  if (value > MAX || value < -MAX - 1n) throw new RangeError('overflow');
  return value;
}

function sumNumbers(turns: number): number {
  let x = 0;
  for (let i = 0; i < turns; i++) x += i;
  return x;
}

function sumBigInts(turns: number): bigint {
  let x = 0n;
  for (let i = 0n; i < BigInt(turns); i = checked(i + 1n)) x = checked(x + i);
  return x;
}

function lcgNumbers(turns: number): number {
  let x = 1;
  for (let i = 0; i < turns; i++) x = (x * 1103515 + 12345) % 2147483647;
  return x;
}

function lcgBigInts(turns: number): bigint {
  let x = 1n;
  for (let i = 0n; i < BigInt(turns); i = checked(i + 1n))
    x = checked(checked(x * 1103515n) + 12345n) % 2147483647n;
  return x;
}

function wideNumbers(turns: number): number {
  let x = 1;
  for (let i = 0; i < turns; i++) x = (x * 1103515245 + i) % 4294967291;
  return x;
}

function wideBigInts(turns: number): bigint {
  let x = 1n;
  for (let i = 0n; i < BigInt(turns); i = checked(i + 1n))
    x = checked(checked(x * 1103515245n) + i) % 4294967291n;
  return x;
}

function collatzNumbers(turns: number): number {
  let x = 27;
  for (let i = 0; i < turns; i++) x = x === 1 ? i + 27 : x % 2 === 0 ? x / 2 : x * 3 + 1;
  return x;
}

function collatzBigInts(turns: number): bigint {
  let x = 27n;
  for (let i = 0n; i < BigInt(turns); i = checked(i + 1n))
    x = x === 1n ? checked(i + 27n) : x % 2n === 0n ? x / 2n : checked(checked(x * 3n) + 1n);
  return x;
}
