/**
 * `match` and the values it takes apart: variants as values, `none` and `some`, patterns, and whether the cases of a
 * `match` say what to do for every value.
 */
import { BUILT_INS } from '../builtins.ts';
import type { Fix } from '../diagnostics.ts';
import { type Entity, isDeclaration, type VariantDeclaration } from '../resolve/entity.ts';
import { near, variantNames } from '../resolve/resolve.ts';
import type * as ast from '../syntax/ast.ts';
import { argumentsText } from './advice.ts';
import { choiceType, tooLarge } from './annotation.ts';
import { type At, NEVER, report, textOf, ungroup } from './checker.ts';
import { type Because, type Expr, typeExpr, typeFieldInits, typeValue } from './expression.ts';
import {
  type Choice,
  ERROR,
  hasError,
  isChoice,
  type Type,
  typeText,
  UNIT,
  type Variant,
  variantsOf,
} from './types.ts';

// ---- variants as values ------------------------------------------------------------------------

/** The variant that a name stands for here; null when it is none, or one that was reported. */
export function variantNamed(at: At, name: ast.Name, wanted: Type | null): VariantDeclaration | null {
  const candidates = at.out.ambiguous.get(name);
  if (candidates === undefined) {
    const entity = at.out.entities.get(name);
    return entity?.kind === 'variant' ? entity : null;
  }
  const meant = candidates.find(({ of }) => wanted?.kind === 'Enum' && choiceType(at.out, of) === wanted);
  if (meant === undefined) {
    reportAmbiguous(at, name, candidates);
    return null;
  }
  at.out.entities.set(name, meant);
  return meant;
}

function reportAmbiguous(at: At, name: ast.Name, candidates: readonly VariantDeclaration[]): void {
  const owners = candidates.map(({ of }) => `\`${of.name.text}\``);
  const example = `${candidates[0]!.of.name.text}.${name.text}`;
  const related = candidates.map(({ site }) => ({ ...site, label: 'declared here' }));
  const list = `${owners.slice(0, -1).join(', ')} and of ${owners.at(-1)}`;
  report(at.out, 'E0207', { span: name.span, name: name.text, owners: list, example, related });
}

/** A variant that stands alone. */
export function typeVariant(at: At, name: ast.Name, entity: VariantDeclaration): Type {
  const type = choiceType(at.out, entity.of);
  const fields = type.kind === 'Enum' ? (variantIn(type, entity.name)?.fields ?? []) : [];
  if (fields.length > 0) {
    const names = fields.map((field) => `\`${field.name}\``).join(', ');
    report(at.out, 'E0309', { span: name.span, struct: name.text, names });
  }
  return type;
}

/** `Block { reason: "…" }`. */
export function typeVariantLiteral(at: At, expr: Expr<'struct_'>, entity: VariantDeclaration): Type {
  const type = choiceType(at.out, entity.of);
  const variant = type.kind === 'Enum' ? variantIn(type, entity.name) : undefined;
  typeFieldInits(at, expr, variant ?? null, entity.node.kind === 'variant' ? entity.node.fields : []);
  if (variant?.fields.length === 0) report(at.out, 'E0334', { span: expr.span, name: entity.name });
  return type;
}

function variantIn(type: Choice, name: string): Variant | undefined {
  return variantsOf(type).find((variant) => variant.name === name);
}

export function typeNone(at: At, name: ast.Name, wanted: Type | null): Type {
  if (wanted?.kind === 'Option') return wanted;
  if (wanted === null) return report(at.out, 'E0336', { span: name.span });
  if (hasError(wanted)) return ERROR;
  return report(at.out, 'E0301', { span: name.span, expected: typeText(wanted), found: 'Option' });
}

export function typeSome(at: At, expr: Expr<'call'>, wanted: Type | null): Type {
  const [held, ...others] = expr.args;
  if (held === undefined || others.length > 0) {
    for (const arg of expr.args) typeValue(at, arg, null);
    return report(at.out, 'E0305', {
      span: expr.span,
      name: 'some',
      wanted: argumentsText(1),
      found: expr.args.length,
    });
  }
  const item = typeValue(at, held, wanted?.kind === 'Option' ? wanted.item : null);
  return item === NEVER ? NEVER : { kind: 'Option', item };
}

// ---- match -------------------------------------------------------------------------------------

/** The type of the cases; `NEVER` when all of them return. */
export function typeMatch(at: At, expr: Expr<'match'>, wanted: Type | null): Type {
  const subject = typeValue(at, expr.subject, null);
  let type: Type = NEVER;
  const seen: Seen = { variants: new Set(), literals: new Set(), all: false, unclear: false };
  let because: Because = null;
  for (const { pattern, body } of expr.arms) {
    checkPattern(at, pattern, subject, seen);
    const found = typeExpr(at, body, wanted ?? (isValueOfArm(type) ? type : null), because);
    if (wanted === null && isValueOfArm(found))
      because ??= { span: body.span, label: `\`${typeText(found)}\`` };
    if (type === NEVER) type = found;
    else if (found !== NEVER && found.kind === 'Unit') type = UNIT;
  }
  checkComplete(at, expr, subject, seen);
  if (expr.arms.length > CASES_MAX) tooLarge(at.out, expr.subject.span, 'this `match`', CASES_MAX, 'cases');
  return expr.arms.length === 0 ? UNIT : type;
}

