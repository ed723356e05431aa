/** The four loops of the benchmark of the virtual machine in JavaScript: plain numbers, and `BigInt` checked to 64 bits. */

export type Loop = {
  readonly name: string;
  /** The view of `Work.ccl` that runs it. */
  readonly entry: string;
  /** Plain numbers cannot hold every intermediate value, so their results are not compared. */
  readonly numbers: (turns: number) => number;
  readonly bigints: (turns: number) => bigint;
};

export const LOOPS: readonly Loop[] = [
  { name: 'sum', entry: 'sum_loop', numbers: sumNumbers, bigints: sumBigInts },
  { name: 'lcg', entry: 'lcg_loop', numbers: lcgNumbers, bigints: lcgBigInts },
  { name: 'wide', entry: 'wide_loop', numbers: wideNumbers, bigints: wideBigInts },
  { name: 'collatz', entry: 'collatz_loop', numbers: collatzNumbers, bigints: collatzBigInts },
];

const MAX = 2n ** 63n - 1n;

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
