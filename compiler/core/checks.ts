/**
 * Clauses that stand inside of the code, checked where they stand: an `assert`, the invariants of a loop, what a `fn`
 * requires of a call and what it ensures. In: a contract, and what is to happen at which point. Out: the contract with
 * code that does it. Guards, replays of counterexamples and tests all come to their checks here.
 */
import { leavesOf } from '../check/types.ts';
import type { Span } from '../syntax/ast.ts';
import { clauseProgram, type Input, termProgram } from './clauses.ts';
import type {
  AssertClause,
  Atom,
  Clause,
  Contract,
  Function as CoreFunction,
  Local,
  Stmt,
  Term,
  When,
} from './core.ts';
import { type Computed, inlineProgram } from './rewrite.ts';

/** `before`, `kept`: an invariant of a loop before its first turn, and at the end of each. */
export type Point = {
  readonly clause: Clause | AssertClause;
  readonly stands: 'assert' | 'before' | 'kept' | 'requires' | 'ensures';
  /** The function that it belongs to, and the one in whose code it stands: of a callee's clauses that of the call. */
  readonly owner: CoreFunction;
  readonly fn: number;
  /** Of the `assert`, the call, or the loop's invariant. */
  readonly span: Span;
};

/**
 * What is to happen where `condition`, which is `term` as code, is false: a part of the clause. `read` gives words that it
 * is made of, where code can.
 */
export type Broken = {
  readonly term: Term;
  readonly condition: Atom;
  readonly read: (term: Term) => Pick<Computed, 'stmts' | 'value'> | null;
};
export type Breaking = (broken: Broken) => readonly Stmt[];

/** `checked`: points that have a check; `partial`: those where it cannot see everything that the clause says. */
export type Checks = {
  readonly contract: Contract;
  readonly checked: readonly Point[];
  readonly partial: readonly Point[];
};

/** Checks at the points for which `choose` says what is to happen; the rest of the code is as it was. */
export function withChecks(contract: Contract, choose: (point: Point) => Breaking | null): Checks {
  const checked: Point[] = [];
  const partial: Point[] = [];
  const functions = contract.functions.map((fn, index) => {
    const site: Site = {
      contract,
      fn,
      index,
      choose,
      checked,
      partial,
      locals: [...fn.locals],
      entry: [],
      params: fn.params.reduce((sum, { type }) => sum + leavesOf(type).length, 0),
    };
    const before = checked.length;
    const body = checkAll(site, fn.body);
    if (checked.length === before) return fn;
    return { ...fn, body: [...site.entry, ...body], locals: site.locals };
  });
  return { contract: { ...contract, functions }, checked, partial };
}

// ---- private -----------------------------------------------------------------------------------

type Site = Pick<Checks, 'contract'> & {
  readonly fn: CoreFunction;
  readonly index: number;
  readonly choose: (point: Point) => Breaking | null;
  readonly checked: Point[];
  readonly partial: Point[];
  readonly locals: Local[];
  /** What is to be noted when the function is entered: what `old` means in it. */
  readonly entry: Stmt[];
  /** How many of the locals are words of parameters. */
  readonly params: number;
};
type Of<K extends Stmt['kind']> = Extract<Stmt, { readonly kind: K }>;

function checkAll(site: Site, stmts: readonly Stmt[]): readonly Stmt[] {
  return stmts.flatMap((stmt) => {
    switch (stmt.kind) {
      case 'assert':
        return [...checkInside(site, stmt.clause, 'assert', stmt.span), stmt];
      case 'call':
        return aroundCall(site, stmt);
      case 'loop':
        return checkLoop(site, stmt);
      case 'if':
        return [
          // biome-ignore lint/suspicious/noThenProperty: the core's word for the first branch; nobody awaits statements
          { ...stmt, then: checkAll(site, stmt.then), otherwise: checkAll(site, stmt.otherwise) },
        ];
      default:
        return [stmt];
    }
  });
}

const ONE: Atom = { kind: 'const', type: { kind: 'Int' }, value: 1n };

/** Before the first turn, and at the end of each, where the index is already that of the next. */
function checkLoop(site: Site, stmt: Of<'loop'>): readonly Stmt[] {
  const { index, span, from } = stmt;
  const all = (stands: Point['stands']) =>
    stmt.invariants.flatMap((clause) => checkInside(site, clause, stands, clause.span));
  const before = all('before');
  const kept = all('kept');
  const args: readonly Atom[] = [{ kind: 'local', id: index }, ONE];
  const step = (op: 'add' | 'sub'): Stmt => ({ kind: 'op', span, target: index, op, args, reverts: [] });
  const first: Stmt = { kind: 'copy', span, target: index, value: from };
  const body = checkAll(site, stmt.body);
  return [
    ...(before.length === 0 ? [] : [first, ...before]),
    {
      ...stmt,
      body: kept.length === 0 || endsIn(body) ? body : [...body, step('add'), ...kept, step('sub')],
    },
  ];
}

/** Whether nothing stands behind these statements. */
export function endsIn(stmts: readonly Stmt[]): boolean {
  const last = stmts.at(-1);
  if (last?.kind === 'if') return endsIn(last.then) && endsIn(last.otherwise);
  return last?.kind === 'return' || last?.kind === 'fail';
}