/** Cases become conditions inside each other. */
const CASES_MAX = 256;

function isValueOfArm(type: Type): boolean {
  return type !== NEVER && type.kind !== 'Unit' && type.kind !== 'Map' && type.kind !== 'Set';
}

/** What the cases so far have left nothing of. */
type Seen = {
  readonly variants: Set<number>;
  readonly literals: Set<string>;
  all: boolean;
  /** A case was reported, and what it was meant to match is not known. */
  unclear: boolean;
};

function checkPattern(at: At, pattern: ast.Pattern, subject: Type, seen: Seen): void {
  const useless = seen.all || isRepeated(at, pattern, subject, seen);
  // A pattern that nobody wrote, in a view of a test, is nobody's mistake.
  if (useless && pattern.span.end > pattern.span.start) report(at.out, 'W0404', { span: pattern.span });
  const variant = isChoice(subject) ? variantOfPattern(subject, pattern) : null;
  if (variant !== null) {
    seen.variants.add(variant);
    notePattern(at, pattern, subject as Choice, variant);
    return;
  }
  switch (pattern.kind) {
    case 'literalPattern':
      typeValue(at, pattern.value, subject);
      seen.literals.add(literalKey(at, pattern.value));
      break;
    case 'bindPattern':
      at.out.types.set(pattern, subject);
      seen.all = true;
      break;
    case 'wildcard':
      seen.all = true;
      break;
    case 'variantPattern':
      reportNoVariant(at, pattern, subject);
      for (const binding of pattern.bindings) at.out.types.set(binding, ERROR);
      seen.unclear = true;
  }
  if (isChoice(subject)) seen.all ||= variantsOf(subject).every((_, index) => seen.variants.has(index));
  if (subject.kind === 'Bool') seen.all ||= seen.literals.has('true') && seen.literals.has('false');
}

function isRepeated(at: At, pattern: ast.Pattern, subject: Type, seen: Seen): boolean {
  if (pattern.kind === 'literalPattern') return seen.literals.has(literalKey(at, pattern.value));
  const variants = isChoice(subject) ? variantsOf(subject).length : 0;
  const variant = isChoice(subject) ? variantOfPattern(subject, pattern) : null;
  if (variant !== null) return seen.variants.has(variant);
  const all = variants > 0 && seen.variants.size === variants;
  return all || (subject.kind === 'Bool' && seen.literals.size === 2);
}

function literalKey(at: At, value: ast.Expr): string {
  const inner = ungroup(value);
  return textOf(at.out, inner).replaceAll(/[\s_]/g, inner.kind === 'text' ? '$&' : '');
}

/** The index of the variant that a pattern means; null when it means none of the type's. */
export function variantOfPattern(type: Choice, pattern: ast.Pattern): number | null {
  if (pattern.kind !== 'variantPattern' && pattern.kind !== 'bindPattern') return null;
  if (pattern.kind === 'variantPattern' && pattern.type !== null && pattern.type.text !== typeText(type))
    return null;
  const index = variantsOf(type).findIndex(({ name }) => name === pattern.name.text);
  return index < 0 ? null : index;
}

/** The types of what the pattern names, and for the editor what its names stand for. */
function notePattern(at: At, pattern: ast.Pattern, subject: Choice, index: number): void {
  if (pattern.kind !== 'variantPattern' && pattern.kind !== 'bindPattern') return;
  const variant = variantsOf(subject)[index]!;
  const declared = at.out.choices.get(subject);
  const node = declared === undefined ? undefined : nodeOf(declared, variant.name);
  const entity = node === undefined ? givenVariant(variant.name) : at.out.entities.get(nameOf(node));
  if (entity !== undefined) at.out.entities.set(pattern.name, entity);
  if (pattern.kind === 'bindPattern') return;
  if (wrongHolding(pattern, subject, variant)) reportHolding(at, pattern, subject, variant);
  for (const binding of pattern.bindings) {
    const name = binding.field?.text ?? 'some';
    const field = variant.fields.find((candidate) => candidate.name === name);
    at.out.types.set(binding, field?.type ?? ERROR);
    const declaration =
      node?.kind === 'variant' ? node.fields.find((param) => param.name.text === name) : undefined;
    const part = declaration === undefined ? undefined : at.out.entities.get(declaration.name);
    if (binding.field !== null && binding.field !== binding.name && part !== undefined)
      at.out.entities.set(binding.field, part);
  }
}

