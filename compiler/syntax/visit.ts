/** The one visitor: walks a tree in the order of the source, and finds what stands at an offset. */
import type { AnyNode } from './ast.ts';
import { childrenOf, eachChild } from './children.ts';

/** Calls `enter` for every node, parents first; `'skip'` leaves out what is below. A tree is at most `DEPTH_MAX` deep. */
export function walk(
  root: AnyNode,
  enter: (node: AnyNode, parent: AnyNode | null) => 'skip' | undefined,
): void {
  const visit = (node: AnyNode, parent: AnyNode | null): void => {
    if (enter(node, parent) !== 'skip') eachChild(node, visit);
  };
  visit(root, null);
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
