/**
 * Values of a type at random, for generated tests: small ones, those at edges, constants that the contracts are
 * written with and their neighbours, members by name, and any value at all. What comes first shrinks furthest.
 */
import fc from 'fast-check';
import { type AbiType, type AbiValue, type Artifact, joinVariant, variantsOf } from '../vm/index.ts';
import { GENESIS_TIME, memberDid } from './world.ts';

/** What values are drawn from besides their type. */
export type Pools = {
  /** Constants of the contracts. */
  readonly numbers: readonly bigint[];
  readonly texts: readonly string[];
  /** DIDs; the first is what others shrink to. */
  readonly dids: readonly string[];
};

/** Members that generated tests know beside those they name. */
export const PEOPLE: readonly string[] = ['alice', 'bob', 'carol', 'dave'];

/** The null DID, which no caller has. */
const NOBODY = '';

/** What the code of some contracts is written with. */
export function poolsOf(artifacts: readonly Artifact[], members: readonly string[]): Pools {
  const code = artifacts.flatMap(({ functions }) => functions.flatMap((fn) => fn.code));
  const numbers = code.flatMap(({ operands }) => operands.filter((operand) => typeof operand === 'bigint'));
  const constants = artifacts.flatMap((artifact) => artifact.constants.map(({ value }) => value));
  const texts = constants.filter((value): value is string => typeof value === 'string');
  return {
    numbers: [...new Set(numbers)].slice(0, NUMBERS_MAX),
    texts: [...new Set(texts)].filter((text) => text.length <= TEXT_MAX).slice(0, NUMBERS_MAX),
    dids: [...[...new Set([...members, ...PEOPLE])].map(memberDid), NOBODY],
  };
}

/** Values that a source can write: what is found is shown as CCL. */
export function arbitraryOf(type: AbiType, pools: Pools): fc.Arbitrary<AbiValue> {
  switch (type.kind) {
    case 'Unit':
      return fc.constant(null);
    case 'Bool':
      return fc.boolean();
    case 'Did':
      return fc.constantFrom(...pools.dids);
    case 'Text':
      return textOf(pools);
    case 'Bytes':
      return fc.uint8Array({ maxLength: BYTES_MAX });
    case 'Hash':
      return fc.uint8Array({ minLength: HASH_BYTES, maxLength: HASH_BYTES });
    case 'Struct':
      return fc.record(
        Object.fromEntries(type.fields.map((field) => [field.name, arbitraryOf(field.type, pools)])),
        { noNullPrototype: true },
      );
    case 'Tuple':
      return fc.tuple(...type.items.map((item) => arbitraryOf(item, pools)));
    case 'List':
      return fc.array(arbitraryOf(type.item, pools), { maxLength: Math.min(type.capacity, ITEMS_MAX) });
    case 'Enum':
    case 'Option':
      return variantOf(type, pools);
    case 'Map':
    case 'Set':
      throw new Error(`a ${type.kind} is not a value`);
    default:
      return numberOf(type, pools);
  }
}

// ---- private -----------------------------------------------------------------------------------

const NUMBERS_MAX = 40;
const TEXT_MAX = 64;
const BYTES_MAX = 80;
const ITEMS_MAX = 24;
const HASH_BYTES = 32;
const LEAST = -(2n ** 63n);
const LARGEST = 2n ** 63n - 1n;
const YEAR = 31_536_000n;

type Range = { readonly least: bigint; readonly largest: bigint; readonly usual: bigint };

/** What a source can write of each, and a range that is usual in practice. */
const RANGES: { readonly [kind in AbiType['kind']]?: Range } = {
  Int: { least: LEAST, largest: LARGEST, usual: 100n },
  Amount: { least: LEAST, largest: LARGEST, usual: 10_000n },
  Ratio: { least: -1_000_000n, largest: 10_000_000n, usual: 1_000_000n },
  Duration: { least: LEAST, largest: LARGEST, usual: YEAR },
  Time: { least: 0n, largest: 130n * YEAR, usual: GENESIS_TIME + YEAR },
};

function numberOf(type: AbiType, { numbers }: Pools): fc.Arbitrary<bigint> {
  const { least, largest, usual } = RANGES[type.kind] ?? RANGES['Int']!;
  const near = numbers.flatMap((value) => [value, value - 1n, value + 1n]);
  const start = type.kind === 'Time' ? [GENESIS_TIME, GENESIS_TIME + 1n, GENESIS_TIME - 1n] : [];
  const edges = [0n, 1n, -1n, ...start, largest, least, largest - 1n, least + 1n, ...near];
  const fitting = [...new Set(edges)].filter((value) => value >= least && value <= largest);
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 4, arbitrary: fc.bigInt(0n, usual) },
    { weight: 3, arbitrary: fc.constantFrom(...fitting) },
    { weight: 1, arbitrary: fc.bigInt(least, largest) },
  );
}

function textOf({ texts }: Pools): fc.Arbitrary<string> {
  const own = texts.length === 0 ? [''] : texts;
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 12 }) },
    { weight: 1, arbitrary: fc.constantFrom('', ...own) },
    // Whatever is printed can be read again: no line ends, no lone surrogates.
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('"', '\\', 'é', '√', '🙂'), maxLength: 20 }) },
  );
}

function variantOf(
  type: Extract<AbiType, { readonly kind: 'Enum' | 'Option' }>,
  pools: Pools,
): fc.Arbitrary<AbiValue> {
  const choices = variantsOf(type).map(({ fields }, index) =>
    fc
      .tuple(...fields.map((field) => arbitraryOf(field.type, pools)))
      .map((values) => joinVariant(type, { index, values })),
  );
  return fc.oneof({ withCrossShrink: true }, ...choices);
}
