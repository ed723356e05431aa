/**
 * Writes of lifecycle values in the state: each is an obligation, and code that refuses what is no transition. A value
 * may also be written over by itself. An entry of a map is removed only from a state without outgoing transitions.
 */
import { BOOL, type Leaf, leavesOf, type Tag } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { type Builder, emit, fresh, local, operate } from './builder.ts';
import { constant } from './constant.ts';
import type { Atom, Term } from './core.ts';
import type { StatePlace } from './place.ts';

/** Before `values` are written to the place. */
export function checkTransitions(
  builder: Builder,
  place: StatePlace,
  values: readonly Atom[],
  span: ast.Span,
): void {
  for (const { tag, atom, index, what } of stagesIn(builder, place, span)) {
    const value = values[index]!;
    const fixed = value.kind === 'const' && typeof value.value === 'bigint' ? Number(value.value) : null;
    const text =
      fixed === null ? `${what} changes as ${tag.name} allows` : `${what} may become ${tag.variants[fixed]}`;
    const states = tag.variants.map((_, from) => {
      const allowed = [from, ...tag.next[from]!];
      const becomes = allowed.map((to) => same(builder, value, tag, to));
      return implies(same(builder, atom, tag, from), anyOf(becomes));
    });
    claim(builder, what, text, allOf(states), span);
    if (fixed === null) refuseOthers(builder, tag, atom, value, span);
    else refuseInto(builder, tag, atom, fixed, span);
  }
}

/** Before the entry at the place is removed. */
export function checkEnded(builder: Builder, place: StatePlace, span: ast.Span): void {
  for (const { tag, atom, what } of stagesIn(builder, place, span)) {
    const ends = tag.variants.flatMap((_, from) =>
      tag.next[from]!.length === 0 ? [same(builder, atom, tag, from)] : [],
    );
    claim(builder, what, `${what} has ended`, anyOf(ends), span);
    tag.variants.forEach((name, from) => {
      if (tag.next[from]!.length > 0)
        refuse(builder, tag, atom, from, `${name} is no end: what is in it cannot be removed`, span);
    });
  }
}

// ---- private -----------------------------------------------------------------------------------

type LifecycleTag = Tag & { readonly next: NonNullable<Tag['next']> };

/** A lifecycle word at a place: its value now, and which of the place's words it is. */
type Stage = {
  readonly tag: LifecycleTag;
  readonly atom: Atom;
  readonly index: number;
  readonly what: string;
};

function stagesIn(builder: Builder, place: StatePlace, span: ast.Span): readonly Stage[] {
  const { slot, keys, start } = place;
  return leavesOf(place.type).flatMap((leaf, index) => {
    const tag = lifecycleOf(leaf);
    if (tag === null) return [];
    const target = fresh(builder, tag, span);
    emit(builder, { kind: 'load', span, target, place: { slot, keys, field: start + index } });
    const name = builder.source.fields[slot]!.name.text;
    return [{ tag, atom: local(target), index, what: leaf.path === '' ? name : `${name}.${leaf.path}` }];
  });
}

function lifecycleOf({ type }: Leaf): LifecycleTag | null {
  return type.kind === 'Tag' && type.next !== null ? { ...type, next: type.next } : null;
}

function claim(builder: Builder, what: string, text: string, term: Term, span: ast.Span): void {
  builder.stages += 1;
  const name = `lifecycle ${what}${builder.stages === 1 ? '' : ` ${builder.stages}`}`;
  const clause = { kind: 'assert', name, text, term, unproved: false, message: null, span } as const;
  emit(builder, { kind: 'assert', span, clause });
}

/** The new state is known: each state that cannot become it is refused by name. */
function refuseInto(builder: Builder, tag: LifecycleTag, now: Atom, to: number, span: ast.Span): void {
  tag.variants.forEach((name, from) => {
    if (from === to || tag.next[from]!.includes(to)) return;
    refuse(builder, tag, now, from, `${name} cannot become ${tag.variants[to]}`, span);
  });
}

function refuse(builder: Builder, tag: Tag, now: Atom, from: number, message: string, span: ast.Span): void {
  const condition = operate(builder, 'ne', [now, constant(tag, BigInt(from))], BOOL, span);
  emit(builder, { kind: 'require', span, condition, message, clause: -1 });
}

function refuseOthers(builder: Builder, tag: LifecycleTag, now: Atom, value: Atom, span: ast.Span): void {
  const either = (left: Atom, right: Atom) => operate(builder, 'or', [left, right], BOOL, span);
  tag.variants.forEach((name, from) => {
    const next = tag.next[from]!;
    const becomes = [from, ...next].map((to) =>
      operate(builder, 'eq', [value, constant(tag, BigInt(to))], BOOL, span),
    );
    const elsewhere = operate(builder, 'ne', [now, constant(tag, BigInt(from))], BOOL, span);
    const names = next.map((to) => tag.variants[to]).join(' or ');
    const message = next.length === 0 ? `${name} is an end` : `${name} can only become ${names}`;
    const condition = [elsewhere, ...becomes].reduce(either);
    emit(builder, { kind: 'require', span, condition, message, clause: -1 });
  });
}

// ---- terms

function same(builder: Builder, atom: Atom, tag: Tag, index: number): Term {
  return { kind: 'op', op: 'eq', args: [termOf(builder, atom), constant(tag, BigInt(index))], type: BOOL };
}

function termOf(builder: Builder, atom: Atom): Term {
  switch (atom.kind) {
    case 'const':
      return atom;
    case 'local':
      return { kind: 'local', id: atom.id, type: builder.locals[atom.id]!.type };
    case 'env':
      throw new Error(`${atom.name} is no state of a lifecycle`);
  }
}

function implies(left: Term, right: Term): Term {
  return { kind: 'op', op: 'implies', args: [left, right], type: BOOL };
}

function anyOf(terms: readonly Term[]): Term {
  return terms.reduce(
    (all, next) => ({ kind: 'op', op: 'or', args: [all, next], type: BOOL }),
    constant(BOOL, false),
  );
}

function allOf(terms: readonly Term[]): Term {
  return terms.reduce(
    (all, next) => ({ kind: 'op', op: 'and', args: [all, next], type: BOOL }),
    constant(BOOL, true),
  );
}
