/**
 * A sparse Merkle tree over SHA-256 of the keys. Changes in, nodes to write and the new root out; a root, a key and
 * a proof in, whether the value (or its absence) is proved out. Nodes are read and written by position, so the
 * store holds one version of the tree and what a batch costs grows with the batch, not with the tree.
 *
 * - The path of a key is SHA-256 of its UTF-8 bytes; bit 0 is the highest bit of the first byte; 0 is left.
 * - An empty subtree is SHA-256(0x02).
 * - A subtree with one leaf is that leaf, wherever it stands: SHA-256(0x00 ‖ path ‖ SHA-256(value)).
 * - Any other subtree is SHA-256(0x01 ‖ left ‖ right).
 */
import { type Change, type Overlay, overlay, type Reader } from '../../host/index.ts';
import { sha256 } from '../../vm/index.ts';
import type { Proof } from '../codec/proof.ts';
import { equalBytes } from '../codec/schema.ts';

/** The root of a tree with nothing in it. */
export const EMPTY_ROOT: Uint8Array = sha256(Uint8Array.of(2));

const PATH_BITS = 256;
const LEAF = 0;
const BRANCH = 1;

/** The node changes and the new root after `changes` to the leaves. `nodes` reads the tree as it is. */
export function updateTree(
  nodes: Reader,
  changes: readonly Change[],
): { readonly root: Uint8Array; readonly nodes: Change[] } {
  const tree = overlay(nodes);
  const updates = changes.map(
    ({ key, value }): Update => ({
      path: pathOf(key),
      valueHash: value === undefined ? null : sha256(value),
    }),
  );
  updates.sort((left, right) => comparePaths(left.path, right.path));
  const before = readNode(tree, '');
  const root = updateAt(tree, '', before, updates);
  writeNode(tree, '', before, root);
  return { root: hashOf(root), nodes: tree.changes() };
}

export function rootOf(nodes: Reader): Uint8Array {
  return hashOf(readNode(nodes, ''));
}

/** The proof of `key`'s value, or of its absence, against the root of the tree. */
export function prove(nodes: Reader, key: string): Proof {
  const path = pathOf(key);
  const siblings: Uint8Array[] = [];
  let position = '';
  let node = readNode(nodes, position);
  while (node?.kind === BRANCH) {
    const bit = bitAt(path, position.length);
    siblings.push(bit === 0 ? node.right : node.left);
    position += bit;
    node = readNode(nodes, position);
  }
  return { siblings, leaf: node === null ? null : { path: node.path, valueHash: node.valueHash } };
}

/** Whether under `root` the key has this value, or (`null`) none. False for any malformed proof. */
export function verifyProof(root: Uint8Array, key: string, value: Uint8Array | null, proof: Proof): boolean {
  const path = pathOf(key);
  const depth = proof.siblings.length;
  if (depth > PATH_BITS || proof.siblings.some((sibling) => sibling.length !== 32)) return false;
  if (!endsRight(path, value, proof)) return false;
  let hash = proof.leaf === null ? EMPTY_ROOT : hashOf({ kind: LEAF, ...proof.leaf });
  for (let level = depth - 1; level >= 0; level -= 1) {
    const sibling = proof.siblings[level]!;
    hash = bitAt(path, level) === 0 ? hashBranch(hash, sibling) : hashBranch(sibling, hash);
  }
  return equalBytes(hash, root);
}

/** Where a key's leaf belongs. */
export function pathOf(key: string): Uint8Array {
  return sha256(new TextEncoder().encode(key));
}

// ---- private -----------------------------------------------------------------------------------

type Leaf = { readonly kind: typeof LEAF; readonly path: Uint8Array; readonly valueHash: Uint8Array };
type Branch = { readonly kind: typeof BRANCH; readonly left: Uint8Array; readonly right: Uint8Array };
/** Null is the empty subtree. */
type Node = Leaf | Branch | null;
type Update = { readonly path: Uint8Array; readonly valueHash: Uint8Array | null };

/**
 * The node at `position` after `updates`, which all lie under it, sorted by path. Writes every node below the
 * position, not the one at it: whether that one stays there is its parent's to decide.
 */
