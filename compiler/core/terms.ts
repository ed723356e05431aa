/**
 * Clauses to terms: pure trees over mathematical integers. Every read of state says when: `old` inside `old(…)`,
 * otherwise `now`, the one state that the clause is about.
 */
import { ungroup } from '../check/checker.ts';
import { type Formula, formulaOf } from '../check/formula.ts';
import {
  BOOL,
  type Field,
  HASH,
  INT,
  leavesOf,
  type Scalar,
  TEXT,
  type Type,
  wordsOfField,
} from '../check/types.ts';
import { isDeclaration } from '../resolve/entity.ts';
import type * as ast from '../syntax/ast.ts';
import { type Builder, wordName } from './builder.ts';
import { hostCurrency, hostValues, NUMBER_OPS, withWhole } from './call.ts';
import { constant, constantOf } from './constant.ts';
import type { AssertClause, Bound, Clause, EnvName, OpName, RunEnd, Term, When } from './core.ts';
import { fieldWords, qualifiedVariant, tagOfHash, variantAlone } from './expression.ts';
import { heldBy, testOf } from './match.ts';
import { collectionOf, slotOf } from './place.ts';
import { type Expr, entityOf, indexIn, lineOf, type Source, type Stmt, scalarOf, typeOf } from './source.ts';
import { indexOfVariant, variantWords, zeroOf } from './variant.ts';

/** What the names of a clause stand for. */
export type Scope = {
  readonly source: Source;
  readonly when: When;
  /** The words of parameters and local variables. */
  readonly localWords: (declaration: ast.AnyNode) => readonly Term[] | undefined;
  /** The words of bound variables, by declaration. */
  readonly words: ReadonlyMap<ast.AnyNode, readonly Term[]>;
  /** In a hook, how many periods went by. */
  readonly periods: Term | null;
  /** In a `prove`: the end of the run that an expression names. */
  readonly endOf: (run: ast.Expr) => RunEnd;
  /** Numbers for bound variables, shared by one clause. */
  readonly counter: { next: number };
};

/** The scope of a clause that stands outside of every function. */
export function contractScope(source: Source): Scope {
  return {
    source,
    when: 'now',
    localWords: () => undefined,
    words: new Map(),
    periods: null,
    endOf: () => {
      throw new Error('a run outside of a `prove`');
    },
    counter: { next: 0 },
  };
}

/** The scope of a clause at this point of a function: its variables are the locals. */
export function functionScope(builder: Builder): Scope {
  const localWords = (declaration: ast.AnyNode) =>
    builder.variables
      .get(declaration)
      ?.map((id): Term => ({ kind: 'local', id, type: builder.locals[id]!.type }));
  const periods: Term | null =
    builder.periods === null ? null : { kind: 'local', id: builder.periods, type: INT };
  return { ...contractScope(builder.source), localWords, periods };
}

type Written = { readonly span: ast.Span; readonly condition: ast.Expr; readonly unproved: boolean };

/** A clause of the core from one of the source. */
export function clauseOf<K extends Clause['kind'] | 'assert'>(
  scope: Scope,
  kind: K,
  name: string,
  node: Written,
  message: string | null = null,
) {
  const text = lineOf(scope.source, node.condition);
  return {
    kind,
    name,
    text,
    term: termOf(scope, node.condition),
    unproved: node.unproved,
    message,
    span: node.span,
  };
}

export function assertClause(builder: Builder, stmt: Stmt<'assert'>): AssertClause {
  builder.asserts += 1;
  return clauseOf(functionScope(builder), 'assert', `assert_${builder.asserts}`, stmt);
}

/** The one word of a clause's condition, or of a scalar part of it. */
export function termOf(scope: Scope, expr: ast.Expr): Term {
  const [term, ...others] = termsOf(scope, expr);
  if (term === undefined || others.length > 0) throw new Error(`${expr.kind} is not one word`);
  return term;
}

