/** The place where what stands at an offset was declared. */
import { isDeclaration, pathAt } from '../compiler/index.ts';
import type { Document } from './document.ts';
import { type Range, rangeOf } from './place.ts';

export type Location = { readonly uri: string; readonly range: Range };

/** Null for what has no declaration in a source, such as the built-ins. */
export function definitionAt(document: Document, offset: number): Location | null {
  const name = pathAt(document.analysis.tree, offset).at(-1);
  if (name?.kind !== 'name') return null;
  const entity = document.analysis.entities.get(name);
  if (entity === undefined || !isDeclaration(entity) || entity.site.file !== document.uri) return null;
  return { uri: document.uri, range: rangeOf(document.starts, entity.site.span) };
}
