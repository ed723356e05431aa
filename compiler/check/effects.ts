/** Effects of functions, those of the functions they call included. */
import type { Called, Checker, Effect, Owner } from './checker.ts';

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

/** What a function does, itself and through others. */
export type EffectsOf = (fn: Called) => readonly Effect[];

/** As `effectsOf`, each function looked at once. */
export function rememberedEffects(byOwner: EffectsByOwner): EffectsOf {
  const known = new Map<Called, readonly Effect[]>();
  return (fn) => {
    const effects = known.get(fn) ?? effectsOf(byOwner, fn);
    known.set(fn, effects);
    return effects;
  };
}
