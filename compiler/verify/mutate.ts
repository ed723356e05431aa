/**
 * Small changes of a contract's code, one at a time, and which of them its specification notices: a change that leaves
 * everything provable is a promise that nobody made. In: a contract and how to solve. Out: each change with what
 * notices it. The specifications themselves are never changed.
 */
import type { Atom, Contract, Function as CoreFunction, OpName, Stmt } from '../core/core.ts';
import type { Span } from '../syntax/ast.ts';
import { keepObligations } from './kept.ts';
import type { Obligation } from './obligations.ts';
import { type Assumed, variantsOf } from './variants.ts';
import type { Report, Solve } from './verify.ts';

export type MutationKind = 'operator' | 'constant' | 'guard' | 'account' | 'statement';

export type Mutant = {
  readonly kind: MutationKind;
  readonly function: string;
  readonly span: Span;
  /** What was done, as in `+ becomes -`. */
  readonly change: string;
  readonly contract: Contract;
};

export type Mutation = Omit<Mutant, 'contract'> & {
  /** The obligation that fails of it, as in `ensures ensures_1 of record`; null where none does. */
  readonly noticed: string | null;
};

export type MutationReport = {
  readonly contract: string;
  /** In source order. */
  readonly mutations: readonly Mutation[];
  /** Changes that were not tried, for there are too many. */
  readonly left: number;
};

export type MutateOptions = {
  readonly solve: Solve;
  readonly rlimit: number;
  readonly mutantsMax: number;
  readonly onProgress?: (done: number, total: number) => void;
};

/** `report`: of the contract as it is; what is not proved of it notices nothing. */
export async function mutate(
  contract: Contract,
  report: Report,
  options: MutateOptions,
): Promise<MutationReport> {
  const all = mutantsOf(contract);
  const tried = spread(all, options.mutantsMax);
  const { found } = report;
  const own = report.assumed.filter((name) => !found.includes(name));
  // A change leaves most of the contract as it is.
  const assumed = { found, assumed: own, kept: keepObligations() };
  const original = provedOf(contract, report, assumed);
  const mutations: Mutation[] = [];
  for (const [i, { contract: mutant, ...mutation }] of tried.entries()) {
    mutations.push({ ...mutation, noticed: await noticedBy(mutant, assumed, original, options) });
    options.onProgress?.(i + 1, tried.length);
  }
  return { contract: contract.name, mutations, left: all.length - tried.length };
}

/** Every small change of the code, in source order; none changes what a clause says. */
export function mutantsOf(contract: Contract): readonly Mutant[] {
  return contract.functions.flatMap((fn, index) =>
    blockMutants({ contract, fn }, fn.body).map(({ body, ...mutant }) => ({
      ...mutant,
      function: fn.name,
      contract: { ...contract, functions: contract.functions.with(index, { ...fn, body }) },
    })),
  );
}

// ---- what notices them -------------------------------------------------------------------------

type Proved = { readonly names: ReadonlySet<string>; readonly hashes: ReadonlySet<string> };

/** By name what the contract proves and promises; the texts that are known to hold. */
function provedOf(contract: Contract, report: Report, assumed: Assumed): Proved {
  const rows = report.rows.filter(({ answer, kind }) => answer === 'proved' && kind !== 'vacuity');
  const proved = new Set(rows.map(({ hash }) => hash));
  const all = variantsOf(contract, assumed) ?? [];
  const obligations = all.filter(
    (forms) => isPromise(forms[0]) && forms.some(({ hash }) => proved.has(hash)),
  );
  return { names: new Set(obligations.map(([form]) => nameOf(form))), hashes: proved };
}

/** That a call may revert is no promise, and what can be reached is none either. */
function isPromise({ kind }: Obligation): boolean {
  return kind !== 'may-revert' && kind !== 'vacuity';
}

function nameOf({ kind, name, rule }: Obligation): string {
  return `${kind} ${name} of ${rule === '' ? 'the contract' : rule}`;
}

