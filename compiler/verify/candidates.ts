/**
 * Simple invariants that a contract may well have, though its author did not write them. In: the contract's state and the
 * numbers in its code. Out: clauses made from templates, in one order; nothing is known of their truth. The name of each
 * is its text as an author would write it, so that whoever reads the name can make the clause again.
 */
import { type Leaf, leavesOf, type Scalar, sameType, type Type, typeText } from '../check/types.ts';
import type { Bound, Clause, Constant, Contract, Slot, Stmt, Term } from '../core/core.ts';

/** More would take longer to look through than they are worth. */
export const CANDIDATES_MAX = 160;

export function candidatesOf(contract: Contract): readonly Clause[] {
  const site = siteOf(contract);
  const known = new Set(contract.invariants.map(({ text }) => text));
  const found = new Map<string, Candidate>();
  for (const template of TEMPLATES)
    for (const candidate of template(site))
      if (!known.has(candidate.text)) found.set(candidate.text, candidate);
  return [...found.values()].slice(0, CANDIDATES_MAX).map((candidate) => clauseOf(contract, candidate));
}

/** The contract with invariants of these names among its own; null where one is no candidate. */
export function withFound(contract: Contract, names: readonly string[]): Contract | null {
  if (names.length === 0) return contract;
  const candidates = new Map(candidatesOf(contract).map((clause) => [clause.name, clause]));
  const found = names.map((name) => candidates.get(name));
  if (found.includes(undefined)) return null;
  return { ...contract, invariants: [...contract.invariants, ...(found as Clause[])] };
}

// ---- what they are made of -----------------------------------------------------------------------

type Candidate = { readonly text: string; readonly term: Term };

/** A word with the text that reads it. */
type Word = { readonly text: string; readonly term: Term; readonly type: Scalar };
/** Words that one key leads to, or none does: those of the state's plain variables. */
type Group = {
  /** Null for plain variables. */
  readonly key: Key | null;
  readonly words: readonly Word[];
  /** That the key is in a set, or that a map has an entry under it, with the words of that entry. */
  readonly members: readonly { readonly condition: Candidate; readonly words: readonly Word[] }[];
};
type Key = { readonly type: Type; readonly variables: readonly Bound[] };
/** Sizes of sets and sums over maps, and how many entries of a map are not zero. */
type Site = {
  readonly contract: Contract;
  readonly plain: Group;
  /** Those of plain variables last. */
  readonly groups: readonly Group[];
  readonly wholes: readonly Word[];
  readonly numbers: readonly Word[];
};

const BOOL: Scalar = { kind: 'Bool' };
const INT: Scalar = { kind: 'Int' };

function siteOf(contract: Contract): Site {
  const slots = contract.slots
    .map((slot, index) => ({ slot, index }))
    .filter(({ slot }) => slot.gone !== true);
  const plain: Group = {
    key: null,
    words: slots
      .filter(({ slot }) => slot.kind === 'value')
      .flatMap(({ slot, index }) => wordsOf(slot, index, null)),
    members: [],
  };
  const keyed = slots.filter(
    ({ slot }) => (slot.kind === 'map' || slot.kind === 'set') && isPlain(keyOf(slot)),
  );
  const byKey = Map.groupBy(keyed, ({ slot }) => typeText(keyOf(slot)));
  const groups = [...byKey.values()].map((same) => groupOf(contract, same));
  return {
    contract,
    plain,
    groups: [...groups, plain],
    wholes: slots.flatMap(({ slot, index }) => wholesOf(contract, slot, index)),
    numbers: numbersIn(contract),
  };
}

type Numbered = { readonly slot: Slot; readonly index: number };

function groupOf(contract: Contract, slots: readonly Numbered[]): Group {
  const type = keyOf(slots[0]!.slot);
  const variables = slots[0]!.slot.keys.map(
    (word, id): Bound => ({ id, name: keyName(contract), type: word }),
  );
  const key = { type, variables };
  const each = slots.map(({ slot, index }) => ({
    condition: presence(slot, index, variables),
    words: wordsOf(slot, index, variables),
  }));
  return { key, words: each.flatMap(({ words }) => words), members: each };
}

function presence(slot: Slot, index: number, variables: readonly Bound[]): Candidate {
  const keys = variables.map(boundTerm);
  const key = variables[0]!.name;
  return {
    text: slot.kind === 'set' ? `${key} in ${slot.name}` : `${slot.name}.has(${key})`,
    term: { kind: 'has', slot: index, keys, when: 'now', type: BOOL },
  };
}

