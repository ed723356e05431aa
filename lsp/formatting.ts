/** The edits that bring a document, or a part of it, into its layout. */
import { changedLines, format, lineStarts, linesOf } from '../compiler/index.ts';
import type { Edit } from './diagnostics.ts';
import type { Range } from './place.ts';

/** Empty when the document is formatted, or has syntax errors: then there is nothing that could be done safely. */
export async function formattingEdits(uri: string, text: string): Promise<readonly Edit[]> {
  const formatted = await format(text, { file: uri });
  return formatted.ok ? lineEdits(text, formatted.text) : [];
}

/** Those of the edits that touch the lines of a range. */
export async function rangeFormattingEdits(
  uri: string,
  text: string,
  range: Range,
): Promise<readonly Edit[]> {
  const edits = await formattingEdits(uri, text);
  return edits.filter(
    (edit) => edit.range.start.line <= range.end.line && range.start.line <= lastLine(edit),
  );
}

/** The last line whose text an edit changes. */
function lastLine({ range }: Edit): number {
  return range.end.character === 0 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
}

/** Replaces the lines that differ, so that the cursor and the folds of an editor stay where they are. */
export function lineEdits(before: string, after: string): readonly Edit[] {
  const count = linesOf(before).length;
  return changedLines(before, after).map(({ first, behind, text }) => {
    const start = { line: first, character: 0 };
    return { range: { start, end: placeAfter(before, count, behind) }, newText: text };
  });
}

/** The place behind a number of lines: the start of the next one, or the end of the text. */
function placeAfter(
  text: string,
  count: number,
  line: number,
): { readonly line: number; readonly character: number } {
  if (line < count || text.endsWith('\n') || text === '') return { line, character: 0 };
  return { line: line - 1, character: text.length - lineStarts(text).at(-1)! };
}
