/**
 * What was proved of a document, as its editor shows it. A verdict is of the texts that it was made from: of any other it
 * is outdated, and said only of what stands outside of the part that changed.
 */
import { type ast, type Diagnostic, hasErrors, type Trace } from '../compiler/index.ts';
import { type Edit, type Mark, markOf, neededAt, type Repair } from './diagnostics.ts';
import type { Document } from './document.ts';
import { firstLineOf, type Range, rangeOf, type Spot } from './place.ts';
import { shortRun, stepsAt } from './runs.ts';
import type { Finding, Order, Verdict, Verification } from './verification.ts';

/** A verification with the texts that it is of. */
export type Verified = { readonly order: Order; readonly verification: Verification };

/** All texts of a document, which is what a verification depends on. */
export function orderOf({ analysis }: Document): Order {
  return {
    main: analysis.file,
    sources: new Map(analysis.parts.map(({ name, text }) => [name, text])),
  };
}

/** Whether these are the texts of the document as it stands. */
export function isCurrent({ sources }: Order, { analysis }: Document): boolean {
  const { parts } = analysis;
  return parts.length === sources.size && parts.every(({ name, text }) => sources.get(name) === text);
}

/** Nothing is said of a document that has errors: what is proved is what is compiled. */
export function verdictMarks(document: Document, verified: Verified | null): readonly Mark[] {
  if (verified === null || hasErrors(document.analysis)) return [];
  const { verdicts, tooLarge } = verified.verification;
  const findings = verdicts.flatMap((verdict) => verdict.findings);
  if (!isCurrent(verified.order, document)) {
    const carry = carryTo(document, verified);
    return findings.flatMap((finding) => outdatedMark(document, carry, finding));
  }
  return [
    ...tooLarge.map((diagnostic) => markAt(document, diagnostic, null)),
    ...findings.flatMap((finding) => openMark(document, finding) ?? []),
    ...findings.flatMap(({ diagnostic, trace }) =>
      diagnostic === null ? [] : [markAt(document, diagnostic, trace)],
    ),
    ...verdicts.flatMap((verdict) => foundMark(document, verdict) ?? []),
  ];
}

/** What can be written down, where the range touches what tells of it: clauses that nobody wrote, and runs as tests. */
export function verdictRepairs(
  document: Document,
  verified: Verified | null,
  start: number,
  end: number,
): readonly Repair[] {
  if (verified === null || hasErrors(document.analysis) || !isCurrent(verified.order, document)) return [];
  const touches = (span: ast.Span): boolean => span.start <= end && start <= span.end;
  return verified.verification.verdicts.flatMap((verdict) => [
    ...foundRepair(document, verdict, touches),
    ...verdict.findings.flatMap((finding) => testRepair(document, finding, touches)),
  ]);
}

/** The answers about the clause at an offset, in Markdown; null where there is none, or not of this text. */
export function answersAt(
  document: Document,
  verified: Verified | null,
  offset: number,
): { readonly contents: string; readonly range: Range } | null {
  if (verified === null || hasErrors(document.analysis) || !isCurrent(verified.order, document)) return null;
  const clauses = verified.verification.verdicts
    .flatMap(({ findings }) => findings)
    .filter(({ isClause, at }) => isClause && at.file === document.analysis.file && isIn(at.span, offset));
  const inner = clauses.toSorted((a, b) => lengthOf(a) - lengthOf(b))[0];
  if (inner === undefined) return null;
  const answers = clauses.filter(({ at }) => isSame(at.span, inner.at.span)).map(answerLine);
  return { contents: answers.join('\n'), range: rangeOf(document.starts, inner.at.span) };
}

/** Where a place of what was verified stands in the document; null where something in it, or beside it, has changed. */
export type Carry = (spot: Spot) => ast.Span | null;

/** For places in the main file; any other stands nowhere in the document. */
export function carryTo({ analysis, text }: Document, { order }: Verified): Carry {
  const before = order.sources.get(order.main) ?? '';
  const change = changeBetween(before, text);
  const by = text.length - before.length;
  return ({ file, span: { start, end } }) => {
    if (file !== analysis.file || file !== order.main) return null;
    if (change === null || end < change.start) return { start, end };
    return start > change.end ? { start: start + by, end: end + by } : null;
  };
}

/** The stretch of the old text in which the new one differs. */
function changeBetween(before: string, after: string): ast.Span | null {
  if (before === after) return null;
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < most - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, end: before.length - tail };
}

// ---- private -----------------------------------------------------------------------------------

/** What it says, with the run: in the text, for editors that show nothing else, and at its lines. */
function markAt(document: Document, diagnostic: Diagnostic, trace: Trace | null): Mark {
  const own = diagnostic.file === document.analysis.file;
  const mark = own ? markOf(document, diagnostic) : markElsewhere(document, diagnostic);
  if (trace === null) return mark;
  return {
    ...mark,
    message: `${mark.message}\n\n${shortRun(trace)}`,
    relatedInformation: [...mark.relatedInformation, ...stepsAt(document, diagnostic, trace)],
  };
}

