/** Offsets of a source to the lines and columns that editors count, and back. Both count from 0, columns in UTF-16. */
import { type ast, type Part, partAt, positionAt } from '../compiler/index.ts';

export type Place = { readonly line: number; readonly character: number };
export type Range = { readonly start: Place; readonly end: Place };

/** A stretch of one file of a program. */
export type Spot = { readonly file: string; readonly span: ast.Span };

/** The file in which a stretch of the whole stands, and where in it. */
export function placeInPart(parts: readonly Part[], { start, end }: ast.Span): Spot {
  const part = partAt(parts, start);
  return { file: part.name, span: { start: start - part.start, end: end - part.start } };
}

/** `starts` is from `lineStarts`. */
export function rangeOf(starts: readonly number[], span: ast.Span): Range {
  return { start: placeOf(starts, span.start), end: placeOf(starts, span.end) };
}

/** As much of it as stands on its first line. */
export function firstLineOf(text: string, { start, end }: ast.Span): ast.Span {
  const line = text.indexOf('\n', start);
  return { start, end: line < 0 ? end : Math.min(end, line) };
}

/** The offset of a place; one beyond the text is moved back into it. */
export function offsetOf(text: string, starts: readonly number[], place: Place): number {
  const start = starts[Math.max(0, place.line)];
  if (start === undefined) return text.length;
  const end = starts[place.line + 1] ?? text.length;
  return Math.min(start + Math.max(0, place.character), end);
}

function placeOf(starts: readonly number[], offset: number): Place {
  const { line, column } = positionAt(starts, offset);
  return { line, character: column };
}
