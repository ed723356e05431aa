/**
 * A tree at another place: several files are one text to the compiler, each behind the other, so that an offset alone says
 * which file is meant.
 */
import type { AnyNode, SourceFile } from './ast.ts';
import { childrenOf } from './children.ts';

/** Moves every node of a tree that is still ours alone. A node may stand at two places of it. */
export function shiftTree(tree: SourceFile, by: number): SourceFile {
  const moved = new Set<AnyNode>();
  const open: AnyNode[] = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (moved.has(node)) continue;
    moved.add(node);
    const { start, end } = node.span;
    (node as { span: AnyNode['span'] }).span = { start: start + by, end: end + by };
    open.push(...childrenOf(node));
  }
  return tree;
}
