/** Places in the state: a slot, the key words, and which of its words. */
import { ungroup } from '../check/checker.ts';
import { INT, type List, leavesOf, type Type, wordsOfField } from '../check/types.ts';
import { isOld } from '../resolve/resolve.ts';
import type * as ast from '../syntax/ast.ts';
import { type Builder, emit, fresh, local, operate } from './builder.ts';
import type { Atom } from './core.ts';
import { lowerValue } from './expression.ts';
import { type Expr, indexIn, type Source, typeOf } from './source.ts';
import { readWhole, writeWhole } from './whole.ts';

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
    case 'index':
      return indexPlace(builder, target);
    case 'call':
      // Only an upgrade has `old` in its code: what only the version before had stays as it was.
      return isOld(target) ? lowerPlace(builder, target.args[0]!) : null;
    default:
      return null;
  }
}

/** An entry of a map, or an element of a list in the state, whose index is checked here. */
function indexPlace(builder: Builder, target: Expr<'index'>): StatePlace | null {
  const { source } = builder;
  const slot = slotOf(source, target.object);
  const type = typeOf(source, target.object);
  if (slot === null || (type.kind !== 'Map' && type.kind !== 'List')) return null;
  const keys = lowerValue(builder, target.index);
  if (type.kind === 'Map' || builder.ended) return { slot, keys, start: 0, type: elementType(type) };
  const index = checkIndex(builder, keys[0]!, sizeOf(builder, slot, target.span), target.span);
  return { slot, keys: [index], start: 0, type: type.item };
}

function elementType(type: Extract<Type, { readonly kind: 'Map' | 'List' }>): Type {
  return type.kind === 'Map' ? type.value : type.item;
}

/** The index, which reverts unless it is within. */
export function checkIndex(builder: Builder, index: Atom, length: Atom, span: ast.Span): Atom {
  return operate(builder, 'checkIndex', [index, length], INT, span, ['index']);
}

/** The number of elements of a set or a list in the state. */
export function sizeOf(builder: Builder, slot: number, span: ast.Span): Atom {
  const target = fresh(builder, INT, span);
  emit(builder, { kind: 'size', span, target, slot });
  return local(target);
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
  if (isOld(name)) return slotOf(source, name.args[0]!);
  const entity = name.kind === 'name' ? source.analysed.entities.get(name) : undefined;
  if (entity?.kind !== 'state' && entity?.kind !== 'ghost') return null;
  return indexIn(source.fields, source.earlier?.kept.get(entity.node) ?? entity.node);
}

/** The slot of the set or the list in the state that an expression names; null when it names none. */
export function collectionOf(source: Source, expr: ast.Expr): number | null {
  const { kind } = typeOf(source, expr);
  return kind === 'Set' || kind === 'List' ? slotOf(source, expr) : null;
}

/** Reads every word of a place. */
export function readPlace(builder: Builder, place: StatePlace, span: ast.Span): readonly Atom[] {
  if (isWhole(builder, place)) return [readWhole(builder, place.slot, place.type, span)];
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
  if (isWhole(builder, place)) {
    if (!builder.ended) writeWhole(builder, slot, place.type, values[0]!, span);
    return;
  }
  values.forEach((value, index) => {
    emit(builder, { kind: 'store', span, place: { slot, keys, field: start + index }, value });
  });
}

/** A variable of the state that is a list, and not an element of it. */
function isWhole(builder: Builder, place: StatePlace): place is StatePlace & { readonly type: List } {
  const { fields } = builder.source;
  return place.keys.length === 0 && typeOf(builder.source, fields[place.slot]!).kind === 'List';
}
