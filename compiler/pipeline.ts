/** The passes in order, and nothing else: the table of contents of the compiler. */
import { check } from './check/check.ts';
import type { Type } from './check/types.ts';
import type * as core from './core/core.ts';
import { lower } from './core/lower.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { Entity } from './resolve/entity.ts';
import { resolve } from './resolve/resolve.ts';
import type { AnyNode, Name, SourceFile } from './syntax/ast.ts';
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
};

/**
 * Parses, resolves and checks the source `main`. User mistakes are in `diagnostics`.
 * @throws RangeError when `sources` has no `main`.
 */
export function analyse(sources: ReadonlyMap<string, string>, main: string): Analysis {
  const text = sources.get(main);
  if (text === undefined) throw new RangeError(`no source named ${main}`);
  const { tree, comments, diagnostics } = parse(main, text);
  const names = resolve(main, tree);
  const { entities, types, diagnostics: mistakes } = check(main, text, tree, names);
  const all = inOrder([...diagnostics, ...names.diagnostics, ...mistakes]);
  return { file: main, text, tree, comments, entities, types, diagnostics: all };
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

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted(
    (left, right) =>
      left.span.start - right.span.start || left.span.end - right.span.end || compare(left.code, right.code),
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
