/** Effects of functions, those of the functions they call included. */
import type * as ast from '../syntax/ast.ts';
import type { Checker, Effect, Owner } from './checker.ts';

/** What the body of each function does itself, in source order. */
export type EffectsByOwner = ReadonlyMap<Owner | null, readonly Effect[]>;

export function effectsByOwner(out: Checker): EffectsByOwner {
  return Map.groupBy(
    out.effects.filter(({ part }) => part === 'body'),
    (effect) => effect.owner,
  );
}

/** Everything that the body of a function does, itself and through others; cycles are followed once. */
export function effectsOf(byOwner: EffectsByOwner, owner: Owner): readonly Effect[] {
  const found: Effect[] = [];
  const seen = new Set<Owner>([owner]);
  for (const each of seen) {
    for (const effect of byOwner.get(each) ?? []) {
      found.push(effect);
      if (effect.kind === 'call') seen.add(effect.callee);
    }
  }
  return found;
}

/** As `effectsOf`, each function looked at once. */
export function rememberedEffects(byOwner: EffectsByOwner): (fn: ast.Fn) => readonly Effect[] {
  const known = new Map<ast.Fn, readonly Effect[]>();
  return (fn) => {
    const effects = known.get(fn) ?? effectsOf(byOwner, fn);
    known.set(fn, effects);
    return effects;
  };
}
