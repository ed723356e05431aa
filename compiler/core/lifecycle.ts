/**
 * Writes of lifecycle values in the state: each is an obligation, and code that refuses what is no transition. A value
 * may also be written over by itself. An entry of a map, or the last element of a list, goes only from a state without
 * outgoing transitions.
 */
import { BOOL, type Leaf, leavesOf, type Tag, type Type } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { type Builder, emit, fresh, local, operate, wordName } from './builder.ts';
import { constant } from './constant.ts';
import type { Atom, Term } from './core.ts';
import type { StatePlace } from './place.ts';
import { typeOf } from './source.ts';

/** Before `values` are written to the place. */
export function checkTransitions(
  builder: Builder,
  place: StatePlace,
  values: readonly Atom[],
  span: ast.Span,
): void {
  for (const stage of stagesIn(builder, place, span)) {
    checkStage(builder, stage, values[stage.index]!, span);
  }
}

/** Before an element is added to a list: until then it is in the first state. */
export function checkAdded(
  builder: Builder,
  slot: number,
  type: Type,
  values: readonly Atom[],
  span: ast.Span,
): void {
  leavesOf(type).forEach((leaf, index) => {
    const tag = lifecycleOf(leaf);
    if (tag === null) return;
    const what = nameOfWord(builder, slot, index);
    const stage: Stage = { tag, atom: constant(tag, 0n), index, what };
    checkStage(builder, stage, values[index]!, span);
  });
}

/** Before the entry at the place is removed. */
export function checkEnded(builder: Builder, place: StatePlace, span: ast.Span): void {
  for (const stage of stagesIn(builder, place, span)) {
    const { tag, what } = stage;
    const open = indicesOf(tag).filter((state) => tag.next[state]!.length > 0);
    const message = (state: number) => `${tag.variants[state]} is no end: what is in it cannot be removed`;
    checkNoneOf(builder, stage, open, { text: `${what} has ended`, message, span });
  }
}

// ---- private -----------------------------------------------------------------------------------

function checkStage(builder: Builder, stage: Stage, value: Atom, span: ast.Span): void {
  if (value.kind === 'const') checkInto(builder, stage, Number(value.value), span);
  else checkAny(builder, stage, value, span);
}

/** The new state is known: each state that cannot become it is refused by name. */
function checkInto(builder: Builder, stage: Stage, to: number, span: ast.Span): void {
  const { tag, what } = stage;
  const others = indicesOf(tag).filter((from) => from !== to && !tag.next[from]!.includes(to));
  const message = (from: number) => `${tag.variants[from]} cannot become ${tag.variants[to]}`;
  checkNoneOf(builder, stage, others, { text: `${what} may become ${tag.variants[to]}`, message, span });
}

type Refusal = {
  readonly text: string;
  readonly message: (state: number) => string;
  readonly span: ast.Span;
};

/** The value now is none of these states. */
function checkNoneOf(
  builder: Builder,
  { tag, atom, what }: Stage,
  states: readonly number[],
  { text, message, span }: Refusal,
): void {
  const apart = states.map((state) => compared(builder, 'ne', atom, constant(tag, BigInt(state))));
  claim(builder, what, text, apart, span);
  for (const state of states) {
    const condition = operate(builder, 'ne', [atom, constant(tag, BigInt(state))], BOOL, span);
    emit(builder, { kind: 'require', span, condition, message: message(state), clause: -1 });
  }
}

/** The new state is computed: whatever is now, it is one that it can become. */
function checkAny(builder: Builder, { tag, atom, what }: Stage, value: Atom, span: ast.Span): void {
  const states = indicesOf(tag).map((from) =>
    reachable(tag, from)
      .map((to) => compared(builder, 'eq', value, constant(tag, BigInt(to))))
      .reduce(
        (any, next) => joined('or', any, next),
        compared(builder, 'ne', atom, constant(tag, BigInt(from))),
      ),
  );
  claim(builder, what, `${what} changes as ${tag.name} allows`, states, span);
  for (const from of indicesOf(tag)) {
    const becomes = reachable(tag, from).map((to) =>
      operate(builder, 'eq', [value, constant(tag, BigInt(to))], BOOL, span),
    );
    const elsewhere = operate(builder, 'ne', [atom, constant(tag, BigInt(from))], BOOL, span);
    const condition = becomes.reduce(
      (any, next) => operate(builder, 'or', [any, next], BOOL, span),
      elsewhere,
    );
    emit(builder, { kind: 'require', span, condition, message: onlyBecomes(tag, from), clause: -1 });
  }
}

function reachable(tag: LifecycleTag, from: number): readonly number[] {
  return [from, ...tag.next[from]!];
}

function onlyBecomes(tag: LifecycleTag, from: number): string {
  const names = tag.next[from]!.map((to) => tag.variants[to]);
  return names.length === 0
    ? `${tag.variants[from]} is an end`
    : `${tag.variants[from]} can only become ${names.join(' or ')}`;
}

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
    return [{ tag, atom: local(target), index, what: nameOfWord(builder, slot, start + index) }];
  });
}

/** `motions.stage`: what stands in the state, and which part of it. */
function nameOfWord({ source }: Builder, slot: number, index: number): string {
  const field = source.fields[slot]!;
  const type = typeOf(source, field);
  const kept = type.kind === 'Map' ? type.value : type.kind === 'List' ? type.item : type;
  const { path } = leavesOf(kept)[index]!;
  return wordName(field.name.text, path);
}

function lifecycleOf({ type }: Leaf): LifecycleTag | null {
  return type.kind === 'Tag' && type.next !== null ? { ...type, next: type.next } : null;
}

function claim(
  builder: Builder,
  what: string,
  text: string,
  conditions: readonly Term[],
  span: ast.Span,
): void {
  const [first, ...others] = conditions;
  if (first === undefined) return;
  builder.stages += 1;
  const name = `lifecycle ${what}${builder.stages === 1 ? '' : ` ${builder.stages}`}`;
  const term = others.reduce((all, next) => joined('and', all, next), first);
  const clause = { kind: 'assert', name, text, term, unproved: false, message: null, span } as const;
  emit(builder, { kind: 'assert', span, clause });
}

function indicesOf(tag: Tag): readonly number[] {
  return [...tag.variants.keys()];
}

function compared(builder: Builder, op: 'eq' | 'ne', left: Atom, right: Atom): Term {
  return { kind: 'op', op, args: [termOf(builder, left), termOf(builder, right)], type: BOOL };
}

function joined(op: 'and' | 'or', left: Term, right: Term): Term {
  return { kind: 'op', op, args: [left, right], type: BOOL };
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
