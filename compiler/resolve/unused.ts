/** Rule: a file uses what it takes from others. In: the tree of one file, and what its names stand for. */
import { type Diagnostic, diagnose, type Fix } from '../diagnostics.ts';
import type * as ast from '../syntax/ast.ts';
import { walk } from '../syntax/visit.ts';
import type { Entity } from './entity.ts';
import { variantNames } from './resolve.ts';

/** Names that no other part of the file mentions. A mention in a test counts, whatever it means there. */
export function unusedNames(
  file: string,
  tree: ast.SourceFile,
  entities: ReadonlyMap<ast.Name, Entity>,
): readonly Diagnostic[] {
  if (tree.uses.length === 0) return [];
  const mentioned = namesIn(tree.items);
  return tree.uses.flatMap((use) =>
    use.names.flatMap((name, index) => {
      const entity = entities.get(name);
      if (entity === undefined || namesOf(entity).some((known) => mentioned.has(known))) return [];
      return [diagnose('W0201', { file, span: name.span, name: name.text, fix: fixOf(use, index) })];
    }),
  );
}

function namesIn(items: readonly ast.Item[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const item of items) {
    walk(item, (node) => {
      if (node.kind === 'name') names.add(node.text);
      return undefined;
    });
  }
  return names;
}

function namesOf(entity: Entity): readonly string[] {
  const choice = entity.kind === 'enum' || entity.kind === 'lifecycle';
  return choice ? [entity.name, ...variantNames(entity.node)] : [entity.name];
}

/** Without the name and its comma; without the `use` where it is the only one. */
function fixOf(use: ast.Use, index: number): Fix {
  const [name, next, before] = [use.names[index]!, use.names[index + 1], use.names[index - 1]];
  const span =
    next !== undefined
      ? { start: name.span.start, end: next.span.start }
      : before !== undefined
        ? { start: before.span.end, end: name.span.end }
        : use.span;
  return { title: `Remove \`${name.text}\``, edits: [{ span, text: '' }] };
}