/** The words of a value. */
export function termsOf(scope: Scope, expr: ast.Expr): readonly Term[] {
  const literal = constantOf(scope.source, expr);
  if (literal !== null) return [literal];
  switch (expr.kind) {
    case 'name':
      return nameTerms(scope, expr);
    case 'tuple':
      return expr.items.flatMap((item) => termsOf(scope, item));
    case 'struct_':
      return structTerms(scope, expr);
    case 'unary':
      return [
        op(expr.op === '!' ? 'not' : 'neg', [termOf(scope, expr.operand)], scalarOf(scope.source, expr)),
      ];
    case 'binary':
      return [binaryTerm(scope, expr)];
    case 'field':
      return fieldTerms(scope, expr);
    case 'index':
      return indexTerms(scope, expr);
    case 'list':
      return [listTerm(scope, expr)];
    case 'call':
      return callTerms(scope, expr);
    case 'if':
      return ifTerms(scope, expr);
    case 'match':
      return matchTerms(scope, expr);
    case 'block':
      return formulaTerms(scope, formulaIn(expr));
    case 'quantifier':
      return [quantifierTerm(scope, expr)];
    case 'group':
      return termsOf(scope, expr.inner);
    default:
      throw new Error(`no term for ${expr.kind}`);
  }
}

function op(name: OpName | 'implies' | 'ite', args: readonly Term[], type: Scalar): Term {
  return { kind: 'op', op: name, args, type };
}

// ---- names and places --------------------------------------------------------------------------

function nameTerms(scope: Scope, name: ast.Name): readonly Term[] {
  const entity = entityOf(scope.source, name);
  if (entity.kind === 'variant' || entity.name === 'none')
    return variantAlone(scope.source, name, entity.name);
  if (!isDeclaration(entity)) {
    if (entity.name === 'result') return resultTerms(scope, name);
    if (entity.name === 'periods' && scope.periods !== null) return [scope.periods];
    return [environment(scope, name, entity.name as EnvName)];
  }
  if (entity.kind === 'state' || entity.kind === 'ghost') return loads(scope, placeTerm(scope, name)!);
  if (entity.kind === 'const') return termsOf(scope, entity.node.value);
  const words = scope.words.get(entity.node) ?? scope.localWords(entity.node);
  if (words === undefined) throw new Error(`${entity.kind} ${entity.name} has no words`);
  return words;
}

function environment(scope: Scope, node: ast.Name, name: EnvName): Term {
  const passes = name === 'now' || name === 'block';
  return { kind: 'env', name, when: passes ? scope.when : 'now', type: scalarOf(scope.source, node) };
}

function resultTerms(scope: Scope, name: ast.Name): readonly Term[] {
  return leavesOf(typeOf(scope.source, name)).map(({ type }, index) => ({ kind: 'result', index, type }));
}

function structTerms(scope: Scope, expr: Expr<'struct_'>): readonly Term[] {
  const type = typeOf(scope.source, expr);
  const inOrder = (fields: readonly Field[]) =>
    fields.flatMap(({ name }) =>
      termsOf(scope, expr.fields.find((field) => field.name.text === name)!.value),
    );
  if (type.kind === 'Struct') return inOrder(type.fields);
  if (type.kind !== 'Enum') throw new Error('a struct literal of another type');
  const index = indexOfVariant(type, expr.name.text);
  return variantWords(type, index, inOrder(type.variants[index]!.fields));
}

/** `start`: the first of the words that a value of `type` has here. */
export type Place = {
  readonly slot: number;
  readonly keys: readonly Term[];
  readonly start: number;
  readonly type: Type;
};

export function placeTerm(scope: Scope, expr: ast.Expr): Place | null {
  const target = ungroup(expr);
  const { source } = scope;
  switch (target.kind) {
    case 'name': {
      const slot = slotOf(source, target);
      return slot === null ? null : { slot, keys: [], start: 0, type: typeOf(source, source.fields[slot]!) };
    }
    case 'field': {
      const object = placeTerm(scope, target.object);
      const field = object === null ? null : wordsOfField(object.type, target.name.text);
      return object === null || field === null
        ? null
        : { ...object, start: object.start + field.start, type: field.type };
    }
    case 'index':
      return indexPlace(scope, target);
    default:
      return null;
  }
}

/** An entry of a map, or an element of a list in the state, whose index is within. */
function indexPlace(scope: Scope, target: Expr<'index'>): Place | null {
  const slot = slotOf(scope.source, target.object);
  const type = typeOf(scope.source, target.object);
  if (slot === null || (type.kind !== 'Map' && type.kind !== 'List')) return null;
  const keys = termsOf(scope, target.index);
  if (type.kind === 'Map') return { slot, keys, start: 0, type: type.value };
  const size: Term = { kind: 'size', slot, when: scope.when, type: INT };
  return { slot, keys: [op('checkIndex', [keys[0]!, size], INT)], start: 0, type: type.item };
}