/** Words of variants with fields cannot be read by a path, and texts, bytes and lists have no simple truths. */
function wordsOf(slot: Slot, index: number, variables: readonly Bound[] | null): readonly Word[] {
  const keys = variables?.map(boundTerm) ?? [];
  const object = variables === null ? slot.name : `${slot.name}[${variables[0]!.name}]`;
  return slot.fields.flatMap((leaf, field) => {
    if (!isReadable(slot.fields, leaf)) return [];
    const term: Term = { kind: 'load', slot: index, keys, field, when: 'now', type: leaf.type };
    return [{ text: leaf.path === '' ? object : `${object}.${leaf.path}`, term, type: leaf.type }];
  });
}

const READABLE = ['Int', 'Amount', 'Time', 'Duration', 'Ratio', 'Bool', 'Did', 'Tag'];

function isReadable(leaves: readonly Leaf[], { path, type, guards }: Leaf): boolean {
  if (guards.length > 0 || !READABLE.includes(type.kind)) return false;
  // The tag of an enum whose variants hold something is no value of its own.
  return type.kind !== 'Tag' || !leaves.some((leaf) => leaf.guards.length > 0 && leaf.path.startsWith(path));
}

function wholesOf(contract: Contract, slot: Slot, index: number): readonly Word[] {
  if (slot.kind === 'set')
    return [
      { text: `${slot.name}.size`, term: { kind: 'size', slot: index, when: 'now', type: INT }, type: INT },
    ];
  if (slot.kind !== 'map') return [];
  const keys = slot.keys.map((type, i): Bound => ({ id: 1000 * (index + 1) + i, name: 'k', type }));
  const values = slot.fields.map(
    ({ type }, i): Bound => ({ id: 1000 * (index + 1) + 100 + i, name: 'v', type }),
  );
  return slot.fields.flatMap((leaf, field) => {
    if (!isReadable(slot.fields, leaf)) return [];
    const { type, path } = leaf;
    const name = entryName(contract);
    const read = path === '' ? name : `${name}.${path}`;
    const value = boundTerm(values[field]!);
    const over = { slot: index, keys, values, when: 'now' as const };
    if (isNumber(type) && type.kind !== 'Time')
      return [
        {
          text: path === '' ? `sum(${slot.name})` : `sum(${slot.name}, ${name} => ${read})`,
          term: { kind: 'sum' as const, ...over, body: value, type },
          type,
        },
      ];
    if (type.kind !== 'Did' && type.kind !== 'Bool') return [];
    const counts = isZero({ text: read, term: value, type }, 'ne');
    const term: Term = { kind: 'count', ...over, body: counts.term, type: INT };
    return [{ text: `count(${slot.name}, ${name} => ${counts.text})`, term, type: INT }];
  });
}

function keyOf({ type }: Slot): Type {
  if (type.kind === 'Map') return type.key;
  if (type.kind === 'Set') return type.item;
  throw new Error(`${type.kind} has no key`);
}

function isPlain(type: Type): boolean {
  return leavesOf(type).every(({ guards }) => guards.length === 0);
}

function isNumber({ kind }: Scalar): boolean {
  return ['Int', 'Amount', 'Time', 'Duration', 'Ratio'].includes(kind);
}

// ---- templates ---------------------------------------------------------------------------------

/** What is needed most often stands first. */
const TEMPLATES: readonly ((site: Site) => readonly Candidate[])[] = [
  natural,
  past,
  accounts,
  solvent,
  totals,
  memberships,
  stages,
  ordered,
  bounded,
];

/** `x >= 0` */
function natural({ groups }: Site): readonly Candidate[] {
  return groups.flatMap((group) =>
    group.words
      .filter(({ type }) => isNumber(type))
      .map((word) => closed(group, binary('ge', word, zeroOf(word.type)))),
  );
}

/** What is noted of time has come to pass: `t <= now` */
function past({ groups }: Site): readonly Candidate[] {
  const now: Word = {
    text: 'now',
    term: { kind: 'env', name: 'now', when: 'now', type: { kind: 'Time' } },
    type: { kind: 'Time' },
  };
  return groups.flatMap((group) =>
    group.words
      .filter(({ type }) => type.kind === 'Time')
      .map((word) => closed(group, binary('le', word, now))),
  );
}

