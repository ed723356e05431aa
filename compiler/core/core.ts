/**
 * The core: the one small typed IR between the checker, the verifier and the code generator. What is proved is
 * what is compiled, because both read this.
 *
 * - Every value is a scalar: structs, tuples, enums and options are already split into words, `&&`, `||`, `==>` and `match`
 *   in code into `if`.
 * - Evaluation order is explicit: an operation takes atoms and binds its result to a local (A-normal form).
 * - Every possible revert is explicit: an operation that can revert carries a `Revert`; one that cannot has null.
 * - Locals are numbered per function, each assigned before it is read; a `let` local is assigned once.
 * - Every way through a body ends with a `return` or a `fail`; nothing stands behind one.
 * - Specifications are `Term`s: pure trees over mathematical integers, with every read of state marked `old` or `now`.
 */
import type { Leaf, Scalar, Type } from '../check/types.ts';
import type { Span } from '../syntax/ast.ts';

export type Program = { readonly contracts: readonly Contract[] };

export type Contract = {
  readonly name: string;
  readonly doc: string;
  readonly version: string;
  readonly purpose: string;
  readonly capabilities: readonly string[];
  readonly access: Access;
  readonly currencies: readonly Currency[];
  readonly slots: readonly Slot[];
  readonly events: readonly EventDecl[];
  /** What `fail` names: those of the contract, then those of the file that its functions use. */
  readonly errors: readonly EventDecl[];
  /** What it implements, in source order, then what it only calls. */
  readonly interfaces: readonly Interface[];
  /**
   * `init` first, an empty one where the source has none (it gives state variables their first values); then rules, views
   * and fns in source order; then the fns of the file that these call.
   */
  readonly functions: readonly Function[];
  readonly invariants: readonly Clause[];
  readonly histories: readonly History[];
  /** In source order; titles are unique. */
  readonly proofs: readonly Proof[];
  /** DID literals that occur anywhere in the contract: the stranger check excludes them. */
  readonly didLiterals: readonly string[];
  /** The other files of the source: path from the main one, `#`, SHA-256 of the text in hex. */
  readonly dependencies: readonly string[];
  /** SHA-256 of the source, where another version may take this one's place. */
  readonly upgradable: Uint8Array | null;
  /** What `upgrade` comes from. */
  readonly predecessor: Predecessor | null;
  readonly span: Span;
};

/** The version before. */
export type Predecessor = {
  readonly version: string;
  readonly contract: Contract;
  /** SHA-256 of its source. */
  readonly source: Uint8Array;
  /** The slots that both versions have: they hold what they held. */
  readonly kept: readonly number[];
  /** What holds of the state when `upgrade` begins: what its author did not mark `unproved`. */
  readonly invariants: readonly Clause[];
};

export type Currency = {
  readonly name: string;
  readonly decimals: number;
  readonly kind: 'mutual' | 'issued';
};
export type EventDecl = {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: Type }[];
};
/** What a contract offers to others. */
export type Interface = {
  readonly name: string;
  readonly implemented: boolean;
  readonly methods: readonly Method[];
  readonly span: Span;
};
/**
 * In clauses the locals are the words of the parameters, `self` is the callee and `caller` who calls it. What the callee
 * asks for in `requires` stands among `ensures`, about the state before: it held if the call returned.
 */
export type Method = {
  readonly kind: 'rule' | 'view';
  readonly name: string;
  readonly params: readonly { readonly name: string; readonly type: Type }[];
  readonly result: Type;
  readonly gasMax: number;
  readonly ensures: readonly Clause[];
  readonly succeeds: readonly Clause[];
  readonly fails: readonly Clause[];
};
export type Access = {
  readonly reputation: readonly { readonly context: string; readonly score: bigint }[];
  readonly permissions: readonly string[];
  readonly contracts: boolean;
};

/**
 * A state variable. `value`: no keys, one or more leaf words. `map`: key words and leaf words, zero until
 * written, with a presence bit. `set`: key words of one element, no fields, at most `capacity` elements. `list`:
 * the fields are the leaf words of one element, the key is its index; at most `capacity` elements.
 */
export type Slot = {
  readonly kind: 'value' | 'map' | 'set' | 'list';
  readonly name: string;
  readonly type: Type;
  readonly keys: readonly Scalar[];
  readonly fields: readonly Leaf[];
  readonly capacity: number;
  /** Of specifications alone: no code reads it, and it is compiled to nothing. Behind all that are not. */
  readonly ghost: boolean;
  /** Only the version before had it: `upgrade` reads it, nothing writes it. Behind those of this version. */
  readonly gone?: true;
  readonly span: Span;
};

export type Local = { readonly name: string; readonly type: Scalar; readonly span: Span };
/** Index into `Function.locals`. Parameters come first. */
export type LocalId = number;

