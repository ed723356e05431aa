/** A run that breaks something, as an editor tells it: as a text below a line that says what it shows, and step by step at its lines. */
import { type Diagnostic, lineText, renderTrace, type Trace, type TraceStep } from '../compiler/index.ts';
import type { Mark } from './diagnostics.ts';
import type { Document, File } from './document.ts';
import { type Range, rangeOf } from './place.ts';

/** All of it. */
export function runText(trace: Trace): string {
  return renderTrace({ ...trace, broken: '' }).trimEnd();
}

/** For messages: without most of a large state to start from, or of what a long run changes. */
export function shortRun(trace: Trace): string {
  const given = firstOf(trace.given, GIVEN_MAX, (rest) => `and ${rest} more`);
  const lines = runText({ ...trace, given }).split('\n');
  return firstOf(lines, LINES_MAX, (rest) => `and ${rest} more lines`).join('\n');
}

/** Each step at the line that does it; one without a line, such as a payment, at what it is about. */
export function stepsAt(
  document: Document,
  { file, span }: Diagnostic,
  { steps }: Trace,
): Mark['relatedInformation'] {
  const home = document.files.get(file);
  return steps.flatMap((step, at) => {
    const [line] = step.lines;
    const place = line === undefined ? home : document.files.get(line.file ?? document.analysis.file);
    if (place === undefined) return [];
    const range = line === undefined ? rangeOf(place.starts, span) : rangeOfLine(place, line.number - 1);
    return [{ location: { uri: place.uri, range }, message: `${at + 1}. ${stepText(step)}` }];
  });
}

// ---- private -----------------------------------------------------------------------------------

const GIVEN_MAX = 12;
const LINES_MAX = 48;
const CHANGES_MAX = 8;

/** The first of them, with a word about the rest; one more is shown rather than spoken of. */
function firstOf(
  all: readonly string[],
  most: number,
  restText: (rest: number) => string,
): readonly string[] {
  const rest = all.length - most;
  return rest > 1 ? [...all.slice(0, most), restText(rest)] : all;
}

function stepText({ text, reverted, changes }: TraceStep): string {
  if (reverted !== null) return `${text}: reverts, ${reverted}`;
  const values = changes.map(({ what, before, after }) => `${what}: ${before} -> ${after}`);
  return [text, ...firstOf(values, CHANGES_MAX, (rest) => `and ${rest} more`)].join('; ');
}

/** What is written on a line counted from 0, without the blanks around it. */
function rangeOfLine({ text, starts }: File, line: number): Range {
  const written = lineText(text, starts, line);
  const character = written.length - written.trimStart().length;
  return { start: { line, character }, end: { line, character: written.trimEnd().length } };
}
