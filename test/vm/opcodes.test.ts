/** The table itself, and every opcode executed at least once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FUSED } from '../../vm/fusion.ts';
import {
  assemble,
  hexOf,
  OP_NAMES,
  OPCODES,
  type OpName,
  rowOf,
  sha256,
  utf8,
  type Value,
  validate,
} from '../../vm/index.ts';
import { CHARGE, WATCH } from '../../vm/program.ts';
import { CALLER, HOST_OPS, recorder, SELF } from './recorder.ts';
import { executeBoth } from './tiers.ts';

/** Code and the stack that it halts with, or the kind of its trap. */
type Sample = readonly [code: string, expected: readonly Value[] | string];

const DID = 'did"did:icn:other"';
/** Two pairs of a text and a number, and their canonical encoding. */
const LIST = [
  'PushConst list<3:text,int>"00"',
  'PushConst "a"\nPush 7\nListAdd',
  'PushConst "b"\nPush 8\nListAdd',
].join('\n');
const PAIRS = [0, 1, 97, 0, 0, 0, 0, 0, 0, 0, 7, 0, 1, 98, 0, 0, 0, 0, 0, 0, 0, 8];
const TWICE = hexOf(sha256(utf8('ab')));

/** Opcodes that the host answers; `hosted.test.ts` runs each of them. */
type Hosted = {
  [op in OpName]: (typeof OPCODES)[op] extends { readonly host: unknown } ? op : never;
}[OpName];

