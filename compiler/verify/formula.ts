/**
 * Formulas: the small logical language between the symbolic walk and SMT-LIB. Integers are mathematical; DIDs,
 * texts, bytes and hashes have equality alone. Constructors simplify what is plain to see, so that obligations
 * stay small; nodes are shared, never changed.
 */
import { type Scalar, typeText } from '../check/types.ts';

/** Each type of lists is a sort of its own. */
export type ListSort = `List_${string}`;
export type Sort = 'Int' | 'Bool' | 'Did' | 'Text' | 'Bytes' | 'Hash' | ListSort;

export type Formula =
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'bool'; readonly value: boolean }
  /** A written value of a sort without order; two of them differ where their texts differ. `""` is zero. */
  | { readonly kind: 'literal'; readonly sort: Sort; readonly value: string }
  /** A value about which nothing is known but the facts. */
  | { readonly kind: 'symbol'; readonly name: string; readonly sort: Sort }
  /** A function about which nothing is known but the facts: the state before the call, the host, products. */
  | { readonly kind: 'apply'; readonly name: string; readonly args: readonly Formula[]; readonly sort: Sort }
  | { readonly kind: 'op'; readonly op: Op; readonly args: readonly Formula[]; readonly sort: Sort }
  /** A bound variable; gone once obligations are instantiated, as are the quantifiers. */
  | { readonly kind: 'variable'; readonly name: string; readonly sort: Sort }
  | { readonly kind: 'forall' | 'exists'; readonly variables: readonly Variable[]; readonly body: Formula };

export type Variable = { readonly name: string; readonly sort: Sort };
/** `scale`: an integer constant times a term; `div`, `mod`: Euclidean, by a positive constant. */
export type Op = 'add' | 'sub' | 'scale' | 'div' | 'mod' | 'eq' | 'lt' | 'le' | 'not' | 'and' | 'or' | 'ite';

export const TRUE: Formula = { kind: 'bool', value: true };
export const FALSE: Formula = { kind: 'bool', value: false };
export const ZERO: Formula = { kind: 'int', value: 0n };
export const ONE: Formula = { kind: 'int', value: 1n };
export const INT_MIN = -(2n ** 63n);
export const INT_MAX = 2n ** 63n - 1n;

export function int(value: bigint): Formula {
  return { kind: 'int', value };
}

export function bool(value: boolean): Formula {
  return value ? TRUE : FALSE;
}

export function literal(sort: Sort, value: string): Formula {
  return { kind: 'literal', sort, value };
}

export function symbol(name: string, sort: Sort): Formula {
  return { kind: 'symbol', name, sort };
}

export function apply(name: string, args: readonly Formula[], sort: Sort): Formula {
  return { kind: 'apply', name, args, sort };
}

export function sortOf(formula: Formula): Sort {
  switch (formula.kind) {
    case 'int':
      return 'Int';
    case 'bool':
    case 'forall':
    case 'exists':
      return 'Bool';
    default:
      return formula.sort;
  }
}

/** The sort that stands for a type: every number is a mathematical integer with range facts beside it. */
export function sortOfType(type: Scalar): Sort {
  switch (type.kind) {
    case 'Bool':
    case 'Did':
    case 'Text':
    case 'Bytes':
    case 'Hash':
      return type.kind;
    case 'List':
      return listSort(type);
    default:
      return 'Int';
  }
}

/** Every value of a type that has few; none of any other. A tag may stand beside words of its variant: all the more. */
export function valuesOf(type: Scalar): readonly Formula[] {
  if (type.kind === 'Bool') return [FALSE, TRUE];
  return type.kind === 'Tag' ? type.variants.map((_, index) => int(BigInt(index))) : [];
}

/** Every tuple of values of these types; none where one of them has more than few. */
export function tuplesOf(types: readonly Scalar[]): readonly (readonly Formula[])[] {
  return types.reduce<readonly (readonly Formula[])[]>(
    (tuples, type) => tuples.flatMap((tuple) => valuesOf(type).map((value) => [...tuple, value])),
    [[]],
  );
}

/** The type in signs that SMT-LIB knows. */
function listSort(type: Scalar): ListSort {
  const signs = typeText(type).replace(/[^A-Za-z0-9]/g, (sign) => `_${sign.charCodeAt(0).toString(16)}`);
  return `List_${signs}`;
}

export function isListSort(sort: Sort): sort is ListSort {
  return sort.startsWith('List_');
}

export function zeroOf(sort: Sort): Formula {
  if (sort === 'Int') return ZERO;
  return sort === 'Bool' ? FALSE : literal(sort, '');
}

// ---- logic -------------------------------------------------------------------------------------

