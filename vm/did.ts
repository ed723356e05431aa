/**
 * Decentralised identifiers: `did:icn:z6Mk…` and `did:key:z6Mk…` (multibase base58btc, multicodec ed25519-pub; see the
 * did:key method of the W3C Credentials Community Group) and accounts of contracts, `did:icn:contract:<64 hex digits>`.
 */
import { sha256 as sha256OfNoble } from '@noble/hashes/sha2.js';
import { bytesOfHex, hexOf } from './codec.ts';
import { LIMITS } from './limits.ts';

export type Did =
  | { readonly kind: 'key'; readonly method: 'icn' | 'key'; readonly publicKey: Uint8Array }
  | { readonly kind: 'contract'; readonly hash: Uint8Array };

/** SHA-256 (FIPS 180-4), 32 bytes. */
export function sha256(content: Uint8Array): Uint8Array {
  return sha256OfNoble(content);
}

/** What a DID stands for; null when the text is not a DID that this system knows, in its one spelling. */
export function parseDid(text: string): Did | null {
  if (text.startsWith(CONTRACT_PREFIX)) return parseContract(text.slice(CONTRACT_PREFIX.length));
  const method = text.startsWith('did:icn:') ? 'icn' : text.startsWith('did:key:') ? 'key' : null;
  if (method === null || text.length > LIMITS.didBytes) return null;
  const publicKey = parseMultibaseKey(text.slice('did:icn:'.length));
  return publicKey === null ? null : { kind: 'key', method, publicKey };
}

/** Whether a text has the syntax of a DID (W3C DID Core, section 3.1) and fits the limits; says nothing about its existence. */
export function isDidSyntax(text: string): boolean {
  return text.length <= LIMITS.didBytes && DID_SYNTAX.test(text);
}

/** The `did:icn` of an Ed25519 public key of 32 bytes. */
export function didOfKey(publicKey: Uint8Array): string {
  if (publicKey.length !== 32) throw new Error(`an Ed25519 public key has 32 bytes, not ${publicKey.length}`);
  return `did:icn:z${base58(new Uint8Array([...ED25519_PUB, ...publicKey]))}`;
}

/** The account of the contract with a hash of 32 bytes. */
export function contractDid(hash: Uint8Array): string {
  if (hash.length !== 32) throw new Error(`a contract hash has 32 bytes, not ${hash.length}`);
  return CONTRACT_PREFIX + hexOf(hash);
}

const CONTRACT_PREFIX = 'did:icn:contract:';
const ED25519_PUB = [0xed, 0x01] as const;
const DID_SYNTAX = /^did:[a-z0-9]+(:[A-Za-z0-9._%-]*)*:[A-Za-z0-9._%-]+$/;
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function parseContract(digits: string): Did | null {
  if (!/^[0-9a-f]{64}$/.test(digits)) return null;
  const hash = bytesOfHex(digits);
  return hash === undefined ? null : { kind: 'contract', hash };
}

function parseMultibaseKey(text: string): Uint8Array | null {
  if (!text.startsWith('z')) return null;
  const content = bytesOfBase58(text.slice(1));
  if (content === null || content.length !== 34) return null;
  return content[0] === ED25519_PUB[0] && content[1] === ED25519_PUB[1] ? content.slice(2) : null;
}

function base58(content: Uint8Array): string {
  let rest = BigInt(`0x0${hexOf(content)}`);
  let digits = '';
  for (; rest > 0n; rest /= 58n) digits = BASE58.charAt(Number(rest % 58n)) + digits;
  return '1'.repeat(leadingZeros(content)) + digits;
}

/** The bytes of base58 digits; null when another digit occurs. Leading ones are leading zero bytes, so the spelling is unique. */
function bytesOfBase58(digits: string): Uint8Array | null {
  let value = 0n;
  for (const digit of digits) {
    const worth = BASE58.indexOf(digit);
    if (worth < 0) return null;
    value = value * 58n + BigInt(worth);
  }
  const hex = value === 0n ? '' : value.toString(16);
  const content = bytesOfHex(hex.length % 2 === 0 ? hex : `0${hex}`) ?? new Uint8Array();
  const zeros = digits.length - digits.replace(/^1+/, '').length;
  const out = new Uint8Array(zeros + content.length);
  out.set(content, zeros);
  return out;
}

function leadingZeros(content: Uint8Array): number {
  const first = content.findIndex((value) => value !== 0);
  return first < 0 ? content.length : first;
}
