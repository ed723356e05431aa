/** The state tree against a naive rebuild, its proofs, and the committed vectors. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChanges, type Change, EMPTY, type Overlay, overlay } from '../../host/index.ts';
import { EMPTY_ROOT, prove, rootOf, updateTree, verifyProof } from '../../runtime/app/merkle.ts';
import { decodeProof, encodeProof } from '../../runtime/codec/proof.ts';
import { expectGolden } from '../harness.ts';

const sha256 = (...parts: (Uint8Array | number[])[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(Uint8Array.from(part));
  return new Uint8Array(hash.digest());
};
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
const utf8 = (text: string) => new Uint8Array(Buffer.from(text));

/** The root as the header of `merkle.ts` defines it, straight from the leaves. */
function naiveRoot(leaves: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries = [...leaves].map(([key, value]) => ({ path: sha256(utf8(key)), value: sha256(value) }));
  const rootAt = (inside: typeof entries, depth: number): Uint8Array => {
    if (inside.length === 0) return sha256([2]);
    if (inside.length === 1) return sha256([0], inside[0]!.path, inside[0]!.value);
    const bit = (path: Uint8Array) => (path[depth >> 3]! >> (7 - (depth & 7))) & 1;
    const side = (wanted: number) => inside.filter(({ path }) => bit(path) === wanted);
    return sha256([1], rootAt(side(0), depth + 1), rootAt(side(1), depth + 1));
  };
  return rootAt(entries, 0);
}

function applyBatch(leaves: Map<string, Uint8Array>, nodes: Overlay, changes: readonly Change[]): Uint8Array {
  const updated = updateTree(nodes, changes);
  applyChanges(nodes, updated.nodes);
  for (const { key, value } of changes) {
    if (value === undefined) leaves.delete(key);
    else leaves.set(key, value);
  }
  return updated.root;
}

const keys = fc.constantFrom(...Array.from({ length: 40 }, (_, index) => `key/${index}`));
const values = fc.option(fc.uint8Array({ maxLength: 4 }), { nil: undefined });
const batches = fc.array(
  fc.uniqueArray(fc.record({ key: keys, value: values }), { selector: ({ key }) => key, maxLength: 25 }),
  { maxLength: 8 },
);

describe('root', () => {
  test('nothing in it', () => {
    expect(EMPTY_ROOT).toEqual(naiveRoot(new Map()));
    expect(updateTree(EMPTY, []).root).toEqual(EMPTY_ROOT);
  });

  test('after any batches it is that of a naive rebuild, and no node is left over', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const leaves = new Map<string, Uint8Array>();
        const nodes = overlay(EMPTY);
        for (const changes of all) {
          expect(hex(applyBatch(leaves, nodes, changes))).toBe(hex(naiveRoot(leaves)));
          expect(rootOf(nodes)).toEqual(naiveRoot(leaves));
        }
        const fresh = updateTree(
          EMPTY,
          [...leaves].map(([key, value]) => ({ key, value })),
        );
        expect(nodes.changes().filter(({ value }) => value !== undefined)).toEqual(fresh.nodes);
      }),
    );
  });

  test('what a batch touches grows with the batch, not with the tree', () => {
    const nodes = overlay(EMPTY);
    const leaves = Array.from({ length: 4_096 }, (_, index) => ({
      key: `leaf/${index}`,
      value: Uint8Array.of(1),
    }));
    applyChanges(nodes, updateTree(EMPTY, leaves).nodes);
    let reads = 0;
    const counting = {
      get: (key: string) => {
        reads += 1;
        return nodes.get(key);
      },
    };
    const updated = updateTree(counting, [{ key: 'leaf/7', value: Uint8Array.of(2) }]);
    expect(updated.nodes.length).toBeLessThan(32);
    expect(reads).toBeLessThan(64);
  });
});