export function not(a: Formula): Formula {
  if (a.kind === 'bool') return bool(!a.value);
  if (a.kind === 'op' && a.op === 'not') return a.args[0]!;
  return op('not', [a], 'Bool');
}

export function and(...parts: readonly Formula[]): Formula {
  return connect('and', parts, TRUE);
}

export function or(...parts: readonly Formula[]): Formula {
  return connect('or', parts, FALSE);
}

export function implies(a: Formula, b: Formula): Formula {
  return or(not(a), b);
}

export function ite(condition: Formula, then: Formula, otherwise: Formula): Formula {
  if (condition.kind === 'bool') return condition.value ? then : otherwise;
  if (same(then, otherwise)) return then;
  if (condition.kind === 'op' && condition.op === 'not') return ite(condition.args[0]!, otherwise, then);
  if (sortOf(then) === 'Bool') {
    if (then.kind === 'bool') return then.value ? or(condition, otherwise) : and(not(condition), otherwise);
    if (otherwise.kind === 'bool') return otherwise.value ? or(not(condition), then) : and(condition, then);
  }
  return op('ite', [condition, then, otherwise], sortOf(then));
}

export function eq(a: Formula, b: Formula): Formula {
  if (same(a, b)) return TRUE;
  if (isValue(a) && isValue(b)) return FALSE;
  const appended = eqAppended(a, b);
  if (appended !== null) return appended;
  if (a.kind === 'bool') return a.value ? b : not(b);
  if (b.kind === 'bool') return b.value ? a : not(a);
  return op('eq', [a, b], 'Bool');
}

/** Two lists with a last element: equal in it and in what stands before. One without elements is another. */
function eqAppended(a: Formula, b: Formula): Formula | null {
  if (!isAppend(a)) return isAppend(b) ? eqAppended(b, a) : null;
  if (b.kind === 'literal') return FALSE;
  return isAppend(b) ? eqAll(a.args, b.args) : null;
}

function isAppend(a: Formula): a is Extract<Formula, { readonly kind: 'apply' }> {
  return a.kind === 'apply' && a.name.startsWith('append.');
}

/** Componentwise equality of two keys of one length. */
export function eqAll(a: readonly Formula[], b: readonly Formula[]): Formula {
  return and(...a.map((part, i) => eq(part, b[i]!)));
}

// ---- integers ----------------------------------------------------------------------------------

export function add(a: Formula, b: Formula): Formula {
  if (a.kind === 'int' && b.kind === 'int') return int(a.value + b.value);
  if (isInt(a, 0n)) return b;
  if (isInt(b, 0n)) return a;
  return op('add', [a, b], 'Int');
}

export function sub(a: Formula, b: Formula): Formula {
  if (a.kind === 'int' && b.kind === 'int') return int(a.value - b.value);
  if (isInt(b, 0n)) return a;
  if (same(a, b)) return ZERO;
  return op('sub', [a, b], 'Int');
}

/** A constant times a term: linear. */
export function scale(factor: bigint, a: Formula): Formula {
  if (a.kind === 'int') return int(factor * a.value);
  if (factor === 0n) return ZERO;
  if (isScaled(a)) return scale(factor * a.args[0].value, a.args[1]);
  return factor === 1n ? a : op('scale', [int(factor), a], 'Int');
}

/** A product: linear where a factor is a constant, else a function with axioms; factors in one order. */
export function multiply(a: Formula, b: Formula): Formula {
  if (a.kind === 'int') return scale(a.value, b);
  if (b.kind === 'int') return scale(b.value, a);
  if (isScaled(a)) return scale(a.args[0].value, multiply(a.args[1], b));
  if (isScaled(b)) return scale(b.args[0].value, multiply(a, b.args[1]));
  return apply('product', [a, b], 'Int');
}

/** Division that truncates toward zero; by zero anything at all. */
export function divide(a: Formula, b: Formula): Formula {
  if (b.kind !== 'int' || b.value === 0n) return apply('quotient', [a, b], 'Int');
  if (a.kind === 'int') return int(a.value / b.value);
  if (b.value === 1n) return a;
  const by = int(b.value < 0n ? -b.value : b.value);
  const magnitude = ite(le(ZERO, a), floorDiv(a, by), scale(-1n, floorDiv(scale(-1n, a), by)));
  return b.value < 0n ? scale(-1n, magnitude) : magnitude;
}

/** The remainder that goes with `divide`. */
export function remainder(a: Formula, b: Formula): Formula {
  if (a.kind === 'int' && b.kind === 'int' && b.value !== 0n) return int(a.value % b.value);
  return sub(a, multiply(b, divide(a, b)));
}

