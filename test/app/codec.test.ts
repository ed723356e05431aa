/** Canonical CBOR: what encodes decodes to the same, and every other encoding is refused. */
import { encode as encodeCbor } from 'cborg';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Block,
  decodeBlock,
  decodeHeader,
  encodeBlock,
  encodeHeader,
  type Header,
  headerHash,
  listRoot,
  txRoot,
} from '../../runtime/codec/block.ts';
import { CBOR_DEPTH_MAX } from '../../runtime/codec/schema.ts';
import {
  type Body,
  decodeArgs,
  decodeTransaction,
  decodeUnsigned,
  decodeValue,
  encodeTransaction,
  encodeUnsigned,
  encodeValue,
  type SignedTransaction,
  signingBytes,
  TX_LIMITS,
} from '../../runtime/codec/transaction.ts';
import type { AbiValue } from '../../vm/index.ts';

const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
const unhex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const uint63 = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const signature = fc.uint8Array({ minLength: 64, maxLength: 64 });
const abiValue: fc.Arbitrary<AbiValue> = fc.letrec<{ value: AbiValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    int64,
    text,
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const args = fc.array(abiValue, { maxLength: 3 });
const body: fc.Arbitrary<Body> = fc.oneof(
  fc.record({ kind: fc.constant('register' as const), did: text, key: hash, proof: signature }),
  fc.record({ kind: fc.constant('rotate' as const), key: hash, proof: signature }),
  fc.record({
    kind: fc.constant('deploy' as const),
    cooperative: text,
    artifact: fc.uint8Array(),
    sources: fc.array(fc.record({ name: text, text }), { maxLength: 3 }),
    certificate: fc.uint8Array(),
    args,
  }),
  fc.record({
    kind: fc.constant('upgrade' as const),
    contract: text,
    artifact: fc.uint8Array(),
    sources: fc.array(fc.record({ name: text, text }), { maxLength: 3 }),
    certificate: fc.uint8Array(),
  }),
  fc.record({
    kind: fc.constant('attest' as const),
    contract: text,
    artifactHash: hash,
    approve: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('call' as const), contract: text, entry: text, args }),
  fc.record({ kind: fc.constant('transfer' as const), to: text, currency: text, amount: int64 }),
  fc.record({ kind: fc.constant('issue' as const), to: text, currency: text, amount: int64 }),
);
const transaction: fc.Arbitrary<SignedTransaction> = fc.record({
  chainId: text,
  sender: text,
  sequence: uint63,
  gasLimit: fc.maxSafeNat(),
  spends: fc
    .uniqueArray(fc.record({ currency: text, amount: uint63 }), {
      selector: ({ currency }) => currency,
      maxLength: 3,
    })
    .map((spends) => spends.sort((left, right) => (left.currency < right.currency ? -1 : 1))),
  body,
  signature,
});
const header: fc.Arbitrary<Header> = fc.record({
  chainId: text,
  height: uint63,
  time: uint63,
  previousHash: hash,
  txRoot: hash,
  resultsRoot: hash,
  appRoot: hash,
  validatorsHash: hash,
  proposer: text,
});
const block: fc.Arbitrary<Block> = fc.record({
  header,
  txs: fc.array(fc.uint8Array(), { maxLength: 4 }),
  signatures: fc.array(fc.record({ validator: text, signature }), { maxLength: 2 }),
});

const EXAMPLE: SignedTransaction = {
  chainId: 'c',
  sender: 's',
  sequence: 0n,
  gasLimit: 1,
  spends: [],
  body: { kind: 'transfer', to: 't', currency: 'h', amount: -1n },
  signature: new Uint8Array(64),
};

describe('round trips', () => {
  test('transactions', () => {
    fc.assert(
      fc.property(transaction, (one) => {
        expect(decodeTransaction(encodeTransaction(one))).toEqual({ ok: true, value: one });
      }),
    );
  });
  test('what is signed leaves the signature out, and nothing else', () => {
    fc.assert(
      fc.property(transaction, ({ signature: _, ...unsigned }) => {
        expect(decodeUnsigned(encodeUnsigned(unsigned))).toEqual({ ok: true, value: unsigned });
        expect(hex(signingBytes(unsigned)).endsWith(hex(encodeUnsigned(unsigned)))).toBe(true);
      }),
    );
  });
  test('headers and blocks', () => {
    fc.assert(
      fc.property(header, (one) => {
        expect(decodeHeader(encodeHeader(one))).toEqual({ ok: true, value: one });
      }),
    );
    fc.assert(
      fc.property(block, (one) => {
        expect(decodeBlock(encodeBlock(one))).toEqual({ ok: true, value: one });
      }),
    );
  });
  test('arguments and results', () => {
    fc.assert(
      fc.property(abiValue, (one) => {
        expect(decodeValue(encodeValue(one))).toEqual({ ok: true, value: one });
      }),
    );
  });
});

describe('one encoding', () => {
  test('any change of the bytes is refused, or is another transaction with its own encoding', () => {
    fc.assert(
      fc.property(transaction, fc.nat(), fc.integer({ min: 1, max: 255 }), (one, place, change) => {
        const data = encodeTransaction(one);
        data[place % data.length]! ^= change;
        const decoded = decodeTransaction(data);
        if (decoded.ok) expect(hex(encodeTransaction(decoded.value))).toBe(hex(data));
      }),
      { numRuns: 500 },
    );
  });

  test('any bytes give a value that encodes to them, or an error', () => {
    const cborLike = fc.anything().map((value) => {
      try {
        return encodeCbor(value);
      } catch {
        return new Uint8Array(0);
      }
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), cborLike), (data) => {
        const decoded = decodeValue(new Uint8Array(data));
        if (decoded.ok) expect(hex(encodeValue(decoded.value))).toBe(hex(data));
        expect(decodeTransaction(new Uint8Array(data)).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a longer integer', '1801'],
    ['an integer as a float', 'f93c00'],
    ['a float', 'f93e00'],
    ['minus zero', 'f98000'],
    ['not a number', 'f97e00'],
    ['undefined', 'f7'],
    ['an unknown simple value', 'e0'],
    ['a tag', 'c000'],
    ['a big number', 'c249010000000000000000'],
    ['an integer beyond 64 bits signed', '1b8000000000000000'],
    ['an indefinite list', '9f01ff'],
    ['an indefinite map', 'bf616101ff'],
    ['an indefinite text', '7f6161ff'],
    ['map keys in another order', 'a2616201616102'],
    ['a key twice', 'a2616101616102'],
    ['a key that is not text', 'a10102'],
    ['text that is not UTF-8', '61ff'],
    ['a length longer than the data', '5a7fffffff00'],
    ['a list longer than the data', '9b00ffffffffffffff'],
    ['a second value', '0102'],
    ['nothing', ''],
  ])('%s is refused', (_, data) => {
    expect(decodeValue(unhex(data)).ok).toBe(false);
  });

  test('depth is bounded', () => {
    const nested = (depth: number) => Uint8Array.of(...new Array(depth).fill(0x81), 0);
    expect(decodeValue(nested(CBOR_DEPTH_MAX)).ok).toBe(true);
    expect(decodeValue(nested(CBOR_DEPTH_MAX + 1))).toEqual({
      ok: false,
      message: `nested deeper than ${CBOR_DEPTH_MAX}`,
    });
    expect(decodeValue(nested(100_000)).ok).toBe(false);
    expect(decodeArgs(new Uint8Array(500_000).fill(0x81)).ok).toBe(false);
  });

  test('size is bounded', () => {
    const decoded = decodeTransaction(new Uint8Array(TX_LIMITS.txBytesMax + 1));
    expect(decoded).toEqual({
      ok: false,
      message: `${TX_LIMITS.txBytesMax + 1} bytes; at most ${TX_LIMITS.txBytesMax} are allowed`,
    });
  });

  test('the number of values is bounded, because each costs more than its byte', () => {
    const list = new Uint8Array(TX_LIMITS.txBytesMax).fill(0xa0);
    list.set([0x9a, 0, 0x0f, 0xff, 0xfb]);
    const message = `more than ${TX_LIMITS.itemsMax} values`;
    expect(decodeTransaction(list)).toEqual({ ok: false, message });
    expect(decodeArgs(list)).toEqual({ ok: false, message });
  });

  test('an error quotes little of what it refuses', () => {
    const decoded = decodeTransaction(encodeCbor(new Map([['\u{1f600}'.repeat(100_000), 0]])));
    expect(decoded.ok ? 0 : decoded.message.length).toBe(500);
    expect(decoded.ok || decoded.message.isWellFormed()).toBe(true);
  });
});

describe('schemas', () => {
  const change = (fields: object) => decodeTransaction(encodeCbor({ ...EXAMPLE, ...fields }));
  test.each([
    ['a missing field', { sender: undefined }, 'undefined'],
    ['an unknown field', { extra: 1 }, 'no field "extra"'],
    ['a wrong type', { sequence: 'x' }, 'sequence: expected an integer from 0'],
    ['a negative sequence', { sequence: -1 }, 'sequence: expected an integer from 0'],
    ['an unknown kind', { body: { kind: 'steal' } }, 'body.kind: expected one of register, rotate'],
    [
      'a field of another kind',
      { body: { kind: 'rotate', key: new Uint8Array(32), proof: new Uint8Array(64), to: 'x' } },
      'no field "to"',
    ],
    ['a short signature', { signature: new Uint8Array(63) }, 'signature: expected 64 bytes'],
    [
      'too many spends',
      { spends: Array.from({ length: 65 }, () => ({ currency: 'h', amount: 1 })) },
      'spends: expected a list of at most 64',
    ],
    [
      'a negative spend',
      { spends: [{ currency: 'h', amount: -1 }] },
      'spends[0].amount: expected an integer from 0',
    ],
    [
      'a currency twice',
      { spends: ['h', 'h'].map((currency) => ({ currency, amount: 1 })) },
      'spends[1]: expected currencies in ascending order, each once',
    ],
    ['too long an id', { sender: 'x'.repeat(257) }, 'sender: expected text of at most 256'],
  ])('%s', (_, fields, message) => {
    const decoded = change(fields);
    expect(decoded.ok ? '' : decoded.message).toContain(message);
  });
});

test('spends are sorted when a transaction is written', () => {
  const [a, b] = [
    { currency: 'a', amount: 1n },
    { currency: 'b', amount: 2n },
  ];
  expect(encodeTransaction({ ...EXAMPLE, spends: [b, a] })).toEqual(
    encodeTransaction({ ...EXAMPLE, spends: [a, b] }),
  );
});

describe('hashes', () => {
  test('the list root is that of RFC 6962', () => {
    // Vectors of the certificate-transparency project: roots of the first n of these leaves.
    const leaves = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ].map(unhex);
    expect([0, 1, 2, 3, 5, 8].map((count) => hex(listRoot(leaves.slice(0, count))))).toEqual([
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ]);
  });

  test('every field of a header is in its hash', () => {
    fc.assert(
      fc.property(header, header, (one, other) => {
        for (const name of Object.keys(one) as (keyof Header)[]) {
          const mixed = { ...one, [name]: other[name] };
          expect(hex(headerHash(mixed)) === hex(headerHash(one))).toBe(
            hex(encodeHeader(mixed)) === hex(encodeHeader(one)),
          );
        }
      }),
    );
  });

  test('the order of transactions is in their root', () => {
    const [a, b] = [Uint8Array.of(1), Uint8Array.of(2)];
    expect(hex(txRoot([a, b]))).not.toBe(hex(txRoot([b, a])));
  });
});
