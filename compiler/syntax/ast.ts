/**
 * The syntax tree of one source file. It holds what was written and where, no types and no symbols:
 * meaning lives in side tables keyed by node (`resolve/`, `check/`). Every node is plain readonly data.
 *
 * A node that error recovery had to invent has kind `missing`; its span is where the text should stand.
 */

/** Half-open range of UTF-16 offsets into the source text. */
export type Span = { readonly start: number; readonly end: number };

type Node<K extends string> = { readonly kind: K; readonly span: Span };

export type Name = Node<'name'> & { readonly text: string };

export type SourceFile = Node<'file'> & { readonly uses: readonly Use[]; readonly items: readonly Item[] };

/** `use std.voting.{ tally };` has `path` as names; `use "./shared.ccl".{ Role };` has `path` as a text. */
export type Use = Node<'use'> & {
  readonly path: readonly Name[] | TextLiteral;
  readonly names: readonly Name[];
};

export type Item =
  | Contract
  | Interface
  | Struct
  | Enum
  | Lifecycle
  | ErrorDecl
  | Const
  | Fn
  | Test
  | Prove
  | TestInvariants;

/** Text of the `///` comment before a declaration, without the slashes; null when there is none. */
type Documented = { readonly doc: string | null };

export type Contract = Node<'contract'> &
  Documented & { readonly name: Name; readonly members: readonly Member[] };

export type Member =
  | Version
  | Purpose
  | Uses
  | Implements
  | Upgradable
  | Upgrade
  | Access
  | Currency
  | State
  | Ghost
  | Invariant
  | History
  | EventDecl
  | ErrorDecl
  | Init
  | Rule
  | View
  | Fn
  | Hook
  | Struct
  | Enum
  | Lifecycle
  | Const
  | Prove;

export type Version = Node<'version'> & { readonly text: TextLiteral };
export type Purpose = Node<'purpose'> & { readonly text: TextLiteral };
/** `uses ledger.write, identity.read;`: each capability is a dotted path. */
export type Uses = Node<'uses'> & { readonly capabilities: readonly Capability[] };
export type Capability = Node<'capability'> & { readonly module: Name; readonly right: Name };
export type Implements = Node<'implements'> & { readonly interfaces: readonly Name[] };
export type Upgradable = Node<'upgradable'>;
export type Upgrade = Node<'upgrade'> & { readonly from: TextLiteral; readonly body: Block };
/** `access reputation 10 in membership, permission "p", contracts;` */
export type Access = Node<'access'> & { readonly items: readonly AccessItem[] };
export type AccessItem =
  | (Node<'accessReputation'> & { readonly score: Expr; readonly context: Name })
  | (Node<'accessPermission'> & { readonly permission: TextLiteral })
  | Node<'accessContracts'>;

/** `currency coin { decimals 0; issued }` */
export type Currency = Node<'currency'> &
  Documented & { readonly name: Name; readonly decimals: IntLiteral; readonly issued: boolean };
export type State = Node<'state'> & { readonly fields: readonly StateField[] };
export type StateField = Node<'stateField'> &
  Documented & { readonly name: Name; readonly type: TypeExpr; readonly initial: Expr | null };
export type Ghost = Node<'ghost'> & Documented & { readonly name: Name; readonly type: TypeExpr };
/** `unproved` before a clause: it may stay unproved, and nothing else may assume it. */
type Clause = { readonly unproved: boolean };
export type Invariant = Node<'invariant'> &
  Documented &
  Clause & { readonly name: Name; readonly condition: Expr };
export type History = Node<'history'> &
  Documented &
  Clause & { readonly name: Name; readonly always: boolean; readonly condition: Expr };
export type EventDecl = Node<'event'> &
  Documented & { readonly name: Name; readonly fields: readonly Param[] };
export type ErrorDecl = Node<'error'> &
  Documented & { readonly name: Name; readonly fields: readonly Param[] };

export type Param = Node<'param'> & { readonly name: Name; readonly type: TypeExpr };