/** What the clause says of the past is noted on entry, where only parameters are there; none where it needs more. */
function checkInside(
  site: Site,
  clause: Clause | AssertClause,
  stands: Point['stands'],
  span: Span,
): readonly Stmt[] {
  const own = ({ id }: { readonly id: number }): Atom => ({ kind: 'local', id });
  const noted = ({ id }: { readonly id: number }): Atom | null =>
    id < site.params ? { kind: 'local', id } : null;
  const point = { clause, stands, owner: site.fn, fn: site.index, span };
  const found = checkPoint(site, point, { local: own, earlier: noted });
  site.entry.push(...found.before);
  return found.stmts;
}

/** What the callee requires is checked before the call, with its arguments; what it ensures, after it. */
function aroundCall(site: Site, stmt: Of<'call'>): readonly Stmt[] {
  const callee = site.contract.functions[stmt.callee]!;
  const argument = (input: { readonly id: number }): Atom | null => stmt.args[input.id] ?? null;
  const readers: Readers = {
    local: argument,
    earlier: argument,
    result: ({ index }) => ({ kind: 'local', id: stmt.targets[index]! }),
    tried: [...stmt.args, { kind: 'env', name: 'caller' }, { kind: 'env', name: 'creator' }],
  };
  const all = (clauses: readonly Clause[], stands: Point['stands']) =>
    clauses.map((clause) =>
      checkPoint(site, { clause, stands, owner: callee, fn: site.index, span: stmt.span }, readers),
    );
  const requires = all(callee.requires, 'requires').flatMap(({ stmts }) => stmts);
  const ensures = all([...callee.ensures, ...callee.changes], 'ensures');
  return [
    ...requires,
    ...ensures.flatMap(({ before }) => before),
    stmt,
    ...ensures.flatMap(({ stmts }) => stmts),
  ];
}

/** What stands for words of the call; nothing where there is no such reader. */
type Readers = {
  readonly local: (input: { readonly id: number }) => Atom | null;
  /** In the state that `old` means. */
  readonly earlier: (input: { readonly id: number }) => Atom | null;
  readonly result?: (input: { readonly index: number }) => Atom;
  /** What variables are tried with, in both states. */
  readonly tried?: readonly Atom[];
};

type Made = Pick<Computed, 'before' | 'stmts'>;
const NOTHING: Made = { before: [], stmts: [] };

/** Of a conjunction every part that code can judge; one that it cannot makes the check partial. */
function checkPoint(site: Site, point: Point, readers: Readers): Made {
  const breaking = site.choose(point);
  if (breaking === null) return NOTHING;
  const terms = conjuncts(point.clause.term);
  const parts = terms.flatMap((term) =>
    instancesOf(site, term, readers).map((values) =>
      checkTerm(site, { point, breaking, term, values, readers }),
    ),
  );
  const made = parts.filter((part) => part !== null);
  if (made.length > 0) site.checked.push(point);
  if (made.length < parts.length || terms.some(({ kind }) => kind === 'forall')) site.partial.push(point);
  return { before: made.flatMap(({ before }) => before), stmts: made.flatMap(({ stmts }) => stmts) };
}

function conjuncts(term: Term): readonly Term[] {
  return term.kind === 'op' && term.op === 'and' ? term.args.flatMap(conjuncts) : [term];
}

const INSTANCES_MAX = 16;
type Values = ReadonlyMap<number, Atom>;

/** For each variable of a `forall` some values: one that breaks it is enough. */
function instancesOf(site: Site, term: Term, { tried = [] }: Readers): readonly Values[] {
  if (term.kind !== 'forall') return [new Map()];
  const all = term.variables.reduce<readonly Values[]>(
    (found, { id, type }) =>
      found.flatMap((values) =>
        tried.filter((atom) => kindOf(site, atom) === type.kind).map((atom) => new Map(values).set(id, atom)),
      ),
    [new Map()],
  );
  return all.slice(0, INSTANCES_MAX);
}

function kindOf({ locals }: Site, atom: Atom): Local['type']['kind'] {
  if (atom.kind === 'const') return atom.type.kind;
  if (atom.kind === 'local') return locals[atom.id]!.type.kind;
  return atom.name === 'now' ? 'Time' : atom.name === 'block' ? 'Int' : 'Did';
}

type Part = {
  readonly point: Point;
  readonly breaking: Breaking;
  readonly term: Term;
  readonly values: Values;
  readonly readers: Readers;
};

/** Null for what takes more than code at this place. */
function checkTerm(site: Site, part: Part): Made | null {
  const { point, breaking, term, values, readers } = part;
  const { contract, locals } = site;
  const { clause, span } = point;
  const atomOf = (input: Input, when: When): Atom | null => {
    if (input.kind === 'local') return (when === 'old' ? readers.earlier : readers.local)(input);
    if (input.kind === 'bound') return values.get(input.id) ?? null;
    if (input.kind === 'result' && when === 'now') return readers.result?.(input) ?? null;
    return input.kind === 'env' ? environment(site.fn, input) : null;
  };
  const computed = inlineProgram(clauseProgram(contract, { ...clause, term }), locals, span, atomOf);
  if (computed === null) return null;
  const before = [...computed.before];
  const read = (word: Term) => {
    const found = inlineProgram(termProgram(contract, word, span), locals, span, atomOf);
    before.push(...(found?.before ?? []));
    return found;
  };
  return { before, stmts: [...computed.stmts, ...breaking({ term, condition: computed.value, read })] };
}

/** Of a hook nobody is the caller. */
export function environment(
  { kind }: Pick<CoreFunction, 'kind'>,
  { name, type }: Extract<Input, { readonly kind: 'env' }>,
): Atom {
  return kind === 'hook' && name === 'caller' ? { kind: 'const', type, value: '' } : { kind: 'env', name };
}