export type Function = {
  /**
   * A `hook` is run by the host: it has no caller, and its one parameter is how many periods went by. `upgrade` runs once,
   * over the state of the version before.
   */
  readonly kind: 'init' | 'rule' | 'view' | 'fn' | 'hook' | 'upgrade';
  readonly name: string;
  readonly doc: string;
  /** Source parameters; their words are the first locals, in order. */
  readonly params: readonly { readonly name: string; readonly type: Type }[];
  readonly result: Type;
  readonly resultWords: readonly Scalar[];
  readonly locals: readonly Local[];
  /** For an entry point the checks of `requires` stand first, as code; in `init` behind the first values of the state. */
  readonly body: readonly Stmt[];
  readonly requires: readonly Clause[];
  readonly ensures: readonly Clause[];
  readonly succeeds: readonly Clause[];
  readonly fails: readonly Clause[];
  /** What stays, as conditions (`changes.ts`). */
  readonly changes: readonly Clause[];
  /** Of a rule: what the contract's clause and its own ask together. */
  readonly access: Access;
  readonly open: boolean;
  /** Of a hook: seconds between two runs, and the gas that the author grants each. */
  readonly schedule?: { readonly everySeconds: bigint; readonly gas: bigint };
  readonly span: Span;
};

/** One specification clause. `name` is unique within its owner (`ensures_1`; invariants and histories as named); `text` is the source text of the condition. */
export type Clause = {
  readonly kind:
    | 'requires'
    | 'ensures'
    | 'succeeds'
    | 'fails'
    | 'changes'
    | 'invariant'
    | 'history'
    /** What a `prove` assumes or expects. */
    | 'prove';
  readonly name: string;
  readonly text: string;
  readonly term: Term;
  /** The author wrote `unproved`. */
  readonly unproved: boolean;
  /** The `else` text of a `requires`. */
  readonly message: string | null;
  /** An invariant that others could break between calls: every rule checks it on entry, and nothing else assumes it. */
  readonly onEntry?: true;
  /** The tool found it (`verify/infer.ts`): its name is its text, and it is proved wherever it is assumed. */
  readonly found?: true;
  readonly span: Span;
};

/** `always`: it also relates the states before and after what others do between calls. */
export type History = Clause & { readonly always: boolean };

// ---- symbolic tests ----------------------------------------------------------------------------

/**
 * A `prove`: for all parameters and all states that satisfy the invariants. Its locals are values of clauses, so that their
 * integers are unbounded; those of parameters and of what calls give back are words.
 */
export type Proof = {
  readonly title: string;
  /** Their words are the first locals, in order. */
  readonly params: readonly { readonly name: string; readonly type: Type }[];
  readonly locals: readonly Local[];
  readonly steps: readonly ProofStep[];
  /** The author wrote `unproved`. */
  readonly unproved: boolean;
  readonly span: Span;
};

/** In clauses `old` is the state at the beginning, `now` where the step stands, `run.n` the end of that run. */
export type ProofStep = { readonly span: Span } & (
  | { readonly kind: 'assume' | 'expect'; readonly clause: Clause }
  | { readonly kind: 'bind'; readonly targets: readonly LocalId[]; readonly values: readonly Term[] }
  | ProofCall
  /** One environment step; they are numbered within the proof. */
  | { readonly kind: 'later'; readonly number: number }
  /** Calls from the state at hand, which stands. `succeeded`: whether the last call did. */
  | {
      readonly kind: 'run';
      readonly run: number;
      readonly name: string;
      readonly succeeded: LocalId;
      readonly steps: readonly ProofStep[];
    }
  | {
      readonly kind: 'choice';
      readonly condition: Term;
      readonly yes: readonly ProofStep[];
      readonly no: readonly ProofStep[];
    }
);

/** A transaction of its own: where it fails, nothing has changed. */
export type ProofCall = {
  readonly kind: 'call';
  readonly span: Span;
  /** Index into `Contract.functions`. */
  readonly callee: number;
  /** Words of the arguments. */
  readonly args: readonly Term[];
  /** Null for a view, which nobody calls. */
  readonly by: Term | null;
  /** Null where the caller spends freely. */
  readonly spends: readonly { readonly currency: number; readonly amount: Term }[] | null;
  /** Of the result; none where it is not used. */
  readonly targets: readonly LocalId[];
  readonly outcome: ProofOutcome;
  /** In the author's words. */
  readonly text: string;
};

/** `assumed`: the call succeeds. Else `target` becomes whether it did, or failed: with that text or error, where one is named. */
export type ProofOutcome =
  | { readonly kind: 'assumed' }
  | { readonly kind: 'succeeds'; readonly target: LocalId }
  | {
      readonly kind: 'fails';
      readonly target: LocalId;
      readonly refusal: { readonly kind: 'message' | 'error'; readonly text: string } | null;
    };

