/**
 * Whose money the contract moves, and where its DIDs come from: tree and scopes in, roles of DID constants out. The
 * format lets a contract debit anybody; a CCL contract debits its own account and its caller's.
 */
import { allExpressions, type Binding, reachedStatements, type Scope } from './scope.ts';
import type { Contract, Expr, Place, StateVar, Value } from './tree.ts';

export type Accounts = {
  /** The DID that becomes `self`, with the state variable it stood in and the rules that debit it. */
  readonly self: {
    readonly did: string;
    readonly variable: StateVar;
    readonly rules: readonly string[];
  } | null;
  /** State variables that hold the DID that becomes `self`: they vanish. */
  readonly selfVariables: ReadonlySet<string>;
};

export type AccountProblem = {
  readonly place: Place;
  readonly kind: 'second' | 'param' | 'constant' | 'changes' | 'unclear';
  readonly what: string;
};

/** Decides which DID becomes `self`; what else is debited goes to `report`. */
export function accountsOf(
  contract: Contract,
  scopes: readonly Scope[],
  report: (problem: AccountProblem) => void,
): Accounts {
  const setNames = namesSetByRules(scopes);
  const debits = scopes.flatMap((scope) => debitsOf(scope));
  const payers = debits.map((debit) => ({ ...debit, payer: payerOf(contract, debit.scope, debit.from) }));
  const states = payers.flatMap(({ payer, scope, from }) =>
    payer.kind === 'state' ? [{ variable: payer.variable, did: payer.did, scope, place: from.place }] : [],
  );
  const first = states.find(({ variable }) => !setNames.has(variable.name.text)) ?? null;
  for (const { payer, from } of payers) {
    const problem = problemOf(payer, first?.did ?? null, setNames);
    if (problem !== null) report({ place: from.place, ...problem });
  }
  if (first === null) return { self: null, selfVariables: new Set() };
  const variables = contract.stateVars.filter(
    (variable) => didOf(variable.initial) === first.did && !setNames.has(variable.name.text),
  );
  const rules = [
    ...new Set(states.filter(({ did }) => did === first.did).map(({ scope }) => scope.rule.name.text)),
  ];
  return {
    self: { did: first.did, variable: first.variable, rules },
    selfVariables: new Set(variables.map((variable) => variable.name.text)),
  };
}

/** State variables that some rule stores. */
export function namesSetByRules(scopes: readonly Scope[]): ReadonlySet<string> {
  const stored = scopes.flatMap((scope) =>
    reachedStatements(scope.rule.body, scope.dead).flatMap((stmt) =>
      stmt.kind === 'SetState' ? [stmt.name] : [],
    ),
  );
  return new Set(stored);
}

/** The constant that an expression always has, seen through state that is never set and locals assigned once. */
export function constantOf(
  contract: Contract,
  scope: Scope,
  setNames: ReadonlySet<string>,
  expr: Expr,
): Value | null {
  const origin = originOf(scope, expr);
  if (origin.kind === 'Literal') return origin.value;
  const binding = scope.reads.get(origin);
  if (binding?.kind !== 'state' || setNames.has(binding.name)) return null;
  return contract.stateVars.find((variable) => variable.name.text === binding.name)?.initial ?? null;
}

type Debit = { readonly scope: Scope; readonly from: Expr };

function debitsOf(scope: Scope): readonly Debit[] {
  const transfers = reachedStatements(scope.rule.body, scope.dead).filter(
    (stmt) => stmt.kind === 'LedgerTransfer',
  );
  return transfers.map((stmt) => ({ scope, from: stmt.from }));
}

type Payer =
  | { readonly kind: 'caller' }
  | { readonly kind: 'state'; readonly variable: StateVar; readonly did: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'constant'; readonly did: string }
  | { readonly kind: 'unclear' };

function payerOf(contract: Contract, scope: Scope, from: Expr): Payer {
  const origin = originOf(scope, from);
  if (origin.kind === 'Literal' && origin.value.kind === 'Did')
    return { kind: 'constant', did: origin.value.value };
  const binding: Binding | undefined = scope.reads.get(origin);
  if (binding?.kind === 'sender') return { kind: 'caller' };
  if (binding?.kind === 'param') return { kind: 'param', name: binding.name };
  if (binding?.kind !== 'state') return { kind: 'unclear' };
  const variable = contract.stateVars.find((candidate) => candidate.name.text === binding.name);
  const did = variable && didOf(variable.initial);
  return variable && did ? { kind: 'state', variable, did } : { kind: 'unclear' };
}

/** The expression a local stands for, where it is assigned once and means nothing before. */
function originOf(scope: Scope, expr: Expr): Expr {
  const binding = scope.reads.get(expr);
  const local = binding?.kind === 'local' ? scope.locals.get(binding.name) : undefined;
  if (local === undefined || local.assigns.length !== 1 || local.fallback !== null) return expr;
  return originOf(scope, local.assigns[0]!.value);
}

function problemOf(
  payer: Payer,
  selfDid: string | null,
  setNames: ReadonlySet<string>,
): { readonly kind: AccountProblem['kind']; readonly what: string } | null {
  switch (payer.kind) {
    case 'caller':
      return null;
    case 'param':
      return { kind: 'param', what: payer.name };
    case 'constant':
      return payer.did === selfDid ? null : { kind: 'constant', what: payer.did };
    case 'unclear':
      return { kind: 'unclear', what: '' };
    case 'state': {
      const name = payer.variable.name.text;
      if (setNames.has(name)) return { kind: 'changes', what: name };
      return payer.did === selfDid ? null : { kind: 'second', what: name };
    }
  }
}

function didOf(value: Value): string | null {
  return value.kind === 'Did' ? value.value : null;
}

/** DID constants that rules write out, in source order, with their first place. */
export function didLiteralsOf(scopes: readonly Scope[]): ReadonlyMap<string, Place> {
  const found = new Map<string, Place>();
  for (const scope of scopes)
    for (const expr of allExpressions(scope))
      for (const { did, place } of expr.kind === 'Literal' ? didsIn(expr.value) : [])
        if (!found.has(did)) found.set(did, place);
  return found;
}

/** DIDs anywhere inside a value. */
export function didsIn(value: Value): readonly { readonly did: string; readonly place: Place }[] {
  switch (value.kind) {
    case 'Did':
      return [{ did: value.value, place: value.place }];
    case 'List':
    case 'Set':
      return value.items.flatMap(didsIn);
    case 'Map':
      return value.entries.flatMap((entry) => didsIn(entry.value));
    default:
      return [];
  }
}
