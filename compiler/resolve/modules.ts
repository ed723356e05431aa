/**
 * Files that use each other. In: the tree of each. Out: the file that each `use` means, the files in an order in which
 * each stands behind those that it uses, and diagnostics: a file that is not there, files that use each other in a circle.
 */
import { type Diagnostic, diagnose } from '../diagnostics.ts';
import { nearestName } from '../suggest.ts';
import type * as ast from '../syntax/ast.ts';
import { isLibrary, isPath, moduleName, relativePath, writtenPath } from './paths.ts';

export type Module = { readonly name: string; readonly tree: ast.SourceFile };

export type Links = {
  /** A `use` that is not here was reported. */
  readonly targets: ReadonlyMap<ast.Use, Module>;
  readonly ordered: readonly Module[];
  readonly diagnostics: readonly Diagnostic[];
};

/** `modules` has every file that is used and there; `known` names all that could be used. */
export function linkModules(modules: ReadonlyMap<string, Module>, known: readonly string[]): Links {
  const linking: Linking = { modules, known, targets: new Map(), open: [], ordered: [], diagnostics: [] };
  for (const module of modules.values()) visit(linking, module);
  return linking;
}

type Linking = {
  readonly modules: ReadonlyMap<string, Module>;
  readonly known: readonly string[];
  readonly targets: Map<ast.Use, Module>;
  /** The way to the file that is being looked at: one that is on it already closes a circle. */
  readonly open: Module[];
  readonly ordered: Module[];
  readonly diagnostics: Diagnostic[];
};

/** Files use each other at most so deep. */
const DEPTH_MAX = 64;

function visit(linking: Linking, module: Module): void {
  if (linking.ordered.includes(module)) return;
  linking.open.push(module);
  for (const use of module.tree.uses) follow(linking, module, use);
  linking.open.pop();
  linking.ordered.push(module);
}

function follow(linking: Linking, from: Module, use: ast.Use): void {
  if (writtenPath(use).split('.').at(-1) === '') return;
  const name = moduleName(from.name, use);
  const target = name === null ? undefined : linking.modules.get(name);
  const at = target === undefined ? -1 : linking.open.indexOf(target);
  if (target === undefined) reportUnknown(linking, from, use, name);
  else if (at >= 0 || linking.open.length > DEPTH_MAX) reportCircle(linking, from, use, Math.max(0, at));
  else {
    linking.targets.set(use, target);
    visit(linking, target);
  }
}

function reportUnknown(
  { known, diagnostics }: Linking,
  from: Module,
  use: ast.Use,
  name: string | null,
): void {
  const place = { file: from.name, span: spanOfPath(use), path: writtenPath(use) };
  if (name === null) diagnostics.push(diagnose('E0212', place));
  else if (isPath(use)) diagnostics.push(diagnose('E0210', { ...place, ...near(from, use, known) }));
  else diagnostics.push(diagnose('E0211', { ...place, ...near(from, use, known) }));
}

/** What may have been meant, as it would be written. */
function near(from: Module, use: ast.Use, known: readonly string[]) {
  const isText = isPath(use);
  const candidates = known
    .filter((name) => isLibrary(name) !== isText && name !== from.name)
    .map((name) => relativePath(from.name, name));
  const nearest = nearestName(writtenPath(use), candidates);
  if (nearest === null) return {};
  const text = isText ? JSON.stringify(nearest) : nearest;
  const title = `Change to \`${nearest}\``;
  return { label: `did you mean \`${nearest}\`?`, fix: { title, edits: [{ span: spanOfPath(use), text }] } };
}

function reportCircle({ open, diagnostics }: Linking, from: Module, use: ast.Use, first: number): void {
  const names = open.slice(first).map(({ name }) => name);
  const path = [...names, names[0]].map((name) => `\`${name}\``).join(' → ');
  diagnostics.push(diagnose('E0213', { file: from.name, span: spanOfPath(use), path }));
}

function spanOfPath({ path, span }: ast.Use): ast.Span {
  if ('kind' in path) return path.span;
  return { start: path[0]?.span.start ?? span.start, end: path.at(-1)?.span.end ?? span.end };
}
