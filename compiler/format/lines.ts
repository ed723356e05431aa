/**
 * Where a text and its layout differ, by lines. In: both. Out: runs of lines with what they become; and a layout of some
 * lines alone. Where a layout moves nothing but blanks, line breaks and commas, a run ends wherever both have a line break
 * in the same place; otherwise lines are matched by their longest common subsequence within windows.
 */
import { type Formatted, format } from './format.ts';

/** Lines from `first` to before `behind`, counted from 0, become `text`. */
export type ChangedLines = { readonly first: number; readonly behind: number; readonly text: string };

export function changedLines(before: string, after: string): readonly ChangedLines[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const runs = inkOf(before) === inkOf(after) ? alignedRuns(old, now) : differingRuns(old, now);
  return runs.map(({ oldStart, oldEnd, newStart, newEnd }) => ({
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
  const part = lines.join('');
  // A comment that moved from one line to another is all there or not at all.
  const rest = await format(part, { file });
  return rest.ok && rest.text === formatted.text ? { ok: true, text: part } : formatted;
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

/** What is left without blanks, line breaks and commas, which a layout adds and takes away at the ends of lines. */
function inkOf(text: string): string {
  return text.replaceAll(/[\s,]/g, '');
}

/** Both texts have the same ink. Blank lines are runs of their own. */
function alignedRuns(old: readonly string[], now: readonly string[]): Run[] {
  const runs: Run[] = [];
  let [at, to] = [0, 0];
  const note = (oldEnd: number, newEnd: number): void => {
    const same = old.slice(at, oldEnd).join('') === now.slice(to, newEnd).join('');
    if (!same) runs.push({ oldStart: at, oldEnd, newStart: to, newEnd });
    [at, to] = [oldEnd, newEnd];
  };
  while (at < old.length || to < now.length) {
    note(behindBlanks(old, at), behindBlanks(now, to));
    const [oldEnd, newEnd] = nextBreak(old, now, at, to);
    note(oldEnd, newEnd);
  }
  return runs;
}

function behindBlanks(lines: readonly string[], from: number): number {
  let at = from;
  while (lines[at]?.trim() === '') at++;
  return at;
}

/** Where the next line ends, in both in the same place. A comma belongs to what is before it. */
function nextBreak(
  old: readonly string[],
  now: readonly string[],
  at: number,
  to: number,
): readonly [number, number] {
  let [oldEnd, newEnd] = [at, to];
  let ahead = 0;
  const takeOld = (): void => {
    ahead += inkOf(old[oldEnd++] ?? '').length;
  };
  const takeNew = (): void => {
    ahead -= inkOf(now[newEnd++] ?? '').length;
  };
  if (at < old.length) takeOld();
  if (to < now.length) takeNew();
  while (ahead !== 0 || beginsWithComma(old[oldEnd])) {
    if (ahead > 0) takeNew();
    else takeOld();
  }
  return [oldEnd, newEnd];
}

function beginsWithComma(line: string | undefined): boolean {
  return line?.trimStart().startsWith(',') === true;
}

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
