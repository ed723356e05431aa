/** Signatures and the keystore: RFC 8032's vectors, the edge cases of its strict reading, and every way a keystore can be wrong. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  describeKeystore,
  didOfKey,
  generateKey,
  isSoundKey,
  type KeystoreAnswer,
  keyFromSeed,
  openKeystore,
  readPassphraseFile,
  readPrivateFile,
  sealKey,
  sign,
  verify,
  writeDevKey,
  writePrivateFile,
} from '../../runtime/keys/index.ts';
import { parseDid } from '../../vm/index.ts';

const CHEAP = { n: 16, r: 1, p: 1 };
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

/** RFC 8032, section 7.1: tests 1, 2 and 3. */
const VECTORS = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
];

/** Points whose order divides 8 (RFC 7748's curve in Edwards form), in canonical encoding. */
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];

describe('signatures', () => {
  test.each(VECTORS)('RFC 8032 vector for message "$message"', ({ seed, key, message, signature }) => {
    const pair = keyFromSeed(hex(seed));
    expect(Buffer.from(pair.publicKey).toString('hex')).toBe(key);
    expect(Buffer.from(sign(hex(message), pair.secretKey)).toString('hex')).toBe(signature);
    expect(verify(hex(signature), hex(message), pair.publicKey)).toBe(true);
  });

  test('a signature with S not below the group order is refused', () => {
    const { signature, message, key } = VECTORS[1]!;
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${Buffer.from(hex(signature).slice(32).reverse()).toString('hex')}`) + order;
    const larger = hex(s.toString(16).padStart(64, '0')).reverse();
    expect(verify(Uint8Array.of(...hex(signature).slice(0, 32), ...larger), hex(message), hex(key))).toBe(
      false,
    );
  });

  test.each(SMALL_ORDER)('the key %s of small order signs nothing and is not registered', (key) => {
    const identity = hex(SMALL_ORDER[0]!);
    const forged = Uint8Array.of(...identity, ...new Uint8Array(32));
    expect(verify(forged, hex('00'), hex(key))).toBe(false);
    expect(isSoundKey(hex(key))).toBe(false);
  });

  test('an encoding of a point that is not canonical is refused', () => {
    const notReduced = hex('eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');
    expect(isSoundKey(notReduced)).toBe(false);
    expect(verify(new Uint8Array(64), hex(''), notReduced)).toBe(false);
  });

  test('any bytes give true or false, and a changed bit gives false', () => {
    const pair = generateKey();
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.uint8Array(),
        fc.uint8Array({ maxLength: 64 }),
        (signature, message, key) => {
          expect(verify(signature, message, key)).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(511), (message, bit) => {
        const signature = sign(message, pair.secretKey);
        expect(verify(signature, message, pair.publicKey)).toBe(true);
        signature[bit >> 3]! ^= 1 << (bit & 7);
        expect(verify(signature, message, pair.publicKey)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test("a key's DID names the key", () => {
    const { publicKey } = generateKey();
    expect(parseDid(didOfKey(publicKey))).toEqual({ kind: 'key', method: 'icn', publicKey });
  });
});

describe('keystore', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ccl-keys-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const key = keyFromSeed(hex(VECTORS[0]!.seed));
  const codeOf = (answer: KeystoreAnswer<unknown>) => (answer.ok ? 'ok' : answer.code);

  test('what is sealed opens with the same passphrase, composed or decomposed', () => {
    const text = sealKey(key, 'gr\u00fcn', CHEAP);
    expect(openKeystore(text, 'gru\u0308n')).toEqual({
      ok: true,
      value: { ...key, did: didOfKey(key.publicKey), dev: false },
    });
    expect(describeKeystore(text)).toEqual({ ok: true, value: { did: didOfKey(key.publicKey), dev: false } });
    expect(text).not.toContain(VECTORS[0]!.seed);
  });

  test('a wrong passphrase', () => {
    expect(openKeystore(sealKey(key, 'right', CHEAP), 'wrong')).toEqual({
      ok: false,
      code: 'WrongPassphrase',
      message: 'the passphrase is wrong, or the keystore was changed',
    });
  });

  test('a throw-away key is marked and needs no passphrase', () => {
    expect(openKeystore(writeDevKey(key), '')).toEqual({
      ok: true,
      value: { ...key, did: didOfKey(key.publicKey), dev: true },
    });
  });

  test('no damage opens: every changed character is an error or another spelling of the same', () => {
    const text = sealKey(key, 'p', CHEAP);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', 'f', ' ', '"', '9', 'a'), (at, character) => {
        const damaged = text.slice(0, at) + character + text.slice(at + 1);
        const opened = openKeystore(damaged, 'p');
        if (opened.ok) expect(opened.value.secretKey).toEqual(key.secretKey);
        else expect(['NotAKeystore', 'DamagedKeystore', 'WrongPassphrase']).toContain(opened.code);
      }),
      { numRuns: 200 },
    );
  });

  test('any text is a keystore or an error', () => {
    for (const text of [
      '',
      'null',
      '[]',
      '{}',
      '{"format":"ccl-keystore"}',
      '{"format":"ccl-dev-key","version":1}',
    ]) {
      expect(['NotAKeystore', 'DamagedKeystore']).toContain(codeOf(openKeystore(text, 'p')));
    }
    expect(codeOf(openKeystore(writeDevKey(key).replace(VECTORS[0]!.seed, VECTORS[1]!.seed), ''))).toBe(
      'DamagedKeystore',
    );
  });

  test('a cost that would fill the memory is refused', () => {
    const costly = sealKey(key, 'p', CHEAP).replace('"n": 16', '"n": 4194304').replace('"r": 1', '"r": 64');
    expect(openKeystore(costly, 'p')).toEqual({
      ok: false,
      code: 'DamagedKeystore',
      message: 'the keystore\'s "kdf" is damaged',
    });
  });

  test('files: mode 0600, never overwritten, refused when others may read', () => {
    const path = join(folder, 'key.json');
    expect(writePrivateFile(path, 'first')).toEqual({ ok: true, value: null });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(codeOf(writePrivateFile(path, 'second'))).toBe('FileExists');
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readPrivateFile(path)).toEqual({ ok: true, value: 'first' });
    chmodSync(path, 0o640);
    expect(readPrivateFile(path)).toEqual({
      ok: false,
      code: 'WrongMode',
      message: `${path} has mode 0640, others may use it; run: chmod 600 ${path}`,
    });
    expect(codeOf(readPrivateFile(join(folder, 'none')))).toBe('CannotRead');
    expect(codeOf(readPrivateFile(folder))).toBe('NotAKeystore');
  });

  test('a passphrase file loses its line end and nothing else', () => {
    const path = join(folder, 'passphrase');
    writeFileSync(path, ' with spaces \r\n', { mode: 0o600 });
    expect(readPassphraseFile(path)).toEqual({ ok: true, value: ' with spaces ' });
  });
});
