/** The place where what stands at an offset was declared. */
import { type ast, isDeclaration, moduleName, pathAt } from '../compiler/index.ts';
import type { Document } from './document.ts';
import { placeInPart, type Range, rangeOf } from './place.ts';

export type Location = { readonly uri: string; readonly range: Range };

/** Null for what has no declaration in a source, such as the built-ins. */
export function definitionAt(document: Document, offset: number): Location | null {
  const path = pathAt(document.analysis.tree, offset);
  const name = path.at(-1);
  if (path[1]?.kind === 'use' && path[2] !== undefined && !path[1].names.some((other) => other === path[2]))
    return fileOf(document, path[1]);
  if (name?.kind !== 'name') return null;
  const entity = document.analysis.entities.get(name);
  if (entity === undefined || !isDeclaration(entity)) return null;
  const { file, span } = placeInPart(document.analysis.parts, entity.site.span);
  const { uri, starts } = document.files.get(file)!;
  return { uri, range: rangeOf(starts, span) };
}

/** The beginning of the file that a `use` means. */
function fileOf({ analysis, files }: Document, use: ast.Use): Location | null {
  const name = moduleName(analysis.file, use);
  const file = name === null ? undefined : files.get(name);
  return file === undefined ? null : { uri: file.uri, range: rangeOf(file.starts, { start: 0, end: 0 }) };
}
