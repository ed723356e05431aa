/** Rule: functions do not call themselves, also not by way of others, so that every call ends. */
import { LIMITS } from '../../../vm/index.ts';
import type * as ast from '../../syntax/ast.ts';
import { tooLarge } from '../annotation.ts';
import { type Called, type Checker, report } from '../checker.ts';
import { type EffectsByOwner, effectsByOwner } from '../effects.ts';

export function checkCycles(out: Checker, _tree: ast.SourceFile): void {
  const search = { out, byOwner: effectsByOwner(out), depths: new Map<Called, number>() };
  for (const effect of out.effects) if (effect.kind === 'call') depthOf(search, effect.callee, []);
}

type Search = {
  readonly out: Checker;
  readonly byOwner: EffectsByOwner;
  /** Frames that a call of the function needs. */
  readonly depths: Map<Called, number>;
};

/** How deep calls nest below `fn`. A circle, and a chain that is too long, are reported once. */
function depthOf(search: Search, fn: Called, path: readonly Called[]): number {
  const known = search.depths.get(fn);
  if (known !== undefined) return known;
  const start = path.indexOf(fn);
  if (start >= 0 || path.length >= LIMITS.callDepth - 1) {
    if (start >= 0) reportCycle(search, fn, path.slice(start));
    else
      tooLarge(search.out, fn.name.span, 'this chain of calls', LIMITS.callDepth, 'calls inside each other');
    search.depths.set(fn, 0);
    return 0;
  }
  const calls = search.byOwner.get(fn) ?? [];
  const below = calls.flatMap((call) =>
    call.kind === 'call' ? [depthOf(search, call.callee, [...path, fn])] : [],
  );
  const depth = 1 + Math.max(0, ...below);
  search.depths.set(fn, depth);
  return depth;
}

function reportCycle({ out, byOwner }: Search, fn: Called, cycle: readonly Called[]): void {
  const path = [...cycle, fn].map(({ name }) => `\`${name.text}\``).join(' → ');
  const last = byOwner.get(cycle.at(-1) ?? fn) ?? [];
  const call = last.find((effect) => effect.kind === 'call' && effect.callee === fn);
  report(out, 'E0410', { span: call?.span ?? fn.name.span, path });
}
