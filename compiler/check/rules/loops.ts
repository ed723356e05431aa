/** Rule: nothing inside of a `for` changes what it goes over, itself or by way of a function. */
import type * as ast from '../../syntax/ast.ts';
import { type Checker, type Effect, report } from '../checker.ts';
import { effectsByOwner, rememberedEffects } from '../effects.ts';

export function checkLoops(out: Checker, _tree: ast.SourceFile): void {
  if (out.setLoops.length === 0) return;
  const effectsOf = rememberedEffects(effectsByOwner(out));
  for (const { loop, set } of out.setLoops) {
    const { start, end } = loop.body.span;
    const changes = (effect: Effect): boolean => effect.kind === 'write' && effect.state === set;
    for (const effect of out.effects) {
      if (effect.span.start < start || effect.span.end > end) continue;
      const through = effect.kind === 'call' && effectsOf(effect.callee).some(changes);
      if (!through && !changes(effect)) continue;
      const related = [{ file: out.file, span: loop.source.span, label: 'the loop goes over it' }];
      report(out, 'E0430', { span: effect.span, name: set.name.text, related });
    }
  }
}
