/** Who and what the names of a solver's model stand for in a world. */
import type { Counterexample, ModelBalance, ModelLater, ModelValue } from '../../compiler/index.ts';
import { hashOfWords, sha256, utf8, type Value } from '../../vm/index.ts';
import { memberDid } from '../world.ts';
import type { Holding, Later } from './others.ts';
import { CREATOR, STRANGER } from './steps.ts';

export type People = {
  /** Who calls, where the model says no more than that. */
  readonly caller: string;
  /** Those of the model's names that are contracts, with their accounts. */
  readonly contracts?: ReadonlyMap<string, string>;
};

const OTHERS = ['carol', 'dave', 'erin'];

/** In the stranger check the caller is nobody the contract knows. */
export function peopleFor(kind: string): People {
  return { caller: memberDid(kind === 'stranger' ? STRANGER : 'bob') };
}

/** The value that a model's value stands for; null for one without a meaning before deployment (`self`). */
export function nameOf(
  people: People,
  value: ModelValue | null,
  account: string | null = null,
): Value | null {
  if (value === null) return null;
  switch (value.kind) {
    case 'int':
    case 'bool':
      return value.value;
    case 'name':
      return valueNamed(people, value, account);
    case 'joined':
      return joined(nameOf(people, value.left, account), nameOf(people, value.right, account));
    default: {
      const words = value.words.map((word) => nameOf(people, word, account));
      if (words.includes(null)) return null;
      return value.kind === 'list' ? (words as Value[]) : hashed(value, words as Value[]);
    }
  }
}

type Named = Extract<ModelValue, { readonly kind: 'name' }>;

function valueNamed(people: People, { sort, name, length }: Named, account: string | null): Value | null {
  switch (sort) {
    case 'Did':
      return didOf(people, name, account);
    case 'Text':
      return textOf(name, length);
    case 'Hash':
      return name === '' ? new Uint8Array(32) : bytesOf(name, 32);
    default:
      return name === '' ? new Uint8Array(0) : bytesOf(name, length ?? 8);
  }
}

/** Made-up texts differ by their beginning, where they are long enough for that. */
function textOf(name: string, length: number | null): string {
  if (!name.startsWith('other.') || length === null) return name;
  return name.slice('other.'.length).padEnd(length, '.').slice(0, length);
}

function joined(left: Value | null, right: Value | null): Value | null {
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (!(left instanceof Uint8Array) || !(right instanceof Uint8Array)) return null;
  return Uint8Array.from([...left, ...right]);
}

/** The hash of what the solver has chosen. */
function hashed(
  { tag, types }: Extract<ModelValue, { readonly kind: 'hashed' }>,
  words: readonly Value[],
): Uint8Array {
  const [only] = words;
  if (tag !== '') return hashOfWords(tag, types, words);
  return sha256(typeof only === 'string' ? utf8(only) : (only as Uint8Array));
}

/** What others do in each `later` of a proof, by number: from one moment of the model to the next. */
export function latersOf(
  people: People,
  start: { readonly now: bigint; readonly block: bigint },
  laters: readonly ModelLater[],
  account: string,
): readonly Later[] {
  const found: Later[] = [];
  let last = start;
  const held = (given: readonly ModelBalance[]): readonly Holding[] =>
    given.flatMap((holding) => {
      const did = nameOf(people, holding.account, account);
      return did === '' || did === null ? [] : [{ ...holding, account: did as string }];
    });
  for (const { number, now, block, floors, balances } of laters.toSorted((a, b) => a.number - b.number)) {
    const next = { now: now ?? last.now, block: block ?? last.block };
    const between = (from: bigint, to: bigint): bigint => (to > from ? to - from : 0n);
    found[number - 1] = {
      seconds: between(last.now, next.now),
      blocks: between(last.block, next.block),
      floors: held(floors),
      balances: held(balances),
    };
    last = next;
  }
  return found;
}

/** Every number that the model mentions, those of the call first. */
export function numbersIn(counterexample: Counterexample): readonly bigint[] {
  const values = [...counterexample.params, ...counterexample.words.map((word) => word.value)];
  const keys = [...counterexample.words, ...counterexample.presence].flatMap((entry) => entry.keys);
  const ints = [...values, ...keys].flatMap((value) => (value.kind === 'int' ? [value.value] : []));
  const amounts = counterexample.balances.map((balance) => balance.amount);
  return [...ints, ...counterexample.sizes.map((size) => size.size), ...amounts];
}

function didOf(people: People, name: string, account: string | null): string | null {
  const contract = people.contracts?.get(name);
  if (contract !== undefined) return contract;
  if (name === 'self') return account;
  if (name === 'creator') return memberDid(CREATOR);
  if (name === 'caller') return people.caller;
  if (!name.startsWith('other.')) return name;
  const index = Number(name.slice('other.'.length)) - 1;
  return memberDid(OTHERS[index] ?? name);
}

/** Written bytes are hex; others are made up from their name. */
function bytesOf(name: string, length: number): Uint8Array {
  const written = /^[0-9a-f]*$/.test(name) && name.length % 2 === 0;
  if (!written) return Uint8Array.from({ length }, (_, at) => sha256(utf8(name))[at % 32]!);
  return Uint8Array.from({ length: name.length / 2 }, (_, i) =>
    Number.parseInt(name.slice(2 * i, 2 * i + 2), 16),
  );
}
