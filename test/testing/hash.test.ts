/** `hash` against a computation of its own, after `docs/hashing.md`: nothing here is shared with the virtual machine. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { runRule } from '../../testing/index.ts';
import { memberDid } from '../../testing/world.ts';
import { programOf } from './compiled.ts';

const SOURCE = `enum Choice { Yes, Block { reason: Text } }
struct Job { who: Did, hours: Int, done: Bool }
contract Hashes {
  currency coin { decimals 2 }
  view of_text(x: Text) -> Hash { return hash(x); }
  view of_bytes(x: Bytes) -> Hash { return hash(x); }
  view of_hash(x: Hash) -> Hash { return hash(x); }
  view of_int(x: Int) -> Hash { return hash(x); }
  view of_amount(x: Amount<coin>) -> Hash { return hash(x); }
  view of_did(x: Did) -> Hash { return hash(x); }
  view of_pair(a: Did, n: Int) -> Hash { return hash((a, n)); }
  view of_job(x: Job) -> Hash { return hash(x); }
  view of_list(x: List<Text, 3>) -> Hash { return hash(x); }
  view of_choice(x: Choice) -> Hash { return hash(x); }
  view of_option(x: Option<Hash>) -> Hash { return hash(x); }
}`;

const sha256 = (...parts: readonly Buffer[]): string =>
  `0x${createHash('sha256').update(Buffer.concat(parts)).digest('hex')}`;
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const tag = (type: string): Buffer => Buffer.concat([utf8(type), Buffer.from([0])]);
const int = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
const counted = (content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([content.length >> 8, content.length & 255]), content]);
const bob = counted(utf8(memberDid('bob')));

const CASES: readonly (readonly [view: string, args: readonly string[], wanted: string])[] = [
  ['of_text', ['"hello"'], '0x2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'],
  ['of_text', ['"é"'], sha256(utf8('é'))],
  ['of_bytes', ['0x00ff'], sha256(Buffer.from([0, 255]))],
  ['of_bytes', ['0x'], sha256()],
  ['of_hash', [`0x${'07'.repeat(32)}`], sha256(Buffer.alloc(32, 7))],
  ['of_int', ['-2'], sha256(tag('Int'), int(-2n))],
  ['of_amount', ['2.50 coin'], sha256(tag('Amount<coin>'), int(250n))],
  ['of_did', ['bob'], sha256(tag('Did'), bob)],
  ['of_pair', ['bob', '5'], sha256(tag('(Did, Int)'), bob, int(5n))],
  [
    'of_job',
    [`Job { who: did"${memberDid('bob')}", hours: 7, done: true }`],
    sha256(tag('Job'), bob, int(7n), Buffer.from([1])),
  ],
  [
    'of_list',
    ['["a", "bc"]'],
    sha256(tag('List<Text, 3>'), Buffer.from([0, 2]), counted(utf8('a')), counted(utf8('bc'))),
  ],
  ['of_choice', ['Yes'], sha256(tag('Choice'), int(0n), counted(utf8('')))],
  ['of_choice', ['Block { reason: "no" }'], sha256(tag('Choice'), int(1n), counted(utf8('no')))],
  ['of_option', ['none'], sha256(tag('Option<Hash>'), int(0n), Buffer.alloc(32))],
];

test.each(CASES)('%s(%s)', (entry, args, wanted) => {
  const [artifact] = programOf(SOURCE).contracts;
  const call = { entry, args, by: 'bob', spending: null };
  const report = runRule({
    artifact: artifact!,
    creator: 'alice',
    initArgs: [],
    others: [],
    before: [],
    call,
  });
  expect(report).toMatchObject({ ok: true, result: wanted });
});
