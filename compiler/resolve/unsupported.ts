/** What parses and is not in this version of CCL yet, in an author's words, by kind of node. Kinds that are absent are built. */
import type { AnyNode } from '../syntax/ast.ts';

const UNSUPPORTED: { readonly [kind in AnyNode['kind']]?: string } = {};

/** What does the same in this version, where there is something. */
const INSTEAD: { readonly [kind in AnyNode['kind']]?: string } = {};

export function insteadOf(node: AnyNode): string | undefined {
  return INSTEAD[node.kind];
}

/** The construct's name for a message, or null when this version has it. */
export function unsupportedWord(node: AnyNode): string | null {
  if (node.kind === 'hook' && node.trigger.kind === 'onEvent') return '`on` with an event of a host module';
  return UNSUPPORTED[node.kind] ?? null;
}
