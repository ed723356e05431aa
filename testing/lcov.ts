/** Coverage as a tracefile of `lcov` (its format: the manual page geninfo(1)), which editors and services read. */
import type { BranchCoverage, FileCoverage } from './coverage.ts';

/** One record for each file; `-` as the count of a side means that the branch was not reached at all. */
export function lcovText(files: readonly FileCoverage[]): string {
  return files.map(recordOf).join('');
}

// ---- private -----------------------------------------------------------------------------------

function recordOf({ file, lines, branches, entries }: FileCoverage): string {
  const sides = branches.flatMap((branch, block) => branchLines(branch, block));
  return [
    'TN:',
    `SF:${file}`,
    ...entries.map(({ name, line }) => `FN:${line},${name}`),
    ...entries.map(({ name, hits }) => `FNDA:${hits},${name}`),
    `FNF:${entries.length}`,
    `FNH:${entries.filter(({ hits }) => hits > 0).length}`,
    ...sides,
    `BRF:${sides.length}`,
    `BRH:${branches.flatMap((branch) => branch.sides).filter(({ hits }) => hits > 0).length}`,
    ...lines.map(({ line, hits }) => `DA:${line},${hits}`),
    `LF:${lines.length}`,
    `LH:${lines.filter(({ hits }) => hits > 0).length}`,
    'end_of_record',
    '',
  ].join('\n');
}

function branchLines({ line, sides }: BranchCoverage, block: number): readonly string[] {
  const reached = sides.some(({ hits }) => hits > 0);
  return sides.map(({ hits }, side) => `BRDA:${line},${block},${side},${reached ? hits : '-'}`);
}
