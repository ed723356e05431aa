/** What a name can stand for: a declaration of the source, or a part of the language. */
import type { BuiltIn, HostFunction } from '../builtins.ts';
import type * as ast from '../syntax/ast.ts';

/** Where a name is declared. */
export type Site = { readonly file: string; readonly span: ast.Span };

type Declared<K extends string, N> = {
  readonly kind: K;
  readonly name: string;
  readonly node: N;
  readonly site: Site;
  readonly doc: string | null;
};

/** The statement that declares a local variable. */
export type LetStmt = Extract<ast.Stmt, { readonly kind: 'let' }>;

export type Declaration =
  | Declared<'contract', ast.Contract>
  | Declared<'interface', ast.Interface>
  /** Of an interface. */
  | Declared<'method', ast.Method>
  | Declared<'currency', ast.Currency>
  | Declared<'state', ast.StateField>
  | Declared<'ghost', ast.Ghost>
  | Declared<'struct', ast.Struct>
  | Declared<'enum', ast.Enum>
  | Declared<'lifecycle', ast.Lifecycle>
  | VariantDeclaration
  | Declared<'const', ast.Const>
  | Declared<'event', ast.EventDecl>
  | Declared<'error', ast.ErrorDecl>
  | Declared<'rule', ast.Rule>
  | Declared<'view', ast.View>
  | Declared<'fn', ast.Fn>
  | Declared<'invariant', ast.Invariant>
  | Declared<'history', ast.History>
  | Declared<'param', ast.Param>
  | Declared<'local', LetStmt>
  /** A name that a pattern gives to the value or to a part of it. */
  | Declared<'matched', ast.BindPattern | ast.Binding>
  /** The variable of a `for`. */
  | Declared<'loop', ast.ForIn | ast.ForRange>
  /** A variable of a quantifier, or of the function given to `sum` and `count`. */
  | Declared<'bound', ast.Param | ast.Name>
  /** A field of a struct, an event or an error. */
  | Declared<'field', ast.Param>;

/** A variant of an enum; a state of a lifecycle, at the first place where it is named. */
export type VariantDeclaration = Declared<'variant', ast.Variant | ast.Name> & {
  readonly of: ast.Enum | ast.Lifecycle;
};

/** A name that the language itself gives a meaning. */
export type Given =
  | { readonly kind: 'builtin'; readonly name: string; readonly row: BuiltIn }
  | { readonly kind: 'host'; readonly name: string; readonly row: HostFunction };

export type Entity = Declaration | Given;

/** The kind in an author's words, for messages and hover. */
export const KIND_WORDS: Readonly<Record<Declaration['kind'], string>> = {
  contract: 'contract',
  interface: 'interface',
  method: 'method',
  currency: 'currency',
  state: 'state variable',
  ghost: 'ghost',
  struct: 'struct',
  enum: 'enum',
  lifecycle: 'lifecycle',
  variant: 'variant',
  const: 'constant',
  event: 'event',
  error: 'error',
  rule: 'rule',
  view: 'view',
  fn: 'function',
  invariant: 'invariant',
  history: 'history clause',
  param: 'parameter',
  local: 'local variable',
  matched: 'name of a pattern',
  loop: 'loop variable',
  bound: 'variable',
  field: 'field',
};

export function isDeclaration(entity: Entity): entity is Declaration {
  return entity.kind !== 'builtin' && entity.kind !== 'host';
}

/** What the entity is, in words: `a state variable`, `a word of the language`. */
export function describe(entity: Entity): string {
  return isDeclaration(entity)
    ? `${article(KIND_WORDS[entity.kind])} ${KIND_WORDS[entity.kind]}`
    : 'a word of the language';
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? 'an' : 'a';
}