type Callable = Documented & {
  readonly params: readonly Param[];
  readonly specs: readonly Spec[];
  readonly body: Block;
};
export type Init = Node<'init'> & Callable;
export type Rule = Node<'rule'> &
  Callable & { readonly name: Name; readonly result: TypeExpr | null; readonly open: boolean };
export type View = Node<'view'> & Callable & { readonly name: Name; readonly result: TypeExpr | null };
export type Fn = Node<'fn'> & Callable & { readonly name: Name; readonly result: TypeExpr | null };
/** `on Accepted(p: Proposal) gas n { … }`; `on every 30d gas n { … }` has `every` and no event. */
export type Hook = Node<'hook'> &
  Documented & {
    readonly trigger:
      | (Node<'onEvent'> & { readonly name: Name; readonly params: readonly Param[] })
      | (Node<'onEvery'> & { readonly period: Expr });
    readonly gas: Expr;
    readonly body: Block;
  };

export type Spec = Requires | Ensures | SucceedsWhen | FailsWhen | Changes | Access;
export type Requires = Node<'requires'> &
  Clause & { readonly condition: Expr; readonly message: TextLiteral | null };
export type Ensures = Node<'ensures'> & Clause & { readonly condition: Expr };
export type SucceedsWhen = Node<'succeedsWhen'> & Clause & { readonly condition: Expr };
export type FailsWhen = Node<'failsWhen'> & Clause & { readonly condition: Expr };
export type Changes = Node<'changes'> & Clause & { readonly places: readonly Expr[] };

export type Interface = Node<'interface'> &
  Documented & { readonly name: Name; readonly methods: readonly Method[] };
export type Method = Node<'method'> &
  Documented & {
    readonly view: boolean;
    readonly name: Name;
    readonly params: readonly Param[];
    readonly result: TypeExpr | null;
    readonly specs: readonly Spec[];
    readonly gas: Expr | null;
  };
export type Struct = Node<'struct'> & Documented & { readonly name: Name; readonly fields: readonly Param[] };
export type Enum = Node<'enum'> & Documented & { readonly name: Name; readonly variants: readonly Variant[] };
export type Variant = Node<'variant'> & { readonly name: Name; readonly fields: readonly Param[] };
export type Lifecycle = Node<'lifecycle'> &
  Documented & { readonly name: Name; readonly transitions: readonly Transition[] };
export type Transition = Node<'transition'> & { readonly from: Name; readonly to: readonly Name[] };
export type Const = Node<'const'> &
  Documented & { readonly name: Name; readonly type: TypeExpr | null; readonly value: Expr };

// ---- types -------------------------------------------------------------------------------------

/** `Int`, `Amount<hours>`, `Map<Did, Amount<hours>>`, `Set<Did, 10_000>`, `(Did, Int)`. */
export type TypeExpr =
  | (Node<'namedType'> & { readonly name: Name; readonly args: readonly TypeArg[] })
  | (Node<'tupleType'> & { readonly items: readonly TypeExpr[] })
  /** Written by nobody: the type that the body of a test's view tells, or what an option of the type `of` holds. */
  | (Node<'inferred'> & { readonly of: TypeExpr | null })
  | Missing;
export type TypeArg = TypeExpr | (Node<'sizeArg'> & { readonly value: Expr });

// ---- statements --------------------------------------------------------------------------------

/** A block's value is `result`, its last expression without `;`. */
export type Block = Node<'block'> & { readonly statements: readonly Stmt[]; readonly result: Expr | null };

export type Stmt =
  | (Node<'let'> & {
      readonly mutable: boolean;
      readonly name: Name;
      readonly type: TypeExpr | null;
      readonly value: Expr;
    })
  | (Node<'assign'> & { readonly target: Expr; readonly op: AssignOp; readonly value: Expr })
  | (Node<'ghostAssign'> & { readonly name: Name; readonly key: Expr | null; readonly value: Expr })
  | (Node<'exprStmt'> & { readonly value: Expr })
  | (Node<'return'> & { readonly value: Expr | null })
  | (Node<'require'> & { readonly condition: Expr; readonly message: TextLiteral | null })
  | (Node<'assert'> & Clause & { readonly condition: Expr })
  | (Node<'emit'> & { readonly event: Name; readonly args: readonly Expr[] })
  | (Node<'fail'> & { readonly error: Name; readonly args: readonly Expr[] })
  | ForIn
  | ForRange
  | TestStmt
  | Missing;