/** Who somebody is not, or that it is who deployed. */
function accounts({ plain }: Site): readonly Candidate[] {
  const dids = plain.words.filter(({ type }) => type.kind === 'Did');
  const env = (name: 'self' | 'creator'): Word => ({
    text: name,
    term: { kind: 'env', name, when: 'now', type: { kind: 'Did' } },
    type: { kind: 'Did' },
  });
  return dids.flatMap((who, i) => [
    isZero(who, 'ne'),
    binary('ne', who, env('self')),
    binary('eq', who, env('creator')),
    ...dids.slice(i + 1).map((other) => binary('ne', who, other)),
  ]);
}

/** What is owed is there: one amount, or the sum of one map, or all amounts of a currency together. */
function solvent({ contract, plain, wholes }: Site): readonly Candidate[] {
  return contract.currencies.flatMap(({ name }, currency) => {
    const type: Scalar = { kind: 'Amount', currency: name };
    const owed = [...plain.words, ...wholes].filter((word) => sameType(word.type, type));
    const self: Term = { kind: 'env', name: 'self', when: 'now', type: { kind: 'Did' } };
    const balance: Word = {
      text: `ledger.balance(self, ${name})`,
      term: { kind: 'host', name: 'ledger.balance', currency, args: [self], when: 'now', type },
      type,
    };
    const covered = owed.map((word) => binary('le', word, balance));
    const sums = owed.length < 2 ? [] : [owed.reduce((all, next) => ({ ...binary('add', all, next), type }))];
    const staged = plain.words
      .filter(isStage)
      .flatMap((stage) =>
        statesOf(stage).flatMap((state) => covered.map((candidate) => given(state, candidate))),
      );
    return [...covered, ...sums.map((all) => binary('le', all, balance)), ...staged];
  });
}

/** `total == sum(m)` */
function totals({ plain, wholes }: Site): readonly Candidate[] {
  return plain.words.flatMap((word) =>
    wholes.filter(({ type }) => sameType(type, word.type)).map((whole) => binary('eq', word, whole)),
  );
}

/** What stands under a key says that the key is known elsewhere, and what is known has something under it. */
function memberships({ groups }: Site): readonly Candidate[] {
  return groups.flatMap((group) =>
    group.members.flatMap(({ condition, words }) => [
      ...group.words
        .filter((word) => word.type.kind !== 'Tag' && !words.includes(word))
        .map((word) => closed(group, given(isZero(word, 'ne'), condition))),
      ...words
        .filter((word) => word.type.kind !== 'Tag')
        .map((word) => closed(group, given(condition, isZero(word, 'ne')))),
    ]),
  );
}

/** What is not set before a state, and what is set in it: `stage == Open ==> price == 0` */
function stages({ plain, groups }: Site): readonly Candidate[] {
  return groups.flatMap((group) => {
    const own = group.words.filter(isStage);
    const all = group === plain ? own : [...own, ...plain.words.filter(isStage)];
    return all.flatMap((stage) =>
      statesOf(stage).flatMap((state) =>
        group.words
          .filter((word) => word !== stage && word.type.kind !== 'Tag')
          .flatMap((word) => [
            closed(group, given(state, isZero(word, 'eq'))),
            ...(own.includes(stage) ? [closed(group, given(state, isZero(word, 'ne')))] : []),
          ]),
      ),
    );
  });
}

/** `a <= b`, of one key or of an entry and a plain variable. */
function ordered({ plain, groups }: Site): readonly Candidate[] {
  return groups.flatMap((group) => {
    const numbers = group.words.filter(({ type }) => isNumber(type));
    const above = group === plain ? numbers : [...numbers, ...plain.words];
    return numbers.flatMap((low) =>
      above
        .filter((high) => high !== low && sameType(high.type, low.type))
        .map((high) => closed(group, binary('le', low, high))),
    );
  });
}

/** Between the numbers that the code is written with. */
function bounded({ plain, groups, numbers }: Site): readonly Candidate[] {
  return groups.flatMap((group) =>
    group.words.flatMap((word) =>
      numbers
        .filter(({ type }) => sameType(type, word.type))
        .flatMap((bound) => [
          closed(group, binary('le', word, bound)),
          ...(group === plain ? [binary('ge', word, bound)] : []),
        ]),
    ),
  );
}

// ---- parts of clauses --------------------------------------------------------------------------

function isStage({ type }: Word): boolean {
  return type.kind === 'Tag' || type.kind === 'Bool';
}

function statesOf(stage: Word): readonly Candidate[] {
  if (stage.type.kind !== 'Tag')
    return [stage, { text: `!${stage.text}`, term: operation('not', [stage.term]) }];
  return stage.type.variants.map((variant, i) =>
    binary('eq', stage, { text: variant, term: constant(stage.type, BigInt(i)), type: stage.type }),
  );
}

