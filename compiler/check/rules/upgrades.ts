/**
 * Rule: a version follows one that is there and lets itself be followed. What both have keeps its type, what was promised
 * to other contracts is still promised, and a name that a version gave up stays unused: its old entries are still there.
 */
import { predecessorName, VERSION } from '../../resolve/paths.ts';
import { stateFields } from '../../resolve/resolve.ts';
import type * as ast from '../../syntax/ast.ts';
import { ghostType, stateType } from '../annotation.ts';
import { type Checker, report } from '../checker.ts';
import { intValue } from '../literal.ts';
import { hasError, sameShape, type Type, typeText } from '../types.ts';

export function checkUpgrades(out: Checker, tree: ast.SourceFile): void {
  for (const item of tree.items) {
    const node = item.kind === 'contract' ? upgradeOf(item) : undefined;
    if (item.kind === 'contract' && node !== undefined) checkUpgrade(out, { contract: item, node });
  }
  checkReadOnly(out);
}

/** The version as written, or the one that a contract has without any. */
export function versionOf({ members }: ast.Contract): string {
  return members.find((member) => member.kind === 'version')?.text.value ?? '0.0.0';
}

type Upgrading = { readonly contract: ast.Contract; readonly node: ast.Upgrade };

export function upgradeOf({ members }: ast.Contract): ast.Upgrade | undefined {
  return members.find((member) => member.kind === 'upgrade');
}

/** A contract and those that it comes from, the last one first. */
export function versionsOf(
  { predecessors }: Pick<Checker, 'predecessors'>,
  contract: ast.Contract,
): readonly ast.Contract[] {
  const versions = new Set([contract]);
  for (const each of versions) {
    const node = upgradeOf(each);
    const earlier = node === undefined ? undefined : predecessors.get(node)?.contract;
    if (earlier !== undefined) versions.add(earlier);
  }
  return [...versions];
}

function checkUpgrade(out: Checker, upgrading: Upgrading): void {
  const { contract, node } = upgrading;
  const { value: from, span } = node.from;
  const name = contract.name.text;
  if (!VERSION.test(from)) {
    report(out, 'E0419', { span });
    return;
  }
  const version = versionOf(contract);
  // That it is none is said where it stands.
  if (!VERSION.test(version)) return;
  if (!isBelow(from, version)) {
    report(out, 'E0435', { span, from, version });
    return;
  }
  const earlier = out.predecessors.get(node)?.contract;
  const source = predecessorName('', name, from) ?? '';
  const found = earlier === undefined ? from : versionOf(earlier);
  if (earlier === undefined) report(out, 'E0432', { span, contract: name, version: from, source });
  else if (found !== from) report(out, 'E0433', { span, contract: name, source, found });
  else checkPair(out, upgrading, earlier);
}

/** Versions are compared part by part. */
function isBelow(left: string, right: string): boolean {
  const [a, b] = [left, right].map((version) => version.split('.').map(BigInt)) as [bigint[], bigint[]];
  const differs = a.findIndex((part, index) => part !== b[index]);
  return differs >= 0 && a[differs]! < (b[differs] ?? 0n);
}

function checkPair(out: Checker, { contract, node }: Upgrading, earlier: ast.Contract): void {
  const { span, value: version } = node.from;
  const holes = { contract: contract.name.text, version };
  if (!earlier.members.some(({ kind }) => kind === 'upgradable'))
    report(out, 'E0434', { span, ...holes, related: [declaredAt(out, earlier.name)] });
  checkVariables(out, contract, earlier);
  checkCurrencies(out, { contract, node }, earlier);
  checkPromises(out, { contract, node }, earlier);
  checkNewNames(out, contract, earlier);
}

// ---- variables ---------------------------------------------------------------------------------

type Variable = ast.StateField | ast.Ghost;

function variablesOf(contract: ast.Contract): readonly Variable[] {
  return [...stateFields(contract), ...contract.members.filter((member) => member.kind === 'ghost')];
}

/** What both have has the same type; a set or a list may have more room. */
function checkVariables(out: Checker, contract: ast.Contract, earlier: ast.Contract): void {
  const before = new Map(variablesOf(earlier).map((variable) => [variable.name.text, variable]));
  for (const variable of variablesOf(contract)) {
    const old = before.get(variable.name.text);
    if (old === undefined || isKept(out, old, variable)) continue;
    const holes = { name: variable.name.text, old: shown(out, old), type: shown(out, variable) };
    const version = versionOf(earlier);
    const related = [declaredAt(out, old.name)];
    report(out, 'E0436', { span: variable.name.span, version, ...holes, related });
  }
}