// ---- statements --------------------------------------------------------------------------------

export type Atom =
  | { readonly kind: 'local'; readonly id: LocalId }
  | { readonly kind: 'const'; readonly type: Scalar; readonly value: Constant }
  | { readonly kind: 'env'; readonly name: EnvName };
export type Constant = bigint | boolean | string | Uint8Array | readonly Constant[];
export type EnvName = 'caller' | 'creator' | 'self' | 'now' | 'block';

/** Why an operation can revert; `overflow`: the result must lie within 64 bits; `tooLong`: a text or bytes have a limit. */
export type Revert = {
  readonly reason:
    | 'overflow'
    | 'divisionByZero'
    | 'host'
    | 'contract'
    | 'capacity'
    | 'loopBound'
    | 'index'
    | 'tooLong';
  readonly span: Span;
};

/** Integer operations are exact on mathematical integers; their 64-bit range is the `Revert`. `div`, `mod` truncate toward zero. */
export type OpName =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'mod'
  /** `a * b / c` of an exact product, toward negative (`Up`: positive) infinity; reverts unless `c` is positive. */
  | 'mulDiv'
  | 'mulDivUp'
  /** Of a negative number, and a power with a negative exponent, the revert is `overflow`. */
  | 'isqrt'
  | 'pow'
  /** Two texts, or bytes, joined; of these and of a list the number of bytes or elements. */
  | 'concat'
  | 'length'
  /** An index and a length: the index, which reverts unless it is from 0 to below the length. */
  | 'checkIndex'
  /** A list or bytes, an index that is within, and the number of a word: that word of the element; of bytes the one there is. */
  | 'at'
  /** A list that has room, and the words of an element: the list with the element behind its last. */
  | 'append'
  /** A tag, and a text, bytes or a hash: without a tag SHA-256 of these. With one, and a list: of the tag and the list's words. */
  | 'hash'
  | 'neg'
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'not'
  | 'and'
  | 'or';

/** A leaf word of state: the slot's index, the key words, the field's index. */
export type Place = { readonly slot: number; readonly keys: readonly Atom[]; readonly field: number };

export type Stmt = { readonly span: Span } & (
  | {
      readonly kind: 'op';
      readonly target: LocalId;
      readonly op: OpName;
      readonly args: readonly Atom[];
      readonly reverts: readonly Revert[];
    }
  | { readonly kind: 'copy'; readonly target: LocalId; readonly value: Atom }
  | { readonly kind: 'load'; readonly target: LocalId; readonly place: Place }
  | { readonly kind: 'store'; readonly place: Place; readonly value: Atom }
  /** Presence bit of a map entry; membership of a set. */
  | { readonly kind: 'has'; readonly target: LocalId; readonly slot: number; readonly keys: readonly Atom[] }
  /** Map: clears the entry. Set: removes the element if it is there. List: removes the last element, whose index is the key. */
  | { readonly kind: 'remove'; readonly slot: number; readonly keys: readonly Atom[] }
  /** Set: adds the element if it is not there. List: adds it behind the last. Reverts (`capacity`) when full. */
  | {
      readonly kind: 'add';
      readonly slot: number;
      readonly keys: readonly Atom[];
      readonly reverts: readonly Revert[];
    }
  | { readonly kind: 'size'; readonly target: LocalId; readonly slot: number }
  /** List: removes every element. */
  | { readonly kind: 'clear'; readonly slot: number }
  /** A row of `builtins.ts`; `currency` is the index it is used at, or -1. */
  | {
      readonly kind: 'host';
      readonly targets: readonly LocalId[];
      readonly name: string;
      readonly currency: number;
      readonly args: readonly Atom[];
      readonly reverts: readonly Revert[];
    }
  /** An internal `fn`, by index into `Contract.functions`. */
  | {
      readonly kind: 'call';
      readonly targets: readonly LocalId[];
      readonly callee: number;
      readonly args: readonly Atom[];
    }
  /** The account of a contract, once it is known to implement the interface. */
  | {
      readonly kind: 'find';
      readonly target: LocalId;
      readonly interface: number;
      readonly account: Atom;
      readonly reverts: readonly Revert[];
    }
  /** A method of another contract, which may take what `spends` says and no more. */
  | {
      readonly kind: 'outgoing';
      readonly targets: readonly LocalId[];
      readonly interface: number;
      readonly method: number;
      readonly account: Atom;
      readonly args: readonly Atom[];
      /** In the order of the currencies. */
      readonly spends: readonly { readonly currency: number; readonly amount: Atom }[];
      readonly reverts: readonly Revert[];
    }
  | { readonly kind: 'emit'; readonly event: number; readonly args: readonly Atom[] }
  /** Reverts with an error, by index into `Contract.errors`; nothing stands behind it. */
  | { readonly kind: 'fail'; readonly error: number; readonly args: readonly Atom[] }
  /** Reverts with `message` when `condition` is false. `clause` is the index of the `requires` clause it checks, or -1. */
  | {
      readonly kind: 'require';
      readonly condition: Atom;
      readonly message: string;
      readonly clause: number;
      /** It checks a clause that was not proved, which `message` names (`guards.ts`). */
      readonly guard?: true;
    }
  /** The words that a ghost, or one entry of it, becomes: no code (`ghosts.ts`). */
  | {
      readonly kind: 'ghost';
      readonly slot: number;
      readonly keys: readonly Term[];
      readonly values: readonly Term[];
    }
  /** A proof obligation only; no code. */
  | { readonly kind: 'assert'; readonly clause: Clause | AssertClause }
  | {
      readonly kind: 'if';
      readonly condition: Atom;
      readonly then: readonly Stmt[];
      readonly otherwise: readonly Stmt[];
    }
  /** Element number `index` of a set that has so many, in an order that stands until the set changes. */
  | {
      readonly kind: 'element';
      readonly targets: readonly LocalId[];
      readonly slot: number;
      readonly index: Atom;
    }
  /**
   * `index` goes up from `from` by one each turn, while it is below `to`; both are read once, before. One more turn
   * than `bound` reverts (`loopBound`; without reverts there never is one). The invariants hold before and after each turn.
   */
  | {
      readonly kind: 'loop';
      readonly index: LocalId;
      readonly from: Atom;
      readonly to: Atom;
      readonly bound: number;
      /** What the number of turns is, in the author's words. */
      readonly turns: string;
      readonly invariants: readonly AssertClause[];
      readonly body: readonly Stmt[];
      readonly reverts: readonly Revert[];
    }
  | { readonly kind: 'return'; readonly values: readonly Atom[] }
);
export type AssertClause = Omit<Clause, 'kind'> & { readonly kind: 'assert' };

