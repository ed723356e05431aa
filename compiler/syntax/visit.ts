/** The one visitor: walks a tree in the order of the source, and finds what stands at an offset. */
import type { AnyNode } from './ast.ts';
import { childrenOf } from './children.ts';

/** Calls `enter` for every node, parents first; `'skip'` leaves out what is below. */
export function walk(
  root: AnyNode,
  enter: (node: AnyNode, parent: AnyNode | null) => 'skip' | undefined,
): void {
  const open: [AnyNode, AnyNode | null][] = [[root, null]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, parent] = next;
    if (enter(node, parent) === 'skip') continue;
    const children = childrenOf(node);
    for (let at = children.length - 1; at >= 0; at--) open.push([children[at]!, node]);
  }
}

/**
 * The nodes around an offset, from the root to the innermost. Behind the last character of a node still belongs to
 * it when nothing else starts there: an editor's cursor stands between characters.
 */
export function pathAt(root: AnyNode, offset: number): readonly AnyNode[] {
  const path: AnyNode[] = [];
  for (let node: AnyNode | undefined = root; node !== undefined; ) {
    path.push(node);
    const children: readonly AnyNode[] = childrenOf(node);
    node =
      children.find(({ span }) => span.start <= offset && offset < span.end) ??
      children.find(({ span }) => span.start <= offset && offset === span.end);
  }
  return path;
}
