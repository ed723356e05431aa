/** Sources on their way through the compiler: a path in; the analysis, the core, or the diagnostics on the terminal out. */
import {
  type Analysis,
  analyse,
  type core,
  type Diagnostic,
  diagnosticInPart,
  diagnosticToJson,
  type JsonDiagnostic,
  lineOfPart,
  lowerProgram,
  renderDiagnostic,
} from '../compiler/index.ts';
import { fail } from './failure.ts';
import { loadSources } from './modules.ts';
import { filesOf, librariesFor, projectHere } from './project.ts';
import { jsonText, type Terminal } from './terminal.ts';

export type Sources = ReadonlyMap<string, string>;

/** Everything known about the file at `path`; mistakes in it are in its diagnostics. */
export function analyseFile(path: string): Analysis {
  const { main, sources, known } = loadSources(path, librariesFor(path));
  return analyse(sources, main, known);
}

/** The files that are named; where none is, the sources of the project around this folder, or those and its tests. */
export function namedFiles(files: readonly string[], what: 'sources' | 'all'): readonly string[] {
  return files.length > 0 ? files : filesOf(projectHere(), what);
}

export type JsonOption = { readonly json?: true };

/** Like `analyseFile`, for a file that must be without mistakes; null after telling what is wrong. */
export function soundFile(terminal: Terminal, path: string, options: JsonOption): Analysis | null {
  const analysis = analyseFile(path);
  const sound = countErrors(analysis.diagnostics) === 0;
  if (sound) showDiagnostics(terminal, analysis.diagnostics, sourcesOf(analysis));
  else tellDiagnostics(terminal, [analysis], options);
  return sound ? analysis : null;
}

/** All diagnostics of sources: as text beside the answer, or as the one JSON document of the command. */
export function tellDiagnostics(
  terminal: Terminal,
  analyses: readonly Pick<Analysis, 'parts' | 'diagnostics'>[],
  options: JsonOption,
): void {
  const rows = () => analyses.flatMap((each) => diagnosticsJson(each.diagnostics, sourcesOf(each)));
  if (options.json) terminal.out(jsonText({ diagnostics: rows() }));
  else for (const each of analyses) showDiagnostics(terminal, each.diagnostics, sourcesOf(each));
}

/** The texts of the source and of those that it uses. */
export function sourcesOf({ parts }: Pick<Analysis, 'parts'>): Sources {
  return new Map(parts.map(({ name, text }) => [name, text]));
}

/** What proofs and code say of places in the whole, each with the file that it belongs to. */
export function inTheirFiles(
  { parts }: Pick<Analysis, 'parts'>,
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  return diagnostics.map((found) => diagnosticInPart(parts, found));
}

/** The contracts of the file. */
export function contractsOf(analysis: Analysis): readonly core.Contract[] {
  const { contracts } = lowerProgram(analysis);
  return contracts.length > 0 ? contracts : fail('C0202', { path: analysis.file });
}

/** The one contract of the file, or the one that is named. */
export function contractOf(analysis: Analysis, name: string | undefined): core.Contract {
  const contracts = contractsOf(analysis);
  const names = contracts.map((contract) => contract.name).join(', ');
  if (name === undefined)
    return contracts.length === 1 ? contracts[0]! : fail('C0203', { path: analysis.file, names });
  const found = contracts.find((contract) => contract.name === name);
  return found ?? fail('C0204', { contract: analysis.file, what: 'contract', name, names });
}

export function countErrors(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter(({ severity }) => severity === 'error').length;
}

/** Diagnostics belong to the notes: what a command answers stays alone on its stream. */
export function showDiagnostics(
  terminal: Terminal,
  diagnostics: readonly Diagnostic[],
  sources: Sources,
): void {
  const colour = terminal.noteColour ? 'always' : 'never';
  for (const diagnostic of diagnostics)
    terminal.note(`${renderDiagnostic(diagnostic, sources, { colour })}\n`);
}

/** The line that a span begins on, as an excerpt without message. */
export function excerpt({ parts }: Analysis, span: { readonly start: number }): string {
  const { file, number, text } = lineOfPart(parts, span.start);
  return `        ${file}:${number}: ${text}\n`;
}

export function diagnosticsJson(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
): readonly JsonDiagnostic[] {
  return diagnostics.map((diagnostic) => diagnosticToJson(diagnostic, sources));
}
