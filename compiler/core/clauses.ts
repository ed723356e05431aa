/**
 * Clauses made executable, so that a counterexample is judged by the virtual machine: there is no second evaluator. In:
 * a contract and one of its clauses. Out: small views over the same storage, and what their parameters mean.
 *
 * A view reads one state. What it needs besides comes in as parameters that whoever replays works out first: words of
 * the call (parameters, result, caller), variables (the replayer enumerates keys), readings of the other state, and
 * what goes over all entries (`sum`, `count`, inner quantifiers). Arithmetic is checked: a clause that overflows on the
 * machine has no answer there.
 */
import { BOOL, INT, type Scalar } from '../check/types.ts';
import type { Span } from '../syntax/ast.ts';
import { NO_ACCESS } from './access.ts';
import { apart, branch, type Emitter, emit, fresh, local, operate } from './builder.ts';
import { constant } from './constant.ts';
import type {
  AssertClause,
  Atom,
  Bound,
  Clause,
  Contract,
  Function as CoreFunction,
  EnvName,
  OpName,
  Revert,
  Term,
  When,
} from './core.ts';

export type ClauseProgram = {
  /** Views named `clause0`, `clause1`, …; code generation builds them over the contract's storage. */
  readonly functions: readonly CoreFunction[];
  /** Variables of the outermost `forall`: the clause holds when `main` is true for all values. */
  readonly variables: readonly Bound[];
  /** Gives a `Bool`. */
  readonly main: Evaluation;
};

/** One call of a view: in which state it runs, and where each of its parameter words comes from. */
export type Evaluation = {
  readonly function: number;
  readonly when: When;
  readonly inputs: readonly Input[];
  /** Of each input whether the value rests on it in any case, and not only behind a condition. */
  readonly needed: readonly boolean[];
};

export type Input =
  /** A word of the call: a local of the enclosing function, the environment, the result, whether a rule was called. */
  | { readonly kind: 'local'; readonly id: number; readonly type: Scalar }
  | { readonly kind: 'env'; readonly name: EnvName; readonly when: When; readonly type: Scalar }
  | { readonly kind: 'result'; readonly index: number; readonly type: Scalar }
  | { readonly kind: 'called'; readonly callee: number; readonly type: Scalar }
  /** A variable of the clause, by its id. */
  | { readonly kind: 'bound'; readonly id: number; readonly type: Scalar }
  /** What a view gives, evaluated in its own state. */
  | { readonly kind: 'value'; readonly evaluation: Evaluation; readonly type: Scalar }
  /** The unbounded sum of what `entry` gives for each entry of the slot, or how often it gives `true`. */
  | Fold
  /** Whether `body` is true for all, or for some, values of the variables. */
  | Quantified;

export type Fold = {
  readonly kind: 'sum' | 'count';
  readonly slot: number;
  readonly when: When;
  readonly keys: readonly Bound[];
  readonly values: readonly Bound[];
  readonly entry: Evaluation;
  readonly type: Scalar;
};

export type Quantified = {
  readonly kind: 'forall' | 'exists';
  readonly variables: readonly Bound[];
  readonly body: Evaluation;
  readonly type: Scalar;
};

/** The views of one clause. */
export function clauseProgram(contract: Contract, clause: Clause | AssertClause): ClauseProgram {
  const unit: Unit = { contract, span: clause.span, functions: [] };
  const variables: Bound[] = [];
  let body = clause.term;
  while (body.kind === 'forall') {
    variables.push(...body.variables);
    body = body.body;
  }
  const main = evaluationOf(unit, body, 'now');
  return { functions: unit.functions, variables, main };
}

/** The view of a term over the one state. */
export function termProgram(contract: Contract, term: Term, span: Span): ClauseProgram {
  const unit: Unit = { contract, span, functions: [] };
  const main = evaluationOf(unit, term, 'now');
  return { functions: unit.functions, variables: [], main };
}

type Unit = { readonly contract: Contract; readonly span: Span; readonly functions: CoreFunction[] };

/** A view in the making. */
type View = Emitter & {
  readonly unit: Unit;
  readonly when: When;
  readonly inputs: Map<string, Input>;
  readonly words: Map<string, number>;
};

/** A view that gives the value of `term` in the state `when`. */
function evaluationOf(unit: Unit, term: Term, when: When): Evaluation {
  const { inputs, needed } = collectInputs(unit, term, when);
  const view: View = { unit, when, inputs, words: new Map(), locals: [], out: [], ended: false };
  for (const [key, input] of inputs)
    view.words.set(key, fresh(view, input.type, unit.span, `p${view.words.size}`));
  const value = lowerTerm(view, term);
  emit(view, { kind: 'return', span: unit.span, values: [value] });
  unit.functions.push(functionOf(view, term.type));
  return {
    function: unit.functions.length - 1,
    when,
    inputs: [...inputs.values()],
    needed: [...inputs.keys()].map((key) => needed.has(key)),
  };
}

function functionOf(view: View, type: Scalar): CoreFunction {
  const { unit } = view;
  return {
    kind: 'view',
    name: `clause${unit.functions.length}`,
    doc: '',
    params: [...view.words.values()].map((id) => ({
      name: view.locals[id]!.name,
      type: view.locals[id]!.type,
    })),
    result: type,
    resultWords: [type],
    locals: view.locals,
    body: view.out,
    requires: [],
    ensures: [],
    succeeds: [],
    fails: [],
    changes: [],
    access: NO_ACCESS,
    open: false,
    span: unit.span,
  };
}

// ---- what a view cannot compute itself ---------------------------------------------------------

