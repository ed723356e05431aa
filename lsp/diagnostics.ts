/** A document to what its editor underlines, and the fixes that its editor can apply. */
import {
  type ast,
  type Diagnostic,
  type Fix,
  moduleName,
  predecessorFile,
  upgradesIn,
} from '../compiler/index.ts';
import type { Document } from './document.ts';
import { type Range, rangeOf } from './place.ts';

export type Mark = {
  readonly range: Range;
  /** 1 is an error, 2 a warning, 3 a note. */
  readonly severity: 1 | 2 | 3;
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

/** In the order of the text; what is wrong in a file that is used is said at its `use`. */
export function marksOf(document: Document): readonly Mark[] {
  const marks = ownDiagnostics(document).map((diagnostic) => markOf(document, diagnostic));
  return [...marks, ...usedMarks(document)];
}

function ownDiagnostics({ analysis }: Document): readonly Diagnostic[] {
  return analysis.diagnostics.filter(({ file }) => file === analysis.file);
}

/** One mark for each file with mistakes, at the `use` or the `upgrade from` that needs it, or may by way of others. */
function usedMarks(document: Document): readonly Mark[] {
  const { analysis, files, starts } = document;
  const others = analysis.diagnostics.filter(({ file }) => file !== analysis.file);
  return [...Map.groupBy(others, ({ file }) => file)].map(([file, [first, ...more]]) => {
    const { uri, starts: there } = files.get(file)!;
    const rest = more.length === 0 ? '' : `, and ${more.length} more`;
    return {
      range: rangeOf(starts, neededAt(document, file)),
      severity: 1,
      code: first!.code,
      source: 'ccl',
      message: `${file} has a mistake: ${first!.message}${rest}`,
      relatedInformation: [
        { location: { uri, range: rangeOf(there, first!.span) }, message: first!.message },
      ],
    } as const;
  });
}

/** Where the document says that it needs another file. */
export function neededAt({ analysis }: Document, file: string): ast.Span {
  const use = analysis.tree.uses.find((each) => moduleName(analysis.file, each) === file);
  const follows = upgradesIn(analysis.tree).find((each) => predecessorFile(analysis.file, each) === file);
  const needed = use ?? follows?.node.from ?? analysis.tree.uses[0];
  return needed?.span ?? { start: 0, end: 0 };
}

/** The fixes whose diagnostics touch the range. */
export function repairsIn(document: Document, start: number, end: number): readonly Repair[] {
  return ownDiagnostics(document).flatMap((diagnostic) => {
    const { fix, span } = diagnostic;
    if (fix === null || span.end < start || end < span.start) return [];
    return [{ title: fix.title, mark: markOf(document, diagnostic), edits: editsOf(document, fix) }];
  });
}

/** The diagnostic of a place in the document. */
export function markOf(
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
    relatedInformation: related.flatMap(({ file, span: place, label: said }) => {
      const home = document.files.get(file);
      if (home === undefined) return [];
      return [{ location: { uri: home.uri, range: rangeOf(home.starts, place) }, message: said }];
    }),
  };
}

function editsOf(document: Document, fix: Fix): readonly Edit[] {
  return fix.edits.map(({ span, text }) => ({ range: rangeOf(document.starts, span), newText: text }));
}