/** What stands under an index: in the state, or in a list or bytes that are a value. */
function indexTerms(scope: Scope, expr: Expr<'index'>): readonly Term[] {
  const place = placeTerm(scope, expr);
  if (place !== null) return loads(scope, place);
  const value = termOf(scope, expr.object);
  const index = op('checkIndex', [termOf(scope, expr.index), op('length', [value], INT)], INT);
  return leavesOf(typeOf(scope.source, expr)).map((leaf, word) =>
    op('at', [value, index, constant(INT, BigInt(word))], leaf.type),
  );
}

function listTerm(scope: Scope, expr: Expr<'list'>): Term {
  const type = scalarOf(scope.source, expr);
  return expr.items.reduce<Term>(
    (list, item) => op('append', [list, ...termsOf(scope, item)], type),
    constant(type, []),
  );
}

function hashTerm(scope: Scope, expr: ast.Expr): Term {
  const type = typeOf(scope.source, expr);
  const words = termsOf(scope, expr);
  const tag = constant(TEXT, tagOfHash(type));
  if (tag.value === '') return op('hash', [tag, words[0]!], HASH);
  const packed: Scalar = { kind: 'List', item: type, capacity: 1 };
  return op('hash', [tag, op('append', [constant(packed, []), ...words], packed)], HASH);
}

function loads(scope: Scope, place: Place): readonly Term[] {
  const { slot, keys, start } = place;
  const { when } = scope;
  return leavesOf(place.type).map(({ type }, index) => ({
    kind: 'load',
    slot,
    keys,
    field: start + index,
    when,
    type,
  }));
}

function fieldTerms(scope: Scope, expr: Expr<'field'>): readonly Term[] {
  const variant = qualifiedVariant(scope.source, expr);
  if (variant !== null) return variantAlone(scope.source, expr, variant);
  const slot = collectionOf(scope.source, expr.object);
  if (slot !== null) return [{ kind: 'size', slot, when: scope.when, type: INT }];
  const type = typeOf(scope.source, expr.object);
  if (type.kind === 'Run') return termsOf(scope, expr.object);
  if (type.kind === 'List' || type.kind === 'Text' || type.kind === 'Bytes')
    return [op('length', [termOf(scope, expr.object)], INT)];
  const place = placeTerm(scope, expr);
  if (place !== null) return loads(scope, place);
  return fieldWords(type, expr.name.text, termsOf(scope, expr.object));
}

// ---- operators ---------------------------------------------------------------------------------

const OPERATORS: { readonly [op in ast.BinaryOp]?: OpName | 'implies' } = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'mod',
  '++': 'concat',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  '&&': 'and',
  '||': 'or',
  '==>': 'implies',
};

function binaryTerm(scope: Scope, expr: Expr<'binary'>): Term {
  if (expr.op === 'in') return hasTerm(scope, collectionOf(scope.source, expr.right)!, expr.left);
  if (expr.op === '==') return equalTerm(scope, expr);
  if (expr.op === '!=') return unequalTerm(scope, expr);
  const name = OPERATORS[expr.op];
  if (name === undefined) throw new Error(`no term for ${expr.op}`);
  return op(name, [termOf(scope, expr.left), termOf(scope, expr.right)], scalarOf(scope.source, expr));
}

function hasTerm(scope: Scope, slot: number, key: ast.Expr): Term {
  return { kind: 'has', slot, keys: termsOf(scope, key), when: scope.when, type: BOOL };
}

/** Structs and tuples are equal word by word. */
function equalTerm(scope: Scope, expr: Expr<'binary'>): Term {
  const right = termsOf(scope, expr.right);
  const equal = termsOf(scope, expr.left).map((left, index) => op('eq', [left, right[index]!], BOOL));
  return equal.length === 0
    ? { kind: 'const', type: BOOL, value: true }
    : equal.reduce((all, next) => op('and', [all, next], BOOL));
}

function unequalTerm(scope: Scope, expr: Expr<'binary'>): Term {
  const equal = equalTerm(scope, expr);
  return equal.kind === 'op' && equal.op === 'eq' ? { ...equal, op: 'ne' } : op('not', [equal], BOOL);
}

function ifTerms(scope: Scope, expr: Expr<'if'>): readonly Term[] {
  const condition = termOf(scope, expr.condition);
  const otherwise = termsOf(scope, expr.otherwise!);
  return termsOf(scope, expr.then).map((then, index) =>
    op('ite', [condition, then, otherwise[index]!], then.type),
  );
}

