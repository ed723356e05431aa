/** Offsets to lines and back. Lines and columns count from 0 here; what people read counts from 1. */

export type Position = {
  readonly line: number;
  /** UTF-16 units from the start of the line. */
  readonly column: number;
};

/** The offset at which each line starts; `\n` ends a line. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** `starts` is from `lineStarts`. An offset behind the text counts on in its last line. */
export function positionAt(starts: readonly number[], offset: number): Position {
  let low = 0;
  let high = starts.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle;
  }
  return { line: low, column: offset - starts[low]! };
}

/** The text of a line without its end. */
export function lineText(text: string, starts: readonly number[], line: number): string {
  const end = line + 1 < starts.length ? starts[line + 1]! - 1 : text.length;
  return text.slice(starts[line]!, end).replace(/\r$/, '');
}
