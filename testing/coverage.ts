/**
 * Which code of contracts ran: lines, both sides of every branch, every entry point. In: what an observer of the virtual
 * machine saw, and source maps. Out: plain data, by file and line. The code of tests is not counted.
 */
import type { core } from '../compiler/index.ts';
import type { Artifact, FunctionCode, Observer, Sight } from '../vm/index.ts';

export type FileCoverage = {
  readonly file: string;
  /** Lines with code, in order. */
  readonly lines: readonly LineCoverage[];
  readonly branches: readonly BranchCoverage[];
  readonly entries: readonly EntryCoverage[];
};
export type LineCoverage = { readonly line: number; readonly hits: number };
/** A place where ways part; `sides` are two. */
export type BranchCoverage = { readonly line: number; readonly sides: readonly SideCoverage[] };
/** `to` is what comes next on that side, in words. */
export type SideCoverage = { readonly hits: number; readonly to: string };
/** Rules, views, hooks, `init` and functions. */
export type EntryCoverage = { readonly name: string; readonly line: number; readonly hits: number };

/** What was seen, growing while tests run. */
export type CoverageTally = {
  readonly observer: Observer;
  readonly seen: ReadonlyMap<string, SeenContract>;
};

/** The contracts that are counted, by name. */
export function openTally(artifacts: readonly Artifact[]): CoverageTally {
  const seen = new Map(artifacts.map((artifact) => [artifact.name, newSeen(artifact)]));
  let last: Last = NOWHERE;
  return {
    seen,
    observer: (sight) => {
      const contract = seen.get(sight.program.artifact.name);
      if (contract !== undefined) noteSight(contract, sight, last);
      last = { execution: sight.execution, function: sight.function, instruction: sight.instruction };
    },
  };
}

export type CoverageOptions = {
  readonly cores: readonly core.Contract[];
  readonly artifacts: readonly Artifact[];
  /** The file of an offset of the source, and its line from 1. */
  readonly lineAt: (offset: number) => { readonly file: string; readonly number: number };
};

/** By file, in the order of the source. Code that several contracts share is counted once. */
export function coverageOf(tally: CoverageTally, options: CoverageOptions): readonly FileCoverage[] {
  const lineAt = rememberedLines(options.lineAt);
  const drafts = new Map<string, Draft>();
  for (const [at, artifact] of options.artifacts.entries()) {
    const seen = tally.seen.get(artifact.name);
    const { functions } = options.cores[at]!;
    if (seen === undefined) continue;
    for (const [index, fn] of functions.entries())
      if (isWritten(fn))
        countFunction(
          { lineAt, drafts, contract: artifact.name, fn },
          artifact.functions[index]!,
          seen[index]!,
        );
  }
  return [...drafts].map(([file, draft]) => fileCoverage(file, draft));
}

// ---- observing ---------------------------------------------------------------------------------

/** By function: how often each instruction ran, and each side of each conditional jump. */
type SeenContract = readonly SeenFunction[];
type SeenFunction = {
  readonly hits: Float64Array;
  readonly ahead: Float64Array;
  readonly aside: Float64Array;
};
type Last = Pick<Sight, 'function' | 'instruction'> & { readonly execution: object | null };

const NOWHERE: Last = { execution: null, function: -1, instruction: -1 };

function newSeen({ functions }: Artifact): SeenContract {
  return functions.map(({ code }) => ({
    hits: new Float64Array(code.length),
    ahead: new Float64Array(code.length),
    aside: new Float64Array(code.length),
  }));
}

function noteSight(seen: SeenContract, sight: Sight, last: Last): void {
  const { program, execution, instruction } = sight;
  const fn = seen[sight.function];
  if (fn === undefined) return;
  fn.hits[instruction]! += 1;
  const { code } = program.artifact.functions[sight.function]!;
  if (last.execution !== execution || last.function !== sight.function) return;
  if (code[last.instruction]?.op !== 'JumpIf') return;
  const sides = instruction === last.instruction + 1 ? fn.ahead : fn.aside;
  sides[last.instruction]! += 1;
}

// ---- counting ----------------------------------------------------------------------------------

