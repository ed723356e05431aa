/** Rule: a contract names the host modules that its code touches, and no others. Clauses need no capability. */
import { CAPABILITIES, type Capability, includesCapability } from '../../builtins.ts';
import type { Fix } from '../../diagnostics.ts';
import type * as ast from '../../syntax/ast.ts';
import { type Checker, type Effect, isSpecification, type Owner, report } from '../checker.ts';
import { type EffectsOf, effectsByOwner, rememberedEffects } from '../effects.ts';

export function checkCapabilities(out: Checker, tree: ast.SourceFile): void {
  const byOwner = Map.groupBy(out.effects.filter(isCode), ({ owner }) => owner);
  const code: Code = { byOwner, effectsOf: rememberedEffects(effectsByOwner(out)) };
  for (const item of tree.items) if (item.kind === 'contract') checkContract(out, code, item);
}

/** What code does itself, by the declaration around it, and what each function does with those that it calls. */
type Code = {
  readonly byOwner: ReadonlyMap<Owner | null, readonly Effect[]>;
  readonly effectsOf: EffectsOf;
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
  if (out.unresolved || out.diagnostics.some(({ code }) => code === 'E0205')) return;
  for (const [index, { node, name }] of declared.entries()) {
    const used = needs.some((need) => includesCapability(name, need.capability));
    const covered = declared.some((other, at) => at !== index && covers(other.name, name, at < index));
    if (CAPABILITIES.some((known) => known === name) && (!used || covered))
      report(out, 'W0401', { span: node.span, name, fix: removal(uses!, index) });
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

/** Whether one capability makes another superfluous; of two that are the same the earlier one stays. */
function covers(one: string, other: string, isEarlier: boolean): boolean {
  return one === other ? isEarlier : includesCapability(one, other as Capability);
}

/** Without the capability and its comma; without `uses` where it is the only one. */
function removal({ capabilities, span }: ast.Uses, index: number): Fix {
  const [before, own, next] = [capabilities[index - 1], capabilities[index]!, capabilities[index + 1]];
  const cut =
    next !== undefined
      ? { start: own.span.start, end: next.span.start }
      : before !== undefined
        ? { start: before.span.end, end: own.span.end }
        : span;
  return { title: 'Remove what is not needed', edits: [{ span: cut, text: '' }] };
}

function fixOf(contract: ast.Contract, uses: ast.Uses | undefined, need: Need): Fix | null {
  const title = `Declare \`uses ${need.capability}\``;
  // What it includes makes room for it.
  const lesser = uses?.capabilities.find(({ module, right }) =>
    includesCapability(need.capability, `${module.text}.${right.text}` as Capability),
  );
  if (lesser !== undefined) return { title, edits: [{ span: lesser.span, text: need.capability }] };
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
