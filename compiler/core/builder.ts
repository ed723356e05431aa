/** A function of the core while it is being made: statements are appended, locals numbered, ends noticed. */
import { leavesOf, type Scalar, type Type } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import type { Atom, Local, LocalId, OpName, Revert, Stmt } from './core.ts';
import type { Source } from './source.ts';

/** Statements in the making. */
export type Emitter = {
  readonly locals: Local[];
  out: Stmt[];
  /** The statements so far always return or fail: what follows is not reached and not made. */
  ended: boolean;
};

export type Builder = Emitter & {
  readonly source: Source;
  /** The words of parameters and local variables, by declaration. */
  readonly variables: Map<ast.AnyNode, readonly LocalId[]>;
  /** Words of `var` variables: they can change between two reads. */
  readonly mutable: Set<LocalId>;
  /** In a hook, how many periods went by. */
  periods: LocalId | null;
  /** How many `assert`s were met, for their names. */
  asserts: number;
  /** How many writes of lifecycles were met. */
  stages: number;
  /** How many loops were met. */
  loops: number;
};

export function newBuilder(source: Source): Builder {
  return {
    source,
    locals: [],
    variables: new Map(),
    mutable: new Set(),
    periods: null,
    asserts: 0,
    stages: 0,
    loops: 0,
    out: [],
    ended: false,
  };
}

export function emit(builder: Emitter, stmt: Stmt): void {
  if (builder.ended) return;
  builder.out.push(stmt);
  if (stmt.kind === 'return' || stmt.kind === 'fail') builder.ended = true;
}

/** A new local for the result of an operation; `''` is the name of what the author did not name. */
export function fresh(builder: Emitter, type: Scalar, span: ast.Span, name = ''): LocalId {
  builder.locals.push({ name, type, span });
  return builder.locals.length - 1;
}

export function local(id: LocalId): Atom {
  return { kind: 'local', id };
}

/** Binds the result of an operation to a new local. */
export function operate(
  builder: Emitter,
  op: OpName,
  args: readonly Atom[],
  type: Scalar,
  span: ast.Span,
  reverts: readonly Revert['reason'][] = [],
): Atom {
  const target = fresh(builder, type, span);
  emit(builder, { kind: 'op', span, target, op, args, reverts: reverts.map((reason) => ({ reason, span })) });
  return local(target);
}

/** Declares the words of a variable as new locals, named by their paths. */
export function declareWords(
  builder: Builder,
  declaration: ast.AnyNode,
  name: string,
  type: Type,
  span: ast.Span,
): readonly LocalId[] {
  const ids = leavesOf(type).map((leaf) => fresh(builder, leaf.type, span, wordName(name, leaf.path)));
  builder.variables.set(declaration, ids);
  return ids;
}

export function wordName(name: string, path: string): string {
  return path === '' ? name : `${name}.${path}`;
}

/** The statements that `make` appends, apart from those around them; whether they always return. */
export function apart(
  builder: Emitter,
  make: () => void,
): { readonly stmts: readonly Stmt[]; readonly ended: boolean } {
  const { out, ended } = builder;
  builder.out = [];
  make();
  const made = { stmts: builder.out, ended: builder.ended };
  builder.out = out;
  builder.ended = ended;
  return made;
}

/** An `if` of the core. */
export function branch(condition: Atom, span: ast.Span, yes: readonly Stmt[], no: readonly Stmt[]): Stmt {
  // biome-ignore lint/suspicious/noThenProperty: the core's word for the first branch; nobody awaits statements
  return { kind: 'if', span, condition, then: yes, otherwise: no };
}
