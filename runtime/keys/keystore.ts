/**
 * The keystore: one key in one JSON file, sealed with a passphrase (scrypt, then AES-256-GCM). The cost stands in
 * the file. A key made with `--dev` is not sealed, and marked. Text in, key out; the file functions stand at the end.
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { closeSync, fchmodSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { didOfKey } from '../../vm/index.ts';
import { type KeyPair, keyFromSeed } from './signature.ts';

/** scrypt's parameters: `n` a power of two; memory is 128 · n · r bytes. */
export type Cost = { readonly n: number; readonly r: number; readonly p: number };

export type KeystoreErrorCode =
  | 'NotAKeystore'
  | 'DamagedKeystore'
  | 'WrongPassphrase'
  | 'WrongMode'
  | 'CannotRead'
  | 'FileExists';
export type KeystoreAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: KeystoreErrorCode; readonly message: string };

export type OpenedKey = KeyPair & { readonly did: string; readonly dev: boolean };

/** About a quarter of a second and 64 MiB. */
export const DEFAULT_COST: Cost = { n: 65_536, r: 8, p: 1 };
const MEMORY_BYTES_MAX = 512 << 20;
const FILE_BYTES_MAX = 16 * 1024;
const MODE_PRIVATE = 0o600;

type Sealed = {
  readonly format: 'ccl-keystore';
  readonly version: 1;
  readonly did: string;
  readonly kdf: Cost & { readonly name: 'scrypt'; readonly salt: string };
  readonly cipher: { readonly name: 'aes-256-gcm'; readonly nonce: string; readonly tag: string };
  readonly secret: string;
};
type Unsealed = {
  readonly format: 'ccl-dev-key';
  readonly version: 1;
  readonly did: string;
  readonly secret: string;
};

/** The text of a keystore file; salt and nonce come from the system's random source. */
export function sealKey(key: KeyPair, passphrase: string, cost: Cost): string {
  const kdf = {
    name: 'scrypt',
    n: cost.n,
    r: cost.r,
    p: cost.p,
    salt: randomBytes(16).toString('hex'),
  } as const;
  const did = didOfKey(key.publicKey);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(passphrase, kdf), nonce);
  cipher.setAAD(sealedContext(did, kdf));
  const secret = Buffer.concat([cipher.update(key.secretKey), cipher.final()]).toString('hex');
  const tag = cipher.getAuthTag().toString('hex');
  const sealed: Sealed = {
    format: 'ccl-keystore',
    version: 1,
    did,
    kdf,
    cipher: { name: 'aes-256-gcm', nonce: nonce.toString('hex'), tag },
    secret,
  };
  return `${JSON.stringify(sealed, null, 2)}\n`;
}

/** The text of a throw-away key's file, for `--dev` only: the key stands in it in the clear. */
export function writeDevKey(key: KeyPair): string {
  const unsealed: Unsealed = {
    format: 'ccl-dev-key',
    version: 1,
    did: didOfKey(key.publicKey),
    secret: Buffer.from(key.secretKey).toString('hex'),
  };
  return `${JSON.stringify(unsealed, null, 2)}\n`;
}

/** What a keystore file says without its passphrase. */
export function describeKeystore(
  text: string,
): KeystoreAnswer<{ readonly did: string; readonly dev: boolean }> {
  const parsed = parseKeystore(text);
  return parsed.ok
    ? { ok: true, value: { did: parsed.value.did, dev: parsed.value.format === 'ccl-dev-key' } }
    : parsed;
}

/** `passphrase` is not looked at for a throw-away key. */
export function openKeystore(text: string, passphrase: string): KeystoreAnswer<OpenedKey> {
  const parsed = parseKeystore(text);
  if (!parsed.ok) return parsed;
  const stored = parsed.value;
  const secret =
    stored.format === 'ccl-dev-key' ? Buffer.from(stored.secret, 'hex') : unseal(stored, passphrase);
  if (secret === null)
    return failed('WrongPassphrase', 'the passphrase is wrong, or the keystore was changed');
  const key = keyFromSeed(new Uint8Array(secret));
  if (didOfKey(key.publicKey) !== stored.did)
    return failed('DamagedKeystore', `the key in the file is not that of ${stored.did}`);
  return { ok: true, value: { ...key, did: stored.did, dev: stored.format === 'ccl-dev-key' } };
}

// ---- files -------------------------------------------------------------------------------------

/** Writes a new file with mode 0600; an existing one is left as it is. */
export function writePrivateFile(path: string, text: string): KeystoreAnswer<null> {
  let file: number;
  try {
    file = openSync(path, 'wx', MODE_PRIVATE);
  } catch (error) {
    const exists = errorCode(error) === 'EEXIST';
    return exists
      ? failed('FileExists', `${path} exists already`)
      : failed('CannotRead', `${path}: ${errorText(error)}`);
  }
  try {
    fchmodSync(file, MODE_PRIVATE);
    writeSync(file, text);
    fsyncSync(file);
    return { ok: true, value: null };
  } finally {
    closeSync(file);
  }
}

