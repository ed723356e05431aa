/** What parses and is not in this version of CCL yet, in an author's words, by kind of node. Kinds that are absent are built. */
import type { AnyNode, Name } from '../syntax/ast.ts';

const UNSUPPORTED: { readonly [kind in AnyNode['kind']]?: string } = {
  interface: '`interface`',
  prove: '`prove`',
  implements: '`implements`',
  upgradable: '`upgradable`',
  upgrade: '`upgrade`',
  changes: '`changes`',
  generic: 'a call to another contract',
};

/** What does the same in this version, where there is something. */
const INSTEAD: { readonly [kind in AnyNode['kind']]?: string } = {
  changes: 'write `ensures x == old(x)` for what stays',
};

export function insteadOf(node: AnyNode): string | undefined {
  return INSTEAD[node.kind];
}

/** The names that a declaration of a later version would give a meaning: their uses are no second mistake. */
export function laterNames(node: AnyNode): readonly Name[] {
  switch (node.kind) {
    case 'interface':
      return [node.name];
    default:
      return [];
  }
}

/** The construct's name for a message, or null when this version has it. */
export function unsupportedWord(node: AnyNode): string | null {
  if (node.kind === 'hook' && node.trigger.kind === 'onEvent') return '`on` with an event of a host module';
  if (node.kind === 'call' && node.spending !== null) return '`spending`';
  return UNSUPPORTED[node.kind] ?? null;
}