/** That it is, or is not, what was never written. */
function isZero(word: Word, op: 'eq' | 'ne'): Candidate {
  const { type } = word;
  if (type.kind === 'Bool')
    return op === 'ne' ? word : { text: `!${word.text}`, term: operation('not', [word.term]) };
  const zero = type.kind === 'Did' ? { text: 'did""', term: constant(type, ''), type } : zeroOf(type);
  return binary(op, word, zero);
}

const SIGNS = { ge: '>=', le: '<=', eq: '==', ne: '!=', add: '+' } as const;

function binary(op: keyof typeof SIGNS, left: Word, right: Word): Candidate {
  const type = op === 'add' ? left.type : BOOL;
  return {
    text: `${left.text} ${SIGNS[op]} ${right.text}`,
    term: { kind: 'op', op, args: [left.term, right.term], type },
  };
}

function given(condition: Candidate, then: Candidate): Candidate {
  return {
    text: `${condition.text} ==> ${then.text}`,
    term: operation('implies', [condition.term, then.term]),
  };
}

function operation(op: 'implies' | 'not', args: readonly Term[]): Term {
  return { kind: 'op', op, args, type: BOOL };
}

/** For every key of the group. */
function closed({ key }: Group, { text, term }: Candidate): Candidate {
  if (key === null) return { text, term };
  const { variables, type } = key;
  return {
    text: `forall ${variables[0]!.name}: ${typeText(type)} { ${text} }`,
    term: { kind: 'forall', variables, body: term, type: BOOL },
  };
}

function clauseOf({ span }: Contract, { text, term }: Candidate): Clause {
  return { kind: 'invariant', name: text, text, term, unproved: false, message: null, found: true, span };
}

function boundTerm({ id, type }: Bound): Term {
  return { kind: 'bound', id, type };
}

function constant(type: Scalar, value: Constant): Term {
  return { kind: 'const', type, value };
}

// ---- names and numbers -------------------------------------------------------------------------

function keyName(contract: Contract): string {
  return freeName(contract, ['k', 'key', 'any_key']);
}

function entryName(contract: Contract): string {
  return freeName(contract, ['v', 'value', 'any_value']);
}

/** A local takes no name that is already visible. */
function freeName({ slots, functions }: Contract, names: readonly string[]): string {
  const taken = new Set([...slots, ...functions].map(({ name }) => name));
  return names.find((name) => !taken.has(name)) ?? names.at(-1)!;
}

/** What was never written, of a number. */
function zeroOf(type: Scalar): Word {
  const texts: { readonly [kind in Scalar['kind']]?: string } = {
    Time: '@1970-01-01T00:00Z',
    Duration: '0s',
    Ratio: '0%',
  };
  const text = type.kind === 'Amount' ? `0 ${type.currency}` : (texts[type.kind] ?? '0');
  return { text, term: constant(type, 0n), type };
}

const NUMBERS_MAX = 12;

/** The numbers that the code is written with, but zero. */
function numbersIn(contract: Contract): readonly Word[] {
  const found = new Map<string, Word>();
  const note = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return;
    const word = numberOf(contract, part);
    if (word !== null) found.set(`${typeText(word.type)} ${word.text}`, word);
    for (const child of Object.values(part)) note(child);
  };
  const asserted = (stmt: Stmt): boolean => stmt.kind === 'assert' || stmt.kind === 'ghost';
  for (const { body } of contract.functions) note(body.filter((stmt) => !asserted(stmt)));
  return [...found.values()].slice(0, NUMBERS_MAX);
}

function numberOf({ currencies }: Contract, part: object): Word | null {
  const { kind, type, value } = part as {
    readonly kind?: string;
    readonly type?: Scalar;
    readonly value?: Constant;
  };
  if (kind !== 'const' || type === undefined || typeof value !== 'bigint' || value <= 0n) return null;
  const term = constant(type, value);
  switch (type.kind) {
    case 'Int':
      return { text: String(value), term, type };
    case 'Duration':
      return { text: `${value}s`, term, type };
    case 'Ratio':
      return { text: `${decimalText(value, 4)}%`, term, type };
    case 'Amount': {
      const decimals = currencies.find(({ name }) => name === type.currency)?.decimals ?? 0;
      return { text: `${decimalText(value, decimals)} ${type.currency}`, term, type };
    }
    default:
      return null;
  }
}

/** `250` with two decimals is `2.50`. */
function decimalText(value: bigint, decimals: number): string {
  if (decimals === 0) return String(value);
  const digits = String(value).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
