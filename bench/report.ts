/** What every benchmark returns, and how it is printed. Figures are medians of interleaved rounds; compare ratios only. */
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

export type Row = Readonly<Record<string, string | number>>;

export type Report = {
  readonly bench: string;
  readonly rows: readonly Row[];
  /** Figures by name; a ratio unless the name ends in a unit. */
  readonly values: Readonly<Record<string, number>>;
  /** What the rows are, for people; what could not be measured here, and why. */
  readonly about?: readonly string[];
  readonly missing?: readonly string[];
};

/** The JSON object that a benchmark prints as its last line. */
export function toJson(report: Report): string {
  return JSON.stringify({
    bench: report.bench,
    machine: machine(),
    rows: report.rows,
    values: report.values,
    ...(report.missing === undefined ? {} : { missing: report.missing }),
  });
}

/** The same as a table for people. */
export function toTable(report: Report): string {
  const lines = [
    `${report.bench} on ${machine().cpu} (${machine().cores} cores, Node ${machine().node})`,
    '',
  ];
  lines.push(...(report.about ?? []), ...(report.about === undefined ? [] : ['']), ...table(report.rows), '');
  for (const [name, value] of Object.entries(report.values)) lines.push(valueLine(report.bench, name, value));
  for (const what of report.missing ?? []) lines.push(`not measured: ${what}`);
  return lines.join('\n');
}

/** A value beside what it should be, where that is said (`aims.json`). */
function valueLine(bench: string, name: string, value: number): string {
  const line = `${name.padEnd(32)} ${String(round(value)).padEnd(10)}`;
  const aim = AIMS[bench]?.find((one) => one.name === name);
  if (aim === undefined) return line.trimEnd();
  const met = aim.op === '>=' ? value >= aim.threshold : value <= aim.threshold;
  return `${line} ${aim.op} ${String(aim.threshold).padEnd(6)} ${met ? 'met' : 'MISSED'}`;
}

type Aim = { readonly name: string; readonly op: '>=' | '<='; readonly threshold: number };

const AIMS: Readonly<Record<string, readonly Aim[]>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'aims.json'), 'utf8'),
);

function machine(): { cpu: string; cores: number; memoryMb: number; node: string } {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    node: process.versions.node,
  };
}

function table(rows: readonly Row[]): string[] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => format(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function format(cell: string | number | undefined): string {
  return cell === undefined ? '' : typeof cell === 'number' ? String(round(cell)) : cell;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
