/** Rule: a contract has what its interfaces say, and declares the currencies that they, and those it calls, speak of. */
import { isUndeclared } from '../../resolve/resolve.ts';
import type * as ast from '../../syntax/ast.ts';
import { walk } from '../../syntax/visit.ts';
import { paramType, resultType } from '../annotation.ts';
import { type Checker, type Owner, report } from '../checker.ts';
import { type EffectsByOwner, effectsByOwner, effectsOf } from '../effects.ts';
import { intValue } from '../literal.ts';
import { agree, typeText } from '../types.ts';

export function checkInterfaces(out: Checker, tree: ast.SourceFile): void {
  const byOwner = effectsByOwner(out);
  for (const item of tree.items) {
    if (item.kind === 'interface') for (const method of item.methods) checkSpecs(out, method);
    if (item.kind === 'contract') checkContract(out, byOwner, item);
  }
}

/** Who may call is the contract's to say, and so is what of its state changes. */
function checkSpecs(out: Checker, method: ast.Method): void {
  for (const spec of method.specs) {
    const what = spec.kind === 'access' ? '`access`' : spec.kind === 'changes' ? '`changes`' : null;
    if (what !== null)
      report(out, 'E0420', { span: spec.span, what, owner: 'an interface', where: 'a contract' });
  }
}

type Named = { readonly node: ast.Interface; readonly span: ast.Span };

function checkContract(out: Checker, byOwner: EffectsByOwner, contract: ast.Contract): void {
  const implemented = contract.members.flatMap((member) =>
    member.kind === 'implements' ? member.interfaces.flatMap((name) => namedBy(out, name)) : [],
  );
  for (const named of implemented)
    for (const method of named.node.methods) checkMethod(out, contract, named, method);
  const spoken = new Set<ast.Interface>();
  for (const named of [...implemented, ...calledBy(byOwner, contract)]) {
    if (!spoken.has(named.node)) checkCurrencies(out, contract, named);
    spoken.add(named.node);
  }
}

function namedBy(out: Checker, name: ast.Name): readonly Named[] {
  const entity = out.entities.get(name);
  if (entity?.kind === 'interface') return [{ node: entity.node, span: name.span }];
  if (entity !== undefined)
    report(out, 'E0204', {
      span: name.span,
      name: name.text,
      what: `a ${entity.kind}`,
      wanted: 'an interface',
    });
  return [];
}

/** The interfaces by which the contract calls others, itself or through functions. */
function calledBy(byOwner: EffectsByOwner, contract: ast.Contract): readonly Named[] {
  return contract.members.flatMap((member) => {
    if (!isOwner(member)) return [];
    return effectsOf(byOwner, member).flatMap((effect) =>
      effect.kind === 'outgoing' ? [{ node: effect.interface, span: effect.span }] : [],
    );
  });
}

const OWNERS: readonly ast.Member['kind'][] = ['init', 'rule', 'view', 'fn', 'hook', 'upgrade'];

function isOwner(member: ast.Member): member is Extract<ast.Member, Owner> {
  return OWNERS.includes(member.kind);
}

function checkMethod(out: Checker, contract: ast.Contract, { node, span }: Named, method: ast.Method): void {
  const kind = method.view ? 'view' : 'rule';
  const { text: name } = method.name;
  const declared = { file: out.file, span: method.name.span, label: 'declared here' };
  const found = contract.members.find(
    (member) => (member.kind === 'rule' || member.kind === 'view') && member.name.text === name,
  );
  if (found?.kind !== 'rule' && found?.kind !== 'view') {
    const holes = {
      contract: contract.name.text,
      interface: node.name.text,
      signature: signatureOf(out, kind, method),
    };
    report(out, 'E0480', { span, ...holes, related: [declared] });
    return;
  }
  if (found.kind !== kind || !sameSignature(out, method, found)) {
    const expected = signatureOf(out, kind, method);
    const holes = { name, interface: node.name.text, expected };
    report(out, 'E0481', { span: found.name.span, ...holes, related: [declared] });
  } else if (found.kind === 'rule' && !admitsContracts(contract, found)) {
    report(out, 'E0482', { span: found.name.span, name, interface: node.name.text });
  }
}

function sameSignature(out: Checker, method: ast.Method, found: ast.Rule | ast.View): boolean {
  return (
    method.params.length === found.params.length &&
    method.params.every((param, index) =>
      agree(paramType(out, param), paramType(out, found.params[index]!)),
    ) &&
    agree(resultType(out, method.result), resultType(out, found.result))
  );
}

function signatureOf(out: Checker, kind: string, { name, params, result }: ast.Method): string {
  const list = params.map((param) => `${param.name.text}: ${typeText(paramType(out, param))}`);
  const gives = result === null ? '' : ` -> ${typeText(resultType(out, result))}`;
  return `${kind} ${name.text}(${list.join(', ')})${gives}`;
}

/** Contracts are admitted where every access clause says so. */
function admitsContracts(contract: ast.Contract, rule: ast.Rule): boolean {
  const clauses = [...contract.members, ...rule.specs].filter((node) => node.kind === 'access');
  return (
    clauses.length > 0 && clauses.every(({ items }) => items.some(({ kind }) => kind === 'accessContracts'))
  );
}

function checkCurrencies(out: Checker, contract: ast.Contract, { node, span }: Named): void {
  const seen = new Set<string>();
  walk(node, (part) => {
    const entity = part.kind === 'name' ? out.entities.get(part) : undefined;
    if (entity?.kind !== 'currency' || seen.has(entity.name)) return undefined;
    seen.add(entity.name);
    const own = contract.members.find(
      (member) => member.kind === 'currency' && member.name.text === entity.name,
    );
    const does =
      own?.kind !== 'currency' ? 'does not declare' : isOther(own, entity.node) ? 'declares otherwise' : null;
    const holes = { interface: node.name.text, currency: entity.name, contract: contract.name.text };
    if (does !== null) report(out, 'E0485', { span, ...holes, does });
    return undefined;
  });
}

function isOther(own: ast.Currency, meant: ast.Currency): boolean {
  if (isUndeclared(meant)) return false;
  return own.issued !== meant.issued || intValue(own.decimals.digits) !== intValue(meant.decimals.digits);
}
