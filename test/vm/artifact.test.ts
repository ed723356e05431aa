/** The binary and the text form of artifacts: one form each, and any input gives a value or an error. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  artifactHash,
  assemble,
  decodeArtifact,
  disassemble,
  encodeArtifact,
  hexOf,
  sha256,
  validate,
} from '../../vm/index.ts';
import { fixtures } from '../harness.ts';
import { anyArtifact, soundArtifactOf, soundSeeds } from './arbitraries.ts';

describe('binary form', () => {
  test('decoding what was encoded gives the same artifact, and encoding that the same bytes', () => {
    fc.assert(
      fc.property(fc.oneof(anyArtifact, soundSeeds.map(soundArtifactOf)), (artifact) => {
        const bytes = encodeArtifact(artifact);
        const decoded = decodeArtifact(bytes);
        if (!decoded.ok) throw new Error(decoded.error.message);
        expect(decoded.artifact).toEqual(artifact);
        expect(encodeArtifact(decoded.artifact)).toEqual(bytes);
        expect(decoded.hash).toEqual(artifactHash(bytes));
      }),
    );
  });

  test('random bytes, with or without a right head and hash, give a value or an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (content, dressed) => {
        const bytes = dressed ? rehashed(new Uint8Array([0, 0x63, 0x63, 0x62, 1, ...content])) : content;
        const decoded = decodeArtifact(bytes);
        if (decoded.ok) expect(encodeArtifact(decoded.artifact)).toEqual(bytes);
        else expect(decoded.error.offset).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a changed byte is refused for its hash; with a right hash it is an error or another artifact', () => {
    fc.assert(
      fc.property(anyArtifact, fc.nat(), fc.integer({ min: 1, max: 255 }), (artifact, where, mask) => {
        const bytes = encodeArtifact(artifact);
        const body = bytes.slice(0, -32);
        const at = where % body.length;
        body[at] = (body[at] as number) ^ mask;
        const damaged = new Uint8Array([...body, ...bytes.slice(-32)]);
        expect(decodeArtifact(damaged).ok).toBe(false);
        const decoded = decodeArtifact(rehashed(body));
        if (!decoded.ok) return;
        expect(encodeArtifact(decoded.artifact)).toEqual(rehashed(body));
        validate(decoded.artifact);
      }),
      { numRuns: 1_000 },
    );
  });

  test('every truncation of an artifact is refused', () => {
    const [fixture] = fixtures('vm/programs', '.asm').filter(({ name }) => name === 'storage.asm');
    const assembled = assemble(fixture?.text ?? '');
    if (!assembled.ok) throw new Error('the fixture assembles');
    const bytes = encodeArtifact(assembled.artifact);
    for (let length = 0; length < bytes.length; length++) {
      expect(decodeArtifact(bytes.subarray(0, length)).ok).toBe(false);
      expect(decodeArtifact(rehashed(bytes.slice(0, length))).ok).toBe(length === bytes.length - 32);
    }
    expect(decodeArtifact(rehashed(new Uint8Array([...bytes.slice(0, -32), 0]))).ok).toBe(false);
  });

  test('a deeply nested type and a false length are refused at once', () => {
    const head = [0, 0x63, 0x63, 0x62, 1];
    const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
    expect(decodeArtifact(rehashed(new Uint8Array([...head, 1, ...huge])))).toMatchObject({ ok: false });
    const nested = assemble(`.contract x\n.event E(a: ${'('.repeat(20)}Int${')'.repeat(20)})`);
    if (!nested.ok) throw new Error('it assembles');
    expect(() => encodeArtifact(nested.artifact)).toThrow('nested more than 8 deep');
    expect(validate(nested.artifact).ok).toBe(false);
  });

  test('the bytes of a small artifact are pinned', () => {
    const assembled = assemble('.contract pinned\n.main\n  Push 1\n  Halt');
    if (!assembled.ok) throw new Error('it assembles');
    expect(hexOf(sha256(encodeArtifact(assembled.artifact)))).toMatchInlineSnapshot(
      `"d08573f7cbb13aa5009c57d23d00a721934fd1bb11355c6c7880796d64518926"`,
    );
  });
});

describe('text form', () => {
  test('assembling what was disassembled gives the same artifact', () => {
    fc.assert(
      fc.property(fc.oneof(anyArtifact, soundSeeds.map(soundArtifactOf)), (artifact) => {
        const text = disassemble(artifact);
        const assembled = assemble(text);
        if (!assembled.ok) throw new Error(`${JSON.stringify(assembled.errors)}\n${text}`);
        expect(assembled.artifact).toEqual(artifact);
      }),
    );
  });

  test('any text assembles or has errors at places in it', () => {
    const word = fc.constantFrom(
      '.contract',
      '.main',
      '.rule',
      '.slot',
      '.function',
      '.const',
      'Push',
      'Jump',
      'x',
      ':',
      '1',
      '(',
      ')',
      '"a"',
      'did"',
      '->',
      '=',
      '\n',
      ' ',
      'Int',
      '<',
      '#9',
      '.currency',
      '.event',
      '.impact',
      '.gas',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          const assembled = assemble(text);
          if (assembled.ok) return;
          const lines = text.split('\n');
          for (const { line, column } of assembled.errors) {
            expect(line).toBeLessThanOrEqual(lines.length);
            expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

function rehashed(body: Uint8Array): Uint8Array {
  return new Uint8Array([...body, ...sha256(body)]);
}