describe('proofs', () => {
  test('of what is there and of what is not; nothing else verifies', () => {
    fc.assert(
      fc.property(batches, keys, fc.uint8Array({ maxLength: 4 }), (all, key, other) => {
        const leaves = new Map<string, Uint8Array>();
        const nodes = overlay(EMPTY);
        for (const changes of all) applyBatch(leaves, nodes, changes);
        const root = rootOf(nodes);
        const proof = prove(nodes, key);
        const value = leaves.get(key) ?? null;
        expect(verifyProof(root, key, value, proof)).toBe(true);
        expect(verifyProof(root, key, other, proof)).toBe(value !== null && hex(other) === hex(value));
        expect(verifyProof(root, key, null, proof)).toBe(value === null);
        expect(verifyProof(sha256(root), key, value, proof)).toBe(false);
        expect(decodeProof(encodeProof(proof))).toEqual({ ok: true, value: proof });
      }),
    );
  });

  test('a proof of one key does not prove another', () => {
    const nodes = overlay(EMPTY);
    const leaves = Array.from({ length: 20 }, (_, index) => ({
      key: `${index}`,
      value: Uint8Array.of(index),
    }));
    applyChanges(nodes, updateTree(EMPTY, leaves).nodes);
    const root = rootOf(nodes);
    for (const { key, value } of leaves) {
      const others = leaves.filter((leaf) => leaf.key !== key);
      expect(others.filter((leaf) => verifyProof(root, key, value, prove(nodes, leaf.key)))).toEqual([]);
      expect(others.filter((leaf) => verifyProof(root, key, null, prove(nodes, leaf.key)))).toEqual([]);
    }
  });

  test('a damaged proof proves nothing', () => {
    const nodes = overlay(EMPTY);
    const leaves = Array.from({ length: 20 }, (_, index) => ({
      key: `${index}`,
      value: Uint8Array.of(index),
    }));
    applyChanges(nodes, updateTree(EMPTY, leaves).nodes);
    const proof = prove(nodes, '7');
    const root = rootOf(nodes);
    const [first, ...rest] = proof.siblings;
    const damaged = [
      { ...proof, siblings: rest },
      { ...proof, siblings: [first!, ...proof.siblings] },
      { ...proof, siblings: [sha256(first!), ...rest] },
      { ...proof, siblings: [first!.slice(1), ...rest] },
      { ...proof, leaf: null },
      { ...proof, leaf: { path: proof.leaf!.path, valueHash: sha256([9]) } },
      { siblings: Array.from({ length: 257 }, () => first!), leaf: proof.leaf },
    ];
    expect(damaged.map((one) => verifyProof(root, '7', Uint8Array.of(7), one))).toEqual(
      damaged.map(() => false),
    );
  });
});

test('vectors', () => {
  const lines: string[] = [
    '# leaves (key=value in hex, UTF-8 keys) and the root of the tree that holds them',
  ];
  const sets: [string, number[]][][] = [
    [],
    [['a', []]],
    [['a', [1]]],
    [
      ['balance/hours/did:icn:alice', [1, 2, 3]],
      ['b', [2]],
    ],
    Array.from({ length: 9 }, (_, index): [string, number[]] => [`key/${index}`, [index]]),
  ];
  for (const set of sets) {
    const changes = set.map(([key, value]) => ({ key, value: Uint8Array.from(value) }));
    const { root, nodes } = updateTree(EMPTY, changes);
    const tree = overlay(EMPTY);
    applyChanges(tree, nodes);
    lines.push(
      '',
      ...set.map(([key, value]) => `${key}=${hex(Uint8Array.from(value))}`),
      `root ${hex(root)}`,
    );
    lines.push(`proof of absent ${hex(encodeProof(prove(tree, 'absent')))}`);
    for (const [key] of set.slice(0, 1)) lines.push(`proof of ${key} ${hex(encodeProof(prove(tree, key)))}`);
  }
  expectGolden(join(import.meta.dirname, '../fixtures/app/merkle.out'), `${lines.join('\n')}\n`);
});