/** `a * b / c` toward negative infinity; unless `c` is positive anything at all. */
export function mulDiv(a: Formula, b: Formula, c: Formula): Formula {
  if (c.kind === 'int' && c.value > 0n) return floorDiv(multiply(a, b), c);
  return apply('mulDiv', [a, b, c], 'Int');
}

/** `a * b / c` toward positive infinity. */
export function mulDivUp(a: Formula, b: Formula, c: Formula): Formula {
  return scale(-1n, mulDiv(scale(-1n, a), b, c));
}

/** The integer square root; of a negative number anything at all. */
export function squareRoot(a: Formula): Formula {
  return apply('isqrt', [a], 'Int');
}

const POWER_MAX = 64n;

/** A power: exact where it is plain, else a function with bounds; with a negative exponent anything at all. */
export function power(a: Formula, n: Formula): Formula {
  if (n.kind === 'int' && n.value === 0n) return ONE;
  if (n.kind === 'int' && n.value === 1n) return a;
  if (n.kind === 'int' && n.value === 2n) return multiply(a, a);
  if (a.kind === 'int' && n.kind === 'int' && n.value > 0n && n.value <= POWER_MAX)
    return int(a.value ** n.value);
  return apply('pow', [a, n], 'Int');
}

export function floorDiv(a: Formula, by: Formula): Formula {
  if (isInt(by, 1n)) return a;
  if (a.kind === 'int' && by.kind === 'int' && by.value > 0n) return int(floorOf(a.value, by.value));
  return op('div', [a, by], 'Int');
}

export function lt(a: Formula, b: Formula): Formula {
  if (a.kind === 'int' && b.kind === 'int') return bool(a.value < b.value);
  return same(a, b) ? FALSE : op('lt', [a, b], 'Bool');
}

export function le(a: Formula, b: Formula): Formula {
  if (a.kind === 'int' && b.kind === 'int') return bool(a.value <= b.value);
  return same(a, b) ? TRUE : op('le', [a, b], 'Bool');
}

/** `low <= a <= high`. */
export function within(low: bigint, a: Formula, high: bigint): Formula {
  return and(le(int(low), a), le(a, int(high)));
}

/** `a` is a value of a 64-bit word. */
export function fits(a: Formula): Formula {
  return within(INT_MIN, a, INT_MAX);
}

export function absolute(a: Formula): Formula {
  return ite(le(ZERO, a), a, scale(-1n, a));
}

/** The larger of `a` and zero. */
export function positivePart(a: Formula): Formula {
  return ite(lt(ZERO, a), a, ZERO);
}

// ---- structure ---------------------------------------------------------------------------------

export function childrenOf(formula: Formula): readonly Formula[] {
  switch (formula.kind) {
    case 'apply':
    case 'op':
      return formula.args;
    case 'forall':
    case 'exists':
      return [formula.body];
    default:
      return [];
  }
}

/** Rebuilt through the simplifying constructors with each child replaced. */
export function mapChildren(formula: Formula, change: (child: Formula) => Formula): Formula {
  switch (formula.kind) {
    case 'apply':
      return apply(formula.name, formula.args.map(change), formula.sort);
    case 'op':
      return rebuild(formula.op, formula.args.map(change), formula.sort);
    case 'forall':
    case 'exists':
      return { kind: formula.kind, variables: formula.variables, body: change(formula.body) };
    default:
      return formula;
  }
}

/** Bound variables replaced by name. */
export function substitute(formula: Formula, values: ReadonlyMap<string, Formula>): Formula {
  const done = new Map<Formula, Formula>();
  const go = (f: Formula): Formula => {
    if (f.kind === 'variable') return values.get(f.name) ?? f;
    const result = done.get(f) ?? mapChildren(f, go);
    done.set(f, result);
    return result;
  };
  return go(formula);
}

/** Each node once, children before parents. */
export function visitNodes(formulas: readonly Formula[], visit: (formula: Formula) => void): void {
  const seen = new Set<Formula>();
  const go = (formula: Formula): void => {
    if (seen.has(formula)) return;
    seen.add(formula);
    for (const child of childrenOf(formula)) go(child);
    visit(formula);
  };
  for (const formula of formulas) go(formula);
}

export function hasQuantifier(formula: Formula): boolean {
  let found = false;
  visitNodes([formula], (node) => {
    if (node.kind === 'forall' || node.kind === 'exists') found = true;
  });
  return found;
}