export type AssignOp = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '++=';

type LoopBody = { readonly variable: Name; readonly invariants: readonly Expr[]; readonly body: Block };
export type ForIn = Node<'forIn'> & LoopBody & { readonly source: Expr };
export type ForRange = Node<'forRange'> &
  LoopBody & { readonly from: Expr; readonly to: Expr; readonly upTo: Expr | null };

// ---- expressions -------------------------------------------------------------------------------

export type Expr =
  | IntLiteral
  | TextLiteral
  | (Node<'bool'> & { readonly value: boolean })
  /** `2.50 hours`: the digits as written, without underscores; a sign is a unary minus around it. */
  | (Node<'amount'> & { readonly digits: string; readonly currency: Name })
  /** `67%`, `12.5%`. */
  | (Node<'percent'> & { readonly digits: string })
  /** `36h`. */
  | (Node<'duration'> & { readonly digits: string; readonly unit: 's' | 'm' | 'h' | 'd' | 'w' })
  /** `@2026-01-31T12:00Z`: the text after `@`. */
  | (Node<'time'> & { readonly text: string })
  /** `did"did:icn:…"`: the text inside the quotes. */
  | (Node<'did'> & { readonly text: string })
  /** `0x…`: the hex digits. */
  | (Node<'hex'> & { readonly digits: string })
  | Name
  | (Node<'tuple'> & { readonly items: readonly Expr[] })
  | (Node<'list'> & { readonly items: readonly Expr[] })
  /** `Motion { … }`; `Choice.Block { … }` has `of`, the name of the enum. */
  | (Node<'struct_'> & {
      readonly of: Name | null;
      readonly name: Name;
      readonly fields: readonly FieldInit[];
    })
  | (Node<'unary'> & { readonly op: '-' | '!'; readonly operand: Expr })
  | (Node<'binary'> & { readonly op: BinaryOp; readonly left: Expr; readonly right: Expr })
  | (Node<'field'> & { readonly object: Expr; readonly name: Name })
  | (Node<'index'> & { readonly object: Expr; readonly index: Expr })
  /** `f(x)`, `m.f(x)` (callee is a `field`), `Contract<Token>.at(id)` (callee's object is a `generic`). */
  | (Node<'call'> & { readonly callee: Expr; readonly args: readonly Expr[]; readonly spending: Expr | null })
  | (Node<'generic'> & { readonly name: Name; readonly args: readonly TypeArg[] })
  /** `v => e`, `(k, v) => e`: only as an argument of `sum` and `count`. */
  | (Node<'lambda'> & { readonly params: readonly Name[]; readonly body: Expr })
  | (Node<'if'> & { readonly condition: Expr; readonly then: Block; readonly otherwise: Expr | null })
  | (Node<'match'> & { readonly subject: Expr; readonly arms: readonly Arm[] })
  | Block
  | (Node<'quantifier'> & {
      readonly quantifier: 'forall' | 'exists';
      readonly params: readonly Param[];
      readonly body: Expr;
    })
  /** Parentheses are kept, for the formatter. */
  | (Node<'group'> & { readonly inner: Expr })
  | TestExpr
  | Missing;

export type BinaryOp =
  | '*'
  | '/'
  | '%'
  | '+'
  | '-'
  | '++'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'in'
  | '=='
  | '!='
  | '&&'
  | '||'
  | '==>';

