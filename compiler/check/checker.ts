/** What the parts of the checker share: where an expression stands, and the side tables that checking fills. */
import type { HostFunction } from '../builtins.ts';
import { type Diagnostic, type DiagnosticCode, diagnose, type HolesOf } from '../diagnostics.ts';
import type { Entity, VariantDeclaration } from '../resolve/entity.ts';
import type { Predecessors } from '../resolve/resolve.ts';
import type * as ast from '../syntax/ast.ts';
import { type Choice, ERROR, type Type } from './types.ts';

export type Callable = ast.Init | ast.Rule | ast.View | ast.Fn;
/** What holds code: what is called, what the host runs, and what runs once in the place of `init`. */
export type Owner = Callable | ast.Hook | ast.Upgrade;

/** What an expression calls; in a `prove` it may ask a view. */
export type Called = ast.Fn | ast.View;

/** Which part of the source an expression stands in; it decides what may stand there. */
export type Part =
  | 'body'
  | 'requires'
  | 'ensures'
  | 'succeeds'
  | 'fails'
  /** The keys of its places. */
  | 'changes'
  | 'invariant'
  | 'history'
  | 'assert'
  | 'prove'
  /** What a ghost becomes. */
  | 'ghost'
  /** The value of a `const`, or one given to a state variable. */
  | 'const'
  | 'initialiser'
  /** The function given to `sum` and `count`. */
  | 'lambda';

/** Something that an expression or statement does beyond giving a value. */
export type Effect = {
  readonly owner: Owner | null;
  readonly part: Part;
  readonly span: ast.Span;
  /** As the author wrote it, for messages. */
  readonly what: string;
} & (
  | { readonly kind: 'emit' | 'caller' }
  | { readonly kind: 'write'; readonly state: ast.StateField | null }
  | { readonly kind: 'host'; readonly row: HostFunction }
  | { readonly kind: 'call'; readonly callee: Called }
  /** A call to another contract; null where it is only found. */
  | { readonly kind: 'outgoing'; readonly interface: ast.Interface; readonly method: ast.Method | null }
);

/** The side tables of one file, growing while it is checked. */
export type Checker = {
  readonly file: string;
  readonly text: string;
  /** Some names stand for nothing: what is not used cannot be told. */
  readonly unresolved: boolean;
  /** From names to what they stand for, those behind dots included. */
  readonly entities: Map<ast.Name, Entity>;
  /** Types of expressions, type expressions and declarations. */
  readonly types: Map<ast.AnyNode, Type>;
  /** The declaration of each struct type, by identity of the type. */
  readonly structs: Map<Type, ast.Struct>;
  /** The declaration of each enum and lifecycle type, by identity of the type. */
  readonly choices: Map<Choice, ast.Enum | ast.Lifecycle>;
  /** The interfaces that types name, by name. */
  readonly interfaces: Map<string, ast.Interface>;
  /** Names that are a variant of several enums, until the type that is wanted tells which is meant. */
  readonly ambiguous: ReadonlyMap<ast.Name, readonly VariantDeclaration[]>;
  readonly predecessors: Predecessors;
  /** How many parts a constant has where it is used. */
  readonly weights: Map<ast.Const, number>;
  /** Declarations whose type is being worked out: a second visit is a cycle. */
  readonly pending: Set<ast.AnyNode>;
  readonly effects: Effect[];
  /** Every `for` over a set or a list in the state, with that. */
  readonly loopsOver: { readonly loop: ast.ForIn; readonly state: ast.StateField }[];
  readonly diagnostics: Diagnostic[];
};

/** A place in the source. */
export type At = {
  readonly out: Checker;
  readonly part: Part;
  /** The declaration around it; null for the clauses of a contract. */
  readonly owner: Owner | null;
  /** What `return` gives back here. */
  readonly result: Type;
  readonly insideOld: boolean;
};

/** A method of an interface as a rule or view: its clauses are checked as theirs are. */
export function callableOf(method: ast.Method): ast.Rule | ast.View {
  const { span, doc, name, params, result, specs } = method;
  const body: ast.Block = { kind: 'block', span, statements: [], result: null };
  const shared = { span, doc, name, params, result, specs, body };
  return method.view ? { kind: 'view', ...shared } : { kind: 'rule', ...shared, open: false };
}

/**
 * The type of what never ends normally, such as a block that returns. It agrees with every type, as `ERROR` does,
 * and is told apart by identity.
 */
export const NEVER: Type = { kind: 'Error' };

/** Reports a diagnostic at `span`. */
export function report<C extends DiagnosticCode>(
  out: Checker,
  code: C,
  at: { readonly span: ast.Span } & Omit<Parameters<typeof diagnose<C>>[1], 'file' | 'span'> & {
      readonly [H in HolesOf<C>]: string | number | bigint;
    },
): Type {
  const place = { ...at, file: out.file } as unknown as Parameters<typeof diagnose<C>>[1];
  out.diagnostics.push(diagnose(code, place));
  return ERROR;
}

/** The text of a node as written. */
export function textOf(out: Checker, node: { readonly span: ast.Span }): string {
  return out.text.slice(node.span.start, node.span.end);
}

/** The expression without the parentheses around it. */
export function ungroup(expr: ast.Expr): ast.Expr {
  return expr.kind === 'group' ? ungroup(expr.inner) : expr;
}

/** Whether the part is a clause that only the verifier reads. */
export function isSpecification(part: Part): boolean {
  return part !== 'body' && part !== 'requires' && part !== 'const' && part !== 'initialiser';
}
