/**
 * Hostile artifacts: valid ones with instructions, figures or bytes changed. Whatever still decodes and validates runs
 * alike on both tiers, within its stated gas, and never meets a trap that validation excludes. Artifacts that are made
 * to take long are answered all the same.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assemble,
  decodeArtifact,
  encodeArtifact,
  gasBounds,
  LIMITS,
  sha256,
  validate,
  withGasBounds,
} from '../../vm/index.ts';
import { soundArtifactOf, soundSeeds } from './arbitraries.ts';
import { changed } from './changes.ts';
import { compareTiers, createCounts } from './tiers.ts';

const SEED = 20_261_122;
/** What no validated artifact may meet: validation bounds the operand stack. */
const EXCLUDED = ['StackOverflow'];

describe('changed instructions', () => {
  test(`that still validate run alike on both tiers, within their gas, seed ${SEED}`, () => {
    const counts = createCounts();
    let valid = 0;
    let refused = 0;
    fc.assert(
      fc.property(soundSeeds, fc.array(fc.nat(), { minLength: 3, maxLength: 6 }), (numbers, changes) => {
        const artifact = withGasBounds(changed(soundArtifactOf(numbers), changes));
        if (!validate(artifact).ok) {
          refused += 1;
          return;
        }
        valid += 1;
        compareTiers(artifact, numbers, counts);
      }),
      { numRuns: 300, seed: SEED },
    );
    expect(valid).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(20);
    for (const kind of EXCLUDED) expect(counts.traps.get(kind) ?? 0).toBe(0);
  });

  test('cannot pass a bound that was made for other code', () => {
    let refused = 0;
    fc.assert(
      fc.property(soundSeeds, fc.array(fc.nat(), { minLength: 6, maxLength: 12 }), (numbers, changes) => {
        const stated = soundArtifactOf(numbers);
        const artifact = changed(stated, changes);
        const bounds = withGasBounds(artifact).entries.map(({ gasMax }) => gasMax);
        const dearer =
          gasBounds(artifact) !== null && bounds.some((most, at) => most > stated.entries[at]!.gasMax);
        if (!dearer) return;
        refused += 1;
        const validated = validate(artifact);
        expect(validated.ok).toBe(false);
      }),
      { numRuns: 300, seed: SEED },
    );
    expect(refused).toBeGreaterThan(20);
  });
});

describe('changed bytes', () => {
  test(`that still are an artifact and validate run alike on both tiers, seed ${SEED}`, () => {
    const counts = createCounts();
    const met = { refused: 0, decoded: 0, valid: 0 };
    fc.assert(
      fc.property(
        soundSeeds,
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
        (numbers, edits) => {
          const body = encodeArtifact(soundArtifactOf(numbers)).slice(0, -HASH_BYTES);
          for (const [at, value] of edits) body[at % body.length] = value;
          const decoded = decodeArtifact(new Uint8Array([...body, ...sha256(body)]));
          if (!decoded.ok) {
            met.refused += 1;
            return;
          }
          met.decoded += 1;
          if (!validate(decoded.artifact).ok) return;
          met.valid += 1;
          compareTiers(decoded.artifact, numbers, counts);
        },
      ),
      { numRuns: 300, seed: SEED },
    );
    for (const count of Object.values(met)) expect(count).toBeGreaterThan(10);
  });

  test('without a new hash are refused', () => {
    const bytes = encodeArtifact(soundArtifactOf([1, 2, 3, 4]));
    for (let at = 0; at < bytes.length; at += 7) {
      const edited = bytes.slice();
      edited[at] = (edited[at] ?? 0) ^ 1;
      expect(decodeArtifact(edited).ok).toBe(false);
    }
  });
});

describe('an artifact that is made to take long is answered', () => {
  const code = (lines: readonly string[]) => lines.join('\n');
  const answered = (text: string) => {
    const assembled = assemble(text);
    if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors[0]));
    return validate(withGasBounds(assembled.artifact)).ok;
  };

  test('many loops behind each other', () => {
    const loops = Array.from(
      { length: LIMITS.instructions / 2 - 1 },
      (_, at) => `LoopEnter 0\nt${at}: LoopBack 0 1 t${at}`,
    );
    // Nothing leads past a loop that only counts, so what stands behind the first is not reached.
    expect(
      answered(
        `.contract x\n.rule f() -> Unit = f\n.function f () -> () locals (int)\n${code(loops)}\nReturn`,
      ),
    ).toBe(true);
  });

  test('many events with a type of many parts that hold nothing', () => {
    const units = `(${new Array(100).fill('Unit').join(', ')})`;
    const type = `(${new Array(100).fill(units).join(', ')})`;
    const emits = new Array(LIMITS.instructions - 1).fill('EmitEvent E');
    const text = `.contract x\n.event E(a: ${type})\n.rule f() -> Unit = f\n.function f () -> ()\n${code(emits)}\nReturn`;
    expect(answered(text)).toBe(false);
  });

  test('many lists and types of lists', () => {
    const types = Array.from({ length: 900 }, (_, at) => `list<${at + 1}:int>`);
    const adds = new Array(8_000).fill('LocalGet 899\nPush 1\nListAdd\nPop');
    const text = `.contract x\n.rule f(a: List<Int, 1>) -> Unit = f\n.function f (list<1:int>) -> () locals (${types.slice(1).join(' ')})\nPushConst list<900:int>"00"\nLocalSet 899\n${code(adds)}\nReturn`;
    expect(answered(text)).toBe(false);
  });

  test('calls that multiply', () => {
    const functions = Array.from(
      { length: 60 },
      (_, at) => `.function f${at} () -> ()\n${at < 59 ? `Call f${at + 1}\nCall f${at + 1}\n` : ''}Return`,
    );
    expect(answered(`.contract x\n.rule f() -> Unit = f0\n${functions.join('\n')}`)).toBe(false);
  });
});

test('a list of lists takes the gas of its largest part into the bound', () => {
  const adds = new Array(20).fill('Push 1\nListAdd').join('\n');
  const assembled = assemble(`.contract x
.rule f() -> Unit = f
.function f () -> () locals (list<1:list<400:int>>)
PushConst list<1:list<400:int>>"01ac02${'01'.repeat(300)}"
LocalSet 0
LocalGet 0
Push 0
At 0
${adds}
Pop
Return`);
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
  const artifact = withGasBounds(assembled.artifact);
  compareTiers(artifact, [1, 1, 1, 1], createCounts());
});

// ---- private -----------------------------------------------------------------------------------

const HASH_BYTES = 32;