function updateAt(tree: Overlay, position: string, node: Node, updates: readonly Update[]): Node {
  if (updates.length === 0) return node;
  if (node?.kind !== BRANCH) {
    const merged = mergeLeaf(node, updates);
    if (merged.length <= 1) return merged[0] ?? null;
    return splitAt(tree, position, null, null, merged);
  }
  return splitAt(tree, position, readNode(tree, `${position}0`), readNode(tree, `${position}1`), updates);
}

/** Two subtrees make a branch, unless together they hold at most one leaf, which then rises. */
function splitAt(tree: Overlay, position: string, left: Node, right: Node, updates: readonly Update[]): Node {
  const middle = updates.findIndex((update) => bitAt(update.path, position.length) === 1);
  const cut = middle < 0 ? updates.length : middle;
  const newLeft = updateAt(tree, `${position}0`, left, updates.slice(0, cut));
  const newRight = updateAt(tree, `${position}1`, right, updates.slice(cut));
  const only = newLeft === null ? newRight : newRight === null ? newLeft : null;
  const rises = only?.kind === LEAF || (newLeft === null && newRight === null);
  writeNode(tree, `${position}0`, left, rises ? null : newLeft);
  writeNode(tree, `${position}1`, right, rises ? null : newRight);
  return rises ? only : { kind: BRANCH, left: hashOf(newLeft), right: hashOf(newRight) };
}

/** The leaves that stand after `updates` where at most one stood, in order. */
function mergeLeaf(leaf: Leaf | null, updates: readonly Update[]): Leaf[] {
  const kept = leaf !== null && !updates.some((update) => equalBytes(update.path, leaf.path)) ? [leaf] : [];
  const set = updates.flatMap(({ path, valueHash }) =>
    valueHash === null ? [] : [{ kind: LEAF, path, valueHash } as const],
  );
  return [...kept, ...set].sort((a, b) => comparePaths(a.path, b.path));
}

function endsRight(path: Uint8Array, value: Uint8Array | null, proof: Proof): boolean {
  const { leaf, siblings } = proof;
  if (leaf !== null && (leaf.path.length !== 32 || leaf.valueHash.length !== 32)) return false;
  const same = leaf !== null && equalBytes(leaf.path, path);
  if (value !== null) return same && equalBytes(leaf.valueHash, sha256(value));
  return leaf === null || (!same && sharesBits(leaf.path, path, siblings.length));
}

function sharesBits(left: Uint8Array, right: Uint8Array, count: number): boolean {
  for (let index = 0; index < count; index += 1) if (bitAt(left, index) !== bitAt(right, index)) return false;
  return true;
}

function hashOf(node: Node): Uint8Array {
  if (node === null) return EMPTY_ROOT;
  return node.kind === BRANCH
    ? hashBranch(node.left, node.right)
    : sha256(concat(LEAF, node.path, node.valueHash));
}

function hashBranch(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(BRANCH, left, right));
}

function concat(prefix: number, first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(65);
  joined[0] = prefix;
  joined.set(first, 1);
  joined.set(second, 33);
  return joined;
}

/** A node is stored under `/` and the bits of its position: its kind, then its two halves, 65 bytes. */
function readNode(nodes: Reader, position: string): Node {
  const stored = nodes.get(nodeKey(position));
  if (stored === undefined) return null;
  const [first, second] = [stored.slice(1, 33), stored.slice(33, 65)];
  return stored[0] === BRANCH
    ? { kind: BRANCH, left: first, right: second }
    : { kind: LEAF, path: first, valueHash: second };
}

function writeNode(tree: Overlay, position: string, before: Node, after: Node): void {
  if (after === before) return;
  if (after === null) tree.remove(nodeKey(position));
  else
    tree.put(
      nodeKey(position),
      after.kind === BRANCH
        ? concat(BRANCH, after.left, after.right)
        : concat(LEAF, after.path, after.valueHash),
    );
}

function nodeKey(position: string): string {
  return `/${position}`;
}

function bitAt(path: Uint8Array, index: number): 0 | 1 {
  return ((path[index >> 3]! >> (7 - (index & 7))) & 1) as 0 | 1;
}

function comparePaths(left: Uint8Array, right: Uint8Array): number {
  for (let index = 0; index < left.length; index += 1)
    if (left[index] !== right[index]) return left[index]! - right[index]!;
  return 0;
}
