/** A document to what its editor underlines, and the fixes that its editor can apply. */
import type { Diagnostic, Fix } from '../compiler/index.ts';
import type { Document } from './document.ts';
import { type Range, rangeOf } from './place.ts';

export type Mark = {
  readonly range: Range;
  /** 1 is an error, 2 a warning. */
  readonly severity: 1 | 2;
  readonly code: string;
  readonly source: 'ccl';
  readonly message: string;
  readonly relatedInformation: readonly {
    readonly location: { readonly uri: string; readonly range: Range };
    readonly message: string;
  }[];
};

export type Edit = { readonly range: Range; readonly newText: string };
export type Repair = { readonly title: string; readonly mark: Mark; readonly edits: readonly Edit[] };

/** In the order of the text. */
export function marksOf(document: Document): readonly Mark[] {
  return document.analysis.diagnostics.map((diagnostic) => markOf(document, diagnostic));
}

/** The fixes whose diagnostics touch the range. */
export function repairsIn(document: Document, start: number, end: number): readonly Repair[] {
  return document.analysis.diagnostics.flatMap((diagnostic) => {
    const { fix, span } = diagnostic;
    if (fix === null || span.end < start || end < span.start) return [];
    return [{ title: fix.title, mark: markOf(document, diagnostic), edits: editsOf(document, fix) }];
  });
}

function markOf(
  document: Document,
  { span, severity, code, message, label, help, related }: Diagnostic,
): Mark {
  const parts = [
    label === '' ? message : `${message}: ${label}`,
    ...(help === null ? [] : [`Help: ${help}`]),
  ];
  return {
    range: rangeOf(document.starts, span),
    severity: severity === 'error' ? 1 : 2,
    code,
    source: 'ccl',
    message: parts.join('\n'),
    relatedInformation: related
      .filter(({ file }) => file === document.uri)
      .map((other) => ({
        location: { uri: other.file, range: rangeOf(document.starts, other.span) },
        message: other.label,
      })),
  };
}

function editsOf(document: Document, fix: Fix): readonly Edit[] {
  return fix.edits.map(({ span, text }) => ({ range: rangeOf(document.starts, span), newText: text }));
}
