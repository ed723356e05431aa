/** Values at the border: notation, JSON, words, storage, DIDs. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AbiType,
  type AbiValue,
  bytesOfHex,
  contractDid,
  didOfKey,
  encodeKeyWords,
  encodeLeaf,
  flatten,
  formatValue,
  hexOf,
  PRESENCE,
  parseDid,
  parseValue,
  readStored,
  type StorageSlot,
  sha256,
  storageKey,
  unflatten,
  utf8,
  type Value,
  valueFromJson,
  valueToJson,
} from '../../vm/index.ts';
import { words } from './arbitraries.ts';

const CURRENCIES = [
  { name: 'hours', decimals: 2, kind: 'mutual' },
  { name: 'coin', decimals: 0, kind: 'issued' },
] as const;
const KEY = didOfKey(new Uint8Array(32).fill(9));

/** A type and a value of it. */
type Typed = { readonly type: AbiType; readonly value: AbiValue };

const scalar: fc.Arbitrary<Typed> = fc.oneof(
  ...(['Int', 'Ratio', 'Time', 'Duration'] as const).map((kind) =>
    words.int.map((value) => ({ type: { kind }, value })),
  ),
  fc
    .tuple(fc.nat({ max: 1 }), words.int)
    .map(([currency, value]) => ({ type: { kind: 'Amount' as const, currency }, value })),
  words.bool.map((value) => ({ type: { kind: 'Bool' as const }, value })),
  words.text.map((value) => ({ type: { kind: 'Text' as const }, value })),
  words.bytes.map((value) => ({ type: { kind: 'Bytes' as const }, value })),
  words.hash.map((value) => ({ type: { kind: 'Hash' as const }, value })),
  fc
    .constantFrom('', KEY, contractDid(new Uint8Array(32)))
    .map((value) => ({ type: { kind: 'Did' as const }, value })),
  fc.constant({ type: { kind: 'Unit' as const }, value: null }),
);

function choiceOf(type: AbiType): AbiType {
  const variants = [
    { name: 'Yes', fields: [] },
    { name: 'Block', fields: [{ name: 'reason', type }] },
  ];
  return { kind: 'Enum', name: 'Choice', variants };
}

const typed: fc.Arbitrary<Typed> = fc.letrec<{ typed: Typed }>((tie) => ({
  typed: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('typed'), { maxLength: 3 }).map((items) => ({
      type: { kind: 'Tuple' as const, items: items.map(({ type }) => type) },
      value: items.map(({ value }) => value),
    })),
    fc.array(tie('typed'), { maxLength: 3 }).map((items) => ({
      type: {
        kind: 'Struct' as const,
        name: 'Rates',
        fields: items.map(({ type }, index) => ({ name: `f${index}`, type })),
      },
      value: Object.fromEntries(items.map(({ value }, index) => [`f${index}`, value])),
    })),
    tie('typed').chain(({ type, value }) =>
      fc.constantFrom<Typed>(
        { type: { kind: 'Option', item: type }, value: null },
        { type: { kind: 'Option', item: type }, value: { some: value } },
        { type: choiceOf(type), value: 'Yes' },
        { type: choiceOf(type), value: { Block: { reason: value } } },
      ),
    ),
  ),
})).typed;

