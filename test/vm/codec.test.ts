/** The byte codecs: what is encoded decodes to the same, what decodes encodes to the same bytes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bool,
  byte,
  bytes,
  type Codec,
  choice,
  compareText,
  decodeValue,
  encodeValue,
  fixedBytes,
  hexOf,
  int,
  int64,
  list,
  mapped,
  option,
  record,
  recursive,
  sized,
  sortedList,
  text,
  tuple,
  uint,
  uint64,
  union,
} from '../../vm/index.ts';

type Tree = { readonly value: number; readonly children: readonly Tree[] };
const tree: Codec<Tree> = recursive(4, (self) => record({ value: byte, children: list(self, 3) }));

const everything = record({
  small: uint(300),
  large: uint64,
  signed: int64,
  near: int,
  flag: bool,
  raw: bytes(40),
  four: fixedBytes(4),
  words: text(40),
  colour: choice(['red', 'green']),
  pair: tuple(byte, bool),
  maybe: option(text(9)),
  names: sortedList(text(9), 5, compareText),
  shape: union({ circle: record({ radius: byte }), point: record({}) }),
  tree: sized(tree, 1_000),
  even: mapped(
    byte,
    (value: number) => value / 2,
    (value) => value * 2,
  ),
});

const leafTree = fc.record({ value: fc.nat({ max: 255 }), children: fc.constant([] as Tree[]) });
const anything = fc.record({
  small: fc.nat({ max: 300 }),
  large: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  signed: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  near: fc.maxSafeInteger(),
  flag: fc.boolean(),
  raw: fc.uint8Array({ maxLength: 40 }),
  four: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  words: fc.string({ unit: 'binary', maxLength: 10 }),
  colour: fc.constantFrom('red' as const, 'green' as const),
  pair: fc.tuple(fc.nat({ max: 255 }), fc.boolean()),
  maybe: fc.option(fc.string({ maxLength: 9 }).filter((value) => value.length < 4)),
  names: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 5 }).map((names) => names.sort()),
  shape: fc.oneof(
    fc.record({ kind: fc.constant('circle' as const), radius: fc.nat({ max: 255 }) }),
    fc.constant({ kind: 'point' as const }),
  ),
  tree: fc.record({ value: fc.nat({ max: 255 }), children: fc.array(leafTree, { maxLength: 3 }) }),
  even: fc.nat({ max: 255 }).map((value) => value * 2),
});

describe('every codec', () => {
  test('round trip', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(decodeValue(everything, encodeValue(everything, value))).toEqual({ ok: true, value });
      }),
    );
  });

  test('any bytes give an error or a value with exactly these bytes', () => {
    const codecs: Codec<unknown>[] = [
      uint(),
      uint64,
      int64,
      int,
      bool,
      bytes(9),
      text(9),
      option(byte),
      tree,
      everything,
      list(int64, 5),
      sortedList(uint(), 5, (a, b) => a - b),
    ] as Codec<unknown>[];
    fc.assert(
      fc.property(fc.constantFrom(...codecs), fc.uint8Array({ maxLength: 30 }), (codec, input) => {
        const decoded = decodeValue(codec, input);
        if (decoded.ok) expect(hexOf(encodeValue(codec, decoded.value))).toBe(hexOf(input));
      }),
      { numRuns: 5_000 },
    );
  });

  test('a changed or missing byte gives an error or another value', () => {
    fc.assert(
      fc.property(anything, fc.nat(), fc.nat({ max: 255 }), (value, where, put) => {
        const input = encodeValue(everything, value);
        input[where % input.length] = put;
        const decoded = decodeValue(everything, input);
        if (decoded.ok) expect(encodeValue(everything, decoded.value)).toEqual(input);
        expect(decodeValue(everything, input.subarray(0, where % input.length)).ok).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('refusals', () => {
  const cases: readonly (readonly [string, Codec<unknown>, number[], string])[] = [
    ['a padded integer', uint() as Codec<unknown>, [0x80, 0x00], 'NotCanonical'],
    ['a padded negative integer', int64 as Codec<unknown>, [0xff, 0x7f], 'NotCanonical'],
    [
      '65 bits',
      uint64 as Codec<unknown>,
      [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
      'OutOfRange',
    ],
    [
      '64 bits signed',
      int64 as Codec<unknown>,
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
      'OutOfRange',
    ],
    ['an overlong letter', text(9) as Codec<unknown>, [2, 0xc1, 0x81], 'BadText'],
    ['a surrogate', text(9) as Codec<unknown>, [3, 0xed, 0xa0, 0x80], 'BadText'],
    ['a truth value of 2', bool as Codec<unknown>, [2], 'BadTag'],
    ['an unknown kind', everything as Codec<unknown>, [], 'Truncated'],
    ['bytes behind the end', byte as Codec<unknown>, [1, 1], 'Trailing'],
    [
      'a list out of order',
      sortedList(byte, 5, (a, b) => a - b) as Codec<unknown>,
      [2, 5, 5],
      'NotCanonical',
    ],
    ['a false length', list(byte, 1_000_000) as Codec<unknown>, [0xc0, 0x84, 0x3d], 'Truncated'],
    ['nesting', tree as Codec<unknown>, [0, 1, 0, 1, 0, 1, 0, 1, 0, 0], 'TooDeep'],
  ];
  for (const [what, codec, input, code] of cases)
    test(what, () => {
      expect(decodeValue(codec, Uint8Array.from(input))).toMatchObject({ ok: false, error: { code } });
    });
});
