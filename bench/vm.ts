/**
 * Four loops on the interpreter, beside the same loops in plain JavaScript numbers and in `BigInt` checked to 64
 * bits: a sum, a linear congruential generator, products past 2^53, and Collatz steps. Nanoseconds per turn.
 */
import { assemble, execute, type Host, type Program, validate } from '../vm/index.ts';
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

export async function run(): Promise<Report> {
  const programs = new Map(LOOPS.map((loop) => [loop.name, programOf(loop)]));
  for (const loop of LOOPS) checkResults(loop, programs.get(loop.name)!);
  const contenders = LOOPS.flatMap((loop) => contendersOf(loop, programs.get(loop.name)!));
  const times = await medians(contenders, ROUNDS, 2);
  const perTurn = (name: string): number => ((times.get(name) ?? Number.NaN) * 1e6) / TURNS;
  const rows = LOOPS.map(({ name }) => ({
    loop: name,
    'interpreter ns': perTurn(`${name} interpreter`),
    'numbers ns': perTurn(`${name} numbers`),
    'bigint ns': perTurn(`${name} bigint`),
  }));
  const values = Object.fromEntries(
    rows.map((row) => [`interp_vs_bigint_${row.loop}`, row['bigint ns'] / row['interpreter ns']]),
  );
  return { bench: 'vm', rows, values };
}

function contendersOf(loop: Loop, program: Program): Contender[] {
  return [
    { name: `${loop.name} interpreter`, run: () => void interpret(program) },
    { name: `${loop.name} numbers`, run: () => void loop.numbers(TURNS) },
    { name: `${loop.name} bigint`, run: () => void loop.bigints(TURNS) },
  ];
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

function interpret(program: Program): bigint {
  const outcome = execute(program, { entry: 'main', args: [], gasLimit: Number.MAX_SAFE_INTEGER }, HOST);
  if (!outcome.ok) throw new Error(outcome.trap.message);
  return outcome.result as bigint;
}

function checkResults(loop: Loop, program: Program): void {
  const expected = loop.bigints(TURNS);
  if (interpret(program) !== expected)
    throw new Error(`${loop.name}: the interpreter says ${interpret(program)}, not ${expected}`);
  if (loop.inexact !== true && BigInt(loop.numbers(TURNS)) !== expected)
    throw new Error(`${loop.name}: numbers disagree`);
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
