/**
 * The importer: a contract in the Intercooperative Network's JSON form in; CCL source and the list of decisions out,
 * or diagnostics with their places in the JSON. Pure. The format is described in `docs/import.md`.
 */
import { type Diagnostic, diagnose } from '../diagnostics.ts';
import { type AccountProblem, accountsOf, constantOf, namesSetByRules } from './accounts.ts';
import { contractText, type Whole } from './contract.ts';
import { type Decision, decisionsOf } from './decision.ts';
import { inexpressibleForms, inexpressibleTypes } from './inexpressible.ts';
import { inferTypes, type Transfer, type TypeProblem } from './infer.ts';
import { readJson } from './json.ts';
import { checkLimits } from './limits.ts';
import { planContract } from './plan.ts';
import { reachedStatements, type Scope, scopeOf } from './scope.ts';
import { type Contract, type Place, readContract } from './tree.ts';

export type { Decision } from './decision.ts';

export type ImportResult =
  | { readonly ok: true; readonly source: string; readonly decisions: readonly Decision[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Imports one contract. `fileName` stands in diagnostics and, without its folders, in the purpose. */
export function importIcn(fileName: string, jsonText: string): ImportResult {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => diagnostics.push(diagnostic);
  const contract = readFile(fileName, jsonText, report);
  if (contract === null) return { ok: false, diagnostics };
  const translation = translate(fileName, contract, report);
  if (translation === null || diagnostics.length > 0)
    return { ok: false, diagnostics: inFileOrder(diagnostics) };
  const { scopes, whole } = translation;
  return {
    ok: true,
    source: contractText(contract, scopes, whole, fileName.replace(/^.*[\\/]/, '')),
    decisions: decisionsOf(contract, scopes, whole, lineCounter(jsonText)),
  };
}

type Report = (diagnostic: Diagnostic) => void;

const CHARACTERS_MAX = 4_194_304;

function readFile(file: string, text: string, report: Report): Contract | null {
  const start = { start: 0, end: 0 };
  if (text.length > CHARACTERS_MAX) {
    report(
      diagnose('E0601', {
        file,
        span: start,
        path: '$',
        problem: `it has more than ${CHARACTERS_MAX} characters`,
      }),
    );
    return null;
  }
  const json = readJson(text);
  if (!json.ok) {
    report(diagnose('E0601', { file, span: json.span, path: json.path, problem: json.problem }));
    return null;
  }
  const contract = readContract(json.value, ({ path, span }, problem) =>
    report(diagnose('E0602', { file, span, path, problem })),
  );
  if (contract !== null)
    checkLimits(contract, ({ path, span }, problem) =>
      report(diagnose('E0603', { file, span, path, problem })),
    );
  return contract;
}

type Translation = { readonly scopes: readonly Scope[]; readonly whole: Whole };

/** Null where something was reported that leaves no contract to print. */
function translate(file: string, contract: Contract, report: Report): Translation | null {
  let sound = true;
  const note = (diagnostic: Diagnostic) => {
    sound = false;
    report(diagnostic);
  };
  const scopes = contract.rules.map((rule) =>
    scopeOf(contract, rule, ({ place, name, kind }) =>
      note(diagnose(kind === 'unknown' ? 'E0605' : 'E0606', { file, ...place, name })),
    ),
  );
  for (const found of inexpressibleForms(contract, scopes))
    note(diagnose('E0604', { file, ...found, ...found.place }));
  for (const scope of scopes) checkEnd(file, scope, note);
  const accounts = accountsOf(contract, scopes, (problem) => note(accountDiagnostic(file, problem)));
  const currencies = currenciesOf(file, contract, scopes, note);
  const currencyOf = (stmt: Transfer) => currencies.get(stmt) ?? null;
  const types = inferTypes(contract, scopes, currencyOf, (problem) => note(typeDiagnostic(file, problem)));
  if (sound)
    for (const found of inexpressibleTypes(contract, scopes, types))
      note(diagnose('E0604', { file, ...found, ...found.place }));
  if (!sound) return null;
  const plan = planContract(contract, scopes, accounts, types, placesOfCurrencies(contract, currencies));
  return { scopes, whole: { plan, accounts, types, currencyOf: (stmt) => currencies.get(stmt)! } };
}

/** A rule returns a value on all its paths or on none. */
function checkEnd(file: string, scope: Scope, note: Report): void {
  const values = scope.returns.filter(({ value }) => value.kind !== 'Literal' || value.value.kind !== 'None');
  if (values.length === 0 || (!scope.fallsThrough && values.length === scope.returns.length)) return;
  const { name } = scope.rule;
  note(diagnose('E0610', { file, ...name.place, name: name.text }));
}

function currenciesOf(
  file: string,
  contract: Contract,
  scopes: readonly Scope[],
  note: Report,
): ReadonlyMap<Transfer, string> {
  const setNames = namesSetByRules(scopes);
  const found = new Map<Transfer, string>();
  for (const scope of scopes)
    for (const stmt of reachedStatements(scope.rule.body, scope.dead)) {
      if (stmt.kind !== 'LedgerTransfer') continue;
      const value = constantOf(contract, scope, setNames, stmt.currency);
      if (value?.kind === 'String') found.set(stmt, value.value);
      else note(diagnose('E0604', { file, ...stmt.currency.place, ...CHOSEN_CURRENCY }));
    }
  return found;
}

/** The contract's own currency first, then those of its transfers. */
function placesOfCurrencies(
  contract: Contract,
  used: ReadonlyMap<Transfer, string>,
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  if (contract.currency !== null) places.set(contract.currency.text, contract.currency.place);
  for (const [stmt, name] of used) if (!places.has(name)) places.set(name, stmt.currency.place);
  return places;
}

const CHOSEN_CURRENCY = {
  what: 'a currency that is chosen when the rule runs',
  nearest: 'one rule for each currency, because currencies are units of measure',
};

function accountDiagnostic(file: string, { place, kind, what }: AccountProblem): Diagnostic {
  return diagnose('E0607', { file, ...place, ...PAYERS[kind](what) });
}

const PAYERS: {
  readonly [kind in AccountProblem['kind']]: (what: string) => { whose: string; nearest: string };
} = {
  second: (name) => ({
    whose: `\`${name}\`, a second account beside the contract's own`,
    nearest: 'one contract for each account, or a mandate that the account signs',
  }),
  param: (name) => ({
    whose: `\`${name}\`, whoever the caller names`,
    nearest: '`caller`, who pays within a spending limit, or a mandate that the account signs',
  }),
  constant: (did) => ({
    whose: did,
    nearest: 'a state variable that holds this DID, which then becomes `self`',
  }),
  changes: (name) => ({
    whose: `\`${name}\`, which rules set`,
    nearest: '`self`, or a mandate that the account signs',
  }),
  unclear: () => ({
    whose: 'an account that only running the rule tells',
    nearest: '`self`, `caller`, or a mandate that the account signs',
  }),
};

function typeDiagnostic(file: string, problem: TypeProblem): Diagnostic {
  const { place } = problem;
  switch (problem.kind) {
    case 'clash':
    case 'fields': {
      const { first, second, other } = problem;
      const related = [{ file, span: other.span, label: `the other use (${other.path})` }];
      return diagnose(problem.kind === 'clash' ? 'E0608' : 'E0609', {
        file,
        ...place,
        first,
        second,
        related,
      });
    }
    case 'noField':
      return diagnose('E0605', { file, ...place, name: problem.field });
    case 'notCollection':
      return diagnose('E0608', { file, ...place, first: problem.what, second: 'a list or set' });
    case 'openMap':
      return diagnose('E0604', {
        file,
        ...place,
        what: 'a field of a value that nothing describes',
        nearest: 'one parameter for each field',
      });
    case 'openCollection':
      return diagnose('E0604', {
        file,
        ...place,
        what: 'a collection that callers give',
        nearest: 'a `Set<T, n>` in the state',
      });
  }
}

function inFileOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const indexed = diagnostics.map((diagnostic, index) => ({ diagnostic, index }));
  indexed.sort((a, b) => a.diagnostic.span.start - b.diagnostic.span.start || a.index - b.index);
  return indexed.map(({ diagnostic }) => diagnostic);
}

function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}
