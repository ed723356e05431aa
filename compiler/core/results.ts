/**
 * What an interface says of a result, as code that gives such a result: `result == x + 1` is computed, `result >= x` is
 * a least value. In: a method, and the locals that have what would be answered else. Out: statements that correct them. What
 * stands in another form is for its check to refuse.
 */
import { BOOL } from '../check/types.ts';
import { termProgram } from './clauses.ts';
import type { Atom, Clause, Contract, Local, LocalId, Method, Stmt, Term } from './core.ts';
import { inlineProgram } from './rewrite.ts';
import { zeroOf } from './variant.ts';

export type Said = {
  /** On entry. */
  readonly before: readonly Stmt[];
  readonly stmts: readonly Stmt[];
};

/** Bounds come first: an equation decides. `locals` gets what is computed on the way. */
export function resultsSaid(
  contract: Contract,
  { ensures }: Method,
  locals: Local[],
  results: readonly LocalId[],
): Said {
  const all = ensures.flatMap((clause) => parts(clause.term).map((term) => ({ clause, term })));
  const relations = all.flatMap(({ clause, term }) => relationsIn(clause, term));
  const ordered = [
    ...relations.filter(({ op }) => op !== 'eq'),
    ...relations.filter(({ op }) => op === 'eq'),
  ];
  const before: Stmt[] = [];
  const stmts: Stmt[] = [];
  for (const relation of ordered) {
    const code = correct(contract, relation, locals, results);
    before.push(...code.before);
    stmts.push(...code.stmts);
  }
  return { before, stmts };
}

// ---- private -----------------------------------------------------------------------------------

type Relation = {
  readonly clause: Clause;
  /** What the result is, as to the other side. */
  readonly op: 'eq' | 'ge' | 'gt' | 'le' | 'lt';
  readonly index: number;
  readonly other: Term;
};

const MIRRORED = { eq: 'eq', ge: 'le', gt: 'lt', le: 'ge', lt: 'gt' } as const;

function parts(term: Term): readonly Term[] {
  return term.kind === 'op' && term.op === 'and' ? term.args.flatMap(parts) : [term];
}

function relationsIn(clause: Clause, term: Term): readonly Relation[] {
  if (term.kind !== 'op' || !(term.op in MIRRORED)) return [];
  const op = term.op as Relation['op'];
  const [left, right] = term.args as readonly [Term, Term];
  if (left.kind === 'result' && !hasResult(right)) return [{ clause, op, index: left.index, other: right }];
  if (right.kind === 'result' && !hasResult(left))
    return [{ clause, op: MIRRORED[op], index: right.index, other: left }];
  return [];
}

function hasResult(part: unknown): boolean {
  if (Array.isArray(part)) return part.some(hasResult);
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return false;
  return (part as { readonly kind?: unknown }).kind === 'result' || Object.values(part).some(hasResult);
}

function correct(
  contract: Contract,
  { clause, op, index, other }: Relation,
  locals: Local[],
  results: readonly LocalId[],
): Said {
  const { span } = clause;
  const found = inlineProgram(termProgram(contract, other, span), locals, span, (input) => {
    if (input.kind === 'local') return { kind: 'local', id: input.id };
    return input.kind === 'env' ? { kind: 'env', name: input.name } : null;
  });
  const target = results[index];
  if (found === null || target === undefined) return NOTHING;
  const { type } = locals[target]!;
  const set: Stmt = { kind: 'copy', span, target, value: found.value };
  if (op === 'eq') return { before: found.before, stmts: [...found.stmts, set] };
  // Only numbers have an order.
  const isKept = locals.push({ name: 'kept', type: BOOL, span }) - 1;
  const given: Atom = { kind: 'local', id: target };
  const asked: Stmt = { kind: 'op', span, target: isKept, op, args: [given, found.value], reverts: [] };
  const one: Atom = { ...zeroOf(type), value: 1n };
  const reverts = [{ reason: 'overflow', span }] as const;
  const step = (by: 'add' | 'sub'): Stmt => ({
    kind: 'op',
    span,
    target,
    op: by,
    args: [given, one],
    reverts,
  });
  const mended = [set, ...(op === 'gt' ? [step('add')] : []), ...(op === 'lt' ? [step('sub')] : [])];
  const condition: Atom = { kind: 'local', id: isKept };
  // biome-ignore lint/suspicious/noThenProperty: the core's word for the first branch; nobody awaits statements
  const mend: Stmt = { kind: 'if', span, condition, then: [], otherwise: mended };
  return { before: found.before, stmts: [...found.stmts, asked, mend] };
}

const NOTHING: Said = { before: [], stmts: [] };
