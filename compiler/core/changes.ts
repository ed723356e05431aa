/**
 * `changes place, …` as a condition on the states before and after: every word of the state that no place covers is as
 * it was. In: the clause. Out: one term; keys of places are those on entry, ghosts are no part of the state.
 */
import { BOOL, INT, leavesOf, type Scalar, type Type, UNIT } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import type { Bound, Clause, Term, When } from './core.ts';
import { lineOf, type Source, typeOf } from './source.ts';
import { bindType, type Place, placeTerm, type Scope } from './terms.ts';

export function changesClause(scope: Scope, name: string, node: ast.Changes): Clause {
  const { span, unproved } = node;
  const text = node.places.map((place) => lineOf(scope.source, place)).join(', ');
  return { kind: 'changes', name, text, term: frameTerm(scope, node.places), unproved, message: null, span };
}

// ---- private -----------------------------------------------------------------------------------

function frameTerm(scope: Scope, exprs: readonly ast.Expr[]): Term {
  const places = exprs.map((expr) => {
    const place = placeTerm({ ...scope, when: 'old' }, expr);
    if (place === null) throw new Error('`changes` of no place');
    return { ...place, keys: place.keys.map(asWritten) };
  });
  const { fields, earlier } = scope.source;
  return all(
    fields.flatMap((field, slot) => {
      if (field.kind === 'ghost' || earlier?.gone.has(field)) return [];
      const own = places.filter((place) => place.slot === slot);
      return slotTerms(scope, field, slot, own);
    }),
  );
}

/** An index beyond the end is no place: nothing is there to change. */
function asWritten(key: Term): Term {
  return key.kind === 'op' && key.op === 'checkIndex' ? key.args[0]! : key;
}

/** What stays of one variable of the state. */
function slotTerms(
  scope: Scope,
  field: Source['fields'][number],
  slot: number,
  places: readonly Place[],
): readonly Term[] {
  const type = typeOf(scope.source, field);
  const size = same((when) => ({ kind: 'size', slot, when, type: INT }));
  switch (type.kind) {
    case 'Map':
      return isWhole(places) ? [] : [entriesTerm(scope, { slot, places, key: type.key, value: type.value })];
    case 'Set':
      return isWhole(places) ? [] : [entriesTerm(scope, { slot, places, key: type.item, value: UNIT }), size];
    case 'List':
      return isWhole(places) ? [] : [elementsTerm(scope, slot, places, type.item), size];
    default:
      return leavesOf(type).flatMap((leaf, index) =>
        places.some((place) => covers(place, index)) ? [] : [sameWord(slot, [], index, leaf.type)],
      );
  }
}

/** The name alone of a map, a set or a list. */
function isWhole(places: readonly Place[]): boolean {
  return places.some(({ keys }) => keys.length === 0);
}

type Entries = {
  readonly slot: number;
  readonly places: readonly Place[];
  readonly key: Type;
  readonly value: Type;
};

function entriesTerm(scope: Scope, { slot, places, key: keyType, value }: Entries): Term {
  const { variables, canonical } = bindType(scope, keyType);
  const key = variables.map(boundOf);
  const present = same((when) => ({ kind: 'has', slot, keys: key, when, type: BOOL }));
  const kept = [
    ...leavesOf(value).map((leaf, index) =>
      unless(touched(places, key, index), sameWord(slot, key, index, leaf.type)),
    ),
    unless(touched(places, key, null), present),
  ];
  const body = canonical.reduceRight((rest, is) => op('implies', [is, rest]), all(kept));
  return { kind: 'forall', variables, body, type: BOOL };
}

/** Every element up to the size. */
function elementsTerm(scope: Scope, slot: number, places: readonly Place[], item: Type): Term {
  const { variables } = bindType(scope, INT);
  const key = variables.map(boundOf);
  const [index] = key as [Term];
  const size: Term = { kind: 'size', slot, when: 'now', type: INT };
  const isInside = op('and', [
    op('le', [{ kind: 'const', type: INT, value: 0n }, index]),
    op('lt', [index, size]),
  ]);
  const kept = leavesOf(item).map((leaf, field) =>
    unless(touched(places, key, field), sameWord(slot, key, field, leaf.type)),
  );
  return { kind: 'forall', variables, body: op('implies', [isInside, all(kept)]), type: BOOL };
}

/** Whether one of the places is this word of the entry, or of its presence where `field` is null; null for never. */
function touched(places: readonly Place[], key: readonly Term[], field: number | null): Term | null {
  const hits = places
    .filter((place) => field === null || covers(place, field))
    .map((place) => all(place.keys.map((word, index) => op('eq', [key[index]!, word]))));
  return hits.length === 0 ? null : hits.reduce((left, right) => op('or', [left, right]));
}

function covers({ start, type }: Place, field: number): boolean {
  return field >= start && field < start + leavesOf(type).length;
}

function unless(hit: Term | null, kept: Term): Term {
  return hit === null ? kept : op('or', [hit, kept]);
}

function sameWord(slot: number, keys: readonly Term[], field: number, type: Scalar): Term {
  return same((when) => ({ kind: 'load', slot, keys, field, when, type }));
}

function same(read: (when: When) => Term): Term {
  return op('eq', [read('now'), read('old')]);
}

function boundOf({ id, type }: Bound): Term {
  return { kind: 'bound', id, type };
}

function all(terms: readonly Term[]): Term {
  const [first, ...others] = terms;
  if (first === undefined) return { kind: 'const', type: BOOL, value: true };
  return others.reduce((left, right) => op('and', [left, right]), first);
}

function op(name: 'eq' | 'or' | 'and' | 'implies' | 'le' | 'lt', args: readonly Term[]): Term {
  return { kind: 'op', op: name, args, type: BOOL };
}
