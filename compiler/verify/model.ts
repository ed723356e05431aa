/**
 * The verifier's model of a contract: its tables, the sums its clauses mention, and the states that stand before
 * an entry point (free: anything the facts allow; zero: at deployment).
 */
import type { Bound, Clause, Contract, Function as CoreFunction, Slot, Stmt, Term } from '../core/core.ts';
import { termsOfProof } from '../core/proof.ts';
import type { Flaws } from './flaws.ts';
import { apply, type Formula, type Sort, sortOf, sortOfType, ZERO, zeroOf } from './formula.ts';
import { type ListTypes, listTypesOf } from './sequence.ts';
import {
  balanceName,
  fieldName,
  floorName,
  freeArray,
  hasName,
  type MomentName,
  mandatedName,
  mandateName,
  momentName,
  offersName,
  type State,
  type SymbolicArray,
  sizeName,
  spentName,
  sumName,
  takenName,
  totalName,
  zeroArray,
} from './state.ts';

export type Model = {
  readonly contract: Contract;
  readonly sums: readonly SumExpression[];
  readonly lists: ListTypes;
  readonly flaws: Flaws;
};

/** One `sum` or `count` as the clauses write it; two that differ only in names are one. */
export type SumExpression = {
  readonly kind: 'sum' | 'count';
  readonly slot: number;
  readonly keys: readonly Bound[];
  readonly values: readonly Bound[];
  readonly body: Term;
  readonly text: string;
};

export type SumTerm = Extract<Term, { readonly kind: 'sum' | 'count' }>;

export function modelOf(contract: Contract, flaws: Flaws): Model {
  const sums: SumExpression[] = [];
  for (const term of clausesOf(contract).flatMap((clause) => sumTerms(clause.term))) {
    const text = sumText(term);
    if (sums.some((known) => known.text === text)) continue;
    sums.push({
      kind: term.kind,
      slot: term.slot,
      keys: term.keys,
      values: term.values,
      body: term.body,
      text,
    });
  }
  return { contract, sums, lists: listTypesOf(contract), flaws };
}

/** Index into `Model.sums`. */
export function sumIndex(model: Model, term: SumTerm): number {
  const text = sumText(term);
  return model.sums.findIndex((sum) => sum.text === text);
}

/** Anything at all: what a call finds. */
export function freeState(model: Model): State {
  return stateOf(model, () => ANYTHING);
}

/** Anything at all at a moment inside of a call. */
export function momentState(model: Model, moment: MomentName | ''): State {
  const { arrays, words } = freeState(model);
  const named = new Map(
    [...arrays].map(([name, { base }]) => [name, freeArray(`${moment}${name}`, base.sort)] as const),
  );
  const values = [...words].map(
    ([name, word]) => [name, apply(`${moment}${name}`, [], sortOf(word))] as const,
  );
  return { arrays: named, words: new Map(values) };
}

/** What `init` finds: the contract's own state is zero, the ledger anything. */
export function zeroState(model: Model): State {
  return stateOf(model, () => NOTHING);
}

/**
 * What `upgrade` finds: what the version before had is anything, and what is new is zero, but for ghosts, of which nothing
 * is known before they are set.
 */
export function upgradeState(model: Model): State {
  const { slots, predecessor } = model.contract;
  const kept = new Set(predecessor?.kept);
  const isNew = (slot: number): boolean => {
    const { gone = false, ghost } = slots[slot]!;
    return !gone && !ghost && !kept.has(slot);
  };
  const free = model.flaws.has('upgradeFindsNothing') ? () => NOTHING : () => ANYTHING;
  const before = stateOf(model, (slot) => (isNew(slot) ? NOTHING : free()));
  if (!model.flaws.has('upgradeForgetsSums')) return before;
  const words = new Map(before.words);
  model.sums.forEach((_, i) => {
    words.set(sumName(i), zeroOf('Int'));
  });
  return { ...before, words };
}

/** The ledger of another moment, the contract's state unchanged. */
export function withFreeLedger(model: Model, state: State, suffix: string): State {
  const arrays = new Map(state.arrays);
  const words = new Map(state.words);
  model.contract.currencies.forEach((_, c) => {
    arrays.set(balanceName(c), freeArray(`${balanceName(c)}${suffix}`, 'Int'));
    arrays.set(floorName(c), freeArray(`${floorName(c)}${suffix}`, 'Int'));
    words.set(totalName(c), apply(`${totalName(c)}${suffix}`, [], 'Int'));
  });
  return { arrays, words };
}

export function fieldSort(slot: Slot, field: number): Sort {
  return sortOfType(slot.fields[field]!.type);
}

