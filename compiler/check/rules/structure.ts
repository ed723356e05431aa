/** Rule: what a contract says once is there at most once, and stands where it means something. */

import { LIMITS } from '../../../vm/index.ts';
import { BUILT_INS, CAPABILITIES } from '../../builtins.ts';
import type * as ast from '../../syntax/ast.ts';
import { type Callable, type Checker, report, textOf, ungroup } from '../checker.ts';
import { durationValue, INT_MAX, intValue } from '../literal.ts';

const ONCE: { readonly [kind in ast.Member['kind']]?: string } = {
  version: '`version`',
  purpose: '`purpose`',
  uses: '`uses`',
  access: '`access`',
  state: '`state`',
  init: '`init`',
  upgradable: '`upgradable`',
  upgrade: '`upgrade`',
};

export function checkStructure(out: Checker, tree: ast.SourceFile): void {
  for (const item of tree.items) {
    if (item.kind === 'fn') checkSpecs(out, item);
    if (item.kind === 'prove') report(out, 'E0470', { span: item.title.span });
    if (item.kind === 'contract') checkContract(out, item);
  }
}

function checkContract(out: Checker, contract: ast.Contract): void {
  const seen = new Map<string, ast.Member>();
  checkTitles(out, contract);
  for (const member of contract.members) {
    checkOnce(out, seen, member);
    checkMember(out, member);
  }
}

/** Two of one title could not be told apart in a report. */
function checkTitles(out: Checker, { members }: ast.Contract): void {
  const seen = new Map<string, ast.TextLiteral>();
  for (const member of members) {
    if (member.kind !== 'prove') continue;
    const { title } = member;
    const earlier = seen.get(title.value);
    if (earlier === undefined) seen.set(title.value, title);
    else {
      const related = [{ file: out.file, span: earlier.span, label: 'the first one' }];
      report(out, 'E0476', { span: title.span, title: title.value, related });
    }
  }
}

function checkOnce(out: Checker, seen: Map<string, ast.Member>, member: ast.Member): void {
  const what = ONCE[member.kind];
  const earlier = seen.get(member.kind);
  if (earlier === undefined) seen.set(member.kind, member);
  else if (what !== undefined) {
    const related = [{ file: out.file, span: headOf(out, earlier), label: 'the first one' }];
    report(out, 'E0408', { span: headOf(out, member), what, related });
  }
}

/** The first line of a declaration is enough to point at. */
function headOf(out: Checker, node: ast.AnyNode): ast.Span {
  const line = textOf(out, node).indexOf('\n');
  return line < 0 ? node.span : { start: node.span.start, end: node.span.start + line };
}

function checkMember(out: Checker, member: ast.Member): void {
  switch (member.kind) {
    case 'version':
      if (!/^\d+\.\d+\.\d+$/.test(member.text.value)) report(out, 'E0419', { span: member.text.span });
      return;
    case 'uses':
      checkUses(out, member);
      return;
    case 'access':
      checkAccess(out, member);
      return;
    case 'init':
    case 'rule':
    case 'view':
    case 'fn':
      checkSpecs(out, member);
      return;
    case 'hook':
      checkSchedule(out, member);
      return;
  }
}

/** How often, and with how much gas, in numbers. */
function checkSchedule(out: Checker, { trigger, gas }: ast.Hook): void {
  if (trigger.kind !== 'onEvery') return;
  const period = ungroup(trigger.period);
  const granted = ungroup(gas);
  const seconds = period.kind === 'duration' ? durationValue(period) : 0n;
  const often = seconds >= BigInt(LIMITS.hookSecondsMin) && seconds <= BigInt(LIMITS.hookSecondsMax);
  if (period.kind !== 'missing' && !often)
    report(out, 'E0425', { span: period.span, what: 'how often it runs, from `1m` to `3650d`' });
  if (granted.kind === 'missing') return;
  if (granted.kind !== 'int' || intValue(granted.digits) > BigInt(LIMITS.hookGas))
    report(out, 'E0425', { span: granted.span, what: `its gas as an integer, at most ${LIMITS.hookGas}` });
}

function checkUses(out: Checker, uses: ast.Uses): void {
  for (const capability of uses.capabilities) {
    const name = `${capability.module.text}.${capability.right.text}`;
    if (CAPABILITIES.some((known) => known === name)) continue;
    const module = BUILT_INS.find((row) => row.kind === 'module' && row.name === capability.module.text);
    if (module?.built === false) report(out, 'E0901', { span: capability.span, what: `\`${name}\`` });
    else report(out, 'E0404', { span: capability.span, name, known: CAPABILITIES.join('`, `') });
  }
}

function checkSpecs(out: Checker, node: Callable): void {
  for (const spec of node.specs) {
    if (spec.kind === 'access') {
      if (node.kind === 'rule') checkAccess(out, spec);
      else
        report(out, 'E0420', {
          span: spec.span,
          what: '`access`',
          owner: WORDS[node.kind],
          where: 'a contract or a rule',
        });
    }
    if (spec.kind === 'changes' && (node.kind === 'init' || node.kind === 'view')) {
      report(out, 'E0420', {
        span: spec.span,
        what: '`changes`',
        owner: WORDS[node.kind],
        where: 'a rule or a function',
      });
    }
    const promise = PROMISES[spec.kind];
    if (promise !== undefined && (node.kind === 'init' || node.kind === 'fn')) {
      report(out, 'E0420', {
        span: spec.span,
        what: promise,
        owner: WORDS[node.kind],
        where: 'a rule or a view',
      });
    }
  }
}

/** What is said to whoever calls from outside. */
const PROMISES: { readonly [kind in ast.Spec['kind']]?: string } = {
  succeedsWhen: '`succeeds when`',
  failsWhen: '`fails when`',
};

const WORDS = { init: '`init`', rule: 'a rule', view: 'a view', fn: 'a function' } as const;

function checkAccess(out: Checker, access: ast.Access): void {
  for (const item of access.items) {
    if (item.kind === 'accessPermission' && !isName(item.permission.value))
      report(out, 'E0431', { span: item.permission.span });
    if (item.kind !== 'accessReputation' || item.score.kind === 'missing') continue;
    const { score } = item;
    if (score.kind !== 'int') report(out, 'E0416', { span: score.span });
    else if (intValue(score.digits) > INT_MAX) report(out, 'E0307', { span: score.span });
  }
}

function isName(text: string): boolean {
  return text !== '' && text.isWellFormed();
}
