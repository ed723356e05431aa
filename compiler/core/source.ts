/** What lowering reads: the analysed source, and the numbers that the parts of one contract get in the core. */
import { leavesOf, type Scalar, type Type } from '../check/types.ts';
import type { Entity } from '../resolve/entity.ts';
import { type Predecessors, stateFields } from '../resolve/resolve.ts';
import type * as ast from '../syntax/ast.ts';
import { walk } from '../syntax/visit.ts';

/** The part of an analysis that lowering needs. */
export type Analysed = {
  readonly text: string;
  /** The main file. */
  readonly tree: ast.SourceFile;
  /** The same with the declarations of the files that it uses behind its own. */
  readonly whole: ast.SourceFile;
  /** Of the artifact: `Contract.dependencies`. */
  readonly dependencies: readonly string[];
  /** Of contracts that say `upgradable`: SHA-256 of the source. */
  readonly sources: ReadonlyMap<ast.Contract, Uint8Array>;
  readonly predecessors: Predecessors;
  readonly entities: ReadonlyMap<ast.Name, Entity>;
  readonly types: ReadonlyMap<ast.AnyNode, Type>;
};

export type Callable = ast.Init | ast.Rule | ast.View | ast.Fn;
/** What becomes a function of the core. */
export type Owner = Callable | ast.Hook | ast.Upgrade;
export type Expr<K extends ast.Expr['kind']> = Extract<ast.Expr, { readonly kind: K }>;
export type Stmt<K extends ast.Stmt['kind']> = Extract<ast.Stmt, { readonly kind: K }>;

export type Source = {
  readonly analysed: Analysed;
  readonly contract: ast.Contract;
  readonly currencies: readonly ast.Currency[];
  /** State variables, then those that only the version before had, then ghosts in the same order. */
  readonly fields: readonly Variable[];
  readonly earlier: Earlier | null;
  readonly events: readonly ast.EventDecl[];
  /** Those of the contract, then those of the file that its functions use. */
  readonly errors: readonly ast.ErrorDecl[];
  /** What the contract implements, then what it only calls. */
  readonly interfaces: readonly ast.Interface[];
  readonly implemented: readonly ast.Interface[];
  /** In the order of the core; a contract without `init` gets an empty one, which stands here as null. */
  readonly callables: readonly (Owner | null)[];
};

export type Variable = ast.StateField | ast.Ghost;

/** What a contract comes from: its variables are those of the contract that has them still, or stand among its `fields`. */
export type Earlier = {
  readonly contract: ast.Contract;
  readonly kept: ReadonlyMap<Variable, Variable>;
  readonly gone: ReadonlySet<Variable>;
};

export function sourceOf(analysed: Analysed, contract: ast.Contract): Source {
  const init = contract.members.find((member) => member.kind === 'init') ?? null;
  const entries = contract.members.filter(
    (member) =>
      member.kind === 'rule' ||
      member.kind === 'view' ||
      member.kind === 'fn' ||
      member.kind === 'hook' ||
      member.kind === 'upgrade',
  );
  const earlier = earlierOf(analysed, contract);
  const gone = [...(earlier?.gone ?? [])];
  const own: readonly Owner[] = init === null ? entries : [init, ...entries];
  const shared = sharedFns(analysed, own);
  const callables = [init, ...entries, ...shared];
  const named = contract.members.flatMap((member) => (member.kind === 'implements' ? member.interfaces : []));
  const implemented = [...new Set(named.flatMap((name) => interfaceNamed(analysed, name)))];
  const called = calledInterfaces(analysed, [...own, ...shared]);
  return {
    analysed,
    contract,
    currencies: contract.members.filter((member) => member.kind === 'currency'),
    fields: [
      ...stateFields(contract),
      ...gone.filter(({ kind }) => kind !== 'ghost'),
      ...ghostsOf(contract),
      ...gone.filter(({ kind }) => kind === 'ghost'),
    ],
    earlier,
    events: contract.members.filter((member) => member.kind === 'event'),
    errors: errorsOf(analysed, contract, [...own, ...shared]),
    implemented,
    interfaces: [...new Set([...implemented, ...called])],
    callables,
  };
}

function ghostsOf({ members }: ast.Contract): readonly ast.Ghost[] {
  return members.filter((member) => member.kind === 'ghost');
}