const SAMPLES: { readonly [op in Exclude<OpName, Hosted>]: readonly Sample[] } & {
  readonly [op in Hosted]?: readonly Sample[];
} = {
  Nop: [['Nop', []]],
  FindContract: [[`PushConst ${DID}\nFindContract Other`, 'Refused']],
  CallContract: [
    [`PushConst ${DID}\nPush 1\nPush 0\nCallContract #0`, 'Refused'],
    [`PushConst ${DID}\nPush 1\nPush -1\nCallContract #0`, 'BadArgument'],
  ],
  Push: [['Push -9223372036854775808', [-(2n ** 63n)]]],
  PushBool: [['PushBool true\nPushBool false', [true, false]]],
  PushConst: [
    [
      `PushConst "a"\nPushConst ${DID}\nPushConst bytes"00ff"\nPushConst int"7"`,
      ['a', 'did:icn:other', new Uint8Array([0, 255]), 7n],
    ],
  ],
  Pop: [['Push 1\nPush 2\nPop', [1n]]],
  Dup: [['Push 1\nDup', [1n, 1n]]],
  Swap: [['Push 1\nPushBool true\nSwap', [true, 1n]]],
  LocalGet: [['Push 5\nLocalSet 0\nLocalGet 0\nLocalGet 0', [5n, 5n]]],
  LocalSet: [['Push 5\nPush 6\nLocalSet 0\nLocalSet 0\nLocalGet 0', [5n]]],
  Add: [
    ['Push -2\nPush 5\nAdd', [3n]],
    ['Push -9223372036854775808\nPush -1\nAdd', 'Overflow'],
  ],
  Sub: [
    ['Push -2\nPush 5\nSub', [-7n]],
    ['Push 0\nPush -9223372036854775808\nSub', 'Overflow'],
  ],
  Mul: [
    ['Push -2\nPush 5\nMul', [-10n]],
    ['Push 3037000500\nDup\nMul', 'Overflow'],
    ['Push -1\nPush -9223372036854775808\nMul', 'Overflow'],
  ],
  Div: [
    ['Push -7\nPush 2\nDiv', [-3n]],
    ['Push 7\nPush -2\nDiv', [-3n]],
    ['Push 1\nPush 0\nDiv', 'DivisionByZero'],
  ],
  Mod: [
    ['Push -7\nPush 2\nMod', [-1n]],
    ['Push 7\nPush -2\nMod', [1n]],
    ['Push 1\nPush 0\nMod', 'DivisionByZero'],
    ['Push -9223372036854775808\nPush -1\nMod', [0n]],
  ],
  MulDiv: [
    ['Push -7\nPush 1\nPush 2\nMulDiv', [-4n]],
    ['Push 9223372036854775807\nDup\nDup\nMulDiv', [2n ** 63n - 1n]],
    ['Push 1\nPush 1\nPush -1\nMulDiv', 'DivisionByZero'],
    ['Push 9223372036854775807\nPush 2\nPush 1\nMulDiv', 'Overflow'],
  ],
  MulDivUp: [
    ['Push -7\nPush 1\nPush 2\nMulDivUp', [-3n]],
    ['Push 7\nPush 1\nPush 2\nMulDivUp', [4n]],
    ['Push -9223372036854775808\nDup\nPush 9223372036854775807\nMulDivUp', 'Overflow'],
    ['Push 1\nPush 1\nPush 0\nMulDivUp', 'DivisionByZero'],
  ],
  Isqrt: [
    ['Push 0\nIsqrt', [0n]],
    ['Push 15\nIsqrt', [3n]],
    ['Push 9223372036854775807\nIsqrt', [3_037_000_499n]],
    ['Push -1\nIsqrt', 'Overflow'],
  ],
  Pow: [
    ['Push -2\nPush 63\nPow', [-(2n ** 63n)]],
    ['Push 2\nPush 63\nPow', 'Overflow'],
    ['Push 0\nPush 0\nPow', [1n]],
    ['Push -1\nPush 9223372036854775807\nPow', [-1n]],
    ['Push 3\nPush -1\nPow', 'Overflow'],
  ],
  Equal: [
    ['Push 1\nPush 1\nEqual', [true]],
    [`PushConst ${DID}\nGetCaller\nEqual`, [false]],
    ['PushConst "ab"\nPushConst "a"\nPushConst "b"\nConcat\nEqual', [true]],
  ],
  NotEqual: [['Push 1\nPush 2\nNotEqual', [true]]],
  GreaterThan: [
    ['Push 2\nPush 1\nGreaterThan', [true]],
    ['Push 1\nPush 1\nGreaterThan', [false]],
  ],
  LessThan: [
    ['Push -1\nPush 1\nLessThan', [true]],
    ['Push 1\nPush 1\nLessThan', [false]],
  ],
  And: [['PushBool true\nPushBool false\nAnd', [false]]],
  Or: [['PushBool true\nPushBool false\nOr', [true]]],
  Not: [['PushBool true\nNot\nPushBool false\nNot', [false, true]]],
  Jump: [['Jump on\non: Push 1', [1n]]],
  JumpIf: [
    ['Push -1\nJumpIf on\nHalt\non: Push 1\nHalt', [1n]],
    ['PushBool false\nJumpIf on\nHalt\non: Push 1\nHalt', []],
  ],
  Call: [['Push 20\nCall twice', [40n]]],
  Return: [['Return', []]],
  Halt: [['Push 1\nHalt', [1n]]],
  LoopEnter: [
    [
      'LoopEnter 0\nhead: LocalGet 0\nPush 3\nLessThan\nNot\nJumpIf out\nLoopBack 0 3 head\nout: LocalGet 0',
      [3n],
    ],
  ],
  LoopBack: [['LoopEnter 0\nhead: LoopBack 0 3 head', 'LoopBound']],
  Revert: [['Revert "no"', 'Requirement']],
  Guard: [['Guard "adds_up"', 'Guard']],
  Store: [['Push 1\nStore "x"\nPush 2\nStore "x"\nLoad "x"', [2n]]],
  Load: [['Load "y"', 'MissingValue']],
  StateGet: [
    ['StateGet plain 0', [0n]],
    ['GetCaller\nStateGet names 1', ['']],
  ],
  StateSet: [
    ['Push 3\nStateSet plain 0\nStateGet plain 0', [3n]],
    [
      'GetCaller\nPushConst "me"\nStateSet names 1\nGetCaller\nStateHas names\nGetCaller\nStateGet names 1\nGetCaller\nStateGet names 0',
      [true, 'me', 0n],
    ],
  ],
  StateHas: [['GetCaller\nStateHas names', [false]]],
  StateAdd: [['GetCaller\nStateAdd names\nGetCaller\nStateHas names', [true]]],
  StateRemove: [
    [
      'GetCaller\nPush 3\nStateSet names 0\nGetCaller\nStateRemove names\nGetCaller\nStateGet names 0\nGetCaller\nStateHas names',
      [0n, false],
    ],
  ],
  Fail: [['GetCaller\nPush -3\nFail TooMuch', 'Failed']],
  Concat: [
    ['PushConst "a"\nPushConst "é"\nConcat', ['aé']],
    ['PushConst bytes"01"\nPushConst bytes"0203"\nConcat', [new Uint8Array([1, 2, 3])]],
    [`PushConst "${'x'.repeat(1000)}"\nDup\nConcat`, 'LimitReached'],
  ],
  Length: [
    ['PushConst "aé"\nLength', [3n]],
    ['PushConst bytes"010203"\nLength', [3n]],
    [`${LIST}\nLength`, [2n]],
  ],
  Hash: [
    [
      `PushConst "ab"\nHash ""\nPushConst bytes"6162"\nHash ""\nEqual\nPushConst "ab"\nHash ""\nPushConst hash"${TWICE}"\nEqual`,
      [true, true],
    ],
    [`${LIST}\nHash "Pair"`, [sha256(new Uint8Array([...utf8('Pair'), 0, ...PAIRS]))]],
  ],
  At: [
    [`${LIST}\nPush 1\nAt 1`, [8n]],
    [`${LIST}\nPush 0\nAt 0`, ['a']],
    ['PushConst bytes"010203"\nPush 2\nAt 0', [3n]],
    [`${LIST}\nPush 2\nAt 0`, 'IndexOutOfRange'],
    ['PushConst bytes"010203"\nPush -1\nAt 0', 'IndexOutOfRange'],
  ],
  ListAdd: [
    [`${LIST}\nPushConst "c"\nPush 9\nListAdd\nLength`, [3n]],
    [`${LIST}`, [['a', 7n, 'b', 8n]]],
    [`PushConst list<1:int>"00"\nPush 1\nListAdd\nPush 2\nListAdd`, 'LimitReached'],
  ],
  CheckIndex: [
    ['Push 4\nPush 5\nCheckIndex', [4n]],
    ['Push 5\nPush 5\nCheckIndex', 'IndexOutOfRange'],
    ['Push -1\nPush 5\nCheckIndex', 'IndexOutOfRange'],
  ],
  GetCaller: [['GetCaller', [CALLER]]],
  GetCreator: [['GetCreator', [CALLER]]],
  GetSelf: [['GetSelf', [SELF]]],
  GetTimestamp: [['GetTimestamp', [1_620_000_000n]]],
  GetBlockNumber: [['GetBlockNumber', [1n]]],
  EmitEvent: [['GetCaller\nPush 1\nEmitEvent Paid', []]],
  Log: [['Log "hello"', []]],
  Transfer: [[`GetCaller\nPushConst ${DID}\nPush 5\nTransfer hours`, []]],
  Balance: [['GetCaller\nBalance hours', [0n]]],
  CanPay: [['GetCaller\nPush 5\nCanPay hours', [false]]],
  Total: [['Total hours', [0n]]],
  UpdateReputation: [['UpdateReputation -5\nGetReputation', [95n]]],
  GetReputation: [['GetReputation', [100n]]],
};