/** The first case that fits, from the last to the first as the alternatives of an `if`. */
function matchTerms(scope: Scope, expr: Expr<'match'>): readonly Term[] {
  const subject = termsOf(scope, expr.subject);
  const type = typeOf(scope.source, expr.subject);
  const arms = expr.arms.map(({ pattern, body }) => {
    const words = new Map(scope.words);
    for (const held of heldBy(type, pattern, subject)) words.set(held.declaration, held.words);
    return { test: testOf(scope.source, type, pattern), words: termsOf({ ...scope, words }, body) };
  });
  const last = arms.findIndex(({ test }) => test === null);
  const tried = last < 0 ? arms : arms.slice(0, last + 1);
  return tried.slice(0, -1).reduceRight<readonly Term[]>((others, { test, words }) => {
    const taken = op('eq', [subject[test!.word]!, test!.value], BOOL);
    return words.map((word, index) => op('ite', [taken, word, others[index]!], word.type));
  }, tried.at(-1)!.words);
}

// ---- calls -------------------------------------------------------------------------------------

function someTerms(scope: Scope, expr: Expr<'call'>): readonly Term[] {
  const type = typeOf(scope.source, expr);
  if (type.kind !== 'Option') throw new Error('some of no option');
  return variantWords(type, 1, termsOf(scope, expr.args[0]!));
}

function callTerms(scope: Scope, expr: Expr<'call'>): readonly Term[] {
  const { callee } = expr;
  const [first] = expr.args;
  if (callee.kind === 'field') {
    const entity = scope.source.analysed.entities.get(callee.name);
    if (entity?.kind !== 'host') return [hasTerm(scope, slotOf(scope.source, callee.object)!, first!)];
    const args = hostValues(expr, entity.row).map((arg) => termOf(scope, arg));
    const currency = hostCurrency(scope.source, expr, entity.row);
    return [
      {
        kind: 'host',
        name: entity.name,
        currency,
        args,
        when: scope.when,
        type: scalarOf(scope.source, expr),
      },
    ];
  }
  const entity = callee.kind === 'name' ? scope.source.analysed.entities.get(callee) : undefined;
  if (entity?.kind === 'fn' || entity?.kind === 'view') return fnTerms(scope, expr, entity.node);
  const name = callee.kind === 'name' ? callee.text : '';
  switch (name) {
    case 'old':
      return termsOf({ ...scope, when: 'old' }, first!);
    case 'after':
      return termsOf({ ...scope, when: scope.endOf(first!) }, expr.args[1]!);
    case 'sum':
    case 'count':
      return [foldTerm(scope, expr, name)];
    case 'called':
      return [calledTerm(scope, first!)];
    case 'some':
      return someTerms(scope, expr);
    case 'hash':
      return [hashTerm(scope, first!)];
    default:
      return [choiceTerm(scope, expr, name)];
  }
}

/** What a `fn`, or in a `prove` a view, gives back, its body put in the place of the call. */
function fnTerms(scope: Scope, expr: Expr<'call'>, fn: ast.Fn | ast.View): readonly Term[] {
  const words = new Map(scope.words);
  fn.params.forEach((param, index) => {
    words.set(param, termsOf(scope, expr.args[index]!));
  });
  return formulaTerms({ ...scope, words }, formulaIn(fn.body));
}

function formulaIn(body: ast.Block): Formula {
  const formula = formulaOf(body);
  if (formula.kind === 'obstacle') throw new Error(`${formula.what} in a clause`);
  return formula;
}

function formulaTerms(scope: Scope, formula: Formula): readonly Term[] {
  switch (formula.kind) {
    case 'value':
      return termsOf(scope, formula.value);
    case 'name': {
      const words = new Map(scope.words);
      words.set(formula.statement, termsOf(scope, formula.statement.value));
      return formulaTerms({ ...scope, words }, formula.then);
    }
    case 'choice': {
      const condition = termOf(scope, formula.condition);
      const otherwise = formulaTerms(scope, formula.otherwise);
      return formulaTerms(scope, formula.then).map((then, index) =>
        op('ite', [condition, then, otherwise[index]!], then.type),
      );
    }
  }
}

