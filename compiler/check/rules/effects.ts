/** Rule: views and clauses only read; what a `fn` does counts where it is called. */
import type * as ast from '../../syntax/ast.ts';
import { type Checker, type Effect, report } from '../checker.ts';
import { type EffectsOf, effectsByOwner, rememberedEffects } from '../effects.ts';

export function checkEffects(out: Checker, _tree: ast.SourceFile): void {
  const effectsOf = rememberedEffects(effectsByOwner(out));
  for (const effect of out.effects) {
    if (effect.part === 'body') checkBody(out, effect, effectsOf);
    else checkClause(out, effect, effectsOf);
  }
}

function checkBody(out: Checker, effect: Effect, effectsOf: EffectsOf): void {
  const kind = effect.owner?.kind;
  if (kind === 'hook') checkCallerless(out, effect, effectsOf, 'in what the host runs');
  if (kind !== 'view') return;
  if (isWrite(effect)) report(out, 'E0401', { span: effect.span, does: doing(effect) });
  if (effect.kind !== 'call') return;
  const inner = effectsOf(effect.callee);
  if (inner.some(isWrite))
    report(out, 'E0401', { span: effect.span, does: `calls \`${effect.what}\`, which does more` });
  else checkCallerless(out, effect, effectsOf, 'in a view');
}

/** Nobody is the caller here, nor in a function that is called from here. */
function checkCallerless(out: Checker, effect: Effect, effectsOf: EffectsOf, where: string): void {
  if (effect.kind !== 'call' || !effectsOf(effect.callee).some(({ kind }) => kind === 'caller')) return;
  report(out, 'E0405', { span: effect.span, what: `\`caller\`, which \`${effect.what}\` uses,`, where });
}

/** What a clause does itself was reported with its type, and a function that it calls is an expression (`formulas.ts`). */
function checkClause(out: Checker, effect: Effect, effectsOf: EffectsOf): void {
  if (effect.part === 'invariant') checkCallerless(out, effect, effectsOf, 'in an invariant');
  else if (effect.part === 'prove') checkCallerless(out, effect, effectsOf, 'in a `prove`');
  else if (effect.owner?.kind === 'view') checkCallerless(out, effect, effectsOf, 'in a view');
}

function doing({ kind, what }: Effect): string {
  return kind === 'write' ? `changes \`${what}\`` : kind === 'emit' ? 'emits an event' : `calls \`${what}\``;
}

function isWrite(effect: Effect): boolean {
  return (
    effect.kind === 'write' ||
    effect.kind === 'emit' ||
    (effect.kind === 'host' && !effect.row.readable) ||
    (effect.kind === 'outgoing' && effect.method?.view === false)
  );
}
