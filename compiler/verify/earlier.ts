/**
 * The version before, for runs that lead through an upgrade: its calls are walked as its own, and the state that they leave is
 * what `upgrade` finds. What only the new version has is zero there; of ghosts nothing is known.
 */
import type { Contract, Predecessor } from '../core/core.ts';
import { NO_FLAWS } from './flaws.ts';
import { apply, sortOf } from './formula.ts';
import { freeState, type Model, modelOf, upgradeState } from './model.ts';
import { fieldName, freeArray, hasName, type State, sizeName, sumName } from './state.ts';

export type Earlier = {
  readonly contract: Contract;
  /** Its sums, and those that the new version asks for. */
  readonly model: Model;
  /** Anything that its calls can find; what both versions have bears the name that the new one gives it. */
  readonly anything: State;
  /** What `upgrade` finds where calls leave this state. */
  readonly carry: (state: State) => State;
  /** The slot that a slot of the new version was, by index; none for a new one. */
  readonly slots: ReadonlyMap<number, number>;
};

/** Null where its ledger is another, or contracts are called that could answer the one version and not the other. */
export function earlierOf(contract: Contract, predecessor: Predecessor): Earlier | null {
  const { contract: before } = predecessor;
  const calls = [...before.interfaces, ...contract.interfaces].some(({ implemented }) => !implemented);
  if (calls || currencyNames(before) !== currencyNames(contract)) return null;
  const slots = slotsBefore(contract, before);
  const model = modelOf(contract, NO_FLAWS);
  const own = modelOf(before, NO_FLAWS);
  const asked = model.sums.flatMap((sum, index) => {
    const slot = slots.get(sum.slot);
    return slot === undefined ? [] : [{ index, sum: { ...sum, slot } }];
  });
  const sums = asked.map(({ index }, n) => [sumName(index), sumName(own.sums.length + n)] as const);
  const names = [...slots].flatMap(([after, slot]) => namesOf(contract, slot, after));
  const sources = new Map([...names, ...sums]);
  const both = { ...own, sums: [...own.sums, ...asked.map(({ sum }) => sum)] };
  return {
    contract: before,
    model: both,
    anything: renamed(freeState(both), sources),
    carry: (state) => carried(state, upgradeState(model), sources),
    slots,
  };
}

// ---- private -----------------------------------------------------------------------------------

function currencyNames({ currencies }: Contract): string {
  return currencies.map(({ name }) => name).join();
}

/** State is kept by name; a ghost is none. */
function slotsBefore({ slots }: Contract, before: Contract): ReadonlyMap<number, number> {
  return new Map(
    slots.flatMap(({ name, ghost }, after) => {
      const slot = ghost ? -1 : before.slots.findIndex((each) => !each.ghost && each.name === name);
      return slot < 0 ? [] : [[after, slot] as const];
    }),
  );
}

/** What a slot is made of: each name of now with that of before. */
function namesOf({ slots }: Contract, before: number, after: number): readonly (readonly [string, string])[] {
  const fields = slots[after]!.fields.map((_, f) => [fieldName(after, f), fieldName(before, f)] as const);
  return [...fields, [hasName(after), hasName(before)], [sizeName(after), sizeName(before)]];
}

/** `sources`: names of before by those of now. */
function renamed({ arrays, words }: State, sources: ReadonlyMap<string, string>): State {
  const now = new Map([...sources].map(([after, before]) => [before, after]));
  const nameOf = (name: string): string => (OWN.test(name) ? (now.get(name) ?? `before.${name}`) : name);
  return {
    arrays: new Map([...arrays].map(([name, { base }]) => [name, freeArray(nameOf(name), base.sort)])),
    words: new Map([...words].map(([name, word]) => [name, apply(nameOf(name), [], sortOf(word))])),
  };
}

/** What `upgrade` finds, where that comes from before: the ledger as it is, the state by these names. */
function carried(before: State, found: State, sources: ReadonlyMap<string, string>): State {
  const from = <T>(all: ReadonlyMap<string, T>, name: string): T | undefined =>
    all.get(OWN.test(name) ? (sources.get(name) ?? '') : name);
  return {
    arrays: new Map([...found.arrays].map(([name, array]) => [name, from(before.arrays, name) ?? array])),
    words: new Map([...found.words].map(([name, word]) => [name, from(before.words, name) ?? word])),
  };
}

/** Names of the contract's own state. */
const OWN = /^(field|has|size|sum)\./;
