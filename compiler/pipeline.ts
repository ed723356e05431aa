/** The passes in order, and nothing else: the table of contents of the compiler. */
import { type Checked, check } from './check/check.ts';
import { planTests } from './check/tests/plan.ts';
import type { Type } from './check/types.ts';
import type * as core from './core/core.ts';
import { lower } from './core/lower.ts';
import type { Analysed } from './core/source.ts';
import type { TestPlan } from './core/tests.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { Entity } from './resolve/entity.ts';
import { resolve } from './resolve/resolve.ts';
import type { AnyNode, Name, SourceFile, Span } from './syntax/ast.ts';
import { type Comment, parse } from './syntax/parse.ts';

/** Everything that is known about a source before code is made of it. It exists for broken sources, too. */
export type Analysis = {
  readonly file: string;
  readonly text: string;
  readonly tree: SourceFile;
  readonly comments: readonly Comment[];
  /** What names stand for, at their uses and declarations. */
  readonly entities: ReadonlyMap<Name, Entity>;
  /** Types of expressions, type expressions and declarations. */
  readonly types: ReadonlyMap<AnyNode, Type>;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  readonly tests: AnalysedTests;
};

/** `views` is the analysis of the contracts that hold the expressions of the tests; null when there is no test. */
export type AnalysedTests = { readonly plans: readonly TestPlan[]; readonly views: Analysed | null };

/**
 * Parses, resolves and checks the source `main`. User mistakes are in `diagnostics`.
 * @throws RangeError when `sources` has no `main`.
 */
export function analyse(sources: ReadonlyMap<string, string>, main: string): Analysis {
  const text = sources.get(main);
  if (text === undefined) throw new RangeError(`no source named ${main}`);
  const { tree, comments, diagnostics } = parse(main, text);
  const checked = checkTree(main, text, tree);
  const planned = planTests(main, text, tree);
  const views = planned.tree === null ? null : checkTree(main, text, planned.tree);
  // Views read what they please: what the contract of the tests may touch is no author's mistake.
  const mistakes = views?.diagnostics.filter(({ code }) => code !== 'W0401') ?? [];
  const meaning = [...checked.diagnostics, ...planned.diagnostics, ...mistakes];
  const all = inOrder([...diagnostics, ...apartFrom(text, diagnostics, meaning)]);
  const tests = { plans: planned.plans, views };
  return { file: main, comments, ...withTests(checked, views, planned.names), tests, diagnostics: all };
}

/** What is known of the source, names and types inside its tests included. */
function withTests(checked: Analysed, views: Analysed | null, names: ReadonlyMap<Name, Name>): Analysed {
  if (views === null) return checked;
  const entities = new Map([...views.entities, ...checked.entities]);
  for (const [used, declared] of names) {
    const entity = checked.entities.get(declared);
    if (entity !== undefined) entities.set(used, entity);
  }
  return { ...checked, entities, types: new Map([...views.types, ...checked.types]) };
}

function checkTree(file: string, text: string, tree: SourceFile): Checked & Analysed {
  const names = resolve(file, tree);
  const { entities, types, diagnostics } = check(file, text, tree, names);
  return { text, tree, entities, types, diagnostics: [...names.diagnostics, ...diagnostics] };
}

/** Whether some diagnostic forbids to make code. Warnings do not. */
export function hasErrors(analysis: Analysis): boolean {
  return analysis.diagnostics.some(({ severity }) => severity === 'error');
}

/**
 * The core of every contract in the source.
 * @throws when the analysis has errors: the caller shows them instead.
 */
export function lowerProgram(analysis: Analysis): core.Program {
  if (hasErrors(analysis)) throw new Error('a source with errors has no core');
  return lower(analysis);
}

/**
 * The core of the contracts that hold the expressions of the tests.
 * @throws when the analysis has errors.
 */
export function lowerTests(analysis: Analysis): core.Program {
  if (hasErrors(analysis)) throw new Error('a source with errors has no core');
  return analysis.tests.views === null ? { contracts: [] } : lower(analysis.tests.views);
}

/** What is wrong where the text could not be read, or right beside it, is most often only a consequence. */
function apartFrom(
  text: string,
  causes: readonly Diagnostic[],
  found: readonly Diagnostic[],
): readonly Diagnostic[] {
  // Where only something is missing, what stands beside it is not at fault.
  const unread = causes.filter(({ span }) => span.start < span.end);
  const spans = merged(unread.map(({ span }) => widened(text, span)));
  return found.filter(({ span }) => {
    const next = spans[firstFrom(spans, span.start)];
    return next === undefined || next.start > span.end;
  });
}

/** With the blanks around it. */
function widened(text: string, span: Span): Span {
  let { start, end } = span;
  while (text[start - 1] === ' ') start -= 1;
  while (text[end] === ' ') end += 1;
  return { start, end };
}

/** The index of the first stretch that ends at `offset` or behind it, by halving. */
function firstFrom(spans: readonly Span[], offset: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.end < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The stretches that the spans cover, in order, none touching another. */
function merged(spans: readonly Span[]): readonly Span[] {
  const stretches: Span[] = [];
  for (const span of spans.toSorted((left, right) => left.start - right.start)) {
    const last = stretches.at(-1);
    if (last === undefined || last.end < span.start) stretches.push(span);
    else stretches[stretches.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
  }
  return stretches;
}

/** Sorted by place; what two trees share is reported once. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const once = new Map(diagnostics.map((found) => [keyOf(found), found]));
  return [...once.values()].sort(
    (left, right) =>
      left.span.start - right.span.start || left.span.end - right.span.end || compare(left.code, right.code),
  );
}

function keyOf({ code, span, message }: Diagnostic): string {
  return `${code} ${span.start} ${span.end} ${message}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