/** The text of a file that only its owner may read (mode 0600 or 0400; not checked on Windows): keystores and passphrases. */
export function readPrivateFile(path: string): KeystoreAnswer<string> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    return failed('CannotRead', `${path}: ${errorText(error)}`);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > FILE_BYTES_MAX)
      return failed('NotAKeystore', `${path} is not a file of at most ${FILE_BYTES_MAX} bytes`);
    const others = stat.mode & 0o077;
    if (process.platform !== 'win32' && others !== 0) {
      return failed(
        'WrongMode',
        `${path} has mode ${(stat.mode & 0o777).toString(8).padStart(4, '0')}, others may use it; run: chmod 600 ${path}`,
      );
    }
    return { ok: true, value: readFileSync(file, 'utf8') };
  } finally {
    closeSync(file);
  }
}

/** The passphrase in a file of mode 0600, without its line end. */
export function readPassphraseFile(path: string): KeystoreAnswer<string> {
  const read = readPrivateFile(path);
  return read.ok ? { ok: true, value: read.value.replace(/\r?\n$/, '') } : read;
}

// ---- private -----------------------------------------------------------------------------------

function parseKeystore(text: string): KeystoreAnswer<Sealed | Unsealed> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failed('NotAKeystore', 'not a keystore: the file is not JSON');
  }
  const fields = asRecord(json);
  if (fields['format'] !== 'ccl-keystore' && fields['format'] !== 'ccl-dev-key')
    return failed('NotAKeystore', 'not a keystore: no known "format"');
  const wrong = fields['format'] === 'ccl-keystore' ? wrongSealedField(fields) : wrongField(fields);
  if (wrong !== null) return failed('DamagedKeystore', `the keystore's "${wrong}" is damaged`);
  return { ok: true, value: fields as unknown as Sealed | Unsealed };
}

function wrongField(fields: Readonly<Record<string, unknown>>): string | null {
  if (fields['version'] !== 1) return 'version';
  if (typeof fields['did'] !== 'string') return 'did';
  return isHex(fields['secret'], 32) ? null : 'secret';
}

function wrongSealedField(fields: Readonly<Record<string, unknown>>): string | null {
  const kdf = asRecord(fields['kdf']);
  const cipher = asRecord(fields['cipher']);
  const [n, r, p] = [kdf['n'], kdf['r'], kdf['p']];
  if (kdf['name'] !== 'scrypt' || !isHex(kdf['salt'], 16)) return 'kdf';
  if (!isCount(n, 1 << 22) || !isCount(r, 64) || !isCount(p, 16)) return 'kdf';
  if (n < 2 || (n & (n - 1)) !== 0 || 128 * n * r > MEMORY_BYTES_MAX) return 'kdf';
  if (cipher['name'] !== 'aes-256-gcm' || !isHex(cipher['nonce'], 12) || !isHex(cipher['tag'], 16))
    return 'cipher';
  return wrongField(fields);
}

function unseal(sealed: Sealed, passphrase: string): Buffer | null {
  const decipher = createDecipheriv(
    'aes-256-gcm',
    deriveKey(passphrase, sealed.kdf),
    Buffer.from(sealed.cipher.nonce, 'hex'),
  );
  decipher.setAAD(sealedContext(sealed.did, sealed.kdf));
  decipher.setAuthTag(Buffer.from(sealed.cipher.tag, 'hex'));
  try {
    return Buffer.concat([decipher.update(Buffer.from(sealed.secret, 'hex')), decipher.final()]);
  } catch {
    return null;
  }
}

function deriveKey(passphrase: string, kdf: Sealed['kdf']): Buffer {
  const salt = Buffer.from(kdf.salt, 'hex');
  return scryptSync(passphrase.normalize('NFKC'), salt, 32, {
    N: kdf.n,
    r: kdf.r,
    p: kdf.p,
    maxmem: MEMORY_BYTES_MAX * 2,
  });
}

/** What the seal protects besides the secret, so that no field can be exchanged for another. */
function sealedContext(did: string, kdf: Sealed['kdf']): Buffer {
  return Buffer.from(JSON.stringify(['ccl-keystore', 1, did, kdf.name, kdf.n, kdf.r, kdf.p, kdf.salt]));
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function isHex(value: unknown, byteCount: number): value is string {
  return typeof value === 'string' && value.length === 2 * byteCount && /^[0-9a-f]*$/.test(value);
}

function isCount(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max;
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failed(
  code: KeystoreErrorCode,
  message: string,
): { readonly ok: false; readonly code: KeystoreErrorCode; readonly message: string } {
  return { ok: false, code, message };
}
