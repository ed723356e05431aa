/** Places in the state: a slot, the key words, and which of its words. */
import { ungroup } from '../check/checker.ts';
import { leavesOf, type Type, wordsOfField } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { type Builder, emit, fresh, local } from './builder.ts';
import type { Atom } from './core.ts';
import { lowerValue } from './expression.ts';
import { indexIn, type Source, typeOf } from './source.ts';

/** `start`: the first of the words that a value of `type` has here. */
export type StatePlace = {
  readonly slot: number;
  readonly keys: readonly Atom[];
  readonly start: number;
  readonly type: Type;
};

/** The place in the state that an expression names, its index evaluated; null when it names none. */
export function lowerPlace(builder: Builder, expr: ast.Expr): StatePlace | null {
  const target = ungroup(expr);
  const { source } = builder;
  switch (target.kind) {
    case 'name': {
      const slot = slotOf(source, target);
      return slot === null ? null : { slot, keys: [], start: 0, type: typeOf(source, source.fields[slot]!) };
    }
    case 'field':
      return fieldPlace(lowerPlace(builder, target.object), target.name.text);
    case 'index': {
      const map = lowerPlace(builder, target.object);
      if (map?.type.kind !== 'Map') return null;
      return { ...map, keys: lowerValue(builder, target.index), type: map.type.value };
    }
    default:
      return null;
  }
}

function fieldPlace(object: StatePlace | null, name: string): StatePlace | null {
  const field = object === null ? null : wordsOfField(object.type, name);
  return object === null || field === null
    ? null
    : { ...object, start: object.start + field.start, type: field.type };
}

/** The index of the state variable that a name stands for. */
export function slotOf(source: Source, expr: ast.Expr): number | null {
  const name = ungroup(expr);
  const entity = name.kind === 'name' ? source.analysed.entities.get(name) : undefined;
  return entity?.kind === 'state' || entity?.kind === 'ghost' ? indexIn(source.fields, entity.node) : null;
}

/** The slot of the set that an expression names; null when it names none. */
export function setOf(source: Source, expr: ast.Expr): number | null {
  return typeOf(source, expr).kind === 'Set' ? slotOf(source, expr) : null;
}

/** Reads every word of a place. */
export function readPlace(builder: Builder, place: StatePlace, span: ast.Span): readonly Atom[] {
  return leavesOf(place.type).map((leaf, index) => {
    const target = fresh(builder, leaf.type, span);
    const { slot, keys, start } = place;
    emit(builder, { kind: 'load', span, target, place: { slot, keys, field: start + index } });
    return local(target);
  });
}

/** Writes every word of a place. */
export function writePlace(
  builder: Builder,
  place: StatePlace,
  values: readonly Atom[],
  span: ast.Span,
): void {
  const { slot, keys, start } = place;
  values.forEach((value, index) => {
    emit(builder, { kind: 'store', span, place: { slot, keys, field: start + index }, value });
  });
}