const CAPABILITIES = [...new Set(HOST_OPS.map((op) => rowOf(op).host?.capability))].sort().join(' ');

describe('every opcode does what its row says, on both tiers', () => {
  for (const [op, samples] of Object.entries(SAMPLES))
    for (const [index, [code, expected]] of samples.entries())
      test(`${op} ${index}`, () => {
        const { outcome } = run(code);
        const found = outcome.ok ? outcome.stack : outcome.trap.kind;
        expect(code).toContain(op);
        expect(found).toEqual(expected);
      });
});

describe('the table', () => {
  test('code bytes are unique', () => {
    expect(new Set(OP_NAMES.map((op) => OPCODES[op].code)).size).toBe(OP_NAMES.length);
  });

  test('the cases of the interpreter and of the rare opcodes carry the names of their code bytes', () => {
    const source = ['interpreter.ts', 'rare.ts']
      .map((file) => readFileSync(join(import.meta.dirname, '../../vm', file), 'utf8'))
      .join('\n');
    const cases = [...source.matchAll(/case (0x[0-9a-f]{2}): (?:\{\s*)?\/\/ (\w+)/g)].map(
      ([, code, name]) => [Number(code), name],
    );
    const own = OP_NAMES.filter((op) => rowOf(op).host === undefined);
    expect(new Map(cases as [number, string][])).toEqual(new Map(own.map((op) => [OPCODES[op].code, op])));
    const fused = [...source.matchAll(/case (0x1[0-9a-f]{2}): ?(?:\{\s*)?\/\/ (\w+)/g)].map(
      ([, code, name]) => [name, Number(code)] as const,
    );
    expect(Object.fromEntries(fused)).toEqual({ CHARGE, WATCH, ...FUSED });
  });
});

function run(code: string) {
  const assembled = assemble(`.contract sample
.uses ${CAPABILITIES}
.currency hours 2 mutual
.slot plain () (int)
.slot names (did) (int text)
.event Paid(by: Did, amount: Amount<hours>)
.error TooMuch(by: Did, amount: Amount<hours>)
.interface Other
.method rule pay(amount: Int) -> Int gas 1000
.call Other pay hours
.rule main() -> Unit = main
.function main () -> () locals (int)
${code}
${/^(Revert|Guard|Return|LoopEnter 0\nhead: LoopBack)/.test(code) ? '' : 'Halt'}
.function twice (int) -> (int)
LocalGet 0
Push 2
Mul
Return`);
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
  const validated = validate(assembled.artifact);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  const host = recorder();
  const call = { entry: 'main', args: [], gasLimit: 1_000_000 };
  return { outcome: executeBoth(validated.program, call, { interpreter: host, wasm: recorder() }), host };
}
