/** The edits that bring a document, or a part of it, into its layout. */
import { format, lineStarts } from '../compiler/index.ts';
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

/**
 * Replaces runs of lines that differ. Lines are matched by their longest common subsequence within windows, so that
 * the cursor and the folds of an editor stay where they are.
 */
export function lineEdits(before: string, after: string): readonly Edit[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const edits: Edit[] = [];
  for (const run of differingRuns(old, now)) {
    const start = { line: run.oldStart, character: 0 };
    const end = placeAfter(before, old.length, run.oldEnd);
    edits.push({ range: { start, end }, newText: now.slice(run.newStart, run.newEnd).join('') });
  }
  return edits;
}

type Run = {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
};

/** How far ahead a line is looked for before it counts as changed. */
const LOOK_AHEAD = 200;

function differingRuns(old: readonly string[], now: readonly string[]): Run[] {
  const runs: Run[] = [];
  let [at, to] = [0, 0];
  while (at < old.length || to < now.length) {
    if (old[at] === now[to]) {
      at++;
      to++;
      continue;
    }
    const [skipOld, skipNew] = nextMatch(old, now, at, to);
    runs.push({ oldStart: at, oldEnd: at + skipOld, newStart: to, newEnd: to + skipNew });
    at += skipOld;
    to += skipNew;
  }
  return runs;
}

/** The fewest lines to leave out on both sides until lines agree again; all the rest when they do not. */
function nextMatch(
  old: readonly string[],
  now: readonly string[],
  at: number,
  to: number,
): readonly [number, number] {
  for (let distance = 1; distance <= LOOK_AHEAD; distance++) {
    for (let skipOld = 0; skipOld <= distance; skipOld++) {
      const line = old[at + skipOld];
      const other = now[to + distance - skipOld];
      if (line !== undefined && line === other && line.trim() !== '') return [skipOld, distance - skipOld];
    }
  }
  return [old.length - at, now.length - to];
}

/** Lines with their ends. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
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
