/**
 * What stands before the first result: a contract of few and of many instructions validated, compiled and called once,
 * over the time that the engine alone takes to make a module of a handwritten one of the same size; and the first call of
 * a large contract that nobody called before, on both tiers.
 */
import {
  type Artifact,
  assemble,
  decodeArtifact,
  encodeArtifact,
  execute,
  type Program,
  validate,
  withGasBounds,
} from '../vm/index.ts';
import { ENGINE } from '../vm/wasm/engine.ts';
import { handwrittenSums } from './handwritten.ts';
import type { Row } from './report.ts';
import { median } from './rounds.ts';
import { HOST, workProgram } from './session.ts';

const ROUNDS = 120;
const WARM_UPS = 60;
const SMALL = 30;
const LARGE = 1_200;

/** Microseconds, and the ratios by the names of `aims.json`. */
export async function measureDeploy(): Promise<{ rows: Row[]; values: Record<string, number> }> {
  const names = { small: SMALL, large: LARGE };
  const rows: Row[] = [];
  const values: Record<string, number> = {};
  for (const [name, size] of Object.entries(names)) {
    const times = { validate: [] as number[], call: [] as number[], module: [] as number[] };
    for (let round = -WARM_UPS; round < ROUNDS; round++) {
      const seed = 1_000n + BigInt(round + WARM_UPS);
      const artifact = sumsOf(size, seed);
      const bytes = handwrittenSums(size, seed) as Uint8Array<ArrayBuffer>;
      const module = timed(() => new ENGINE.Module(bytes));
      const validated = timed(() => programOf(artifact));
      const called = timed(() => callOnce(validated.result, 'wasm'));
      if (called.result !== sumOf(size, seed)) throw new Error(`deploy: the sum is ${called.result}`);
      if (round < 0) continue;
      times.module.push(module.us);
      times.validate.push(validated.us);
      times.call.push(called.us);
    }
    const [validating, calling, module] = [times.validate, times.call, times.module].map(median) as [
      number,
      number,
      number,
    ];
    rows.push({
      work: `deploy, ${size} instructions`,
      'validate us': validating,
      'compile and call us': calling,
      'WebAssembly.Module us': module,
    });
    values[`deploy_${name}_vs_module`] = (validating + calling) / module;
  }
  return { rows, values };
}

/** The first call of a large contract: each round validates the artifact of `Work.ccl` anew, under another name. */
export async function measureCold(): Promise<Row[]> {
  const { artifact } = workProgram();
  return (['interpreter', 'wasm'] as const).map((tier) => {
    const times = { validate: [] as number[], call: [] as number[] };
    for (let round = 0; round < 20; round++) {
      const name = `Work${tier}${round}`;
      const validated = timed(() => programOf({ ...artifact, name }));
      const called = timed(() =>
        execute(validated.result, { entry: 'tally', args: [], gasLimit: 10_000_000 }, HOST, { tier }),
      );
      if (!called.result.ok) throw new Error(`cold: ${called.result.trap.message}`);
      times.validate.push(validated.us);
      times.call.push(called.us);
    }
    const instructions = artifact.functions.reduce((sum, { code }) => sum + code.length, 0);
    return {
      work: `first call, ${tier}, ${instructions} instructions`,
      'validate us': median(times.validate),
      'compile and call us': median(times.call),
    };
  });
}

function timed<T>(act: () => T): { readonly us: number; readonly result: T } {
  const started = performance.now();
  const result = act();
  return { us: (performance.now() - started) * 1000, result };
}

/** A view of so many instructions: constants added to a local, four instructions each. */
function sumsOf(instructions: number, seed: bigint): Artifact {
  const sums = Array.from(
    { length: Math.floor(instructions / 4) },
    (_, at) => `LocalGet 0\nPush ${seed + BigInt(at)}\nAdd\nLocalSet 0`,
  );
  const text = ['.contract sums', '.view main() -> Int = main', '.function main () -> (int) locals (int)'];
  const assembled = assemble([...text, 'Push 0\nLocalSet 0', ...sums, 'LocalGet 0\nReturn\n'].join('\n'));
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
  // As a node has it: from bytes.
  const decoded = decodeArtifact(encodeArtifact(withGasBounds(assembled.artifact)));
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.artifact;
}

function sumOf(instructions: number, seed: bigint): bigint {
  const count = BigInt(Math.floor(instructions / 4));
  return count * seed + (count * (count - 1n)) / 2n;
}

function programOf(artifact: Artifact): Program {
  const validated = validate(artifact);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return validated.program;
}

function callOnce(program: Program, tier: 'interpreter' | 'wasm'): bigint {
  const outcome = execute(program, { entry: 'main', args: [], gasLimit: Number.MAX_SAFE_INTEGER }, HOST, {
    tier,
  });
  if (!outcome.ok) throw new Error(outcome.trap.message);
  return outcome.result as bigint;
}