// ---- terms -------------------------------------------------------------------------------------

/** `old`: on entry; `now`: at the end (or where an `assert` stands). In an invariant, a `requires`, a `succeeds when` and a `fails when` every read is `now`: the one state. */
export type When = 'old' | 'now' | RunEnd;
/** In a `prove`: at the end of the run of that number. */
export type RunEnd = `run.${number}`;

export type Term =
  | { readonly kind: 'const'; readonly type: Scalar; readonly value: Constant }
  /** A local of the enclosing function; in clauses only parameters. */
  | { readonly kind: 'local'; readonly id: LocalId; readonly type: Scalar }
  /** `old` of the time and the block alone: within a call they stand still, between calls they do not. */
  | { readonly kind: 'env'; readonly name: EnvName; readonly when: When; readonly type: Scalar }
  /** A word of the result, in `ensures`. */
  | { readonly kind: 'result'; readonly index: number; readonly type: Scalar }
  /** A variable bound by a quantifier or by the function of `sum` and `count`; ids are unique within a clause. */
  | { readonly kind: 'bound'; readonly id: number; readonly type: Scalar }
  | {
      readonly kind: 'op';
      readonly op: OpName | 'implies' | 'ite';
      readonly args: readonly Term[];
      readonly type: Scalar;
    }
  | {
      readonly kind: 'load';
      readonly slot: number;
      readonly keys: readonly Term[];
      readonly field: number;
      readonly when: When;
      readonly type: Scalar;
    }
  | {
      readonly kind: 'has';
      readonly slot: number;
      readonly keys: readonly Term[];
      readonly when: When;
      readonly type: Scalar;
    }
  | { readonly kind: 'size'; readonly slot: number; readonly when: When; readonly type: Scalar }
  /** A readable row of `builtins.ts`, such as `ledger.balance`. */
  | {
      readonly kind: 'host';
      readonly name: string;
      readonly currency: number;
      readonly args: readonly Term[];
      readonly when: When;
      readonly type: Scalar;
    }
  | {
      readonly kind: 'forall' | 'exists';
      readonly variables: readonly Bound[];
      readonly body: Term;
      readonly type: Scalar;
    }
  /** `sum(map, (k, v) => e)`: over all entries; `keys` and `values` are the bound variables of key words and field words in `body`. */
  | {
      readonly kind: 'sum' | 'count';
      readonly slot: number;
      readonly keys: readonly Bound[];
      readonly values: readonly Bound[];
      readonly body: Term;
      readonly when: When;
      readonly type: Scalar;
    }
  /** `called(rule)` in a history clause: the index of the function. */
  | { readonly kind: 'called'; readonly callee: number; readonly type: Scalar };

export type Bound = { readonly id: number; readonly name: string; readonly type: Scalar };