/** Structural equality, looked for to a small depth: true is certain, false may only be unseen. */
export function same(a: Formula, b: Formula, depth = 6): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || depth === 0) return false;
  switch (a.kind) {
    case 'int':
    case 'bool':
      return a.value === (b as typeof a).value;
    case 'literal':
      return a.value === (b as typeof a).value && a.sort === (b as typeof a).sort;
    case 'symbol':
    case 'variable':
      return a.name === (b as typeof a).name;
    case 'apply':
      return a.name === (b as typeof a).name && sameAll(a.args, (b as typeof a).args, depth - 1);
    case 'op':
      return a.op === (b as typeof a).op && sameAll(a.args, (b as typeof a).args, depth - 1);
    default:
      return false;
  }
}

/** Gives equal formulas, however built, one number: numbers count up in the order of first sight. */
export function numbering(): (formula: Formula) => number {
  const byText = new Map<string, number>();
  const byNode = new Map<Formula, number>();
  const number = (formula: Formula): number => {
    const known = byNode.get(formula);
    if (known !== undefined) return known;
    const text = nodeText(formula, number);
    const id = byText.get(text) ?? byText.size;
    byText.set(text, id);
    byNode.set(formula, id);
    return id;
  };
  return number;
}

/** A formula as text for people and golden files. */
export function printFormula(formula: Formula): string {
  switch (formula.kind) {
    case 'int':
    case 'bool':
      return String(formula.value);
    case 'literal':
      return JSON.stringify(formula.value);
    case 'symbol':
    case 'variable':
      return formula.name;
    case 'apply':
      return formula.args.length === 0
        ? formula.name
        : `${formula.name}(${formula.args.map(printFormula).join(', ')})`;
    case 'op':
      return `(${formula.op} ${formula.args.map(printFormula).join(' ')})`;
    default:
      return `(${formula.kind} ${formula.variables.map((v) => `${v.name}: ${v.sort}`).join(', ')} ${printFormula(formula.body)})`;
  }
}

// ---- private -----------------------------------------------------------------------------------

function op(name: Op, args: readonly Formula[], sort: Sort): Formula {
  return { kind: 'op', op: name, args, sort };
}

function connect(name: 'and' | 'or', parts: readonly Formula[], unit: Formula): Formula {
  const kept: Formula[] = [];
  for (const part of parts.flatMap((p) => (p.kind === 'op' && p.op === name ? p.args : [p]))) {
    if (part.kind === 'bool') {
      if (part !== unit && part.value !== (unit === TRUE)) return part;
    } else if (!kept.some((other) => same(part, other, 3))) {
      kept.push(part);
    }
  }
  if (kept.length === 0) return unit;
  return kept.length === 1 ? kept[0]! : op(name, kept, 'Bool');
}

function rebuild(name: Op, args: readonly Formula[], sort: Sort): Formula {
  const [a, b, c] = args as [Formula, Formula, Formula];
  switch (name) {
    case 'add':
      return add(a, b);
    case 'sub':
      return sub(a, b);
    case 'scale':
      return multiply(a, b);
    case 'eq':
      return eq(a, b);
    case 'lt':
      return lt(a, b);
    case 'le':
      return le(a, b);
    case 'not':
      return not(a);
    case 'and':
      return and(...args);
    case 'or':
      return or(...args);
    case 'ite':
      return ite(a, b, c);
    default:
      return op(name, args, sort);
  }
}

function sameAll(a: readonly Formula[], b: readonly Formula[], depth: number): boolean {
  return a.length === b.length && a.every((part, i) => same(part, b[i]!, depth));
}

function floorOf(a: bigint, by: bigint): bigint {
  return a / by - (a < 0n && a % by !== 0n ? 1n : 0n);
}

function isValue(a: Formula): boolean {
  return a.kind === 'int' || a.kind === 'bool' || a.kind === 'literal';
}

type Scaled = { readonly args: readonly [{ readonly value: bigint }, Formula] };

/** A constant times a term. */
function isScaled(a: Formula): a is Formula & Scaled {
  return a.kind === 'op' && a.op === 'scale' && a.args[0]!.kind === 'int';
}

function isInt(a: Formula, value: bigint): boolean {
  return a.kind === 'int' && a.value === value;
}

function nodeText(formula: Formula, number: (child: Formula) => number): string {
  switch (formula.kind) {
    case 'int':
    case 'bool':
      return `${formula.kind} ${formula.value}`;
    case 'literal':
      return `literal ${formula.sort} ${JSON.stringify(formula.value)}`;
    case 'symbol':
    case 'variable':
      return `${formula.kind} ${formula.sort} ${formula.name}`;
    case 'apply':
      return `apply ${formula.name} ${formula.args.map(number).join(' ')}`;
    case 'op':
      return `op ${formula.op} ${formula.args.map(number).join(' ')}`;
    default:
      return `${formula.kind} ${formula.variables.map((v) => `${v.name}:${v.sort}`).join(' ')} ${number(formula.body)}`;
  }
}
