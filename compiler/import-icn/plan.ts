/**
 * The CCL contract that an imported one becomes, before its text: names for everything, structs for maps, parameters
 * of `init` for DIDs. Tree, scopes, accounts and types in; plain data out.
 */

import { NO_CURRENCY } from '../syntax/tokens.ts';
import { type Accounts, didLiteralsOf, didsIn, namesSetByRules } from './accounts.ts';
import { describeType, type Type, type Types } from './infer.ts';
import { claim, identifierOf, type NameSpace, nameSpace, typeNameOf } from './names.ts';
import { allExpressions, type Scope } from './scope.ts';
import type { Contract, Place, Rule } from './tree.ts';

export type Plan = {
  readonly name: string;
  /** Currency of the format -> its name in CCL. */
  readonly currencies: ReadonlyMap<string, string>;
  /** Where each currency is named first. */
  readonly currencyPlaces: ReadonlyMap<string, Place>;
  /** State variable of the format -> its name in CCL; those that became `self` are absent. */
  readonly state: ReadonlyMap<string, string>;
  /** State that holds the participants, where a rule reads them. */
  readonly participants: string | null;
  /** Parameters of `init`, by the DID that they stand for. */
  readonly inits: ReadonlyMap<string, string>;
  /** The state (or `self`) that holds a DID which rules write out. */
  readonly accounts: ReadonlyMap<string, string>;
  /** State made for DIDs that no state variable of the format holds for good: DID -> name. */
  readonly added: ReadonlyMap<string, string>;
  readonly structs: readonly StructPlan[];
  readonly rules: ReadonlyMap<Rule, RulePlan>;
  /** Names that could not stay as they were. */
  readonly renamed: readonly { readonly place: Place; readonly from: string; readonly to: string }[];
};

export type StructPlan = {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly { readonly key: string; readonly name: string; readonly type: Type }[];
};

export type RulePlan = {
  readonly kind: 'rule' | 'view';
  readonly name: string;
  readonly params: ReadonlyMap<string, string>;
  readonly locals: ReadonlyMap<string, string>;
  /** For names that the printer makes up inside this rule. */
  readonly names: NameSpace;
};

/** `currencyPlaces`: the names that transfers and the contract use, with their first places. */
export function planContract(
  contract: Contract,
  scopes: readonly Scope[],
  accounts: Accounts,
  types: Types,
  currencyPlaces: ReadonlyMap<string, Place>,
): Plan {
  const outer = nameSpace(null);
  const renamed: Plan['renamed'][number][] = [];
  const rename: Rename = (space, place, from, wanted) => {
    const to = claim(space, wanted);
    if (to !== from) renamed.push({ place, from, to });
    return to;
  };
  const start: Place = { path: '$', span: { start: 0, end: 0 } };
  const name = rename(outer, contract.name.place, contract.name.text, contract.name.text);
  const currencyNames = new Map(
    [...currencyPlaces].map(([each, place]) => [each, rename(outer, place, each, currencyWanted(each))]),
  );
  const state = planState(contract, accounts, outer, rename);
  const ruleNames = new Map(
    scopes.map(({ rule }) => [rule, rename(outer, rule.name.place, rule.name.text, rule.name.text)]),
  );
  const participants = scopes.some(readsParticipants) ? claim(outer, 'participants') : null;
  const held = heldDids(contract, scopes, accounts, state);
  const added = planAdded(scopes, held, outer);
  const structs = planStructs(contract, scopes, types, outer);
  for (const { key, name: to } of structs.flatMap((struct) => struct.fields))
    if (to !== key) renamed.push({ place: start, from: key, to });
  const rules = new Map(
    scopes.map((scope) => [scope.rule, planRule(scope, ruleNames.get(scope.rule)!, outer, rename)]),
  );
  const inits = planInits(contract, accounts, added, participants !== null, outer);
  const all = new Map([...held, ...added]);
  return {
    name,
    currencies: currencyNames,
    currencyPlaces,
    state,
    participants,
    inits,
    accounts: all,
    added,
    structs,
    rules,
    renamed,
  };
}

/** The struct that a map type became. */
export function structOf(plan: Plan, type: Extract<Type, { readonly kind: 'Struct' }>): StructPlan {
  return plan.structs.find((struct) => struct.id === type.id)!;
}

/** A type as CCL writes it. */
export function typeText(plan: Plan, type: Type): string {
  if (type.kind === 'Amount') return `Amount<${plan.currencies.get(type.currency)!}>`;
  if (type.kind === 'Option') return `Option<${typeText(plan, type.item)}>`;
  return type.kind === 'Struct' ? structOf(plan, type).name : describeType(type);
}

/** Some words cannot stand behind a number: `5 to` would read as the start of something else. */
function currencyWanted(name: string): string {
  return NO_CURRENCY.has(name) ? `${name}_credits` : name;
}

type Rename = (space: NameSpace, place: Place, from: string, wanted: string) => string;