function isKept(out: Checker, old: Variable, variable: Variable): boolean {
  if (old.kind !== variable.kind) return false;
  const [before, after] = [typeOf(out, old), typeOf(out, variable)];
  return hasError(before) || hasError(after) || sameShape(before, after) || hasGrown(before, after);
}

function hasGrown(before: Type, after: Type): boolean {
  const isRoomy = (before.kind === 'Set' || before.kind === 'List') && after.kind === before.kind;
  return isRoomy && after.capacity >= before.capacity && sameShape(before.item, after.item);
}

function typeOf(out: Checker, variable: Variable): Type {
  return variable.kind === 'ghost' ? ghostType(out, variable) : stateType(out, variable);
}

function shown(out: Checker, variable: Variable): string {
  const text = typeText(typeOf(out, variable));
  return variable.kind === 'ghost' ? `ghost ${text}` : text;
}

/** A name that some version before the last gave up. */
function checkNewNames(out: Checker, contract: ast.Contract, earlier: ast.Contract): void {
  const last = new Set(stateFields(earlier).map(({ name }) => name.text));
  const fields = stateFields(contract).filter(({ name }) => !last.has(name.text));
  for (const older of versionsOf(out, earlier).slice(1)) {
    for (const old of stateFields(older)) {
      const again = fields.find(({ name }) => name.text === old.name.text);
      if (again === undefined) continue;
      const related = [declaredAt(out, old.name)];
      const holes = { name: again.name.text, version: versionOf(older) };
      report(out, 'E0439', { span: again.name.span, ...holes, related });
    }
  }
}

/** What only the version before had is read, and never written. */
function checkReadOnly(out: Checker): void {
  const gone = new Set([...out.predecessors.values()].flatMap((earlier) => [...earlier.gone]));
  for (const effect of out.effects) {
    if (effect.kind !== 'write' || effect.state === null || effect.owner?.kind !== 'upgrade') continue;
    if (gone.has(effect.state)) report(out, 'E0442', { span: effect.span, name: effect.state.name.text });
  }
}

// ---- promises ----------------------------------------------------------------------------------

function checkCurrencies(out: Checker, { contract, node }: Upgrading, earlier: ast.Contract): void {
  const own = new Map(currenciesOf(contract).map((currency) => [currency.name.text, currency]));
  for (const old of currenciesOf(earlier)) {
    const now = own.get(old.name.text);
    if (now !== undefined && isSameCurrency(now, old)) continue;
    const does = now === undefined ? 'does not declare' : 'declares otherwise';
    const holes = { currency: old.name.text, version: node.from.value, does };
    const span = now?.name.span ?? node.from.span;
    report(out, 'E0438', { span, ...holes, related: [declaredAt(out, old.name)] });
  }
}

function currenciesOf({ members }: ast.Contract): readonly ast.Currency[] {
  return members.filter((member) => member.kind === 'currency');
}

function isSameCurrency(one: ast.Currency, other: ast.Currency): boolean {
  return one.issued === other.issued && intValue(one.decimals.digits) === intValue(other.decimals.digits);
}

/** Contracts that found the one before by an interface go on finding it. */
function checkPromises(out: Checker, { contract, node }: Upgrading, earlier: ast.Contract): void {
  const own = new Map(interfacesOf(out, contract).map((one) => [one.name.text, one]));
  for (const old of interfacesOf(out, earlier)) {
    const now = own.get(old.name.text);
    if (now === old || (now !== undefined && isSameTree(now, old))) continue;
    const does = now === undefined ? 'does not implement it' : 'implements another one of that name';
    const holes = { interface: old.name.text, version: node.from.value, does };
    report(out, 'E0437', { span: node.from.span, ...holes, related: [declaredAt(out, old.name)] });
  }
}

function interfacesOf(out: Checker, { members }: ast.Contract): readonly ast.Interface[] {
  const names = members.flatMap((member) => (member.kind === 'implements' ? member.interfaces : []));
  return names.flatMap((name) => {
    const entity = out.entities.get(name);
    return entity?.kind === 'interface' ? [entity.node] : [];
  });
}

/** The same but for where it stands and what its documentation says. */
function isSameTree(one: ast.AnyNode, other: ast.AnyNode): boolean {
  const bare = (key: string, value: unknown) => (key === 'span' || key === 'doc' ? undefined : value);
  return JSON.stringify(one, bare) === JSON.stringify(other, bare);
}

function declaredAt({ file }: Checker, { span }: ast.Name) {
  return { file, span, label: 'in the version before' };
}
