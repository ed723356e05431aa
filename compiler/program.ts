/**
 * Several files as one text. In: sources by name. Out: each parsed file at its place in the whole, and for an offset of
 * the whole the file that is meant. The main file comes first, at 0, so that a program of one file is its text.
 */
import { sha256 } from '../vm/index.ts';
import type { Diagnostic, Fix } from './diagnostics.ts';
import { predecessorFile, upgradesIn } from './resolve/modules.ts';
import { isLibrary, moduleName, relativePath } from './resolve/paths.ts';
import type { SourceFile, Span } from './syntax/ast.ts';
import { lineStarts, positionAt } from './syntax/lines.ts';
import { type Comment, parse } from './syntax/parse.ts';
import { shiftTree } from './syntax/shift.ts';
import type { TraceStep } from './verify/trace.ts';

/** One file of a program; `start` is its offset in the whole. */
export type Part = { readonly name: string; readonly text: string; readonly start: number };

/** The tree and the diagnostics have their places in the whole; the comments those in the file. */
export type ParsedPart = Part & {
  readonly tree: SourceFile;
  readonly comments: readonly Comment[];
  readonly diagnostics: readonly Diagnostic[];
};

/** Files of one program. */
export const PARTS_MAX = 256;

/** Parses `main` and every source that it uses, itself or by way of others, in the order in which they are met. */
export function readParts(
  sources: ReadonlyMap<string, string>,
  main: string,
): ReadonlyMap<string, ParsedPart> {
  const parts = new Map<string, ParsedPart>();
  const names = new Set([main]);
  let start = 0;
  for (const name of names) {
    // Half a character is none: in a file there would be a replacement character in its place.
    const text = sources.get(name)?.toWellFormed();
    if (text === undefined || parts.size >= PARTS_MAX) continue;
    const part = readPart(name, text, start);
    parts.set(name, part);
    start += text.length + 1;
    for (const used of modulesNamed(part)) names.add(used);
  }
  return parts;
}

/** What a file uses, and the files of the versions that its contracts come from. */
function modulesNamed({ name, tree }: Pick<ParsedPart, 'name' | 'tree'>): readonly string[] {
  const used = tree.uses.map((use) => moduleName(name, use));
  return [...used, ...upgradesIn(tree).map((upgrade) => predecessorFile(name, upgrade))].filter(
    (module) => module !== null,
  );
}

/**
 * SHA-256 of a source, with all that it uses: the same wherever it stands, and for whichever file it was read. That is
 * what a version says of the one it comes from.
 */
export function sourceHash(parts: ReadonlyMap<string, ParsedPart>, main: string): Uint8Array {
  const names = new Set([main]);
  for (const name of names) {
    const part = parts.get(name);
    if (part !== undefined) for (const used of modulesNamed(part)) names.add(used);
  }
  const found = [...names].flatMap((name) => parts.get(name) ?? []);
  const own = hexOf(sha256(new TextEncoder().encode(found[0]?.text ?? '')));
  return sha256(new TextEncoder().encode([own, ...dependenciesOf(found)].join('\n')));
}

function readPart(name: string, text: string, start: number): ParsedPart {
  const parsed = parse(name, text);
  if (start === 0) return { name, text, start, ...parsed };
  const diagnostics = parsed.diagnostics.map((found) => movedDiagnostic(found, start));
  return { name, text, start, comments: parsed.comments, tree: shiftTree(parsed.tree, start), diagnostics };
}

/** The whole, parts one behind the other. */
export function wholeText(parts: Iterable<Part>): string {
  return [...parts].map(({ text }) => text).join('\n');
}

/** What a program needs beside its main file, as an artifact says it: each path with the hash of the text. */
export function dependenciesOf([main, ...others]: readonly Part[]): readonly string[] {
  return others.map(({ name, text }) => {
    const path = relativePath(main!.name, name);
    const shown = path.length > PATH_MAX ? `…${path.slice(-PATH_MAX)}` : path;
    return `${shown}#${hexOf(sha256(new TextEncoder().encode(text)))}`;
  });
}

/** With the hash it fits a name of the artifact, whatever its characters. */
const PATH_MAX = 20;

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The part in which an offset of the whole stands. */
export function partAt(parts: readonly Part[], offset: number): Part {
  return parts.findLast(({ start }) => start <= offset) ?? parts[0]!;
}

/** The file of an offset of the whole, the line counted from 1, and its text without blanks around it. */
export function lineOfPart(
  parts: readonly Part[],
  offset: number,
): { readonly file: string; readonly number: number; readonly text: string } {
  const { name: file, text, start } = partAt(parts, offset);
  const starts = lineStarts(text);
  const { line } = positionAt(starts, offset - start);
  return { file, number: line + 1, text: text.slice(starts[line], starts[line + 1]).trim() };
}

/** The line of an offset as traces show it: where it is one of the main file, that goes without saying. */
export function lineOfTrace(parts: readonly Part[], offset: number): TraceStep['lines'][number] {
  const { file, ...line } = lineOfPart(parts, offset);
  return file === parts[0]?.name ? line : { ...line, file };
}

/** The same diagnostic with the file that it belongs to, and places in that file. */
export function diagnosticInPart(parts: readonly Part[], found: Diagnostic): Diagnostic {
  if (parts.length === 1) return found;
  const part = partAt(parts, found.span.start);
  const related = found.related.map((other) => {
    const home = partAt(parts, other.span.start);
    return { ...other, file: home.name, span: moved(other.span, -home.start) };
  });
  const fix = found.fix === null ? null : movedFix(found.fix, -part.start);
  return { ...found, file: part.name, span: moved(found.span, -part.start), related, fix };
}

function movedDiagnostic(found: Diagnostic, by: number): Diagnostic {
  const related = found.related.map((other) => ({ ...other, span: moved(other.span, by) }));
  const fix = found.fix === null ? null : movedFix(found.fix, by);
  return { ...found, span: moved(found.span, by), related, fix };
}

function movedFix({ title, edits }: Fix, by: number): Fix {
  return { title, edits: edits.map(({ span, text }) => ({ span: moved(span, by), text })) };
}

function moved({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}

/** Names of the parts under which they can be sent away: paths from the folder that holds them all. */
export function portableParts(parts: readonly Part[]): readonly Part[] {
  const folders = parts.flatMap(({ name }) => (isLibrary(name) ? [] : [name.split('/').slice(0, -1)]));
  const [first = []] = folders;
  const differs = first.findIndex((folder, at) => folders.some((other) => other[at] !== folder));
  const shared = differs < 0 ? Math.min(...folders.map(({ length }) => length)) : differs;
  return parts.map((part) =>
    isLibrary(part.name) ? part : { ...part, name: part.name.split('/').slice(shared).join('/') },
  );
}