function planState(
  contract: Contract,
  accounts: Accounts,
  outer: NameSpace,
  rename: Rename,
): Map<string, string> {
  const kept = contract.stateVars.filter((variable) => !accounts.selfVariables.has(variable.name.text));
  return new Map(kept.map(({ name }) => [name.text, rename(outer, name.place, name.text, name.text)]));
}

function planRule(scope: Scope, name: string, outer: NameSpace, rename: Rename): RulePlan {
  const names = nameSpace(outer);
  const params = new Map(
    scope.rule.params.map((param) => [param.text, rename(names, param.place, param.text, param.text)]),
  );
  const locals = new Map(
    [...scope.locals.values()].map((local) => {
      const place = local.assigns[0]!.place;
      const wanted = local.fallback === null ? local.name : `local_${local.name}`;
      return [
        local.name,
        local.fallback === null ? rename(names, place, local.name, wanted) : claim(names, wanted),
      ];
    }),
  );
  const kind = scope.hasEffects || scope.readsSender ? 'rule' : 'view';
  return { kind, name, params, locals, names };
}

function readsParticipants(scope: Scope): boolean {
  return [...scope.reads.values()].some((binding) => binding.kind === 'participants');
}

/** DIDs that a name of the contract always stands for. */
function heldDids(
  contract: Contract,
  scopes: readonly Scope[],
  accounts: Accounts,
  state: ReadonlyMap<string, string>,
): Map<string, string> {
  const held = new Map<string, string>();
  if (accounts.self !== null) held.set(accounts.self.did, 'self');
  const changing = namesSetByRules(scopes);
  for (const { name, initial } of contract.stateVars)
    if (initial.kind === 'Did' && !changing.has(name.text) && !held.has(initial.value))
      held.set(initial.value, state.get(name.text)!);
  return held;
}

function planAdded(
  scopes: readonly Scope[],
  held: ReadonlyMap<string, string>,
  outer: NameSpace,
): Map<string, string> {
  const literals = [...didLiteralsOf(scopes).keys()].filter((did) => !held.has(did));
  const single = literals.length === 1;
  return new Map(
    literals.map((did, index) => [did, claim(outer, single ? 'account' : `account_${index + 1}`)]),
  );
}

function planInits(
  contract: Contract,
  accounts: Accounts,
  added: ReadonlyMap<string, string>,
  withParticipants: boolean,
  outer: NameSpace,
): Map<string, string> {
  const inits = new Map<string, string>();
  const names = nameSpace(outer);
  const add = (did: string, wanted: string) => {
    if (did !== accounts.self?.did && !inits.has(did)) inits.set(did, claim(names, wanted));
  };
  for (const variable of contract.stateVars) {
    const dids = didsIn(variable.initial);
    const base = `initial_${identifierOf(variable.name.text)}`;
    for (const [index, { did }] of dids.entries())
      add(did, dids.length === 1 ? base : `${base}_${index + 1}`);
  }
  for (const [did, state] of added) add(did, `initial_${state}`);
  if (withParticipants)
    for (const [index, { text }] of contract.participants.entries()) add(text, `participant_${index + 1}`);
  return inits;
}

// ---- structs -----------------------------------------------------------------------------------

function planStructs(
  contract: Contract,
  scopes: readonly Scope[],
  types: Types,
  outer: NameSpace,
): readonly StructPlan[] {
  const structs: StructPlan[] = [];
  for (const { name } of contract.stateVars)
    addStruct(structs, outer, types.ofBinding({ kind: 'state', name: name.text }), typeNameOf(name.text));
  for (const { rule } of scopes) addStruct(structs, outer, types.ofResult(rule), resultName(rule));
  for (const { rule, locals } of scopes)
    for (const name of locals.keys())
      addStruct(structs, outer, types.ofBinding({ kind: 'local', rule, name }), typeNameOf(name));
  for (const scope of scopes)
    for (const expr of allExpressions(scope))
      addStruct(structs, outer, types.ofExpr(expr), `${typeNameOf(scope.rule.name.text)}Value`);
  return structs;
}

/** `get_rates` gives `Rates`, `check_consensus` gives `CheckConsensusResult`. */
function resultName(rule: Rule): string {
  const got = /^get_(.+)$/.exec(rule.name.text);
  return got ? typeNameOf(got[1]!) : `${typeNameOf(rule.name.text)}Result`;
}

function addStruct(structs: StructPlan[], outer: NameSpace, type: Type, wanted: string): void {
  if (type.kind !== 'Struct' || structs.some((struct) => struct.id === type.id)) return;
  for (const field of type.fields)
    addStruct(
      structs,
      outer,
      field.type.kind === 'Option' ? field.type.item : field.type,
      `${wanted}${typeNameOf(field.name)}`,
    );
  const names = nameSpace(null);
  const fields = type.fields.map(({ name, type: fieldType }) => ({
    key: name,
    name: claim(names, name),
    type: fieldType,
  }));
  structs.push({ id: type.id, name: claim(outer, wanted), fields });
}
