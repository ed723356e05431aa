/** Above each contract, rule and `prove` what is proved of it: a few words, and a way to see the runs that break something. */
import { hasErrors } from '../compiler/index.ts';
import type { Document } from './document.ts';
import { type Range, rangeOf, type Spot } from './place.ts';
import { runText } from './runs.ts';
import { carryTo, isCurrent, type Verified } from './verdicts.ts';
import type { Finding } from './verification.ts';

/** `runsOf` names what `runTextOf` tells; null where there is nothing to show. */
export type Lens = { readonly range: Range; readonly title: string; readonly runsOf: string | null };

/** In the order of the text. */
export function lensesOf(document: Document, verified: Verified | null): readonly Lens[] {
  if (verified === null || hasErrors(document.analysis)) return [];
  const isNew = isCurrent(verified.order, document);
  const carry = carryTo(document, verified);
  return groupsOf(verified).flatMap(({ name, at, findings }) => {
    const span = carry({ ...at, span: { start: at.span.start, end: at.span.start } });
    if (span === null || findings.length === 0) return [];
    const range = rangeOf(document.starts, span);
    if (!isNew) return [{ range, title: `${summaryOf(findings)}, before the last change`, runsOf: null }];
    const runs = findings.filter(({ trace }) => trace !== null).length;
    const shown = runs === 1 ? 'show the run' : `show the ${runs} runs`;
    const summary = { range, title: summaryOf(findings), runsOf: null };
    return runs === 0 ? [summary] : [summary, { range, title: shown, runsOf: name }];
  });
}

/** The runs that a lens offers, as a text to read; null where none is known by that name. */
export function runTextOf(verified: Verified, name: string): string | null {
  const group = groupsOf(verified).find((each) => each.name === name);
  const told = group?.findings.flatMap(({ answer, breaks, message, trace }) => {
    if (trace === null) return [];
    const test = trace.test === null ? '' : `\n\nas a test:\n\n${trace.test}`;
    return [`${breaks ? answer : 'warning'}: ${message}\n\n${runText(trace)}${test}`.trimEnd()];
  });
  return told === undefined || told.length === 0 ? null : `${name}\n\n${told.join('\n\n\n')}\n`;
}

// ---- private -----------------------------------------------------------------------------------

type Group = { readonly name: string; readonly at: Spot; readonly findings: readonly Finding[] };

/** The contract with all that is asked of it, and each of its rules with what is asked there; functions of a library alone. */
function groupsOf({ verification }: Verified): readonly Group[] {
  return verification.verdicts.flatMap(({ contract, at, findings }) => {
    const owned = Map.groupBy(findings, ({ owner }) => owner?.name ?? '');
    owned.delete('');
    const inner = [...owned]
      .map(([name, own]) => ({
        name: at === null ? name : `${contract}.${name}`,
        at: own[0]!.owner!.at,
        findings: own,
      }))
      .sort((left, right) => left.at.span.start - right.at.span.start);
    return at === null ? inner : [{ name: contract, at, findings }, ...inner];
  });
}

/** `10 of 12 proved, 1 refuted, 1 warning`, in the words of the command line. */
function summaryOf(findings: readonly Finding[]): string {
  const proved = findings.filter(({ answer }) => answer === 'proved').length;
  const broken = findings.filter(({ breaks }) => breaks);
  const counts = (['refuted', 'unconfirmed', 'unknown', 'open'] as const).flatMap((answer) => {
    const count = broken.filter((finding) => finding.answer === answer).length;
    return count === 0 ? [] : [`${count} ${answer}`];
  });
  const warnings = findings.length - proved - broken.length;
  const warned = warnings === 0 ? [] : [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`];
  return [`${proved} of ${findings.length} proved`, ...counts, ...warned].join(', ');
}
