/** Each limit of an execution, at both sides of its boundary: what validation refuses, and what traps. */
import { describe, expect, test } from 'vitest';
import {
  assemble,
  decodeArtifact,
  encodeArtifact,
  LIMITS,
  type Outcome,
  type Validated,
  validate,
  withGasBounds,
} from '../../vm/index.ts';
import { recorder } from './recorder.ts';
import { executeBoth } from './tiers.ts';

/** What a limit admits, and the least that it refuses; each with a word of the refusal. */
describe('validation admits the most and refuses one more', () => {
  test.each<[string, (size: number) => string, number, string]>([
    ['the operand stack with all locals', withLocals, LIMITS.stackWords, 'words of stack'],
    ['calls inside each other', nested, LIMITS.callDepth, 'nest'],
    ['locals of a function', (size) => rule(locals(size), 'Return'), LIMITS.locals, 'locals'],
    ['loops inside each other', loopsInLoops, LIMITS.loopDepth, 'deep'],
    ['turns of a loop', (size) => looping('Nop', size), LIMITS.loopBound, 'bound'],
    ['events of an execution', (size) => looping('EmitEvent Bare', size - 1), LIMITS.eventsEmitted, 'events'],
    ['logs of an execution', (size) => looping('Log "x"', size - 1), LIMITS.logs, 'logs'],
    // The turn that ends at the bound counts too. Caller, creator, self, the constant and the argument have their place.
    [
      'longer values of an execution',
      (size) => looping('LocalGet 1\nPushConst "x"\nConcat\nPop', size - 6, 'text: Text'),
      LIMITS.internedValues,
      'longer values',
    ],
    [
      'instructions of a function',
      (size) => rule('', [...new Array(size - 1).fill('Nop'), 'Return'].join('\n')),
      LIMITS.instructions,
      'instructions',
    ],
  ])('%s', (_, make, most, word) => {
    expect(judged(make(most))).toEqual([]);
    expect(judged(make(most + 1)).join()).toContain(word);
  });

  test('memory cells, which constants name', () => {
    const stores = (size: number) =>
      rule(
        '',
        [...Array.from({ length: size }, (_, at) => `Push ${at}\nStore "c${at}"`), 'Return'].join('\n'),
      );
    const most = judgedRun(stores(LIMITS.constants));
    expect(most).toMatchObject({ ok: true });
    expect(judged(stores(LIMITS.constants + 1)).join()).toContain('constants');
  });

  test('content of an event', () => {
    const event = (texts: number, dids: number) => {
      const fields = [...new Array(texts).fill('Text'), ...new Array(dids).fill('Did')];
      return `.contract x\n.event E(${fields.map((type, at) => `f${at}: ${type}`).join(', ')})\n`;
    };
    // Fifteen texts of 1,026 bytes and ten accounts of 97 are 16,360; one more account is beyond.
    expect(judged(event(15, 10))).toEqual([]);
    expect(judged(event(15, 11)).join()).toContain(`more than ${LIMITS.eventBytes} bytes`);
  });

  test('content of longer values', () => {
    const adding = (turns: number) =>
      looping('LocalGet 1\nPush 1\nListAdd\nPop', turns, 'list: List<Int, 1638>');
    const each = 3 + 1_638 * 10;
    // The argument has its place, and the turn that ends at the bound.
    const most = Math.floor(LIMITS.internedBytes / each) - 2;
    expect(judged(adding(most))).toEqual([]);
    expect(judged(adding(most + 1)).join()).toContain('longer values of');
  });

  test('the bytes of an artifact', () => {
    const assembled = assemble(rule('', 'Return'));
    if (!assembled.ok) throw new Error('it assembles');
    const withClaims = (count: number) => ({ ...assembled.artifact, claims: claims(count) });
    expect(decodeArtifact(encodeArtifact(withClaims(32_700)))).toMatchObject({ ok: true });
    expect(() => encodeArtifact(withClaims(32_800))).toThrow(`${LIMITS.artifactBytes}`);
    expect(decodeArtifact(new Uint8Array(LIMITS.artifactBytes + 33)).ok).toBe(false);
  });
});

