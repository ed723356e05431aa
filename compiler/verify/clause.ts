/**
 * Terms of clauses to formulas at given moments. Integers are unbounded here; where a clause can be undefined (a
 * zero divisor), `definedness` says when it is not.
 */

import type { Scalar } from '../check/types.ts';
import type { Bound, Constant, EnvName, RunEnd, Term, When } from '../core/core.ts';
import type { Moment } from './environment.ts';
import {
  add,
  and,
  bool,
  divide,
  eq,
  type Formula,
  fits,
  floorDiv,
  implies,
  int,
  ite,
  le,
  literal,
  lt,
  mulDiv,
  mulDivUp,
  multiply,
  not,
  ONE,
  or,
  power,
  remainder,
  scale,
  sortOfType,
  squareRoot,
  sub,
  substitute,
  TRUE,
  tuplesOf,
  type Variable,
  valuesOf,
  within,
  ZERO,
} from './formula.ts';
import { balanceOf, canPay } from './ledger.ts';
import { type Model, type SumExpression, sumIndex } from './model.ts';
import { append, at, BYTES_MAX, concat, hashOf, lengthOf } from './sequence.ts';
import {
  fieldName,
  hasName,
  readArray,
  readWord,
  type State,
  sizeName,
  sumName,
  totalName,
} from './state.ts';

/** What a clause refers to: the moments, and the values of what is not state. */
export type Scope = {
  readonly old: State;
  readonly now: State;
  readonly env: (name: EnvName) => Formula;
  /** The same at the moment `old`. */
  readonly oldEnv: (name: EnvName) => Formula;
  /** Of a proof: the end of each run. */
  readonly ends?: ReadonlyMap<RunEnd, Moment>;
  readonly locals: readonly (Formula | undefined)[];
  readonly result: readonly Formula[];
  /** The function that was called, for `called(rule)`. */
  readonly callee: number;
};

/** The condition, and where it is defined at all: what holds is both. */
export function holds(model: Model, term: Term, scope: Scope): Formula {
  return and(definedness(model, term, scope), translate(model, term, scope));
}

export function translate(model: Model, term: Term, scope: Scope): Formula {
  const go = (t: Term): Formula => translate(model, t, scope);
  switch (term.kind) {
    case 'const':
      return constant(term.value, term.type);
    case 'local':
      return found(scope.locals[term.id], `local ${term.id}`);
    case 'env':
      return momentOf(model, term.when, scope).env(term.name);
    case 'result':
      return found(scope.result[term.index], `result ${term.index}`);
    case 'bound':
      return boundVariable(term.id, term.type);
    case 'op':
      return operate(model, term.op, term.args.map(go), term.type);
    case 'forall':
    case 'exists':
      return quantify(model, term, go(term.body));
    case 'called':
      return bool(term.callee === scope.callee || (scope.callee >= 0 && model.flaws.has('calledAny')));
    default:
      return readState(model, term, scope, go);
  }
}

/** The value of a `sum`'s or `count`'s function for one entry. */
export function summand(
  model: Model,
  sum: SumExpression,
  keys: readonly Formula[],
  values: readonly Formula[],
): Formula {
  const names = [...sum.keys, ...sum.values];
  const actual = [...keys, ...values];
  const bindings = new Map(names.map((bound, i) => [boundName(bound.id), actual[i]!]));
  const body = substitute(translate(model, sum.body, NOWHERE), bindings);
  return sum.kind === 'count' ? ite(body, ONE, ZERO) : body;
}

/** The words stored under a key. */
export function entryOf(
  model: Model,
  state: State,
  slot: number,
  keys: readonly Formula[],
): readonly Formula[] {
  return model.contract.slots[slot]!.fields.map((_, field) =>
    readArray(state, fieldName(slot, field), keys, model.flaws),
  );
}

export function constant(value: Constant, type: Scalar): Formula {
  if (typeof value === 'bigint') return int(value);
  if (typeof value === 'boolean') return bool(value);
  if (typeof value === 'string') return literal(sortOfType(type), value);
  // Only the empty list is written as a constant; it is the zero of its type.
  if (!(value instanceof Uint8Array)) return literal(sortOfType(type), '');
  // All zero bytes are the zero of Hash; the empty bytes that of Bytes.
  return literal(
    sortOfType(type),
    value.every((byte) => byte === 0) && type.kind === 'Hash' ? '' : hex(value),
  );
}

