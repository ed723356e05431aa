/**
 * Files that use each other. In: the tree of each. Out: the file that each `use` means, the files in an order in which
 * each stands behind those that it uses, and diagnostics: a file that is not there, files that use each other in a circle.
 */
import { type Diagnostic, diagnose } from '../diagnostics.ts';
import { nearestName } from '../suggest.ts';
import type * as ast from '../syntax/ast.ts';
import { isLibrary, isPath, moduleName, predecessorName, relativePath, writtenPath } from './paths.ts';

export type Module = { readonly name: string; readonly tree: ast.SourceFile };

export type Links = {
  /** A `use` that is not here was reported. */
  readonly targets: ReadonlyMap<ast.Use, Module>;
  /** The file of the version that an `upgrade` comes from; null where it is not there. */
  readonly predecessors: ReadonlyMap<ast.Upgrade, Module | null>;
  readonly ordered: readonly Module[];
  readonly diagnostics: readonly Diagnostic[];
};

/** `modules` has every file that is used and there; `known` names all that could be used. */
export function linkModules(modules: ReadonlyMap<string, Module>, known: readonly string[]): Links {
  const linking: Linking = {
    modules,
    known,
    targets: new Map(),
    predecessors: new Map(),
    open: [],
    ordered: [],
    diagnostics: [],
  };
  for (const module of modules.values()) visit(linking, module);
  return linking;
}

/** An `upgrade` with the name of its contract. */
export type NamedUpgrade = { readonly contract: string; readonly node: ast.Upgrade };

/** The upgrades of a file's contracts; of each contract the first, since there is one at most. */
export function upgradesIn(tree: ast.SourceFile): readonly NamedUpgrade[] {
  return tree.items.flatMap((item) => {
    const node =
      item.kind === 'contract' ? item.members.find((member) => member.kind === 'upgrade') : undefined;
    return item.kind === 'contract' && node !== undefined ? [{ contract: item.name.text, node }] : [];
  });
}

/** Where the version is looked for that an `upgrade` in the file `from` comes from. */
export function predecessorFile(from: string, { contract, node }: NamedUpgrade): string | null {
  return predecessorName(from, contract, node.from.value);
}

type Linking = {
  readonly modules: ReadonlyMap<string, Module>;
  readonly known: readonly string[];
  readonly targets: Map<ast.Use, Module>;
  readonly predecessors: Map<ast.Upgrade, Module | null>;
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
  for (const upgrade of upgradesIn(module.tree)) followBack(linking, module, upgrade);
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

/** Versions come from lower ones: where they would go in a circle, the rule of versions says so. */
function followBack(linking: Linking, from: Module, upgrade: NamedUpgrade): void {
  const name = predecessorFile(from.name, upgrade);
  const target = name === null ? undefined : linking.modules.get(name);
  const isOpen = target !== undefined && linking.open.includes(target);
  linking.predecessors.set(upgrade.node, isOpen ? null : (target ?? null));
  if (target !== undefined && !isOpen && linking.open.length <= DEPTH_MAX) visit(linking, target);
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
