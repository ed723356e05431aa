/** Rule: nothing inside of a `for` changes what it goes over, itself or by way of a function. */
import type * as ast from '../../syntax/ast.ts';
import { type Checker, type Effect, report } from '../checker.ts';
import { effectsByOwner, rememberedEffects } from '../effects.ts';

export function checkLoops(out: Checker, _tree: ast.SourceFile): void {
  if (out.loopsOver.length === 0) return;
  const effectsOf = rememberedEffects(effectsByOwner(out));
  for (const { loop, state } of out.loopsOver) {
    const { start, end } = loop.body.span;
    const changes = (effect: Effect): boolean => effect.kind === 'write' && effect.state === state;
    for (const effect of out.effects) {
      if (effect.span.start < start || effect.span.end > end) continue;
      const through = effect.kind === 'call' && effectsOf(effect.callee).some(changes);
      if (!through && !changes(effect)) continue;
      const related = [{ file: out.file, span: loop.source.span, label: 'the loop goes over it' }];
      report(out, 'E0430', { span: effect.span, name: state.name.text, related });
    }
  }
}