/** Operations of code and clauses alike. */
export function operate(model: Model, op: string, args: readonly Formula[], type: Scalar): Formula {
  const [a, b, c] = args as [Formula, Formula, Formula];
  switch (op) {
    case 'add':
      return add(a, b);
    case 'sub':
      return sub(a, b);
    case 'mul':
      return multiply(a, b);
    case 'div':
      return model.flaws.has('divRoundsDown') && b.kind === 'int' && b.value > 0n
        ? floorDiv(a, b)
        : divide(a, b);
    case 'mod':
      return remainder(a, b);
    case 'mulDiv':
      return mulDiv(a, b, c);
    case 'mulDivUp':
      return mulDivUp(a, b, c);
    case 'isqrt':
      return squareRoot(a);
    case 'pow':
      return power(a, b);
    case 'neg':
      return scale(-1n, a);
    case 'eq':
      return eq(a, b);
    case 'ne':
      return not(eq(a, b));
    case 'lt':
      return lt(a, b);
    case 'le':
      return le(a, b);
    case 'gt':
      return lt(b, a);
    case 'ge':
      return le(b, a);
    case 'not':
      return not(a);
    case 'and':
      return and(...args);
    case 'or':
      return or(...args);
    case 'implies':
      return implies(a, b);
    case 'ite':
      return ite(a, b, c);
    case 'concat':
      return concat(a, b);
    case 'length':
      return lengthOf(a);
    case 'checkIndex':
      return a;
    case 'append':
      return append(a, args.slice(1));
    case 'at':
      return at(a, b, Number((c as { readonly value: bigint }).value), type);
    case 'hash':
      return hashOf(a, b);
    default:
      throw new Error(`operation ${op} in ${model.contract.name}`);
  }
}

// ---- private -----------------------------------------------------------------------------------

/** For bodies that mention only what they bind. */
const NOWHERE: Scope = {
  old: { arrays: new Map(), words: new Map() },
  now: { arrays: new Map(), words: new Map() },
  env: (name) => found(undefined, name),
  oldEnv: (name) => found(undefined, name),
  locals: [],
  result: [],
  callee: -1,
};

function momentOf(model: Model, when: When, scope: Scope): Moment {
  if (when === 'now') return { state: scope.now, env: scope.env };
  if (when === 'old')
    return { state: model.flaws.has('staleOld') ? scope.now : scope.old, env: scope.oldEnv };
  const end = scope.ends?.get(when);
  if (end === undefined) throw new Error(`${when} is not in scope of the clause`);
  return end;
}

type StateTerm = Extract<Term, { readonly kind: 'load' | 'has' | 'size' | 'host' | 'sum' | 'count' }>;

function readState(model: Model, term: StateTerm, scope: Scope, go: (term: Term) => Formula): Formula {
  const { state } = momentOf(model, term.when, scope);
  switch (term.kind) {
    case 'load':
      if (model.contract.slots[term.slot]!.kind === 'value')
        return readWord(state, fieldName(term.slot, term.field));
      return readArray(state, fieldName(term.slot, term.field), term.keys.map(go), model.flaws);
    case 'has':
      return readArray(state, hasName(term.slot), term.keys.map(go), model.flaws);
    case 'size':
      return readWord(state, sizeName(term.slot));
    case 'sum':
    case 'count':
      return readWord(state, sumName(sumIndex(model, term)));
    case 'host':
      return readHost(model, term, state, scope.env('self'), term.args.map(go));
  }
}

function readHost(
  model: Model,
  term: Extract<Term, { readonly kind: 'host' }>,
  state: State,
  self: Formula,
  args: readonly Formula[],
): Formula {
  const [account, amount] = args as [Formula, Formula];
  switch (term.name) {
    case 'ledger.balance':
      return balanceOf(model, state, term.currency, account);
    case 'ledger.can_pay':
      return canPay(model, state, term.currency, account, amount, self);
    case 'ledger.total':
      return readWord(state, totalName(term.currency));
    default:
      throw new Error(`${term.name} has no model`);
  }
}

type Quantified = Extract<Term, { readonly kind: 'forall' | 'exists' }>;