/** The first promise that does not hold of it any more: one that is not decided would not be built either. */
async function noticedBy(
  mutant: Contract,
  assumed: Assumed,
  original: Proved,
  { solve, rlimit }: MutateOptions,
): Promise<string | null> {
  // Where the change takes a candidate away that proofs rest on, they are gone.
  const all = variantsOf(mutant, assumed) ?? variantsOf(mutant, { ...assumed, found: [] })!;
  const changed = all.filter(
    (forms) =>
      isPromise(forms[0]) &&
      original.names.has(nameOf(forms[0])) &&
      !forms.some(({ hash }) => original.hashes.has(hash)),
  );
  for (const forms of changed) {
    const answers = await Promise.all(forms.map(({ text }) => solve({ text, rlimit, wants: [] })));
    if (answers.every(({ status }) => status !== 'unsat')) return nameOf(forms[0]);
  }
  return null;
}

/** At most so many, evenly over all. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!);
}

// ---- the changes -------------------------------------------------------------------------------

type Site = { readonly contract: Contract; readonly fn: CoreFunction };
type Change = Pick<Mutant, 'kind' | 'span' | 'change'>;
type ChangedBody = Change & { readonly body: readonly Stmt[] };
/** What stands in the place of one statement. */
type Replaced = Change & { readonly stmts: readonly Stmt[] };

function blockMutants(site: Site, stmts: readonly Stmt[]): readonly ChangedBody[] {
  return stmts.flatMap((stmt, i) =>
    stmtMutants(site, stmt).map(({ stmts: instead, ...change }) => ({
      ...change,
      body: stmts.toSpliced(i, 1, ...instead),
    })),
  );
}

function stmtMutants(site: Site, stmt: Stmt): readonly Replaced[] {
  switch (stmt.kind) {
    case 'op':
      return [...operatorMutants(stmt), ...atomMutants(site, stmt)];
    case 'copy':
    case 'return':
      return atomMutants(site, stmt);
    case 'store':
    case 'add':
    case 'remove':
      return [...atomMutants(site, stmt), without('statement', 'the statement is left out', stmt)];
    case 'host':
      return stmt.targets.length > 0
        ? atomMutants(site, stmt)
        : [...atomMutants(site, stmt), without('statement', 'the statement is left out', stmt)];
    case 'require':
      return [without('guard', 'the condition is not asked for', stmt)];
    case 'if':
      return branchMutants(site, stmt);
    case 'loop':
      return blockMutants(site, stmt.body).map(({ body, ...change }) => ({
        ...change,
        stmts: [{ ...stmt, body }],
      }));
    default:
      return [];
  }
}

function without(kind: MutationKind, change: string, { span }: Stmt): Replaced {
  return { kind, change, span, stmts: [] };
}

type If = Extract<Stmt, { readonly kind: 'if' }>;

function branchMutants(site: Site, stmt: If): readonly Replaced[] {
  return (['then', 'otherwise'] as const).flatMap((branch) =>
    blockMutants(site, stmt[branch]).map(({ body, ...change }) => {
      const changed: If = { ...stmt, [branch]: body };
      return { ...change, stmts: [changed] };
    }),
  );
}

const OPERATORS: { readonly [op in OpName]?: readonly [instead: OpName, words: string] } = {
  add: ['sub', '`+` becomes `-`'],
  sub: ['add', '`-` becomes `+`'],
  mul: ['add', '`*` becomes `+`'],
  lt: ['le', '`<` becomes `<=`'],
  le: ['lt', '`<=` becomes `<`'],
  gt: ['ge', '`>` becomes `>=`'],
  ge: ['gt', '`>=` becomes `>`'],
  eq: ['ne', '`==` becomes `!=`'],
  ne: ['eq', '`!=` becomes `==`'],
  and: ['or', '`&&` becomes `||`'],
  or: ['and', '`||` becomes `&&`'],
  mulDiv: ['mulDivUp', 'it is rounded up instead of down'],
  mulDivUp: ['mulDiv', 'it is rounded down instead of up'],
};

