/** Rule: functions do not call themselves, also not by way of others, so that every call ends. */
import type * as ast from '../../syntax/ast.ts';
import { type Checker, report } from '../checker.ts';
import { calleesOf } from '../effects.ts';

export function checkCycles(out: Checker, _tree: ast.SourceFile): void {
  const finished = new Set<ast.Fn>();
  for (const effect of out.effects) if (effect.kind === 'call') visit(out, effect.callee, [], finished);
}

function visit(out: Checker, fn: ast.Fn, path: readonly ast.Fn[], finished: Set<ast.Fn>): void {
  if (finished.has(fn)) return;
  const start = path.indexOf(fn);
  if (start >= 0) {
    reportCycle(out, fn, path.slice(start));
    return;
  }
  for (const callee of calleesOf(out, fn)) visit(out, callee, [...path, fn], finished);
  finished.add(fn);
}

function reportCycle(out: Checker, fn: ast.Fn, cycle: readonly ast.Fn[]): void {
  const path = [...cycle, fn].map(({ name }) => `\`${name.text}\``).join(' → ');
  const call = out.effects.find(
    (effect) => effect.kind === 'call' && effect.owner === cycle.at(-1) && effect.callee === fn,
  );
  report(out, 'E0410', { span: call?.span ?? fn.name.span, path });
}
