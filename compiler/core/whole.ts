/**
 * Lists in the state as values: elements are read into a list, and a list takes the place of all of them. Both are loops
 * over the elements, with invariants that say how far they have come.
 */
import { BOOL, INT, type List, leavesOf } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { apart, type Builder, emit, fresh, local, operate } from './builder.ts';
import { constant } from './constant.ts';
import type { AssertClause, Atom, LocalId, OpName, Term } from './core.ts';
import { wordsAt } from './expression.ts';
import { sizeOf } from './place.ts';
import { typeOf } from './source.ts';
import { elementOf } from './statement.ts';

/** Elements of a set or a list in the state: those from `from` on, up to before `to`. */
export type Part = {
  readonly slot: number;
  /** Of the list that they are read into. */
  readonly type: List;
  readonly from: Atom;
  readonly to: Atom;
  /** How many elements that are, in the author's words. */
  readonly turns: string;
};

/** The elements as a list. */
export function readPart(builder: Builder, part: Part, span: ast.Span): Atom {
  const { slot, type, from } = part;
  const list = fresh(builder, type, span);
  emit(builder, { kind: 'copy', span, target: list, value: constant(type, []) });
  const index = fresh(builder, INT, span);
  const { stmts: body } = apart(builder, () => {
    const words = leavesOf(type.item).map((leaf) => fresh(builder, leaf.type, span));
    elementOf(builder, slot, words, local(index), span);
    const args = [local(list), ...words.map(local)];
    emit(builder, { kind: 'op', span, target: list, op: 'append', args, reverts: [] });
  });
  const held: Term = { kind: 'local', id: list, type };
  const count = less(indexTerm(index), termOf(builder, from));
  const terms = [op('eq', [op('length', [held], INT), count], BOOL)];
  if (typeOf(builder.source, builder.source.fields[slot]!).kind === 'List')
    terms.push(sameElements(part, held, count, termOf(builder, from)));
  const text = `what was read of ${nameOf(builder, slot)}`;
  emitLoop(builder, { ...part, index, body, invariants: invariantsOf(builder, terms, text, span) }, span);
  return local(list);
}

/** All elements of a list in the state, as a list. */
export function readWhole(builder: Builder, slot: number, type: List, span: ast.Span): Atom {
  const to = sizeOf(builder, slot, span);
  return readPart(builder, { slot, type, from: ZERO, to, turns: nameOf(builder, slot) }, span);
}

/** The elements of `list` take the place of all that there are. */
export function writeWhole(builder: Builder, slot: number, type: List, list: Atom, span: ast.Span): void {
  emit(builder, { kind: 'clear', span, slot });
  const to = operate(builder, 'length', [list], INT, span);
  const index = fresh(builder, INT, span);
  const { stmts: body } = apart(builder, () => {
    const keys = wordsAt(builder, list, local(index), type.item, span);
    emit(builder, { kind: 'add', span, slot, keys, reverts: [] });
  });
  const size: Term = { kind: 'size', slot, when: 'now', type: INT };
  const part: Part = { slot, type, from: ZERO, to, turns: nameOf(builder, slot) };
  const held = sameElements(part, termOf(builder, list), indexTerm(index), termOf(builder, ZERO));
  const terms = [op('eq', [size, indexTerm(index)], BOOL), held];
  const text = `what was written to ${nameOf(builder, slot)}`;
  emitLoop(builder, { ...part, index, body, invariants: invariantsOf(builder, terms, text, span) }, span);
}

// ---- private -----------------------------------------------------------------------------------

const ZERO = constant(INT, 0n);

type Loop = Part & {
  readonly index: LocalId;
  readonly body: ReturnType<typeof apart>['stmts'];
  readonly invariants: readonly AssertClause[];
};

/** A list of the type has room for all, so that there never is a turn too many. */
function emitLoop(builder: Builder, { type, from, to, turns, ...loop }: Loop, span: ast.Span): void {
  const { index, body, invariants } = loop;
  const bound = type.capacity;
  emit(builder, { kind: 'loop', span, index, from, to, bound, turns, invariants, body, reverts: [] });
}

/** So many elements of the list are those of the state, from `from` on. */
function sameElements({ slot, type }: Part, list: Term, count: Term, from: Term): Term {
  const index: Term = { kind: 'bound', id: 0, type: INT };
  const within = op('and', [op('le', [zeroTerm(), index], BOOL), op('lt', [index, count], BOOL)], BOOL);
  const same = leavesOf(type.item).map((leaf, field) => {
    const there = {
      kind: 'load',
      slot,
      keys: [more(index, from)],
      field,
      when: 'now',
      type: leaf.type,
    } as const;
    const here = op('at', [list, index, { kind: 'const', type: INT, value: BigInt(field) }], leaf.type);
    return op('eq', [here, there], BOOL);
  });
  const all = same.reduce((left, right) => op('and', [left, right], BOOL));
  const variables = [{ id: 0, name: 'i', type: INT }];
  return { kind: 'forall', variables, body: op('implies', [within, all], BOOL), type: BOOL };
}

function invariantsOf(
  builder: Builder,
  terms: readonly Term[],
  text: string,
  span: ast.Span,
): readonly AssertClause[] {
  builder.loops += 1;
  return terms.map((term, index) => {
    const name = `loop_${builder.loops}.invariant_${index + 1}`;
    return { kind: 'assert', name, text, term, unproved: false, message: null, span };
  });
}

function nameOf({ source }: Builder, slot: number): string {
  return source.fields[slot]!.name.text;
}

function indexTerm(id: LocalId): Term {
  return { kind: 'local', id, type: INT };
}

function zeroTerm(): Term {
  return { kind: 'const', type: INT, value: 0n };
}

function isZero(term: Term): boolean {
  return term.kind === 'const' && term.value === 0n;
}

function more(term: Term, by: Term): Term {
  return isZero(by) ? term : op('add', [term, by], INT);
}

function less(term: Term, by: Term): Term {
  return isZero(by) ? term : op('sub', [term, by], INT);
}

function op(name: OpName | 'implies', args: readonly Term[], type: Term['type']): Term {
  return { kind: 'op', op: name, args, type };
}

function termOf(builder: Builder, atom: Atom): Term {
  if (atom.kind === 'env') throw new Error(`${atom.name} is no list and no index`);
  return atom.kind === 'const' ? atom : { kind: 'local', id: atom.id, type: builder.locals[atom.id]!.type };
}
