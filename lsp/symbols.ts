/** The outline of a document: its declarations, those of a contract below it. */
import type { SymbolKind } from 'vscode-languageserver';
import type { ast } from '../compiler/index.ts';
import type { Document } from './document.ts';
import { type Range, rangeOf } from './place.ts';

export type Outline = {
  readonly name: string;
  readonly detail: string;
  readonly kind: SymbolKind;
  readonly range: Range;
  readonly selectionRange: Range;
  readonly children: readonly Outline[];
};

/** Kinds of declarations to the protocol's `SymbolKind`. */
const KINDS: Readonly<Partial<Record<ast.AnyNode['kind'], SymbolKind>>> = {
  contract: 5,
  interface: 11,
  rule: 6,
  view: 6,
  fn: 12,
  init: 9,
  upgrade: 9,
  stateField: 8,
  currency: 14,
  const: 14,
  struct: 23,
  enum: 10,
  lifecycle: 10,
  event: 24,
  error: 24,
  invariant: 17,
  history: 17,
  ghost: 8,
  test: 12,
  prove: 12,
};

export function outlineOf(document: Document): readonly Outline[] {
  return document.analysis.tree.items.flatMap((item) => entryOf(document, item));
}

function entryOf(document: Document, node: ast.Item | ast.Member | ast.StateField): readonly Outline[] {
  if (node.kind === 'state') return node.fields.flatMap((field) => entryOf(document, field));
  const kind = KINDS[node.kind];
  const name = nameOf(node);
  if (kind === undefined || name === null) return [];
  return [
    {
      name: name.text,
      detail: node.kind,
      kind,
      range: rangeOf(document.starts, node.span),
      selectionRange: rangeOf(document.starts, name.span),
      children: node.kind === 'contract' ? node.members.flatMap((member) => entryOf(document, member)) : [],
    },
  ];
}

/** What a declaration is called, and where that stands; an outline has no empty names. */
function nameOf(
  node: ast.Item | ast.Member | ast.StateField,
): { readonly text: string; readonly span: ast.Span } | null {
  if (node.kind === 'init')
    return { text: 'init', span: { start: node.span.start, end: node.span.start + 4 } };
  if (node.kind === 'upgrade') return { text: `upgrade from ${node.from.value}`, span: node.from.span };
  if (node.kind === 'test' || node.kind === 'prove')
    return { text: node.title.value || '…', span: node.title.span };
  return 'name' in node && node.name.text !== '' ? node.name : null;
}
