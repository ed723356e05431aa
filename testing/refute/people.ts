/** Who and what the names of a solver's model stand for in a world. */
import type { Counterexample, ModelValue } from '../../compiler/index.ts';
import { sha256, utf8, type Value } from '../../vm/index.ts';
import { memberDid } from '../world.ts';
import { CREATOR, STRANGER } from './steps.ts';

export type People = {
  /** Who calls, where the model says no more than that. */
  readonly caller: string;
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
  if (value.kind !== 'name') return value.value;
  switch (value.sort) {
    case 'Did':
      return didOf(people, value.name, account);
    case 'Text':
      return value.name;
    case 'Hash':
      return value.name === '' ? new Uint8Array(32) : bytesOf(value.name, 32);
    default:
      return value.name === '' ? new Uint8Array(0) : bytesOf(value.name, 8);
  }
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
  if (!written) return sha256(utf8(name)).slice(0, length);
  return Uint8Array.from({ length: name.length / 2 }, (_, i) =>
    Number.parseInt(name.slice(2 * i, 2 * i + 2), 16),
  );
}