function operatorMutants(stmt: Extract<Stmt, { readonly kind: 'op' }>): readonly Replaced[] {
  const [op, change] = OPERATORS[stmt.op] ?? [];
  if (op === undefined || change === undefined) return [];
  return [{ kind: 'operator', change, span: stmt.span, stmts: [{ ...stmt, op }] }];
}

// ---- atoms -------------------------------------------------------------------------------------

type Instead = { readonly kind: MutationKind; readonly change: string; readonly atom: Atom };

/** One atom of the statement, a constant or an account, by another. */
function atomMutants({ fn }: Site, stmt: Stmt): readonly Replaced[] {
  return atomsOf(stmt).flatMap((atom, i) =>
    insteadOf(fn, atom).map(({ kind, change, atom: other }) => ({
      kind,
      change,
      span: stmt.span,
      stmts: [withAtom(stmt, i, other)],
    })),
  );
}

function insteadOf(fn: CoreFunction, atom: Atom): readonly Instead[] {
  if (atom.kind === 'const') return otherConstants(atom);
  const isAccount = atom.kind === 'env' ? isDid(atom.name) : fn.locals[atom.id]?.type.kind === 'Did';
  return isAccount ? otherAccounts(fn, atom) : [];
}

function otherConstants(atom: Extract<Atom, { readonly kind: 'const' }>): readonly Instead[] {
  const { value, type } = atom;
  if (typeof value === 'boolean')
    return [
      { kind: 'constant', change: `\`${value}\` becomes \`${!value}\``, atom: { ...atom, value: !value } },
    ];
  if (typeof value !== 'bigint' || type.kind === 'Tag') return [];
  const next = value + 1n;
  return [{ kind: 'constant', change: `${value} becomes ${next}`, atom: { ...atom, value: next } }];
}

/** Another account that the function knows: who calls, itself, another parameter. */
function otherAccounts(fn: CoreFunction, atom: Atom): readonly Instead[] {
  const words = fn.params.length === 0 ? [] : fn.locals.map((local, id) => ({ local, id }));
  const params = words
    .slice(0, fn.params.length)
    .filter(({ local }) => local.type.kind === 'Did')
    .map(({ id }): Atom => ({ kind: 'local', id }));
  const envs = fn.kind === 'rule' ? (['caller', 'self'] as const) : (['self'] as const);
  const others: readonly Atom[] = [...envs.map((name): Atom => ({ kind: 'env', name })), ...params];
  return others
    .filter((other) => accountText(fn, other) !== accountText(fn, atom))
    .slice(0, 2)
    .map((other) => ({
      kind: 'account',
      change: `\`${accountText(fn, atom)}\` becomes \`${accountText(fn, other)}\``,
      atom: other,
    }));
}

function accountText(fn: CoreFunction, atom: Atom): string {
  if (atom.kind === 'env') return atom.name;
  return atom.kind === 'local' ? fn.locals[atom.id]!.name || 'the account' : 'the account';
}

function isDid(name: string): boolean {
  return name === 'caller' || name === 'self' || name === 'creator';
}

/** What a statement reads, in one order. */
function atomsOf(stmt: Stmt): readonly Atom[] {
  switch (stmt.kind) {
    case 'op':
    case 'host':
      return stmt.args;
    case 'copy':
      return [stmt.value];
    case 'return':
      return stmt.values;
    case 'store':
      return [...stmt.place.keys, stmt.value];
    case 'add':
    case 'remove':
      return stmt.keys;
    default:
      return [];
  }
}

function withAtom(stmt: Stmt, index: number, atom: Atom): Stmt {
  switch (stmt.kind) {
    case 'op':
    case 'host':
      return { ...stmt, args: stmt.args.with(index, atom) };
    case 'copy':
      return { ...stmt, value: atom };
    case 'return':
      return { ...stmt, values: stmt.values.with(index, atom) };
    case 'store': {
      const { keys } = stmt.place;
      if (index === keys.length) return { ...stmt, value: atom };
      return { ...stmt, place: { ...stmt.place, keys: keys.with(index, atom) } };
    }
    case 'add':
    case 'remove':
      return { ...stmt, keys: stmt.keys.with(index, atom) };
    default:
      return stmt;
  }
}
