/**
 * The built-in functions of numbers as an author writes them, compiled and run on the VM, against exact arithmetic: at
 * the ends of the range and where rounding shows. `SEED=n` replays a run.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse, build, lowerProgram } from '../../compiler/index.ts';
import { execute, type Host, validate } from '../../vm/index.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_131);
const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);
const PARTS = 1_000_000n;

const TEXT = `contract Numbers {
  view mul_div_of(a: Int, b: Int, c: Int) -> Int { return mul_div(a, b, c); }
  view third(a: Int, b: Int, c: Int) -> Int { return share(a, b, c); }
  view share_of(x: Int, r: Ratio) -> Int { return share(x, r); }
  view share_up_of(x: Int, r: Ratio) -> Int { return share_up(x, r); }
  view pow_of(a: Int, n: Int) -> Int { return pow(a, n); }
  view root(x: Int) -> Int { return isqrt(x); }
}`;

const HOST: Host = {
  env: {
    self: 'did:icn:self',
    caller: 'did:icn:caller',
    callerIsContract: false,
    creator: 'did:icn:creator',
    cooperative: '',
    time: 0n,
    block: 0n,
  },
  load: () => undefined,
  call: () => {
    throw new Error('no host function is called');
  },
  holdsPermission: () => false,
  reputationOf: () => 0n,
};

const analysis = analyse(new Map([['numbers.ccl', TEXT]]), 'numbers.ccl');
const validated = validate(build(lowerProgram(analysis).contracts[0]!, { claims: [], marks: [] }));

/** The result, or null where the call reverts. */
function run(entry: string, ...args: readonly bigint[]): bigint | null {
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  const outcome = execute(validated.program, { entry, args, gasLimit: 1e6 }, HOST);
  return outcome.ok ? (outcome.result as bigint) : null;
}

/** Values at the ends, at zero, and everywhere. */
const word = fc.oneof(
  fc.constantFrom(MIN, MIN + 1n, -PARTS, -2n, -1n, 0n, 1n, 2n, 3n, PARTS, MAX - 1n, MAX),
  fc.bigInt(-100n, 100n),
  fc.bigInt(MIN, MAX),
);

function fits(value: bigint): bigint | null {
  return value >= MIN && value <= MAX ? value : null;
}

/** `low <= a / c < low + 1`, by definition. */
function floorOf(a: bigint, c: bigint): bigint {
  let low = a / c;
  while (low * c > a) low -= 1n;
  return low;
}

function holds(...args: Parameters<typeof fc.property>): void {
  fc.assert(fc.property(...args), { seed: SEED, numRuns: 2_000 });
}

describe(`numbers against exact arithmetic (seed ${SEED})`, () => {
  test('mul_div and share of a fraction round down', () => {
    holds(word, word, word, (...args: unknown[]) => {
      const [a, b, c] = args as [bigint, bigint, bigint];
      const wanted = c <= 0n ? null : fits(floorOf(a * b, c));
      expect(run('mul_div_of', a, b, c)).toBe(wanted);
      expect(run('third', a, b, c)).toBe(wanted);
    });
  });

  test('share rounds down, share_up rounds up', () => {
    holds(word, word, (...args: unknown[]) => {
      const [x, r] = args as [bigint, bigint];
      expect(run('share_of', x, r)).toBe(fits(floorOf(x * r, PARTS)));
      expect(run('share_up_of', x, r)).toBe(fits(-floorOf(-x * r, PARTS)));
    });
  });

  test('a share and the rest make the whole', () => {
    holds(word, fc.bigInt(0n, PARTS), (...args: unknown[]) => {
      const [x, r] = args as [bigint, bigint];
      expect(run('share_of', x, r)! + run('share_up_of', x, PARTS - r)!).toBe(x);
    });
  });

  test('pow is repeated multiplication', () => {
    holds(word, fc.bigInt(-2n, 70n), (...args: unknown[]) => {
      const [a, n] = args as [bigint, bigint];
      expect(run('pow_of', a, n)).toBe(n < 0n ? null : fits(a ** n));
    });
    expect(run('pow_of', -1n, MAX)).toBe(-1n);
    expect(run('pow_of', 2n, MAX)).toBe(null);
  });

  test('isqrt is the largest root', () => {
    holds(word, (...args: unknown[]) => {
      const [x] = args as [bigint];
      const root = run('root', x);
      if (x < 0n) expect(root).toBe(null);
      else expect(root! >= 0n && root! * root! <= x && (root! + 1n) * (root! + 1n) > x).toBe(true);
    });
  });
});
