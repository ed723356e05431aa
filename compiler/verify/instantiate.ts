/**
 * Quantifiers out: what is asserted is put into negation normal form, existentials become fresh symbols, and
 * universals the conjunction of their instances at the key terms at hand. Fewer instances only weaken what is
 * asserted, so `unsat` stays true; a bound on their number costs proofs, never soundness.
 */
import { type Flaws, NO_FLAWS } from './flaws.ts';
import {
  and,
  childrenOf,
  FALSE,
  type Formula,
  hasQuantifier,
  mapChildren,
  not,
  numbering,
  or,
  type Sort,
  sortOf,
  substitute,
  symbol,
  TRUE,
  type Variable,
  visitNodes,
} from './formula.ts';

const ROUNDS = 2;
const CANDIDATES_MAX = 14;
const INSTANCES_MAX = 200;

/** Further terms worth instantiating at: before those that are met, and behind them, where so many are not too many. */
export type Keys = { readonly first: readonly Formula[]; readonly last: readonly Formula[] };

/** What comes out is free of quantifiers. */
export function instantiate(
  asserted: readonly Formula[],
  { first: keys, last }: Keys,
  flaws: Flaws = NO_FLAWS,
): readonly Formula[] {
  const witness = flaws.has('witnessesShared') ? ONE_WITNESS : witnesses();
  const normal = asserted.map((formula) => skolemize(normalize(formula), witness));
  let candidates = candidatesOf([...normal.map(groundPart), ...keys], keys);
  let ground: readonly Formula[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const met = [...candidates, ...last.filter((key) => !candidates.includes(key))];
    ground = normal.map((formula) => expand(formula, met, witness));
    candidates = candidatesOf([...candidates, ...ground, ...keys], [...candidates, ...keys]);
  }
  return ground;
}

// ---- normal form -------------------------------------------------------------------------------

/** Negation normal form as far down as there are quantifiers. */
function normalize(formula: Formula): Formula {
  return hasQuantifier(formula) ? positive(formula) : formula;
}

function positive(formula: Formula): Formula {
  if (!hasQuantifier(formula)) return formula;
  if (formula.kind === 'forall' || formula.kind === 'exists')
    return { ...formula, body: positive(formula.body) };
  if (!isConnective(formula)) return positive(byCases(formula));
  const [a, b, c] = formula.args as [Formula, Formula, Formula];
  switch (formula.op) {
    case 'not':
      return negative(a);
    case 'and':
      return and(...formula.args.map(positive));
    case 'or':
      return or(...formula.args.map(positive));
    case 'eq':
      return or(and(positive(a), positive(b)), and(negative(a), negative(b)));
    case 'ite':
      return or(and(positive(a), positive(b)), and(negative(a), positive(c)));
    default:
      throw new Error(`a quantifier under ${formula.op}`);
  }
}

function negative(formula: Formula): Formula {
  if (!hasQuantifier(formula)) return not(formula);
  if (formula.kind === 'forall' || formula.kind === 'exists') {
    const kind = formula.kind === 'forall' ? 'exists' : 'forall';
    return { kind, variables: formula.variables, body: negative(formula.body) };
  }
  if (!isConnective(formula)) return negative(byCases(formula));
  const [a, b, c] = formula.args as [Formula, Formula, Formula];
  switch (formula.op) {
    case 'not':
      return positive(a);
    case 'and':
      return or(...formula.args.map(negative));
    case 'or':
      return and(...formula.args.map(negative));
    case 'eq':
      return or(and(positive(a), negative(b)), and(negative(a), positive(b)));
    case 'ite':
      return or(and(positive(a), negative(b)), and(negative(a), negative(c)));
    default:
      throw new Error(`a quantifier under ${formula.op}`);
  }
}

type Connective = Extract<Formula, { readonly kind: 'op' }>;

/** What is made of truth values alone; equality of numbers, say, is not. */
function isConnective(formula: Formula): formula is Connective {
  return formula.kind === 'op' && formula.args.every((arg) => sortOf(arg) === 'Bool');
}

/** A quantifier inside of a number or a key: the statement with it true, and with it false. */
function byCases(atom: Formula): Formula {
  const inside = quantifiedPart(atom)!;
  const given = (value: Formula): Formula => {
    const go = (f: Formula): Formula => (f === inside ? value : hasQuantifier(f) ? mapChildren(f, go) : f);
    return go(atom);
  };
  return or(and(inside, given(TRUE)), and(not(inside), given(FALSE)));
}