function earlierOf({ predecessors }: Analysed, contract: ast.Contract): Earlier | null {
  const node = contract.members.find((member) => member.kind === 'upgrade');
  const earlier = node === undefined ? undefined : predecessors.get(node)?.contract;
  if (earlier === undefined) return null;
  const own = new Map<string, Variable>(variablesOf(contract).map((each) => [each.name.text, each]));
  const variables = variablesOf(earlier);
  const kept = variables.flatMap((old) => {
    const now = own.get(old.name.text);
    return now === undefined ? [] : [[old, now] as const];
  });
  return {
    contract: earlier,
    kept: new Map(kept),
    gone: new Set(variables.filter(({ name }) => !own.has(name.text))),
  };
}

function variablesOf(contract: ast.Contract): readonly Variable[] {
  return [...stateFields(contract), ...ghostsOf(contract)];
}

function errorsOf(
  analysed: Analysed,
  contract: ast.Contract,
  callables: readonly Owner[],
): readonly ast.ErrorDecl[] {
  const errors = new Set(contract.members.filter((member) => member.kind === 'error'));
  if (!declares(analysed, 'error')) return [...errors];
  for (const { body } of callables) {
    walk(body, (node) => {
      const entity = node.kind === 'fail' ? analysed.entities.get(node.error) : undefined;
      if (entity?.kind === 'error') errors.add(entity.node);
      return undefined;
    });
  }
  return [...errors];
}

/** Functions of the file that the contract calls, itself or by way of others, in the order in which they are met. */
function sharedFns(analysed: Analysed, own: readonly Owner[]): readonly ast.Fn[] {
  if (!declares(analysed, 'fn')) return [];
  const met = new Set<Owner>(own);
  for (const owner of met) {
    for (const code of codeOf(owner)) {
      walk(code, (node) => {
        const entity = node.kind === 'name' ? analysed.entities.get(node) : undefined;
        if (entity?.kind === 'fn') met.add(entity.node);
        return undefined;
      });
    }
  }
  const shared = [...met].filter((callable) => callable.kind === 'fn');
  return shared.filter((fn) => !own.includes(fn));
}

/** The body, and what is checked on entry. */
function codeOf(owner: Owner): readonly ast.AnyNode[] {
  if (owner.kind === 'hook' || owner.kind === 'upgrade') return [owner.body];
  return [...owner.specs.filter(({ kind }) => kind === 'requires'), owner.body];
}

/** Whether something of a kind stands outside of contracts. Where nothing does, no body needs to be searched for it. */
function declares(analysed: Analysed, what: ast.Item['kind']): boolean {
  return analysed.whole.items.some(({ kind }) => kind === what);
}

/** The interfaces by which functions call other contracts. */
function calledInterfaces(analysed: Analysed, callables: readonly Owner[]): readonly ast.Interface[] {
  const found: ast.Interface[] = [];
  if (!declares(analysed, 'interface')) return found;
  for (const { body } of callables) {
    walk(body, (node) => {
      const [of] = node.kind === 'generic' ? node.args : [];
      if (of?.kind === 'namedType') found.push(...interfaceNamed(analysed, of.name));
      return undefined;
    });
  }
  return found;
}

function interfaceNamed(analysed: Analysed, name: ast.Name): readonly ast.Interface[] {
  const entity = analysed.entities.get(name);
  return entity?.kind === 'interface' ? [entity.node] : [];
}

/** What a name stands for. Sources with errors are not lowered, so every name stands for something. */
export function entityOf(source: Source, name: ast.Name): Entity {
  const entity = source.analysed.entities.get(name);
  if (entity === undefined) throw new Error(`unresolved name ${name.text}`);
  return entity;
}

export function typeOf(source: Source, node: ast.AnyNode): Type {
  const type = source.analysed.types.get(node);
  if (type === undefined) throw new Error(`untyped ${node.kind}`);
  return type;
}

/** The one word that a node's value is. */
export function scalarOf(source: Source, node: ast.AnyNode): Scalar {
  const [leaf, ...others] = leavesOf(typeOf(source, node));
  if (leaf === undefined || others.length > 0) throw new Error(`${node.kind} is not one word`);
  return leaf.type;
}

export function textOf(source: Source, node: { readonly span: ast.Span }): string {
  return source.analysed.text.slice(node.span.start, node.span.end);
}

/** The text of a node on one line, comments left out. */
export function lineOf(source: Source, node: { readonly span: ast.Span }): string {
  return textOf(source, node)
    .replaceAll(/\/\/[^\n]*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The index of an element that is known to be there. */
export function indexIn<T>(list: readonly T[], item: T): number {
  const index = list.indexOf(item);
  if (index < 0) throw new Error('not a part of this contract');
  return index;
}

/** The index of the currency of amounts of this type. */
export function currencyIndex(source: Source, name: string): number {
  return source.currencies.findIndex((currency) => currency.name.text === name);
}
