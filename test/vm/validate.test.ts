/** What validation refuses, one fixture each, and what the assembler refuses before it. */
import { describe, expect, test } from 'vitest';
import { type Artifact, assemble, validate } from '../../vm/index.ts';
import { fixtures, goldenTests } from '../harness.ts';

goldenTests('vm/invalid', '.asm', ({ text }) => judged(text).join('\n').concat('\n'));

describe('coverage', () => {
  test('every validation code has a fixture', () => {
    const codes = new Set(
      fixtures('vm/invalid', '.asm').flatMap(({ text }) => judged(text).map((line) => line.split(' ')[0])),
    );
    const all = [
      'BadOperand',
      'BadJump',
      'BadLoop',
      'CallCycle',
      'StackUnderflow',
      'TypeMismatch',
      'JoinMismatch',
      'Unassigned',
      'FallsOffEnd',
      'BadReturn',
      'MissingCapability',
      'ViewWrites',
      'HaltWithResult',
      'GasBound',
      'BadName',
      'Duplicate',
      'BadConstant',
      'BadStorage',
      'BadEvent',
      'BadFunction',
      'BadEntry',
      'BadList',
      'Limit',
    ];
    expect(all.filter((code) => !codes.has(code))).toEqual([]);
  });
});

describe('limits', () => {
  test('stack and call depth are bounded over the whole call graph', () => {
    const chain = Array.from(
      { length: 70 },
      (_, index) => `.function f${index} () -> ()\n${index < 69 ? `Call f${index + 1}\n` : ''}Return`,
    );
    expect(errorsOf(`.contract deep\n.rule f() -> Unit = f0\n${chain.join('\n')}`)).toEqual([
      'calls may nest 70 deep; at most 64',
    ]);
    const wide = (index: number) =>
      `.function g${index} () -> () locals (${'int '.repeat(1000)})\n${index < 9 ? `Call g${index + 1}\n` : ''}Return`;
    const functions = Array.from({ length: 10 }, (_, index) => wide(index));
    expect(errorsOf(`.contract wide\n.rule g() -> Unit = g0\n${functions.join('\n')}`)).toEqual([
      'an execution may need 10000 words of stack; at most 8192',
    ]);
  });

  test('unreachable code is allowed and not typed', () => {
    expect(errorsOf('.contract x\n.main\nHalt\nAdd\nHalt')).toEqual([]);
  });
});

function errorsOf(text: string): string[] {
  const validated = validate(artifactOf(text));
  return validated.ok ? [] : validated.errors.map(({ message }) => message);
}

function artifactOf(text: string): Artifact {
  const assembled = assemble(text);
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
  return assembled.artifact;
}

function judged(text: string): string[] {
  const assembled = assemble(text);
  if (!assembled.ok)
    return assembled.errors.map(({ line, column, message }) => `assembly ${line}:${column} ${message}`);
  const validated = validate(assembled.artifact);
  if (validated.ok) throw new Error('validation accepts this');
  return validated.errors.map(
    ({ code, message, function: fn, instruction }) => `${code} ${fn}:${instruction} ${message}`,
  );
}
