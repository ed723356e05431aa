/** Coverage for people: a table of files, and a source with marks beside its lines. */
import type { BranchCoverage, FileCoverage } from '../testing/index.ts';
import { columns, type Terminal } from './terminal.ts';

/** Lines, branches and entry points that ran, of how many. */
export function coverageTable(files: readonly FileCoverage[]): string {
  const rows = files.map(({ file, lines, branches, entries }) => [
    file,
    shareOf(lines.map(({ hits }) => hits)),
    shareOf(branches.flatMap(({ sides }) => sides.map(({ hits }) => hits))),
    shareOf(entries.map(({ hits }) => hits)),
  ]);
  return columns([['coverage', 'lines', 'sides of branches', 'functions'], ...rows]);
}

/** The source with how often each line ran; a line that did not is marked `!`, one whose branch knows one side only `?`. */
export function annotated(terminal: Terminal, coverage: FileCoverage, text: string): string {
  const hits = new Map(coverage.lines.map(({ line, hits: count }) => [line, count]));
  const lines = text.replace(/\n$/, '').split('\n');
  const rows = lines.map((line, index) => {
    const number = index + 1;
    const count = hits.get(number);
    const missed = count === 0 ? [] : missedOn(coverage.branches, number);
    const mark = count === undefined ? ' ' : count === 0 ? '!' : missed.length > 0 ? '?' : ' ';
    const gutter = `${mark} ${String(number).padStart(4)} ${(count === undefined ? '' : String(count)).padStart(7)} | `;
    const note = missed.length === 0 ? '' : `    // never ${[...new Set(missed)].join(', never ')}`;
    const whole = `${gutter}${line}${note}`;
    return mark === ' ' ? whole : terminal.paint(mark === '!' ? 'red' : 'yellow', whole);
  });
  return `${coverage.file}\n${rows.join('\n')}\n`;
}

function missedOn(branches: readonly BranchCoverage[], line: number): readonly string[] {
  return branches
    .filter((branch) => branch.line === line)
    .flatMap(({ sides }) => sides.filter(({ hits }) => hits === 0).map(({ to }) => to));
}

function shareOf(hits: readonly number[]): string {
  const reached = hits.filter((count) => count > 0).length;
  const percent = hits.length === 0 ? 100 : Math.floor((reached * 100) / hits.length);
  return `${percent}% (${reached} of ${hits.length})`;
}