describe('round trips', () => {
  test('notation, JSON and words give the same value back', () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        expect(parseValue(type, formatValue(type, value, CURRENCIES), CURRENCIES)).toEqual({
          ok: true,
          value,
        });
        expect(valueFromJson(type, JSON.parse(JSON.stringify(valueToJson(type, value))))).toEqual({
          ok: true,
          value,
        });
        const flat = flatten(type, value);
        if (!flat.ok) throw new Error(flat.message);
        expect(unflatten(type, flat.value)).toEqual(value);
      }),
      { numRuns: 1_000 },
    );
  });

  test('any text and any JSON give a value or a sentence', () => {
    fc.assert(
      fc.property(typed, fc.string(), fc.json(), ({ type }, text, json) => {
        for (const parsed of [parseValue(type, text, CURRENCIES), valueFromJson(type, JSON.parse(json))])
          if (!parsed.ok) expect(parsed.message.length).toBeGreaterThan(5);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('notation', () => {
  const amount = { kind: 'Amount', currency: 0 } as const;
  const rates: AbiType = { kind: 'Struct', name: 'Rates', fields: [{ name: 'a', type: { kind: 'Int' } }] };
  const formats: readonly (readonly [AbiType, AbiValue, string])[] = [
    [amount, 250n, '2.50 hours'],
    [amount, -5n, '-0.05 hours'],
    [{ kind: 'Amount', currency: 1 }, 3n, '3 coin'],
    [{ kind: 'Bool' }, true, 'true'],
    [{ kind: 'Ratio' }, 670_000n, '67%'],
    [{ kind: 'Ratio' }, -1n, '-0.0001%'],
    [{ kind: 'Duration' }, 129_600n, '36h'],
    [{ kind: 'Duration' }, 0n, '0s'],
    [{ kind: 'Time' }, 1_769_860_800n, '@2026-01-31T12:00Z'],
    [{ kind: 'Time' }, -1n, '@1969-12-31T23:59:59Z'],
    [rates, { a: 1n }, 'Rates { a: 1 }'],
    [choiceOf({ kind: 'Text' }), 'Yes', 'Yes'],
    [choiceOf({ kind: 'Text' }), { Block: { reason: 'no' } }, 'Block { reason: "no" }'],
    [{ kind: 'Option', item: { kind: 'Int' } }, null, 'none'],
    [
      { kind: 'Option', item: { kind: 'Option', item: amount } },
      { some: { some: 250n } },
      'some(some(2.50 hours))',
    ],
  ];
  for (const [type, value, text] of formats)
    test(text, () => {
      expect(formatValue(type, value, CURRENCIES)).toBe(text);
    });

  const refusals: readonly (readonly [AbiType, string, string])[] = [
    [amount, '2.505 hours', '2.505 has more decimals than hours has (2)'],
    [amount, '2 coin', 'an amount of hours expected, coin found'],
    [amount, 'two', 'an amount such as 2.50 hours expected, "two" found'],
    [{ kind: 'Int' }, '9223372036854775808', 'the Int is not a signed 64-bit integer'],
    [{ kind: 'Int' }, '1 2', '" 2" stands behind an integer such as 42'],
    [{ kind: 'Time' }, '@2026-02-30T00:00Z', '@2026-02-30T00:00Z is no time of the calendar'],
    [
      { kind: 'Did' },
      'did:icn:z6Mkx',
      '"did:icn:z6Mkx" is not a DID such as did:icn:z6Mk…; check for a missing or wrong character',
    ],
    [rates, 'Rates { b: 1 }', '"a:" expected in Rates'],
    [rates, 'Rates { a: x }', 'a: an integer such as 42 expected, "x }" found'],
    [choiceOf({ kind: 'Text' }), 'Maybe', 'Yes or Block { … } expected, Maybe found'],
    [choiceOf({ kind: 'Text' }), 'Block', 'Block { … } expected'],
    [{ kind: 'Option', item: { kind: 'Int' } }, '5', 'none or some(…) expected, "5" found'],
  ];
  for (const [type, text, message] of refusals)
    test(`${text} is refused`, () => {
      expect(parseValue(type, text, CURRENCIES)).toEqual({ ok: false, message });
    });

  test('a command line may leave out what the type says', () => {
    expect(parseValue(amount, '2.5', CURRENCIES)).toEqual({ ok: true, value: 250n });
    expect(parseValue({ kind: 'Text' }, 'two words', CURRENCIES)).toEqual({ ok: true, value: 'two words' });
    expect(parseValue({ kind: 'Did' }, KEY, CURRENCIES)).toEqual({ ok: true, value: KEY });
  });
});

describe('variants', () => {
  const choice = choiceOf({ kind: 'Text' });

  test('a name may stand behind that of its enum', () => {
    expect(parseValue(choice, 'Choice.Yes', CURRENCIES)).toEqual({ ok: true, value: 'Yes' });
  });

  test('words of other variants are zero', () => {
    expect(flatten(choice, 'Yes')).toEqual({ ok: true, value: [0n, ''] });
    expect(flatten(choice, { Block: { reason: 'no' } })).toEqual({ ok: true, value: [1n, 'no'] });
    expect(flatten({ kind: 'Option', item: { kind: 'Int' } }, null)).toEqual({ ok: true, value: [0n, 0n] });
  });

  test('a tag that counts no variant is no value', () => {
    for (const tag of [-1n, 2n, 2n ** 62n]) expect(unflatten(choice, [tag, ''])).toBeUndefined();
    expect(unflatten(choice, [0n, 'left over'])).toBe('Yes');
  });

  test('what is no value of the type is refused', () => {
    const values: readonly AbiValue[] = [
      'Block',
      'No',
      '',
      1n,
      null,
      { Yes: {} },
      { Block: {} },
      { some: 'x' },
    ];
    for (const value of [...values, { Block: { reason: 1n } }, { Block: { reason: 'x', more: 'y' } }])
      expect(flatten(choice, value).ok).toBe(false);
    for (const value of [5n, 'none', {}, { some: 5n, more: 5n }, { none: 5n }, { some: null }])
      expect(flatten({ kind: 'Option', item: { kind: 'Int' } }, value).ok).toBe(false);
  });
});

describe('DIDs', () => {
  // Example of the did:key specification of the W3C Credentials Community Group.
  const EXAMPLE = 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK';

  test('a key, by both methods', () => {
    const key = parseDid(`did:key:${EXAMPLE}`);
    if (key?.kind !== 'key') throw new Error('a key expected');
    expect(key.method).toBe('key');
    expect(hexOf(key.publicKey)).toBe('2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6');
    expect(didOfKey(key.publicKey)).toBe(`did:icn:${EXAMPLE}`);
    expect(parseDid(`did:icn:${EXAMPLE}`)).toEqual({ ...key, method: 'icn' });
  });

  test('a contract', () => {
    const hash = sha256(utf8('x'));
    expect(parseDid(contractDid(hash))).toEqual({ kind: 'contract', hash });
  });

  test('other spellings are refused', () => {
    const upper = contractDid(new Uint8Array(32).fill(171))
      .toUpperCase()
      .replace('DID:ICN:CONTRACT', 'did:icn:contract');
    const other = EXAMPLE.replace('z6Mk', 'z6LS');
    const wrong = [
      '',
      'did:icn:',
      'did:icn:12345',
      `did:web:${EXAMPLE}`,
      `did:icn:${EXAMPLE} `,
      `did:icn:${EXAMPLE.slice(0, -1)}`,
      `did:icn:${EXAMPLE}1`,
      `did:icn:z1${EXAMPLE.slice(1)}`,
      `did:icn:${EXAMPLE.replace('h', '0')}`,
      `did:icn:${other}`,
      upper,
    ];
    for (const text of wrong) expect([text, parseDid(text)]).toEqual([text, null]);
  });

  test('every key has its own DID', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (publicKey) => {
        expect(parseDid(didOfKey(publicKey))).toEqual({ kind: 'key', method: 'icn', publicKey });
      }),
    );
  });

  test('SHA-256 of FIPS 180-4', () => {
    expect(hexOf(sha256(utf8('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});

describe('storage', () => {
  const slots: readonly StorageSlot[] = [
    { name: 'total', keys: [], fields: ['int'], type: null },
    {
      name: 'all',
      keys: ['int', 'bool', 'text', 'bytes', 'did', 'hash', 'id'],
      fields: ['int', 'text', 'hash'],
      type: null,
    },
    { name: 'al', keys: ['text'], fields: ['int'], type: null },
  ];
  const keys = fc.tuple(words.int, words.bool, words.text, words.bytes, words.did, words.hash, words.id);

  test('a stored pair reads back as it was, and no two leaves share a key', () => {
    fc.assert(
      fc.property(
        keys,
        keys,
        fc.constantFrom(PRESENCE, 0, 1, 2),
        fc.constantFrom(PRESENCE, 0, 1, 2),
        (a, b, field, other) => {
          const slot = slots[1] as StorageSlot;
          const keyOf = (values: readonly Value[], which: number) =>
            storageKey(slot, encodeKeyWords(slot, values) as Uint8Array, which);
          const value = field === PRESENCE ? true : ([-5n, 'x', new Uint8Array(32).fill(1)][field] as Value);
          const type = field === PRESENCE ? 'bool' : (slot.fields[field] ?? 'int');
          expect(readStored(slots, keyOf(a, field), encodeLeaf(type, value))).toEqual({
            slot: 1,
            keys: [...a],
            field,
            value,
          });
          const same = hexOf(keyOf(a, field)) === hexOf(keyOf(b, other));
          expect(same).toBe(field === other && JSON.stringify(a, stringOf) === JSON.stringify(b, stringOf));
        },
      ),
    );
  });

  test('integer keys sort as their integers do', () => {
    const slot: StorageSlot = { name: 'n', keys: ['int'], fields: ['int'], type: null };
    const keyOf = (value: bigint) => hexOf(storageKey(slot, encodeKeyWords(slot, [value]) as Uint8Array, 0));
    fc.assert(
      fc.property(words.int, words.int, (a, b) => {
        expect(keyOf(a as bigint) < keyOf(b as bigint)).toBe((a as bigint) < (b as bigint));
      }),
    );
  });

  test('keys of more than 256 bytes are refused, foreign bytes belong to no slot', () => {
    expect(encodeKeyWords(slots[2] as StorageSlot, ['x'.repeat(254)])?.length).toBe(256);
    expect(encodeKeyWords(slots[2] as StorageSlot, ['x'.repeat(255)])).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.uint8Array({ maxLength: 10 }), (key, value) => {
        const leaf = readStored(slots, key, value);
        if (leaf !== null) expect(slots[leaf.slot]).toBeDefined();
      }),
    );
    expect(
      readStored(slots, bytesOfHex('05746f74616c01') as Uint8Array, bytesOfHex('79') as Uint8Array),
    ).toEqual({ slot: 0, keys: [], field: 0, value: -7n });
  });
});

function stringOf(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