type LineAt = CoverageOptions['lineAt'];
type Draft = {
  readonly lines: Map<number, number>;
  /** By the place in the source. */
  readonly branches: Map<string, { readonly line: number; readonly sides: SideCoverage[] }>;
  readonly entries: Map<string, EntryCoverage>;
};
type Counting = {
  readonly lineAt: LineAt;
  readonly drafts: Map<string, Draft>;
  readonly contract: string;
  readonly fn: core.Function;
};

function rememberedLines(lineAt: LineAt): LineAt {
  const known = new Map<number, ReturnType<LineAt>>();
  return (offset) => {
    const line = known.get(offset) ?? lineAt(offset);
    known.set(offset, line);
    return line;
  };
}

/** An `init` that nobody wrote, and that gives the state no first values, is no code. */
function isWritten({ kind, params, body }: core.Function): boolean {
  return kind !== 'init' || params.length > 0 || body.some((stmt) => stmt.kind !== 'return');
}

function countFunction(counting: Counting, code: FunctionCode, seen: SeenFunction): void {
  const ordinals = new Map<string, number>();
  for (const [at, position] of code.positions.entries()) {
    // What stands nowhere was written by nobody.
    if (position.start === position.end) continue;
    const { file, number } = counting.lineAt(position.start);
    const draft = draftOf(counting.drafts, file);
    draft.lines.set(number, Math.max(draft.lines.get(number) ?? 0, seen.hits[at]!));
    if (code.code[at]!.op !== 'JumpIf') continue;
    const place = `${position.start} ${position.end}`;
    const ordinal = ordinals.get(place) ?? 0;
    ordinals.set(place, ordinal + 1);
    countBranch(counting, draft, `${place} ${ordinal}`, { code, seen, at, line: number });
  }
  countEntry(counting, seen);
}

type Jump = {
  readonly code: FunctionCode;
  readonly seen: SeenFunction;
  readonly at: number;
  readonly line: number;
};

function countBranch(counting: Counting, draft: Draft, key: string, { code, seen, at, line }: Jump): void {
  const target = Number(code.code[at]!.operands[0]);
  const sides = [
    { hits: seen.ahead[at]!, to: wordsOf(counting, code, at + 1, line) },
    { hits: seen.aside[at]!, to: wordsOf(counting, code, target, line) },
  ];
  const known = draft.branches.get(key);
  if (known === undefined) draft.branches.set(key, { line, sides });
  else
    known.sides.forEach((side, which) => {
      known.sides[which] = { ...side, hits: side.hits + sides[which]!.hits };
    });
}

/** Where a side leads. */
function wordsOf({ lineAt }: Counting, code: FunctionCode, at: number, line: number): string {
  const { op } = code.code[at]!;
  if (op === 'Revert' || op === 'Guard' || op === 'Fail') return 'is refused';
  const { number } = lineAt(code.positions[at]!.start);
  return number === line ? 'goes on' : `goes to line ${number}`;
}

function countEntry({ lineAt, drafts, contract, fn }: Counting, { hits }: SeenFunction): void {
  const { file, number } = lineAt(fn.span.start);
  const draft = draftOf(drafts, file);
  const key = `${fn.name} ${fn.span.start}`;
  const before = draft.entries.get(key)?.hits ?? 0;
  // A function outside of contracts is everybody's.
  const name = fn.kind === 'fn' ? fn.name : `${contract}.${fn.name}`;
  draft.entries.set(key, { name, line: number, hits: before + (hits[0] ?? 0) });
}

function draftOf(drafts: Map<string, Draft>, file: string): Draft {
  const known = drafts.get(file) ?? { lines: new Map(), branches: new Map(), entries: new Map() };
  drafts.set(file, known);
  return known;
}

function fileCoverage(file: string, { lines, branches, entries }: Draft): FileCoverage {
  const inOrder = <T extends { readonly line: number }>(rows: Iterable<T>): readonly T[] =>
    [...rows].sort((a, b) => a.line - b.line);
  return {
    file,
    lines: inOrder([...lines].map(([line, hits]) => ({ line, hits }))),
    branches: inOrder(branches.values()),
    entries: inOrder(entries.values()),
  };
}