function calledTerm(scope: Scope, rule: ast.Expr): Term {
  const entity = rule.kind === 'name' ? entityOf(scope.source, rule) : null;
  if (entity?.kind !== 'rule') throw new Error('`called` without a rule');
  return { kind: 'called', callee: indexIn(scope.source.callables, entity.node), type: BOOL };
}

/** `min`, `max`, `abs`, and what is one operation. */
function choiceTerm(scope: Scope, expr: Expr<'call'>, name: string): Term {
  const type = scalarOf(scope.source, expr);
  const number = NUMBER_OPS[name];
  if (number !== undefined)
    return op(
      number,
      withWhole(
        number,
        expr.args.map((arg) => termOf(scope, arg)),
      ),
      type,
    );
  const [left, right] = expr.args.map((arg) => termOf(scope, arg));
  if (name === 'abs') {
    const negative = op('lt', [left!, { kind: 'const', type, value: 0n }], BOOL);
    return op('ite', [negative, op('neg', [left!], type), left!], type);
  }
  return op('ite', [op(name === 'min' ? 'le' : 'ge', [left!, right!], BOOL), left!, right!], type);
}

// ---- bound variables ---------------------------------------------------------------------------

function quantifierTerm(scope: Scope, expr: Expr<'quantifier'>): Term {
  const words = new Map(scope.words);
  const variables = expr.params.flatMap((param) =>
    bind(scope, words, param, param.name.text, typeOf(scope.source, param)),
  );
  const body = termOf({ ...scope, words }, expr.body);
  const values = expr.params.flatMap((param) => canonical(typeOf(scope.source, param), words.get(param)!));
  const meant = values.reduceRight(
    (rest, value) => op(expr.quantifier === 'forall' ? 'implies' : 'and', [value, rest], BOOL),
    body,
  );
  return { kind: expr.quantifier, variables, body: meant, type: BOOL };
}

/** New bound variables for the words of a value, and what makes words one. */
export function bindType(scope: Scope, type: Type) {
  const variables = bind(scope, new Map(), null, '', type);
  return { variables, canonical: canonical(type, variables.map(boundTerm)) };
}

/** That words are those of a value: what belongs to a variant that it is not is zero. */
function canonical(type: Type, words: readonly Term[]): readonly Term[] {
  return leavesOf(type).flatMap((leaf, index) => {
    const zero = op('eq', [words[index]!, zeroOf(leaf.type)], BOOL);
    const held = leaf.guards.map(({ tag, variant }) => {
      const word = words[tag]!;
      return op('eq', [word, constant(word.type, BigInt(variant))], BOOL);
    });
    if (held.length === 0) return [];
    return [op('or', [held.reduce((all, next) => op('and', [all, next], BOOL)), zero], BOOL)];
  });
}

/** New bound variables for the words of a variable. */
function bind(
  scope: Scope,
  words: Map<ast.AnyNode, readonly Term[]>,
  declaration: ast.AnyNode | null,
  name: string,
  type: Type,
): readonly Bound[] {
  const bound = leavesOf(type).map((leaf) => {
    const id = scope.counter.next;
    scope.counter.next += 1;
    return { id, name: wordName(name, leaf.path), type: leaf.type };
  });
  if (declaration !== null) words.set(declaration, bound.map(boundTerm));
  return bound;
}

function boundTerm({ id, type }: Bound): Term {
  return { kind: 'bound', id, type };
}

function foldTerm(scope: Scope, expr: Expr<'call'>, kind: 'sum' | 'count'): Term {
  const [source, fn] = expr.args;
  const slot = slotOf(scope.source, source!)!;
  const over = typeOf(scope.source, source!);
  const params = fn?.kind === 'lambda' ? fn.params : [];
  const [key, value] = over.kind === 'Set' || params.length === 2 ? params : [undefined, params[0]];
  const words = new Map(scope.words);
  const keys = bind(
    scope,
    words,
    key ?? null,
    key?.text ?? 'k',
    over.kind === 'Map' ? over.key : elementOf(over),
  );
  const values = over.kind === 'Map' ? bind(scope, words, value ?? null, value?.text ?? 'v', over.value) : [];
  const body = fn?.kind === 'lambda' ? termOf({ ...scope, words }, fn.body) : boundTerm(values[0]!);
  return { kind, slot, keys, values, body, when: scope.when, type: scalarOf(scope.source, expr) };
}

function elementOf(type: Type): Type {
  if (type.kind !== 'Set') throw new Error('neither a map nor a set');
  return type.item;
}