/** The first largest part that is true or false and has a quantifier. */
function quantifiedPart(formula: Formula): Formula | null {
  for (const child of childrenOf(formula)) {
    const found = !hasQuantifier(child) ? null : sortOf(child) === 'Bool' ? child : quantifiedPart(child);
    if (found !== null) return found;
  }
  return null;
}

// ---- existentials ------------------------------------------------------------------------------

/** What stands for a variable of an existential. */
type Witness = (exists: Formula, variable: Variable) => Formula;

/**
 * One formula has one witness, whenever it is met. Numbers that were counted anew each round would let a term at which
 * a universal is instantiated be the witness of that very instance.
 */
function witnesses(): Witness {
  const number = numbering();
  return (exists, { name, sort }) => symbol(`some.${number(exists)}.${name}`, sort);
}

/** Planted: whatever there is, it is the same. */
const ONE_WITNESS: Witness = (_, { sort }) => symbol(`some.${sort}`, sort);

/** Existentials that stand under no universal become symbols. */
function skolemize(formula: Formula, witness: Witness): Formula {
  if (formula.kind === 'exists') {
    const values = new Map(formula.variables.map((v) => [v.name, witness(formula, v)]));
    return skolemize(substitute(formula.body, values), witness);
  }
  if (formula.kind === 'op' && (formula.op === 'and' || formula.op === 'or') && hasQuantifier(formula)) {
    return mapChildren(formula, (child) => skolemize(child, witness));
  }
  return formula;
}

// ---- universals --------------------------------------------------------------------------------

function expand(formula: Formula, candidates: readonly Formula[], witness: Witness): Formula {
  if (formula.kind === 'exists') return expand(skolemize(formula, witness), candidates, witness);
  if (formula.kind === 'forall') {
    const instances = tuplesFor(formula.variables, candidates).map((tuple) => {
      const values = new Map(formula.variables.map((variable, i) => [variable.name, tuple[i]!]));
      return expand(substitute(formula.body, values), candidates, witness);
    });
    return and(...instances);
  }
  if (formula.kind === 'op' && (formula.op === 'and' || formula.op === 'or') && hasQuantifier(formula)) {
    return mapChildren(formula, (child) => expand(child, candidates, witness));
  }
  return formula;
}

function tuplesFor(
  variables: readonly Variable[],
  candidates: readonly Formula[],
): readonly (readonly Formula[])[] {
  let tuples: readonly (readonly Formula[])[] = [[]];
  for (const variable of variables) {
    const values = valuesFor(variable.sort, candidates);
    tuples = tuples.flatMap((tuple) => values.map((value) => [...tuple, value])).slice(0, INSTANCES_MAX);
  }
  return tuples;
}

function valuesFor(sort: Sort, candidates: readonly Formula[]): readonly Formula[] {
  if (sort === 'Bool') return [TRUE, FALSE];
  return candidates.filter((candidate) => sortOf(candidate) === sort).slice(0, CANDIDATES_MAX);
}

/** The part outside of quantifiers: where key terms are looked for first. */
function groundPart(formula: Formula): Formula {
  if (formula.kind === 'forall' || formula.kind === 'exists') return TRUE;
  return hasQuantifier(formula) ? mapChildren(formula, groundPart) : formula;
}

/**
 * The terms at which something is read or compared for identity, in order of appearance. Arguments of products
 * are no keys.
 */
function candidatesOf(formulas: readonly Formula[], first: readonly Formula[]): readonly Formula[] {
  const number = numbering();
  const found = new Map<number, Formula>();
  const note = (formula: Formula): void => {
    const id = number(formula);
    if (!found.has(id)) found.set(id, formula);
  };
  first.forEach(note);
  visitNodes(formulas, (node) => {
    if (node.kind === 'symbol' && node.name.startsWith('some.')) note(node);
    if (node.kind === 'apply' && !isArithmetic(node.name)) node.args.forEach(note);
    if (node.kind === 'op' && node.op === 'eq' && isIdentity(sortOf(node.args[0]!)))
      node.args.forEach(noteAtom);
  });
  function noteAtom(formula: Formula): void {
    if (childrenOf(formula).length === 0) note(formula);
  }
  return [...found.values()];
}

function isArithmetic(name: string): boolean {
  return name === 'product' || name === 'quotient';
}

function isIdentity(sort: Sort): boolean {
  return sort !== 'Int' && sort !== 'Bool';
}