/** The inputs that a view of `term` takes, in the order of the term, each once; `needed`: those that stand behind no condition. */
function collectInputs(unit: Unit, term: Term, when: When) {
  const inputs = new Map<string, Input>();
  const needed = new Set<string>();
  const visit = (part: Term, isNeeded: boolean): void => {
    if (isInput(part, when)) {
      const key = keyOf(part);
      if (!inputs.has(key)) inputs.set(key, inputOf(unit, part));
      if (isNeeded) needed.add(key);
    } else {
      const chooses = part.kind === 'op' && CHOOSING.has(part.op);
      childrenOf(part).forEach((child, i) => {
        visit(child, isNeeded && !(chooses && i > 0));
      });
    }
  };
  visit(term, true);
  return { inputs, needed };
}

/** What looks at its first operand before it evaluates another. */
const CHOOSING: ReadonlySet<Op['op']> = new Set(['and', 'or', 'implies', 'ite']);

function isInput(term: Term, when: When): boolean {
  switch (term.kind) {
    case 'load':
    case 'has':
    case 'size':
    case 'host':
      return term.when !== when;
    case 'const':
    case 'op':
      return false;
    default:
      return true;
  }
}

function inputOf(unit: Unit, term: Term): Input {
  switch (term.kind) {
    case 'local':
    case 'env':
    case 'result':
    case 'called':
    case 'bound':
      return term;
    case 'sum':
    case 'count': {
      const { kind, slot, when, keys, values, type } = term;
      return { kind, slot, when, keys, values, entry: evaluationOf(unit, term.body, when), type };
    }
    case 'forall':
    case 'exists': {
      const { kind, variables, type } = term;
      return { kind, variables, body: evaluationOf(unit, term.body, 'now'), type };
    }
    case 'load':
    case 'has':
    case 'size':
    case 'host':
      return { kind: 'value', evaluation: evaluationOf(unit, term, term.when), type: term.type };
    default:
      throw new Error(`${term.kind} is no input`);
  }
}

/** Equal terms have equal keys. */
function keyOf(term: Term): string {
  return JSON.stringify(term, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? [...value] : value,
  );
}

function childrenOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case 'op':
    case 'host':
      return term.args;
    case 'load':
    case 'has':
      return term.keys;
    default:
      return [];
  }
}

// ---- terms to code -----------------------------------------------------------------------------

function lowerTerm(view: View, term: Term): Atom {
  if (isInput(term, view.when)) return local(view.words.get(keyOf(term))!);
  const { span } = view.unit;
  switch (term.kind) {
    case 'const':
      return constant(term.type, term.value);
    case 'op':
      return lowerOp(view, term);
    case 'load': {
      const place = {
        slot: term.slot,
        keys: term.keys.map((key) => lowerTerm(view, key)),
        field: term.field,
      };
      return into(view, term.type, (target) => emit(view, { kind: 'load', span, target, place }));
    }
    case 'has': {
      const keys = term.keys.map((key) => lowerTerm(view, key));
      return into(view, BOOL, (target) => emit(view, { kind: 'has', span, target, slot: term.slot, keys }));
    }
    case 'size':
      return into(view, INT, (target) => emit(view, { kind: 'size', span, target, slot: term.slot }));
    case 'host': {
      const { name, currency } = term;
      const args = term.args.map((arg) => lowerTerm(view, arg));
      return into(view, term.type, (target) =>
        emit(view, { kind: 'host', span, targets: [target], name, currency, args, reverts: [] }),
      );
    }
    default:
      throw new Error(`no code for ${term.kind}`);
  }
}

function into(view: View, type: Scalar, make: (target: number) => void): Atom {
  const target = fresh(view, type, view.unit.span);
  make(target);
  return local(target);
}

type Op = Extract<Term, { readonly kind: 'op' }>;

/** `&&`, `||`, `==>` and `if` evaluate only what decides: a guarded division does not stop the clause. */
function lowerOp(view: View, term: Op): Atom {
  const [first, second, third] = term.args;
  switch (term.op) {
    case 'and':
      return choose(view, term.type, first!, second!, constantTerm(false));
    case 'or':
      return choose(view, term.type, first!, constantTerm(true), second!);
    case 'implies':
      return choose(view, term.type, first!, second!, constantTerm(true));
    case 'ite':
      return choose(view, term.type, first!, second!, third!);
    default: {
      const args = term.args.map((arg) => lowerTerm(view, arg));
      return operate(view, term.op, args, term.type, view.unit.span, REVERTS[term.op] ?? []);
    }
  }
}

const REVERTS: { readonly [op in OpName]?: readonly Revert['reason'][] } = {
  add: ['overflow'],
  sub: ['overflow'],
  mul: ['overflow'],
  neg: ['overflow'],
  div: ['divisionByZero', 'overflow'],
  mod: ['divisionByZero'],
  mulDiv: ['divisionByZero', 'overflow'],
  mulDivUp: ['divisionByZero', 'overflow'],
  isqrt: ['overflow'],
  pow: ['overflow'],
  concat: ['tooLong'],
  checkIndex: ['index'],
};

function constantTerm(value: boolean): Term {
  return { kind: 'const', type: BOOL, value };
}

function choose(view: View, type: Scalar, condition: Term, yes: Term, no: Term): Atom {
  const { span } = view.unit;
  const test = lowerTerm(view, condition);
  const target = fresh(view, type, span);
  const copy = (value: Term) => () =>
    emit(view, { kind: 'copy', span, target, value: lowerTerm(view, value) });
  emit(view, branch(test, span, apart(view, copy(yes)).stmts, apart(view, copy(no)).stmts));
  return local(target);
}