/** What is wrong in a file that is used, at its `use`. */
function markElsewhere(document: Document, diagnostic: Diagnostic): Mark {
  const mark = markOf(document, diagnostic);
  const home = document.files.get(diagnostic.file);
  const there =
    home === undefined
      ? []
      : [
          {
            location: { uri: home.uri, range: rangeOf(home.starts, diagnostic.span) },
            message: diagnostic.message,
          },
        ];
  return {
    ...mark,
    range: rangeOf(document.starts, neededAt(document, diagnostic.file)),
    message: `in ${diagnostic.file}: ${mark.message}`,
    relatedInformation: there,
  };
}

/** What was said before something changed elsewhere: no error any more, and without the run, whose lines may differ. */
function outdatedMark(document: Document, carry: Carry, { diagnostic, at }: Finding): readonly Mark[] {
  const span = carry(at);
  if (diagnostic === null || span === null) return [];
  const end = span.start + diagnostic.span.end - diagnostic.span.start;
  const mark = markOf(document, { ...diagnostic, span: { start: span.start, end }, related: [] });
  return [{ ...mark, severity: 3, message: `Before the last change: ${diagnostic.message}` }];
}

/** A note, until it is known what it is. */
function openMark(document: Document, { answer, at, isClause, message }: Finding): Mark | null {
  if (answer !== 'open') return null;
  const own = at.file === document.analysis.file;
  const stands = isClause ? at.span : firstLineOf(document.text, at.span);
  const span = own ? stands : neededAt(document, at.file);
  return {
    range: rangeOf(document.starts, span),
    severity: 3,
    code: 'open',
    source: 'ccl',
    message: `Not proved so far, and not known whether a run shows it: ${message}`,
    relatedInformation: [],
  };
}

function foundMark(document: Document, verdict: Verdict): Mark | null {
  const contract = contractOf(document, verdict);
  if (contract === null || verdict.found.length === 0) return null;
  const clauses = verdict.found.map((clause) => `\n    ${clause}`).join('');
  return {
    range: rangeOf(document.starts, contract.name.span),
    severity: 3,
    code: FOUND,
    source: 'ccl',
    message: `Found and proved, since something is not proved without; write it down, and the contract says so:${clauses}`,
    relatedInformation: [],
  };
}

function foundRepair(
  document: Document,
  verdict: Verdict,
  touches: (span: ast.Span) => boolean,
): readonly Repair[] {
  const { found } = verdict;
  const contract = contractOf(document, verdict);
  const mark = foundMark(document, verdict);
  if (contract === null || mark === null || !touches(contract.name.span)) return [];
  const what = found.length > 1 ? `these ${found.length} invariants` : 'this invariant';
  return [{ title: `Write down ${what}`, mark, edits: [pasted(document, contract, found)] }];
}

/** The run as a test at the end of the document: it fails for the same reason, until that is mended. */
function testRepair(
  document: Document,
  { diagnostic, trace }: Finding,
  touches: (span: ast.Span) => boolean,
): readonly Repair[] {
  if (diagnostic === null || diagnostic.file !== document.analysis.file) return [];
  if (trace === null || trace.test === null || !touches(diagnostic.span)) return [];
  const { text } = document;
  const end = { start: text.length, end: text.length };
  const newText = `${text.endsWith('\n') ? '' : '\n'}\n${trace.test}`;
  const edits = [{ range: rangeOf(document.starts, end), newText }];
  return [{ title: 'Write this run down as a test', mark: markAt(document, diagnostic, trace), edits }];
}

/** Not among the compiler's codes: there is nothing to explain, and nothing wrong. */
const FOUND = 'found';

function contractOf({ analysis }: Document, { contract }: Verdict): ast.Contract | null {
  const found = analysis.tree.items.find((item) => item.kind === 'contract' && item.name.text === contract);
  return found?.kind === 'contract' ? found : null;
}

/** Behind the invariants, or the state, or at the end of the contract. */
function pasted(document: Document, { members, span }: ast.Contract, clauses: readonly string[]): Edit {
  const before =
    members.findLast(({ kind }) => kind === 'invariant') ?? members.findLast(({ kind }) => kind === 'state');
  const at = before?.span.end ?? span.end - 1;
  const written = clauses.map((clause) => `\n  ${clause}`).join('');
  const newText = before === undefined ? `${written}\n` : written;
  return { range: rangeOf(document.starts, { start: at, end: at }), newText };
}

function isIn({ start, end }: ast.Span, offset: number): boolean {
  return start <= offset && offset < end;
}

function isSame(one: ast.Span, other: ast.Span): boolean {
  return one.start === other.start && one.end === other.end;
}

function lengthOf({ at }: Finding): number {
  return at.span.end - at.span.start;
}

function answerLine({ answer, message, trace }: Finding): string {
  const run = trace === null ? '' : `\n\n\`\`\`text\n${shortRun(trace)}\n\`\`\`\n`;
  return `- **${answer}**: ${message}${run}`;
}
