/** The genesis file: what is written reads back the same, and each mistake is named with its field. */
import { describe, expect, test } from 'vitest';
import { EMPTY, overlay } from '../../host/index.ts';
import { foundChain } from '../../runtime/app/founding.ts';
import { chainIdOf, parseGenesis, renderGenesis } from '../../runtime/app/genesis.ts';
import { updateTree } from '../../runtime/app/merkle.ts';
import { utf8 } from '../../vm/index.ts';
import { did, makeGenesis } from './chain.ts';

const TEXT = renderGenesis(makeGenesis());
type Path = readonly (string | number)[];

/** The genesis with one field replaced, or (undefined) removed. */
function changed(path: Path, value: unknown): Uint8Array {
  const file = JSON.parse(TEXT);
  const holder = path.slice(0, -1).reduce((inside, step) => inside[step], file);
  holder[path.at(-1)!] = value;
  return utf8(JSON.stringify(file));
}

const messageOf = (data: Uint8Array) => {
  const founded = foundChain(data);
  return founded.ok ? 'ok' : founded.message;
};

test('what is written reads back the same', () => {
  expect(parseGenesis(utf8(TEXT))).toEqual({ ok: true, value: makeGenesis() });
});

test('every byte of the file is in the chain id', () => {
  const ids = [TEXT, `${TEXT} `, renderGenesis(makeGenesis({ dev: false }))].map((text) =>
    chainIdOf(makeGenesis(), utf8(text)),
  );
  expect(new Set(ids).size).toBe(3);
  expect(ids[0]).toMatch(/^test-[0-9a-f]{16}$/);
});

test('the same file makes the same state', () => {
  const roots = [1, 2].map(() => {
    const founded = foundChain(utf8(TEXT));
    return founded.ok ? updateTree(overlay(EMPTY), founded.value.changes).root : null;
  });
  expect(roots[0]).not.toBeNull();
  expect(roots[0]).toEqual(roots[1]);
});

describe('mistakes', () => {
  const cases: [Path, unknown, string][] = [
    [['format'], 'other', 'genesis.format: expected "ccl-genesis-1"'],
    [['name'], 'a b', 'genesis.name: expected up to 32 letters, digits and . _ -'],
    [['name'], undefined, 'genesis.name: expected text'],
    [['time'], '2026-01-01', 'genesis.time: expected an integer'],
    [['time'], -1, 'genesis.time: expected an integer from 0 to 4611686018427387904'],
    [['time'], 1.5, 'genesis.time: expected an integer'],
    [['dev'], 1, 'genesis.dev: expected true or false'],
    [
      ['extra'],
      1,
      'genesis.extra: expected one of format, name, time, dev, parameters, validators, cooperatives, currencies, members',
    ],
    [
      ['parameters', 'blockGasMax'],
      0,
      'genesis.parameters.blockGasMax: expected an integer from 1 to 1125899906842624',
    ],
    [
      ['parameters', 'blockBytesMax'],
      1,
      'genesis.parameters.blockBytesMax: expected an integer from 1048576 to 6291456',
    ],
    [['parameters', 'acceptUnproved'], 'no', 'genesis.parameters.acceptUnproved: expected true or false'],
    [['parameters', 'speed'], 1, 'genesis.parameters.speed: expected one of gasAllowanceMax,'],
    [['validators'], [], 'genesis.validators: expected 1 to 256 validators'],
    [
      ['validators', 0, 'power'],
      0,
      'genesis.validators[0].power: expected an integer from 1 to 1000000000000',
    ],
    [
      ['validators', 1],
      { did: did('alice'), power: 1 },
      'genesis.validators[1].did: expected each validator once',
    ],
    [['validators', 0, 'did'], did('mallory'), 'genesis.validators[0].did: expected a member of the genesis'],
    [['currencies', 0, 'kind'], 'barter', 'genesis.currencies[0].kind: expected "mutual" or "issued"'],
    [['currencies', 0, 'decimals'], 19, 'genesis.currencies[0].decimals: expected an integer from 0 to 18'],
    [['currencies', 1, 'id'], 'hours', 'currencies[1]: the currency exists already'],
    [['members'], {}, 'genesis.members: expected a list'],
    [['members', 1, 'key'], 'ff', 'genesis.members[1].key: expected 32 bytes in lower-case hex'],
    [['members', 1, 'key'], '00'.repeat(32), "members[1]: the key is not the one that the DID's text names"],
    [['members', 1, 'did'], did('alice'), "members[1]: the key is not the one that the DID's text names"],
    [
      ['members', 0, 'limits', 0, 'floor'],
      '1',
      'genesis.members[0].limits[0].floor: expected an integer from -9223372036854775808 to 0',
    ],
    [
      ['members', 0, 'limits', 0, 'floor'],
      '-1000000000000001',
      'members[0].limits[0]: a floor must not be above zero',
    ],
    [
      ['members', 0, 'limits', 0, 'currency'],
      'coin',
      'members[0].limits[0]: the currency is of the other kind',
    ],
    [
      ['members', 0, 'holdings', 0, 'amount'],
      '-1',
      'genesis.members[0].holdings[0].amount: expected an integer from 0',
    ],
    [
      ['members', 0, 'cooperatives', 0],
      'hillside',
      'members[0].cooperatives[0]: no such cooperative: hillside',
    ],
    [
      ['members', 2, 'limits', 0, 'floor'],
      '-1000000000000000',
      'members[2].limits[0]: the floors of a currency must sum to at least',
    ],
  ];
  test.each(cases)('%j = %j', (path, value, message) => {
    expect(messageOf(changed(path, value))).toContain(message);
  });

  test('no JSON, no text, nothing', () => {
    expect(messageOf(utf8('{'))).toContain('JSON');
    expect(messageOf(Uint8Array.of(0xff))).toContain('not valid');
    expect(messageOf(utf8('null'))).toBe('genesis: expected an object');
    expect(messageOf(new Uint8Array(0))).toContain('JSON');
    expect(messageOf(utf8(TEXT.replace('"name": "test"', '"__proto__": {}, "name": "test"')))).toContain(
      'genesis.__proto__: expected one of',
    );
  });
});