/** `none` and `some` are words of the language. */
function givenVariant(name: string): Entity | undefined {
  const row = BUILT_INS.find((candidate) => candidate.name === name);
  return row === undefined ? undefined : { kind: 'builtin', name, row };
}

function nameOf(node: ast.Variant | ast.Name): ast.Name {
  return node.kind === 'name' ? node : node.name;
}

function nodeOf(declared: ast.Enum | ast.Lifecycle, name: string): ast.Variant | ast.Name | undefined {
  if (declared.kind === 'enum') return declared.variants.find((variant) => variant.name.text === name);
  return declared.transitions.flatMap(({ from, to }) => [from, ...to]).find(({ text }) => text === name);
}

type VariantPattern = Extract<ast.Pattern, { readonly kind: 'variantPattern' }>;

/** Fields of an enum are matched by name; `some` gives one name to what it holds. */
function wrongHolding(pattern: VariantPattern, subject: Choice, variant: Variant): boolean {
  const { bindings } = pattern;
  if (subject.kind === 'Option') {
    const positional = bindings.every(({ field }) => field === null);
    return !positional || bindings.length !== variant.fields.length;
  }
  const names = bindings.map(({ field }) => field?.text ?? '');
  return (
    names.some((name) => !variant.fields.some((field) => field.name === name)) ||
    new Set(names).size < names.length
  );
}

function reportHolding(at: At, pattern: VariantPattern, subject: Choice, variant: Variant): void {
  const fields = variant.fields.map(({ name }) => name).join(', ');
  const some = variant.name === 'some' ? 'some(x)' : variant.name;
  const form =
    subject.kind === 'Option' ? some : fields === '' ? variant.name : `${variant.name} { ${fields} }`;
  const fix = byName(pattern, variant);
  report(at.out, 'E0337', { span: pattern.span, name: variant.name, pattern: form, fix });
}

/** `Block(why)` with the name of the field that `why` is in the place of. */
function byName({ span, type, name, bindings }: VariantPattern, { fields }: Variant): Fix | null {
  if (
    bindings.length === 0 ||
    bindings.length !== fields.length ||
    bindings.some(({ field }) => field !== null)
  )
    return null;
  const pairs = bindings.map(({ name: bound }, index) => `${fields[index]!.name}: ${bound.text}`);
  const text = `${type === null ? '' : `${type.text}.`}${name.text} { ${pairs.join(', ')} }`;
  return { title: `Write \`${text}\``, edits: [{ span, text }] };
}

function reportNoVariant(at: At, pattern: VariantPattern, subject: Type): void {
  if (hasError(subject) || pattern.name.text === '') return;
  if (!isChoice(subject)) {
    report(at.out, 'E0333', { span: pattern.span, type: typeText(subject), text: textOf(at.out, pattern) });
    return;
  }
  const known = variantsOf(subject).map(({ name }) => name);
  const type = typeText(subject);
  if (pattern.type !== null && pattern.type.text !== type) {
    const other = at.out.entities.get(pattern.type);
    if (other !== undefined)
      report(at.out, 'E0301', { span: pattern.span, expected: type, found: pattern.type.text });
    return;
  }
  const { file: _, ...place } = near(at.out, pattern.name, known);
  report(at.out, 'E0208', { ...place, type, name: pattern.name.text, known: known.join('`, `') });
}

function checkComplete(at: At, expr: Expr<'match'>, subject: Type, seen: Seen): void {
  if (seen.all || seen.unclear || hasError(subject)) return;
  const missing = missingCases(subject, seen);
  if (missing.length === 0) return;
  const { start } = expr.span;
  const cases = missing.map((name) => (name === OTHERS ? name : `\`${name}\``)).join(', ');
  const declared = isChoice(subject) ? at.out.choices.get(subject) : undefined;
  const site = declared === undefined ? undefined : at.out.entities.get(declared.name);
  const related = site !== undefined && isDeclaration(site) ? [{ ...site.site, label: 'declared here' }] : [];
  report(at.out, 'E0332', { span: { start, end: expr.subject.span.end }, cases, related });
}

const OTHERS = 'all other values';

function missingCases(subject: Type, seen: Seen): readonly string[] {
  if (isChoice(subject))
    return variantsOf(subject).flatMap(({ name }, index) =>
      seen.variants.has(index) ? [] : [name === 'some' && subject.kind === 'Option' ? 'some(…)' : name],
    );
  if (subject.kind === 'Bool') return ['true', 'false'].filter((text) => !seen.literals.has(text));
  return [OTHERS];
}

/** The state of a lifecycle by its index, and the states that it can become. */
export function transitionsOf(node: ast.Lifecycle): readonly (readonly number[])[] {
  const names = variantNames(node);
  return names.map((from) => {
    const lines = node.transitions.filter((transition) => transition.from.text === from);
    const to = lines.flatMap((transition) => transition.to.map(({ text }) => names.indexOf(text)));
    return [...new Set(to)].sort((a, b) => a - b);
  });
}
