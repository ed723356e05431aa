/**
 * Where a text and its layout differ, by lines. In: both. Out: runs of lines with what they become, matched by their
 * longest common subsequence within windows; and a layout of some lines alone.
 */
import { type Formatted, format } from './format.ts';

/** Lines from `first` to before `behind`, counted from 0, become `text`. */
export type ChangedLines = { readonly first: number; readonly behind: number; readonly text: string };

export function changedLines(before: string, after: string): readonly ChangedLines[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  return differingRuns(old, now).map(({ oldStart, oldEnd, newStart, newEnd }) => ({
    first: oldStart,
    behind: oldEnd,
    text: now.slice(newStart, newEnd).join(''),
  }));
}

/** Lays out the lines from `first` to `last`, counted from 0, and those that cannot be apart from them. */
export async function formatLines(
  text: string,
  { file, first, last }: { readonly file: string; readonly first: number; readonly last: number },
): Promise<Formatted> {
  const formatted = await format(text, { file });
  if (!formatted.ok) return formatted;
  const lines = [...linesOf(text)];
  const touched = changedLines(text, formatted.text).filter(
    (run) => run.first <= last && first <= Math.max(run.first, run.behind - 1),
  );
  for (const run of touched.toReversed()) lines.splice(run.first, run.behind - run.first, run.text);
  return { ok: true, text: lines.join('') };
}

/** Lines with their ends. */
export function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
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