describe('an execution reaches the most and traps one beyond', () => {
  test('events and logs: all that validation admits are kept', () => {
    const outcome = judgedRun(looping('EmitEvent Bare\nLog "x"', 2_000));
    expect(outcome.ok && [outcome.events.length, outcome.logs.length]).toEqual([2_000, 2_000]);
  });

  test('the key of an entry', () => {
    // Two bytes hold the length of a text, and eight the integer.
    const keyed = (length: number) =>
      judgedRun(
        `.contract x\n.slot named (text int) (int)\n.rule main() -> Unit = main\n.function main () -> ()\nPushConst "${'k'.repeat(length)}"\nPush 1\nPush 7\nStateSet named 0\nReturn`,
      );
    expect(keyed(LIMITS.keyBytes - 10)).toMatchObject({ ok: true });
    expect(keyed(LIMITS.keyBytes - 9)).toMatchObject({
      ok: false,
      trap: { kind: 'LimitReached', message: expect.stringContaining(`more than ${LIMITS.keyBytes} bytes`) },
    });
  });

  test('a text, and bytes', () => {
    const joined = (constant: string) => judgedRun(rule('', `${constant}\nConcat\nPop\nReturn`));
    const half = 'x'.repeat(LIMITS.textBytes / 2);
    expect(joined(`PushConst "${half}"\nPushConst "${half}"`)).toMatchObject({ ok: true });
    expect(joined(`PushConst "${half}"\nPushConst "${half}x"`)).toMatchObject({
      trap: { kind: 'LimitReached' },
    });
    const bytes = '00'.repeat(LIMITS.textBytes / 2);
    expect(joined(`PushConst bytes"${bytes}"\nPushConst bytes"${bytes}"`)).toMatchObject({ ok: true });
    expect(joined(`PushConst bytes"${bytes}"\nPushConst bytes"${bytes}00"`)).toMatchObject({
      trap: { kind: 'LimitReached' },
    });
  });

  test('a list', () => {
    const added = (turns: number) =>
      judgedRun(
        rule(
          'list<3:int>',
          `PushConst list<3:int>"00"\nLocalSet 0\n${'LocalGet 0\nPush 1\nListAdd\nLocalSet 0\n'.repeat(turns)}Return`,
        ),
      );
    expect(added(3)).toMatchObject({ ok: true });
    expect(added(4)).toMatchObject({ trap: { kind: 'LimitReached' } });
  });

  test('turns of a loop', () => {
    const turns = (bound: number) => judgedRun(looping('Nop', bound, '', 40));
    expect(turns(40)).toMatchObject({ ok: true });
    expect(turns(39)).toMatchObject({ trap: { kind: 'LoopBound' } });
  });

  test('words of the entries that it touches', () => {
    const fields = 100;
    const touching = (turns: number) =>
      judgedRun(
        `.contract x\n.slot wide (int) (${new Array(fields).fill('int').join(' ')})\n.rule main() -> Unit = main\n.function main () -> () locals (int)\n${loop('LocalGet 0\nStateGet wide 0\nPop', turns, 0)}`,
      );
    const first = touching(1_000);
    expect(first).toMatchObject({ ok: true });
    expect(touching(Math.ceil(LIMITS.stateWords / fields))).toMatchObject({
      trap: { kind: 'LimitReached', message: 'too many storage entries in one execution' },
    });
  });
});

// ---- private -----------------------------------------------------------------------------------

function judged(text: string): string[] {
  const validated = programOf(text);
  return validated.ok ? [] : validated.errors.map(({ message }) => message);
}

function programOf(text: string): Validated {
  const assembled = assemble(text);
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors.slice(0, 2)));
  return validate(withGasBounds(assembled.artifact));
}

/** The outcome of `main` on both tiers, with all the gas that it may use. */
function judgedRun(text: string): Outcome {
  const validated = programOf(text);
  if (!validated.ok) throw new Error(validated.errors[0]?.message);
  const { program } = validated;
  const gasLimit = program.artifact.entries[0]?.gasMax ?? 0;
  return executeBoth(
    program,
    { entry: 'main', args: [], gasLimit },
    { interpreter: recorder(), wasm: recorder() },
  );
}

function rule(types: string, code: string): string {
  return `.contract x\n.event Bare()\n.rule main() -> Unit = main\n.function main () -> () locals (${types})\n${code}\n`;
}

function locals(count: number): string {
  return new Array(count).fill('int').join(' ');
}

/** A loop of `bound` turns at most, with its counter in a local, that ends at its `last`. */
function loop(body: string, bound: number, counter: number, last = bound): string {
  return `LoopEnter ${counter}\nturn: LocalGet ${counter}\nPush ${last}\nEqual\nJumpIf done\n${body}\nLoopBack ${counter} ${bound} turn\ndone: Return`;
}

/** In a rule with one parameter, which `params` declares, or none. */
function looping(body: string, bound: number, params = '', last = bound): string {
  const [, type = ''] = params.split(': ');
  const word = type.startsWith('List') ? `list<${/\d+/.exec(type)}:int>` : type.toLowerCase();
  const counter = word === '' ? 0 : 1;
  const shifted = word === '' ? body : body.replaceAll('LocalGet 1', 'LocalGet 0');
  return `.contract x\n.event Bare()\n.rule main(${params}) -> Unit = main\n.function main (${word}) -> () locals (int)\n${loop(shifted, bound, counter, last)}`;
}

function loopsInLoops(depth: number): string {
  const enter = Array.from({ length: depth }, (_, at) => `LoopEnter ${at}\nt${at}:`);
  const back = Array.from(
    { length: depth },
    (_, at) => `PushBool true\nJumpIf o${at}\nLoopBack ${at} 1 t${at}\no${at}:`,
  ).reverse();
  return rule(locals(depth), [...enter, ...back, 'Return'].join('\n'));
}

function nested(depth: number): string {
  const functions = Array.from(
    { length: depth },
    (_, at) => `.function f${at} () -> ()\n${at < depth - 1 ? `Call f${at + 1}\n` : ''}Return`,
  );
  return `.contract x\n.rule main() -> Unit = f0\n${functions.join('\n')}`;
}

/** Functions that call each other in a row, whose locals are as many as that together. */
function withLocals(words: number): string {
  const parts = Array.from({ length: 9 }, (_, at) => Math.max(0, Math.min(1_000, words - at * 1_000)));
  const functions = parts.map(
    (count, at) =>
      `.function f${at} () -> () locals (${locals(count)})\n${at < parts.length - 1 ? `Call f${at + 1}\n` : ''}Return`,
  );
  return `.contract x\n.rule main() -> Unit = f0\n${functions.join('\n')}`;
}

function claims(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, at) => {
    const claim = new Uint8Array(32);
    new DataView(claim.buffer).setUint32(0, at);
    return claim;
  });
}