export function childTerms(term: Term): readonly Term[] {
  switch (term.kind) {
    case 'op':
    case 'host':
      return term.args;
    case 'load':
    case 'has':
      return term.keys;
    case 'forall':
    case 'exists':
    case 'sum':
    case 'count':
      return [term.body];
    default:
      return [];
  }
}

/** Whether the term or a part of it satisfies the test. */
export function someTerm(term: Term, test: (term: Term) => boolean): boolean {
  return test(term) || childTerms(term).some((child) => someTerm(child, test));
}

/** Every clause of the contract, asserts included. */
export function clausesOf(contract: Contract): readonly { readonly term: Term }[] {
  const isFound = ({ found }: Clause): boolean => found === true;
  return [
    ...contract.invariants.filter((clause) => !isFound(clause)),
    ...contract.histories,
    ...contract.functions.flatMap(clausesOfFunction),
    ...contract.proofs.flatMap(termsOfProof).map((term) => ({ term })),
    ...(contract.predecessor?.invariants ?? []),
    // Last, so that what they sum up leaves the numbers of other sums as they are.
    ...contract.invariants.filter(isFound),
  ];
}

function clausesOfFunction(fn: CoreFunction): readonly { readonly term: Term }[] {
  const specs: readonly Clause[] = [
    ...fn.requires,
    ...fn.ensures,
    ...fn.succeeds,
    ...fn.fails,
    ...fn.changes,
  ];
  return [...specs, ...fn.body.flatMap(assertsIn)];
}

function assertsIn(stmt: Stmt): readonly { readonly term: Term }[] {
  if (stmt.kind === 'assert') return [stmt.clause];
  if (stmt.kind === 'loop') return [...stmt.invariants, ...stmt.body.flatMap(assertsIn)];
  return stmt.kind === 'if' ? [...stmt.then, ...stmt.otherwise].flatMap(assertsIn) : [];
}

function sumTerms(term: Term): readonly SumTerm[] {
  const inner = childTerms(term).flatMap(sumTerms);
  return term.kind === 'sum' || term.kind === 'count' ? [...inner, term] : inner;
}

/** The expression with its bound variables numbered, and without the moment it is read at. */
function sumText(term: SumTerm): string {
  const ids = [...term.keys, ...term.values].map((bound) => bound.id);
  const body = JSON.stringify(term.body, (name, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return name === 'id' && ids.includes(value as number) ? `#${ids.indexOf(value as number)}` : value;
  });
  return `${term.kind} ${term.slot} ${body}`;
}

/** What stands in a variable of the state. */
type Content = {
  readonly array: (name: string, sort: Sort) => SymbolicArray;
  readonly word: (name: string, sort: Sort) => Formula;
};

const ANYTHING: Content = { array: freeArray, word: (name, sort) => apply(name, [], sort) };
const NOTHING: Content = { array: zeroArray, word: (_, sort) => zeroOf(sort) };

function stateOf(model: Model, contentOf: (slot: number) => Content): State {
  const arrays = new Map<string, SymbolicArray>();
  const words = new Map<string, Formula>();
  model.contract.slots.forEach((slot, s) => {
    const { array, word } = contentOf(s);
    slot.fields.forEach((_, f) => {
      const name = fieldName(s, f);
      const sort = fieldSort(slot, f);
      if (slot.kind === 'value') words.set(name, word(name, sort));
      else arrays.set(name, array(name, sort));
    });
    if (slot.kind === 'map' || slot.kind === 'set') arrays.set(hasName(s), array(hasName(s), 'Bool'));
    if (slot.kind === 'set' || slot.kind === 'list') words.set(sizeName(s), word(sizeName(s), 'Int'));
  });
  model.sums.forEach(({ slot }, i) => {
    words.set(sumName(i), contentOf(slot).word(sumName(i), 'Int'));
  });
  model.contract.currencies.forEach((_, c) => {
    arrays.set(balanceName(c), freeArray(balanceName(c), 'Int'));
    arrays.set(floorName(c), freeArray(floorName(c), 'Int'));
    arrays.set(mandatedName(c), freeArray(mandatedName(c), 'Bool'));
    arrays.set(mandateName(c), freeArray(mandateName(c), 'Int'));
    arrays.set(takenName(c), zeroArray(takenName(c), 'Int'));
    words.set(spentName(c), ZERO);
    words.set(totalName(c), apply(totalName(c), [], 'Int'));
  });
  model.contract.interfaces.forEach((_, i) => {
    arrays.set(offersName(i), freeArray(`${momentName(0)}${offersName(i)}`, 'Bool'));
  });
  return { arrays, words };
}
