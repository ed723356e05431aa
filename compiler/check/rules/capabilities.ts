/** Rule: a contract names the host modules that its code touches, and no others. Clauses need no capability. */
import { CAPABILITIES, type Capability, includesCapability } from '../../builtins.ts';
import type { Fix } from '../../diagnostics.ts';
import type * as ast from '../../syntax/ast.ts';
import { type Checker, type Effect, isSpecification, type Owner, report } from '../checker.ts';
import { effectsByOwner, rememberedEffects } from '../effects.ts';

export function checkCapabilities(out: Checker, tree: ast.SourceFile): void {
  const byOwner = Map.groupBy(out.effects.filter(isCode), ({ owner }) => owner);
  const code: Code = { byOwner, effectsOf: rememberedEffects(effectsByOwner(out)) };
  for (const item of tree.items) if (item.kind === 'contract') checkContract(out, code, item);
}

/** What code does itself, by the declaration around it, and what each function does with those that it calls. */
type Code = {
  readonly byOwner: ReadonlyMap<Owner | null, readonly Effect[]>;
  readonly effectsOf: (fn: ast.Fn) => readonly Effect[];
};

type Need = { readonly capability: Capability; readonly what: string; readonly span: ast.Span };

function checkContract(out: Checker, code: Code, contract: ast.Contract): void {
  const uses = contract.members.find((member) => member.kind === 'uses');
  const declared = (uses?.capabilities ?? []).map((node) => ({
    node,
    name: `${node.module.text}.${node.right.text}`,
  }));
  const needs = needsOf(code, contract);
  const missing = new Set<Capability>();
  for (const need of needs) {
    if (
      missing.has(need.capability) ||
      declared.some(({ name }) => includesCapability(name, need.capability))
    )
      continue;
    missing.add(need.capability);
    report(out, 'E0403', {
      span: need.span,
      what: need.what,
      capability: need.capability,
      fix: fixOf(contract, uses, need),
    });
  }
  if (out.unresolved) return;
  for (const { node, name } of declared) {
    const used = needs.some((need) => includesCapability(name, need.capability));
    if (CAPABILITIES.some((known) => known === name) && !used)
      report(out, 'W0401', { span: node.span, name });
  }
}

/** What the code of a contract needs, in source order; what a function of the file does counts where it is called. */
function needsOf({ byOwner, effectsOf }: Code, contract: ast.Contract): readonly Need[] {
  const own = new Set<ast.AnyNode>(contract.members);
  const inMembers = contract.members.flatMap((member) => byOwner.get(member as Owner) ?? []);
  const beside = (byOwner.get(null) ?? []).filter(({ span }) => isWithin(span, contract.span));
  const effects = [...inMembers, ...beside].sort((left, right) => left.span.start - right.span.start);
  return effects.flatMap((effect) => {
    if (effect.kind === 'host') return [needOf(effect, effect.span)];
    if (effect.kind !== 'call' || own.has(effect.callee)) return [];
    return effectsOf(effect.callee).flatMap((inner) =>
      inner.kind === 'host' ? [needOf(inner, effect.span)] : [],
    );
  });
}

function needOf(effect: Extract<Effect, { readonly kind: 'host' }>, span: ast.Span): Need {
  return { capability: effect.row.capability, what: effect.what, span };
}

/** On an entry point `requires` is checked on entry; at a `fn` it is a proof obligation. */
function isCode(effect: Effect): boolean {
  return !isSpecification(effect.part) && !(effect.part === 'requires' && isFn(effect.owner));
}

function isFn(owner: Owner | null): boolean {
  return owner?.kind === 'fn';
}

function isWithin(inner: ast.Span, outer: ast.Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function fixOf(contract: ast.Contract, uses: ast.Uses | undefined, need: Need): Fix | null {
  const title = `Declare \`uses ${need.capability}\``;
  const last = uses?.capabilities.at(-1);
  if (last !== undefined)
    return {
      title,
      edits: [{ span: { start: last.span.end, end: last.span.end }, text: `, ${need.capability}` }],
    };
  const first = contract.members[0];
  if (first === undefined) return null;
  const { start } = first.span;
  return { title, edits: [{ span: { start, end: start }, text: `uses ${need.capability};\n  ` }] };
}