/** Quantified numbers are values of a 64-bit word. Of what has few values, variants above all, each is a case. */
function quantify({ flaws }: Model, { kind, variables }: Quantified, body: Formula): Formula {
  const few = variables.filter(({ type }) => valuesOf(type).length > 0);
  const all = tuplesOf(few.map(({ type }) => type));
  if (few.length === 0 || all.length > CASES_MAX) return quantifyOver(kind, variables, body);
  const others = variables.filter((bound) => !few.includes(bound));
  const met = flaws.has('casesForgetOne') ? all.slice(0, -1) : all;
  const cases = met.map((tuple) => {
    const values = new Map(few.map((bound, i) => [boundName(bound.id), tuple[i]!]));
    return quantifyOver(kind, others, substitute(body, values));
  });
  return kind === 'forall' ? and(...cases) : or(...cases);
}

const CASES_MAX = 16;

function quantifyOver(kind: Quantified['kind'], bounds: readonly Bound[], body: Formula): Formula {
  if (bounds.length === 0) return body;
  const ranges = and(...bounds.map((bound) => rangeOfBound(bound)));
  const guarded = kind === 'forall' ? implies(ranges, body) : and(ranges, body);
  return { kind, variables: bounds.map(variableOf), body: guarded };
}

function rangeOfBound(bound: Bound): Formula {
  const variable = boundVariable(bound.id, bound.type);
  if (bound.type.kind === 'Tag') return within(0n, variable, BigInt(bound.type.variants.length - 1));
  return sortOfType(bound.type) === 'Int' ? fits(variable) : TRUE;
}

function boundVariable(id: number, type: Scalar): Formula {
  return { kind: 'variable', name: boundName(id), sort: sortOfType(type) };
}

function variableOf(bound: Bound): Variable {
  return { name: boundName(bound.id), sort: sortOfType(bound.type) };
}

function boundName(id: number): string {
  return `bound.${id}`;
}

/** True where every division of the term has a divisor, each under the conditions that guard it. */
export function definedness(model: Model, term: Term, scope: Scope): Formula {
  const go = (t: Term): Formula => definedness(model, t, scope);
  const value = (t: Term): Formula => translate(model, t, scope);
  switch (term.kind) {
    case 'op':
      return operationDefined(term.op, term.args, go, value);
    case 'load':
    case 'has':
      return and(...term.keys.map(go));
    case 'host':
      return and(...term.args.map(go));
    case 'forall':
    case 'exists': {
      const inner = go(term.body);
      return inner.kind === 'bool' ? inner : quantify(model, { ...term, kind: 'forall' }, inner);
    }
    // The function of a sum is total: `sumDefined` refuses one that divides by an argument.
    default:
      return TRUE;
  }
}

function operationDefined(
  op: string,
  args: readonly Term[],
  go: (term: Term) => Formula,
  value: (term: Term) => Formula,
): Formula {
  const [a, b, c] = args as [Term, Term, Term];
  switch (op) {
    case 'div':
    case 'mod':
      return and(go(a), go(b), not(eq(value(b), ZERO)));
    case 'mulDiv':
    case 'mulDivUp':
      return and(...args.map(go), lt(ZERO, value(c)));
    case 'isqrt':
      return and(go(a), le(ZERO, value(a)));
    case 'pow':
      return and(go(a), go(b), le(ZERO, value(b)));
    case 'checkIndex':
      return and(go(a), go(b), le(ZERO, value(a)), lt(value(a), value(b)));
    case 'concat':
      return and(go(a), go(b), le(lengthOf(concat(value(a), value(b))), int(BYTES_MAX)));
    case 'implies':
      return and(go(a), implies(value(a), go(b)));
    case 'and':
      return and(...args.map((arg, i) => implies(and(...args.slice(0, i).map(value)), go(arg))));
    case 'or':
      return and(...args.map((arg, i) => or(...args.slice(0, i).map(value), go(arg))));
    case 'ite':
      return and(go(a), ite(value(a), go(b), go(c)));
    default:
      return and(...args.map(go));
  }
}

function found(formula: Formula | undefined, what: string): Formula {
  if (formula === undefined) throw new Error(`${what} is not in scope of the clause`);
  return formula;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
