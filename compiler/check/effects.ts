/** Effects of functions, those of the functions they call included. */
import type * as ast from '../syntax/ast.ts';
import type { Callable, Checker, Effect } from './checker.ts';

/** Everything that the body of a function does, itself and through others; cycles are followed once. */
export function effectsOf(out: Checker, callable: Callable): readonly Effect[] {
  const byOwner = Map.groupBy(out.effects, (effect) => effect.owner);
  const found: Effect[] = [];
  const seen = new Set<Callable>([callable]);
  for (const owner of seen) {
    for (const effect of byOwner.get(owner) ?? []) {
      if (effect.part !== 'body') continue;
      found.push(effect);
      if (effect.kind === 'call') seen.add(effect.callee);
    }
  }
  return found;
}

/** The functions that `fn` calls itself, in source order. */
export function calleesOf(out: Checker, fn: Callable): readonly ast.Fn[] {
  return out.effects.flatMap((effect) =>
    effect.owner === fn && effect.kind === 'call' ? [effect.callee] : [],
  );
}
