/** `match` to comparisons of tags and `if`s, one inside the other; what a pattern names are copies of the words it stands for. */
import { variantOfPattern } from '../check/match.ts';
import { BOOL, isChoice, leavesOf, type Type } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { apart, type Builder, branch, declareWords, emit, fresh, local, operate } from './builder.ts';
import { type Const, constant, constantOf } from './constant.ts';
import type { Atom } from './core.ts';
import { lowerValue } from './expression.ts';
import { type Expr, type Source, typeOf } from './source.ts';
import { heldWords } from './variant.ts';

/** What a pattern asks of its value: one word against a constant; null when it takes every value. */
export type PatternTest = { readonly word: number; readonly value: Const };

/** A part of the matched value that a pattern gives a name to. */
export type Held<T> = { readonly declaration: ast.BindPattern | ast.Binding; readonly words: readonly T[] };

export function testOf(source: Source, type: Type, pattern: ast.Pattern): PatternTest | null {
  if (pattern.kind === 'literalPattern') {
    const value = constantOf(source, pattern.value);
    if (value === null) throw new Error('a pattern that is no literal');
    return { word: 0, value };
  }
  const variant = isChoice(type) ? variantOfPattern(type, pattern) : null;
  const [tag] = leavesOf(type);
  return variant === null ? null : { word: 0, value: constant(tag!.type, BigInt(variant)) };
}

export function heldBy<T>(type: Type, pattern: ast.Pattern, words: readonly T[]): readonly Held<T>[] {
  const variant = isChoice(type) ? variantOfPattern(type, pattern) : null;
  if (pattern.kind === 'bindPattern') return variant === null ? [{ declaration: pattern, words }] : [];
  if (pattern.kind !== 'variantPattern' || variant === null || !isChoice(type)) return [];
  return pattern.bindings.map((binding) => ({
    declaration: binding,
    words: heldWords(type, variant, binding.field?.text ?? 'some', words),
  }));
}

/** The words of the case that is taken. */
export function lowerMatch(builder: Builder, expr: Expr<'match'>): readonly Atom[] {
  const subject = lowerValue(builder, expr.subject);
  const type = typeOf(builder.source, expr.subject);
  const leaves = leavesOf(typeOf(builder.source, expr));
  const targets = leaves.map((leaf) => fresh(builder, leaf.type, expr.span));
  lowerArms(builder, { arms: expr.arms, type, subject, targets }, 0);
  return targets.map(local);
}

type Matching = {
  readonly arms: readonly ast.Arm[];
  readonly type: Type;
  readonly subject: readonly Atom[];
  readonly targets: readonly number[];
};

/** The cases from `index` on. The last needs no test: the checker saw that the cases leave nothing. */
function lowerArms(builder: Builder, matching: Matching, index: number): void {
  const arm = matching.arms[index]!;
  const test = testOf(builder.source, matching.type, arm.pattern);
  if (test === null || index === matching.arms.length - 1) {
    lowerArm(builder, matching, arm);
    return;
  }
  const { span } = arm.pattern;
  const condition = operate(builder, 'eq', [matching.subject[test.word]!, test.value], BOOL, span);
  const taken = apart(builder, () => lowerArm(builder, matching, arm));
  const others = apart(builder, () => lowerArms(builder, matching, index + 1));
  emit(builder, branch(condition, arm.span, taken.stmts, others.stmts));
  if (taken.ended && others.ended) builder.ended = true;
}

function lowerArm(builder: Builder, { type, subject, targets }: Matching, { pattern, body }: ast.Arm): void {
  for (const { declaration, words } of heldBy(type, pattern, subject)) {
    const { name } = declaration;
    const ids = declareWords(builder, declaration, name.text, typeOf(builder.source, declaration), name.span);
    ids.forEach((target, index) => {
      emit(builder, { kind: 'copy', span: name.span, target, value: words[index]! });
    });
  }
  const values = lowerValue(builder, body);
  targets.forEach((target, index) => {
    const value = values[index];
    if (value !== undefined) emit(builder, { kind: 'copy', span: body.span, target, value });
  });
}