export type IntLiteral = Node<'int'> & { readonly digits: string };
/** The value, escapes decoded. */
export type TextLiteral = Node<'text'> & { readonly value: string };
export type FieldInit = Node<'fieldInit'> & { readonly name: Name; readonly value: Expr };
export type Arm = Node<'arm'> & { readonly pattern: Pattern; readonly body: Expr };
export type Pattern =
  | Node<'wildcard'>
  | (Node<'literalPattern'> & { readonly value: Expr })
  /** `Yes`, `Choice.Block { reason }` (`type` is `Choice`), `some(x)`; `bindings` pairs a field (null when positional) with a new name. */
  | (Node<'variantPattern'> & {
      readonly type: Name | null;
      readonly name: Name;
      readonly bindings: readonly Binding[];
    })
  | BindPattern;
export type BindPattern = Node<'bindPattern'> & { readonly name: Name };
export type Binding = Node<'binding'> & { readonly field: Name | null; readonly name: Name };

export type Missing = Node<'missing'>;

// ---- tests and symbolic tests (language.md, sections 5 and 8) -----------------------------------

export type Test = Node<'test'> & {
  readonly title: TextLiteral;
  readonly params: readonly Param[];
  readonly body: Block;
};
export type Prove = Node<'prove'> &
  Clause & { readonly title: TextLiteral; readonly params: readonly Param[]; readonly body: Block };
/** `test invariants TimeBank;` */
export type TestInvariants = Node<'testInvariants'> & { readonly contract: Name };

export type TestStmt =
  /** `bank.join() by bob spending 1 hours;` */
  | (Node<'callBy'> & { readonly call: Expr; readonly by: Expr; readonly spending: Expr | null })
  | (Node<'expect'> & { readonly outcome: Outcome })
  | (Node<'assume'> & { readonly condition: Expr })
  /** `at time +7d { … }` */
  | (Node<'atTime'> & { readonly offset: Expr; readonly body: Block })
  /** `member bob { floor 0 hours; permission "p"; }` */
  | (Node<'member'> & { readonly name: Name; readonly settings: readonly MemberSetting[] })
  /** `transfer 1.00 hours from bob to carol;` */
  | (Node<'payment'> & { readonly amount: Expr; readonly from: Expr; readonly to: Expr })
  | Node<'later'>;
export type MemberSetting =
  | (Node<'floor'> & { readonly amount: Expr })
  | (Node<'permission'> & { readonly permission: TextLiteral });
export type Outcome =
  | (Node<'holds'> & { readonly condition: Expr })
  /** `message` is the `else` text; `error` is a declared error, and `args` its values; none: whatever they are. */
  | (Node<'fails'> & {
      readonly args: readonly Expr[];
      readonly call: Expr;
      readonly by: Expr | null;
      readonly spending: Expr | null;
      readonly message: TextLiteral | null;
      readonly error: Name | null;
    })
  | (Node<'succeeds'> & { readonly call: Expr; readonly by: Expr | null; readonly spending: Expr | null })
  | (Node<'emits'> & { readonly event: Name; readonly args: readonly Expr[] });

export type TestExpr =
  /** `deploy TimeBank() by alice`; of an earlier version `deploy TimeBank() version "1.0.0" by alice` */
  | (Node<'deploy'> & {
      readonly contract: Name;
      readonly args: readonly Expr[];
      readonly version: TextLiteral | null;
      readonly by: Expr;
    })
  /** `upgrade bank by alice`: to the version that follows */
  | (Node<'upgradeBy'> & { readonly contract: Name; readonly by: Expr })
  | (Node<'run'> & { readonly body: Block })
  /** A call with `by`, in expression position: `let r = bank.take(1) by bob;` */
  | (Node<'callByExpr'> & { readonly call: Expr; readonly by: Expr; readonly spending: Expr | null });

/** Any node of the tree. */
export type AnyNode =
  | SourceFile
  | Use
  | Item
  | Member
  | Capability
  | AccessItem
  | StateField
  | Param
  | Spec
  | Method
  | Variant
  | Transition
  | TypeExpr
  | TypeArg
  | Stmt
  | Expr
  | FieldInit
  | Arm
  | Pattern
  | Binding
  | MemberSetting
  | Outcome
  | Hook['trigger'];
